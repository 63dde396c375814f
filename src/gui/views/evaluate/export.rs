//! The table and its bars as files.

use egui::Ui;

use super::grid::{Grid, find};
use crate::{
    domain::{EvaluationCell, Export, PlotData, PlotFormat, PlotSeries, TableFormat},
    gui::{Action, context::ViewContext, theme},
};

/// The menus of the formats.
pub fn export_line(ui: &mut Ui, cx: &ViewContext, grid: &Grid) {
    let has_results = grid
        .rows()
        .any(|(group, set)| grid.networks.iter().any(|network| find(cx.state, &group.folder, set, *network).is_some()));
    ui.add_enabled_ui(has_results, |ui| {
        ui.horizontal_wrapped(|ui| {
            let table = ui.menu_button("Export table…", |ui| table_menu(ui, cx, grid));
            table.response.on_disabled_hover_text("There are no results yet.");
            let bars = ui.menu_button("Export bars…", |ui| bars_menu(ui, cx, grid));
            bars.response.on_disabled_hover_text("There are no results yet.");
        });
    });
}

fn table_menu(ui: &mut Ui, cx: &ViewContext, grid: &Grid) {
    const FORMATS: [(TableFormat, &str, &str); 3] = [
        (TableFormat::Csv, "CSV", "Numbers, a line a cell, for programs."),
        (TableFormat::Markdown, "Markdown", "The table as it is here."),
        (TableFormat::Latex, "LaTeX", "The table as it is here, for a paper; needs the package booktabs."),
    ];
    for (format, name, explanation) in FORMATS {
        if ui.button(name).on_hover_text(explanation).clicked() {
            let table = if format == TableFormat::Csv { grid.long_text(cx.state) } else { grid.wide_text(cx.state) };
            cx.send(Action::AskExport { export: Export::Table { table, format }, name: "evaluation".to_owned() });
            ui.close();
        }
    }
}

fn bars_menu(ui: &mut Ui, cx: &ViewContext, grid: &Grid) {
    for (format, name) in [(PlotFormat::Png, "PNG"), (PlotFormat::Svg, "SVG"), (PlotFormat::Csv, "Numbers as CSV")] {
        if ui.button(name).clicked() {
            let plot = bars(ui, cx, grid);
            cx.send(Action::AskExport { export: Export::Plot { plot, format }, name: "evaluation-bars".to_owned() });
            ui.close();
        }
    }
}

/// The means as a plot: a line a set, the networks one after another.
fn bars(ui: &Ui, cx: &ViewContext, grid: &Grid) -> PlotData {
    let palette = theme::of(ui);
    let series = grid.rows().enumerate().map(|(row, (group, set))| {
        let mean = |network| {
            let accuracy = find(cx.state, &group.folder, set, network).and_then(EvaluationCell::accuracy);
            accuracy.map_or(f64::NAN, |accuracy| 100.0 * accuracy.mean)
        };
        let color = palette.series(row);
        PlotSeries {
            name: grid.row_name(group, set),
            color: [color.r(), color.g(), color.b()],
            points: grid.networks.iter().zip(1_u32..).map(|(network, x)| [f64::from(x), mean(*network)]).collect(),
        }
    });
    let names: Vec<String> = grid.networks.iter().zip(1..).map(|(network, x)| format!("{x} {network}")).collect();
    PlotData {
        title: "Test accuracy by network".to_owned(),
        x_label: format!("network ({})", names.join(", ")),
        y_label: "test accuracy in percent".to_owned(),
        log_y: false,
        series: series.collect(),
    }
}
