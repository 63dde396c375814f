//! Flags of the evaluation.

use clap::Args;

use dewpoint::domain::{
    Architecture, Baseline, CondensationConfig, EvaluationAugmentation, EvaluationConfig, EvaluationMode,
};

use super::named::one_of;

/// How a set is judged: by fresh networks trained on it and tested on the real test images.
#[allow(clippy::doc_markdown)] // the comments of the fields are the help text
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Evaluating")]
pub struct EvaluationArgs {
    /// Which networks are trained: S the condensing one without batch norm, SS the very one, M six architectures,
    /// B networks with batch norm, W, D, A, P, N the ConvNet's widths, depths, activations, poolings, normalisations
    #[arg(long, value_name = "LETTERS", default_value = "S",
        value_parser = one_of::<EvaluationMode>(["S", "SS", "M", "B", "W", "D", "A", "P", "N"]))]
    eval_mode: EvaluationMode,
    /// These networks instead, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with = "eval_mode")]
    eval_networks: Vec<Architecture>,
    /// Freshly drawn networks of each kind, for every synthetic set; 0 does not evaluate [published: 20]
    #[arg(long, value_name = "N", default_value_t = 5)]
    eval_repeats: usize,
    /// Training epochs of each network [default: the published 300, 1000 with augmentation]
    #[arg(long, value_name = "EPOCHS")]
    eval_epochs: Option<usize>,
    /// Augmentation while training: published (crop-scale-rotate for MNIST, crop-noise for a ConvNet with batch norm,
    /// else none), none, crop-scale-rotate, crop-noise, dsa, a strategy of it as in color_crop, dsa-cutmix (IDC's: dsa
    /// without cutout, and half of the batches mixed), or one of DC-BENCH: flip-crop, color-jitter, auto-augment,
    /// rand-augment [default: dsa-cutmix for IDC, else that of condensing if it had one, else published]
    #[arg(long, value_name = "NAME")]
    eval_augmentation: Option<EvaluationAugmentation>,
    /// Sets of real images to train on as well, separated by commas: random, herding, k-center, forgetting, k-means, whole-set
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    baselines: Vec<Baseline>,
    /// Training epochs on the whole set, without augmentation
    #[arg(long, value_name = "EPOCHS", default_value_t = 30)]
    whole_set_epochs: usize,
    /// Test only on so many test images, taken evenly
    #[arg(long, value_name = "N")]
    test_limit: Option<usize>,
}

impl EvaluationArgs {
    /// The protocol for images condensed by `condensing`; `None` when nothing is to be evaluated.
    pub fn config(self, condensing: &CondensationConfig) -> Option<EvaluationConfig> {
        if self.eval_repeats == 0 {
            return None;
        }
        let mut architectures = Vec::new();
        let named = if self.eval_networks.is_empty() {
            self.eval_mode.architectures(condensing.architecture)
        } else {
            self.eval_networks
        };
        for architecture in named {
            if !architectures.contains(&architecture) {
                architectures.push(architecture);
            }
        }
        let mut baselines = Vec::new();
        for baseline in self.baselines {
            if !baselines.contains(&baseline) {
                baselines.push(baseline);
            }
        }
        Some(EvaluationConfig {
            architectures,
            repeats: self.eval_repeats,
            epochs: self.eval_epochs,
            augmentation: self.eval_augmentation.unwrap_or_else(|| {
                EvaluationAugmentation::of_condensing(condensing.augmentation, condensing.network_data)
            }),
            baselines,
            whole_set_epochs: self.whole_set_epochs,
            test_limit: self.test_limit,
            ..EvaluationConfig::default()
        })
    }
}
