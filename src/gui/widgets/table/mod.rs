//! Tables whose rows are sorted by a click on a column's title. Only visible rows are drawn.

mod sorting;

use egui::{
    Align, Layout, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, TextStyle, Ui, UiBuilder, Vec2,
    WidgetInfo, vec2,
};
use egui_extras::TableBuilder;

use super::{icon::Icon, text::elided};
use crate::gui::theme::{self, tokens};
pub use sorting::{SortKey, Sorting};

/// Between columns.
const COLUMN_GAP: f32 = tokens::SPACE_XL;

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    title: &'a str,
    help: &'a str,
    width: f32,
    fills: bool,
    sortable: bool,
    numeric: bool,
}

impl<'a> Column<'a> {
    /// A column of a fixed width.
    #[must_use]
    pub const fn new(title: &'a str, width: f32) -> Self {
        Self { title, help: "", width, fills: false, sortable: true, numeric: false }
    }

    /// A column that shares the width that is left, and has at least `least`.
    #[must_use]
    pub const fn filling(title: &'a str, least: f32) -> Self {
        Self { fills: true, ..Self::new(title, least) }
    }

    /// Aligned right, as figures are.
    #[must_use]
    pub const fn numeric(mut self) -> Self {
        self.numeric = true;
        self
    }

    /// Its title sorts nothing.
    #[must_use]
    pub const fn unsortable(mut self) -> Self {
        self.sortable = false;
        self
    }

    /// What it means, under the pointer.
    #[must_use]
    pub const fn help(mut self, help: &'a str) -> Self {
        self.help = help;
        self
    }
}

/// What a table was asked.
#[derive(Debug, Default)]
pub struct TableResponse {
    /// The row that was clicked, or on which Enter was pressed.
    pub clicked: Option<usize>,
    /// The row that was double-clicked.
    pub double_clicked: Option<usize>,
    /// The row under the pointer.
    pub hovered: Option<usize>,
    /// Rows are to be sorted anew.
    pub sorted: bool,
    /// The rows that were drawn.
    pub drawn: usize,
}

/// Draws the menu of a row.
type Menu<'a> = &'a mut dyn FnMut(&mut Ui, usize);

/// A table to be shown.
#[must_use = "it is drawn by `show`"]
pub struct SortedTable<'a> {
    title: &'a str,
    columns: &'a [Column<'a>],
    row_name: &'a dyn Fn(usize) -> String,
    selected: &'a dyn Fn(usize) -> bool,
    menu: Option<Menu<'a>>,
    row_height: f32,
    max_height: f32,
}

