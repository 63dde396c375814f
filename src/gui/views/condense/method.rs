//! The method, and how much of it: distance, level, network; images, iterations, device.

use egui::Ui;

use super::{
    field_texts,
    rows::{self, Note, choice, heading, item},
    setup,
};
use crate::{
    domain::{DistanceKind, MatchingLevel},
    gui::{Action, action::FormAction, context::ViewContext, state::FormField},
};

/// What is matched, and how.
pub fn method(ui: &mut Ui, cx: &ViewContext) {
    let form = &cx.state.form;
    heading(ui, "Method");
    let tooltip = "How unlike two gradients are. The synthetic images are changed until a network's gradients on them are \
                   like those on real images. Published: layerwise-cosine.";
    let note = Note::Plain(field_texts::of_distance(form.distance).to_owned());
    choice(ui, "Distance", tooltip, form.distance.name(), &note, |ui| {
        for distance in DistanceKind::ALL {
            if item(ui, form.distance == distance, distance.name(), field_texts::of_distance(distance)) {
                cx.send(Action::Form(FormAction::Distance(distance)));
            }
        }
    });
    let tooltip =
        "Which gradients are compared: those of each class, of mixed batches, or both. Published: intra-class.";
    let note = Note::Plain(field_texts::of_level(form.level).to_owned());
    choice(ui, "Level", tooltip, form.level.name(), &note, |ui| {
        for level in MatchingLevel::ALL {
            if item(ui, form.level == level, level.name(), field_texts::of_level(level)) {
                cx.send(Action::Form(FormAction::Level(level)));
            }
        }
    });
    rows::typed_with(ui, cx, FormField::Network, |ui| {
        rows::usual(ui, "Usual networks", |ui| {
            for (name, explanation) in field_texts::NETWORKS {
                if item(ui, form.text(FormField::Network).trim() == name, name, explanation) {
                    cx.send(Action::Form(FormAction::Text(FormField::Network, name.to_owned())));
                    ui.close();
                }
            }
        });
    });
}

/// How many images, how long, and what computes.
pub fn size(ui: &mut Ui, cx: &ViewContext) {
    heading(ui, "Size");
    rows::typed(ui, cx, FormField::ImagesPerClass);
    rows::typed(ui, cx, FormField::Iterations);
    setup::device(ui, cx);
}
