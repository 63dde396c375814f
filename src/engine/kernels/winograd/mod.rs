//! Convolutions with stride 1 and windows of 3 or 5 as products of transformed tiles, on slices.
//!
//! A convolution becomes one matrix product for each place of a tile: `M_p = U_p V_p` with `U = G w Gᵀ`, `V = Bᵀ x B` and
//! `y = Aᵀ M A`, 2.25 to 4 times fewer multiplications than the direct way. Each transformation is linear, so the other
//! rules are made of adjoints: with `dM = A δ Aᵀ`, `δx = B (Uᵀ dM) Bᵀ` and `∂w = Gᵀ (dM Vᵀ) G`. What goes
//! into a product is laid out `[channel, place, tile]`, so that channels are transformed in parallel, and what comes out of it
//! `[place, channel, tile]`; tiles are in the order of images, rows and columns.
//!
//! Loops here are compiled for several instruction sets, and the processor's best is chosen at run time.

mod tiling;

use rayon::prelude::*;

use super::{
    Window,
    block::Tail,
    simd::{array, copy, vectorized},
};
use tiling::{F2x3, F2x5, F4x3, LANES, Lanes, Matrices, apply_twice, transposed};

/// How many schemes there are.
pub(super) const SCHEMES: usize = 3;
/// For fewer outputs than this the transformations of the filters take longer than the products that they save.
const LEAST_OUTPUTS: usize = 64;
/// More filters than this, a channel each, do not stay in the cache as tiles ...
const CACHED_FILTERS: usize = 1 << 16;
/// ... and ask for more outputs.
const LEAST_OUTPUTS_UNCACHED: usize = 200;
/// With fewer tiles than this, smaller ones are faster: their filters are smaller, and the products less narrow.
const LEAST_TILES: usize = 24;

/// Outputs of a tile along a side, and taps of the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    F2x3,
    F4x3,
    F2x5,
}

/// How the maps of a convolution are cut into tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct Tiling {
    scheme: Scheme,
    images: usize,
    /// Height and width of the input, of the output, and tiles along them.
    input: [usize; 2],
    output: [usize; 2],
    tiles: [usize; 2],
    padding: usize,
}

impl Tiling {
    /// The tiling of maps `[c, images, h, w]` under `window`, for so many `filters`, a channel each; `None` where the direct
    /// way is better.
    pub(super) fn new([_, images, h, w]: [usize; 4], window: Window, filters: usize) -> Option<Self> {
        let output = [window.count(h), window.count(w)];
        let least = if filters > CACHED_FILTERS { LEAST_OUTPUTS_UNCACHED } else { LEAST_OUTPUTS };
        if window.stride != 1 || images * output[0] * output[1] < least {
            return None;
        }
        let (_, large, _) = Scheme::F4x3.sizes();
        // Tiles that hang over the edge are work for nothing.
        let small = output.iter().all(|&side| side <= 2) || {
            let [rows, columns] = output.map(|side| side.div_ceil(large));
            images * rows * columns < LEAST_TILES
        };
        let scheme = match window.size {
            3 if small => Scheme::F2x3,
            3 => Scheme::F4x3,
            5 => Scheme::F2x5,
            _ => return None,
        };
        let (_, outputs, _) = scheme.sizes();
        let tiles = output.map(|side| side.div_ceil(outputs));
        Some(Self { scheme, images, input: [h, w], output, tiles, padding: window.padding })
    }

    /// The scheme, from 0 to [`SCHEMES`].
    pub(super) const fn scheme(&self) -> usize {
        self.scheme as usize
    }

    /// Places of a tile.
    pub(super) const fn places(&self) -> usize {
        let (side, ..) = self.scheme.sizes();
        side * side
    }

    /// Tiles of all images.
    pub(super) const fn count(&self) -> usize {
        self.images * self.tiles[0] * self.tiles[1]
    }

    /// The input maps' dimensions for `channels` channels.
    pub(super) const fn input_dims(&self, channels: usize) -> [usize; 4] {
        [channels, self.images, self.input[0], self.input[1]]
    }

    /// The output maps' dimensions for `channels` channels, behind `tail`.
    pub(super) fn output_dims(&self, channels: usize, tail: Option<&Tail>) -> [usize; 4] {
        let [height, width] = tail.map_or(self.output, |tail| tail.output(self.output));
        [channels, self.images, height, width]
    }

    /// Maps of `channels` channels under tiles of `side`, one `step` from the next.
    const fn canvas(&self, [height, width]: [usize; 2], padding: usize, side: usize) -> Canvas {
        let (_, step, _) = self.scheme.sizes();
        let sides = [(self.tiles[0] - 1) * step + side, (self.tiles[1] - 1) * step + side];
        Canvas { images: self.images, height, width, padding, sides, tiles: self.tiles, step }
    }
}

