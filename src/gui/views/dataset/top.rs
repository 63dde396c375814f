//! The upper lines of the view: which dataset is shown, and opening another one.

use egui::{Align, Button, ComboBox, Label, Layout, RichText, TextEdit, Ui};

use crate::{
    domain::{BuiltinDataset, DatasetSource, units},
    gui::{
        Action, UiCommand,
        action::DatasetAction,
        context::{ViewContext, entered},
        state::{DatasetState, dataset_key},
        theme,
        widgets::status::primary_button,
    },
};

/// Draws them.
pub fn top(ui: &mut Ui, cx: &ViewContext) {
    selector(ui, cx);
    opener(ui, cx);
    if let Some(problem) = &cx.state.dataset_view.problem {
        ui.add(Label::new(RichText::new(problem).color(theme::of(ui).error)).wrap());
    }
}

/// A line that is filled from the right.
fn line(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| ui.with_layout(Layout::right_to_left(Align::Center), contents));
}

/// The datasets of the project, and the way from the shown one to the form.
fn selector(ui: &mut Ui, cx: &ViewContext) {
    let view = &cx.state.dataset_view;
    let entries = cx.state.project.as_ref().map_or(&[][..], |project| &project.record.datasets);
    let title_of = |source: &DatasetSource| {
        let entry = entries.iter().find(|entry| entry.source == *source);
        entry.map_or_else(|| source.to_string(), |entry| entry.title.clone())
    };
    line(ui, |ui| {
        condense_this(ui, cx);
        let chosen = view.source.as_ref().map_or_else(|| "No dataset".to_owned(), title_of);
        let list = ComboBox::from_id_salt("shown dataset").selected_text(chosen).width(ui.available_width()).truncate();
        let shown = list.show_ui(ui, |ui| {
            ui.set_min_width(260.0);
            for entry in entries {
                let text = format!("{}{}", entry.title, state_of(cx, &entry.source));
                let line = ui.selectable_label(view.source.as_ref() == Some(&entry.source), text);
                if line.on_hover_text(entry.source.to_string()).clicked() {
                    cx.send(Action::Dataset(DatasetAction::Show(entry.source.clone())));
                }
            }
        });
        let name = "Shown dataset";
        shown.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, name));
        shown.response.on_hover_text("The datasets of the project.");
    });
}

/// How a dataset stands, in a few words behind its title.
fn state_of(cx: &ViewContext, source: &DatasetSource) -> String {
    match cx.state.datasets.get(&dataset_key(source)) {
        Some(DatasetState::Open { info, .. }) => format!(": {}", units::count(info.train_len(), "training image")),
        Some(DatasetState::Failed(_)) => ": cannot be read".to_owned(),
        Some(DatasetState::Opening) => ": being opened…".to_owned(),
        None => String::new(),
    }
}

fn condense_this(ui: &mut Ui, cx: &ViewContext) {
    let source = cx.state.dataset_view.source.as_ref();
    let state = source.and_then(|source| cx.state.datasets.get(&dataset_key(source)));
    let open = matches!(state, Some(DatasetState::Open { .. }));
    let response = ui.add_enabled_ui(open, |ui| primary_button(ui, "Condense this")).inner;
    let response = response
        .on_hover_text("Takes the dataset into the form of a new run.")
        .on_disabled_hover_text("No dataset is open.");
    if let Some(source) = source.filter(|_| response.clicked()) {
        cx.send(Action::Dataset(DatasetAction::Condense(source.clone())));
    }
}

/// A path to type or to look for, and the embedded datasets.
fn opener(ui: &mut Ui, cx: &ViewContext) {
    let mut path = cx.state.dataset_view.typed_path.clone();
    line(ui, |ui| {
        if ui.button("Browse…").on_hover_text("Opens the system's dialog, where there is one.").clicked() {
            cx.send(Action::Browse);
        }
        let empty = path.trim().is_empty();
        let open = ui.add_enabled(!empty, Button::new("Open")).on_disabled_hover_text("Type a path first.");
        let hint = TextEdit::singleline(&mut path).id_salt("path").hint_text("path of a file or folder");
        let edit = ui.add(hint.desired_width(ui.available_width()));
        edit.widget_info(|| {
            let mut info = egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Path of a dataset");
            info.current_text_value = Some(path.clone());
            info
        });
        let edit = edit.on_hover_text(crate::gui::state::PathPurpose::OpenDataset.explanation());
        if edit.changed() {
            cx.send(Action::Dataset(DatasetAction::TypePath(path.clone())));
        }
        if open.clicked() || (entered(&edit, ui) && !empty) {
            cx.send(Action::Dataset(DatasetAction::OpenPath(path.clone())));
        }
    });
    ui.horizontal(|ui| {
        ui.weak("Embedded:");
        for (builtin, text) in [(BuiltinDataset::Digits, "Digits"), (BuiltinDataset::Shapes, "Shapes")] {
            let command = UiCommand::OpenBuiltin(builtin);
            let button = ui.button(text).on_hover_text(command.tooltip(ui.ctx()));
            if button.accessible_name(command.text(cx.state)).clicked() {
                cx.send(Action::Command(command));
            }
        }
        let hint = RichText::new("or drop files on the window").color(theme::of(ui).weak_text);
        ui.add(Label::new(hint).truncate()).on_hover_text("Files, a folder or an archive with images.");
    });
}
