//! What happens with the set at the end: networks trained on it and tested, and what it is compared with.

use egui::Ui;

use super::rows::{self, check, heading, item};
use crate::{
    domain::{Baseline, units},
    gui::{Action, action::FormAction, context::ViewContext, parts, state::FormField, theme::tokens},
};

/// The evaluation at the end, and the accuracy on the way.
pub fn evaluation(ui: &mut Ui, cx: &ViewContext) {
    let form = &cx.state.form;
    heading(ui, "Evaluation");
    let explanation = "Trains freshly drawn networks on the synthetic set and tests them on the real test images. It can \
                       also be done later, under Evaluate.";
    if let Some(on) = check(ui, form.evaluate, "Evaluate at the end", explanation) {
        cx.send(Action::Form(FormAction::Evaluate(on)));
    }
    ui.add_enabled_ui(form.evaluate, |ui| fields(ui, cx));
    ui.add_space(tokens::SPACE_S);
    let checks = crate::domain::AccuracyChecks::default();
    let limit =
        checks.test_limit.map_or_else(|| "all test images".to_owned(), |limit| units::count(limit, "test image"));
    let explanation = format!(
        "After 1, 2, 5, 10, 20, 50, … iterations, a network is trained on the images for {} and tested on {limit}, to draw \
         the accuracy over the iterations. The images stay the same; the run takes longer.",
        units::count(checks.epochs, "epoch"),
    );
    if let Some(on) = check(ui, form.check_accuracy, "Check the accuracy on the way", &explanation) {
        cx.send(Action::Form(FormAction::CheckAccuracy(on)));
    }
    ui.add_space(tokens::SPACE_M);
}

fn fields(ui: &mut Ui, cx: &ViewContext) {
    let form = &cx.state.form;
    rows::typed_with(ui, cx, FormField::EvaluationNetworks, |ui| {
        rows::usual(ui, "Groups of networks, as in the published code", |ui| {
            for (_, letters, explanation) in parts::MODES {
                if item(ui, form.text(FormField::EvaluationNetworks).trim() == letters, letters, explanation) {
                    cx.send(Action::Form(FormAction::Text(FormField::EvaluationNetworks, letters.to_owned())));
                    ui.close();
                }
            }
        });
    });
    rows::typed(ui, cx, FormField::Repeats);
    rows::typed(ui, cx, FormField::EvaluationEpochs);
    let tooltip =
        "Real images chosen in other ways, as many as the synthetic set has: networks are trained on them too.";
    ui.label("Compare with").on_hover_text(tooltip);
    ui.horizontal_wrapped(|ui| {
        for baseline in Baseline::ALL {
            let (name, explanation) = parts::baseline(baseline);
            if let Some(on) = check(ui, form.baselines.contains(&baseline), name, explanation) {
                cx.send(Action::Form(FormAction::Baseline(baseline, on)));
            }
        }
    });
}
