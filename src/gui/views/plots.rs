//! The plots view.

use egui::Ui;

use crate::gui::context::ViewContext;

/// Draws the view.
pub fn plots(ui: &mut Ui, _cx: &ViewContext) {
    ui.label("plots");
}
