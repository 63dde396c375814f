//! Estimates of what a run will take. Nothing is computed on a device.

use sysinfo::System;

use super::{FileReply, MeasuredRun, error::FileError};
use crate::{
    condensation,
    domain::{AdapterKind, CondensationConfig, CondensationPlan, CostEstimate, DatasetInfo, DeviceInfo},
    engine::device,
};

/// Typical speeds in floating-point operations a second: of one thread of a CPU, and of a GPU.
const CPU_THREAD_SPEED: f64 = 30e9;
const GPU_SPEED: f64 = 5e12;

pub(super) fn estimate(
    ticket: u64,
    config: CondensationConfig,
    experiments: usize,
    dataset: &DatasetInfo,
    device: &DeviceInfo,
    measured: Option<MeasuredRun>,
) -> Result<FileReply, FileError> {
    let plan = CondensationPlan::new(config, dataset)?;
    let operations = condensation::operations(&plan, dataset)?;
    let measured = measured.and_then(measured_speed);
    let on_cpu = matches!(device.kind, AdapterKind::Cpu | AdapterKind::Software);
    let typical = if on_cpu { CPU_THREAD_SPEED * device::cpu_threads() as f64 } else { GPU_SPEED };
    let iterations = plan.config.iterations as f64 * experiments as f64;
    let cost = CostEstimate {
        operations,
        seconds: iterations * operations / measured.unwrap_or(typical),
        measured: measured.is_some(),
        memory_bytes: condensation::memory_bytes(&plan, dataset, device.kind == AdapterKind::Cpu)?,
        free_bytes: if on_cpu { available_memory() } else { device.memory_bytes },
    };
    Ok(FileReply::CostEstimated { ticket, cost })
}

/// Operations a second of an earlier run; `None` when its figures are of no use.
fn measured_speed(run: MeasuredRun) -> Option<f64> {
    let plan = CondensationPlan::new(run.config, &run.dataset).ok()?;
    let speed = condensation::operations(&plan, &run.dataset).ok()? / run.seconds_per_iteration;
    (speed.is_finite() && speed > 0.0).then_some(speed)
}

/// Memory that programs can still take, in bytes.
fn available_memory() -> Option<u64> {
    let mut system = System::new();
    system.refresh_memory();
    // A system that does not tell gives 0.
    Some(system.available_memory()).filter(|&bytes| bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ImageShape, Normalization, NormalizationSource};

    fn dataset() -> DatasetInfo {
        DatasetInfo {
            name: "small".into(),
            shape: ImageShape::new(1, 28, 28),
            class_names: vec!["a".into(), "b".into()],
            train_counts: vec![300; 2],
            test_counts: vec![10; 2],
            normalization: Normalization { mean: vec![0.0], std: vec![1.0] },
            normalization_source: NormalizationSource::Measured,
            checksum: String::new(),
        }
    }

    fn cost(config: CondensationConfig, kind: AdapterKind, measured: Option<MeasuredRun>) -> CostEstimate {
        let device = DeviceInfo { kind, memory_bytes: Some(77), ..device::cpu_info() };
        match estimate(3, config, 2, &dataset(), &device, measured).unwrap() {
            FileReply::CostEstimated { ticket: 3, cost } => cost,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn time_follows_from_a_typical_speed_or_a_measured_one() {
        let config = CondensationConfig { iterations: 10, ..Default::default() };
        let typical = cost(config.clone(), AdapterKind::DiscreteGpu, None);
        assert!((typical.seconds - 20.0 * typical.operations / GPU_SPEED).abs() < 1e-9);
        assert_eq!((typical.measured, typical.free_bytes), (false, Some(77)));
        assert!(cost(config.clone(), AdapterKind::Cpu, None).seconds > typical.seconds);
        // Half the real images in an earlier run: its iterations were about half as long.
        let run = |seconds_per_iteration| MeasuredRun {
            config: CondensationConfig { real_batch: 128, ..config.clone() },
            dataset: dataset(),
            seconds_per_iteration,
        };
        let measured = cost(config.clone(), AdapterKind::Cpu, Some(run(1.0)));
        assert!(measured.measured && (39.0..41.0).contains(&measured.seconds), "{measured:?}");
        assert!(!cost(config.clone(), AdapterKind::Cpu, Some(run(0.0))).measured);
    }

    #[test]
    fn memory_of_the_cpu_is_asked_of_the_system() {
        let cost = cost(CondensationConfig::default(), AdapterKind::Cpu, None);
        assert!(cost.free_bytes.is_some_and(|bytes| bytes > 1 << 20 && bytes != 77));
        assert!(cost.memory_bytes > 1 << 20);
    }

    #[test]
    fn what_cannot_run_is_told_in_a_sentence() {
        let device = device::cpu_info();
        let mut small = dataset();
        small.shape = ImageShape::new(1, 8, 8);
        let config = CondensationConfig::default();
        let error = estimate(0, config.clone(), 1, &small, &device, None).unwrap_err().to_string();
        assert!(error.contains("sides from 16 to 64 pixels"), "{error}");
        let config = CondensationConfig { real_batch: 0, ..config };
        let error = estimate(0, config, 1, &dataset(), &device, None).unwrap_err().to_string();
        assert!(error.contains("real-batch must be at least 1"), "{error}");
    }
}
