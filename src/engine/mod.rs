//! Networks, their gradients, distances between gradients, and the exact gradient of those distances with respect to
//! images, on the CPU or a GPU. No files, no windows; the only threads are rayon's, in `threads`, `lanes` and the CPU kernels.

pub mod augment;
pub mod device;
pub mod distance;
pub mod features;
pub mod formation;
mod kernels;
pub(crate) mod lanes;
mod layers;
mod loss;
pub mod matching;
pub mod memory;
mod model;
mod networks;
mod parameters;
pub mod sgd;
#[cfg(test)]
mod test_support;
pub mod threads;
pub mod transfer;

use thiserror::Error;

pub use layers::BatchNormMode;
pub use loss::SoftTarget;
pub use model::{LossGradient, Model, ModelError};
pub use networks::{Network, NetworkError, PassCosts};
pub use parameters::ParameterSpec;
pub use transfer::{Maps, Matrix};

/// Why a computation failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EngineError {
    /// The device reported an error.
    #[error("the compute device failed: {message}; try a smaller batch, or --device cpu")]
    Device {
        /// What it reported.
        message: String,
    },
}
