//! `evaluation.json`: accuracies of networks trained on a run's sets, and how they were measured.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{ProjectError, atomic, record::check_format, timestamp};
use crate::domain::{DeviceInfo, EvaluationConfig, EvaluationTable};

const FORMAT: u32 = 1;

/// An evaluation: its protocol and its results so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvaluationRecord {
    /// The format of the file.
    pub format: u32,
    /// The version of Dewpoint that evaluated.
    pub program_version: String,
    /// When the evaluation was begun, by RFC 3339 in UTC.
    pub created: String,
    /// The protocol.
    pub config: EvaluationConfig,
    /// The device that computed.
    pub device: DeviceInfo,
    /// The results.
    pub table: EvaluationTable,
}

/// The part of the file that every format has.
#[derive(Deserialize)]
struct Head {
    format: u32,
    #[serde(default)]
    program_version: String,
}

impl EvaluationRecord {
    /// An evaluation that is about to begin, by this version of the program.
    #[must_use]
    pub fn new(config: EvaluationConfig, device: DeviceInfo) -> Self {
        Self {
            format: FORMAT,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            created: timestamp::now(),
            config,
            device,
            table: EvaluationTable::default(),
        }
    }

    /// Whether `earlier` is this very evaluation with fewer results.
    fn continues(&self, earlier: &Self) -> bool {
        let EvaluationTable { cells } = &earlier.table;
        self.created == earlier.created
            && self.config == earlier.config
            && self.table.cells.len() >= cells.len()
            && cells.iter().zip(&self.table.cells).all(|(old, new)| {
                (&old.set, old.architecture) == (&new.set, new.architecture) && old.results.len() <= new.results.len()
            })
    }
}

/// Writes `record` to `path`. A file there that is not this very evaluation with fewer results is kept: it is renamed
/// to the first free of `evaluation-01.json`, `evaluation-02.json`, ...
///
/// # Errors
///
/// [`ProjectError::Write`].
pub(super) fn write(path: &Path, record: &EvaluationRecord) -> Result<(), ProjectError> {
    let mut text = serde_json::to_string_pretty(record).map_err(|error| ProjectError::NotSavable {
        path: path.to_owned(),
        problem: format!("the evaluation cannot be written as text ({error})"),
    })?;
    text.push('\n');
    let replaceable = match read(path) {
        Ok(None) => true,
        Ok(Some(earlier)) => record.continues(&earlier),
        // Whatever it is, a person may want it.
        Err(_) => false,
    };
    if !replaceable {
        fs::rename(path, free_name(path)?).map_err(ProjectError::writing(path))?;
    }
    atomic::write(path, text.as_bytes())
}

/// The first free name for an earlier evaluation.
fn free_name(path: &Path) -> Result<PathBuf, ProjectError> {
    let mut number = 1;
    loop {
        let name = path.with_file_name(format!("evaluation-{number:02}.json"));
        if !name.try_exists().map_err(ProjectError::reading(&name))? {
            return Ok(name);
        }
        number += 1;
    }
}

/// Reads `path`; `None` when there is no such file.
///
/// # Errors
///
/// [`ProjectError::Read`], [`ProjectError::Damaged`] and [`ProjectError::NewerFormat`].
pub(super) fn read(path: &Path) -> Result<Option<EvaluationRecord>, ProjectError> {
    if !path.try_exists().map_err(ProjectError::reading(path))? {
        return Ok(None);
    }
    let text = fs::read_to_string(path).map_err(ProjectError::reading(path))?;
    let damaged = |error: serde_json::Error| ProjectError::damaged(path, format!("it is no evaluation ({error})"));
    let head: Head = serde_json::from_str(&text).map_err(damaged)?;
    check_format(path, head.format, FORMAT, &head.program_version)?;
    serde_json::from_str(&text).map(Some).map_err(damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Architecture, NetworkResult},
        project::fixtures,
    };

    fn record() -> EvaluationRecord {
        EvaluationRecord::new(EvaluationConfig::default(), fixtures::record(1).device)
    }

    fn add(record: &mut EvaluationRecord, train_loss: f64) {
        let result =
            NetworkResult { accuracy: 0.1 + 0.2, confusion: vec![vec![1, 2], vec![3, 4]], train_loss, seconds: 1.5 };
        record.table.add("condensed", Architecture::convnet(), 300, "none", result);
    }

    #[test]
    fn results_survive_and_grow_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evaluation.json");
        assert_eq!(read(&path).unwrap(), None);
        let mut record = record();
        for _ in 0..3 {
            write(&path, &record).unwrap();
            assert_eq!(read(&path).unwrap().unwrap(), record);
            add(&mut record, 0.25);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_diverged_network_does_not_spoil_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evaluation.json");
        let mut record = record();
        add(&mut record, f64::NAN);
        write(&path, &record).unwrap();
        assert!(read(&path).unwrap().unwrap().table.cells[0].results[0].train_loss.is_nan());
    }

    #[test]
    fn earlier_evaluations_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evaluation.json");
        let mut first = record();
        add(&mut first, 0.5);
        write(&path, &first).unwrap();
        let mut second = record();
        second.config.repeats = 3;
        write(&path, &second).unwrap();
        fs::write(&path, "edited by hand").unwrap();
        let third = record();
        write(&path, &third).unwrap();
        // Fewer results than the file has: not the same evaluation going on.
        write(&path, &first).unwrap();
        write(&path, &third).unwrap();
        let kept = |number| folder.path().join(format!("evaluation-{number:02}.json"));
        assert_eq!(read(&kept(1)).unwrap().unwrap(), first);
        assert_eq!(fs::read_to_string(kept(2)).unwrap(), "edited by hand");
        assert_eq!(read(&kept(3)).unwrap().unwrap(), first);
        assert_eq!(read(&path).unwrap().unwrap(), third);
    }

    #[test]
    fn broken_and_newer_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evaluation.json");
        for text in ["", "{}", "{\"format\": 1}", "{\"format\": 0}"] {
            fs::write(&path, text).unwrap();
            assert!(matches!(read(&path), Err(ProjectError::Damaged { .. })), "{text}");
        }
        fs::write(&path, r#"{"format": 2}"#).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("open it with Dewpoint of its time or a later one"));
    }
}