impl<'a> SortedTable<'a> {
    /// A table; its title tells it from other tables of the same place.
    pub fn new(title: &'a str, columns: &'a [Column<'a>]) -> Self {
        Self {
            title,
            columns,
            row_name: &|row| format!("row {}", row + 1),
            selected: &|_| false,
            menu: None,
            row_height: tokens::ROW_HEIGHT,
            max_height: f32::INFINITY,
        }
    }

    /// What a row is called by those who cannot see it.
    pub const fn row_name(mut self, name: &'a dyn Fn(usize) -> String) -> Self {
        self.row_name = name;
        self
    }

    /// Which rows are selected.
    pub const fn selected(mut self, selected: &'a dyn Fn(usize) -> bool) -> Self {
        self.selected = selected;
        self
    }

    /// The menu of a row, opened by the secondary button.
    pub fn menu(mut self, menu: &'a mut dyn FnMut(&mut Ui, usize)) -> Self {
        self.menu = Some(menu);
        self
    }

    /// The height of rows.
    pub const fn row_height(mut self, height: f32) -> Self {
        self.row_height = height;
        self
    }

    /// The most height; beyond it rows scroll.
    pub const fn max_height(mut self, height: f32) -> Self {
        self.max_height = height;
        self
    }

    /// Draws `rows` rows, in the order in which they are to be seen; `cell` draws a row's column.
    pub fn show(
        self,
        ui: &mut Ui,
        rows: usize,
        sorting: &mut Sorting,
        cell: impl FnMut(&mut Ui, usize, usize),
    ) -> TableResponse {
        let gaps = COLUMN_GAP * self.columns.len().saturating_sub(1) as f32;
        let least = theme::text_scale(ui) * self.columns.iter().map(|column| column.width).sum::<f32>() + gaps;
        let title = self.title;
        ui.scope_builder(UiBuilder::new().id_salt(("table", title)), |ui| {
            ui.spacing_mut().item_spacing = vec2(COLUMN_GAP, tokens::SPACE_S);
            if least + ui.spacing().scroll.allocated_width() <= ui.available_width() {
                return self.table(ui, rows, sorting, cell);
            }
            ScrollArea::horizontal().auto_shrink([false, true]).show(ui, |ui| self.table(ui, rows, sorting, cell)).inner
        })
        .inner
    }

    fn table(
        mut self,
        ui: &mut Ui,
        rows: usize,
        sorting: &mut Sorting,
        mut cell: impl FnMut(&mut Ui, usize, usize),
    ) -> TableResponse {
        let mut answer = TableResponse::default();
        let scale = theme::text_scale(ui);
        let (row_height, header_height) = ((self.row_height * scale).round(), ui.spacing().interact_size.y);
        let mut table = TableBuilder::new(ui)
            .id_salt(self.title)
            .striped(true)
            .cell_layout(Layout::left_to_right(Align::Center))
            .min_scrolled_height(0.0)
            .max_scroll_height(self.max_height)
            .auto_shrink([false, true]);
        for column in self.columns {
            table = table.column(if column.fills {
                egui_extras::Column::remainder().at_least(scale * column.width).clip(true)
            } else {
                egui_extras::Column::exact(scale * column.width)
            });
        }
        let table = table.header(header_height, |mut header| {
            for (index, column) in self.columns.iter().enumerate() {
                header.col(|ui| {
                    if title(ui, *column, (sorting.column == index).then_some(sorting.descending)) {
                        sorting.toggle(index);
                        answer.sorted = true;
                    }
                });
            }
        });
        table.body(|mut body| {
            let bounds = body.max_rect().x_range();
            let clip = body.ui_mut().clip_rect();
            body.rows(row_height, rows, |mut table_row| {
                let row = table_row.index();
                let selected = (self.selected)(row);
                answer.drawn += 1;
                table_row.set_selected(selected);
                for (index, column) in self.columns.iter().enumerate() {
                    table_row.col(|ui| {
                        if index == 0 {
                            let height = ui.max_rect().y_range();
                            let response =
                                self.whole_row(ui, Rect::from_x_y_ranges(bounds, height), clip, row, selected);
                            answer.take(&response, row);
                        }
                        ui.spacing_mut().item_spacing.x = tokens::SPACE_M;
                        if column.numeric {
                            ui.with_layout(Layout::right_to_left(Align::Center), |ui| cell(ui, row, index));
                        } else {
                            cell(ui, row, index);
                        }
                    });
                }
            });
        });
        answer
    }

    /// What makes a row one thing for pointer, keyboard and reader; it lies below what the cells contain.
    fn whole_row(&mut self, ui: &mut Ui, rect: Rect, clip: Rect, row: usize, selected: bool) -> Response {
        let rect = rect.expand2(0.5 * ui.spacing().item_spacing);
        let mut wide = ui.new_child(UiBuilder::new().id_salt("row").max_rect(rect));
        wide.set_clip_rect(clip);
        let response = wide.interact(rect, wide.unique_id().with(row), Sense::click());
        let name = (self.row_name)(row);
        response.widget_info(|| WidgetInfo::selected(Role::Row, wide.is_enabled(), selected, &name));
        let palette = theme::of(&wide);
        if response.hovered() && !selected {
            wide.painter().rect_filled(rect, 0.0, palette.control_hovered.gamma_multiply(0.5));
        }
        if response.has_focus() {
            let stroke = Stroke::new(tokens::STROKE_FOCUS, palette.accent);
            wide.painter().rect_stroke(rect, tokens::RADIUS_S, stroke, StrokeKind::Inside);
        }
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        if let Some(menu) = &mut self.menu {
            response.context_menu(|ui| menu(ui, row));
        }
        response
    }
}

impl TableResponse {
    fn take(&mut self, response: &Response, row: usize) {
        let row = Some(row);
        self.clicked = self.clicked.or(row.filter(|_| response.clicked()));
        self.double_clicked = self.double_clicked.or(row.filter(|_| response.double_clicked()));
        self.hovered = self.hovered.or(row.filter(|_| response.hovered()));
    }
}

/// The title of a column, with an arrow where rows are sorted by it; returns whether it was pressed.
fn title(ui: &mut Ui, column: Column, descending: Option<bool>) -> bool {
    let palette = theme::of(ui);
    let descending = descending.filter(|_| column.sortable);
    let sense = if column.sortable { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), sense);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ColumnHeader, ui.is_enabled(), column.title);
        info.current_text_value =
            descending.map(|descending| if descending { "sorted downwards" } else { "sorted upwards" }.to_owned());
        info
    });
    let lit = response.hovered() && column.sortable || descending.is_some();
    let color = if lit { palette.strong_text } else { palette.weak_text };
    let painter = ui.painter_at(rect);
    let side = tokens::ICON_S - 3.0;
    let arrow = if descending.is_some() { side + tokens::SPACE_S } else { 0.0 };
    let galley = elided(ui, &painter, column.title, &TextStyle::Small, color, rect.width() - arrow);
    let width = galley.size().x + arrow;
    let left = if column.numeric { rect.right() - width } else { rect.left() };
    if let Some(descending) = descending {
        let center = egui::pos2(left + galley.size().x + tokens::SPACE_S + side / 2.0, rect.center().y);
        let icon = if descending { Icon::Down } else { Icon::Up };
        icon.paint(&painter, Rect::from_center_size(center, Vec2::splat(side)), palette.accent);
    }
    painter.galley(egui::pos2(left, rect.center().y - galley.size().y / 2.0), galley, color);
    if response.has_focus() {
        let stroke = Stroke::new(tokens::STROKE_FOCUS, palette.accent);
        painter.rect_stroke(rect, tokens::RADIUS_S, stroke, StrokeKind::Inside);
    }
    let clicked = response.clicked();
    if !column.help.is_empty() {
        response.on_hover_text(column.help);
    }
    clicked
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::{Harness, kittest::Queryable};

    const COLUMNS: [Column; 3] =
        [Column::filling("Name", 100.0), Column::new("Score", 80.0).numeric(), Column::new("Do", 60.0).unsortable()];

    struct Shown {
        names: Vec<String>,
        sorting: Sorting,
        clicked: Option<String>,
        pressed: Option<String>,
        drawn: usize,
        chosen: Option<String>,
    }

    impl Shown {
        fn new(count: usize) -> Self {
            Self {
                names: (0..count).map(|index| format!("item {index}")).collect(),
                sorting: Sorting::default(),
                clicked: None,
                pressed: None,
                drawn: 0,
                chosen: None,
            }
        }

        /// Scores fall with the index.
        fn show(&mut self, ui: &mut Ui) {
            let order = self.sorting.order(self.names.len(), |column, row| match column {
                0 => self.names[row].as_str().into(),
                _ => Some(-(row as f64)).into(),
            });
            let (names, mut pressed, mut chosen) = (&self.names, None, None);
            let name = |row: usize| names[order[row]].clone();
            let mut menu = |ui: &mut Ui, row: usize| {
                if ui.button("Choose").clicked() {
                    chosen = Some(name(row));
                }
            };
            let table = SortedTable::new("Items", &COLUMNS).row_name(&name).menu(&mut menu);
            let answer = table.show(ui, names.len(), &mut self.sorting, |ui, row, column| match column {
                0 => _ = ui.label(format!("{} here", name(row))),
                1 => _ = ui.label(format!("-{}", order[row])),
                _ => {
                    if ui.button(format!("do {}", order[row])).clicked() {
                        pressed = Some(name(row));
                    }
                }
            });
            self.drawn = answer.drawn;
            self.clicked = answer.clicked.map(name).or(self.clicked.take());
            self.pressed = pressed.or(self.pressed.take());
            self.chosen = chosen.or(self.chosen.take());
        }
    }

    fn harness<'a>(count: usize) -> Harness<'a, Shown> {
        let app = |ui: &mut Ui, shown: &mut Shown| shown.show(ui);
        Harness::builder().with_size(vec2(500.0, 300.0)).build_ui_state(app, Shown::new(count))
    }

    #[test]
    fn a_title_sorts_and_sorts_back() {
        let mut harness = harness(3);
        let tops = |harness: &Harness<Shown>| {
            [0, 1, 2].map(|index| harness.get_by_label(&format!("item {index}")).rect().top())
        };
        let [a, b, c] = tops(&harness);
        assert!(a < b && b < c);
        assert_eq!(harness.get_by_label("Name").value().as_deref(), Some("sorted upwards"));
        harness.get_by_label("Score").click();
        harness.run();
        let [a, b, c] = tops(&harness);
        assert!(a > b && b > c);
        harness.get_by_label("Score").focus();
        harness.run();
        harness.key_press(egui::Key::Enter);
        harness.run();
        let [a, b, c] = tops(&harness);
        assert!(a < b && b < c);
        assert_eq!(harness.get_by_label("Score").value().as_deref(), Some("sorted downwards"));
        harness.get_by_label("Do").click();
        harness.run();
        assert_eq!(harness.state().sorting, Sorting { column: 1, descending: true });
    }

    #[test]
    fn rows_and_what_they_contain_are_pressed() {
        let mut harness = harness(3);
        harness.get_by_label("do 1").click();
        harness.run();
        assert_eq!((harness.state().pressed.as_deref(), harness.state().clicked.as_deref()), (Some("item 1"), None));
        harness.get_by_label("item 2").click();
        harness.run();
        assert_eq!(harness.state().clicked.as_deref(), Some("item 2"));
        harness.get_by_label("item 0").focus();
        harness.run();
        harness.key_press(egui::Key::Enter);
        harness.run();
        assert_eq!(harness.state().clicked.as_deref(), Some("item 0"));
        harness.get_by_label("item 1").click_secondary();
        harness.run();
        harness.get_by_label("Choose").click();
        harness.run();
        assert_eq!(harness.state().chosen.as_deref(), Some("item 1"));
    }

    #[test]
    fn only_visible_rows_are_drawn() {
        let harness = harness(5000);
        assert!((5..30).contains(&harness.state().drawn), "{}", harness.state().drawn);
    }
}
