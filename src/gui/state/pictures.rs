//! Images on their way from sets and frames to the screen: decoded by the file threads, asked for by the views.

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
};

use super::Moment;
use crate::domain::{Atlas, Contrast};

/// Whose images.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ImageTarget {
    /// Those of an experiment of a run.
    Run {
        /// The run's folder.
        folder: PathBuf,
        /// The experiment, from 0.
        experiment: usize,
    },
    /// Those of a set in a file.
    SetFile(PathBuf),
}

/// A picture: whose images, of which moment, shown how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AtlasKey {
    /// Whose images.
    pub target: ImageTarget,
    /// Of which moment.
    pub moment: Moment,
    /// Shown how.
    pub contrast: Contrast,
}

/// The pictures that are ready or on their way.
#[derive(Debug, Default)]
pub struct Pictures {
    ready: HashMap<AtlasKey, Arc<Atlas>>,
    /// In the order in which they became ready, the oldest first.
    order: Vec<AtlasKey>,
    pending: HashSet<AtlasKey>,
    /// What will not come.
    failed: HashSet<AtlasKey>,
    tickets: HashMap<u64, AtlasKey>,
    /// Pictures that became outdated while they were being drawn.
    stale: HashSet<AtlasKey>,
    next_ticket: u64,
}

/// The most pictures that are kept.
const MOST_PICTURES: usize = 96;

impl Pictures {
    /// A picture that is ready.
    #[must_use]
    pub fn get(&self, key: &AtlasKey) -> Option<&Arc<Atlas>> {
        self.ready.get(key)
    }

    /// Whether a view should ask for it.
    #[must_use]
    pub fn is_missing(&self, key: &AtlasKey) -> bool {
        !self.ready.contains_key(key) && !self.pending.contains(key) && !self.failed.contains(key)
    }

    /// Whether it will not come; what went wrong was told.
    #[must_use]
    pub fn has_failed(&self, key: &AtlasKey) -> bool {
        self.failed.contains(key)
    }

    /// Whether it was ready once: someone looks at it.
    pub(in crate::gui) fn known(&self, target: &ImageTarget) -> Vec<AtlasKey> {
        let latest = |key: &&AtlasKey| key.target == *target && key.moment == Moment::Latest;
        self.ready.keys().chain(&self.pending).filter(latest).cloned().collect::<HashSet<_>>().into_iter().collect()
    }

    /// Notes that a picture is being made; `None` when it is already, and will be made again after.
    pub(in crate::gui) fn begin(&mut self, key: &AtlasKey) -> Option<u64> {
        if !self.pending.insert(key.clone()) {
            self.stale.insert(key.clone());
            return None;
        }
        self.failed.remove(key);
        self.next_ticket += 1;
        self.tickets.insert(self.next_ticket, key.clone());
        Some(self.next_ticket)
    }

    /// Takes a picture that was drawn; its key, and whether it is already outdated.
    pub(in crate::gui) fn drawn(&mut self, ticket: u64, atlas: Arc<Atlas>) -> Option<(AtlasKey, bool)> {
        let key = self.tickets.remove(&ticket)?;
        self.put(key.clone(), atlas);
        let stale = self.stale.remove(&key);
        Some((key, stale))
    }

    /// Takes a picture.
    pub(in crate::gui) fn put(&mut self, key: AtlasKey, atlas: Arc<Atlas>) {
        self.pending.remove(&key);
        if self.ready.insert(key.clone(), atlas).is_none() {
            self.order.push(key);
        }
        if self.order.len() > MOST_PICTURES {
            let oldest = self.order.remove(0);
            self.ready.remove(&oldest);
        }
    }

    /// Notes that a picture will not come.
    pub(in crate::gui) fn fail(&mut self, key: AtlasKey) {
        self.pending.remove(&key);
        self.failed.insert(key);
    }

    /// Notes that no picture of a target that was asked for will come.
    pub(in crate::gui) fn fail_all(&mut self, target: &ImageTarget) {
        let asked: Vec<AtlasKey> = self.pending.iter().filter(|key| key.target == *target).cloned().collect();
        for key in asked {
            self.fail(key);
        }
    }

    /// The key behind a ticket.
    #[must_use]
    pub fn key_of(&self, ticket: u64) -> Option<&AtlasKey> {
        self.tickets.get(&ticket)
    }

    /// Forgets all pictures of a target, and what was asked of it.
    pub(in crate::gui) fn forget(&mut self, target: &ImageTarget) {
        self.pending.retain(|key| key.target != *target);
        self.ready.retain(|key, _| key.target != *target);
        self.order.retain(|key| key.target != *target);
        self.failed.retain(|key| key.target != *target);
    }
}
