//! A whole run as a folder: a copy that opens like the run itself.

use std::path::Path;

use serde::Serialize;

use super::target::{self, RUN_MANIFEST};
use crate::project::{ProjectError, RunFolder, atomic, copying};

const FORMAT: &str = "dewpoint-run-export/1";
/// A run is less deep.
const MOST_DEPTH: usize = 8;

/// `export.json`, by which the copy is known as one.
#[derive(Serialize)]
struct Manifest {
    format: &'static str,
    program_version: &'static str,
    /// Every other file of the folder.
    files: Vec<String>,
}

/// Copies the run in `folder` to `to`; one sentence about it.
pub(super) fn write(folder: &Path, to: &Path, overwrite: bool) -> Result<String, ProjectError> {
    // Whatever is copied is a run.
    let run = RunFolder::open(folder)?;
    let from = std::path::absolute(run.path()).map_err(ProjectError::reading(folder))?;
    if to.starts_with(&from) || from.starts_with(to) {
        return Err(ProjectError::ExportInTheWay { path: to.to_owned(), what: "the run itself is there" });
    }
    target::write_folder(to, overwrite, |unfinished| {
        copying::copy(&from, unfinished, &|path| path.file_name().is_none_or(|name| name != RUN_MANIFEST))?;
        let files = target::files_in(unfinished, MOST_DEPTH)?;
        let manifest = Manifest {
            format: FORMAT,
            program_version: env!("CARGO_PKG_VERSION"),
            files: files.iter().filter_map(|path| target::slashed(path)).collect(),
        };
        let text = serde_json::to_string_pretty(&manifest)
            .map_err(|error| ProjectError::NotSavable { path: to.to_owned(), problem: error.to_string() })?;
        atomic::write(&unfinished.join(RUN_MANIFEST), text.as_bytes())
    })?;
    Ok(format!("the run was copied to {}", to.display()))
}
