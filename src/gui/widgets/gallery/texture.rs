//! Images of one size as textures, uploaded when they change.

use std::sync::Arc;

use egui::{Color32, ColorImage, Context, Mesh, Rect, TextureFilter, TextureHandle, TextureOptions, pos2};

use crate::domain::Atlas;

/// Pixels stay square when enlarged, and blend when many of them share a pixel of the screen.
const OPTIONS: TextureOptions = TextureOptions { minification: TextureFilter::Linear, ..TextureOptions::NEAREST };

/// An [`Atlas`] on the graphics side, with its images sorted by class.
///
/// An atlas that is larger than a texture may be is cut into pages.
#[derive(Default)]
pub struct GalleryTexture {
    atlas: Arc<Atlas>,
    by_class: Vec<Vec<usize>>,
    pages: Vec<TextureHandle>,
    /// Images across and down a page.
    page_tiles: [usize; 2],
}

impl GalleryTexture {
    /// Shows `atlas` from now on. Does nothing for the atlas that is shown already; returns whether it was uploaded.
    pub fn update(&mut self, ctx: &Context, atlas: &Arc<Atlas>) -> bool {
        if Arc::ptr_eq(&self.atlas, atlas) {
            return false;
        }
        self.replace(ctx, atlas, ctx.input(|input| input.max_texture_side));
        true
    }

    fn replace(&mut self, ctx: &Context, atlas: &Arc<Atlas>, most: usize) {
        self.atlas = Arc::clone(atlas);
        self.by_class = vec![Vec::new(); atlas.labels.iter().max().map_or(0, |&last| last + 1)];
        for (index, &class) in atlas.labels.iter().enumerate() {
            self.by_class[class].push(index);
        }
        self.upload(ctx, most);
    }

    /// Fills pages with sides of at most `most` pixels.
    fn upload(&mut self, ctx: &Context, most: usize) {
        let atlas = &self.atlas;
        let rows = if atlas.columns == 0 { 0 } else { atlas.len().div_ceil(atlas.columns) };
        let fitting = |tile: usize, count: usize| most.checked_div(tile).unwrap_or(0).min(count);
        self.page_tiles = [fitting(atlas.tile_width, atlas.columns), fitting(atlas.tile_height, rows)];
        let [across, down] = self.page_tiles;
        if across == 0 || down == 0 {
            self.pages.clear();
            return;
        }
        let mut page = 0;
        for row in (0..rows).step_by(down) {
            for column in (0..atlas.columns).step_by(across) {
                let image = part(atlas, column, row, across.min(atlas.columns - column), down.min(rows - row));
                if let Some(handle) = self.pages.get_mut(page) {
                    handle.set(image, OPTIONS);
                } else {
                    self.pages.push(ctx.load_texture("gallery", image, OPTIONS));
                }
                page += 1;
            }
        }
        self.pages.truncate(page);
    }

    /// The images.
    #[must_use]
    pub const fn atlas(&self) -> &Arc<Atlas> {
        &self.atlas
    }

    /// The images of `class`, ascending.
    #[must_use]
    pub fn images_of(&self, class: usize) -> &[usize] {
        self.by_class.get(class).map_or(&[], Vec::as_slice)
    }

    /// Whether image `index` is all grey, so that one value a pixel says everything.
    #[must_use]
    pub fn is_grey(&self, index: usize) -> bool {
        let atlas = &self.atlas;
        let (columns, mut rows) = (0..atlas.tile_width, 0..atlas.tile_height);
        rows.all(|y| columns.clone().all(|x| atlas.pixel(index, x, y).is_none_or(|[r, g, b]| r == g && g == b)))
    }

    /// The page of image `index`, and where on it the image lies, from 0 to 1.
    fn place(&self, index: usize) -> Option<(usize, Rect)> {
        let [across, down] = self.page_tiles;
        if index >= self.atlas.len() || across == 0 || down == 0 {
            return None;
        }
        let (column, row) = (index % self.atlas.columns, index / self.atlas.columns);
        let page = row / down * self.atlas.columns.div_ceil(across) + column / across;
        let [width, height] = self.pages.get(page)?.size();
        let (left, top) = (column % across * self.atlas.tile_width, row % down * self.atlas.tile_height);
        let corner = |x: usize, y: usize| pos2(x as f32 / width as f32, y as f32 / height as f32);
        Some((
            page,
            Rect::from_min_max(corner(left, top), corner(left + self.atlas.tile_width, top + self.atlas.tile_height)),
        ))
    }
}

