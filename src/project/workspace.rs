//! A project as a folder on disk.
//!
//! ```text
//! project.json         what a person made: names, notes, datasets, presets, links to what lies elsewhere
//! runs/NAME/           its runs, each a folder as the head of `project/` describes it
//! removed/0001/NAME/   runs that were moved out of the way, each in a numbered folder
//! ```
//!
//! A folder without `project.json` whose `runs/` hold runs is a project too: the command line makes such folders.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf, absolute},
};

use super::{
    ProjectError, RunFolder, atomic,
    folder::RECORD_FILE,
    project_file::{self, PROJECT_FILE, RUNS_FOLDER},
    removed::REMOVED_FOLDER,
};
use crate::domain::{BrokenRun, ProjectRecord, ProjectSnapshot};

/// What a folder is to someone who opens it as a project.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// Missing or empty.
    Vacant,
    /// A project, with or without its file.
    Project,
    /// A run.
    Run,
    /// Something else.
    Foreign,
}

/// Opens the project in `folder`; an empty or missing folder becomes a new one.
///
/// # Errors
///
/// [`ProjectError::ForeignFolder`] and [`ProjectError::RunNotProject`] for a folder of something else, and whatever is
/// wrong with its `project.json`. A run that cannot be read is listed as broken.
pub fn open_project(folder: &Path) -> Result<ProjectSnapshot, ProjectError> {
    let folder = absolute(folder).map_err(ProjectError::reading(folder))?;
    match kind_of(&folder)? {
        Kind::Project => {}
        Kind::Vacant => {
            fs::create_dir_all(folder.join(RUNS_FOLDER)).map_err(ProjectError::writing(&folder))?;
            project_file::write(&folder, &new_record(&folder))?;
        }
        Kind::Run => return Err(ProjectError::RunNotProject { path: folder }),
        Kind::Foreign => return Err(ProjectError::ForeignFolder { path: folder }),
    }
    let record = project_file::read(&folder)?.unwrap_or_else(|| new_record(&folder));
    let linked = record.runs.iter().map(|notes| notes.folder.clone()).filter(|folder| folder.is_absolute());
    let mut paths: BTreeSet<PathBuf> = own_runs(&folder)?.into_iter().collect();
    paths.extend(linked);
    let (mut runs, mut broken) = (Vec::new(), Vec::new());
    for path in paths {
        match RunFolder::open(&path) {
            Ok(run) => runs.push(run.summary()),
            Err(error) => broken.push(BrokenRun { folder: path, problem: error.to_string() }),
        }
    }
    runs.sort_by(|one, other| other.created.cmp(&one.created));
    Ok(ProjectSnapshot { folder, record, runs, broken })
}

/// Writes what a person made in the project in `folder`.
///
/// # Errors
///
/// [`ProjectError::Write`], [`ProjectError::NotSavable`], and whatever is wrong with the file that is there: a damaged or
/// newer one is never replaced.
pub fn save_project(folder: &Path, record: &ProjectRecord) -> Result<(), ProjectError> {
    let folder = absolute(folder).map_err(ProjectError::reading(folder))?;
    project_file::write(&folder, record)
}

/// Whether `folder` is a project, with or without its file.
#[must_use]
pub fn is_project(folder: &Path) -> bool {
    matches!(kind_of(folder), Ok(Kind::Project))
}

/// Whether `folder` is a run, readable or not.
#[must_use]
pub fn is_run(folder: &Path) -> bool {
    folder.join(RECORD_FILE).is_file()
}

/// The runs that lie in the project in `folder`: in `runs/`, and right in it.
pub(super) fn own_runs(folder: &Path) -> Result<Vec<PathBuf>, ProjectError> {
    let mut runs = Vec::new();
    for place in [folder.join(RUNS_FOLDER), folder.to_owned()] {
        if place.is_dir() {
            runs.extend(entries(&place)?.into_iter().filter(|path| is_run(path)));
        }
    }
    Ok(runs)
}

/// A project that is named after its folder.
fn new_record(folder: &Path) -> ProjectRecord {
    let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
    ProjectRecord { name, ..ProjectRecord::default() }
}

fn kind_of(folder: &Path) -> Result<Kind, ProjectError> {
    if !folder.try_exists().map_err(ProjectError::reading(folder))? {
        return Ok(Kind::Vacant);
    }
    if folder.join(PROJECT_FILE).exists() {
        return Ok(Kind::Project);
    }
    if is_run(folder) {
        return Ok(Kind::Run);
    }
    if !own_runs(folder)?.is_empty() {
        return Ok(Kind::Project);
    }
    // What a crash of the first opening, or a project whose runs were all removed, leaves behind.
    let is_ours = |path: PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_empty = || fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_none());
        atomic::is_unfinished(&name) || name == REMOVED_FOLDER || name == RUNS_FOLDER && is_empty()
    };
    Ok(if entries(folder)?.into_iter().all(is_ours) { Kind::Vacant } else { Kind::Foreign })
}

