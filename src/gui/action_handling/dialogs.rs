//! Answers of the system's file dialogs, and paths that were typed.

use std::path::PathBuf;

use super::Controller;
use crate::gui::{
    action::{DatasetAction, ProjectAction, RunAction},
    state::{Dialog, PathPurpose},
};

impl Controller {
    /// The system's dialog was answered: its path stands where it was asked for.
    pub(super) fn take_path(&mut self, answer: PathBuf) {
        let text = answer.display().to_string();
        match &mut self.state.dialog {
            Some(Dialog::Export(state)) => {
                // The system asked already whether a file may be replaced.
                (state.path, state.overwrite) = (text, true);
                self.export();
            }
            Some(Dialog::Path { purpose, .. }) => {
                let purpose = *purpose;
                self.open_path(purpose, answer);
            }
            _ => self.change_dataset(DatasetAction::OpenPath(text)),
        }
    }

    /// Opens what a path was given for.
    pub(super) fn open_path(&mut self, purpose: PathPurpose, path: PathBuf) {
        self.state.dialog = None;
        match purpose {
            PathPurpose::OpenProject => self.change_project(ProjectAction::Open(path)),
            PathPurpose::SaveProjectAs => self.change_project(ProjectAction::SaveAs(path)),
            PathPurpose::OpenDataset => self.change_dataset(DatasetAction::OpenPath(path.display().to_string())),
            PathPurpose::OpenSet => {
                self.services.request(crate::worker::files::FileRequest::Inspect { paths: vec![path] });
            }
            PathPurpose::OpenRun => self.change_run(RunAction::Link(path)),
        }
    }
}
