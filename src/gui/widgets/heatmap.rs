//! Amounts by row and iteration as colours: one small texture, made anew when the values change.

use egui::{
    Color32, ColorImage, Mesh, Rect, Response, Role, Sense, Stroke, StrokeKind, TextStyle, TextureFilter,
    TextureHandle, TextureOptions, Tooltip, Ui, WidgetInfo, pos2, vec2,
};

use super::{
    cursor::grid_cursor,
    matrix::{beside, mark, name_column},
    number::significant,
    plot::{linear_marks, mark_label},
};
use crate::gui::theme::{self, ColorMap, Palette, tokens};

/// The most columns of the texture; more are averaged.
const MOST_COLUMNS: usize = 1024;
/// The width of the numbers beside the bar of colours.
const BAR_LABELS: f32 = 52.0;

/// How a heat map is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeatmapOptions {
    /// The colours.
    pub map: ColorMap,
    /// Decimal logarithms; what is not positive has no colour.
    pub log: bool,
    /// Each row from its smallest to its largest value, not all alike.
    pub per_row: bool,
}

/// What a heat map keeps from frame to frame; it can be dropped at any time.
#[derive(Default)]
pub struct HeatmapCache {
    texture: Option<TextureHandle>,
    key: Option<Key>,
    range: Option<[f32; 2]>,
}

/// What the texture follows from: sizes, options, and some of the values.
#[derive(Debug, Clone, PartialEq)]
struct Key {
    rows: usize,
    columns: usize,
    last: f64,
    probes: [u32; 4],
    options: HeatmapOptions,
    dark: bool,
}

/// A cell that is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatHit {
    /// The row.
    pub row: usize,
    /// The column.
    pub column: usize,
    /// The value.
    pub value: f32,
}

/// What a heat map was asked.
#[derive(Debug)]
pub struct HeatmapResponse {
    /// The cells.
    pub response: Response,
    /// The cell under the pointer or the keyboard's cursor.
    pub cell: Option<HeatHit>,
}

/// Amounts to be shown.
#[must_use = "it is drawn by `show`"]
pub struct Heatmap<'a> {
    title: &'a str,
    rows: &'a [String],
    columns: &'a [f64],
    value: &'a dyn Fn(usize, usize) -> f32,
    options: HeatmapOptions,
    x_label: &'a str,
    height: Option<f32>,
}

impl<'a> Heatmap<'a> {
    /// `value(row, column)` of named rows and of columns that stand for ascending iterations; NaN where there is none.
    pub fn new(title: &'a str, rows: &'a [String], columns: &'a [f64], value: &'a dyn Fn(usize, usize) -> f32) -> Self {
        let options = HeatmapOptions::default();
        Self { title, rows, columns, value, options, x_label: "iteration", height: None }
    }

    /// How it is drawn.
    pub const fn options(mut self, options: HeatmapOptions) -> Self {
        self.options = options;
        self
    }

    /// What the columns are.
    pub const fn x_label(mut self, label: &'a str) -> Self {
        self.x_label = label;
        self
    }

    /// Its height; all that there is unless told.
    pub const fn height(mut self, height: f32) -> Self {
        self.height = Some(height);
        self
    }

    /// Draws it.
    pub fn show(self, ui: &mut Ui, cache: &mut HeatmapCache) -> HeatmapResponse {
        let line = ui.text_style_height(&TextStyle::Small);
        let height = self.height.unwrap_or_else(|| ui.available_height());
        let size = vec2(ui.available_width(), height.max(4.0 * line));
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let legend = theme::text_scale(ui) * BAR_LABELS + tokens::COLOR_BAR_WIDTH + tokens::SPACE_M;
        let cells = Rect::from_min_max(
            rect.min + vec2(name_column(ui), tokens::SPACE_S),
            rect.max - vec2(legend, 2.0 * line + tokens::SPACE_M),
        );
        let response = ui.interact(cells, ui.make_persistent_id(("heatmap", self.title)), Sense::click());
        if response.clicked() {
            response.request_focus();
        }
        self.update(ui, cache);
        self.paint(ui, cells, cache);
        let counts = [self.columns.len(), self.rows.len()];
        let pointed = response.hover_pos().and_then(|point| index_at((point - cells.min) / cells.size(), counts));
        let place = pointed.or_else(|| grid_cursor(ui, &response, counts));
        let cell = place.map(|[column, row]| HeatHit { row, column, value: (self.value)(row, column) });
        self.read(ui, &response, cell, pointed.is_some());
        HeatmapResponse { response, cell }
    }

