//! `dewpoint condense`: a new run.

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use clap::Args;

use dewpoint::{
    domain::{AccuracyChecks, DatasetSource, DeviceChoice, EvaluationTable},
    project::RunFolder,
    worker::{Command, Intervals, NewRun},
};

use super::{
    CliResult,
    condensation_args::CondensationArgs,
    data_args::ReadArgs,
    evaluation_args::EvaluationArgs,
    output::{self, OutputArgs},
    run_name,
    session::{self, JobEnd, Outcome},
    summary,
};

/// The flags of `dewpoint condense`.
#[derive(Debug, Args)]
pub struct CondenseArgs {
    /// digits or shapes, which the program draws itself, or the path of a dataset
    #[arg(long, value_name = "DATASET")]
    data: PathBuf,
    /// The folder to make for the run [default: runs/<dataset>-<network>-ipc<N>-<distance>]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// What computes: auto, cpu, gpu, or gpu:N with a number from `dewpoint devices`
    #[arg(long, value_name = "DEVICE", default_value_t = DeviceChoice::Auto)]
    device: DeviceChoice,
    /// Synthetic sets to condense with different seeds [published: 5]
    #[arg(long, value_name = "N", default_value_t = 1)]
    experiments: usize,
    #[command(flatten)]
    condensation: CondensationArgs,
    #[command(flatten)]
    evaluation: EvaluationArgs,
    /// Also train and test a network on the images at every saved picture, and before the first iteration: 300 epochs,
    /// 1000 test images; the images stay the same [default: not]
    #[arg(long, help_heading = "Evaluating")]
    check_accuracy: bool,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    saving: SavingArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// When a run is saved.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Saving")]
pub struct SavingArgs {
    /// Save a checkpoint after every N iterations, and at least once a minute [default: 50]
    #[arg(long, value_name = "N")]
    checkpoint_every: Option<NonZeroUsize>,
    /// Save a picture of the images after every N iterations [default: after 1, 2, 5, 10, 20, 50, ...]
    #[arg(long, value_name = "N")]
    frame_every: Option<NonZeroUsize>,
}

impl SavingArgs {
    /// The intervals.
    pub fn intervals(self) -> Intervals {
        let default = Intervals::default();
        Intervals {
            checkpoint_iterations: self.checkpoint_every.unwrap_or(default.checkpoint_iterations),
            frame_iterations: self.frame_every,
            ..default
        }
    }
}

/// Condenses into a new folder.
pub fn run(args: CondenseArgs) -> CliResult {
    let source: DatasetSource = args.read.source(&args.data)?;
    let config = args.condensation.config()?;
    let folder = args.out.unwrap_or_else(|| run_name::of_run(&source, &config));
    let command = Command::Condense(NewRun {
        folder: folder.clone(),
        evaluation: args.evaluation.config(&config),
        source,
        config,
        experiments: args.experiments,
        accuracy_checks: args.check_accuracy.then(AccuracyChecks::default),
        device: args.device,
        intervals: args.saving.intervals(),
    });
    conclude(&folder, session::run(command, args.output)?, args.output)
}

/// Says how a run ended, where its results are, and how to go on.
pub fn conclude(folder: &Path, end: JobEnd, output: OutputArgs) -> CliResult {
    match end {
        JobEnd::Finished(table) => {
            if !output.json {
                output::result(&results(folder, &table)?);
            }
            Ok(Outcome::Done)
        }
        JobEnd::Stopped => {
            if !output.quiet {
                output::note(&format!("stopped; resume with: dewpoint resume {}", quoted(folder)));
            }
            Ok(Outcome::Stopped)
        }
    }
}

fn results(folder: &Path, table: &EvaluationTable) -> Result<String, Box<dyn std::error::Error>> {
    let run = RunFolder::open(folder)?;
    let accuracies = if table.cells.is_empty() { String::new() } else { format!("{}\n", summary::accuracies(table)) };
    let (set, picture) = (run.set_path(0)?, run.picture_path(0)?);
    let images = match run.record().experiments {
        1 => format!("set      {}\npicture  {}", set.display(), picture.display()),
        experiments => format!("sets     {} and {} more", set.display(), experiments - 1),
    };
    Ok(format!("{accuracies}{images}\nrun      {}", folder.display()))
}

/// A path as it is written in a shell.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+=,:@\\".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
