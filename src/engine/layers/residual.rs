//! Two chains of layers from one input, summed.

use super::{
    BatchNormMode, Context, GradientSlots, Layer, Memory, Rules, add, backward_chain, backward_tangent_chain, finished,
    forward_chain, tangent_chain, value_chain,
};
use crate::engine::{
    kernels::block::Tail,
    transfer::{Maps, Matrix},
};

/// `main(x) + shortcut(x)`; an empty shortcut is the identity.
pub(in crate::engine) struct Residual {
    pub main: Vec<Box<dyn Layer>>,
    pub shortcut: Vec<Box<dyn Layer>>,
}

pub(in crate::engine) struct ResidualMemory {
    main: Vec<Memory>,
    shortcut: Vec<Memory>,
}

impl Rules for Residual {
    type Memory = ResidualMemory;

    fn forward(&self, context: &mut Context, x: Maps) -> (Maps, Self::Memory) {
        let (main_value, main) = forward_chain(&self.main, context, x.clone());
        let (shortcut_value, shortcut) = forward_chain(&self.shortcut, context, x);
        (main_value + shortcut_value, ResidualMemory { main, shortcut })
    }

    fn value(&self, context: &mut Context, x: Maps, tail: Option<Tail>) -> Maps {
        let main = value_chain(&self.main, context, x.clone());
        finished(main + value_chain(&self.shortcut, context, x), tail)
    }

    fn backward(
        &self,
        parameters: &[Matrix],
        memory: &mut Self::Memory,
        delta: Maps,
        gradients: &mut GradientSlots,
        wanted: bool,
    ) -> Option<Maps> {
        let shortcut =
            backward_chain(&self.shortcut, parameters, &mut memory.shortcut, delta.clone(), gradients, wanted);
        let main = backward_chain(&self.main, parameters, &mut memory.main, delta, gradients, wanted);
        wanted.then(|| main.into_iter().fold(shortcut, |sum, part| Some(add(sum, part)))).flatten()
    }

    fn tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        x_dot: Option<Maps>,
    ) -> Option<Maps> {
        let shortcut = tangent_chain(&self.shortcut, parameters, direction, &mut memory.shortcut, x_dot.clone());
        let main = tangent_chain(&self.main, parameters, direction, &mut memory.main, x_dot);
        main.into_iter().fold(shortcut, |sum, part| Some(add(sum, part)))
    }

    fn backward_tangent(
        &self,
        parameters: &[Matrix],
        direction: &[Matrix],
        memory: &mut Self::Memory,
        delta_dot: Maps,
    ) -> Maps {
        let shortcut =
            backward_tangent_chain(&self.shortcut, parameters, direction, &mut memory.shortcut, delta_dot.clone());
        let main = backward_tangent_chain(&self.main, parameters, direction, &mut memory.main, delta_dot);
        shortcut + main
    }

    fn has_parameters(&self) -> bool {
        true
    }

    fn is_per_image(&self, batch_norm: BatchNormMode) -> bool {
        self.main.iter().chain(&self.shortcut).all(|layer| layer.is_per_image(batch_norm))
    }
}
