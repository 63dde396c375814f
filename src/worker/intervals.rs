//! When a run saves its state and its frames.

use std::{num::NonZeroUsize, time::Duration};

/// When a run saves; it always does at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intervals {
    /// Outer iterations from one checkpoint to the next.
    pub checkpoint_iterations: NonZeroUsize,
    /// The longest time from one checkpoint to the next.
    pub checkpoint_time: Duration,
    /// Outer iterations from one frame to the next; `None` for 1, 2, 5, 10, 20, 50, 100, ...
    pub frame_iterations: Option<NonZeroUsize>,
}

impl Default for Intervals {
    fn default() -> Self {
        const FIFTY: NonZeroUsize = NonZeroUsize::MIN.saturating_add(49);
        Self { checkpoint_iterations: FIFTY, checkpoint_time: Duration::from_mins(1), frame_iterations: None }
    }
}

impl Intervals {
    /// Whether a checkpoint is due after `iterations_done` iterations, `since` the last one.
    pub(super) fn checkpoint_due(&self, iterations_done: usize, since: Duration) -> bool {
        iterations_done.is_multiple_of(self.checkpoint_iterations.get()) || since >= self.checkpoint_time
    }

    /// Whether a frame is due after `iterations_done` iterations.
    pub(super) fn frame_due(&self, iterations_done: usize) -> bool {
        if let Some(every) = self.frame_iterations {
            return iterations_done.is_multiple_of(every.get());
        }
        let mut leading = iterations_done;
        while leading >= 10 && leading.is_multiple_of(10) {
            leading /= 10;
        }
        matches!(leading, 1 | 2 | 5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_thin_out() {
        let due = |intervals: Intervals| (1..=1000).filter(|&done| intervals.frame_due(done)).collect::<Vec<_>>();
        assert_eq!(due(Intervals::default()), [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]);
        let every = Intervals { frame_iterations: NonZeroUsize::new(400), ..Intervals::default() };
        assert_eq!(due(every), [400, 800]);
    }

    #[test]
    fn a_checkpoint_is_due_by_count_or_by_time() {
        let intervals = Intervals::default();
        assert!(intervals.checkpoint_due(50, Duration::ZERO));
        assert!(!intervals.checkpoint_due(51, Duration::from_secs(59)));
        assert!(intervals.checkpoint_due(51, Duration::from_mins(1)));
    }
}
