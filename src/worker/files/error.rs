//! Why a request cannot be done: one sentence a case.

use thiserror::Error;

use crate::{data::DataError, domain::ConfigError, engine::NetworkError, project::ProjectError};

/// Why a request cannot be done.
#[derive(Debug, Error)]
pub(super) enum FileError {
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// What was asked for does not fit what is there.
    #[error("{0}")]
    Refused(String),
}
