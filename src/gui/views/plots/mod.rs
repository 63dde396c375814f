//! The figures of a run over its iterations: a card a plot, in as many columns as there is room for.

mod bar;
mod card;
mod heat;
mod lines;
mod meaning;

use egui::{Id, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use crate::gui::{
    context::ViewContext,
    parts::{self, ShownRun, Wanted},
    state::{ExperimentView, PlotKind},
    theme::tokens,
    widgets::{icon::Icon, plot::PlotCache},
};

/// The narrowest card, and the lowest.
const LEAST_WIDTH: f32 = 290.0;
const LEAST_HEIGHT: f32 = 220.0;
/// The most columns.
const MOST_COLUMNS: usize = 4;

/// What the view wants of a run.
const WANTED: Wanted = Wanted {
    icon: Icon::Plot,
    things: "figures",
    purpose: "A run lowers the distance between the gradients of synthetic and real images; its course appears here.",
    start: "Start a run to plot",
    resume: "Resume the run to plot",
};

/// Draws the view.
pub fn plots(ui: &mut Ui, cx: &ViewContext) {
    let there = |view: &ExperimentView| !view.history.points.is_empty() || !view.history.accuracy.is_empty();
    let shown = match parts::shown_run(cx, there) {
        Ok(shown) => shown,
        Err(absence) => return parts::absence(ui, cx, &absence, WANTED),
    };
    begin_anew(ui, cx, &shown);
    bar::title(ui, cx, &shown);
    bar::bar(ui, cx, &shown);
    let kinds = &cx.state.plots.shown;
    if kinds.is_empty() {
        let sentence = "Choose which figures of the run are drawn, by the menu above.";
        parts::empty(ui, Icon::Plot, "No plot is chosen", sentence, |ui| bar::usual_plots(ui, cx));
        return;
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| cards(ui, cx, &shown, kinds));
}

fn cards(ui: &mut Ui, cx: &ViewContext, shown: &ShownRun, kinds: &[PlotKind]) {
    let gap = tokens::SPACE_M;
    let whole = ui.available_rect_before_wrap();
    // Cards grow with the text; the height is that of what is seen.
    let scale = ui.spacing().interact_size.y / tokens::CONTROL_HEIGHT;
    let columns = columns(whole.width(), scale, gap).min(kinds.len());
    let rows = kinds.len().div_ceil(columns);
    let width = (whole.width() + gap) / columns as f32 - gap;
    let seen = ui.clip_rect().height() - tokens::SPACE_S;
    let height = ((seen + gap) / rows as f32 - gap).max(scale * LEAST_HEIGHT).floor();
    for (index, kind) in kinds.iter().enumerate() {
        let (row, column) = (index / columns, index % columns);
        let corner = pos2(column as f32 * (width + gap), row as f32 * (height + gap));
        let rect = Rect::from_min_size(whole.min + corner.to_vec2(), vec2(width, height));
        if ui.is_rect_visible(rect) {
            ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(*kind), |ui| card::card(ui, cx, shown, *kind));
        }
    }
    let size = vec2(whole.width(), rows as f32 * (height + gap) - gap);
    ui.advance_cursor_after_rect(Rect::from_min_size(whole.min, size));
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at least 1 by the clamp
fn columns(width: f32, scale: f32, gap: f32) -> usize {
    let columns = ((width + gap) / (scale * LEAST_WIDTH + gap)).floor().max(1.0) as usize;
    columns.min(MOST_COLUMNS)
}

/// What is kept of a plot.
fn place(kind: PlotKind) -> Id {
    Id::unique("plots view").with(kind)
}

/// Plots forget where they were dragged when they show another run, and when everything is to be shown again. Which lines
/// are hidden stays.
fn begin_anew(ui: &Ui, cx: &ViewContext, shown: &ShownRun) {
    let now = (shown.run.summary.folder.clone(), shown.experiment, cx.state.plots.resets);
    let id = Id::unique("plots view shows");
    if ui.data(|data| data.get_temp(id).as_ref() == Some(&now)) {
        return;
    }
    ui.data_mut(|data| data.insert_temp(id, now));
    let plots = &mut cx.caches.borrow_mut().plots;
    for kind in PlotKind::ALL {
        if let Some(cache) = plots.get_mut(&place(kind)) {
            let hidden = std::mem::take(&mut cache.hidden);
            *cache = PlotCache::default();
            cache.hidden = hidden;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_stand_in_as_many_columns_as_fit() {
        let columns = |width, scale| columns(width, scale, 8.0);
        assert_eq!([300.0, 380.0, 700.0, 1400.0, 9000.0].map(|width| columns(width, 1.0)), [1, 1, 2, 4, 4]);
        assert_eq!(columns(700.0, 1.5), 1);
    }
}
