//! Colours, textures and backgrounds.

use std::f32::consts::TAU;

use super::{dice::Dice, strokes::Point};

/// Red, green and blue, from 0 to 1.
pub(super) type Colour = [f32; 3];

/// A colour of any hue, whose strongest channel is `value`.
fn any_hue(value: f32, dice: &mut Dice) -> Colour {
    let (hue, saturation) = (dice.unit(), dice.between(0.1, 0.95));
    [0.0, 1.0 / 3.0, 2.0 / 3.0].map(|offset| {
        let wave = 0.5 + 0.5 * (TAU * (hue + offset)).cos();
        value * (1.0 - saturation * wave)
    })
}

/// How bright a colour looks, from 0 to 1.
fn brightness([red, green, blue]: Colour) -> f32 {
    0.30 * red + 0.59 * green + 0.11 * blue
}

/// A colour of any hue, mixed with white where it would be darker than `least`.
fn light_colour(least: f32, dice: &mut Dice) -> Colour {
    let value = dice.between(0.6, 1.0);
    let colour = any_hue(value, dice);
    let lack = (least - brightness(colour)).max(0.0);
    mix(colour, [1.0; 3], lack / (1.0 - brightness(colour)).max(lack + 1e-3))
}

/// Moves every channel by up to `amount`.
fn shaded(colour: Colour, amount: f32, dice: &mut Dice) -> Colour {
    colour.map(|channel| (channel + dice.between(-amount, amount)).clamp(0.0, 1.0))
}

/// `from` at 0, `to` at 1.
pub(super) fn mix(from: Colour, to: Colour, t: f32) -> Colour {
    std::array::from_fn(|channel| from[channel] + t * (to[channel] - from[channel]))
}

/// How a surface varies between its two colours.
#[derive(Debug, Clone, Copy)]
enum Pattern {
    Plain,
    Stripes,
    Checks,
    Dots,
    Gradient,
    Mottled,
}

/// A surface to take colours from.
pub(super) struct Paint {
    pattern: Pattern,
    colours: [Colour; 2],
    /// The pattern's direction (of length 1), its period in pixels and its offset.
    direction: Point,
    period: f32,
    offset: Point,
}

impl Paint {
    /// A background, and a foreground that is lighter whatever their hues and patterns.
    pub(super) fn roll_pair(dice: &mut Dice) -> (Self, Self) {
        let value = dice.between(0.05, 0.6);
        let ground = any_hue(value, dice);
        let pattern = *dice.pick(&[Pattern::Plain, Pattern::Gradient, Pattern::Mottled]);
        let ground_colours = [ground, shaded(ground, 0.2, dice)];
        let background = Self::roll(pattern, ground_colours, dice);
        let pattern = *dice.pick(&[Pattern::Plain, Pattern::Stripes, Pattern::Checks, Pattern::Dots]);
        let least = brightness(ground) + dice.between(0.25, 0.4);
        let colours = [light_colour(least, dice), light_colour(least, dice)];
        (background, Self::roll(pattern, colours, dice))
    }

    fn roll(pattern: Pattern, colours: [Colour; 2], dice: &mut Dice) -> Self {
        Self {
            pattern,
            colours,
            direction: Point::new(1.0, 0.0).rotated(TAU * dice.unit()),
            period: dice.between(3.5, 7.0),
            offset: Point::new(dice.between(0.0, 7.0), dice.between(0.0, 7.0)),
        }
    }

    /// The colour at a place given in pixels from the canvas's middle, `reach` of which lead to its edge.
    pub(super) fn colour_at(&self, place: Point, reach: f32, dice: &mut Dice) -> Colour {
        let Point { x: cos, y: sin } = self.direction;
        let turned = Point::new(cos * place.x - sin * place.y, sin * place.x + cos * place.y);
        // Periods from a line of the pattern, along each of its axes.
        let [u, v] = [turned.x + self.offset.x, turned.y + self.offset.y].map(|along| along / self.period);
        let t = match self.pattern {
            Pattern::Plain => 0.0,
            Pattern::Stripes => hard_edge((TAU * u).sin()),
            Pattern::Checks => hard_edge((TAU / 2.0 * u).sin() * (TAU / 2.0 * v).sin() * 2.0),
            Pattern::Dots => hard_edge((TAU * u).sin() + (TAU * v).sin() - 0.6),
            Pattern::Gradient => (0.5 + 0.5 * turned.x / reach).clamp(0.0, 1.0),
            Pattern::Mottled => dice.unit(),
        };
        mix(self.colours[0], self.colours[1], t)
    }
}

/// 0 below zero and 1 above it, with a narrow ramp between that spares the pattern jagged edges.
fn hard_edge(level: f32) -> f32 {
    (0.5 + level).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Seed;

    #[test]
    fn figures_are_lighter_than_their_ground() {
        for index in 0..500 {
            let mut dice = Dice::new(Seed(1).at(index));
            let (ground, figure) = Paint::roll_pair(&mut dice);
            let ground = brightness(ground.colours[0]);
            for colour in figure.colours {
                assert!(colour.iter().all(|channel| (0.0..=1.0).contains(channel)));
                assert!(brightness(colour) > ground + 0.24, "{index}: {} {ground}", brightness(colour));
            }
        }
    }
}
