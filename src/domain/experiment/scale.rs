//! How much of the published effort an experiment is run with, by one fixed rule.
//!
//! At the scale `1/N`, where the published numbers are not smaller:
//!
//! | what | is |
//! |---|---|
//! | outer iterations `K` | `K / N`, but at least 20 image updates and 2 iterations |
//! | synthetic sets | `5 / N`, at least 1 |
//! | networks trained on each | `20 / N`, at least 2, and 1 of AlexNet, VGG11 and ResNet18 |
//! | their training epochs | `E / N`, at least 100 |
//! | training epochs on the whole set | `30 / N`, at least 1 |
//! | real images of a class in a matched batch | `256 / N`, at least 32 |
//! | test images | a share of `1 / N`, at least 1000 |
//! | epochs of a stage of continual learning | `30 / N`, at least 10, on a share of `1 / N` of the images, at least 5000 |
//! | networks of the grid of an architecture search | `720 / N`, at least 12 |
//!
//! Nothing else is cut: `T`, `ζ`, the learning rates and the networks are those of the full experiment, unless a person asks
//! for narrower ones.

use std::{collections::BTreeMap, fmt, fmt::Write, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{DatasetRole, Effort};
use crate::domain::{Architecture, ConfigError, ConvNetSpec, range};

/// The least that a scale leaves.
const LEAST_IMAGE_UPDATES: usize = 20;
const LEAST_ITERATIONS: usize = 2;
const LEAST_NETWORKS: usize = 2;
const LEAST_EPOCHS: usize = 100;
const LEAST_REAL_BATCH: usize = 32;
const LEAST_TEST_IMAGES: usize = 1000;
const LEAST_STAGE_EPOCHS: usize = 10;
const LEAST_STAGE_IMAGES: usize = 5000;
const LEAST_GRID: usize = 12;

/// A scale, with numbers that a person set otherwise. The default is the published effort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// `N` of `1/N`, at least 1.
    pub divisor: usize,
    /// The numbers that are set, whatever the rule says.
    set: BTreeMap<Effort, usize>,
}

impl Default for Scale {
    fn default() -> Self {
        Self::one_of(1)
    }
}

/// A text that is no scale.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{0}\" is no scale; write 1/1 for the full experiment, or 1/20 for a twentieth")]
pub struct InvalidScale(pub String);

impl FromStr for Scale {
    type Err = InvalidScale;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let divisor = text.strip_prefix("1/").and_then(|divisor| divisor.parse().ok()).filter(|&divisor| divisor > 0);
        divisor.map(Self::one_of).ok_or_else(|| InvalidScale(text.to_owned()))
    }
}

impl Scale {
    /// The scale `1/divisor`.
    #[must_use]
    pub const fn one_of(divisor: usize) -> Self {
        Self { divisor, set: BTreeMap::new() }
    }

    /// This scale with a number set, whatever the rule says.
    #[must_use]
    pub fn with(mut self, effort: Effort, number: usize) -> Self {
        self.set.insert(effort, number);
        self
    }

    /// This scale with a number left to the rule.
    #[must_use]
    pub fn without(mut self, effort: Effort) -> Self {
        self.set.remove(&effort);
        self
    }

    /// What is set, whatever the rule says.
    pub fn set(&self) -> impl Iterator<Item = (Effort, usize)> {
        self.set.iter().map(|(&effort, &number)| (effort, number))
    }

    fn given(&self, effort: Effort) -> Option<usize> {
        self.set.get(&effort).copied()
    }

    /// Checks the numbers that are set.
    ///
    /// # Errors
    ///
    /// Names the first that cannot be used.
    pub fn check(&self) -> Result<(), ConfigError> {
        range::at_least_one(self.set().map(|(effort, number)| (effort.name(), number)))
    }

    /// Whether nothing is cut or set otherwise.
    #[must_use]
    pub fn is_full(&self) -> bool {
        *self == Self::default()
    }

