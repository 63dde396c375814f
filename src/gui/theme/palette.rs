//! The colours of the window by what they mean, once for light and once for dark. Widgets name no other colours.

use egui::Color32;

use super::color::mix;

/// Colours by their meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    /// Whether text is lighter than its background.
    pub dark: bool,
    /// Behind text that is entered, images and plots.
    pub background: Color32,
    /// Behind everything else.
    pub panel: Color32,
    /// Windows, menus and notices.
    pub raised: Color32,
    /// Buttons at rest.
    pub control: Color32,
    /// Buttons under the pointer.
    pub control_hovered: Color32,
    /// Buttons that are pressed.
    pub control_active: Color32,
    /// Outlines.
    pub border: Color32,
    /// Lines behind the data of a plot.
    pub grid: Color32,
    /// Text.
    pub text: Color32,
    /// Hints and what is less important.
    pub weak_text: Color32,
    /// Text that stands out.
    pub strong_text: Color32,
    /// The one thing to do next, links, what has the keyboard.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Behind what is selected.
    pub selection: Color32,
    /// Text on what is selected.
    pub on_selection: Color32,
    /// Went well.
    pub success: Color32,
    /// To be looked at.
    pub warning: Color32,
    /// Went wrong.
    pub error: Color32,
    /// Cells without a value.
    pub no_value: Color32,
    /// Shadows of what is raised.
    pub shadow: Color32,
    /// Lines and bars, told apart with every kind of colour vision.
    pub series: [Color32; 10],
}

