//! Gradient matching beside the methods that came after it, each with its own settings, which are those of its preset.

use super::builder::{Builder, gradient_matching};
use crate::{
    domain::{
        Architecture, CondensationConfig, DistanceKind, ImagesPerClass, builtin_presets,
        experiment::{DatasetRole, LayoutRow, TableLayout},
    },
    experiments::published::{self, Column, Method},
};

/// The methods: the column, how the name of the preset begins, and whose figures are quoted.
const METHODS: [(&str, &str, Option<Method>); 6] = [
    ("DSA", "DSA (", Some(Method::Dsa)),
    ("DCC", "DCC (", None),
    ("DSAC", "DSAC (", None),
    ("DM", "DM (", Some(Method::Dm)),
    ("IDC-I", "IDC-I (", Some(Method::IdcI)),
    ("IDC", "IDC (", Some(Method::Idc)),
];

/// Methods side by side.
pub(super) fn compared(builder: &mut Builder) -> TableLayout {
    let presets = builtin_presets();
    let mut rows = Vec::new();
    for (dataset, ipc, label) in builder.points() {
        let figure = builder.published(dataset, |data| published::table_1(data.role, ipc, Column::Condensed));
        let unit = builder.condense(dataset, &gradient_matching(ipc));
        let mut cells = vec![unit.map(|unit| builder.accuracy(unit, Architecture::convnet(), figure))];
        for (_, preset, method) in METHODS {
            let found = presets.iter().find(|known| known.name.starts_with(preset));
            let config = found.map(|known| settings(&known.config, ipc, builder.data(dataset).role));
            let unit = config.and_then(|config| builder.condense(dataset, &config));
            let figure = builder.published(dataset, |data| published::method(method?, data.role, ipc));
            cells.push(unit.map(|unit| builder.accuracy(unit, Architecture::convnet(), figure)));
        }
        rows.push(LayoutRow { label, cells });
    }
    builder.note(
        "Every set is judged by the protocol of Zhao et al., with the augmentation that it was condensed with; those of IDC \
         with dsa-cutmix, as in its code, which otherwise takes batches of 64 and another schedule of the learning rate.",
    );
    builder.note("No accuracies of DCC and DSAC on these datasets were found; DM's are quoted from later papers.");
    let columns = std::iter::once("DC").chain(METHODS.map(|method| method.0)).map(str::to_owned).collect();
    TableLayout { row_title: "dataset".into(), columns, rows }
}

/// The settings of a preset for a dataset: IDC compares MNIST and Fashion-MNIST by another distance.
fn settings(preset: &CondensationConfig, ipc: usize, role: DatasetRole) -> CondensationConfig {
    let is_grey = matches!(role, DatasetRole::Mnist | DatasetRole::FashionMnist);
    let distance = match preset.distance {
        DistanceKind::ConvolutionMse if is_grey => DistanceKind::ConvolutionL1,
        other => other,
    };
    CondensationConfig { images_per_class: ImagesPerClass::Uniform(ipc), distance, ..preset.clone() }
}
