//! The datasets that were opened, and what the dataset view shows of them.

use std::{collections::HashMap, sync::Arc};

use crate::domain::{Atlas, DatasetInfo, DatasetSource};

/// Names a dataset by where it comes from.
pub type DatasetKey = String;

/// The name of a source among the open datasets.
#[must_use]
pub fn dataset_key(source: &DatasetSource) -> DatasetKey {
    // All choices made when reading are part of it; a source always has a text.
    serde_json::to_string(source).unwrap_or_else(|_| source.to_string())
}

/// A dataset.
#[derive(Debug, Clone, Default)]
pub enum DatasetState {
    /// It is being read.
    #[default]
    Opening,
    /// It is there.
    Open {
        /// What is known of it.
        info: Arc<DatasetInfo>,
        /// The first training images of every class.
        samples: Arc<Atlas>,
    },
    /// It cannot be read; one sentence.
    Failed(String),
}

impl DatasetState {
    /// What is known of it, once it is open.
    #[must_use]
    pub fn info(&self) -> Option<&Arc<DatasetInfo>> {
        if let Self::Open { info, .. } = self { Some(info) } else { None }
    }
}

/// A page of images of one class or all.
#[derive(Debug, Clone, Default)]
pub struct DatasetPageState {
    /// The class; `None` for all.
    pub class: Option<usize>,
    /// Images of each class passed over.
    pub skip: usize,
    /// The images; `None` before the first page is there. Those of one class are in rows of [`Self::ROW`]: the label is
    /// the row.
    pub atlas: Option<Arc<Atlas>>,
    /// The page that is on its way: the class, and images of each class passed over.
    pub wanted: Option<(Option<usize>, usize)>,
    /// Why the latest page did not come; one sentence.
    pub problem: Option<String>,
    /// The image that is looked at closely.
    pub picked: Option<usize>,
}

impl DatasetPageState {
    /// Images in a row of a page of one class.
    pub const ROW: usize = 10;

    /// Images of each class on a page of all classes, or of one.
    #[must_use]
    pub const fn size(class: Option<usize>) -> usize {
        // One class alone has room for more of its images.
        if class.is_some() { 12 * Self::ROW } else { 12 }
    }
}

/// A part of the dataset view; all are seen at once where there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DatasetSection {
    /// The images.
    #[default]
    Images,
    /// How many images each class has.
    Classes,
    /// What is known of the dataset.
    Facts,
}

impl DatasetSection {
    /// Every part, in order.
    pub const ALL: [Self; 3] = [Self::Images, Self::Classes, Self::Facts];

    /// Its name.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Images => "Images",
            Self::Classes => "Classes",
            Self::Facts => "Facts",
        }
    }
}

/// What the dataset view shows.
#[derive(Debug, Clone, Default)]
pub struct DatasetViewState {
    /// The dataset.
    pub source: Option<DatasetSource>,
    /// The pages that were turned to, by dataset.
    pub pages: HashMap<DatasetKey, DatasetPageState>,
    /// The part that is shown where there is no room for all.
    pub section: DatasetSection,
    /// The path that is being typed.
    pub typed_path: String,
    /// The side that is being typed, to which pictures of different sizes are scaled.
    pub typed_side: String,
    /// Why the latest file that was dropped or typed was not taken.
    pub problem: Option<String>,
}
