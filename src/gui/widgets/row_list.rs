//! Rows below each other, each a line of text with small ones below it, of which one is selected by a click or the arrow
//! keys. The list as a whole is one stop of the Tab key; only the rows that can be seen are drawn.

use egui::{
    Color32, EventFilter, Id, Key, Modifiers, Painter, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::{icon::Icon, text::elided};
use crate::gui::theme::{self, tokens};

/// Around the text of a row.
const PADDING: Vec2 = vec2(tokens::SPACE_S, tokens::SPACE_S);

/// A list of rows.
#[must_use = "it is drawn by `show`"]
pub struct RowList<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Tells it from other lists.
    pub id_salt: &'a str,
    /// How many rows there are.
    pub rows: usize,
    /// The small lines of each.
    pub small_lines: u8,
    /// The row that is selected.
    pub selected: Option<usize>,
}

/// What a list was asked.
pub struct RowListResponse {
    /// Keys are for the list.
    pub has_focus: bool,
    /// The row that an arrow key asks for.
    pub wanted: Option<usize>,
}

impl RowList<'_> {
    /// Draws it: each row by `row`, which says whether it was pressed.
    pub fn show(self, ui: &mut Ui, mut row: impl FnMut(&mut Ui, usize, Rect) -> bool) -> RowListResponse {
        let (body, small) = (ui.text_style_height(&TextStyle::Body), ui.text_style_height(&TextStyle::Small));
        let below = f32::from(self.small_lines) * (small + tokens::SPACE_XS);
        let height = (body + below + 2.0 * PADDING.y).ceil();
        let size = vec2(ui.available_width(), height * self.rows as f32);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let id = ui.make_persistent_id(self.id_salt);
        let whole = ui.interact(rect, id, Sense::focusable_noninteractive());
        whole.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, self.name));
        let row_rect = |row: usize| {
            let top = rect.top() + height * row as f32;
            Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + height))
        };
        for position in 0..self.rows {
            if ui.is_rect_visible(row_rect(position)) && row(ui, position, row_rect(position)) {
                whole.request_focus();
            }
        }
        let has_focus = whole.has_focus();
        let mut wanted = None;
        if has_focus {
            let outline = Stroke::new(tokens::STROKE_FOCUS, theme::of(ui).accent);
            ui.painter().rect_stroke(rect, tokens::RADIUS_S, outline, StrokeKind::Inside);
            wanted = self.keyboard(ui, id);
            if let Some(row) = wanted {
                ui.scroll_to_rect(row_rect(row), None);
            }
        }
        RowListResponse { has_focus, wanted }
    }

    /// The row that an arrow key asks for.
    fn keyboard(&self, ui: &Ui, id: Id) -> Option<usize> {
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let last = self.rows.checked_sub(1)?;
        if pressed(Key::ArrowDown) {
            Some(self.selected.map_or(0, |row| (row + 1).min(last)))
        } else if pressed(Key::ArrowUp) {
            Some(self.selected.map_or(last, |row| row.saturating_sub(1)))
        } else if pressed(Key::Home) {
            Some(0)
        } else {
            pressed(Key::End).then_some(last)
        }
    }
}

/// Fills a row that is selected or pointed at; the colours of its text, strong and weak.
#[must_use]
pub fn fill(ui: &Ui, painter: &Painter, rect: Rect, (selected, hovered): (bool, bool)) -> [Color32; 2] {
    let palette = theme::of(ui);
    if selected {
        painter.rect_filled(rect, tokens::RADIUS_S, palette.selection);
        return [palette.on_selection; 2];
    }
    if hovered {
        painter.rect_filled(rect, tokens::RADIUS_S, palette.control);
    }
    [palette.text, palette.weak_text]
}

/// The lines of a row, below each other.
pub struct RowLines<'a> {
    ui: &'a Ui,
    painter: &'a Painter,
    /// The room of the lines.
    pub inner: Rect,
    /// Where the next one begins.
    pub top: f32,
}

/// A text of a line, its style and colour.
pub type RowText<'a> = (&'a str, TextStyle, Color32);

impl<'a> RowLines<'a> {
    /// The lines of the row in `rect`.
    #[must_use]
    pub fn new(ui: &'a Ui, painter: &'a Painter, rect: Rect) -> Self {
        let inner = rect.shrink2(PADDING);
        Self { ui, painter, inner, top: inner.top() }
    }

    /// A text at the left, elided, and one that always fits at the right, after a mark if it has one.
    pub fn pair(&mut self, left: RowText, right: RowText, mark: Option<(Icon, Color32)>) {
        let width = self.inner.width();
        let (text, style, color) = right;
        let right = elided(self.ui, self.painter, text, &style, color, width);
        let (text, style, left_color) = left;
        let height = self.ui.text_style_height(&style);
        let middle = self.top + height / 2.0;
        let mut edge = self.inner.right() - right.size().x;
        self.painter.galley(pos2(edge, middle - right.size().y / 2.0), right, color);
        if let Some((icon, color)) = mark {
            let side = tokens::ICON_S - 2.0;
            edge -= side + tokens::SPACE_S;
            icon.paint(self.painter, Rect::from_min_size(pos2(edge, middle - side / 2.0), Vec2::splat(side)), color);
        }
        let room = edge - tokens::SPACE_S - self.inner.left();
        let left = elided(self.ui, self.painter, text, &style, left_color, room);
        self.painter.galley(pos2(self.inner.left(), self.top), left, left_color);
        self.top += height + tokens::SPACE_XS;
    }
}
