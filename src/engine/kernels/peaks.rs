//! The largest value under every window of two by two, where windows lie side by side.
//!
//! Places are found once, with the values; tangents are then gathered from them, and gradients put back to them. A value below
//! zero can be left out on the way, which is what a ReLU before the pooling comes to. It is written in tensor
//! operations, which run everywhere and are the oracle, and as loops over slices for the CPU.

use super::{host, plain};
use crate::engine::transfer::Maps;

/// Side of a window.
const SIDE: usize = 2;
/// The place of no value: the largest is not above zero.
const NOWHERE: u8 = 4;

/// Where each window has its largest value.
pub(in crate::engine) struct Peaks {
    places: Places,
    map: [usize; 4],
}

enum Places {
    /// The place in each window, row by row, or [`NOWHERE`].
    Host(Vec<u8>),
    /// 1 at each place and 0 elsewhere, as large as the map.
    Plain(Maps),
}

impl Peaks {
    /// The largest value under every window of `maps` and its place, of equals the first, row by row, as in PyTorch. With
    /// `rectified` a value that is not above zero becomes zero and has no place.
    pub(in crate::engine) fn find(maps: Maps, rectified: bool) -> (Maps, Self) {
        let map = maps.dims();
        if host::runs_on(&maps) {
            let device = maps.device();
            let (values, places) = on_host::find(&host::values(maps), map, rectified);
            return (host::tensor(values, pooled(map), &device), Self { places: Places::Host(places), map });
        }
        by_mask(maps, rectified)
    }

    /// The values of `maps` at the places, zero where there is none.
    pub(in crate::engine) fn gather(&self, maps: Maps) -> Maps {
        match &self.places {
            Places::Host(places) => {
                let device = maps.device();
                host::tensor(on_host::gather(&host::values(maps), self.map, places), pooled(self.map), &device)
            }
            Places::Plain(mask) => plain::window_sums(maps * mask.clone(), SIDE),
        }
    }

    /// The adjoint of [`Peaks::gather`]: each value at its place, zero elsewhere.
    pub(in crate::engine) fn scatter(&self, values: Maps) -> Maps {
        match &self.places {
            Places::Host(places) => {
                let device = values.device();
                host::tensor(on_host::scatter(&host::values(values), self.map, places), self.map, &device)
            }
            Places::Plain(mask) => plain::spread(values, self.map, SIDE) * mask.clone(),
        }
    }
}

/// As [`Peaks::find`], in tensor operations.
fn by_mask(maps: Maps, rectified: bool) -> (Maps, Peaks) {
    let map = maps.dims();
    let mut mask = plain::largest(maps.clone(), SIDE);
    let mut values = plain::window_sums(maps * mask.clone(), SIDE);
    if rectified {
        let (rectified, slope) = plain::rectify(values);
        (values, mask) = (rectified, mask * plain::spread(slope, map, SIDE));
    }
    (values, Peaks { places: Places::Plain(mask), map })
}

/// The dimensions of the maps' windows.
const fn pooled([c, n, h, w]: [usize; 4]) -> [usize; 4] {
    [c, n, h / SIDE, w / SIDE]
}

/// The loops, by channel in parallel.
mod on_host {
    use rayon::prelude::*;

    use super::{NOWHERE, SIDE};
    use crate::engine::kernels::simd::vectorized;

    /// Windows that are worked on at once, where a row has as many.
    const WIDE: usize = 8;

    /// The values of a row of maps, window by window.
    type Line<'a> = &'a [[f32; SIDE]];

    /// Where blocks of `N` windows begin that cover a row of `columns`; the last two may overlap.
    #[inline(always)]
    fn blocks<const N: usize>(columns: usize) -> impl Iterator<Item = usize> {
        (0..columns).step_by(N).map(move |start| start.min(columns - N))
    }

