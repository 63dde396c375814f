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
    /// The images; `None` while they are on their way.
    pub atlas: Option<Arc<Atlas>>,
}

/// What the dataset view shows.
#[derive(Debug, Clone, Default)]
pub struct DatasetViewState {
    /// The dataset.
    pub source: Option<DatasetSource>,
    /// The pages that were turned to, by dataset.
    pub pages: HashMap<DatasetKey, DatasetPageState>,
    /// The path that is being typed.
    pub typed_path: String,
    /// Why the latest file that was dropped or typed was not taken.
    pub problem: Option<String>,
}
