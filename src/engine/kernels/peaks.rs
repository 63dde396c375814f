//! The largest value under every window of two by two, where windows lie side by side.
//!
//! Places are found once, with the values; tangents are then gathered from them, and gradients put back to them. A value below
//! zero can be left out on the way, which is what a ReLU before the pooling comes to. It is written in tensor
//! operations, which run everywhere and are the oracle, and as loops over slices for the CPU.

use super::{
    host::{self, Held},
    plain,
};
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
    Plain(Box<Maps>),
}

impl Peaks {
    /// The largest value under every window of `maps` and its place, of equals the first, row by row, as in PyTorch. With
    /// `rectified` a value that is not above zero becomes zero and has no place.
    pub(in crate::engine) fn find(maps: Maps, rectified: bool) -> (Maps, Self) {
        let map = maps.dims();
        if host::runs_on(&maps) {
            let device = maps.device();
            let (values, places) = on_host::find(&Held::of(maps), map, rectified);
            return (host::tensor(values, pooled(map), &device), Self { places: Places::Host(places), map });
        }
        by_mask(maps, rectified)
    }

    /// The values of `maps` at the places, zero where there is none.
    pub(in crate::engine) fn gather(&self, maps: Maps) -> Maps {
        match &self.places {
            Places::Host(places) => {
                let device = maps.device();
                host::tensor(on_host::gather(&Held::of(maps), self.map, places), pooled(self.map), &device)
            }
            Places::Plain(mask) => plain::window_sums(maps * (**mask).clone(), SIDE),
        }
    }

    /// The adjoint of [`Peaks::gather`]: each value at its place, zero elsewhere.
    pub(in crate::engine) fn scatter(&self, values: Maps) -> Maps {
        match &self.places {
            Places::Host(places) => {
                let device = values.device();
                host::tensor(on_host::scatter(&Held::of(values), self.map, places), self.map, &device)
            }
            Places::Plain(mask) => plain::spread(values, self.map, SIDE) * (**mask).clone(),
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
    (values, Peaks { places: Places::Plain(Box::new(mask)), map })
}

/// The dimensions of the maps' windows.
const fn pooled([c, n, h, w]: [usize; 4]) -> [usize; 4] {
    [c, n, h / SIDE, w / SIDE]
}

/// The loops, by channel in parallel.
mod on_host {
    use rayon::prelude::*;

    use super::{NOWHERE, SIDE, pooled};
    use crate::engine::kernels::simd::vectorized;

    /// How far from the beginning of a window its places are.
    const fn distances(w: usize) -> [usize; SIDE * SIDE] {
        [0, 1, w, w + 1]
    }

    /// The beginnings of the windows of a plane, row by row.
    #[inline(always)]
    fn windows(h: usize, w: usize) -> impl Iterator<Item = usize> {
        (0..h / SIDE).flat_map(move |row| (0..w / SIDE).map(move |column| (row * w + column) * SIDE))
    }

    pub(super) fn find(maps: &[f32], map: [usize; 4], rectified: bool) -> (Vec<f32>, Vec<u8>) {
        let [_, n, h, w] = map;
        let [c, _, rows, columns] = pooled(map);
        let area = rows * columns;
        let (mut values, mut places) = (vec![0.0; c * n * area], vec![0; c * n * area]);
        // Found for windows that begin anywhere: the loop reads and writes without a gap, which is faster than a quarter of
        // the work.
        let starts = (h - 1) * w - 1;
        let room = || (vec![0.0; starts], vec![0; starts]);
        let channels = values.par_chunks_mut(n * area).zip(places.par_chunks_mut(n * area));
        channels.zip(maps.par_chunks(n * h * w)).for_each_init(room, |(best, best_place), ((values, places), maps)| {
            let outputs = values.chunks_exact_mut(area).zip(places.chunks_exact_mut(area));
            for ((values, places), plane) in outputs.zip(maps.chunks_exact(h * w)) {
                vectorized(
                    #[inline(always)]
                    || largest(plane, w, rectified, best, best_place),
                );
                for ((value, place), start) in values.iter_mut().zip(places).zip(windows(h, w)) {
                    (*value, *place) = (best[start], best_place[start]);
                }
            }
        });
        (values, places)
    }

    /// The largest value of every window of a plane, wherever it begins, and its place.
    #[inline(always)]
    fn largest(plane: &[f32], w: usize, rectified: bool, best: &mut [f32], best_place: &mut [u8]) {
        let starts = best.len();
        let best_place = &mut best_place[..starts];
        let values = distances(w).map(|distance| &plane[distance..][..starts]);
        for start in 0..starts {
            let (mut value, mut place) = if rectified { (0.0, NOWHERE) } else { (values[0][start], 0) };
            for (number, values) in (0..NOWHERE).zip(values) {
                let better = values[start] > value || values[start].is_nan();
                value = if better { values[start] } else { value };
                place = if better { number } else { place };
            }
            (best[start], best_place[start]) = (value, place);
        }
    }

    pub(super) fn gather(maps: &[f32], map: [usize; 4], places: &[u8]) -> Vec<f32> {
        let [_, _, h, w] = map;
        let [c, n, rows, columns] = pooled(map);
        let (area, distances) = (rows * columns, distances(w));
        let mut values = vec![0.0; c * n * area];
        let planes = values.par_chunks_mut(n * area).zip(places.par_chunks(n * area)).zip(maps.par_chunks(n * h * w));
        planes.for_each(|((values, places), maps)| {
            let outputs = values.chunks_exact_mut(area).zip(places.chunks_exact(area));
            for ((values, places), plane) in outputs.zip(maps.chunks_exact(h * w)) {
                for ((value, &place), start) in values.iter_mut().zip(places).zip(windows(h, w)) {
                    let taken = plane[start + distances[usize::from(place % NOWHERE)]];
                    *value = if place == NOWHERE { 0.0 } else { taken };
                }
            }
        });
        values
    }

    pub(super) fn scatter(values: &[f32], map: [usize; 4], places: &[u8]) -> Vec<f32> {
        let [_, _, h, w] = map;
        let [c, n, rows, columns] = pooled(map);
        let (area, distances) = (rows * columns, distances(w));
        let mut maps = vec![0.0; c * n * h * w];
        let planes = maps.par_chunks_mut(n * h * w).zip(values.par_chunks(n * area).zip(places.par_chunks(n * area)));
        planes.for_each(|(maps, (values, places))| {
            let inputs = values.chunks_exact(area).zip(places.chunks_exact(area));
            for (plane, (values, places)) in maps.chunks_exact_mut(h * w).zip(inputs) {
                for ((&value, &place), start) in values.iter().zip(places).zip(windows(h, w)) {
                    // Written also where there is none: a branch would be guessed wrong every other time.
                    let value = if place == NOWHERE { 0.0 } else { value };
                    plane[start + distances[usize::from(place % NOWHERE)]] = value;
                }
            }
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
