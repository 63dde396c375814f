//! What the evaluation view shows and what is typed there.

use std::path::{Path, PathBuf};

use super::{AppState, form::parse_networks};
use crate::domain::{
    Architecture, Baseline, CondensationConfig, EvaluationAugmentation, EvaluationCell, EvaluationConfig,
    EvaluationTable,
};

/// The kind of set that is no baseline.
pub const CONDENSED: &str = "condensed";

/// A text field of the evaluation view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EvaluateField {
    /// The networks.
    Networks,
    /// Networks of each kind.
    Repeats,
    /// Training epochs.
    Epochs,
    /// Training epochs on the whole set.
    WholeSetEpochs,
    /// Test images.
    TestLimit,
}

impl EvaluateField {
    /// Every field, in the order of the view.
    pub const ALL: [Self; 5] = [Self::Networks, Self::Repeats, Self::Epochs, Self::WholeSetEpochs, Self::TestLimit];

    /// What the view calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Networks => "Networks",
            Self::Repeats => "Repeats",
            Self::Epochs => "Epochs",
            Self::WholeSetEpochs => "Whole-set epochs",
            Self::TestLimit => "Test images",
        }
    }
}

/// A cell of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedCell {
    /// The run whose evaluation it belongs to.
    pub folder: PathBuf,
    /// The kind of set: `condensed`, or a baseline's name.
    pub set: String,
    /// The network.
    pub architecture: Architecture,
}

/// The evaluation view.
#[derive(Debug, Clone)]
pub struct EvaluateState {
    /// The runs whose sets are evaluated, in the order of the rows.
    pub runs: Vec<PathBuf>,
    /// The networks: a mode or names.
    pub networks: String,
    /// Networks of each kind.
    pub repeats: String,
    /// Training epochs; empty for the published number.
    pub epochs: String,
    /// Training epochs on the whole set.
    pub whole_set_epochs: String,
    /// Test images; empty for all.
    pub test_limit: String,
    /// The baselines.
    pub baselines: Vec<Baseline>,
    /// The augmentation; `None` for that of each run.
    pub augmentation: Option<EvaluationAugmentation>,
    /// The cell that is looked at.
    pub selected: Option<SelectedCell>,
}

impl Default for EvaluateState {
    fn default() -> Self {
        Self {
            runs: Vec::new(),
            networks: "ConvNet, MLP, LeNet".to_owned(),
            repeats: "5".to_owned(),
            epochs: String::new(),
            whole_set_epochs: "30".to_owned(),
            test_limit: String::new(),
            baselines: vec![Baseline::Random],
            augmentation: None,
            selected: None,
        }
    }
}

impl EvaluateState {
    /// The text of a field.
    #[must_use]
    pub fn text(&self, field: EvaluateField) -> &str {
        match field {
            EvaluateField::Networks => &self.networks,
            EvaluateField::Repeats => &self.repeats,
            EvaluateField::Epochs => &self.epochs,
            EvaluateField::WholeSetEpochs => &self.whole_set_epochs,
            EvaluateField::TestLimit => &self.test_limit,
        }
    }

    /// The text of a field, to be changed.
    pub(in crate::gui) const fn text_mut(&mut self, field: EvaluateField) -> &mut String {
        match field {
            EvaluateField::Networks => &mut self.networks,
            EvaluateField::Repeats => &mut self.repeats,
            EvaluateField::Epochs => &mut self.epochs,
            EvaluateField::WholeSetEpochs => &mut self.whole_set_epochs,
            EvaluateField::TestLimit => &mut self.test_limit,
        }
    }

    /// What is wrong with a field, in one sentence; `None` when it can be used.
    #[must_use]
    pub fn problem(&self, field: EvaluateField) -> Option<String> {
        match field {
            EvaluateField::Networks => self.networks_for(Architecture::convnet()).err(),
            _ => number(self.text(field)).err(),
        }
    }

    /// The networks that are typed, for a run condensed with a network.
    fn networks_for(&self, condensing: Architecture) -> Result<Vec<Architecture>, String> {
        let networks = parse_networks(&self.networks, condensing)?;
        if networks.is_empty() { Err("name at least one network".to_owned()) } else { Ok(networks) }
    }

