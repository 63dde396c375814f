//! The hyper-parameters of condensing as checked: every default filled in for one dataset.

use super::{
    Architecture, CondensationConfig, ConfigError, DatasetInfo, DistanceKind, DsaStrategy, Initialization,
    LoopSchedule, Method, NetworkData, NetworkSteps, loops_of, published_network_images, range,
};

/// A checked configuration: every default filled in for one dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct CondensationPlan {
    /// The configuration as entered.
    pub config: CondensationConfig,
    /// Synthetic images of each class.
    pub counts: Vec<usize>,
    /// `T`.
    pub inner_steps: usize,
    /// Epochs of the fixed rule (`ζ`).
    pub fixed_epochs: usize,
    /// Real images of each training of the network; `None` where it is trained on the synthetic set.
    pub network_images: Option<usize>,
    /// Learning rate of the images.
    pub image_learning_rate: f64,
    /// The operations of the augmentation; `None` without.
    pub augmentation: Option<DsaStrategy>,
}

impl CondensationPlan {
    /// Checks `config` against the dataset it is for.
    ///
    /// # Errors
    ///
    /// Names the first field that cannot be used.
    pub fn new(config: CondensationConfig, dataset: &DatasetInfo) -> Result<Self, ConfigError> {
        check_numbers(&config)?;
        check_method(&config)?;
        check_choices(&config, dataset)?;
        let counts = image_counts(&config, dataset)?;
        let LoopSchedule { inner_steps, network_epochs } = match config.method {
            Method::GradientMatching if !config.network_data.is_synthetic() => REAL_DATA_LOOPS,
            Method::GradientMatching => loops_of(config.level, config.images_per_class.most()),
            Method::DistributionMatching => LoopSchedule { inner_steps: 1, network_epochs: 0 },
        };
        let image_learning_rate =
            config.image_learning_rate.unwrap_or_else(|| default_image_learning_rate(&config, Some(dataset)));
        let fixed_epochs = match config.network_steps {
            NetworkSteps::Fixed { epochs: Some(epochs) } => epochs,
            _ => network_epochs,
        };
        let inner_steps = config.inner_steps.unwrap_or(inner_steps);
        let augmentation = config.augmentation.resolve(&dataset.name);
        let network_images = match config.network_data {
            NetworkData::Synthetic => None,
            NetworkData::Real { images, .. } => Some(images.unwrap_or_else(|| published_network_images(&dataset.name))),
        };
        Ok(Self { config, counts, inner_steps, fixed_epochs, network_images, image_learning_rate, augmentation })
    }

    /// The configuration with every default written out, so that a record of it does not depend on them.
    #[must_use]
    pub fn explicit_config(&self) -> CondensationConfig {
        let network_steps = match self.config.network_steps {
            NetworkSteps::Fixed { .. } => NetworkSteps::Fixed { epochs: Some(self.fixed_epochs) },
            other => other,
        };
        let network_data = match self.config.network_data {
            NetworkData::Real { cutmix, .. } => NetworkData::Real { images: self.network_images, cutmix },
            NetworkData::Synthetic => NetworkData::Synthetic,
        };
        CondensationConfig {
            inner_steps: Some(self.inner_steps),
            network_data,
            network_steps,
            image_learning_rate: Some(self.image_learning_rate),
            augmentation: self.augmentation.into(),
            ..self.config.clone()
        }
    }

    /// The number of synthetic images of all classes, as they are stored.
    #[must_use]
    pub fn images(&self) -> usize {
        self.counts.iter().sum()
    }

    /// As how many images a stored one counts: the tiles that it is cut into.
    #[must_use]
    pub const fn tiles(&self) -> usize {
        self.config.formation * self.config.formation
    }

    /// Synthetic images of a class of `stored` that are matched at a time.
    #[must_use]
    pub fn matched_images(&self, stored: usize) -> usize {
        (stored * self.tiles()).min(self.config.synthetic_batch.unwrap_or(usize::MAX))
    }

