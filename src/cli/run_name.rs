//! A folder for a run that was given none.

use std::path::{Path, PathBuf};

use dewpoint::domain::{CondensationConfig, DatasetSource, run_name};

/// Where such folders are made.
const PARENT: &str = "runs";

/// `runs/<dataset>-<network>-ipc<N>-<distance>`, with a number appended if it is taken.
pub fn of_run(source: &DatasetSource, config: &CondensationConfig) -> PathBuf {
    free(&run_name(source, config))
}

/// The first of `runs/NAME`, `runs/NAME-2`, `runs/NAME-3`, ... where nothing is yet.
pub fn free(name: &str) -> PathBuf {
    let plain = Path::new(PARENT).join(name);
    let numbered = (2..).map(|number: u64| Path::new(PARENT).join(format!("{name}-{number}")));
    std::iter::once(plain.clone()).chain(numbered).find(|path| !path.exists()).unwrap_or(plain)
}
