//! Networks: stacks of layers built from an [`Architecture`], one file a family.
//!
//! Input sizes are computed, not assumed: any image side from 16 to 64 works, with the two rules that small maps need
//! (see [`builder`]). Layers and names are those of the published code. Parameters are
//! drawn as PyTorch does by default, in every network.

mod alex_cifar_net;
mod alexnet;
mod builder;
mod convnet;
mod lenet;
mod mlp;
mod resnet;
mod vgg;

use thiserror::Error;

use super::{layers::Layer, parameters::ParameterSpec};
use crate::domain::{Architecture, ImageShape};
use builder::Builder;

/// A network without its parameters.
pub struct Network {
    /// Which network it is.
    pub architecture: Architecture,
    /// The images it takes.
    pub shape: ImageShape,
    /// The classes it tells apart.
    pub classes: usize,
    pub(super) layers: Vec<Box<dyn Layer>>,
    pub(super) specs: Vec<ParameterSpec>,
    /// Channels of each batch norm.
    pub(super) batch_norms: Vec<usize>,
    map_values: usize,
    patch_values: usize,
    multiplications: Vec<usize>,
    /// Whether the passes of matching keep to the plain operations: what the fast ones round otherwise turns around signs at
    /// near ties, and a deep network's image gradient shows it.
    pub(super) matches_plainly: bool,
}

/// Multiplications with an addition that the passes of one image take in layers with parameters, which is nearly all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassCosts {
    /// The logits.
    pub value: usize,
    /// The gradient with respect to the parameters, after the logits.
    pub gradient: usize,
    /// The gradient of the matching loss with respect to the image: all four passes.
    pub matching: usize,
}

/// Why a network cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NetworkError {
    /// Image sides outside what the networks are made for.
    #[error(
        "{architecture} takes grey or RGB images with sides from 16 to 64 pixels, but these are {found}; resize them"
    )]
    Shape {
        /// The network.
        architecture: Architecture,
        /// The shape of the images.
        found: ImageShape,
    },
    /// Fewer than two classes.
    #[error("a network tells at least 2 classes apart, but there are {found}")]
    Classes {
        /// The number of classes.
        found: usize,
    },
}

impl Network {
    /// The network `architecture` for images of `shape` and `classes` classes.
    ///
    /// # Errors
    ///
    /// When the images are neither grey nor RGB, or a side is outside 16 to 64, or there are fewer than two classes.
    pub fn new(architecture: Architecture, shape: ImageShape, classes: usize) -> Result<Self, NetworkError> {
        let side_fits = |side| (16..=64).contains(&side);
        if !matches!(shape.channels, 1 | 3) || !side_fits(shape.height) || !side_fits(shape.width) {
            return Err(NetworkError::Shape { architecture, found: shape });
        }
        if classes < 2 {
            return Err(NetworkError::Classes { found: classes });
        }
        let mut builder = Builder::new(shape);
        match architecture {
            Architecture::Mlp => mlp::build(&mut builder, classes),
            Architecture::LeNet => lenet::build(&mut builder, classes),
            Architecture::AlexCifarNet => alex_cifar_net::build(&mut builder, classes),
            Architecture::ConvNet(spec) => convnet::build(&mut builder, spec, classes),
            Architecture::AlexNet { batch_norm } => alexnet::build(&mut builder, batch_norm, classes),
            Architecture::Vgg11 { batch_norm } => vgg::build(&mut builder, batch_norm, classes),
            Architecture::ResNet18 { batch_norm, average_pooling } => {
                resnet::build(&mut builder, batch_norm, average_pooling, classes);
            }
        }
        let Builder { layers, specs, batch_norms, map_values, patch_values, multiplications, matches_plainly, .. } =
            builder;
        Ok(Self {
            architecture,
            shape,
            classes,
            layers,
            specs,
            batch_norms,
            map_values,
            patch_values,
            multiplications,
            matches_plainly,
        })
    }

    /// Names and shapes of the parameters, in PyTorch's order.
    #[must_use]
    pub fn parameter_specs(&self) -> &[ParameterSpec] {
        &self.specs
    }

    /// Values of the patches and maps that a forward and a backward pass of one image keep: an estimate.
    #[must_use]
    pub(crate) const fn map_values(&self) -> usize {
        self.map_values
    }

    /// Values of the largest patches of one image.
    pub(crate) const fn patch_values(&self) -> usize {
        self.patch_values
    }

    /// What the passes of one image cost.
    #[must_use]
    pub fn pass_costs(&self) -> PassCosts {
        let value: usize = self.multiplications.iter().sum();
        // Nothing below the first layer wants its gradient or has a tangent.
        let first = self.multiplications.first().copied().unwrap_or(0);
        let gradient = value + value + (value - first);
        PassCosts { value, gradient, matching: gradient + value + (value - first) + 2 * value }
    }

    /// The number of parameters.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.specs.iter().map(ParameterSpec::len).sum()
    }
}

#[cfg(test)]
mod tests;
