//! The random numbers behind a drawing.
//!
//! Only the generator's 32-bit words are used, whose values are guaranteed, and no distribution of a library, whose
//! values may change with its version: a seed draws the same images for good.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::domain::Seed;

/// A source of random numbers for one image.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// Starts the stream of one image.
    pub(super) fn new(seed: Seed) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed.0))
    }

    /// Uniform in `[0, 1)`.
    pub(super) fn unit(&mut self) -> f32 {
        // 24 bits fit a f32 exactly.
        let bits = (self.0.next_u32() >> 8) as f32;
        bits / 16_777_216.0
    }

    /// Uniform in `[low, high)`.
    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// One of `items`.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.0.next_u32() as usize % items.len()]
    }

    /// Bell-shaped with mean 0 and standard deviation 1, and never beyond 3.5: the sum of the four bytes of one word.
    pub(super) fn bell(&mut self) -> f32 {
        let word = self.0.next_u32();
        // Two sums of two bytes, side by side, then both in one.
        let pairs = (word & 0x00FF_00FF) + (word >> 8 & 0x00FF_00FF);
        let sum = ((pairs & 0xFFFF) + (pairs >> 16)) as f32;
        (sum - 510.0) / 147.8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_promised_ranges_and_moments() {
        let mut dice = Dice::new(Seed(3));
        let draws: Vec<f32> = (0..20_000).map(|_| dice.between(-1.0, 3.0)).collect();
        assert!(draws.iter().all(|draw| (-1.0..3.0).contains(draw)));
        let bells: Vec<f32> = (0..20_000).map(|_| dice.bell()).collect();
        let average = |values: &[f32]| values.iter().sum::<f32>() / 20_000.0;
        assert!((average(&draws) - 1.0).abs() < 0.05);
        assert!(average(&bells).abs() < 0.05);
        assert!((average(&bells.iter().map(|bell| bell * bell).collect::<Vec<_>>()) - 1.0).abs() < 0.05);
    }
}
