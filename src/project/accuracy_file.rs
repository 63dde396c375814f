//! `accuracy.csv`: how well a network trained on the images of one moment did, moment by moment.
//!
//! Columns `iterations_done` and `accuracy` (a fraction). There are few rows: the file is always replaced as a whole.

use std::{fs, io, path::Path};

use super::{ProjectError, atomic};
use crate::domain::AccuracyCheck;

/// Reads `path`; nothing when there is no such file.
///
/// # Errors
///
/// [`ProjectError::Read`]; [`ProjectError::Damaged`] says what cannot be read.
pub(super) fn read(path: &Path) -> Result<Vec<AccuracyCheck>, ProjectError> {
    let content = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        content => content.map_err(ProjectError::reading(path))?,
    };
    let rows: Result<_, csv::Error> = csv::Reader::from_reader(content.as_slice()).into_deserialize().collect();
    rows.map_err(|error| ProjectError::damaged(path, error.to_string()))
}

/// Writes `checks` to `path`.
///
/// # Errors
///
/// [`ProjectError::Write`].
pub(super) fn write(path: &Path, checks: &[AccuracyCheck]) -> Result<(), ProjectError> {
    let encode = || {
        let mut lines = csv::Writer::from_writer(Vec::new());
        for check in checks {
            lines.serialize(check)?;
        }
        lines.into_inner().map_err(csv::IntoInnerError::into_error)
    };
    atomic::write(path, &encode().map_err(ProjectError::writing(path))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_survive_exactly() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accuracy.csv");
        assert_eq!(read(&path).unwrap(), []);
        let checks = [(0, 0.1 + 0.2), (1000, 0.5)]
            .map(|(iterations_done, accuracy)| AccuracyCheck { iterations_done, accuracy });
        write(&path, &checks).unwrap();
        assert_eq!(read(&path).unwrap(), checks);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "iterations_done,accuracy\n0,0.30000000000000004\n1000,0.5\n");
        write(&path, &[]).unwrap();
        assert_eq!(read(&path).unwrap(), []);
        for broken in ["iterations_done,accuracy\n0,x\n", "iterations_done,accuracy\n0\n", "a,b\n0,0.5\n", "\u{0}"] {
            fs::write(&path, broken).unwrap();
            let damaged = read(&path);
            assert!(broken == "\u{0}" || matches!(damaged, Err(ProjectError::Damaged { .. })), "{broken}: {damaged:?}");
        }
    }
}
