//! The command palette: every command by its name.

use egui::{Align2, Event, Key, Modifiers, ScrollArea, TextEdit, Ui, Window, vec2};

use crate::gui::{Action, UiCommand, context::ViewContext};

/// The width of the palette and its distance from the top, in points.
const WIDTH: f32 = 440.0;
const TOP: f32 = 60.0;
const HEIGHT: f32 = 320.0;

/// Draws the palette, if it is open.
pub fn palette(ui: &mut Ui, cx: &ViewContext) {
    if !cx.state.palette.open {
        return;
    }
    let close = ui.ctx().input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    let query = &cx.state.palette.query;
    let found = matches(cx, query);
    let moved = ui.ctx().input_mut(|input| {
        let down = input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown);
        let up = input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp);
        (down, up)
    });
    let last = found.len().saturating_sub(1);
    let selected = (cx.state.palette.selected + moved.0).min(last).saturating_sub(moved.1);
    let taken = ui.ctx().input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    let window = Window::new("Command palette").title_bar(false).resizable(false).collapsible(false);
    let shown =
        window.anchor(Align2::CENTER_TOP, vec2(0.0, TOP)).fixed_size(vec2(WIDTH, HEIGHT)).show(ui.ctx(), |ui| {
            let mut text = query.clone();
            let hint = "Type a command";
            let field = ui.add(TextEdit::singleline(&mut text).hint_text(hint).desired_width(f32::INFINITY));
            field.widget_info(|| {
                let info = egui::WidgetInfo::text_edit(true, query, &text, hint);
                egui::WidgetInfo { label: Some(hint.to_owned()), ..info }
            });
            field.request_focus();
            if text != *query {
                cx.send(Action::Palette { query: text, selected: 0 });
            } else if selected != cx.state.palette.selected {
                cx.send(Action::Palette { query: text, selected });
            }
            lines(ui, cx, &found, selected, moved != (0, 0));
        });
    let outside = shown.is_some_and(|shown| shown.response.clicked_elsewhere());
    if taken && let Some(command) = found.get(selected) {
        cx.send(Action::Command(*command));
    } else if close || (outside && !cx.state.palette.query.is_empty()) {
        cx.send(Action::ClosePalette);
    }
    // A dead key or a paste must not fall through to the views.
    ui.ctx().input_mut(|input| input.events.retain(|event| !matches!(event, Event::Text(_) | Event::Paste(_))));
}

fn lines(ui: &mut Ui, cx: &ViewContext, found: &[UiCommand], selected: usize, follow: bool) {
    if found.is_empty() {
        ui.weak("No command has this name.");
    }
    ScrollArea::vertical().max_height(HEIGHT).auto_shrink([false, true]).show(ui, |ui| {
        for (line, command) in found.iter().enumerate() {
            let possible = command.possible(cx.state);
            let mut button = egui::Button::selectable(line == selected, command.text(cx.state));
            if let Some(shortcut) = command.shortcut() {
                button = button.shortcut_text(ui.ctx().format_shortcut(&shortcut));
            }
            let size = vec2(ui.available_width(), 0.0);
            let response = ui.add_enabled(possible.is_ok(), button.min_size(size));
            let response = match possible {
                Ok(()) => response.on_hover_text(command.explanation()),
                Err(reason) => response.on_disabled_hover_text(reason),
            };
            if follow && line == selected {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                cx.send(Action::Command(*command));
            }
        }
    });
}

/// The commands that fit a query, the best first.
fn matches(cx: &ViewContext, query: &str) -> Vec<UiCommand> {
    let mut scored: Vec<(usize, UiCommand)> = UiCommand::all()
        .into_iter()
        .filter_map(|command| Some((score(&command.text(cx.state), query)?, command)))
        .collect();
    scored.sort_by_key(|(score, _)| *score);
    scored.into_iter().map(|(_, command)| command).collect()
}

/// How far the letters of `query` lie apart in `text`, in their order; `None` when they are not all there.
fn score(text: &str, query: &str) -> Option<usize> {
    let text = text.to_lowercase();
    let mut rest = text.char_indices();
    let mut apart = 0;
    let mut previous: Option<usize> = None;
    for wanted in query.to_lowercase().chars().filter(|c| !c.is_whitespace()) {
        let (position, _) = rest.find(|(_, found)| *found == wanted)?;
        apart += previous.map_or(position, |previous| position - previous - 1);
        previous = Some(position);
    }
    Some(apart)
}

#[cfg(test)]
mod tests {
    use super::score;

    #[test]
    fn letters_are_found_in_their_order_and_near_ones_first() {
        assert_eq!(score("Show gallery", ""), Some(0));
        assert!(score("Show gallery", "gal") < score("Compare distances…", "cea"));
        assert_eq!(score("Show gallery", "zebra"), None);
        assert_eq!(score("Pause", "esuap"), None);
        assert!(score("Start", "sta") < score("Switch light and dark", "sta"));
    }
}
