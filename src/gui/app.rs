//! The window's loop: first what happened is taken in, without drawing; then all is drawn, without deciding anything.

use std::{cell::RefCell, path::PathBuf};

use egui::{CentralPanel, Context, Frame, Panel, Ui, ViewportCommand};
use egui_tiles::{Behavior, SimplificationOptions, TileId, Tiles, UiResponse};

use super::{
    Action, Services, UiCommand,
    action_handling::Controller,
    context::{Actions, DrawCaches, ViewContext},
    layout::View,
    settings::{Settings, ThemeChoice},
    shell,
    state::AppState,
    theme, views,
};

/// The narrowest and the usual width of the project panel, in points.
const PROJECT_WIDTH: (f32, f32) = (200.0, 250.0);

/// The window.
pub struct DewpointApp {
    controller: Controller,
    actions: Actions,
    caches: RefCell<DrawCaches>,
    /// The theme and text size that are in force.
    applied: Option<(ThemeChoice, f32)>,
    /// Called once the first frame was drawn.
    first_frame: Option<Box<dyn FnOnce()>>,
    /// Whether the system asked to end.
    asked_to_end: Box<dyn Fn() -> bool>,
}

impl DewpointApp {
    /// A window on the project in a folder.
    #[must_use]
    pub fn new(ctx: &Context, services: Box<dyn Services>, settings: Settings, project: PathBuf) -> Self {
        let wake_context = ctx.clone();
        let wake = move || -> Box<dyn Fn() + Send> {
            let ctx = wake_context.clone();
            Box::new(move || ctx.request_repaint())
        };
        let controller = Controller::new(services, settings, project, wake);
        let mut app = Self {
            controller,
            actions: Actions::default(),
            caches: RefCell::default(),
            applied: None,
            first_frame: None,
            asked_to_end: Box::new(|| false),
        };
        app.apply_theme(ctx);
        app
    }

    /// Has `told` called once the first frame was drawn, and closes, after saving, when `ended` says so.
    #[must_use]
    pub fn supervised(mut self, told: impl FnOnce() + 'static, ended: impl Fn() -> bool + 'static) -> Self {
        self.first_frame = Some(Box::new(told));
        self.asked_to_end = Box::new(ended);
        self
    }

    /// All that is shown.
    #[must_use]
    pub const fn state(&self) -> &AppState {
        &self.controller.state
    }

    /// The state to begin a test or a benchmark with.
    pub const fn state_mut(&mut self) -> &mut AppState {
        &mut self.controller.state
    }

    /// Carries out an action as if a view had asked for it.
    pub fn act(&mut self, action: Action) {
        self.controller.handle(action);
    }

    /// Lays a view beside another one, as a person would by dragging its tab.
    pub fn place_beside(&mut self, view: View, other: View) {
        self.controller.layout.place_beside(view, other);
    }

    /// Shows nothing but one view.
    #[cfg(test)]
    pub(in crate::gui) fn show_only(&mut self, view: View) {
        self.controller.layout = super::layout::Layout::only(view);
        self.controller.state.settings.show_project = false;
    }

    /// The views that can be seen.
    #[must_use]
    pub fn visible(&self) -> Vec<View> {
        self.controller.layout.visible()
    }

    /// Takes in what happened since the last frame. Draws nothing.
    pub fn take_in(&mut self, ctx: &Context) {
        self.controller.drain();
        self.closing(ctx);
        self.apply_theme(ctx);
    }

    /// Draws everything, and carries out what was asked for.
    pub fn draw(&mut self, ui: &mut Ui) {
        self.take_input(ui.ctx());
        let visible = self.controller.layout.visible();
        let cx = ViewContext {
            state: &self.controller.state,
            actions: &self.actions,
            caches: &self.caches,
            visible: &visible,
        };
        Panel::top("menu").show(ui, |ui| shell::menu_bar(ui, &cx));
        Panel::bottom("status").show(ui, |ui| shell::status_line(ui, &cx));
        if cx.state.settings.show_project {
            let (narrowest, usual) = PROJECT_WIDTH;
            let panel = Panel::left("project").min_size(narrowest).default_size(usual);
            panel.show(ui, |ui| views::project(ui, &cx));
        }
        CentralPanel::default().frame(Frame::new().fill(theme::of(ui).background)).show(ui, |ui| {
            self.controller.layout.tree.ui(&mut Workbench { cx: &cx }, ui);
        });
        shell::dialogs(ui, &cx);
        shell::palette(ui, &cx);
        shell::notices(ui, &cx);
        shell::drop_hint(ui);
        let asked = self.actions.take();
        if !asked.is_empty() {
            // What they change is to be seen at once.
            ui.ctx().request_repaint();
        }
        for action in asked {
            self.controller.handle(action);
        }
    }

    /// Shortcuts and dropped files become actions.
    fn take_input(&self, ctx: &Context) {
        let typing = ctx.text_edit_focused();
        // A shortcut also fits when more keys are held down: those with more of them come first.
        let mut commands = UiCommand::all();
        commands.sort_by_key(|command| command.shortcut().is_some_and(|shortcut| !shortcut.modifiers.shift));
        for command in commands {
            if typing && command.is_typed() {
                continue;
            }
            if let Some(shortcut) = command.shortcut()
                && ctx.input_mut(|input| input.consume_shortcut(&shortcut))
            {
                self.actions.send(Action::Command(command));
            }
        }
        let dropped: Vec<PathBuf> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        if !dropped.is_empty() {
            self.actions.send(Action::Dropped(dropped));
        }
    }

    fn closing(&mut self, ctx: &Context) {
        if (self.asked_to_end)() {
            self.controller.handle(Action::Close { stop: true });
        }
        let asked = ctx.input(|input| input.viewport().close_requested());
        if asked && !self.controller.may_close() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
        } else if self.controller.closes_now() {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    fn apply_theme(&mut self, ctx: &Context) {
        let settings = &self.controller.state.settings;
        let wanted = (settings.theme, settings.text_scale);
        if self.applied == Some(wanted) {
            return;
        }
        theme::apply(ctx, settings.text_scale);
        ctx.set_theme(match settings.theme {
            ThemeChoice::System => egui::ThemePreference::System,
            ThemeChoice::Light => egui::ThemePreference::Light,
            ThemeChoice::Dark => egui::ThemePreference::Dark,
        });
        self.applied = Some(wanted);
    }
}

impl eframe::App for DewpointApp {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.take_in(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.draw(ui);
        // The second frame begins once the first is on the screen.
        let second = ui.ctx().cumulative_pass_nr() > 1;
        match self.first_frame.take_if(|_| second) {
            Some(told) => told(),
            None if !second => ui.ctx().request_repaint(),
            None => {}
        }
    }
}

/// The docked views.
struct Workbench<'a> {
    cx: &'a ViewContext<'a>,
}

impl Behavior<View> for Workbench<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, view: &mut View) -> UiResponse {
        Frame::new().inner_margin(theme::tokens::SPACE_M).show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            ui.push_id(*view, |ui| views::show(*view, ui, self.cx));
        });
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, view: &View) -> egui::WidgetText {
        view.label().into()
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..SimplificationOptions::default() }
    }

    fn is_tab_closable(&self, _tiles: &Tiles<View>, _tile: TileId) -> bool {
        false
    }
}