    /// The most epochs that the network is trained after inner step `t`.
    #[must_use]
    pub const fn epochs_after(&self, inner_step: usize) -> usize {
        match self.config.network_steps {
            NetworkSteps::Fixed { .. } => self.fixed_epochs,
            NetworkSteps::Schedule => scheduled_epochs(inner_step),
            NetworkSteps::Overfitting { cap, .. } => cap,
        }
    }
}

fn image_counts(config: &CondensationConfig, dataset: &DatasetInfo) -> Result<Vec<usize>, ConfigError> {
    const FIELD: &str = "ipc";
    let classes = dataset.classes();
    let counts = config.images_per_class.counts(classes).ok_or_else(|| {
        ConfigError::new(
            FIELD,
            format!("gives {} numbers, but {} has {classes} classes", config.images_per_class, dataset.name),
        )
    })?;
    for (class, &count) in counts.iter().enumerate() {
        let name = &dataset.class_names[class];
        let available = dataset.train_counts[class];
        if count == 0 {
            return Err(ConfigError::new(FIELD, format!("must be at least 1, but is 0 for class \"{name}\"")));
        }
        // A real image for each tile, where the images begin as real ones.
        let tiles = if config.initialization == Initialization::Noise {
            1
        } else {
            config.formation.saturating_mul(config.formation)
        };
        if tiles > 1 && count.saturating_mul(tiles) > available {
            return Err(ConfigError::new(
                FIELD,
                format!(
                    "asks for {count} images of class \"{name}\", each of which begins as {tiles} real ones, but there are \
                     only {available}; ask for fewer, or begin from noise"
                ),
            ));
        }
        if count > available {
            return Err(ConfigError::new(
                FIELD,
                format!(
                    "asks for {count} images of class \"{name}\", which has only {available} training images; ask for fewer"
                ),
            ));
        }
    }
    Ok(counts)
}

/// Refuses numbers out of range.
fn check_numbers(config: &CondensationConfig) -> Result<(), ConfigError> {
    range::at_least_one([
        ("iterations", config.iterations),
        ("inner-steps", config.inner_steps.unwrap_or(1)),
        ("real-batch", config.real_batch),
        ("network-batch", config.network_batch),
        ("synthetic-batch", config.synthetic_batch.unwrap_or(1)),
        ("formation", config.formation),
    ])?;
    if let NetworkData::Real { images: Some(images), .. } = config.network_data {
        range::at_least_one([("network-images", images)])?;
    }
    if let NetworkSteps::Overfitting { validation_batch, cap } = config.network_steps {
        range::at_least_one([("validation-batch", validation_batch), ("epoch-cap", cap)])?;
    }
    range::above_zero([
        ("image-learning-rate", config.image_learning_rate.unwrap_or(1.0)),
        ("network-learning-rate", config.network_learning_rate),
    ])?;
    range::from_zero([("network-weight-decay", config.network_weight_decay)])?;
    range::below_one([("image-momentum", config.image_momentum), ("network-momentum", config.network_momentum)])
}

/// Refuses choices that do not go together, or not with the dataset.
fn check_choices(config: &CondensationConfig, dataset: &DatasetInfo) -> Result<(), ConfigError> {
    if config.distance.needs_convolutions() && config.architecture == Architecture::Mlp {
        let problem =
            format!("{} compares convolutions, and MLP has none; choose another distance or network", config.distance);
        return Err(ConfigError::new("distance", problem));
    }
    let side = dataset.shape.height.min(dataset.shape.width);
    if config.formation > side.max(1) {
        let problem = format!("must be at most {side}, the side of the images, but is {}", config.formation);
        return Err(ConfigError::new("formation", problem));
    }
    if config.network_data.is_synthetic() {
        return Ok(());
    }
    let wrong = match config.network_steps {
        NetworkSteps::Fixed { epochs } => epochs.is_some_and(|epochs| epochs > 0).then_some("network-epochs"),
        NetworkSteps::Schedule | NetworkSteps::Overfitting { .. } => Some("network-steps"),
    };
    let problem = "counts epochs on the synthetic set, but the network is trained on real images; leave it out, and say \
                   with network-images on how many";
    wrong.map_or(Ok(()), |field| Err(ConfigError::new(field, problem)))
}

