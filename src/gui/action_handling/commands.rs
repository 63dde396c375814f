//! The commands of menus, palette and keyboard.

use std::path::PathBuf;

use super::Controller;
use crate::{
    domain::{DatasetSource, Export, SetFormat},
    gui::{
        UiCommand,
        action::{CompareAction, DatasetAction, FormAction, RunAction},
        layout::Layout,
        settings::{Settings, ThemeChoice},
        state::{Dialog, LogLevel, PaletteState, PathPurpose},
    },
    worker::StopLevel,
};

impl Controller {
    /// Carries out a command, or says why it cannot be done now.
    pub(super) fn carry_out(&mut self, command: UiCommand) {
        self.state.palette.open = false;
        if let Err(reason) = command.possible(&self.state) {
            return self.notice(LogLevel::Warning, reason, None);
        }
        match command {
            UiCommand::OpenProject => self.ask_path(PathPurpose::OpenProject),
            UiCommand::SaveProjectAs => self.ask_path(PathPurpose::SaveProjectAs),
            UiCommand::OpenDataset => self.ask_path(PathPurpose::OpenDataset),
            UiCommand::OpenSet => self.ask_path(PathPurpose::OpenSet),
            UiCommand::OpenRun => self.ask_path(PathPurpose::OpenRun),
            UiCommand::OpenBuiltin(which) => self.change_dataset(DatasetAction::Open(DatasetSource::Builtin(which))),
            UiCommand::StartRun => self.change_form(FormAction::Start),
            UiCommand::CompareDistances => {
                self.state.dialog = Some(Dialog::CompareDistances(UiCommand::compared_distances()));
            }
            UiCommand::Pause => self.pause(),
            UiCommand::Continue => self.go_on(),
            UiCommand::Stop => self.stop(StopLevel::Now),
            UiCommand::Undo => self.undo(),
            UiCommand::Show(view) => self.layout.show(view),
            UiCommand::ToggleProject => self.state.settings.show_project ^= true,
            UiCommand::ResetLayout => self.layout = Layout::default(),
            UiCommand::ToggleTheme => {
                let light = self.state.settings.theme == ThemeChoice::Light;
                self.state.settings.theme = if light { ThemeChoice::Dark } else { ThemeChoice::Light };
            }
            UiCommand::LargerText => self.state.settings.scale_text(1),
            UiCommand::SmallerText => self.state.settings.scale_text(-1),
            UiCommand::ResetText => self.state.settings.text_scale = Settings::default().text_scale,
            UiCommand::Palette => self.state.palette = PaletteState { open: true, ..PaletteState::default() },
            UiCommand::Help => self.state.dialog = Some(Dialog::Help),
            UiCommand::About => self.state.dialog = Some(Dialog::About),
            UiCommand::Quit => {
                if self.may_close() {
                    self.ready_to_close = true;
                }
            }
            UiCommand::ResumeRun
            | UiCommand::ToggleCompare
            | UiCommand::EvaluateRun
            | UiCommand::RenameRun
            | UiCommand::CloneSettings
            | UiCommand::RemoveRun
            | UiCommand::ExportSet
            | UiCommand::ExportRun => self.carry_out_on_run(command),
        }
    }

    /// The commands that are about the selected run.
    fn carry_out_on_run(&mut self, command: UiCommand) {
        let Some(folder) = self.state.runs.selected.clone() else { return };
        match command {
            UiCommand::ResumeRun => self.resume(folder),
            UiCommand::ToggleCompare => self.change_comparison(CompareAction::Toggle(folder)),
            UiCommand::EvaluateRun => self.choose_for_evaluation(&folder),
            UiCommand::RenameRun => self.ask_description(folder),
            UiCommand::CloneSettings => self.change_run(RunAction::CloneSettings(folder)),
            UiCommand::RemoveRun => self.change_run(RunAction::Remove(folder)),
            UiCommand::ExportSet => {
                let name = self.state.run_title(&folder);
                let experiment = self.state.gallery.experiment;
                self.ask_export(Export::RunSet { folder, experiment, format: SetFormat::Safetensors }, &name);
            }
            UiCommand::ExportRun => {
                let name = self.state.run_title(&folder);
                self.ask_export(Export::Run { folder }, &name);
            }
            _ => {}
        }
    }

    fn ask_path(&mut self, purpose: PathPurpose) {
        self.state.dialog = Some(Dialog::Path { purpose, path: String::new() });
    }

    fn ask_description(&mut self, folder: PathBuf) {
        let notes = self.state.project.as_ref().and_then(|project| project.notes_of(&folder)).cloned();
        let notes = notes.unwrap_or_default();
        self.state.dialog = Some(Dialog::Rename { folder, title: notes.title, notes: notes.notes });
    }
}
