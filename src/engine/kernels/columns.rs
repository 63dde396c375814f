//! Convolutions through patches: the patch under every window is a column, and `weight` times the columns the convolution.
//!
//! On the CPU the columns of a few images at a time are laid out, multiplied while they are in the cache, and forgotten: to lay
//! them out anew for the next rule takes less time than to bring them back from memory. Elsewhere, and for few columns, they
//! are laid out once.

use std::ops::Range;

use burn::tensor::Tensor;
use faer::{Accum, MatMut, MatRef};
use rayon::prelude::*;

use super::{
    Window, host,
    host::{Held, Strided},
    patches, plain, product, product_plus,
    products::{multiply_here, rows_of},
    room::with_room,
    scatter,
};
use crate::engine::transfer::{Maps, Matrix};

/// Columns at once: with the rows of a large convolution they fit the second-level cache.
const AT_ONCE: usize = 1024;
/// A gradient of the weight over fewer columns costs a good part of its time to add up.
const LEAST_COLUMNS: usize = 512;
/// The most gradients of the weight that are added up.
const MOST_SUMS: usize = 8;

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

    /// As [`Columns::times`], rounded as the tensor library's products are: see `Network::matches_plainly`.
    pub(in crate::engine) fn times_plainly(&self, weight: Matrix, bias: Option<Matrix>) -> Maps {
        let ([outputs, _], [_, n, ..], [rows, columns]) = (weight.dims(), self.dims, self.sides());
        let values = match &self.form {
            Form::LaidOut(columns) => plain::product_plus(weight, columns.clone(), bias),
            Form::Maps(maps) => {
                let some = |images: Range<usize>| {
                    let columns = patches(maps.clone().slice_dim(1, images), self.window);
                    plain::product_plus(weight.clone(), columns, bias.clone())
                };
                Tensor::cat(self.shares().into_par_iter().map(some).collect(), 1)
            }
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

    /// The images whose columns are laid out at once, in shares of one size but for an image: an even number, where there
    /// are as many images.
    fn shares(&self) -> Vec<Range<usize>> {
        let [_, n, ..] = self.dims;
        let shares = (n * self.places()).div_ceil(AT_ONCE).next_multiple_of(2).min(n);
        (0..shares).map(|share| share * n / shares..(share + 1) * n / shares).collect()
    }

    fn times_by_images(&self, weight: Matrix, maps: Maps, bias: Option<Matrix>) -> Matrix {
        let ([outputs, _], [_, n, ..]) = (weight.dims(), self.dims);
        let device = weight.device();
        let length = n * self.places();
        let mut values = rows_of(bias, outputs, length);
        let (weight, maps) = (Strided::of(weight), Held::of(maps));
        let target = MatMut::from_row_major_slice_mut(&mut values, outputs, length);
        self.each(target, &self.shares(), &|target, images| {
            self.with_columns(&maps, images, |columns| multiply_here(target, Accum::Add, weight.matrix(0), columns));
        });
        host::tensor(values, [outputs, length], &device)
    }

    /// `work` on the columns of `target`, which are those of some `shares`, a share at a time.
    fn each(&self, target: MatMut<f32>, shares: &[Range<usize>], work: &(impl Fn(MatMut<f32>, Range<usize>) + Sync)) {
        if let [images] = shares {
            work(target, images.clone());
            return;
        }
        let (first, second) = shares.split_at(shares.len() / 2);
        let images: usize = first.iter().map(Range::len).sum();
        let (left, right) = target.split_at_col_mut(images * self.places());
        rayon::join(|| self.each(left, first, work), || self.each(right, second, work));
    }

    fn weight_gradient_by_images(&self, delta: Matrix, maps: Maps) -> Matrix {
        let ([outputs, length], [c, ..]) = (delta.dims(), self.dims);
        let device = delta.device();
        let (delta, maps) = (Strided::of(delta), Held::of(maps));
        let inputs = c * self.window.size * self.window.size;
        let sum = |shares: &[Range<usize>]| {
            let mut sum = vec![0.0; outputs * inputs];
            for images in shares {
                let delta = delta.matrix(0).subcols(images.start * self.places(), images.len() * self.places());
                self.with_columns(&maps, images.clone(), |columns| {
                    let target = MatMut::from_row_major_slice_mut(&mut sum, outputs, inputs);
                    multiply_here(target, Accum::Add, delta, columns.transpose());
                });
            }
            host::tensor(sum, [outputs, inputs], &device)
        };
        let shares = self.shares();
        let sums = (length / LEAST_COLUMNS).clamp(1, MOST_SUMS);
        let sums: Vec<Tensor<2>> = shares.par_chunks(shares.len().div_ceil(sums)).map(sum).collect();
        sums.into_iter().reduce(super::steps::add).unwrap_or_else(|| Tensor::zeros([outputs, inputs], &device))
    }

    fn maps_by_images(&self, weight: Matrix, delta: Matrix) -> Maps {
        let ([_, inputs], [_, n, h, w]) = (weight.dims(), self.dims);
        let device = weight.device();
        let (weight, delta) = (Strided::of(weight), Strided::of(delta));
        let places = self.places();
        let mut values = vec![0.0; self.dims.iter().product()];
        // The planes of some images, channel by channel.
        let mut parts: Vec<(Range<usize>, Vec<&mut [f32]>)> =
            self.shares().into_iter().map(|images| (images, Vec::new())).collect();
        for mut channel in values.chunks_exact_mut(n * h * w) {
            for (images, planes) in &mut parts {
                let (some, rest) = channel.split_at_mut(images.len() * h * w);
                planes.push(some);
                channel = rest;
            }
        }
        parts.into_par_iter().for_each(|(images, planes)| {
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
