//! Convolutions with stride 1 on padded planes, on slices.
//!
//! The planes of an image are copied onto canvases with zeros around each, whose rows follow one another without a gap. What a
//! tap reads then lies at one distance from the place of the output, over the ends of rows too: the loops run along
//! the canvas in registers of outputs, a block of filters at once, and the few places between rows, where the window reaches
//! around the edge, are computed for nothing and left out. The gradient of the filters is sums of products along the
//! same places.
//!
//! Images are worked on in parallel; every value is computed in a fixed order.

use rayon::prelude::*;

use crate::engine::kernels::{
    block::Tail,
    simd::{Arithmetic, LANES, across, array, copy, vectorized_fused},
};

/// Less work than this, in multiplications, is not worth a thread.
const LEAST_WORK: usize = 500_000;
/// Images whose part of the filters' gradient is summed by one thread.
const GROUP: usize = 8;
/// Outputs and taps between which the filters' gradient is summed at once.
const OUTPUTS: usize = 4;
const TAPS: usize = 3;

/// Planes with a border, and a window that slides over them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canvas {
    pub height: usize,
    pub width: usize,
    /// Zeros around a plane; where negative, what of it is left out.
    pub border: isize,
    /// Side of the window.
    pub size: usize,
}

/// Filters in blocks: `[block][row]`, a row a channel and tap, with a value for each filter of the block.
pub(super) struct Filters {
    count: usize,
    rows: usize,
    block: usize,
    values: Vec<f32>,
}

impl Filters {
    /// `count` filters, whose value is `at(filter, channel, tap)`.
    pub(super) fn new(count: usize, channels: usize, taps: usize, at: impl Fn(usize, usize, usize) -> f32) -> Self {
        // Of the blocks that there are loops for, the one with the fewest products and reads.
        let block =
            [8, 6, 4, 3, 2, 1].into_iter().min_by_key(|block| count.div_ceil(*block) * (block + 1)).unwrap_or(1);
        let rows = channels * taps;
        let mut values = Vec::with_capacity(count.next_multiple_of(block) * rows);
        for first in (0..count).step_by(block) {
            for channel in 0..channels {
                for tap in 0..taps {
                    let filters = first..first + block;
                    values.extend(filters.map(|filter| if filter < count { at(filter, channel, tap) } else { 0.0 }));
                }
            }
        }
        Self { count, rows, block, values }
    }
}

impl Canvas {
    /// Rows and columns of the output.
    pub(super) const fn output(self) -> [usize; 2] {
        let more = 2 * self.border + 1 - self.size.cast_signed();
        [self.height.saturating_add_signed(more), self.width.saturating_add_signed(more)]
    }

    /// From row to row.
    const fn pitch(self) -> usize {
        self.width.saturating_add_signed(2 * self.border)
    }

    /// Places from the first output to the last, in whole registers of `lanes`.
    const fn places(self, lanes: usize) -> usize {
        let [rows, columns] = self.output();
        ((rows - 1) * self.pitch() + columns).next_multiple_of(lanes)
    }

    /// Values of a canvas on which every place can be read.
    const fn len(self, lanes: usize) -> usize {
        self.places(lanes) + (self.size - 1) * (self.pitch() + 1)
    }

    /// How far from the place of an output each row of a filter reads, where canvases begin `step` apart.
    fn distances(self, channels: usize, step: usize) -> Vec<usize> {
        let of_channel = |channel| (0..self.size).map(move |row| channel * step + row * self.pitch());
        let rows = (0..channels).flat_map(of_channel);
        rows.flat_map(|row| (0..self.size).map(move |column| row + column)).collect()
    }

    /// Copies a plane to its place.
    #[inline(always)]
    fn draw(self, plane: &[f32], canvas: &mut [f32]) {
        let Self { height, width, border, .. } = self;
        let (zeros, cut) = (0_usize.saturating_add_signed(border), 0_usize.saturating_add_signed(-border));
        for row in cut..height - cut {
            let start = (row - cut + zeros) * self.pitch() + zeros;
            copy(&mut canvas[start..start + width - 2 * cut], &plane[row * width + cut..]);
        }
    }

    /// Copies the output from its places to a plane.
    #[inline(always)]
    fn cut_out(self, places: &[f32], plane: &mut [f32]) {
        let [_, columns] = self.output();
        for (row, places) in plane.chunks_exact_mut(columns).zip(places.chunks(self.pitch())) {
            copy(row, places);
        }
    }

