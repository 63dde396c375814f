//! The runs of the project as they are shown, on disk or at work.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::Moment;
use crate::domain::{
    EvaluationConfig, EvaluationTable, ExperimentDetails, RunDetails, RunHistory, RunStatus, RunSummary, SyntheticSet,
};

/// The runs that are known.
#[derive(Debug, Default)]
pub struct Runs {
    /// By folder.
    by_folder: HashMap<PathBuf, RunView>,
    /// Folders, the newest first.
    order: Vec<PathBuf>,
    /// The run that other views show.
    pub selected: Option<PathBuf>,
    /// Grows with every change.
    revision: u64,
}

impl Runs {
    /// The run in a folder.
    #[must_use]
    pub fn get(&self, folder: &Path) -> Option<&RunView> {
        self.by_folder.get(folder)
    }

    /// The run in a folder, to be changed.
    pub(in crate::gui) fn get_mut(&mut self, folder: &Path) -> Option<&mut RunView> {
        self.revision += 1;
        self.by_folder.get_mut(folder)
    }

    /// All runs, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = &RunView> {
        self.order.iter().filter_map(|folder| self.by_folder.get(folder))
    }

    /// The number of runs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is no run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// A number that grows with every change: what follows from the runs stays while it does.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Adds a run or replaces its line; what is loaded of it stays. A new one becomes the first.
    pub(in crate::gui) fn put(&mut self, summary: RunSummary) {
        self.revision += 1;
        if let Some(view) = self.by_folder.get_mut(&summary.folder) {
            view.summary = summary;
            return;
        }
        self.order.insert(0, summary.folder.clone());
        self.by_folder.insert(summary.folder.clone(), RunView::new(summary));
    }

    /// Replaces all runs, given with the newest first.
    pub(in crate::gui) fn replace(&mut self, summaries: Vec<RunSummary>) {
        *self = Self { revision: self.revision + 1, ..Self::default() };
        for summary in summaries.into_iter().rev() {
            self.put(summary);
        }
    }

    /// Takes a run out.
    pub(in crate::gui) fn remove(&mut self, folder: &Path) {
        self.revision += 1;
        self.order.retain(|other| other != folder);
        self.by_folder.remove(folder);
        if self.selected.as_deref() == Some(folder) {
            self.selected = None;
        }
    }
}

/// How much of a run is in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Details {
    /// Only its line.
    #[default]
    NotLoaded,
    /// It is being read.
    Loading,
    /// All of it.
    Loaded,
    /// It could not be read; the log says why.
    Failed,
}

/// A run.
#[derive(Debug, Clone)]
pub struct RunView {
    /// Its line in the list, kept up to date while it works.
    pub summary: RunSummary,
    /// How much of it is in memory.
    pub details: Details,
    /// Its experiments; empty before the details are there.
    pub experiments: Vec<ExperimentView>,
    /// How it was evaluated, and the result so far.
    pub evaluation: Option<(EvaluationConfig, EvaluationTable)>,
}

/// One experiment of a run.
#[derive(Debug, Clone, Default)]
pub struct ExperimentView {
    /// Its figures.
    pub history: RunHistory,
    /// Outer iterations done at each saved frame, ascending.
    pub frames: Vec<usize>,
    /// The newest images: live ones while it works.
    pub set: Option<Arc<SyntheticSet>>,
    /// Outer iterations done when `set` was taken.
    pub set_iterations: usize,
}

impl ExperimentView {
    /// The moment whose images are shown when `wanted` is asked for: the latest saved frame that is not later, or the
    /// first; the newest images where nothing is saved.
    #[must_use]
    pub fn moment(&self, wanted: Moment) -> Moment {
        let Moment::At(wanted) = wanted else { return Moment::Latest };
        let earlier = self.frames.partition_point(|&frame| frame <= wanted);
        self.frames.get(earlier.saturating_sub(1)).map_or(Moment::Latest, |&frame| Moment::At(frame))
    }

    /// Outer iterations that are done, as far as is known.
    #[must_use]
    pub fn iterations_done(&self) -> usize {
        self.history.points.last().map_or(0, |point| point.iteration + 1).max(self.set_iterations)
    }

    /// Adds a saved frame.
    pub(in crate::gui) fn add_frame(&mut self, iterations_done: usize) {
        let place = self.frames.partition_point(|&frame| frame < iterations_done);
        if self.frames.get(place) != Some(&iterations_done) {
            self.frames.insert(place, iterations_done);
        }
    }
}

impl RunView {
    /// A run of which only the line is known.
    #[must_use]
    pub fn new(summary: RunSummary) -> Self {
        Self { summary, details: Details::NotLoaded, experiments: Vec::new(), evaluation: None }
    }

    /// Takes what was read from disk.
    pub(in crate::gui) fn load(&mut self, details: RunDetails) {
        let live = self.summary.status == RunStatus::Running;
        let per_experiment = details.summary.iterations_done.checked_div(details.summary.experiments).unwrap_or(0);
        let mut experiments: Vec<ExperimentView> = details
            .experiments
            .into_iter()
            .map(|ExperimentDetails { history, frames, set }| ExperimentView {
                set_iterations: history.points.last().map_or(per_experiment, |point| point.iteration + 1),
                history,
                frames,
                set,
            })
            .collect();
        if live {
            // What came from the worker meanwhile is newer than the disk.
            for (fresh, old) in experiments.iter_mut().zip(&mut self.experiments) {
                old.frames.drain(..).for_each(|frame| fresh.add_frame(frame));
                for point in std::mem::take(&mut old.history.points) {
                    fresh.history.push_point(point);
                }
                if old.set.is_some() {
                    (fresh.set, fresh.set_iterations) = (old.set.take(), old.set_iterations);
                }
            }
        } else {
            self.summary = details.summary;
        }
        self.experiments = experiments;
        self.evaluation = details.evaluation.or_else(|| self.evaluation.take());
        self.details = Details::Loaded;
    }

    /// The experiment, made if it is not there yet.
    pub(in crate::gui) fn experiment_mut(&mut self, experiment: usize) -> &mut ExperimentView {
        if self.experiments.len() <= experiment {
            self.experiments.resize_with(experiment + 1, ExperimentView::default);
        }
        &mut self.experiments[experiment]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_the_nearest_frame_that_is_not_later() {
        let mut view = ExperimentView::default();
        assert_eq!(view.moment(Moment::At(7)), Moment::Latest, "nothing is saved");
        for frame in [5, 1, 20, 5] {
            view.add_frame(frame);
        }
        assert_eq!(view.frames, [1, 5, 20]);
        let shown = [0, 1, 4, 5, 19, 20, 500].map(|wanted| view.moment(Moment::At(wanted)));
        assert_eq!(shown, [1, 1, 1, 5, 5, 20, 20].map(Moment::At));
        assert_eq!(view.moment(Moment::Latest), Moment::Latest);
    }
}