impl Scheme {
    /// Side of a tile, its outputs along a side, and the filter's taps.
    const fn sizes(self) -> (usize, usize, usize) {
        match self {
            Self::F2x3 => (4, 2, 3),
            Self::F4x3 => (6, 4, 3),
            Self::F2x5 => (6, 2, 5),
        }
    }
}

/// The planes of one channel, padded so that every tile lies inside.
#[derive(Debug, Clone, Copy)]
struct Canvas {
    images: usize,
    height: usize,
    width: usize,
    padding: usize,
    sides: [usize; 2],
    tiles: [usize; 2],
    step: usize,
}

impl Canvas {
    /// Where each tile begins.
    fn offsets(&self) -> Vec<usize> {
        let [rows, columns] = self.tiles;
        let tile = |index: usize| {
            let (image, row, column) = (index / (rows * columns), index / columns % rows, index % columns);
            (image * self.sides[0] + row * self.step) * self.sides[1] + column * self.step
        };
        (0..self.images * rows * columns).map(tile).collect()
    }

    fn len(&self) -> usize {
        self.images * self.sides[0] * self.sides[1]
    }

    /// Takes the planes from the canvas.
    #[inline(always)]
    fn copy_planes(&self, planes: &mut [f32], canvas: &[f32]) {
        for (to, from) in self.rows() {
            copy(&mut planes[to..to + self.width], &canvas[from..from + self.width]);
        }
    }

    /// Each row of the planes with where it lies on the canvas.
    #[inline(always)]
    fn rows(&self) -> impl Iterator<Item = (usize, usize)> {
        let Self { images, height, width, padding, sides, .. } = *self;
        (0..images).flat_map(move |image| {
            (0..height).map(move |row| {
                ((image * height + row) * width, (image * sides[0] + row + padding) * sides[1] + padding)
            })
        })
    }
}

/// Room to transform tiles of side `I` into ones of side `O`.
struct Room<const I: usize, const O: usize> {
    padded: Vec<f32>,
    /// A plane of an image, and a row of it.
    plane: Vec<f32>,
    line: Vec<f32>,
    x: [[Lanes; I]; I],
    y: [[Lanes; O]; O],
    rows: [[Lanes; I]; O],
}

impl<const I: usize, const O: usize> Room<I, O> {
    fn new(canvas: usize) -> Self {
        let zero = [0.0; LANES];
        Self {
            padded: vec![0.0; canvas],
            plane: Vec::new(),
            line: Vec::new(),
            x: [[zero; I]; I],
            y: [[zero; O]; O],
            rows: [[zero; I]; O],
        }
    }
}

/// `matrix x matrixᵀ` for every tile `x` of side `I` of the maps: `[channels, O * O, tiles]`.
fn tiles_of_maps<const I: usize, const O: usize>(matrix: &[[f32; I]; O], canvas: Canvas, maps: &[f32]) -> Vec<f32> {
    let offsets = canvas.offsets();
    let count = offsets.len();
    let plane = canvas.images * canvas.height * canvas.width;
    let mut tiles = vec![0.0; maps.len() / plane * O * O * count];
    let length = canvas.width;
    let channels = tiles.par_chunks_mut(O * O * count).zip(maps.par_chunks(plane));
    channels.for_each_init(
        || Room::<I, O>::new(canvas.len()),
        |Room { padded, x, rows, .. }, (tiles, maps)| {
            vectorized(
                #[inline(always)]
                || {
                    for (from, to) in canvas.rows() {
                        copy(&mut padded[to..to + length], &maps[from..from + length]);
                    }
                    for (chunk, chunk_offsets) in offsets.chunks(LANES).enumerate() {
                        for (lane, offset) in chunk_offsets.iter().enumerate() {
                            for (row, x) in x.iter_mut().enumerate() {
                                let source: &[f32; I] = array(&padded[offset + row * canvas.sides[1]..]);
                                for column in 0..I {
                                    x[column][lane] = source[column];
                                }
                            }
                        }
                        let places = Places { start: chunk * LANES, stride: count, lanes: chunk_offsets.len() };
                        let store = |place, y: &Lanes| places.store(tiles, place, y);
                        apply_twice(matrix, rows, |place| x.as_flattened()[place], store);
                    }
                },
            );
        },
    );
    tiles
}

/// Where the lanes of a chunk stand in `[place, item]`.
#[derive(Clone, Copy)]
struct Places {
    start: usize,
    /// From place to place.
    stride: usize,
    /// Lanes that there are.
    lanes: usize,
}

impl Places {
    #[inline(always)]
    fn store(self, to: &mut [f32], place: usize, from: &Lanes) {
        let to = &mut to[self.start + place * self.stride..];
        match to.first_chunk_mut() {
            Some(to) if self.lanes == LANES => *to = *from,
            _ => to[..self.lanes].copy_from_slice(&from[..self.lanes]),
        }
    }

