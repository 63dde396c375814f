//! Numbers as coloured cells: the confusion matrix, and the cell of a table with its colour behind the text.

use egui::{
    Color32, Label, Mesh, Painter, Pos2, Rect, Response, RichText, Role, ScrollArea, Sense, Shape, Stroke, StrokeKind,
    TextStyle, Tooltip, Ui, Vec2, WidgetInfo, epaint::TextShape, pos2, vec2,
};

use super::{cursor::grid_cursor, text::elided};
use crate::gui::theme::{self, ColorMap, Palette, tokens};

/// The smallest and the largest side of a cell.
const SIDES: (f32, f32) = (5.0, 46.0);
/// Cells of this side have their number written in them.
const WITH_NUMBER: f32 = 25.0;

/// What a matrix was asked.
#[derive(Debug)]
pub struct MatrixResponse {
    /// The cells.
    pub response: Response,
    /// The true class and the answer under the pointer or the keyboard's cursor.
    pub cell: Option<[usize; 2]>,
}

/// Counts of answers by true class.
#[must_use = "it is drawn by `show`"]
pub struct ConfusionMatrix<'a> {
    title: &'a str,
    names: &'a [String],
    counts: &'a [Vec<u32>],
    map: ColorMap,
}

/// Where the parts of a matrix stand.
struct Layout {
    side: f32,
    cells: Rect,
    /// Names above stand upright.
    upright: bool,
}

impl<'a> ConfusionMatrix<'a> {
    /// `counts[truth][answer]`.
    pub const fn new(title: &'a str, names: &'a [String], counts: &'a [Vec<u32>]) -> Self {
        Self { title, names, counts, map: ColorMap::Dew }
    }

    /// The colours.
    pub const fn map(mut self, map: ColorMap) -> Self {
        self.map = map;
        self
    }

    /// Draws it as large as there is room, and scrolls where there is too little.
    pub fn show(self, ui: &mut Ui) -> MatrixResponse {
        let count = self.counts.len();
        let names = name_column(ui);
        let caption = ui.text_style_height(&TextStyle::Small) + tokens::SPACE_M;
        let room =
            vec2(ui.available_width() - names, ui.available_height() - names - caption) - Vec2::splat(tokens::SPACE_M);
        let side = (room.min_elem() / count.max(1) as f32).clamp(SIDES.0, SIDES.1).floor();
        let upright = side < names;
        ScrollArea::both()
            .id_salt(("matrix", self.title))
            .show(ui, |ui| {
                let small = RichText::new("rows: true class, columns: answer, colour: share of the row").small();
                ui.add(Label::new(small.color(theme::of(ui).weak_text)).truncate());
                let top = if upright { names } else { ui.text_style_height(&TextStyle::Small) + tokens::SPACE_S };
                let length = side * count as f32;
                let (rect, _) = ui.allocate_exact_size(vec2(names + length, top + length), Sense::hover());
                let cells = Rect::from_min_size(rect.min + vec2(names, top), Vec2::splat(length));
                self.cells(ui, &Layout { side, cells, upright })
            })
            .inner
    }

