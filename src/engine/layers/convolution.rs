//! Convolution.
//!
//! `y = W P(x) + b`, where `P` lays the patches of `x` out as columns. With `Pᵀ` its adjoint:
//! backward `δx = Pᵀ(Wᵀ δ)`, `∂W = δ P(x)ᵀ`, `∂b` the row sums of `δ`;
//! tangent `ẏ = W P(ẋ) + V P(x) + v_b`; tangent of the backward pass `δ̇x = Pᵀ(Wᵀ δ̇ + Vᵀ δ)`.

use super::{Context, GradientSlots, Rules, add, finished};
use crate::engine::{
    kernels::{
        Window,
        block::Tail,
        columns::Columns,
        direct::{Direct, Planes},
        tiled::{self, Tiles, Tiling},
    },
    transfer::{Maps, Matrix},
};

/// A convolution.
pub(in crate::engine) struct Convolution {
    /// Position of the weight `[out, in * size * size]` among the parameters.
    pub weight: usize,
    /// Position of the bias `[out, 1]`.
    pub bias: Option<usize>,
    /// The sliding window.
    pub window: Window,
    /// Whether a value that leads to gradients is made with small tiles at the most, which round little more than patches do:
    /// another sign of a near tie would be seen in the gradients of a few images. What follows from it is free, and so are
    /// values alone. Where channels are too few for tiles, no value is made with fused operations, which turn another tie.
    pub careful: bool,
}

pub(in crate::engine) enum ConvolutionMemory {
    Patches(Box<PatchesMemory>),
    Tiles(Box<TilesMemory>),
    Direct(Box<DirectMemory>),
}

/// See `kernels::columns`.
pub(in crate::engine) struct PatchesMemory {
    /// `P(x)`.
    columns: Columns,
    /// `δ` as `[out, n * out_h * out_w]`.
    delta: Option<Matrix>,
}

/// See `kernels::tiled`.
pub(in crate::engine) struct TilesMemory {
    tiling: Tiling,
    /// `V` of the input.
    input: Tiles,
    /// `dM` of `δ`.
    delta: Option<Tiles>,
}

/// See `kernels::direct`.
pub(in crate::engine) struct DirectMemory {
    direct: Direct,
    /// `x`.
    input: Planes,
    /// `δ`.
    delta: Option<Planes>,
}

/// Maps as one row a channel.
fn rows(maps: Maps) -> Matrix {
    let [c, n, h, w] = maps.dims();
    maps.reshape([c, n * h * w])
}

/// The sum of each channel.
fn channel_sums(maps: Maps) -> Matrix {
    rows(maps).sum_dim(1)
}

impl Convolution {
    /// The tiles that carry it best, where they are better than patches.
    fn tiling(&self, context: &Context, x: &Maps) -> Option<Tiling> {
        let [outputs, _] = context.parameters[self.weight].dims();
        context.fast.then(|| tiled::tiling(x, outputs, self.window)).flatten()
    }

    /// The way without patches, where channels are few.
    fn direct(&self, context: &Context, x: &Maps) -> Option<Direct> {
        let [outputs, _] = context.parameters[self.weight].dims();
        context.fast.then(|| Direct::new(x, outputs, self.window)).flatten()
    }

    fn bias(&self, context: &Context) -> Option<Matrix> {
        self.bias.map(|bias| context.parameters[bias].clone())
    }
}

impl Rules for Convolution {
    type Memory = ConvolutionMemory;

    fn forward(&self, context: &mut Context, x: Maps) -> (Maps, Self::Memory) {
        let bias = self.bias(context);
        let weight = &context.parameters[self.weight];
        if let Some(tiling) = self.tiling(context, &x) {
            let input = tiled::input_tiles(&tiling, x.clone());
            let small = tiling.small();
            let y = if self.careful && small != tiling {
                tiled::output_maps(&small, &[(weight, &tiled::input_tiles(&small, x))], bias, None)
            } else {
                tiled::output_maps(&tiling, &[(weight, &input)], bias, None)
            };
            return (y, ConvolutionMemory::Tiles(Box::new(TilesMemory { tiling, input, delta: None })));
        }
        if let Some(direct) = self.direct(context, &x) {
            let input = Planes::from(x);
            let y = direct.output(&[(weight, &input)], bias.as_ref(), None, !self.careful);
            return (y, ConvolutionMemory::Direct(Box::new(DirectMemory { direct, input, delta: None })));
        }
        let columns = Columns::of(x, self.window);
        let y = if context.fast {
            columns.times(weight.clone(), bias)
        } else {
            columns.times_plainly(weight.clone(), bias)
        };
        (y, ConvolutionMemory::Patches(Box::new(PatchesMemory { columns, delta: None })))
    }

