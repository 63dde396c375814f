//! What a run will take, before it starts: memory, and operations to be done.

use super::run::{BATCH_NORM_IMAGES, MIXED_BATCHES, MIXED_SYNTHETIC};
use crate::{
    domain::{CondensationPlan, DatasetInfo, MatchingLevel, Method, NetworkSteps},
    engine::{
        Network, NetworkError,
        lanes::{self, PartSize},
    },
};

/// From this inner step on, every rule trains for the same number of epochs.
const SCHEDULED_STEPS: usize = 10;

/// An estimate of the memory that the tensors of a run take at their peak, in bytes, on the CPU or on a GPU.
///
/// Counted are the patches and maps of the largest of three phases (a real batch, matching every class, training on the
/// synthetic set), a handful of copies of the parameters for each part that is worked on side by side, and the dataset.
///
/// # Errors
///
/// When the network cannot be built for the dataset.
pub fn memory_bytes(plan: &CondensationPlan, dataset: &DatasetInfo, is_cpu: bool) -> Result<u64, NetworkError> {
    /// Maps that a pass keeps for each map a layer makes: value, gradient, and their tangents.
    const KEPT_BY_MATCHING: usize = 3;
    let network = Network::new(plan.config.architecture, dataset.shape, dataset.classes())?;
    let largest_class = plan.matched_images(plan.counts.iter().copied().max().unwrap_or(0));
    let side_by_side = lanes::side_by_side(is_cpu);
    let largest_batch = dataset.train_counts.iter().copied().max().unwrap_or(0).min(plan.config.real_batch);
    let size = PartSize::of_gradient(&network, u64::MAX);
    let real = lanes::images_in_flight(largest_batch, size, is_cpu);
    let trained = plan.network_images.unwrap_or(plan.images() * plan.tiles());
    let training = lanes::images_in_flight(trained.min(plan.config.network_batch), size, is_cpu);
    let matching = largest_class * side_by_side.min(dataset.classes()) * KEPT_BY_MATCHING;
    let maps = network.map_values() * real.max(training).max(matching);
    let parameters = network.parameter_count() * (2 * side_by_side + dataset.classes());
    let pixels = (dataset.train_len() + dataset.test_len()) * dataset.shape.values();
    Ok((4 * (maps + parameters) + pixels) as u64)
}

