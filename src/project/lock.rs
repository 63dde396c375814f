//! One writer a run: a lock on a file in its folder, which the system releases when the process ends, however it ends.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
    thread::sleep,
    time::Duration,
};

use super::ProjectError;

/// The name of the lock file. It is empty and stays behind: removing it would race with another process.
pub(super) const LOCK_FILE: &str = "run.lock";

/// [`is_held`] holds a lock for a moment: so often is another attempt made, at this interval.
const ATTEMPTS: usize = 5;
const INTERVAL: Duration = Duration::from_millis(20);

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
        let mut attempt = 1;
        let taken = loop {
            match file.try_lock() {
                Err(TryLockError::WouldBlock) if attempt < ATTEMPTS => attempt += 1,
                taken => break taken,
            }
            sleep(INTERVAL);
        };
        match taken {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ProjectError::Locked { path: folder.to_owned() }),
            // Some network file systems know no locks; a run there is better than none.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(Self { _file: file }),
            Err(TryLockError::Error(source)) => Err(ProjectError::Write { path, source }),
        }
    }
}

/// Whether a process, this one included, writes to the run in `folder`. Where nobody can tell, nobody does.
pub(super) fn is_held(folder: &Path) -> bool {
    let Ok(file) = File::open(folder.join(LOCK_FILE)) else { return false };
    // Shared, so that two who ask do not take each other for a writer; given back with the file.
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
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

    #[test]
    fn asking_tells_and_takes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_held(folder.path()));
        assert!(!folder.path().join(LOCK_FILE).exists());
        let lock = RunLock::take(folder.path()).unwrap();
        assert!(is_held(folder.path()));
        drop(lock);
        assert!(!is_held(folder.path()));
        RunLock::take(folder.path()).unwrap();
    }
}
