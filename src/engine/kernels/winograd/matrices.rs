//! The matrices of Winograd's minimal filtering (Lavin & Gray, CVPR 2016), and how they are applied to sixteen channels at once.
//!
//! `F(m, r)` computes `m` outputs of a filter of `r` taps from `m + r - 1` inputs with as many multiplications, as
//! `y = Aᵀ((G f) ⊙ (Bᵀ d))`: polynomials multiplied by their values at `0`, some `±p` and infinity. In two dimensions each
//! matrix acts on the rows and on the columns.

use std::marker::PhantomData;

use crate::engine::kernels::{
    interleaved::Lanes,
    simd::{Arithmetic, LANES},
};

/// `F(2, 3)` at `0, 1, -1` and infinity.
pub(super) struct F2x3;

impl F2x3 {
    const INPUT: [[f32; 4]; 4] =
        [[1.0, 0.0, -1.0, 0.0], [0.0, 1.0, 1.0, 0.0], [0.0, -1.0, 1.0, 0.0], [0.0, -1.0, 0.0, 1.0]];
    const OUTPUT: [[f32; 4]; 2] = [[1.0, 1.0, 1.0, 0.0], [0.0, 1.0, -1.0, 1.0]];
    const FILTER: [[f32; 3]; 4] = [[1.0, 0.0, 0.0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0.0, 0.0, 1.0]];
}

/// The points `±A` and `±B` of six-wide tiles: with `A B = 1` the numbers stay near one, and so does the rounding.
const A: f32 = std::f32::consts::FRAC_1_SQRT_2;
const B: f32 = std::f32::consts::SQRT_2;

/// `Bᵀ` of six-wide tiles at `0, ±A, ±B` and infinity.
const INPUT_6: [[f32; 6]; 6] = [
    [1.0, 0.0, -2.5, 0.0, 1.0, 0.0],
    [0.0, -B, -2.0, A, 1.0, 0.0],
    [0.0, B, -2.0, -A, 1.0, 0.0],
    [0.0, -A, -0.5, B, 1.0, 0.0],
    [0.0, A, -0.5, -B, 1.0, 0.0],
    [0.0, 1.0, 0.0, -2.5, 0.0, 1.0],
];
/// `1 / ∏ (p - q)` over the other points `q`, for `p = ±A` and `p = ±B`.
const AT_A: f32 = -2.0 / 3.0;
const AT_B: f32 = 1.0 / 6.0;

/// `F(4, 3)`.
pub(super) struct F4x3;

impl F4x3 {
    const INPUT: [[f32; 6]; 6] = INPUT_6;
    const OUTPUT: [[f32; 6]; 4] = [
        [1.0, 1.0, 1.0, 1.0, 1.0, 0.0],
        [0.0, A, -A, B, -B, 0.0],
        [0.0, 0.5, 0.5, 2.0, 2.0, 0.0],
        [0.0, 0.5 * A, -0.5 * A, 2.0 * B, -2.0 * B, 1.0],
    ];
    const FILTER: [[f32; 3]; 6] = [
        [1.0, 0.0, 0.0],
        [AT_A, AT_A * A, AT_A * 0.5],
        [AT_A, -AT_A * A, AT_A * 0.5],
        [AT_B, AT_B * B, AT_B * 2.0],
        [AT_B, -AT_B * B, AT_B * 2.0],
        [0.0, 0.0, 1.0],
    ];
}

/// `F(2, 5)`.
pub(super) struct F2x5;

