//! The condense view.

use egui::Ui;

use crate::gui::context::ViewContext;

/// Draws the view.
pub fn condense(ui: &mut Ui, _cx: &ViewContext) {
    ui.label("condense");
}
