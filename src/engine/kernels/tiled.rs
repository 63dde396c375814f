//! Convolutions by transformed tiles on tensors in single precision in the CPU's memory; the transformations are those of
//! `winograd`.

use burn::tensor::Device;

use super::{
    Window,
    block::Tail,
    host::{self, Held},
    winograd,
};
use crate::engine::transfer::{Maps, Matrix};

pub(in crate::engine) use winograd::{Tiles, Tiling};

/// How to cut `maps` into tiles for a convolution with `outputs` filters; `None` where another way is better.
pub(in crate::engine) fn tiling(maps: &Maps, outputs: usize, window: Window) -> Option<Tiling> {
    Tiling::new(maps.dims(), window, outputs)
}

/// Input maps as tiles.
pub(in crate::engine) fn input_tiles(tiling: &Tiling, maps: Maps) -> Tiles {
    winograd::input_tiles(tiling, &Held::of(maps))
}

/// The sum of the convolutions of tiles with filters, `[out, in * size * size]`, and a bias, and what `tail` makes of it.
pub(in crate::engine) fn output_maps(
    tiling: &Tiling,
    terms: &[(&Matrix, &Tiles)],
    bias: Option<Matrix>,
    tail: Option<&Tail>,
) -> Maps {
    let bias = bias.map(host::values);
    let maps = with_filters(terms, |terms| winograd::output_maps(tiling, terms, bias.as_deref(), tail));
    host::tensor(maps, tiling.output_dims(tail), &terms[0].0.device())
}

/// The adjoint of [`output_maps`] with respect to the input, at the sum of `terms`.
pub(in crate::engine) fn input_maps(tiling: &Tiling, terms: &[(&Matrix, &Tiles)]) -> Maps {
    let maps = with_filters(terms, |terms| winograd::input_maps(tiling, terms));
    host::tensor(maps, tiling.input_dims(), &terms[0].0.device())
}

/// The gradient of output maps as tiles.
pub(in crate::engine) fn output_tiles(tiling: &Tiling, maps: Maps) -> Tiles {
    winograd::output_tiles(tiling, &Held::of(maps))
}

/// The gradient of the filters.
pub(in crate::engine) fn filter_gradient(tiling: &Tiling, delta: &Tiles, input: &Tiles, device: &Device) -> Matrix {
    host::tensor(winograd::filter_gradient(tiling, delta, input), tiling.filter_dims(), device)
}

/// `work` with the filters' values.
fn with_filters<T>(terms: &[(&Matrix, &Tiles)], work: impl FnOnce(&[(&[f32], &Tiles)]) -> T) -> T {
    let filters: Vec<Held> = terms.iter().map(|(filters, _)| Held::of((*filters).clone())).collect();
    let terms: Vec<(&[f32], &Tiles)> = filters.iter().zip(terms).map(|(held, (_, tiles))| (&**held, *tiles)).collect();
    work(&terms)
}
