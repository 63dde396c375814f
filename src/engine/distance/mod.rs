//! Distances between the parameter gradients of a synthetic and a real batch, with their derivatives.
//!
//! One file a family: `nodewise` compares output node by output node, `whole` the gradient as one vector.

mod nodewise;
mod whole;

use burn::tensor::Tensor;

use super::{Matrix, ParameterSpec};
use crate::domain::DistanceKind;

/// A distance and its derivative.
pub struct Distance {
    /// The part of each parameter; their sum is the distance. A whole-vector distance has one part.
    pub parts: Vec<Tensor<1>>,
    /// The derivative with respect to the synthetic gradient, one matrix a parameter.
    pub direction: Vec<Matrix>,
}

/// The names of the parts of [`Distance::parts`].
#[must_use]
pub fn part_names(kind: DistanceKind, specs: &[ParameterSpec]) -> Vec<String> {
    match kind {
        DistanceKind::LayerwiseCosine | DistanceKind::CosineL2 => {
            specs.iter().filter(|spec| spec.is_matched()).map(|spec| spec.name.clone()).collect()
        }
        DistanceKind::Mse => specs.iter().map(|spec| spec.name.clone()).collect(),
        DistanceKind::Cosine => vec!["all".to_owned()],
    }
}

/// The distance of `synthetic` from `real`, which is held constant, both in the order of `specs`.
#[must_use]
pub fn distance(kind: DistanceKind, specs: &[ParameterSpec], synthetic: &[Matrix], real: &[Matrix]) -> Distance {
    match kind {
        DistanceKind::LayerwiseCosine => nodewise::distance(specs, synthetic, real, nodewise::cosine),
        DistanceKind::CosineL2 => nodewise::distance(specs, synthetic, real, nodewise::cosine_l2),
        DistanceKind::Mse => whole::squared(synthetic, real),
        DistanceKind::Cosine => whole::cosine(synthetic, real),
    }
}

#[cfg(test)]
mod tests;
