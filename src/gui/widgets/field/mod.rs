//! Fields of a form: a name, an input tied to it, a small button back to the default, and one line below for the default,
//! an explanation, or what is wrong. The line is always there, so that nothing jumps.

/// The settings that all fields have; each keeps its [`Frame`] under `frame`.
macro_rules! frame_settings {
    () => {
        /// What the field means.
        pub const fn help(mut self, help: &'a str) -> Self {
            self.frame.help = help;
            self
        }

        /// What the caller found wrong with the value.
        pub const fn error(mut self, error: Option<&'a str>) -> Self {
            self.frame.error = error;
            self
        }

        /// What a person should know, though it goes on.
        pub const fn warning(mut self, warning: Option<&'a str>) -> Self {
            self.frame.warning = warning;
            self
        }

        /// Leaves out the line below; what is wrong is then said over the input alone.
        pub const fn compact(mut self) -> Self {
            self.frame.compact = true;
            self
        }

        /// Tells fields of the same name apart.
        pub const fn id_salt(mut self, salt: &'a str) -> Self {
            self.frame.id_salt = salt;
            self
        }
    };
}

mod choice;
mod number;
mod row;
#[cfg(test)]
mod tests;
mod text;
mod toggle;

use egui::{
    Align, Id, Label, Layout, Rect, Response, RichText, Sense, Stroke, TextEdit, TextStyle, TextWrapMode, Ui,
    UiBuilder, pos2, vec2,
};

use super::icon::{Icon, icon_button};
use crate::gui::theme::{self, tokens};
pub use choice::{Choice, ChoiceField};
pub use number::{Number, NumberField};
pub use row::RowField;
pub use text::{ParsedField, PathField, TextField};
pub use toggle::ToggleField;

/// What a field was asked.
#[derive(Debug)]
pub struct FieldResponse {
    /// The input.
    pub response: Response,
    /// The value was changed, by typing, choosing or going back to the default.
    pub changed: bool,
    /// Why the text that stands there is not a value; the value is the one from before. What the caller found wrong is not
    /// repeated here.
    pub problem: Option<String>,
    /// The value was set back to the default.
    pub reset: bool,
    /// "Browse…" was pressed, in a field that has it.
    pub browse: bool,
}

/// What all fields have in common.
#[derive(Debug, Clone, Copy, Default)]
struct Frame<'a> {
    label: &'a str,
    /// Shown over name and input.
    help: &'a str,
    /// What the caller found wrong.
    error: Option<&'a str>,
    /// Below the input while nothing is wrong.
    warning: Option<&'a str>,
    /// Below the input while there is no warning either.
    hint: &'a str,
    /// No line below.
    compact: bool,
    id_salt: &'a str,
}

/// The most of a field's width that its name takes.
const MOST_LABEL: f32 = 0.4;
/// The narrowest line below the input; where there is less room, it begins below the name.
const LEAST_BELOW: f32 = 280.0;

/// The places of a field's parts.
struct Places {
    label: Rect,
    input: Rect,
    reset: Rect,
    below: Option<Rect>,
}

/// What the input found out, for the parts around it.
struct Answer {
    response: Response,
    changed: bool,
    problem: Option<String>,
}

