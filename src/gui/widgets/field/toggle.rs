//! On or off.

use egui::{Checkbox, Ui};

use super::{Answer, FieldResponse, Frame};

/// Something to be switched on or off.
#[must_use = "it is drawn by `show`"]
pub struct ToggleField<'a> {
    frame: Frame<'a>,
    value: &'a mut bool,
    text: &'a str,
}

impl<'a> ToggleField<'a> {
    /// A field called `label` for `value`; `text` stands beside the box, and may be empty.
    pub fn new(label: &'a str, value: &'a mut bool, text: &'a str) -> Self {
        Self { frame: Frame { label, ..Frame::default() }, value, text }
    }

    frame_settings!();

    /// Stands below the field while nothing is wrong.
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.frame.hint = hint;
        self
    }

    /// Draws it.
    pub fn show(self, ui: &mut Ui) -> FieldResponse {
        let Self { frame, value, text } = self;
        frame.show(ui, None, |ui, _| {
            let response = ui.add(Checkbox::new(value, text));
            Answer { changed: response.changed(), problem: None, response }
        })
    }
}
