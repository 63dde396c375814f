//! What the plots show, in plain words.

use crate::gui::state::PlotKind;

/// What the plot itself is called, which is not the heading above it.
pub fn title(kind: PlotKind) -> String {
    format!("{} plot", kind.label())
}

/// What a plot shows.
pub const fn of(kind: PlotKind) -> &'static str {
    match kind {
        PlotKind::Loss => {
            "How unlike the gradients of the synthetic and the real images are, averaged over the classes. It is lowered \
             step by step; because every iteration has a fresh network, it goes up and down on the way."
        }
        PlotKind::ByClass => "The distance of each class: classes that stay high are hard to condense.",
        PlotKind::ByParameter => "The share of each layer of the network in the distance, averaged over the classes.",
        PlotKind::ParameterHeatmap => "The share of each layer in the distance as a colour, iteration by iteration.",
        PlotKind::ClassHeatmap => "The distance of each class as a colour, iteration by iteration.",
        PlotKind::Norms => {
            "How long the gradients are, averaged over the classes: synthetic images learn fast while their gradient is as \
             long as that of the real ones."
        }
        PlotKind::Angle => {
            "The angle between the gradients of real and synthetic images: 0 degrees is the same direction, 90 degrees \
             unrelated, 180 degrees opposite."
        }
        PlotKind::Epochs => {
            "For how many epochs the network was trained on the synthetic images between two of their updates, averaged \
             over the updates of an iteration."
        }
        PlotKind::Accuracy => {
            "The test accuracy of a fresh network trained on the images of a moment: what the images are worth."
        }
        PlotKind::Seconds => "How long each iteration took.",
    }
}
