//! How a set of images is judged: by networks trained on it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    Architecture, Augmentation, ConfigError, DsaOperation, DsaStrategy, NetworkData, UnknownName, augmentation,
    matching::named, range,
};

/// The evaluation protocol; the defaults are the published ones (Zhao et al. 2021, released code).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvaluationConfig {
    /// Networks to train.
    pub architectures: Vec<Architecture>,
    /// Freshly drawn networks of each architecture. Published: 20.
    pub repeats: usize,
    /// Training epochs `E`; `None` for the published 300, 1,000 with augmentation. As published, epochs `0..=E` run.
    pub epochs: Option<usize>,
    /// SGD learning rate, a tenth after epoch `E / 2 + 1`. Published: 0.01.
    pub learning_rate: f64,
    /// SGD momentum. Published: 0.9.
    pub momentum: f64,
    /// L2 penalty on every parameter. Published: 0.0005.
    pub weight_decay: f64,
    /// Images a step. Published: 256.
    pub batch: usize,
    /// Augmentation of the training images.
    pub augmentation: EvaluationAugmentation,
    /// Sets to train on beside the synthetic one.
    pub baselines: Vec<Baseline>,
    /// Training epochs `E` on the whole set, where 300 or more would take days on a CPU. Not published.
    pub whole_set_epochs: usize,
    /// Test only on this many test images, taken evenly; `None` for all.
    pub test_limit: Option<usize>,
}

impl Default for EvaluationConfig {
    fn default() -> Self {
        Self {
            architectures: vec![Architecture::convnet()],
            repeats: 20,
            epochs: None,
            learning_rate: 0.01,
            momentum: 0.9,
            weight_decay: 5e-4,
            batch: 256,
            augmentation: EvaluationAugmentation::Published,
            baselines: Vec::new(),
            whole_set_epochs: 30,
            test_limit: None,
        }
    }
}

impl EvaluationConfig {
    /// Checks what can be checked without a dataset.
    ///
    /// # Errors
    ///
    /// Names the first field that cannot be used.
    pub fn check(&self) -> Result<(), ConfigError> {
        range::at_least_one([
            ("eval-networks", self.architectures.len()),
            ("eval-repeats", self.repeats),
            ("eval-epochs", self.epochs.unwrap_or(1)),
            ("whole-set-epochs", self.whole_set_epochs),
            ("test-limit", self.test_limit.unwrap_or(1)),
            ("evaluation batch", self.batch),
        ])
    }

    /// Whether results by this protocol and by `other` can stand in one table: all is the same but which networks are
    /// trained, how many, and on what.
    #[must_use]
    pub fn fits(&self, other: &Self) -> bool {
        let protocol =
            |config: &Self| Self { architectures: Vec::new(), repeats: 0, baselines: Vec::new(), ..config.clone() };
        protocol(self) == protocol(other)
    }

    /// This evaluation with the networks and baselines of `other` as well.
    #[must_use]
    pub fn extended_by(mut self, other: &Self) -> Self {
        let new = other.architectures.iter().filter(|architecture| !self.architectures.contains(architecture));
        let architectures: Vec<_> = new.copied().collect();
        self.architectures.extend(architectures);
        let new = other.baselines.iter().filter(|baseline| !self.baselines.contains(baseline));
        let baselines: Vec<_> = new.copied().collect();
        self.baselines.extend(baselines);
        self.repeats = self.repeats.max(other.repeats);
        self
    }

    /// The epochs to train with `augmentation`.
    #[must_use]
    pub fn epochs_with(&self, augmentation: EvaluationAugmentation) -> usize {
        self.epochs.unwrap_or(if augmentation == EvaluationAugmentation::None { 300 } else { 1000 })
    }
}

/// Augmentation of the images a network is trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum EvaluationAugmentation {
    /// What the published code does without DSA: `crop-scale-rotate` for MNIST, `crop-noise` for a `ConvNet` with batch
    /// norm, else none.
    Published,
    /// None.
    None,
    /// For each image one of three at random: pad-crop by 4 pixels, scale by 20 %, rotate by 45 degrees.
    CropScaleRotate,
    /// For each image one of two at random: pad-crop by 4 pixels, Gaussian noise of deviation 0.001.
    CropNoise,
    /// DSA: each batch by one operation of these, each image with parameters of its own; `None` for the operations that
    /// suit the dataset ([`DsaStrategy::of_dataset`]).
    Dsa(Option<DsaStrategy>),
    /// As `Dsa`, then `CutMix` of half of the batches (IDC; Kim et al. 2022); `None` for the operations that suit the dataset
    /// but cutout, in the place of which something is pasted in.
    DsaCutMix(Option<DsaStrategy>),
    /// A window out of the image padded by 4 black pixels, and left and right exchanged in half of the batches.
    FlipCrop,
    /// `FlipCrop`, then brightness, contrast and saturation each times 0.6 to 1.4 and the hue turned by up to a fifth of
    /// the circle, in a random order (`imagenet_aug` of DC-BENCH).
    ColorJitter,
    /// One of the 25 pairs of operations that Cubuk et al. (CVPR 2019) found for CIFAR-10 (`autoaug` of DC-BENCH).
    AutoAugment,
    /// One of 14 operations (Cubuk et al. 2020) at magnitude 9 of 30 (`randaug` of DC-BENCH, whose `N` is 1).
    RandAugment,
}

