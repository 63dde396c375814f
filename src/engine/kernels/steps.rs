//! Sums of gradients and steps along them: values by the million, each read and written once.

use rayon::prelude::*;

use super::{
    host::{self, Held},
    simd::vectorized,
};
use crate::engine::transfer::Matrix;

/// Values for a thread.
const CHUNK: usize = 1 << 15;

/// `a + b`.
pub(in crate::engine) fn add(a: Matrix, b: Matrix) -> Matrix {
    if !host::runs_on(&a) {
        return a + b;
    }
    let dims = a.dims();
    let (mut a, b) = (Held::of(a), Held::of(b));
    a.par_chunks_mut(CHUNK).zip(b.par_chunks(CHUNK)).for_each(|(a, b)| {
        vectorized(
            #[inline(always)]
            || {
                for (a, b) in a.iter_mut().zip(b) {
                    *a += b;
                }
            },
        );
    });
    a.into_tensor(dims)
}

/// How far a step goes.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Rates {
    /// `η`.
    pub learning_rate: f64,
    /// `μ`.
    pub momentum: f64,
    /// `λ`.
    pub weight_decay: f64,
}

/// `p - η v` and `v = μ u + (g + λ p)`, for `p`, `g` and the step `u` before, if there was one.
pub(in crate::engine) fn descend(p: Matrix, g: Matrix, u: Option<Matrix>, rates: Rates) -> [Matrix; 2] {
    if host::runs_on(&p) { descend_on_host(p, g, u, rates) } else { descend_plainly(p, g, u, rates) }
}

fn descend_plainly(p: Matrix, g: Matrix, u: Option<Matrix>, rates: Rates) -> [Matrix; 2] {
    let g = if rates.weight_decay > 0.0 { g + p.clone() * rates.weight_decay } else { g };
    let v = match u {
        Some(u) => u * rates.momentum + g,
        None => g,
    };
    [p - v.clone() * rates.learning_rate, v]
}

#[allow(clippy::cast_possible_truncation)] // rates as single as the values they multiply
fn descend_on_host(p: Matrix, g: Matrix, u: Option<Matrix>, rates: Rates) -> [Matrix; 2] {
    let dims = p.dims();
    let [rate, momentum, decay] = [rates.learning_rate, rates.momentum, rates.weight_decay].map(|rate| rate as f32);
    let (mut p, mut v) = (Held::of(p), Held::of(g));
    let u = u.map(Held::of);
    p.par_chunks_mut(CHUNK).zip(v.par_chunks_mut(CHUNK)).enumerate().for_each(|(chunk, (p, v))| {
        let u = u.as_ref().map(|u| &u[chunk * CHUNK..][..p.len()]);
        vectorized(
            #[inline(always)]
            || {
                for (v, p) in v.iter_mut().zip(&*p) {
                    *v += p * decay;
                }
                if let Some(u) = u {
                    for (v, u) in v.iter_mut().zip(u) {
                        *v += u * momentum;
                    }
                }
                for (p, v) in p.iter_mut().zip(&*v) {
                    *p -= v * rate;
                }
            },
        );
    });
    [p.into_tensor(dims), v.into_tensor(dims)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{
        device::ComputeDevice,
        test_support::{assert_close, random_maps},
    };

    #[test]
    fn loops_agree_with_tensor_operations_and_leave_what_is_shared() {
        let device = ComputeDevice::cpu();
        let dims = [2, CHUNK / 2 + 3];
        let matrix = |seed| random_maps([1, 1, dims[0], dims[1]], seed, &device).reshape(dims);
        let (p, g, u): (Matrix, Matrix, Matrix) = (matrix(1), matrix(2), matrix(3));
        assert_close(&add(p.clone(), g.clone()), &(p.clone() + g.clone()), 1e-6);
        let rates = Rates { learning_rate: 0.1, momentum: 0.9, weight_decay: 0.01 };
        for u in [None, Some(u)] {
            let found = descend(p.clone(), g.clone(), u.clone(), rates);
            let expected = descend_plainly(p.clone(), g.clone(), u, rates);
            for (found, expected) in found.iter().zip(&expected) {
                assert_close(found, expected, 1e-6);
            }
        }
        assert_close(&p, &matrix(1), 0.0);
        assert_close(&g, &matrix(2), 0.0);
    }
}
