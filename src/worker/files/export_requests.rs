//! Requests to write a set, a run, a table or a plot where a person wants it.

use std::path::PathBuf;

use super::{Export, FileReply, error::FileError};
use crate::project::{self, ProjectError};

pub(super) fn export(export: Export, to: PathBuf, overwrite: bool) -> Result<FileReply, FileError> {
    match project::export(&export, &to, overwrite) {
        Ok(message) => Ok(FileReply::Exported { to, message }),
        Err(ProjectError::ExportExists { .. }) => Ok(FileReply::ExportExists { export: Box::new(export), to }),
        Err(error) => Err(error.into()),
    }
}
