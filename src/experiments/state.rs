//! What there is of a unit of work: its run, its evaluations, its results.

use std::path::{Path, PathBuf};

use super::keys;
use crate::{
    domain::{
        Architecture, Baseline, ContinualConfig, EvaluationConfig, EvaluationTable, NetworkResult, Proxy, RunStage,
        SearchConfig, SearchResults, WHOLE_SET,
        experiment::{CondensationUnit, ContinualUnit, ExperimentPlan, RoleData, SearchUnit},
    },
    project::{EvaluationRecord, RunFolder, Study, StudyRecord, read_study},
};

/// The kind of set that is no baseline.
const CONDENSED: &str = "condensed";

/// A unit and what there is of it.
pub(super) enum UnitState<'a> {
    Condensation(CondensationState<'a>),
    Continual(ContinualState<'a>),
    Search(SearchState<'a>),
}

impl UnitState<'_> {
    /// Whether nothing is left to do.
    pub fn is_done(&self) -> bool {
        let (done, all) = self.networks();
        done >= all
            && match self {
                Self::Condensation(state) => state.is_condensed(),
                Self::Continual(_) | Self::Search(_) => true,
            }
    }

    /// The folder of its run, where there is one.
    pub fn run_path(&self) -> Option<&Path> {
        match self {
            Self::Condensation(state) => state.run.map(RunFolder::path),
            Self::Continual(_) | Self::Search(_) => None,
        }
    }

    /// Networks that are trained, and all that are to be; a stage of continual learning counts as one.
    pub fn networks(&self) -> (usize, usize) {
        match self {
            Self::Condensation(state) => {
                let counts = (0..state.records.len()).map(|evaluation| state.networks(evaluation));
                counts.fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1))
            }
            Self::Continual(state) => {
                let config = &state.unit.config;
                let done = state.results().filter(|result| result.repeat < config.repeats).count();
                (done, config.repeats * config.stages.len())
            }
            Self::Search(state) => state.networks(),
        }
    }

    /// Wall time of what there is.
    pub fn seconds(&self) -> f64 {
        match self {
            Self::Condensation(state) => state.seconds(),
            Self::Continual(state) => state.results().map(|result| result.seconds).sum(),
            Self::Search(state) => {
                state.results().iter().flat_map(|results| &results.networks).map(|network| network.seconds).sum()
            }
        }
    }

    /// The devices that computed.
    pub fn devices(&self) -> Vec<String> {
        match self {
            Self::Condensation(state) => {
                let of_run = state.run.map(|run| &run.record().device);
                let others = state.records.iter().flatten().map(|record| &record.device);
                of_run.into_iter().chain(others).map(crate::domain::DeviceInfo::describe).collect()
            }
            Self::Continual(state) => state.devices().collect(),
            Self::Search(state) => state.devices().collect(),
        }
    }
}

/// Sets to condense and evaluate.
pub(super) struct CondensationState<'a> {
    pub unit: &'a CondensationUnit,
    pub data: &'a RoleData,
    pub run: Option<&'a RunFolder>,
    /// What was measured, an evaluation each.
    pub records: Vec<Option<EvaluationRecord>>,
}

impl<'a> CondensationState<'a> {
    pub fn new(plan: &'a ExperimentPlan, unit: &'a CondensationUnit, runs: &'a [RunFolder]) -> Self {
        let data = &plan.datasets[unit.dataset];
        let run = runs.iter().find(|run| computes(run, data, unit));
        let record = |config: &EvaluationConfig| run?.load_named_evaluation(&keys::record_name(config)).ok()?;
        Self { unit, data, run, records: unit.evaluations.iter().map(record).collect() }
    }

    /// Whether all its sets are condensed.
    pub fn is_condensed(&self) -> bool {
        self.run.is_some_and(|run| run.record().stage == RunStage::Finished)
    }

    /// Outer iterations done, over all sets.
    pub fn iterations_done(&self) -> usize {
        self.run.map_or(0, |run| run.record().iterations_done)
    }

    pub fn is_evaluated(&self, evaluation: usize) -> bool {
        let (done, all) = self.networks(evaluation);
        done == all
    }

    /// The networks of an evaluation that are trained, and all of them.
    fn networks(&self, evaluation: usize) -> (usize, usize) {
        let config = &self.unit.evaluations[evaluation];
        cells_of(config).fold((0, 0), |(done, all), (set, network)| {
            let found = self.results(evaluation, set, network).count();
            (done + found, all + self.unit.sets * config.repeats)
        })
    }

