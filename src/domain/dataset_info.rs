//! What is known of a loaded dataset, without its pixels.

use serde::{Deserialize, Serialize};

use super::{ImageShape, Normalization};

/// Where a dataset's normalisation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NormalizationSource {
    /// The constants that the published code uses for this dataset.
    Published,
    /// Measured on the training images.
    Measured,
}

/// A dataset's name, shape, classes, counts and normalisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetInfo {
    /// A known dataset's name (`MNIST`), or the name of the file or folder.
    pub name: String,
    /// The shape of every image.
    pub shape: ImageShape,
    /// One name a class; its position is the label.
    pub class_names: Vec<String>,
    /// Training images of each class.
    pub train_counts: Vec<usize>,
    /// Test images of each class.
    pub test_counts: Vec<usize>,
    /// How pixels become network inputs.
    pub normalization: Normalization,
    /// Where `normalization` comes from.
    pub normalization_source: NormalizationSource,
    /// SHA-256 over shape, labels and pixels of both splits, in hexadecimal.
    pub checksum: String,
}

impl DatasetInfo {
    /// The number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.class_names.len()
    }

    /// The number of training images.
    #[must_use]
    pub fn train_len(&self) -> usize {
        self.train_counts.iter().sum()
    }

    /// The number of test images.
    #[must_use]
    pub fn test_len(&self) -> usize {
        self.test_counts.iter().sum()
    }
}
