//! Parts of a view: sections that fold, and lists of facts.

use egui::{
    CollapsingHeader, Grid, InnerResponse, Label, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, TextStyle,
    Ui, Vec2, WidgetInfo, collapsing_header::CollapsingState, vec2,
};

use super::{icon::Icon, text::elided};
use crate::gui::theme::{self, tokens};

/// A heading that folds what is below it.
#[must_use = "it is drawn by `show`"]
pub struct Section<'a> {
    title: &'a str,
    note: &'a str,
    open: bool,
    id_salt: &'a str,
}

impl<'a> Section<'a> {
    /// A section that is open at first; whether it is open is remembered.
    pub const fn new(title: &'a str) -> Self {
        Self { title, note: "", open: true, id_salt: "" }
    }

    /// Folded at first.
    pub const fn folded(mut self) -> Self {
        self.open = false;
        self
    }

    /// Stands at the right of the heading, such as what is folded away.
    pub const fn note(mut self, note: &'a str) -> Self {
        self.note = note;
        self
    }

    /// Tells sections of the same title apart.
    pub const fn id_salt(mut self, salt: &'a str) -> Self {
        self.id_salt = salt;
        self
    }

    /// Draws the heading, and the rest unless it is folded.
    pub fn show<R>(self, ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> InnerResponse<Option<R>> {
        let id = ui.make_persistent_id(("section", self.title, self.id_salt));
        let mut state = CollapsingState::load_with_default_open(ui.ctx(), id, self.open);
        let response = self.heading(ui, state.is_open());
        if response.clicked() {
            state.toggle(ui);
        }
        let body = state.show_body_unindented(ui, |ui| {
            ui.add_space(tokens::SPACE_S);
            let inner = contents(ui);
            ui.add_space(tokens::SPACE_M);
            inner
        });
        InnerResponse::new(body.map(|body| body.inner), response)
    }

    fn heading(&self, ui: &mut Ui, open: bool) -> Response {
        let palette = theme::of(ui);
        let size = vec2(ui.available_width(), ui.spacing().interact_size.y);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, ui.is_enabled(), open, self.title));
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let painter = ui.painter_at(rect);
        if response.hovered() {
            painter.rect_filled(rect, tokens::RADIUS_S, palette.control);
        }
        if response.has_focus() {
            let stroke = Stroke::new(tokens::STROKE_FOCUS, palette.accent);
            painter.rect_stroke(rect, tokens::RADIUS_S, stroke, StrokeKind::Inside);
        }
        let side = tokens::ICON_S - 2.0;
        let center = rect.left_center() + vec2(tokens::SPACE_S + side / 2.0, 0.0);
        let icon = if open { Icon::Down } else { Icon::Right };
        icon.paint(&painter, Rect::from_center_size(center, Vec2::splat(side)), palette.weak_text);
        let left = center.x + side / 2.0 + tokens::SPACE_M;
        let room = rect.right() - left - tokens::SPACE_S;
        let title = elided(ui, &painter, self.title, &TextStyle::Button, palette.strong_text, room);
        let note_room = room - title.size().x - tokens::SPACE_L;
        painter.galley(egui::pos2(left, rect.center().y - title.size().y / 2.0), title, palette.strong_text);
        if !self.note.is_empty() && note_room > tokens::SPACE_XXL {
            let note = elided(ui, &painter, self.note, &TextStyle::Small, palette.weak_text, note_room);
            let corner = rect.right_center() - vec2(note.size().x + tokens::SPACE_S, note.size().y / 2.0);
            painter.galley(corner, note, palette.weak_text);
        }
        response
    }
}

/// A list of names and values.
#[derive(Debug)]
#[must_use = "it is drawn by `show`"]
pub struct Facts<'a> {
    id_salt: &'a str,
}

/// Adds lines to a list of names and values.
pub struct FactRows<'a> {
    ui: &'a mut Ui,
}

impl<'a> Facts<'a> {
    /// A list, told from other lists of the same place by `id_salt`.
    pub const fn new(id_salt: &'a str) -> Self {
        Self { id_salt }
    }

    /// Draws it.
    pub fn show<R>(self, ui: &mut Ui, rows: impl FnOnce(&mut FactRows) -> R) -> R {
        let grid = Grid::new(("facts", self.id_salt))
            .num_columns(2)
            .min_col_width(theme::text_scale(ui) * tokens::FACT_LABEL_WIDTH);
        let spacing = [tokens::SPACE_L, tokens::SPACE_XS];
        let height = ui.text_style_height(&TextStyle::Body);
        grid.spacing(spacing).min_row_height(height).show(ui, |ui| rows(&mut FactRows { ui })).inner
    }
}

impl FactRows<'_> {
    /// A name and a text; text that does not fit is shown in full under the pointer.
    pub fn row(&mut self, name: &str, value: impl Into<egui::WidgetText>) -> Response {
        self.custom(name, |ui| ui.add(Label::new(value).truncate().selectable(true)))
    }

    /// A name and whatever `value` draws.
    pub fn custom<R>(&mut self, name: &str, value: impl FnOnce(&mut Ui) -> R) -> R {
        let color = theme::of(self.ui).weak_text;
        self.ui.add(Label::new(RichText::new(name).color(color)));
        let inner = value(self.ui);
        self.ui.end_row();
        inner
    }
}

/// A message whose details are folded below its first line.
pub fn folded_details(ui: &mut Ui, summary: impl Into<egui::WidgetText>, details: &str, id_salt: impl egui::AsIdSalt) {
    if details.is_empty() {
        ui.add(Label::new(summary).wrap());
        return;
    }
    CollapsingHeader::new(summary).id_salt(id_salt).show(ui, |ui| {
        ui.add(Label::new(RichText::new(details).monospace().color(theme::of(ui).weak_text)).wrap().selectable(true));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::{Harness, kittest::Queryable};

    #[test]
    fn a_section_folds_and_unfolds() {
        let mut harness = Harness::new_ui(|ui| {
            Section::new("Advanced").folded().note("3 settings").show(ui, |ui| ui.label("inside"));
        });
        assert!(harness.query_by_label("inside").is_none());
        harness.get_by_label("Advanced").click();
        harness.run_steps(4);
        harness.get_by_label("inside");
        harness.get_by_label("Advanced").focus();
        harness.run_steps(1);
        harness.key_press(egui::Key::Enter);
        harness.run_steps(4);
        assert!(harness.query_by_label("inside").is_none());
    }

    #[test]
    fn facts_stand_beside_their_names() {
        let harness = Harness::new_ui(|ui| {
            Facts::new("run").show(ui, |facts| {
                facts.row("Images", "60,000");
                facts.row("Mean ± std", "0.13 ± 0.31");
            });
        });
        let (name, value) = (harness.get_by_label("Images").rect(), harness.get_by_label("60,000").rect());
        assert!(value.left() > name.right() && (value.center().y - name.center().y).abs() < 2.0);
        assert!((harness.get_by_label("0.13 ± 0.31").rect().left() - value.left()).abs() < 1.0);
    }
}