impl EvaluationAugmentation {
    /// The augmentations with a name of their own, in the order of the documentation.
    const NAMED: [(&str, Self); 10] = [
        ("published", Self::Published),
        ("none", Self::None),
        ("crop-scale-rotate", Self::CropScaleRotate),
        ("crop-noise", Self::CropNoise),
        ("dsa", Self::Dsa(None)),
        ("dsa-cutmix", Self::DsaCutMix(None)),
        ("flip-crop", Self::FlipCrop),
        ("color-jitter", Self::ColorJitter),
        ("auto-augment", Self::AutoAugment),
        ("rand-augment", Self::RandAugment),
    ];

    /// The augmentations with a name of their own.
    pub fn named() -> impl Iterator<Item = Self> {
        Self::NAMED.into_iter().map(|(_, augmentation)| augmentation)
    }

    /// What ends the name of a strategy with `CutMix`.
    const CUTMIX: &str = "-cutmix";

    /// As published for images condensed with `augmentation` and networks trained on `data`. IDC's are trained on with more
    /// operations than they are condensed with.
    #[must_use]
    pub const fn of_condensing(augmentation: Augmentation, data: NetworkData) -> Self {
        match (data, augmentation) {
            (NetworkData::Real { cutmix: true, .. }, _) => Self::DsaCutMix(None),
            (_, Augmentation::None) => Self::Published,
            (_, Augmentation::Dsa) => Self::Dsa(None),
            (_, Augmentation::DsaStrategy(strategy)) => Self::Dsa(Some(strategy)),
        }
    }

    /// What this means for a dataset and a network.
    #[must_use]
    pub fn resolve(self, dataset_name: &str, architecture: Architecture) -> Self {
        match self {
            Self::Published if matches!(architecture, Architecture::ConvNet(_)) && architecture.has_batch_norm() => {
                Self::CropNoise
            }
            Self::Published if dataset_name == "MNIST" => Self::CropScaleRotate,
            Self::Published => Self::None,
            Self::Dsa(None) => Self::Dsa(Some(DsaStrategy::of_dataset(dataset_name))),
            Self::DsaCutMix(None) => {
                Self::DsaCutMix(DsaStrategy::of_dataset(dataset_name).without(DsaOperation::Cutout))
            }
            other => other,
        }
    }
}

impl FromStr for EvaluationAugmentation {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((_, known)) = Self::NAMED.into_iter().find(|(name, _)| *name == text) {
            return Ok(known);
        }
        let unknown = |_| augmentation::unknown(text, &Self::NAMED.map(|(name, _)| name));
        match text.strip_suffix(Self::CUTMIX) {
            Some(strategy) => Ok(Self::DsaCutMix(Some(strategy.parse().map_err(unknown)?))),
            None => Ok(Self::Dsa(Some(text.parse().map_err(unknown)?))),
        }
    }
}

impl fmt::Display for EvaluationAugmentation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, Self::NAMED.into_iter().find(|(_, known)| known == self)) {
            (Self::Dsa(Some(strategy)), _) => strategy.fmt(f),
            (Self::DsaCutMix(Some(strategy)), _) => write!(f, "{strategy}{}", Self::CUTMIX),
            (_, known) => f.write_str(known.map_or("", |(name, _)| name)),
        }
    }
}

impl From<EvaluationAugmentation> for String {
    fn from(augmentation: EvaluationAugmentation) -> Self {
        augmentation.to_string()
    }
}

impl TryFrom<String> for EvaluationAugmentation {
    type Error = UnknownName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// A set of real images to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// Random real images, as many as the synthetic set has.
    Random,
    /// Real images chosen by herding.
    Herding,
    /// Real images chosen by k-center.
    KCenter,
    /// The real images that a network forgets most often.
    Forgetting,
    /// Real images chosen by k-means.
    KMeans,
    /// All training images.
    WholeSet,
}

