//! The table of an experiment: published figures, ours, and how far they lie apart.

use serde::{Deserialize, Serialize};

use super::ExperimentName;
use crate::domain::{Summary, TableText, units};

/// A figure from a paper, in the unit of its quantity (accuracies in percent).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// The mean.
    pub mean: f64,
    /// The standard deviation, where it is reported.
    pub std: Option<f64>,
}

impl Published {
    /// A mean with its standard deviation.
    #[must_use]
    pub const fn new(mean: f64, std: f64) -> Self {
        Self { mean, std: Some(std) }
    }

    /// A figure without a reported deviation.
    #[must_use]
    pub const fn alone(mean: f64) -> Self {
        Self { mean, std: None }
    }
}

/// What a figure is a number of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// Test accuracy in percent.
    Accuracy,
    /// Wall time in seconds.
    Seconds,
    /// Epochs of training.
    Epochs,
    /// A share in percent.
    Share,
    /// A rank correlation.
    Correlation,
    /// A score without a unit.
    Score,
    /// A number of images.
    Images,
}

impl Quantity {
    /// The name used in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Seconds => "seconds",
            Self::Epochs => "epochs",
            Self::Share => "share",
            Self::Correlation => "correlation",
            Self::Score => "score",
            Self::Images => "images",
        }
    }

    /// A figure as a person writes it.
    #[must_use]
    pub fn text(self, value: f64) -> String {
        match self {
            Self::Accuracy | Self::Epochs => format!("{value:.1}"),
            Self::Share => format!("{value:.0} %"),
            Self::Seconds => units::duration(value),
            Self::Correlation => format!("{value:.2}"),
            Self::Score => format!("{value:.3}"),
            Self::Images => format!("{value:.0}"),
        }
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExperimentCell {
    /// What it is a number of.
    pub quantity: Quantity,
    /// What the paper reports.
    pub published: Option<Published>,
    /// Ours, in the unit of the quantity; `None` before the first result.
    pub ours: Option<Summary>,
    /// How many values ours is made of once it is complete; 0 where nothing of ours is to come.
    pub expected: usize,
    /// Wall time behind ours: training and testing its networks, not condensing.
    pub seconds: f64,
}

impl ExperimentCell {
    /// Ours less the published figure.
    #[must_use]
    pub fn difference(&self) -> Option<f64> {
        Some(self.ours?.mean - self.published?.mean)
    }

    /// Whether all values of ours are there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.ours.map_or(0, |ours| ours.n) >= self.expected
    }

    /// Whether ours lies farther from the published figure than both standard deviations together.
    #[must_use]
    pub fn is_beyond_spread(&self) -> bool {
        let spread =
            self.published.and_then(|published| published.std).unwrap_or(0.0) + self.ours.map_or(0.0, |ours| ours.std);
        self.difference().is_some_and(|difference| difference.abs() > spread)
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExperimentRow {
    /// What it is about.
    pub label: String,
    /// A cell a column; `None` for an empty one.
    pub cells: Vec<Option<ExperimentCell>>,
}

/// The table, complete or not, with everything that has to be said beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExperimentTable {
    /// The experiment.
    pub name: ExperimentName,
    /// A few words.
    pub title: String,
    /// The paper, and the table or figure in it.
    pub source: String,
    /// The scale, in words.
    pub scale: String,
    /// Whether it is the full one, so that the figures may be compared.
    pub is_full: bool,
    /// What the scale cuts.
    pub cuts: Vec<String>,
    /// What a reader should know, a sentence each.
    pub notes: Vec<String>,
    /// The datasets, by their names.
    pub datasets: Vec<String>,
    /// The devices that computed.
    pub devices: Vec<String>,
    /// The version of the program that made the table.
    pub program_version: String,
    /// Wall time behind it, of condensing and of evaluating; runs that other experiments share are counted.
    pub seconds: f64,
    /// Units of work, and how many of them are done.
    pub units: usize,
    /// Units that are done.
    pub units_done: usize,
    /// What the rows are.
    pub row_title: String,
    /// The columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<ExperimentRow>,
}

impl ExperimentTable {
    /// Every cell with its row's label and its column.
    pub fn cells(&self) -> impl Iterator<Item = (&str, &str, &ExperimentCell)> {
        self.rows.iter().flat_map(|row| {
            let cells = self.columns.iter().zip(&row.cells);
            cells.filter_map(|(column, cell)| Some((row.label.as_str(), column.as_str(), cell.as_ref()?)))
        })
    }

    /// A row a figure, with everything that says where it comes from.
    #[must_use]
    pub fn long_text(&self) -> TableText {
        let columns = [
            "experiment",
            "scale",
            "cuts",
            "row",
            "column",
            "quantity",
            "published_mean",
            "published_std",
            "ours_mean",
            "ours_std",
            "n",
            "n_complete",
            "difference",
            "seconds",
            "devices",
            "program_version",
            "source",
        ];
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.6}"));
        let rows = self.cells().map(|(row, column, cell)| {
            vec![
                self.name.to_string(),
                self.scale.clone(),
                self.cuts.join("; "),
                row.to_owned(),
                column.to_owned(),
                cell.quantity.name().to_owned(),
                number(cell.published.map(|published| published.mean)),
                number(cell.published.and_then(|published| published.std)),
                number(cell.ours.map(|ours| ours.mean)),
                number(cell.ours.map(|ours| ours.std)),
                cell.ours.map_or(0, |ours| ours.n).to_string(),
                cell.expected.to_string(),
                number(cell.difference()),
                number(Some(cell.seconds)),
                self.devices.join("; "),
                self.program_version.clone(),
                self.source.clone(),
            ]
        });
        TableText { columns: columns.map(str::to_owned).to_vec(), rows: rows.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_judged_by_both_spreads() {
        let cell = |mean: f64| ExperimentCell {
            quantity: Quantity::Accuracy,
            published: Some(Published::new(91.7, 0.5)),
            ours: Some(Summary { mean, std: 0.4, n: 20 }),
            expected: 100,
            seconds: 0.0,
        };
        assert!((cell(90.0).difference().unwrap() + 1.7).abs() < 1e-9);
        assert!(cell(90.0).is_beyond_spread() && !cell(90.9).is_beyond_spread() && cell(92.7).is_beyond_spread());
        assert!(!cell(90.0).is_complete());
        let open = ExperimentCell { ours: None, ..cell(0.0) };
        assert!(open.difference().is_none() && !open.is_beyond_spread());
    }
}
