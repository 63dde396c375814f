//! What stands where there is nothing to show yet.

use egui::{Align, Layout, RichText, Ui, UiBuilder};

use crate::gui::theme::{self, tokens};

/// The share of the height above the text.
const ABOVE: f32 = 0.25;

/// A title, a sentence that says what to do, and the buttons that do it.
pub fn empty(ui: &mut Ui, title: &str, sentence: &str, buttons: impl FnOnce(&mut Ui)) {
    centred(ui, |ui| {
        ui.label(RichText::new(title).text_style(theme::title()));
        ui.label(sentence);
        ui.add_space(tokens::SPACE_M);
        buttons(ui);
    });
}

/// A sentence about something that is on its way.
pub fn waiting(ui: &mut Ui, sentence: &str) {
    centred(ui, |ui| {
        ui.spinner();
        ui.label(sentence);
    });
}

fn centred(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    let whole = ui.available_rect_before_wrap();
    let width = whole.width().min(tokens::PROSE_WIDTH);
    let corner = egui::pos2(whole.center().x - width / 2.0, whole.top() + ABOVE * whole.height());
    let rect = egui::Rect::from_min_max(corner, egui::pos2(corner.x + width, whole.bottom()));
    let layout = Layout::top_down(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.y = tokens::SPACE_M;
        contents(ui);
    });
}
