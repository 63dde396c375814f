//! `shapes`: ten classes of 32x32 RGB images, plane figures whose colours say nothing of their class.
//!
//! A figure of varied proportions is turned, stretched, scaled and shifted; it and the background get a texture and
//! colours that are drawn in the same way for all classes: any hue on any hue, the figure the lighter one.
//!
//! # Measured
//!
//! `ConvNetW32`, seed 0, tested on the 1,000 test images; mean ± standard deviation over three networks, in percent:
//! trained on all 5,000 images (5 epochs) 90.3 ± 1.3; on one random image a class (300 epochs) 27.1 ± 0.7; on one chosen
//! by herding 33.2 ± 3.0; on one condensed in 60 iterations (image learning rate 1, 128 real images) 46.7 ± 3.2. All
//! 6,000 images are drawn in about 0.2 s on one core.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use super::{
    Recipe,
    dice::Dice,
    paint::{Paint, mix},
    raster::{Canvas, byte},
    strokes::Point,
};
use crate::domain::ImageShape;

/// Pixels along an edge.
const SIDE: usize = 32;
/// From the middle to the edge, as a length.
const REACH: f32 = 16.0;

/// What the dataset is made of.
pub(super) const RECIPE: Recipe = Recipe {
    class_names: ["circle", "square", "triangle", "star", "ring", "cross", "crescent", "heart", "bolt", "arrow"],
    shape: ImageShape::new(3, SIDE, SIDE),
    train_images: 5_000,
    test_images: 1_000,
    draw,
};

/// Draws one figure.
fn draw(class: usize, dice: &mut Dice, pixels: &mut [u8]) {
    let mut outlines = FIGURES[class](dice);
    place(&mut outlines, dice);
    let mut canvas = Canvas::new(SIDE);
    canvas.fill(&outlines);
    let (background, foreground) = Paint::roll_pair(dice);
    let noise = dice.between(0.0, 0.04);
    let centres = || (0_u8..).map(|index| f32::from(index) + 0.5 - REACH).take(SIDE);
    let places = centres().flat_map(|y| centres().map(move |x| Point::new(x, y)));
    for (index, (place, coverage)) in places.zip(&canvas.values).enumerate() {
        let mut colour = background.colour_at(place, REACH, dice);
        if *coverage > 0.0 {
            colour = mix(colour, foreground.colour_at(place, REACH, dice), *coverage);
        }
        for (channel, value) in colour.into_iter().enumerate() {
            pixels[channel * SIDE * SIDE + index] = byte(value + noise * dice.bell());
        }
    }
}

/// Turns, stretches, scales and shifts the outlines, of about radius 1, into the canvas.
fn place(outlines: &mut [Vec<Point>], dice: &mut Dice) {
    const MARGIN: f32 = 1.0;
    let radius = dice.between(8.5, 13.0);
    let stretch = dice.between(0.88, 1.14);
    let turn = dice.between(-0.45, 0.45);
    let room = (REACH - MARGIN - radius).min(4.0);
    let shift = Point::new(dice.between(-room, room), dice.between(-room, room));
    for point in outlines.iter_mut().flatten() {
        let turned = Point::new(point.x * stretch, point.y / stretch).rotated(turn);
        *point = Point::new(REACH + shift.x + radius * turned.x, REACH + shift.y + radius * turned.y);
    }
}

/// Draws the outlines of a figure about the origin, of about radius 1.
type Figure = fn(&mut Dice) -> Vec<Vec<Point>>;

/// The figure of each class.
const FIGURES: [Figure; 10] = [circle, square, triangle, star, ring, cross, crescent, heart, bolt, arrow];

/// `corners` points on a circle, the first at the top.
fn polygon(corners: u8, radius: f32) -> Vec<Point> {
    arc(-FRAC_PI_2, TAU - FRAC_PI_2, corners, radius).collect()
}

