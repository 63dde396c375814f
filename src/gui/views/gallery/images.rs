//! The synthetic images, what they began as, and real ones: side by side, scrolled together.

use std::sync::Arc;

use egui::{Id, Label, Rect, RichText, Ui, UiBuilder, pos2};

use super::subject::Subject;
use crate::{
    domain::Atlas,
    gui::{
        Action,
        action::{DatasetAction, GalleryAction},
        context::ViewContext,
        parts::{self, Fit, PictureState},
        state::{DatasetState, Moment, dataset_key},
        theme::{self, tokens},
        widgets::gallery::{Gallery, GalleryResponse, GalleryTexture},
    },
};

/// What a vertical scroll bar takes.
const BAR: f32 = 10.0;
/// Real images of a class that are seen at least; the others are scrolled to.
const LEAST_REAL: usize = 3;
/// Below this size, fewer real images are seen.
const COMFORTABLE: f32 = 32.0;

/// The galleries, and how large their images are.
pub struct Layout<'a> {
    classes: Option<Vec<usize>>,
    names: f32,
    /// Points across an image.
    tile: f32,
    /// What fits the width.
    pub fitted: f32,
    initial: bool,
    real: Option<&'a DatasetState>,
    /// Images in a row of the real ones.
    real_columns: usize,
}

impl<'a> Layout<'a> {
    /// The layout for a place of this size.
    pub fn new(ui: &Ui, cx: &ViewContext<'a>, subject: &Subject, place: Rect) -> Self {
        let gallery = &cx.state.gallery;
        let initial = gallery.show_initial && subject.frames().first() == Some(&0);
        let source = subject.source.filter(|_| gallery.show_real);
        let real = source.and_then(|source| {
            let state = cx.state.datasets.get(&dataset_key(source));
            if state.is_none() {
                cx.send(Action::Dataset(DatasetAction::Need(source.clone())));
            }
            state
        });
        // A set from elsewhere may come from another dataset.
        let real = real.filter(|state| state.info().is_none_or(|info| info.class_names == subject.class_names));
        let real_columns = match real {
            Some(DatasetState::Open { samples, .. }) => samples.len().div_ceil(subject.class_names.len().max(1)),
            Some(_) => 1,
            None => 0,
        };
        let classes = parts::shown_classes(cx, subject.class_names);
        let names = parts::name_width(ui, subject.class_names);
        let galleries = 1 + usize::from(initial) + usize::from(real.is_some());
        let apart = (galleries - 1) as f32 * tokens::SPACE_L + galleries as f32 * BAR;
        let synthetic = subject.columns * (1 + usize::from(initial));
        let fitting = |real_columns: usize| {
            let space = Fit {
                width: place.width() - names - apart,
                height: place.height() - heading_height(ui) - BAR,
                columns: synthetic + real_columns,
                rows: classes.as_ref().map_or(subject.class_names.len(), Vec::len),
            };
            parts::fit(space, subject.shape)
        };
        let fewest = real_columns.min(LEAST_REAL);
        let seen = (fewest..=real_columns).rev().find(|&seen| fitting(seen) >= COMFORTABLE);
        let fitted = fitting(seen.unwrap_or(fewest));
        Self { classes, names, tile: gallery.tile.unwrap_or(fitted), fitted, initial, real, real_columns }
    }

    /// The width of a gallery of so many columns, with names or without.
    fn width(&self, columns: usize, names: bool) -> f32 {
        let names = if names { self.names } else { 0.0 };
        names + columns as f32 * (self.tile + tokens::TILE_GAP) + BAR
    }

    /// The widths of the galleries in a place of this width.
    fn widths(&self, subject: &Subject, place: f32) -> Vec<f32> {
        let mut wanted = vec![self.width(subject.columns, true)];
        if self.initial {
            wanted.push(self.width(subject.columns, false));
        }
        if self.real.is_some() {
            wanted.push(self.width(self.real_columns, false));
        }
        let real = self.real.map_or(0.0, |_| self.width(self.real_columns.min(LEAST_REAL), false));
        share(&wanted, real, place - tokens::SPACE_L * (wanted.len() - 1) as f32)
    }
}

fn heading_height(ui: &Ui) -> f32 {
    ui.text_style_height(&egui::TextStyle::Small) + ui.spacing().item_spacing.y
}

/// Widths as wanted; where there is not enough, the last gives way down to `least`, and then all do.
fn share(wanted: &[f32], least: f32, available: f32) -> Vec<f32> {
    let mut widths = wanted.to_vec();
    let Some(last) = widths.last_mut() else { return widths };
    let lacking = wanted.iter().sum::<f32>() - available;
    if least > 0.0 && lacking > 0.0 {
        *last = (*last - lacking).max(least.min(*last));
    }
    let share = (available / widths.iter().sum::<f32>().max(1.0)).min(1.0);
    widths.iter().map(|width| share * width).collect()
}

