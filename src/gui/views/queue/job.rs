//! A job in the list: active, waiting, or over.

use egui::{Align, Frame, Label, Layout, Margin, RichText, Ui, vec2};

use crate::{
    domain::units,
    gui::{
        Action,
        action::{QueueAction, RunAction},
        context::ViewContext,
        state::{Job, JobState, Phase, Progress},
        theme::{self, tokens},
        widgets::{
            icon::{Icon, icon_button},
            status::{Progress as Bar, Status, pill},
        },
    },
};

/// How a job stands.
const fn status(state: &JobState) -> Status {
    match state {
        JobState::Waiting => Status::Waiting,
        JobState::Running | JobState::Pausing | JobState::Stopping => Status::Running,
        JobState::Paused => Status::Paused,
        JobState::Finished => Status::Finished,
        JobState::Stopped => Status::Stopped,
        JobState::Failed(_) => Status::Failed,
    }
}

/// A badge and the title at the left, buttons at the right.
fn heading(ui: &mut Ui, job: &Job, buttons: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = tokens::SPACE_S;
        buttons(ui);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let status = status(&job.state);
            pill(ui, status.icon(), job.state.label(), status.color(theme::of(ui)));
            ui.add(Label::new(&job.title).truncate()).on_hover_text(&job.title);
        });
    });
}

/// The job that the worker has.
pub fn active(ui: &mut Ui, cx: &ViewContext, job: &Job) {
    let palette = theme::of(ui);
    let frame = Frame::new().fill(palette.panel).corner_radius(tokens::RADIUS_M).inner_margin(Margin::same(8));
    frame.show(ui, |ui| {
        heading(ui, job, |ui| controls(ui, cx, job));
        let progress = &job.progress;
        let known = progress.total > 0;
        let text = if known { String::new() } else { progress.phase.label().to_owned() };
        let share = known.then(|| progress.fraction());
        Bar::new("Progress of the job", share).text(&text).status(status(&job.state)).show(ui);
        let phase = phase_text(progress);
        ui.add(Label::new(&phase).truncate()).on_hover_text(phase);
        let figures = RichText::new(figures(job)).small().color(palette.weak_text);
        ui.add(Label::new(figures).truncate());
    });
}

fn controls(ui: &mut Ui, cx: &ViewContext, job: &Job) {
    let can_stop = job.state != JobState::Stopping;
    let stop = ui.add_enabled_ui(can_stop, |ui| ui.button("Stop").accessible_name("Stop the job")).inner;
    let hover = "Stops the job within a second. What is done is saved, and a run can be resumed.";
    if stop.on_hover_text(hover).on_disabled_hover_text("It is stopping already.").clicked() {
        cx.send(Action::Queue(QueueAction::Stop));
    }
    let paused = matches!(job.state, JobState::Paused | JobState::Pausing);
    let (text, name, action, hover) = if paused {
        ("Continue", "Continue the job", QueueAction::Continue, "Lets the job go on where it is.")
    } else {
        (
            "Pause",
            "Pause the job",
            QueueAction::Pause,
            "Lets the job hold still; it keeps its memory and can go on at once.",
        )
    };
    let button = ui.add_enabled_ui(can_stop, |ui| ui.button(text).accessible_name(name)).inner;
    if button.on_hover_text(hover).on_disabled_hover_text("The job is stopping.").clicked() {
        cx.send(Action::Queue(action));
    }
}

/// What the job is at.
fn phase_text(progress: &Progress) -> String {
    if progress.detail.is_empty() {
        progress.phase.label().to_owned()
    } else {
        format!("{}: {}", progress.phase.label(), progress.detail)
    }
}

/// How far, how fast, since when, for how long.
fn figures(job: &Job) -> String {
    let progress = &job.progress;
    let unit = if progress.phase == Phase::Condensing { "iteration" } else { "network" };
    let mut parts = Vec::new();
    if progress.total > 0 {
        parts.push(format!("{} of {}", progress.done, units::count(progress.total, unit)));
    }
    if job.state == JobState::Paused {
        // Nothing goes on, and no time runs.
        return parts.join(" · ");
    }
    parts.extend(progress.rate.map(|rate| rate_text(rate, unit)));
    parts.extend(job.started.map(|started| format!("{} so far", units::duration(started.elapsed().as_secs_f64()))));
    parts.extend(progress.seconds_left.map(|seconds| format!("{} left", units::duration(seconds))));
    parts.join(" · ")
}

/// `2.4 iterations/s`, or `12 s/iteration` for slow ones.
fn rate_text(rate: f64, unit: &str) -> String {
    if rate >= 1.0 { format!("{rate:.1} {unit}s/s") } else { format!("{}/{unit}", units::duration(1.0 / rate)) }
}

/// A job whose turn has not come.
pub fn waiting(ui: &mut Ui, cx: &ViewContext, job: &Job, first: bool, last: bool) {
    heading(ui, job, |ui| {
        let mut ask = |enabled: bool, icon: Icon, what: &str, action: QueueAction| {
            let name = format!("{what}: {}", job.title);
            if ui.add_enabled_ui(enabled, |ui| icon_button(ui, icon, &name)).inner.clicked() {
                cx.send(Action::Queue(action));
            }
        };
        ask(true, Icon::Cross, "Cancel", QueueAction::Cancel(job.id));
        ask(!last, Icon::Down, "Later", QueueAction::Later(job.id));
        ask(!first, Icon::Up, "Earlier", QueueAction::Earlier(job.id));
    });
}

/// A job of which nothing more comes.
pub fn over(ui: &mut Ui, cx: &ViewContext, job: &Job) {
    heading(ui, job, |ui| {
        let run = job.run.as_ref().and_then(|folder| cx.state.runs.get(folder));
        let resumable =
            run.filter(|run| run.summary.status.is_resumable() && cx.state.queue.of_run(&run.summary.folder).is_none());
        if let Some(run) = resumable.filter(|_| job.state != JobState::Finished) {
            let name = format!("Resume: {}", cx.state.run_title(&run.summary.folder));
            let button = ui.button("Resume").accessible_name(name);
            if button.on_hover_text("Goes on from the last checkpoint.").clicked() {
                cx.send(Action::Run(RunAction::Resume(run.summary.folder.clone())));
            }
        }
        if let Some(seconds) = job.seconds {
            ui.label(RichText::new(units::duration(seconds)).small().weak()).on_hover_text("How long the job took");
        }
    });
    if let JobState::Failed(problem) = &job.state {
        let problem = RichText::new(problem).color(theme::of(ui).error);
        ui.add(Label::new(problem).wrap().selectable(true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_written_as_what_is_larger_than_one() {
        assert_eq!(rate_text(2.42, "iteration"), "2.4 iterations/s");
        assert_eq!(rate_text(0.05, "network"), "20 s/network");
        assert_eq!(rate_text(0.5, "iteration"), "2.0 s/iteration");
    }
}