/// Refuses what means nothing for the method.
fn check_method(config: &CondensationConfig) -> Result<(), ConfigError> {
    if config.method == Method::GradientMatching {
        return Ok(());
    }
    let published = CondensationConfig::default();
    let trains = match config.network_steps {
        NetworkSteps::Fixed { epochs } => epochs.is_some_and(|epochs| epochs > 0).then_some("network-epochs"),
        NetworkSteps::Schedule | NetworkSteps::Overfitting { .. } => Some("network-steps"),
    };
    let wrong = [
        config.inner_steps.is_some_and(|steps| steps != 1).then_some("inner-steps"),
        (config.distance != published.distance).then_some("distance"),
        (config.level != published.level).then_some("level"),
        trains,
        (!config.network_data.is_synthetic()).then_some("network-data"),
    ];
    match wrong.into_iter().flatten().next() {
        None => Ok(()),
        Some(field) => Err(ConfigError::new(
            field,
            "means nothing for distribution matching, which compares the features of a fresh and untrained network at \
             every update of the images; leave it out",
        )),
    }
}

/// Inner steps of a network that is trained on real images (Kim et al. 2022); it is not trained on the synthetic set.
pub const REAL_DATA_LOOPS: LoopSchedule = LoopSchedule { inner_steps: 100, network_epochs: 0 };

/// The image learning rate of a configuration that gives none, for a dataset.
///
/// Layer-wise distances: 0.1, and 0.01 for the MLP, as published. No rate was published for the whole-vector distances;
/// theirs make the first update from noise as large (root mean square) as that of `layerwise-cosine`, measured on MNIST.
/// Distances of convolutions (Kim et al. 2022, released code): 0.005 for squares and 0.0001 for absolute values, times a
/// tenth of the images per class and the number of pixels relative to 32x32 (28x28 for MNIST). Their images are pixels
/// from 0 to 1; in normalised space the same step needs the rate divided by the variance, of which the mean over the
/// channels is taken.
/// Distribution matching: 1, and 10 for CIFAR-10 from 100 images a class on, as published.
#[must_use]
pub fn default_image_learning_rate(config: &CondensationConfig, dataset: Option<&DatasetInfo>) -> f64 {
    if config.method == Method::DistributionMatching {
        let is_cifar10 = dataset.is_some_and(|dataset| dataset.name == "CIFAR10");
        return if is_cifar10 && config.images_per_class.most() >= 100 { 10.0 } else { 1.0 };
    }
    let images = config.images_per_class.most();
    match (config.distance, config.architecture == Architecture::Mlp) {
        (DistanceKind::LayerwiseCosine | DistanceKind::CosineL2, false) => 0.1,
        (DistanceKind::LayerwiseCosine | DistanceKind::CosineL2, true) => 0.01,
        (DistanceKind::Mse, _) => 0.03,
        (DistanceKind::Cosine, false) => 50.0,
        (DistanceKind::Cosine, true) => 2.0,
        (DistanceKind::ConvolutionMse, _) => in_normalised_space(5e-3, images, dataset),
        (DistanceKind::ConvolutionL1, _) => in_normalised_space(1e-4, images, dataset),
    }
}

/// A rate of Kim et al. 2022 for 10 images a class of pixels from 0 to 1, to three digits.
fn in_normalised_space(rate: f64, images_per_class: usize, dataset: Option<&DatasetInfo>) -> f64 {
    let mut rate = rate * images_per_class as f64 / 10.0;
    if let Some(DatasetInfo { name, shape, normalization, .. }) = dataset {
        let side: f64 = if name == "MNIST" { 28.0 } else { 32.0 };
        let variances = normalization.std.iter().map(|&std| f64::from(std).powi(2));
        let variance = variances.sum::<f64>() / normalization.std.len().max(1) as f64;
        rate *= shape.plane() as f64 / side.powi(2) / variance;
    }
    format!("{rate:.2e}").parse().unwrap_or(rate)
}

