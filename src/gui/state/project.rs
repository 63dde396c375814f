//! The project as it is shown at the left.

use std::path::{Path, PathBuf};

use crate::domain::{BrokenRun, ProjectRecord, RunNotes};

/// What runs are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// The newest first.
    #[default]
    Created,
    /// By title.
    Title,
    /// By state.
    Status,
    /// By the latest distance, the smallest first.
    Distance,
    /// By accuracy, the highest first.
    Accuracy,
}

impl SortBy {
    /// Every order, as in the menu.
    pub const ALL: [Self; 5] = [Self::Created, Self::Title, Self::Status, Self::Distance, Self::Accuracy];

    /// What the menu calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Created => "Newest first",
            Self::Title => "Title",
            Self::Status => "State",
            Self::Distance => "Smallest distance",
            Self::Accuracy => "Highest accuracy",
        }
    }
}

/// The open project.
#[derive(Debug, Clone, Default)]
pub struct ProjectState {
    /// Its folder.
    pub folder: PathBuf,
    /// What a person made in it.
    pub record: ProjectRecord,
    /// Runs that cannot be read.
    pub broken: Vec<BrokenRun>,
    /// Whether something was changed and is not yet on its way to the disk.
    pub unsaved: bool,
    /// Grows with every change.
    pub revision: u64,
    /// Only runs whose title, dataset or settings hold this text are listed.
    pub filter: String,
    /// How runs are ordered.
    pub sort: SortBy,
}

impl ProjectState {
    /// Notes that the record was changed, to be saved soon.
    pub(in crate::gui) const fn changed(&mut self) {
        self.unsaved = true;
        self.revision += 1;
    }

    /// The folder of the runs.
    #[must_use]
    pub fn runs_folder(&self) -> PathBuf {
        self.folder.join("runs")
    }

    /// How the record calls a run: its folder's name when it lies in the project, else its path.
    #[must_use]
    pub fn key_of(&self, folder: &Path) -> PathBuf {
        let inside = folder.parent() == Some(&self.runs_folder());
        folder.file_name().filter(|_| inside).map_or_else(|| folder.to_owned(), PathBuf::from)
    }

    /// What a person wrote about a run.
    #[must_use]
    pub fn notes_of(&self, folder: &Path) -> Option<&RunNotes> {
        let key = self.key_of(folder);
        self.record.runs.iter().find(|notes| notes.folder == key)
    }

    /// What a person wrote about a run, made if there is nothing yet.
    pub(in crate::gui) fn notes_of_mut(&mut self, folder: &Path) -> &mut RunNotes {
        let key = self.key_of(folder);
        let position = self.record.runs.iter().position(|notes| notes.folder == key).unwrap_or_else(|| {
            self.record.runs.push(RunNotes { folder: key, ..RunNotes::default() });
            self.record.runs.len() - 1
        });
        &mut self.record.runs[position]
    }
}
