//! Every experiment at full scale on the published datasets: which runs there are, and what is shared and quoted.

use std::{collections::BTreeSet, path::Path};

use super::*;
use crate::{
    domain::{
        Augmentation, Baseline, DistanceKind, ImagesPerClass, Initialization, MatchingLevel, MemoryKind, NetworkSteps,
        Proxy,
        experiment::{CondensationUnit, DatasetRole, ExperimentStep, Measure, Published, Unit},
    },
    experiments::{ExperimentProgress, nominal, remaining, table},
};

fn all() -> Vec<RoleData> {
    DatasetRole::ALL.map(nominal).to_vec()
}

fn full(name: ExperimentName) -> ExperimentPlan {
    plan(name, &all(), &Scale::default(), &Selection::default()).unwrap()
}

fn condensations(plan: &ExperimentPlan) -> Vec<&CondensationUnit> {
    plan.units.iter().filter_map(|unit| if let Unit::Condensation(unit) = unit { Some(unit) } else { None }).collect()
}

/// Networks to be trained.
fn networks(plan: &ExperimentPlan) -> usize {
    let runs: [crate::project::RunFolder; 0] = [];
    ExperimentProgress::new(plan, Path::new("/p"), &runs).networks().1
}

#[test]
fn every_experiment_has_the_runs_of_its_table() {
    for (name, units, rows, columns) in [
        (ExperimentName::Table1, 15, 15, 6),
        (ExperimentName::Figure3, 12, 12, 2),
        (ExperimentName::Table2, 6, 6, 6),
        (ExperimentName::Width, 4, 4, 4),
        (ExperimentName::Depth, 4, 4, 4),
        (ExperimentName::Activation, 3, 3, 3),
        (ExperimentName::Pooling, 3, 3, 3),
        (ExperimentName::Normalization, 5, 5, 5),
        (ExperimentName::Distance, 18, 3, 6),
        (ExperimentName::Levels, 32, 4, 8),
        (ExperimentName::JiangDistances, 32, 4, 8),
        (ExperimentName::Mda, 75, 75, 4),
        (ExperimentName::JiangCross, 6, 6, 6),
        (ExperimentName::Dsa, 30, 15, 2),
        (ExperimentName::DsaOperations, 32, 8, 4),
        (ExperimentName::Methods, 15 * 7, 15, 7),
        (ExperimentName::Continual, 6, 4, 3),
        (ExperimentName::Nas, 2, 5, 5),
        (ExperimentName::DcBench, 12, 24, 3),
        (ExperimentName::DdRanking, 6, 6, 4),
    ] {
        let plan = full(name);
        let found = (plan.units.len(), plan.layout.rows.len(), plan.layout.columns.len());
        assert_eq!(found, (units, rows, columns), "{name}");
        assert!(plan.layout.rows.iter().all(|row| row.cells.len() == columns), "{name}");
        assert!(plan.cuts.is_empty(), "{name}: {:?}", plan.cuts);
        for unit in condensations(&plan) {
            let published = [(1000, 256), (20_000, 256), (2000, 64)];
            let found = (unit.config.iterations, unit.config.real_batch);
            let is_plain = name != ExperimentName::Methods;
            assert!(unit.sets == 5 && published[..if is_plain { 1 } else { 3 }].contains(&found), "{}", unit.title);
            let is_full = |config: &crate::domain::EvaluationConfig| {
                config.epochs.is_none_or(|epochs| epochs == 1000) && config.test_limit.is_none()
            };
            assert!(unit.evaluations.iter().all(is_full), "{}", unit.title);
        }
    }
}

#[test]
fn configurations_are_the_published_ones() {
    let table_2 = full(ExperimentName::Table2);
    let condensing: Vec<_> = condensations(&table_2).iter().map(|unit| unit.config.architecture.to_string()).collect();
    assert_eq!(condensing, ["MLP", "ConvNet", "LeNet", "AlexNet", "VGG11BN", "ResNet18BN_AP"]);
    assert_eq!(networks(&table_2), 6 * 6 * 100);
    for unit in condensations(&table_2) {
        let rate = if unit.title.contains("MLP") { 0.01 } else { 0.1 };
        assert_eq!(unit.config.image_learning_rate, Some(rate), "{}", unit.title);
    }
    let mda = full(ExperimentName::Mda);
    let ten: Vec<_> = condensations(&mda)
        .into_iter()
        .filter(|unit| unit.dataset == 0 && unit.config.images_per_class == ImagesPerClass::Uniform(10))
        .map(|unit| (unit.config.level, unit.config.distance, unit.config.network_steps, unit.config.inner_steps))
        .collect();
    let multi = MatchingLevel::MultiLevel;
    let fixed = NetworkSteps::Fixed { epochs: Some(50) };
    assert_eq!(
        ten,
        [
            (MatchingLevel::IntraClass, DistanceKind::LayerwiseCosine, fixed, Some(10)),
            (multi, DistanceKind::LayerwiseCosine, fixed, Some(10)),
            (multi, DistanceKind::CosineL2, fixed, Some(10)),
            (multi, DistanceKind::CosineL2, NetworkSteps::Schedule, Some(10)),
            (multi, DistanceKind::CosineL2, NetworkSteps::OVERFITTING, Some(10)),
        ]
    );
    let dsa = full(ExperimentName::Dsa);
    let augmented = &condensations(&dsa)[1].config;
    assert_eq!((augmented.network_momentum, augmented.initialization), (0.0, Initialization::Random));
    assert_eq!(augmented.augmentation, "color_crop_cutout_scale_rotate".parse::<Augmentation>().unwrap());
}