    fn cells(&self, ui: &Ui, layout: &Layout) -> MatrixResponse {
        let Layout { side, cells, .. } = *layout;
        let count = self.counts.len();
        let response = ui.interact(cells, ui.make_persistent_id(("matrix", self.title)), Sense::click());
        if response.clicked() {
            response.request_focus();
        }
        let pointed = response.hover_pos().and_then(|point| index_at(point - cells.min, side, count));
        let cursor = grid_cursor(ui, &response, [count, count]).map(|[column, row]| [row, column]);
        let cell = pointed.or(cursor);
        self.paint(ui, layout, cell);
        let text = cell.map(|cell| self.text(cell));
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Grid, ui.is_enabled(), self.title);
            info.current_text_value.clone_from(&text);
            info
        });
        if response.has_focus() {
            let stroke = Stroke::new(tokens::STROKE_FOCUS, theme::of(ui).accent);
            ui.painter().rect_stroke(cells, 0.0, stroke, StrokeKind::Outside);
        }
        if let Some(text) = text {
            let tooltip = Tooltip::for_widget(&response);
            let tooltip = if pointed.is_some() { tooltip.at_pointer().gap(tokens::SPACE_L) } else { tooltip };
            tooltip.show(|ui| ui.label(text));
        }
        MatrixResponse { response, cell }
    }

    fn count(&self, [truth, answer]: [usize; 2]) -> u32 {
        self.counts.get(truth).and_then(|row| row.get(answer)).copied().unwrap_or(0)
    }

    fn share(&self, cell: [usize; 2]) -> f32 {
        let whole: u32 = self.counts.get(cell[0]).map_or(0, |row| row.iter().sum());
        if whole == 0 { 0.0 } else { self.count(cell) as f32 / whole as f32 }
    }

    fn name(&self, class: usize) -> String {
        self.names.get(class).cloned().unwrap_or_else(|| class.to_string())
    }

    fn text(&self, cell: [usize; 2]) -> String {
        let whole: u32 = self.counts[cell[0]].iter().sum();
        let [truth, answer] = cell.map(|class| self.name(class));
        let share = 100.0 * self.share(cell);
        format!("{truth}, answered {answer}\n{} of {whole} ({share:.1} %)", self.count(cell))
    }

    fn paint(&self, ui: &Ui, layout: &Layout, marked: Option<[usize; 2]>) {
        let Layout { side, cells, upright } = *layout;
        let palette = theme::of(ui);
        let count = self.counts.len();
        let gap = if side > 12.0 { 1.0 } else { 0.0 };
        let place = |[truth, answer]: [usize; 2]| {
            let corner = cells.min + side * vec2(answer as f32, truth as f32);
            Rect::from_min_size(corner, Vec2::splat(side - gap))
        };
        let mut mesh = Mesh::default();
        let mut texts = Vec::new();
        for cell in (0..count).flat_map(|truth| (0..count).map(move |answer| [truth, answer])) {
            let rect = place(cell);
            if !ui.is_rect_visible(rect) {
                continue;
            }
            let share = self.share(cell);
            mesh.add_colored_rect(rect, self.map.color(share));
            if side >= WITH_NUMBER && self.count(cell) > 0 {
                texts.push((rect, self.count(cell).to_string(), self.map.text(share)));
            }
        }
        let painter = ui.painter();
        painter.add(mesh);
        for (rect, text, color) in texts {
            let galley = painter.layout_no_wrap(text, TextStyle::Small.resolve(ui.style()), color);
            if galley.size().x <= rect.width() {
                painter.galley(rect.center() - galley.size() / 2.0, galley, color);
            }
        }
        for class in 0..count {
            let name = self.name(class);
            let color = |place: usize| match marked {
                Some(marked) if marked[place] == class => palette.strong_text,
                _ => palette.weak_text,
            };
            let rect = place([class, class]);
            if side >= ui.text_style_height(&TextStyle::Small) || marked.is_some_and(|marked| marked[0] == class) {
                beside(ui, painter, &name, pos2(cells.left(), rect.center().y), color(0));
            }
            if side >= ui.text_style_height(&TextStyle::Small) || marked.is_some_and(|marked| marked[1] == class) {
                above(ui, painter, &name, pos2(rect.center().x, cells.top()), color(1), upright);
            }
        }
        if let Some(marked) = marked {
            mark(painter, place(marked), palette);
        }
    }
}

/// The row and the column of a point of the cells.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // checked to lie within
fn index_at(point: Vec2, side: f32, count: usize) -> Option<[usize; 2]> {
    let inside = |value: f32| (value >= 0.0 && value < side * count as f32).then(|| (value / side) as usize);
    Some([inside(point.y)?.min(count - 1), inside(point.x)?.min(count - 1)])
}

/// The width of the names beside the cells.
pub(super) fn name_column(ui: &Ui) -> f32 {
    theme::text_scale(ui) * tokens::NAME_COLUMN_WIDTH
}

/// An outline that is seen on every colour.
pub(super) fn mark(painter: &Painter, cell: Rect, palette: &Palette) {
    let width = tokens::STROKE_LINE;
    painter.rect_stroke(cell, 0.0, Stroke::new(width, palette.strong_text), StrokeKind::Outside);
    painter.rect_stroke(cell.expand(width), 0.0, Stroke::new(width, palette.background), StrokeKind::Outside);
}

