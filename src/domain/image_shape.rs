//! The shape of one image.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Channels, height and width of an image; its values are stored channel by channel, row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ImageShape {
    /// 1 for grey, 3 for RGB.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl ImageShape {
    /// A shape of `channels` x `height` x `width`.
    #[must_use]
    pub const fn new(channels: usize, height: usize, width: usize) -> Self {
        Self { channels, height, width }
    }

    /// The number of values in one image.
    #[must_use]
    pub const fn values(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// `28x28 grey`, `32x32 colour`.
    #[must_use]
    pub fn describe(&self) -> String {
        let Self { channels, height, width } = self;
        match channels {
            1 => format!("{width}x{height} grey"),
            3 => format!("{width}x{height} colour"),
            _ => format!("{width}x{height}, {channels} channels"),
        }
    }

    /// The number of values in one channel.
    #[must_use]
    pub const fn plane(&self) -> usize {
        self.height * self.width
    }
}

impl fmt::Display for ImageShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}x{}", self.channels, self.height, self.width)
    }
}
