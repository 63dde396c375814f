//! A few images of a set as one small picture.

use egui::{Rect, Response, Sense, Ui, Vec2, vec2};

use super::gallery::{GalleryTexture, TileMeshes};
use crate::gui::theme::{self, tokens};

/// Draws the first images of up to four classes in a square of `side` points; only to be looked at.
pub fn thumbnail(ui: &mut Ui, texture: &GalleryTexture, side: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    paint_thumbnail(ui, texture, rect);
    response
}

/// Paints it into a square.
pub fn paint_thumbnail(ui: &Ui, texture: &GalleryTexture, rect: Rect) {
    if !ui.is_rect_visible(rect) {
        return;
    }
    ui.painter().rect_filled(rect, tokens::RADIUS_S, theme::of(ui).control);
    let mut meshes = TileMeshes::new(texture);
    let half = (rect.size() - Vec2::splat(1.0)) / 2.0;
    for class in 0..4_u8 {
        let Some(&image) = texture.images_of(usize::from(class)).first() else { continue };
        let place = vec2(f32::from(class % 2), f32::from(class / 2));
        meshes.add(image, Rect::from_min_size(rect.min + place * (half + Vec2::splat(1.0)), half));
    }
    meshes.paint(ui.painter());
}
