//! The project at the left: its datasets, runs, sets and evaluations.

mod datasets;
mod results;
mod run_list;
mod run_row;

use egui::{FontSelection, Label, RichText, ScrollArea, TextEdit, TextStyle, Ui};

use crate::gui::{
    Action, UiCommand,
    action::ProjectAction,
    context::ViewContext,
    state::ProjectState,
    theme::{self, tokens},
    widgets::{icon::Icon, section::Section, status::EmptyState},
};

/// Draws the panel.
pub fn project(ui: &mut Ui, cx: &ViewContext) {
    ui.add_space(tokens::SPACE_S);
    // However little there is to show, the panel keeps its width.
    ui.take_available_width();
    let Some(project) = &cx.state.project else { return no_project(ui, cx) };
    name(ui, cx, project);
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = tokens::SPACE_XS;
        let datasets = project.record.datasets.len().to_string();
        Section::new("Datasets").note(&datasets).show(ui, |ui| datasets::datasets(ui, cx, project));
        let runs = cx.state.runs.len().to_string();
        Section::new("Runs").note(&runs).show(ui, |ui| run_list::runs(ui, cx, project));
        let sets = project.record.sets.len().to_string();
        Section::new("Synthetic sets").note(&sets).show(ui, |ui| results::sets(ui, cx, project));
        Section::new("Evaluations").show(ui, |ui| results::evaluations(ui, cx));
        results::broken(ui, cx, project);
    });
}

/// The project is being opened, or could not be.
fn no_project(ui: &mut Ui, cx: &ViewContext) {
    if let Some(problem) = &cx.state.project_problem {
        let empty = EmptyState::new(Icon::Folder, "The project could not be opened", problem);
        if empty.button("Open project…").show(ui).is_some() {
            cx.send(Action::Command(UiCommand::OpenProject));
        }
        return;
    }
    ui.horizontal(|ui| {
        ui.spinner();
        ui.label("Opening the project…");
    });
}

/// The project's name, to be edited in place; its folder under the pointer.
fn name(ui: &mut Ui, cx: &ViewContext, project: &ProjectState) {
    let mut name = project.record.name.clone();
    let heading = FontSelection::Style(TextStyle::Heading);
    let edit = TextEdit::singleline(&mut name).font(heading).hint_text("Name of the project").frame(egui::Frame::NONE);
    let response = ui.add(edit.desired_width(f32::INFINITY)).accessible_name("Name of the project");
    let hover = format!("The project lies in {}.\nClick to change its name.", project.folder.display());
    if response.on_hover_text(hover).changed() {
        cx.send(Action::Project(ProjectAction::Rename(name)));
    }
}

/// A line of less important text that stands in an empty section.
fn hint(ui: &mut Ui, text: &str) {
    ui.add(Label::new(RichText::new(text).small().color(theme::of(ui).weak_text)).wrap());
}
