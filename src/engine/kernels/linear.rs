//! The products of a linear layer on maps `[c, n, h, w]`, whose weight is `[out, c * h * w]` in PyTorch's order: channel, row,
//! column.
//!
//! Large planes are multiplied where they lie; small ones are turned over into features first.

use super::{host, product, product_plus, products};
use crate::engine::transfer::{Maps, Matrix};

/// For planes of fewer values than this, products of a channel each are too narrow.
const LEAST_PLANE: usize = 64;

/// The layer at `x`, plus a value an output: `[out, n]`.
pub(in crate::engine) fn outputs(weight: Matrix, x: Maps, bias: Option<Matrix>) -> Matrix {
    if by_planes(&weight, x.dims()) {
        products::of_planes(weight, x, bias)
    } else {
        product_plus(weight, features(x), bias)
    }
}

/// The gradient of the weight, for that of the outputs.
pub(in crate::engine) fn weight_gradient(delta: Matrix, x: Maps) -> Matrix {
    if by_planes(&delta, x.dims()) {
        products::weight_of_planes(delta, x)
    } else {
        product(delta, features(x).transpose())
    }
}

/// The adjoint of [`outputs`] with respect to maps of dimensions `dims`.
pub(in crate::engine) fn input(weight: Matrix, delta: Matrix, dims: [usize; 4]) -> Maps {
    if by_planes(&delta, dims) {
        return products::planes_of(weight, delta, dims);
    }
    maps(product(weight.transpose(), delta), dims)
}

fn by_planes(matrix: &Matrix, [_, _, height, width]: [usize; 4]) -> bool {
    host::runs_on(matrix) && height * width >= LEAST_PLANE
}

/// The features of maps, `[c * h * w, n]`: what a linear layer is given.
pub(in crate::engine) fn features(maps: Maps) -> Matrix {
    let [c, n, h, w] = maps.dims();
    maps.permute([0, 2, 3, 1]).reshape([c * h * w, n])
}

/// The maps of dimensions `dims` whose [`features`] these are.
pub(in crate::engine) fn maps(features: Matrix, [c, n, h, w]: [usize; 4]) -> Maps {
    features.reshape([c, h, w, n]).permute([0, 3, 1, 2])
}

/// Features, one row each, as the maps `[f, n, 1, 1]` that a layer passes on.
pub(in crate::engine) fn as_maps(features: Matrix) -> Maps {
    let [f, n] = features.dims();
    features.reshape([f, n, 1, 1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{
        device::ComputeDevice,
        test_support::{assert_close, random_maps},
    };

    #[test]
    fn planes_agree_with_features() {
        let device = ComputeDevice::cpu();
        let matrix = |rows, columns, seed| random_maps([1, 1, rows, columns], seed, &device).reshape([rows, columns]);
        for dims @ [c, n, h, w] in
            [[1, 9, 28, 28], [3, 2, 8, 9], [3, 1, 16, 16], [2, 40, 1, 200], [5, 3, 2, 2], [7, 4, 1, 1]]
        {
            let (outputs, columns) = (10, c * h * w);
            // A part of a batch does not lie in order.
            let x = random_maps([c, n + 3, h, w], 1, &device).slice_dim(1, 2..n + 2);
            let (weight, bias, delta) = (matrix(outputs, columns, 2), matrix(outputs, 1, 3), matrix(outputs, n, 4));
            let oracle = weight.clone().matmul(features(x.clone())) + bias.clone();
            assert_close(&super::outputs(weight.clone(), x.clone(), Some(bias)), &oracle, 1e-4);
            let oracle = delta.clone().matmul(features(x.clone()).transpose());
            assert_close(&weight_gradient(delta.clone(), x), &oracle, 1e-4);
            let oracle = weight.clone().transpose().matmul(delta.clone());
            assert_close(&features(input(weight, delta, dims)), &oracle, 1e-4);
        }
    }
}
