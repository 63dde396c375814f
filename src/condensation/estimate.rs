//! How much memory a run will need, before it starts.

use crate::{
    domain::{CondensationPlan, DatasetInfo},
    engine::{Network, NetworkError, device::ComputeDevice, lanes},
};

/// An estimate of the memory that the tensors of a run take at their peak, in bytes.
///
/// Counted are the patches and maps of the largest of three phases (a real batch, matching every class, training on the
/// synthetic set), a handful of copies of the parameters for each part that is worked on side by side, and the dataset.
///
/// # Errors
///
/// When the network cannot be built for the dataset.
pub fn memory_bytes(
    plan: &CondensationPlan,
    dataset: &DatasetInfo,
    device: &ComputeDevice,
) -> Result<u64, NetworkError> {
    /// Maps that a pass keeps for each map a layer makes: value, gradient, and their tangents.
    const KEPT_BY_MATCHING: usize = 3;
    let network = Network::new(plan.config.architecture, dataset.shape, dataset.classes())?;
    let largest_class = plan.counts.iter().copied().max().unwrap_or(0);
    let side_by_side = lanes::side_by_side(device);
    let real = lanes::images_in_flight(plan.config.real_batch, device);
    let training = lanes::images_in_flight(plan.images().min(plan.config.network_batch), device);
    let matching = largest_class * side_by_side.min(dataset.classes()) * KEPT_BY_MATCHING;
    let maps = network.map_values() * real.max(training).max(matching);
    let parameters = network.parameter_count() * (2 * side_by_side + dataset.classes());
    let pixels = (dataset.train_len() + dataset.test_len()) * dataset.shape.values();
    Ok((4 * (maps + parameters) + pixels) as u64)
}
