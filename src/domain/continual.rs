//! Continual learning: datasets learned one after another by one network, with a small memory of the earlier ones.
//!
//! The protocol is that of Zhao et al. 2021 (SVHN, MNIST, USPS), which follows Castro et al. 2018: after each stage a few
//! images of every class enter the memory, later stages are trained with it, and after each stage the accuracy is averaged
//! over the test sets of all tasks so far. Where it was not published, the choice is stated at the field.

use std::{fmt, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{
    Architecture, ConfigError, DatasetSource, ImageShape, Seed, Summary, evaluation_table::number_or_null, mean, range,
};

/// What is learned, and what is kept of it.
///
/// Every task has a head of its own, which the published word "task-incremental" implies: the last linear layer has
/// `tasks x classes` outputs, and an image is trained and tested on those of its task alone. Each dataset is normalised by
/// its own mean and deviation, as when it is condensed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContinualConfig {
    /// The datasets, in the order of learning; at least two, of one number of classes.
    pub stages: Vec<DatasetSource>,
    /// The shape that the images of all stages are brought to: grey repeated in every channel, sides bilinearly.
    pub shape: ImageShape,
    /// Which images are kept.
    pub memory: MemoryKind,
    /// Images that are kept of every class of every dataset. Published: 10.
    pub images_per_class: usize,
    /// Keeps the outputs of the heads of earlier tasks near what they were; `None` without. Published: with and without.
    pub distillation: Option<Distillation>,
    /// The network. Published: `ConvNet`.
    pub architecture: Architecture,
    /// Epochs of each stage, over the dataset of the stage. Not published.
    pub epochs: usize,
    /// SGD learning rate, a tenth in the second half of a stage's epochs. Not published; that of the evaluation.
    pub learning_rate: f64,
    /// SGD momentum. Not published; that of the evaluation.
    pub momentum: f64,
    /// L2 penalty on every parameter. Not published; that of the evaluation.
    pub weight_decay: f64,
    /// Images a step, an equal share of each task so far: those of the stage's dataset are passed through once an epoch, the
    /// memories as often as that takes. Published: not the mixing; 256 is that of the evaluation.
    pub batch: usize,
    /// Networks that go through all stages.
    pub repeats: usize,
    /// Train only on this many images of each dataset, taken evenly; `None` for all. What is kept in the memory is chosen from
    /// all of them.
    pub train_limit: Option<usize>,
    /// Test only on this many test images of each dataset, taken evenly; `None` for all.
    pub test_limit: Option<usize>,
    /// The seed.
    pub seed: Seed,
}

impl Default for ContinualConfig {
    fn default() -> Self {
        Self {
            stages: Vec::new(),
            shape: ImageShape::new(3, 32, 32),
            memory: MemoryKind::Herding,
            images_per_class: 10,
            distillation: Some(Distillation::default()),
            architecture: Architecture::convnet(),
            epochs: 30,
            learning_rate: 0.01,
            momentum: 0.9,
            weight_decay: 5e-4,
            batch: 256,
            repeats: 5,
            train_limit: None,
            test_limit: None,
            seed: Seed(0),
        }
    }
}

/// Which images of a dataset are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemoryKind {
    /// Random ones, others in every repeat.
    Random,
    /// Those that herding chooses, in the features of the coreset baselines; the same in every repeat.
    Herding,
    /// A condensed set.
    Condensed {
        /// For each stage but the last, which needs none, the folder of a run on its dataset, or the file of a set. Repeat
        /// `r` takes experiment `r` of a run, from the first again when there are fewer.
        sets: Vec<PathBuf>,
    },
}

impl MemoryKind {
    /// The name used in tables and files.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Herding => "herding",
            Self::Condensed { .. } => "condensed",
        }
    }
}

impl fmt::Display for MemoryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Distillation of the network before the stage (Castro et al. 2018): for every image of a batch and every head of an earlier
/// task, the cross-entropy of its outputs with those of then, both softened.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Distillation {
    /// The weight of each head's distillation beside the cross-entropy with the labels. Castro et al.: 1.
    pub weight: f64,
    /// The temperature of both softmaxes. Castro et al.: 2.
    pub temperature: f64,
}

impl Default for Distillation {
    fn default() -> Self {
        Self { weight: 1.0, temperature: 2.0 }
    }
}

impl ContinualConfig {
    /// Checks what can be checked without the datasets.
    ///
    /// # Errors
    ///
    /// Names the first field that cannot be used.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.stages.len() < 2 {
            return Err(ConfigError::new("stages", format!("must be at least 2, but are {}", self.stages.len())));
        }
        range::at_least_one([
            ("images-per-class", self.images_per_class),
            ("epochs", self.epochs),
            ("repeats", self.repeats),
            ("train-limit", self.train_limit.unwrap_or(1)),
            ("test-limit", self.test_limit.unwrap_or(1)),
        ])?;
        if self.batch < self.stages.len() {
            let problem = format!("must hold an image of each of {} tasks, but is {}", self.stages.len(), self.batch);
            return Err(ConfigError::new("batch", problem));
        }
        if self.architecture.has_batch_norm() {
            let problem = format!(
                "{} has batch norm, which mixes the statistics of the tasks; take one without",
                self.architecture
            );
            return Err(ConfigError::new("network", problem));
        }
        let Distillation { weight, temperature } = self.distillation.unwrap_or_default();
        range::above_zero([
            ("learning-rate", self.learning_rate),
            ("distillation weight", weight),
            ("distillation temperature", temperature),
        ])?;
        range::below_one([("momentum", self.momentum)])?;
        range::from_zero([("weight-decay", self.weight_decay)])?;
        match &self.memory {
            MemoryKind::Condensed { sets } if sets.len() + 1 < self.stages.len() => {
                let problem = format!(
                    "must be one for each stage but the last, {} in all, but are {}",
                    self.stages.len() - 1,
                    sets.len()
                );
                Err(ConfigError::new("condensed sets", problem))
            }
            _ => Ok(()),
        }
    }

    /// The dataset of a stage in the shape of the experiment: what its set is to be condensed from.
    #[must_use]
    pub fn source(&self, stage: usize) -> DatasetSource {
        DatasetSource::Reshaped { source: Box::new(self.stages[stage].clone()), shape: self.shape }
    }

    /// The most images that the memory holds when `tasks` tasks were learned, of `classes` classes each.
    #[must_use]
    pub const fn budget(&self, tasks: usize, classes: usize) -> usize {
        tasks * classes * self.images_per_class
    }
}

