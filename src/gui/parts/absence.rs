//! The run that the views show, or why there is none and what can be done about it.

use std::path::PathBuf;

use egui::Ui;

use super::empty::{empty, primary_command, waiting};
use crate::{
    domain::units,
    gui::{
        Action, UiCommand,
        action::RunAction,
        context::ViewContext,
        layout::View,
        state::{Details, ExperimentView, Job, JobState, RunView},
        widgets::icon::Icon,
    },
};

/// The selected run, and the experiment of it that is shown.
#[derive(Clone, Copy)]
pub struct ShownRun<'a> {
    /// The run.
    pub run: &'a RunView,
    /// Its title.
    pub experiment: usize,
    /// What is known of the experiment.
    pub view: &'a ExperimentView,
    /// The job that works on it.
    pub active: Option<&'a Job>,
}

/// Why there is no run to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// Nothing is selected.
    NoRun,
    /// So many jobs come before the run.
    Queued(usize),
    /// The job has not begun to condense.
    Preparing,
    /// The run is not read yet.
    NotRead(PathBuf),
    /// It is being read.
    Reading,
    /// It cannot be read.
    Unreadable(PathBuf),
    /// It has nothing to show yet, and whether a job works on it.
    Nothing(PathBuf, bool),
}

/// What a view shows of a run, in its words.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// What stands in the view.
    pub icon: Icon,
    /// What is not there: `images`.
    pub things: &'static str,
    /// What the view is for, in a sentence.
    pub purpose: &'static str,
    /// The text of the button that starts the first run; no two views have the same.
    pub start: &'static str,
    /// The text of the button that goes on with the run.
    pub resume: &'static str,
}

/// The selected run; an experiment of which `there` says no has nothing to show.
///
/// # Errors
///
/// Why there is none.
pub fn shown_run<'a>(
    cx: &'a ViewContext,
    there: impl FnOnce(&ExperimentView) -> bool,
) -> Result<ShownRun<'a>, Absence> {
    let folder = cx.state.runs.selected.as_ref().ok_or(Absence::NoRun)?;
    let job = cx.state.queue.of_run(folder);
    let Some(run) = cx.state.runs.get(folder) else {
        return Err(match job {
            Some(job) if job.state == JobState::Waiting => {
                let before = cx.state.queue.jobs.iter().take_while(|other| other.id != job.id);
                Absence::Queued(before.filter(|other| !other.state.is_over()).count())
            }
            Some(_) => Absence::Preparing,
            None => Absence::NoRun,
        });
    };
    let active = job.filter(|job| job.state.is_active());
    let experiment = cx.state.gallery.experiment.min(run.summary.experiments.saturating_sub(1));
    let view = run.experiments.get(experiment).filter(|view| there(view));
    let Some(view) = view else {
        return Err(match run.details {
            Details::NotLoaded => Absence::NotRead(folder.clone()),
            Details::Loading => Absence::Reading,
            Details::Failed => Absence::Unreadable(folder.clone()),
            Details::Loaded => Absence::Nothing(folder.clone(), active.is_some()),
        });
    };
    Ok(ShownRun { run, experiment, view, active })
}

/// Says why there is no run, and offers the way on. What is not read yet is asked for.
pub fn absence(ui: &mut Ui, cx: &ViewContext, absence: &Absence, wanted: Wanted) {
    match absence {
        Absence::NoRun => {
            let sentence = format!("{} The settings under Condense are ready to start.", wanted.purpose);
            empty(ui, wanted.icon, &format!("No {} yet", wanted.things), &sentence, |ui| {
                primary_command(ui, cx, UiCommand::StartRun, wanted.start);
                if !cx.visible.contains(&View::Condense) {
                    cx.command_button(ui, UiCommand::Show(View::Condense));
                }
            });
        }
        Absence::Queued(0) => waiting(ui, "The run is about to begin."),
        Absence::Queued(before) => {
            waiting(ui, &format!("The run waits in the queue; {} before it.", units::count(*before, "job")));
        }
        Absence::Preparing => waiting(ui, "The data are being read and the device is being opened…"),
        Absence::NotRead(folder) => {
            cx.send(Action::Run(RunAction::Load(folder.clone())));
            waiting(ui, "Reading the run…");
        }
        Absence::Reading => waiting(ui, "Reading the run…"),
        Absence::Unreadable(folder) => {
            empty(ui, Icon::Error, "The run cannot be read", "The log says what is wrong with its files.", |ui| {
                let again = ui.button(format!("Read the {} again", wanted.things));
                if again.on_hover_text("Tries to read the files of the run once more.").clicked() {
                    cx.send(Action::Run(RunAction::Load(folder.clone())));
                }
                cx.command_button(ui, UiCommand::Show(View::Queue));
            });
        }
        Absence::Nothing(_, true) => waiting(ui, &format!("The first {} are on their way…", wanted.things)),
        Absence::Nothing(folder, false) => {
            let failure = cx.state.runs.get(folder).and_then(|run| run.summary.failure.as_deref());
            let things = wanted.things;
            let why = failure.map_or_else(
                || format!("It ended before its first {things} were saved."),
                |failure| format!("It failed before its first {things} were saved: {}.", failure.trim_end_matches('.')),
            );
            empty(ui, wanted.icon, &format!("This run has no {things}"), &why, |ui| {
                primary_command(ui, cx, UiCommand::ResumeRun, wanted.resume);
            });
        }
    }
}
