//! Pooling over windows, side by side or overlapping.
//!
//! Average pooling is linear. Max pooling is too once the places of the largest values are known: the tangent is
//! gathered where the value was taken, and both backward rules scatter there.

use super::{Context, GradientSlots, Rules};
use crate::engine::{
    kernels::{Maxima, Peaks, Window, block::Tail, spread, window_sums},
    transfer::{Maps, Matrix},
};

/// The mean of each window of side and stride `size`.
pub(in crate::engine) struct AveragePooling {
    pub size: usize,
}

impl AveragePooling {
    fn pool(&self, maps: Maps) -> Maps {
        window_sums(maps, self.size) / (self.size * self.size) as f64
    }

    fn unpool(&self, maps: Maps, dims: [usize; 4]) -> Maps {
        spread(maps / (self.size * self.size) as f64, dims, self.size)
    }
}

impl Rules for AveragePooling {
    /// The dimensions of the input.
    type Memory = [usize; 4];

    fn forward(&self, _: &mut Context, x: Maps) -> (Maps, Self::Memory) {
        let dims = x.dims();
        (self.pool(x), dims)
    }

    fn backward(
        &self,
        _: &[Matrix],
        dims: &mut Self::Memory,
        delta: Maps,
        _: &mut GradientSlots,
        _: bool,
    ) -> Option<Maps> {
        Some(self.unpool(delta, *dims))
    }

    fn tangent(&self, _: &[Matrix], _: &[Matrix], _: &mut Self::Memory, x_dot: Option<Maps>) -> Option<Maps> {
        x_dot.map(|x_dot| self.pool(x_dot))
    }

    fn backward_tangent(&self, _: &[Matrix], _: &[Matrix], dims: &mut Self::Memory, delta_dot: Maps) -> Maps {
        self.unpool(delta_dot, *dims)
    }
}

/// The largest value of each window of two by two; the first of equals, as PyTorch takes it.
pub(in crate::engine) struct MaxPooling {
    /// Whether a ReLU comes before it, which together are one loop on the CPU.
    pub rectified: bool,
}

impl Rules for MaxPooling {
    /// Where the values were taken.
    type Memory = Peaks;

    fn forward(&self, _: &mut Context, x: Maps) -> (Maps, Self::Memory) {
        Peaks::find(x, self.rectified)
    }

    fn tail(&self, context: &Context) -> Option<Tail> {
        context.fast.then_some(Tail::MaxPooling { rectified: self.rectified })
    }

    fn backward(
        &self,
        _: &[Matrix],
        taken: &mut Self::Memory,
        delta: Maps,
        _: &mut GradientSlots,
        _: bool,
    ) -> Option<Maps> {
        Some(taken.scatter(delta))
    }

    fn tangent(&self, _: &[Matrix], _: &[Matrix], taken: &mut Self::Memory, x_dot: Option<Maps>) -> Option<Maps> {
        x_dot.map(|x_dot| taken.gather(x_dot))
    }

    fn backward_tangent(&self, _: &[Matrix], _: &[Matrix], taken: &mut Self::Memory, delta_dot: Maps) -> Maps {
        taken.scatter(delta_dot)
    }
}

/// The largest value of each window, where windows may overlap and reach over the border.
pub(in crate::engine) struct OverlappingMaxPooling {
    pub window: Window,
}

impl Rules for OverlappingMaxPooling {
    /// Where the values were taken.
    type Memory = Maxima;

    fn forward(&self, _: &mut Context, x: Maps) -> (Maps, Self::Memory) {
        let taken = Maxima::find(x.clone(), self.window);
        (taken.gather(x), taken)
    }

    fn backward(
        &self,
        _: &[Matrix],
        taken: &mut Self::Memory,
        delta: Maps,
        _: &mut GradientSlots,
        _: bool,
    ) -> Option<Maps> {
        Some(taken.scatter(delta))
    }

    fn tangent(&self, _: &[Matrix], _: &[Matrix], taken: &mut Self::Memory, x_dot: Option<Maps>) -> Option<Maps> {
        x_dot.map(|x_dot| taken.gather(x_dot))
    }

    fn backward_tangent(&self, _: &[Matrix], _: &[Matrix], taken: &mut Self::Memory, delta_dot: Maps) -> Maps {
        taken.scatter(delta_dot)
    }
}
