//! The queue view.

use egui::Ui;

use crate::gui::context::ViewContext;

/// Draws the view.
pub fn queue(ui: &mut Ui, _cx: &ViewContext) {
    ui.label("queue");
}
