//! Augmentation of the images that a network is trained on during evaluation, as the published code of Zhao et al.
//! (ICLR 2021) does it; `dsa` holds the differentiable one of their later paper, `cutmix` the mixing of IDC's networks,
//! `pixels` what DC-BENCH does.
//!
//! Plain numbers on the host here: no tensors, no files, no threads. Each transform stands in a file of its own and takes
//! what was drawn as arguments; the draws are made here.

mod crop;
pub mod cutmix;
pub mod dsa;
pub mod pixels;
mod rotate;
mod scale;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use self::{
    crop::{PADDING, pad_crop},
    rotate::rotate,
    scale::rescale,
};
use crate::domain::{EvaluationAugmentation, ImageShape};

/// The largest change of scale, as a fraction of the side.
const SCALE: f64 = 0.2;
/// The largest rotation in degrees.
const ROTATION_DEGREES: i32 = 45;
/// The standard deviation of the noise, in normalised space.
const NOISE: f32 = 0.001;

/// One of the published transforms.
#[derive(Debug, Clone, Copy)]
enum Transform {
    Crop,
    Scale,
    Rotate,
    Noise,
}

/// Augments a batch in place: each image by one transform, drawn from those that `augmentation` names.
///
/// `None` leaves the batch as it is, and so does `Published`, which has to be resolved for a dataset and a network
/// first, `Dsa` and `CutMix`, which work on the device ([`dsa`], [`cutmix`]), and those of DC-BENCH ([`pixels`]). The draws are the published
/// ones: crop offsets uniform in `0..8`, height and width each the image's height (sic: the code takes it for both) times
/// a factor uniform in `[0.8, 1.2)`, whole degrees uniform in `-45..45`, noise of deviation 0.001.
///
/// # Shapes
///
/// `images` is `[n, c, h, w]` in normalised space, `shape` is `c x h x w`; values behind the last whole image stay as
/// they are.
pub fn augment_batch(
    images: &mut [f32],
    shape: ImageShape,
    augmentation: EvaluationAugmentation,
    rng: &mut ChaCha8Rng,
) {
    let transforms: &[Transform] = match augmentation {
        EvaluationAugmentation::None
        | EvaluationAugmentation::Published
        | EvaluationAugmentation::Dsa(_)
        | EvaluationAugmentation::DsaCutMix(_)
        | EvaluationAugmentation::FlipCrop
        | EvaluationAugmentation::ColorJitter
        | EvaluationAugmentation::AutoAugment
        | EvaluationAugmentation::RandAugment => return,
        EvaluationAugmentation::CropScaleRotate => &[Transform::Crop, Transform::Scale, Transform::Rotate],
        EvaluationAugmentation::CropNoise => &[Transform::Crop, Transform::Noise],
    };
    if shape.values() == 0 {
        return;
    }
    let means = channel_means(images, shape);
    for image in images.chunks_exact_mut(shape.values()) {
        // A fixed-width integer draws the same numbers on every platform.
        let choice = rng.random_range(0..u32::try_from(transforms.len()).unwrap_or(1));
        match transforms[choice as usize] {
            Transform::Crop => {
                let range = 0..2 * u32::from(PADDING);
                let (row, column) = (rng.random_range(range.clone()), rng.random_range(range));
                pad_crop(image, shape, row as usize, column as usize, &means);
            }
            Transform::Scale => {
                let (height, width) = (draw_side(shape.height, rng), draw_side(shape.height, rng));
                rescale(image, shape, height, width);
            }
            Transform::Rotate => {
                let degrees = rng.random_range(-ROTATION_DEGREES..ROTATION_DEGREES);
                rotate(image, shape, f64::from(degrees), mean_of(&means));
            }
            Transform::Noise => {
                for value in image {
                    let noise: f32 = StandardNormal.sample(rng);
                    *value += NOISE * noise;
                }
            }
        }
    }
}

/// A side after scaling: the factor is drawn, the product cut to a whole number of at least one pixel.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn draw_side(side: usize, rng: &mut ChaCha8Rng) -> usize {
    let factor: f64 = rng.random_range(1.0 - SCALE..1.0 + SCALE);
    ((factor * side as f64) as usize).max(1)
}

/// The mean of each channel over the whole batch.
#[allow(clippy::cast_possible_truncation)] // a mean, as single as its values
fn channel_means(images: &[f32], shape: ImageShape) -> Vec<f32> {
    let plane = shape.plane();
    let planes = (images.len() / shape.values() * plane).max(1);
    let mut sums = vec![0.0_f64; shape.channels];
    for image in images.chunks_exact(shape.values()) {
        for (sum, values) in sums.iter_mut().zip(image.chunks_exact(plane)) {
            *sum += values.iter().map(|&value| f64::from(value)).sum::<f64>();
        }
    }
    sums.iter().map(|sum| (sum / planes as f64) as f32).collect()
}

/// The mean of the channel means, which fills the corners of a rotated image.
fn mean_of(means: &[f32]) -> f64 {
    means.iter().map(|&mean| f64::from(mean)).sum::<f64>() / means.len().max(1) as f64
}

#[cfg(test)]
mod tests;
