//! How a job ends, and why it can fail.

use thiserror::Error;

use crate::{
    condensation::CondensationError,
    data::DataError,
    domain::{ConfigError, EvaluationTable},
    engine::{NetworkError, device::DeviceError},
    evaluation::EvaluationError,
    project::ProjectError,
};

/// How a job ended without an error.
#[derive(Debug)]
pub(super) enum End {
    /// All of it is done.
    Finished(EvaluationTable),
    /// Stopped while condensing.
    Stopped,
    /// Stopped while evaluating.
    EvaluationStopped,
}

/// Why a job failed: one sentence a case.
#[derive(Debug, Error)]
pub(super) enum JobError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error(transparent)]
    Condensation(#[from] CondensationError),
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// What was asked for does not fit what is there.
    #[error("{0}")]
    Refused(String),
}
