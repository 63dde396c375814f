//! Instance norm, ReLU and average pooling in one go, each of the four rules, for single precision in the CPU's memory; the
//! last two may be left out.
//!
//! A plane of a channel of an image is read while it is in the first-level cache. With `x̂ = (x - mean) r`,
//! `z = γ x̂ + β`, `y = pool(max(z, 0))` and `u = [z > 0] poolᵀ(δ)`, of which `s = mean(u)` and `t = mean(u x̂)`:
//! `δx = γ r (u - s - x̂ t)`, `∂γ = Σ u x̂`, `∂β = Σ u`. The tangents are those of `layers::normalization` with `g = γ u`.
//! Planes are worked on in parallel by channel; every value is computed in a fixed order.

use rayon::prelude::*;

use super::After;
use crate::engine::kernels::{
    host::Held,
    simd::{array, at_least, sums, vectorized},
};

/// Added to a variance before its root.
const EPSILON: f32 = 1e-5;

/// The maps before the block, and what it does after the norm.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planes {
    pub images: usize,
    pub height: usize,
    pub width: usize,
    /// What the ReLU raises smaller values to; minus infinity without a ReLU.
    pub floor: f32,
    pub pooled: bool,
}

impl Planes {
    pub(super) const fn new(images: usize, height: usize, width: usize, after: After) -> Self {
        let floor = if matches!(after, After::Nothing) { f32::NEG_INFINITY } else { 0.0 };
        Self { images, height, width, floor, pooled: matches!(after, After::ReluAndPooling) }
    }

    pub(super) const fn len(self) -> usize {
        self.height * self.width
    }

    /// Height and width after the block.
    pub(super) const fn output(self) -> [usize; 2] {
        if self.pooled { [self.height / 2, self.width / 2] } else { [self.height, self.width] }
    }

    const fn output_len(self) -> usize {
        let [height, width] = self.output();
        height * width
    }

    /// `pool(value(x))` of a plane that depends on `N` planes `x`.
    #[inline(always)]
    fn pool<const N: usize>(self, y: &mut [f32], x: [&[f32]; N], value: impl Fn([f32; N]) -> f32) {
        if self.pooled {
            match self.width {
                16.. => self.pool_rows::<16, 8, N>(y, x, value),
                8.. => self.pool_rows::<8, 4, N>(y, x, value),
                4.. => self.pool_rows::<4, 2, N>(y, x, value),
                _ => self.pool_rows::<2, 1, N>(y, x, value),
            }
        } else {
            let x = x.map(|x| &x[..y.len()]);
            for (k, y) in y.iter_mut().enumerate() {
                *y = value(x.map(|x| x[k]));
            }
        }
    }

    /// As [`pool`](Self::pool), `W` values of a row at a time, of which `H` are made; the last ones of a row overlap those before.
    #[inline(always)]
    fn pool_rows<const W: usize, const H: usize, const N: usize>(
        self,
        y: &mut [f32],
        x: [&[f32]; N],
        value: impl Fn([f32; N]) -> f32,
    ) {
        let [_, width] = self.output();
        for (row, y) in y.chunks_exact_mut(width).enumerate() {
            for column in (0..width).step_by(H) {
                let column = column.min(width - H);
                let start = 2 * (row * self.width + column);
                let [first, second] = [start, start + self.width].map(|start| x.map(|x| array::<W>(&x[start..])));
                let mut sums = [0.0; W];
                for lane in 0..W {
                    sums[lane] = value(first.map(|x| x[lane])) + value(second.map(|x| x[lane]));
                }
                let y = &mut y[column..column + H];
                for k in 0..H {
                    y[k] = 0.25 * (sums[2 * k] + sums[2 * k + 1]);
                }
            }
        }
    }

    /// `poolᵀ(delta)` where `z` is above the floor, else 0.
    #[inline(always)]
    fn unpool(self, u: &mut [f32], delta: &[f32], normalized: &[f32], scale: f32, shift: f32) {
        if self.pooled {
            let [_, width] = self.output();
            u.fill(0.0);
            for (lines, delta) in u.chunks_exact_mut(2 * self.width).zip(delta.chunks_exact(width)) {
                let (first, second) = lines.split_at_mut(self.width);
                for line in [first, second] {
                    for (pair, delta) in line.as_chunks_mut::<2>().0.iter_mut().zip(delta) {
                        *pair = [0.25 * delta; 2];
                    }
                }
            }
        } else {
            for (u, delta) in u.iter_mut().zip(delta) {
                *u = *delta;
            }
        }
        for (u, normalized) in u.iter_mut().zip(normalized) {
            *u = if normalized * scale + shift > self.floor { *u } else { 0.0 };
        }
    }
}

/// What the value leaves for the other rules: `x̂`, and `r` of every plane.
pub(super) struct Normalized {
    pub values: Held,
    pub inverse_deviations: Vec<f32>,
}

