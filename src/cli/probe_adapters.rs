//! `dewpoint probe-adapters`: asks the graphics drivers, in a process that they may crash.

use super::{CliResult, output, session::Outcome};

/// Prints the adapters as JSON.
pub fn run() -> CliResult {
    output::result(&serde_json::to_string(&dewpoint::engine::device::list_adapters())?);
    Ok(Outcome::Done)
}
