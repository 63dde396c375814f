//! The menu bar. Every line is a command.

use egui::{MenuBar, Ui};

use crate::{
    domain::BuiltinDataset,
    gui::{Action, UiCommand, context::ViewContext, layout::View, settings::ThemeChoice},
};

/// Draws the menus.
pub fn menu_bar(ui: &mut Ui, cx: &ViewContext) {
    MenuBar::new().ui(ui, |ui| {
        ui.menu_button("Project", |ui| {
            lines(ui, cx, &[UiCommand::OpenProject, UiCommand::SaveProjectAs]);
            recent(ui, cx);
            ui.separator();
            lines(ui, cx, &[UiCommand::OpenDataset]);
            lines(ui, cx, &BuiltinDataset::ALL.map(UiCommand::OpenBuiltin));
            lines(ui, cx, &[UiCommand::OpenSet, UiCommand::OpenRun]);
            ui.separator();
            lines(ui, cx, &[UiCommand::Quit]);
        });
        ui.menu_button("Run", |ui| {
            lines(ui, cx, &[UiCommand::StartRun, UiCommand::CompareDistances]);
            ui.separator();
            lines(ui, cx, &[UiCommand::Pause, UiCommand::Continue, UiCommand::Stop, UiCommand::ResumeRun]);
            ui.separator();
            lines(ui, cx, &[UiCommand::ToggleCompare, UiCommand::EvaluateRun]);
            lines(ui, cx, &[UiCommand::RenameRun, UiCommand::CloneSettings]);
            ui.separator();
            lines(ui, cx, &[UiCommand::ExportSet, UiCommand::ExportRun]);
            ui.separator();
            lines(ui, cx, &[UiCommand::RemoveRun, UiCommand::Undo]);
        });
        ui.menu_button("View", |ui| {
            lines(ui, cx, &View::ALL.map(UiCommand::Show));
            ui.separator();
            lines(ui, cx, &[UiCommand::ToggleProject, UiCommand::ResetLayout]);
            ui.separator();
            themes(ui, cx);
            lines(ui, cx, &[UiCommand::LargerText, UiCommand::SmallerText, UiCommand::ResetText]);
        });
        ui.menu_button("Help", |ui| lines(ui, cx, &[UiCommand::Palette, UiCommand::Help, UiCommand::About]));
    });
}

fn lines(ui: &mut Ui, cx: &ViewContext, commands: &[UiCommand]) {
    for command in commands {
        cx.command_line(ui, *command);
    }
}

fn recent(ui: &mut Ui, cx: &ViewContext) {
    let possible = UiCommand::OpenProject.possible(cx.state).is_ok();
    ui.add_enabled_ui(possible && !cx.state.settings.recent.is_empty(), |ui| {
        ui.menu_button("Recent projects", |ui| {
            for folder in &cx.state.settings.recent {
                let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
                if ui.button(name).on_hover_text(folder.display().to_string()).clicked() {
                    cx.send(Action::Project(crate::gui::action::ProjectAction::Open(folder.clone())));
                    ui.close();
                }
            }
        });
    });
}

fn themes(ui: &mut Ui, cx: &ViewContext) {
    let choices = [(ThemeChoice::System, "As the system"), (ThemeChoice::Light, "Light"), (ThemeChoice::Dark, "Dark")];
    for (choice, label) in choices {
        if ui.radio(cx.state.settings.theme == choice, label).clicked() {
            cx.send(Action::Theme(choice));
        }
    }
}
