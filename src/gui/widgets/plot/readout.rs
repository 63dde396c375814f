//! What is read at one place of a plot: a line across it, points on the lines, and their values.

use egui::{
    Color32, Grid, PopupAnchor, Pos2, Rect, Response, Sense, Shape, Stroke, TextStyle, Tooltip, Ui, Vec2, vec2,
};
use egui_plot::PlotTransform;

use super::{PlotLine, PlotOptions, cache::CachedLine, item::place};
use crate::gui::{
    theme::{self, tokens},
    widgets::{number::significant, text::elided},
};

/// Lines listed at most.
const MOST: usize = 18;
/// The longest name that is written out.
const LONGEST: f32 = 240.0;
/// A point farther away than this is not read.
const REACH: f32 = 14.0;

/// One value that is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The line's name.
    pub name: String,
    /// Its colour.
    pub color: Color32,
    /// The place of the point among the line's.
    pub index: usize,
    /// The value as measured.
    pub value: f64,
    /// The smoothed value, where the line is smoothed.
    pub smoothed: Option<f64>,
}

/// The x of the point of any line that is nearest to `x`.
pub(super) fn snap<'a>(lines: impl Iterator<Item = &'a CachedLine>, x: f64) -> Option<f64> {
    let candidates = lines.filter_map(|line| line.nearest(x).map(|index| line.xs[index]));
    candidates.min_by(|a, b| (a - x).abs().total_cmp(&(b - x).abs()))
}

/// Draws the line across and the points, and returns what is read there.
pub(super) fn draw(
    ui: &Ui,
    transform: &PlotTransform,
    lines: &[(&PlotLine, &CachedLine)],
    options: &PlotOptions,
    x: f64,
) -> Vec<Reading> {
    let palette = theme::of(ui);
    let painter = ui.painter_at(*transform.frame());
    let across = transform.position_from_point_x(x);
    painter.vline(across, transform.frame().y_range(), Stroke::new(tokens::STROKE_THIN, palette.weak_text));
    let mut readings = Vec::new();
    for (line, cached) in lines {
        let Some(index) = cached.nearest(x) else { continue };
        let point = place(transform, [cached.xs[index], cached.values[index]]);
        if (point.x - across).abs() > REACH {
            continue;
        }
        painter.add(Shape::circle_filled(point, tokens::MARKER_RADIUS + 1.5, palette.background));
        painter.add(Shape::circle_filled(point, tokens::MARKER_RADIUS + 0.5, line.color));
        let shown = |value: f64| if options.log_y { 10.0_f64.powf(value) } else { value };
        readings.push(Reading {
            name: line.name.to_owned(),
            color: line.color,
            index,
            value: line.points[index][1],
            smoothed: options.smoothing.is_on().then(|| shown(cached.values[index])),
        });
    }
    readings
}

/// The readings as text beside the pointer, or at `anchor` without one.
pub(super) fn tooltip(response: &Response, anchor: Option<Pos2>, heading: &str, readings: &[Reading]) {
    let anchor = anchor.map_or(PopupAnchor::Pointer, PopupAnchor::Position);
    let tooltip = Tooltip::always_open(response.ctx.clone(), response.layer_id, response.id, anchor);
    tooltip.gap(tokens::SPACE_XL).show(|ui| {
        // As dense as text.
        ui.spacing_mut().interact_size.y = 0.0;
        ui.label(heading);
        Grid::new(response.id.with("readings")).num_columns(3).spacing([tokens::SPACE_M, tokens::SPACE_XS]).show(
            ui,
            |ui| {
                for reading in readings.iter().take(MOST) {
                    row(ui, reading);
                }
            },
        );
        if readings.len() > MOST {
            ui.weak(format!("and {} more", readings.len() - MOST));
        }
    });
}

fn row(ui: &mut Ui, reading: &Reading) {
    let side = tokens::ICON_S - 2.0;
    let color = theme::of(ui).text;
    let galley = elided(ui, ui.painter(), &reading.name, &TextStyle::Body, color, LONGEST);
    let left = side + tokens::SPACE_M;
    let (rect, _) = ui.allocate_exact_size(galley.size() + vec2(left, 0.0), Sense::hover());
    let swatch = Rect::from_center_size(rect.left_center() + vec2(side / 2.0, 0.0), Vec2::splat(side));
    ui.painter().rect_filled(swatch, 2.0, reading.color);
    ui.painter().galley(rect.min + vec2(left, 0.0), galley, color);
    match reading.smoothed {
        Some(smoothed) => {
            ui.strong(significant(smoothed, 4));
            ui.weak(format!("measured {}", significant(reading.value, 4)));
        }
        None => {
            ui.strong(significant(reading.value, 5));
        }
    }
    ui.end_row();
}
