//! `digits`: ten classes of 28x28 grey images, handwritten-like.
//!
//! A skeleton in one of the digit's styles has its knots moved, is slanted, turned, scaled, shifted and bent, and is
//! drawn with a pen whose width changes along the way; then come blur, the ink's strength and noise.
//!
//! # Measured
//!
//! `ConvNet` (width 128), seed 0, tested on the 1,000 test images; mean ± standard deviation over three networks, in
//! percent: trained on all 6,000 images (5 epochs) 98.9 ± 0.1; on one random image a class (300 epochs) 52.1 ± 2.8; on
//! one image a class chosen by herding 81.2 ± 0.7; on one image a class condensed in 60 iterations of the published
//! method 82.7 ± 0.3. All 7,000 images are drawn in about 0.1 s on one core.

use std::f32::consts::TAU;

use super::{
    Recipe,
    dice::Dice,
    raster::{Canvas, Segment, byte},
    skeletons::STYLES,
    strokes::{Knot, Point, trace},
};
use crate::domain::ImageShape;

/// Pixels along an edge.
const SIDE: usize = 28;
/// The same, as a length.
const EDGE: f32 = 28.0;

/// What the dataset is made of.
pub(super) const RECIPE: Recipe = Recipe {
    class_names: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    shape: ImageShape::new(1, SIDE, SIDE),
    train_images: 6_000,
    test_images: 1_000,
    draw,
};

/// Draws one digit.
fn draw(class: usize, dice: &mut Dice, pixels: &mut [u8]) {
    let strokes = place(write(class, dice), dice);
    let mut canvas = Canvas::new(SIDE);
    ink(&mut canvas, &strokes, dice);
    canvas.blur(dice.between(0.0, 0.6));
    let strength = dice.between(0.75, 1.05);
    let noise = dice.between(0.0, 0.06);
    for (pixel, value) in pixels.iter_mut().zip(&canvas.values) {
        *pixel = byte(value * strength + noise * dice.bell());
    }
}

/// Writes the digit about the origin, one unit high: a style, with every knot moved a little.
fn write(class: usize, dice: &mut Dice) -> Vec<Vec<Point>> {
    let skeleton = dice.pick(STYLES[class]);
    let unsteadiness = dice.between(0.012, 0.035);
    let moved = |knot: &Knot, dice: &mut Dice| {
        let (x, y) = (knot.at.x - 0.5 + unsteadiness * dice.bell(), knot.at.y - 0.5 + unsteadiness * dice.bell());
        Knot { at: Point::new(x, y), ..*knot }
    };
    skeleton.iter().map(|stroke| trace(&stroke.iter().map(|knot| moved(knot, dice)).collect::<Vec<_>>(), 6)).collect()
}

/// Bends, slants, turns and scales the strokes, and puts them on the canvas.
fn place(mut strokes: Vec<Vec<Point>>, dice: &mut Dice) -> Vec<Vec<Point>> {
    let waves = [Wave::roll(dice), Wave::roll(dice)];
    let height = dice.between(16.0, 21.0);
    let width = height * dice.between(0.55, 0.9);
    let slant = 0.12 + 0.14 * dice.bell();
    let turn = 0.08 * dice.bell();
    for point in strokes.iter_mut().flatten() {
        let bent = waves.iter().fold(*point, |moved, wave| wave.bend(*point, moved));
        let upright = Point::new(bent.x * width - slant * bent.y * height, bent.y * height);
        *point = upright.rotated(turn);
    }
    let shift = [dice.bell(), dice.bell()];
    let xs = shift_into_view(strokes.iter().flatten().map(|point| point.x), shift[0]);
    let ys = shift_into_view(strokes.iter().flatten().map(|point| point.y), shift[1]);
    for point in strokes.iter_mut().flatten() {
        *point = Point::new(point.x + xs, point.y + ys);
    }
    strokes
}

/// How far to move coordinates so that they are centred but for `off_centre`, as far as the margin allows.
fn shift_into_view(coordinates: impl Iterator<Item = f32>, off_centre: f32) -> f32 {
    const MARGIN: f32 = 2.0;
    let (low, high) = coordinates.fold((f32::MAX, f32::MIN), |(low, high), x| (low.min(x), high.max(x)));
    let room = ((EDGE - (high - low)) / 2.0 - MARGIN).max(0.0);
    EDGE / 2.0 - f32::midpoint(low, high) + off_centre.clamp(-room, room)
}

/// A slow wave across the page that bends what is written on it.
struct Wave {
    /// Radians per unit.
    frequency: Point,
    phase: f32,
    amplitude: Point,
}

impl Wave {
    fn roll(dice: &mut Dice) -> Self {
        const STRENGTH: f32 = 0.05;
        Self {
            frequency: Point::new(0.7 * TAU * dice.between(-1.0, 1.0), 0.9 * TAU * dice.between(-1.0, 1.0)),
            phase: TAU * dice.unit(),
            amplitude: Point::new(STRENGTH * dice.bell(), STRENGTH * dice.bell()),
        }
    }

    /// `moved`, moved on by the wave at `origin`.
    fn bend(&self, origin: Point, moved: Point) -> Point {
        let wave = (self.frequency.x * origin.x + self.frequency.y * origin.y + self.phase).sin();
        Point::new(moved.x + self.amplitude.x * wave, moved.y + self.amplitude.y * wave)
    }
}

/// Draws the strokes with a pen whose width rises and falls along the way.
fn ink(canvas: &mut Canvas, strokes: &[Vec<Point>], dice: &mut Dice) {
    let radius = dice.between(0.8, 1.7);
    let softness = dice.between(0.9, 1.6);
    for stroke in strokes {
        let (swell, phase, pace) = (dice.between(0.0, 0.25), TAU * dice.unit(), dice.between(0.1, 0.35));
        let mut along = phase;
        let mut radius_before = radius * (1.0 + swell * along.sin());
        for pair in stroke.windows(2) {
            along += pace * (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y);
            let radius_after = radius * (1.0 + swell * along.sin());
            canvas.stroke(&Segment { ends: [pair[0], pair[1]], radii: [radius_before, radius_after] }, softness);
            radius_before = radius_after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Seed;

    #[test]
    fn strokes_stay_on_the_canvas() {
        for index in 0..2_000 {
            let mut dice = Dice::new(Seed(5).at(index));
            let strokes = place(write(index % 10, &mut dice), &mut dice);
            for point in strokes.iter().flatten() {
                assert!((0.0..EDGE).contains(&point.x) && (0.0..EDGE).contains(&point.y), "{index}: {point:?}");
            }
        }
    }
}
