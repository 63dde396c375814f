//! How good the images of one moment of a run are: a network trained on them and tested, while the run waits.

use super::{context::Context, job::JobError};
use crate::{
    data::Dataset,
    domain::{AccuracyChecks, CondensationPlan, EvaluationAugmentation, EvaluationConfig, ImageBatch},
    engine::{device::ComputeDevice, formation::decode_batch},
    evaluation::{Protocol, TrainingImages, train_and_test},
};

/// The accuracy of a fresh network of the condensing architecture, trained on `images` `[n, c, h, w]`, ordered by class, by
/// the published protocol; `None` when the job is to stop. The network and the order of its batches are always the same, so
/// that only the images differ; nothing is drawn from what the run draws from.
pub(super) fn check(
    context: &Context,
    checks: AccuracyChecks,
    plan: &CondensationPlan,
    dataset: &Dataset,
    device: &ComputeDevice,
    images: Vec<f32>,
) -> Result<Option<f64>, JobError> {
    let architecture = plan.config.architecture;
    let labels = plan.counts.iter().enumerate().flat_map(|(class, &count)| vec![class; count]).collect();
    let stored = ImageBatch { shape: dataset.info.shape, values: images, labels };
    let batch = decode_batch(&stored, plan.config.formation);
    let config = EvaluationConfig { test_limit: checks.test_limit, ..EvaluationConfig::default() };
    let protocol = Protocol {
        architecture,
        epochs: checks.epochs,
        augmentation: EvaluationAugmentation::of_condensing(plan.config.augmentation, plan.config.network_data)
            .resolve(&dataset.info.name, architecture),
        config: &config,
        test: &dataset.test,
        normalization: &dataset.info.normalization,
        classes: dataset.info.classes(),
    };
    let seed = plan.config.seed.stream("accuracy check");
    let images = TrainingImages::Synthetic(&batch);
    let result = train_and_test(&images, &protocol, seed, device, &mut |_| context.begins_more())?;
    Ok(result.map(|result| result.accuracy))
}
