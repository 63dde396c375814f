//! A job's stop flag, its end, and why it can fail.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use thiserror::Error;

use crate::{
    condensation::CondensationError,
    data::DataError,
    domain::{ConfigError, EvaluationTable},
    engine::{NetworkError, device::DeviceError},
    evaluation::EvaluationError,
    project::ProjectError,
};

/// How soon a job is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopLevel {
    /// It goes on.
    None,
    /// After the outer iteration, or the network, that is being worked on.
    AfterStep,
    /// At once: an unfinished outer iteration, or network, is dropped.
    Now,
}

/// Asks a running job to stop; may be shared between threads.
#[derive(Debug, Clone, Default)]
pub struct StopFlag(Arc<AtomicU8>);

impl StopFlag {
    /// Asks for `level`; a level asked for before is never lowered.
    pub fn request(&self, level: StopLevel) {
        self.0.fetch_max(level as u8, Ordering::SeqCst);
    }

    /// What was asked for.
    #[must_use]
    pub fn level(&self) -> StopLevel {
        match self.0.load(Ordering::SeqCst) {
            0 => StopLevel::None,
            1 => StopLevel::AfterStep,
            _ => StopLevel::Now,
        }
    }

    /// Whether someone else holds the flag too.
    pub(super) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    pub(super) fn is_asked(&self) -> bool {
        self.level() != StopLevel::None
    }

    pub(super) fn is_now(&self) -> bool {
        self.level() == StopLevel::Now
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_never_taken_back() {
        let flag = StopFlag::default();
        assert!(!flag.is_asked());
        let other = flag.clone();
        other.request(StopLevel::Now);
        flag.request(StopLevel::AfterStep);
        assert_eq!(flag.level(), StopLevel::Now);
        assert!(flag.is_shared() && flag.is_now());
    }
}
