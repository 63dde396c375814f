//! The training images nearest to an image, by Euclidean distance in normalised space: all are looked at, and each only
//! until it is too far.

use crate::{data::ImageSet, domain::Normalization};

/// A training image and how far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Neighbour {
    /// Its position.
    pub position: usize,
    /// The squared distance.
    squared: f32,
}

impl Neighbour {
    /// The distance.
    pub fn distance(&self) -> f32 {
        self.squared.sqrt()
    }
}

/// The `count` images nearest to `image`, the nearest first; of equal ones the earlier.
pub(super) fn nearest(images: &ImageSet, normalization: &Normalization, image: &[f32], count: usize) -> Vec<Neighbour> {
    let tables: Vec<Vec<f32>> = (0..images.shape.channels)
        .map(|channel| (0..=u8::MAX).map(|byte| normalization.normalize(channel, byte)).collect())
        .collect();
    let mut found: Vec<Neighbour> = Vec::with_capacity(count + 1);
    for position in 0..images.len() {
        let worst = if found.len() < count { None } else { found.last() };
        let limit = worst.map_or(f32::INFINITY, |neighbour| neighbour.squared);
        let Some(squared) = squared_distance(images, position, &tables, image, limit) else { continue };
        let place = found.partition_point(|neighbour| neighbour.squared <= squared);
        found.insert(place, Neighbour { position, squared });
        found.truncate(count);
    }
    found
}

/// The squared distance of image `position`; `None` when it is not below `limit`.
fn squared_distance(images: &ImageSet, position: usize, tables: &[Vec<f32>], image: &[f32], limit: f32) -> Option<f32> {
    let (plane, width) = (images.shape.plane().max(1), images.shape.width.max(1));
    let mut sum = 0.0;
    for ((bytes, values), table) in
        images.image(position).chunks_exact(plane).zip(image.chunks_exact(plane)).zip(tables)
    {
        for (bytes, values) in bytes.chunks_exact(width).zip(values.chunks_exact(width)) {
            let row = bytes.iter().zip(values).map(|(&byte, value)| (table[usize::from(byte)] - value).powi(2));
            sum += row.sum::<f32>();
            if sum >= limit {
                return None;
            }
        }
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ImageShape;

    #[test]
    fn neighbours_are_those_of_a_plain_search() {
        let shape = ImageShape::new(3, 4, 5);
        let count = 50;
        let byte = |i: usize| u8::try_from((i * i * 31 + i * 7) % 251).unwrap();
        let pixels: Vec<u8> = (0..count * shape.values()).map(byte).collect();
        let images = ImageSet { shape, pixels, labels: vec![0; count] };
        let normalization = Normalization { mean: vec![0.1, 0.5, 0.4], std: vec![0.2, 0.3, 1.0] };
        let image: Vec<f32> = (0..shape.values()).map(|i| (i % 13) as f32 / 6.0 - 1.0).collect();
        let batch = images.batch(&(0..count).collect::<Vec<_>>(), &normalization);
        let mut expected: Vec<(usize, f32)> = (0..count)
            .map(|i| {
                let squared = batch.image(i).iter().zip(&image).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>();
                #[allow(clippy::cast_possible_truncation)]
                (i, squared.sqrt() as f32)
            })
            .collect();
        expected.sort_by(|one, other| one.1.total_cmp(&other.1));
        let found = nearest(&images, &normalization, &image, 7);
        assert_eq!(found.len(), 7);
        for (found, (position, distance)) in found.iter().zip(expected) {
            assert_eq!(found.position, position);
            assert!((found.distance() - distance).abs() < 1e-3 * distance);
        }
        assert_eq!(nearest(&images, &normalization, &image, 100).len(), count);
    }

    #[test]
    fn of_equal_ones_the_earlier_comes_first() {
        let images = ImageSet { shape: ImageShape::new(1, 1, 1), pixels: vec![9, 5, 5, 5], labels: vec![0; 4] };
        let normalization = Normalization { mean: vec![0.0], std: vec![1.0] };
        let found = nearest(&images, &normalization, &[5.0 / 255.0], 2);
        assert_eq!(found.iter().map(|neighbour| neighbour.position).collect::<Vec<_>>(), [1, 2]);
    }
}
