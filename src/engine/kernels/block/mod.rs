//! Instance norm, ReLU and average pooling as one operation on tensors in single precision in the CPU's memory.
//!
//! The loops are in `planes`, and in `tail` the value behind a convolution, with its loops over planes that lie `side_by_side`; the
//! plain layers are the oracle.

mod planes;
mod side_by_side;
mod tail;

use burn::tensor::{Device, Tensor, TensorData};

use super::host::{self, Held};
use crate::engine::transfer::{Maps, Matrix};
use planes::{Backward, Direction, Normalized, Planes, Tangent};

pub(in crate::engine) use tail::Tail;

/// What a block does after its norm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum After {
    Nothing,
    Relu,
    ReluAndPooling,
}

/// What the rules leave for each other.
pub(in crate::engine) struct BlockMemory {
    planes: Planes,
    channels: usize,
    scale: Vec<f32>,
    shift: Vec<f32>,
    normalized: Normalized,
    backward: Option<Backward>,
    /// `x̂'` and `q`, and the direction of scale and shift.
    tangent: Option<(Tangent, [Vec<f32>; 2])>,
}

impl BlockMemory {
    fn output(&self, values: Vec<f32>, device: &Device) -> Maps {
        let [height, width] = self.planes.output();
        host::tensor(values, [self.channels, self.planes.images, height, width], device)
    }

    fn input(&self, values: Vec<f32>, device: &Device) -> Maps {
        let Planes { images, height, width, .. } = self.planes;
        host::tensor(values, [self.channels, images, height, width], device)
    }

    fn along<'a>(&'a self, [scale_dot, shift_dot]: &'a [Vec<f32>; 2]) -> Direction<'a> {
        Direction { scale: &self.scale, shift: &self.shift, scale_dot, shift_dot }
    }
}

/// `y` at `x`, with the scale and shift of each channel.
pub(in crate::engine) fn forward(x: Maps, affine: [&Matrix; 2], after: After) -> (Maps, BlockMemory) {
    let device = x.device();
    let [channels, images, height, width] = x.dims();
    let planes = Planes::new(images, height, width, after);
    let [scale, shift] = affine.map(|values| host::values(values.clone()));
    let (y, normalized) = planes::forward(planes, Held::of(x), &scale, &shift);
    let memory = BlockMemory { planes, channels, scale, shift, normalized, backward: None, tangent: None };
    (memory.output(y, &device), memory)
}

/// `δx`, and the gradients of scale and shift.
pub(in crate::engine) fn backward(memory: &mut BlockMemory, delta: Maps) -> (Maps, [Matrix; 2]) {
    let device = delta.device();
    let BlockMemory { planes, normalized, scale, shift, .. } = memory;
    let (x, affine, backward) = planes::backward(*planes, normalized, Held::of(delta), scale, shift);
    memory.backward = Some(backward);
    let column = |values: Vec<f32>| Tensor::from_data(TensorData::new(values, [memory.channels, 1]), &device);
    (memory.input(x, &device), affine.map(column))
}

/// `ẏ` for `ẋ` (`None` is zero) along a direction of scale and shift.
pub(in crate::engine) fn tangent(memory: &mut BlockMemory, x_dot: Option<Maps>, direction: [&Matrix; 2]) -> Maps {
    let device = direction[0].device();
    let direction = direction.map(|values| host::values(values.clone()));
    let x_dot = x_dot.map_or_else(|| Held::new(vec![0.0; memory.normalized.values.len()]), Held::of);
    let (y, tangent) = planes::tangent(memory.planes, &memory.normalized, x_dot, &memory.along(&direction));
    memory.tangent = Some((tangent, direction));
    memory.output(y, &device)
}

/// `δ̇x`; follows the other three.
pub(in crate::engine) fn backward_tangent(memory: &mut BlockMemory, delta_dot: Maps) -> Maps {
    let device = delta_dot.device();
    let (Some(backward), Some((tangent, direction))) = (memory.backward.take(), memory.tangent.take()) else {
        unreachable!("the tangent of a backward pass follows that pass and the tangent");
    };
    let delta_dot = Held::of(delta_dot);
    let along = memory.along(&direction);
    let x = planes::backward_tangent(memory.planes, &memory.normalized, &backward, &tangent, &delta_dot, &along);
    memory.input(x, &device)
}
