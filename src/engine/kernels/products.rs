//! Matrix products in single precision in the CPU's memory.
//!
//! Factors are read where they lie, transposed or cut out of a larger matrix, and results are written once: the tensor
//! library's own products write zeros and copy those, on one thread, before each of them. A large product is cut up by its
//! shape alone, so the result does not depend on the number of threads.

use burn::tensor::Tensor;
use faer::{Accum, MatMut, MatRef, Par, linalg::matmul::matmul};
use rayon::prelude::*;

use super::host::{self, Held, Strided};
use crate::engine::transfer::{Maps, Matrix};

/// A product of twice as many multiplications or more is cut in two ...
const LEAST_WORK: usize = 1 << 23;
/// ... along the columns, where each half fills the registers with so many twice ...
const COLUMNS: usize = 96;
/// ... or else along the rows, where each half has so many, fewer of which do not pay for the packing of the columns.
const ROWS: usize = 64;

/// `a b`, or the product of each pair of matrices.
pub(super) fn product<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    let (mut dims, device) = (a.dims(), a.device());
    let (a, b) = (Strided::of(a), Strided::of(b));
    let ([rows, inner], [_, columns]) = (a.sides(), b.sides());
    dims[D - 1] = columns;
    let mut values = vec![0.0; dims.iter().product()];
    let least = LEAST_WORK / (rows * inner * columns).max(1);
    let targets = values.par_chunks_mut((rows * columns).max(1)).with_min_len(least);
    targets.enumerate().for_each(|(pair, target)| {
        let target = MatMut::from_row_major_slice_mut(target, rows, columns);
        multiply(target, Accum::Replace, a.matrix(pair), b.matrix(pair));
    });
    host::tensor(values, dims, &device)
}

/// `a b`, plus a value a row.
pub(super) fn product_plus(a: Matrix, b: Matrix, c: Option<Matrix>) -> Matrix {
    let ([rows, _], [_, columns]) = (a.dims(), b.dims());
    let device = a.device();
    let (a, b) = (Strided::of(a), Strided::of(b));
    let mut values = rows_of(c, rows, columns);
    multiply(MatMut::from_row_major_slice_mut(&mut values, rows, columns), Accum::Add, a.matrix(0), b.matrix(0));
    host::tensor(values, [rows, columns], &device)
}

/// `rows` of `length` that are a value each, or zeros.
pub(super) fn rows_of(values: Option<Matrix>, rows: usize, length: usize) -> Vec<f32> {
    let mut target = vec![0.0; rows * length];
    if let Some(values) = values {
        for (row, &value) in target.chunks_exact_mut(length.max(1)).zip(&*Held::of(values)) {
            row.fill(value);
        }
    }
    target
}

/// The linear layer `weight` `[out, c * h * w]` at maps `x` `[c, n, h, w]`, plus `bias`: `[out, n]`.
pub(super) fn of_planes(weight: Matrix, x: Maps, bias: Option<Matrix>) -> Matrix {
    let [channels, images, ..] = x.dims();
    let [outputs, columns] = weight.dims();
    let device = weight.device();
    let (weight, x) = (Strided::of(weight), Strided::planes(x));
    let mut values = rows_of(bias, outputs, images);
    let plane = columns / channels;
    for channel in 0..channels {
        let target = MatMut::from_row_major_slice_mut(&mut values, outputs, images);
        let weight = weight.matrix(0).subcols(channel * plane, plane);
        multiply(target, Accum::Add, weight, x.matrix(channel).transpose());
    }
    host::tensor(values, [outputs, images], &device)
}

/// The gradient of the weight of [`of_planes`], for that of its value, `[out, n]`.
pub(super) fn weight_of_planes(delta: Matrix, x: Maps) -> Matrix {
    let [channels, _, height, width] = x.dims();
    let [outputs, _] = delta.dims();
    let device = delta.device();
    let (delta, x) = (Strided::of(delta), Strided::planes(x));
    let plane = height * width;
    let columns = channels * plane;
    let mut values = vec![0.0; outputs * columns];
    for channel in 0..channels {
        let target = MatMut::from_row_major_slice_mut(&mut values, outputs, columns);
        let target = target.subcols_mut(channel * plane, plane);
        multiply(target, Accum::Replace, delta.matrix(0), x.matrix(channel));
    }
    host::tensor(values, [outputs, columns], &device)
}

/// The adjoint of [`of_planes`] with respect to maps of dimensions `dims`.
pub(super) fn planes_of(weight: Matrix, delta: Matrix, dims: [usize; 4]) -> Maps {
    let [channels, images, height, width] = dims;
    let device = delta.device();
    let (weight, delta) = (Strided::of(weight), Strided::of(delta));
    let plane = height * width;
    let mut values = vec![0.0; channels * images * plane];
    for (channel, target) in values.chunks_exact_mut((images * plane).max(1)).enumerate() {
        let target = MatMut::from_row_major_slice_mut(target, images, plane);
        let weight = weight.matrix(0).subcols(channel * plane, plane);
        multiply(target, Accum::Replace, delta.matrix(0).transpose(), weight);
    }
    host::tensor(values, dims, &device)
}

/// Writes or adds `a b` on this thread.
pub(super) fn multiply_here(target: MatMut<f32>, begun: Accum, a: MatRef<f32>, b: MatRef<f32>) {
    matmul(target, begun, a, b, 1.0, Par::Seq);
}

/// Writes or adds `a b`.
fn multiply(target: MatMut<f32>, begun: Accum, a: MatRef<f32>, b: MatRef<f32>) {
    let (rows, columns) = (target.nrows(), target.ncols());
    let is_large = rows * columns * a.ncols() >= 2 * LEAST_WORK;
    if is_large && columns >= 4 * COLUMNS {
        let cut = (columns + COLUMNS) / (2 * COLUMNS) * COLUMNS;
        let (left, right) = target.split_at_col_mut(cut);
        let (b_left, b_right) = b.split_at_col(cut);
        rayon::join(|| multiply(left, begun, a, b_left), || multiply(right, begun, a, b_right));
    } else if is_large && rows >= 2 * ROWS {
        let cut = rows / 2;
        let (upper, lower) = target.split_at_row_mut(cut);
        let (a_upper, a_lower) = a.split_at_row(cut);
        rayon::join(|| multiply(upper, begun, a_upper, b), || multiply(lower, begun, a_lower, b));
    } else {
        multiply_here(target, begun, a, b);
    }
}
