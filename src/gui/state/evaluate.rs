//! What the evaluation view shows and what is typed there.

use std::path::PathBuf;

use crate::domain::{Architecture, Baseline};

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
            selected: None,
        }
    }
}