impl Frame<'_> {
    fn id(&self, ui: &Ui) -> Id {
        ui.make_persistent_id(("field", self.label, self.id_salt))
    }

    /// Names beside inputs, or above them where there is little room.
    fn places(&self, ui: &mut Ui) -> Places {
        let width = ui.available_width();
        let control = ui.spacing().interact_size.y;
        let scale = theme::text_scale(ui);
        let label_width = (tokens::FORM_LABEL_WIDTH * scale).min(MOST_LABEL * width).round();
        let reset_width = control + tokens::SPACE_XS;
        let beside = width >= scale * (0.5 * tokens::FORM_LABEL_WIDTH + tokens::FORM_INPUT_WIDTH) + reset_width;
        let small = ui.text_style_height(&TextStyle::Small) + tokens::SPACE_XS;
        let below_height = if self.compact { 0.0 } else { small };
        let above = if beside { 0.0 } else { ui.text_style_height(&TextStyle::Body) + tokens::SPACE_XS };
        let (rect, _) = ui.allocate_exact_size(vec2(width, above + control + below_height), Sense::hover());
        let left = if beside { rect.left() + label_width } else { rect.left() };
        let top = rect.top() + above;
        let input_right = (rect.right() - reset_width).max(left + 1.0);
        let label = if beside {
            Rect::from_min_max(rect.min, pos2(left - tokens::SPACE_M, top + control))
        } else {
            Rect::from_min_max(rect.min, pos2(rect.right(), top))
        };
        Places {
            label,
            input: Rect::from_min_max(pos2(left, top), pos2(input_right, top + control)),
            reset: Rect::from_min_size(pos2(input_right + tokens::SPACE_XS, top), vec2(control, control)),
            below: (!self.compact).then(|| {
                let left = if rect.right() - left < LEAST_BELOW { rect.left() } else { left };
                Rect::from_min_max(pos2(left, top + control), rect.max)
            }),
        }
    }

    /// Draws the field around its input; `default` is what the small button goes back to, where the value differs from it.
    fn show(&self, ui: &mut Ui, default: Option<&str>, input: impl FnOnce(&mut Ui, Id) -> Answer) -> FieldResponse {
        let id = self.id(ui);
        let places = self.places(ui);
        let mut part = |rect: Rect, salt: &str| {
            let layout = Layout::left_to_right(Align::Center);
            ui.new_child(UiBuilder::new().id_salt((id, salt)).max_rect(rect).layout(layout))
        };
        let label = part(places.label, "name").add(Label::new(self.label).truncate());
        let label = if self.help.is_empty() { label } else { label.on_hover_text(self.help) };

        let mut within = part(places.input, "input");
        let palette = theme::of(&within);
        let selection = &mut within.visuals_mut().selection;
        selection.stroke = Stroke::new(tokens::STROKE_FOCUS, palette.accent);
        // What was wrong in the last pass is still wrong, or the outline is gone one pass late.
        if self.error.is_some() || within.data(|data| data.get_temp::<bool>(id.with("wrong"))).unwrap_or(false) {
            let stroke = Stroke::new(tokens::STROKE_THIN, palette.error);
            let widgets = &mut within.visuals_mut().widgets;
            for visuals in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.open] {
                visuals.bg_stroke = stroke;
            }
            within.visuals_mut().selection.stroke.color = palette.error;
        }
        let mut answer = input(&mut within, id);
        answer.response = answer.response.labelled_by(label.id);
        within.data_mut(|data| data.insert_temp(id.with("wrong"), answer.problem.is_some()));
        let wrong = answer.problem.as_deref().or(self.error);
        let tip =
            [self.help, wrong.unwrap_or_default()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        if !tip.is_empty() {
            answer.response = answer.response.on_hover_text(tip.join("\n\n"));
        }

        let reset = default.is_some_and(|default| {
            let name = format!("Reset {} to {default}", self.label);
            icon_button(&mut part(places.reset, "reset"), Icon::Reset, &name).clicked()
        });
        if let Some(below) = places.below {
            let text = wrong.or(self.warning).unwrap_or(self.hint);
            if !text.is_empty() {
                let color = match (wrong, self.warning) {
                    (Some(_), _) => palette.error,
                    (None, Some(_)) => palette.warning,
                    (None, None) => palette.weak_text,
                };
                part(below, "below").add(Label::new(RichText::new(text).small().color(color)).truncate());
            }
        }
        FieldResponse {
            changed: answer.changed,
            problem: answer.problem,
            response: answer.response,
            reset,
            browse: false,
        }
    }
}

/// A text that is not a value yet, and the value it was written for.
#[derive(Debug, Clone)]
struct Draft {
    text: String,
    /// The value as text, to notice that it changed from outside.
    value: String,
}

/// A line of text for a value: what is typed stays while it is wrong, `parse` says why, and a changed value replaces it.
fn edit<T>(
    ui: &mut Ui,
    id: Id,
    value: &mut T,
    hint: &str,
    to_text: impl Fn(&T) -> String,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Answer {
    let current = to_text(value);
    let draft: Option<Draft> = ui.data(|data| data.get_temp(id));
    let mut text = draft.filter(|draft| draft.value == current).map_or_else(|| current.clone(), |draft| draft.text);
    let before = text.clone();
    let width = ui.available_width();
    ui.style_mut().wrap_mode = Some(TextWrapMode::Truncate);
    let response = ui.add(TextEdit::singleline(&mut text).id(id).hint_text(hint).desired_width(width));
    let parsed = parse(text.trim());
    let mut changed = false;
    if text != before
        && let Ok(new) = &parsed
    {
        changed = to_text(new) != current;
    }
    let problem = parsed.as_ref().err().cloned();
    if let (true, Ok(new)) = (changed, parsed) {
        *value = new;
    }
    let keep = response.has_focus() || problem.is_some();
    ui.data_mut(|data| {
        if keep {
            data.insert_temp(id, Draft { text, value: to_text(value) });
        } else {
            data.remove::<Draft>(id);
        }
    });
    Answer { response, changed, problem }
}

/// Forgets what was typed, because the value was set otherwise.
fn forget(ui: &Ui, id: Id) {
    ui.data_mut(|data| data.remove::<Draft>(id));
}
