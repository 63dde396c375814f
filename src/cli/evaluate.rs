//! `dewpoint evaluate`: networks trained on a condensed set.

use clap::Args;

use dewpoint::worker::EvaluationTarget;

use super::{
    CliResult,
    evaluation_args::EvaluationArgs,
    output::{self, OutputArgs},
    session::{self, JobEnd, Outcome},
    summary,
    target_args::TargetArgs,
};

/// The flags of `dewpoint evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    evaluation: EvaluationArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Evaluates a run or a set.
pub fn run(args: EvaluateArgs) -> CliResult {
    let target = args.target.open()?;
    let Some(config) = args.evaluation.config(&target.condensing) else {
        return Err("eval-repeats must be at least 1, but is 0".into());
    };
    match session::run(target.evaluation(config, None), args.output)? {
        JobEnd::Finished(table) => {
            if !args.output.json {
                output::result(&summary::accuracies(&table));
                if let EvaluationTarget::Run(folder) = &target.set {
                    output::result(&format!("\nsaved in {}", folder.join("evaluation.json").display()));
                }
            }
            Ok(Outcome::Done)
        }
        JobEnd::Stopped => {
            if !args.output.quiet {
                output::note(match target.set {
                    EvaluationTarget::Run(_) => "stopped; the results so far are in evaluation.json",
                    EvaluationTarget::SetFile(_) => "stopped",
                });
            }
            Ok(Outcome::Stopped)
        }
    }
}
