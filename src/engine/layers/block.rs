//! Instance norm and, where they follow, ReLU and average pooling over pairs: one layer, because the three are one loop on the
//! CPU. Elsewhere, and in double precision, it is the plain layers one after another.

use super::{
    ActivationLayer, Affine, AveragePooling, Context, GradientSlots, Layer, Memory, Normalization, Rules,
    backward_chain, backward_tangent_chain, forward_chain, tangent_chain,
};
use crate::{
    domain::Activation,
    engine::{
        kernels::block::{self, After, BlockMemory, Tail},
        transfer::{Maps, Matrix},
    },
};

/// Instance norm, ReLU, and average pooling over windows of two; the last two as `after` says.
pub(in crate::engine) struct Block {
    affine: Affine,
    after: After,
    plain: Vec<Box<dyn Layer>>,
}

pub(in crate::engine) enum BlockLayerMemory {
    Fused(Box<BlockMemory>),
    Plain(Vec<Memory>),
}

impl Block {
    /// A block on maps of `channels`.
    pub fn new(channels: usize, affine: Affine, after: After) -> Self {
        let mut plain: Vec<Box<dyn Layer>> = vec![Box::new(Normalization { groups: channels, affine })];
        if after != After::Nothing {
            plain.push(Box::new(ActivationLayer(Activation::Relu)));
        }
        if after == After::ReluAndPooling {
            plain.push(Box::new(AveragePooling { size: 2 }));
        }
        Self { affine, after, plain }
    }

    /// `γ` and `β`, or their direction.
    fn pair<'a>(&self, parameters: &'a [Matrix]) -> [&'a Matrix; 2] {
        [&parameters[self.affine.scale], &parameters[self.affine.shift]]
    }
}

impl Rules for Block {
    type Memory = BlockLayerMemory;

    fn forward(&self, context: &mut Context, x: Maps) -> (Maps, Self::Memory) {
        if context.fast {
            let (y, memory) = block::forward(x, self.pair(context.parameters), self.after);
            return (y, BlockLayerMemory::Fused(Box::new(memory)));
        }
        let (y, memories) = forward_chain(&self.plain, context, x);
        (y, BlockLayerMemory::Plain(memories))
    }

    fn tail(&self, context: &Context) -> Option<Tail> {
        context.fast.then(|| Tail::block(self.after, self.pair(context.parameters)))
    }

    fn backward(
        &self,
        parameters: &[Matrix],
        memory: &mut Self::Memory,
        delta: Maps,
        gradients: &mut GradientSlots,
        _: bool,
    ) -> Option<Maps> {
        match memory {
            BlockLayerMemory::Fused(memory) => {
                let (x, [scale, shift]) = block::backward(memory, delta);
                gradients[self.affine.scale] = Some(scale);
                gradients[self.affine.shift] = Some(shift);
                Some(x)
            }
            BlockLayerMemory::Plain(memories) => {
                backward_chain(&self.plain, parameters, memories, delta, gradients, true)
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
        match memory {
            BlockLayerMemory::Fused(memory) => Some(block::tangent(memory, x_dot, self.pair(direction))),
            BlockLayerMemory::Plain(memories) => tangent_chain(&self.plain, parameters, direction, memories, x_dot),
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
            BlockLayerMemory::Fused(memory) => block::backward_tangent(memory, delta_dot),
            BlockLayerMemory::Plain(memories) => {
                backward_tangent_chain(&self.plain, parameters, direction, memories, delta_dot)
            }
        }
    }

    fn has_parameters(&self) -> bool {
        true
    }
}
