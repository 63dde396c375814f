//! Normalisations: instance, group and layer norm, and batch norm with the batch's or frozen statistics.
//!
//! `x̂ = (x - mean) r` with `r = (var + ε)^-½` over the rows of a kind, then `y = γ x̂ + β`. With `d = ẋ - mean(ẋ)`,
//! `q = mean(x̂ d)`, `g = γ δ`:
//! backward `δx = r (g - mean(g) - x̂ mean(g x̂))`;
//! tangent `x̂' = (d - x̂ q) r`, `ẏ = γ x̂' + v_γ x̂ + v_β`;
//! tangent of the backward pass, with `ġ = γ δ̇ + v_γ δ`:
//! `δ̇x = -r q δx + r (ġ - mean(ġ) - x̂' mean(g x̂) - x̂ (mean(ġ x̂) + mean(g x̂')))`.

use burn::tensor::Tensor;

use super::{BatchNormMode, Context, GradientSlots, Rules, add};
use crate::engine::{
    device::ComputeDevice,
    transfer::{self, Maps, Matrix},
};

/// Added to a variance before its root (PyTorch's default).
const EPSILON: f64 = 1e-5;

/// Which values share a mean and a variance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// A group of channels of an image; with as many groups as channels this is instance norm.
    Groups(usize),
    /// A channel, over the batch.
    Channels,
}

impl Rows {
    /// Maps as one row for each mean.
    fn split(self, maps: Maps) -> Matrix {
        let [c, n, h, w] = maps.dims();
        match self {
            Self::Groups(groups) if groups == c => maps.reshape([c * n, h * w]),
            Self::Groups(groups) => maps
                .reshape([groups, c / groups, n, h * w])
                .permute([0, 2, 1, 3])
                .reshape([groups * n, c / groups * h * w]),
            Self::Channels => maps.reshape([c, n * h * w]),
        }
    }

    /// The inverse of [`Rows::split`].
    fn join(self, rows: Matrix, dims @ [c, n, h, w]: [usize; 4]) -> Maps {
        match self {
            Self::Groups(groups) if groups != c => {
                rows.reshape([groups, n, c / groups, h * w]).permute([0, 2, 1, 3]).reshape(dims)
            }
            _ => rows.reshape(dims),
        }
    }
}

/// Scale and shift: the positions of `γ` and `β` among the parameters, each `[c, 1]` or, an element each, `[c, h * w]`.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Affine {
    pub scale: usize,
    pub shift: usize,
}

/// `maps * factor`, the factor a channel's or an element's.
fn scaled(maps: Maps, factor: &Matrix) -> Maps {
    broadcast(maps, factor, |maps, factor| maps * factor)
}

/// `maps + term`, the term a channel's or an element's.
fn shifted(maps: Maps, term: &Matrix) -> Maps {
    broadcast(maps, term, |maps, term| maps + term)
}

fn broadcast(maps: Maps, operand: &Matrix, apply: impl Fn(Tensor<3>, Tensor<3>) -> Tensor<3>) -> Maps {
    let dims @ [c, n, h, w] = maps.dims();
    let [_, columns] = operand.dims();
    if columns == 1 {
        // Two dimensions broadcast faster than three on the CPU.
        let rows = apply(maps.reshape([1, c, n * h * w]), operand.clone().reshape([1, c, 1]));
        return rows.reshape(dims);
    }
    apply(maps.reshape([c, n, h * w]), operand.clone().reshape([c, 1, columns])).reshape(dims)
}

/// The sum of `maps` over what shares a parameter of `columns` columns.
fn gathered(maps: Maps, columns: usize) -> Matrix {
    let [c, n, h, w] = maps.dims();
    if columns == 1 {
        return maps.reshape([c, n * h * w]).sum_dim(1);
    }
    maps.reshape([c, n, h * w]).sum_dim(1).reshape([c, columns])
}

impl Affine {
    /// `γ x̂ + β`.
    fn forward(self, parameters: &[Matrix], normalized: Maps) -> Maps {
        shifted(scaled(normalized, &parameters[self.scale]), &parameters[self.shift])
    }

