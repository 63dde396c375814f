//! The runs: sorted, filtered, moved through by the arrow keys. Only the rows that can be seen are drawn.

use std::path::{Path, PathBuf};

use egui::{
    Align, EventFilter, Id, Key, Layout, Modifiers, Rect, Response, Role, Sense, Stroke, StrokeKind, TextEdit, Ui,
    WidgetInfo, pos2, vec2,
};

use super::{hint, run_row};
use crate::gui::{
    Action, UiCommand,
    action::{ProjectAction, RunAction},
    context::ViewContext,
    layout::View,
    state::{JobState, ProjectState, SortBy},
    theme::{self, tokens},
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
    let height = run_row::height(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height * folders.len() as f32), Sense::hover());
    let id = ui.make_persistent_id("runs");
    let whole = ui.interact(rect, id, Sense::focusable_noninteractive());
    whole.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, "Runs of the project"));
    let row_rect = |row: usize| {
        let top = rect.top() + height * row as f32;
        Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + height))
    };
    for (row, folder) in folders.iter().enumerate() {
        let Some(run) = cx.state.runs.get(folder).filter(|_| ui.is_rect_visible(row_rect(row))) else { continue };
        let response = run_row::row(ui, cx, run, row_rect(row));
        if response.clicked() || response.secondary_clicked() {
            whole.request_focus();
        }
        answer(cx, folder, &response);
    }
    if whole.has_focus() {
        let outline = Stroke::new(tokens::STROKE_FOCUS, theme::of(ui).accent);
        ui.painter().rect_stroke(rect, tokens::RADIUS_S, outline, StrokeKind::Inside);
        if let Some(row) = keyboard(ui, cx, folders, id) {
            ui.scroll_to_rect(row_rect(row), None);
        }
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

/// What the keys ask for while the list has the focus; the row that is to be seen.
fn keyboard(ui: &Ui, cx: &ViewContext, folders: &[PathBuf], id: Id) -> Option<usize> {
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::Delete) {
        cx.send(Action::Command(UiCommand::RemoveRun));
        return None;
    }
    if pressed(Key::Enter) {
        cx.send(Action::Command(UiCommand::Show(View::Gallery)));
        return None;
    }
    let last = folders.len().checked_sub(1)?;
    let selected = cx.state.runs.selected.as_ref();
    let current = selected.and_then(|selected| folders.iter().position(|folder| folder == selected));
    let wanted = if pressed(Key::ArrowDown) {
        current.map_or(0, |row| (row + 1).min(last))
    } else if pressed(Key::ArrowUp) {
        current.map_or(last, |row| row.saturating_sub(1))
    } else if pressed(Key::Home) {
        0
    } else if pressed(Key::End) {
        last
    } else {
        return None;
    };
    if current != Some(wanted) {
        cx.send(Action::Run(RunAction::Select(folders[wanted].clone())));
    }
    Some(wanted)
}
