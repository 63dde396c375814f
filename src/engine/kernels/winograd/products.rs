//! Products of transformed tiles and filters, transformed back where they are made.
//!
//! A thread works on two blocks of sixteen channels of the result, or on more where the tiles do not stay in the cache: it
//! transforms their filters, multiplies two blocks at once with the tiles of some images, as many as there are registers for the
//! sums, and transforms what it has back, all of it in room that is used again, which for most layers stays in the second-level
//! cache. Every value is computed in a fixed order.

use std::{array::from_fn, ops::Range};

use rayon::prelude::*;

use super::{
    matrices::Transformation,
    tiles::{Canvas, Tiles, pitch},
};
use crate::engine::kernels::{
    block::Tail,
    interleaved::{Lanes, lanes_of, separate},
    room::with_room,
    simd::{Arithmetic, LANES, array, vectorized_fused},
};

/// Channels that are multiplied at once.
const PAIR: usize = 2 * LANES;
/// For each so many values of tiles, a thread works on another pair of blocks, so that tiles are fetched less often ...
const FAR: usize = 1 << 20;
/// ... up to so many pairs.
const PAIRS: usize = 4;
/// Values of the products of a thread that stay in the second-level cache.
const CACHED: usize = 1 << 17;

/// The sum of products of filters `[.., taps * taps]` with tiles.
pub(super) struct Product<'a> {
    /// Filters, and the tiles that they are multiplied with.
    pub terms: &'a [(&'a [f32], &'a Tiles)],
    /// Images, channels of the result, and channels that are summed over.
    pub images: usize,
    pub channels: usize,
    pub inner: usize,
    /// From one filter of a channel of the result to that of the next, and from one that is summed over to the next.
    pub steps: [usize; 2],
}

/// What a thread works in.
struct Room<'a> {
    /// `[term, block, place, inner]` and `[block, place, tile]`.
    filters: &'a mut [Lanes],
    products: &'a mut [Lanes],
    canvas: &'a mut [Lanes],
}

/// The maps whose tiles are what `T` makes of the `product` with filters transformed by `F`, where tiles overlap added up; `bias`
/// is added, a value a channel, and `tail` done to every plane.
pub(super) fn maps_of_product<T, F, const I: usize, const O: usize, const R: usize>(
    canvas: Canvas,
    product: &Product,
    bias: Option<&[f32]>,
    tail: Option<&Tail>,
) -> Vec<f32>
where
    T: Transformation<I, O>,
    F: Transformation<R, I>,
{
    let Product { images, channels, .. } = *product;
    let sides = [canvas.height, canvas.width];
    let area = tail.map_or(sides, |tail| tail.output(sides)).iter().product::<usize>();
    let inner = product.inner.next_multiple_of(LANES);
    let tiles = I * I * canvas.count();
    let width = PAIR * (tiles * images * inner / FAR).clamp(1, PAIRS);
    let group = (CACHED / (tiles * width)).clamp(1, images);
    let mut maps = vec![0.0; channels * images * area];
    maps.par_chunks_mut(width * images * area).enumerate().for_each(|(unit, maps)| {
        let blocks = (maps.len() / (images * area)).div_ceil(LANES);
        let lens = [
            product.terms.len() * blocks * I * I * pitch(inner),
            blocks * I * I * pitch(group * canvas.count()),
            canvas.len(),
        ];
        with_room(lens.iter().sum::<usize>() * LANES, |room| {
            let (filters, room) = room.as_chunks_mut().0.split_at_mut(lens[0]);
            let (products, room) = room.split_at_mut(lens[1]);
            let mut room = Room { filters, products, canvas: room };
            let unit = Unit { first: unit * width, blocks, canvas, product, group, bias, tail };
            vectorized_fused(
                #[inline(always)]
                |arithmetic| unit.maps::<T, F, I, O, R>(arithmetic, &mut room, maps),
            );
        });
    });
    maps
}