/// Collects the images of one frame: one mesh a page, whatever their number.
pub(in crate::gui::widgets) struct TileMeshes<'a> {
    texture: &'a GalleryTexture,
    meshes: Vec<Mesh>,
    /// Images so far.
    pub drawn: usize,
}

impl<'a> TileMeshes<'a> {
    pub(in crate::gui::widgets) fn new(texture: &'a GalleryTexture) -> Self {
        let meshes = texture.pages.iter().map(|page| Mesh::with_texture(page.id())).collect();
        Self { texture, meshes, drawn: 0 }
    }

    pub(in crate::gui::widgets) fn add(&mut self, index: usize, rect: Rect) {
        if let Some((page, uv)) = self.texture.place(index) {
            self.meshes[page].add_rect_with_uv(rect, uv, Color32::WHITE);
            self.drawn += 1;
        }
    }

    pub(in crate::gui::widgets) fn paint(self, painter: &egui::Painter) {
        for mesh in self.meshes.into_iter().filter(|mesh| !mesh.is_empty()) {
            painter.add(mesh);
        }
    }
}

/// The pixels of `across` x `down` images from a column and a row of the atlas.
///
/// The bytes are taken as they are: where opacity is full, colours with and without it multiplied in are the same.
fn part(atlas: &Atlas, column: usize, row: usize, across: usize, down: usize) -> ColorImage {
    let (width, height) = (across * atlas.tile_width, down * atlas.tile_height);
    let (left, top) = (column * atlas.tile_width, row * atlas.tile_height);
    let mut pixels = Vec::with_capacity(width * height);
    for line in atlas.picture.rgba.chunks_exact(4 * atlas.picture.width.max(1)).skip(top).take(height) {
        let bytes = &line[4 * left..4 * (left + width)];
        pixels
            .extend(bytes.as_chunks::<4>().0.iter().map(|&[r, g, b, a]| Color32::from_rgba_premultiplied(r, g, b, a)));
    }
    pixels.resize(width * height, Color32::TRANSPARENT);
    ColorImage::new([width, height], pixels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ImageShape;

    fn atlas(images: usize) -> Arc<Atlas> {
        let values: Vec<u8> = (0..images).flat_map(|image| [u8::try_from(image).unwrap(); 4]).collect();
        Arc::new(Atlas::new(ImageShape::new(1, 2, 2), vec![0; images], &values, |_, _, value| value))
    }

    #[test]
    fn the_same_atlas_is_uploaded_once() {
        let ctx = Context::default();
        let mut texture = GalleryTexture::default();
        let first = atlas(5);
        assert!(texture.update(&ctx, &first));
        assert!(!texture.update(&ctx, &first));
        let id = texture.pages[0].id();
        assert!(texture.update(&ctx, &atlas(6)));
        assert_eq!(texture.pages[0].id(), id, "the texture is kept");
    }

    #[test]
    fn large_atlases_are_cut_into_pages() {
        let ctx = Context::default();
        // Sides of at most 5 pixels leave room for 2 x 2 images of 2 x 2 pixels.
        let mut texture = GalleryTexture::default();
        texture.replace(&ctx, &atlas(9), 5);
        assert_eq!((texture.page_tiles, texture.pages.len()), ([2, 2], 4));
        assert_eq!(texture.pages.iter().map(TextureHandle::size).collect::<Vec<_>>(), [[4, 4], [2, 4], [4, 2], [2, 2]]);
        assert_eq!(texture.place(5), Some((1, Rect::from_min_max(pos2(0.0, 0.5), pos2(1.0, 1.0)))));
        assert_eq!(texture.place(9), None);
        let image = part(&texture.atlas, 2, 1, 1, 1);
        assert!(image.pixels.iter().all(|&pixel| pixel == Color32::from_gray(5)));
    }

    #[test]
    fn images_are_sorted_by_class() {
        let mut images = (*atlas(4)).clone();
        images.labels = vec![1, 0, 1, 3];
        let mut texture = GalleryTexture::default();
        texture.update(&Context::default(), &Arc::new(images));
        assert_eq!(
            [0, 1, 2, 3, 4].map(|class| texture.images_of(class).to_vec()),
            [vec![1], vec![0, 2], vec![], vec![3], vec![]]
        );
        assert!(texture.is_grey(2));
    }
}
