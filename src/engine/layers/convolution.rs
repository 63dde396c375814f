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
    /// Whether a value that leads to gradients keeps to patches and the tensor library's product, because another sign of a
    /// near tie would be seen in them. What follows from it does not, nor do values alone.
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
    /// Channels of the input.
    channels: usize,
    /// `U` of the weight.
    weight: Tiles,
    /// `V` of the input.
    input: Tiles,
    /// `U` of the direction, from the tangent.
    direction: Option<Tiles>,
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
    /// The tiles that carry it best, where they are better than patches, and the weight on them.
    fn tiles(&self, context: &Context, x: &Maps) -> Option<(Tiling, Tiles)> {
        let weight = &context.parameters[self.weight];
        let ([channels, ..], [outputs, _]) = (x.dims(), weight.dims());
        let tiling = context.fast.then(|| tiled::tiling(x, outputs, self.window)).flatten()?;
        let weight = context.filters.tiles(&tiling, self.weight, weight.clone(), channels);
        Some((tiling, weight))
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
        let [channels, ..] = x.dims();
        let columns = (self.careful || !context.fast).then(|| Columns::of(x.clone(), self.window));
        let plain = columns.as_ref().map(|columns| columns.times_plainly(weight.clone(), bias.clone()));
        if let Some((tiling, weight)) = self.tiles(context, &x) {
            let input = tiled::input_tiles(&tiling, x);
            let y =
                plain.unwrap_or_else(|| tiled::output_maps(&tiling, &[[weight.clone(), input.clone()]], bias, None));
            let memory = TilesMemory { tiling, channels, weight, input, direction: None, delta: None };
            return (y, ConvolutionMemory::Tiles(Box::new(memory)));
        }
        if let Some(direct) = self.direct(context, &x) {
            let input = Planes::from(x);
            let y = plain.unwrap_or_else(|| direct.output(&[(weight, &input)], bias.as_ref(), None));
            return (y, ConvolutionMemory::Direct(Box::new(DirectMemory { direct, input, delta: None })));
        }
        let columns = columns.unwrap_or_else(|| Columns::of(x, self.window));
        let y = plain.unwrap_or_else(|| columns.times(weight.clone(), bias));
        (y, ConvolutionMemory::Patches(Box::new(PatchesMemory { columns, delta: None })))
    }

    fn value(&self, context: &mut Context, x: Maps, tail: Option<Tail>) -> Maps {
        if let Some((tiling, weight)) = self.tiles(context, &x) {
            let term = [weight, tiled::input_tiles(&tiling, x)];
            return tiled::output_maps(&tiling, &[term], self.bias(context), tail.as_ref());
        }
        if let Some(direct) = self.direct(context, &x) {
            let terms = [(&context.parameters[self.weight], &Planes::from(x))];
            return direct.output(&terms, self.bias(context).as_ref(), tail.as_ref());
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
                let tiling = &memory.tiling;
                let delta = tiled::output_tiles(tiling, delta);
                gradients[self.weight] = Some(tiled::filter_gradient(tiling, delta.clone(), memory.input.clone()));
                memory.delta = Some(delta.clone());
                wanted.then(|| tiled::input_maps(tiling, &[[memory.weight.clone(), delta]]))
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
                let tiling = &memory.tiling;
                let direction = tiled::filter_tiles(tiling, weight_direction, memory.channels);
                let mut terms = vec![[direction.clone(), memory.input.clone()]];
                memory.direction = Some(direction);
                terms.extend(x_dot.map(|x_dot| [memory.weight.clone(), tiled::input_tiles(tiling, x_dot)]));
                Some(tiled::output_maps(tiling, &terms, bias, None))
            }
            ConvolutionMemory::Direct(memory) => {
                let DirectMemory { direct, input, .. } = &**memory;
                let x_dot = x_dot.map(Planes::from);
                let mut terms = vec![(&weight_direction, input)];
                terms.extend(x_dot.as_ref().map(|x_dot| (&parameters[self.weight], x_dot)));
                Some(direct.output(&terms, bias.as_ref(), None))
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
                let tiling = &memory.tiling;
                let delta_dot = tiled::output_tiles(tiling, delta_dot);
                let mut terms = vec![[memory.weight.clone(), delta_dot]];
                let pair = memory.direction.take().zip(memory.delta.take());
                terms.extend(pair.map(|(direction, delta)| [direction, delta]));
                tiled::input_maps(tiling, &terms)
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