/// Blocks of channels of a result.
struct Unit<'a> {
    /// The first channel.
    first: usize,
    /// Blocks from there on.
    blocks: usize,
    canvas: Canvas,
    product: &'a Product<'a>,
    /// Images at once.
    group: usize,
    bias: Option<&'a [f32]>,
    tail: Option<&'a Tail>,
}

impl Unit<'_> {
    /// The maps of the blocks.
    #[inline(always)]
    fn maps<T, F, const I: usize, const O: usize, const R: usize>(
        &self,
        arithmetic: Arithmetic,
        room: &mut Room,
        maps: &mut [f32],
    ) where
        T: Transformation<I, O>,
        F: Transformation<R, I>,
    {
        let Self { blocks, canvas, product, group, .. } = *self;
        let inner = product.inner.next_multiple_of(LANES);
        let of_term = room.filters.len() / product.terms.len();
        for (term, (filters, _)) in product.terms.iter().enumerate() {
            for block in 0..blocks {
                let tiles = &mut room.filters[term * of_term + block * I * I * pitch(inner)..];
                self.transform::<F, R, I>(arithmetic, filters, self.first + block * LANES, tiles);
            }
        }
        for first in (0..product.images).step_by(group) {
            let images = group.min(product.images - first);
            let count = images * canvas.count();
            for place in 0..I * I {
                // The tiles of a place are near from the first pair on.
                for block in (0..blocks).step_by(2) {
                    let at = (place, block, first * canvas.count());
                    if block + 1 < blocks {
                        self.multiply::<I, 2>(arithmetic, at, count, room);
                    } else {
                        self.multiply::<I, 1>(arithmetic, at, count, room);
                    }
                }
            }
            for block in 0..blocks {
                for image in 0..images {
                    let products = &room.products[block * I * I * pitch(count) + image * canvas.count()..];
                    let channel = self.first + block * LANES;
                    room.canvas.fill(self.bias.map_or([0.0; LANES], |bias| lanes_of(&bias[channel..])));
                    for (tile, start) in canvas.tiles().enumerate() {
                        let load = |place| products[place * pitch(count) + tile];
                        let store = |place, y: &Lanes| {
                            let target: &mut Lanes = &mut room.canvas[start + place / O * canvas.sides[1] + place % O];
                            for lane in 0..LANES {
                                target[lane] += y[lane];
                            }
                        };
                        T::apply(arithmetic, load, store);
                    }
                    self.finish(room.canvas, block * LANES, first + image, maps);
                }
            }
        }
    }

    /// Sixteen filters as tiles, `[place, inner]`, with zeros behind the last.
    #[inline(always)]
    fn transform<F: Transformation<R, I>, const R: usize, const I: usize>(
        &self,
        arithmetic: Arithmetic,
        filters: &[f32],
        channel: usize,
        tiles: &mut [Lanes],
    ) {
        let Product { channels, inner, steps, .. } = *self.product;
        let padded = inner.next_multiple_of(LANES);
        let lanes = LANES.min(channels - channel);
        let mut x = [[[0.0; LANES]; R]; R];
        for k in 0..padded {
            if k < inner {
                for lane in 0..lanes {
                    let filter = &filters[(channel + lane) * steps[0] + k * steps[1]..][..R * R];
                    for place in 0..R * R {
                        x.as_flattened_mut()[place][lane] = filter[place];
                    }
                }
            } else {
                x = [[[0.0; LANES]; R]; R];
            }
            let store = |place, y: &Lanes| tiles[place * pitch(padded) + k] = *y;
            F::apply(arithmetic, |place| x.as_flattened()[place], store);
        }
    }

    /// The products of `B` blocks at a place with `count` tiles from the `first` on.
    #[inline(always)]
    fn multiply<const I: usize, const B: usize>(
        &self,
        arithmetic: Arithmetic,
        (place, block, first): (usize, usize, usize),
        count: usize,
        room: &mut Room,
    ) {
        let mut tile = 0;
        while tile < count {
            let at = (place, block, first + tile);
            let row = ((block * I * I + place) * pitch(count) + tile, I * I * pitch(count));
            // As many sums as the registers hold.
            tile += match count - tile {
                8.. if arithmetic.is_wide => self.products::<I, B, 8>(arithmetic, at, row, room),
                4.. if arithmetic.is_wide => self.products::<I, B, 4>(arithmetic, at, row, room),
                2.. => self.products::<I, B, 2>(arithmetic, at, row, room),
                _ => self.products::<I, B, 1>(arithmetic, at, row, room),
            };
        }
    }

    /// The products with `J` tiles, written to the room from `row` on, those of each block `step` behind the one before.
    #[inline(always)]
    fn products<const I: usize, const B: usize, const J: usize>(
        &self,
        arithmetic: Arithmetic,
        (place, block, tile): (usize, usize, usize),
        (row, step): (usize, usize),
        room: &mut Room,
    ) -> usize {
        let Product { images, terms, inner, .. } = *self.product;
        let all = pitch(images * self.canvas.count());
        let inner = inner.next_multiple_of(LANES);
        let mut sums = [[[0.0; LANES]; J]; B];
        for (term, (_, tiles)) in terms.iter().enumerate() {
            for summed in 0..inner / LANES {
                let filters: [&[Lanes; LANES]; B] = from_fn(|b| {
                    let row = (term * self.blocks + block + b) * I * I + place;
                    array_of(&room.filters[row * pitch(inner) + summed * LANES..])
                });
                let tiles: &[Lanes; J] = array_of(&tiles.0[(summed * I * I + place) * all + tile..]);
                for k in 0..LANES {
                    add_products(arithmetic, &mut sums, from_fn(|b| &filters[b][k]), from_fn(|j| tiles[j][k]));
                }
            }
        }
        for (b, sums) in sums.iter().enumerate() {
            room.products[row + b * step..][..J].copy_from_slice(sums);
        }
        J
    }

    /// Takes the planes of a block from the canvas to the maps, the first of which is `lane`.
    #[inline(always)]
    fn finish(&self, canvas: &mut [Lanes], lane: usize, image: usize, maps: &mut [f32]) {
        let Product { images, channels, .. } = *self.product;
        let channel = self.first + lane;
        let sides = [self.canvas.height, self.canvas.width];
        self.canvas.cut_out(canvas);
        let mut area = self.canvas.plane();
        if let Some(tail) = self.tail {
            tail.side_by_side(channel, sides, &mut canvas[..area]);
            area = tail.output(sides).iter().product();
        }
        let maps = &mut maps[(lane * images + image) * area..];
        separate(&canvas[..area], maps, images * area, LANES.min(channels - channel));
    }
}

