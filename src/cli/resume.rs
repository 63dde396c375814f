//! `dewpoint resume`: goes on with a run.

use std::path::PathBuf;

use clap::Args;

use dewpoint::{
    domain::DeviceChoice,
    worker::{Command, ResumedRun},
};

use super::{
    CliResult,
    condense::{SavingArgs, conclude},
    output::OutputArgs,
    session,
};

/// The flags of `dewpoint resume`.
#[derive(Debug, Args)]
pub struct ResumeArgs {
    /// The folder of the run
    folder: PathBuf,
    /// Another number of outer iterations, to prolong the run
    #[arg(long, value_name = "K")]
    iterations: Option<usize>,
    /// What computes: auto, cpu, gpu, or gpu:N with a number from `dewpoint devices` [default: what computed before]
    #[arg(long, value_name = "DEVICE")]
    device: Option<DeviceChoice>,
    #[command(flatten)]
    saving: SavingArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Goes on where the checkpoints are; also with an evaluation.
pub fn run(args: &ResumeArgs) -> CliResult {
    let command = Command::Resume(ResumedRun {
        folder: args.folder.clone(),
        device: args.device,
        iterations: args.iterations,
        intervals: args.saving.intervals(),
    });
    conclude(&args.folder, session::run(command, args.output)?, args.output)
}