/// The mean of a plane, and `r`.
#[inline(always)]
fn moments(x: &[f32]) -> (f32, f32) {
    let len = x.len() as f32;
    let [sum] = sums(x, x, |x, _| [x]);
    let mean = sum / len;
    let [squares] = sums(x, x, |x, _| [(x - mean) * (x - mean)]);
    (mean, inverse_deviation(squares / len))
}

/// `r` of a plane with this variance.
#[inline(always)]
pub(super) fn inverse_deviation(variance: f32) -> f32 {
    1.0 / (variance + EPSILON).sqrt()
}

/// `y` of one plane `x`, to the bit that of [`forward`], with nothing left.
#[inline(always)]
pub(super) fn value(planes: Planes, x: &[f32], y: &mut [f32], [scale, shift]: [f32; 2]) {
    let (mean, r) = moments(x);
    planes.pool(y, [x], |[x]| at_least(planes.floor, (x - mean) * r * scale + shift));
}

/// `y`, and what it leaves; `scale` and `shift` are a value a channel.
pub(super) fn forward(planes: Planes, mut x: Held, scale: &[f32], shift: &[f32]) -> (Vec<f32>, Normalized) {
    let (len, output_len) = (planes.len(), planes.output_len());
    let count = x.len() / len;
    let (mut y, mut inverse_deviations) = (vec![0.0; count * output_len], vec![0.0; count]);
    let channels = x
        .par_chunks_mut(planes.images * len)
        .zip(y.par_chunks_mut(planes.images * output_len))
        .zip(inverse_deviations.par_chunks_mut(planes.images))
        .zip(scale.par_iter().zip(shift));
    channels.for_each(|(((x, y), inverse_deviations), (&scale, &shift))| {
        vectorized(
            #[inline(always)]
            || {
                let images = x.chunks_exact_mut(len).zip(y.chunks_exact_mut(output_len)).zip(&mut *inverse_deviations);
                for ((x, y), inverse_deviation) in images {
                    let (mean, r) = moments(x);
                    for x in x.iter_mut() {
                        *x = (*x - mean) * r;
                    }
                    *inverse_deviation = r;
                    planes.pool(y, [&*x], |[x]| at_least(planes.floor, x * scale + shift));
                }
            },
        );
    });
    (y, Normalized { values: x, inverse_deviations })
}

/// What the backward rule leaves: `δ`, and `s` and `t` of every plane.
pub(super) struct Backward {
    delta: Held,
    means: Vec<[f32; 2]>,
}

/// `δx`, `∂γ`, `∂β`, and what the backward rule leaves.
pub(super) fn backward(
    planes: Planes,
    normalized: &Normalized,
    delta: Held,
    scale: &[f32],
    shift: &[f32],
) -> (Vec<f32>, [Vec<f32>; 2], Backward) {
    let (len, output_len) = (planes.len(), planes.output_len());
    let mut x = vec![0.0; normalized.values.len()];
    let mut means = vec![[0.0; 2]; normalized.inverse_deviations.len()];
    let (mut of_scale, mut of_shift) = (vec![0.0; scale.len()], vec![0.0; scale.len()]);
    let kept = (normalized.values.par_chunks(planes.images * len))
        .zip(normalized.inverse_deviations.par_chunks(planes.images))
        .zip(delta.par_chunks(planes.images * output_len));
    let found = (x.par_chunks_mut(planes.images * len))
        .zip(means.par_chunks_mut(planes.images))
        .zip(of_scale.par_iter_mut().zip(&mut of_shift));
    let channels = kept.zip(found).zip(scale.par_iter().zip(shift));
    channels.for_each(|((((normalized, deviations), delta), ((x, means), (of_scale, of_shift))), (&scale, &shift))| {
        vectorized(
            #[inline(always)]
            || {
                let kept = normalized.chunks_exact(len).zip(deviations).zip(delta.chunks_exact(output_len));
                for (((normalized, r), delta), (u, means)) in kept.zip(x.chunks_exact_mut(len).zip(&mut *means)) {
                    planes.unpool(u, delta, normalized, scale, shift);
                    let [sum, product] = sums(u, normalized, |u, normalized| [u, u * normalized]);
                    *of_shift += sum;
                    *of_scale += product;
                    let [s, t] = [sum / len as f32, product / len as f32];
                    *means = [s, t];
                    let factor = scale * r;
                    for (u, normalized) in u.iter_mut().zip(normalized) {
                        *u = factor * (*u - s - normalized * t);
                    }
                }
            },
        );
    });
    (x, [of_scale, of_shift], Backward { delta, means })
}

/// Scale and shift of the channels, and their direction.
pub(super) struct Direction<'a> {
    pub scale: &'a [f32],
    pub shift: &'a [f32],
    pub scale_dot: &'a [f32],
    pub shift_dot: &'a [f32],
}

impl Direction<'_> {
    fn channels(&self) -> impl IndexedParallelIterator<Item = [f32; 4]> {
        (0..self.scale.len())
            .into_par_iter()
            .map(|c| [self.scale[c], self.shift[c], self.scale_dot[c], self.shift_dot[c]])
    }
}

