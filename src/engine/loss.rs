//! Softmax cross-entropy, on logits `[classes, n]`: with labels, in all four rules, and with given distributions, in value and
//! gradient.

use std::ops::Range;

use burn::tensor::{
    Tensor, TensorData,
    activation::{log_softmax, softmax},
};

use super::{
    device::ComputeDevice,
    transfer::{Matrix, sum},
};

/// One-hot labels `[classes, n]`.
pub(super) fn one_hot(labels: &[usize], classes: usize, device: &ComputeDevice) -> Matrix {
    let mut values = vec![0.0_f32; classes * labels.len()];
    for (index, &label) in labels.iter().enumerate() {
        values[label * labels.len() + index] = 1.0;
    }
    Tensor::from_data(TensorData::new(values, [classes, labels.len()]), (device.tensor_device(), device.float_type()))
}

/// The cross-entropy of some images of a batch, as their part of the batch's mean.
pub(super) struct CrossEntropy {
    /// `p`, `[classes, n]`.
    probabilities: Matrix,
    /// One over the number of images in the whole batch.
    weight: f64,
}

impl CrossEntropy {
    /// The summed loss of these images times `weight`, and what the other rules need.
    pub(super) fn forward(logits: Matrix, one_hot: &Matrix, weight: f64) -> (Tensor<1>, Self) {
        let logarithms = log_softmax(logits, 0);
        let loss = sum(logarithms.clone() * one_hot.clone()) * -weight;
        (loss, Self { probabilities: logarithms.exp(), weight })
    }

    /// `δ = (p - e_y) / n`.
    pub(super) fn backward(&self, one_hot: &Matrix) -> Matrix {
        (self.probabilities.clone() - one_hot.clone()) * self.weight
    }

    /// `δ̇ = (p ż - p Σ_j p_j ż_j) / n`.
    pub(super) fn backward_tangent(&self, logits_dot: Matrix) -> Matrix {
        let weighted = self.probabilities.clone() * logits_dot;
        let sum = weighted.clone().sum_dim(0);
        (weighted - self.probabilities.clone() * sum) * self.weight
    }
}

/// A part of a loss: the cross-entropy of given distributions with the softmax of some of the outputs.
#[derive(Clone)]
pub struct SoftTarget {
    /// The outputs.
    rows: Range<usize>,
    /// `[rows, n]`: a distribution for each image, or zeros for an image that this part does not concern.
    distributions: Matrix,
    /// Divides the outputs before the softmax.
    temperature: f64,
    weight: f64,
}

impl SoftTarget {
    /// Labels among the outputs `rows`, counted from the first of them; `None` for an image that has none there.
    ///
    /// # Panics
    ///
    /// When a label is not below the number of `rows`.
    #[must_use]
    pub fn of_labels(labels: &[Option<usize>], rows: Range<usize>, device: &ComputeDevice) -> Self {
        let n = labels.len();
        let mut values = vec![0.0_f32; rows.len() * n];
        for (image, label) in labels.iter().enumerate() {
            if let Some(label) = label {
                values[label * n + image] = 1.0;
            }
        }
        let options = (device.tensor_device(), device.float_type());
        let distributions = Tensor::from_data(TensorData::new(values, [rows.len(), n]), options);
        Self { rows, distributions, temperature: 1.0, weight: 1.0 }
    }

    /// The softmax of other `logits` `[classes, n]` at `temperature`: distillation (Hinton et al. 2015).
    #[must_use]
    pub fn of_logits(logits: &Matrix, rows: Range<usize>, temperature: f64, weight: f64) -> Self {
        let distributions = softmax(logits.clone().slice_dim(0, rows.clone()) / temperature, 0);
        Self { rows, distributions, temperature, weight }
    }
}

