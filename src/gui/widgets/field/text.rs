//! Text: free, checked, parsed into a value, or a path with a button that asks for a dialog.

use egui::{Button, TextEdit, Ui};

use super::{Answer, FieldResponse, Frame, edit, forget};

/// Why a text cannot be used.
type Check<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Text to be entered; it is taken as it is, right or wrong.
#[must_use = "it is drawn by `show`"]
pub struct TextField<'a> {
    frame: Frame<'a>,
    value: &'a mut String,
    placeholder: &'a str,
    check: Option<Check<'a>>,
}

impl<'a> TextField<'a> {
    /// A field called `label` for `value`.
    pub fn new(label: &'a str, value: &'a mut String) -> Self {
        Self { frame: Frame { label, ..Frame::default() }, value, placeholder: "", check: None }
    }

    /// Says why a text cannot be used; `None` for a good one.
    pub const fn check(mut self, check: &'a dyn Fn(&str) -> Option<String>) -> Self {
        self.check = Some(check);
        self
    }

    /// Stands in the field while it is empty.
    pub const fn placeholder(mut self, text: &'a str) -> Self {
        self.placeholder = text;
        self
    }

    frame_settings!();

    /// Stands below the field while nothing is wrong.
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.frame.hint = hint;
        self
    }

    /// Draws it.
    pub fn show(self, ui: &mut Ui) -> FieldResponse {
        let Self { frame, value, placeholder, check } = self;
        frame.show(ui, None, |ui, id| line(ui, id, value, placeholder, check, 0.0))
    }
}

/// A line of text that leaves `room` points at its right.
fn line(ui: &mut Ui, id: egui::Id, value: &mut String, placeholder: &str, check: Option<Check>, room: f32) -> Answer {
    let width = ui.available_width() - room;
    let response = ui.add(TextEdit::singleline(value).id(id).hint_text(placeholder).desired_width(width));
    Answer { changed: response.changed(), problem: check.and_then(|check| check(value)), response }
}

/// A path to be typed, with a button beside it that asks for a dialog.
#[must_use = "it is drawn by `show`"]
pub struct PathField<'a> {
    frame: Frame<'a>,
    value: &'a mut String,
    placeholder: &'a str,
    check: Option<Check<'a>>,
}

impl<'a> PathField<'a> {
    /// A field called `label` for the path `value`.
    pub fn new(label: &'a str, value: &'a mut String) -> Self {
        Self { frame: Frame { label, ..Frame::default() }, value, placeholder: "", check: None }
    }

    /// Says why a path cannot be used; `None` for a good one.
    pub const fn check(mut self, check: &'a dyn Fn(&str) -> Option<String>) -> Self {
        self.check = Some(check);
        self
    }

    /// Stands in the field while it is empty.
    pub const fn placeholder(mut self, text: &'a str) -> Self {
        self.placeholder = text;
        self
    }

    frame_settings!();

    /// Stands below the field while nothing is wrong.
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.frame.hint = hint;
        self
    }

    /// Draws it; [`FieldResponse::browse`] says that a dialog is wanted.
    pub fn show(self, ui: &mut Ui) -> FieldResponse {
        let Self { frame, value, placeholder, check } = self;
        let mut browse = false;
        let mut answer = frame.show(ui, None, |ui, id| {
            let button = Button::new("Browse…");
            let text = egui::WidgetText::from("Browse…");
            let text = text.into_galley(ui, None, f32::INFINITY, egui::TextStyle::Button);
            let room = text.size().x + 2.0 * ui.spacing().button_padding.x + ui.spacing().item_spacing.x;
            let answer = line(ui, id, value, placeholder, check, room);
            let response = ui.add(button).on_hover_text("Choose in a dialog of the desktop");
            let name = format!("Browse for {}", frame.label);
            browse = response.accessible_name(name).clicked();
            answer
        });
        answer.browse = browse;
        answer
    }
}

/// A value that is written as text, such as a list of numbers: it changes when the text can be read.
#[must_use = "it is drawn by `show`"]
pub struct ParsedField<'a, T> {
    frame: Frame<'a>,
    value: &'a mut T,
    to_text: &'a dyn Fn(&T) -> String,
    parse: &'a dyn Fn(&str) -> Result<T, String>,
    default: Option<T>,
}

impl<'a, T> ParsedField<'a, T> {
    /// A field called `label` for `value`, written by `to_text` and read by `parse`, which says why a text is none.
    pub fn new(
        label: &'a str,
        value: &'a mut T,
        to_text: &'a dyn Fn(&T) -> String,
        parse: &'a dyn Fn(&str) -> Result<T, String>,
    ) -> Self {
        Self { frame: Frame { label, ..Frame::default() }, value, to_text, parse, default: None }
    }

    /// The value to go back to.
    pub fn default(mut self, default: T) -> Self {
        self.default = Some(default);
        self
    }

    frame_settings!();

    /// Stands below the field while nothing is wrong; the default unless told.
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.frame.hint = hint;
        self
    }

    /// Draws it.
    pub fn show(self, ui: &mut Ui) -> FieldResponse {
        let Self { frame, value, to_text, parse, default } = self;
        let default_text = default.as_ref().map(to_text);
        let hint = default_text.as_ref().map(|text| format!("default {text}")).unwrap_or_default();
        let frame = Frame { hint: if frame.hint.is_empty() { &hint } else { frame.hint }, ..frame };
        let differs = default_text.as_deref().filter(|text| *text != to_text(value));
        let mut answer = frame.show(ui, differs, |ui, id| edit(ui, id, value, "", to_text, parse));
        if let (true, Some(default)) = (answer.reset, default) {
            *value = default;
            forget(ui, frame.id(ui));
            (answer.changed, answer.problem) = (true, None);
        }
        answer
    }
}
