//! The worker: one named thread that opens the device and owns every tensor. Commands go in, events come out, and both
//! are plain values.
//!
//! The only folder with threads and channels. One thread, because the tensor library keeps streams and caches for each
//! thread that touches a device: tensors that wander between threads have cost memory and correctness elsewhere. All
//! files of a run are written here, through `project::RunWriter`.

mod command;
mod condense;
mod context;
mod evaluate;
mod event;
mod intervals;
mod job;
mod thread;
mod throttle;

use std::{
    io,
    path::PathBuf,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::JoinHandle,
    time::Duration,
};

pub use command::{Command, EvaluationTarget, NewEvaluation, NewRun, ResumedRun};
pub use event::Event;
pub use intervals::Intervals;
pub use job::{StopFlag, StopLevel};
pub use throttle::Throttle;

/// The handle of the worker's thread. Dropping it stops what runs at once and waits for the thread.
#[derive(Debug)]
pub struct Worker {
    /// `None` only while the handle is dropped.
    commands: Option<Sender<(Command, StopFlag)>>,
    events: Receiver<Event>,
    flags: Vec<StopFlag>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread; `program` is run with `engine::device::PROBE_ARGUMENT` when the adapters are asked for.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub fn spawn(program: PathBuf) -> io::Result<Self> {
        let (commands, command_receiver) = channel();
        let (event_sender, events) = channel();
        let thread = std::thread::Builder::new()
            .name("dewpoint-engine".to_owned())
            .spawn(move || thread::run(&command_receiver, &event_sender, program))?;
        Ok(Self { commands: Some(commands), events, flags: Vec::new(), thread: Some(thread) })
    }

    /// Queues a job; the last of its events is [`Event::Finished`], [`Event::Stopped`] or [`Event::Failed`].
    pub fn submit(&mut self, command: Command) -> StopFlag {
        self.flags.retain(StopFlag::is_shared);
        let flag = StopFlag::default();
        self.flags.push(flag.clone());
        if let Some(commands) = &self.commands {
            // A thread that has ended is noticed by `next_event`.
            let _ = commands.send((command, flag.clone()));
        }
        flag
    }

    /// The next event; `None` when there is none within `timeout`.
    #[must_use]
    pub fn next_event(&self, timeout: Duration) -> Option<Event> {
        match self.events.recv_timeout(timeout) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                Some(Event::Failed { message: "the engine's thread has ended; start Dewpoint again".to_owned() })
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        for flag in &self.flags {
            flag.request(StopLevel::Now);
        }
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported as an event.
            let _ = thread.join();
        }
    }
}
