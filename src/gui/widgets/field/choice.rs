//! One of several: a list that opens, with a line of explanation for each.

use egui::{
    Button, ComboBox, TextStyle, Ui,
    text::{LayoutJob, TextFormat},
    vec2,
};

use super::{Answer, FieldResponse, Frame};
use crate::gui::theme::{self, tokens};

/// Something to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<'a, T> {
    /// The value.
    pub value: T,
    /// What it is called.
    pub text: &'a str,
    /// What it means, in one line; may be empty.
    pub help: &'a str,
    /// Why it cannot be chosen now.
    pub unavailable: Option<&'a str>,
}

impl<'a, T> Choice<'a, T> {
    /// Something that can be chosen.
    #[must_use]
    pub const fn new(value: T, text: &'a str, help: &'a str) -> Self {
        Self { value, text, help, unavailable: None }
    }
}

/// One of several to be chosen.
#[must_use = "it is drawn by `show`"]
pub struct ChoiceField<'a, T> {
    frame: Frame<'a>,
    value: &'a mut T,
    choices: &'a [Choice<'a, T>],
    default: Option<T>,
}

impl<'a, T: Clone + PartialEq> ChoiceField<'a, T> {
    /// A field called `label` for `value`.
    pub fn new(label: &'a str, value: &'a mut T, choices: &'a [Choice<'a, T>]) -> Self {
        Self { frame: Frame { label, ..Frame::default() }, value, choices, default: None }
    }

    /// The value to go back to.
    pub fn default(mut self, default: T) -> Self {
        self.default = Some(default);
        self
    }

    frame_settings!();

    /// Draws it.
    pub fn show(self, ui: &mut Ui) -> FieldResponse {
        let Self { mut frame, value, choices, default } = self;
        let find = |value: &T| choices.iter().find(|choice| choice.value == *value);
        frame.hint = find(value).map_or("", |choice| choice.help);
        let differs = default.as_ref().filter(|default| *default != value);
        let name = differs.map(|default| find(default).map_or("the default", |choice| choice.text));
        let mut answer = frame.show(ui, name, |ui, id| {
            let mut chosen = None;
            let text = find(value).map_or("", |choice| choice.text);
            let combo = ComboBox::from_id_salt(id).selected_text(text).width(ui.available_width()).truncate();
            let response = combo.show_ui(ui, |ui| chosen = list(ui, value, choices)).response;
            let changed = chosen.is_some();
            if let Some(new) = chosen {
                *value = new;
            }
            Answer { response, changed, problem: None }
        });
        if let (true, Some(default)) = (answer.reset, default) {
            *value = default;
            answer.changed = true;
        }
        answer
    }
}

/// The open list; returns what was chosen, if it is new.
fn list<T: Clone + PartialEq>(ui: &mut Ui, value: &T, choices: &[Choice<T>]) -> Option<T> {
    let mut chosen = None;
    ui.spacing_mut().item_spacing.y = tokens::SPACE_XS;
    for choice in choices {
        let selected = choice.value == *value;
        let lines = lines(ui, choice, selected);
        ui.add_enabled_ui(choice.unavailable.is_none(), |ui| {
            let width = ui.available_width();
            let response = ui.add(Button::selectable(selected, lines).min_size(vec2(width, 0.0)));
            if response.clicked() && !selected {
                chosen = Some(choice.value.clone());
            }
            let response = response.accessible_name(choice.text);
            response.on_disabled_hover_text(choice.unavailable.unwrap_or_default());
        });
    }
    chosen
}

/// A name, and below it in small what it means.
fn lines<T>(ui: &Ui, choice: &Choice<T>, selected: bool) -> LayoutJob {
    let palette = theme::of(ui);
    let (text, weak) =
        if selected { (palette.on_selection, palette.on_selection) } else { (palette.text, palette.weak_text) };
    let format = |style: TextStyle, color| TextFormat::simple(style.resolve(ui.style()), color);
    let mut job = LayoutJob::default();
    job.append(choice.text, 0.0, format(TextStyle::Button, text));
    let below = choice.unavailable.unwrap_or(choice.help);
    if !below.is_empty() {
        job.append(&format!("\n{below}"), 0.0, format(TextStyle::Small, weak));
    }
    job
}
