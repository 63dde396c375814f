//! Tensors of transformed tiles, `[place, channel, tile]`, for convolutions in single precision in the CPU's memory.
//!
//! The transformations are those of `winograd`; a product is kept as long as it takes to transform it back.

use std::sync::OnceLock;

use burn::tensor::{Device, Tensor};
use faer::Accum;

use super::{
    Window,
    block::Tail,
    host::{self, Held, Strided},
    products,
    room::with_room,
    winograd,
};
use crate::engine::transfer::{Maps, Matrix};

pub(in crate::engine) use winograd::Tiling;

/// Fewer channels than this do not pay for the transformations.
const LEAST_CHANNELS: usize = 16;

/// Transformed maps or filters.
pub(in crate::engine) type Tiles = Tensor<3>;

/// The tiles of a network's filters, by parameter and scheme: computed at the first need, and the same for every part of a
/// batch.
pub(in crate::engine) struct FilterCache(Vec<[OnceLock<Tiles>; winograd::SCHEMES]>);

impl FilterCache {
    pub(in crate::engine) fn new(parameters: usize) -> Self {
        Self((0..parameters).map(|_| [const { OnceLock::new() }; winograd::SCHEMES]).collect())
    }

    /// The tiles of the filters that are `parameter`, on maps of `channels`.
    pub(in crate::engine) fn tiles(
        &self,
        tiling: &Tiling,
        parameter: usize,
        filters: Matrix,
        channels: usize,
    ) -> Tiles {
        let cell = &self.0[parameter][tiling.scheme()];
        if let Some(tiles) = cell.get() {
            return tiles.clone();
        }
        // Computed by whoever comes first, perhaps twice: to wait here could be to wait for work that this thread does.
        let tiles = filter_tiles(tiling, filters, channels);
        let _ = cell.set(tiles.clone());
        tiles
    }
}

/// How to cut `maps` into tiles for a convolution with `outputs` filters; `None` where patches are better.
pub(in crate::engine) fn tiling(maps: &Maps, outputs: usize, window: Window) -> Option<Tiling> {
    let dims @ [channels, ..] = maps.dims();
    let pays = channels.min(outputs) >= LEAST_CHANNELS;
    pays.then(|| Tiling::new(dims, window, channels * outputs)).flatten()
}

/// Input maps as tiles.
pub(in crate::engine) fn input_tiles(tiling: &Tiling, maps: Maps) -> Tiles {
    let device = maps.device();
    let [channels, ..] = maps.dims();
    let tiles = winograd::input_tiles(tiling, &Held::of(maps));
    by_place(tiles, [channels, tiling.places(), tiling.count()], &device)
}

/// The output maps, with a bias, at the sum of the products `U V` of the pairs `terms`, and what `tail` makes of them.
pub(in crate::engine) fn output_maps(
    tiling: &Tiling,
    terms: &[[Tiles; 2]],
    bias: Option<Matrix>,
    tail: Option<&Tail>,
) -> Maps {
    let bias = bias.map(host::values);
    let ([_, outputs, _], device) = (terms[0][0].dims(), terms[0][0].device());
    let maps = with_sum(terms, |tiles| winograd::output_maps(tiling, tiles, bias.as_deref(), tail));
    host::tensor(maps, tiling.output_dims(outputs, tail), &device)
}

/// The adjoint of [`input_tiles`] at the sum of the products `Uᵀ dM` of the pairs `terms`.
pub(in crate::engine) fn input_maps(tiling: &Tiling, terms: &[[Tiles; 2]]) -> Maps {
    let ([_, _, channels], device) = (terms[0][0].dims(), terms[0][0].device());
    let terms: Vec<[Tiles; 2]> =
        terms.iter().map(|[filters, tiles]| [filters.clone().transpose(), tiles.clone()]).collect();
    let maps = with_sum(&terms, |tiles| winograd::input_maps(tiling, tiles));
    host::tensor(maps, tiling.input_dims(channels), &device)
}

/// The adjoint of [`output_maps`].
pub(in crate::engine) fn output_tiles(tiling: &Tiling, maps: Maps) -> Tiles {
    let device = maps.device();
    let [channels, ..] = maps.dims();
    let tiles = winograd::output_tiles(tiling, &Held::of(maps));
    by_place(tiles, [channels, tiling.places(), tiling.count()], &device)
}

/// Filters `[out, in * size * size]` as tiles `[place, out, in]`, where the maps have `channels`.
pub(in crate::engine) fn filter_tiles(tiling: &Tiling, filters: Matrix, channels: usize) -> Tiles {
    let device = filters.device();
    let [outputs, _] = filters.dims();
    let tiles = winograd::filter_tiles(tiling, &Held::of(filters), channels);
    by_place(tiles, [outputs, tiling.places(), channels], &device)
}

/// `[channel, place, item]` as `[place, channel, item]`, without moving anything.
fn by_place(tiles: Vec<f32>, dims: [usize; 3], device: &Device) -> Tiles {
    host::tensor(tiles, dims, device).swap_dims(0, 1)
}

/// The gradient of filters, the adjoint of [`filter_tiles`], at the product `dM Vᵀ`.
pub(in crate::engine) fn filter_gradient(tiling: &Tiling, delta: Tiles, input: Tiles) -> Matrix {
    let ([_, outputs, _], [_, channels, _], device) = (delta.dims(), input.dims(), delta.device());
    let term = [delta, input.transpose()];
    let filters = with_sum(&[term], |tiles| winograd::filter_gradient(tiling, tiles, channels));
    let columns = filters.len() / outputs;
    host::tensor(filters, [outputs, columns], &device)
}

/// `work` at the sum of the products of `terms`.
fn with_sum<T>(terms: &[[Tiles; 2]], work: impl FnOnce(&[f32]) -> T) -> T {
    let ([places, rows, _], [_, _, columns]) = (terms[0][0].dims(), terms[0][1].dims());
    with_room(places * rows * columns, |room| {
        for (index, [a, b]) in terms.iter().enumerate() {
            let begun = if index == 0 { Accum::Replace } else { Accum::Add };
            products::multiply_each(room, begun, &Strided::of(a.clone()), &Strided::of(b.clone()));
        }
        work(room)
    })
}
