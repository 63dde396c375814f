//! Above the images: whose they are and how it stands, what went wrong, and the controls.

use egui::{Align, Button, Checkbox, Label, Layout, RichText, Ui};

use super::subject::Subject;
use crate::{
    domain::{Export, RunStatus, SetFormat},
    gui::{
        Action, UiCommand,
        action::GalleryAction,
        context::ViewContext,
        parts::{self, Bar},
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
    let mut bar = Bar::default();
    parts::tile_size(&mut bar, cx, fitted);
    parts::contrast(&mut bar, cx);
    parts::class_filter(&mut bar, cx);
    parts::experiment(&mut bar, cx, subject.experiment, subject.run.map_or(1, |run| run.summary.experiments));
    bar.add(112.0, |ui| initial(ui, cx, subject));
    bar.add(100.0, |ui| real(ui, cx, subject));
    bar.add(70.0, |ui| exports(ui, cx, subject));
    bar.show(ui);
}

/// Whether what the images began as stands beside.
fn initial(ui: &mut Ui, cx: &ViewContext, subject: &Subject) {
    let mut initial = cx.state.gallery.show_initial;
    let possible = subject.frames().first() == Some(&0);
    let response = ui.add_enabled(possible, Checkbox::new(&mut initial, "Initial images"));
    let response = response
        .on_hover_text("What the images were before the first step: noise, or real images.")
        .on_disabled_hover_text("The images at the beginning were not saved.");
    if response.changed() {
        cx.send(Action::Gallery(GalleryAction::ShowInitial(initial)));
    }
}

/// Whether real images stand beside.
fn real(ui: &mut Ui, cx: &ViewContext, subject: &Subject) {
    let mut real = cx.state.gallery.show_real;
    let response = ui.add_enabled(subject.source.is_some(), Checkbox::new(&mut real, "Real images"));
    let response = response
        .on_hover_text("The first training images of each class, to compare with.")
        .on_disabled_hover_text("The file does not say which dataset the set was made from.");
    if response.changed() {
        cx.send(Action::Gallery(GalleryAction::ShowReal(real)));
    }
}

/// Saving what is shown.
fn exports(ui: &mut Ui, cx: &ViewContext, subject: &Subject) {
    let export = |format| match &subject.target {
        ImageTarget::Run { folder, experiment } => {
            Export::RunSet { folder: folder.clone(), experiment: *experiment, format }
        }
        ImageTarget::SetFile(path) => Export::SetFile { path: path.clone(), format },
    };
    let lines = [
        (
            "Synthetic set…",
            SetFormat::Safetensors,
            "The newest images with their exact values: safetensors, NumPy, or PNG files.",
        ),
        ("Contact sheet…", SetFormat::ContactSheet, "The newest images as one picture that carries the settings."),
    ];
    ui.add_enabled_ui(subject.set.is_some(), |ui| {
        let menu = ui.menu_button("Export", |ui| {
            for (text, format, hint) in lines {
                if ui.button(text).on_hover_text(hint).clicked() {
                    let name = subject.title.trim_end_matches(".safetensors").to_owned();
                    cx.send(Action::AskExport { export: export(format), name });
                    ui.close();
                }
            }
        });
        menu.response.on_hover_text("Saves the images.").on_disabled_hover_text("The set was not saved yet.");
    });
}
