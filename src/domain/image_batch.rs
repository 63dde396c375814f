//! A batch of normalised images: the type that crosses threads and enters the engine.

use super::ImageShape;

/// Normalised images `[n, c, h, w]` with their labels.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageBatch {
    /// The shape of each image.
    pub shape: ImageShape,
    /// `n * shape.values()` values, image by image.
    pub values: Vec<f32>,
    /// `n` labels.
    pub labels: Vec<usize>,
}

impl ImageBatch {
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

    /// The values of image `index`.
    #[must_use]
    pub fn image(&self, index: usize) -> &[f32] {
        let size = self.shape.values();
        &self.values[index * size..(index + 1) * size]
    }

    /// The images at `indices`, in that order.
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let mut values = Vec::with_capacity(indices.len() * self.shape.values());
        for &index in indices {
            values.extend_from_slice(self.image(index));
        }
        let labels = indices.iter().map(|&index| self.labels[index]).collect();
        Self { shape: self.shape, values, labels }
    }
}
