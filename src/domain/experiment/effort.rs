//! The numbers that say how much effort an experiment takes, each of which a person can set whatever the scale says.

use std::fmt;

/// One of these numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effort {
    /// Outer iterations.
    Iterations,
    /// Synthetic sets with different seeds.
    Sets,
    /// Networks trained on each set.
    Networks,
    /// Their training epochs.
    Epochs,
    /// Real images of a class in a matched batch.
    RealBatch,
    /// Training images of a stage of continual learning.
    TrainImages,
    /// Test images.
    TestImages,
    /// Filters of each layer of every `ConvNet` that has the published 128; no scale cuts them by itself.
    Width,
}

impl Effort {
    /// Every number, in the order of flags and fields.
    pub const ALL: [Self; 8] = [
        Self::Iterations,
        Self::Sets,
        Self::Networks,
        Self::Epochs,
        Self::RealBatch,
        Self::TrainImages,
        Self::TestImages,
        Self::Width,
    ];

    /// The name used in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.texts().0
    }

    /// What a field of it is called.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.texts().1
    }

    /// What it is a number of.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        self.texts().2
    }

    const fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Iterations => ("iterations", "Iterations", "Outer iterations"),
            Self::Sets => ("sets", "Sets", "Synthetic sets condensed with different seeds"),
            Self::Networks => ("networks", "Networks", "Networks of each kind trained on each set"),
            Self::Epochs => ("epochs", "Epochs", "Training epochs of these networks"),
            Self::RealBatch => ("real-batch", "Real batch", "Real images of a class in each matched batch"),
            Self::TrainImages => {
                ("train-images", "Training images", "Training images of a stage of continual learning")
            }
            Self::TestImages => ("test-images", "Test images", "Test images"),
            Self::Width => (
                "width",
                "Width",
                "Filters of each layer of every ConvNet that has the published 128, which no scale cuts by itself",
            ),
        }
    }
}

impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
