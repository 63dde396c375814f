//! What the evaluation view shows and what is typed there.

use std::path::PathBuf;

use super::form::parse_networks;
use crate::domain::{Architecture, Baseline, EvaluationConfig};

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

impl EvaluateState {
    /// What is typed, for a run condensed with a network.
    ///
    /// # Errors
    ///
    /// One sentence: which field cannot be read.
    pub fn config(&self, condensing: Architecture) -> Result<EvaluationConfig, String> {
        let config = EvaluationConfig {
            architectures: parse_networks(&self.networks, condensing)?,
            repeats: number("repeats", &self.repeats)?.unwrap_or(5),
            epochs: number("epochs", &self.epochs)?,
            whole_set_epochs: number("whole-set epochs", &self.whole_set_epochs)?.unwrap_or(30),
            test_limit: number("test images", &self.test_limit)?,
            baselines: self.baselines.clone(),
            ..EvaluationConfig::default()
        };
        config.check().map_err(|error| error.to_string())?;
        Ok(config)
    }
}

/// A number that is typed; `None` when the field is empty.
fn number(field: &str, text: &str) -> Result<Option<usize>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| format!("{field}: \"{text}\" is not a whole number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_a_protocol() {
        let mut state = EvaluateState { networks: "M".into(), epochs: " 20 ".into(), ..EvaluateState::default() };
        let config = state.config(Architecture::convnet()).unwrap();
        assert_eq!((config.architectures.len(), config.epochs, config.test_limit), (6, Some(20), None));
        state.repeats = "x".into();
        assert_eq!(state.config(Architecture::convnet()).unwrap_err(), "repeats: \"x\" is not a whole number");
        state.repeats = "0".into();
        assert!(state.config(Architecture::convnet()).is_err());
    }
}
