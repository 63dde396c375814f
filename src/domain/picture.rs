//! Pictures as plain bytes: what a window draws without knowing where the images come from.

use serde::{Deserialize, Serialize};

use super::{ImageShape, SyntheticSet};

/// A picture of 8-bit RGBA pixels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picture {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// `4 * width * height` bytes: red, green, blue and opacity, row by row.
    pub rgba: Vec<u8>,
}

/// How values become grey levels and colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contrast {
    /// As the dataset's pixels are shown; what lies beyond black and white is cut.
    #[default]
    Plain,
    /// Each image from its smallest to its largest value.
    StretchEach,
    /// All images from the smallest to the largest value among them.
    StretchAll,
}

impl Contrast {
    /// Every setting, in the order of the menus.
    pub const ALL: [Self; 3] = [Self::Plain, Self::StretchEach, Self::StretchAll];

    /// What a menu calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Plain => "As the data",
            Self::StretchEach => "Stretch each image",
            Self::StretchAll => "Stretch all alike",
        }
    }
}

/// Images of one size in one picture, so that a gallery is one texture: image `i` stands at column `i % columns` and row
/// `i / columns`, without gaps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Atlas {
    /// Pixels across an image.
    pub tile_width: usize,
    /// Pixels down an image.
    pub tile_height: usize,
    /// Images in a row of the picture.
    pub columns: usize,
    /// The class of each image.
    pub labels: Vec<usize>,
    /// All images.
    pub picture: Picture,
}

impl Atlas {
    /// An atlas of `labels.len()` images of `shape`, whose planes follow each other in `values`; `to_byte` gives the byte
    /// for image, channel and value. Images with fewer than three channels show the first in grey.
    #[must_use]
    pub fn new<T: Copy>(
        shape: ImageShape,
        labels: Vec<usize>,
        values: &[T],
        to_byte: impl Fn(usize, usize, T) -> u8,
    ) -> Self {
        let columns = labels.len().saturating_sub(1).isqrt() + 1;
        let rows = labels.len().div_ceil(columns);
        let (width, height) = (columns * shape.width, rows * shape.height);
        let mut rgba = vec![0; 4 * width * height];
        let images = values.chunks_exact(shape.values().max(1)).take(labels.len());
        for (index, image) in images.enumerate() {
            let (left, top) = (index % columns * shape.width, index / columns * shape.height);
            for y in 0..shape.height {
                let start = 4 * ((top + y) * width + left);
                for (x, pixel) in rgba[start..start + 4 * shape.width].chunks_exact_mut(4).enumerate() {
                    for (position, byte) in pixel[..3].iter_mut().enumerate() {
                        let channel = if shape.channels < 3 { 0 } else { position };
                        *byte = to_byte(index, channel, image[channel * shape.plane() + y * shape.width + x]);
                    }
                    pixel[3] = u8::MAX;
                }
            }
        }
        let picture = Picture { width, height, rgba };
        Self { tile_width: shape.width, tile_height: shape.height, columns, labels, picture }
    }

    /// The images of a set.
    #[must_use]
    pub fn of_set(set: &SyntheticSet, contrast: Contrast) -> Self {
        let (shape, values) = (set.images.shape, &set.images.values);
        let size = shape.values().max(1);
        let ranges: Vec<(f32, f32)> = match contrast {
            Contrast::Plain => Vec::new(),
            Contrast::StretchEach => values.chunks_exact(size).map(range).collect(),
            Contrast::StretchAll => vec![range(values); set.images.len()],
        };
        Self::new(shape, set.images.labels.clone(), values, |image, channel, value| {
            ranges.get(image).map_or_else(|| set.normalization.to_byte(channel, value), |range| stretch(*range, value))
        })
    }

    /// Images of `shape` as bytes, one plane after another.
    #[must_use]
    pub fn of_bytes(shape: ImageShape, labels: Vec<usize>, bytes: &[u8], contrast: Contrast) -> Self {
        let ranges: Vec<(f32, f32)> = match contrast {
            Contrast::Plain => Vec::new(),
            Contrast::StretchEach => bytes.chunks_exact(shape.values().max(1)).map(byte_range).collect(),
            Contrast::StretchAll => vec![byte_range(bytes); labels.len()],
        };
        Self::new(shape, labels, bytes, |image, _, value| {
            ranges.get(image).map_or(value, |range| stretch(*range, f32::from(value)))
        })
    }

