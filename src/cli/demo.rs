//! `dewpoint demo`: the whole thing in a minute or two, without a download.

use clap::Args;

use dewpoint::{
    domain::{Baseline, BuiltinDataset, DatasetSource, DeviceChoice, EvaluationConfig, quick_look},
    project::RunFolder,
    worker::{Command, Intervals, NewRun},
};

use super::{
    CliResult, condense,
    output::{self, OutputArgs},
    run_name,
    session::{self, JobEnd, Outcome},
    summary::accuracy_of,
};

/// Networks trained on each of the two sets.
const NETWORKS: usize = 3;

/// The flags of `dewpoint demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// What computes: auto, cpu, gpu, or gpu:N with a number from `dewpoint devices`
    #[arg(long, value_name = "DEVICE", default_value_t = DeviceChoice::Auto)]
    device: DeviceChoice,
}

/// Condenses the embedded digits to one image a class, and compares it with random real images.
pub fn run(args: &DemoArgs) -> CliResult {
    let folder = run_name::free("demo");
    let config = quick_look();
    let network = config.architecture;
    output::result(&format!(
        "Dewpoint condenses an image dataset into a few synthetic images that networks can be trained on.\n\
         This demonstration draws 10 kinds of handwritten-looking digits, condenses them to one image of each kind in\n\
         {} iterations, and trains {NETWORKS} fresh networks ({network}) on those ten images, and {NETWORKS} \
         on ten random real ones.\n",
        config.iterations
    ));
    let command = Command::Condense(NewRun {
        folder: folder.clone(),
        source: DatasetSource::Builtin(BuiltinDataset::Digits),
        config: config.clone(),
        experiments: 1,
        evaluation: Some(EvaluationConfig {
            architectures: vec![network],
            repeats: NETWORKS,
            baselines: vec![Baseline::Random],
            ..EvaluationConfig::default()
        }),
        accuracy_checks: None,
        device: args.device,
        intervals: Intervals::default(),
    });
    let output = OutputArgs::default();
    let table = match session::run(command, output)? {
        JobEnd::Finished(table) => table,
        stopped @ JobEnd::Stopped => return condense::conclude(&folder, stopped, output),
    };
    let percent =
        |set: &str| accuracy_of(&table, set, network).map_or_else(|| "-".to_owned(), |summary| summary.to_string());
    let run = RunFolder::open(&folder)?;
    output::result(&format!(
        "\nTest accuracy in %, mean ± standard deviation over n networks:\n\
         \x20 trained on 10 random real images  {}\n\
         \x20 trained on 10 condensed images    {}\n\n\
         The images   {}\n\
         as a picture {}\n\
         numbers      {} (and metrics.csv, frames/)",
        percent(Baseline::Random.name()),
        percent("condensed"),
        run.set_path(0)?.display(),
        run.picture_path(0)?.display(),
        folder.join("evaluation.json").display(),
    ));
    Ok(Outcome::Done)
}
