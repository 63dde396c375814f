//! What the table holds: a row a set, a column a network, and how each cell stands. Draws nothing.

use std::path::{Path, PathBuf};

use crate::{
    domain::{Architecture, Baseline, EvaluationCell, EvaluationConfig, EvaluationTable, TableText},
    gui::state::{AppState, CONDENSED, Job, JobKind, Phase, RunView},
};

/// The table.
pub struct Grid {
    /// The columns.
    pub networks: Vec<Architecture>,
    /// The rows, run by run.
    pub groups: Vec<Group>,
    /// The highest mean of each column.
    best: Vec<Option<f64>>,
    /// The lowest and the highest mean of all.
    range: Option<(f64, f64)>,
}

/// The rows of a run.
pub struct Group {
    /// The run.
    pub folder: PathBuf,
    /// What it is called.
    pub title: String,
    /// The kinds of set.
    pub sets: Vec<String>,
}

/// Why a cell has no result, or not all of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stand {
    /// Nothing is on its way.
    Rest,
    /// A job will come to it.
    Waiting,
    /// Networks are being trained for it; the share that is done, 0 to 1.
    Working(f32),
}

/// A cell.
pub struct CellView<'a> {
    /// The results that are there.
    pub cell: Option<&'a EvaluationCell>,
    /// What comes.
    pub stand: Stand,
}

impl Grid {
    /// The table of the chosen runs.
    pub fn new(state: &AppState) -> Self {
        let mut networks = Vec::new();
        let mut groups = Vec::new();
        for folder in &state.evaluate.runs {
            let Some(run) = state.runs.get(folder) else { continue };
            let asked = asked(state, run);
            let table = table_of(run);
            let found = table.into_iter().flat_map(|table| table.cells.iter().map(|cell| cell.architecture));
            let wanted = asked.iter().flat_map(|config| config.architectures.iter().copied());
            for network in found.chain(wanted) {
                if !networks.contains(&network) {
                    networks.push(network);
                }
            }
            let has = |set: &str| table.is_some_and(|table| table.cells.iter().any(|cell| cell.set == set));
            let wants = |baseline| asked.iter().any(|config| config.baselines.contains(&baseline));
            let baselines = Baseline::ALL
                .into_iter()
                .filter(|&baseline| has(baseline.name()) || wants(baseline))
                .map(Baseline::name);
            let sets = std::iter::once(CONDENSED).chain(baselines).map(str::to_owned).collect();
            groups.push(Group { folder: folder.clone(), title: state.run_title(folder), sets });
        }
        let mut grid = Self { networks, groups, best: Vec::new(), range: None };
        grid.rank(state);
        grid
    }

    /// Finds the best of each column and the range of all.
    fn rank(&mut self, state: &AppState) {
        let mut range: Option<(f64, f64)> = None;
        let mut best = vec![None::<f64>; self.networks.len()];
        for group in &self.groups {
            let Some(table) = state.runs.get(&group.folder).and_then(table_of) else { continue };
            for cell in &table.cells {
                let (Some(column), Some(accuracy)) =
                    (self.networks.iter().position(|network| *network == cell.architecture), cell.accuracy())
                else {
                    continue;
                };
                let mean = accuracy.mean;
                best[column] = Some(best[column].map_or(mean, |best| best.max(mean)));
                range = Some(range.map_or((mean, mean), |(low, high)| (low.min(mean), high.max(mean))));
            }
        }
        (self.best, self.range) = (best, range);
    }

    /// Whether a mean is the highest of its column, where there are others to be compared with.
    pub fn is_best(&self, column: usize, mean: f64) -> bool {
        let rows: usize = self.groups.iter().map(|group| group.sets.len()).sum();
        rows > 1 && self.best[column].is_some_and(|best| mean >= best)
    }

    /// Where a mean lies between the lowest and the highest of the table, 0 to 1.
    #[allow(clippy::cast_possible_truncation)] // a share
    pub fn share(&self, mean: f64) -> f32 {
        match self.range {
            Some((low, high)) if high > low => ((mean - low) / (high - low)) as f32,
            _ => 0.5,
        }
    }

