//! Two to four runs side by side: their images in step, their distances in one plot, what they reached, and in which
//! settings they differ.

mod compared;
mod distance;
mod figures;
mod images;
mod picker;
mod settings;

use egui::{ScrollArea, Ui};

use crate::gui::{UiCommand, context::ViewContext, parts, widgets::icon::Icon, widgets::section::Section};

/// Draws the view.
pub fn compare(ui: &mut Ui, cx: &ViewContext) {
    let runs = compared::all(ui, cx);
    picker::picker(ui, cx, &runs);
    if runs.is_empty() {
        return nothing(ui, cx);
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        if runs.len() == 1 {
            ui.weak("Add a second run to compare this one with.");
        }
        Section::new("Images side by side").show(ui, |ui| images::images(ui, cx, &runs));
        Section::new("Distances over time").show(ui, |ui| distance::distance(ui, cx, &runs));
        Section::new("What the runs reached").show(ui, |ui| figures::figures(ui, cx, &runs));
        Section::new("Settings side by side").show(ui, |ui| settings::settings(ui, cx, &runs));
    });
}

fn nothing(ui: &mut Ui, cx: &ViewContext) {
    let sentence = "Two to four runs stand side by side here. Begin one run under several distances, alike in all else, or \
                    add runs that are there.";
    parts::empty(ui, Icon::Table, "Nothing to compare yet", sentence, |ui| {
        parts::primary_command(ui, cx, UiCommand::CompareDistances, "Choose distances to compare…");
    });
}
