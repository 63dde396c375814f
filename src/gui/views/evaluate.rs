//! The evaluate view.

use egui::Ui;

use crate::gui::context::ViewContext;

/// Draws the view.
pub fn evaluate(ui: &mut Ui, _cx: &ViewContext) {
    ui.label("evaluate");
}
