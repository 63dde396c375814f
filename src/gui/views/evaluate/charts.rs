//! The bars below the table: a group a network, a bar a set.

use egui::{Color32, Ui};

use super::grid::{Grid, Group, find};
use crate::{
    domain::EvaluationCell,
    gui::{
        context::ViewContext,
        theme,
        widgets::{
            bars::{BarGroup, Bars},
            section::Section,
        },
    },
};

/// The height of the picture.
const HEIGHT: f32 = 220.0;

/// Draws the bars, once there are results.
pub fn bars(ui: &mut Ui, cx: &ViewContext, grid: &Grid) {
    let mean = |(group, set): (&Group, &str), network| {
        find(cx.state, &group.folder, set, network).and_then(EvaluationCell::accuracy)
    };
    // Colours are those of the rows of the table, also where some have no results yet.
    let rows: Vec<(usize, (&Group, &str))> = grid
        .rows()
        .enumerate()
        .filter(|(_, row)| grid.networks.iter().any(|network| mean(*row, *network).is_some()))
        .collect();
    if rows.is_empty() {
        return;
    }
    Section::new("Test accuracy in percent").show(ui, |ui| {
        let palette = theme::of(ui);
        let names: Vec<String> = rows.iter().map(|(_, (group, set))| grid.row_name(group, set)).collect();
        let colors = rows.iter().map(|(row, _)| palette.series(*row));
        let series: Vec<(&str, Color32)> = names.iter().map(String::as_str).zip(colors).collect();
        let networks: Vec<String> = grid.networks.iter().map(ToString::to_string).collect();
        let groups: Vec<BarGroup> = grid
            .networks
            .iter()
            .zip(&networks)
            .map(|(network, name)| BarGroup { name, bars: rows.iter().map(|(_, row)| mean(*row, *network)).collect() })
            .collect();
        Bars::new("Test accuracy by network and set", &series, &groups).percent().height(HEIGHT).show(ui);
    });
}
