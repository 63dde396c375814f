//! Any input in the place of a field, for what the other fields cannot do.

use egui::{Id, Response, Ui};

use super::{Answer, FieldResponse, Frame};

/// A field whose input the caller draws.
#[must_use = "it is drawn by `show`"]
pub struct RowField<'a> {
    frame: Frame<'a>,
    default: Option<&'a str>,
}

impl<'a> RowField<'a> {
    /// A field called `label`.
    pub fn new(label: &'a str) -> Self {
        Self { frame: Frame { label, ..Frame::default() }, default: None }
    }

    /// What the small button goes back to; `None` while there is nothing to go back to.
    pub const fn default(mut self, default: Option<&'a str>) -> Self {
        self.default = default;
        self
    }

    frame_settings!();

    /// Stands below the field while nothing is wrong.
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.frame.hint = hint;
        self
    }

    /// Draws it: `input` draws the input into all of the width it is given, and returns what is called by the label.
    pub fn show(self, ui: &mut Ui, input: impl FnOnce(&mut Ui, Id) -> Response) -> FieldResponse {
        self.frame.show(ui, self.default, |ui, id| {
            let response = input(ui, id);
            Answer { changed: response.changed(), problem: None, response }
        })
    }
}
