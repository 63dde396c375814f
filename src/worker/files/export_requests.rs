//! Requests to write a set, a run, a table or a plot where a person wants it.

use std::path::PathBuf;

use super::{Export, FileReply, error::FileError};

#[allow(clippy::needless_pass_by_value)]
pub(super) fn export(export: Export, to: PathBuf, overwrite: bool) -> Result<FileReply, FileError> {
    let _ = (export, overwrite);
    Err(FileError::Refused(format!("exports are not there yet: {}", to.display())))
}
