//! How a running job is stopped or paused from another thread.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// How soon a job is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum StopLevel {
    /// It goes on.
    #[default]
    None,
    /// After the outer iteration, or the network, that is being worked on.
    AfterStep,
    /// At once: an unfinished outer iteration, or network, is dropped.
    Now,
}

/// Asks a job to stop, or to pause and go on; may be shared between threads.
///
/// A job that is asked to pause waits where it is, within a second or so: nothing is dropped and nothing is saved. Then it
/// tells [`Event::Paused`](super::Event::Paused), and [`Event::Continued`](super::Event::Continued) when it goes on.
#[derive(Debug, Clone, Default)]
pub struct JobControl(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    level: StopLevel,
    paused: bool,
}

impl State {
    fn is_paused(&self) -> bool {
        self.paused && self.level == StopLevel::None
    }
}

impl JobControl {
    /// Asks for a stop, which also ends a pause; a level asked for before is never lowered.
    pub fn request(&self, level: StopLevel) {
        self.change(|state| state.level = state.level.max(level));
    }

    /// How soon the job was asked to stop.
    #[must_use]
    pub fn level(&self) -> StopLevel {
        self.state().level
    }

    /// Asks the job to wait where it is.
    pub fn pause(&self) {
        self.change(|state| state.paused = true);
    }

    /// Lets the job go on.
    pub fn unpause(&self) {
        self.change(|state| state.paused = false);
    }

    /// Whether the job was asked to wait, and neither to go on nor to stop since.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.state().is_paused()
    }

    /// Waits as long as the job is to be paused.
    pub(super) fn wait_while_paused(&self) {
        let paused = |state: &mut State| state.is_paused();
        drop(self.0.changed.wait_while(self.state(), paused).unwrap_or_else(PoisonError::into_inner));
    }

    /// Whether someone else holds it too.
    pub(super) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.0.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_never_taken_back() {
        let control = JobControl::default();
        assert_eq!(control.level(), StopLevel::None);
        let other = control.clone();
        other.request(StopLevel::Now);
        control.request(StopLevel::AfterStep);
        assert_eq!(control.level(), StopLevel::Now);
        assert!(control.is_shared());
    }

    #[test]
    fn a_pause_ends_when_it_is_over_or_at_a_stop() {
        for end in [JobControl::unpause, |control: &JobControl| control.request(StopLevel::AfterStep)] {
            let control = JobControl::default();
            control.wait_while_paused();
            control.pause();
            assert!(control.is_paused());
            let waiting = control.clone();
            let thread = std::thread::spawn(move || waiting.wait_while_paused());
            end(&control);
            thread.join().unwrap();
            assert!(!control.is_paused());
        }
        let stopping = JobControl::default();
        stopping.request(StopLevel::AfterStep);
        stopping.pause();
        assert!(!stopping.is_paused(), "a job that is stopping does not wait");
    }
}