/// What lies in `folder`.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, ProjectError> {
    let list = fs::read_dir(folder).map_err(ProjectError::reading(folder))?;
    list.map(|entry| entry.map(|entry| entry.path()).map_err(ProjectError::reading(folder))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{RunNotes, RunStatus},
        project::fixtures,
    };

    fn make_run(path: &Path, created: &str) {
        let mut record = fixtures::record(1);
        created.clone_into(&mut record.created);
        drop(RunFolder::create(path, record).unwrap());
    }

    fn names(snapshot: &ProjectSnapshot) -> Vec<String> {
        snapshot.runs.iter().map(crate::domain::RunSummary::name).collect()
    }

    #[test]
    fn a_missing_or_empty_folder_becomes_a_project() {
        let parent = tempfile::tempdir().unwrap();
        let empty = parent.path().join("empty");
        fs::create_dir(&empty).unwrap();
        for folder in [empty, parent.path().join("new").join("Flowers")] {
            let snapshot = open_project(&folder).unwrap();
            let name = folder.file_name().unwrap().to_str().unwrap();
            assert_eq!((snapshot.record.name.as_str(), snapshot.runs.len()), (name, 0));
            assert!(folder.join("project.json").is_file() && is_project(&folder));
            assert_eq!(open_project(&folder).unwrap(), snapshot);
        }
    }

    #[test]
    fn runs_are_listed_newest_first_with_links_and_broken_ones() {
        let parent = tempfile::tempdir().unwrap();
        let (folder, elsewhere) = (parent.path().join("project"), parent.path().join("elsewhere"));
        let mut record = open_project(&folder).unwrap().record;
        make_run(&folder.join("runs").join("old"), "2026-01-01T00:00:00Z");
        make_run(&folder.join("runs").join("new"), "2026-03-01T00:00:00Z");
        make_run(&elsewhere, "2026-02-01T00:00:00Z");
        make_run(&folder.join("runs").join("hurt"), "2026-02-01T00:00:00Z");
        fs::write(folder.join("runs").join("hurt").join("run.json"), "{").unwrap();
        fs::create_dir(folder.join("runs").join("no run")).unwrap();
        let notes = |folder| RunNotes { folder, title: "mine".into(), notes: "n".into() };
        record.runs = vec![notes("old".into()), notes(elsewhere.clone()), notes(parent.path().join("gone"))];
        save_project(&folder, &record).unwrap();

        let snapshot = open_project(&folder).unwrap();
        assert_eq!(snapshot.record, record);
        assert_eq!(names(&snapshot), ["new", "elsewhere", "old"]);
        assert_eq!(snapshot.runs[0].status, RunStatus::Interrupted);
        let broken: Vec<_> = snapshot.broken.iter().map(|run| run.folder.clone()).collect();
        assert_eq!(broken, [parent.path().join("gone"), folder.join("runs").join("hurt")]);
        assert!(snapshot.broken[1].problem.contains("damaged"), "{}", snapshot.broken[1].problem);
    }

    #[test]
    fn what_the_command_line_leaves_is_a_project() {
        let parent = tempfile::tempdir().unwrap();
        make_run(&parent.path().join("runs").join("demo"), "2026-01-01T00:00:00Z");
        fs::write(parent.path().join("notes.txt"), "kept").unwrap();
        assert_eq!(names(&open_project(parent.path()).unwrap()), ["demo"]);
        assert!(!parent.path().join("project.json").exists(), "nothing is written before something is changed");
        // The folder of the runs itself.
        assert_eq!(names(&open_project(&parent.path().join("runs")).unwrap()), ["demo"]);
        let run = parent.path().join("runs").join("demo");
        assert!(matches!(open_project(&run), Err(ProjectError::RunNotProject { .. })));
        assert!(is_run(&run) && !is_project(&run));
    }

    #[test]
    fn other_folders_are_refused_and_left_as_they_are() {
        let parent = tempfile::tempdir().unwrap();
        fs::create_dir(parent.path().join("runs")).unwrap();
        fs::write(parent.path().join("runs").join("events.out"), "another program's").unwrap();
        let error = open_project(parent.path()).unwrap_err();
        assert!(matches!(error, ProjectError::ForeignFolder { .. }), "{error}");
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
        let file = parent.path().join("file");
        fs::write(&file, "x").unwrap();
        assert!(open_project(&file).is_err());
    }
}