/// Draws them.
pub fn show(ui: &mut Ui, cx: &ViewContext, subject: &Subject, layout: &Layout) {
    let place = ui.max_rect();
    let widths = layout.widths(subject, place.width());
    let mut left = place.left();
    let mut next = widths.into_iter();
    let mut column = |ui: &mut Ui, salt: &str, contents: &mut dyn FnMut(&mut Ui)| {
        let Some(width) = next.next() else { return };
        let rect = Rect::from_min_max(pos2(left, place.top()), pos2(left + width, place.bottom()));
        left += width + tokens::SPACE_L;
        ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(salt), |ui| contents(ui));
    };
    column(ui, "synthetic", &mut |ui| synthetic(ui, cx, subject, layout));
    if layout.initial {
        column(ui, "initial", &mut |ui| initial(ui, cx, subject, layout));
    }
    if let Some(state) = layout.real {
        column(ui, "real", &mut |ui| real(ui, cx, subject, layout, state));
    }
}

fn heading(ui: &mut Ui, text: &str) {
    ui.add(Label::new(RichText::new(text).small().color(theme::of(ui).weak_text)).truncate());
}

fn gallery<'a>(title: &'a str, subject: &'a Subject, layout: &'a Layout) -> Gallery<'a> {
    let zoom = layout.tile / subject.shape.width.max(1) as f32;
    let gallery = Gallery::new(title, subject.class_names).zoom(zoom).in_step(Id::unique("gallery view in step"));
    match &layout.classes {
        Some(classes) => gallery.classes(classes),
        None => gallery,
    }
}

/// The wheel with Ctrl, and plus and minus.
fn take_zoom(cx: &ViewContext, subject: &Subject, response: &GalleryResponse) {
    if let Some(zoom) = response.zoom {
        let tile = (zoom * subject.shape.width as f32).clamp(8.0, 256.0);
        cx.send(Action::Gallery(GalleryAction::Tile(Some(tile))));
    }
}

fn synthetic(ui: &mut Ui, cx: &ViewContext, subject: &Subject, layout: &Layout) {
    heading(ui, "Synthetic");
    if layout.classes.as_ref().is_some_and(Vec::is_empty) {
        ui.weak("No class has this name.");
        return;
    }
    let picked = cx.state.gallery.picked.as_ref().filter(|picked| picked.target == subject.target);
    let selected = picked.map(|picked| picked.index);
    let place = Id::unique("gallery view synthetic");
    let state = parts::with_picture(ui, cx, place, &subject.key(cx, subject.moment), |ui, texture| {
        let gallery = gallery("Synthetic images", subject, layout).name_width(layout.names).selected(selected);
        let response = gallery.show(ui, texture);
        take_zoom(cx, subject, &response);
        if let Some(index) = response.selected.filter(|index| Some(*index) != selected) {
            cx.send(Action::Gallery(GalleryAction::Pick(Some((subject.target.clone(), index)))));
        }
    });
    absent(ui, state);
}

fn initial(ui: &mut Ui, cx: &ViewContext, subject: &Subject, layout: &Layout) {
    heading(ui, "Initial");
    let place = Id::unique("gallery view initial");
    let state = parts::with_picture(ui, cx, place, &subject.key(cx, Moment::At(0)), |ui, texture| {
        let response = gallery("Images at the beginning", subject, layout).name_width(0.0).show(ui, texture);
        take_zoom(cx, subject, &response);
    });
    absent(ui, state);
}

fn absent(ui: &mut Ui, state: PictureState) {
    match state {
        PictureState::Drawn => {}
        PictureState::Coming => {
            ui.spinner();
        }
        PictureState::Failed => {
            ui.weak("These images cannot be read; the log says why.");
        }
    }
}

fn real(ui: &mut Ui, cx: &ViewContext, subject: &Subject, layout: &Layout, state: &DatasetState) {
    match state {
        DatasetState::Opening => {
            heading(ui, "Real");
            ui.spinner();
        }
        DatasetState::Failed(problem) => {
            heading(ui, "Real");
            ui.colored_label(theme::of(ui).error, problem);
        }
        DatasetState::Open { info, samples } => {
            heading(ui, &format!("Real: {}", info.name));
            samples_of(ui, cx, subject, layout, samples);
        }
    }
}

fn samples_of(ui: &mut Ui, cx: &ViewContext, subject: &Subject, layout: &Layout, samples: &Arc<Atlas>) {
    let draw = |ui: &mut Ui, texture: &GalleryTexture| {
        let response = gallery("Real images of the dataset", subject, layout).name_width(0.0).show(ui, texture);
        take_zoom(cx, subject, &response);
    };
    parts::with_texture(ui, cx, Id::unique("gallery view real"), Some(samples), draw);
}

#[cfg(test)]
mod tests {
    use super::share;

    fn near(widths: &[f32], expected: &[f32]) {
        let same = widths.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-3);
        assert!(widths.len() == expected.len() && same, "{widths:?} and not {expected:?}");
    }

    #[test]
    fn real_images_give_way_first() {
        near(&share(&[100.0, 50.0], 30.0, 400.0), &[100.0, 50.0]);
        near(&share(&[100.0, 300.0], 60.0, 250.0), &[100.0, 150.0]);
        near(&share(&[300.0, 300.0], 100.0, 200.0), &[150.0, 50.0]);
        near(&share(&[500.0, 500.0], 0.0, 100.0), &[50.0, 50.0]);
        near(&share(&[], 10.0, 100.0), &[]);
    }
}
