//! The table: ours above, what is published below it, and the difference; a colour behind each accuracy of ours.

use egui::{
    Color32, Label, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, Vec2, WidgetInfo, pos2,
    vec2,
};

use crate::{
    domain::{
        TableFormat, TableText,
        experiment::{ExperimentCell, ExperimentOverview, ExperimentTable, Published, Quantity},
        units,
    },
    gui::{
        context::ViewContext,
        parts,
        theme::{self, color::mix, tokens},
        widgets::{section::Section, text::elided},
    },
};

/// The narrowest and the widest column of names, in points at the usual text size.
const NAMES: (f32, f32) = (90.0, 240.0);
/// A column of figures.
const COLUMN: f32 = 122.0;
/// Between cells.
const GAP: f32 = 2.0;
/// How much of the accent stands behind the lowest and the highest mean.
const TINTS: (f32, f32) = (0.05, 0.38);

/// Draws the table, which can be folded.
pub fn table(ui: &mut Ui, cx: &ViewContext, overview: &ExperimentOverview) {
    let table = &overview.table;
    let note = format!("scale {}", table.scale);
    Section::new("Table").note(&note).id_salt(table.name.name()).show(ui, |ui| {
        if table.columns.is_empty() || table.rows.is_empty() {
            ui.add(Label::new(RichText::new("Without a dataset there is no table.").weak()).wrap());
            return;
        }
        let look = Look::new(ui, table);
        parts::wide(ui, "experiment table", |ui| {
            ui.spacing_mut().item_spacing = Vec2::splat(GAP);
            ui.horizontal(|ui| {
                name_cell(ui, look.names, &table.row_title, false);
                for column in &table.columns {
                    name_cell(ui, look.column, column, true);
                }
            });
            for row in &table.rows {
                ui.horizontal(|ui| {
                    name_cell(ui, look.names, &row.label, false);
                    for (column, cell) in table.columns.iter().zip(&row.cells) {
                        let name = format!("{}, {column}", row.label);
                        match cell {
                            Some(cell) => _ = figure(ui, &look, table, cell, &name),
                            None => _ = ui.allocate_exact_size(look.column, Sense::hover()),
                        }
                    }
                });
            }
        });
        ui.add_space(tokens::SPACE_XS);
        for line in beside(table) {
            ui.add(Label::new(RichText::new(line).small().weak()).wrap());
        }
        exports(ui, cx, overview);
    });
}

/// Sizes, and the range of the accuracies.
struct Look {
    names: Vec2,
    column: Vec2,
    range: Option<(f64, f64)>,
}

impl Look {
    fn new(ui: &Ui, table: &ExperimentTable) -> Self {
        let scale = theme::text_scale(ui);
        let color = theme::of(ui).text;
        let width = |text: &str| {
            elided(ui, ui.painter(), text, &TextStyle::Body, color, scale * NAMES.1).size().x + 2.0 * tokens::SPACE_S
        };
        let labels = table.rows.iter().map(|row| row.label.as_str()).chain([table.row_title.as_str()]);
        let names = labels.map(width).fold(scale * NAMES.0, f32::max).min(scale * NAMES.1).ceil();
        let lines = ui.text_style_height(&TextStyle::Body) + ui.text_style_height(&TextStyle::Small);
        let height = (lines + tokens::SPACE_S).ceil();
        let accuracies = table.cells().filter(|(.., cell)| cell.quantity == Quantity::Accuracy);
        let means = accuracies.filter_map(|(.., cell)| cell.ours).map(|ours| ours.mean);
        let range = means.fold(None, |range: Option<(f64, f64)>, mean| {
            Some(range.map_or((mean, mean), |(low, high)| (low.min(mean), high.max(mean))))
        });
        Self { names: vec2(names, height), column: vec2((scale * COLUMN).round(), height), range }
    }

    /// Where an accuracy lies between the lowest and the highest of the table, 0 to 1.
    #[allow(clippy::cast_possible_truncation)] // a share
    fn share(&self, cell: &ExperimentCell) -> Option<f32> {
        let mean = cell.ours.filter(|_| cell.quantity == Quantity::Accuracy)?.mean;
        Some(match self.range {
            Some((low, high)) if high > low => ((mean - low) / (high - low)) as f32,
            _ => 0.5,
        })
    }
}

