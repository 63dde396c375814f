//! The matching loss of a class and its exact gradient with respect to the images.
//!
//! `∂D/∂S` is the tangent of the backward pass along `v = ∂D/∂g`: see `engine::layers`. No tape, no second-order
//! differentiation.

use burn::tensor::Tensor;

use super::{
    Maps, Matrix, Model,
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

/// Which distances make up the matching loss of `C` targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terms {
    /// The sum of the targets' distances.
    Each,
    /// That, and `C` times the distance of the mean gradients (multi-level matching, Jiang et al. 2022).
    EachAndMean,
    /// The distance of the mean gradients alone (class-collective matching, Lee et al. 2022).
    Mean,
}

/// A distance between two gradients.
pub struct Compared {
    /// The distance as it counts in the loss, by parameter.
    pub parts: Vec<Tensor<1>>,
    /// `[3]`, the [`Products`](super::distance::Products) of the gradients.
    pub products: Tensor<1>,
}

/// The matching loss of one target.
pub struct Matched {
    /// Its own distance, if that is part of the loss.
    pub distance: Option<Compared>,
    /// `∂loss/∂images`, `[c, n, h, w]`.
    pub image_gradient: Maps,
}

/// What [`match_gradients`] found.
pub struct Matching {
    /// One result a target.
    pub targets: Vec<Matched>,
    /// The distance of the targets' mean gradients, if that is part of the loss.
    pub mean: Option<Compared>,
}

/// Matches the targets' gradients under `model`. Batch norm is frozen. `go_on` is asked often, and ends it with `None`.
pub fn match_gradients(
    model: &Model,
    kind: DistanceKind,
    targets: &[Target],
    terms: Terms,
    go_on: &mut dyn FnMut() -> bool,
) -> Option<Matching> {
    let specs = model.network().parameter_specs();
    let finish = |pass: Pass, Distance { parts, direction, products }: Distance| Matched {
        distance: Some(Compared { parts, products }),
        image_gradient: pass.image_gradient(&direction),
    };
    if terms != Terms::Each {
        return match_means(model, kind, targets, terms, go_on);
    }
    if let [target] = targets {
        // It may be a large mixed batch: `go_on` is asked in the middle as well.
        if !go_on() {
            return None;
        }
        let (pass, gradients) = begin(model, target);
        let matched = go_on().then(|| finish(pass, distance(kind, specs, &gradients, target.real)))?;
        return Some(Matching { targets: vec![matched], mean: None });
    }
    let work = |target: &Target| {
        let (pass, gradients) = begin(model, target);
        finish(pass, distance(kind, specs, &gradients, target.real))
    };
    let targets = lanes::map_while(targets.iter().collect(), |target| worth(target), model.device(), work, go_on)?;
    Some(Matching { targets, mean: None })
}

/// The passes up to the gradient of a target.
fn begin<'a>(model: &'a Model, target: &Target) -> (Pass<'a>, Vec<Matrix>) {
    let mut pass = model.begin_matching(target.images.clone(), target.labels);
    let gradients = pass.gradients();
    (pass, gradients)
}

/// How many images of a real batch a target is worth: the four passes of a matched image take about twice as long as the
/// two of a real one.
fn worth(target: &Target) -> usize {
    2 * target.labels.len()
}

