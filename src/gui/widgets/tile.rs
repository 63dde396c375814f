//! One image, enlarged, with the values of the pixel under the pointer or the keyboard.

use egui::{Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Tooltip, Ui, Vec2, WidgetInfo, vec2};

use super::{
    cursor::grid_cursor,
    gallery::{GalleryTexture, TileMeshes},
};
use crate::gui::theme::{self, tokens};

/// A pixel of an enlarged image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelHit {
    /// Its column, from 0.
    pub x: usize,
    /// Its row, from 0.
    pub y: usize,
    /// Red, green and blue as they are shown.
    pub rgb: [u8; 3],
}

/// What an enlarged image was asked.
#[derive(Debug)]
pub struct TileResponse {
    /// The whole of it.
    pub response: Response,
    /// The pixel under the pointer or, without one, under the keyboard's cursor.
    pub pixel: Option<PixelHit>,
}

/// An image to be shown enlarged.
pub struct EnlargedTile<'a> {
    name: &'a str,
    index: usize,
    side: f32,
    values: Option<&'a dyn Fn(usize, usize) -> Option<String>>,
}

impl<'a> EnlargedTile<'a> {
    /// Image `index`, called `name` by those who cannot see it; its longer side is `side` points.
    #[must_use]
    pub const fn new(name: &'a str, index: usize, side: f32) -> Self {
        Self { name, index, side, values: None }
    }

    /// Adds a line to what is said of column `x` and row `y`, such as the numbers before they became bytes.
    #[must_use]
    pub const fn values(mut self, values: &'a dyn Fn(usize, usize) -> Option<String>) -> Self {
        self.values = Some(values);
        self
    }

    /// Draws it.
    pub fn show(self, ui: &mut Ui, texture: &GalleryTexture) -> TileResponse {
        let atlas = texture.atlas();
        let pixels = vec2(atlas.tile_width as f32, atlas.tile_height as f32);
        let size = (pixels * (self.side / pixels.max_elem().max(1.0))).max(Vec2::splat(1.0));
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        if response.clicked() {
            response.request_focus();
        }
        let mut meshes = TileMeshes::new(texture);
        meshes.add(self.index, rect);
        meshes.paint(ui.painter());

        let cursor = grid_cursor(ui, &response, [atlas.tile_width, atlas.tile_height]).map(|[x, y]| (x, y));
        let pointed = response.hover_pos().map(|point| position(rect, pixels, point));
        let pixel = pointed.or(cursor).and_then(|(x, y)| Some(PixelHit { x, y, rgb: atlas.pixel(self.index, x, y)? }));
        outline(ui, &response, pixels, pixel);
        let text = pixel.map(|pixel| self.text(texture, pixel));
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Image, true, self.name);
            info.current_text_value.clone_from(&text);
            info
        });
        if let Some(text) = text {
            let tooltip = Tooltip::for_widget(&response);
            let tooltip = if pointed.is_some() { tooltip.at_pointer().gap(tokens::SPACE_L) } else { tooltip };
            tooltip.show(|ui| ui.label(text));
        }
        TileResponse { response, pixel }
    }

    fn text(&self, texture: &GalleryTexture, PixelHit { x, y, rgb: [r, g, b] }: PixelHit) -> String {
        let values =
            if texture.is_grey(self.index) { format!("grey {r}") } else { format!("red {r}, green {g}, blue {b}") };
        let more = self.values.and_then(|values| values(x, y)).map(|line| format!("\n{line}")).unwrap_or_default();
        format!("row {y}, column {x}\n{values}{more}")
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // not negative, and within the image
fn whole(pixel: Vec2) -> (usize, usize) {
    (pixel.x as usize, pixel.y as usize)
}

/// The pixel at a point of the screen.
fn position(rect: Rect, pixels: Vec2, point: Pos2) -> (usize, usize) {
    let last = (pixels - Vec2::splat(1.0)).max(Vec2::ZERO);
    whole(((point - rect.min) / rect.size() * pixels).clamp(Vec2::ZERO, last))
}

fn outline(ui: &Ui, response: &Response, pixels: Vec2, pixel: Option<PixelHit>) {
    let palette = theme::of(ui);
    let focused = response.has_focus();
    let edge = if focused { palette.accent } else { palette.border };
    ui.painter().rect_stroke(response.rect, 0.0, Stroke::new(tokens::STROKE_THIN, edge), StrokeKind::Outside);
    if let Some(PixelHit { x, y, rgb: [r, g, b] }) = pixel {
        let size = response.rect.size() / pixels;
        let corner = response.rect.min + size * vec2(x as f32, y as f32);
        let color = theme::color::text_on(egui::Color32::from_rgb(r, g, b));
        let stroke = Stroke::new(tokens::STROKE_FOCUS, color);
        ui.painter().rect_stroke(Rect::from_min_size(corner, size), 0.0, stroke, StrokeKind::Inside);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{Atlas, ImageShape};
    use egui_kittest::{Harness, kittest::Queryable};

    #[test]
    fn pixels_are_read_by_pointer_and_keyboard() {
        let values: Vec<u8> = (0..48).collect();
        let atlas = Arc::new(Atlas::new(ImageShape::new(3, 4, 4), vec![0], &values, |_, _, value| value));
        let app = |ui: &mut Ui, (texture, pixel): &mut (GalleryTexture, Option<PixelHit>)| {
            texture.update(ui.ctx(), &atlas);
            let more = |x: usize, y: usize| Some(format!("about {}", x + 10 * y));
            *pixel = EnlargedTile::new("cat, image 1", 0, 200.0).values(&more).show(ui, texture).pixel;
        };
        let mut harness = Harness::new_ui_state(app, (GalleryTexture::default(), None));
        let rect = harness.get_by_label("cat, image 1").rect();
        assert_eq!(rect.size(), vec2(200.0, 200.0));
        harness.hover_at(rect.lerp_inside(vec2(0.9, 0.3)));
        harness.run();
        assert_eq!(harness.state().1, Some(PixelHit { x: 3, y: 1, rgb: [7, 23, 39] }));
        harness.remove_cursor();
        harness.get_by_label("cat, image 1").focus();
        harness.run();
        harness.key_press(egui::Key::ArrowUp);
        harness.run();
        let text = harness.get_by_label("cat, image 1").value();
        assert_eq!(text.as_deref(), Some("row 1, column 2\nred 6, green 22, blue 38\nabout 12"));
    }
}
