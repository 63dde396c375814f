//! The engine's worker and the file threads, as the window needs them.

use std::{io, path::PathBuf, time::Duration};

use crate::{
    domain::LiveImages,
    worker::{
        Command, Event, JobControl, Worker,
        files::{FileReply, FileRequest, FileWorker},
    },
};

/// What carries out jobs and touches files. Nothing here waits.
pub trait Services {
    /// Hands a job to the engine.
    fn submit(&mut self, command: Command) -> JobControl;
    /// The next event of the engine, if there is one.
    fn next_event(&mut self) -> Option<Event>;
    /// The newest images, if there are newer ones than last time.
    fn latest_images(&mut self) -> Option<LiveImages>;
    /// Asks the file threads.
    fn request(&mut self, request: FileRequest);
    /// The next answer of the file threads, if there is one.
    fn next_reply(&mut self) -> Option<FileReply>;
}

/// The real ones.
pub struct LiveServices {
    worker: Worker,
    files: FileWorker,
}

impl LiveServices {
    /// Starts the threads; `wake` is called whenever there is something new.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub fn start(program: PathBuf, wake: impl Fn() + Clone + Send + Sync + 'static) -> io::Result<Self> {
        let files = FileWorker::spawn(program.clone(), wake.clone())?;
        Ok(Self { worker: Worker::spawn_with_waker(program, wake)?, files })
    }
}

impl Services for LiveServices {
    fn submit(&mut self, command: Command) -> JobControl {
        self.worker.submit(command)
    }

    fn next_event(&mut self) -> Option<Event> {
        self.worker.next_event(Duration::ZERO)
    }

    fn latest_images(&mut self) -> Option<LiveImages> {
        self.worker.latest_images()
    }

    fn request(&mut self, request: FileRequest) {
        self.files.request(request);
    }

    fn next_reply(&mut self) -> Option<FileReply> {
        self.files.next_reply()
    }
}
