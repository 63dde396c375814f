//! Stochastic gradient descent with momentum and weight decay, as PyTorch defines it:
//! `g ← g + λ p`, `v ← μ v + g`, `p ← p - η v`.

use super::{
    LossGradient, Matrix, Model,
    kernels::steps::{Rates, descend},
};

/// The optimiser of a model's parameters.
pub struct Sgd {
    /// `η`.
    pub learning_rate: f64,
    /// `μ`.
    pub momentum: f64,
    /// `λ`.
    pub weight_decay: f64,
    velocity: Vec<Matrix>,
}

impl Sgd {
    /// An optimiser at rest.
    #[must_use]
    pub const fn new(learning_rate: f64, momentum: f64, weight_decay: f64) -> Self {
        Self { learning_rate, momentum, weight_decay, velocity: Vec::new() }
    }

    /// One step along `gradient`, which also moves the running statistics of batch norm.
    pub fn step(&mut self, model: &mut Model, gradient: LossGradient) {
        model.observe(&gradient);
        let Self { learning_rate, momentum, weight_decay, .. } = *self;
        let rates = Rates { learning_rate, momentum, weight_decay };
        let mut previous = std::mem::take(&mut self.velocity).into_iter();
        for (parameter, gradient) in model.parameters_mut().iter_mut().zip(gradient.gradients) {
            parameter.inplace(|parameter| {
                let [parameter, step] = descend(parameter, gradient, previous.next(), rates);
                if momentum > 0.0 {
                    self.velocity.push(step);
                }
                parameter
            });
        }
    }
}
