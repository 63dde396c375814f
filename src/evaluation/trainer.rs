//! Trains one fresh network on a set and tests it: the published protocol.
//!
//! SGD with momentum and weight decay over epochs `0..=E` (as published, one more than is said); after epoch `E / 2 + 1`
//! the learning rate falls to a tenth and the momentum is cleared, because the published code makes a new optimiser
//! there. The network of the last epoch is tested; none is selected.

use std::{sync::Arc, time::Instant};

use burn::tensor::Tensor;
use rand::seq::SliceRandom;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{EvaluationError, TEST_BATCH};
use crate::{
    data::ImageSet,
    domain::{Architecture, EvaluationAugmentation, EvaluationConfig, ImageBatch, NetworkResult, Normalization, Seed},
    engine::{
        Model, Network,
        augment::{
            augment_batch,
            cutmix::{self, CutMix},
            dsa::{Draws, DsaTransform},
            pixels::augment_pixels,
        },
        device::ComputeDevice,
        sgd::Sgd,
        transfer,
    },
};

/// The images a network is trained on.
pub enum TrainingImages<'a> {
    /// A synthetic set.
    Synthetic(&'a ImageBatch),
    /// Some images of a real set, by position.
    Real {
        /// The set.
        set: &'a ImageSet,
        /// The positions.
        positions: &'a [usize],
        /// How pixels become inputs.
        normalization: &'a Normalization,
    },
}

impl TrainingImages<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Synthetic(batch) => batch.len(),
            Self::Real { positions, .. } => positions.len(),
        }
    }

    fn batch(&self, chosen: &[usize]) -> ImageBatch {
        match self {
            Self::Synthetic(batch) => batch.select(chosen),
            Self::Real { set, positions, normalization } => {
                let chosen: Vec<usize> = chosen.iter().map(|&index| positions[index]).collect();
                set.batch(&chosen, normalization)
            }
        }
    }
}

/// What is trained, how, and what it is tested on.
pub struct Protocol<'a> {
    /// The network.
    pub architecture: Architecture,
    /// `E`.
    pub epochs: usize,
    /// The augmentation, resolved for the dataset and network.
    pub augmentation: EvaluationAugmentation,
    /// Learning rate, momentum, weight decay and batch.
    pub config: &'a EvaluationConfig,
    /// The test images.
    pub test: &'a ImageSet,
    /// How their pixels become inputs.
    pub normalization: &'a Normalization,
    /// The number of classes.
    pub classes: usize,
}

/// How far a training is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainingProgress {
    /// Epochs done.
    pub epochs_done: usize,
    /// Epochs of the whole training.
    pub epochs: usize,
}

/// Trains a network drawn from `seed` on `images` and tests it; `None` when `go_on` says so, which is told the progress
/// before every step, whether of training or of testing. Which experiment and repeat the result is of is left to the
/// caller.
///
/// # Errors
///
/// When the network does not fit the images, there is no image, or the device fails.
pub fn train_and_test(
    images: &TrainingImages,
    protocol: &Protocol,
    seed: Seed,
    device: &ComputeDevice,
    go_on: &mut dyn FnMut(TrainingProgress) -> bool,
) -> Result<Option<NetworkResult>, EvaluationError> {
    let started = Instant::now();
    if images.len() == 0 {
        return Err(EvaluationError::Empty);
    }
    let network = Arc::new(Network::new(protocol.architecture, protocol.test.shape, protocol.classes)?);
    let mut model = Model::draw(&network, seed.stream("network"), device);
    let Some(losses) = train(images, protocol, seed, &mut model, go_on)? else { return Ok(None) };
    let Some(confusion) = test(protocol, &model, go_on)? else { return Ok(None) };
    let right: u32 = confusion.iter().enumerate().map(|(class, row)| row[class]).sum();
    let total: u32 = confusion.iter().flatten().sum();
    let kept = NetworkResult::loss_epochs(losses.len());
    Ok(Some(NetworkResult {
        experiment: 0,
        repeat: 0,
        accuracy: f64::from(right) / f64::from(total.max(1)),
        confusion,
        train_loss: losses.last().copied().map_or(f64::NAN, f64::from),
        train_losses: kept.into_iter().map(|epoch| losses[epoch]).collect(),
        seconds: started.elapsed().as_secs_f64(),
    }))
}

