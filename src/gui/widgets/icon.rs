//! Icons, painted: no font has all of them, and they follow the text's colour.

use std::f32::consts::{PI, TAU};

use egui::{
    Color32, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

use crate::gui::theme::{self, tokens};

/// What can be painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Icon {
    /// Close, remove.
    Cross,
    /// Back to what it was.
    Reset,
    /// Went well.
    Check,
    /// To be looked at.
    Warning,
    /// Went wrong.
    Error,
    /// To be known.
    Info,
    /// Runs, start.
    Play,
    /// Paused.
    Pause,
    /// Stopped.
    Stop,
    /// Cut off.
    Broken,
    /// Waits.
    Clock,
    /// Sorted upwards.
    Up,
    /// Sorted downwards, unfolded.
    Down,
    /// Folded, onwards.
    Right,
    /// Back.
    Left,
    /// A folder.
    Folder,
    /// Images.
    Image,
    /// Lines over time.
    Plot,
    /// Rows and columns.
    Table,
    /// A list.
    List,
    /// Something to add.
    Plus,
}

impl Icon {
    /// Paints it into the largest square within `rect`.
    pub fn paint(self, painter: &Painter, rect: Rect, color: Color32) {
        let square = Rect::from_center_size(rect.center(), Vec2::splat(rect.size().min_elem()));
        let pen = Pen { painter, square, color, stroke: Stroke::new((square.width() / 9.0).clamp(1.2, 2.2), color) };
        match self {
            Self::Cross => pen.lines(&[&[(0.22, 0.22), (0.78, 0.78)], &[(0.78, 0.22), (0.22, 0.78)]]),
            Self::Plus => pen.lines(&[&[(0.5, 0.15), (0.5, 0.85)], &[(0.15, 0.5), (0.85, 0.5)]]),
            Self::Check => pen.lines(&[&[(0.16, 0.54), (0.4, 0.78), (0.84, 0.24)]]),
            Self::Reset => pen.reset(),
            Self::Warning => {
                pen.closed(&[(0.5, 0.1), (0.95, 0.88), (0.05, 0.88)]);
                pen.lines(&[&[(0.5, 0.38), (0.5, 0.62)]]);
                pen.dot((0.5, 0.75));
            }
            Self::Error => {
                pen.circle();
                pen.lines(&[&[(0.34, 0.34), (0.66, 0.66)], &[(0.66, 0.34), (0.34, 0.66)]]);
            }
            Self::Info => {
                pen.circle();
                pen.lines(&[&[(0.5, 0.46), (0.5, 0.74)]]);
                pen.dot((0.5, 0.28));
            }
            Self::Clock => {
                pen.circle();
                pen.lines(&[&[(0.5, 0.26), (0.5, 0.5), (0.68, 0.62)]]);
            }
            Self::Play => pen.filled(&[(0.22, 0.1), (0.9, 0.5), (0.22, 0.9)]),
            Self::Pause => {
                pen.filled(&[(0.18, 0.12), (0.4, 0.12), (0.4, 0.88), (0.18, 0.88)]);
                pen.filled(&[(0.6, 0.12), (0.82, 0.12), (0.82, 0.88), (0.6, 0.88)]);
            }
            Self::Stop => pen.filled(&[(0.16, 0.16), (0.84, 0.16), (0.84, 0.84), (0.16, 0.84)]),
            Self::Broken => pen.lines(&[&[(0.62, 0.06), (0.3, 0.54), (0.7, 0.46), (0.38, 0.94)]]),
            Self::Up => pen.filled(&[(0.5, 0.24), (0.86, 0.72), (0.14, 0.72)]),
            Self::Down => pen.filled(&[(0.14, 0.28), (0.86, 0.28), (0.5, 0.76)]),
            Self::Left => pen.filled(&[(0.72, 0.14), (0.24, 0.5), (0.72, 0.86)]),
            Self::Right => pen.filled(&[(0.28, 0.14), (0.76, 0.5), (0.28, 0.86)]),
            Self::Folder => {
                pen.closed(&[(0.06, 0.2), (0.4, 0.2), (0.5, 0.32), (0.94, 0.32), (0.94, 0.84), (0.06, 0.84)]);
            }
            Self::Image => {
                pen.closed(&[(0.06, 0.14), (0.94, 0.14), (0.94, 0.86), (0.06, 0.86)]);
                pen.lines(&[&[(0.1, 0.76), (0.36, 0.48), (0.54, 0.66), (0.7, 0.52), (0.9, 0.72)]]);
                pen.dot((0.68, 0.33));
            }
            Self::Plot => {
                pen.lines(&[
                    &[(0.1, 0.08), (0.1, 0.9), (0.94, 0.9)],
                    &[(0.24, 0.3), (0.42, 0.6), (0.62, 0.66), (0.9, 0.74)],
                ]);
            }
            Self::Table => {
                pen.closed(&[(0.06, 0.14), (0.94, 0.14), (0.94, 0.86), (0.06, 0.86)]);
                pen.lines(&[
                    &[(0.06, 0.38), (0.94, 0.38)],
                    &[(0.06, 0.62), (0.94, 0.62)],
                    &[(0.38, 0.14), (0.38, 0.86)],
                ]);
            }
            Self::List => {
                for y in [0.22, 0.5, 0.78] {
                    pen.lines(&[&[(0.3, y), (0.94, y)]]);
                    pen.dot((0.12, y));
                }
            }
        }
    }
}

