//! Layers, each with four rules: forward, backward, tangent, and tangent of the backward pass.
//!
//! The rules are those of Pearlmutter's R-operator (Neural Computation 6(1), 1994) written out layer by layer. For a
//! direction `v` in parameter space, a dot marks the derivative along it: `x` a value, `ẋ` its tangent, `δ` the gradient
//! of the loss with respect to a layer's output, `δ̇` the tangent of that. The tangent of the backward pass ends in the
//! gradient of `<∇θ loss, v>` with respect to the images, which is what gradient matching descends along.
//!
//! Every rule uses what the earlier ones computed, kept in the layer's memory; nothing is computed twice.
//! Maps are `[c, n, h, w]` throughout, features `[f, n, 1, 1]`.

mod activation;
mod block;
mod convolution;
mod linear;
mod local_response;
mod normalization;
mod pooling;
mod residual;

use std::any::Any;

use burn::tensor::Tensor;

pub(super) use activation::ActivationLayer;
pub(super) use block::Block;
pub(super) use convolution::Convolution;
pub(super) use linear::Linear;
pub(super) use local_response::LocalResponse;
pub(super) use normalization::{Affine, BatchNormalization, Normalization, Statistics};
pub(super) use pooling::{AveragePooling, MaxPooling, OverlappingMaxPooling};
pub(super) use residual::Residual;

use super::{
    kernels::{block::Tail, runs_on_host},
    transfer::{Maps, Matrix},
};

/// What batch norm normalises with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchNormMode {
    /// The statistics of the batch at hand; they move the running ones.
    Batch,
    /// The running statistics, which stay as they are.
    Frozen,
}

/// What a forward pass reads and what it observes on the way.
pub(super) struct Context<'a> {
    /// The parameters of the whole network.
    pub parameters: &'a [Matrix],
    /// Whether layers may do better than the plain operations: by loops in single precision in the CPU's memory, which round
    /// in other ways.
    pub fast: bool,
    /// The running statistics of every batch norm.
    pub statistics: &'a [Statistics],
    /// What batch norm normalises with.
    pub batch_norm: BatchNormMode,
    /// New running statistics by batch norm, in [`BatchNormMode::Batch`].
    pub observed: Vec<(usize, Statistics)>,
}

impl<'a> Context<'a> {
    /// With frozen batch norms, and fast where the parameters allow it.
    pub fn new(parameters: &'a [Matrix], statistics: &'a [Statistics]) -> Self {
        let fast = parameters.first().is_some_and(runs_on_host);
        Self { parameters, fast, statistics, batch_norm: BatchNormMode::Frozen, observed: Vec::new() }
    }
}

/// The gradient of each parameter, filled in by the backward pass.
pub(super) type GradientSlots = Vec<Option<Matrix>>;

/// The four rules of a layer; `Memory` carries what one rule leaves for the next.
pub(super) trait Rules: Send + Sync + 'static {
    /// What the forward pass leaves for the other rules.
    type Memory: Send + 'static;

    /// The value `y` of the layer at `x`.
    fn forward(&self, context: &mut Context, x: Maps) -> (Maps, Self::Memory);

    /// The value alone, and `tail` done to it.
    fn value(&self, context: &mut Context, x: Maps, tail: Option<Tail>) -> Maps {
        let y = match self.tail(context) {
            Some(own) => own.apply(x),
            None => self.forward(context, x).0,
        };
        finished(y, tail)
    }

    /// What the layer does, where that is done a plane at a time and may be the end of the layer before it.
    fn tail(&self, _: &Context) -> Option<Tail> {
        None
    }

    /// Adds the parameters' gradients to `gradients` and returns the gradient with respect to `x`, if it is `wanted`.
    fn backward(
        &self,
        parameters: &[Matrix],
        memory: &mut Self::Memory,
        delta: Maps,
        gradients: &mut GradientSlots,
        wanted: bool,
    ) -> Option<Maps>;

    /// The tangent of `y` along `direction`, for the tangent of `x` (`None` is zero).
    fn tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        x_dot: Option<Maps>,
    ) -> Option<Maps>;

    /// The tangent of the gradient with respect to `x`, for the tangent of the gradient with respect to `y`.
    fn backward_tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        delta_dot: Maps,
    ) -> Maps;

    /// Whether the layer has parameters.
    fn has_parameters(&self) -> bool {
        false
    }

    /// Whether the images of a batch can be worked on apart from each other.
    fn is_per_image(&self, _batch_norm: BatchNormMode) -> bool {
        true
    }
}

/// [`Rules`] with the type of the memory hidden, so that layers can stand in one list.
pub(super) trait Layer: Send + Sync {
    fn forward(&self, context: &mut Context, x: Maps) -> (Maps, Memory);
    fn value(&self, context: &mut Context, x: Maps, tail: Option<Tail>) -> Maps;
    fn tail(&self, context: &Context) -> Option<Tail>;
    fn backward(
        &self,
        parameters: &[Matrix],
        memory: &mut Memory,
        delta: Maps,
        gradients: &mut GradientSlots,
        wanted: bool,
    ) -> Option<Maps>;
    fn tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Memory,
        x_dot: Option<Maps>,
    ) -> Option<Maps>;
    fn backward_tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Memory,
        delta_dot: Maps,
    ) -> Maps;
    fn has_parameters(&self) -> bool;
    fn is_per_image(&self, batch_norm: BatchNormMode) -> bool;
}

