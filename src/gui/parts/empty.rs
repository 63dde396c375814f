//! What stands where there is nothing to show yet.

use egui::{Align, Label, Layout, RichText, Sense, Ui, UiBuilder, Vec2};

use crate::gui::{
    UiCommand,
    context::ViewContext,
    theme::{self, tokens},
    widgets::{icon::Icon, status::primary_button},
};

/// The share of the height above the text.
const ABOVE: f32 = 0.2;

/// A title, a sentence that says what to do, and the buttons that do it.
pub fn empty(ui: &mut Ui, icon: Icon, title: &str, sentence: &str, buttons: impl FnOnce(&mut Ui)) {
    let palette = theme::of(ui);
    centred(ui, |ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(tokens::ICON_XL), Sense::hover());
        icon.paint(ui.painter(), rect, palette.weak_text);
        ui.label(RichText::new(title).heading().color(palette.strong_text));
        ui.add(Label::new(RichText::new(sentence).color(palette.weak_text)).wrap());
        ui.add_space(tokens::SPACE_S);
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
    let corner = egui::pos2(whole.center().x - width / 2.0, whole.top() + ABOVE * whole.height().min(800.0));
    let rect = egui::Rect::from_min_max(corner, egui::pos2(corner.x + width, whole.bottom()));
    let layout = Layout::top_down(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.y = tokens::SPACE_M;
        contents(ui);
    });
}

/// The button for the one thing to do next, with a text of its own.
pub fn primary_command(ui: &mut Ui, cx: &ViewContext, command: UiCommand, text: &str) {
    let possible = command.possible(cx.state);
    let button = ui.add_enabled_ui(possible.is_ok(), |ui| primary_button(ui, text)).inner;
    let response = match possible {
        Ok(()) => button.on_hover_text(command.tooltip(ui.ctx())),
        Err(reason) => button.on_disabled_hover_text(reason),
    };
    if response.clicked() {
        cx.send(crate::gui::Action::Command(command));
    }
}