    /// Does `$work` on every block of a row of `$columns`.
    macro_rules! by_block {
        ($columns:expr, $work:ident($($argument:expr),*)) => {
            if $columns < WIDE {
                blocks::<1>($columns).for_each(
                    #[inline(always)]
                    |start| $work::<1>(start, $($argument),*),
                );
            } else {
                blocks::<WIDE>($columns).for_each(
                    #[inline(always)]
                    |start| $work::<WIDE>(start, $($argument),*),
                );
            }
        };
    }

    /// The windows of planes `[n, h, w]`, row by row, as two lines each.
    #[inline(always)]
    fn lines(planes: &[f32], h: usize, w: usize) -> impl Iterator<Item = [Line<'_>; SIDE]> {
        planes.chunks_exact(h * w).flat_map(move |plane| plane.chunks_exact(SIDE * w)).map(move |lines| {
            let (above, below) = lines.split_at(w);
            [above, below].map(|line| line.as_chunks().0)
        })
    }

    /// The values of the windows of a block, by place.
    #[inline(always)]
    fn load<const N: usize>(start: usize, lines: [Line; SIDE]) -> [[f32; N]; SIDE * SIDE] {
        let lines: [&[[f32; SIDE]]; SIDE] = lines.map(|line| &line[start..start + N]);
        let mut values = [[0.0; N]; SIDE * SIDE];
        for place in 0..SIDE * SIDE {
            for lane in 0..N {
                values[place][lane] = lines[place / SIDE][lane][place % SIDE];
            }
        }
        values
    }

    #[inline(always)]
    fn find_block<const N: usize>(
        start: usize,
        lines: [Line; SIDE],
        rectified: bool,
        values: &mut [f32],
        places: &mut [u8],
    ) {
        let window = load::<N>(start, lines);
        let (mut best, mut best_place) = if rectified { ([0.0; N], [NOWHERE; N]) } else { (window[0], [0; N]) };
        for (place, values) in (0..).zip(&window) {
            for lane in 0..N {
                let better = values[lane] > best[lane] || values[lane].is_nan();
                best[lane] = if better { values[lane] } else { best[lane] };
                best_place[lane] = if better { place } else { best_place[lane] };
            }
        }
        values[start..start + N].copy_from_slice(&best);
        places[start..start + N].copy_from_slice(&best_place);
    }

    #[inline(always)]
    fn gather_block<const N: usize>(start: usize, lines: [Line; SIDE], places: &[u8], values: &mut [f32]) {
        let window = load::<N>(start, lines);
        let (places, values) = (&places[start..start + N], &mut values[start..start + N]);
        for lane in 0..N {
            for (place, window) in (0..).zip(&window) {
                values[lane] = if places[lane] == place { window[lane] } else { values[lane] };
            }
        }
    }

    #[inline(always)]
    fn scatter_block<const N: usize>(
        start: usize,
        values: &[f32],
        places: &[u8],
        lines: &mut [&mut [[f32; SIDE]]; SIDE],
    ) {
        let (places, values) = (&places[start..start + N], &values[start..start + N]);
        for (row, line) in (0..).zip(lines) {
            let line = &mut line[start..start + N];
            for lane in 0..N {
                for column in 0..2 {
                    line[lane][usize::from(column)] = if places[lane] == row * 2 + column { values[lane] } else { 0.0 };
                }
            }
        }
    }

    pub(super) fn find(maps: &[f32], [c, n, h, w]: [usize; 4], rectified: bool) -> (Vec<f32>, Vec<u8>) {
        let columns = w / SIDE;
        let channel = n * (h / SIDE) * columns;
        let (mut values, mut places) = (vec![0.0; c * channel], vec![0; c * channel]);
        let found = values.par_chunks_mut(channel).zip(places.par_chunks_mut(channel));
        found.zip(maps.par_chunks(n * h * w)).for_each(|((values, places), maps)| {
            vectorized(
                #[inline(always)]
                || {
                    let rows = values.chunks_exact_mut(columns).zip(places.chunks_exact_mut(columns));
                    for ((values, places), lines) in rows.zip(lines(maps, h, w)) {
                        by_block!(columns, find_block(lines, rectified, values, places));
                    }
                },
            );
        });
        (values, places)
    }

