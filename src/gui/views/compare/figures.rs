//! What the compared runs reached, in a table.

use egui::{Grid, RichText, Ui};

use super::{
    compared::Compared,
    distance,
    picker::{swatch, title},
};
use crate::{
    domain::{Architecture, RunHistory, TableText, units},
    gui::{context::ViewContext, parts, state::JobState, theme::tokens, widgets::number::significant},
};

/// The kind of set whose accuracies are shown.
const CONDENSED: &str = "condensed";
/// What stands where nothing is known.
const NOTHING: &str = "–";

/// A column and what it means.
struct Column {
    title: String,
    hint: String,
}

pub fn figures(ui: &mut Ui, cx: &ViewContext, runs: &[Compared]) {
    let networks = networks(runs);
    let columns = columns(runs, &networks);
    let rows: Vec<Vec<String>> = runs.iter().map(|compared| row(compared, &networks)).collect();
    parts::table_export(ui, cx, "Export figures", "comparison", |_| table(runs, &columns, &rows));
    parts::wide(ui, "figures", |ui| {
        let spacing = [tokens::SPACE_XL, tokens::SPACE_S];
        let grid = Grid::new("figures of the comparison").num_columns(columns.len() + 1).spacing(spacing).striped(true);
        grid.show(ui, |ui| {
            ui.weak("Run");
            for column in &columns {
                ui.label(RichText::new(&column.title).strong()).on_hover_text(&column.hint);
            }
            ui.end_row();
            for (compared, cells) in runs.iter().zip(&rows) {
                ui.horizontal(|ui| {
                    swatch(ui, compared);
                    title(ui, compared, false, true);
                });
                for cell in cells {
                    ui.label(cell);
                }
                ui.end_row();
            }
        });
    });
    if networks.is_empty() {
        ui.weak("Accuracies appear here once the runs were evaluated.");
    }
}

/// The networks that any of the sets was tested on, in the order of the tables.
fn networks(runs: &[Compared]) -> Vec<Architecture> {
    let tables = runs.iter().filter_map(|compared| compared.run?.evaluation.as_ref()).map(|(_, table)| table);
    let mut networks = Vec::new();
    for cell in tables.flat_map(|table| &table.cells).filter(|cell| cell.set == CONDENSED) {
        if !networks.contains(&cell.architecture) {
            networks.push(cell.architecture);
        }
    }
    networks
}

fn columns(runs: &[Compared], networks: &[Architecture]) -> Vec<Column> {
    let column = |title: &str, hint: &str| Column { title: title.to_owned(), hint: hint.to_owned() };
    let last = if distance::kinds(runs).len() > 1 {
        "The matching distance of the latest iteration. Distances of different kinds are not on one scale."
    } else {
        "The matching distance of the latest iteration."
    };
    let mut columns = vec![
        column("State", "How the run stands."),
        column("Iterations", "Outer iterations done, and asked for."),
        column("Last distance", last),
        column("Fell to", "The latest distance in percent of that of the first iteration."),
        column("Time", "Wall time of condensing so far."),
    ];
    columns.extend(networks.iter().map(|network| Column {
        title: format!("{network} accuracy"),
        hint: format!("Test accuracy in percent of fresh {network} networks trained on the set: mean ± standard deviation over n networks."),
    }));
    columns
}

fn row(compared: &Compared, networks: &[Architecture]) -> Vec<String> {
    let Some(run) = compared.run else {
        let state = match compared.job.map(|job| &job.state) {
            Some(JobState::Waiting) => "waiting",
            Some(_) => "preparing",
            None => "not begun",
        };
        let mut cells = vec![NOTHING.to_owned(); 5 + networks.len()];
        state.clone_into(&mut cells[0]);
        return cells;
    };
    let summary = &run.summary;
    let history = compared.view.map(|view| &view.history);
    let first = history.and_then(|history| history.points.first()).map(|point| point.loss);
    let last = history.and_then(RunHistory::last_loss).or(summary.last_distance);
    let share = last.zip(first).map(|(last, first)| format!("{:.0} %", 100.0 * last / first));
    let mut cells = vec![
        summary.status.label().to_owned(),
        format!("{} of {}", summary.iterations_done, summary.iterations()),
        last.map_or_else(|| NOTHING.to_owned(), |last| significant(last, 4)),
        share.unwrap_or_else(|| NOTHING.to_owned()),
        units::duration(summary.seconds),
    ];
    let accuracy = |network: &Architecture| {
        let (_, table) = run.evaluation.as_ref()?;
        let cell = table.cells.iter().find(|cell| cell.set == CONDENSED && cell.architecture == *network)?;
        cell.accuracy().map(|accuracy| accuracy.to_string())
    };
    cells.extend(networks.iter().map(|network| accuracy(network).unwrap_or_else(|| NOTHING.to_owned())));
    cells
}

fn table(runs: &[Compared], columns: &[Column], rows: &[Vec<String>]) -> TableText {
    let titles = columns.iter().map(|column| column.title.clone());
    let with_title = |(compared, cells): (&Compared, &Vec<String>)| {
        std::iter::once(compared.title.clone()).chain(cells.iter().cloned()).collect()
    };
    TableText {
        columns: std::iter::once("Run".to_owned()).chain(titles).collect(),
        rows: runs.iter().zip(rows).map(with_title).collect(),
    }
}