    /// The results as text: a row a set, a column a network.
    pub fn wide_text(&self, state: &AppState) -> TableText {
        let columns = std::iter::once("Set".to_owned()).chain(self.networks.iter().map(ToString::to_string)).collect();
        let rows = self.rows().map(|(group, set)| {
            let cells = self.networks.iter().map(|network| {
                let accuracy = find(state, &group.folder, set, *network).and_then(EvaluationCell::accuracy);
                accuracy.map_or_else(|| "–".to_owned(), |accuracy| accuracy.to_string())
            });
            std::iter::once(self.row_name(group, set)).chain(cells).collect()
        });
        TableText { columns, rows: rows.collect() }
    }

    /// The results as numbers: a row a cell.
    pub fn long_text(&self, state: &AppState) -> TableText {
        let columns = ["run", "set", "network", "mean", "std", "n", "epochs", "augmentation"];
        let mut rows = Vec::new();
        for (group, set) in self.rows() {
            for network in &self.networks {
                let Some(cell) = find(state, &group.folder, set, *network) else { continue };
                let Some(accuracy) = cell.accuracy() else { continue };
                let numbers = [accuracy.mean.to_string(), accuracy.std.to_string(), accuracy.n.to_string()];
                let mut row = vec![group.title.clone(), set.to_owned(), network.to_string()];
                row.extend(numbers);
                row.extend([cell.epochs.to_string(), cell.augmentation.clone()]);
                rows.push(row);
            }
        }
        TableText { columns: columns.map(str::to_owned).to_vec(), rows }
    }

    /// All rows from top to bottom.
    pub fn rows(&self) -> impl Iterator<Item = (&Group, &str)> {
        self.groups.iter().flat_map(|group| group.sets.iter().map(move |set| (group, set.as_str())))
    }

    /// What a row is called where its run does not stand above it.
    pub fn row_name(&self, group: &Group, set: &str) -> String {
        if self.groups.len() > 1 { format!("{}: {}", group.title, set_name(set)) } else { set_name(set).to_owned() }
    }
}

/// A kind of set as it is written in tables.
pub fn set_name(set: &str) -> &str {
    match set {
        "whole-set" => "whole set",
        other => other,
    }
}

fn table_of(run: &RunView) -> Option<&EvaluationTable> {
    run.evaluation.as_ref().map(|(_, table)| table)
}

/// The cell of a run.
pub fn find<'a>(state: &'a AppState, folder: &Path, set: &str, network: Architecture) -> Option<&'a EvaluationCell> {
    let table = table_of(state.runs.get(folder)?)?;
    table.cells.iter().find(|cell| cell.set == set && cell.architecture == network)
}

/// The evaluation of the job that waits or works on a run.
fn job_config<'a>(job: &'a Job, run: &'a RunView) -> Option<&'a EvaluationConfig> {
    job.evaluation().or(run.summary.evaluation.as_ref().filter(|_| job.kind == JobKind::Resume))
}

/// What was asked for and what the fields ask for, where it is not there yet.
fn asked(state: &AppState, run: &RunView) -> Vec<EvaluationConfig> {
    let job = state.queue.of_run(&run.summary.folder);
    let of_job = job.and_then(|job| job_config(job, run)).cloned();
    of_job.into_iter().chain(state.evaluate.config(&run.summary.config).ok()).collect()
}

/// A cell as it is now.
pub fn look<'a>(state: &'a AppState, folder: &Path, set: &str, network: Architecture) -> CellView<'a> {
    CellView { cell: find(state, folder, set, network), stand: stand(state, folder, set, network) }
}

fn stand(state: &AppState, folder: &Path, set: &str, network: Architecture) -> Stand {
    let (Some(run), Some(job)) = (state.runs.get(folder), state.queue.of_run(folder)) else { return Stand::Rest };
    let is_cell = |cell: &(String, Architecture)| cell.0 == set && cell.1 == network;
    if job.state.is_active() && job.progress.cell.as_ref().is_some_and(is_cell) {
        return Stand::Working(job.progress.partial);
    }
    let Some(config) = job_config(job, run) else { return Stand::Rest };
    let covers = config.architectures.contains(&network)
        && (set == CONDENSED || config.baselines.iter().any(|baseline| baseline.name() == set));
    let again = job.again();
    let asked = if again.is_empty() { covers } else { again.iter().any(is_cell) };
    // Earlier results stay in the table until the networks are trained.
    let begun = job.state.is_active() && job.progress.phase == Phase::Evaluating;
    let keeps = begun || again.is_empty();
    let wanted = config.repeats * run.summary.experiments;
    let there = find(state, folder, set, network).filter(|_| keeps).map_or(0, |cell| cell.results.len());
    if asked && there < wanted { Stand::Waiting } else { Stand::Rest }
}
