//! Softmax cross-entropy and its four rules, on logits `[classes, n]`.

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
        let loss = sum(log_softmax(logits.clone(), 0) * one_hot.clone()) * -weight;
        (loss, Self { probabilities: softmax(logits, 0), weight })
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
