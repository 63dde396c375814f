//! What the gallery says while it has no images to show.

use std::path::PathBuf;

use egui::Ui;

use crate::gui::{
    Action, UiCommand,
    action::GalleryAction,
    context::ViewContext,
    layout::View,
    parts::{self, Wanted},
    state::{AtlasKey, ImageTarget, Moment},
    widgets::icon::Icon,
};

/// Why there are no images.
pub enum Absence {
    /// Nothing of a run.
    Run(parts::Absence),
    /// The set is being read.
    ReadingSet(PathBuf),
    /// The set cannot be read.
    UnreadableSet(PathBuf),
}

/// What the gallery wants of a run.
const WANTED: Wanted = Wanted {
    icon: Icon::Image,
    things: "images",
    purpose: "A run turns a dataset into a few synthetic images a class; they form here while it works.",
    start: "Start the first run",
    resume: "Resume this run",
};

pub fn show(ui: &mut Ui, cx: &ViewContext, absence: &Absence) {
    match absence {
        Absence::Run(absence) => parts::absence(ui, cx, absence, WANTED),
        Absence::ReadingSet(path) => {
            let target = ImageTarget::SetFile(path.clone());
            // Asking for its picture has the set read.
            let _ = cx.picture(&AtlasKey { target, moment: Moment::Latest, contrast: cx.state.gallery.contrast });
            parts::waiting(ui, "Reading the set…");
        }
        Absence::UnreadableSet(path) => {
            let sentence = "The log says what is wrong with its file.";
            parts::empty(ui, Icon::Error, "The set cannot be read", sentence, |ui| {
                if ui.button("Read the set again").on_hover_text(path.display().to_string()).clicked() {
                    cx.send(Action::Gallery(GalleryAction::ShowSet(Some(path.clone()))));
                }
                cx.command_button(ui, UiCommand::Show(View::Queue));
            });
        }
    }
}
