//! Where text goes: results to standard output, everything else to standard error. The only place that prints.

use std::io::{self, Write};

use clap::Args;

/// How much is told, and to whom.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Write what happens as JSON, one object a line, to standard output, and nothing else there
    #[arg(long)]
    pub json: bool,
    /// Write nothing to standard error but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// Writes a line to standard output. A reader that has gone away (`| head`) is no fault of the run.
pub fn result(line: &str) {
    let _ = writeln!(io::stdout(), "{}", line.trim_end());
}

/// Writes a line to standard error.
pub fn note(line: &str) {
    let _ = writeln!(io::stderr(), "{}", line.trim_end());
}