/// Paints in the unit square.
struct Pen<'a> {
    painter: &'a Painter,
    square: Rect,
    color: Color32,
    stroke: Stroke,
}

impl Pen<'_> {
    fn at(&self, (x, y): (f32, f32)) -> Pos2 {
        self.square.min + vec2(x, y) * self.square.size()
    }

    fn all(&self, points: &[(f32, f32)]) -> Vec<Pos2> {
        points.iter().map(|&point| self.at(point)).collect()
    }

    fn lines(&self, lines: &[&[(f32, f32)]]) {
        for line in lines {
            self.painter.add(Shape::line(self.all(line), self.stroke));
        }
    }

    fn closed(&self, points: &[(f32, f32)]) {
        self.painter.add(Shape::closed_line(self.all(points), self.stroke));
    }

    fn filled(&self, points: &[(f32, f32)]) {
        self.painter.add(Shape::convex_polygon(self.all(points), self.color, Stroke::NONE));
    }

    fn dot(&self, point: (f32, f32)) {
        self.painter.circle_filled(self.at(point), 0.75 * self.stroke.width, self.color);
    }

    fn circle(&self) {
        self.painter.circle_stroke(self.square.center(), 0.44 * self.square.width(), self.stroke);
    }

    /// Most of a circle, anticlockwise, with an arrow at its end.
    fn reset(&self) {
        let radius = 0.34;
        let point = |turn: f32| (0.5 + radius * turn.cos(), 0.52 + radius * turn.sin());
        let arc: Vec<(f32, f32)> =
            (0_u8..=20).map(|step| point(-0.85 * PI + f32::from(step) / 20.0 * 0.8 * TAU)).collect();
        self.lines(&[&arc]);
        let (x, y) = arc[0];
        self.filled(&[(x - 0.2, y - 0.12), (x + 0.16, y - 0.2), (x + 0.02, y + 0.2)]);
    }
}

/// A square button without text; `name` is its tooltip and its accessible name.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str) -> Response {
    let side = ui.spacing().interact_size.y;
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    if ui.is_rect_visible(rect) {
        let palette = theme::of(ui);
        let visuals = ui.style().interact(&response);
        let touched = response.hovered() || response.has_focus();
        if touched {
            let (radius, fill, stroke) = (visuals.corner_radius, visuals.weak_bg_fill, visuals.bg_stroke);
            ui.painter().rect(rect, radius, fill, stroke, StrokeKind::Inside);
        }
        let color = if touched { palette.strong_text } else { palette.weak_text };
        icon.paint(ui.painter(), Rect::from_center_size(rect.center(), Vec2::splat(tokens::ICON_S)), color);
    }
    response.on_hover_text(name)
}
