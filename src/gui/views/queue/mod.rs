//! The queue and the log: what runs, what waits, what is over, and what was told.

mod job;
mod log;

use std::time::Duration;

use egui::{Label, RichText, Ui, UiBuilder};

use crate::{
    domain::units,
    gui::{
        Action, UiCommand,
        action::QueueAction,
        context::ViewContext,
        layout::View,
        state::{Job, JobState},
        theme::tokens,
        widgets::{icon::Icon, status::EmptyState},
    },
};

/// From this width on jobs and messages stand side by side.
const SIDE_BY_SIDE: f32 = 600.0;
/// The share of the width that jobs have then.
const JOBS_SHARE: f32 = 0.56;
/// The least height, at the usual text size, at which an empty queue has a picture.
const ROOM_FOR_PICTURE: f32 = 166.0;

/// Draws the view.
pub fn queue(ui: &mut Ui, cx: &ViewContext) {
    if cx.state.queue.active().is_some() {
        // The time that has passed goes on without events.
        ui.ctx().request_repaint_after(Duration::from_secs(1));
    }
    if ui.available_width() < SIDE_BY_SIDE {
        return one_at_a_time(ui, cx);
    }
    let whole = ui.available_rect_before_wrap();
    let (left, right) = whole.split_left_right_at_fraction(JOBS_SHARE);
    let half = tokens::SPACE_M;
    let left = left.with_max_x(left.right() - half);
    ui.scope_builder(UiBuilder::new().id_salt("jobs").max_rect(left), |ui| jobs(ui, cx));
    let right = right.with_min_x(right.left() + half);
    ui.scope_builder(UiBuilder::new().id_salt("log").max_rect(right), |ui| log::log(ui, cx));
    let line = egui::Stroke::new(tokens::STROKE_THIN, crate::gui::theme::of(ui).border);
    ui.painter().vline(right.left() - half, whole.y_range(), line);
}

/// Jobs or messages, as the person chose.
fn one_at_a_time(ui: &mut Ui, cx: &ViewContext) {
    let show_log = cx.state.queue_view.show_log;
    ui.horizontal(|ui| {
        let open = cx.state.queue.jobs.iter().filter(|job| !job.state.is_over()).count();
        let jobs = if open == 0 { "Jobs".to_owned() } else { format!("Jobs ({open})") };
        let log = if cx.state.log.is_empty() { "Log".to_owned() } else { format!("Log ({})", cx.state.log.len()) };
        for (text, is_log) in [(jobs, false), (log, true)] {
            if ui.selectable_label(show_log == is_log, text).clicked() {
                cx.send(Action::Queue(QueueAction::ShowLog(is_log)));
            }
        }
    });
    if show_log { log::log(ui, cx) } else { jobs(ui, cx) }
}

fn jobs(ui: &mut Ui, cx: &ViewContext) {
    let queue = &cx.state.queue;
    if queue.jobs.is_empty() && !queue.held {
        return nothing(ui, cx);
    }
    tools(ui, cx);
    let area = egui::ScrollArea::vertical().id_salt("jobs").auto_shrink([false, false]);
    area.show(ui, |ui| {
        // What runs stands first, then what waits, in turn; what is over follows, the latest first.
        if let Some(job) = queue.active() {
            job::active(ui, cx, job);
        }
        let waiting: Vec<&Job> = queue.waiting().collect();
        for (place, job) in waiting.iter().enumerate() {
            job::waiting(ui, cx, job, place == 0, place + 1 == waiting.len());
        }
        for job in queue.jobs.iter().rev().filter(|job| job.state.is_over()) {
            job::over(ui, cx, job);
        }
    });
}

/// No job yet; where there is little room without the picture.
fn nothing(ui: &mut Ui, cx: &ViewContext) {
    let text = "Runs and evaluations that you start line up here, one after another.";
    let button = "Set up a run";
    let pressed = if ui.available_height() < ROOM_FOR_PICTURE * ui.spacing().interact_size.y / tokens::CONTROL_HEIGHT {
        ui.add(Label::new(RichText::new(text).weak()).wrap());
        ui.button(button).clicked()
    } else {
        EmptyState::new(Icon::List, "Nothing to do yet", text).button(button).show(ui).is_some()
    };
    if pressed {
        cx.send(Action::Command(UiCommand::Show(View::Condense)));
    }
}

/// Holding the queue, and clearing what is over.
fn tools(ui: &mut Ui, cx: &ViewContext) {
    let queue = &cx.state.queue;
    ui.horizontal_wrapped(|ui| {
        let mut held = queue.held;
        let hover = "While this is ticked, no waiting job begins. The one that runs goes on.";
        if ui.checkbox(&mut held, "Hold the queue").on_hover_text(hover).changed() {
            cx.send(Action::Queue(QueueAction::Hold(held)));
        }
        let over = queue.jobs.iter().filter(|job| job.state.is_over()).count();
        let button = ui.add_enabled(over > 0, egui::Button::new("Clear done"));
        let button = button.on_hover_text("Takes the jobs that are over from this list; their runs stay.");
        if button.on_disabled_hover_text("No job is over yet.").clicked() {
            cx.send(Action::Queue(QueueAction::ClearDone));
        }
        let waiting = queue.jobs.iter().filter(|job| job.state == JobState::Waiting).count();
        if waiting > 0 {
            let waits = units::count(waiting, "job");
            let verb = if waiting == 1 { "waits" } else { "wait" };
            ui.weak(format!("{waits} {verb}"));
        }
    });
}
