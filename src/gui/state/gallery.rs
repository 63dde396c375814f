//! What the galleries and the comparison show.

use std::{path::PathBuf, sync::Arc};

use super::ImageTarget;
use crate::domain::{Atlas, Contrast};

/// The moment whose images are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Moment {
    /// The newest, live while a run works.
    #[default]
    Latest,
    /// A saved frame, by the outer iterations done.
    At(usize),
}

/// The gallery view. The moment, zoom, contrast and class filter are those of every gallery.
#[derive(Debug, Clone)]
pub struct GalleryState {
    /// The set from a file that is shown instead of the selected run.
    pub set_file: Option<PathBuf>,
    /// The moment.
    pub moment: Moment,
    /// The experiment shown of a run with several, from 0.
    pub experiment: usize,
    /// Points across an image; `None` fits the width.
    pub tile: Option<f32>,
    /// The contrast.
    pub contrast: Contrast,
    /// Only classes whose name holds this text.
    pub class_filter: String,
    /// Whether the images at the beginning stand beside.
    pub show_initial: bool,
    /// Whether real images stand beside.
    pub show_real: bool,
    /// The image that was picked.
    pub picked: Option<PickedImage>,
}

impl Default for GalleryState {
    fn default() -> Self {
        Self {
            set_file: None,
            moment: Moment::Latest,
            experiment: 0,
            tile: None,
            contrast: Contrast::Plain,
            class_filter: String::new(),
            show_initial: false,
            show_real: true,
            picked: None,
        }
    }
}

/// An image that was picked to be looked at closely.
#[derive(Debug, Clone)]
pub struct PickedImage {
    /// Whose.
    pub target: ImageTarget,
    /// Which.
    pub index: usize,
    /// The nearest real images.
    pub nearest: NearestState,
}

/// The search for the nearest real images.
#[derive(Debug, Clone, Default)]
pub enum NearestState {
    /// Not asked for.
    #[default]
    Idle,
    /// On its way.
    Searching(u64),
    /// Found.
    Found {
        /// The images, the nearest first.
        atlas: Arc<Atlas>,
        /// Their distances.
        distances: Vec<f32>,
    },
    /// It cannot be found; one sentence.
    Failed(String),
}

/// The comparison.
#[derive(Debug, Clone, Default)]
pub struct CompareState {
    /// Two to four runs, in the order in which they were added.
    pub runs: Vec<PathBuf>,
    /// Whether distances are on a logarithmic axis.
    pub log: bool,
    /// Whether distances are divided by those of the first iteration.
    pub relative: bool,
    /// Whether settings that are alike in all runs are left out.
    pub only_differing: bool,
}

impl CompareState {
    /// The most runs side by side.
    pub const MOST: usize = 4;
}
