//! Elementwise activations: `y = f(x)`, `δx = f'(x) δ`, `ẏ = f'(x) ẋ`, `δ̇x = f'(x) δ̇ + f''(x) ẋ δ`.

use burn::tensor::activation::{relu, sigmoid};

use super::{Context, GradientSlots, Rules};
use crate::{
    domain::Activation,
    engine::{
        kernels::{block::Tail, rectify},
        transfer::{Maps, Matrix},
    },
};

/// Slope of the leaky ReLU below zero (PyTorch's default).
const LEAK: f64 = 0.01;

/// An activation.
pub(in crate::engine) struct ActivationLayer(pub Activation);

pub(in crate::engine) struct ActivationMemory {
    /// `f'(x)`.
    slope: Maps,
    /// What only a curved activation needs.
    curve: Option<Curve>,
}

struct Curve {
    /// `f''(x)`.
    curvature: Maps,
    delta: Option<Maps>,
    x_dot: Option<Maps>,
}

impl Rules for ActivationLayer {
    type Memory = ActivationMemory;

    fn forward(&self, _: &mut Context, x: Maps) -> (Maps, Self::Memory) {
        let straight = |slope| ActivationMemory { slope, curve: None };
        let curved =
            |slope, curvature| ActivationMemory { slope, curve: Some(Curve { curvature, delta: None, x_dot: None }) };
        match self.0 {
            Activation::Relu => {
                let (y, slope) = rectify(x);
                (y, straight(slope))
            }
            Activation::LeakyRelu => {
                // 1 above zero, the leak elsewhere.
                let slope = relu(x.clone()).sign() * (1.0 - LEAK) + LEAK;
                (x * slope.clone(), straight(slope))
            }
            Activation::Sigmoid => {
                let y = sigmoid(x);
                let slope = y.clone() * (-y.clone() + 1.0);
                let curvature = slope.clone() * (y.clone() * -2.0 + 1.0);
                (y, curved(slope, curvature))
            }
            Activation::Swish => {
                let gate = sigmoid(x.clone());
                let gate_slope = gate.clone() * (-gate.clone() + 1.0);
                let y = x.clone() * gate.clone();
                let slope = gate.clone() + x.clone() * gate_slope.clone();
                let curvature = gate_slope * (x * (gate * -2.0 + 1.0) + 2.0);
                (y, curved(slope, curvature))
            }
        }
    }

    fn tail(&self, context: &Context) -> Option<Tail> {
        (context.fast && self.0 == Activation::Relu).then_some(Tail::Relu)
    }

    fn backward(
        &self,
        _: &[Matrix],
        memory: &mut Self::Memory,
        delta: Maps,
        _: &mut GradientSlots,
        _: bool,
    ) -> Option<Maps> {
        if let Some(curve) = &mut memory.curve {
            curve.delta = Some(delta.clone());
        }
        Some(delta * memory.slope.clone())
    }

    fn tangent(&self, _: &[Matrix], _: &[Matrix], memory: &mut Self::Memory, x_dot: Option<Maps>) -> Option<Maps> {
        let x_dot = x_dot?;
        if let Some(curve) = &mut memory.curve {
            curve.x_dot = Some(x_dot.clone());
        }
        Some(x_dot * memory.slope.clone())
    }

    fn backward_tangent(&self, _: &[Matrix], _: &[Matrix], memory: &mut Self::Memory, delta_dot: Maps) -> Maps {
        let straight = delta_dot * memory.slope.clone();
        match memory.curve.take() {
            Some(Curve { curvature, delta: Some(delta), x_dot: Some(x_dot) }) => straight + curvature * delta * x_dot,
            _ => straight,
        }
    }
}
