//! Convolution and, on features `[f, n, 1, 1]`, the linear layer, which is the same with a window of one.
//!
//! `y = W P(x) + b`, where `P` lays the patches of `x` out as columns. With `Pᵀ` its adjoint:
//! backward `δx = Pᵀ(Wᵀ δ)`, `∂W = δ P(x)ᵀ`, `∂b` the row sums of `δ`;
//! tangent `ẏ = W P(ẋ) + V P(x) + v_b`; tangent of the backward pass `δ̇x = Pᵀ(Wᵀ δ̇ + Vᵀ δ)`.

use super::{Context, GradientSlots, Rules, add};
use crate::engine::{
    kernels::{Window, patches, scatter},
    transfer::{Maps, Matrix},
};

/// A convolution, or a linear layer as a convolution with a window of one on features.
pub(in crate::engine) struct Convolution {
    /// Position of the weight `[out, in * size * size]` among the parameters.
    pub weight: usize,
    /// Position of the bias `[out, 1]`.
    pub bias: Option<usize>,
    /// The sliding window.
    pub window: Window,
}

pub(in crate::engine) struct ConvolutionMemory {
    /// `P(x)`.
    columns: Matrix,
    /// `[in, n, h, w]`.
    input: [usize; 4],
    /// `δ` as `[out, n * out_h * out_w]`.
    delta: Option<Matrix>,
}

impl ConvolutionMemory {
    /// The maps that `values`, one row an output channel, form.
    fn output(&self, values: Matrix, window: Window) -> Maps {
        let [_, n, h, w] = self.input;
        let [out, _] = values.dims();
        values.reshape([out, n, window.count(h), window.count(w)])
    }
}

/// Maps as one row a channel.
fn rows(maps: Maps) -> Matrix {
    let [c, n, h, w] = maps.dims();
    maps.reshape([c, n * h * w])
}

impl Rules for Convolution {
    type Memory = ConvolutionMemory;

    fn forward(&self, context: &mut Context, x: Maps) -> (Maps, Self::Memory) {
        let input = x.dims();
        let columns = patches(x, self.window);
        let mut y = context.parameters[self.weight].clone().matmul(columns.clone());
        if let Some(bias) = self.bias {
            y = y + context.parameters[bias].clone();
        }
        let memory = ConvolutionMemory { columns, input, delta: None };
        (memory.output(y, self.window), memory)
    }

    fn backward(
        &self,
        parameters: &[Matrix],
        memory: &mut Self::Memory,
        delta: Maps,
        gradients: &mut GradientSlots,
        wanted: bool,
    ) -> Option<Maps> {
        let delta = rows(delta);
        gradients[self.weight] = Some(delta.clone().matmul(memory.columns.clone().transpose()));
        if let Some(bias) = self.bias {
            gradients[bias] = Some(delta.clone().sum_dim(1));
        }
        let input_gradient = wanted.then(|| {
            let columns = parameters[self.weight].clone().transpose().matmul(delta.clone());
            scatter(columns, memory.input, self.window)
        });
        memory.delta = Some(delta);
        input_gradient
    }

    fn tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        x_dot: Option<Maps>,
    ) -> Option<Maps> {
        let through_input = x_dot.map(|x_dot| parameters[self.weight].clone().matmul(patches(x_dot, self.window)));
        let mut y_dot = add(through_input, direction[self.weight].clone().matmul(memory.columns.clone()));
        if let Some(bias) = self.bias {
            y_dot = y_dot + direction[bias].clone();
        }
        Some(memory.output(y_dot, self.window))
    }

    fn backward_tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        delta_dot: Maps,
    ) -> Maps {
        let through_delta_dot = parameters[self.weight].clone().transpose().matmul(rows(delta_dot));
        let through_direction =
            memory.delta.take().map(|delta| direction[self.weight].clone().transpose().matmul(delta));
        scatter(add(through_direction, through_delta_dot), memory.input, self.window)
    }

    fn has_parameters(&self) -> bool {
        true
    }
}
