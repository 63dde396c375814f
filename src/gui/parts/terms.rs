//! Terms of evaluations in plain words.

use crate::domain::{Baseline, EvaluationAugmentation, EvaluationMode};

/// The lists of networks of the published code: their letters, and what is in each.
pub const MODES: [(EvaluationMode, &str, &str); 9] = [
    (EvaluationMode::S, "S", "The condensing network, without batch norm."),
    (EvaluationMode::SS, "SS", "The condensing network as it is."),
    (EvaluationMode::M, "M", "Six kinds: MLP, ConvNet, LeNet, AlexNet, VGG11, ResNet18."),
    (EvaluationMode::B, "B", "Five networks with batch norm."),
    (EvaluationMode::W, "W", "ConvNets with 32, 64, 128 and 256 filters."),
    (EvaluationMode::D, "D", "ConvNets with 1 to 4 blocks."),
    (EvaluationMode::A, "A", "ConvNets with four activations."),
    (EvaluationMode::P, "P", "ConvNets without pooling, with max and with average pooling."),
    (EvaluationMode::N, "N", "ConvNets with five kinds of normalisation."),
];

/// What a baseline is called, and what it is.
#[must_use]
pub const fn baseline(baseline: Baseline) -> (&'static str, &'static str) {
    match baseline {
        Baseline::Random => (
            "Random images",
            "As many real images as the set has, drawn at random: the least that a synthetic set should beat.",
        ),
        Baseline::Herding => (
            "Herding",
            "As many real images as the set has, which together are nearest to the mean of their class, as seen by a network \
             that is trained for this first.",
        ),
        Baseline::KCenter => (
            "k-center",
            "As many real images as the set has, chosen so that no image of their class is far from all of them, as seen by a \
             network that is trained for this first.",
        ),
        Baseline::Forgetting => (
            "Forgetting",
            "As many real images as the set has: those that a network most often gets wrong again after it had them right, \
             while it is trained for this first on all images.",
        ),
        Baseline::KMeans => (
            "k-means",
            "As many real images as the set has: those nearest to the centres of as many clusters of their class, as seen by \
             a network that is trained for this first.",
        ),
        Baseline::WholeSet => (
            "Whole training set",
            "All real images, for epochs of their own, 30 unless told: what can be reached at best. It takes by far the \
             longest.",
        ),
    }
}

/// What is done to the images that a network is trained on.
#[must_use]
pub const fn augmentation(augmentation: EvaluationAugmentation) -> &'static str {
    match augmentation {
        EvaluationAugmentation::Published => {
            "As gradient matching was published: MNIST is shifted, scaled or turned; images for a ConvNet with batch norm are \
             shifted or noisy; others stay as they are."
        }
        EvaluationAugmentation::None => "Every image stays as it is.",
        EvaluationAugmentation::CropScaleRotate => "Each image is shifted, scaled or turned.",
        EvaluationAugmentation::CropNoise => "Each image is shifted, or given a little noise.",
        EvaluationAugmentation::Dsa(_) => {
            "Each batch goes through one operation of Siamese augmentation that suits the dataset: colour, shift, a square cut \
             out, mirroring, scale or turn."
        }
        EvaluationAugmentation::DsaCutMix(_) => {
            "Siamese augmentation but for the square; then half of the batches are mixed: each image has a rectangle of \
             another, and counts for both classes by area (IDC)."
        }
        EvaluationAugmentation::FlipCrop => "Images are shifted, and half of the batches mirrored.",
        EvaluationAugmentation::ColorJitter => {
            "Images are shifted, half of the batches mirrored, and colours varied at random (DC-BENCH)."
        }
        EvaluationAugmentation::AutoAugment => {
            "Each image goes through a pair of operations that were found for CIFAR-10 (DC-BENCH)."
        }
        EvaluationAugmentation::RandAugment => "Each image goes through one of 14 operations (DC-BENCH).",
    }
}

#[cfg(test)]
mod tests {
    use super::MODES;

    #[test]
    fn letters_can_be_read() {
        assert!(MODES.iter().all(|(mode, letters, _)| letters.parse() == Ok(*mode)));
    }
}
