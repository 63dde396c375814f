//! Above the plots: whose they are, which are shown, and how.

use egui::{Align, Button, Checkbox, Label, Layout, Popup, PopupCloseBehavior, RichText, Slider, Ui};

use crate::gui::{
    Action,
    action::PlotsAction,
    context::ViewContext,
    parts::{self, Bar, ShownRun},
    state::{PlotKind, PlotState},
    theme::tokens,
    widgets::field::NumberField,
};

use super::meaning;

/// The width of the slider, and of the menu of limits.
const SLIDER_WIDTH: f32 = 90.0;
const LIMITS_WIDTH: f32 = 300.0;
/// The strongest smoothing that is offered.
const MOST_SMOOTHING: f32 = 0.99;

/// Whose figures are shown, and how the run stands.
pub fn title(ui: &mut Ui, cx: &ViewContext, shown: &ShownRun) {
    ui.horizontal(|ui| {
        parts::run_state(ui, cx, shown.run);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (done, all) = (shown.view.iterations_done(), shown.run.summary.config.iterations);
            ui.weak(format!("{done} of {all} iterations"));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = cx.state.run_title(&shown.run.summary.folder);
                ui.add(Label::new(RichText::new(title).strong()).truncate());
            });
        });
    });
}

/// The controls.
pub fn bar(ui: &mut Ui, cx: &ViewContext, shown: &ShownRun) {
    let plots = &cx.state.plots;
    let mut bar = Bar::default();
    bar.add(100.0, |ui| choose(ui, cx, plots));
    bar.add(120.0, |ui| {
        let hint = "Distances and norms on an axis where equal factors are equally far apart.";
        toggle(ui, cx, plots.log, "Logarithmic axis", hint, PlotsAction::Log);
    });
    bar.add(170.0, |ui| smoothing(ui, cx, plots));
    bar.add(120.0, |ui| {
        let hint =
            "Moves the iterations of all plots together when one is dragged or zoomed, and reads all at one place.";
        toggle(ui, cx, plots.linked, "Move together", hint, PlotsAction::Linked);
    });
    parts::experiment(&mut bar, cx, shown.experiment, shown.run.summary.experiments);
    bar.add(56.0, |ui| limits(ui, cx, plots));
    bar.add(92.0, |ui| {
        let hint = "Shows all values again, as measured, on a linear axis.";
        if ui.button("Reset plots").on_hover_text(hint).clicked() {
            cx.send(Action::Plots(PlotsAction::Reset));
        }
    });
    bar.show(ui);
}

fn toggle(ui: &mut Ui, cx: &ViewContext, on: bool, text: &str, hint: &str, action: fn(bool) -> PlotsAction) {
    let mut on = on;
    if ui.add(Checkbox::new(&mut on, text)).on_hover_text(hint).changed() {
        cx.send(Action::Plots(action(on)));
    }
}

/// Which plots are shown.
fn choose(ui: &mut Ui, cx: &ViewContext, plots: &PlotState) {
    let button = ui.button("Choose plots").on_hover_text("Which figures of the run are drawn.");
    let popup = Popup::from_toggle_button_response(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        for kind in PlotKind::ALL {
            let mut on = plots.shown.contains(&kind);
            let line = ui.add(Checkbox::new(&mut on, kind.label()));
            if line.on_hover_text(meaning::of(kind)).changed() {
                cx.send(Action::Plots(PlotsAction::Show(kind, on)));
            }
        }
    });
}

/// The way back from no plot at all.
pub fn usual_plots(ui: &mut Ui, cx: &ViewContext) {
    if ui.add(Button::new("Show the usual plots")).clicked() {
        for kind in PlotState::default().shown {
            cx.send(Action::Plots(PlotsAction::Show(kind, true)));
        }
    }
}

fn smoothing(ui: &mut Ui, cx: &ViewContext, plots: &PlotState) {
    let hint = "Evens lines out by an average over the iterations before. The band behind a line spans the smallest and the \
                largest value nearby.";
    let label = ui.label("Smoothing").on_hover_text(hint);
    let mut smoothing = plots.smoothing;
    ui.spacing_mut().slider_width = SLIDER_WIDTH;
    let slider = Slider::new(&mut smoothing, 0.0..=MOST_SMOOTHING).show_value(false);
    let response = ui.add(slider).labelled_by(label.id).on_hover_text(format!("{smoothing:.2}"));
    if response.changed() {
        cx.send(Action::Plots(PlotsAction::Smoothing(smoothing)));
    }
}

/// Which part of the axes is shown.
fn limits(ui: &mut Ui, cx: &ViewContext, plots: &PlotState) {
    let limited = plots.x_limits.iter().chain(&plots.y_limits).any(Option::is_some);
    let button = ui
        .add(Button::selectable(limited, "Limits").frame_when_inactive(true))
        .on_hover_text("Which part of the axes is shown.");
    let popup = Popup::from_toggle_button_response(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        ui.set_width(LIMITS_WIDTH);
        let (mut x, mut y) = (plots.x_limits, plots.y_limits);
        field(ui, "First iteration", "the first", &mut x[0]);
        field(ui, "Last iteration", "the last", &mut x[1]);
        ui.add_space(tokens::SPACE_S);
        field(ui, "Least distance", "the smallest", &mut y[0]);
        field(ui, "Greatest distance", "the largest", &mut y[1]);
        if x != plots.x_limits {
            cx.send(Action::Plots(PlotsAction::XLimits(x)));
        }
        if y != plots.y_limits {
            cx.send(Action::Plots(PlotsAction::YLimits(y)));
        }
    });
}

fn field(ui: &mut Ui, label: &str, default: &str, value: &mut Option<f64>) {
    NumberField::optional(label, value).default_text(default).compact().show(ui);
}
