//! The compare view.

use egui::Ui;

use crate::gui::context::ViewContext;

/// Draws the view.
pub fn compare(ui: &mut Ui, _cx: &ViewContext) {
    ui.label("compare");
}
