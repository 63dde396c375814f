//! Convolutions through patches: the patch under every window is a column, and `weight` times the columns the convolution.
//!
//! On the CPU the columns of a few images at a time are laid out, multiplied while they are in the cache, and forgotten: to lay
//! them out anew for the next rule takes less time than to bring them back from memory. Elsewhere, and for few columns, they
//! are laid out once.

use std::{cell::Cell, ops::Range};

use burn::tensor::Tensor;
use faer::{Accum, MatMut, MatRef};
use rayon::prelude::*;

use super::{
    Window, host,
    host::{Held, Strided},
    patches, product, product_plus,
    products::{multiply_here, rows_of},
    scatter,
};
use crate::engine::transfer::{Maps, Matrix};

/// Columns at once: with the rows of a large convolution they fit the second-level cache.
const AT_ONCE: usize = 1024;
/// A gradient of the weight over fewer columns costs as much to add up as to compute.
const LEAST_COLUMNS: usize = 2048;
/// The most gradients of the weight that are added up.
const MOST_SUMS: usize = 8;

thread_local! {
    /// Room for the columns of a few images.
    static ROOM: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

/// The columns of maps.
pub(in crate::engine) struct Columns {
    form: Form,
    /// `[c, n, h, w]` of the maps.
    dims: [usize; 4],
    window: Window,
}

enum Form {
    /// `[c * size * size, n * rows * columns]`.
    LaidOut(Matrix),
    /// To be laid out when they are needed.
    Maps(Maps),
}

impl Columns {
    /// Those of `maps` `[c, n, h, w]`.
    pub(in crate::engine) fn of(maps: Maps, window: Window) -> Self {
        let dims @ [_, n, h, w] = maps.dims();
        let [rows, columns] = [window.count(h), window.count(w)];
        let is_large = window.size > 1 && n > 1 && n * rows * columns > AT_ONCE;
        let form =
            if is_large && host::runs_on(&maps) { Form::Maps(maps) } else { Form::LaidOut(patches(maps, window)) };
        Self { form, dims, window }
    }

    /// The convolution with `weight` `[out, c * size * size]`, and `bias` `[out, 1]`.
    pub(in crate::engine) fn times(&self, weight: Matrix, bias: Option<Matrix>) -> Maps {
        let ([outputs, _], [_, n, ..], [rows, columns]) = (weight.dims(), self.dims, self.sides());
        let values = match &self.form {
            Form::LaidOut(columns) => product_plus(weight, columns.clone(), bias),
            Form::Maps(maps) => self.times_by_images(weight, maps.clone(), bias),
        };
        values.reshape([outputs, n, rows, columns])
    }

    /// As [`Columns::times`], rounded as the tensor library's products are: see [`Convolution`](crate::engine::layers::Convolution).
    pub(in crate::engine) fn times_plainly(&self, weight: Matrix, bias: Option<Matrix>) -> Maps {
        let ([outputs, _], [_, n, ..], [rows, columns]) = (weight.dims(), self.dims, self.sides());
        let values = weight.matmul(match &self.form {
            Form::LaidOut(columns) => columns.clone(),
            Form::Maps(maps) => patches(maps.clone(), self.window),
        });
        let values = match bias {
            Some(bias) => values + bias,
            None => values,
        };
        values.reshape([outputs, n, rows, columns])
    }

    /// The gradient of the weight, for that of the convolution, `delta` `[out, n * rows * columns]`.
    pub(in crate::engine) fn weight_gradient(&self, delta: Matrix) -> Matrix {
        match &self.form {
            Form::LaidOut(columns) => product(delta, columns.clone().transpose()),
            Form::Maps(maps) => self.weight_gradient_by_images(delta, maps.clone()),
        }
    }

    /// The adjoint of [`Columns::times`] with respect to the maps.
    pub(in crate::engine) fn maps(&self, weight: Matrix, delta: Matrix) -> Maps {
        match &self.form {
            Form::LaidOut(_) => scatter(product(weight.transpose(), delta), self.dims, self.window),
            Form::Maps(_) => self.maps_by_images(weight, delta),
        }
    }

    /// Rows and columns of windows on a map.
    const fn sides(&self) -> [usize; 2] {
        let [_, _, h, w] = self.dims;
        [self.window.count(h), self.window.count(w)]
    }

    /// Columns of an image.
    const fn places(&self) -> usize {
        let [rows, columns] = self.sides();
        rows * columns
    }

    /// Images whose columns are laid out at once.
    fn at_once(&self) -> usize {
        (AT_ONCE / self.places()).max(1)
    }

    fn times_by_images(&self, weight: Matrix, maps: Maps, bias: Option<Matrix>) -> Matrix {
        let ([outputs, _], [_, n, ..]) = (weight.dims(), self.dims);
        let device = weight.device();
        let length = n * self.places();
        let mut values = rows_of(&bias.map_or_else(|| vec![0.0; outputs], host::values), length);
        let (weight, maps) = (Strided::of(weight), Held::of(maps));
        let target = MatMut::from_row_major_slice_mut(&mut values, outputs, length);
        self.each(target, 0..n, &|target, images| {
            self.with_columns(&maps, images, |columns| multiply_here(target, Accum::Add, weight.matrix(0), columns));
        });
        host::tensor(values, [outputs, length], &device)
    }

    /// `work` on the columns of `target` that belong to some images at a time.
    fn each(&self, target: MatMut<f32>, images: Range<usize>, work: &(impl Fn(MatMut<f32>, Range<usize>) + Sync)) {
        let at_once = self.at_once();
        if images.len() <= at_once {
            work(target, images);
            return;
        }
        let first = (images.len() / 2).next_multiple_of(at_once);
        let (left, right) = target.split_at_col_mut(first * self.places());
        let middle = images.start + first;
        rayon::join(|| self.each(left, images.start..middle, work), || self.each(right, middle..images.end, work));
    }

    fn weight_gradient_by_images(&self, delta: Matrix, maps: Maps) -> Matrix {
        let ([outputs, length], [c, n, ..]) = (delta.dims(), self.dims);
        let device = delta.device();
        let (delta, maps) = (Strided::of(delta), Held::of(maps));
        let inputs = c * self.window.size * self.window.size;
        let sum = |images: Range<usize>| {
            let mut sum = vec![0.0; outputs * inputs];
            for start in images.clone().step_by(self.at_once()) {
                let images = start..(start + self.at_once()).min(images.end);
                let delta = delta.matrix(0).subcols(images.start * self.places(), images.len() * self.places());
                self.with_columns(&maps, images, |columns| {
                    let target = MatMut::from_row_major_slice_mut(&mut sum, outputs, inputs);
                    multiply_here(target, Accum::Add, delta, columns.transpose());
                });
            }
            sum
        };
        let sums = (length / LEAST_COLUMNS).clamp(1, MOST_SUMS);
        let each = n.div_ceil(sums).next_multiple_of(self.at_once());
        let parts: Vec<Range<usize>> = (0..n).step_by(each).map(|start| start..(start + each).min(n)).collect();
        let sums: Vec<Tensor<2>> =
            parts.into_par_iter().map(|images| host::tensor(sum(images), [outputs, inputs], &device)).collect();
        sums.into_iter().reduce(super::steps::add).unwrap_or_else(|| Tensor::zeros([outputs, inputs], &device))
    }

    fn maps_by_images(&self, weight: Matrix, delta: Matrix) -> Maps {
        let ([_, inputs], [_, n, h, w]) = (weight.dims(), self.dims);
        let device = weight.device();
        let (weight, delta) = (Strided::of(weight), Strided::of(delta));
        let (at_once, places) = (self.at_once(), self.places());
        let mut values = vec![0.0; self.dims.iter().product()];
        // The planes of some images, channel by channel.
        let mut parts: Vec<Vec<&mut [f32]>> = Vec::new();
        parts.resize_with(n.div_ceil(at_once), Vec::new);
        for channel in values.chunks_exact_mut(n * h * w) {
            for (part, planes) in parts.iter_mut().zip(channel.chunks_mut(at_once * h * w)) {
                part.push(planes);
            }
        }
        parts.into_par_iter().enumerate().for_each(|(part, planes)| {
            let images = part * at_once..((part + 1) * at_once).min(n);
            let delta = delta.matrix(0).subcols(images.start * places, images.len() * places);
            with_room(inputs * images.len() * places, |room| {
                let target = MatMut::from_row_major_slice_mut(room, inputs, images.len() * places);
                multiply_here(target, Accum::Replace, weight.matrix(0).transpose(), delta);
                let taps = self.window.size * self.window.size;
                for (planes, columns) in planes.into_iter().zip(room.chunks_exact(taps * images.len() * places)) {
                    host::add_up(planes, columns, [h, w], self.window);
                }
            });
        });
        host::tensor(values, self.dims, &device)
    }

    /// `work` with the columns of some images, laid out.
    fn with_columns(&self, maps: &[f32], images: Range<usize>, work: impl FnOnce(MatRef<f32>)) {
        let [c, n, h, w] = self.dims;
        let (taps, length) = (self.window.size * self.window.size, images.len() * self.places());
        with_room(c * taps * length, |room| {
            for (channel, columns) in room.chunks_exact_mut(taps * length).enumerate() {
                let planes = &maps[(channel * n + images.start) * h * w..][..images.len() * h * w];
                host::lay_out(columns, planes, [h, w], self.window);
            }
            work(MatRef::from_row_major_slice(room, c * taps, length));
        });
    }
}

/// `work` in room that this thread has used before, whatever is left there.
fn with_room(len: usize, work: impl FnOnce(&mut [f32])) {
    let mut room = ROOM.take();
    if room.len() < len {
        room.resize(len, 0.0);
    }
    work(&mut room[..len]);
    ROOM.set(room);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{
        device::ComputeDevice,
        kernels::plain,
        test_support::{assert_close, random_maps},
    };

    const CASES: [(usize, Window, [usize; 4]); 4] = [
        (4, Window { size: 3, stride: 1, padding: 1 }, [3, 3, 32, 32]),
        (5, Window { size: 3, stride: 2, padding: 1 }, [2, 19, 17, 16]),
        (3, Window { size: 5, stride: 1, padding: 0 }, [2, 7, 20, 18]),
        (2, Window { size: 2, stride: 2, padding: 3 }, [1, 40, 9, 12]),
    ];

    fn matrix(rows: usize, columns: usize, seed: u64, device: &ComputeDevice) -> Matrix {
        random_maps([1, 1, rows, columns], seed, device).reshape([rows, columns])
    }

    #[test]
    fn some_images_at_a_time_agree_with_all() {
        let device = ComputeDevice::cpu();
        for (outputs, window, dims @ [c, n, ..]) in CASES {
            let x = random_maps(dims, 1, &device);
            let columns = Columns::of(x.clone(), window);
            assert!(matches!(columns.form, Form::Maps(_)), "{dims:?} are many");
            let [rows, row] = columns.sides();
            let (inputs, length) = (c * window.size * window.size, n * rows * row);
            let laid_out = plain::patches(x, window);
            let (weight, bias) = (matrix(outputs, inputs, 2, &device), matrix(outputs, 1, 3, &device));
            let expected = weight.clone().matmul(laid_out.clone()) + bias.clone();
            assert_close(&columns.times(weight.clone(), Some(bias)), &expected.reshape([outputs, n, rows, row]), 1e-4);
            let delta = matrix(outputs, length, 4, &device);
            let expected = delta.clone().matmul(laid_out.transpose());
            assert_close(&columns.weight_gradient(delta.clone()), &expected, 1e-3);
            let expected = plain::scatter(weight.clone().transpose().matmul(delta.clone()), dims, window);
            assert_close(&columns.maps(weight, delta), &expected, 1e-4);
        }
    }

    #[test]
    fn results_do_not_depend_on_the_number_of_threads() {
        let device = ComputeDevice::cpu();
        let (outputs, window, dims @ [c, n, ..]) = CASES[0];
        let x = random_maps(dims, 1, &device);
        let weight = matrix(outputs, c * window.size * window.size, 2, &device);
        let results = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let columns = Columns::of(x.clone(), window);
                let y = columns.times(weight.clone(), None);
                let delta: Matrix = y.clone().reshape([outputs, n * columns.places()]);
                let found = [
                    host::values(y),
                    host::values(columns.weight_gradient(delta.clone())),
                    host::values(columns.maps(weight.clone(), delta)),
                ];
                found.concat().into_iter().map(f32::to_bits).collect::<Vec<_>>()
            })
        };
        assert_eq!(results(1), results(3));
    }
}
