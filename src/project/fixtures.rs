//! Small values for the tests of this folder: two classes of 2 and 3 grey 4x4 images.

use super::RunRecord;
use crate::domain::{
    AdapterKind, BuiltinDataset, ClassDistance, CondensationConfig, DatasetInfo, DatasetSource, DeviceInfo, ImageShape,
    ImagesPerClass, IterationReport, Normalization, NormalizationSource, RunState, SyntheticSet,
};

pub fn record(experiments: usize) -> RunRecord {
    let dataset = DatasetInfo {
        name: "digits".into(),
        shape: ImageShape::new(1, 4, 4),
        class_names: vec!["zero".into(), "one".into()],
        train_counts: vec![20, 30],
        test_counts: vec![5, 5],
        normalization: Normalization { mean: vec![0.5], std: vec![0.25] },
        normalization_source: NormalizationSource::Measured,
        checksum: "ab12".into(),
    };
    let config =
        CondensationConfig { images_per_class: ImagesPerClass::PerClass(vec![2, 3]), ..CondensationConfig::default() };
    let device = DeviceInfo {
        position: 0,
        number: None,
        name: "CPU".into(),
        backend: "flex".into(),
        kind: AdapterKind::Cpu,
        memory_bytes: None,
    };
    RunRecord::new(DatasetSource::Builtin(BuiltinDataset::Digits), dataset, config, experiments, device, 2)
}

/// A state with a momentum and values without a pattern.
pub fn state(iterations_done: usize) -> RunState {
    let images: Vec<f32> = (0..80).map(|i| ((i * 37 + iterations_done) % 41) as f32 / 20.0 - 1.0).collect();
    let velocity = images.iter().map(|value| value / 7.0).collect();
    RunState { iterations_done, images, velocity }
}

pub fn set() -> SyntheticSet {
    record(1).synthetic_set(&state(0)).unwrap()
}

/// The report of outer iteration `iteration`, with a distance for each class and a mixed one.
pub fn report(iteration: usize) -> IterationReport {
    let base = 1.0 / (iteration + 3) as f64;
    let distance = |class, factor: f64| ClassDistance {
        class,
        total: base * factor,
        by_parameter: vec![base, base * (factor - 1.0)],
        real_norm: factor,
        synthetic_norm: base,
        cosine: 1.0 / factor,
    };
    IterationReport {
        iteration,
        loss: base / 2.0,
        classes: vec![distance(Some(0), 2.0), distance(Some(1), 3.0), distance(None, 4.0)],
        parameter_names: vec!["conv1.weight".into(), "a, \"quoted\" name".into()],
        network_epochs: vec![50, 40],
        validation_losses: Vec::new(),
        seconds: 0.25,
    }
}
