//! Tensors of transformed tiles, `[place, channel, tile]`, for convolutions in single precision in the CPU's memory.
//!
//! The products between them are the tensor library's; the transformations are those of `winograd`.

use std::sync::OnceLock;

use burn::tensor::{Device, Tensor, TensorData};

use super::{
    Window,
    block::Tail,
    host::{self, Held},
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
    pays.then(|| Tiling::new(dims, window)).flatten()
}

/// Input maps as tiles.
pub(in crate::engine) fn input_tiles(tiling: &Tiling, maps: Maps) -> Tiles {
    let device = maps.device();
    let [channels, ..] = maps.dims();
    let tiles = winograd::input_tiles(tiling, &Held::of(maps));
    by_place(tiles, [channels, tiling.places(), tiling.count()], &device)
}

/// The adjoint of [`input_tiles`] at the sum of `tiles`.
pub(in crate::engine) fn input_maps(tiling: &Tiling, tiles: Vec<Tiles>) -> Maps {
    maps(tiles, |tiles| winograd::input_maps(tiling, tiles), |channels| tiling.input_dims(channels))
}

/// The output maps at the sum of `tiles`, with a bias, and what `tail` makes of them.
pub(in crate::engine) fn output_maps(
    tiling: &Tiling,
    tiles: Vec<Tiles>,
    bias: Option<Matrix>,
    tail: Option<&Tail>,
) -> Maps {
    let bias = bias.map(host::values);
    maps(
        tiles,
        |tiles| winograd::output_maps(tiling, tiles, bias.as_deref(), tail),
        |channels| tiling.output_dims(channels, tail),
    )
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

/// The adjoint of [`filter_tiles`].
pub(in crate::engine) fn filter_gradient(tiling: &Tiling, tiles: Tiles) -> Matrix {
    let device = tiles.device();
    let [_, outputs, channels] = tiles.dims();
    let filters = winograd::filter_gradient(tiling, &Held::of(tiles), channels);
    let columns = filters.len() / outputs;
    Tensor::from_data(TensorData::new(filters, [outputs, columns]), &device)
}

fn maps(
    tiles: Vec<Tiles>,
    transform: impl FnOnce(&[&[f32]]) -> Vec<f32>,
    dims: impl FnOnce(usize) -> [usize; 4],
) -> Maps {
    let [_, channels, _] = tiles[0].dims();
    let device = tiles[0].device();
    let values: Vec<Held> = tiles.into_iter().map(Held::of).collect();
    let slices: Vec<&[f32]> = values.iter().map(|values| &**values).collect();
    host::tensor(transform(&slices), dims(channels), &device)
}
