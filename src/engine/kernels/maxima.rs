//! The largest value under every window, where windows may overlap and reach over the border.
//!
//! Places are found once; the largest values are then gathered from them, and gradients added to them. Finding is
//! written in tensor operations, which run everywhere and are the oracle, and as loops over slices for the CPU.

use burn::tensor::{DType, IndexingUpdateOp, Int, Tensor, TensorData};
use rayon::prelude::*;

use super::{
    Window,
    host::{self, Held},
};
use crate::engine::transfer::Maps;

/// Where in its plane each window has its largest value.
#[derive(Clone)]
pub(in crate::engine) struct Maxima {
    /// `row * w + column` of the map, `[c * n, rows * columns]`.
    places: Tensor<2, Int>,
    map: [usize; 4],
    window: Window,
}

impl Maxima {
    /// The place of the largest value under every window of `maps`, of equals the first, row by row, as in PyTorch. What
    /// is beyond the border is smaller than every value; at most half of a window may be there.
    pub(in crate::engine) fn find(maps: Maps, window: Window) -> Self {
        let map = maps.dims();
        let places = if host::runs_on(&maps) { on_host(maps, window) } else { plain(maps, window) };
        Self { places, map, window }
    }

    /// The values of `maps` at the places: of the maps they were found in, the largest.
    pub(in crate::engine) fn gather(&self, maps: Maps) -> Maps {
        let [c, n, h, w] = self.map;
        let values = maps.reshape([c * n, h * w]).gather(1, self.places.clone());
        values.reshape([c, n, self.window.count(h), self.window.count(w)])
    }

    /// The adjoint of [`Maxima::gather`]: each value added at its place, zero elsewhere.
    pub(in crate::engine) fn scatter(&self, values: Maps) -> Maps {
        let [c, n, h, w] = self.map;
        let planes = Tensor::zeros([c * n, h * w], (&values.device(), values.dtype()));
        let values = values.reshape([c * n, self.window.count(h) * self.window.count(w)]);
        planes.scatter(1, self.places.clone(), values, IndexingUpdateOp::Add).reshape(self.map)
    }
}

/// Where the windows along a side begin, relative to the map.
fn starts(window: Window, length: usize) -> impl Iterator<Item = i32> + Clone {
    (0..window.count(length)).map(move |number| signed(number * window.stride) - signed(window.padding))
}

