//! The controls that are alike for every gallery: size, contrast, classes, experiment, moment.

use egui::{Button, ComboBox, Slider, TextEdit, Ui};

use super::bar::Bar;
use crate::{
    domain::Contrast,
    gui::{Action, action::GalleryAction, context::ViewContext, state::Moment, widgets::scrubber::Scrubber},
};

/// The smallest and the largest image, in points across.
const TILES: std::ops::RangeInclusive<f32> = 8.0..=256.0;
/// The width of the slider and of the filter.
const SLIDER_WIDTH: f32 = 90.0;
const FILTER_WIDTH: f32 = 90.0;

/// The size of the images; `fitted` is what fits the width now.
pub fn tile_size<'a>(bar: &mut Bar<'a>, cx: &'a ViewContext, fitted: f32) {
    let chosen = cx.state.gallery.tile;
    bar.add(200.0, move |ui| {
        let hint = "How large an image is, in points across. Ctrl and the wheel over a gallery change it too.";
        let label = ui.label("Size").on_hover_text(hint);
        let mut tile = chosen.unwrap_or(fitted).clamp(*TILES.start(), *TILES.end());
        ui.spacing_mut().slider_width = SLIDER_WIDTH;
        let slider = Slider::new(&mut tile, TILES).logarithmic(true).show_value(false);
        let response = ui.add(slider).labelled_by(label.id).on_hover_text(format!("{tile:.0} points across"));
        if response.changed() {
            cx.send(Action::Gallery(GalleryAction::Tile(Some(tile.round()))));
        }
        let fit = ui.add(Button::selectable(chosen.is_none(), "Fit").frame_when_inactive(true));
        if fit.on_hover_text("As large as the width allows.").clicked() {
            let tile = chosen.is_none().then_some(fitted.round());
            cx.send(Action::Gallery(GalleryAction::Tile(tile)));
        }
    });
}

/// How values become colours.
pub fn contrast<'a>(bar: &mut Bar<'a>, cx: &'a ViewContext) {
    const fn explanation(contrast: Contrast) -> &'static str {
        match contrast {
            Contrast::Plain => "Black and white as in the dataset; what lies beyond is cut off.",
            Contrast::StretchEach => "Each image from its darkest to its brightest value: shows faint structure.",
            Contrast::StretchAll => "All images from the darkest to the brightest value among them: comparable.",
        }
    }
    let current = cx.state.gallery.contrast;
    bar.add(200.0, move |ui| {
        let label = ui.label("Contrast");
        let combo = ComboBox::from_id_salt("contrast").selected_text(current.label()).show_ui(ui, |ui| {
            for contrast in Contrast::ALL {
                let line = ui.selectable_label(contrast == current, contrast.label());
                if line.on_hover_text(explanation(contrast)).clicked() {
                    cx.send(Action::Gallery(GalleryAction::Contrast(contrast)));
                }
            }
        });
        combo.response.labelled_by(label.id).on_hover_text(explanation(current));
    });
}

/// Which classes are shown.
pub fn class_filter<'a>(bar: &mut Bar<'a>, cx: &'a ViewContext) {
    bar.add(160.0, move |ui| {
        let label = ui.label("Classes");
        let current = &cx.state.gallery.class_filter;
        let mut text = current.clone();
        let field = TextEdit::singleline(&mut text).hint_text("all").desired_width(FILTER_WIDTH);
        let response = ui.add(field).labelled_by(label.id);
        response.on_hover_text("Only classes whose name holds this text; several texts are separated by commas.");
        if text != *current {
            cx.send(Action::Gallery(GalleryAction::ClassFilter(text)));
        }
    });
}

/// The classes that pass the filter; `None` for all.
#[must_use]
pub fn shown_classes(cx: &ViewContext, names: &[String]) -> Option<Vec<usize>> {
    let filter = cx.state.gallery.class_filter.to_lowercase();
    let wanted: Vec<&str> = filter.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if wanted.is_empty() {
        return None;
    }
    let passes = |name: &String| {
        let name = name.to_lowercase();
        wanted.iter().any(|part| name.contains(part))
    };
    Some(names.iter().enumerate().filter(|(_, name)| passes(name)).map(|(class, _)| class).collect())
}

/// Which of several sets with different seeds is shown.
pub fn experiment<'a>(bar: &mut Bar<'a>, cx: &'a ViewContext, current: usize, experiments: usize) {
    if experiments < 2 {
        return;
    }
    bar.add(190.0, move |ui| {
        let label = ui.label("Experiment");
        let name = |experiment: usize| format!("{} of {experiments}", experiment + 1);
        let combo = ComboBox::from_id_salt("experiment").selected_text(name(current)).show_ui(ui, |ui| {
            for experiment in 0..experiments {
                if ui.selectable_label(experiment == current, name(experiment)).clicked() {
                    cx.send(Action::Gallery(GalleryAction::Experiment(experiment)));
                }
            }
        });
        combo.response.labelled_by(label.id).on_hover_text("The run made several sets that differ in their seed.");
    });
}

/// The scrubber over `frames`; `text` says what is shown, and `live` whether the newest images still change.
pub fn moments(ui: &mut Ui, cx: &ViewContext, frames: &[usize], live: bool, text: &str) {
    let chosen = match cx.state.gallery.moment {
        Moment::Latest => None,
        Moment::At(moment) => Some(moment),
    };
    let newest = if live { "Live" } else { "Latest" };
    let asked = Scrubber::new("Moment", frames, newest, text).chosen(chosen).show(ui).chosen;
    if let Some(asked) = asked {
        let moment = asked.map_or(Moment::Latest, Moment::At);
        cx.send(Action::Gallery(GalleryAction::Moment(moment)));
    }
}
