//! Measuring the mean and standard deviation of a dataset without published ones.

use crate::domain::Normalization;

use super::ImageSet;

/// Mean and population standard deviation of each channel over every pixel of `images`, scaled to `[0, 1]`.
///
/// Exact: the bytes are counted, not summed in floating point. A channel with a single value gets a deviation of 1, which
/// leaves it at 0 once normalised.
#[must_use]
pub fn measure(images: &ImageSet) -> Normalization {
    let mut counts = vec![[0_u64; 256]; images.shape.channels];
    for image in images.pixels.chunks_exact(images.shape.values().max(1)) {
        for (plane, counts) in image.chunks_exact(images.shape.plane()).zip(&mut counts) {
            for &byte in plane {
                counts[usize::from(byte)] += 1;
            }
        }
    }
    let (mean, std) = counts.iter().map(moments).unzip();
    Normalization { mean, std }
}

/// Mean and deviation of the bytes counted in `counts`, scaled to `[0, 1]`.
#[allow(clippy::cast_possible_truncation)] // counts stay far below 2^53
fn moments(counts: &[u64; 256]) -> (f32, f32) {
    let total = counts.iter().sum::<u64>().max(1) as f64;
    let average = |of: &dyn Fn(f64) -> f64| -> f64 {
        (0_u8..=255).zip(counts).map(|(byte, &count)| of(f64::from(byte) / 255.0) * count as f64).sum::<f64>() / total
    };
    let mean = average(&|value| value);
    let variance = average(&|value| (value - mean).powi(2));
    // Below the least deviation that bytes can have, what is left is rounding.
    let std = if variance > 1e-20 { variance.sqrt() } else { 1.0 };
    (mean as f32, std as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ImageShape;

    #[test]
    fn channels_are_measured_apart() {
        // Two images of 2x1 pixels: channel 0 holds 0, 255, 0, 255, channel 1 only 51.
        let pixels = vec![0, 255, 51, 51, 0, 255, 51, 51];
        let set = ImageSet { shape: ImageShape::new(2, 1, 2), pixels, labels: vec![0, 1] };
        let measured = measure(&set);
        assert_eq!(measured.mean, [0.5, 0.2]);
        assert_eq!(measured.std, [0.5, 1.0]);
    }
}
