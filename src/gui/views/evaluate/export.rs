//! The table and its bars as files.

use egui::Ui;

use super::grid::{Grid, find};
use crate::{
    domain::{EvaluationCell, PlotData, PlotSeries, TableFormat},
    gui::{context::ViewContext, parts, theme},
};

/// The menus of the formats, once there are results.
pub fn export_line(ui: &mut Ui, cx: &ViewContext, grid: &Grid) {
    let has_results = grid
        .rows()
        .any(|(group, set)| grid.networks.iter().any(|network| find(cx.state, &group.folder, set, *network).is_some()));
    ui.add_enabled_ui(has_results, |ui| {
        ui.horizontal_wrapped(|ui| {
            // Programs want numbers, a line a cell; people the table as it stands here.
            parts::table_export(ui, cx, "Export table", "evaluation", |format| match format {
                TableFormat::Csv => grid.long_text(cx.state),
                TableFormat::Markdown | TableFormat::Latex => grid.wide_text(cx.state),
            });
            parts::plot_export(ui, cx, "Export bars", "evaluation-bars", || bars(cx, grid));
        });
    });
}

/// The means as a plot: a line a set, the networks one after another.
fn bars(cx: &ViewContext, grid: &Grid) -> PlotData {
    let series = grid.rows().enumerate().map(|(row, (group, set))| {
        let mean = |network| {
            let accuracy = find(cx.state, &group.folder, set, network).and_then(EvaluationCell::accuracy);
            accuracy.map_or(f64::NAN, |accuracy| 100.0 * accuracy.mean)
        };
        // On white, whatever the theme.
        let color = theme::LIGHT.series(row);
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
