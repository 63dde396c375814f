//! Differentiable Siamese augmentation (Zhao and Bilen, ICML 2021): `A` in `D(∇L(A(S, w)), ∇L(A(T, w)))`.
//!
//! Every operation is affine in the pixels, `A(x) = Mx + b`, so the gradient at the images is the adjoint `Mᵀ` of the
//! gradient at the augmented images and needs nothing but the draw. Colours are changed by tensor operations (`color`);
//! what moves pixels is a sparse map of the plane (`plane`), worked out on the host in double precision. Draws are made in
//! `draw`, from a generator that the caller seeds; here and in the other files nothing is drawn.

mod color;
mod draw;
mod plane;

pub use draw::Draws;

use crate::engine::{
    kernels::{Taps, resample},
    transfer::Maps,
};

/// An operation with its parameters: one set for each image, or one for all images of any batch.
#[derive(Debug, Clone, PartialEq)]
pub enum DsaStep {
    /// `x + u - 0.5`.
    Brightness(Vec<f64>),
    /// `mean + 2u (x - mean)`, the mean over the channels of a pixel.
    Saturation(Vec<f64>),
    /// `mean + (u + 0.5)(x - mean)`, the mean over the whole image.
    Contrast(Vec<f64>),
    /// Pixels taken from `[rows, columns]` further on, zero outside.
    Crop(Vec<[i64; 2]>),
    /// A square of half the side set to zero, its middle at `[row, column]`.
    Cutout(Vec<[i64; 2]>),
    /// Left and right exchanged where `true`.
    Flip(Vec<bool>),
    /// Bilinear samples at `[[a, b], [d, e]] (x, y)`, in coordinates from -1 to 1 across the image; zero outside.
    Affine(Vec<[[f64; 2]; 2]>),
}

/// What one draw of DSA does to a batch; the same to any number of images if it was drawn for all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct DsaTransform {
    steps: Vec<DsaStep>,
}

impl DsaTransform {
    /// The transform of several steps, one after the other.
    #[must_use]
    pub const fn new(steps: Vec<DsaStep>) -> Self {
        Self { steps }
    }

    /// The augmented images.
    ///
    /// # Shapes
    ///
    /// `images` and the result are `[c, n, h, w]`; parameters are for `n` images, or for all.
    #[must_use]
    pub fn apply(&self, images: Maps) -> Maps {
        self.steps.iter().fold(images, |images, step| step.apply(images))
    }

    /// The gradient with respect to the images, from that with respect to the augmented images.
    #[must_use]
    pub fn adjoint(&self, gradient: Maps) -> Maps {
        self.steps.iter().rev().fold(gradient, |gradient, step| step.adjoint(gradient))
    }
}

impl DsaStep {
    fn apply(&self, images: Maps) -> Maps {
        match self {
            Self::Brightness(draws) => color::brighten(images, draws),
            Self::Saturation(_) | Self::Contrast(_) => self.mix(images),
            _ => {
                let taps = self.taps(&images);
                resample(images, &taps)
            }
        }
    }

    fn adjoint(&self, gradient: Maps) -> Maps {
        match self {
            Self::Brightness(_) => gradient,
            // Shares of a value and of a mean that it counts in: a symmetric matrix.
            Self::Saturation(_) | Self::Contrast(_) => self.mix(gradient),
            _ => {
                let [_, _, h, w] = gradient.dims();
                let taps = self.taps(&gradient).transposed(h * w);
                resample(gradient, &taps)
            }
        }
    }

    fn mix(&self, images: Maps) -> Maps {
        match self {
            Self::Saturation(draws) => color::saturate(images, draws),
            Self::Contrast(draws) => color::contrast(images, draws),
            _ => images,
        }
    }

    /// Where each pixel comes from, for the operations that move pixels.
    fn taps(&self, images: &Maps) -> Taps {
        let [_, _, h, w] = images.dims();
        let of_images = match self {
            Self::Brightness(_) | Self::Saturation(_) | Self::Contrast(_) => Vec::new(),
            Self::Crop(draws) => draws.iter().map(|&shift| plane::crop(h, w, shift)).collect(),
            Self::Cutout(draws) => draws.iter().map(|&middle| plane::cutout(h, w, middle)).collect(),
            Self::Flip(draws) => draws.iter().map(|&mirrored| plane::flip(h, w, mirrored)).collect(),
            Self::Affine(draws) => draws.iter().map(|matrix| plane::affine(h, w, matrix)).collect(),
        };
        Taps { of_images }
    }
}

#[cfg(test)]
mod tests;