    #[inline(always)]
    fn load(self, from: &[f32], place: usize) -> Lanes {
        let from = &from[self.start + place * self.stride..];
        match from.first_chunk() {
            Some(from) if self.lanes == LANES => *from,
            _ => {
                let mut lanes = [0.0; LANES];
                lanes[..self.lanes].copy_from_slice(&from[..self.lanes]);
                lanes
            }
        }
    }
}

/// The maps whose tiles are `matrix x matrixᵀ` for `tiles` `x`, `[I * I, channels, tiles]`, where tiles overlap added up;
/// `bias` is added, a value a channel, and `tail` done to every plane.
fn maps_of_tiles<const I: usize, const O: usize>(
    matrix: &[[f32; I]; O],
    canvas: Canvas,
    tiles: &[f32],
    bias: Option<&[f32]>,
    tail: Option<&Tail>,
) -> Vec<f32> {
    let offsets = canvas.offsets();
    let count = offsets.len();
    let plane = canvas.images * canvas.height * canvas.width;
    let channels = tiles.len() / (I * I * count);
    let sides = [canvas.height, canvas.width];
    let [height, width] = tail.map_or(sides, |tail| tail.output(sides));
    let mut maps = vec![0.0; channels * canvas.images * height * width];
    let length = canvas.width;
    maps.par_chunks_mut(canvas.images * height * width).enumerate().for_each_init(
        || Room::<I, O> { plane: vec![0.0; plane], line: vec![0.0; length], ..Room::new(canvas.len()) },
        |Room { padded, plane, line, y, rows, .. }, (channel, maps)| {
            vectorized(
                #[inline(always)]
                || {
                    padded.fill(bias.map_or(0.0, |bias| bias[channel]));
                    for (chunk, chunk_offsets) in offsets.chunks(LANES).enumerate() {
                        let start = channel * count + chunk * LANES;
                        let places = Places { start, stride: channels * count, lanes: chunk_offsets.len() };
                        let store = |place, lanes: &Lanes| y.as_flattened_mut()[place] = *lanes;
                        apply_twice(matrix, rows, |place| places.load(tiles, place), store);
                        for (lane, offset) in chunk_offsets.iter().enumerate() {
                            for (row, y) in y.iter().enumerate() {
                                let target = &mut padded[offset + row * canvas.sides[1]..][..O];
                                for column in 0..O {
                                    target[column] += y[column][lane];
                                }
                            }
                        }
                    }
                    let Some(tail) = tail else {
                        canvas.copy_planes(maps, padded);
                        return;
                    };
                    canvas.copy_planes(plane, padded);
                    let len = canvas.height * canvas.width;
                    for (y, x) in maps.chunks_exact_mut(height * width).zip(plane.chunks_exact(len)) {
                        tail.plane(channel, sides, x, y, line);
                    }
                },
            );
        },
    );
    maps
}

/// `matrix f matrixᵀ` for every filter: `[outputs, channels, I * I]` to `[outputs, O * O, channels]`.
fn tiles_of_filters<const I: usize, const O: usize>(
    matrix: &[[f32; I]; O],
    filters: &[f32],
    channels: usize,
) -> Vec<f32> {
    let mut tiles = vec![0.0; filters.len() / (I * I) * O * O];
    let outputs = tiles.par_chunks_mut(O * O * channels).zip(filters.par_chunks(I * I * channels));
    outputs.for_each_init(
        || Room::<I, O>::new(0),
        |Room { x, rows, .. }, (tiles, filters)| {
            vectorized(
                #[inline(always)]
                || {
                    for (chunk, filters) in filters.chunks(LANES * I * I).enumerate() {
                        for (lane, filter) in filters.chunks_exact(I * I).enumerate() {
                            for place in 0..I * I {
                                x.as_flattened_mut()[place][lane] = filter[place];
                            }
                        }
                        let lanes = filters.len() / (I * I);
                        let places = Places { start: chunk * LANES, stride: channels, lanes };
                        let store = |place, y: &Lanes| places.store(tiles, place, y);
                        apply_twice(matrix, rows, |place| x.as_flattened()[place], store);
                    }
                },
            );
        },
    );
    tiles
}

