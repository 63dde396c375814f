//! What the plots show and how.

/// A plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlotKind {
    /// The matching loss.
    Loss,
    /// The distance class by class.
    ByClass,
    /// The distance parameter by parameter.
    ByParameter,
    /// The distance of parameters over time as a heatmap.
    ParameterHeatmap,
    /// The distance of classes over time as a heatmap.
    ClassHeatmap,
    /// The norms of the real and the synthetic gradient.
    Norms,
    /// The angle between them.
    Angle,
    /// Epochs of the network between two image updates.
    Epochs,
    /// Accuracy of networks trained on the images of a moment.
    Accuracy,
    /// Wall time of an iteration.
    Seconds,
}

impl PlotKind {
    /// Every plot, in the order in which they are offered.
    pub const ALL: [Self; 10] = [
        Self::Loss,
        Self::ByClass,
        Self::ByParameter,
        Self::ParameterHeatmap,
        Self::ClassHeatmap,
        Self::Norms,
        Self::Angle,
        Self::Epochs,
        Self::Accuracy,
        Self::Seconds,
    ];

    /// Its title.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Loss => "Matching distance",
            Self::ByClass => "Distance by class",
            Self::ByParameter => "Distance by layer",
            Self::ParameterHeatmap => "Layers over time",
            Self::ClassHeatmap => "Classes over time",
            Self::Norms => "Gradient norms",
            Self::Angle => "Gradient angle",
            Self::Epochs => "Network epochs",
            Self::Accuracy => "Test accuracy",
            Self::Seconds => "Seconds an iteration",
        }
    }
}

/// The plots view.
#[derive(Debug, Clone)]
pub struct PlotState {
    /// The plots that are shown.
    pub shown: Vec<PlotKind>,
    /// Whether distances are on a logarithmic axis.
    pub log: bool,
    /// Smoothing from 0 (none) towards 1.
    pub smoothing: f32,
    /// Whether the horizontal axes of all plots move together.
    pub linked: bool,
    /// The lowest and the highest iteration shown; `None` for all.
    pub x_limits: [Option<f64>; 2],
    /// The lowest and the highest distance shown; `None` for all.
    pub y_limits: [Option<f64>; 2],
    /// The class that stands out where there are too many for a line each.
    pub class: Option<usize>,
    /// The parameter that stands out where there are too many for a line each.
    pub parameter: Option<usize>,
    /// Whether each row of a heatmap has its own scale.
    pub per_row: bool,
    /// How often the view was reset: plots forget how they were dragged.
    pub resets: u64,
}

impl Default for PlotState {
    fn default() -> Self {
        Self {
            shown: vec![PlotKind::Loss, PlotKind::ByClass, PlotKind::ParameterHeatmap, PlotKind::Accuracy],
            log: false,
            smoothing: 0.0,
            linked: true,
            x_limits: [None; 2],
            y_limits: [None; 2],
            class: None,
            parameter: None,
            per_row: false,
            resets: 0,
        }
    }
}
