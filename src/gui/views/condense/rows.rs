//! The rows of the form: fields that are typed, and lists to choose from.

use egui::{
    Align, Button, ComboBox, Layout, Popup, Response, RichText, ScrollArea, TextEdit, TextStyle, Ui,
    text::{LayoutJob, TextFormat},
    vec2,
};

use super::field_texts::{self, FieldTexts};
use crate::gui::{
    Action,
    action::FormAction,
    context::ViewContext,
    state::FormField,
    theme::{self, tokens},
    widgets::{
        field::RowField,
        icon::{Icon, icon_button},
    },
};

/// The width of a list with explanations, which are sentences.
const LIST_WIDTH: f32 = 330.0;
/// The height of a list, in points; it is scrolled where the window has less room.
const LIST_HEIGHT: f32 = 480.0;

/// The name of a group of rows.
pub fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(tokens::SPACE_S);
    ui.label(RichText::new(text).text_style(TextStyle::Heading).color(theme::of(ui).strong_text));
}

/// A field that is typed. It keeps what is typed while that is wrong, and shows what an empty field means.
pub fn typed(ui: &mut Ui, cx: &ViewContext, field: FormField) {
    typed_with(ui, cx, field, |_| {});
}

/// A field that is typed, with more at its right, such as a menu of usual values.
pub fn typed_with(ui: &mut Ui, cx: &ViewContext, field: FormField, more: impl FnOnce(&mut Ui)) {
    let FieldTexts { name, explanation } = field_texts::of(field);
    let form = &cx.state.form;
    let text = form.text(field);
    let default = form.default_text(field, super::dataset_info(cx));
    let hint = field_texts::note(field, form, &default);
    let help = format!("{explanation}\nEmpty means {default}.");
    let differs = !text.trim().is_empty() && text.trim() != default;
    let row = RowField::new(name).help(&help).hint(&hint);
    let row = row.error(form.check.errors.get(&field).map(String::as_str));
    let mut edited = text.to_owned();
    let answer = row.default(differs.then_some(default.as_str())).show(ui, |ui, id| {
        // From the right, so that the field takes what is left.
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = tokens::SPACE_XS;
            more(ui);
            let edit = TextEdit::singleline(&mut edited).id(id).hint_text(default.as_str());
            ui.add(edit.desired_width(ui.available_width()))
        })
        .inner
    });
    if answer.changed {
        cx.send(Action::Form(FormAction::Text(field, edited)));
    } else if answer.reset {
        cx.send(Action::Form(FormAction::Text(field, String::new())));
    }
}

/// A list to choose from, as wide as there is room; `items` draws the list, of [`item`]s.
pub fn list(ui: &mut Ui, name: &str, chosen: &str, items: impl FnOnce(&mut Ui)) -> Response {
    // All of it is seen at once, as long as the window has room.
    let list =
        ComboBox::from_id_salt(name).selected_text(chosen).width(ui.available_width()).truncate().height(LIST_HEIGHT);
    let shown = list.show_ui(ui, |ui| {
        ui.set_min_width(LIST_WIDTH);
        items(ui);
    });
    shown.response
}

/// A small button with a list of usual values; `items` draws the list, of [`item`]s.
pub fn usual(ui: &mut Ui, name: &str, items: impl FnOnce(&mut Ui)) {
    let button = icon_button(ui, Icon::Down, name);
    Popup::menu(&button).width(LIST_WIDTH).show(|ui| {
        ui.set_min_width(LIST_WIDTH);
        items(ui);
    });
}

/// A line of a list: a title with a sentence below. Whether it was chosen.
pub fn item(ui: &mut Ui, selected: bool, title: &str, explanation: &str) -> bool {
    let palette = theme::of(ui);
    let (color, weak) =
        if selected { (palette.on_selection, palette.on_selection) } else { (palette.text, palette.weak_text) };
    let mut job = LayoutJob::default();
    job.append(title, 0.0, TextFormat::simple(TextStyle::Body.resolve(ui.style()), color));
    if !explanation.is_empty() {
        let format = TextFormat::simple(TextStyle::Small.resolve(ui.style()), weak);
        job.append(&format!("\n{explanation}"), 0.0, format);
    }
    let button = Button::selectable(selected, job).wrap().min_size(vec2(ui.available_width(), 0.0));
    ui.add(button).accessible_name(title).clicked()
}

/// A checkbox with an explanation; what it is now, when it was changed.
pub fn check(ui: &mut Ui, on: bool, name: &str, explanation: &str) -> Option<bool> {
    let mut now = on;
    let changed = ui.checkbox(&mut now, name).on_hover_text(explanation).changed();
    changed.then_some(now)
}

/// All of a list that may be long.
pub fn scrolled(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().max_height(360.0).show(ui, contents);
}
