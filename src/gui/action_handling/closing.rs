//! Closing the window: asked once while a job runs, and only after its checkpoint is safe.

use super::Controller;
use crate::{gui::state::Dialog, worker::StopLevel};

impl Controller {
    /// Whether the window may close now; otherwise the question is on its way.
    pub fn may_close(&mut self) -> bool {
        if self.ready_to_close || (self.state.queue.active().is_none() && !self.state.closing) {
            self.save_changes(true);
            return true;
        }
        if !self.state.closing {
            self.state.dialog = Some(Dialog::Close);
        }
        false
    }

    /// Whether the job has ended for which closing waited.
    pub fn closes_now(&self) -> bool {
        self.ready_to_close
    }

    pub(super) fn answer_close(&mut self, stop: bool) {
        self.state.dialog = None;
        if !stop {
            return;
        }
        self.state.closing = true;
        self.save_changes(true);
        if self.state.queue.active().is_some() {
            self.stop(StopLevel::Now);
        } else {
            self.ready_to_close = true;
        }
    }
}