/// The name of a row at the left, of a column above its middle.
fn name_cell(ui: &mut Ui, size: Vec2, text: &str, middle: bool) -> Response {
    let height = if middle { ui.spacing().interact_size.y.min(size.y) } else { size.y };
    let (rect, response) = ui.allocate_exact_size(vec2(size.x, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    if ui.is_rect_visible(rect) {
        let color = theme::of(ui).weak_text;
        let inner = rect.shrink2(vec2(tokens::SPACE_S, 0.0));
        let galley = elided(ui, ui.painter(), text, &TextStyle::Body, color, inner.width());
        let x = if middle { inner.center().x - galley.size().x / 2.0 } else { inner.left() };
        ui.painter().galley(pos2(x, inner.center().y - galley.size().y / 2.0), galley, color);
    }
    response.on_hover_text(text)
}

/// A mean with its deviation; only the mean where a deviation says little.
fn spread(quantity: Quantity, mean: f64, std: Option<f64>) -> String {
    match (quantity, std) {
        (Quantity::Seconds | Quantity::Images, _) | (_, None) => quantity.text(mean),
        (_, Some(std)) => format!("{} ± {}", quantity.text(mean), quantity.text(std)),
    }
}

fn published_text(quantity: Quantity, published: Published) -> String {
    spread(quantity, published.mean, published.std)
}

/// Ours; what is to come and is not there is an ellipsis, what does not come a dash.
fn ours_text(cell: &ExperimentCell) -> String {
    match cell.ours {
        Some(ours) => {
            let open = if cell.is_complete() { "" } else { " …" };
            format!("{}{open}", spread(cell.quantity, ours.mean, Some(ours.std)))
        }
        None if cell.expected > 0 => "…".to_owned(),
        None => "–".to_owned(),
    }
}

/// With its sign.
fn difference_text(quantity: Quantity, difference: f64) -> String {
    let sign = if difference < 0.0 { "−" } else { "+" };
    format!("{sign}{}", quantity.text(difference.abs()))
}

fn figure(ui: &mut Ui, look: &Look, table: &ExperimentTable, cell: &ExperimentCell, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(look.column, Sense::focusable_noninteractive());
    let ours = ours_text(cell);
    let published = cell.published.map(|published| published_text(cell.quantity, published));
    let difference = cell.difference().map(|difference| difference_text(cell.quantity, difference));
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Cell, true, name);
        let mut said = vec![format!("ours {ours}")];
        said.extend(published.iter().map(|text| format!("published {text}")));
        said.extend(difference.iter().map(|text| format!("difference {text}")));
        info.current_text_value = Some(said.join(", "));
        info
    });
    if ui.is_rect_visible(rect) {
        let below = match (&published, &difference) {
            (Some(published), Some(difference)) => format!("{published}  {difference}"),
            (Some(published), None) => published.clone(),
            _ => String::new(),
        };
        let stands_out = table.is_full && cell.is_complete() && cell.is_beyond_spread();
        paint(ui, rect, &response, [&ours, &below], (look.share(cell), stands_out));
    }
    response.on_hover_ui(|ui| {
        ui.label(name);
        for line in hover(table, cell) {
            ui.label(line);
        }
    })
}

fn paint(ui: &Ui, rect: Rect, response: &Response, [ours, below]: [&str; 2], (share, stands_out): (Option<f32>, bool)) {
    let palette = theme::of(ui);
    let fill = share.map_or(palette.panel, |share| {
        mix(palette.background, palette.accent, TINTS.0 + share.clamp(0.0, 1.0) * (TINTS.1 - TINTS.0))
    });
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, tokens::RADIUS_S, fill);
    let edge = if response.has_focus() { Some((tokens::STROKE_FOCUS, palette.accent)) } else { None };
    let edge = edge.or_else(|| stands_out.then_some((tokens::STROKE_THIN, palette.warning)));
    if let Some((width, color)) = edge {
        painter.rect_stroke(rect, tokens::RADIUS_S, Stroke::new(width, color), StrokeKind::Inside);
    }
    let line = |text: &str, style: TextStyle, color: Color32, y: f32| {
        let galley = elided(ui, &painter, text, &style, color, rect.width() - tokens::SPACE_S);
        painter.galley(pos2(rect.center().x - galley.size().x / 2.0, y - galley.size().y / 2.0), galley, color);
    };
    if below.is_empty() {
        return line(ours, TextStyle::Body, palette.text, rect.center().y);
    }
    let third = rect.height() / 3.0;
    line(ours, TextStyle::Body, palette.text, rect.top() + 0.95 * third);
    // Weak text would be too weak on the stronger tints.
    let color = if share.is_some() { palette.text } else { palette.weak_text };
    line(below, TextStyle::Small, color, rect.bottom() - 0.75 * third);
}

