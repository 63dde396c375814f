//! Brightness, saturation and contrast. Draws nothing.

use burn::tensor::{Tensor, TensorData};

use crate::engine::transfer::Maps;

/// `x + u - 0.5`.
pub(super) fn brighten(images: Maps, draws: &[f64]) -> Maps {
    let shift = by_image(&images, draws.iter().map(|u| u - 0.5));
    images + shift
}

/// `mean + 2u (x - mean)`, the mean over the channels of a pixel. Its own adjoint.
pub(super) fn saturate(images: Maps, draws: &[f64]) -> Maps {
    let factor = by_image(&images, draws.iter().map(|u| 2.0 * u));
    let mean = images.clone().mean_dim(0);
    (images - mean.clone()) * factor + mean
}

/// `mean + (u + 0.5)(x - mean)`, the mean over the whole image. Its own adjoint.
pub(super) fn contrast(images: Maps, draws: &[f64]) -> Maps {
    let factor = by_image(&images, draws.iter().map(|u| u + 0.5));
    let [c, n, h, w] = images.dims();
    let rows: Tensor<3> = images.clone().reshape([c, n, h * w]);
    let mean: Maps = rows.mean_dim(2).mean_dim(0).reshape([1, n, 1, 1]);
    (images - mean.clone()) * factor + mean
}

/// One number an image, or one for all, to be combined with `images`.
fn by_image(images: &Maps, values: impl Iterator<Item = f64>) -> Maps {
    let values: Vec<f64> = values.collect();
    let dims = [1, values.len(), 1, 1];
    Tensor::from_data(TensorData::new(values, dims), (&images.device(), images.dtype()))
}
