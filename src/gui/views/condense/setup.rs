//! What is condensed, from which settings one begins, and what computes.

use egui::{Button, TextEdit, Ui, containers::menu::MenuButton, containers::menu::MenuConfig};

use super::rows::{self, Note, choice, item, list, row};
use crate::{
    domain::{
        AdapterKind, BuiltinDataset, DatasetInfo, DatasetSource, DeviceChoice, DeviceInfo, Preset, builtin_presets,
        units,
    },
    gui::{
        Action, UiCommand,
        action::{FormAction, ProjectAction},
        context::{ViewContext, entered},
        state::DatasetState,
        widgets::icon::{Icon, icon_button},
    },
};

/// Which dataset is condensed.
pub fn dataset(ui: &mut Ui, cx: &ViewContext) {
    let form = &cx.state.form;
    let entries = cx.state.project.as_ref().map_or(&[][..], |project| &project.record.datasets);
    let title_of = |source: &DatasetSource| {
        let entry = entries.iter().find(|entry| entry.source == *source);
        entry.map_or_else(|| source.to_string(), |entry| entry.title.clone())
    };
    let chosen = form.source.as_ref().map_or_else(|| "Choose…".to_owned(), title_of);
    let note = match super::dataset_state(cx) {
        None => Note::None,
        Some(DatasetState::Opening) => Note::Plain("is being opened…".to_owned()),
        Some(DatasetState::Failed(problem)) => Note::Error(problem.clone()),
        Some(DatasetState::Open { info, .. }) => Note::Plain(facts(info)),
    };
    let tooltip = "The real images that are condensed. More can be opened from files, a folder or an archive, or dropped on \
                   the window.";
    choice(ui, "Dataset", tooltip, &chosen, &note, |ui| {
        rows::scrolled(ui, |ui| {
            for entry in entries {
                let about = match &entry.source {
                    DatasetSource::Builtin(_) => "embedded".to_owned(),
                    DatasetSource::Files { path, .. } => path.display().to_string(),
                };
                if item(ui, form.source.as_ref() == Some(&entry.source), &entry.title, &about) {
                    cx.send(Action::Form(FormAction::Source(entry.source.clone())));
                }
            }
            for builtin in BuiltinDataset::ALL {
                let source = DatasetSource::Builtin(builtin);
                if !entries.iter().any(|entry| entry.source == source) {
                    let chosen = form.source.as_ref() == Some(&source);
                    if item(ui, chosen, builtin.name(), "embedded; drawn by the program") {
                        cx.send(Action::Form(FormAction::Source(source)));
                    }
                }
            }
            ui.separator();
            cx.command_line(ui, UiCommand::OpenDataset);
        });
    });
}

/// What is known of a dataset, in a line.
fn facts(info: &DatasetInfo) -> String {
    let images = units::count(info.train_len(), "training image");
    format!("{}, {}, {images}", info.shape.describe(), units::plural(info.classes(), "class", "classes"))
}

/// Which settings are taken as a whole, and keeping those of the form.
pub fn preset(ui: &mut Ui, cx: &ViewContext) {
    let form = &cx.state.form;
    let presets = builtin_presets();
    let own = cx.state.project.as_ref().map_or(&[][..], |project| &project.record.presets);
    let chosen = form.preset.as_deref();
    let explanation = match chosen {
        None => "none as it is: the fields were changed",
        Some(name) if own.iter().any(|preset| preset.name == name) => "settings that you kept",
        Some(name) => presets.iter().find(|preset| preset.name == name).map_or("", |preset| preset.explanation),
    };
    let tooltip = "Fills the form: the distance, the level, the network, the iterations and the advanced fields. The dataset \
                   and the evaluation stay.";
    let note = Note::Plain(explanation.to_owned());
    row(ui, "Preset", tooltip, &note, |ui, label| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            keep(ui, cx, own);
            let width = ui.available_width();
            let shown = chosen.unwrap_or("Your settings");
            let response = list(ui, "Preset", shown, width, |ui| {
                for preset in &presets {
                    if item(ui, chosen == Some(preset.name), preset.name, preset.explanation) {
                        cx.send(Action::Form(FormAction::Preset(preset.name.to_owned())));
                    }
                }
                if !own.is_empty() {
                    ui.separator();
                }
                for preset in own {
                    own_preset(ui, cx, preset, chosen);
                }
            });
            response.labelled_by(label).on_hover_text(tooltip);
        });
    });
}