/// The memory of one layer, to be handed back to the layer that made it.
pub(super) struct Memory(Box<dyn Any + Send>);

impl Memory {
    fn of<M: 'static>(&mut self) -> &mut M {
        self.0.downcast_mut().expect("a memory is handed back to the layer that made it")
    }
}

impl<R: Rules> Layer for R {
    fn forward(&self, context: &mut Context, x: Maps) -> (Maps, Memory) {
        let (y, memory) = Rules::forward(self, context, x);
        (y, Memory(Box::new(memory)))
    }

    fn value(&self, context: &mut Context, x: Maps, tail: Option<Tail>) -> Maps {
        Rules::value(self, context, x, tail)
    }

    fn tail(&self, context: &Context) -> Option<Tail> {
        Rules::tail(self, context)
    }

    fn backward(
        &self,
        parameters: &[Matrix],
        memory: &mut Memory,
        delta: Maps,
        gradients: &mut GradientSlots,
        wanted: bool,
    ) -> Option<Maps> {
        Rules::backward(self, parameters, memory.of(), delta, gradients, wanted)
    }

    fn tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Memory,
        x_dot: Option<Maps>,
    ) -> Option<Maps> {
        Rules::tangent(self, parameters, direction, memory.of(), x_dot)
    }

    fn backward_tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Memory,
        delta_dot: Maps,
    ) -> Maps {
        Rules::backward_tangent(self, parameters, direction, memory.of(), delta_dot)
    }

    fn has_parameters(&self) -> bool {
        Rules::has_parameters(self)
    }

    fn is_per_image(&self, batch_norm: BatchNormMode) -> bool {
        Rules::is_per_image(self, batch_norm)
    }
}

/// Layers one after another.
pub(super) type Chain = [Box<dyn Layer>];

pub(super) fn forward_chain(chain: &Chain, context: &mut Context, mut x: Maps) -> (Maps, Vec<Memory>) {
    let mut memories = Vec::with_capacity(chain.len());
    for layer in chain {
        let (y, memory) = layer.forward(context, x);
        memories.push(memory);
        x = y;
    }
    (x, memories)
}

/// The value alone: nothing is left for the other rules.
pub(super) fn value_chain(chain: &Chain, context: &mut Context, mut x: Maps) -> Maps {
    let mut layers = chain.iter().peekable();
    while let Some(layer) = layers.next() {
        let tail = layers.peek().and_then(|next| next.tail(context));
        if tail.is_some() {
            layers.next();
        }
        x = layer.value(context, x, tail);
    }
    x
}

/// `maps`, and `tail` done to them.
fn finished(maps: Maps, tail: Option<Tail>) -> Maps {
    match tail {
        Some(tail) => tail.apply(maps),
        None => maps,
    }
}

/// The gradient with respect to the chain's input, or `None` when it is not `wanted`: then the pass ends at the first
/// layer that has parameters.
pub(super) fn backward_chain(
    chain: &Chain,
    parameters: &[Matrix],
    memories: &mut [Memory],
    mut delta: Maps,
    gradients: &mut GradientSlots,
    wanted: bool,
) -> Option<Maps> {
    let last_needed = if wanted { 0 } else { chain.iter().position(|layer| layer.has_parameters())? };
    for (index, (layer, memory)) in chain.iter().zip(memories).enumerate().skip(last_needed).rev() {
        delta = layer.backward(parameters, memory, delta, gradients, wanted || index > last_needed)?;
    }
    Some(delta)
}

pub(super) fn tangent_chain(
    chain: &Chain,
    parameters: &[Matrix],
    direction: &[Matrix],
    memories: &mut [Memory],
    x_dot: Option<Maps>,
) -> Option<Maps> {
    chain.iter().zip(memories).fold(x_dot, |x_dot, (layer, memory)| layer.tangent(parameters, direction, memory, x_dot))
}

pub(super) fn backward_tangent_chain(
    chain: &Chain,
    parameters: &[Matrix],
    direction: &[Matrix],
    memories: &mut [Memory],
    delta_dot: Maps,
) -> Maps {
    chain
        .iter()
        .zip(memories)
        .rev()
        .fold(delta_dot, |delta_dot, (layer, memory)| layer.backward_tangent(parameters, direction, memory, delta_dot))
}

/// `a + b` where either may be zero.
fn add<const D: usize>(a: Option<Tensor<D>>, b: Tensor<D>) -> Tensor<D> {
    match a {
        Some(a) => a + b,
        None => b,
    }
}

#[cfg(test)]
mod tests;