/// The first `N` lanes.
#[inline(always)]
fn array_of<const N: usize>(lanes: &[Lanes]) -> &[Lanes; N] {
    lanes.first_chunk().unwrap_or(&[[0.0; LANES]; N])
}

/// Adds to `sums[b][j]` the product of the `b`-th lanes with the `j`-th value.
#[inline(always)]
fn add_products<const J: usize, const B: usize>(
    arithmetic: Arithmetic,
    sums: &mut [[Lanes; J]; B],
    lanes: [&Lanes; B],
    values: [f32; J],
) {
    // In this order of the loops, the compiler keeps the sums in registers.
    for lane in 0..LANES {
        for j in 0..J {
            for b in 0..B {
                sums[b][j][lane] = arithmetic.multiply_add(lanes[b][lane], values[j], sums[b][j][lane]);
            }
        }
    }
}

/// What `F` makes of the products `dM Vᵀ` over `count` tiles: `[outputs, channels, O * O]`.
pub(super) fn filters_of_product<F: Transformation<I, O>, const I: usize, const O: usize>(
    delta: &Tiles,
    input: &Tiles,
    count: usize,
    [outputs, channels]: [usize; 2],
) -> Vec<f32> {
    let filter = O * O;
    let mut filters = vec![0.0; outputs * channels * filter];
    filters.par_chunks_mut(PAIR * channels * filter).enumerate().for_each(|(unit, filters)| {
        let of_block = I * I * pitch(count);
        let delta = &delta.0[unit * 2 * of_block..];
        let delta = &delta[..delta.len().min(2 * of_block)];
        // [block of outputs, place, output, block of channels]
        with_room(2 * I * I * pitch(PAIR) * LANES, |room| {
            let (room, _) = room.as_chunks_mut();
            vectorized_fused(
                #[inline(always)]
                |arithmetic| {
                    let blocks = channels.div_ceil(LANES);
                    for block in (0..blocks).step_by(2) {
                        let input = &input.0[block * of_block..];
                        if block + 1 < blocks {
                            filter_products::<I, 2>(arithmetic, delta, input, count, room);
                        } else {
                            filter_products::<I, 1>(arithmetic, delta, input, count, room);
                        }
                        let first = block * LANES;
                        let here = PAIR.min(channels - first);
                        finish_filters::<F, I, O>(arithmetic, room, filters, channels, first..first + here);
                    }
                },
            );
        });
    });
    filters
}

