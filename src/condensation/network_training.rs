//! Training the network on the synthetic set between two image updates.

use rand::seq::SliceRandom;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{
    CondensationError,
    progress::{GoOn, StepProgress},
    real_batch,
};
use crate::{
    data::Dataset,
    domain::{CondensationPlan, NetworkSteps, Seed},
    engine::{
        BatchNormMode, EngineError, Maps, Model,
        augment::dsa::{Draws, DsaTransform},
        sgd::Sgd,
        transfer,
    },
};

/// What training between two image updates did.
pub(super) struct Trained {
    /// Epochs over the synthetic set.
    pub epochs: usize,
    /// The losses on the validation batch, before the first epoch and after each, for the overfitting rule.
    pub validation_losses: Vec<f64>,
}

/// The synthetic set as the network sees it.
pub(super) struct SyntheticImages<'a> {
    pub images: &'a Maps,
    pub labels: &'a [usize],
}

/// Trains `model` after inner step `inner_step`; `None` when `go_on` ends it.
pub(super) fn train(
    plan: &CondensationPlan,
    dataset: &Dataset,
    set: &SyntheticImages,
    model: &mut Model,
    sgd: &mut Sgd,
    (inner_step, seed): (usize, Seed),
    go_on: GoOn,
) -> Result<Option<Trained>, CondensationError> {
    let validation = match plan.config.network_steps {
        NetworkSteps::Overfitting { validation_batch, .. } => {
            let batch = real_batch::of_any_class(dataset, validation_batch, seed.stream("validation"));
            Some((transfer::batch_to_device(&batch, model.device()), batch.labels))
        }
        NetworkSteps::Fixed { .. } | NetworkSteps::Schedule => None,
    };
    let loss = |model: &Model| -> Result<Option<f64>, EngineError> {
        validation.as_ref().map(|(images, labels)| model.loss(images, labels)).transpose()
    };
    let mut validation_losses: Vec<f64> = loss(model)?.into_iter().collect();
    for epoch in 0..plan.epochs_after(inner_step) {
        let batches = batches(set.labels.len(), plan.config.network_batch, seed.stream("order").at(epoch));
        for (number, batch) in batches.into_iter().enumerate() {
            if !go_on(&StepProgress { inner_step, network_epochs: Some(epoch), images: set.images }) {
                return Ok(None);
            }
            let labels: Vec<usize> = batch.iter().map(|&image| set.labels[image]).collect();
            let mut images = transfer::select_images(set.images, &batch);
            if let Some(strategy) = plan.augmentation {
                let seed = seed.stream("augmentation").at(epoch).at(number);
                let mut rng = ChaCha8Rng::seed_from_u64(seed.0);
                let draws = Draws::Each(batch.len());
                images = DsaTransform::draw(strategy, dataset.info.shape, draws, &mut rng).apply(images);
            }
            let gradient = model.loss_gradient(&images, &labels, BatchNormMode::Batch);
            sgd.step(model, gradient);
        }
        if let Some(current) = loss(model)? {
            // The first rise ends the training, strictly and without patience, as in the published code.
            let rose = validation_losses.last().is_some_and(|&previous| current > previous);
            validation_losses.push(current);
            if rose {
                return Ok(Some(Trained { epochs: epoch + 1, validation_losses }));
            }
        }
    }
    Ok(Some(Trained { epochs: plan.epochs_after(inner_step), validation_losses }))
}

/// The positions of an epoch's batches, shuffled.
fn batches(images: usize, batch: usize, seed: Seed) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..images).collect();
    // One batch is the same in any order.
    if images > batch {
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed.0));
    }
    order.chunks(batch).map(<[_]>::to_vec).collect()
}