    /// Outer iterations of `full`, each of `inner_steps` image updates.
    #[must_use]
    pub fn iterations(&self, full: usize, inner_steps: usize) -> usize {
        let least = LEAST_IMAGE_UPDATES.div_ceil(inner_steps.max(1)).max(LEAST_ITERATIONS);
        self.number(Effort::Iterations, full, least)
    }

    /// Synthetic sets of `full`.
    #[must_use]
    pub fn sets(&self, full: usize) -> usize {
        self.number(Effort::Sets, full, 1)
    }

    /// Networks of one architecture, of `full`, on each set.
    #[must_use]
    pub fn networks(&self, full: usize, architecture: Architecture) -> usize {
        self.number(Effort::Networks, full, if is_large(architecture) { 1 } else { LEAST_NETWORKS })
    }

    /// Training epochs of `full`.
    #[must_use]
    pub fn epochs(&self, full: usize) -> usize {
        self.number(Effort::Epochs, full, LEAST_EPOCHS)
    }

    /// Training epochs on the whole set, of `full`.
    #[must_use]
    pub fn whole_set_epochs(&self, full: usize) -> usize {
        self.cut(full, 1)
    }

    /// Real images in a matched batch, of `full`.
    #[must_use]
    pub fn real_batch(&self, full: usize) -> usize {
        self.number(Effort::RealBatch, full, LEAST_REAL_BATCH)
    }

    /// Test images of `available`; `None` for all.
    #[must_use]
    pub fn test_limit(&self, available: usize) -> Option<usize> {
        let kept = self.number(Effort::TestImages, available, LEAST_TEST_IMAGES);
        (kept < available).then_some(kept)
    }

    /// Epochs of a stage of continual learning, of `full`.
    #[must_use]
    pub fn stage_epochs(&self, full: usize) -> usize {
        self.number(Effort::Epochs, full, LEAST_STAGE_EPOCHS)
    }

    /// Training images of a stage of continual learning, of `available`; `None` for all.
    #[must_use]
    pub fn stage_limit(&self, available: usize) -> Option<usize> {
        let kept = self.number(Effort::TrainImages, available, LEAST_STAGE_IMAGES);
        (kept < available).then_some(kept)
    }

    /// Networks of a grid, of `full`; `None` for all.
    #[must_use]
    pub fn grid_sample(&self, full: usize) -> Option<usize> {
        let kept = self.number(Effort::Networks, full, LEAST_GRID);
        (kept < full).then_some(kept)
    }

    /// The network that takes the place of `full`.
    #[must_use]
    pub fn architecture(&self, full: Architecture) -> Architecture {
        match (full, self.given(Effort::Width)) {
            (Architecture::ConvNet(spec), Some(width)) if spec.width == ConvNetSpec::default().width => {
                Architecture::ConvNet(ConvNetSpec { width, ..spec })
            }
            _ => full,
        }
    }

    /// The number that is set, or what the rule leaves of `full`.
    fn number(&self, effort: Effort, full: usize, least: usize) -> usize {
        self.given(effort).unwrap_or_else(|| self.cut(full, least))
    }

    fn cut(&self, full: usize, least: usize) -> usize {
        (full / self.divisor.max(1)).max(least.min(full))
    }

    /// The scale as a part of a file's name: `full`, `1-20`, `1-20-iterations30`.
    #[must_use]
    pub fn file_name(&self) -> String {
        let plain = if self.divisor == 1 { "full".to_owned() } else { format!("1-{}", self.divisor) };
        self.set().fold(plain, |mut text, (name, value)| {
            // Writing to a string cannot fail.
            let _ = write!(text, "-{name}{value}");
            text
        })
    }
}

impl fmt::Display for Scale {
    /// `1/20`, or `1/20 with iterations 30, sets 1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1/{}", self.divisor)?;
        for (position, (name, value)) in self.set().enumerate() {
            write!(f, "{}{name} {value}", if position == 0 { " with " } else { ", " })?;
        }
        Ok(())
    }
}