impl Baseline {
    /// Every baseline, in the order of the tables.
    pub const ALL: [Self; 6] =
        [Self::Random, Self::Herding, Self::KCenter, Self::Forgetting, Self::KMeans, Self::WholeSet];

    /// The name used in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Herding => "herding",
            Self::KCenter => "k-center",
            Self::Forgetting => "forgetting",
            Self::KMeans => "k-means",
            Self::WholeSet => "whole-set",
        }
    }

    /// Whether a network is trained to choose the images, which can take minutes.
    #[must_use]
    pub const fn is_coreset(self) -> bool {
        match self {
            Self::Random | Self::WholeSet => false,
            Self::Herding | Self::KCenter | Self::Forgetting | Self::KMeans => true,
        }
    }
}

impl FromStr for Baseline {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        named("baseline", &Self::ALL, Self::name, text)
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evaluation_is_extended_where_its_protocol_fits() {
        let few = EvaluationConfig { repeats: 2, baselines: vec![Baseline::Random], ..EvaluationConfig::default() };
        let more = EvaluationConfig {
            architectures: vec![Architecture::Mlp, Architecture::convnet()],
            repeats: 1,
            baselines: vec![Baseline::KCenter, Baseline::Random],
            ..EvaluationConfig::default()
        };
        assert!(few.fits(&more));
        let both = few.clone().extended_by(&more);
        assert_eq!(both.architectures, [Architecture::convnet(), Architecture::Mlp]);
        assert_eq!((both.repeats, both.baselines.as_slice()), (2, [Baseline::Random, Baseline::KCenter].as_slice()));
        for other in [
            EvaluationConfig { epochs: Some(300), ..more.clone() },
            EvaluationConfig { learning_rate: 0.02, ..more.clone() },
            EvaluationConfig { batch: 128, ..more.clone() },
            EvaluationConfig { augmentation: EvaluationAugmentation::None, ..more.clone() },
            EvaluationConfig { whole_set_epochs: 31, ..more.clone() },
            EvaluationConfig { test_limit: Some(10), ..more },
        ] {
            assert!(!few.fits(&other), "{other:?}");
        }
    }

    #[test]
    fn augmentations_survive_json_and_dsa_takes_the_epochs_of_augmentation() {
        for name in [
            "published",
            "none",
            "crop-scale-rotate",
            "crop-noise",
            "dsa",
            "color_crop_rotate",
            "dsa-cutmix",
            "color_crop-cutmix",
            "flip-crop",
            "color-jitter",
            "auto-augment",
            "rand-augment",
        ] {
            let augmentation: EvaluationAugmentation = name.parse().unwrap();
            assert_eq!(augmentation.to_string(), name);
            let text = serde_json::to_string(&augmentation).unwrap();
            assert_eq!(text, format!("\"{name}\""));
            assert_eq!(serde_json::from_str::<EvaluationAugmentation>(&text).unwrap(), augmentation);
        }
        assert!(
            "blur".parse::<EvaluationAugmentation>().unwrap_err().to_string().contains("dsa, dsa-cutmix, flip-crop, ")
        );
        assert!("blur-cutmix".parse::<EvaluationAugmentation>().is_err());
        let resolved = |augmentation: Augmentation, data: NetworkData, dataset: &str| {
            let of_condensing = EvaluationAugmentation::of_condensing(augmentation, data);
            let resolved = of_condensing.resolve(dataset, Architecture::convnet());
            (of_condensing.to_string(), resolved.to_string(), EvaluationConfig::default().epochs_with(resolved))
        };
        let synthetic = resolved(Augmentation::Dsa, NetworkData::Synthetic, "MNIST");
        assert_eq!(synthetic, ("dsa".into(), "color_crop_cutout_scale_rotate".into(), 1000));
        // IDC: all that suits the dataset but cutout, whatever the images were condensed with.
        let idc = Augmentation::DsaStrategy(DsaStrategy::IDC);
        for (dataset, name) in
            [("MNIST", "color_crop_scale_rotate-cutmix"), ("CIFAR10", "color_crop_flip_scale_rotate-cutmix")]
        {
            let mixed = resolved(idc, NetworkData::REAL, dataset);
            assert_eq!(mixed, ("dsa-cutmix".into(), name.into(), 1000));
        }
        let unmixed = resolved(idc, NetworkData::Real { images: None, cutmix: false }, "CIFAR10");
        assert_eq!(unmixed.0, "color_crop_cutout");
    }
}
