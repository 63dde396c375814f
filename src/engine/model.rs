//! A network with its parameters: logits, features, loss gradients, and the passes that matching is made of.

use std::{ops::Range, sync::Arc};

use burn::tensor::Tensor;
use thiserror::Error;

use super::{
    EngineError, Maps, Matrix, Network, ParameterSpec,
    device::ComputeDevice,
    kernels::{
        linear::{as_maps, features},
        steps::add,
    },
    lanes::{self, PartSize},
    layers::{
        BatchNormMode, Context, GradientSlots, Memory, Statistics, backward_chain, backward_tangent_chain,
        forward_chain, tangent_chain, value_chain,
    },
    loss::{CrossEntropy, SoftTarget, one_hot, soft_cross_entropy},
    parameters, transfer,
};
use crate::domain::Seed;

/// Why values are not the parameters of a network.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ModelError {
    /// Another number of parameters.
    #[error("the network has {expected} parameters, but {found} were given")]
    Count {
        /// Parameters of the network.
        expected: usize,
        /// Parameters given.
        found: usize,
    },
    /// Another number of values of one parameter.
    #[error("parameter {name} has {expected} values, but {found} were given")]
    Length {
        /// The parameter.
        name: String,
        /// Values that it has.
        expected: usize,
        /// Values given.
        found: usize,
    },
}

/// A network with parameters on a device.
#[derive(Clone)]
pub struct Model {
    network: Arc<Network>,
    device: ComputeDevice,
    /// In the order of [`Network::parameter_specs`].
    parameters: Vec<Matrix>,
    /// Of these parameters.
    statistics: Vec<Statistics>,
}

/// The loss of a batch and its gradient.
pub struct LossGradient {
    /// The mean cross-entropy.
    pub loss: Tensor<1>,
    /// One gradient a parameter.
    pub gradients: Vec<Matrix>,
    observed: Vec<(usize, Statistics)>,
}

impl Model {
    /// `network` with PyTorch's default initialisation, drawn from the stream `seed`; batch norms begin fresh.
    #[must_use]
    pub fn draw(network: &Arc<Network>, seed: Seed, device: &ComputeDevice) -> Self {
        Self::with_parameters(network, parameters::draw(&network.specs, seed, device), device)
    }

    /// `network` with given parameters, each row by row, in the order of [`Network::parameter_specs`]; batch norms
    /// begin fresh.
    ///
    /// # Errors
    ///
    /// When the number of parameters, or of the values of one, is not the network's.
    pub fn with_values(
        network: &Arc<Network>,
        values: Vec<Vec<f32>>,
        device: &ComputeDevice,
    ) -> Result<Self, ModelError> {
        let specs = network.parameter_specs();
        if values.len() != specs.len() {
            return Err(ModelError::Count { expected: specs.len(), found: values.len() });
        }
        let matrix = |(spec, values): (&ParameterSpec, Vec<f32>)| {
            if values.len() != spec.len() {
                let (name, expected) = (spec.name.clone(), spec.len());
                return Err(ModelError::Length { name, expected, found: values.len() });
            }
            Ok(transfer::matrix(values, spec.rows(), spec.columns(), device))
        };
        let parameters = specs.iter().zip(values).map(matrix).collect::<Result<_, _>>()?;
        Ok(Self::with_parameters(network, parameters, device))
    }

