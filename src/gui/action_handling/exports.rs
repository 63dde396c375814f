//! Exports: the dialog with its path, and what it starts.

use std::path::PathBuf;

use super::Controller;
use crate::{
    domain::Export,
    gui::{
        dialogs::{Question, ending_of},
        state::{Dialog, ExportState},
    },
    worker::files::FileRequest,
};

impl Controller {
    /// Opens the dialog of an export, with a place in the project suggested.
    pub(super) fn ask_export(&mut self, export: Export, name: &str) {
        let folder = self.state.project.as_ref().map(|project| project.folder.join("exports")).unwrap_or_default();
        let path = folder.join(file_name(name, ending_of(&export).map(|(_, ending)| ending))).display().to_string();
        let state = ExportState { export, path, overwrite: false, problem: None, busy: false };
        self.state.dialog = Some(Dialog::Export(Box::new(state)));
    }

    /// Exports what the dialog says.
    pub(super) fn export(&mut self) {
        let Some(Dialog::Export(state)) = &mut self.state.dialog else { return };
        let path = state.path.trim();
        if path.is_empty() {
            state.problem = Some("Type where to save it, or choose a place.".to_owned());
            return;
        }
        state.busy = true;
        state.problem = None;
        let (export, to, overwrite) = (state.export.clone(), PathBuf::from(path), state.overwrite);
        self.services.request(FileRequest::Export { export, to, overwrite });
    }

    /// Asks with the system's dialog for the path of the dialog in front.
    pub(super) fn browse(&mut self) {
        let question = match &self.state.dialog {
            Some(Dialog::Export(state)) => Question::of_export(&state.export, PathBuf::from(&state.path)),
            Some(Dialog::Path { purpose, .. }) => Question::Open(*purpose),
            _ => Question::Open(crate::gui::state::PathPurpose::OpenDataset),
        };
        self.dialogs.ask(question, (self.wake)());
    }
}

/// A file name of letters that every file system takes.
fn file_name(name: &str, ending: Option<&str>) -> String {
    let kept = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' };
    let name: String = name.chars().map(kept).collect();
    ending.map_or_else(|| name.clone(), |ending| format!("{name}.{ending}"))
}
