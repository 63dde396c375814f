//! Real images chosen to stand for their class, in the features of a network trained on the whole set.
//!
//! Which network gave the features of the published baselines was not said. Here it is a `ConvNetW32` trained for 400
//! steps of 128 images of the whole training set (SGD 0.01, momentum 0.9, weight decay 5e-4), drawn from a seed of its
//! own, so that the choice is the same for every run on a dataset.

use std::sync::Arc;

use super::{CondensationError, real_batch};
use crate::{
    data::Dataset,
    domain::{Architecture, ConvNetSpec, Seed},
    engine::{BatchNormMode, Model, Network, device::ComputeDevice, sgd::Sgd, transfer},
};

/// How images are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coreset {
    /// Again and again the image whose features bring the mean of the chosen nearest to the class's (Welling 2009).
    Herding,
    /// First the image nearest to the class's mean, then always the one farthest from all chosen (Sener, Savarese 2018).
    KCenter,
}

/// The features of every training image.
pub struct Features {
    values: Vec<f32>,
    size: usize,
}

const STEPS: usize = 400;
const BATCH: usize = 128;
/// Images whose features are computed in one go.
const CHUNK: usize = 512;

impl Features {
    /// Trains the feature network and runs it on every training image; `None` when `go_on`, which is asked often, ends it.
    ///
    /// # Errors
    ///
    /// When the network does not fit the images, or the device fails.
    pub fn of(
        dataset: &Dataset,
        device: &ComputeDevice,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Self>, CondensationError> {
        let seed = Seed(0).stream("coreset features");
        let architecture = Architecture::ConvNet(ConvNetSpec { width: 32, ..ConvNetSpec::default() });
        let network = Arc::new(Network::new(architecture, dataset.info.shape, dataset.info.classes())?);
        let mut model = Model::draw(&network, seed.stream("network"), device);
        let mut sgd = Sgd::new(0.01, 0.9, 5e-4);
        for step in 0..STEPS {
            if !go_on() {
                return Ok(None);
            }
            let batch = real_batch::of_any_class(dataset, BATCH, seed.stream("batch").at(step));
            let images = transfer::batch_to_device(&batch, device);
            let gradient = model.loss_gradient(&images, &batch.labels, BatchNormMode::Batch);
            sgd.step(&mut model, gradient);
        }
        let mut values = Vec::new();
        let indices: Vec<usize> = (0..dataset.train.len()).collect();
        for chunk in indices.chunks(CHUNK) {
            if !go_on() {
                return Ok(None);
            }
            let batch = dataset.train.batch(chunk, &dataset.info.normalization);
            let features = model.features(&transfer::batch_to_device(&batch, device));
            values.extend(transfer::read(features.transpose())?);
        }
        Ok(Some(Self { size: values.len() / dataset.train.len().max(1), values }))
    }

    fn row(&self, image: usize) -> &[f32] {
        &self.values[image * self.size..(image + 1) * self.size]
    }
}

/// Positions of the chosen training images, `counts[c]` of class `c`, ordered by class; `None` when `go_on`, which is
/// asked before each class, ends it.
pub fn select(
    coreset: Coreset,
    dataset: &Dataset,
    features: &Features,
    counts: &[usize],
    go_on: &mut dyn FnMut() -> bool,
) -> Option<Vec<usize>> {
    let mut selected = Vec::with_capacity(counts.iter().sum());
    for (class, &count) in counts.iter().enumerate() {
        if !go_on() {
            return None;
        }
        let members = dataset.train_index.of(class);
        let rows: Vec<&[f32]> = members.iter().map(|&image| features.row(image)).collect();
        let chosen = match coreset {
            Coreset::Herding => herding(&rows, count),
            Coreset::KCenter => k_center(&rows, count),
        };
        selected.extend(chosen.into_iter().map(|position| members[position]));
    }
    Some(selected)
}

/// [`select`] by fresh features.
pub(super) fn choose(
    coreset: Coreset,
    dataset: &Dataset,
    counts: &[usize],
    device: &ComputeDevice,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Option<Vec<usize>>, CondensationError> {
    let features = Features::of(dataset, device, go_on)?;
    Ok(features.and_then(|features| select(coreset, dataset, &features, counts, go_on)))
}

/// The sample nearest to `mean * (i + 1) - sum(chosen)` that is not chosen yet, `count` times.
fn herding(rows: &[&[f32]], count: usize) -> Vec<usize> {
    let mean = mean(rows);
    let mut sum = vec![0.0; mean.len()];
    let mut chosen: Vec<usize> = Vec::with_capacity(count);
    for step in 1..=count.min(rows.len()) {
        let goal: Vec<f64> = mean.iter().zip(&sum).map(|(mean, sum)| mean * step as f64 - sum).collect();
        let free = (0..rows.len()).filter(|position| !chosen.contains(position));
        let Some(next) = free.min_by(|&a, &b| distance(rows[a], &goal).total_cmp(&distance(rows[b], &goal))) else {
            break;
        };
        for (sum, value) in sum.iter_mut().zip(rows[next]) {
            *sum += f64::from(*value);
        }
        chosen.push(next);
    }
    chosen
}

/// The sample nearest to the mean, then `count - 1` times the one farthest from its nearest chosen one.
fn k_center(rows: &[&[f32]], count: usize) -> Vec<usize> {
    let mean = mean(rows);
    let first = (0..rows.len()).min_by(|&a, &b| distance(rows[a], &mean).total_cmp(&distance(rows[b], &mean)));
    let mut gaps = vec![f64::INFINITY; rows.len()];
    let mut chosen: Vec<usize> = Vec::with_capacity(count);
    let mut next = first;
    while let Some(centre) = next.filter(|_| chosen.len() < count) {
        chosen.push(centre);
        let point: Vec<f64> = rows[centre].iter().map(|value| f64::from(*value)).collect();
        for (gap, row) in gaps.iter_mut().zip(rows) {
            *gap = gap.min(distance(row, &point));
        }
        let free = (0..rows.len()).filter(|position| !chosen.contains(position));
        // The first of equally far ones, so that the choice does not depend on how a maximum breaks ties.
        next = free.reduce(|best, other| if gaps[other] > gaps[best] { other } else { best });
    }
    chosen
}

fn mean(rows: &[&[f32]]) -> Vec<f64> {
    let mut mean = vec![0.0; rows.first().map_or(0, |row| row.len())];
    for row in rows {
        for (mean, value) in mean.iter_mut().zip(*row) {
            *mean += f64::from(*value) / rows.len() as f64;
        }
    }
    mean
}

/// The squared Euclidean distance.
fn distance(row: &[f32], point: &[f64]) -> f64 {
    row.iter().zip(point).map(|(a, b)| (f64::from(*a) - b).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn herding_follows_the_mean() {
        // The mean is 1.4. 1 is nearest to it; then 2.8 - 1 = 1.8 is nearest to 2; then 4.2 - 3 = 1.2, and 0 is as near as
        // any that is left but 4.
        let rows: Vec<&[f32]> = vec![&[0.0], &[1.0], &[2.0], &[4.0], &[0.0]];
        assert_eq!(herding(&rows, 3), [1, 2, 0]);
        assert_eq!(herding(&rows, 9).len(), 5);
    }

    #[test]
    fn k_center_covers_the_class() {
        // The mean is 3.6: 4 is nearest; 0 is farthest from it (16), then 8 (16, but later), then 2 before 4's neighbours.
        let rows: Vec<&[f32]> = vec![&[0.0], &[2.0], &[4.0], &[4.0], &[8.0]];
        assert_eq!(k_center(&rows, 3), [2, 0, 4]);
        assert_eq!(k_center(&rows, 5), [2, 0, 4, 1, 3]);
        assert!(k_center(&rows, 0).is_empty());
    }
}