    fn with_parameters(network: &Arc<Network>, parameters: Vec<Matrix>, device: &ComputeDevice) -> Self {
        let statistics = network.batch_norms.iter().map(|&channels| Statistics::fresh(channels, device)).collect();
        Self { network: Arc::clone(network), device: device.clone(), parameters, statistics }
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The device the parameters are on.
    #[must_use]
    pub const fn device(&self) -> &ComputeDevice {
        &self.device
    }

    /// The parameters, in the order of [`Network::parameter_specs`].
    #[must_use]
    pub fn parameters(&self) -> &[Matrix] {
        &self.parameters
    }

    /// The parameters, to be changed.
    pub(super) fn parameters_mut(&mut self) -> &mut [Matrix] {
        &mut self.parameters
    }

    /// Running mean and variance, `[c, 1]` each, of every batch norm.
    pub fn running_statistics(&self) -> impl Iterator<Item = (&Matrix, &Matrix)> {
        self.statistics.iter().map(|statistics| (&statistics.mean, &statistics.variance))
    }

    /// Logits `[classes, n]`; batch norm uses its running statistics.
    #[must_use]
    pub fn logits(&self, images: &Maps) -> Matrix {
        self.values(images, self.network.layers.len())
    }

    /// What the last linear layer is given, `[features, n]`.
    #[must_use]
    pub fn features(&self, images: &Maps) -> Matrix {
        self.values(images, self.network.layers.len() - 1)
    }

    /// The value after the first `layers` layers, as features.
    fn values(&self, images: &Maps, layers: usize) -> Matrix {
        let [_, n, ..] = images.dims();
        let part = |range: Range<usize>| {
            let mut context = self.context(BatchNormMode::Frozen);
            let x = images.clone().slice_dim(1, range);
            vec![features(value_chain(&self.network.layers[..layers], &mut context, x))]
        };
        let size = self.value_parts();
        let parts = lanes::fold_parts(n, size, &self.device, part, |mut a, b| {
            a.extend(b);
            a
        });
        Tensor::cat(parts.unwrap_or_default(), 1)
    }

    /// How a batch is cut up for a value pass.
    pub(super) fn value_parts(&self) -> PartSize {
        PartSize::of_values(&self.network, self.device.binding_bytes())
    }

    /// The mean cross-entropy over `images` `[c, n, h, w]` and its gradient with respect to the parameters.
    ///
    /// # Panics
    ///
    /// When there is no image, or a label is not below the number of classes.
    #[must_use]
    pub fn loss_gradient(&self, images: &Maps, labels: &[usize], batch_norm: BatchNormMode) -> LossGradient {
        let gradient = self.loss_gradient_while(images, labels, batch_norm, &mut || true);
        gradient.unwrap_or_else(|| unreachable!("a batch of at least one image has a part"))
    }

    /// As [`Model::loss_gradient`], with the same result bit for bit; `go_on` is asked often, and ends it with `None`.
    ///
    /// # Panics
    ///
    /// When there is no image, or a label is not below the number of classes.
    pub fn loss_gradient_while(
        &self,
        images: &Maps,
        labels: &[usize],
        batch_norm: BatchNormMode,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Option<LossGradient> {
        let shares = one_hot(labels, self.network.classes, &self.device);
        self.gradient_of_shares(images, &shares, batch_norm, go_on)
    }

    /// As [`Model::loss_gradient`], for images that are mixed of two: the first of `labels` counts with `share`, the second
    /// with the rest (`CutMix`).
    ///
    /// # Panics
    ///
    /// When there is no image, or a label is not below the number of classes.
    #[must_use]
    pub fn mixed_loss_gradient(
        &self,
        images: &Maps,
        labels: [&[usize]; 2],
        share: f64,
        batch_norm: BatchNormMode,
    ) -> LossGradient {
        let [first, second] = labels.map(|labels| one_hot(labels, self.network.classes, &self.device));
        let shares = first * share + second * (1.0 - share);
        let gradient = self.gradient_of_shares(images, &shares, batch_norm, &mut || true);
        gradient.unwrap_or_else(|| unreachable!("a batch of at least one image has a part"))
    }

    /// The loss for `shares` `[classes, n]` of the classes in each image, and its gradient.
    fn gradient_of_shares(
        &self,
        images: &Maps,
        shares: &Matrix,
        batch_norm: BatchNormMode,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Option<LossGradient> {
        let [_, n] = shares.dims();
        assert!(n > 0, "a batch has at least one image");
        let work = |range: Range<usize>| {
            let x = images.clone().slice_dim(1, range.clone());
            let mut pass = self.begin_shares(self.context(batch_norm), x, shares.clone().slice_dim(1, range), n);
            let loss = pass.loss.clone();
            let gradients = pass.gradients();
            LossGradient { loss, gradients, observed: pass.observed }
        };
        self.fold(n, batch_norm, work, go_on)
    }

    /// The sum of `targets`, each as the mean over `images` `[c, n, h, w]`, and its gradient with respect to the parameters.
    ///
    /// # Panics
    ///
    /// When there is no image, or a target is of another number of images or of outputs that the network has not.
    #[must_use]
    pub fn soft_loss_gradient(&self, images: &Maps, targets: &[SoftTarget], batch_norm: BatchNormMode) -> LossGradient {
        let [_, n, ..] = images.dims();
        assert!(n > 0, "a batch has at least one image");
        let work = |range: Range<usize>| {
            let mut context = self.context(batch_norm);
            let x = images.clone().slice_dim(1, range.clone());
            let (y, mut memories) = forward_chain(&self.network.layers, &mut context, x);
            let [classes, images, ..] = y.dims();
            let (loss, delta) = soft_cross_entropy(&y.reshape([classes, images]), targets, &range, n);
            LossGradient { loss, gradients: self.backward(&mut memories, delta), observed: context.observed }
        };
        let gradient = self.fold(n, batch_norm, work, &mut || true);
        gradient.unwrap_or_else(|| unreachable!("a batch of at least one image has a part"))
    }

    /// `work` on the parts of a batch of `n` images, added up; `None` when `go_on`, which is asked often, ends it.
    fn fold(
        &self,
        n: usize,
        batch_norm: BatchNormMode,
        work: impl Fn(Range<usize>) -> LossGradient + Sync + Send,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Option<LossGradient> {
        if !self.network.layers.iter().all(|layer| layer.is_per_image(batch_norm)) {
            return go_on().then(|| work(0..n));
        }
        let join = |a: LossGradient, b: LossGradient| LossGradient {
            loss: a.loss + b.loss,
            gradients: a.gradients.into_iter().zip(b.gradients).map(|(a, b)| add(a, b)).collect(),
            observed: a.observed,
        };
        let size = PartSize::of_gradient(&self.network, self.device.binding_bytes());
        lanes::fold_parts_while(n, size, &self.device, work, join, go_on)
    }

    /// The mean cross-entropy over `images`; batch norm uses its running statistics.
    ///
    /// # Errors
    ///
    /// When the device fails.
    pub fn loss(&self, images: &Maps, labels: &[usize]) -> Result<f64, EngineError> {
        let logits = self.logits(images);
        let one_hot = one_hot(labels, self.network.classes, &self.device);
        let weight = 1.0 / labels.len().max(1) as f64;
        let (loss, _) = CrossEntropy::forward(logits, &one_hot, weight);
        Ok(transfer::read(loss)?.first().copied().map_or(f64::NAN, f64::from))
    }

    /// The value pass of a batch to be matched, kept for the passes that follow; batch norm is frozen.
    pub(super) fn begin_matching(&self, x: Maps, labels: &[usize]) -> Pass<'_> {
        let context = self.context(BatchNormMode::Frozen);
        let context = Context { fast: context.fast && !self.network.matches_plainly, ..context };
        self.begin_shares(context, x, one_hot(labels, self.network.classes, &self.device), labels.len())
    }

    /// The value pass for shares `[classes, images]` of the classes in each image, kept for the passes that follow; `n` is the
    /// size of the batch it is part of.
    fn begin_shares<'a>(&'a self, mut context: Context<'a>, x: Maps, shares: Matrix, n: usize) -> Pass<'a> {
        let (y, memories) = forward_chain(&self.network.layers, &mut context, x);
        let [classes, images, ..] = y.dims();
        let weight = 1.0 / n as f64;
        let (loss, cross_entropy) = CrossEntropy::forward(y.reshape([classes, images]), &shares, weight);
        Pass { model: self, memories, shares, cross_entropy, loss, observed: context.observed }
    }

    /// The gradient of every parameter, for that of the logits `[classes, n]`.
    fn backward(&self, memories: &mut [Memory], delta: Matrix) -> Vec<Matrix> {
        let mut slots: GradientSlots = vec![None; self.parameters.len()];
        backward_chain(&self.network.layers, &self.parameters, memories, as_maps(delta), &mut slots, false);
        let filled = slots.into_iter().zip(&self.parameters);
        filled.map(|(gradient, parameter)| gradient.unwrap_or_else(|| parameter.zeros_like())).collect()
    }

    pub(super) fn context(&self, batch_norm: BatchNormMode) -> Context<'_> {
        Context { batch_norm, ..Context::new(&self.parameters, &self.statistics) }
    }

    /// Takes over the running statistics that a pass in [`BatchNormMode::Batch`] observed.
    pub fn observe(&mut self, gradient: &LossGradient) {
        for (index, statistics) in &gradient.observed {
            self.statistics[*index] = statistics.clone();
        }
    }

    /// Moves the running statistics by one batch (the published rule before matching: 16 real images a class).
    pub fn observe_batch(&mut self, images: Maps) {
        let mut context = self.context(BatchNormMode::Batch);
        value_chain(&self.network.layers, &mut context, images);
        for (index, statistics) in context.observed {
            self.statistics[index] = statistics;
        }
    }

    /// Whether a layer is a batch norm.
    #[must_use]
    pub fn has_batch_norm(&self) -> bool {
        !self.network.batch_norms.is_empty()
    }

    /// The class with the largest logit, for each image.
    ///
    /// # Errors
    ///
    /// When the device fails.
    pub fn classify(&self, images: &Maps) -> Result<Vec<usize>, EngineError> {
        self.classify_among(images, 0..self.network.classes)
    }

    /// The largest of the logits `rows`, which must be some, counted from the first of them, for each image.
    ///
    /// # Errors
    ///
    /// When the device fails.
    pub fn classify_among(&self, images: &Maps, rows: Range<usize>) -> Result<Vec<usize>, EngineError> {
        let [_, n, ..] = images.dims();
        let values = transfer::read(self.logits(images))?;
        let logit = |class: usize, image: usize| values[(rows.start + class) * n + image];
        let largest = |image: usize| {
            let better = |best, class| if logit(class, image) > logit(best, image) { class } else { best };
            (0..rows.len()).fold(0, better)
        };
        Ok((0..n).map(largest).collect())
    }
}

/// A batch on its way through the four passes: value, backward, tangent, tangent of the backward pass.
pub(super) struct Pass<'a> {
    model: &'a Model,
    memories: Vec<Memory>,
    /// `[classes, n]`, one-hot unless images are mixed.
    shares: Matrix,
    cross_entropy: CrossEntropy,
    /// The mean cross-entropy.
    pub loss: Tensor<1>,
    observed: Vec<(usize, Statistics)>,
}

impl Pass<'_> {
    /// The backward pass: the gradient of the loss with respect to every parameter.
    pub(super) fn gradients(&mut self) -> Vec<Matrix> {
        self.model.backward(&mut self.memories, self.cross_entropy.backward(&self.shares))
    }

    /// The gradient of `<∇θ loss, direction>` with respect to the images `[c, n, h, w]`; follows [`Pass::gradients`].
    pub(super) fn image_gradient(mut self, direction: &[Matrix]) -> Maps {
        let Model { network, parameters, .. } = self.model;
        let logits_dot = tangent_chain(&network.layers, parameters, direction, &mut self.memories, None)
            .unwrap_or_else(|| unreachable!("a network ends in a layer with parameters"));
        let [classes, n, ..] = logits_dot.dims();
        let delta_dot = as_maps(self.cross_entropy.backward_tangent(logits_dot.reshape([classes, n])));
        backward_tangent_chain(&network.layers, parameters, direction, &mut self.memories, delta_dot)
    }
}
