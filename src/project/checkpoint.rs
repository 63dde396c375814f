//! `checkpoint.safetensors`: the state of one experiment between two outer iterations.
//!
//! Tensors `images` and, once there is a momentum, `velocity`, both F32 `[n, c, h, w]`; in the metadata the number of
//! iterations done and what the checkpoint belongs to: configuration, dataset checksum, experiment.

use std::path::Path;

use super::{
    ProjectError, RunRecord,
    tensor_file::{NewTensorFile, TensorFile},
};
use crate::domain::{CondensationConfig, RunState};

const KIND: &str = "dewpoint-checkpoint";
const FORMAT: u32 = 1;

/// Writes `state` as the checkpoint of `experiment`.
///
/// # Errors
///
/// [`ProjectError::NotSavable`] when the state does not fit the record or is not finite, [`ProjectError::Write`].
pub(super) fn write(path: &Path, record: &RunRecord, experiment: usize, state: &RunState) -> Result<(), ProjectError> {
    let not_savable = |problem: String| ProjectError::NotSavable { path: path.to_owned(), problem };
    let shape = shape_of(record)?;
    check_lengths(&shape, state).map_err(&not_savable)?;
    if state.images.iter().chain(&state.velocity).any(|value| !value.is_finite()) {
        return Err(not_savable(format!(
            "after {} iterations the images hold values that are not finite; resume with a smaller image learning rate",
            state.iterations_done
        )));
    }
    let unwritable = |error: serde_json::Error| not_savable(error.to_string());
    let mut file = NewTensorFile::new(KIND, FORMAT)
        .json("iterations_done", &state.iterations_done)
        .and_then(|file| file.json("experiment", &experiment))
        .and_then(|file| file.json("config", &record.config))
        .and_then(|file| file.json("dataset_checksum", &record.dataset.checksum))
        .map_err(unwritable)?
        .floats("images", shape.clone(), &state.images);
    if !state.velocity.is_empty() {
        file = file.floats("velocity", shape, &state.velocity);
    }
    file.write(path)
}

/// Reads the checkpoint of `experiment`; `None` when none was written yet.
///
/// # Errors
///
/// [`ProjectError::ForeignCheckpoint`] when it is of another run, experiment or configuration (a changed number of
/// iterations is fine, so a run can be prolonged); [`ProjectError::Damaged`] and others when it cannot be read.
pub(super) fn read(path: &Path, record: &RunRecord, experiment: usize) -> Result<Option<RunState>, ProjectError> {
    if !path.try_exists().map_err(ProjectError::reading(path))? {
        return Ok(None);
    }
    let file = TensorFile::read(path, KIND, FORMAT)?;
    let foreign = |problem: String| ProjectError::ForeignCheckpoint { path: path.to_owned(), problem };
    let found: usize = file.json("experiment")?;
    if found != experiment {
        return Err(foreign(format!("it is of experiment {}, not of {}", found + 1, experiment + 1)));
    }
    if file.json::<String>("dataset_checksum")? != record.dataset.checksum {
        return Err(foreign(format!("it was condensed from other data than {}", record.dataset.name)));
    }
    let config: CondensationConfig = file.json("config")?;
    if (CondensationConfig { iterations: record.config.iterations, ..config }) != record.config {
        return Err(foreign("it was condensed with another configuration than run.json says".to_owned()));
    }
    let iterations_done: usize = file.json("iterations_done")?;
    if iterations_done > record.config.iterations {
        let all = record.config.iterations;
        return Err(foreign(format!("{iterations_done} iterations are done, but the run has only {all}")));
    }

    let expected = shape_of(record)?;
    let floats = |name| {
        let (shape, values) = file.floats(name, 4)?;
        if shape != expected {
            return Err(foreign(format!("its {name} are {shape:?}, but the configuration asks for {expected:?}")));
        }
        Ok(values)
    };
    let images = floats("images")?;
    let velocity = if file.has("velocity")? { floats("velocity")? } else { Vec::new() };
    Ok(Some(RunState { iterations_done, images, velocity }))
}

/// `[n, c, h, w]` of all synthetic images of an experiment.
fn shape_of(record: &RunRecord) -> Result<Vec<usize>, ProjectError> {
    let shape = record.dataset.shape;
    Ok(vec![record.plan()?.images(), shape.channels, shape.height, shape.width])
}

