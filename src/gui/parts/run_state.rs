//! How a run stands: a mark and a word.

use egui::{Color32, RichText, Sense, Ui, Vec2};

use crate::{
    domain::RunStatus,
    gui::{
        context::ViewContext,
        state::{JobState, RunView},
        theme::{self, tokens},
        widgets::icon::Icon,
    },
};

/// How a run stands: by its job while it has one.
pub fn run_state(ui: &mut Ui, cx: &ViewContext, run: &RunView) {
    let palette = theme::of(ui);
    let job = cx.state.queue.of_run(&run.summary.folder).filter(|_| run.summary.status == RunStatus::Running);
    let (icon, text) = match job.map(|job| &job.state) {
        Some(state @ (JobState::Paused | JobState::Pausing)) => (Icon::Pause, state.label()),
        Some(state @ JobState::Stopping) => (Icon::Stop, state.label()),
        _ => {
            let icon = match run.summary.status {
                RunStatus::Running => Icon::Play,
                RunStatus::Interrupted => Icon::Broken,
                RunStatus::Stopped => Icon::Stop,
                RunStatus::Failed => Icon::Error,
                RunStatus::Finished => Icon::Check,
            };
            (icon, run.summary.status.label())
        }
    };
    let color = match run.summary.status {
        RunStatus::Running => palette.accent,
        RunStatus::Interrupted => palette.warning,
        RunStatus::Stopped => palette.weak_text,
        RunStatus::Failed => palette.error,
        RunStatus::Finished => palette.success,
    };
    marked(ui, icon, color, text);
}

/// A run whose turn has not come.
pub fn waiting_state(ui: &mut Ui) {
    marked(ui, Icon::Clock, theme::of(ui).weak_text, "waiting");
}

fn marked(ui: &mut Ui, icon: Icon, color: Color32, text: &str) {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = tokens::SPACE_S;
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(tokens::ICON_S), Sense::hover());
        icon.paint(ui.painter(), rect, color);
        ui.label(RichText::new(text).color(color));
    });
}
