//! The matching loss of a class and its exact gradient with respect to the images.
//!
//! `∂D/∂S` is the tangent of the backward pass along `v = ∂D/∂g`: see [`super::layers`]. No tape, no second-order
//! differentiation.

use burn::tensor::Tensor;

use super::{
    BatchNormMode, Maps, Matrix, Model,
    distance::{Distance, distance},
    lanes,
    model::Pass,
};
use crate::domain::DistanceKind;

/// The images of one class, or a mixed batch, and the real gradient to match.
pub struct Target<'a> {
    /// Synthetic images `[c, n, h, w]`.
    pub images: &'a Maps,
    /// Their labels.
    pub labels: &'a [usize],
    /// The gradient of the real batch, held constant.
    pub real: &'a [Matrix],
}

/// The matching loss of one target.
pub struct Matched {
    /// The distance, by parameter.
    pub parts: Vec<Tensor<1>>,
    /// `∂loss/∂images`, `[c, n, h, w]`.
    pub image_gradient: Maps,
}

/// What [`match_gradients`] found.
pub struct Matching {
    /// One result a target.
    pub targets: Vec<Matched>,
    /// The distance of the mean gradients, by parameter, if it was asked for.
    pub mean_parts: Option<Vec<Tensor<1>>>,
}

/// Matches every target's gradient under `model`; with `mean_too`, adds `C` times the distance of the gradients' means
/// over the `C` targets (multi-level matching, Jiang et al. 2022). Batch norm is frozen.
#[must_use]
pub fn match_gradients(model: &Model, kind: DistanceKind, targets: &[Target], mean_too: bool) -> Matching {
    let specs = model.network().parameter_specs();
    let device = model.device();
    let begin = |target: &Target| {
        let mut pass = model.begin(target.images.clone(), target.labels, target.labels.len(), BatchNormMode::Frozen);
        let gradients = pass.gradients();
        (pass, gradients)
    };
    let finish = |pass: Pass, Distance { parts, direction }: Distance| Matched {
        parts,
        image_gradient: pass.image_gradient(&direction),
    };
    if !mean_too {
        let work = |target: &Target| {
            let (pass, gradients) = begin(target);
            finish(pass, distance(kind, specs, &gradients, target.real))
        };
        return Matching { targets: lanes::map(targets.iter().collect(), device, work), mean_parts: None };
    }
    let begun = lanes::map(targets.iter().collect(), device, begin);
    let synthetic: Vec<&[Matrix]> = begun.iter().map(|(_, gradients)| gradients.as_slice()).collect();
    let real: Vec<&[Matrix]> = targets.iter().map(|target| target.real).collect();
    // ∂(C D(ḡ, h̄))/∂g_c = D'(ḡ, h̄): the factor C and the mean's 1/C cancel.
    let mean = distance(kind, specs, &means(&synthetic), &means(&real));
    #[allow(clippy::cast_precision_loss)]
    let classes = targets.len() as f64;
    let work = |((pass, gradients), target): ((Pass, Vec<Matrix>), &Target)| {
        let mut own = distance(kind, specs, &gradients, target.real);
        for (direction, shared) in own.direction.iter_mut().zip(&mean.direction) {
            direction.inplace(|direction| direction + shared.clone());
        }
        finish(pass, own)
    };
    let matched = lanes::map(begun.into_iter().zip(targets).collect(), device, work);
    Matching { targets: matched, mean_parts: Some(mean.parts.into_iter().map(|part| part * classes).collect()) }
}

/// The mean of several gradients.
fn means(gradients: &[&[Matrix]]) -> Vec<Matrix> {
    #[allow(clippy::cast_precision_loss)]
    let share = 1.0 / gradients.len() as f64;
    let Some((first, rest)) = gradients.split_first() else { return Vec::new() };
    let add = |index: usize| rest.iter().fold(first[index].clone(), |sum, next| sum + next[index].clone()) * share;
    (0..first.len()).map(add).collect()
}