    /// What is asked for, of a run that was condensed in some way: unless one was chosen, the augmentation follows from it,
    /// as published.
    ///
    /// # Errors
    ///
    /// One sentence: which field cannot be read.
    pub fn config(&self, condensing: &CondensationConfig) -> Result<EvaluationConfig, String> {
        let at = |field: EvaluateField| move |problem: String| format!("{}: {problem}", field.label());
        let read = |field| number(self.text(field)).map_err(at(field));
        let defaults = Self::default_numbers();
        Ok(EvaluationConfig {
            architectures: self.networks_for(condensing.architecture).map_err(at(EvaluateField::Networks))?,
            repeats: read(EvaluateField::Repeats)?.unwrap_or(defaults.0),
            epochs: read(EvaluateField::Epochs)?,
            whole_set_epochs: read(EvaluateField::WholeSetEpochs)?.unwrap_or(defaults.1),
            test_limit: read(EvaluateField::TestLimit)?,
            baselines: self.baselines.clone(),
            augmentation: self.augmentation.unwrap_or_else(|| {
                EvaluationAugmentation::of_condensing(condensing.augmentation, condensing.network_data)
            }),
            ..EvaluationConfig::default()
        })
    }

    /// The repeats and the whole-set epochs that empty fields stand for.
    #[must_use]
    pub fn default_numbers() -> (usize, usize) {
        let published = EvaluationConfig::default();
        (published.repeats, published.whole_set_epochs)
    }
}

/// What is drawn of the cell that is looked at.
#[derive(Debug, Clone, Default)]
pub struct CellDigest {
    /// `confusion[truth][answer]`, summed over the networks.
    pub confusion: Vec<Vec<u32>>,
    /// The accuracy on each class; `None` for a class without test images.
    pub classes: Vec<Option<f64>>,
    /// A curve a network.
    pub curves: Vec<TrainingCurve>,
}

/// How the training of a network went.
#[derive(Debug, Clone, Default)]
pub struct TrainingCurve {
    /// Tells it from the others.
    pub name: String,
    /// Epochs done and mean training loss.
    pub points: Vec<[f64; 2]>,
}

impl CellDigest {
    /// Gathers it from the results.
    #[must_use]
    pub fn new(cell: &EvaluationCell) -> Self {
        let confusion = cell.confusion();
        let classes = confusion.iter().enumerate().map(|(class, row)| {
            let total: u32 = row.iter().sum();
            row.get(class).filter(|_| total > 0).map(|&right| f64::from(right) / f64::from(total))
        });
        let curves = cell.results.iter().zip(Self::names(cell)).map(|(result, name)| {
            let points = cell.loss_curve(result).map(|(epoch, loss)| [(epoch + 1) as f64, f64::from(loss)]);
            TrainingCurve { name, points: points.collect() }
        });
        Self { classes: classes.collect(), curves: curves.collect(), confusion }
    }

    /// What the networks of a cell are called.
    pub fn names(cell: &EvaluationCell) -> impl Iterator<Item = String> {
        let several = cell.results.iter().any(|result| result.experiment > 0);
        cell.results.iter().map(move |result| {
            let set = if several { format!("set {}, ", result.experiment + 1) } else { String::new() };
            format!("{set}network {}", result.repeat + 1)
        })
    }
}

/// What starting does for a run.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationPlan {
    /// Networks to train.
    pub networks: usize,
    /// How long that takes, where networks of every kind were trained before.
    pub seconds: Option<f64>,
    /// Whether results by another protocol give way.
    pub replaces: bool,
}

