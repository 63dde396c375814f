//! The table of an experiment as text: for a terminal, as Markdown and as comma-separated values.

use std::fmt::Write;

use crate::domain::{
    TableText,
    experiment::{ExperimentCell, ExperimentTable, Quantity},
    units,
};

/// A cell in one line: `91.7 ± 0.5 | 91.2 ± 0.6 (n=100) | -0.5`, with a dash for what is not there.
#[must_use]
pub fn figure(cell: &ExperimentCell) -> String {
    let [published, ours, difference] = parts(cell);
    match (cell.published.is_some(), cell.expected > 0) {
        (false, _) => ours,
        (true, false) => format!("{published} |"),
        (true, true) => format!("{published} | {ours} | {difference}"),
    }
}

/// The published figure, ours and the difference.
fn parts(cell: &ExperimentCell) -> [String; 3] {
    let dash = || "-".to_owned();
    let published = cell.published.map_or_else(dash, |published| {
        let mean = cell.quantity.text(published.mean);
        published.std.map_or(mean.clone(), |std| format!("{mean} ± {std:.1}"))
    });
    let ours = cell.ours.map_or_else(dash, |ours| {
        let mean = cell.quantity.text(ours.mean);
        if !cell.quantity.has_spread() || cell.expected == 1 {
            return mean;
        }
        let open = if cell.is_complete() { String::new() } else { format!(" of {}", cell.expected) };
        format!("{mean} ± {:.1} (n={}{open})", ours.std, ours.n)
    });
    let difference = cell.difference().map_or_else(dash, |difference| match cell.quantity {
        Quantity::Correlation | Quantity::Score => format!("{difference:+.2}"),
        Quantity::Seconds => {
            format!("{}{}", if difference < 0.0 { "-" } else { "+" }, cell.quantity.text(difference.abs()))
        }
        Quantity::Images => format!("{difference:+.0}"),
        _ => format!("{difference:+.1}"),
    });
    [published, ours, difference]
}

/// What stands around the figures, a line each.
fn remarks(table: &ExperimentTable) -> Vec<String> {
    let mut lines = vec![format!("Source: {}.", table.source)];
    let has_published = table.cells().any(|(_, _, cell)| cell.published.is_some());
    let has_both = table.cells().any(|(_, _, cell)| cell.published.is_some() && cell.expected > 0);
    let cell = if has_published {
        "A cell is the published figure | ours | ours less published"
    } else {
        "Figures are ours; none are published"
    };
    lines.push(format!("{cell}; accuracies in %, mean ± standard deviation over n networks."));
    lines.push(if table.cuts.is_empty() {
        format!("Scale: {}.", table.scale)
    } else {
        format!("Scale: {} ({}).", table.scale, table.cuts.join(", "))
    });
    if has_both {
        let beyond: Vec<String> = table
            .cells()
            .filter(|(_, _, cell)| cell.is_complete() && cell.is_beyond_spread())
            .map(|(row, column, _)| format!("{row} / {column}"))
            .collect();
        if !table.is_full {
            lines.push("Reduced: not comparable with the published figures.".to_owned());
        } else if !beyond.is_empty() {
            let cells = beyond.join("; ");
            lines.push(format!("Farther from the published figure than both deviations together: {cells}."));
        }
    }
    lines.extend(table.notes.iter().cloned());
    let devices = if table.devices.is_empty() { "none yet".to_owned() } else { table.devices.join("; ") };
    lines.push(format!(
        "Done: {} of {}, {} of computing on {devices}, Dewpoint {}.",
        table.units_done,
        units::count(table.units, "unit"),
        units::duration(table.seconds),
        table.program_version
    ));
    lines
}

/// Head and rows as texts.
fn grid(table: &ExperimentTable) -> Vec<Vec<String>> {
    let head = std::iter::once(table.row_title.clone()).chain(table.columns.iter().cloned()).collect();
    let rows = table.rows.iter().map(|row| {
        let cells = row.cells.iter().map(|cell| cell.as_ref().map_or_else(String::new, figure));
        std::iter::once(row.label.clone()).chain(cells).collect()
    });
    std::iter::once(head).chain(rows).collect()
}

/// The table for a terminal.
#[must_use]
pub fn as_text(table: &ExperimentTable) -> String {
    let rows = grid(table);
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| Some(row.get(column)?.chars().count())).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = format!("{} ({})\n\n", table.title, table.name);
    for row in &rows {
        let line: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line.join("   ").trim_end());
    }
    text + "\n" + &remarks(table).join("\n") + "\n"
}

/// The table as Markdown.
#[must_use]
pub fn as_markdown(table: &ExperimentTable) -> String {
    let escape = |text: &String| text.replace('|', "\\|").replace('_', "\\_");
    let line = |row: &Vec<String>| format!("| {} |\n", row.iter().map(escape).collect::<Vec<_>>().join(" | "));
    let rows = grid(table);
    let mut text = format!("# {}\n\n", table.title);
    if let Some((head, rest)) = rows.split_first() {
        let rules: Vec<&str> = (0..head.len()).map(|column| if column == 0 { "---" } else { "---:" }).collect();
        text += &line(head);
        let _ = writeln!(text, "|{}|", rules.join("|"));
        text.extend(rest.iter().map(line));
    }
    text.push('\n');
    for remark in remarks(table) {
        let _ = writeln!(text, "* {}", escape(&remark));
    }
    text
}

/// The table as comma-separated values, a row a figure.
///
/// # Errors
///
/// When a text cannot be written.
pub fn as_csv(table: &ExperimentTable) -> Result<String, csv::Error> {
    let mut lines = csv::Writer::from_writer(Vec::new());
    let TableText { columns, rows } = table.long_text();
    lines.write_record(columns)?;
    rows.into_iter().try_for_each(|row| lines.write_record(row))?;
    let bytes = lines.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