/// What a network can do after a stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageResult {
    /// Which network, from 0.
    pub repeat: usize,
    /// The stage, from 0.
    pub stage: usize,
    /// The fraction of test images of each task so far that is classified rightly.
    pub accuracies: Vec<f64>,
    /// Mean loss over the last training epoch; not finite when the training diverged.
    #[serde(deserialize_with = "number_or_null")]
    pub train_loss: f64,
    /// Images that the memory held while the stage was trained.
    pub memory_images: usize,
    /// Positions of the training images of the stage that then entered the memory; empty when they are condensed, and after
    /// the last stage.
    pub chosen: Vec<usize>,
    /// Wall time of training, testing and choosing.
    pub seconds: f64,
}

impl StageResult {
    /// The accuracy averaged over the tasks so far.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        mean(&self.accuracies)
    }
}

/// The results of continual learning so far, by repeat and stage.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ContinualResults {
    /// One result a stage and network, in the order of training.
    pub stages: Vec<StageResult>,
}

impl ContinualResults {
    /// The accuracy after `stage`, from 0, averaged over the tasks so far: mean ± std over the networks that came there.
    #[must_use]
    pub fn accuracy(&self, stage: usize) -> Option<Summary> {
        Summary::of(&self.after(stage).map(StageResult::accuracy).collect::<Vec<_>>())
    }

    /// The accuracy on the test images of `task`, from 0, after `stage`; `None` before the task was learned.
    #[must_use]
    pub fn task_accuracy(&self, stage: usize, task: usize) -> Option<Summary> {
        let accuracies = self.after(stage).filter_map(|result| result.accuracies.get(task).copied());
        Summary::of(&accuracies.collect::<Vec<_>>())
    }

    /// The curve to be drawn: the accuracy after each stage that a network came to.
    #[must_use]
    pub fn curve(&self) -> Vec<Summary> {
        (0..).map_while(|stage| self.accuracy(stage)).collect()
    }

    fn after(&self, stage: usize) -> impl Iterator<Item = &StageResult> {
        self.stages.iter().filter(move |result| result.stage == stage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::BuiltinDataset;

    fn config() -> ContinualConfig {
        let stages = BuiltinDataset::ALL.map(DatasetSource::Builtin).to_vec();
        ContinualConfig { stages, ..ContinualConfig::default() }
    }

    #[test]
    fn what_cannot_be_learned_is_refused() {
        assert_eq!(config().check(), Ok(()));
        let sets = vec!["a".into()];
        assert_eq!(ContinualConfig { memory: MemoryKind::Condensed { sets }, ..config() }.check(), Ok(()));
        for (wrong, part) in [
            (ContinualConfig { stages: config().stages[..1].to_vec(), ..config() }, "stages"),
            (ContinualConfig { images_per_class: 0, ..config() }, "images-per-class"),
            (ContinualConfig { batch: 1, ..config() }, "batch"),
            (ContinualConfig { architecture: "ConvNetBN".parse().unwrap(), ..config() }, "network"),
            (ContinualConfig { learning_rate: f64::NAN, ..config() }, "learning-rate"),
            (ContinualConfig { momentum: 1.0, ..config() }, "momentum"),
            (
                ContinualConfig {
                    distillation: Some(Distillation { temperature: 0.0, ..Distillation::default() }),
                    ..config()
                },
                "distillation temperature",
            ),
            (ContinualConfig { memory: MemoryKind::Condensed { sets: Vec::new() }, ..config() }, "condensed sets"),
        ] {
            assert_eq!(wrong.check().unwrap_err().field, part);
        }
    }

    #[test]
    fn accuracies_are_averaged_over_tasks_and_then_over_networks() {
        let result = |repeat, stage, accuracies: &[f64]| StageResult {
            repeat,
            stage,
            accuracies: accuracies.to_vec(),
            train_loss: f64::NAN,
            memory_images: 0,
            chosen: Vec::new(),
            seconds: 1.0,
        };
        let stages = vec![result(0, 0, &[0.9]), result(0, 1, &[0.5, 0.9]), result(1, 0, &[0.7])];
        let results = ContinualResults { stages };
        let curve: Vec<(f64, usize)> = results.curve().iter().map(|point| (point.mean, point.n)).collect();
        assert_eq!(curve.len(), 2);
        assert!((curve[0].0 - 0.8).abs() < 1e-12 && curve[0].1 == 2);
        assert!((curve[1].0 - 0.7).abs() < 1e-12 && curve[1].1 == 1);
        assert!((results.task_accuracy(1, 0).unwrap().mean - 0.5).abs() < 1e-12);
        assert_eq!(results.task_accuracy(0, 1), None);
        let text = serde_json::to_string(&results).unwrap();
        let back: ContinualResults = serde_json::from_str(&text).unwrap();
        assert!(back.stages[0].train_loss.is_nan() && back.stages[1].accuracies == [0.5, 0.9]);
    }
}
