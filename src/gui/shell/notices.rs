//! Short notices at the lower right, and the hint while files hang over the window.

use egui::{Align2, Area, Frame, Id, Order, Ui, vec2};

use crate::gui::{
    Action,
    context::ViewContext,
    state::{LogLevel, Toast, ToastAction},
    theme,
};

/// The width of a notice and its distance from the edges, in points.
const WIDTH: f32 = 340.0;
const DISTANCE: f32 = 12.0;
/// The height of the status line that notices keep clear of.
const ABOVE: f32 = 36.0;

/// Draws the notices, the newest at the bottom.
pub fn notices(ui: &mut Ui, cx: &ViewContext) {
    if cx.state.toasts.is_empty() {
        return;
    }
    let area = Area::new(Id::unique("notices")).order(Order::Foreground);
    area.anchor(Align2::RIGHT_BOTTOM, vec2(-DISTANCE, -ABOVE)).show(ui.ctx(), |ui| {
        for toast in &cx.state.toasts {
            notice(ui, cx, toast);
        }
    });
    // They go after a while without anybody moving.
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(500));
}

fn notice(ui: &mut Ui, cx: &ViewContext, toast: &Toast) {
    let palette = theme::of(ui);
    let (mark, color) = match toast.level {
        LogLevel::Info => ("Done", palette.success),
        LogLevel::Warning => ("Note", palette.warning),
        LogLevel::Error => ("Error", palette.error),
    };
    Frame::popup(ui.style()).stroke((1.0, color)).show(ui, |ui| {
        ui.set_width(WIDTH);
        ui.horizontal_top(|ui| {
            ui.colored_label(color, mark);
            let text = ui.available_width() - 90.0;
            ui.scope(|ui| {
                ui.set_max_width(text);
                ui.label(&toast.message);
            });
            if let Some(action) = toast.action {
                let label = match action {
                    ToastAction::Undo => "Undo",
                    ToastAction::ShowLog => "Log",
                };
                if ui.button(label).clicked() {
                    cx.send(Action::Toast { id: toast.id, taken: Some(action) });
                }
            }
            if ui.small_button("×").on_hover_text("Close this notice").clicked() {
                cx.send(Action::Toast { id: toast.id, taken: None });
            }
        });
    });
}

/// Tells what will happen while files hang over the window.
pub fn drop_hint(ui: &Ui) {
    let hovering = ui.ctx().input(|input| !input.raw.hovered_files.is_empty());
    if !hovering {
        return;
    }
    let painter = ui.ctx().layer_painter(egui::LayerId::new(Order::Foreground, Id::unique("drop hint")));
    let screen = ui.ctx().content_rect();
    let palette = theme::of(ui);
    painter.rect_filled(screen, 0.0, palette.shadow);
    painter.text(
        screen.center(),
        Align2::CENTER_CENTER,
        "Drop a dataset, a synthetic set, a contact sheet, a run or a project",
        egui::TextStyle::Heading.resolve(ui.style()),
        palette.strong_text,
    );
}
