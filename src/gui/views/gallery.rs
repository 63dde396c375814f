//! The gallery view.

use egui::Ui;

use crate::gui::context::ViewContext;

/// Draws the view.
pub fn gallery(ui: &mut Ui, _cx: &ViewContext) {
    ui.label("gallery");
}
