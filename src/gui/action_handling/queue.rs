//! Jobs: begun one after another, paused, stopped, moved and cancelled.

use std::{path::PathBuf, time::Instant};

use super::Controller;
use crate::{
    gui::{
        action::QueueAction,
        layout::View,
        state::{JobId, JobKind, JobState, LogLevel},
    },
    worker::{Command, Intervals, ResumedRun, StopLevel},
};

impl Controller {
    pub(super) fn change_queue(&mut self, action: QueueAction) {
        match action {
            QueueAction::Pause => self.pause(),
            QueueAction::Continue => self.go_on(),
            QueueAction::Stop => self.stop(StopLevel::Now),
            QueueAction::Cancel(id) => {
                if let Some(job) = self.state.queue.jobs.iter_mut().find(|job| job.id == id)
                    && job.state == JobState::Waiting
                {
                    job.state = JobState::Stopped;
                    let title = job.title.clone();
                    self.log(LogLevel::Info, format!("{title}: taken out of the queue."), Some(id));
                }
            }
            QueueAction::Earlier(id) => self.move_job(id, true),
            QueueAction::Later(id) => self.move_job(id, false),
            QueueAction::Hold(held) => self.state.queue.held = held,
            QueueAction::ClearDone => self.state.queue.jobs.retain(|job| !job.state.is_over()),
            QueueAction::ClearLog => self.state.log.clear(),
            QueueAction::ShowLog(show) => self.state.queue_view.show_log = show,
            QueueAction::Level(level) => self.state.queue_view.level = level,
            QueueAction::Unfold(message) => self.state.queue_view.unfolded = message,
        }
    }

    /// Puts a job into the queue.
    pub(super) fn enqueue(&mut self, kind: JobKind, title: String, run: Option<PathBuf>, command: Command) {
        self.state.queue.add(kind, title, run, command);
        self.layout.show(View::Queue);
        self.begin_next_job();
    }

    /// Goes on with a run, unless it is in the queue already.
    pub(super) fn resume(&mut self, folder: PathBuf) {
        if self.state.queue.of_run(&folder).is_some() {
            return;
        }
        let title = format!("Resume {}", self.state.run_title(&folder));
        let command = Command::Resume(ResumedRun {
            folder: folder.clone(),
            device: self.state.devices.choice,
            iterations: None,
            intervals: Intervals::default(),
        });
        self.enqueue(JobKind::Resume, title, Some(folder), command);
    }

    /// Hands the next waiting job to the worker, when it has none.
    pub(super) fn begin_next_job(&mut self) {
        if self.state.queue.active().is_some() || self.state.queue.held || self.state.closing {
            return;
        }
        let Some(position) = self.state.queue.jobs.iter().position(|job| job.state == JobState::Waiting) else {
            return;
        };
        let job = &mut self.state.queue.jobs[position];
        job.state = JobState::Running;
        job.started = Some(Instant::now());
        let (id, title, command) = (job.id, job.title.clone(), job.command.clone());
        self.log(LogLevel::Info, format!("{title}: started."), Some(id));
        self.control = Some(self.services.submit(command));
    }

    pub(super) fn pause(&mut self) {
        if let Some(job) = self.state.queue.active_mut().filter(|job| job.state == JobState::Running) {
            job.state = JobState::Pausing;
            if let Some(control) = &self.control {
                control.pause();
            }
        }
    }

    pub(super) fn go_on(&mut self) {
        let paused = |state: &JobState| matches!(state, JobState::Paused | JobState::Pausing);
        if let Some(job) = self.state.queue.active_mut().filter(|job| paused(&job.state)) {
            job.state = JobState::Running;
            if let Some(control) = &self.control {
                control.unpause();
            }
        }
    }

    pub(super) fn stop(&mut self, level: StopLevel) {
        if let Some(job) = self.state.queue.active_mut() {
            job.state = JobState::Stopping;
            if let Some(control) = &self.control {
                control.request(level);
            }
        }
    }

    fn move_job(&mut self, id: JobId, earlier: bool) {
        let jobs = &mut self.state.queue.jobs;
        let Some(position) = jobs.iter().position(|job| job.id == id && job.state == JobState::Waiting) else { return };
        let other = if earlier { position.checked_sub(1) } else { Some(position + 1) };
        if let Some(other) = other.filter(|&other| jobs.get(other).is_some_and(|job| job.state == JobState::Waiting)) {
            jobs.swap(position, other);
        }
    }
}