    fn key(&self, dark: bool) -> Key {
        let (rows, columns) = (self.rows.len(), self.columns.len());
        let probe =
            |row: usize, column: usize| if rows * columns == 0 { 0 } else { (self.value)(row, column).to_bits() };
        let (row, column) = (rows.saturating_sub(1), columns.saturating_sub(1));
        let probes = [probe(0, 0), probe(row / 2, column / 2), probe(0, column), probe(row, column)];
        Key { rows, columns, last: self.columns.last().copied().unwrap_or(0.0), probes, options: self.options, dark }
    }

    /// Makes the texture anew if the values changed.
    fn update(&self, ui: &Ui, cache: &mut HeatmapCache) {
        let palette = theme::of(ui);
        let key = self.key(palette.dark);
        if cache.key.as_ref() == Some(&key) {
            return;
        }
        let most = ui.input(|input| input.max_texture_side);
        let amounts = Amounts::new(self, MOST_COLUMNS.min(most), most);
        cache.range = amounts.range;
        cache.key = Some(key);
        if amounts.values.is_empty() {
            cache.texture = None;
            return;
        }
        let image = amounts.image(self.options, palette);
        let options = TextureOptions { minification: TextureFilter::Linear, ..TextureOptions::NEAREST };
        if let Some(texture) = &mut cache.texture {
            texture.set(image, options);
        } else {
            cache.texture = Some(ui.ctx().load_texture("heat map", image, options));
        }
    }

    fn paint(&self, ui: &Ui, cells: Rect, cache: &HeatmapCache) {
        let palette = theme::of(ui);
        let painter = ui.painter();
        painter.rect_filled(cells, 0.0, palette.background);
        if let Some(texture) = &cache.texture {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture.id(), cells, whole, Color32::WHITE);
        } else {
            let font = TextStyle::Body.resolve(ui.style());
            let galley = painter.layout_no_wrap("No values yet".to_owned(), font, palette.weak_text);
            painter.galley(cells.center() - galley.size() / 2.0, galley, palette.weak_text);
        }
        painter.rect_stroke(cells, 0.0, Stroke::new(tokens::STROKE_THIN, palette.border), StrokeKind::Outside);
        self.names(ui, cells);
        self.iterations(ui, cells);
        if let Some(range) = cache.range {
            self.color_bar(ui, cells, range);
        }
    }

    /// The names of the rows, or of as many as fit.
    fn names(&self, ui: &Ui, cells: Rect) {
        let height = cells.height() / self.rows.len().max(1) as f32;
        let line = ui.text_style_height(&TextStyle::Small);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a small count
        let every = (line / height.max(0.01)).ceil().max(1.0) as usize;
        for (row, name) in self.rows.iter().enumerate().step_by(every) {
            let y = cells.top() + height * (row as f32 + 0.5);
            beside(ui, ui.painter(), name, pos2(cells.left(), y), theme::of(ui).weak_text);
        }
    }

    fn iterations(&self, ui: &Ui, cells: Rect) {
        let (Some(&first), Some(&last)) = (self.columns.first(), self.columns.last()) else { return };
        let palette = theme::of(ui);
        let painter = ui.painter();
        let font = TextStyle::Small.resolve(ui.style());
        let per_point = (last - first).max(1.0) / f64::from(cells.width().max(1.0));
        for tick in linear_marks((first, last), 72.0 * per_point, true) {
            let column = self.columns.partition_point(|&x| x < tick.value);
            let x = cells.left() + cells.width() * (column as f32 + 0.5) / self.columns.len() as f32;
            painter.vline(x, cells.bottom()..=cells.bottom() + 3.0, Stroke::new(tokens::STROKE_THIN, palette.border));
            let galley = painter.layout_no_wrap(mark_label(tick, false), font.clone(), palette.weak_text);
            painter.galley(
                pos2(x - galley.size().x / 2.0, cells.bottom() + tokens::SPACE_S),
                galley,
                palette.weak_text,
            );
        }
        let galley = painter.layout_no_wrap(self.x_label.to_owned(), font.clone(), palette.weak_text);
        let corner = pos2(cells.center().x - galley.size().x / 2.0, cells.bottom() + tokens::SPACE_S + galley.size().y);
        painter.galley(corner, galley, palette.weak_text);
    }

    fn color_bar(&self, ui: &Ui, cells: Rect, [low, high]: [f32; 2]) {
        const STEPS: u8 = 64;
        let palette = theme::of(ui);
        let corner = cells.right_top() + vec2(tokens::SPACE_M, 0.0);
        let bar = Rect::from_min_size(corner, vec2(tokens::COLOR_BAR_WIDTH, cells.height()));
        let mut mesh = Mesh::default();
        for step in 0..STEPS {
            let (from, to) = (f32::from(step) / f32::from(STEPS), f32::from(step + 1) / f32::from(STEPS));
            let strip = Rect::from_x_y_ranges(
                bar.x_range(),
                bar.bottom() - to * bar.height()..=bar.bottom() - from * bar.height(),
            );
            mesh.add_colored_rect(strip, self.options.map.color(f32::midpoint(from, to)));
        }
        let painter = ui.painter();
        painter.add(mesh);
        let value = |position: f32| {
            let value = low + position * (high - low);
            significant(f64::from(if self.options.log { 10.0_f32.powf(value) } else { value }), 3)
        };
        let font = TextStyle::Small.resolve(ui.style());
        let texts = if self.options.per_row {
            [(0.0, "least".to_owned()), (0.5, "in row".to_owned()), (1.0, "most".to_owned())]
        } else {
            [(0.0, value(0.0)), (0.5, value(0.5)), (1.0, value(1.0))]
        };
        for (position, text) in texts {
            let galley = painter.layout_no_wrap(text, font.clone(), palette.weak_text);
            let free = bar.height() - galley.size().y;
            let corner = pos2(bar.right() + tokens::SPACE_S, bar.top() + (1.0 - position) * free);
            painter.galley(corner, galley, palette.weak_text);
        }
    }

    /// Says what is in a cell, by tooltip and for those who cannot see it.
    fn read(&self, ui: &Ui, response: &Response, cell: Option<HeatHit>, pointed: bool) {
        let text = cell.map(|HeatHit { row, column, value }| {
            let value = significant(f64::from(value), 4);
            format!("{}, {} {}: {value}", self.rows[row], self.x_label, significant(self.columns[column], 7))
        });
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Figure, ui.is_enabled(), self.title);
            info.current_text_value.clone_from(&text);
            info
        });
        let palette = theme::of(ui);
        if response.has_focus() {
            let stroke = Stroke::new(tokens::STROKE_FOCUS, palette.accent);
            ui.painter().rect_stroke(response.rect, 0.0, stroke, StrokeKind::Outside);
        }
        if let (Some(HeatHit { row, column, .. }), Some(text)) = (cell, text) {
            let size = response.rect.size() / vec2(self.columns.len() as f32, self.rows.len() as f32);
            let corner = response.rect.min + size * vec2(column as f32, row as f32);
            mark(ui.painter(), Rect::from_min_size(corner, size), palette);
            let tooltip = Tooltip::for_widget(response);
            let tooltip = if pointed { tooltip.at_pointer().gap(tokens::SPACE_L) } else { tooltip };
            tooltip.show(|ui| ui.label(text));
        }
    }
}