    pub(super) fn gather(maps: &[f32], [c, n, h, w]: [usize; 4], places: &[u8]) -> Vec<f32> {
        let columns = w / SIDE;
        let channel = n * (h / SIDE) * columns;
        let mut values = vec![0.0; c * channel];
        let channels = values.par_chunks_mut(channel).zip(places.par_chunks(channel));
        channels.zip(maps.par_chunks(n * h * w)).for_each(|((values, places), maps)| {
            vectorized(
                #[inline(always)]
                || {
                    let rows = values.chunks_exact_mut(columns).zip(places.chunks_exact(columns));
                    for ((values, places), lines) in rows.zip(lines(maps, h, w)) {
                        by_block!(columns, gather_block(lines, places, values));
                    }
                },
            );
        });
        values
    }

    pub(super) fn scatter(values: &[f32], [c, n, h, w]: [usize; 4], places: &[u8]) -> Vec<f32> {
        let columns = w / SIDE;
        let channel = n * (h / SIDE) * columns;
        let mut maps = vec![0.0; c * n * h * w];
        let channels = values.par_chunks(channel).zip(places.par_chunks(channel));
        channels.zip(maps.par_chunks_mut(n * h * w)).for_each(|((values, places), maps)| {
            vectorized(
                #[inline(always)]
                || {
                    let rows = values.chunks_exact(columns).zip(places.chunks_exact(columns));
                    let lines =
                        maps.chunks_exact_mut(h * w).flat_map(|plane| plane.chunks_exact_mut(SIDE * w)).map(|lines| {
                            let (above, below) = lines.split_at_mut(w);
                            [above, below].map(|line| line.as_chunks_mut().0)
                        });
                    for ((values, places), mut lines) in rows.zip(lines) {
                        by_block!(columns, scatter_block(values, places, &mut lines));
                    }
                },
            );
        });
        maps
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Tensor;

    use super::*;
    use crate::engine::{
        device::ComputeDevice,
        test_support::{assert_close, random_maps},
    };

    #[test]
    fn both_ways_find_the_same_and_are_adjoint() {
        let device = ComputeDevice::cpu();
        for (h, w) in [(2, 2), (7, 5), (8, 6), (10, 10), (5, 17), (4, 28), (3, 40)] {
            for rectified in [false, true] {
                let dims = [3, 2, h, w];
                // Many windows without a value above zero.
                let x = random_maps(dims, 1, &device) - 0.6;
                let (found, peaks) = Peaks::find(x.clone(), rectified);
                let oracle = by_mask(x.clone(), rectified);
                assert_close(&found, &oracle.0, 0.0);
                assert!(!rectified || found.clone().equal_elem(0.0).any().into_scalar::<bool>(), "some nowhere");
                let y = random_maps(found.dims(), 2, &device);
                let scattered = peaks.scatter(y.clone());
                assert_close(&scattered, &oracle.1.scatter(y.clone()), 0.0);
                let other = random_maps(dims, 3, &device);
                let gathered = peaks.gather(other.clone());
                assert_close(&gathered, &oracle.1.gather(other.clone()), 0.0);
                let (left, right) = ((gathered * y).sum(), (other * scattered).sum());
                assert!((left.into_scalar::<f32>() - right.into_scalar::<f32>()).abs() < 1e-4, "adjoint");
            }
        }
    }

    #[test]
    fn the_first_of_equal_values_is_the_largest() {
        let flat = Tensor::<4>::ones([1, 1, 2, 2], ComputeDevice::cpu().tensor_device());
        for find in [Peaks::find, by_mask] {
            let (_, peaks) = find(flat.clone(), false);
            let places: Vec<f32> = peaks
                .scatter(Tensor::ones_like(&flat).slice_dim(2, 0..1).slice_dim(3, 0..1))
                .try_into_vec_as()
                .unwrap();
            assert_eq!(places, [1.0, 0.0, 0.0, 0.0]);
        }
    }
}
