//! Everything that is shown of a run: the history of its figures, its frames and sets, its evaluation.

use std::sync::Arc;

use super::{
    Metrics, MetricsClass, MetricsRow, ProjectError, RunFolder,
    picture::{read_sheet, take_apart},
};
use crate::domain::{ClassDistance, ExperimentDetails, ImageShape, IterationReport, RunDetails, RunHistory};

/// The images of one moment as they were shown then: bytes, one plane after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameImages {
    /// The shape of each; 1 channel for grey, 3 for RGB.
    pub shape: ImageShape,
    /// Their classes.
    pub labels: Vec<usize>,
    /// `labels.len() * shape.values()` bytes.
    pub bytes: Vec<u8>,
}

impl RunFolder {
    /// Everything that is shown of the run.
    ///
    /// # Errors
    ///
    /// When one of its files is there but cannot be read.
    pub fn details(&self) -> Result<RunDetails, ProjectError> {
        let experiments = (0..self.record().experiments).map(|experiment| {
            let frames = self.frames(experiment)?;
            Ok(ExperimentDetails {
                history: self.load_history(experiment)?,
                frames: frames.into_iter().map(|frame| frame.iterations_done).collect(),
                set: self.load_set(experiment)?.map(|stored| Arc::new(stored.set)),
            })
        });
        Ok(RunDetails {
            summary: self.summary(),
            experiments: experiments.collect::<Result<_, ProjectError>>()?,
            evaluation: self.load_evaluation()?.map(|record| (record.config, record.table)),
        })
    }

    /// The history of an experiment.
    ///
    /// # Errors
    ///
    /// When a file is there but cannot be read.
    pub fn load_history(&self, experiment: usize) -> Result<RunHistory, ProjectError> {
        let Metrics { parameter_names, rows } = self.load_metrics(experiment)?;
        let classes = self.record().dataset.classes();
        let mut history = RunHistory::default();
        for rows in rows.chunk_by(|one, next| one.iteration == next.iteration) {
            history.push(&report_of(&parameter_names, rows), classes);
        }
        history.accuracy = self.load_accuracy(experiment)?;
        Ok(history)
    }

    /// The images of the frame after `iterations_done` outer iterations.
    ///
    /// # Errors
    ///
    /// [`ProjectError::Read`] when there is no such frame; [`ProjectError::Damaged`] when it is not of this run's images.
    pub fn load_frame(&self, experiment: usize, iterations_done: usize) -> Result<FrameImages, ProjectError> {
        let path = self.frame_path(experiment, iterations_done)?;
        let counts = self.record().plan()?.counts;
        let (shape, bytes) =
            take_apart(&read_sheet(&path)?, self.record().dataset.shape, &counts).ok_or_else(|| {
                let images: usize = counts.iter().sum();
                let expected = format!("{images} images of {}", self.record().dataset.shape);
                ProjectError::damaged(&path, format!("the picture should show {expected}, but has another size"))
            })?;
        let labels = counts.iter().enumerate().flat_map(|(class, &count)| std::iter::repeat_n(class, count)).collect();
        Ok(FrameImages { shape, labels, bytes })
    }
}

/// The report behind the rows of one iteration.
fn report_of(parameter_names: &[String], rows: &[MetricsRow]) -> IterationReport {
    let class_of = |row: &MetricsRow| match row.class {
        MetricsClass::All => None,
        MetricsClass::Class(class) => Some(Some(class)),
        MetricsClass::Mixed => Some(None),
    };
    let distance = |row: &MetricsRow| {
        let class = class_of(row)?;
        Some(ClassDistance {
            class,
            total: row.distance,
            real_norm: row.real_norm,
            synthetic_norm: row.synthetic_norm,
            cosine: row.cosine,
            by_parameter: row.by_parameter.clone(),
        })
    };
    let first = rows.first();
    IterationReport {
        iteration: first.map_or(0, |row| row.iteration),
        loss: first.map_or(f64::NAN, |row| row.loss),
        classes: rows.iter().filter_map(distance).collect(),
        parameter_names: parameter_names.to_vec(),
        network_epochs: first.map(|row| row.network_epochs.clone()).unwrap_or_default(),
        validation_losses: Vec::new(),
        seconds: first.map_or(0.0, |row| row.seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{AccuracyCheck, EvaluationConfig},
        project::{EvaluationRecord, fixtures},
    };
    use std::fs;

    #[test]
    fn a_run_is_loaded_with_all_that_is_shown() {
        let parent = tempfile::tempdir().unwrap();
        let mut writer = RunFolder::create(parent.path(), fixtures::record(2)).unwrap();
        let mut expected = RunHistory::default();
        for iteration in 0..4 {
            let mut report = fixtures::report(iteration);
            writer.append_report(0, &report).unwrap();
            // Not in the file.
            report.validation_losses.clear();
            expected.push(&report, 2);
        }
        for iterations_done in [0, 4] {
            let check = AccuracyCheck { iterations_done, accuracy: 0.5 };
            writer.append_accuracy(0, check).unwrap();
            expected.push_accuracy(check);
        }
        for iterations_done in [0, 1, 4] {
            writer.save_frame(0, &fixtures::state(iterations_done)).unwrap();
        }
        writer.save_set(0, &fixtures::state(4)).unwrap();
        let evaluation = EvaluationRecord::new(EvaluationConfig::default(), fixtures::record(1).device);
        writer.save_evaluation(&evaluation).unwrap();

        let details = writer.folder().details().unwrap();
        assert_eq!(details.summary, writer.folder().summary());
        assert_eq!(details.experiments[0].history, expected);
        assert_eq!(details.experiments[0].frames, [0, 1, 4]);
        assert_eq!(details.experiments[0].set.as_ref().unwrap().images.values, fixtures::state(4).images);
        assert_eq!(details.experiments[1], ExperimentDetails::default());
        assert_eq!(details.evaluation, Some((evaluation.config, evaluation.table)));
    }

    #[test]
    fn a_frame_gives_the_bytes_that_were_drawn() {
        let parent = tempfile::tempdir().unwrap();
        let writer = RunFolder::create(parent.path(), fixtures::record(1)).unwrap();
        writer.save_frame(0, &fixtures::state(3)).unwrap();
        let frame = writer.folder().load_frame(0, 3).unwrap();
        let set = fixtures::record(1).synthetic_set(&fixtures::state(3)).unwrap();
        assert_eq!(frame.labels, set.images.labels);
        assert_eq!(frame.bytes, (0..5).flat_map(|index| set.display_bytes(index)).collect::<Vec<_>>());
        assert!(matches!(writer.folder().load_frame(0, 4), Err(ProjectError::Read { .. })));
        let other = parent.path().join("frames").join("000004.png");
        let small = super::super::ContactSheet { width: 3, height: 3, channels: 1, pixels: vec![0; 9] };
        fs::write(&other, small.to_png(None).unwrap()).unwrap();
        let error = writer.folder().load_frame(0, 4).unwrap_err().to_string();
        assert!(error.contains("should show 5 images of 1x4x4"), "{error}");
    }

    #[test]
    fn a_damaged_file_is_named() {
        let parent = tempfile::tempdir().unwrap();
        let mut writer = RunFolder::create(parent.path(), fixtures::record(1)).unwrap();
        writer.append_report(0, &fixtures::report(0)).unwrap();
        fs::write(parent.path().join("set.safetensors"), "broken").unwrap();
        let error = writer.folder().details().unwrap_err().to_string();
        assert!(error.contains("set.safetensors"), "{error}");
    }
}