fn signed(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn plain(maps: Maps, window: Window) -> Tensor<2, Int> {
    let [c, n, h, w] = maps.dims();
    let Window { size, stride, padding } = window;
    let (rows, columns) = (window.count(h), window.count(w));
    let device = maps.device();
    // Adapters pad with any number but an infinity.
    let lowest = if maps.dtype() == DType::F64 { f64::MIN } else { f64::from(f32::MIN) };
    let windows: Tensor<5> = maps.pad((padding, padding, padding, padding), lowest).unfold(2, size, stride);
    let windows: Tensor<6> = windows.unfold(3, size, stride);
    let largest = windows.reshape([c * n, rows * columns, size * size]).argmax(2).reshape([c * n, rows * columns]);
    let origins = |values: Vec<i32>| Tensor::<2, Int>::from_data(TensorData::new(values, [1, rows * columns]), &device);
    let row_of = origins(starts(window, h).flat_map(|start| std::iter::repeat_n(start, columns)).collect());
    let column_of = origins((0..rows).flat_map(|_| starts(window, w)).collect());
    let side = signed(size);
    // Inside the map even where a window holds nothing that can be compared.
    let row = (largest.clone().div_scalar(side) + row_of).clamp(0, signed(h) - 1);
    let column = (largest.remainder_scalar(side) + column_of).clamp(0, signed(w) - 1);
    row.mul_scalar(signed(w)) + column
}

fn on_host(maps: Maps, window: Window) -> Tensor<2, Int> {
    let [c, n, h, w] = maps.dims();
    let Window { size, stride, padding } = window;
    let (rows, columns) = (window.count(h), window.count(w));
    let device = maps.device();
    let input = Held::of(maps);
    let mut places = vec![0; c * n * rows * columns];
    // The part of a window that lies in the map.
    let inside = move |number: usize, length: usize| {
        let start = number * stride;
        start.saturating_sub(padding)..(start + size).saturating_sub(padding).min(length)
    };
    places.par_chunks_mut((rows * columns).max(1)).zip(input.par_chunks(h * w)).for_each(|(places, plane)| {
        for (row, places) in places.chunks_exact_mut(columns).enumerate() {
            for (column, place) in places.iter_mut().enumerate() {
                let across = inside(column, w);
                let mut best = inside(row, h).start * w + across.start;
                for line in inside(row, h) {
                    for position in line * w + across.start..line * w + across.end {
                        if plane[position] > plane[best] {
                            best = position;
                        }
                    }
                }
                *place = signed(best);
            }
        }
    });
    Tensor::from_data(TensorData::new(places, [c * n, rows * columns]), &device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{
        device::ComputeDevice,
        test_support::{assert_close, random_maps},
    };

    const OVERLAPPING: Window = Window { size: 3, stride: 2, padding: 1 };

    #[test]
    fn both_ways_find_the_same_places() {
        let device = ComputeDevice::cpu();
        for (window, h, w) in [
            (OVERLAPPING, 8, 8),
            (OVERLAPPING, 7, 5),
            (OVERLAPPING, 1, 2),
            (Window { size: 3, stride: 1, padding: 0 }, 5, 6),
            (Window { size: 2, stride: 2, padding: 1 }, 4, 5),
        ] {
            // Below zero, so that a border of zeros would be found out.
            let x = random_maps([3, 2, h, w], 1, &device) - 2.0;
            let found = Maxima::find(x.clone(), window);
            let oracle = plain(x.clone(), window);
            assert_eq!(found.places.clone().into_data(), oracle.into_data(), "{window:?}");
            let largest = found.gather(x.clone());
            assert!(largest.clone().max().into_scalar::<f32>() < -1.0, "no value from beyond the border");
            let y = random_maps(largest.dims(), 2, &device);
            let (left, right) = ((largest * y.clone()).sum(), (x * found.scatter(y)).sum());
            assert!((left.into_scalar::<f32>() - right.into_scalar::<f32>()).abs() < 1e-3, "adjoint");
        }
    }

    #[test]
    fn a_value_that_several_windows_share_is_given_all_their_gradients() {
        let device = ComputeDevice::cpu();
        let mut values = [0.0_f32; 25];
        (values[6], values[24]) = (5.0, 1.0);
        let x = Maps::from_data(TensorData::new(values.to_vec(), [1, 1, 5, 5]), device.tensor_device());
        let found = Maxima::find(x.clone(), OVERLAPPING);
        // Row by row: the five is in reach of four windows, the one of one; of equal zeros the first is taken.
        let expected = [5.0_f32, 5.0, 0.0, 5.0, 5.0, 0.0, 0.0, 0.0, 1.0];
        let expected = Maps::from_data(TensorData::new(expected.to_vec(), [1, 1, 3, 3]), device.tensor_device());
        assert_close(&found.gather(x), &expected, 0.0);
        let gradients: Vec<f32> = found.scatter(expected.ones_like()).try_into_vec_as().unwrap();
        let expected = [(6, 4.0), (24, 1.0), (3, 1.0), (8, 1.0), (15, 1.0), (16, 1.0)];
        assert!(expected.iter().all(|&(place, sum)| (gradients[place] - sum).abs() < 1e-6), "{gradients:?}");
    }

    #[test]
    fn what_is_not_a_number_stays_inside_the_map() {
        let device = ComputeDevice::cpu();
        let x = Maps::full([2, 1, 4, 4], f32::NAN, device.tensor_device());
        for places in [plain(x.clone(), OVERLAPPING), on_host(x, OVERLAPPING)] {
            let places: Vec<i32> = places.try_into_vec_as().unwrap();
            assert!(places.iter().all(|place| (0..16).contains(place)));
        }
    }
}