#[test]
fn experiments_share_the_runs_that_compute_the_same() {
    let configs = |name| -> BTreeSet<String> {
        let plan = full(name);
        condensations(&plan)
            .into_iter()
            .map(|unit| format!("{:?}", (plan.datasets[unit.dataset].role, &unit.config, unit.sets)))
            .collect()
    };
    let shared = |one, other| configs(one).intersection(&configs(other)).count();
    assert_eq!(shared(ExperimentName::Table1, ExperimentName::Mda), 15, "the baseline");
    assert_eq!(shared(ExperimentName::Table1, ExperimentName::Dsa), 15, "DC");
    assert_eq!(shared(ExperimentName::Table1, ExperimentName::Levels), 8, "intra-class");
    assert_eq!(shared(ExperimentName::Table2, ExperimentName::Width), 1, "the ConvNet");
    assert_eq!(shared(ExperimentName::Table2, ExperimentName::Distance), 6, "the layer-wise cosine");
    assert_eq!(shared(ExperimentName::Dsa, ExperimentName::DsaOperations), 4, "all operations");
}

#[test]
fn sets_of_idc_are_trained_on_with_cutmix() {
    let methods = full(ExperimentName::Methods);
    for unit in condensations(&methods) {
        let is_idc = !unit.config.network_data.is_synthetic();
        let names: Vec<_> = unit.evaluations.iter().map(|config| config.augmentation.to_string()).collect();
        assert_eq!(names.iter().any(|name| name == "dsa-cutmix"), is_idc, "{}: {names:?}", unit.title);
        assert_eq!(names.len(), 1, "{}", unit.title);
    }
}

#[test]
fn published_figures_stand_where_they_belong() {
    let cross = full(ExperimentName::Table2);
    let figure = |row: usize, column: usize| cross.layout.rows[row].cells[column].as_ref().unwrap().published;
    assert_eq!(figure(1, 1), Some(Published::new(91.7, 0.5)));
    assert_eq!(figure(0, 5), Some(Published::new(80.9, 3.6)));
    let table_1 = full(ExperimentName::Table1);
    let whole: Vec<_> = table_1.layout.rows.iter().map(|row| row.cells[5].is_some()).collect();
    assert_eq!(whole[..6], [true, false, false, true, false, false], "the whole set once a dataset");
    let first = condensations(&table_1)[0];
    assert_eq!(first.evaluations.len(), 2);
    assert_eq!(first.evaluations[1].baselines, [Baseline::WholeSet]);
    assert_eq!((first.evaluations[0].repeats, first.evaluations[1].repeats), (20, 1));
    // Another dataset in a place takes its figures away, and says so.
    let mut datasets = vec![nominal(DatasetRole::Mnist)];
    datasets[0].info.name = "a part of MNIST".into();
    let other = plan(ExperimentName::Table1, &datasets, &Scale::default(), &Selection::default()).unwrap();
    let cells = other.layout.rows.iter().flat_map(|row| row.cells.iter().flatten());
    assert!(cells.clone().count() > 10 && cells.clone().all(|cell| cell.published.is_none()));
    assert!(other.notes[0].contains("a part of MNIST takes the place of MNIST"), "{:?}", other.notes);
    assert!(other.notes[1].contains("FashionMNIST is left out"), "{:?}", other.notes);
    assert!(other.folder_name().ends_with("-a-part-of-MNIST-for-mnist"), "{}", other.folder_name());
}

#[test]
fn a_reduced_scale_cuts_and_says_so_and_lies_elsewhere() {
    let scale: Scale = "1/50".parse().unwrap();
    let reduced = plan(ExperimentName::Table2, &all(), &scale, &Selection::default()).unwrap();
    let expected = [
        "20 of 1000 outer iterations",
        "32 of 256 real images of a class in a batch",
        "1 of 5 synthetic sets",
        "2 of 20 networks a set",
        "100 of 1000 training epochs with augmentation",
        "1000 of 10000 test images",
        "1 of 20 large networks a set",
    ];
    assert_eq!(reduced.cuts, expected);
    assert_eq!(networks(&reduced), 6 * (3 * 2 + 3));
    assert_ne!(reduced.folder_name(), full(ExperimentName::Table2).folder_name());
    let one = |plan: &ExperimentPlan| {
        let steps = remaining(&ExperimentProgress::new(plan, Path::new("/p"), &[]));
        steps.into_iter().map(|step| format!("{step:?}")).collect::<BTreeSet<_>>()
    };
    assert!(one(&reduced).is_disjoint(&one(&full(ExperimentName::Table2))), "no step is the same");
    assert!(!table(&ExperimentProgress::new(&reduced, Path::new("/p"), &[])).is_full);
}

