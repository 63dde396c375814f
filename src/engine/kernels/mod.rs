//! The spatial operations under the layers; those that are linear come with their adjoints.
//!
//! `columns` carries convolutions, by `patches` and `scatter` (the adjoint of `patches`), and `linear` linear layers;
//! `window_sums` and `spread` (its adjoint) carry average pooling, `peaks` max pooling and `maxima` max pooling whose windows
//! overlap; `tiled` carries the large convolutions on the CPU with fewer multiplications, `block` what follows them, and `direct`
//! convolutions of few channels; `resample` (whose adjoint is itself with transposed taps) carries augmentations. `rows` and
//! `steps` are loops over gradients. `plain` writes operations in those of tensors, which run everywhere; `host` writes them as
//! loops over slices for the CPU, where matrix products are those of `products`, in `room` where they are forgotten at once, and
//! planes `interleaved` where a loop does sixteen at once.
//! Nothing here knows of parameters.

// A loop is compiled for an instruction set only where it is inlined, and lanes are clearest by number.
#![allow(clippy::inline_always, clippy::needless_range_loop)]

pub(super) mod block;
pub(super) mod columns;
pub(super) mod direct;
mod host;
mod interleaved;
pub(super) mod linear;
mod maxima;
mod peaks;
mod plain;
mod products;
mod room;
pub(super) mod rows;
mod simd;
pub(super) mod steps;
mod taps;
pub(super) mod tiled;
mod winograd;

use burn::tensor::Tensor;

pub(super) use maxima::Maxima;
pub(super) use peaks::Peaks;
#[cfg(test)]
pub(super) use simd::narrower;
pub(super) use taps::{PlaneTaps, Taps};

use super::transfer::{Maps, Matrix};

/// How a square window slides over a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// Side of the window.
    pub size: usize,
    /// Step from one window to the next.
    pub stride: usize,
    /// Zeros around the map.
    pub padding: usize,
}

impl Window {
    /// Windows along a side of `length`; 0 when the padded side is shorter than the window.
    pub(super) const fn count(self, length: usize) -> usize {
        let padded = length + 2 * self.padding;
        if padded < self.size { 0 } else { (padded - self.size) / self.stride + 1 }
    }
}

/// Whether `tensor` is in single precision and in the CPU's memory, where loops over slices beat tensor operations.
pub(super) fn runs_on_host<const D: usize>(tensor: &Tensor<D>) -> bool {
    host::runs_on(tensor)
}

/// `a b`, or the product of each pair of matrices.
pub(super) fn product<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    if host::runs_on(&a) { products::product(a, b) } else { a.matmul(b) }
}

/// `a b`, plus a value a row.
pub(super) fn product_plus(a: Matrix, b: Matrix, c: Option<Matrix>) -> Matrix {
    if host::runs_on(&a) { products::product_plus(a, b, c) } else { plain::product_plus(a, b, c) }
}

/// The patch under every window: `[c, n, h, w]` to `[c * size * size, n * out_h * out_w]`.
///
/// Rows are in the order of a convolution weight's columns, so the weight times the patches is the convolution.
fn patches(maps: Maps, window: Window) -> Tensor<2> {
    if window == (Window { size: 1, stride: 1, padding: 0 }) {
        let [c, n, h, w] = maps.dims();
        return maps.reshape([c, n * h * w]);
    }
    if host::runs_on(&maps) { host::patches(maps, window) } else { plain::patches(maps, window) }
}

/// The adjoint of [`patches`]: adds each patch into the map `[c, n, h, w]` of shape `dims` it was taken from.
fn scatter(patches: Tensor<2>, dims: [usize; 4], window: Window) -> Maps {
    if window == (Window { size: 1, stride: 1, padding: 0 }) {
        return patches.reshape(dims);
    }
    if host::runs_on(&patches) { host::scatter(patches, dims, window) } else { plain::scatter(patches, dims, window) }
}

/// Sums over windows of side and stride `size`; rows and columns that fill no window are left out.
pub(super) fn window_sums(maps: Maps, size: usize) -> Maps {
    if host::runs_on(&maps) { host::window_sums(maps, size) } else { plain::window_sums(maps, size) }
}

/// The adjoint of [`window_sums`]: each value copied to its window, zero where none is, in a map of `dims`.
pub(super) fn spread(maps: Maps, dims: [usize; 4], size: usize) -> Maps {
    if host::runs_on(&maps) { host::spread(maps, dims, size) } else { plain::spread(maps, dims, size) }
}

/// A ReLU: `max(x, 0)`, and its slope, 1 where `x` is above zero and 0 elsewhere.
pub(super) fn rectify(maps: Maps) -> (Maps, Maps) {
    if host::runs_on(&maps) { host::rectify(maps) } else { plain::rectify(maps) }
}

/// Every pixel of the result is the weighted sum of some pixels of the same plane, all channels of an image alike.
pub(super) fn resample(maps: Maps, taps: &Taps) -> Maps {
    if host::runs_on(&maps) { host::resample(maps, taps) } else { plain::resample(maps, taps) }
}
