//! What several tests of the engine need.

use burn::tensor::{Tensor, TensorData};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{Maps, device::ComputeDevice};

/// Values uniform in [-1, 1).
pub(super) fn random_values(n: usize, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..n).map(|_| rng.random_range(-1.0..1.0)).collect()
}

/// Maps of values uniform in [-1, 1).
pub(super) fn random_maps(dims: [usize; 4], seed: u64, device: &ComputeDevice) -> Maps {
    let values = random_values(dims.iter().product(), seed);
    Tensor::from_data(TensorData::new(values, dims), (device.tensor_device(), device.float_type()))
}

/// Panics when shapes differ or a value differs by more than `tolerance`.
pub(super) fn assert_close<const D: usize>(found: &Tensor<D>, expected: &Tensor<D>, tolerance: f32) {
    assert_eq!(found.dims(), expected.dims());
    let worst = (found.clone() - expected.clone()).abs().max().into_scalar::<f32>();
    assert!(worst <= tolerance, "differs by {worst}");
}
