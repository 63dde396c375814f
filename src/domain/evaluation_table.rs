//! Accuracies of networks trained on sets.

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeStruct};

use super::{Architecture, Summary, mean};

/// What one trained network reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkResult {
    /// Fraction of the test images classified rightly.
    pub accuracy: f64,
    /// `confusion[truth][answer]`: numbers of test images.
    pub confusion: Vec<Vec<u32>>,
    /// Mean cross-entropy over the last training epoch; not finite when the training diverged.
    #[serde(deserialize_with = "number_or_null")]
    pub train_loss: f64,
    /// Wall time of training and testing.
    pub seconds: f64,
}

/// JSON knows no NaN or infinity: they are written as `null`, and read as NaN.
fn number_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

/// The networks of one architecture trained on one kind of set.
///
/// Written with [`EvaluationCell::accuracy`] and [`EvaluationCell::class_accuracies`] beside the results they come from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct EvaluationCell {
    /// The kind of set: `condensed`, or a baseline's name.
    pub set: String,
    /// The architecture.
    pub architecture: Architecture,
    /// The training epochs `E` of each network.
    pub epochs: usize,
    /// The augmentation of its training images.
    pub augmentation: String,
    /// One result a network, over all experiments.
    pub results: Vec<NetworkResult>,
}

impl Serialize for EvaluationCell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut cell = serializer.serialize_struct("EvaluationCell", 7)?;
        cell.serialize_field("set", &self.set)?;
        cell.serialize_field("architecture", &self.architecture)?;
        cell.serialize_field("epochs", &self.epochs)?;
        cell.serialize_field("augmentation", &self.augmentation)?;
        cell.serialize_field("accuracy", &self.accuracy())?;
        cell.serialize_field("class_accuracies", &self.class_accuracies())?;
        cell.serialize_field("results", &self.results)?;
        cell.end()
    }
}

impl EvaluationCell {
    /// Mean ± std of the accuracies.
    #[must_use]
    pub fn accuracy(&self) -> Option<Summary> {
        Summary::of(&self.results.iter().map(|result| result.accuracy).collect::<Vec<_>>())
    }

    /// The confusion matrix summed over the networks.
    #[must_use]
    pub fn confusion(&self) -> Vec<Vec<u32>> {
        let mut results = self.results.iter();
        let Some(first) = results.next() else { return Vec::new() };
        results.fold(first.confusion.clone(), |mut sum, result| {
            for (sum_row, row) in sum.iter_mut().zip(&result.confusion) {
                for (total, count) in sum_row.iter_mut().zip(row) {
                    *total += count;
                }
            }
            sum
        })
    }

    /// The accuracy on the test images of each class, averaged over the networks.
    #[must_use]
    pub fn class_accuracies(&self) -> Vec<f64> {
        let of_class = |class: usize| {
            let accuracies: Vec<f64> = self
                .results
                .iter()
                .filter_map(|result| {
                    let row = result.confusion.get(class)?;
                    let total: u32 = row.iter().sum();
                    (total > 0).then(|| f64::from(row[class]) / f64::from(total))
                })
                .collect();
            mean(&accuracies)
        };
        let classes = self.results.first().map_or(0, |result| result.confusion.len());
        (0..classes).map(of_class).collect()
    }
}

/// Sets x networks.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct EvaluationTable {
    /// The cells, in the order in which they were begun.
    pub cells: Vec<EvaluationCell>,
}

impl EvaluationTable {
    /// Adds `result` to the cell of `set` and `architecture`, which is made if it is the first.
    pub fn add(
        &mut self,
        set: &str,
        architecture: Architecture,
        epochs: usize,
        augmentation: &str,
        result: NetworkResult,
    ) {
        let same = |cell: &&mut EvaluationCell| {
            cell.set == set
                && cell.architecture == architecture
                && cell.epochs == epochs
                && cell.augmentation == augmentation
        };
        if let Some(cell) = self.cells.iter_mut().find(same) {
            cell.results.push(result);
        } else {
            self.cells.push(EvaluationCell {
                set: set.to_owned(),
                architecture,
                epochs,
                augmentation: augmentation.to_owned(),
                results: vec![result],
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(confusion: [[u32; 2]; 2]) -> NetworkResult {
        let right = confusion[0][0] + confusion[1][1];
        let total: u32 = confusion.iter().flatten().sum();
        NetworkResult {
            accuracy: f64::from(right) / f64::from(total),
            confusion: confusion.iter().map(|row| row.to_vec()).collect(),
            train_loss: 0.1,
            seconds: 1.0,
        }
    }

    #[test]
    fn results_of_one_cell_are_pooled() {
        let mut table = EvaluationTable::default();
        let net = Architecture::convnet();
        table.add("condensed", net, 300, "none", result([[8, 2], [4, 6]]));
        table.add("random", net, 300, "none", result([[5, 5], [5, 5]]));
        table.add("condensed", net, 300, "none", result([[10, 0], [2, 8]]));
        assert_eq!(table.cells.len(), 2);
        let cell = &table.cells[0];
        let summary = cell.accuracy().unwrap();
        assert_eq!(summary.n, 2);
        assert!((summary.mean - 0.8).abs() < 1e-12);
        assert_eq!(cell.confusion(), [[18, 2], [6, 14]]);
        assert_eq!(cell.class_accuracies(), [0.9, 0.7]);
    }
}
