//! What stands below the form whatever is scrolled: what will happen, what it takes, and the buttons that start it.
//!
//! The bar is measured before it is drawn: its buttons never move, and nothing of it is cut off.

use std::sync::Arc;

use egui::{
    Align, Color32, Galley, Label, Layout, Rect, Sense, Stroke, TextStyle, TextWrapMode, Ui, UiBuilder, WidgetText,
    vec2,
};

use super::summary;
use crate::gui::{
    UiCommand,
    context::ViewContext,
    theme::{self, tokens},
    widgets::{icon::Icon, status::primary_look},
};

/// The height of the start button, in lines of a heading.
const START_LINES: f32 = 1.9;

/// The height of the row of buttons.
fn buttons_height(ui: &Ui) -> f32 {
    (START_LINES * ui.text_style_height(&TextStyle::Heading)).round()
}

/// The room of the mark before a line.
fn mark_room(ui: &Ui) -> f32 {
    ui.text_style_height(&TextStyle::Body) + tokens::SPACE_S
}

/// A sentence of the bar.
struct Line {
    mark: Option<Icon>,
    color: Color32,
    galley: Arc<Galley>,
    hover: Option<&'static str>,
}

/// Draws the bar at the bottom of what is free, and the form above it.
pub fn with_start_bar(ui: &mut Ui, cx: &ViewContext, form: impl FnOnce(&mut Ui)) {
    let free = ui.available_rect_before_wrap();
    let lines = lines(ui, cx, free.width());
    let texts: f32 = lines.iter().map(|line| line.galley.size().y + tokens::SPACE_S).sum();
    let height = (tokens::SPACE_M + texts + tokens::SPACE_S + buttons_height(ui)).min(free.height());
    let (above, bar) = free.split_top_bottom_at_y(free.bottom() - height);
    ui.scope_builder(UiBuilder::new().id_salt("form").max_rect(above), form);
    ui.scope_builder(UiBuilder::new().id_salt("start bar").max_rect(bar), |ui| draw(ui, cx, bar, &lines));
}

fn draw(ui: &mut Ui, cx: &ViewContext, bar: Rect, lines: &[Line]) {
    ui.set_clip_rect(ui.clip_rect().intersect(bar.expand(tokens::SPACE_S)));
    ui.painter().hline(bar.x_range(), bar.top(), Stroke::new(tokens::STROKE_THIN, theme::of(ui).border));
    let buttons = Rect::from_min_max(bar.left_bottom() - vec2(0.0, buttons_height(ui)), bar.max);
    let mut top = bar.min + vec2(0.0, tokens::SPACE_M);
    for line in lines {
        let size = line.galley.size();
        let mut corner = top;
        if let Some(mark) = line.mark {
            let side = ui.text_style_height(&TextStyle::Body);
            mark.paint(ui.painter(), Rect::from_min_size(corner, vec2(side, side)).shrink(1.5), line.color);
            corner.x += mark_room(ui);
        }
        let response = ui.put(Rect::from_min_size(corner, size), Label::new(line.galley.clone()).sense(Sense::hover()));
        if let Some(hover) = line.hover {
            response.on_hover_text(hover);
        }
        top.y += size.y + tokens::SPACE_S;
    }
    let layout = Layout::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().id_salt("buttons").max_rect(buttons).layout(layout), |ui| {
        start(ui, cx);
        cx.command_button(ui, UiCommand::CompareDistances);
    });
}

/// What will happen when it is started, or why it cannot be.
fn lines(ui: &Ui, cx: &ViewContext, width: f32) -> Vec<Line> {
    let palette = theme::of(ui);
    let line = |text: String, color: Color32, mark: Option<Icon>, hover| {
        let width = width - if mark.is_some() { mark_room(ui) } else { 0.0 };
        let text = WidgetText::from(text).color(color);
        let galley = text.into_galley(ui, Some(TextWrapMode::Wrap), width, TextStyle::Body);
        Line { mark, color, galley, hover }
    };
    if let Err(reason) = UiCommand::StartRun.possible(cx.state) {
        return vec![line(reason, palette.error, Some(Icon::Error), None)];
    }
    let form = &cx.state.form;
    let (Some(plan), Some(dataset)) = (&form.check.plan, super::dataset_info(cx)) else { return Vec::new() };
    let mut lines = vec![line(summary::what_will_happen(&form.check, plan, dataset), palette.text, None, None)];
    let turn = summary::turn(&cx.state.queue);
    let estimate = form.cost.result.as_ref();
    lines.push(match estimate {
        Some(Ok(cost)) => {
            let text = format!("{} {turn}", summary::cost(cost));
            line(text, palette.weak_text, None, Some(summary::basis(cost)))
        }
        Some(Err(problem)) => line(problem.clone(), palette.error, Some(Icon::Error), None),
        None => line(format!("Estimating time and memory… {turn}"), palette.weak_text, None, None),
    });
    let warnings = summary::warnings(plan, estimate.and_then(|estimate| estimate.as_ref().ok()));
    lines.extend(warnings.into_iter().map(|text| line(text, palette.warning, Some(Icon::Warning), None)));
    lines
}

/// The start button: the one thing to do next.
fn start(ui: &mut Ui, cx: &ViewContext) {
    let possible = UiCommand::StartRun.possible(cx.state).is_ok();
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = buttons_height(ui);
        ui.spacing_mut().button_padding.x = tokens::SPACE_XXL;
        ui.style_mut().override_text_style = Some(TextStyle::Heading);
        if possible {
            primary_look(ui);
        }
        cx.command_button(ui, UiCommand::StartRun);
    });
}