/// The column and the row at a share of the width and the height.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // checked to lie within
fn index_at(share: egui::Vec2, [columns, rows]: [usize; 2]) -> Option<[usize; 2]> {
    let inside = |share: f32, count: usize| {
        (count > 0 && (0.0..=1.0).contains(&share)).then(|| ((share * count as f32) as usize).min(count - 1))
    };
    Some([inside(share.x, columns)?, inside(share.y, rows)?])
}

/// The values of the texture's pixels, row by row.
struct Amounts {
    columns: usize,
    values: Vec<f32>,
    /// The smallest and the largest.
    range: Option<[f32; 2]>,
}

impl Amounts {
    /// At most so many columns, each the mean of what it stands for, and rows.
    fn new(heatmap: &Heatmap, most_columns: usize, most_rows: usize) -> Self {
        let (rows, given) = (heatmap.rows.len().min(most_rows), heatmap.columns.len());
        let columns = given.min(most_columns);
        let mut values = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            for column in 0..columns {
                let (from, to) = (column * given / columns, (column + 1) * given / columns);
                let (mut sum, mut count) = (0.0, 0_u16);
                for value in (from..to).map(|column| (heatmap.value)(row, column)) {
                    let usable = value.is_finite() && (!heatmap.options.log || value > 0.0);
                    sum += if usable { value } else { 0.0 };
                    count += u16::from(usable);
                }
                let mean = sum / f32::from(count);
                values.push(if heatmap.options.log { mean.log10() } else { mean });
            }
        }
        let range = range(&values);
        Self { columns, values, range }
    }

    fn image(&self, options: HeatmapOptions, palette: &Palette) -> ColorImage {
        let rows = self.values.len() / self.columns;
        let mut pixels = Vec::with_capacity(self.values.len());
        for row in self.values.chunks_exact(self.columns) {
            let [low, high] = if options.per_row { range(row) } else { self.range }.unwrap_or([0.0, 1.0]);
            let share = |value: f32| if high > low { (value - low) / (high - low) } else { 0.5 };
            let color =
                |&value: &f32| if value.is_finite() { options.map.color(share(value)) } else { palette.no_value };
            pixels.extend(row.iter().map(color));
        }
        ColorImage::new([self.columns, rows], pixels)
    }
}

