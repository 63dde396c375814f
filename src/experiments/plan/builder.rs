//! What all plans are made with: units that are shared where they compute the same, cut by the scale, and cells that say
//! where their figures come from.

use crate::domain::{
    Architecture, Augmentation, Baseline, CondensationConfig, CondensationPlan, EvaluationAugmentation,
    EvaluationConfig, ImagesPerClass, NetworkSteps,
    experiment::{
        CondensationUnit, ExperimentName, ExperimentPlan, LayoutCell, Measure, Published, Quantity, RoleData, Scale,
        Selection, TableLayout, Unit, is_large,
    },
};

/// The published numbers that a scale cuts.
pub(super) const SETS: usize = 5;
const NETWORKS: usize = 20;
/// The kind of set that is no baseline.
pub(super) const CONDENSED: &str = "condensed";

/// A plan in the making.
pub(super) struct Builder<'a> {
    pub scale: &'a Scale,
    /// The datasets of the experiment.
    pub datasets: Vec<RoleData>,
    /// The images per class of the experiment.
    pub images_per_class: Vec<usize>,
    /// What a reader should know.
    pub notes: Vec<String>,
    units: Vec<CondensationUnit>,
    /// Units of other kinds, which use those.
    later: Vec<Unit>,
    cuts: Vec<String>,
}

impl<'a> Builder<'a> {
    pub fn new(scale: &'a Scale, datasets: Vec<RoleData>, images_per_class: Vec<usize>, notes: Vec<String>) -> Self {
        Self { scale, datasets, images_per_class, notes, units: Vec::new(), later: Vec::new(), cuts: Vec::new() }
    }

    pub fn finish(self, name: ExperimentName, selection: Selection, layout: TableLayout) -> ExperimentPlan {
        ExperimentPlan {
            name,
            scale: self.scale.clone(),
            selection,
            datasets: self.datasets,
            cuts: self.cuts,
            notes: self.notes,
            units: self.units.into_iter().map(Unit::Condensation).chain(self.later).collect(),
            layout,
        }
    }

    /// Every dataset with every number of images, in the order of the rows, with a label for it.
    pub fn points(&self) -> Vec<(usize, usize, String)> {
        let points = self.datasets.iter().enumerate().flat_map(|(dataset, data)| {
            self.images_per_class.iter().map(move |&ipc| (dataset, ipc, format!("{}, IPC {ipc}", data.info.name)))
        });
        points.collect()
    }

    /// A dataset.
    pub fn data(&self, dataset: usize) -> &RoleData {
        &self.datasets[dataset]
    }

    /// What is published about a dataset, if it is the published one.
    pub fn published<T>(&self, dataset: usize, figure: impl FnOnce(&RoleData) -> Option<T>) -> Option<T> {
        Some(&self.datasets[dataset]).filter(|data| data.is_published()).and_then(figure)
    }

    /// The unit that condenses `dataset` by `full`, cut by the scale; an earlier one if it computes the same. `None`, with
    /// a note, when the dataset cannot be condensed so.
    pub fn condense(&mut self, dataset: usize, full: &CondensationConfig) -> Option<usize> {
        let full = &CondensationConfig { architecture: self.network(full.architecture), ..full.clone() };
        let data = &self.datasets[dataset];
        let plan = match CondensationPlan::new(full.clone(), &data.info) {
            Ok(plan) => plan,
            Err(error) => {
                let note = format!("{}, IPC {} is left out: {error}.", data.info.name, full.images_per_class);
                self.note(note);
                return None;
            }
        };
        let config = CondensationConfig {
            iterations: self.scale.iterations(full.iterations, plan.inner_steps),
            real_batch: self.scale.real_batch(full.real_batch),
            ..plan.explicit_config()
        };
        let sets = self.scale.sets(SETS);
        let title = title(data, full);
        self.cut("outer iterations", config.iterations, full.iterations);
        self.cut("real images of a class in a batch", config.real_batch, full.real_batch);
        self.cut("synthetic sets", sets, SETS);
        let same = |unit: &CondensationUnit| (unit.dataset, &unit.config, unit.sets) == (dataset, &config, sets);
        if let Some(position) = self.units.iter().position(same) {
            return Some(position);
        }
        self.units.push(CondensationUnit { title, dataset, config, sets, evaluations: Vec::new() });
        Some(self.units.len() - 1)
    }

    /// The network that takes the place of `full` at the scale.
    pub fn network(&mut self, full: Architecture) -> Architecture {
        let network = self.scale.architecture(full);
        if let (Architecture::ConvNet(now), Architecture::ConvNet(full)) = (network, full) {
            self.cut("filters of each layer of the ConvNet", now.width, full.width);
        }
        network
    }

    /// Adds a unit of another kind; every unit that condenses must be there before. Returns its position.
    pub fn add(&mut self, unit: Unit) -> usize {
        self.later.push(unit);
        self.units.len() + self.later.len() - 1
    }

    /// Adds `ask` to the evaluations of `unit`, together with an earlier one of its protocol and number of networks.
    pub fn evaluate(&mut self, unit: usize, ask: &EvaluationConfig) -> usize {
        let evaluations = &mut self.units[unit].evaluations;
        let same = |earlier: &EvaluationConfig| earlier.fits(ask) && earlier.repeats == ask.repeats;
        if let Some(position) = evaluations.iter().position(same) {
            evaluations[position] = evaluations[position].clone().extended_by(ask);
            return position;
        }
        evaluations.push(ask.clone());
        evaluations.len() - 1
    }

