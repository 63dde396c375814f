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

const fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        _ => byte - b'a' + 10,
    }
}

/// The colour of six small hexadecimal digits; the compiler rejects anything else here.
const fn hex(rgb: &str) -> Color32 {
    let digits = rgb.as_bytes();
    assert!(digits.len() == 6);
    let mut bytes = [0; 3];
    let mut index = 0;
    while index < 3 {
        bytes[index] = 16 * digit(digits[2 * index]) + digit(digits[2 * index + 1]);
        index += 1;
    }
    Color32::from_rgb(bytes[0], bytes[1], bytes[2])
}

const fn hexes(rgb: [&str; 10]) -> [Color32; 10] {
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
    background: hex("14181d"),
    panel: hex("1b2026"),
    raised: hex("232a32"),
    control: hex("2b333c"),
    control_hovered: hex("36404b"),
    control_active: hex("404c59"),
    border: hex("3a4550"),
    grid: hex("2a3139"),
    text: hex("e2e7ec"),
    weak_text: hex("a3aeb9"),
    strong_text: hex("ffffff"),
    accent: hex("5fbde6"),
    on_accent: hex("061d28"),
    selection: hex("1c4860"),
    on_selection: hex("eef8fd"),
    success: hex("66cc8e"),
    warning: hex("eabb4f"),
    error: hex("ff8e84"),
    no_value: hex("303841"),
    shadow: Color32::from_black_alpha(110),
    series: hexes(["73bdfe", "d9447f", "ebe453", "9361e9", "68c37b", "068ba3", "fe9300", "a16f2c", "67fded", "ef97c4"]),
};

/// Light.
pub const LIGHT: Palette = Palette {
    dark: false,
    background: hex("ffffff"),
    panel: hex("f4f6f8"),
    raised: hex("ffffff"),
    control: hex("e6eaee"),
    control_hovered: hex("d9dfe5"),
    control_active: hex("c8d1d9"),
    border: hex("c6ced6"),
    grid: hex("e4e8ec"),
    text: hex("202931"),
    weak_text: hex("525d68"),
    strong_text: hex("080d12"),
    accent: hex("0a6891"),
    on_accent: hex("ffffff"),
    selection: hex("c9e5f3"),
    on_selection: hex("092f43"),
    success: hex("186b3a"),
    warning: hex("7c5000"),
    error: hex("b0221b"),
    no_value: hex("dfe4e9"),
    shadow: Color32::from_black_alpha(36),
    series: hexes(["035ed0", "a52e9a", "839f23", "956ff9", "017045", "419ec4", "c92708", "7b1323", "4f2783", "c47792"]),
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