/// The smallest and the largest of the finite values.
fn range(values: &[f32]) -> Option<[f32; 2]> {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    finite.fold(None, |range, value| {
        let [low, high] = range.unwrap_or([value, value]);
        Some([low.min(value), high.max(value)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::theme::DARK;
    use egui_kittest::{Harness, kittest::Queryable};

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|row| format!("layer {row}")).collect()
    }

    #[test]
    fn colours_span_all_or_each_row() {
        let (rows, columns) = (names(2), [0.0, 1.0, 2.0]);
        let value =
            |row: usize, column: usize| if row == 1 && column == 1 { f32::NAN } else { (10 * row + column) as f32 };
        let image = |options| {
            let heatmap = Heatmap::new("x", &rows, &columns, &value).options(options);
            Amounts::new(&heatmap, 100, 100).image(options, &DARK)
        };
        let map = ColorMap::Dew;
        let common = image(HeatmapOptions { map, ..HeatmapOptions::default() });
        assert_eq!(common.size, [3, 2]);
        assert_eq!(common.pixels[0], map.color(0.0));
        assert_eq!(common.pixels[2], map.color(2.0 / 12.0));
        assert_eq!(common.pixels[4], DARK.no_value);
        assert_eq!(common.pixels[5], map.color(1.0));
        let each = image(HeatmapOptions { map, per_row: true, ..HeatmapOptions::default() });
        assert_eq!([each.pixels[2], each.pixels[3], each.pixels[5]], [map.color(1.0), map.color(0.0), map.color(1.0)]);
    }

    #[test]
    fn many_columns_are_averaged_and_logarithms_leave_out_what_has_none() {
        let (rows, columns) = (names(1), [0.0, 1.0, 2.0, 3.0]);
        let value = |_: usize, column: usize| [1.0, 100.0, 0.0, 1000.0][column];
        let heatmap = Heatmap::new("x", &rows, &columns, &value);
        let plain = Amounts::new(&heatmap, 2, 100);
        assert_eq!(plain.values, [50.5, 500.0]);
        let heatmap = heatmap.options(HeatmapOptions { log: true, ..HeatmapOptions::default() });
        let amounts = Amounts::new(&heatmap, 4, 100);
        assert_eq!((amounts.range, amounts.values[2].is_nan()), (Some([0.0, 3.0]), true));
    }

    struct Shown {
        cache: HeatmapCache,
        cell: Option<HeatHit>,
        rect: Rect,
    }

    #[test]
    fn cells_are_read_by_pointer_and_keyboard() {
        let app = |ui: &mut Ui, shown: &mut Shown| {
            let (rows, columns) = (names(3), [0.0, 10.0, 20.0, 30.0]);
            let value = |row: usize, column: usize| (100 * row + column) as f32;
            let answer = Heatmap::new("Heat", &rows, &columns, &value).height(200.0).show(ui, &mut shown.cache);
            (shown.cell, shown.rect) = (answer.cell, answer.response.rect);
        };
        let mut harness =
            Harness::new_ui_state(app, Shown { cache: HeatmapCache::default(), cell: None, rect: Rect::NOTHING });
        harness.hover_at(harness.state().rect.lerp_inside(vec2(0.9, 0.5)));
        harness.run();
        assert_eq!(harness.state().cell, Some(HeatHit { row: 1, column: 3, value: 103.0 }));
        harness.remove_cursor();
        harness.get_by_label("Heat").focus();
        harness.run();
        harness.key_press(egui::Key::ArrowDown);
        harness.run();
        assert_eq!(harness.get_by_label("Heat").value().as_deref(), Some("layer 2, iteration 20: 202"));
    }

    #[test]
    fn nothing_to_show_is_said() {
        let app = |ui: &mut Ui, cache: &mut HeatmapCache| {
            Heatmap::new("Heat", &[], &[], &|_, _| 0.0).show(ui, cache);
        };
        let mut harness = Harness::new_ui_state(app, HeatmapCache::default());
        harness.get_by_label("Heat").focus();
        harness.run();
        assert_eq!(harness.get_by_label("Heat").value(), None);
    }
}