    /// A cell with the accuracy of `architecture` trained on what `unit` condensed.
    pub fn accuracy(&mut self, unit: usize, architecture: Architecture, published: Option<Published>) -> LayoutCell {
        let CondensationConfig { augmentation, network_data, .. } = self.units[unit].config;
        let augmentation = EvaluationAugmentation::of_condensing(augmentation, network_data);
        self.accuracy_on(unit, None, architecture, augmentation, published)
    }

    /// A cell with the accuracy of `architecture` trained on a baseline for what `unit` condensed, or on that itself.
    pub fn accuracy_on(
        &mut self,
        unit: usize,
        baseline: Option<Baseline>,
        architecture: Architecture,
        augmentation: EvaluationAugmentation,
        published: Option<Published>,
    ) -> LayoutCell {
        let architecture = self.network(architecture);
        let ask = self.protocol(unit, baseline, architecture, (augmentation, NETWORKS));
        let evaluation = self.evaluate(unit, &ask);
        let set = baseline.map_or(CONDENSED, Baseline::name).to_owned();
        let measure = Measure::Accuracy { unit, evaluation, set, architecture };
        LayoutCell { quantity: Quantity::Accuracy, published, measure: Some(measure) }
    }

    /// The evaluation of one network, cut by the scale.
    pub fn protocol(
        &mut self,
        unit: usize,
        baseline: Option<Baseline>,
        architecture: Architecture,
        (augmentation, networks): (EvaluationAugmentation, usize),
    ) -> EvaluationConfig {
        let info = &self.datasets[self.units[unit].dataset].info;
        let full = EvaluationConfig::default();
        let full_epochs = full.epochs_with(augmentation.resolve(&info.name, architecture));
        let (epochs, test_len) = (self.scale.epochs(full_epochs), info.test_len());
        let whole_set_epochs = self.scale.whole_set_epochs(full.whole_set_epochs);
        let test_limit = self.scale.test_limit(test_len);
        let is_whole = baseline == Some(Baseline::WholeSet);
        let repeats = if is_whole { 1 } else { self.scale.networks(networks, architecture) };
        if is_whole {
            self.cut("training epochs on the whole set", whole_set_epochs, full.whole_set_epochs);
        } else {
            let noun = if is_large(architecture) { "large networks a set" } else { "networks a set" };
            self.cut(noun, repeats, networks);
            let noun = if full_epochs == 300 { "training epochs" } else { "training epochs with augmentation" };
            self.cut(noun, epochs, full_epochs);
        }
        self.cut("test images", test_limit.unwrap_or(test_len), test_len);
        EvaluationConfig {
            architectures: vec![architecture],
            repeats,
            // The published number is not written out, so that this is the protocol of any full evaluation.
            epochs: (epochs != full_epochs).then_some(epochs),
            augmentation,
            baselines: baseline.into_iter().collect(),
            whole_set_epochs,
            test_limit,
            ..full
        }
    }

    /// The plan of what a unit condenses.
    pub fn condensation(&self, unit: usize) -> Option<CondensationPlan> {
        let unit = &self.units[unit];
        CondensationPlan::new(unit.config.clone(), &self.datasets[unit.dataset].info).ok()
    }

    /// Adds a sentence once.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Adds what a scale cuts, once.
    pub fn cut(&mut self, what: &str, now: usize, full: usize) {
        let cut = format!("{now} of {full} {what}");
        if now != full && !self.cuts.contains(&cut) {
            self.cuts.push(cut);
        }
    }
}

/// What a unit computes: the dataset, the network, the images per class, and what differs from plain gradient matching.
fn title(data: &RoleData, config: &CondensationConfig) -> String {
    let plain = CondensationConfig::default();
    let mut parts =
        vec![data.info.name.clone(), config.architecture.to_string(), format!("IPC {}", config.images_per_class)];
    if config.method != plain.method {
        parts.push(config.method.to_string());
    }
    if config.formation != plain.formation {
        parts.push(format!("formation {}", config.formation));
    }
    if config.level != plain.level {
        parts.push(config.level.to_string());
    }
    if config.distance != plain.distance {
        parts.push(config.distance.to_string());
    }
    match config.network_steps {
        NetworkSteps::Fixed { .. } => {}
        NetworkSteps::Schedule => parts.push("schedule".into()),
        NetworkSteps::Overfitting { .. } => parts.push("measured rule".into()),
    }
    match config.augmentation {
        Augmentation::None => {}
        Augmentation::Dsa => parts.push("DSA".into()),
        Augmentation::DsaStrategy(strategy) => parts.push(strategy.to_string()),
    }
    parts.join(", ")
}

/// The published settings of gradient matching for `images_per_class`: those of the first release, with which the tables
/// were made, so with a network momentum of 0.5.
pub(super) fn gradient_matching(images_per_class: usize) -> CondensationConfig {
    CondensationConfig {
        images_per_class: ImagesPerClass::Uniform(images_per_class),
        network_momentum: 0.5,
        ..CondensationConfig::default()
    }
}

/// The network of that name, one of the program's own.
pub(super) fn network(name: &str) -> Architecture {
    name.parse().unwrap_or_else(|_| Architecture::convnet())
}
