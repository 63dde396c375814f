//! Flags that say which set is evaluated, on what and by what.

use std::{error::Error, path::PathBuf};

use clap::Args;

use dewpoint::{
    domain::{CondensationConfig, DatasetSource, DeviceChoice, EvaluationConfig},
    project::{RunFolder, read_synthetic_set},
    worker::{Command, EvaluationTarget, NewEvaluation},
};

use super::data_args::ReadArgs;

/// A set, the dataset it is tested on, and the device.
#[derive(Debug, Args)]
pub struct TargetArgs {
    /// The folder of a run, where the results are kept beside those that are there, or a file set.safetensors
    #[arg(value_name = "FOLDER|FILE")]
    target: PathBuf,
    /// digits, shapes, or the path of a dataset [default: the one that was condensed]
    #[arg(long, value_name = "DATASET")]
    data: Option<PathBuf>,
    /// What computes: auto, cpu, gpu, or gpu:N with a number from `dewpoint devices`
    #[arg(long, value_name = "DEVICE", default_value_t = DeviceChoice::Auto)]
    device: DeviceChoice,
    #[command(flatten)]
    read: ReadArgs,
}

/// What the flags mean.
pub struct Target {
    /// The run or the file.
    pub set: EvaluationTarget,
    /// How it was condensed.
    pub condensing: CondensationConfig,
    source: Option<DatasetSource>,
    device: DeviceChoice,
}

impl TargetArgs {
    /// Looks at the set.
    ///
    /// # Errors
    ///
    /// When it is none, or an option of the dataset cannot be used.
    pub fn open(self) -> Result<Target, Box<dyn Error>> {
        let (set, condensing) = if self.target.is_file() {
            let recipe = read_synthetic_set(&self.target)?.recipe;
            let condensing = recipe.map_or_else(CondensationConfig::default, |recipe| recipe.run.config);
            (EvaluationTarget::SetFile(self.target), condensing)
        } else {
            let condensing = RunFolder::open(&self.target)?.record().config.clone();
            (EvaluationTarget::Run(self.target), condensing)
        };
        let source = self.data.map(|data| self.read.source(&data)).transpose()?;
        Ok(Target { set, condensing, source, device: self.device })
    }
}

impl Target {
    /// Evaluates it; the results are kept in the record of that name, or where a person's are.
    pub fn evaluation(&self, config: EvaluationConfig, record: Option<String>) -> Command {
        Command::Evaluate(NewEvaluation {
            target: self.set.clone(),
            source: self.source.clone(),
            config,
            again: Vec::new(),
            record,
            device: self.device,
        })
    }
}
