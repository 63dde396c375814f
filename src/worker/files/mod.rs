//! The file threads: everything of the window that touches the disk or decodes pictures, away from its thread and from
//! the engine's. Requests go in, replies come out, and both are plain values.

mod reply;
mod request;

pub use reply::FileReply;
pub use request::{FileRequest, MeasuredRun};

pub use crate::domain::{
    Export, Finding, PlotData, PlotFormat, PlotSeries, RecipeSummary, SetFormat, TableFormat, TableText,
};