/// A name that ends left of `point`.
pub(super) fn beside(ui: &Ui, painter: &Painter, name: &str, point: Pos2, color: Color32) {
    let room = name_column(ui) - tokens::SPACE_M;
    let galley = elided(ui, painter, name, &TextStyle::Small, color, room);
    let corner = point - vec2(galley.size().x + tokens::SPACE_S, galley.size().y / 2.0);
    painter.galley(corner, galley, color);
}

/// A name that ends above `point`, upright where there is no room beside it.
fn above(ui: &Ui, painter: &Painter, name: &str, point: Pos2, color: Color32, upright: bool) {
    let room = name_column(ui) - tokens::SPACE_M;
    let galley = elided(ui, painter, name, &TextStyle::Small, color, room);
    if upright {
        // Turned to be read from below: the text's left end is its lowest point.
        let corner = point - vec2(galley.size().y / 2.0, tokens::SPACE_S);
        painter.add(Shape::Text(TextShape::new(corner, galley, color).with_angle(-std::f32::consts::FRAC_PI_2)));
    } else {
        let corner = point - vec2(galley.size().x / 2.0, galley.size().y + tokens::SPACE_XS);
        painter.galley(corner, galley, color);
    }
}

/// A cell of a table with a colour for its amount, from 0 to 1, behind the text.
pub fn heat_cell(ui: &mut Ui, map: ColorMap, share: Option<f32>, text: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Cell, ui.is_enabled(), text));
    if ui.is_rect_visible(rect) {
        let palette = theme::of(ui);
        let (fill, color) = share.map_or((palette.no_value, palette.text), |share| (map.color(share), map.text(share)));
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, tokens::RADIUS_S, fill);
        let galley = elided(ui, &painter, text, &TextStyle::Body, color, rect.width() - tokens::SPACE_S);
        painter.galley(rect.center() - galley.size() / 2.0, galley, color);
        if response.hovered() || response.has_focus() {
            let stroke = Stroke::new(tokens::STROKE_FOCUS, palette.accent);
            painter.rect_stroke(rect, tokens::RADIUS_S, stroke, StrokeKind::Inside);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::{Harness, kittest::Queryable};

    struct Shown {
        names: Vec<String>,
        counts: Vec<Vec<u32>>,
        cell: Option<[usize; 2]>,
        rect: Rect,
    }

    fn harness<'a>() -> Harness<'a, Shown> {
        let app = |ui: &mut Ui, shown: &mut Shown| {
            let answer = ConfusionMatrix::new("Confusion", &shown.names, &shown.counts).show(ui);
            (shown.cell, shown.rect) = (answer.cell, answer.response.rect);
        };
        let names = ["cat", "dog", "owl"].map(String::from).to_vec();
        let counts = vec![vec![8, 2, 0], vec![1, 9, 0], vec![0, 0, 0]];
        Harness::new_ui_state(app, Shown { names, counts, cell: None, rect: Rect::NOTHING })
    }

    #[test]
    fn the_pointer_reads_a_cell() {
        let mut harness = harness();
        let rect = harness.state().rect;
        harness.hover_at(rect.lerp_inside(vec2(0.5, 0.1)));
        harness.run();
        assert_eq!(harness.state().cell, Some([0, 1]));
        let text = harness.get_by_label("Confusion").value();
        assert_eq!(text.as_deref(), Some("cat, answered dog\n2 of 10 (20.0 %)"));
    }

    #[test]
    fn the_keyboard_reads_a_cell() {
        let mut harness = harness();
        harness.get_by_label("Confusion").focus();
        harness.run();
        harness.key_press(egui::Key::ArrowLeft);
        harness.run();
        assert_eq!(harness.get_by_label("Confusion").value().as_deref(), Some("dog, answered cat\n1 of 10 (10.0 %)"));
        harness.key_press(egui::Key::ArrowDown);
        harness.key_press(egui::Key::ArrowDown);
        harness.run();
        assert_eq!(harness.get_by_label("Confusion").value().as_deref(), Some("owl, answered cat\n0 of 0 (0.0 %)"));
    }

    #[test]
    fn points_outside_read_nothing() {
        assert_eq!(index_at(vec2(-0.1, 5.0), 10.0, 3), None);
        assert_eq!(index_at(vec2(29.9, 10.0), 10.0, 3), Some([1, 2]));
        assert_eq!(index_at(vec2(30.0, 10.0), 10.0, 3), None);
        assert_eq!(index_at(vec2(0.0, 0.0), 10.0, 0), None);
    }
}
