//! The cell that is looked at: classes, confusions, training and the single networks.

use egui::Ui;

use crate::gui::context::ViewContext;

pub fn details(ui: &mut Ui, cx: &ViewContext) {
    let _ = (ui, cx);
}