    /// Fills in `∂γ = Σ δ x̂` and `∂β = Σ δ`.
    fn backward(self, parameters: &[Matrix], normalized: &Maps, delta: &Maps, gradients: &mut GradientSlots) {
        let [_, columns] = parameters[self.scale].dims();
        gradients[self.scale] = Some(gathered(delta.clone() * normalized.clone(), columns));
        gradients[self.shift] = Some(gathered(delta.clone(), columns));
    }

    /// `γ x̂' + v_γ x̂ + v_β`.
    fn tangent(self, parameters: &[Matrix], direction: &[Matrix], normalized: &Maps, tangent: Option<Maps>) -> Maps {
        let through_input = tangent.map(|tangent| scaled(tangent, &parameters[self.scale]));
        shifted(add(through_input, scaled(normalized.clone(), &direction[self.scale])), &direction[self.shift])
    }
}

/// Instance, group or layer norm.
pub(in crate::engine) struct Normalization {
    /// Groups of channels that share a mean: as many as channels is instance norm, one is layer norm.
    pub groups: usize,
    /// `γ` and `β`.
    pub affine: Affine,
}

/// What the rules of a normalisation by its own statistics leave for each other.
pub(in crate::engine) struct StandardizedMemory {
    /// `x̂`, as maps.
    normalized: Maps,
    /// `r`, one a row.
    inverse_deviation: Matrix,
    /// `g` and `δx` as rows, `mean(g x̂)`, and `δ`.
    backward: Option<Backward>,
    /// `x̂'` as rows, and `q`.
    tangent: Option<(Matrix, Matrix)>,
}

struct Backward {
    scaled_delta: Matrix,
    input_gradient: Matrix,
    projection: Matrix,
    delta: Maps,
}

/// `x̂` and `r`, and the mean and variance behind them.
fn standardize(rows: Matrix) -> (Matrix, Matrix, Matrix, Matrix) {
    let mean = rows.clone().mean_dim(1);
    let centred = rows - mean.clone();
    let variance = centred.clone().powi_scalar(2).mean_dim(1);
    let inverse_deviation = (variance.clone() + EPSILON).sqrt().recip();
    (centred * inverse_deviation.clone(), inverse_deviation, mean, variance)
}

fn standardized_backward(
    rows: Rows,
    affine: Affine,
    parameters: &[Matrix],
    memory: &mut StandardizedMemory,
    delta: Maps,
    gradients: &mut GradientSlots,
) -> Maps {
    let dims = delta.dims();
    affine.backward(parameters, &memory.normalized, &delta, gradients);
    let normalized = rows.split(memory.normalized.clone());
    let scaled_delta = rows.split(scaled(delta.clone(), &parameters[affine.scale]));
    let projection = (scaled_delta.clone() * normalized.clone()).mean_dim(1);
    let mean = scaled_delta.clone().mean_dim(1);
    let input_gradient =
        (scaled_delta.clone() - normalized * projection.clone() - mean) * memory.inverse_deviation.clone();
    let result = rows.join(input_gradient.clone(), dims);
    memory.backward = Some(Backward { scaled_delta, input_gradient, projection, delta });
    result
}

fn standardized_tangent(
    rows: Rows,
    affine: Affine,
    parameters: &[Matrix],
    direction: &[Matrix],
    memory: &mut StandardizedMemory,
    x_dot: Option<Maps>,
) -> Maps {
    let dims = memory.normalized.dims();
    let tangent = x_dot.map(|x_dot| {
        let x_dot = rows.split(x_dot);
        let normalized = rows.split(memory.normalized.clone());
        let mean = x_dot.clone().mean_dim(1);
        let centred = x_dot - mean;
        let projection = (normalized.clone() * centred.clone()).mean_dim(1);
        let tangent = (centred - normalized * projection.clone()) * memory.inverse_deviation.clone();
        memory.tangent = Some((tangent.clone(), projection));
        rows.join(tangent, dims)
    });
    affine.tangent(parameters, direction, &memory.normalized, tangent)
}

