//! Condensing: the algorithm over tensors, one outer iteration at a time. No threads, no files, no window.

pub mod coreset;
mod distances;
mod estimate;
mod initialization;
mod network_training;
mod progress;
mod real_batch;
mod run;

use thiserror::Error;

pub use estimate::{memory_bytes, operations};
pub use progress::{GoOn, StepProgress};
pub use run::{CondensationRun, StepOutcome};

use crate::engine::{EngineError, NetworkError};

/// Why condensing cannot go on.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum CondensationError {
    /// The network cannot be built for the dataset.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The device failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A distance or an image is no longer a finite number.
    #[error(
        "the matching distance {of} is no longer a finite number in iteration {}; the images of the iteration \
         before are kept; try an image learning rate below {learning_rate:?}",
        iteration + 1
    )]
    NotFinite {
        /// The outer iteration, from 0.
        iteration: usize,
        /// Of which class.
        of: String,
        /// The image learning rate in use.
        learning_rate: f64,
    },
    /// A state that is not of this run.
    #[error("the saved state holds {found} values, but this run has {expected}; it belongs to another configuration")]
    State {
        /// Values of the images of this run.
        expected: usize,
        /// Values of the saved state.
        found: usize,
    },
}

#[cfg(test)]
mod tests;
