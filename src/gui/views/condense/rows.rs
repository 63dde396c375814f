//! The rows of the form: a name, what is chosen or typed, and a line below that says the range, or what is wrong. Every row
//! has the same height whatever it says, so that nothing jumps.

use egui::{
    Align, Button, ComboBox, CornerRadius, Id, Label, Layout, Popup, Response, RichText, Role, ScrollArea, Stroke,
    TextEdit, TextStyle, Ui, WidgetInfo,
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
    widgets::icon::{Icon, icon_button},
};

/// Below this width of the form, names are narrower and notes begin at the left edge.
const NARROW: f32 = 400.0;
/// The column of names of a narrow form.
const NARROW_NAMES: f32 = 116.0;
/// The width of the list of a choice: its explanations are sentences.
const LIST_WIDTH: f32 = 330.0;

/// The line below a field.
#[derive(Debug, Clone, Default)]
pub enum Note {
    /// Nothing to say; the line stays free.
    #[default]
    None,
    /// The range, the published value, or what a choice means.
    Plain(String),
    /// It goes on, but a person should know.
    Warning(String),
    /// It cannot be used so.
    Error(String),
}

impl Note {
    fn text(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Plain(text) | Self::Warning(text) | Self::Error(text) => Some(text),
        }
    }
}

/// The name of a group of rows.
pub fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(tokens::SPACE_S);
    ui.label(RichText::new(text).text_style(TextStyle::Heading).color(theme::of(ui).strong_text));
    ui.add_space(tokens::SPACE_XS);
}

/// A row: `add` draws what is beside the name, and is given the name's identity to be labelled by.
pub fn row<R>(ui: &mut Ui, name: &str, tooltip: &str, note: &Note, add: impl FnOnce(&mut Ui, Id) -> R) -> R {
    let narrow = ui.available_width() < NARROW;
    let names = if narrow { NARROW_NAMES } else { tokens::FORM_LABEL_WIDTH };
    let result = ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(tokens::SPACE_S, 1.0);
        let result = ui.horizontal(|ui| {
            let height = ui.spacing().interact_size.y;
            let cell = ui.allocate_ui_with_layout(vec2(names, height), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_size(vec2(names, height));
                ui.add(Label::new(name).truncate())
            });
            add(ui, cell.inner.on_hover_text(tooltip).id)
        });
        note_line(ui, if narrow { 0.0 } else { names }, note);
        ui.add_space(tokens::SPACE_XS);
        result.inner
    });
    result.inner
}

fn note_line(ui: &mut Ui, indent: f32, note: &Note) {
    let palette = theme::of(ui);
    let height = ui.text_style_height(&TextStyle::Small);
    let color = match note {
        Note::None | Note::Plain(_) => palette.weak_text,
        Note::Warning(_) => palette.warning,
        Note::Error(_) => palette.error,
    };
    let size = vec2(ui.available_width(), height);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_height(height);
        if let Some(text) = note.text() {
            ui.spacing_mut().item_spacing.x = tokens::SPACE_S;
            if indent > 0.0 {
                ui.add_space(indent);
            }
            let mark = match note {
                Note::Warning(_) => Some(Icon::Warning),
                Note::Error(_) => Some(Icon::Error),
                _ => None,
            };
            if let Some(mark) = mark {
                let (rect, _) = ui.allocate_exact_size(vec2(height, height), egui::Sense::hover());
                mark.paint(ui.painter(), rect.shrink(1.0), color);
            }
            ui.add(Label::new(RichText::new(text).small().color(color)).truncate());
        }
    });
}

/// A field that is typed. It keeps what is typed while that is wrong, and shows what an empty field means.
pub fn typed(ui: &mut Ui, cx: &ViewContext, field: FormField) {
    typed_with(ui, cx, field, |_| {});
}

/// A field that is typed, with more behind it, such as a menu of usual values.
pub fn typed_with(ui: &mut Ui, cx: &ViewContext, field: FormField, more: impl FnOnce(&mut Ui)) {
    let FieldTexts { name, explanation } = field_texts::of(field);
    let form = &cx.state.form;
    let default = form.default_text(field, super::dataset_info(cx));
    let error = form.check.errors.get(&field);
    let note = match error {
        Some(problem) => Note::Error(problem.clone()),
        None => field_texts::note(field, form, &default),
    };
    let tooltip = format!("{explanation}\nEmpty means {default}.");
    row(ui, name, &tooltip, &note, |ui, label| {
        // From the right, so that the field takes what is left.
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let text = form.text(field);
            let differs = !text.trim().is_empty() && text.trim() != default;
            ui.add_enabled_ui(differs, |ui| {
                let reset = icon_button(ui, Icon::Reset, &format!("{name}: back to {default}"));
                if reset.clicked() {
                    cx.send(Action::Form(FormAction::Text(field, String::new())));
                }
            });
            more(ui);
            let mut edited = text.to_owned();
            if error.is_some() {
                mark_wrong(ui);
            }
            let edit = TextEdit::singleline(&mut edited)
                .id_salt(("field", field))
                .hint_text(default.as_str())
                .desired_width(ui.available_width());
            let response = ui.add(edit).labelled_by(label).on_hover_text(&tooltip);
            if response.changed() {
                cx.send(Action::Form(FormAction::Text(field, edited)));
            }
        });
    });
}

/// Outlines the next field as wrong.
fn mark_wrong(ui: &mut Ui) {
    let stroke = Stroke::new(tokens::STROKE_FOCUS, theme::of(ui).error);
    let widgets = &mut ui.visuals_mut().widgets;
    for look in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
        look.bg_stroke = stroke;
        look.corner_radius = CornerRadius::same(tokens::RADIUS_M);
    }
}

/// A row with a list to choose from; `items` draws the list, of [`item`]s.
pub fn choice(
    ui: &mut Ui,
    name: &str,
    tooltip: &str,
    chosen: &str,
    note: &Note,
    items: impl FnOnce(&mut Ui),
) -> Response {
    row(ui, name, tooltip, note, |ui, label| list(ui, name, chosen, ui.available_width(), items).labelled_by(label))
        .on_hover_text(tooltip)
}

/// A list to choose from, `width` wide.
pub fn list(ui: &mut Ui, name: &str, chosen: &str, width: f32, items: impl FnOnce(&mut Ui)) -> Response {
    let list = ComboBox::from_id_salt(name).selected_text(chosen).width(width).truncate();
    let shown = list.show_ui(ui, |ui| {
        ui.set_min_width(LIST_WIDTH);
        items(ui);
    });
    shown.response
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
    job.wrap.max_width = ui.available_width();
    let button = Button::selectable(selected, job).wrap().min_size(vec2(ui.available_width(), 0.0));
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, ui.is_enabled(), selected, title));
    response.clicked()
}

/// A small button with a list of usual values; `items` draws the list, of [`item`]s, and closes it.
pub fn usual(ui: &mut Ui, name: &str, items: impl FnOnce(&mut Ui)) {
    let button = icon_button(ui, Icon::Down, name);
    Popup::menu(&button).width(LIST_WIDTH).show(|ui| {
        ui.set_min_width(LIST_WIDTH);
        items(ui);
    });
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
