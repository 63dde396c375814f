//! What a view is given: the state, shared, and a list of actions to add to.

use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::Arc};

use egui::Key;

use super::{
    Action, UiCommand,
    layout::View,
    state::{AppState, AtlasKey, CellDigest, ImageTarget, RunOrder, SelectedCell},
    widgets::{gallery::GalleryTexture, heatmap::HeatmapCache, history_lines::HistoryLines, plot::PlotCache},
};
use crate::domain::Atlas;

/// The actions of a frame, in the order in which they were asked for.
#[derive(Debug, Default)]
pub struct Actions(RefCell<Vec<Action>>);

impl Actions {
    /// Asks for an action.
    pub fn send(&self, action: Action) {
        self.0.borrow_mut().push(action);
    }

    /// Takes all that was asked for.
    pub(in crate::gui) fn take(&self) -> Vec<Action> {
        std::mem::take(&mut *self.0.borrow_mut())
    }
}

/// Textures and decimated lines, kept from frame to frame. They follow from the state and can be dropped at any time.
#[derive(Default)]
pub struct DrawCaches {
    /// Textures by what they show.
    pub textures: HashMap<egui::Id, GalleryTexture>,
    /// Whose images the textures of places show that show now this, now that.
    pub targets: HashMap<egui::Id, ImageTarget>,
    /// The listed runs.
    pub run_order: RunOrder,
    /// What is drawn of the cell that is looked at, and of which state of the runs.
    pub cell: Option<(SelectedCell, u64, Rc<CellDigest>)>,
    /// Lines taken from histories, by plot.
    pub lines: HashMap<egui::Id, HistoryLines>,
    /// Lines made ready to be drawn, by plot.
    pub plots: HashMap<egui::Id, PlotCache>,
    /// Heatmaps, by plot.
    pub heatmaps: HashMap<egui::Id, HeatmapCache>,
}

/// What a view is given.
pub struct ViewContext<'a> {
    /// All that is shown.
    pub state: &'a AppState,
    /// What the view asks for.
    pub actions: &'a Actions,
    /// Textures and lines.
    pub caches: &'a RefCell<DrawCaches>,
    /// The views that can be seen.
    pub visible: &'a [View],
}

impl ViewContext<'_> {
    /// Asks for an action.
    pub fn send(&self, action: Action) {
        self.actions.send(action);
    }

    /// A picture, if it is ready; otherwise it is asked for.
    #[must_use]
    pub fn picture(&self, key: &AtlasKey) -> Option<Arc<Atlas>> {
        if self.state.pictures.is_missing(key) {
            self.send(Action::NeedPicture(key.clone()));
        }
        self.state.pictures.get(key).cloned()
    }

    /// A button for a command: with its text, its tooltip and shortcut, and off when it cannot be done, with the reason.
    pub fn command_button(&self, ui: &mut egui::Ui, command: UiCommand) -> egui::Response {
        self.command_button_with(ui, command, egui::Button::new(command.text(self.state)))
    }

    /// The same with a button of one's own: a text that tells it from others for the same command.
    pub fn command_button_with(&self, ui: &mut egui::Ui, command: UiCommand, button: egui::Button) -> egui::Response {
        let possible = command.possible(self.state);
        let button = ui.add_enabled(possible.is_ok(), button);
        let response = match possible {
            Ok(()) => button.on_hover_text(command.tooltip(ui.ctx())),
            Err(reason) => button.on_disabled_hover_text(reason),
        };
        if response.clicked() {
            self.send(Action::Command(command));
        }
        response
    }

    /// A line of a menu for a command.
    pub fn command_line(&self, ui: &mut egui::Ui, command: UiCommand) {
        let possible = command.possible(self.state);
        let mut button = egui::Button::new(command.text(self.state));
        if let Some(shortcut) = command.shortcut() {
            button = button.shortcut_text(ui.ctx().format_shortcut(&shortcut));
        }
        let response = ui.add_enabled(possible.is_ok(), button);
        let response = match possible {
            Ok(()) => response.on_hover_text(command.explanation()),
            Err(reason) => response.on_disabled_hover_text(reason),
        };
        if response.clicked() {
            self.send(Action::Command(command));
            ui.close();
        }
    }
}

/// Whether Enter was pressed in a field that has just lost the focus.
#[must_use]
pub fn entered(response: &egui::Response, ui: &egui::Ui) -> bool {
    response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}