/// The tiles of the filters between the blocks of `delta` and the first `B` blocks of `input`.
#[inline(always)]
fn filter_products<const I: usize, const B: usize>(
    arithmetic: Arithmetic,
    delta: &[Lanes],
    input: &[Lanes],
    count: usize,
    room: &mut [Lanes],
) {
    for place in 0..I * I {
        let input: [&[Lanes]; B] = from_fn(|b| &input[(b * I * I + place) * pitch(count)..][..count]);
        for (block, delta) in delta.chunks_exact(I * I * pitch(count)).enumerate() {
            let delta = &delta[place * pitch(count)..][..count];
            let room = &mut room[(block * I * I + place) * pitch(PAIR)..];
            let mut output = 0;
            while output < LANES {
                output += if arithmetic.is_wide {
                    outputs_products::<8, B>(arithmetic, delta, input, output, room)
                } else {
                    outputs_products::<2, B>(arithmetic, delta, input, output, room)
                };
            }
        }
    }
}

/// The products of `J` outputs from the one given on.
#[inline(always)]
fn outputs_products<const J: usize, const B: usize>(
    arithmetic: Arithmetic,
    delta: &[Lanes],
    input: [&[Lanes]; B],
    output: usize,
    room: &mut [Lanes],
) -> usize {
    let mut sums = [[[0.0; LANES]; J]; B];
    for (k, delta) in delta.iter().enumerate() {
        add_products(arithmetic, &mut sums, from_fn(|b| &input[b][k]), *array(&delta[output..]));
    }
    for j in 0..J {
        for b in 0..B {
            room[(output + j) * 2 + b] = sums[b][j];
        }
    }
    J
}

/// Transforms the tiles of filters on the channels `here` back.
#[inline(always)]
fn finish_filters<F: Transformation<I, O>, const I: usize, const O: usize>(
    arithmetic: Arithmetic,
    room: &[Lanes],
    filters: &mut [f32],
    channels: usize,
    here: Range<usize>,
) {
    let mut y = [[[0.0; LANES]; O]; O];
    for (output, filters) in filters.chunks_exact_mut(channels * O * O).enumerate() {
        let (block, output) = (output / LANES, output % LANES);
        for (b, filters) in filters[here.start * O * O..here.end * O * O].chunks_mut(LANES * O * O).enumerate() {
            let load = |place| room[(block * I * I + place) * pitch(PAIR) + output * 2 + b];
            let store = |place, lanes: &Lanes| y.as_flattened_mut()[place] = *lanes;
            F::apply(arithmetic, load, store);
            for (lane, filter) in filters.chunks_exact_mut(O * O).enumerate() {
                for place in 0..O * O {
                    filter[place] = y.as_flattened()[place][lane];
                }
            }
        }
    }
}
