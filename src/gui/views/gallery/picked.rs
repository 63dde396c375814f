//! The picked image: enlarged with its values, and the real images that are nearest to it.

use std::sync::Arc;

use egui::{Align, Button, Id, Label, Layout, RichText, ScrollArea, Ui};

use super::subject::Subject;
use crate::{
    domain::{Atlas, SyntheticSet},
    gui::{
        Action,
        action::GalleryAction,
        context::ViewContext,
        parts::{self, Bar, PictureState},
        state::{Moment, NearestState, PickedImage},
        theme::{self, tokens},
        widgets::{
            gallery::GalleryTexture,
            icon::{Icon, icon_button},
            number::significant,
            tile::EnlargedTile,
        },
    },
};

/// The side of a nearest real image.
const NEAREST_SIDE: f32 = 52.0;
/// From this width on, the image stands beside its facts.
const BESIDE: f32 = 300.0;

pub fn show(ui: &mut Ui, cx: &ViewContext, subject: &Subject) {
    let picked = cx.state.gallery.picked.as_ref().filter(|picked| picked.target == subject.target);
    let Some(picked) = picked else {
        ui.add_space(tokens::SPACE_XL);
        ui.vertical_centered(|ui| ui.weak("Click an image to see it enlarged, with its values."));
        return;
    };
    let Some((class, position, count)) = place(subject, picked.index) else {
        ui.weak("The picked image is no longer there.");
        return;
    };
    let name = subject.class_names.get(class).map_or("?", String::as_str);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, Icon::Cross, "Close the picked image").clicked() {
                cx.send(Action::Gallery(GalleryAction::Pick(None)));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let text = format!("{name}, image {} of {count}", position + 1);
                ui.add(Label::new(RichText::new(text).strong()).truncate());
            });
        });
    });
    if ui.available_width() >= BESIDE {
        let side = ui.available_height().min(0.4 * ui.available_width());
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| enlarged(ui, cx, subject, picked, side));
            ui.vertical(|ui| facts(ui, cx, subject, picked));
        });
    } else {
        ScrollArea::vertical().id_salt("picked").show(ui, |ui| {
            let side = ui.available_width() - tokens::SPACE_S;
            enlarged(ui, cx, subject, picked, side);
            facts(ui, cx, subject, picked);
        });
    }
}

/// The class of an image, its place among those of the class, and how many there are.
fn place(subject: &Subject, index: usize) -> Option<(usize, usize, usize)> {
    if let Some(set) = subject.set {
        let class = *set.images.labels.get(index)?;
        let of_class = |labels: &[usize]| labels.iter().filter(|&&label| label == class).count();
        return Some((class, of_class(&set.images.labels[..index]), of_class(&set.images.labels)));
    }
    // Only frames are left: their images stand in the order of the classes.
    let run = subject.run?;
    let counts = run.summary.config.images_per_class.counts(run.summary.dataset.classes())?;
    let mut first = 0;
    for (class, count) in counts.into_iter().enumerate() {
        if index < first + count {
            return Some((class, index - first, count));
        }
        first += count;
    }
    None
}

fn enlarged(ui: &mut Ui, cx: &ViewContext, subject: &Subject, picked: &PickedImage, side: f32) {
    let set = subject.set.filter(|_| subject.moment == Moment::Latest);
    let values = |x: usize, y: usize| set.and_then(|set| values(set, picked.index, x, y));
    let key = subject.key(cx, subject.moment);
    let state = parts::with_picture(ui, cx, Id::unique("gallery view picked"), &key, |ui, texture| {
        EnlargedTile::new("Picked image", picked.index, side).values(&values).show(ui, texture);
    });
    if state == PictureState::Coming {
        ui.spinner();
    }
}

/// The exact values of a pixel.
fn values(set: &SyntheticSet, index: usize, x: usize, y: usize) -> Option<String> {
    let shape = set.images.shape;
    let image = set.images.values.get(index * shape.values()..(index + 1) * shape.values())?;
    let channels: Option<Vec<String>> = (0..shape.channels)
        .map(|channel| image.get(channel * shape.plane() + y * shape.width + x))
        .map(|value| value.map(|&value| significant(f64::from(value), 4)))
        .collect();
    Some(format!("normalised: {}", channels?.join(", ")))
}

fn facts(ui: &mut Ui, cx: &ViewContext, subject: &Subject, picked: &PickedImage) {
    let hint = "Its place in the exported file, counted from 0.";
    ui.weak(format!("Number {} in the set", picked.index)).on_hover_text(hint);
    let frozen = subject.moment != Moment::Latest;
    let reason = match (subject.set, subject.source) {
        (None, _) => Some("The set was not saved yet."),
        (_, None) => Some("The file does not say which dataset the set was made from."),
        _ if frozen => Some("Only the newest images have exact values: choose the right end of the scrubber first."),
        _ => None,
    };
    let searching = matches!(picked.nearest, NearestState::Searching(_));
    let button = ui.add_enabled(reason.is_none() && !searching, Button::new("Find nearest real images"));
    let button = button
        .on_hover_text(
            "The training images with the smallest Euclidean distance in normalised values: shows whether the image is \
             close to a copy.",
        )
        .on_disabled_hover_text(reason.unwrap_or("The search is on."));
    if button.clicked() {
        cx.send(Action::Gallery(GalleryAction::FindNearest));
    }
    match &picked.nearest {
        NearestState::Idle => {}
        NearestState::Searching(_) => {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.weak("Comparing with all training images…");
            });
        }
        NearestState::Found { atlas, distances } => found(ui, cx, subject, atlas, distances),
        NearestState::Failed(problem) => {
            ui.colored_label(theme::of(ui).error, problem);
        }
    }
}

fn found(ui: &mut Ui, cx: &ViewContext, subject: &Subject, atlas: &Arc<Atlas>, distances: &[f32]) {
    let class_of = |index: usize| {
        let class = atlas.labels.get(index).and_then(|&class| subject.class_names.get(class));
        class.map_or("?", String::as_str)
    };
    let draw = |ui: &mut Ui, texture: &GalleryTexture| {
        let mut bar = Bar::default();
        for (index, distance) in distances.iter().enumerate() {
            bar.add(NEAREST_SIDE, move |ui| {
                ui.vertical(|ui| nearest(ui, texture, index, class_of(index), f64::from(*distance)));
            });
        }
        bar.show(ui);
    };
    parts::with_texture(ui, cx, Id::unique("gallery view nearest"), Some(atlas), draw);
}

/// A real image with its class and its distance.
fn nearest(ui: &mut Ui, texture: &GalleryTexture, index: usize, class: &str, distance: f64) {
    ui.set_width(NEAREST_SIDE);
    ui.spacing_mut().item_spacing.y = tokens::SPACE_XS;
    let name = format!("Nearest real image {}: {class}", index + 1);
    EnlargedTile::new(&name, index, NEAREST_SIDE).show(ui, texture);
    ui.add(Label::new(RichText::new(class).small()).truncate());
    let distance = significant(distance, 3);
    ui.label(RichText::new(&distance).small()).on_hover_text(format!("Distance {distance}"));
}