/// Trains `model` on `images`: the mean loss of every epoch, or `None` when `go_on` ends it.
///
/// # Errors
///
/// When the device fails.
pub fn train(
    images: &TrainingImages,
    protocol: &Protocol,
    seed: Seed,
    model: &mut Model,
    go_on: &mut dyn FnMut(TrainingProgress) -> bool,
) -> Result<Option<Vec<f32>>, EvaluationError> {
    let EvaluationConfig { learning_rate, momentum, weight_decay, batch, .. } = *protocol.config;
    let mut sgd = Sgd::new(learning_rate, momentum, weight_decay);
    let epochs = protocol.epochs + 1;
    let mut losses = Vec::with_capacity(epochs);
    for epoch in 0..epochs {
        let mut rng = ChaCha8Rng::seed_from_u64(seed.stream("training epoch").at(epoch).0);
        let mut order: Vec<usize> = (0..images.len()).collect();
        order.shuffle(&mut rng);
        // Kept on the device: reading a loss back would wait for the work behind it.
        let mut sum: Option<Tensor<1>> = None;
        for chosen in order.chunks(batch.max(1)) {
            if !go_on(TrainingProgress { epochs_done: epoch, epochs }) {
                return Ok(None);
            }
            let mut batch = images.batch(chosen);
            augment_batch(&mut batch.values, batch.shape, protocol.augmentation, &mut rng);
            augment_pixels(&mut batch.values, batch.shape, protocol.normalization, protocol.augmentation, &mut rng);
            let mut maps = transfer::batch_to_device(&batch, model.device());
            if let EvaluationAugmentation::Dsa(Some(strategy)) | EvaluationAugmentation::DsaCutMix(Some(strategy)) =
                protocol.augmentation
            {
                maps = DsaTransform::draw(strategy, batch.shape, Draws::Each(chosen.len()), &mut rng).apply(maps);
            }
            let mix = match protocol.augmentation {
                EvaluationAugmentation::DsaCutMix(_) => CutMix::draw(chosen.len(), batch.shape, &mut rng),
                _ => None,
            };
            let gradient = cutmix::loss_gradient(model, maps, &batch.labels, mix.as_ref());
            let loss = gradient.loss.clone() * (chosen.len() as f64 / images.len() as f64);
            sum = Some(match sum {
                Some(sum) => sum + loss,
                None => loss,
            });
            sgd.step(model, gradient);
        }
        losses.extend(sum);
        if epoch == protocol.epochs / 2 + 1 {
            sgd = Sgd::new(learning_rate * 0.1, momentum, weight_decay);
        }
    }
    Ok(Some(transfer::read(Tensor::cat(losses, 0))?))
}

/// The confusion matrix on the test images, or `None` when `go_on` ends it.
fn test(
    protocol: &Protocol,
    model: &Model,
    go_on: &mut dyn FnMut(TrainingProgress) -> bool,
) -> Result<Option<Vec<Vec<u32>>>, EvaluationError> {
    let epochs = protocol.epochs + 1;
    let mut confusion = vec![vec![0; protocol.classes]; protocol.classes];
    let positions = protocol.test.spread(protocol.config.test_limit.unwrap_or(usize::MAX));
    for chosen in positions.chunks(TEST_BATCH) {
        if !go_on(TrainingProgress { epochs_done: epochs, epochs }) {
            return Ok(None);
        }
        let batch = protocol.test.batch(chosen, protocol.normalization);
        let answers = model.classify(&transfer::batch_to_device(&batch, model.device()))?;
        for (&truth, answer) in batch.labels.iter().zip(answers) {
            confusion[truth][answer] += 1;
        }
    }
    Ok(Some(confusion))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        data,
        domain::{BuiltinDataset, DatasetSource},
    };

    #[test]
    fn training_augments_by_the_seed() {
        let dataset = data::open(&DatasetSource::Builtin(BuiltinDataset::Digits)).unwrap();
        let positions: Vec<usize> = (0..20).collect();
        let normalization = &dataset.info.normalization;
        let images = TrainingImages::Real { set: &dataset.train, positions: &positions, normalization };
        let config = EvaluationConfig { batch: 8, test_limit: Some(10), ..EvaluationConfig::default() };
        let losses = |augmentation: &str| {
            let protocol = Protocol {
                architecture: "ConvNetW4D1".parse().unwrap(),
                epochs: 1,
                augmentation: augmentation.parse().unwrap(),
                config: &config,
                test: &dataset.test,
                normalization,
                classes: 10,
            };
            let device = ComputeDevice::cpu();
            train_and_test(&images, &protocol, Seed(1), &device, &mut |_| true).unwrap().unwrap().train_losses
        };
        assert_eq!(losses("color_crop_rotate"), losses("color_crop_rotate"));
        assert_ne!(losses("color_crop_rotate"), losses("none"));
        assert_ne!(losses("cutout"), losses("scale"));
        assert_eq!(losses("color_crop-cutmix"), losses("color_crop-cutmix"));
        assert_ne!(losses("color_crop-cutmix"), losses("color_crop"));
        assert_ne!(losses("flip-crop"), losses("none"));
    }

    #[test]
    fn every_step_of_training_and_testing_can_be_the_last() {
        let dataset = data::open(&DatasetSource::Builtin(BuiltinDataset::Digits)).unwrap();
        let positions: Vec<usize> = (0..20).collect();
        let normalization = &dataset.info.normalization;
        let images = TrainingImages::Real { set: &dataset.train, positions: &positions, normalization };
        let config = EvaluationConfig { batch: 8, test_limit: Some(600), ..EvaluationConfig::default() };
        let protocol = Protocol {
            architecture: "ConvNetW4D1".parse().unwrap(),
            epochs: 1,
            augmentation: EvaluationAugmentation::None,
            config: &config,
            test: &dataset.test,
            normalization,
            classes: 10,
        };
        let stopped_after = |steps: usize| {
            let mut seen = Vec::new();
            let result = train_and_test(&images, &protocol, Seed(1), &ComputeDevice::cpu(), &mut |progress| {
                assert_eq!(progress.epochs, 2);
                seen.push(progress.epochs_done);
                seen.len() <= steps
            });
            (result.unwrap(), seen)
        };
        // Two epochs of three steps, and three steps of testing.
        let (whole, seen) = stopped_after(9);
        assert_eq!(seen, [0, 0, 0, 1, 1, 1, 2, 2, 2]);
        let whole = whole.unwrap();
        assert_eq!(whole.confusion.iter().flatten().sum::<u32>(), 600);
        assert_eq!(whole.train_losses.len(), 2);
        assert!((f64::from(whole.train_losses[1]) - whole.train_loss).abs() < 1e-12);
        for steps in 0..9 {
            let (result, seen) = stopped_after(steps);
            assert!(result.is_none());
            assert_eq!(seen.len(), steps + 1);
        }
    }
}