/// What the tangent leaves: `x̂'`, and `q = mean(x̂ d)` of every plane.
pub(super) struct Tangent {
    values: Held,
    projections: Vec<f32>,
}

/// `ẏ`, and what the tangent leaves.
pub(super) fn tangent(
    planes: Planes,
    normalized: &Normalized,
    mut x_dot: Held,
    direction: &Direction,
) -> (Vec<f32>, Tangent) {
    let (len, output_len) = (planes.len(), planes.output_len());
    let count = normalized.inverse_deviations.len();
    let (mut y, mut projections) = (vec![0.0; count * output_len], vec![0.0; count]);
    let kept =
        normalized.values.par_chunks(planes.images * len).zip(normalized.inverse_deviations.par_chunks(planes.images));
    let found = (x_dot.par_chunks_mut(planes.images * len))
        .zip(y.par_chunks_mut(planes.images * output_len))
        .zip(projections.par_chunks_mut(planes.images));
    let channels = kept.zip(found).zip(direction.channels());
    channels.for_each(
        |(((normalized, deviations), ((x_dot, y), projections)), [scale, shift, scale_dot, shift_dot])| {
            vectorized(
                #[inline(always)]
                || {
                    let kept = normalized.chunks_exact(len).zip(deviations);
                    let found = x_dot.chunks_exact_mut(len).zip(y.chunks_exact_mut(output_len)).zip(&mut *projections);
                    for ((normalized, r), ((x_dot, y), projection)) in kept.zip(found) {
                        let [sum] = sums(x_dot, normalized, |x_dot, _| [x_dot]);
                        let mean = sum / len as f32;
                        let [product] = sums(x_dot, normalized, |x_dot, normalized| [normalized * (x_dot - mean)]);
                        let q = product / len as f32;
                        *projection = q;
                        for (x_dot, normalized) in x_dot.iter_mut().zip(normalized) {
                            *x_dot = (*x_dot - mean - normalized * q) * r;
                        }
                        planes.pool(y, [&*x_dot, normalized], |[x_dot, normalized]| {
                            let tangent = scale * x_dot + scale_dot * normalized + shift_dot;
                            if normalized * scale + shift > planes.floor { tangent } else { 0.0 }
                        });
                    }
                },
            );
        },
    );
    (y, Tangent { values: x_dot, projections })
}

/// `δ̇x`.
pub(super) fn backward_tangent(
    planes: Planes,
    normalized: &Normalized,
    backward: &Backward,
    tangent: &Tangent,
    delta_dot: &[f32],
    direction: &Direction,
) -> Vec<f32> {
    let (len, output_len) = (planes.len(), planes.output_len());
    let mut result = vec![0.0; normalized.values.len()];
    let kept = (normalized.values.par_chunks(planes.images * len))
        .zip(normalized.inverse_deviations.par_chunks(planes.images))
        .zip(tangent.values.par_chunks(planes.images * len))
        .zip(tangent.projections.par_chunks(planes.images))
        .zip(backward.delta.par_chunks(planes.images * output_len))
        .zip(backward.means.par_chunks(planes.images))
        .zip(delta_dot.par_chunks(planes.images * output_len));
    let channels = kept.zip(result.par_chunks_mut(planes.images * len)).zip(direction.channels());
    channels.for_each(|((kept, result), [scale, shift, scale_dot, _])| {
        let ((((((normalized, deviations), tangent), projections), delta), means), delta_dot) = kept;
        let (mut u, inverse_len) = (vec![0.0; len], 1.0 / len as f32);
        vectorized(
            #[inline(always)]
            || {
                for (image, result) in result.chunks_exact_mut(len).enumerate() {
                    let normalized = &normalized[image * len..][..len];
                    let tangent = &tangent[image * len..][..len];
                    let of_output = image * output_len..(image + 1) * output_len;
                    let ([s, t], q, r) = (means[image], projections[image], deviations[image]);
                    planes.unpool(&mut u, &delta[of_output.clone()], normalized, scale, shift);
                    planes.unpool(result, &delta_dot[of_output], normalized, scale, shift);
                    // ġ = γ u̇ + v_γ u
                    for (moved, u) in result.iter_mut().zip(&u) {
                        *moved = scale * *moved + scale_dot * u;
                    }
                    let [sum, product] = sums(result, normalized, |moved, normalized| [moved, moved * normalized]);
                    let [cross] = sums(&u, tangent, |u, tangent| [u * tangent]);
                    let (mean, along) = (sum * inverse_len, (product + scale * cross) * inverse_len);
                    // δx / r = γ (u - s - x̂ t)
                    let carried = q * r * scale;
                    for (k, moved) in result.iter_mut().enumerate() {
                        let straight = *moved - mean - tangent[k] * (scale * t) - normalized[k] * along;
                        *moved = r * (straight - carried * (u[k] - s - normalized[k] * t));
                    }
                }
            },
        );
    });
    result
}
