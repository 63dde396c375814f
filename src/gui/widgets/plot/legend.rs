//! The names of the lines above a plot: each shows and hides its line.

use std::collections::BTreeSet;

use egui::{
    Color32, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, TextStyle, Ui, Vec2, WidgetInfo, vec2,
};

use super::PlotLine;
use crate::gui::{
    theme::{self, tokens},
    widgets::text::elided,
};

/// The longest name that is written out.
const LONGEST: f32 = 220.0;
/// Rows before the names scroll.
const ROWS: f32 = 3.0;

/// Draws the names, hides and shows lines, and returns the place of the one under the pointer.
pub(super) fn show(ui: &mut Ui, lines: &[PlotLine], hidden: &mut BTreeSet<String>) -> Option<usize> {
    let height = ui.text_style_height(&TextStyle::Small) + 2.0 * tokens::SPACE_S;
    let mut hovered = None;
    ScrollArea::vertical()
        .id_salt("legend")
        .max_height(ROWS * (height + tokens::SPACE_XS))
        .min_scrolled_height(height)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(tokens::SPACE_S, tokens::SPACE_XS);
            ui.horizontal_wrapped(|ui| {
                for (index, line) in lines.iter().enumerate() {
                    let shown = !hidden.contains(line.name);
                    let response = chip(ui, line.name, line.color, shown, height);
                    if response.clicked() {
                        toggle(lines, hidden, index, ui.input(|input| input.modifiers.command));
                    }
                    if response.hovered() || response.has_focus() {
                        hovered = Some(index);
                    }
                }
            });
        });
    hovered
}

/// Hides or shows a line; alone, all others are hidden, or shown again if they are hidden already.
fn toggle(lines: &[PlotLine], hidden: &mut BTreeSet<String>, index: usize, alone: bool) {
    let name = lines[index].name;
    if alone {
        let others = || lines.iter().filter(|line| line.name != name).map(|line| line.name.to_owned());
        let was_alone = !hidden.contains(name) && others().all(|other| hidden.contains(&other));
        hidden.clear();
        if !was_alone {
            hidden.extend(others());
        }
    } else if !hidden.remove(name) {
        hidden.insert(name.to_owned());
    }
}

fn chip(ui: &mut Ui, name: &str, color: Color32, shown: bool, height: f32) -> Response {
    let palette = theme::of(ui);
    let text = if shown { palette.text } else { palette.weak_text };
    let galley = elided(ui, ui.painter(), name, &TextStyle::Small, text, LONGEST);
    let size = vec2(tokens::ICON_S + tokens::SPACE_S + galley.size().x + 2.0 * tokens::SPACE_S, height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), shown, name));
    if ui.is_rect_visible(rect) {
        let painter = ui.painter();
        if response.hovered() || response.has_focus() {
            painter.rect_filled(rect, tokens::RADIUS_S, palette.control_hovered);
        }
        if response.has_focus() {
            let stroke = Stroke::new(tokens::STROKE_THIN, palette.accent);
            painter.rect_stroke(rect, tokens::RADIUS_S, stroke, StrokeKind::Inside);
        }
        let side = Vec2::splat(tokens::ICON_S - 2.0);
        let swatch =
            Rect::from_center_size(rect.left_center() + vec2(tokens::SPACE_S + tokens::ICON_S / 2.0, 0.0), side);
        if shown {
            painter.rect_filled(swatch, 2.0, color);
        } else {
            painter.rect_stroke(swatch, 2.0, Stroke::new(tokens::STROKE_LINE, color), StrokeKind::Inside);
        }
        let corner = vec2(swatch.right() + tokens::SPACE_S, rect.center().y - galley.size().y / 2.0);
        painter.galley(corner.to_pos2(), galley, text);
    }
    response.on_hover_text(format!("{name}\nClick: hide or show this line. With Ctrl (Cmd on a Mac): show it alone."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_hidden_one_by_one_or_all_others() {
        let lines = ["a", "b", "c"].map(|name| PlotLine { name, color: Color32::RED, points: &[] });
        let mut hidden = BTreeSet::new();
        let names = |hidden: &BTreeSet<String>| hidden.iter().cloned().collect::<String>();
        toggle(&lines, &mut hidden, 1, false);
        assert_eq!(names(&hidden), "b");
        toggle(&lines, &mut hidden, 1, true);
        assert_eq!(names(&hidden), "ac");
        toggle(&lines, &mut hidden, 1, true);
        assert_eq!(names(&hidden), "");
        toggle(&lines, &mut hidden, 2, true);
        toggle(&lines, &mut hidden, 0, false);
        assert_eq!(names(&hidden), "b");
    }
}
