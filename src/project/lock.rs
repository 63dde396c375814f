//! One writer a run: a lock on a file in its folder, which the system releases when the process ends, however it ends.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
};

use super::ProjectError;

/// The name of the lock file. It is empty and stays behind: removing it would race with another process.
pub(super) const LOCK_FILE: &str = "run.lock";

/// The right to write to a run, given back when dropped.
#[derive(Debug)]
pub(super) struct RunLock {
    _file: File,
}

impl RunLock {
    /// Takes the lock of the run in `folder`.
    ///
    /// # Errors
    ///
    /// [`ProjectError::Locked`] when another process, or this one, holds it.
    pub fn take(folder: &Path) -> Result<Self, ProjectError> {
        let path = folder.join(LOCK_FILE);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(ProjectError::writing(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ProjectError::Locked { path: folder.to_owned() }),
            // Some network file systems know no locks; a run there is better than none.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(Self { _file: file }),
            Err(TryLockError::Error(source)) => Err(ProjectError::Write { path, source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_one_writer_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let lock = RunLock::take(folder.path()).unwrap();
        let error = RunLock::take(folder.path()).unwrap_err();
        assert!(error.to_string().starts_with("another Dewpoint is working on this run; "), "{error}");
        drop(lock);
        RunLock::take(folder.path()).unwrap();
    }
}
