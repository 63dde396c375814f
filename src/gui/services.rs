//! The engine's worker and the file threads, as the window needs them.

use crate::{
    domain::LiveImages,
    worker::{
        Command, Event, JobControl,
        files::{FileReply, FileRequest},
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