/// `steps` points on a circle from one angle up to, but without, another.
fn arc(from: f32, to: f32, steps: u8, radius: f32) -> impl Iterator<Item = Point> {
    (0..steps).map(move |step| {
        let angle = from + (to - from) * f32::from(step) / f32::from(steps);
        Point::new(radius * angle.cos(), radius * angle.sin())
    })
}

fn circle(_: &mut Dice) -> Vec<Vec<Point>> {
    vec![polygon(36, 0.9)]
}

fn square(_: &mut Dice) -> Vec<Vec<Point>> {
    vec![arc(PI / 4.0, TAU + PI / 4.0, 4, 1.05).collect()]
}

fn triangle(_: &mut Dice) -> Vec<Vec<Point>> {
    vec![polygon(3, 1.1)]
}

fn star(dice: &mut Dice) -> Vec<Vec<Point>> {
    let inner = dice.between(0.38, 0.5);
    let corners = polygon(10, 1.05).into_iter().enumerate();
    vec![
        corners
            .map(|(index, tip)| if index % 2 == 0 { tip } else { Point::new(tip.x * inner, tip.y * inner) })
            .collect(),
    ]
}

fn ring(dice: &mut Dice) -> Vec<Vec<Point>> {
    vec![polygon(36, 0.95), polygon(30, dice.between(0.45, 0.65))]
}

fn cross(dice: &mut Dice) -> Vec<Vec<Point>> {
    let arm = dice.between(0.2, 0.36);
    let quarter = [Point::new(-arm, -1.0), Point::new(arm, -1.0), Point::new(arm, -arm)];
    vec![(0_u8..4).flat_map(|turn| quarter.map(|point| point.rotated(f32::from(turn) * FRAC_PI_2))).collect()]
}

fn crescent(dice: &mut Dice) -> Vec<Vec<Point>> {
    // The outer arc leaves a gap on the right; the inner one leads back through the moon's middle.
    let half_gap = dice.between(0.6, 0.95);
    let depth = dice.between(0.35, 0.5);
    let tip = Point::new(half_gap.cos(), half_gap.sin());
    let centre = (tip.x * tip.x + tip.y * tip.y - depth * depth) / (2.0 * (tip.x + depth));
    let radius = centre + depth;
    let angle = tip.y.atan2(tip.x - centre);
    let outer = arc(half_gap, TAU - half_gap, 28, 1.0);
    let inner = arc(-angle, angle - TAU, 22, radius).map(|point| Point::new(point.x + centre, point.y));
    vec![outer.chain(inner).collect()]
}

fn heart(_: &mut Dice) -> Vec<Vec<Point>> {
    vec![
        arc(0.0, TAU, 36, 1.0)
            .map(|point| {
                let (cos, sin) = (point.x, point.y);
                // cos 2a, cos 3a and cos 4a from cos a.
                let [cos2, cos3] = [2.0 * cos * cos - 1.0, 4.0 * cos * cos * cos - 3.0 * cos];
                let cos4 = 2.0 * cos2 * cos2 - 1.0;
                let y = 13.0 * cos - 5.0 * cos2 - 2.0 * cos3 - cos4;
                Point::new(sin * sin * sin * 0.98, -(y + 2.5) / 16.0)
            })
            .collect(),
    ]
}

fn bolt(dice: &mut Dice) -> Vec<Vec<Point>> {
    let waist = dice.between(0.05, 0.2);
    let half = [Point::new(0.45, -1.05), Point::new(-0.75, 0.25), Point::new(-waist, 0.25)];
    vec![half.into_iter().chain(half.map(|point| Point::new(-point.x, -point.y))).collect()]
}

fn arrow(dice: &mut Dice) -> Vec<Vec<Point>> {
    let (shaft, neck, barb) = (dice.between(0.16, 0.28), dice.between(-0.1, 0.15), dice.between(0.6, 0.8));
    // Pointing right.
    let upper = [Point::new(1.0, 0.0), Point::new(neck, -barb), Point::new(neck, -shaft), Point::new(-1.0, -shaft)];
    let lower = upper.iter().rev().map(|point| Point::new(point.x, -point.y)).take(3);
    vec![upper.into_iter().chain(lower).collect()]
}
