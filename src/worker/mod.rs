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
pub mod files;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{BuiltinDataset, CondensationConfig, DatasetSource, DeviceChoice, EvaluationConfig, RunStage},
        project::RunFolder,
    };
    use std::path::Path;

    fn new_run(folder: &Path) -> Command {
        Command::Condense(NewRun {
            folder: folder.to_owned(),
            source: DatasetSource::Builtin(BuiltinDataset::Digits),
            config: CondensationConfig {
                architecture: "ConvNetW4D1".parse().unwrap(),
                real_batch: 4,
                iterations: 1_000_000,
                ..CondensationConfig::default()
            },
            experiments: 1,
            evaluation: None,
            device: DeviceChoice::Cpu,
            intervals: Intervals::default(),
        })
    }

    fn next(worker: &Worker) -> Event {
        worker.next_event(Duration::from_mins(1)).expect("an event within a minute")
    }

    #[test]
    fn jobs_are_done_one_after_another_and_one_that_fails_does_not_end_the_worker() {
        let folder = tempfile::tempdir().unwrap();
        let mut worker = Worker::spawn("no-program".into()).unwrap();
        let target = EvaluationTarget::Run(folder.path().to_owned());
        let config = EvaluationConfig::default();
        worker.submit(Command::Evaluate(NewEvaluation { target, source: None, config, device: DeviceChoice::Cpu }));
        let stop = worker.submit(new_run(&folder.path().join("run")));
        assert!(matches!(next(&worker), Event::Failed { message } if message.starts_with("this is no run")));
        while !matches!(next(&worker), Event::IterationDone { .. }) {}
        stop.request(StopLevel::AfterStep);
        let end = loop {
            let event = next(&worker);
            if event.is_last() {
                break event;
            }
        };
        assert_eq!(end, Event::Stopped { evaluating: false });
    }

    #[test]
    fn dropping_the_handle_stops_and_saves() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let mut worker = Worker::spawn("no-program".into()).unwrap();
        worker.submit(new_run(&path));
        while !matches!(next(&worker), Event::IterationDone { .. }) {}
        drop(worker);
        let run = RunFolder::open(&path).unwrap();
        assert_eq!(run.record().stage, RunStage::Stopped);
        assert!(run.load_checkpoint(0).unwrap().unwrap().iterations_done >= 1);
    }
}