/// An estimate of the floating-point operations of one outer iteration, averaged over the run.
///
/// Counted are the passes of real, matched and training images through the layers with parameters, a multiplication and
/// an addition as two. The overfitting rule is taken to train up to its cap.
///
/// # Errors
///
/// When the network cannot be built for the dataset.
pub fn operations(plan: &CondensationPlan, dataset: &DatasetInfo) -> Result<f64, NetworkError> {
    let costs = Network::new(plan.config.architecture, dataset.shape, dataset.classes())?.pass_costs();
    let [value, gradient, matching] = [costs.value, costs.gradient, costs.matching].map(|cost| cost as f64);
    let (images, train_len) = (plan.images() * plan.tiles(), dataset.train_len());
    let matched: usize = plan.counts.iter().map(|&count| plan.matched_images(count)).sum();
    let of_every_class =
        |most: usize| dataset.train_counts.iter().map(|&available| available.min(most)).sum::<usize>() as f64;
    let class_by_class = of_every_class(plan.config.real_batch) * gradient + matched as f64 * matching;
    let mixed_batch = MIXED_BATCHES.saturating_mul(plan.config.real_batch).min(train_len);
    let mixed = mixed_batch as f64 * gradient + images.min(MIXED_SYNTHETIC) as f64 * matching;
    let mut step = match (plan.config.method, plan.config.level) {
        // The backward pass of the synthetic images takes twice their value pass.
        (Method::DistributionMatching, _) => (of_every_class(plan.config.real_batch) + 3.0 * matched as f64) * value,
        (_, MatchingLevel::IntraClass | MatchingLevel::MultiLevel | MatchingLevel::ClassCollective) => class_by_class,
        (_, MatchingLevel::InterClass) => mixed,
        (_, MatchingLevel::Interleaved) => f64::midpoint(class_by_class, mixed),
    };
    if plan.config.architecture.has_batch_norm() {
        step += of_every_class(BATCH_NORM_IMAGES) * value;
    }
    let validation = match plan.config.network_steps {
        NetworkSteps::Overfitting { validation_batch, .. } => validation_batch.min(train_len) as f64 * value,
        NetworkSteps::Fixed { .. } | NetworkSteps::Schedule => 0.0,
    };
    // The network is not trained after the last inner step.
    let trainings = plan.inner_steps.saturating_sub(1);
    let alone = trainings.min(SCHEDULED_STEPS);
    let first_epochs: f64 = (0..alone).map(|step| plan.epochs_after(step) as f64).sum();
    let epochs = first_epochs + (trainings - alone) as f64 * plan.epochs_after(SCHEDULED_STEPS) as f64;
    let training = match plan.network_images {
        Some(real) => trainings as f64 * real.min(train_len) as f64 * gradient,
        None => epochs * (images as f64 * gradient + validation) + trainings as f64 * validation,
    };
    Ok(2.0 * (plan.inner_steps as f64 * step + training))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CondensationConfig, ImageShape, ImagesPerClass, Normalization, NormalizationSource};

    fn mnist() -> DatasetInfo {
        DatasetInfo {
            name: "MNIST".into(),
            shape: ImageShape::new(1, 28, 28),
            class_names: (0..10).map(|class| class.to_string()).collect(),
            train_counts: vec![6000; 10],
            test_counts: vec![1000; 10],
            normalization: Normalization { mean: vec![0.0], std: vec![1.0] },
            normalization_source: NormalizationSource::Measured,
            checksum: String::new(),
        }
    }

    fn of(change: impl FnOnce(&mut CondensationConfig)) -> f64 {
        let mut config = CondensationConfig::default();
        change(&mut config);
        operations(&CondensationPlan::new(config, &mnist()).unwrap(), &mnist()).unwrap()
    }

    /// Multiplications of one grey 28x28 image, padded to 32x32, in a `ConvNet`, by layer.
    const LAYERS: [f64; 4] = [
        (128 * 9 * 32 * 32) as f64,
        (128 * 128 * 9 * 16 * 16) as f64,
        (128 * 128 * 9 * 8 * 8) as f64,
        (128 * 16 * 10) as f64,
    ];

    #[test]
    fn one_image_a_class_is_matched_once() {
        let (all, first): (f64, f64) = (LAYERS.iter().sum(), LAYERS[0]);
        let expected = 2.0 * (2560.0 * (3.0 * all - first) + 10.0 * (7.0 * all - 2.0 * first));
        assert!((of(|_| {}) / expected - 1.0).abs() < 1e-12);
    }

    #[test]
    fn ten_images_a_class_train_the_network_between() {
        let (all, first): (f64, f64) = (LAYERS.iter().sum(), LAYERS[0]);
        let step = 2560.0 * (3.0 * all - first) + 100.0 * (7.0 * all - 2.0 * first);
        let training = 9.0 * 50.0 * 100.0 * (3.0 * all - first);
        let found = of(|config| config.images_per_class = ImagesPerClass::Uniform(10));
        assert!((found / (2.0 * (10.0 * step + training)) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn every_choice_that_costs_is_counted() {
        let base = of(|_| {});
        assert!(of(|config| config.level = MatchingLevel::InterClass) < base);
        let interleaved = of(|config| config.level = MatchingLevel::Interleaved);
        assert!(interleaved < base && interleaved > of(|config| config.level = MatchingLevel::InterClass));
        let tiled = of(|config| config.formation = 2);
        assert!(tiled > base && of(|config| (config.formation, config.synthetic_batch) = (2, Some(2))) < tiled);
        let on_real = of(|config| config.network_data = crate::domain::NetworkData::REAL);
        assert!(on_real > 100.0 * base, "a hundred steps, and 500 images between");
        assert!(of(|config| config.method = Method::DistributionMatching) < 0.5 * base);
        assert!(
            of(|config| config.level = MatchingLevel::ClassCollective) > 10.0 * base,
            "ten steps, and training between"
        );
        assert!(of(|config| config.architecture = "ConvNetBN".parse().unwrap()) > base);
        assert!(of(|config| config.real_batch = 1_000_000) > 20.0 * base, "all images there are, and no more");
        let steps = |rule| {
            of(|config| {
                config.inner_steps = Some(2);
                config.network_steps = rule;
            })
        };
        let fixed = steps(NetworkSteps::Fixed { epochs: Some(50) });
        assert!(steps(NetworkSteps::OVERFITTING) > fixed);
        assert!((steps(NetworkSteps::Schedule) - fixed).abs() < 1.0, "50 epochs after the first step");
    }

    #[test]
    fn sizes_beyond_all_measure_take_no_time() {
        assert!(of(|config| config.inner_steps = Some(usize::MAX)) > 1e30);
        let config = CondensationConfig { real_batch: usize::MAX, network_batch: usize::MAX, ..Default::default() };
        let plan = CondensationPlan::new(config, &mnist()).unwrap();
        assert!(memory_bytes(&plan, &mnist(), true).unwrap() < 1 << 40);
    }

    #[test]
    fn a_network_that_does_not_fit_is_an_error() {
        let mut dataset = mnist();
        dataset.shape = ImageShape::new(1, 8, 8);
        let plan = CondensationPlan::new(CondensationConfig::default(), &dataset).unwrap();
        assert!(operations(&plan, &dataset).is_err() && memory_bytes(&plan, &dataset, true).is_err());
    }
}
