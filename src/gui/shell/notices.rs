//! Short notices at the lower right, and the hint while files hang over the window.

use egui::{Align2, Id, LayerId, Order, Ui};

use crate::gui::{
    Action,
    context::ViewContext,
    state::{LogLevel, ToastAction},
    theme,
    widgets::toast::{Toast, ToastAnswer, ToastKind, show_toasts},
};

/// How long a notice stays, in seconds; errors stay until they are closed.
const SECONDS: f32 = 8.0;

/// Draws the notices.
pub fn notices(ui: &Ui, cx: &ViewContext) {
    let shown: Vec<Toast> = cx
        .state
        .toasts
        .iter()
        .map(|notice| Toast {
            id: notice.id,
            kind: match notice.level {
                LogLevel::Info => ToastKind::Success,
                LogLevel::Warning => ToastKind::Warning,
                LogLevel::Error => ToastKind::Error,
            },
            text: notice.message.clone(),
            action: notice.action.map(|action| match action {
                ToastAction::Undo => "Undo".to_owned(),
                ToastAction::ShowLog => "Show log".to_owned(),
            }),
            seconds: (notice.level != LogLevel::Error).then_some(SECONDS),
        })
        .collect();
    for answer in show_toasts(ui.ctx(), &shown) {
        cx.send(match answer {
            ToastAnswer::Closed(id) => Action::Toast { id, taken: None },
            ToastAnswer::Action(id) => {
                let notice = cx.state.toasts.iter().find(|notice| notice.id == id);
                Action::Toast { id, taken: notice.and_then(|notice| notice.action) }
            }
        });
    }
}

/// Tells what will happen while files hang over the window.
pub fn drop_hint(ui: &Ui) {
    if ui.ctx().input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Foreground, Id::unique("drop hint")));
    let screen = ui.ctx().content_rect();
    let palette = theme::of(ui);
    painter.rect_filled(screen, 0.0, palette.raised.gamma_multiply(0.9));
    painter.text(
        screen.center(),
        Align2::CENTER_CENTER,
        "Drop a dataset, a synthetic set, a contact sheet, a run or a project",
        egui::TextStyle::Heading.resolve(ui.style()),
        palette.strong_text,
    );
}