fn standardized_backward_tangent(
    rows: Rows,
    affine: Affine,
    parameters: &[Matrix],
    direction: &[Matrix],
    memory: &mut StandardizedMemory,
    delta_dot: Maps,
) -> Maps {
    let dims = delta_dot.dims();
    let normalized = rows.split(memory.normalized.clone());
    let through_delta_dot = scaled(delta_dot, &parameters[affine.scale]);
    let Some(Backward { scaled_delta, input_gradient, projection, delta }) = memory.backward.take() else {
        unreachable!("the tangent of a backward pass follows that pass");
    };
    // ġ
    let moved = rows.split(through_delta_dot + scaled(delta, &direction[affine.scale]));
    let mean = moved.clone().mean_dim(1);
    let mut moved_projection = (moved.clone() * normalized.clone()).mean_dim(1);
    let mut result = moved - mean;
    let mut carried = None;
    if let Some((tangent, shift)) = memory.tangent.take() {
        moved_projection = moved_projection + (scaled_delta * tangent.clone()).mean_dim(1);
        result = result - tangent * projection;
        carried = Some(input_gradient * shift);
    }
    result = (result - normalized * moved_projection) * memory.inverse_deviation.clone();
    if let Some(carried) = carried {
        result = result - carried * memory.inverse_deviation.clone();
    }
    rows.join(result, dims)
}

impl Rules for Normalization {
    type Memory = StandardizedMemory;

    fn forward(&self, context: &mut Context, x: Maps) -> (Maps, Self::Memory) {
        let dims = x.dims();
        let rows = Rows::Groups(self.groups);
        let (normalized, inverse_deviation, ..) = standardize(rows.split(x));
        let normalized = rows.join(normalized, dims);
        let y = self.affine.forward(context.parameters, normalized.clone());
        (y, StandardizedMemory { normalized, inverse_deviation, backward: None, tangent: None })
    }

    fn backward(
        &self,
        parameters: &[Matrix],
        memory: &mut Self::Memory,
        delta: Maps,
        gradients: &mut GradientSlots,
        _: bool,
    ) -> Option<Maps> {
        Some(standardized_backward(Rows::Groups(self.groups), self.affine, parameters, memory, delta, gradients))
    }

    fn tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        x_dot: Option<Maps>,
    ) -> Option<Maps> {
        Some(standardized_tangent(Rows::Groups(self.groups), self.affine, parameters, direction, memory, x_dot))
    }

    fn backward_tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        delta_dot: Maps,
    ) -> Maps {
        standardized_backward_tangent(Rows::Groups(self.groups), self.affine, parameters, direction, memory, delta_dot)
    }

    fn has_parameters(&self) -> bool {
        true
    }
}

/// Running mean and variance of a batch norm, each `[c, 1]`.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Statistics {
    pub mean: Matrix,
    pub variance: Matrix,
}

impl Statistics {
    /// Mean 0, variance 1: what PyTorch begins with.
    pub(in crate::engine) fn fresh(channels: usize, device: &ComputeDevice) -> Self {
        Self {
            mean: transfer::matrix(vec![0.0; channels], channels, 1, device),
            variance: transfer::matrix(vec![1.0; channels], channels, 1, device),
        }
    }

    /// Moves a tenth of the way to a batch's statistics; the variance is the unbiased one, as in PyTorch.
    fn moved(&self, mean: Matrix, variance: Matrix, values: usize) -> Self {
        const MOMENTUM: f64 = 0.1;
        let unbiased = variance * (values as f64 / (values.max(2) - 1) as f64);
        Self {
            mean: self.mean.clone() * (1.0 - MOMENTUM) + mean * MOMENTUM,
            variance: self.variance.clone() * (1.0 - MOMENTUM) + unbiased * MOMENTUM,
        }
    }
}