    /// The results of one cell that the evaluation asks for; more of them may be there for a larger scale.
    pub fn results(
        &self,
        evaluation: usize,
        set: &str,
        architecture: Architecture,
    ) -> impl Iterator<Item = &NetworkResult> {
        let repeats = self.unit.evaluations[evaluation].repeats;
        let table = self.records[evaluation].iter().flat_map(|record| &record.table.cells);
        let cell = table.filter(move |cell| cell.set == set && cell.architecture == architecture);
        let cell = cell.take(1).flat_map(|cell| &cell.results);
        cell.filter(move |result| result.experiment < self.unit.sets && result.repeat < repeats)
    }

    /// The table of an evaluation with the results that it asks for.
    pub fn table(&self, evaluation: usize) -> EvaluationTable {
        let mut table = EvaluationTable::default();
        for cell in self.records[evaluation].iter().flat_map(|record| &record.table.cells) {
            for result in self.results(evaluation, &cell.set, cell.architecture) {
                table.add(&cell.set, cell.architecture, cell.epochs, &cell.augmentation, result.clone());
            }
        }
        table
    }

    fn seconds(&self) -> f64 {
        let condensing = self.run.map_or(0.0, |run| run.record().seconds);
        let evaluations = self.unit.evaluations.iter().enumerate();
        let networks = evaluations.flat_map(|(evaluation, config)| {
            cells_of(config).flat_map(move |(set, network)| self.results(evaluation, set, network))
        });
        condensing + networks.map(|result| result.seconds).sum::<f64>()
    }
}

/// Whether a run is that of a unit: the same images by the same settings.
fn computes(run: &RunFolder, data: &RoleData, unit: &CondensationUnit) -> bool {
    let record = run.record();
    record.dataset.checksum == data.info.checksum
        && record.dataset.classes() == data.info.classes()
        && record.config == unit.config
        && record.experiments == unit.sets
}

/// The kinds of set of an evaluation, each with every network.
pub(super) fn cells_of(config: &EvaluationConfig) -> impl Iterator<Item = (&'static str, Architecture)> {
    let sets = std::iter::once(CONDENSED).chain(config.baselines.iter().copied().map(Baseline::name));
    sets.flat_map(|set| config.architectures.iter().map(move |&network| (set, network)))
}

/// An experiment over many networks.
pub(super) struct StudyState<'a, U, C: Study> {
    pub unit: &'a U,
    pub folder: PathBuf,
    pub record: Option<StudyRecord<C>>,
}

impl<'a, U, C: Study> StudyState<'a, U, C> {
    pub fn new(unit: &'a U, folder: PathBuf) -> Self {
        let record = read_study(&folder).ok().flatten();
        Self { unit, folder, record }
    }

    /// The settings to go on with: those that were begun with, where the files of datasets and sets may have had other
    /// places.
    pub fn continued(&self, config: C) -> C {
        match &self.record {
            Some(record) => config.going_on(&record.config),
            None => config,
        }
    }

    fn devices(&self) -> impl Iterator<Item = String> {
        self.record.iter().map(|record| record.device.describe())
    }
}

/// Datasets to be learned one after another.
pub(super) type ContinualState<'a> = StudyState<'a, ContinualUnit, ContinualConfig>;

impl ContinualState<'_> {
    pub fn results(&self) -> impl Iterator<Item = &crate::domain::StageResult> {
        self.record.iter().flat_map(|record| &record.results.stages)
    }
}

/// Networks of a grid to be ranked.
pub(super) type SearchState<'a> = StudyState<'a, SearchUnit, SearchConfig>;

impl SearchState<'_> {
    /// The sets that every network is trained on.
    pub fn sets(&self) -> Vec<&'static str> {
        let proxies = self.unit.config.proxies.iter().map(Proxy::name);
        proxies.chain(self.unit.condensed.map(|_| CONDENSED)).chain([WHOLE_SET]).collect()
    }

    /// The results that are asked for; more of them may be there for a larger scale. `None` before the first.
    pub fn results(&self) -> Option<SearchResults> {
        let asked = self.unit.config.architectures();
        let networks = self.record.as_ref()?.results.networks.iter();
        let networks: Vec<_> = networks.filter(|network| asked.contains(&network.architecture)).cloned().collect();
        (!networks.is_empty()).then_some(SearchResults { networks })
    }

    fn networks(&self) -> (usize, usize) {
        let done = self.results().map_or(0, |results| results.networks.len());
        (done, self.sets().len() * self.unit.config.architectures().len())
    }
}