const fn hex(rgb: u32) -> Color32 {
    let [_, r, g, b] = rgb.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

const fn hexes(rgb: [u32; 10]) -> [Color32; 10] {
    let mut colors = [Color32::BLACK; 10];
    let mut index = 0;
    while index < 10 {
        colors[index] = hex(rgb[index]);
        index += 1;
    }
    colors
}

/// Dark.
pub const DARK: Palette = Palette {
    dark: true,
    background: hex(0x14_18_1d),
    panel: hex(0x1b_20_26),
    raised: hex(0x23_2a_32),
    control: hex(0x2b_33_3c),
    control_hovered: hex(0x36_40_4b),
    control_active: hex(0x40_4c_59),
    border: hex(0x3a_45_50),
    grid: hex(0x2a_31_39),
    text: hex(0xe2_e7_ec),
    weak_text: hex(0xa3_ae_b9),
    strong_text: hex(0xff_ff_ff),
    accent: hex(0x5f_bd_e6),
    on_accent: hex(0x06_1d_28),
    selection: hex(0x1c_48_60),
    on_selection: hex(0xee_f8_fd),
    success: hex(0x66_cc_8e),
    warning: hex(0xea_bb_4f),
    error: hex(0xff_8e_84),
    no_value: hex(0x30_38_41),
    shadow: Color32::from_black_alpha(110),
    series: hexes([
        0x73_bd_fe, 0xd9_44_7f, 0xeb_e4_53, 0x93_61_e9, 0x68_c3_7b, 0x06_8b_a3, 0xfe_93_00, 0xa1_6f_2c, 0x67_fd_ed,
        0xef_97_c4,
    ]),
};

/// Light.
pub const LIGHT: Palette = Palette {
    dark: false,
    background: hex(0xff_ff_ff),
    panel: hex(0xf4_f6_f8),
    raised: hex(0xff_ff_ff),
    control: hex(0xe6_ea_ee),
    control_hovered: hex(0xd9_df_e5),
    control_active: hex(0xc8_d1_d9),
    border: hex(0xc6_ce_d6),
    grid: hex(0xe4_e8_ec),
    text: hex(0x20_29_31),
    weak_text: hex(0x52_5d_68),
    strong_text: hex(0x08_0d_12),
    accent: hex(0x0a_68_91),
    on_accent: hex(0xff_ff_ff),
    selection: hex(0xc9_e5_f3),
    on_selection: hex(0x09_2f_43),
    success: hex(0x18_6b_3a),
    warning: hex(0x7c_50_00),
    error: hex(0xb0_22_1b),
    no_value: hex(0xdf_e4_e9),
    shadow: Color32::from_black_alpha(36),
    series: hexes([
        0x03_5e_d0, 0xa5_2e_9a, 0x83_9f_23, 0x95_6f_f9, 0x01_70_45, 0x41_9e_c4, 0xc9_27_08, 0x7b_13_23, 0x4f_27_83,
        0xc4_77_92,
    ]),
};

impl Palette {
    /// The colour of line or bar `index`; after ten they repeat.
    #[must_use]
    pub const fn series(&self, index: usize) -> Color32 {
        self.series[index % self.series.len()]
    }

    /// A background in the hue of `color`, on which text of that colour is readable.
    #[must_use]
    pub fn tint(&self, color: Color32) -> Color32 {
        mix(self.panel, color, if self.dark { 0.16 } else { 0.1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::theme::color::{contrast, difference};

    #[test]
    fn text_is_readable_on_its_backgrounds() {
        for palette in [&DARK, &LIGHT] {
            let mut pairs = Vec::new();
            let texts = [palette.text, palette.weak_text, palette.strong_text];
            let meanings = [palette.accent, palette.success, palette.warning, palette.error];
            for background in [palette.background, palette.panel, palette.raised] {
                pairs.extend(texts.iter().chain(&meanings).map(|&text| (text, background)));
            }
            for background in [palette.control, palette.control_hovered, palette.control_active] {
                pairs.push((palette.text, background));
            }
            pairs.extend(meanings.map(|meaning| (meaning, palette.tint(meaning))));
            pairs.push((palette.weak_text, palette.tint(palette.weak_text)));
            pairs.push((palette.on_accent, palette.accent));
            pairs.push((palette.on_selection, palette.selection));
            for (text, background) in pairs {
                let ratio = contrast(text, background);
                assert!(ratio >= 4.5, "dark {}: {text:?} on {background:?} has {ratio}", palette.dark);
            }
        }
    }

    /// The light of a colour as seen without one kind of cones (Viénot, Brettel and Mollon 1999).
    fn without_cones(color: Color32, matrix: [[f32; 3]; 3]) -> Color32 {
        let light: [f32; 3] = [color.r(), color.g(), color.b()].map(|byte| (f32::from(byte) / 255.0).powf(2.2));
        let seen = matrix.map(|row| {
            let sum: f32 = row.iter().zip(light).map(|(weight, value)| weight * value).sum();
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let byte = (sum.clamp(0.0, 1.0).powf(1.0 / 2.2) * 255.0).round() as u8;
            byte
        });
        Color32::from_rgb(seen[0], seen[1], seen[2])
    }

    #[test]
    fn series_are_told_apart_with_every_colour_vision() {
        const FULL: [[f32; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        const NO_RED: [[f32; 3]; 3] =
            [[0.112_38, 0.887_62, 0.0], [0.112_38, 0.887_62, 0.0], [0.004_01, -0.004_01, 1.0]];
        const NO_GREEN: [[f32; 3]; 3] =
            [[0.292_75, 0.707_25, 0.0], [0.292_75, 0.707_25, 0.0], [-0.022_34, 0.022_34, 1.0]];
        for palette in [&DARK, &LIGHT] {
            for (vision, least) in [(FULL, 0.15), (NO_RED, 0.08), (NO_GREEN, 0.08)] {
                let seen = palette.series.map(|color| without_cones(color, vision));
                for (index, a) in seen.iter().enumerate() {
                    for (other, b) in seen[..index].iter().enumerate() {
                        let difference = difference(*a, *b);
                        assert!(difference >= least, "dark {}: {other} and {index}: {difference}", palette.dark);
                    }
                }
            }
            for color in palette.series {
                assert!(contrast(color, palette.background) >= 2.9, "{color:?}");
            }
        }
    }
}
