//! What came of runs: sets from files, evaluations, and runs that cannot be read.

use egui::{Button, Label, RichText, Ui};

use super::hint;
use crate::{
    domain::{EvaluationCell, Export, SetFormat, Summary},
    gui::{
        Action, UiCommand,
        action::{GalleryAction, ProjectAction, RunAction},
        context::ViewContext,
        state::{CONDENSED, ProjectState, RunView},
        theme,
        widgets::section::Section,
    },
};

/// A line that can be clicked: a text at the left and one at the right.
fn line(ui: &mut Ui, text: &str, right: &str, selected: bool) -> egui::Response {
    let button = Button::selectable(selected, text).right_text(RichText::new(right).weak()).truncate();
    ui.add_sized([ui.available_width(), ui.spacing().interact_size.y], button)
}

/// Sets that were opened from files.
pub fn sets(ui: &mut Ui, cx: &ViewContext, project: &ProjectState) {
    if project.record.sets.is_empty() {
        hint(ui, "Synthetic sets from files. Those of runs are saved in the run's folder.");
    }
    for entry in &project.record.sets {
        let shown = cx.state.gallery.set_file.as_ref() == Some(&entry.path);
        let images = cx.state.sets.get(&entry.path).map(|loaded| format!("{} images", loaded.set.images.len()));
        let response = line(ui, &entry.title, &images.unwrap_or_default(), shown);
        let response = response.accessible_name(format!("Set {}", entry.title));
        let response = response.on_hover_text(entry.path.display().to_string());
        if response.clicked() {
            cx.send(Action::Gallery(GalleryAction::ShowSet(Some(entry.path.clone()))));
        }
        response.context_menu(|ui| {
            if ui.button("Export…").clicked() {
                let export = Export::SetFile { path: entry.path.clone(), format: SetFormat::Npz };
                cx.send(Action::AskExport { export, name: entry.title.clone() });
                ui.close();
            }
            if ui.button("Take out of the project").clicked() {
                cx.send(Action::Project(ProjectAction::RemoveSet(entry.path.clone())));
                ui.close();
            }
        });
    }
    cx.command_button(ui, UiCommand::OpenSet);
}

/// Runs with results, each with the best accuracy of its synthetic set.
pub fn evaluations(ui: &mut Ui, cx: &ViewContext) {
    let evaluated: Vec<&RunView> = cx.state.runs.iter().filter(|run| has_results(run)).collect();
    if evaluated.is_empty() {
        hint(ui, "How good the images are: accuracies of networks that were trained on them.");
        cx.command_button(ui, UiCommand::EvaluateRun);
    }
    let row = ui.spacing().interact_size.y;
    for run in evaluated {
        // A line that cannot be seen only takes its room.
        let line = egui::Rect::from_min_size(ui.cursor().min, egui::vec2(ui.available_width(), row));
        if ui.is_rect_visible(line) {
            evaluation(ui, cx, run);
        } else {
            ui.allocate_space(line.size());
        }
    }
}

fn evaluation(ui: &mut Ui, cx: &ViewContext, run: &RunView) {
    let Some((network, accuracy)) = best(run) else { return };
    let folder = &run.summary.folder;
    let title = cx.state.run_title(folder);
    let right = format!("{:.1} %", 100.0 * accuracy.mean);
    let chosen = cx.state.evaluate.runs.contains(folder);
    let response = line(ui, &title, &right, chosen).accessible_name(format!("Evaluation of {title}"));
    let hover = format!("{title}\nbest test accuracy of its synthetic images: {accuracy} %{network}");
    if response.on_hover_text(hover).clicked() {
        cx.send(Action::Run(RunAction::Select(folder.clone())));
        cx.send(Action::Command(UiCommand::EvaluateRun));
    }
}

fn has_results(run: &RunView) -> bool {
    let mut cells = run.evaluation.iter().flat_map(|(_, table)| &table.cells);
    run.summary.accuracy.is_some() || cells.any(|cell| cell.set == CONDENSED && !cell.results.is_empty())
}

/// The best accuracy of a run's synthetic images and, where it is known, the network that reached it.
fn best(run: &RunView) -> Option<(String, Summary)> {
    let table = run.evaluation.iter().flat_map(|(_, table)| &table.cells);
    let cells = table.filter(|cell| cell.set == CONDENSED);
    let accuracies = cells.filter_map(|cell: &EvaluationCell| Some((cell.architecture, cell.accuracy()?)));
    let best = accuracies.max_by(|a, b| a.1.mean.total_cmp(&b.1.mean));
    let loaded = best.map(|(network, accuracy)| (format!(", by {network}"), accuracy));
    loaded.or_else(|| Some((String::new(), run.summary.accuracy?)))
}

/// Runs whose folders cannot be read.
pub fn broken(ui: &mut Ui, _cx: &ViewContext, project: &ProjectState) {
    if project.broken.is_empty() {
        return;
    }
    let count = project.broken.len().to_string();
    Section::new("Cannot be read").note(&count).show(ui, |ui| {
        for run in &project.broken {
            let name = run.folder.file_name().unwrap_or(run.folder.as_os_str()).to_string_lossy();
            ui.add(Label::new(name).truncate()).on_hover_text(run.folder.display().to_string());
            let problem = RichText::new(&run.problem).small().color(theme::of(ui).error);
            ui.add(Label::new(problem).wrap().selectable(true));
        }
    });
}