fn check_lengths(shape: &[usize], state: &RunState) -> Result<(), String> {
    let expected: usize = shape.iter().product();
    if state.images.len() != expected {
        return Err(format!("the images should have {expected} values, but have {}", state.images.len()));
    }
    if !(state.velocity.is_empty() || state.velocity.len() == expected) {
        return Err(format!("the momentum should have {expected} values, but has {}", state.velocity.len()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Seed, project::fixtures};
    use std::{fs, path::PathBuf};

    fn written(folder: &tempfile::TempDir, state: &RunState) -> PathBuf {
        let path = folder.path().join("checkpoint.safetensors");
        write(&path, &fixtures::record(2), 1, state).unwrap();
        path
    }

    #[test]
    fn a_state_survives_bit_by_bit() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = fixtures::state(7);
        state.images[..4].copy_from_slice(&[-0.0, f32::MIN_POSITIVE / 8.0, f32::MAX, 0.1]);
        for velocity in [Vec::new(), state.images.iter().map(|value| value / 3.0).collect()] {
            let state = RunState { velocity, ..state.clone() };
            let back = read(&written(&folder, &state), &fixtures::record(2), 1).unwrap().unwrap();
            let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&back.images), bits(&state.images));
            assert_eq!(bits(&back.velocity), bits(&state.velocity));
            assert_eq!(back.iterations_done, 7);
        }
    }

    #[test]
    fn none_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(&folder.path().join("checkpoint.safetensors"), &fixtures::record(1), 0).unwrap(), None);
    }

    #[test]
    fn a_checkpoint_of_something_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(&folder, &fixtures::state(7));
        let refused = |experiment, change: fn(&mut RunRecord), problem: &str| {
            let mut record = fixtures::record(2);
            change(&mut record);
            let error = read(&path, &record, experiment).unwrap_err();
            assert!(matches!(error, ProjectError::ForeignCheckpoint { .. }), "{error}");
            assert!(error.to_string().contains(problem), "{error}");
        };
        refused(0, |_| (), "of experiment 2, not of 1");
        refused(1, |record| record.dataset.checksum = "00".into(), "other data");
        refused(1, |record| record.config.seed = Seed(9), "another configuration");
        refused(1, |record| record.config.iterations = 6, "7 iterations are done");
        refused(1, |record| record.dataset.shape.width = 5, "its images are [5, 1, 4, 4]");
        let mut longer = fixtures::record(2);
        longer.config.iterations = 9000;
        assert!(read(&path, &longer, 1).unwrap().is_some(), "a run can be prolonged");
    }

    #[test]
    fn a_bad_state_does_not_replace_a_good_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        let good = fixtures::state(7);
        let path = written(&folder, &good);
        let mut nan = good.clone();
        nan.images[3] = f32::NAN;
        for (state, problem) in [
            (nan, "not finite"),
            (RunState { images: vec![0.0; 3], ..good.clone() }, "should have 80 values, but have 3"),
            (RunState { velocity: vec![0.0; 3], ..good.clone() }, "momentum should have 80 values"),
        ] {
            let error = write(&path, &fixtures::record(2), 1, &state).unwrap_err().to_string();
            assert!(error.contains(problem) && error.contains("last good file was kept"), "{error}");
        }
        assert_eq!(read(&path, &fixtures::record(2), 1).unwrap().unwrap(), good);
    }

    #[test]
    fn broken_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(&folder, &fixtures::state(7));
        let good = fs::read(&path).unwrap();
        for length in [0, 7, 100, good.len() - 1] {
            fs::write(&path, &good[..length]).unwrap();
            let error = read(&path, &fixtures::record(2), 1).unwrap_err();
            assert!(matches!(error, ProjectError::Damaged { .. }), "{error}");
        }
        let mut nan = good.clone();
        let end = nan.len();
        nan[end - 4..].copy_from_slice(&f32::INFINITY.to_le_bytes());
        fs::write(&path, nan).unwrap();
        let error = read(&path, &fixtures::record(2), 1).unwrap_err().to_string();
        assert!(error.contains("value 79 of tensor \"velocity\" is inf"), "{error}");
    }
}