    /// The convolution of all channels of `maps`, `[channels, images, height, width]` each, with filters, and a bias:
    /// `[filters, images, rows, columns]`, and `tail` done to it; see [`super::Direct::output`] for `fused`.
    pub(super) fn convolve(
        self,
        images: usize,
        maps: &[&[f32]],
        filters: &Filters,
        bias: Option<&[f32]>,
        tail: Option<&Tail>,
        fused: bool,
    ) -> Vec<f32> {
        match filters.block {
            8 => self.convolve_blocks::<8, 16>(images, maps, filters, bias, tail, fused),
            6 => self.convolve_blocks::<6, 16>(images, maps, filters, bias, tail, fused),
            4 => self.convolve_blocks::<4, 32>(images, maps, filters, bias, tail, fused),
            3 => self.convolve_blocks::<3, 32>(images, maps, filters, bias, tail, fused),
            2 => self.convolve_blocks::<2, 32>(images, maps, filters, bias, tail, fused),
            _ => self.convolve_blocks::<1, 64>(images, maps, filters, bias, tail, fused),
        }
    }

    /// As [`Canvas::convolve`], `B` filters at once at `L` places.
    fn convolve_blocks<const B: usize, const L: usize>(
        self,
        images: usize,
        maps: &[&[f32]],
        filters: &Filters,
        bias: Option<&[f32]>,
        tail: Option<&Tail>,
        fused: bool,
    ) -> Vec<f32> {
        let Filters { count, rows: taps, .. } = *filters;
        let (filters, _) = filters.values.as_chunks::<B>();
        let plane = self.height * self.width;
        let channels: Vec<&[f32]> = maps.iter().flat_map(|maps| maps.chunks_exact(images * plane)).collect();
        let (len, places) = (self.len(L), self.places(L));
        let distances = self.distances(channels.len(), len);
        let sides @ [rows, columns] = self.output();
        let area = tail.map_or(sides, |tail| tail.output(sides)).iter().product();
        let mut output = vec![0.0; count * images * area];
        let least = LEAST_WORK.div_ceil(count * taps * places);
        let by_image = by_image(&mut output, images, area).into_par_iter().with_min_len(least);
        let room = || Room {
            canvas: vec![0.0; channels.len() * len],
            sums: vec![0.0; B * places],
            whole: vec![0.0; rows * columns],
            line: vec![0.0; columns],
        };
        by_image.enumerate().for_each_init(room, |Room { canvas, sums, whole, line }, (image, mut output)| {
            vectorized_fused(
                #[inline(always)]
                |arithmetic| {
                    for (channel, canvas) in channels.iter().zip(canvas.chunks_exact_mut(len)) {
                        self.draw(&channel[image * plane..][..plane], canvas);
                    }
                    for (block, output) in output.chunks_mut(B).enumerate() {
                        let filters = &filters[block * taps..][..taps];
                        let mut start = [0.0; B];
                        if let Some(bias) = bias {
                            start[..output.len()].copy_from_slice(&bias[block * B..][..output.len()]);
                        }
                        for place in (0..places).step_by(L) {
                            let canvas = &canvas[place..];
                            // Each is compiled on its own.
                            let found = if fused {
                                products::<B, L>(arithmetic, canvas, &distances, filters, start)
                            } else {
                                products::<B, L>(arithmetic.one_by_one(), canvas, &distances, filters, start)
                            };
                            for (sums, found) in sums.chunks_exact_mut(places).zip(found) {
                                sums[place..place + L].copy_from_slice(&found);
                            }
                        }
                        for ((filter, sums), output) in (block * B..).zip(sums.chunks_exact(places)).zip(output) {
                            if let Some(tail) = tail {
                                self.cut_out(sums, whole);
                                tail.plane(filter, sides, whole, output, line);
                            } else {
                                self.cut_out(sums, output);
                            }
                        }
                    }
                },
            );
        });
        output
    }