/// The adjoint of [`tiles_of_filters`], with another layout: `[I * I, outputs, channels]` to `[outputs, channels, O * O]`.
fn filters_of_tiles<const I: usize, const O: usize>(
    matrix: &[[f32; I]; O],
    tiles: &[f32],
    channels: usize,
) -> Vec<f32> {
    let stride = tiles.len() / (I * I);
    let mut filters = vec![0.0; O * O * stride];
    filters.par_chunks_mut(O * O * channels).enumerate().for_each_init(
        || Room::<I, O>::new(0),
        |Room { y, rows, .. }, (output, filters)| {
            vectorized(
                #[inline(always)]
                || {
                    for (chunk, filters) in filters.chunks_mut(LANES * O * O).enumerate() {
                        let lanes = filters.len() / (O * O);
                        let places = Places { start: output * channels + chunk * LANES, stride, lanes };
                        let store = |place, lanes: &Lanes| y.as_flattened_mut()[place] = *lanes;
                        apply_twice(matrix, rows, |place| places.load(tiles, place), store);
                        for (lane, filter) in filters.chunks_exact_mut(O * O).enumerate() {
                            for place in 0..O * O {
                                filter[place] = y.as_flattened()[place][lane];
                            }
                        }
                    }
                },
            );
        },
    );
    filters
}

/// Calls a function generic in the matrices with those of a scheme.
macro_rules! with_matrices {
    ($scheme:expr, $function:ident($($argument:expr),*)) => {
        match $scheme {
            Scheme::F2x3 => $function::<F2x3, 4, 2, 3>($($argument),*),
            Scheme::F4x3 => $function::<F4x3, 6, 4, 3>($($argument),*),
            Scheme::F2x5 => $function::<F2x5, 6, 2, 5>($($argument),*),
        }
    };
}

/// `V = Bᵀ x B` of maps `x`.
pub(super) fn input_tiles(tiling: &Tiling, maps: &[f32]) -> Vec<f32> {
    fn of<S: Matrices<N, M, R>, const N: usize, const M: usize, const R: usize>(
        tiling: &Tiling,
        maps: &[f32],
    ) -> Vec<f32> {
        tiles_of_maps(&S::INPUT, tiling.canvas(tiling.input, tiling.padding, N), maps)
    }
    with_matrices!(tiling.scheme, of(tiling, maps))
}

/// `y = Aᵀ M A + bias` of tiles `M`, and what `tail` makes of it.
pub(super) fn output_maps(tiling: &Tiling, tiles: &[f32], bias: Option<&[f32]>, tail: Option<&Tail>) -> Vec<f32> {
    fn of<S: Matrices<N, M, R>, const N: usize, const M: usize, const R: usize>(
        tiling: &Tiling,
        tiles: &[f32],
        bias: Option<&[f32]>,
        tail: Option<&Tail>,
    ) -> Vec<f32> {
        maps_of_tiles(&S::OUTPUT, tiling.canvas(tiling.output, 0, M), tiles, bias, tail)
    }
    with_matrices!(tiling.scheme, of(tiling, tiles, bias, tail))
}

/// `dM = A δ Aᵀ` of maps `δ`.
pub(super) fn output_tiles(tiling: &Tiling, maps: &[f32]) -> Vec<f32> {
    fn of<S: Matrices<N, M, R>, const N: usize, const M: usize, const R: usize>(
        tiling: &Tiling,
        maps: &[f32],
    ) -> Vec<f32> {
        tiles_of_maps(&const { transposed(S::OUTPUT) }, tiling.canvas(tiling.output, 0, M), maps)
    }
    with_matrices!(tiling.scheme, of(tiling, maps))
}

/// `δx = B dV Bᵀ` of tiles `dV`.
pub(super) fn input_maps(tiling: &Tiling, tiles: &[f32]) -> Vec<f32> {
    fn of<S: Matrices<N, M, R>, const N: usize, const M: usize, const R: usize>(
        tiling: &Tiling,
        tiles: &[f32],
    ) -> Vec<f32> {
        let canvas = tiling.canvas(tiling.input, tiling.padding, N);
        maps_of_tiles(&const { transposed(S::INPUT) }, canvas, tiles, None, None)
    }
    with_matrices!(tiling.scheme, of(tiling, tiles))
}

/// `U = G w Gᵀ` of filters `w` on maps of `channels`.
pub(super) fn filter_tiles(tiling: &Tiling, filters: &[f32], channels: usize) -> Vec<f32> {
    fn of<S: Matrices<N, M, R>, const N: usize, const M: usize, const R: usize>(
        filters: &[f32],
        channels: usize,
    ) -> Vec<f32> {
        tiles_of_filters(&S::FILTER, filters, channels)
    }
    with_matrices!(tiling.scheme, of(filters, channels))
}

/// `∂w = Gᵀ dU G`.
pub(super) fn filter_gradient(tiling: &Tiling, tiles: &[f32], channels: usize) -> Vec<f32> {
    fn of<S: Matrices<N, M, R>, const N: usize, const M: usize, const R: usize>(
        tiles: &[f32],
        channels: usize,
    ) -> Vec<f32> {
        filters_of_tiles(&const { transposed(S::FILTER) }, tiles, channels)
    }
    with_matrices!(tiling.scheme, of(tiles, channels))
}
