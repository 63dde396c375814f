//! The dataset view.

use egui::Ui;

use crate::gui::context::ViewContext;

/// Draws the view.
pub fn dataset(ui: &mut Ui, _cx: &ViewContext) {
    ui.label("dataset");
}