    fn value(&self, context: &mut Context, x: Maps, tail: Option<Tail>) -> Maps {
        if let Some(tiling) = self.tiling(context, &x) {
            let terms = [(&context.parameters[self.weight], &tiled::input_tiles(&tiling, x))];
            return tiled::output_maps(&tiling, &terms, self.bias(context), tail.as_ref());
        }
        if let Some(direct) = self.direct(context, &x) {
            let terms = [(&context.parameters[self.weight], &Planes::from(x))];
            return direct.output(&terms, self.bias(context).as_ref(), tail.as_ref(), !self.careful);
        }
        finished(self.forward(context, x).0, tail)
    }

    fn backward(
        &self,
        parameters: &[Matrix],
        memory: &mut Self::Memory,
        delta: Maps,
        gradients: &mut GradientSlots,
        wanted: bool,
    ) -> Option<Maps> {
        if let Some(bias) = self.bias {
            gradients[bias] = Some(channel_sums(delta.clone()));
        }
        match memory {
            ConvolutionMemory::Tiles(memory) => {
                let TilesMemory { tiling, input, .. } = &**memory;
                let weight = &parameters[self.weight];
                let delta = tiled::output_tiles(tiling, delta);
                gradients[self.weight] = Some(tiled::filter_gradient(tiling, &delta, input, &weight.device()));
                let x = wanted.then(|| tiled::input_maps(tiling, &[(weight, &delta)]));
                memory.delta = Some(delta);
                x
            }
            ConvolutionMemory::Direct(memory) => {
                let DirectMemory { direct, input, .. } = &**memory;
                let weight = &parameters[self.weight];
                let delta = Planes::from(delta);
                gradients[self.weight] = Some(direct.filter_gradient(input, &delta, &weight.device()));
                let x = wanted.then(|| direct.input(&[(weight, &delta)]));
                memory.delta = Some(delta);
                x
            }
            ConvolutionMemory::Patches(memory) => {
                let delta = rows(delta);
                gradients[self.weight] = Some(memory.columns.weight_gradient(delta.clone()));
                memory.delta = Some(delta.clone());
                wanted.then(|| memory.columns.maps(parameters[self.weight].clone(), delta))
            }
        }
    }

    fn tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        x_dot: Option<Maps>,
    ) -> Option<Maps> {
        let bias = self.bias.map(|bias| direction[bias].clone());
        let weight_direction = direction[self.weight].clone();
        match memory {
            ConvolutionMemory::Tiles(memory) => {
                let TilesMemory { tiling, input, .. } = &**memory;
                let x_dot = x_dot.map(|x_dot| tiled::input_tiles(tiling, x_dot));
                let mut terms = vec![(&weight_direction, input)];
                terms.extend(x_dot.as_ref().map(|x_dot| (&parameters[self.weight], x_dot)));
                Some(tiled::output_maps(tiling, &terms, bias, None))
            }
            ConvolutionMemory::Direct(memory) => {
                let DirectMemory { direct, input, .. } = &**memory;
                let x_dot = x_dot.map(Planes::from);
                let mut terms = vec![(&weight_direction, input)];
                terms.extend(x_dot.as_ref().map(|x_dot| (&parameters[self.weight], x_dot)));
                Some(direct.output(&terms, bias.as_ref(), None, true))
            }
            ConvolutionMemory::Patches(memory) => {
                let through_input =
                    x_dot.map(|x_dot| Columns::of(x_dot, self.window).times(parameters[self.weight].clone(), None));
                Some(add(through_input, memory.columns.times(weight_direction, bias)))
            }
        }
    }

    fn backward_tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        delta_dot: Maps,
    ) -> Maps {
        match memory {
            ConvolutionMemory::Tiles(memory) => {
                let delta_dot = tiled::output_tiles(&memory.tiling, delta_dot);
                let mut terms = vec![(&parameters[self.weight], &delta_dot)];
                terms.extend(memory.delta.as_ref().map(|delta| (&direction[self.weight], delta)));
                tiled::input_maps(&memory.tiling, &terms)
            }
            ConvolutionMemory::Direct(memory) => {
                let delta_dot = Planes::from(delta_dot);
                let mut terms = vec![(&parameters[self.weight], &delta_dot)];
                terms.extend(memory.delta.as_ref().map(|delta| (&direction[self.weight], delta)));
                memory.direct.input(&terms)
            }
            ConvolutionMemory::Patches(memory) => {
                let through_delta_dot = memory.columns.maps(parameters[self.weight].clone(), rows(delta_dot));
                let delta = memory.delta.take();
                let through_direction = delta.map(|delta| memory.columns.maps(direction[self.weight].clone(), delta));
                add(through_direction, through_delta_dot)
            }
        }
    }

    fn has_parameters(&self) -> bool {
        true
    }
}
