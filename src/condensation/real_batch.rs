//! Random batches of real images, addressed by seed and position.

use rand::seq::{IndexedRandom, index};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use crate::{
    data::Dataset,
    domain::{ImageBatch, Seed},
};

/// `count` different training images of `class`, or all of them if there are fewer.
pub(super) fn of_class(dataset: &Dataset, class: usize, count: usize, seed: Seed) -> Vec<usize> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed.0);
    dataset.train_index.of(class).sample(&mut rng, count).copied().collect()
}

/// `count` different training images of any class, or all of them if there are fewer.
pub(super) fn of_any_class(dataset: &Dataset, count: usize, seed: Seed) -> ImageBatch {
    let indices = positions(dataset.train.len(), count, seed);
    dataset.train.batch(&indices, &dataset.info.normalization)
}

/// `count` different training images of every class.
pub(super) fn of_every_class(dataset: &Dataset, count: usize, seed: Seed) -> ImageBatch {
    let indices: Vec<usize> =
        (0..dataset.info.classes()).flat_map(|class| of_class(dataset, class, count, seed.at(class))).collect();
    dataset.train.batch(&indices, &dataset.info.normalization)
}

/// `count` different positions below `available`, or all of them in order if there are no more.
pub(super) fn positions(available: usize, count: usize, seed: Seed) -> Vec<usize> {
    if available <= count {
        return (0..available).collect();
    }
    index::sample(&mut ChaCha8Rng::seed_from_u64(seed.0), available, count).into_vec()
}
