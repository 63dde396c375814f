//! How the figures of a run went over its outer iterations: a bounded record, made to be drawn.

use super::{ClassDistance, ConfigError, IterationReport, range};

/// The most points that are kept; beyond it every second one is dropped and the stride doubles.
const MOST_POINTS: usize = 2048;

/// The figures of one outer iteration.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HistoryPoint {
    /// The outer iteration, from 0.
    pub iteration: usize,
    /// The matching loss: divided by classes and inner steps.
    pub loss: f64,
    /// The distance of each class; NaN for a class that was not matched.
    pub by_class: Vec<f32>,
    /// The distance of the mixed-class term, where there is one.
    pub mixed: Option<f32>,
    /// The share of each parameter, averaged over the classes.
    pub by_parameter: Vec<f32>,
    /// Epochs for which the network was trained, averaged over the inner steps; `None` where it was not.
    pub network_epochs: Option<f32>,
    /// Norm of the gradient of the real images, averaged over the classes; NaN where it was not recorded.
    pub real_norm: f32,
    /// Norm of the gradient of the synthetic images, averaged over the classes; NaN where it was not recorded.
    pub synthetic_norm: f32,
    /// Cosine of the angle between the two, averaged over the classes; NaN where it was not recorded.
    pub cosine: f32,
    /// Wall time of the iteration.
    pub seconds: f32,
}

/// The accuracy of a network trained on the images of one moment.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AccuracyCheck {
    /// Outer iterations done at that moment.
    pub iterations_done: usize,
    /// Fraction of the test images classified rightly.
    pub accuracy: f64,
}

/// Accuracies to be measured on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AccuracyChecks {
    /// Training epochs of the network of each check.
    pub epochs: usize,
    /// Test only on so many test images, taken evenly; `None` for all.
    pub test_limit: Option<usize>,
}

impl Default for AccuracyChecks {
    /// Enough to see where a run is going, at a few seconds a check.
    fn default() -> Self {
        Self { epochs: 300, test_limit: Some(1000) }
    }
}

impl AccuracyChecks {
    /// Checks what is entered.
    ///
    /// # Errors
    ///
    /// Names the first value that cannot be used.
    pub fn check(&self) -> Result<(), ConfigError> {
        range::at_least_one([
            ("epochs of the accuracy checks", self.epochs),
            ("test limit of the accuracy checks", self.test_limit.unwrap_or(1)),
        ])
    }
}

/// The history of one experiment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunHistory {
    /// The names of the matched parameters.
    pub parameter_names: Vec<String>,
    /// The points, ascending by iteration.
    pub points: Vec<HistoryPoint>,
    /// Accuracies on the way.
    pub accuracy: Vec<AccuracyCheck>,
    /// One of so many iterations is kept; 0 as long as all are.
    stride: usize,
}

impl RunHistory {
    /// Adds a report. One of an iteration that is there already means that the run went back to a checkpoint: what
    /// followed is dropped.
    pub fn push(&mut self, report: &IterationReport, classes: usize) {
        self.parameter_names.clone_from(&report.parameter_names);
        self.push_point(HistoryPoint::of(report, classes));
    }

    /// Adds a point; what follows its iteration is dropped.
    pub fn push_point(&mut self, point: HistoryPoint) {
        self.points.retain(|earlier| earlier.iteration < point.iteration);
        if self.stride > 1 && !point.iteration.is_multiple_of(self.stride) {
            return;
        }
        self.points.push(point);
        if self.points.len() > MOST_POINTS {
            self.stride = 2 * self.stride.max(1);
            let stride = self.stride;
            self.points.retain(|point| point.iteration.is_multiple_of(stride));
        }
    }

    /// Adds an accuracy; later ones of an earlier session are dropped.
    pub fn push_accuracy(&mut self, check: AccuracyCheck) {
        self.accuracy.retain(|earlier| earlier.iterations_done < check.iterations_done);
        self.accuracy.push(check);
    }

    /// The latest matching loss.
    #[must_use]
    pub fn last_loss(&self) -> Option<f64> {
        self.points.last().map(|point| point.loss)
    }
}

