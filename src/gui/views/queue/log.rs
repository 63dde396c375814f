//! The messages, the newest last. A message is a line; the one that is clicked unfolds.

use egui::{
    ComboBox, Frame, Label, Margin, Rect, Response, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, TextStyle,
    Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

use crate::gui::{
    Action,
    action::QueueAction,
    context::ViewContext,
    state::{LogEntry, LogLevel},
    theme::{self, Palette, tokens},
    widgets::{icon::Icon, text::elided},
};

/// The choices of what is shown.
const LEVELS: [(LogLevel, &str); 3] =
    [(LogLevel::Info, "All messages"), (LogLevel::Warning, "Warnings and errors"), (LogLevel::Error, "Errors only")];

/// Draws the messages.
pub fn log(ui: &mut Ui, cx: &ViewContext) {
    let level = cx.state.queue_view.level;
    tools(ui, cx, level);
    let shown: Vec<&LogEntry> = cx.state.log.iter().filter(|entry| entry.level >= level).collect();
    if shown.is_empty() {
        let text = if cx.state.log.is_empty() { "Nothing was told yet." } else { "No message is as grave as this." };
        ui.weak(text);
        return;
    }
    let row = (ui.text_style_height(&TextStyle::Body) + tokens::SPACE_XS).ceil();
    let unfolded = shown.iter().position(|entry| Some(entry.id) == cx.state.queue_view.unfolded);
    ScrollArea::vertical().id_salt("messages").auto_shrink([false, false]).stick_to_bottom(true).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let (before, after) = unfolded.map_or((&shown[..], &shown[..0]), |open| shown.split_at(open));
        rows(ui, cx, before, row);
        if let Some((open, rest)) = after.split_first() {
            rows(ui, cx, std::slice::from_ref(open), row);
            whole(ui, open);
            rows(ui, cx, rest, row);
        }
    });
}

fn tools(ui: &mut Ui, cx: &ViewContext, level: LogLevel) {
    ui.horizontal_wrapped(|ui| {
        let chosen = LEVELS.iter().find(|(other, _)| *other == level).map_or("", |(_, text)| *text);
        let combo = ComboBox::from_id_salt("level").selected_text(chosen).truncate().width(150.0);
        let response = combo.show_ui(ui, |ui| {
            for (other, text) in LEVELS {
                if ui.selectable_label(other == level, text).clicked() {
                    cx.send(Action::Queue(QueueAction::Level(other)));
                }
            }
        });
        response.response.accessible_name("Which messages").on_hover_text("Which messages are shown");
        let button = ui.add_enabled(!cx.state.log.is_empty(), egui::Button::new("Clear log"));
        let button = button.on_hover_text("Takes all messages from the list.");
        if button.on_disabled_hover_text("There are no messages.").clicked() {
            cx.send(Action::Queue(QueueAction::ClearLog));
        }
    });
}

/// Messages of one line each; only those that can be seen are drawn.
fn rows(ui: &mut Ui, cx: &ViewContext, entries: &[&LogEntry], row: f32) {
    let size = vec2(ui.available_width(), row * entries.len() as f32);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    for (place, entry) in entries.iter().enumerate() {
        let top = rect.top() + row * place as f32;
        let line = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + row));
        if ui.is_rect_visible(line) {
            message(ui, cx, entry, line);
        }
    }
}

fn message(ui: &mut Ui, cx: &ViewContext, entry: &LogEntry, rect: Rect) {
    let response = ui.interact(rect, ui.make_persistent_id(("message", entry.id)), Sense::click());
    let unfolded = cx.state.queue_view.unfolded == Some(entry.id);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, unfolded, &entry.message));
    paint(ui, entry, rect, &response);
    let response = if unfolded { response } else { response.on_hover_text(&entry.message) };
    if response.clicked() {
        cx.send(Action::Queue(QueueAction::Unfold((!unfolded).then_some(entry.id))));
    }
    response.context_menu(|ui| {
        if ui.button("Copy message").clicked() {
            ui.copy_text(text_of(entry));
            ui.close();
        }
    });
}

const fn look(level: LogLevel, palette: &Palette) -> (Icon, egui::Color32) {
    match level {
        LogLevel::Info => (Icon::Info, palette.weak_text),
        LogLevel::Warning => (Icon::Warning, palette.warning),
        LogLevel::Error => (Icon::Error, palette.error),
    }
}

fn paint(ui: &Ui, entry: &LogEntry, rect: Rect, response: &Response) {
    let palette = theme::of(ui);
    let painter = ui.painter_at(rect);
    if response.hovered() {
        painter.rect_filled(rect, tokens::RADIUS_S, palette.panel);
    }
    if response.has_focus() {
        let outline = Stroke::new(tokens::STROKE_FOCUS, palette.accent);
        painter.rect_stroke(rect, tokens::RADIUS_S, outline, StrokeKind::Inside);
    }
    let (icon, color) = look(entry.level, palette);
    let side = tokens::ICON_S;
    let center = rect.left_center() + vec2(tokens::SPACE_S + side / 2.0, 0.0);
    icon.paint(&painter, Rect::from_center_size(center, Vec2::splat(side)), color);
    let left = center.x + side / 2.0 + tokens::SPACE_M;
    let time = elided(ui, &painter, &clock(entry.seconds), &TextStyle::Small, palette.weak_text, rect.width());
    let time_width = time.size().x;
    painter.galley(pos2(left, rect.center().y - time.size().y / 2.0), time, palette.weak_text);
    let left = left + time_width.max(tokens::SPACE_XXL) + tokens::SPACE_M;
    let text_color = if entry.level == LogLevel::Info { palette.text } else { color };
    let room = rect.right() - tokens::SPACE_S - left;
    let text = elided(ui, &painter, &entry.message, &TextStyle::Body, text_color, room);
    painter.galley(pos2(left, rect.center().y - text.size().y / 2.0), text, text_color);
}

/// The whole message that is unfolded, with its details.
fn whole(ui: &mut Ui, entry: &LogEntry) {
    let palette = theme::of(ui);
    let margin = Margin { left: 24, right: 8, top: 4, bottom: 6 };
    let frame = Frame::new().fill(palette.panel).corner_radius(tokens::RADIUS_S).inner_margin(margin);
    ui.scope_builder(UiBuilder::new().id_salt("unfolded"), |ui| {
        frame.show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.add(Label::new(&entry.message).wrap().selectable(true));
            if !entry.details.is_empty() {
                let details = RichText::new(&entry.details).monospace().color(palette.weak_text);
                ui.add(Label::new(details).wrap().selectable(true));
            }
            ui.horizontal(|ui| {
                let text = format!("{} after the window was opened", crate::domain::units::duration(entry.seconds));
                ui.label(RichText::new(text).small().color(palette.weak_text));
                if ui.small_button("Copy").on_hover_text("Copies the message with its details.").clicked() {
                    ui.copy_text(text_of(entry));
                }
            });
        });
    });
}

fn text_of(entry: &LogEntry) -> String {
    if entry.details.is_empty() { entry.message.clone() } else { format!("{}\n{}", entry.message, entry.details) }
}

/// Minutes and seconds since the window was opened, with hours where there are any.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a time since the start
fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn times_are_read_like_a_clock() {
        assert_eq!([0.0, 7.9, 61.0, 3599.0, 3725.0].map(clock), ["0:00", "0:07", "1:01", "59:59", "1:02:05"]);
    }
}
