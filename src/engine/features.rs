//! Distribution matching (DM; Zhao and Bilen, WACV 2023): the distance of mean features, and its exact gradient with respect
//! to the images.
//!
//! The features `ψ` are what the last linear layer is given. `D = |mean ψ(S) - mean ψ(T)|²` with `T` held constant, so the
//! gradient at each feature of the `n` images of `S` is `2 (mean ψ(S) - mean ψ(T)) / n`, and one ordinary backward pass
//! carries it to the images. Batch norm is frozen.

use std::ops::Range;

use burn::tensor::Tensor;

use super::{
    BatchNormMode, Maps, Matrix, Model,
    distance::products,
    kernels::linear::{features, maps},
    lanes,
    layers::{GradientSlots, backward_chain, forward_chain, value_chain},
    transfer::sum,
};

/// The synthetic images of one class.
pub struct FeatureTarget<'a> {
    /// Synthetic images `[c, n, h, w]`.
    pub images: &'a Maps,
    /// The mean features of real images, `[features, 1]`.
    pub real: &'a Matrix,
}

/// How far the mean features of one class are apart.
pub struct MatchedFeatures {
    /// `[1]`, the squared distance.
    pub distance: Tensor<1>,
    /// `[3]`, the [`Products`](super::distance::Products) of the two means.
    pub products: Tensor<1>,
    /// `∂distance/∂images`, `[c, n, h, w]`.
    pub image_gradient: Maps,
}

/// The mean features of `images`, `[features, 1]`; `go_on` is asked often, and ends it with `None`, as does no image.
pub fn mean_features(model: &Model, images: &Maps, go_on: &mut dyn FnMut() -> bool) -> Option<Matrix> {
    let [_, n, ..] = images.dims();
    let part = |range: Range<usize>| {
        let mut context = model.context(BatchNormMode::Frozen);
        let layers = &model.network().layers;
        let x = value_chain(&layers[..layers.len() - 1], &mut context, images.clone().slice_dim(1, range));
        features(x).sum_dim(1)
    };
    let sum = lanes::fold_parts_while(n, model.value_parts(), model.device(), part, |a, b| a + b, go_on)?;
    Some(sum / n as f64)
}

/// Matches every target's mean features under `model`; `go_on` is asked often, and ends it with `None`.
pub fn match_features(
    model: &Model,
    targets: &[FeatureTarget],
    go_on: &mut dyn FnMut() -> bool,
) -> Option<Vec<MatchedFeatures>> {
    let images = |target: &&FeatureTarget| target.images.dims()[1];
    let work = |target: &FeatureTarget| match_one(model, target);
    lanes::map_while(targets.iter().collect(), images, model.device(), work, go_on)
}

fn match_one(model: &Model, target: &FeatureTarget) -> MatchedFeatures {
    let layers = &model.network().layers;
    let chain = &layers[..layers.len() - 1];
    let mut context = model.context(BatchNormMode::Frozen);
    let (x, mut memories) = forward_chain(chain, &mut context, target.images.clone());
    let dims @ [c, n, h, w] = x.dims();
    let mean = features(x).mean_dim(1);
    let difference = mean.clone() - target.real.clone();
    let delta = maps((difference.clone() * (2.0 / n as f64)).expand([c * h * w, n]), dims);
    // The parameters' own gradients are left where they fall.
    let mut unused: GradientSlots = vec![None; model.parameters().len()];
    let gradient = backward_chain(chain, model.parameters(), &mut memories, delta, &mut unused, true);
    MatchedFeatures {
        distance: sum(difference.powi_scalar(2)),
        products: products(std::iter::once((&mean, target.real))),
        image_gradient: gradient.unwrap_or_else(|| target.images.zeros_like()),
    }
}

#[cfg(test)]
mod tests {
    //! Whole networks against central differences, in double precision.

    use std::sync::Arc;

    use super::*;
    use crate::{
        domain::{ImageShape, Seed},
        engine::{Network, device::ComputeDevice, test_support::random_maps},
    };

    #[test]
    fn the_gradient_agrees_with_central_differences() {
        const STEP: f64 = 1e-6;
        let device = ComputeDevice::cpu_in_double_precision();
        for (name, shape) in [
            ("ConvNetW8D2ASwish", ImageShape::new(1, 16, 16)),
            ("ConvNetW4D1", ImageShape::new(3, 17, 20)),
            ("ConvNetW4D1ASBN", ImageShape::new(1, 16, 16)),
            ("MLP", ImageShape::new(1, 16, 16)),
            ("LeNet", ImageShape::new(3, 16, 16)),
        ] {
            let network = Arc::new(Network::new(name.parse().unwrap(), shape, 3).unwrap());
            let model = Model::draw(&network, Seed(1), &device);
            let maps = |n: usize, seed| random_maps([shape.channels, n, shape.height, shape.width], seed, &device);
            let (images, probe) = (maps(3, 1), maps(3, 2));
            let real = mean_features(&model, &maps(20, 3), &mut || true).unwrap();
            let matched = |images: &Maps| {
                let target = FeatureTarget { images, real: &real };
                match_features(&model, std::slice::from_ref(&target), &mut || true).unwrap().remove(0)
            };
            let at = |step: f64| matched(&(images.clone() + probe.clone() * step)).distance.into_scalar::<f64>();
            let expected = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            let gradient = matched(&images).image_gradient;
            let found = (gradient * probe.clone()).sum().into_scalar::<f64>();
            assert!((found - expected).abs() < 1e-5 * expected.abs(), "{name}: {found} against {expected}");
        }
    }

    #[test]
    fn the_means_are_those_of_all_features() {
        let device = ComputeDevice::cpu_in_double_precision();
        let network = Arc::new(Network::new("ConvNetW4D1".parse().unwrap(), ImageShape::new(1, 16, 16), 3).unwrap());
        let model = Model::draw(&network, Seed(1), &device);
        let images = random_maps([1, 150, 16, 16], 4, &device);
        let mean = mean_features(&model, &images, &mut || true).unwrap();
        let difference = (mean.clone() - model.features(&images).mean_dim(1)).abs().max().into_scalar::<f64>();
        assert!(difference < 1e-12, "{difference}");
        let same = FeatureTarget { images: &images, real: &mean };
        let matched = match_features(&model, std::slice::from_ref(&same), &mut || true).unwrap();
        assert!(matched[0].distance.clone().into_scalar::<f64>() < 1e-20);
        assert!(mean_features(&model, &images, &mut || false).is_none());
    }
}