#[test]
fn a_selection_takes_a_part() {
    let selection = Selection { images_per_class: vec![1, 5], roles: vec![DatasetRole::Svhn] };
    let part = plan(ExperimentName::Table1, &all(), &Scale::default(), &selection).unwrap();
    let labels: Vec<_> = part.layout.rows.iter().map(|row| row.label.as_str()).collect();
    assert_eq!(labels, ["SVHN, IPC 1", "SVHN, IPC 5"]);
    assert_eq!(part.folder_name(), "table1-full-ipc1-5-svhn");
    let usps = Selection { roles: vec![DatasetRole::Usps], ..Selection::default() };
    let error = plan(ExperimentName::Table2, &all(), &Scale::default(), &usps).unwrap_err().to_string();
    assert!(error.contains("its places are mnist"), "{error}");
    let many = Selection { images_per_class: vec![100_000], ..Selection::default() };
    let error = plan(ExperimentName::Table2, &all(), &Scale::default(), &many).unwrap_err().to_string();
    assert!(error.contains("nothing is left of table2") && error.contains("ask for fewer"), "{error}");
    // Without any data the program's own digits take the first place.
    let toy = plan(ExperimentName::Table1, &[], &Scale::default(), &Selection::default()).unwrap();
    assert_eq!((toy.datasets[0].info.name.as_str(), toy.datasets.len()), ("digits", 1));
}

#[test]
fn measures_point_at_units_that_are_there() {
    let narrow = Scale::one_of(50).with(Effort::Width, 32);
    for (name, scale) in
        ExperimentName::ALL.into_iter().flat_map(|name| [(name, Scale::default()), (name, narrow.clone())])
    {
        let plan = plan(name, &all(), &scale, &Selection::default()).unwrap();
        let units = condensations(&plan);
        for measure in
            plan.layout.rows.iter().flat_map(|row| row.cells.iter().flatten()).filter_map(|cell| cell.measure.as_ref())
        {
            assert!(measure.unit() < plan.units.len(), "{name}");
            match measure {
                Measure::Accuracy { unit, evaluation, set, architecture } => {
                    let config = &units[*unit].evaluations[*evaluation];
                    assert!(config.architectures.contains(architecture), "{name}");
                    let is_baseline = config.baselines.iter().any(|baseline| baseline.name() == set);
                    assert!(set == "condensed" || is_baseline, "{name}: {set}");
                }
                // Scores are those of the network that was condensed with.
                Measure::DcBench { unit, evaluations, .. } | Measure::DdRanking { unit, evaluations, .. } => {
                    let unit = units[*unit];
                    let with_own = |evaluation: &&usize| {
                        unit.evaluations[**evaluation].architectures.contains(&unit.config.architecture)
                    };
                    assert!(evaluations.iter().filter(with_own).count() >= 5, "{name}: {}", unit.title);
                }
                _ => {}
            }
        }
    }
}

#[test]
fn studies_use_the_sets_of_other_units() {
    let continual = full(ExperimentName::Continual);
    let mut steps = remaining(&ExperimentProgress::new(&continual, Path::new("/p"), &[]));
    let memories: Vec<_> = steps
        .iter()
        .filter_map(
            |step| if let ExperimentStep::Continual { config, .. } = step { Some(&config.memory) } else { None },
        )
        .collect();
    let folders: Vec<_> = steps
        .iter()
        .filter(|step| matches!(step, ExperimentStep::Begin { .. }))
        .map(|step| step.folder().to_owned())
        .collect();
    assert_eq!(folders.len(), 2, "the last stage leaves nothing behind");
    assert_eq!(*memories[1], MemoryKind::Condensed { sets: folders.clone() });
    assert_eq!((memories[0], memories[2]), (&MemoryKind::Herding, &MemoryKind::Herding));
    let places: BTreeSet<_> = steps.iter().map(|step| step.folder().to_owned()).collect();
    assert_eq!(places.len(), steps.len(), "every unit has a folder of its own");
    let figure = |row: usize, column: usize| continual.layout.rows[row].cells[column].as_ref().unwrap().published;
    assert_eq!(figure(1, 2), Some(Published::alone(95.2)));
    let search = full(ExperimentName::Nas);
    steps = remaining(&ExperimentProgress::new(&search, Path::new("/p"), &[]));
    let Some(ExperimentStep::Search { config, .. }) = steps.last() else { panic!("{steps:?}") };
    assert_eq!(config.proxies.last(), Some(&Proxy::Condensed { set: steps[0].folder().to_owned() }));
    assert_eq!((config.sample, config.proxies.len()), (None, 4));
    let alone = plan(ExperimentName::Continual, &[], &Scale::default(), &Selection::default()).unwrap();
    let names: Vec<_> = alone.datasets.iter().map(|data| data.info.name.as_str()).collect();
    assert_eq!(names, ["digits", "shapes"], "it takes two to forget");
}
