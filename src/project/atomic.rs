//! Replacing a file as a whole: whoever reads it sees the old content or the new, never a part.
//!
//! The only place in `project/` that writes a file's content, except for the appended rows of `metrics.rs` and for folders
//! that are filled under a temporary name (`copying.rs`, `export/`).

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use tempfile::{Builder, TempDir};

use super::ProjectError;

/// What the names of unfinished files begin and end with; a crash can leave one behind.
const PREFIX: &str = ".unfinished-";
const SUFFIX: &str = ".tmp";

/// Writes `content` to `path` under a temporary name in the same folder and renames it.
///
/// # Errors
///
/// [`ProjectError::Write`]; the file then is as it was.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), ProjectError> {
    write_with(path, |file| file.write_all(content)).map_err(ProjectError::writing(path))
}

/// As [`write`], with the content written by `fill`.
fn write_with(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    // Temporary files are private by default; a result is as readable as any other file of the person.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut unfinished = builder.tempfile_in(folder)?;
    fill(unfinished.as_file_mut())?;
    unfinished.as_file().sync_all()?;
    unfinished.persist(path)?;
    // The new name survives a power cut only once the folder is written too; not every system can be asked to.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// A folder under a temporary name in `folder`, to be filled and renamed; removed when dropped before.
pub(super) fn unfinished_folder(folder: &Path) -> io::Result<TempDir> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    builder.tempdir_in(folder)
}

/// Whether `name` is a file or folder that a crash left unfinished.
pub(super) fn is_unfinished(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write(&path, b"old").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a.json"]);
    }

    #[test]
    fn a_failure_half_way_leaves_the_old_file_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write(&path, b"old and whole").unwrap();
        let error = write_with(&path, |file| {
            file.write_all(b"ne")?;
            Err(io::Error::other("disk full"))
        });
        assert_eq!(error.unwrap_err().to_string(), "disk full");
        assert_eq!(fs::read(&path).unwrap(), b"old and whole");
        assert_eq!(names(folder.path()), ["a.json"]);
    }

    #[test]
    fn a_failing_rename_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), b"kept").unwrap();
        assert!(matches!(write(&path, b"new"), Err(ProjectError::Write { .. })));
        assert_eq!(fs::read(path.join("inside")).unwrap(), b"kept");
        assert_eq!(names(folder.path()), ["a.json"]);
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(&folder.path().join("none").join("a.json"), b"new").unwrap_err();
        assert!(error.to_string().starts_with("the file cannot be written ("), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_what_the_umask_lets_them() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("a.json"), b"new").unwrap();
        fs::write(folder.path().join("plain"), b"new").unwrap();
        let mode = |name| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode("a.json"), mode("plain"));
    }
}
