//! Matrices row by row, for single precision in the CPU's memory.

use burn::tensor::{Tensor, TensorData};
use rayon::prelude::*;

use super::{
    host::{self, Held},
    simd::{sums, vectorized},
};
use crate::engine::transfer::Matrix;

/// Fewer values than this are not worth a second thread.
const LEAST_VALUES: usize = 1 << 16;

/// Whether the loops here can work on `matrix`.
pub(in crate::engine) fn runs_on(matrix: &Matrix) -> bool {
    host::runs_on(matrix)
}

/// For every row `a` and `b` of two matrices of one shape: `<a, a>`, `<b, b>` and `<a, b>`; and the matrix of rows
/// `f a + g b` for the `[f, g]` that `factors` makes of them.
pub(in crate::engine) fn combine(
    a: &Matrix,
    b: &Matrix,
    factors: impl Fn([f32; 3]) -> [f32; 2] + Sync,
) -> (Vec<[f32; 3]>, Matrix) {
    let [rows, columns] = a.dims();
    let device = a.device();
    let (a, b) = (Held::of(a.clone()), Held::of(b.clone()));
    let (mut products, mut combined) = (vec![[0.0; 3]; rows], vec![0.0; a.len()]);
    let length = columns.max(1);
    products
        .par_iter_mut()
        .zip(combined.par_chunks_mut(length))
        .zip(a.par_chunks(length).zip(b.par_chunks(length)))
        .with_min_len(LEAST_VALUES.div_ceil(length))
        .for_each(|((products, combined), (a, b))| {
            vectorized(
                #[inline(always)]
                || {
                    *products = sums(a, b, |a, b| [a * a, b * b, a * b]);
                    let [f, g] = factors(*products);
                    for (combined, (a, b)) in combined.iter_mut().zip(a.iter().zip(b)) {
                        *combined = f * a + g * b;
                    }
                },
            );
        });
    (products, Tensor::from_data(TensorData::new(combined, [rows, columns]), &device))
}
