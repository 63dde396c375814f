//! What a condensation run tells about itself while it works.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStage {
    /// Images are being learned.
    Condensing,
    /// Stopped by a person, to be resumed.
    Stopped,
    /// All outer iterations are done.
    Finished,
}

/// The matching distance of one class, averaged over the inner steps of an outer iteration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassDistance {
    /// The class; `None` for the mixed-class term of inter-class and multi-level matching.
    pub class: Option<usize>,
    /// The distance, summed over the parameters.
    pub total: f64,
    /// The share of each matched parameter; its name stands in [`IterationReport::parameter_names`].
    pub by_parameter: Vec<f64>,
}

/// One outer iteration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IterationReport {
    /// The outer iteration `k`, from 0.
    pub iteration: usize,
    /// The matching loss as the published code prints it: divided by classes and inner steps.
    pub loss: f64,
    /// Distances class by class.
    pub classes: Vec<ClassDistance>,
    /// The names of the matched parameters, in the order of [`ClassDistance::by_parameter`].
    pub parameter_names: Vec<String>,
    /// Epochs for which the network was trained after each inner step but the last.
    pub network_epochs: Vec<usize>,
    /// Validation losses behind the epochs that the overfitting rule chose, one list an inner step; empty for other rules.
    pub validation_losses: Vec<Vec<f64>>,
    /// Wall time.
    pub seconds: f64,
}

/// The images of a run at one moment, to be looked at while it works.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveImages {
    /// The run's folder.
    pub folder: PathBuf,
    /// The experiment, from 0.
    pub experiment: usize,
    /// Outer iterations done.
    pub iterations_done: usize,
    /// Image updates done in the outer iteration that is being worked on; they are dropped if it is.
    pub inner_step: usize,
    /// The synthetic images in normalised space, `[n, c, h, w]`, ordered by class.
    pub images: Vec<f32>,
}

/// The state of a run between two outer iterations: with the configuration, all that a resumed run needs, because every
/// random draw is addressed by seed and position.
#[derive(Debug, Clone, PartialEq)]
pub struct RunState {
    /// The number of outer iterations done, which is the next `k`.
    pub iterations_done: usize,
    /// The synthetic images in normalised space, `[n, c, h, w]`, ordered by class.
    pub images: Vec<f32>,
    /// The momentum of the images, of the same length; empty before the first update.
    pub velocity: Vec<f32>,
}