/// Whether training the network takes so long that a reduced scale trains fewer of it.
#[must_use]
pub fn is_large(architecture: Architecture) -> bool {
    matches!(architecture, Architecture::AlexNet { .. } | Architecture::Vgg11 { .. } | Architecture::ResNet18 { .. })
}

/// A part of an experiment, where it has several datasets and numbers of images; what is empty selects everything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Selection {
    /// Numbers of images per class, in place of the experiment's own.
    pub images_per_class: Vec<usize>,
    /// Datasets.
    pub roles: Vec<DatasetRole>,
}

impl Selection {
    /// The selection as a part of a file's name; empty when everything is selected.
    #[must_use]
    pub fn file_name(&self) -> String {
        let numbers = self.images_per_class.iter().map(ToString::to_string).collect::<Vec<_>>().join("-");
        let numbers = if numbers.is_empty() { numbers } else { format!("-ipc{numbers}") };
        self.roles.iter().fold(numbers, |text, role| format!("{text}-{role}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_full_scale_cuts_nothing_and_others_stop_at_their_floors() {
        let full: Scale = "1/1".parse().unwrap();
        let convnet = Architecture::convnet();
        assert!(full.is_full());
        assert_eq!((full.iterations(1000, 1), full.sets(5), full.networks(20, convnet)), (1000, 5, 20));
        assert_eq!((full.epochs(300), full.real_batch(256), full.test_limit(10_000)), (300, 256, None));
        let small: Scale = "1/50".parse().unwrap();
        assert_eq!([1, 10, 50].map(|inner_steps| small.iterations(1000, inner_steps)), [20, 20, 20]);
        let tiny: Scale = "1/1000".parse().unwrap();
        assert_eq!([1, 10, 50].map(|inner_steps| tiny.iterations(1000, inner_steps)), [20, 2, 2]);
        let large: Architecture = "ResNet18".parse().unwrap();
        assert_eq!((small.sets(5), small.networks(20, convnet), small.networks(20, large)), (1, 2, 1));
        assert_eq!((small.epochs(1000), small.epochs(50), small.real_batch(256)), (100, 50, 32));
        assert_eq!((small.test_limit(10_000), small.test_limit(500), tiny.whole_set_epochs(30)), (Some(1000), None, 1));
        let half: Scale = "1/2".parse().unwrap();
        assert_eq!((half.sets(5), half.networks(20, large), half.test_limit(10_000)), (2, 10, Some(5000)));
    }

    #[test]
    fn what_is_set_stands_in_every_name() {
        let scale: Scale = "1/20".parse().unwrap();
        assert_eq!((scale.to_string(), scale.file_name()), ("1/20".into(), "1-20".into()));
        let scale = scale.with(Effort::TestImages, 100).with(Effort::Iterations, 3);
        assert_eq!(scale.to_string(), "1/20 with iterations 3, test-images 100");
        assert_eq!(scale.file_name(), "1-20-iterations3-test-images100");
        assert_eq!((scale.iterations(1000, 1), scale.test_limit(10_000)), (3, Some(100)));
        assert_eq!(scale.check(), Ok(()));
        assert_eq!(scale.with(Effort::Sets, 0).check().unwrap_err().to_string(), "sets must be at least 1, but is 0");
        let narrow = Scale::default().with(Effort::Width, 32);
        assert_eq!((narrow.to_string(), narrow.is_full()), ("1/1 with width 32".into(), false));
        let named = |name: &str| narrow.architecture(name.parse().unwrap()).to_string();
        assert_eq!([named("ConvNetBN"), named("ConvNetW64"), named("LeNet")], ["ConvNetW32BN", "ConvNetW64", "LeNet"]);
        assert_eq!((narrow.without(Effort::Width), Scale::default().file_name()), (Scale::default(), "full".into()));
        for wrong in ["", "1", "20", "1/0", "2/3", "1/x", "-1/2"] {
            assert!(wrong.parse::<Scale>().is_err(), "{wrong}");
        }
    }
}
