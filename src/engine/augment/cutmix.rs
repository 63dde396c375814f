//! `CutMix` (Yun et al., ICCV 2019): a rectangle of every image of a batch is taken from another one, and the labels count
//! by area. As in the released code of IDC (Kim et al. 2022) for images of up to 32x32: half of the batches, and one
//! rectangle a batch whose share of the image is uniform.

use std::ops::Range;

use rand::{RngExt, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use crate::{
    domain::ImageShape,
    engine::{
        BatchNormMode, LossGradient, Model,
        transfer::{self, Maps},
    },
};

/// The share of batches that are mixed.
const MIXED: f64 = 0.5;

/// One mixing of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct CutMix {
    /// Which image each takes the rectangle from.
    pub partners: Vec<usize>,
    rows: Range<usize>,
    columns: Range<usize>,
    shape: ImageShape,
}

impl CutMix {
    /// A mixing of `count` images of `shape`; `None` for a batch that stays as it is.
    #[must_use]
    pub fn draw(count: usize, shape: ImageShape, rng: &mut ChaCha8Rng) -> Option<Self> {
        if rng.random::<f64>() >= MIXED {
            return None;
        }
        // Beta(1, 1) is uniform.
        let side = (1.0 - rng.random::<f64>()).sqrt();
        let mut partners: Vec<usize> = (0..count).collect();
        partners.shuffle(rng);
        let (rows, columns) = (part(shape.height, side, rng), part(shape.width, side, rng));
        Some(Self { partners, rows, columns, shape })
    }

    /// The share that an image keeps of itself.
    #[must_use]
    pub fn kept(&self) -> f64 {
        1.0 - (self.rows.len() * self.columns.len()) as f64 / self.shape.plane() as f64
    }

    /// The mixed images `[c, n, h, w]`.
    #[must_use]
    pub fn apply(&self, images: Maps) -> Maps {
        if self.rows.is_empty() || self.columns.is_empty() {
            return images;
        }
        let [c, n, ..] = images.dims();
        let place = [0..c, 0..n, self.rows.clone(), self.columns.clone()];
        let pasted = transfer::select_images(&images, &self.partners).slice(place.clone());
        images.slice_assign(place, pasted)
    }
}

/// The loss of a batch that is mixed by `mix`, if it is at all, and its gradient with respect to the parameters: each image
/// counts for its own label and for that of its partner, by area.
///
/// # Panics
///
/// When there is no image, or a label is not below the number of classes.
#[must_use]
pub fn loss_gradient(model: &Model, images: Maps, labels: &[usize], mix: Option<&CutMix>) -> LossGradient {
    let Some(mix) = mix else { return model.loss_gradient(&images, labels, BatchNormMode::Batch) };
    let pasted: Vec<usize> = mix.partners.iter().map(|&partner| labels[partner]).collect();
    model.mixed_loss_gradient(&mix.apply(images), [labels, &pasted], mix.kept(), BatchNormMode::Batch)
}

