//! What the synthetic images begin as.

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use super::{
    CondensationError,
    coreset::{self, Coreset, Features},
    real_batch,
};
use crate::{
    data::Dataset,
    domain::{CondensationPlan, Initialization, Seed},
    engine::device::ComputeDevice,
};

/// The first images `[n, c, h, w]`, ordered by class.
pub(super) fn first_images(
    plan: &CondensationPlan,
    dataset: &Dataset,
    device: &ComputeDevice,
    seed: Seed,
) -> Result<Vec<f32>, CondensationError> {
    let seed = seed.stream("initialization");
    let indices = match plan.config.initialization {
        Initialization::Noise => {
            let mut rng = ChaCha8Rng::seed_from_u64(seed.0);
            let values = plan.images() * dataset.info.shape.values();
            return Ok(StandardNormal.sample_iter(&mut rng).take(values).collect());
        }
        Initialization::Random => plan
            .counts
            .iter()
            .enumerate()
            .flat_map(|(class, &count)| real_batch::of_class(dataset, class, count, seed.at(class)))
            .collect(),
        Initialization::Herding => {
            coreset::select(Coreset::Herding, dataset, &Features::of(dataset, device)?, &plan.counts)
        }
        Initialization::KCenter => {
            coreset::select(Coreset::KCenter, dataset, &Features::of(dataset, device)?, &plan.counts)
        }
    };
    Ok(dataset.train.batch(&indices, &dataset.info.normalization).values)
}