impl F2x5 {
    const INPUT: [[f32; 6]; 6] = INPUT_6;
    const OUTPUT: [[f32; 6]; 2] = [[1.0, 1.0, 1.0, 1.0, 1.0, 0.0], [0.0, A, -A, B, -B, 1.0]];
    const FILTER: [[f32; 5]; 6] = [
        [1.0, 0.0, 0.0, 0.0, 0.0],
        [AT_A, AT_A * A, AT_A * 0.5, AT_A * 0.5 * A, AT_A * 0.25],
        [AT_A, -AT_A * A, AT_A * 0.5, -AT_A * 0.5 * A, AT_A * 0.25],
        [AT_B, AT_B * B, AT_B * 2.0, AT_B * 2.0 * B, AT_B * 4.0],
        [AT_B, -AT_B * B, AT_B * 2.0, -AT_B * 2.0 * B, AT_B * 4.0],
        [0.0, 0.0, 0.0, 0.0, 1.0],
    ];
}

/// The transpose of a matrix.
const fn transposed<const I: usize, const O: usize>(matrix: [[f32; I]; O]) -> [[f32; O]; I] {
    let mut result = [[0.0; O]; I];
    let mut i = 0;
    while i < I {
        let mut o = 0;
        while o < O {
            result[i][o] = matrix[o][i];
            o += 1;
        }
        i += 1;
    }
    result
}

/// `matrix x matrixᵀ`, whose matrix is known when a loop is compiled.
pub(super) trait Transformation<const I: usize, const O: usize> {
    const MATRIX: [[f32; I]; O];

    /// The matrix times `x`, in every lane.
    #[inline(always)]
    fn once(arithmetic: Arithmetic, x: &[Lanes; I]) -> [Lanes; O] {
        let mut y = [[0.0; LANES]; O];
        // With the lanes outside, the loops within are unrolled, and the numbers of the matrix stand in the code.
        for lane in 0..LANES {
            for o in 0..O {
                let mut sum = None;
                for i in 0..I {
                    let factor = Self::MATRIX[o][i];
                    if factor != 0.0 {
                        let x = x[i][lane];
                        sum = Some(sum.map_or(factor * x, |sum| arithmetic.multiply_add(factor, x, sum)));
                    }
                }
                y[o][lane] = sum.unwrap_or(0.0);
            }
        }
        y
    }

    /// The transformation: `load` gives a place of `x`, `store` takes one of the result.
    #[inline(always)]
    fn apply(arithmetic: Arithmetic, load: impl Fn(usize) -> Lanes, mut store: impl FnMut(usize, &Lanes)) {
        let mut rows = [[[0.0; LANES]; I]; O];
        for i in 0..I {
            let mut x = [[0.0; LANES]; I];
            for j in 0..I {
                x[j] = load(i * I + j);
            }
            let y = Self::once(arithmetic, &x);
            for o in 0..O {
                rows[o][i] = y[o];
            }
        }
        for (o, column) in rows.iter().enumerate() {
            let y = Self::once(arithmetic, column);
            for i in 0..O {
                store(i * O + o, &y[i]);
            }
        }
    }
}

/// `Bᵀ`, `Aᵀ` and `G` of a scheme, and their transposes.
pub(super) struct Input<S>(PhantomData<S>);
pub(super) struct Output<S>(PhantomData<S>);
pub(super) struct Filter<S>(PhantomData<S>);
pub(super) struct Adjoint<T>(PhantomData<T>);

macro_rules! transformations {
    ($scheme:ty, $n:literal, $m:literal, $r:literal) => {
        transformations!(Input<$scheme>, <$scheme>::INPUT, $n, $n);
        transformations!(Output<$scheme>, <$scheme>::OUTPUT, $n, $m);
        transformations!(Filter<$scheme>, <$scheme>::FILTER, $r, $n);
    };
    ($name:ty, $matrix:expr, $inputs:literal, $outputs:literal) => {
        impl Transformation<$inputs, $outputs> for $name {
            const MATRIX: [[f32; $inputs]; $outputs] = $matrix;
        }
        impl Transformation<$outputs, $inputs> for Adjoint<$name> {
            const MATRIX: [[f32; $outputs]; $inputs] = transposed($matrix);
        }
    };
}

transformations!(F2x3, 4, 2, 3);
transformations!(F4x3, 6, 4, 3);
transformations!(F2x5, 6, 2, 5);