/// Epochs after inner step `t` by the schedule of Jiang et al. 2022 (final version of their code).
const fn scheduled_epochs(inner_step: usize) -> usize {
    match inner_step {
        0..4 => 50 - 10 * inner_step,
        4..10 => 10,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Augmentation, ImageShape, ImagesPerClass, MatchingLevel, Normalization, NormalizationSource};

    fn dataset() -> DatasetInfo {
        DatasetInfo {
            name: "toy".into(),
            shape: ImageShape::new(1, 16, 16),
            class_names: vec!["a".into(), "b".into()],
            train_counts: vec![20, 5],
            test_counts: vec![2, 2],
            normalization: Normalization { mean: vec![0.5], std: vec![0.5] },
            normalization_source: NormalizationSource::Measured,
            checksum: String::new(),
        }
    }

    fn error(change: impl FnOnce(&mut CondensationConfig)) -> ConfigError {
        let mut config = CondensationConfig::default();
        change(&mut config);
        CondensationPlan::new(config, &dataset()).unwrap_err()
    }

    #[test]
    fn the_error_names_the_field() {
        assert_eq!(error(|c| c.images_per_class = ImagesPerClass::Uniform(0)).field, "ipc");
        assert_eq!(error(|c| c.images_per_class = ImagesPerClass::PerClass(vec![1])).field, "ipc");
        let scarce = error(|c| c.images_per_class = ImagesPerClass::Uniform(6));
        assert_eq!(
            scarce.to_string(),
            "ipc asks for 6 images of class \"b\", which has only 5 training images; ask for fewer"
        );
        assert_eq!(error(|c| c.iterations = 0).field, "iterations");
        assert_eq!(error(|c| c.image_learning_rate = Some(f64::NAN)).field, "image-learning-rate");
        assert_eq!(error(|c| c.network_momentum = 1.0).field, "network-momentum");
        assert_eq!(
            error(|c| c.network_steps = NetworkSteps::Overfitting { validation_batch: 0, cap: 5 }).field,
            "validation-batch"
        );
    }

    #[test]
    fn unequal_counts_use_the_loops_of_the_largest() {
        let config =
            CondensationConfig { images_per_class: ImagesPerClass::PerClass(vec![10, 2]), ..Default::default() };
        let plan = CondensationPlan::new(config, &dataset()).unwrap();
        assert_eq!((plan.inner_steps, plan.epochs_after(3), plan.images()), (10, 50, 12));
    }

    #[test]
    fn an_explicit_config_gives_the_same_plan() {
        for (network_steps, augmentation) in [
            (NetworkSteps::Fixed { epochs: None }, Augmentation::None),
            (NetworkSteps::Schedule, Augmentation::Dsa),
            (NetworkSteps::OVERFITTING, Augmentation::DsaStrategy(DsaStrategy::WITHOUT_FLIP)),
        ] {
            let config = CondensationConfig { network_steps, augmentation, ..Default::default() };
            let plan = CondensationPlan::new(config, &dataset()).unwrap();
            let explicit = plan.explicit_config();
            assert_eq!(explicit.image_learning_rate, Some(0.1));
            assert_ne!(explicit.augmentation, Augmentation::Dsa, "written out");
            let again = CondensationPlan::new(explicit.clone(), &dataset()).unwrap();
            assert_eq!(CondensationPlan { config: explicit, ..plan }, again);
        }
    }

    #[test]
    fn jiangs_schedule() {
        let epochs: Vec<_> = (0..12).map(scheduled_epochs).collect();
        assert_eq!(epochs, [50, 40, 30, 20, 10, 10, 10, 10, 10, 10, 5, 5]);
        // Method notes: 190 epochs an outer iteration at IPC 10, 395 at IPC 50.
        assert_eq!((0..9).map(scheduled_epochs).sum::<usize>(), 190);
        assert_eq!((0..49).map(scheduled_epochs).sum::<usize>(), 395);
    }

    #[test]
    fn distribution_matching_refuses_what_means_nothing_for_it() {
        let config = CondensationConfig::of_method(Method::DistributionMatching);
        let plan = CondensationPlan::new(config.clone(), &dataset()).unwrap();
        assert_eq!((plan.inner_steps, plan.epochs_after(0)), (1, 0));
        assert!((plan.image_learning_rate - 1.0).abs() < 1e-12);
        let again = CondensationPlan::new(plan.explicit_config(), &dataset()).unwrap();
        assert_eq!(again.explicit_config(), plan.explicit_config());
        let many = CondensationConfig { images_per_class: ImagesPerClass::Uniform(100), ..config };
        let named = |name: &str| DatasetInfo { name: name.into(), ..dataset() };
        assert!((default_image_learning_rate(&many, Some(&named("CIFAR10"))) - 10.0).abs() < 1e-12);
        assert!((default_image_learning_rate(&many, Some(&named("MNIST"))) - 1.0).abs() < 1e-12);
        let refused = |change: fn(&mut CondensationConfig)| {
            error(|config| {
                config.method = Method::DistributionMatching;
                change(config);
            })
            .field
        };
        assert_eq!(refused(|c| c.inner_steps = Some(2)), "inner-steps");
        assert_eq!(refused(|c| c.distance = DistanceKind::Mse), "distance");
        assert_eq!(refused(|c| c.level = MatchingLevel::MultiLevel), "level");
        assert_eq!(refused(|c| c.network_steps = NetworkSteps::Schedule), "network-steps");
        assert_eq!(refused(|c| c.network_steps = NetworkSteps::Fixed { epochs: Some(3) }), "network-epochs");
    }

    #[test]
    fn multi_formation_and_real_data_are_checked() {
        let idc = CondensationConfig {
            distance: DistanceKind::ConvolutionMse,
            network_data: NetworkData::REAL,
            formation: 2,
            initialization: Initialization::Random,
            ..Default::default()
        };
        let plan = CondensationPlan::new(idc.clone(), &dataset()).unwrap();
        assert_eq!((plan.inner_steps, plan.epochs_after(0), plan.network_images), (100, 0, Some(500)));
        assert_eq!((plan.tiles(), plan.matched_images(50)), (4, 200));
        // 0.005 / 10, on a quarter of the pixels, with a variance of a quarter.
        assert!((plan.image_learning_rate - 5e-4).abs() < 1e-12, "{}", plan.image_learning_rate);
        let explicit = plan.explicit_config();
        assert_eq!(explicit.network_data, NetworkData::Real { images: Some(500), cutmix: true });
        let again = CondensationPlan::new(explicit.clone(), &dataset()).unwrap();
        assert_eq!(CondensationPlan { config: explicit, ..plan }, again);

        let refused = |change: fn(&mut CondensationConfig)| {
            let mut config = idc.clone();
            change(&mut config);
            CondensationPlan::new(config, &dataset()).unwrap_err().field
        };
        assert_eq!(refused(|c| c.images_per_class = ImagesPerClass::Uniform(2)), "ipc");
        assert_eq!(refused(|c| c.formation = 0), "formation");
        assert_eq!(refused(|c| c.formation = 17), "formation");
        assert_eq!(refused(|c| c.architecture = Architecture::Mlp), "distance");
        assert_eq!(refused(|c| c.network_steps = NetworkSteps::OVERFITTING), "network-steps");
        assert_eq!(refused(|c| c.network_steps = NetworkSteps::Fixed { epochs: Some(1) }), "network-epochs");
        assert_eq!(refused(|c| c.network_data = NetworkData::Real { images: Some(0), cutmix: true }), "network-images");
        assert_eq!(refused(|c| c.synthetic_batch = Some(0)), "synthetic-batch");
        assert_eq!(refused(|c| c.network_weight_decay = -1.0), "network-weight-decay");
    }
}