    /// The same images with their places in rows of `columns` for classes: image `i` is in row `i / columns`.
    #[must_use]
    pub fn in_rows(mut self, columns: usize) -> Self {
        for (index, label) in self.labels.iter_mut().enumerate() {
            *label = index / columns.max(1);
        }
        self
    }

    /// The number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The left and upper corner of image `index` in pixels.
    #[must_use]
    pub fn corner(&self, index: usize) -> (usize, usize) {
        let columns = self.columns.max(1);
        (index % columns * self.tile_width, index / columns * self.tile_height)
    }

    /// The red, green and blue of a pixel of image `index`; `None` outside.
    #[must_use]
    pub fn pixel(&self, index: usize, x: usize, y: usize) -> Option<[u8; 3]> {
        let (left, top) = self.corner(index);
        let inside = index < self.len() && x < self.tile_width && y < self.tile_height;
        let start = 4 * ((top + y) * self.picture.width + left + x);
        let pixel = inside.then(|| self.picture.rgba.get(start..start + 3)).flatten()?;
        pixel.try_into().ok()
    }
}

/// The smallest and the largest value.
fn range(values: &[f32]) -> (f32, f32) {
    values.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)))
}

fn byte_range(bytes: &[u8]) -> (f32, f32) {
    let (low, high) = bytes.iter().fold((u8::MAX, 0), |(low, high), &byte| (low.min(byte), high.max(byte)));
    (f32::from(low), f32::from(high))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within 0..=255 by the clamp
fn stretch((low, high): (f32, f32), value: f32) -> u8 {
    let share = if high > low { (value - low) / (high - low) } else { 0.5 };
    (share.clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ImageBatch, Normalization};

    fn set() -> SyntheticSet {
        let shape = ImageShape::new(1, 1, 2);
        let images = ImageBatch { shape, values: vec![0.0, 1.0, 0.25, 0.5, -3.0, 9.0], labels: vec![0, 0, 1] };
        let normalization = Normalization { mean: vec![0.0], std: vec![1.0] };
        SyntheticSet::new(images, vec!["a".into(), "b".into()], normalization).unwrap()
    }

    #[test]
    fn images_stand_side_by_side() {
        let atlas = Atlas::of_set(&set(), Contrast::Plain);
        assert_eq!((atlas.columns, atlas.picture.width, atlas.picture.height), (2, 4, 2));
        let pixels: Vec<_> = (0..3).flat_map(|image| [0, 1].map(|x| atlas.pixel(image, x, 0).unwrap()[0])).collect();
        assert_eq!(pixels, [0, 255, 64, 128, 0, 255]);
        assert_eq!(atlas.pixel(3, 0, 0), None);
        assert_eq!(atlas.pixel(0, 2, 0), None);
    }

    #[test]
    fn contrast_stretches_each_or_all() {
        let red = |contrast| {
            let atlas = Atlas::of_set(&set(), contrast);
            (0..3).flat_map(|image| [0, 1].map(|x| atlas.pixel(image, x, 0).unwrap()[0])).collect::<Vec<_>>()
        };
        assert_eq!(red(Contrast::StretchEach), [0, 255, 0, 255, 0, 255]);
        assert_eq!(red(Contrast::StretchAll), [64, 85, 69, 74, 0, 255]);
    }

    #[test]
    fn bytes_are_shown_and_stretched_alike() {
        let values = |contrast| {
            let atlas = Atlas::of_bytes(ImageShape::new(1, 1, 2), vec![0, 1], &[10, 20, 30, 60_u8], contrast);
            (0..2).flat_map(|image| [0, 1].map(|x| atlas.pixel(image, x, 0).unwrap()[0])).collect::<Vec<_>>()
        };
        assert_eq!(values(Contrast::Plain), [10, 20, 30, 60]);
        assert_eq!(values(Contrast::StretchEach), [0, 255, 0, 255]);
        assert_eq!(values(Contrast::StretchAll), [0, 51, 102, 255]);
    }

    #[test]
    fn colours_keep_their_channels() {
        let atlas = Atlas::new(ImageShape::new(3, 1, 1), vec![0], &[10, 20, 30_u8], |_, _, value| value);
        assert_eq!(atlas.pixel(0, 0, 0), Some([10, 20, 30]));
    }
}
