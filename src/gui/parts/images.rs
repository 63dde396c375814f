//! Pictures from the state on the screen: a texture a place, and how large its images are.

use std::sync::Arc;

use egui::{Id, Ui};

use crate::{
    domain::{Atlas, ImageShape},
    gui::{context::ViewContext, state::AtlasKey, theme::tokens, widgets::gallery::GalleryTexture},
};

/// The smallest and the largest image that fits by itself, in points across.
const FITTING: (f32, f32) = (18.0, 128.0);
/// The least height of an image when all classes are to be seen at once.
const LEAST_HEIGHT: f32 = 32.0;
/// What a letter of a class name takes, about.
const LETTER: f32 = 7.5;
/// The narrowest column of class names.
const LEAST_NAMES: f32 = 26.0;

/// Where a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureState {
    /// Drawn, possibly as it was a moment ago.
    Drawn,
    /// On its way.
    Coming,
    /// It will not come; what went wrong was told.
    Failed,
}

/// Draws with the texture of a place, showing the picture of `key` there. A newer picture of the same images replaces the
/// earlier one when it is ready, without a gap.
pub fn with_picture(
    ui: &mut Ui,
    cx: &ViewContext,
    place: Id,
    key: &AtlasKey,
    draw: impl FnOnce(&mut Ui, &GalleryTexture),
) -> PictureState {
    let picture = cx.picture(key);
    let known = cx.caches.borrow().targets.get(&place).is_some_and(|target| *target == key.target);
    if picture.is_none() && cx.state.pictures.has_failed(key) {
        return PictureState::Failed;
    }
    if picture.is_none() && !known {
        return PictureState::Coming;
    }
    cx.caches.borrow_mut().targets.insert(place, key.target.clone());
    with_texture(ui, cx, place, picture.as_ref(), draw);
    PictureState::Drawn
}

/// Draws with the texture of a place, after showing `atlas` there if it is given.
pub fn with_texture(
    ui: &mut Ui,
    cx: &ViewContext,
    place: Id,
    atlas: Option<&Arc<Atlas>>,
    draw: impl FnOnce(&mut Ui, &GalleryTexture),
) {
    // Taken out while it is drawn with: what is drawn may use other textures.
    let mut texture = cx.caches.borrow_mut().textures.remove(&place).unwrap_or_default();
    if let Some(atlas) = atlas {
        texture.update(ui.ctx(), atlas);
    }
    draw(ui, &texture);
    cx.caches.borrow_mut().textures.insert(place, texture);
}

/// What images are to fit into.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Points for all images of a row, without names and bars.
    pub width: f32,
    /// Points for all classes; infinite where it does not matter.
    pub height: f32,
    /// Images of a row.
    pub columns: usize,
    /// Classes.
    pub rows: usize,
}

/// Points across an image so that a row fits the width, and all classes the height where that leaves them recognisable.
#[must_use]
pub fn fit(fit: Fit, shape: ImageShape) -> f32 {
    let aspect = shape.height as f32 / shape.width.max(1) as f32;
    let across = fit.width / fit.columns.max(1) as f32 - tokens::TILE_GAP;
    let down = (fit.height / fit.rows.max(1) as f32 - tokens::TILE_GAP).max(LEAST_HEIGHT) / aspect.max(0.01);
    across.min(down).floor().clamp(FITTING.0, FITTING.1)
}

/// The width of the column of class names.
#[must_use]
pub fn name_width(ui: &Ui, names: &[String]) -> f32 {
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let scale = ui.spacing().interact_size.y / tokens::CONTROL_HEIGHT;
    (scale * LETTER * longest as f32 + 2.0 * tokens::SPACE_M).clamp(LEAST_NAMES, scale * tokens::NAME_COLUMN_WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_fits_and_stays_recognisable() {
        let square = ImageShape::new(1, 28, 28);
        let space = Fit { width: 600.0, height: 500.0, columns: 12, rows: 10 };
        let tile = fit(space, square);
        assert!((tile - 48.0).abs() < 1e-3, "{tile}");
        assert!(12.0 * (tile + tokens::TILE_GAP) <= 600.0 && 10.0 * (tile + tokens::TILE_GAP) <= 500.0);
        let low = fit(Fit { height: 50.0, ..space }, square);
        assert!((low - LEAST_HEIGHT).abs() < 1e-3, "{low}: the rest is scrolled to");
        let crowded = fit(Fit { columns: 500, ..space }, square);
        assert!((crowded - FITTING.0).abs() < 1e-3);
        let alone = fit(Fit { columns: 1, height: f32::INFINITY, ..space }, square);
        assert!((alone - FITTING.1).abs() < 1e-3);
        assert!(fit(Fit { width: -5.0, ..space }, ImageShape::new(1, 0, 0)) >= FITTING.0);
    }
}