/// The summed loss of the images `part` of a batch of `n`, as their part of the batch's mean, and its gradient with respect to
/// their `logits`: `w (p Σ_j t_j - t) / (n T)` for each of the `targets`.
pub(super) fn soft_cross_entropy(
    logits: &Matrix,
    targets: &[SoftTarget],
    part: &Range<usize>,
    n: usize,
) -> (Tensor<1>, Matrix) {
    let mut delta = logits.zeros_like();
    let mut loss: Option<Tensor<1>> = None;
    for SoftTarget { rows, distributions, temperature, weight } in targets {
        let scaled = logits.clone().slice_dim(0, rows.clone()) / *temperature;
        let wanted = distributions.clone().slice_dim(1, part.clone());
        let weight = weight / n as f64;
        let term = sum(log_softmax(scaled.clone(), 0) * wanted.clone()) * -weight;
        loss = Some(match loss {
            Some(loss) => loss + term,
            None => term,
        });
        let step = (softmax(scaled, 0) * wanted.clone().sum_dim(0) - wanted) * (weight / temperature);
        let before = delta.clone().slice_dim(0, rows.clone());
        delta = delta.slice_assign([rows.clone(), 0..part.len()], before + step);
    }
    (loss.unwrap_or_else(|| sum(logits.zeros_like())), delta)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        domain::{ImageShape, Seed},
        engine::{
            BatchNormMode, Model, Network,
            test_support::{random_maps, random_values},
        },
    };

    fn model(seed: u64, device: &ComputeDevice) -> Model {
        let network = Network::new("ConvNetW4D1ASNN".parse().unwrap(), ImageShape::new(1, 16, 16), 6).unwrap();
        Model::draw(&Arc::new(network), Seed(seed), device)
    }

    /// Two heads of three outputs: labels in the second, softened outputs of another network in the first.
    fn targets(images: &crate::engine::Maps, device: &ComputeDevice) -> Vec<SoftTarget> {
        let labels = [Some(2), None, Some(0), Some(1), None, Some(2), Some(2), None, Some(0)];
        let before = model(2, device).logits(images);
        vec![SoftTarget::of_labels(&labels, 3..6, device), SoftTarget::of_logits(&before, 0..3, 2.0, 0.7)]
    }

    #[test]
    fn the_gradient_agrees_with_central_differences() {
        const STEP: f64 = 1e-5;
        let device = ComputeDevice::cpu_in_double_precision();
        let images = random_maps([1, 9, 16, 16], 3, &device);
        let targets = targets(&images, &device);
        let model = model(1, &device);
        let gradient = model.soft_loss_gradient(&images, &targets, BatchNormMode::Batch);
        for (index, parameter) in model.parameters().iter().enumerate() {
            let [rows, columns] = parameter.dims();
            let values = random_values(rows * columns, 10 + index as u64);
            let options = (device.tensor_device(), device.float_type());
            let direction: Matrix = Tensor::from_data(TensorData::new(values, [rows, columns]), options);
            let loss = |step: f64| {
                let mut moved = model.clone();
                moved.parameters_mut()[index] = parameter.clone() + direction.clone() * step;
                moved.soft_loss_gradient(&images, &targets, BatchNormMode::Batch).loss.into_scalar::<f64>()
            };
            let expected = (loss(STEP) - loss(-STEP)) / (2.0 * STEP);
            let found = (gradient.gradients[index].clone() * direction).sum().into_scalar::<f64>();
            assert!((found - expected).abs() < 1e-8 * expected.abs().max(1.0), "{index}: {found} {expected}");
        }
    }

    #[test]
    fn labels_alone_are_the_plain_cross_entropy() {
        let device = ComputeDevice::cpu_in_double_precision();
        let images = random_maps([1, 9, 16, 16], 3, &device);
        let labels = [5, 0, 3, 3, 1, 2, 4, 0, 5];
        let model = model(1, &device);
        let target = SoftTarget::of_labels(&labels.map(Some), 0..6, &device);
        let soft = model.soft_loss_gradient(&images, &[target], BatchNormMode::Batch);
        let plain = model.loss_gradient(&images, &labels, BatchNormMode::Batch);
        let far = |a: &Matrix, b: &Matrix| (a.clone() - b.clone()).abs().max().into_scalar::<f64>();
        assert!((soft.loss - plain.loss).into_scalar::<f64>().abs() < 1e-12);
        assert!(soft.gradients.iter().zip(&plain.gradients).all(|(a, b)| far(a, b) < 1e-12));
    }

    #[test]
    fn distillation_of_itself_pulls_nowhere() {
        let device = ComputeDevice::cpu_in_double_precision();
        let images = random_maps([1, 9, 16, 16], 3, &device);
        let model = model(1, &device);
        let target = SoftTarget::of_logits(&model.logits(&images), 0..3, 2.0, 1.0);
        let gradient = model.soft_loss_gradient(&images, &[target], BatchNormMode::Batch);
        assert!(gradient.loss.into_scalar::<f64>() > 0.5, "the entropy of the outputs");
        let largest = |gradient: &Matrix| gradient.clone().abs().max().into_scalar::<f64>();
        assert!(gradient.gradients.iter().all(|gradient| largest(gradient) < 1e-12));
    }
}
