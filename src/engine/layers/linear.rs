//! The linear layer, on maps as on features `[f, n, 1, 1]`.
//!
//! With `X` the maps of an image as a column: `y = W X + b`; backward `δX = Wᵀ δ`, `∂W = δ Xᵀ`, `∂b` the row sums of `δ`;
//! tangent `ẏ = W Ẋ + V X + v_b`; tangent of the backward pass `δ̇X = Wᵀ δ̇ + Vᵀ δ`.

use super::{Context, GradientSlots, Rules, add};
use crate::engine::{
    kernels::linear::{as_maps, features, input, outputs, weight_gradient},
    transfer::{Maps, Matrix},
};

/// A linear layer.
pub(in crate::engine) struct Linear {
    /// Position of the weight `[out, c * h * w]` among the parameters.
    pub weight: usize,
    /// Position of the bias `[out, 1]`.
    pub bias: usize,
}

pub(in crate::engine) struct LinearMemory {
    x: Maps,
    delta: Option<Matrix>,
}

impl Rules for Linear {
    type Memory = LinearMemory;

    fn forward(&self, context: &mut Context, x: Maps) -> (Maps, Self::Memory) {
        let [weight, bias] = [self.weight, self.bias].map(|parameter| context.parameters[parameter].clone());
        let y = as_maps(outputs(weight, x.clone(), Some(bias)));
        (y, LinearMemory { x, delta: None })
    }

    fn backward(
        &self,
        parameters: &[Matrix],
        memory: &mut Self::Memory,
        delta: Maps,
        gradients: &mut GradientSlots,
        wanted: bool,
    ) -> Option<Maps> {
        let delta = features(delta);
        gradients[self.bias] = Some(delta.clone().sum_dim(1));
        gradients[self.weight] = Some(weight_gradient(delta.clone(), memory.x.clone()));
        memory.delta = Some(delta.clone());
        wanted.then(|| input(parameters[self.weight].clone(), delta, memory.x.dims()))
    }

    fn tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        x_dot: Option<Maps>,
    ) -> Option<Maps> {
        let [weight, bias] = [self.weight, self.bias].map(|parameter| direction[parameter].clone());
        let through_input = x_dot.map(|x_dot| outputs(parameters[self.weight].clone(), x_dot, None));
        Some(as_maps(add(through_input, outputs(weight, memory.x.clone(), Some(bias)))))
    }

    fn backward_tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        delta_dot: Maps,
    ) -> Maps {
        let dims = memory.x.dims();
        let through_delta_dot = input(parameters[self.weight].clone(), features(delta_dot), dims);
        let delta = memory.delta.take();
        add(delta.map(|delta| input(direction[self.weight].clone(), delta, dims)), through_delta_dot)
    }

    fn has_parameters(&self) -> bool {
        true
    }
}