/// Batch norm.
pub(in crate::engine) struct BatchNormalization {
    /// Position among the network's batch norms.
    pub index: usize,
    /// `γ` and `β`.
    pub affine: Affine,
}

pub(in crate::engine) enum BatchNormalizationMemory {
    /// Normalised by the batch's own statistics.
    Batch(Box<StandardizedMemory>),
    /// Normalised by constants: linear in `x`.
    Frozen(Box<FrozenMemory>),
}

pub(in crate::engine) struct FrozenMemory {
    /// `x̂`.
    normalized: Maps,
    /// `r`, `[c, 1]`.
    inverse_deviation: Matrix,
    delta: Option<Maps>,
}

impl Rules for BatchNormalization {
    type Memory = BatchNormalizationMemory;

    fn forward(&self, context: &mut Context, x: Maps) -> (Maps, Self::Memory) {
        let dims @ [_, n, h, w] = x.dims();
        let running = &context.statistics[self.index];
        let (normalized, memory) = match context.batch_norm {
            BatchNormMode::Batch => {
                let (normalized, inverse_deviation, mean, variance) = standardize(Rows::Channels.split(x));
                let normalized = Rows::Channels.join(normalized, dims);
                context.observed.push((self.index, running.moved(mean, variance, n * h * w)));
                let memory = StandardizedMemory {
                    normalized: normalized.clone(),
                    inverse_deviation,
                    backward: None,
                    tangent: None,
                };
                (normalized, BatchNormalizationMemory::Batch(Box::new(memory)))
            }
            BatchNormMode::Frozen => {
                let inverse_deviation = (running.variance.clone() + EPSILON).sqrt().recip();
                let normalized = scaled(shifted(x, &-running.mean.clone()), &inverse_deviation);
                let memory = FrozenMemory { normalized: normalized.clone(), inverse_deviation, delta: None };
                (normalized, BatchNormalizationMemory::Frozen(Box::new(memory)))
            }
        };
        (self.affine.forward(context.parameters, normalized), memory)
    }

    fn backward(
        &self,
        parameters: &[Matrix],
        memory: &mut Self::Memory,
        delta: Maps,
        gradients: &mut GradientSlots,
        _: bool,
    ) -> Option<Maps> {
        Some(match memory {
            BatchNormalizationMemory::Batch(memory) => {
                standardized_backward(Rows::Channels, self.affine, parameters, memory, delta, gradients)
            }
            BatchNormalizationMemory::Frozen(memory) => {
                self.affine.backward(parameters, &memory.normalized, &delta, gradients);
                memory.delta = Some(delta.clone());
                scaled(delta, &(parameters[self.affine.scale].clone() * memory.inverse_deviation.clone()))
            }
        })
    }

    fn tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        x_dot: Option<Maps>,
    ) -> Option<Maps> {
        Some(match memory {
            BatchNormalizationMemory::Batch(memory) => {
                standardized_tangent(Rows::Channels, self.affine, parameters, direction, memory, x_dot)
            }
            BatchNormalizationMemory::Frozen(memory) => {
                let tangent = x_dot.map(|x_dot| scaled(x_dot, &memory.inverse_deviation));
                self.affine.tangent(parameters, direction, &memory.normalized, tangent)
            }
        })
    }

    fn backward_tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        delta_dot: Maps,
    ) -> Maps {
        match memory {
            BatchNormalizationMemory::Batch(memory) => {
                standardized_backward_tangent(Rows::Channels, self.affine, parameters, direction, memory, delta_dot)
            }
            BatchNormalizationMemory::Frozen(memory) => {
                let factor = |scale: &[Matrix]| scale[self.affine.scale].clone() * memory.inverse_deviation.clone();
                let through_direction = memory.delta.take().map(|delta| scaled(delta, &factor(direction)));
                add(through_direction, scaled(delta_dot, &factor(parameters)))
            }
        }
    }

    fn has_parameters(&self) -> bool {
        true
    }

    fn is_per_image(&self, batch_norm: BatchNormMode) -> bool {
        batch_norm == BatchNormMode::Frozen
    }
}