    /// The gradient of the filters, `[outputs, channels * size * size]`, for that of the output,
    /// `[outputs, images, rows, columns]`.
    pub(super) fn filter_gradient(self, images: usize, maps: &[f32], delta: &[f32]) -> Vec<f32> {
        let [rows, columns] = self.output();
        let (plane, area) = (self.height * self.width, rows * columns);
        let (channels, outputs) = (maps.len() / (images * plane), delta.len() / (images * area));
        let (len, places) = (self.len(LANES), self.places(LANES));
        let group = GROUP.min(images);
        let distances = self.distances(channels, group * len);
        let taps = distances.len();
        // The last block of taps and of outputs may be wider than what there is.
        let blocks =
            distances.chunks(TAPS).map(|chunk| std::array::from_fn(|tap| chunk.get(tap).copied().unwrap_or(0)));
        let blocks: Vec<[usize; TAPS]> = blocks.collect();
        let room = || {
            let strips = outputs.next_multiple_of(OUTPUTS) * group * places;
            (vec![0.0; channels * group * len], vec![0.0; strips])
        };
        let of_group = |(canvases, strips): &mut (Vec<f32>, Vec<f32>), start: usize| {
            let images_here = group.min(images - start);
            let mut gradient = vec![0.0; outputs * taps];
            vectorized_fused(
                #[inline(always)]
                |arithmetic| {
                    for image in 0..images_here {
                        for (channel, canvas) in canvases.chunks_exact_mut(group * len).enumerate() {
                            let maps = &maps[(channel * images + start + image) * plane..][..plane];
                            self.draw(maps, &mut canvas[image * len..][..len]);
                        }
                        for (delta, strip) in
                            delta.chunks_exact(images * area).zip(strips.chunks_exact_mut(group * places))
                        {
                            let delta = delta[(start + image) * area..][..area].chunks_exact(columns);
                            for (delta, strip) in delta.zip(strip[image * places..].chunks_mut(self.pitch())) {
                                copy(&mut strip[..columns], delta);
                            }
                        }
                    }
                    for (strips, gradient) in
                        strips.chunks_exact(OUTPUTS * group * places).zip(gradient.chunks_mut(OUTPUTS * taps))
                    {
                        for (block, distances) in blocks.iter().enumerate() {
                            let mut sums = [[[0.0; LANES]; TAPS]; OUTPUTS];
                            for image in 0..images_here {
                                let canvas = &canvases[image * len..];
                                let strips: [&[f32]; OUTPUTS] = std::array::from_fn(|output| {
                                    &strips[(output * group + image) * places..][..places]
                                });
                                add_products(arithmetic, &mut sums, canvas, distances, strips);
                            }
                            for (gradient, sums) in gradient.chunks_exact_mut(taps).zip(sums) {
                                for (gradient, sums) in gradient[block * TAPS..].iter_mut().zip(sums) {
                                    *gradient = across(sums);
                                }
                            }
                        }
                    }
                },
            );
            gradient
        };
        let starts: Vec<usize> = (0..images).step_by(group).collect();
        let least = LEAST_WORK.div_ceil(group * outputs * taps * places);
        let parts: Vec<Vec<f32>> = starts.into_par_iter().with_min_len(least).map_init(room, of_group).collect();
        let add = |mut sum: Vec<f32>, part: Vec<f32>| {
            sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
            sum
        };
        parts.into_iter().reduce(add).unwrap_or_default()
    }
}

/// Room to convolve an image.
struct Room {
    canvas: Vec<f32>,
    /// Of a block of filters, place by place.
    sums: Vec<f32>,
    /// An output before the tail.
    whole: Vec<f32>,
    /// For the tail.
    line: Vec<f32>,
}

/// Planes `[channel, image]` as one list of planes an image.
fn by_image(maps: &mut [f32], images: usize, plane: usize) -> Vec<Vec<&mut [f32]>> {
    let mut by_image: Vec<Vec<&mut [f32]>> = (0..images).map(|_| Vec::new()).collect();
    for (index, plane) in maps.chunks_exact_mut(plane).enumerate() {
        by_image[index % images].push(plane);
    }
    by_image
}

/// `start` and the products of `B` filters with what they read at `L` places from the beginning of `canvas` on.
#[inline(always)]
fn products<const B: usize, const L: usize>(
    arithmetic: Arithmetic,
    canvas: &[f32],
    distances: &[usize],
    filters: &[[f32; B]],
    start: [f32; B],
) -> [[f32; L]; B] {
    let mut sums = start.map(|start| [start; L]);
    for (distance, filters) in distances.iter().zip(filters) {
        let x: &[f32; L] = array(&canvas[*distance..]);
        // In this order of the loops, the compiler keeps the sums in registers.
        for lane in 0..L {
            for filter in 0..B {
                sums[filter][lane] = arithmetic.multiply_add(filters[filter], x[lane], sums[filter][lane]);
            }
        }
    }
    sums
}

/// Adds the products of strips with what taps read along them.
#[inline(always)]
fn add_products(
    arithmetic: Arithmetic,
    sums: &mut [[[f32; LANES]; TAPS]; OUTPUTS],
    canvas: &[f32],
    distances: &[usize; TAPS],
    strips: [&[f32]; OUTPUTS],
) {
    for place in (0..strips[0].len()).step_by(LANES) {
        let x: [&[f32; LANES]; TAPS] = distances.map(|distance| array(&canvas[place + distance..]));
        let delta: [&[f32; LANES]; OUTPUTS] = strips.map(|strip| array(&strip[place..]));
        // As above.
        for lane in 0..LANES {
            for output in 0..OUTPUTS {
                for tap in 0..TAPS {
                    let sum = &mut sums[output][tap][lane];
                    *sum = arithmetic.multiply_add(delta[output][lane], x[tap][lane], *sum);
                }
            }
        }
    }
}
