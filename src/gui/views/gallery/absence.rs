//! What the gallery says while it has no images to show, and what can be done about it.

use egui::Ui;

use super::subject::Absence;
use crate::{
    domain::units,
    gui::{
        Action, UiCommand,
        action::{GalleryAction, RunAction},
        context::ViewContext,
        layout::View,
        parts,
        state::{AtlasKey, ImageTarget, Moment},
        widgets::icon::Icon,
    },
};

pub fn show(ui: &mut Ui, cx: &ViewContext, absence: &Absence) {
    match absence {
        Absence::NoRun => parts::empty(
            ui,
            Icon::Image,
            "No images yet",
            "A run turns a dataset into a few synthetic images a class; they form here while it works. The settings under \
             Condense are ready to start.",
            |ui| {
                parts::primary_command(ui, cx, UiCommand::StartRun, "Start the first run");
                if !cx.visible.contains(&View::Condense) {
                    cx.command_button(ui, UiCommand::Show(View::Condense));
                }
            },
        ),
        Absence::Queued(0) => parts::waiting(ui, "The run is about to begin."),
        Absence::Queued(before) => {
            parts::waiting(ui, &format!("The run waits in the queue; {} before it.", units::count(*before, "job")));
        }
        Absence::Preparing => parts::waiting(ui, "The data are being read and the device is being opened…"),
        Absence::NotRead(folder) => {
            cx.send(Action::Run(RunAction::Load(folder.clone())));
            parts::waiting(ui, "Reading the run…");
        }
        Absence::Reading => parts::waiting(ui, "Reading the run…"),
        Absence::Unreadable(folder) => {
            parts::empty(
                ui,
                Icon::Error,
                "The run cannot be read",
                "The log says what is wrong with its files.",
                |ui| {
                    let again = ui.button("Read the run again").on_hover_text("Tries to read its files once more.");
                    if again.clicked() {
                        cx.send(Action::Run(RunAction::Load(folder.clone())));
                    }
                    cx.command_button(ui, UiCommand::Show(View::Queue));
                },
            );
        }
        Absence::NoImages(_, true) => parts::waiting(ui, "The first images are on their way…"),
        Absence::NoImages(folder, false) => {
            let failure = cx.state.runs.get(folder).and_then(|run| run.summary.failure.clone());
            let why = failure.map_or_else(
                || "It ended before its first images were saved.".to_owned(),
                |failure| format!("It failed before its first images were saved: {failure}."),
            );
            parts::empty(ui, Icon::Image, "This run has no images", &why, |ui| {
                parts::primary_command(ui, cx, UiCommand::ResumeRun, "Resume this run");
            });
        }
        Absence::ReadingSet(path) => {
            let target = ImageTarget::SetFile(path.clone());
            // Asking for its picture has the set read.
            let _ = cx.picture(&AtlasKey { target, moment: Moment::Latest, contrast: cx.state.gallery.contrast });
            parts::waiting(ui, "Reading the set…");
        }
        Absence::UnreadableSet(path) => {
            parts::empty(
                ui,
                Icon::Error,
                "The set cannot be read",
                "The log says what is wrong with its file.",
                |ui| {
                    if ui.button("Read the set again").on_hover_text(path.display().to_string()).clicked() {
                        cx.send(Action::Gallery(GalleryAction::ShowSet(Some(path.clone()))));
                    }
                    cx.command_button(ui, UiCommand::Show(View::Queue));
                },
            );
        }
    }
}
