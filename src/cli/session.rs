//! One job of the worker from the command line: events are shown, signals stop it.

use std::{
    error::Error,
    process::exit,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use dewpoint::{
    domain::EvaluationTable,
    worker::{Command, Event, JobControl, StopLevel, Worker},
};

use super::{EXIT_STOPPED, output::OutputArgs, progress::Progress};

/// How a command ended without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did all it was asked for.
    Done,
    /// It was stopped.
    Stopped,
}

/// How a job ended without an error.
pub enum JobEnd {
    /// All was done; the table is empty when nothing was evaluated.
    Finished(EvaluationTable),
    /// It was stopped.
    Stopped,
}

/// How long signals may go unnoticed.
const PATIENCE: Duration = Duration::from_millis(100);

/// Has the worker do `command` and shows what happens.
///
/// # Errors
///
/// The sentence of a job that failed.
pub fn run(command: Command, output: OutputArgs) -> Result<JobEnd, Box<dyn Error>> {
    let mut worker = Worker::spawn(std::env::current_exe()?)?;
    let mut progress = Progress::new(output);
    let control = worker.submit(command);
    stop_on_signals(control.clone())?;
    let mut level = StopLevel::None;
    loop {
        if control.level() != level {
            level = control.level();
            progress.stopping(level);
        }
        let Some(event) = worker.next_event(PATIENCE) else { continue };
        progress.show(&event)?;
        match event {
            Event::Finished { evaluation } => return Ok(JobEnd::Finished(evaluation)),
            Event::Stopped { .. } => return Ok(JobEnd::Stopped),
            Event::Failed { message } => return Err(message.into()),
            _ => {}
        }
    }
}

/// The first signal lets the step be finished, the second drops it, and the third ends the program: every file is
/// replaced as a whole, so even that loses only what was done since the last checkpoint.
fn stop_on_signals(control: JobControl) -> Result<(), ctrlc::Error> {
    let signals = AtomicUsize::new(0);
    ctrlc::set_handler(move || match signals.fetch_add(1, Ordering::SeqCst) {
        0 => control.request(StopLevel::AfterStep),
        1 => control.request(StopLevel::Now),
        _ => exit(i32::from(EXIT_STOPPED)),
    })
}
