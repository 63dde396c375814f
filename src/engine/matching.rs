//! The matching loss of a class and its exact gradient with respect to the images.
//!
//! `∂D/∂S` is the tangent of the backward pass along `v = ∂D/∂g`: see `engine::layers`. No tape, no second-order
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
    /// `[3]`, the [`Products`](super::distance::Products) of the gradients.
    pub products: Tensor<1>,
    /// `∂loss/∂images`, `[c, n, h, w]`.
    pub image_gradient: Maps,
}

/// What [`match_gradients`] found.
pub struct Matching {
    /// One result a target.
    pub targets: Vec<Matched>,
    /// The term of the mean gradients, if it was asked for.
    pub mean: Option<MatchedMeans>,
}

/// The matching loss of the targets' mean gradients.
pub struct MatchedMeans {
    /// `C` times the distance of the means over the `C` targets, by parameter.
    pub parts: Vec<Tensor<1>>,
    /// `[3]`, the [`Products`](super::distance::Products) of the means.
    pub products: Tensor<1>,
}

/// Matches every target's gradient under `model`; with `mean_too`, adds `C` times the distance of the gradients' means
/// over the `C` targets (multi-level matching, Jiang et al. 2022). Batch norm is frozen. `go_on` is asked often, and ends it
/// with `None`.
pub fn match_gradients(
    model: &Model,
    kind: DistanceKind,
    targets: &[Target],
    mean_too: bool,
    go_on: &mut dyn FnMut() -> bool,
) -> Option<Matching> {
    /// The four passes of a matched image take about twice as long as the two of a real one.
    const WORTH: usize = 2;
    let images = |target: &Target| WORTH * target.labels.len();
    let specs = model.network().parameter_specs();
    let device = model.device();
    let begin = |target: &Target| {
        let mut pass = model.begin(target.images.clone(), target.labels, target.labels.len(), BatchNormMode::Frozen);
        let gradients = pass.gradients();
        (pass, gradients)
    };
    let finish = |pass: Pass, Distance { parts, direction, products }: Distance| Matched {
        parts,
        products,
        image_gradient: pass.image_gradient(&direction),
    };
    if let ([target], false) = (targets, mean_too) {
        // It may be a large mixed batch: `go_on` is asked in the middle as well.
        if !go_on() {
            return None;
        }
        let (pass, gradients) = begin(target);
        let matched = go_on().then(|| finish(pass, distance(kind, specs, &gradients, target.real)))?;
        return Some(Matching { targets: vec![matched], mean: None });
    }
    if !mean_too {
        let work = |target: &Target| {
            let (pass, gradients) = begin(target);
            finish(pass, distance(kind, specs, &gradients, target.real))
        };
        let targets = lanes::map_while(targets.iter().collect(), |target| images(target), device, work, go_on)?;
        return Some(Matching { targets, mean: None });
    }
    let begun = lanes::map_while(targets.iter().collect(), |target| images(target), device, begin, go_on)?;
    let synthetic: Vec<&[Matrix]> = begun.iter().map(|(_, gradients)| gradients.as_slice()).collect();
    let real: Vec<&[Matrix]> = targets.iter().map(|target| target.real).collect();
    // ∂(C D(ḡ, h̄))/∂g_c = D'(ḡ, h̄): the factor C and the mean's 1/C cancel.
    let mean = distance(kind, specs, &means(&synthetic), &means(&real));
    let classes = targets.len() as f64;
    let work = |((pass, gradients), target): ((Pass, Vec<Matrix>), &Target)| {
        let mut own = distance(kind, specs, &gradients, target.real);
        for (direction, shared) in own.direction.iter_mut().zip(&mean.direction) {
            direction.inplace(|direction| direction + shared.clone());
        }
        finish(pass, own)
    };
    let pairs: Vec<_> = begun.into_iter().zip(targets).collect();
    let targets = lanes::map_while(pairs, |(_, target)| images(target), device, work, go_on)?;
    let parts = mean.parts.into_iter().map(|part| part * classes).collect();
    Some(Matching { targets, mean: Some(MatchedMeans { parts, products: mean.products }) })
}

/// The mean of several gradients.
fn means(gradients: &[&[Matrix]]) -> Vec<Matrix> {
    let share = 1.0 / gradients.len() as f64;
    let Some((first, rest)) = gradients.split_first() else { return Vec::new() };
    let add = |index: usize| rest.iter().fold(first[index].clone(), |sum, next| sum + next[index].clone()) * share;
    (0..first.len()).map(add).collect()
}

#[cfg(test)]
mod tests {
    //! Whole networks against central differences of the matching loss, in double precision.

    use std::sync::Arc;

    use super::*;
    use crate::{
        domain::{ImageShape, Seed},
        engine::{Network, device::ComputeDevice, test_support::random_maps},
    };

    const CLASSES: usize = 3;

    struct Toy {
        model: Model,
        images: Vec<Maps>,
        labels: Vec<Vec<usize>>,
        real: Vec<Vec<Matrix>>,
    }

