//! Mean and standard deviation of a dataset's channels.

use serde::{Deserialize, Serialize};

/// Per-channel mean and standard deviation of pixel values scaled to `[0, 1]`.
///
/// Networks and synthetic images live in normalised space, `(value - mean) / std`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Normalization {
    /// One mean a channel, in `[0, 1]`.
    pub mean: Vec<f32>,
    /// One standard deviation a channel, above 0.
    pub std: Vec<f32>,
}

impl Normalization {
    /// The normalised value of a byte of channel `channel`.
    #[must_use]
    pub fn normalize(&self, channel: usize, byte: u8) -> f32 {
        (f32::from(byte) / 255.0 - self.mean[channel]) / self.std[channel]
    }

    /// The value in `[0, 1]` behind a normalised one, clamped for display.
    #[must_use]
    pub fn denormalize(&self, channel: usize, value: f32) -> f32 {
        (value * self.std[channel] + self.mean[channel]).clamp(0.0, 1.0)
    }

    /// The byte that displays a normalised value.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within 0..=255 by the clamp
    pub fn to_byte(&self, channel: usize, value: f32) -> u8 {
        (self.denormalize(channel, value) * 255.0).round() as u8
    }
}
