//! The runs: sorted, filtered, moved through by the arrow keys. Only the rows that can be seen are drawn.

use std::path::{Path, PathBuf};

use egui::{Align, Key, Layout, Modifiers, Response, TextEdit, Ui, vec2};

use super::{hint, run_row};
use crate::gui::{
    Action, UiCommand,
    action::{ProjectAction, RunAction},
    context::ViewContext,
    layout::View,
    state::{JobState, ProjectState, SortBy},
    widgets::row_list::RowList,
};

/// Draws the runs with their filter and order.
pub fn runs(ui: &mut Ui, cx: &ViewContext, project: &ProjectState) {
    if cx.state.runs.is_empty() {
        hint(
            ui,
            "No runs yet. Look at the settings under Condense and press Start: the first run takes about a minute.",
        );
        cx.command_button(ui, UiCommand::Show(View::Condense));
        return;
    }
    tools(ui, cx, project);
    let mut caches = cx.caches.borrow_mut();
    let folders = caches.run_order.update(cx.state);
    if folders.is_empty() {
        hint(ui, "No run fits the filter.");
    }
    list(ui, cx, folders);
}

/// The filter and the order.
fn tools(ui: &mut Ui, cx: &ViewContext, project: &ProjectState) {
    let size = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        let sort = ui.menu_button("Sort", |ui| {
            for sort in SortBy::ALL {
                if ui.radio(project.sort == sort, sort.label()).clicked() {
                    cx.send(Action::Project(ProjectAction::Sort(sort)));
                    ui.close();
                }
            }
        });
        sort.response.accessible_name("Order of runs").on_hover_text(format!("Order: {}", project.sort.label()));
        let mut filter = project.filter.clone();
        let edit = TextEdit::singleline(&mut filter).hint_text("Filter").desired_width(ui.available_width());
        let response = ui.add(edit).accessible_name("Filter runs");
        let hover = "Only runs whose title, dataset, settings, state or notes hold these words.";
        if response.on_hover_text(hover).changed() {
            cx.send(Action::Project(ProjectAction::Filter(filter)));
        }
    });
}

fn list(ui: &mut Ui, cx: &ViewContext, folders: &[PathBuf]) {
    let current = cx.state.runs.selected.as_ref();
    let selected = current.and_then(|current| folders.iter().position(|folder| folder == current));
    let list = RowList { name: "Runs of the project", id_salt: "runs", rows: folders.len(), small_lines: 2, selected };
    let response = list.show(ui, |ui, row, rect| {
        let Some(run) = cx.state.runs.get(&folders[row]) else { return false };
        let response = run_row::row(ui, cx, run, rect);
        answer(cx, &folders[row], &response);
        response.clicked() || response.secondary_clicked()
    });
    if let Some(wanted) = response.wanted.filter(|_| response.wanted != selected) {
        cx.send(Action::Run(RunAction::Select(folders[wanted].clone())));
    }
    let pressed = |key| response.has_focus && ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::Delete) {
        cx.send(Action::Command(UiCommand::RemoveRun));
    } else if pressed(Key::Enter) {
        cx.send(Action::Command(UiCommand::Show(View::Gallery)));
    }
}

fn answer(cx: &ViewContext, folder: &Path, response: &Response) {
    if response.double_clicked() {
        cx.send(Action::Command(UiCommand::Show(View::Gallery)));
    }
    let selected = cx.state.runs.selected.as_deref() == Some(folder);
    // The commands of the menu are about the selected run.
    if (response.clicked() || response.secondary_clicked()) && !selected {
        cx.send(Action::Run(RunAction::Select(folder.to_owned())));
    }
    response.context_menu(|ui| menu(ui, cx, folder));
}

/// The commands for a run, which is the selected one.
fn menu(ui: &mut Ui, cx: &ViewContext, folder: &Path) {
    for command in [UiCommand::Show(View::Gallery), UiCommand::Show(View::Plots)] {
        cx.command_line(ui, command);
    }
    ui.separator();
    let job = cx.state.queue.of_run(folder).filter(|job| job.state.is_active());
    if let Some(job) = job {
        let paused = matches!(job.state, JobState::Paused | JobState::Pausing);
        cx.command_line(ui, if paused { UiCommand::Continue } else { UiCommand::Pause });
        cx.command_line(ui, UiCommand::Stop);
        ui.separator();
    }
    for command in [UiCommand::ResumeRun, UiCommand::EvaluateRun, UiCommand::ToggleCompare, UiCommand::CloneSettings] {
        cx.command_line(ui, command);
    }
    ui.separator();
    for command in [UiCommand::RenameRun, UiCommand::ExportSet, UiCommand::ExportRun] {
        cx.command_line(ui, command);
    }
    ui.separator();
    cx.command_line(ui, UiCommand::RemoveRun);
}
