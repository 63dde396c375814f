//! The line at the bottom: the device, and what the engine does.

use egui::{Align, ComboBox, Layout, ProgressBar, Ui};

use crate::{
    domain::{AdapterKind, DeviceChoice, DeviceInfo, units as format},
    gui::{
        Action, UiCommand,
        context::ViewContext,
        state::{Job, JobState},
    },
};

/// The width of the progress bar, in points.
const BAR_WIDTH: f32 = 180.0;

/// Draws the line.
pub fn status_line(ui: &mut Ui, cx: &ViewContext) {
    ui.horizontal(|ui| {
        device(ui, cx);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(job) = cx.state.queue.active() {
                working(ui, cx, job);
            } else {
                let waiting = cx.state.queue.waiting().count();
                let text = match (cx.state.queue.held, waiting) {
                    (true, 1..) => format!("The queue is on hold; {} waiting", format::count(waiting, "job")),
                    _ => "Ready".to_owned(),
                };
                ui.weak(text);
            }
        });
    });
}

/// The device of new jobs, and the one that works.
fn device(ui: &mut Ui, cx: &ViewContext) {
    let devices = &cx.state.devices;
    let label = ui.weak("Device");
    let choice = devices.choice();
    let chosen = match choice {
        DeviceChoice::Auto => "automatic".to_owned(),
        DeviceChoice::Cpu => "CPU".to_owned(),
        DeviceChoice::Gpu(number) => {
            let known = devices.known.iter().find(|device| device.number.is_some() && device.number == number);
            known.map_or_else(|| choice.to_string(), |device| device.name.clone())
        }
    };
    let combo = ComboBox::from_id_salt("device").selected_text(elide(&chosen)).show_ui(ui, |ui| {
        let automatic = ui.selectable_label(choice == DeviceChoice::Auto, "automatic");
        if automatic.on_hover_text("A GPU if there is one, else the CPU.").clicked() {
            cx.send(Action::Device(DeviceChoice::Auto));
        }
        if devices.known.is_empty() {
            ui.weak("Looking for devices…");
        }
        for device in &devices.known {
            let this = device.number.map_or(DeviceChoice::Cpu, |number| DeviceChoice::Gpu(Some(number)));
            if ui.selectable_label(choice == this, describe(device)).clicked() {
                cx.send(Action::Device(this));
            }
        }
    });
    let hint = "What new jobs compute on. A running job keeps its device.";
    combo.response.labelled_by(label.id).on_hover_text(hint);
    if let Some((working, reason)) = &devices.working {
        let text = ui.weak(elide(&working.name));
        let memory = working.memory_bytes.map(|bytes| format!(", {}", format::bytes(bytes))).unwrap_or_default();
        text.on_hover_text(format!("{}{memory}: {reason}.", working.describe()));
    }
}

fn describe(device: &DeviceInfo) -> String {
    let memory = device.memory_bytes.map(|bytes| format!(", {}", format::bytes(bytes))).unwrap_or_default();
    let software = if device.kind == AdapterKind::Software { " (slow: computes on the CPU)" } else { "" };
    format!("{}{memory}{software}", device.describe())
}

fn elide(text: &str) -> String {
    const MOST: usize = 36;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}

/// What the engine does, from the right.
fn working(ui: &mut Ui, cx: &ViewContext, job: &Job) {
    cx.command_button(ui, UiCommand::Stop);
    let paused = matches!(job.state, JobState::Paused | JobState::Pausing);
    cx.command_button(ui, if paused { UiCommand::Continue } else { UiCommand::Pause });
    let progress = &job.progress;
    let text = match &job.state {
        JobState::Running => format!("{:.0} %", 100.0 * progress.fraction()),
        other => other.label().to_owned(),
    };
    let bar = ProgressBar::new(progress.fraction()).desired_width(BAR_WIDTH).text(text);
    ui.add(bar).on_hover_text(format!("{}: {}", progress.phase.label(), progress.detail));
    let left = progress.seconds_left.map(|seconds| format!(", {} left", format::duration(seconds))).unwrap_or_default();
    let line = format!("{}: {}{left}", job.title, progress.phase.label().to_lowercase());
    ui.add(egui::Label::new(line).truncate());
}
