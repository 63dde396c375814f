//! Maps to features, in PyTorch's order: channel, row, column. Linear, so every rule is the same reshaping.

use super::{Context, GradientSlots, Rules};
use crate::engine::transfer::{Maps, Matrix};

/// `[c, n, h, w]` to `[c * h * w, n, 1, 1]`.
pub(in crate::engine) struct Flatten;

fn flatten(maps: Maps) -> Maps {
    let [c, n, h, w] = maps.dims();
    maps.permute([0, 2, 3, 1]).reshape([c * h * w, n, 1, 1])
}

fn unflatten(features: Maps, [c, n, h, w]: [usize; 4]) -> Maps {
    features.reshape([c, h, w, n]).permute([0, 3, 1, 2])
}

impl Rules for Flatten {
    /// The dimensions of the maps.
    type Memory = [usize; 4];

    fn forward(&self, _: &mut Context, x: Maps) -> (Maps, Self::Memory) {
        let dims = x.dims();
        (flatten(x), dims)
    }

    fn backward(
        &self,
        _: &[Matrix],
        dims: &mut Self::Memory,
        delta: Maps,
        _: &mut GradientSlots,
        _: bool,
    ) -> Option<Maps> {
        Some(unflatten(delta, *dims))
    }

    fn tangent(&self, _: &[Matrix], _: &[Matrix], _: &mut Self::Memory, x_dot: Option<Maps>) -> Option<Maps> {
        x_dot.map(flatten)
    }

    fn backward_tangent(&self, _: &[Matrix], _: &[Matrix], dims: &mut Self::Memory, delta_dot: Maps) -> Maps {
        unflatten(delta_dot, *dims)
    }
}
