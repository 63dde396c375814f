//! Colours of amounts, for heat maps: computed, so that an equal step of the amount looks like an equal step of colour.

use std::sync::LazyLock;

use egui::Color32;

use super::color::{difference, oklch, text_on};

const ENTRIES: usize = 256;

/// From little (dark) to much (light).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ColorMap {
    /// Violet, blue, green, yellow.
    #[default]
    Dew,
    /// Violet, red, orange, light yellow.
    Ember,
}

/// A colour by its lightness, chroma and hue in `OKLab`.
type Stop = [f32; 3];

// Within what a screen can show: where chroma is cut, an edge is seen.
const DEW: [Stop; 5] =
    [[0.24, 0.10, 298.0], [0.42, 0.105, 262.0], [0.60, 0.085, 208.0], [0.78, 0.13, 155.0], [0.93, 0.17, 108.0]];
const EMBER: [Stop; 5] =
    [[0.19, 0.09, 290.0], [0.38, 0.16, 330.0], [0.57, 0.19, 372.0], [0.76, 0.155, 416.0], [0.94, 0.09, 460.0]];

static DEW_TABLE: LazyLock<[Color32; ENTRIES]> = LazyLock::new(|| table(&DEW));
static EMBER_TABLE: LazyLock<[Color32; ENTRIES]> = LazyLock::new(|| table(&EMBER));

impl ColorMap {
    /// Every map, in the order of the menus.
    pub const ALL: [Self; 2] = [Self::Dew, Self::Ember];

    /// What a menu calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Dew => "Dew",
            Self::Ember => "Ember",
        }
    }

    /// The colour of a share of the largest amount, from 0 to 1; what lies outside is cut.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within the table by the clamp
    pub fn color(self, share: f32) -> Color32 {
        let table = match self {
            Self::Dew => &*DEW_TABLE,
            Self::Ember => &*EMBER_TABLE,
        };
        let last = (ENTRIES - 1) as f32;
        // NaN becomes 0 by the conversion.
        table[(share.clamp(0.0, 1.0) * last).round() as usize]
    }

    /// The colour in which text stands on [`Self::color`].
    #[must_use]
    pub fn text(self, share: f32) -> Color32 {
        text_on(self.color(share))
    }
}

/// The point of the way through `stops` at `position`, from 0 to 1: a curve without corners, which would be seen as edges.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within the stops
fn at(stops: &[Stop], position: f32) -> Color32 {
    let last = stops.len() - 1;
    let scaled = position.clamp(0.0, 1.0) * last as f32;
    let first = (scaled.floor() as usize).min(last - 1);
    let t = scaled - first as f32;
    // Beyond the ends the way goes on as it came.
    let beyond = |near: Stop, far: Stop| [0, 1, 2].map(|axis| 2.0 * near[axis] - far[axis]);
    let (a, b) = (stops[first], stops[first + 1]);
    let before = if first > 0 { stops[first - 1] } else { beyond(a, b) };
    let after = if first + 2 <= last { stops[first + 2] } else { beyond(b, a) };
    let [lightness, chroma, hue] = [0, 1, 2].map(|axis| {
        // Catmull and Rom's spline.
        let [p, q, r, s] = [before[axis], a[axis], b[axis], after[axis]];
        0.5 * (2.0 * q + t * (r - p + t * (2.0 * p - 5.0 * q + 4.0 * r - s + t * (3.0 * (q - r) + s - p))))
    });
    oklch(lightness, chroma, hue)
}

/// Colours at equal distances along the way.
fn table(stops: &[Stop]) -> [Color32; ENTRIES] {
    const SAMPLES: usize = 2048;
    let way: Vec<Color32> = (0..=SAMPLES).map(|sample| at(stops, sample as f32 / SAMPLES as f32)).collect();
    // Neighbouring bytes are too coarse to measure a single step; stretches of 16 are not.
    let mut lengths = vec![0.0];
    for pair in way.windows(17).step_by(16) {
        let end = lengths[lengths.len() - 1];
        lengths.push(end + difference(pair[0], pair[16]));
    }
    let whole = lengths[lengths.len() - 1];
    let mut stretch = 0;
    std::array::from_fn(|entry| {
        let target = whole * entry as f32 / (ENTRIES - 1) as f32;
        while stretch + 2 < lengths.len() && lengths[stretch + 1] < target {
            stretch += 1;
        }
        let share = (target - lengths[stretch]) / (lengths[stretch + 1] - lengths[stretch]);
        at(stops, (stretch as f32 + share) * 16.0 / SAMPLES as f32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::theme::color::{contrast, oklab};

    #[test]
    fn equal_steps_look_equal_and_grow_lighter() {
        for map in ColorMap::ALL {
            let colors: Vec<Color32> = (0_u8..=16).map(|step| map.color(f32::from(step) / 16.0)).collect();
            let steps: Vec<f32> = colors.windows(2).map(|pair| difference(pair[0], pair[1])).collect();
            let (small, large) =
                steps.iter().fold((f32::MAX, 0.0_f32), |(small, large), &step| (small.min(step), large.max(step)));
            assert!(large < 1.25 * small, "{map:?}: {steps:?}");
            assert!(colors.windows(2).all(|pair| oklab(pair[0])[0] < oklab(pair[1])[0]), "{map:?}");
        }
    }

    #[test]
    fn text_is_readable_on_every_colour() {
        for map in ColorMap::ALL {
            for step in 0_u8..=255 {
                let share = f32::from(step) / 255.0;
                assert!(contrast(map.color(share), map.text(share)) >= 4.5, "{map:?} {share}");
            }
        }
    }

    #[test]
    fn amounts_outside_are_cut() {
        assert_eq!(ColorMap::Dew.color(-1.0), ColorMap::Dew.color(0.0));
        assert_eq!(ColorMap::Dew.color(7.0), ColorMap::Dew.color(1.0));
        assert_eq!(ColorMap::Dew.color(f32::NAN), ColorMap::Dew.color(0.0));
    }
}