fn hover(table: &ExperimentTable, cell: &ExperimentCell) -> Vec<String> {
    let mut lines = Vec::new();
    match cell.ours {
        Some(ours) => {
            let text = spread(cell.quantity, ours.mean, Some(ours.std));
            let of = if cell.is_complete() { String::new() } else { format!(" of {}", cell.expected) };
            lines.push(format!("Ours: {text} over {}{of} values, scale {}", ours.n, table.scale));
        }
        None if cell.expected > 0 => lines.push(format!("Ours: not there yet, {} to come", cell.expected)),
        None => {}
    }
    lines.extend(cell.published.map(|published| format!("Published: {}", published_text(cell.quantity, published))));
    if let Some(difference) = cell.difference() {
        let text = difference_text(cell.quantity, difference);
        let judged = match (table.is_full, cell.is_beyond_spread()) {
            (false, _) => "; the scale is reduced, so it says little",
            (true, true) => ", beyond both deviations together",
            (true, false) => ", within the deviations",
        };
        lines.push(format!("Difference: {text}{judged}"));
    }
    if cell.seconds > 0.0 {
        lines.push(format!("Trained and tested in {}", units::duration(cell.seconds)));
    }
    lines
}

/// What has to stand beside the figures.
fn beside(table: &ExperimentTable) -> Vec<String> {
    let has_published = table.cells().any(|(.., cell)| cell.published.is_some());
    let mut first = "Ours: mean ± deviation; accuracies in percent.".to_owned();
    if has_published {
        first += " Small: the published figure, and ours less it.";
    }
    let mut about = vec![format!("Scale {}", table.scale)];
    about.push(table.datasets.join(", "));
    about.push(table.devices.join(", "));
    if table.seconds > 0.0 {
        about.push(format!("computed in {}", units::duration(table.seconds)));
    }
    about.retain(|part| !part.is_empty());
    vec![first, format!("{}.", about.join(" · "))]
}

fn exports(ui: &mut Ui, cx: &ViewContext, overview: &ExperimentOverview) {
    let table = &overview.table;
    ui.horizontal_wrapped(|ui| {
        let name = format!("{}-{}", table.name, overview.request.scale.file_name());
        // Programs want numbers, a line a cell; people the table as it stands here.
        parts::table_export(ui, cx, "Export table", &name, |format| match format {
            TableFormat::Csv => table.long_text(),
            TableFormat::Markdown | TableFormat::Latex => wide_text(table),
        });
        let hover = "Copies the table with its scale and what is cut, to be pasted into a page or an issue.";
        if ui.button("Copy as Markdown").on_hover_text(hover).clicked() {
            ui.ctx().copy_text(overview.markdown.clone());
        }
    });
}

/// As it stands here, and the scale in the corner.
fn wide_text(table: &ExperimentTable) -> TableText {
    let corner = format!("{} (scale {})", table.row_title, table.scale);
    let columns = std::iter::once(corner).chain(table.columns.iter().cloned()).collect();
    let text = |cell: &ExperimentCell| {
        let published =
            cell.published.map(|published| format!("published {}", published_text(cell.quantity, published)));
        let difference = cell.difference().map(|difference| difference_text(cell.quantity, difference));
        let rest: Vec<String> = published.into_iter().chain(difference).collect();
        if rest.is_empty() { ours_text(cell) } else { format!("{} ({})", ours_text(cell), rest.join(", ")) }
    };
    let rows = table.rows.iter().map(|row| {
        let cells = row.cells.iter().map(|cell| cell.as_ref().map(text).unwrap_or_default());
        std::iter::once(row.label.clone()).chain(cells).collect()
    });
    TableText { columns, rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Summary;

    fn cell(ours: Option<f64>, n: usize) -> ExperimentCell {
        ExperimentCell {
            quantity: Quantity::Accuracy,
            published: Some(Published::new(91.7, 0.5)),
            ours: ours.map(|mean| Summary { mean, std: 0.25, n }),
            expected: 4,
            seconds: 0.0,
        }
    }

    #[test]
    fn cells_say_what_is_there_and_what_is_to_come() {
        assert_eq!(ours_text(&cell(Some(90.0), 4)), "90.0 ± 0.2");
        assert_eq!(ours_text(&cell(Some(90.0), 1)), "90.0 ± 0.2 …");
        assert_eq!(ours_text(&cell(None, 0)), "…");
        assert_eq!(ours_text(&ExperimentCell { expected: 0, ..cell(None, 0) }), "–");
        assert_eq!(difference_text(Quantity::Accuracy, -1.74), "−1.7");
        assert_eq!(spread(Quantity::Seconds, 200.0, Some(3.0)), "3 min 20 s");
    }
}