/// The terms with the distance of the mean gradients.
fn match_means(
    model: &Model,
    kind: DistanceKind,
    targets: &[Target],
    terms: Terms,
    go_on: &mut dyn FnMut() -> bool,
) -> Option<Matching> {
    let specs = model.network().parameter_specs();
    let device = model.device();
    let begun = lanes::map_while(
        targets.iter().collect(),
        |target| worth(target),
        device,
        |target| begin(model, target),
        go_on,
    )?;
    let synthetic: Vec<&[Matrix]> = begun.iter().map(|(_, gradients)| gradients.as_slice()).collect();
    let real: Vec<&[Matrix]> = targets.iter().map(|target| target.real).collect();
    let mut mean = distance(kind, specs, &means(&synthetic), &means(&real));
    let classes = targets.len() as f64;
    if terms == Terms::Mean {
        // ∂D(ḡ, h̄)/∂g_c = D'(ḡ, h̄) / C.
        for direction in &mut mean.direction {
            direction.inplace(|direction| direction / classes);
        }
    } else {
        // ∂(C D(ḡ, h̄))/∂g_c = D'(ḡ, h̄): the factor C and the mean's 1/C cancel.
        mean.parts = mean.parts.into_iter().map(|part| part * classes).collect();
    }
    let Distance { parts, direction: shared, products } = mean;
    let work = |((pass, gradients), target): ((Pass, Vec<Matrix>), &Target)| {
        if terms == Terms::Mean {
            return Matched { distance: None, image_gradient: pass.image_gradient(&shared) };
        }
        let mut own = distance(kind, specs, &gradients, target.real);
        for (direction, shared) in own.direction.iter_mut().zip(&shared) {
            direction.inplace(|direction| direction + shared.clone());
        }
        let distance = Some(Compared { parts: own.parts, products: own.products });
        Matched { distance, image_gradient: pass.image_gradient(&own.direction) }
    };
    let pairs: Vec<_> = begun.into_iter().zip(targets).collect();
    let targets = lanes::map_while(pairs, |(_, target)| worth(target), device, work, go_on)?;
    Some(Matching { targets, mean: Some(Compared { parts, products }) })
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
        engine::{BatchNormMode, Network, device::ComputeDevice, test_support::random_maps},
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

    fn matched(toy: &Toy, images: &[Maps], kind: DistanceKind, terms: Terms) -> (f64, Vec<Maps>) {
        let targets: Vec<Target> = (0..CLASSES)
            .map(|class| Target { images: &images[class], labels: &toy.labels[class], real: &toy.real[class] })
            .collect();
        let Matching { targets, mean } = match_gradients(&toy.model, kind, &targets, terms, &mut || true).unwrap();
        let value = |part: Tensor<1>| part.into_scalar::<f64>();
        let mut loss: f64 = mean.into_iter().flat_map(|mean| mean.parts).map(value).sum();
        let mut gradients = Vec::new();
        for target in targets {
            loss += target.distance.into_iter().flat_map(|distance| distance.parts).map(value).sum::<f64>();
            gradients.push(target.image_gradient);
        }
        (loss, gradients)
    }

    fn check(name: &str, shape: ImageShape, kind: DistanceKind, terms: Terms) {
        const STEP: f64 = 1e-6;
        let toy = toy(name, shape);
        let (_, gradients) = matched(&toy, &toy.images, kind, terms);
        let probes: Vec<Maps> = (0..CLASSES as u64)
            .map(|class| random_maps(toy.images[0].dims(), 90 + class, toy.model.device()))
            .collect();
        let at = |step: f64| {
            let moved: Vec<Maps> =
                toy.images.iter().zip(&probes).map(|(image, probe)| image.clone() + probe.clone() * step).collect();
            matched(&toy, &moved, kind, terms).0
        };
        let expected = (at(STEP) - at(-STEP)) / (2.0 * STEP);
        let found: f64 = gradients
            .iter()
            .zip(&probes)
            .map(|(gradient, probe)| (gradient.clone() * probe.clone()).sum().into_scalar::<f64>())
            .sum();
        let error = (found - expected).abs() / expected.abs();
        assert!(error < 1e-5, "{name} {shape} {kind} {terms:?}: {found} against {expected}");
    }

    #[test]
    fn every_distance_and_level_on_a_smooth_network() {
        for kind in DistanceKind::ALL {
            for terms in [Terms::Each, Terms::EachAndMean, Terms::Mean] {
                check("ConvNetW8D2ASwish", ImageShape::new(1, 16, 16), kind, terms);
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
            check(name, shape, DistanceKind::LayerwiseCosine, Terms::Each);
        }
    }

    #[test]
    fn the_mean_term_is_the_distance_of_the_means() {
        let toy = toy("ConvNetW8D1", ImageShape::new(1, 16, 16));
        let specs = toy.model.network().parameter_specs();
        for kind in DistanceKind::ALL {
            let intra = matched(&toy, &toy.images, kind, Terms::Each);
            let both = matched(&toy, &toy.images, kind, Terms::EachAndMean);
            let alone = matched(&toy, &toy.images, kind, Terms::Mean);
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
            assert!((both.0 - intra.0 - expected).abs() < 1e-9 * both.0.abs().max(1.0), "{kind}");
            // The class-collective loss is the mean part of the multi-level loss, without its factor.
            assert!((alone.0 - expected / 3.0).abs() < 1e-9 * expected.max(1.0), "{kind}");
            for ((both, intra), alone) in both.1.into_iter().zip(intra.1).zip(alone.1) {
                let largest = both.clone().abs().max().into_scalar::<f64>();
                let difference = (both - intra - alone * 3.0).abs().max().into_scalar::<f64>();
                assert!(difference < 1e-9 * largest, "{kind}: {difference} of {largest}");
            }
        }
    }
}
