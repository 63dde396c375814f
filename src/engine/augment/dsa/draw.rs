//! The draws of DSA: which operation, and its parameters.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{DsaStep, DsaTransform, plane};
use crate::domain::{DsaOperation, DsaStrategy, ImageShape};

/// The largest shift of crop, as a fraction of the side.
const SHIFT: f64 = 0.125;
/// Flips in all.
const FLIPS: f64 = 0.5;
/// The largest factor of scale; the smallest is its inverse.
const SCALE: f64 = 1.2;
/// The largest rotation in degrees.
const DEGREES: f64 = 15.0;

/// Whether images share the parameters of a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draws {
    /// One draw for all images of any batch: the Siamese one, for matching.
    Shared,
    /// A draw for each of so many images, all by the same operation: for training networks.
    Each(usize),
}

impl DsaTransform {
    /// One operation of `strategy`, each as likely as another, and its parameters for images of `shape`.
    ///
    /// Saturation leaves grey images as they are and is drawn all the same.
    #[must_use]
    pub fn draw(strategy: DsaStrategy, shape: ImageShape, draws: Draws, rng: &mut ChaCha8Rng) -> Self {
        let operations: Vec<DsaOperation> = strategy.operations().collect();
        // A fixed-width integer draws the same numbers on every platform.
        let choice = rng.random_range(0..u32::try_from(operations.len()).unwrap_or(1).max(1));
        let count = match draws {
            Draws::Shared => 1,
            Draws::Each(count) => count,
        };
        let operation = operations.get(choice as usize).copied();
        Self::new(operation.map_or_else(Vec::new, |operation| steps(operation, shape, count, rng)))
    }
}

fn steps(operation: DsaOperation, shape: ImageShape, count: usize, rng: &mut ChaCha8Rng) -> Vec<DsaStep> {
    fn each<T>(count: usize, mut draw: impl FnMut() -> T) -> Vec<T> {
        (0..count).map(|_| draw()).collect()
    }
    let (height, width) = (shape.height, shape.width);
    match operation {
        DsaOperation::Color => vec![
            DsaStep::Brightness(each(count, || rng.random())),
            DsaStep::Saturation(each(count, || rng.random())),
            DsaStep::Contrast(each(count, || rng.random())),
        ],
        DsaOperation::Crop => {
            let (rows, columns) = (largest_shift(height), largest_shift(width));
            let mut draw = || [rng.random_range(-rows..=rows), rng.random_range(-columns..=columns)];
            vec![DsaStep::Crop(each(count, &mut draw))]
        }
        DsaOperation::Cutout => {
            let (rows, columns) = (middles(height), middles(width));
            let mut draw = || [rng.random_range(0..rows), rng.random_range(0..columns)];
            vec![DsaStep::Cutout(each(count, &mut draw))]
        }
        DsaOperation::Flip => vec![DsaStep::Flip(each(count, || rng.random::<f64>() < FLIPS))],
        DsaOperation::Scale => {
            let mut factor = || rng.random::<f64>() * (SCALE - 1.0 / SCALE) + 1.0 / SCALE;
            vec![DsaStep::Affine(each(count, || [[factor(), 0.0], [0.0, factor()]]))]
        }
        DsaOperation::Rotate => {
            let mut matrix = || {
                let (sin, cos) = ((rng.random::<f64>() - 0.5) * 2.0 * DEGREES).to_radians().sin_cos();
                [[cos, -sin], [sin, cos]]
            };
            vec![DsaStep::Affine(each(count, &mut matrix))]
        }
    }
}

/// The most pixels that crop shifts a side by.
#[allow(clippy::cast_possible_truncation)] // sides of images
fn largest_shift(side: usize) -> i64 {
    (side as f64 * SHIFT + 0.5) as i64
}

/// How many places the middle of the removed square can have on a side; one behind the last pixel if its own side is even.
fn middles(side: usize) -> i64 {
    i64::try_from(side + (1 - plane::cutout_side(side) % 2)).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn draws_are_from_the_published_ranges() {
        let shape = ImageShape::new(3, 28, 32);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut seen = [0; 6];
        for _ in 0..600 {
            let DsaTransform { steps } = DsaTransform::draw(DsaStrategy::ALL, shape, Draws::Each(5), &mut rng);
            let operation = match &steps[..] {
                [DsaStep::Brightness(a), DsaStep::Saturation(b), DsaStep::Contrast(c)] => {
                    assert!([a, b, c].iter().all(|u| u.len() == 5 && u.iter().all(|u| (0.0..1.0).contains(u))));
                    0
                }
                [DsaStep::Crop(shifts)] => {
                    assert!(shifts.len() == 5 && shifts.iter().all(|[y, x]| y.abs() <= 4 && x.abs() <= 4));
                    1
                }
                [DsaStep::Cutout(middles)] => {
                    assert!(middles.iter().all(|[y, x]| (0..=28).contains(y) && (0..=32).contains(x)));
                    2
                }
                [DsaStep::Flip(flips)] => {
                    assert_eq!(flips.len(), 5);
                    3
                }
                [DsaStep::Affine(matrices)] if matrices.iter().all(|m| m[0][1] == 0.0 && m[1][0] == 0.0) => {
                    assert!(matrices.iter().flat_map(|m| [m[0][0], m[1][1]]).all(|s| (1.0 / 1.2..1.2).contains(&s)));
                    4
                }
                [DsaStep::Affine(matrices)] => {
                    for [[a, b], [d, e]] in matrices {
                        assert!((a - e).abs() < 1e-12 && (b + d).abs() < 1e-12 && (a * a + d * d - 1.0).abs() < 1e-12);
                        assert!(d.abs() <= 15_f64.to_radians().sin());
                    }
                    5
                }
                other => panic!("{other:?}"),
            };
            seen[operation] += 1;
        }
        assert!(seen.iter().all(|count| (60..150).contains(count)), "{seen:?}");
    }

    #[test]
    fn only_operations_of_the_strategy_are_drawn() {
        let shape = ImageShape::new(1, 28, 28);
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        for _ in 0..40 {
            let drawn = DsaTransform::draw("crop_flip".parse().unwrap(), shape, Draws::Shared, &mut rng);
            assert!(
                matches!(&drawn.steps[..], [DsaStep::Crop(draws)] if draws.len() == 1)
                    || matches!(&drawn.steps[..], [DsaStep::Flip(draws)] if draws.len() == 1)
            );
        }
    }
}