/// A preset that a person kept, and the way to be rid of it.
fn own_preset(ui: &mut Ui, cx: &ViewContext, preset: &Preset, chosen: Option<&str>) {
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        if icon_button(ui, Icon::Cross, &format!("Delete the preset {}", preset.name)).clicked() {
            cx.send(Action::Project(ProjectAction::RemovePreset(preset.name.clone())));
        }
        let config = &preset.config;
        let about = format!(
            "{}, {} a class, {}, {} iterations",
            config.architecture, config.images_per_class, config.distance, config.iterations
        );
        if item(ui, chosen == Some(&preset.name), &preset.name, &about) {
            cx.send(Action::Form(FormAction::Preset(preset.name.clone())));
        }
    });
}

/// The button that keeps the form's settings under a name.
fn keep(ui: &mut Ui, cx: &ViewContext, own: &[Preset]) {
    let config = MenuConfig::new().close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    let (button, _) = MenuButton::new("Keep…").config(config).ui(ui, |ui| {
        let form = &cx.state.form;
        let mut name = form.preset_name.clone();
        let label = ui.label("Keep these settings as");
        let edit = TextEdit::singleline(&mut name).hint_text("name of the preset").desired_width(220.0);
        let response = ui.add(edit).labelled_by(label.id);
        if ui.memory(|memory| memory.focused().is_none()) {
            response.request_focus();
        }
        if response.changed() {
            cx.send(Action::Form(FormAction::PresetName(name.clone())));
        }
        let trimmed = name.trim();
        let problem = if trimmed.is_empty() {
            Some("Type a name first.")
        } else if builtin_presets().iter().any(|preset| preset.name == trimmed) {
            Some("A preset of the program has this name; choose another.")
        } else if form.check.plan.is_none() && form.config().is_err() {
            Some("Mend the fields that are marked first.")
        } else {
            None
        };
        let exists = own.iter().any(|preset| preset.name == trimmed);
        let text = if exists { "Replace the preset" } else { "Keep as preset" };
        let confirm = ui.add_enabled(problem.is_none(), Button::new(text));
        let confirm = confirm.on_disabled_hover_text(problem.unwrap_or_default());
        if (confirm.clicked() || entered(&response, ui))
            && problem.is_none()
            && let Ok(config) = form.config()
        {
            cx.send(Action::Project(ProjectAction::AddPreset(Preset { name: trimmed.to_owned(), config })));
            ui.close();
        }
        let hint = problem.filter(|_| !trimmed.is_empty()).unwrap_or("It stays with the project.");
        ui.weak(hint);
    });
    button.on_hover_text("Keeps the settings of the form, without dataset and evaluation, as a preset of your own.");
}

/// What new jobs compute on.
pub fn device(ui: &mut Ui, cx: &ViewContext) {
    let devices = &cx.state.devices;
    let choice_now = devices.choice();
    let known = |choice: DeviceChoice| devices.known.iter().find(|device| choice_of(device) == choice);
    let chosen = match (choice_now, &cx.state.form.cost.device) {
        (DeviceChoice::Auto, Some(device)) => format!("automatic: {}", device.name),
        (DeviceChoice::Auto, None) => "automatic".to_owned(),
        (choice, _) => known(choice).map_or_else(|| choice.to_string(), DeviceInfo::describe),
    };
    let note = match &devices.warning {
        Some(warning) => Note::Warning(warning.clone()),
        None if devices.known.is_empty() => Note::Plain("looking for devices…".to_owned()),
        None if known(choice_now).is_some_and(|device| device.kind == AdapterKind::Software) => {
            Note::Warning("slow: this driver computes on the CPU; choose the CPU itself".to_owned())
        }
        None => Note::Plain("for this run and those after it".to_owned()),
    };
    let tooltip = "What computes the run: a graphics card or the CPU. Automatic takes a GPU if there is one, else the CPU. A \
                   running job keeps its device.";
    choice(ui, "Compute on", tooltip, &chosen, &note, |ui| {
        if item(ui, choice_now == DeviceChoice::Auto, "automatic", "A GPU if there is one, else the CPU.") {
            cx.send(Action::Device(DeviceChoice::Auto));
        }
        for device in &devices.known {
            let memory = device.memory_bytes.map(|bytes| format!("{} of memory", units::bytes(bytes)));
            let about = match device.kind {
                AdapterKind::Software => "slow: computes on the CPU".to_owned(),
                _ => memory.unwrap_or_default(),
            };
            let this = choice_of(device);
            if item(ui, choice_now == this, &device.describe(), &about) {
                cx.send(Action::Device(this));
            }
        }
    });
}

fn choice_of(device: &DeviceInfo) -> DeviceChoice {
    device.number.map_or(DeviceChoice::Cpu, |number| DeviceChoice::Gpu(Some(number)))
}