impl HistoryPoint {
    #[allow(clippy::cast_possible_truncation)] // drawn, not computed with
    fn of(report: &IterationReport, classes: usize) -> Self {
        let mut by_class = vec![f32::NAN; classes];
        let mut by_parameter = vec![0.0_f64; report.parameter_names.len()];
        let mut mixed = None;
        for entry in &report.classes {
            match entry.class {
                Some(class) if class < classes => by_class[class] = entry.total as f32,
                Some(_) => {}
                None => mixed = Some(entry.total as f32),
            }
            for (sum, share) in by_parameter.iter_mut().zip(&entry.by_parameter) {
                *sum += share;
            }
        }
        let entries = report.classes.len().max(1) as f64;
        // Of the classes that have a value: a gradient of length 0 has no angle.
        let average = |value: fn(&ClassDistance) -> f64| {
            let values: Vec<f64> = report.classes.iter().map(value).filter(|value| value.is_finite()).collect();
            if values.is_empty() { f32::NAN } else { (values.iter().sum::<f64>() / values.len() as f64) as f32 }
        };
        let epochs = &report.network_epochs;
        let network_epochs =
            (!epochs.is_empty()).then(|| (epochs.iter().sum::<usize>() as f64 / epochs.len() as f64) as f32);
        Self {
            iteration: report.iteration,
            loss: report.loss,
            by_class,
            mixed,
            by_parameter: by_parameter.into_iter().map(|sum| (sum / entries) as f32).collect(),
            network_epochs,
            real_norm: average(|entry| entry.real_norm),
            synthetic_norm: average(|entry| entry.synthetic_norm),
            cosine: average(|entry| entry.cosine),
            seconds: report.seconds as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(iteration: usize) -> IterationReport {
        let class = |class, total: f64| ClassDistance {
            class,
            total,
            by_parameter: vec![total / 4.0, total * 0.75],
            real_norm: total,
            synthetic_norm: 2.0 * total,
            cosine: 1.0 / total,
        };
        IterationReport {
            iteration,
            loss: iteration as f64,
            classes: vec![class(Some(1), 4.0), class(None, 8.0)],
            parameter_names: vec!["a".into(), "b".into()],
            network_epochs: vec![10, 20],
            validation_losses: Vec::new(),
            seconds: 1.0,
        }
    }

    #[test]
    fn a_report_becomes_a_point() {
        let mut history = RunHistory::default();
        history.push(&report(0), 2);
        let point = &history.points[0];
        assert!(point.by_class[0].is_nan());
        assert_eq!((point.by_class[1], point.mixed, point.network_epochs), (4.0, Some(8.0), Some(15.0)));
        assert_eq!(point.by_parameter, [1.5, 4.5]);
        assert_eq!((point.real_norm, point.synthetic_norm, point.cosine), (6.0, 12.0, 0.1875));
    }

    #[test]
    fn what_a_class_lacks_does_not_hide_the_others() {
        let mut some = report(0);
        some.classes[0].cosine = f64::NAN;
        let mut none = report(1);
        none.classes.iter_mut().for_each(|class| class.cosine = f64::NAN);
        let mut history = RunHistory::default();
        history.push(&some, 2);
        history.push(&none, 2);
        assert!((history.points[0].cosine - 0.125).abs() < 1e-6);
        assert!(history.points[1].cosine.is_nan());
    }

    #[test]
    fn a_run_that_went_back_overwrites() {
        let mut history = RunHistory::default();
        for iteration in [0, 1, 2, 3, 2] {
            history.push(&report(iteration), 2);
        }
        assert_eq!(history.points.iter().map(|point| point.iteration).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(history.last_loss(), Some(2.0));
    }

    #[test]
    fn a_long_history_thins_out_evenly() {
        let mut history = RunHistory::default();
        for iteration in 0..3 * MOST_POINTS {
            history.push(&report(iteration), 2);
        }
        assert!(history.points.len() <= MOST_POINTS);
        assert!(history.points.windows(2).all(|pair| pair[1].iteration - pair[0].iteration == 4));
    }
}
