//! Tables of text: columns side by side, and the accuracies at the end of an evaluation.

use std::fmt::Write;

use dewpoint::domain::{Architecture, EvaluationTable, Summary};

/// Rows as left-aligned columns; the first row is the head.
pub fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..count).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let line: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line.join("  ").trim_end());
    }
    text
}

/// Kinds of set x networks, and below how the networks were trained.
pub fn accuracies(table: &EvaluationTable) -> String {
    let (mut sets, mut networks): (Vec<&str>, Vec<Architecture>) = (Vec::new(), Vec::new());
    for cell in &table.cells {
        if !sets.contains(&cell.set.as_str()) {
            sets.push(&cell.set);
        }
        if !networks.contains(&cell.architecture) {
            networks.push(cell.architecture);
        }
    }
    let head = std::iter::once("trained on".to_owned()).chain(networks.iter().map(ToString::to_string));
    let mut rows = vec![head.collect::<Vec<_>>()];
    for set in sets {
        let mut row = vec![set.to_owned()];
        for &network in &networks {
            let accuracy = accuracy_of(table, set, network);
            row.push(accuracy.map_or_else(|| "-".to_owned(), |summary| summary.to_string()));
        }
        rows.push(row);
    }
    let mut text = columns(&rows);
    text.push_str("Test accuracy in %: mean ± standard deviation over n networks.\n");
    for (training, mut cells) in trainings(table) {
        if cells.len() == table.cells.len() {
            cells = vec!["all".to_owned()];
        }
        let _ = writeln!(text, "{training}: {}.", cells.join(", "));
    }
    text
}

/// The accuracy of the networks `network` trained on `set`.
pub fn accuracy_of(table: &EvaluationTable, set: &str, network: Architecture) -> Option<Summary> {
    table.cells.iter().find(|cell| cell.set == set && cell.architecture == network)?.accuracy()
}

/// Each way of training with the cells that were trained so.
fn trainings(table: &EvaluationTable) -> Vec<(String, Vec<String>)> {
    let mut trainings: Vec<(String, Vec<String>)> = Vec::new();
    for cell in &table.cells {
        let training = format!("{} epochs, augmentation {}", cell.epochs, cell.augmentation);
        let name = format!("{} on {}", cell.architecture, cell.set);
        match trainings.iter_mut().find(|(known, _)| *known == training) {
            Some((_, names)) => names.push(name),
            None => trainings.push((training, vec![name])),
        }
    }
    trainings
}

#[cfg(test)]
mod tests {
    use super::*;
    use dewpoint::domain::NetworkResult;

    #[test]
    fn a_table_has_a_row_a_set_and_a_column_a_network() {
        let result = |accuracy| NetworkResult { accuracy, ..NetworkResult::default() };
        let mut table = EvaluationTable::default();
        table.add("condensed", Architecture::convnet(), 300, "none", result(0.9));
        table.add("condensed", Architecture::convnet(), 300, "none", result(0.92));
        table.add("condensed", Architecture::Mlp, 300, "none", result(0.7));
        table.add("whole-set", Architecture::convnet(), 30, "none", result(0.99));
        let expected = "\
trained on  ConvNet           MLP
condensed   91.0 ± 1.0 (n=2)  70.0 ± 0.0 (n=1)
whole-set   99.0 ± 0.0 (n=1)  -
Test accuracy in %: mean ± standard deviation over n networks.
300 epochs, augmentation none: ConvNet on condensed, MLP on condensed.
30 epochs, augmentation none: ConvNet on whole-set.
";
        assert_eq!(accuracies(&table), expected);
    }
}
