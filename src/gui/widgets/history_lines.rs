//! Lines of a plot taken from the history of a run: made once, and extended as the history grows.

use std::path::{Path, PathBuf};

use crate::domain::{HistoryPoint, RunHistory};

/// What lines were taken from.
#[derive(Debug, Clone, PartialEq)]
struct Origin {
    run: PathBuf,
    experiment: usize,
    /// Which values were taken.
    variant: u64,
    /// The first iteration.
    first: usize,
}

/// Lines over the iterations of a run, from 1.
#[derive(Debug, Default)]
pub struct HistoryLines {
    origin: Option<Origin>,
    /// Points taken, and the loss of the last, bit by bit.
    taken: usize,
    last: Option<(usize, u64)>,
    lines: Vec<Vec<[f64; 2]>>,
    /// How often a point was taken, for tests and benchmarks.
    pub points_taken: usize,
}

impl HistoryLines {
    /// The lines as they were taken last.
    #[must_use]
    pub fn lines(&self) -> &[Vec<[f64; 2]>] {
        &self.lines
    }

    /// The lines whose values `values` gives for each point, in the same order; another `variant` means other values. NaN
    /// is a gap.
    pub fn follow(
        &mut self,
        run: &Path,
        experiment: usize,
        variant: u64,
        history: &RunHistory,
        values: impl Fn(&HistoryPoint, &mut Vec<f64>),
    ) -> &[Vec<[f64; 2]>] {
        let points = &history.points;
        let first = points.first().map_or(0, |point| point.iteration);
        let same = self.origin.as_ref().is_some_and(|origin| {
            origin.experiment == experiment && origin.variant == variant && origin.first == first && origin.run == run
        });
        let mark = |point: &HistoryPoint| (point.iteration, point.loss.to_bits());
        let continued = same && self.taken.checked_sub(1).is_none_or(|last| points.get(last).map(mark) == self.last);
        if !continued {
            self.origin = Some(Origin { run: run.to_owned(), experiment, variant, first });
            self.taken = 0;
            self.lines.clear();
        }
        let mut row = Vec::new();
        for point in &points[self.taken..] {
            row.clear();
            values(point, &mut row);
            if self.lines.len() < row.len() {
                self.lines.resize_with(row.len(), Vec::new);
            }
            for (line, value) in self.lines.iter_mut().zip(&row) {
                line.push([(point.iteration + 1) as f64, *value]);
            }
            self.points_taken += 1;
        }
        self.taken = points.len();
        self.last = points.last().map(mark);
        &self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(iteration: usize, loss: f64) -> HistoryPoint {
        HistoryPoint { iteration, loss, ..HistoryPoint::default() }
    }

    #[test]
    fn only_what_is_new_is_taken() {
        let mut lines = HistoryLines::default();
        let mut history = RunHistory::default();
        let mut follow = |history: &RunHistory, run: &str, variant| {
            let before = lines.points_taken;
            let taken = lines.follow(run.as_ref(), 0, variant, history, |point, row| row.push(point.loss));
            let values: Vec<f64> =
                taken.first().map(|line| line.iter().map(|point| point[1]).collect()).unwrap_or_default();
            (values, lines.points_taken - before)
        };
        assert_eq!(follow(&history, "a", 0), (vec![], 0));
        for iteration in 0..3 {
            history.push_point(point(iteration, 9.0 - iteration as f64));
        }
        assert_eq!(follow(&history, "a", 0), (vec![9.0, 8.0, 7.0], 3));
        assert_eq!(follow(&history, "a", 0).1, 0);
        history.push_point(point(3, 1.0));
        assert_eq!(follow(&history, "a", 0), (vec![9.0, 8.0, 7.0, 1.0], 1));
        history.push_point(point(2, 5.0));
        assert_eq!(follow(&history, "a", 0).0, [9.0, 8.0, 5.0], "the run went back");
        assert_eq!(follow(&history, "a", 1).1, 3, "other values");
        assert_eq!(follow(&history, "b", 1).1, 3, "another run");
    }
}
