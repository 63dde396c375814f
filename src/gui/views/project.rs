//! The project view.

use egui::Ui;

use crate::gui::context::ViewContext;

/// Draws the view.
pub fn project(ui: &mut Ui, _cx: &ViewContext) {
    ui.label("project");
}