impl AppState {
    /// What starting does for a chosen run; `None` when a job works on it or a field is wrong.
    #[must_use]
    pub fn evaluation_plan(&self, folder: &Path) -> Option<EvaluationPlan> {
        let run = self.runs.get(folder).filter(|_| self.queue.of_run(folder).is_none())?;
        let config = self.evaluate.config(&run.summary.config).ok()?;
        let earlier = run.evaluation.as_ref();
        let fits = earlier.is_none_or(|(earlier, _)| earlier.fits(&config));
        let replaces = !fits && earlier.is_some_and(|(_, table)| !table.cells.is_empty());
        let kept = earlier.filter(|_| fits).map(|(_, table)| table);
        let wanted = config.repeats * run.summary.experiments;
        let sets = || std::iter::once(CONDENSED).chain(config.baselines.iter().map(|baseline| baseline.name()));
        let mut plan = EvaluationPlan { networks: 0, seconds: Some(0.0), replaces };
        for (network, set) in config.architectures.iter().flat_map(|network| sets().map(move |set| (*network, set))) {
            let there = kept
                .and_then(|table| cell_of(table, set, network))
                .map_or(0, |cell| cell.results.iter().filter(|result| result.repeat < config.repeats).count());
            let missing = wanted.saturating_sub(there);
            if missing > 0 {
                plan.networks += missing;
                let seconds = self.seconds_of(&config, set, network).map(|seconds| missing as f64 * seconds);
                plan.seconds = plan.seconds.zip(seconds).map(|(sum, seconds)| sum + seconds);
            }
        }
        Some(plan)
    }

    /// How long a network was trained in the chosen runs under the same augmentation and epochs and on as many images.
    fn seconds_of(&self, config: &EvaluationConfig, set: &str, network: Architecture) -> Option<f64> {
        let whole = |set: &str| set == Baseline::WholeSet.name();
        let chosen = self.evaluate.runs.iter().filter_map(|folder| self.runs.get(folder)?.evaluation.as_ref());
        let alike = chosen.filter(|(earlier, _)| {
            let decisive = |config: &EvaluationConfig| (config.augmentation, config.epochs, config.whole_set_epochs);
            decisive(earlier) == decisive(config)
        });
        let mut cells = alike.flat_map(|(_, table)| &table.cells);
        let cell = cells
            .find(|cell| cell.architecture == network && whole(&cell.set) == whole(set) && !cell.results.is_empty())?;
        Some(cell.results.iter().map(|result| result.seconds).sum::<f64>() / cell.results.len() as f64)
    }
}

/// The cell of a kind of set and a network.
fn cell_of<'a>(table: &'a EvaluationTable, set: &str, network: Architecture) -> Option<&'a EvaluationCell> {
    table.cells.iter().find(|cell| cell.set == set && cell.architecture == network)
}

/// A number that is typed; `None` when the field is empty.
pub(super) fn number(text: &str) -> Result<Option<usize>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse() {
        Ok(0) => Err("must be at least 1, but is 0".to_owned()),
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(format!("\"{text}\" is not a whole number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Augmentation, NetworkData};

    #[test]
    fn what_is_typed_becomes_a_protocol() {
        let mut state = EvaluateState { networks: "M".into(), epochs: " 20 ".into(), ..EvaluateState::default() };
        let condensing = CondensationConfig::default();
        let config = state.config(&condensing).unwrap();
        assert_eq!(config.augmentation, EvaluationAugmentation::Published);
        let augmented = CondensationConfig { augmentation: Augmentation::Dsa, ..CondensationConfig::default() };
        assert_eq!(state.config(&augmented).unwrap().augmentation, EvaluationAugmentation::Dsa(None));
        let idc = CondensationConfig { network_data: NetworkData::REAL, ..augmented.clone() };
        assert_eq!(state.config(&idc).unwrap().augmentation, EvaluationAugmentation::DsaCutMix(None));
        assert_eq!((config.architectures.len(), config.epochs, config.test_limit), (6, Some(20), None));
        state.augmentation = Some(EvaluationAugmentation::FlipCrop);
        assert_eq!(state.config(&augmented).unwrap().augmentation, EvaluationAugmentation::FlipCrop);
        state.repeats = "x".into();
        assert_eq!(state.config(&condensing).unwrap_err(), "Repeats: \"x\" is not a whole number");
        assert_eq!(state.problem(EvaluateField::Repeats).unwrap(), "\"x\" is not a whole number");
        state.repeats = "0".into();
        assert!(state.config(&condensing).is_err());
        state.repeats = String::new();
        assert_eq!(state.config(&condensing).unwrap().repeats, 20);
        state.networks = " , ".into();
        assert_eq!(state.problem(EvaluateField::Networks).unwrap(), "name at least one network");
        assert!(state.config(&condensing).is_err());
    }
}
