//! Lets something through at most so often.

use std::time::{Duration, Instant};

/// How often progress within an iteration or a network is told.
pub(super) const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// Opens at once, and then at most once an interval. Whoever uses it sends the last of a series regardless.
#[derive(Debug, Clone)]
pub struct Throttle {
    interval: Duration,
    opened: Option<Instant>,
}

impl Throttle {
    /// A throttle that opens at most once in `interval`.
    #[must_use]
    pub const fn new(interval: Duration) -> Self {
        Self { interval, opened: None }
    }

    /// Whether something may pass now.
    pub fn opens(&mut self) -> bool {
        let open = self.opened.is_none_or(|opened| opened.elapsed() >= self.interval);
        if open {
            self.opened = Some(Instant::now());
        }
        open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_once_an_interval() {
        let mut slow = Throttle::new(Duration::from_hours(1));
        assert!(slow.opens());
        assert!(!slow.opens());
        let mut free = Throttle::new(Duration::ZERO);
        assert!(free.opens() && free.opens());
    }
}