    /// One synthetic and two real images a class.
    fn toy(name: &str, shape: ImageShape) -> Toy {
        let device = ComputeDevice::cpu_in_double_precision();
        let network = Arc::new(Network::new(name.parse().unwrap(), shape, CLASSES).unwrap());
        let model = Model::draw(&network, Seed(1), &device);
        let maps = |n: usize, seed: u64| random_maps([shape.channels, n, shape.height, shape.width], seed, &device);
        let labels: Vec<Vec<usize>> = (0..CLASSES).map(|class| vec![class]).collect();
        let real = (0..CLASSES)
            .map(|class| model.loss_gradient(&maps(2, 50 + class as u64), &[class; 2], BatchNormMode::Frozen).gradients)
            .collect();
        Toy { images: (0..CLASSES).map(|class| maps(1, 80 + class as u64)).collect(), model, labels, real }
    }

    fn matched(toy: &Toy, images: &[Maps], kind: DistanceKind, mean_too: bool) -> (f64, Vec<Maps>) {
        let targets: Vec<Target> = (0..CLASSES)
            .map(|class| Target { images: &images[class], labels: &toy.labels[class], real: &toy.real[class] })
            .collect();
        let Matching { targets, mean } = match_gradients(&toy.model, kind, &targets, mean_too, &mut || true).unwrap();
        let value = |part: Tensor<1>| part.into_scalar::<f64>();
        let mut loss: f64 = mean.into_iter().flat_map(|mean| mean.parts).map(value).sum();
        let mut gradients = Vec::new();
        for target in targets {
            loss += target.parts.into_iter().map(value).sum::<f64>();
            gradients.push(target.image_gradient);
        }
        (loss, gradients)
    }

    fn check(name: &str, shape: ImageShape, kind: DistanceKind, mean_too: bool) {
        const STEP: f64 = 1e-6;
        let toy = toy(name, shape);
        let (_, gradients) = matched(&toy, &toy.images, kind, mean_too);
        let probes: Vec<Maps> = (0..CLASSES as u64)
            .map(|class| random_maps(toy.images[0].dims(), 90 + class, toy.model.device()))
            .collect();
        let at = |step: f64| {
            let moved: Vec<Maps> =
                toy.images.iter().zip(&probes).map(|(image, probe)| image.clone() + probe.clone() * step).collect();
            matched(&toy, &moved, kind, mean_too).0
        };
        let expected = (at(STEP) - at(-STEP)) / (2.0 * STEP);
        let found: f64 = gradients
            .iter()
            .zip(&probes)
            .map(|(gradient, probe)| (gradient.clone() * probe.clone()).sum().into_scalar::<f64>())
            .sum();
        let error = (found - expected).abs() / expected.abs();
        assert!(error < 1e-5, "{name} {shape} {kind} mean_too {mean_too}: {found} against {expected}");
    }

    #[test]
    fn every_distance_and_level_on_a_smooth_network() {
        for kind in DistanceKind::ALL {
            for mean_too in [false, true] {
                check("ConvNetW8D2ASwish", ImageShape::new(1, 16, 16), kind, mean_too);
            }
        }
    }

    #[test]
    fn networks_of_every_kind_and_odd_sizes() {
        for (name, shape) in [
            ("MLP", ImageShape::new(3, 16, 16)),
            ("LeNet", ImageShape::new(3, 16, 20)),
            ("ConvNetW8D3", ImageShape::new(1, 17, 23)),
            ("ConvNetW8D1ASBN", ImageShape::new(3, 16, 16)),
            ("ConvNetW8D2LNMP", ImageShape::new(1, 18, 16)),
            ("ConvNetW8D2GNNP", ImageShape::new(1, 16, 16)),
        ] {
            check(name, shape, DistanceKind::LayerwiseCosine, false);
        }
    }

    #[test]
    fn the_mean_term_is_the_distance_of_the_means() {
        let toy = toy("ConvNetW8D1", ImageShape::new(1, 16, 16));
        let specs = toy.model.network().parameter_specs();
        for kind in DistanceKind::ALL {
            let intra = matched(&toy, &toy.images, kind, false).0;
            let both = matched(&toy, &toy.images, kind, true).0;
            let gradient = |class: usize| {
                toy.model.loss_gradient(&toy.images[class], &toy.labels[class], BatchNormMode::Frozen).gradients
            };
            let synthetic: Vec<Vec<Matrix>> = (0..CLASSES).map(gradient).collect();
            let average = |gradients: &[Vec<Matrix>]| -> Vec<Matrix> {
                (0..specs.len())
                    .map(|index| {
                        (gradients[0][index].clone() + gradients[1][index].clone() + gradients[2][index].clone()) / 3.0
                    })
                    .collect()
            };
            let mean = distance(kind, specs, &average(&synthetic), &average(&toy.real));
            let expected: f64 = mean.parts.into_iter().map(|part| 3.0 * part.into_scalar::<f64>()).sum();
            assert!((both - intra - expected).abs() < 1e-9 * both.abs().max(1.0), "{kind}");
        }
    }
}
