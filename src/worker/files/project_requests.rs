//! Requests about projects, their runs and the window's settings.

use std::path::{Path, PathBuf};

use super::{FileReply, error::FileError};
use crate::{
    domain::ProjectRecord,
    project::{self, RunFolder},
};

pub(super) fn open(folder: &Path) -> Result<FileReply, FileError> {
    Ok(FileReply::ProjectOpened(project::open_project(folder)?))
}

pub(super) fn save(folder: &Path, record: &ProjectRecord) -> Result<FileReply, FileError> {
    project::save_project(folder, record)?;
    Ok(FileReply::ProjectSaved)
}

pub(super) fn copy(from: &Path, to: &Path) -> Result<FileReply, FileError> {
    Ok(FileReply::ProjectOpened(project::copy_project(from, to)?))
}

pub(super) fn refresh_run(folder: &Path) -> Result<FileReply, FileError> {
    Ok(FileReply::RunRefreshed(Box::new(RunFolder::open(folder)?.summary())))
}

pub(super) fn load_run(folder: &Path) -> Result<FileReply, FileError> {
    Ok(FileReply::RunLoaded(Box::new(RunFolder::open(folder)?.details()?)))
}

pub(super) fn remove_run(project: &Path, folder: PathBuf) -> Result<FileReply, FileError> {
    project::remove_run(project, &folder)?;
    Ok(FileReply::RunRemoved { folder })
}

pub(super) fn restore_run(project: &Path, folder: &Path) -> Result<FileReply, FileError> {
    Ok(FileReply::RunRestored(Box::new(project::restore_run(project, folder)?)))
}

pub(super) fn save_settings(text: &str) -> Result<FileReply, FileError> {
    project::save_settings(text)?;
    Ok(FileReply::SettingsSaved)
}
