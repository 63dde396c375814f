//! Training the network between two image updates: on the synthetic set, or on real images.

use rand::seq::SliceRandom;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{
    CondensationError,
    progress::{GoOn, StepProgress},
    real_batch,
};
use crate::{
    data::Dataset,
    domain::{CondensationPlan, DsaOperation, DsaStrategy, NetworkData, NetworkSteps, Seed},
    engine::{
        BatchNormMode, EngineError, Maps, Model,
        augment::{
            cutmix::{self, CutMix},
            dsa::{Draws, DsaTransform},
        },
        formation::Formation,
        sgd::Sgd,
        transfer,
    },
};

/// What training between two image updates did.
pub(super) struct Trained {
    /// Epochs over the synthetic set, if it was trained on that.
    pub epochs: Option<usize>,
    /// The losses on the validation batch, before the first epoch and after each, for the overfitting rule.
    pub validation_losses: Vec<f64>,
}

/// The synthetic set as the network sees it.
pub(super) struct SyntheticImages<'a> {
    /// As they are stored.
    pub stored: &'a Maps,
    /// The labels of these.
    pub labels: &'a [usize],
    /// How they become images to train on.
    pub formation: &'a Formation,
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
    if let NetworkData::Real { cutmix, .. } = plan.config.network_data {
        let progress = StepProgress { inner_step, network_epochs: Some(0), images: set.stored };
        let whole = train_on_real(plan, dataset, model, sgd, cutmix, seed, &mut || go_on(&progress));
        return Ok(whole.then(|| Trained { epochs: None, validation_losses: Vec::new() }));
    }
    let images = set.formation.decode(set.stored.clone());
    let labels: Vec<usize> = set.labels.iter().flat_map(|&label| std::iter::repeat_n(label, plan.tiles())).collect();
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
        let batches = batches(labels.len(), plan.config.network_batch, seed.stream("order").at(epoch));
        for (number, batch) in batches.into_iter().enumerate() {
            if !go_on(&StepProgress { inner_step, network_epochs: Some(epoch), images: set.stored }) {
                return Ok(None);
            }
            let labels: Vec<usize> = batch.iter().map(|&image| labels[image]).collect();
            let images = transfer::select_images(&images, &batch);
            let seed = seed.stream("augmentation").at(epoch).at(number);
            let images = augmented(images, plan.augmentation, dataset, seed);
            let gradient = model.loss_gradient(&images, &labels, BatchNormMode::Batch);
            sgd.step(model, gradient);
        }
        if let Some(current) = loss(model)? {
            // The first rise ends the training, strictly and without patience, as in the published code.
            let rose = validation_losses.last().is_some_and(|&previous| current > previous);
            validation_losses.push(current);
            if rose {
                return Ok(Some(Trained { epochs: Some(epoch + 1), validation_losses }));
            }
        }
    }
    Ok(Some(Trained { epochs: Some(plan.epochs_after(inner_step)), validation_losses }))
}

/// One pass over real images of any class, drawn afresh (IDC; Kim et al. 2022); `false` when `go_on` ends it.
fn train_on_real(
    plan: &CondensationPlan,
    dataset: &Dataset,
    model: &mut Model,
    sgd: &mut Sgd,
    cutmix: bool,
    seed: Seed,
    go_on: &mut dyn FnMut() -> bool,
) -> bool {
    let count = plan.network_images.unwrap_or(0).min(dataset.train.len());
    let mut drawn = real_batch::positions(dataset.train.len(), count, seed.stream("real images"));
    // In random order, also where all images are taken.
    drawn.shuffle(&mut ChaCha8Rng::seed_from_u64(seed.stream("order").0));
    let augmentation = match plan.augmentation {
        // Published: what is pasted in takes the place of what is cut out.
        Some(strategy) if cutmix => strategy.without(DsaOperation::Cutout),
        other => other,
    };
    for (number, indices) in drawn.chunks(plan.config.network_batch).enumerate() {
        if !go_on() {
            return false;
        }
        let batch = dataset.train.batch(indices, &dataset.info.normalization);
        let images = transfer::batch_to_device(&batch, model.device());
        let images = augmented(images, augmentation, dataset, seed.stream("augmentation").at(number));
        let mut rng = ChaCha8Rng::seed_from_u64(seed.stream("cutmix").at(number).0);
        let mix = if cutmix { CutMix::draw(batch.len(), dataset.info.shape, &mut rng) } else { None };
        let gradient = cutmix::loss_gradient(model, images, &batch.labels, mix.as_ref());
        sgd.step(model, gradient);
    }
    true
}

/// Images with an augmentation of their own each.
fn augmented(images: Maps, strategy: Option<DsaStrategy>, dataset: &Dataset, seed: Seed) -> Maps {
    let Some(strategy) = strategy else { return images };
    let draws = Draws::Each(images.dims()[1]);
    DsaTransform::draw(strategy, dataset.info.shape, draws, &mut ChaCha8Rng::seed_from_u64(seed.0)).apply(images)
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
