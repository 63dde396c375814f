//! The arithmetic of colours: contrast by WCAG 2, and `OKLab`, in which equal steps look equal. No colour is chosen here.

use egui::Color32;

/// From sRGB's byte to light.
fn linear(byte: u8) -> f32 {
    let value = f32::from(byte) / 255.0;
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within 0..=255 by the clamp
fn byte(light: f32) -> u8 {
    let value = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (value.clamp(0.0, 1.0) * 255.0).round() as u8
}

fn light(color: Color32) -> [f32; 3] {
    [linear(color.r()), linear(color.g()), linear(color.b())]
}

/// How much brighter the brighter of two opaque colours is: from 1 to 21. Text needs 4.5, a line or a shape 3.
#[must_use]
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let luminance = |color| {
        let [r, g, b] = light(color);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b): (f32, f32) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Black or white, whichever is better read on `background`.
#[must_use]
pub fn text_on(background: Color32) -> Color32 {
    if contrast(background, Color32::BLACK) >= contrast(background, Color32::WHITE) {
        Color32::BLACK
    } else {
        Color32::WHITE
    }
}

/// `share` of `over` on `under`, opaque.
#[must_use]
pub fn mix(under: Color32, over: Color32, share: f32) -> Color32 {
    under.lerp_to_gamma(over, share)
}

/// Lightness, green to red, blue to yellow.
#[must_use]
pub fn oklab(color: Color32) -> [f32; 3] {
    oklab_of_light(light(color))
}

fn oklab_of_light([r, g, b]: [f32; 3]) -> [f32; 3] {
    let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

fn light_of_oklab([lightness, a, b]: [f32; 3]) -> [f32; 3] {
    let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ]
}

/// The colour of a lightness (0 to 1) and a hue (degrees) with as much of `chroma` as the screen can show.
#[must_use]
pub fn oklch(lightness: f32, chroma: f32, hue: f32) -> Color32 {
    let (sin, cos) = hue.to_radians().sin_cos();
    let at = |chroma: f32| light_of_oklab([lightness, chroma * cos, chroma * sin]);
    let shown = |light: [f32; 3]| light.iter().all(|value| (-1e-4..=1.0 + 1e-4).contains(value));
    let (mut low, mut high) = (0.0, chroma);
    if shown(at(chroma)) {
        low = chroma;
    } else {
        for _ in 0..20 {
            let middle = f32::midpoint(low, high);
            if shown(at(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
    }
    let [r, g, b] = at(low).map(byte);
    Color32::from_rgb(r, g, b)
}

/// How different two colours look: 0 for equal ones, 1 for black and white.
#[must_use]
pub fn difference(a: Color32, b: Color32) -> f32 {
    oklab(a).iter().zip(oklab(b)).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_of_known_pairs() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-3);
        // #767676 is the lightest grey that text on white may have.
        assert!((4.5..4.6).contains(&contrast(Color32::from_gray(0x76), Color32::WHITE)));
    }

    #[test]
    fn colours_survive_the_way_there_and_back() {
        for color in [Color32::from_rgb(200, 30, 60), Color32::from_rgb(10, 120, 220), Color32::from_gray(128)] {
            let [lightness, a, b] = oklab(color);
            let back = oklch(lightness, a.hypot(b), b.atan2(a).to_degrees());
            assert!(difference(color, back) < 0.005, "{color:?} {back:?}");
        }
    }

    #[test]
    fn text_is_black_on_light_and_white_on_dark() {
        assert_eq!(text_on(Color32::from_gray(230)), Color32::BLACK);
        assert_eq!(text_on(Color32::from_gray(30)), Color32::WHITE);
    }
}