/// A part of a side, `share` of its length, around a middle drawn anywhere on it and cut off at its ends.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a side of an image
fn part(side: usize, share: f64, rng: &mut ChaCha8Rng) -> Range<usize> {
    let half = (side as f64 * share) as usize / 2;
    let middle = rng.random_range(0..u32::try_from(side).unwrap_or(1).max(1)) as usize;
    middle.saturating_sub(half)..(middle + half).min(side)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use std::sync::Arc;

    use super::*;
    use crate::{
        domain::Seed,
        engine::{
            Network,
            device::ComputeDevice,
            test_support::{assert_close, random_maps},
        },
    };

    #[test]
    fn what_is_kept_is_what_was_not_pasted() {
        let shape = ImageShape::new(2, 6, 5);
        // Image `i` holds the value `i` alone.
        let values: Vec<f32> = (0..4_u8).flat_map(|image| [f32::from(image); 60]).collect();
        let mut mixed = 0;
        for seed in 0..40 {
            let Some(mix) = CutMix::draw(4, shape, &mut ChaCha8Rng::seed_from_u64(seed)) else { continue };
            mixed += 1;
            let images = transfer::images_to_device(&values, shape, &ComputeDevice::cpu());
            let found = transfer::images_to_host(mix.apply(images)).unwrap();
            for (image, pixels) in found.chunks_exact(60).enumerate() {
                let (own, partner) = (image as f32, mix.partners[image] as f32);
                let kept = pixels.iter().filter(|&&value| (value - own).abs() < 0.1).count();
                assert!(pixels.iter().all(|value| (value - own).abs() < 0.1 || (value - partner).abs() < 0.1));
                if mix.partners[image] != image {
                    assert!((kept as f64 / 60.0 - mix.kept()).abs() < 1e-12, "{mix:?}");
                }
            }
        }
        assert!((10..30).contains(&mixed), "{mixed} of 40 batches are mixed");
    }

    /// A narrow network, four images, and a rectangle of 2x3 of their 16x16 pixels that the second takes from the first, the
    /// third from the fourth and the other way round.
    fn four_images() -> (Model, Maps, CutMix) {
        let shape = ImageShape::new(1, 16, 16);
        let device = ComputeDevice::cpu();
        let network = Arc::new(Network::new("ConvNetW4D1".parse().unwrap(), shape, 3).unwrap());
        let mix = CutMix { partners: vec![1, 0, 3, 2], rows: 2..4, columns: 5..8, shape };
        (Model::draw(&network, Seed(7), &device), random_maps([1, 4, 16, 16], 3, &device), mix)
    }

    #[test]
    fn labels_count_by_area_as_by_hand() {
        let (model, images, mix) = four_images();
        let labels = [0, 2, 1, 1];
        let found = loss_gradient(&model, images.clone(), &labels, Some(&mix)).loss;
        let logits = transfer::read(model.logits(&mix.apply(images))).unwrap();
        // 6 of 256 pixels are another's: images 0 and 1 are of two classes, images 2 and 3 of one alone.
        let (own, other) = (250.0 / 256.0, 6.0 / 256.0);
        let shares = [[own, 0.0, other], [other, 0.0, own], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]];
        let mut expected = 0.0;
        for (image, shares) in shares.iter().enumerate() {
            let of_image: Vec<f64> = (0..3).map(|class| f64::from(logits[4 * class + image])).collect();
            let sum = of_image.iter().map(|logit| logit.exp()).sum::<f64>().ln();
            expected += shares.iter().zip(&of_image).map(|(share, logit)| share * (sum - logit)).sum::<f64>() / 4.0;
        }
        let found = f64::from(transfer::read(found).unwrap()[0]);
        assert!((found - expected).abs() < 1e-5, "{found}, by hand {expected}");
    }

    #[test]
    fn gradients_are_the_sum_of_both_labels_by_their_shares() {
        let (model, images, mix) = four_images();
        let (labels, pasted) = ([0, 2, 1, 0], [2, 0, 0, 1]);
        let found = loss_gradient(&model, images.clone(), &labels, Some(&mix));
        let mixed = mix.apply(images.clone());
        let of = |labels: &[usize]| model.loss_gradient(&mixed, labels, BatchNormMode::Batch).gradients;
        for ((found, own), other) in found.gradients.iter().zip(of(&labels)).zip(of(&pasted)) {
            assert_close(found, &(own * mix.kept() + other * (1.0 - mix.kept())), 1e-5);
        }
        // A batch that is not mixed counts as it is.
        let plain = loss_gradient(&model, images.clone(), &labels, None).gradients;
        let expected = model.loss_gradient(&images, &labels, BatchNormMode::Batch).gradients;
        for (found, expected) in plain.iter().zip(&expected) {
            assert_close(found, expected, 0.0);
        }
    }
}
