//! Above the images: whose they are and how it stands, what went wrong, and the controls.

use egui::{Align, Button, Checkbox, Label, Layout, RichText, Ui};

use super::subject::Subject;
use crate::{
    domain::{Export, RunStatus, SetFormat},
    gui::{
        Action, UiCommand,
        action::GalleryAction,
        context::ViewContext,
        parts,
        state::{ImageTarget, Moment},
        theme,
    },
};

/// Whose images are shown, of which moment, and how the run stands.
pub fn title(ui: &mut Ui, cx: &ViewContext, subject: &Subject) {
    ui.horizontal(|ui| {
        if let Some(run) = subject.run {
            parts::run_state(ui, cx, run);
        }
        let text = match subject.run {
            Some(_) => subject.moment_text(),
            None => subject.set.map_or_else(String::new, |set| format!("{} images", set.images.len())),
        };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if subject.run.is_none() && cx.state.runs.selected.is_some() {
                let back = ui.button("Back to the run").on_hover_text("Shows the selected run again.");
                if back.clicked() {
                    cx.send(Action::Gallery(GalleryAction::ShowSet(None)));
                }
            }
            let (mark, explanation) = match (subject.live, subject.moment) {
                (_, Moment::At(_)) if subject.frames().len() > 1 || subject.live => {
                    ("frozen", "An earlier moment is shown. Choose the newest at the right end of the scrubber below.")
                }
                (true, _) if subject.paused => ("paused", "The run holds still; Continue lets it go on."),
                (true, _) => ("live", "The images change as the run works."),
                _ => ("", ""),
            };
            if mark.is_empty() {
                ui.weak(text);
            } else {
                ui.weak(format!("{mark}, {text}")).on_hover_text(explanation);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(&subject.title).strong()).truncate());
            });
        });
    });
}

/// Why a run ended early, and the way on.
pub fn trouble(ui: &mut Ui, cx: &ViewContext, subject: &Subject) {
    let Some(run) = subject.run.filter(|_| !subject.live) else { return };
    if !run.summary.status.is_resumable() || cx.state.queue.of_run(&run.summary.folder).is_some() {
        return;
    }
    let palette = theme::of(ui);
    let (color, text) = match (run.summary.status, &run.summary.failure) {
        (RunStatus::Failed, Some(failure)) => (palette.error, format!("It failed: {}.", failure.trim_end_matches('.'))),
        (RunStatus::Failed, None) => (palette.error, "It failed; the log says why.".to_owned()),
        (RunStatus::Interrupted, _) => (palette.warning, "It was cut off; its checkpoint is safe.".to_owned()),
        _ => (palette.weak_text, "It was stopped; its checkpoint is safe.".to_owned()),
    };
    ui.horizontal(|ui| {
        cx.command_button_with(ui, UiCommand::ResumeRun, Button::new("Resume this run"));
        ui.add(Label::new(RichText::new(&text).color(color)).truncate());
    });
}

/// The controls.
pub fn bar(ui: &mut Ui, cx: &ViewContext, subject: &Subject, fitted: f32) {
    ui.horizontal_wrapped(|ui| {
        parts::tile_size(ui, cx, fitted);
        parts::contrast(ui, cx);
        parts::class_filter(ui, cx);
        parts::experiment(ui, cx, subject.experiment, subject.run.map_or(1, |run| run.summary.experiments));
        shown(ui, cx, subject);
        exports(ui, cx, subject);
    });
}

/// What stands beside the synthetic images.
fn shown(ui: &mut Ui, cx: &ViewContext, subject: &Subject) {
    let gallery = &cx.state.gallery;
    parts::group(ui, 120.0, |ui| {
        let mut initial = gallery.show_initial;
        let possible = subject.frames().first() == Some(&0);
        let response = ui.add_enabled(possible, Checkbox::new(&mut initial, "Initial images"));
        let response = response
            .on_hover_text("What the images were before the first step: noise, or real images.")
            .on_disabled_hover_text("The images at the beginning were not saved.");
        if response.changed() {
            cx.send(Action::Gallery(GalleryAction::ShowInitial(initial)));
        }
    });
    parts::group(ui, 110.0, |ui| {
        let mut real = gallery.show_real;
        let response = ui.add_enabled(subject.source.is_some(), Checkbox::new(&mut real, "Real images"));
        let response = response
            .on_hover_text("The first training images of each class, to compare with.")
            .on_disabled_hover_text("The file does not say which dataset the set was made from.");
        if response.changed() {
            cx.send(Action::Gallery(GalleryAction::ShowReal(real)));
        }
    });
}

/// Saving what is shown.
fn exports(ui: &mut Ui, cx: &ViewContext, subject: &Subject) {
    let export = |format| match &subject.target {
        ImageTarget::Run { folder, experiment } => {
            Export::RunSet { folder: folder.clone(), experiment: *experiment, format }
        }
        ImageTarget::SetFile(path) => Export::SetFile { path: path.clone(), format },
    };
    let buttons = [
        (
            "Export images…",
            100.0,
            SetFormat::Safetensors,
            "Saves the newest synthetic images: exact values, NumPy, PNG files or one picture.",
        ),
        (
            "Contact sheet…",
            100.0,
            SetFormat::ContactSheet,
            "Saves the newest synthetic images as one picture that carries the settings.",
        ),
    ];
    for (text, width, format, hint) in buttons {
        parts::group(ui, width, |ui| {
            let response = ui.add_enabled(subject.set.is_some(), Button::new(text));
            let response = response.on_hover_text(hint).on_disabled_hover_text("The set was not saved yet.");
            if response.clicked() {
                let name = subject.title.trim_end_matches(".safetensors").to_owned();
                cx.send(Action::AskExport { export: export(format), name });
            }
        });
    }
}
