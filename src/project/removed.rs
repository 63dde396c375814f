//! Runs moved out of a project's way, to be brought back: renamed, never deleted.

use std::{
    fs,
    path::{Path, PathBuf, absolute},
};

use super::{ProjectError, RunFolder, lock::RunLock};
use crate::domain::RunSummary;

/// The folder of a project's removed runs.
pub(super) const REMOVED_FOLDER: &str = "removed";

/// Moves the run in `folder` out of the way of the project in `project`.
///
/// # Errors
///
/// [`ProjectError::Locked`] while a process works on it, [`ProjectError::OutsideProject`], [`ProjectError::Write`].
pub fn remove_run(project: &Path, folder: &Path) -> Result<(), ProjectError> {
    let (project, folder) = within(project, folder)?;
    let name = folder.file_name().ok_or_else(|| ProjectError::OutsideProject { path: folder.clone() })?;
    let lock = RunLock::take(&folder)?;
    let places = numbered(&project)?;
    let number = places.last().map_or(1, |(number, _)| number + 1);
    let place = project.join(REMOVED_FOLDER).join(format!("{number:04}"));
    fs::create_dir_all(&place).map_err(ProjectError::writing(&place))?;
    // Windows renames no folder with an open file in it.
    #[cfg(windows)]
    drop(lock);
    fs::rename(&folder, place.join(name)).map_err(ProjectError::writing(&folder))?;
    #[cfg(not(windows))]
    drop(lock);
    Ok(())
}

/// Brings the run that was removed last from `folder` back there.
///
/// # Errors
///
/// [`ProjectError::NotRemoved`] when there is none, [`ProjectError::FolderNotEmpty`] when something else took its place,
/// [`ProjectError::Write`], and whatever is wrong with the run.
pub fn restore_run(project: &Path, folder: &Path) -> Result<RunSummary, ProjectError> {
    let (project, folder) = within(project, folder)?;
    let not_removed = || ProjectError::NotRemoved { path: folder.clone() };
    let name = folder.file_name().ok_or_else(not_removed)?;
    let places = numbered(&project)?;
    let place = places.into_iter().rev().map(|(_, place)| place).find(|place| place.join(name).is_dir());
    let place = place.ok_or_else(not_removed)?;
    if folder.try_exists().map_err(ProjectError::reading(&folder))? {
        return Err(ProjectError::FolderNotEmpty { path: folder });
    }
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(ProjectError::writing(parent))?;
    }
    fs::rename(place.join(name), &folder).map_err(ProjectError::writing(&folder))?;
    // Empty by now, unless a person put something there.
    let _ = fs::remove_dir(&place);
    Ok(RunFolder::open(&folder)?.summary())
}

/// Both paths from the root, after a check that the run lies in the project.
fn within(project: &Path, folder: &Path) -> Result<(PathBuf, PathBuf), ProjectError> {
    let project = absolute(project).map_err(ProjectError::reading(project))?;
    let folder = absolute(folder).map_err(ProjectError::reading(folder))?;
    let climbs = folder.components().any(|part| part == std::path::Component::ParentDir);
    if folder == project || climbs || !folder.starts_with(&project) {
        return Err(ProjectError::OutsideProject { path: folder });
    }
    Ok((project, folder))
}

/// The numbered folders of removed runs, ascending.
fn numbered(project: &Path) -> Result<Vec<(u32, PathBuf)>, ProjectError> {
    let folder = project.join(REMOVED_FOLDER);
    if !folder.try_exists().map_err(ProjectError::reading(&folder))? {
        return Ok(Vec::new());
    }
    let mut places = Vec::new();
    for entry in fs::read_dir(&folder).map_err(ProjectError::reading(&folder))? {
        let path = entry.map_err(ProjectError::reading(&folder))?.path();
        let number = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        places.extend(number.map(|number| (number, path)));
    }
    places.sort();
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{fixtures, open_project};

    fn make_run(path: &Path, seconds: f64) {
        let mut writer = RunFolder::create(path, fixtures::record(1)).unwrap();
        writer.update_record(|record| record.seconds = seconds).unwrap();
    }

    #[test]
    fn a_run_goes_and_comes_back() {
        let parent = tempfile::tempdir().unwrap();
        let project = parent.path();
        open_project(project).unwrap();
        let run = project.join("runs").join("a");
        // The one that was removed last comes back first, and neither takes the other's place.
        for seconds in [1.0, 2.0] {
            make_run(&run, seconds);
            remove_run(project, &run).unwrap();
            assert!(!run.exists());
        }
        assert!(open_project(project).unwrap().runs.is_empty());
        let back = restore_run(project, &run).unwrap();
        assert_eq!((back.folder.as_path(), back.seconds.to_bits()), (run.as_path(), 2.0_f64.to_bits()));
        assert!(matches!(restore_run(project, &run), Err(ProjectError::FolderNotEmpty { .. })));
        fs::remove_dir_all(&run).unwrap();
        assert_eq!(restore_run(project, &run).unwrap().seconds.to_bits(), 1.0_f64.to_bits());
        assert!(matches!(restore_run(project, &project.join("runs").join("b")), Err(ProjectError::NotRemoved { .. })));
        assert_eq!(fs::read_dir(project.join("removed")).unwrap().count(), 0);
    }

    #[test]
    fn a_run_that_is_worked_on_or_lies_elsewhere_stays() {
        let parent = tempfile::tempdir().unwrap();
        let project = parent.path().join("project");
        open_project(&project).unwrap();
        let run = project.join("runs").join("a");
        let writer = RunFolder::create(&run, fixtures::record(1)).unwrap();
        assert!(matches!(remove_run(&project, &run), Err(ProjectError::Locked { .. })));
        drop(writer);
        remove_run(&project, &run).unwrap();
        let elsewhere = parent.path().join("elsewhere");
        make_run(&elsewhere, 0.0);
        for folder in [elsewhere.clone(), project.join("..").join("elsewhere"), project.clone()] {
            let error = remove_run(&project, &folder).unwrap_err();
            assert!(matches!(error, ProjectError::OutsideProject { .. }), "{error}");
        }
        assert!(elsewhere.join("run.json").is_file());
    }
}
