//! A run's folder from beginning to end: created, written, interrupted, resumed, refused.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{fixtures, *};
use crate::domain::{AccuracyCheck, EvaluationConfig, RunStage, RunState, SyntheticSetError};

/// The files below `folder`, by their paths in it, sorted.
fn files(folder: &Path) -> Vec<String> {
    fn collect(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, root, found);
            } else {
                found.push(path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    let mut found = Vec::new();
    collect(folder, folder, &mut found);
    found.sort();
    found
}

/// Runs outer iterations `from..to` of `experiment`, with a checkpoint and a frame after every fifth.
fn condense(writer: &mut RunWriter, experiment: usize, from: usize, to: usize) {
    for iteration in from..to {
        writer.append_report(experiment, &fixtures::report(iteration)).unwrap();
        if (iteration + 1).is_multiple_of(5) {
            let state = fixtures::state(iteration + 1);
            writer.save_frame(experiment, &state).unwrap();
            writer.save_checkpoint(experiment, &state).unwrap();
        }
    }
}

#[test]
fn a_run_is_a_folder() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("runs").join("first");
    let mut writer = RunFolder::create(&path, fixtures::record(1)).unwrap();
    assert_eq!(writer.begin_experiment(0).unwrap(), None);
    writer.save_frame(0, &RunState { velocity: Vec::new(), ..fixtures::state(0) }).unwrap();
    condense(&mut writer, 0, 0, 10);
    writer.save_set(0, &fixtures::state(10)).unwrap();
    writer
        .update_record(|record| {
            record.stage = RunStage::Finished;
            record.iterations_done = 10;
            record.seconds = 2.5;
        })
        .unwrap();
    let evaluation = EvaluationRecord::new(EvaluationConfig::default(), fixtures::record(1).device);
    writer.save_evaluation(&evaluation).unwrap();

    assert_eq!(
        files(&path),
        [
            "checkpoint.safetensors",
            "evaluation.json",
            "frames/000000.png",
            "frames/000005.png",
            "frames/000010.png",
            "metrics.csv",
            "run.json",
            "run.lock",
            "set.png",
            "set.safetensors"
        ]
    );
    // Readable while the writer lives.
    let folder = RunFolder::open(&path).unwrap();
    assert_eq!(folder.record(), writer.record());
    assert_eq!((folder.record().stage, folder.record().iterations_done), (RunStage::Finished, 10));
    assert_eq!(folder.load_checkpoint(0).unwrap(), Some(fixtures::state(10)));
    assert_eq!(folder.load_metrics(0).unwrap().rows.len(), 40);
    assert_eq!(folder.load_evaluation().unwrap(), Some(evaluation));
    let frames: Vec<usize> = folder.frames(0).unwrap().iter().map(|frame| frame.iterations_done).collect();
    assert_eq!(frames, [0, 5, 10]);
    let stored = folder.load_set(0).unwrap().unwrap();
    assert_eq!(stored.set.images.values, fixtures::state(10).images);
    assert_eq!(stored.recipe.unwrap().run.config, fixtures::record(1).config);
}

#[test]
fn several_experiments_have_folders() {
    let parent = tempfile::tempdir().unwrap();
    let mut writer = RunFolder::create(parent.path(), fixtures::record(2)).unwrap();
    assert_eq!(writer.folder().load_set(1).unwrap(), None);
    assert_eq!(writer.folder().frames(1).unwrap(), []);
    for experiment in 0..2 {
        condense(&mut writer, experiment, 0, 5);
        writer.save_set(experiment, &fixtures::state(5)).unwrap();
    }
    assert_eq!(
        files(parent.path())[5..],
        [
            "experiment-02/checkpoint.safetensors",
            "experiment-02/frames/000005.png",
            "experiment-02/metrics.csv",
            "experiment-02/set.png",
            "experiment-02/set.safetensors",
            "run.json",
            "run.lock"
        ]
    );
    let stored = writer.folder().load_set(1).unwrap().unwrap();
    assert_eq!(stored.recipe.unwrap().experiment, 1);
    let error = writer.begin_experiment(2).unwrap_err().to_string();
    assert!(error.starts_with("there is no experiment 3; the run has 2: "), "{error}");
}

#[test]
fn a_resumed_run_equals_an_uninterrupted_one() {
    let parent = tempfile::tempdir().unwrap();
    let (whole, torn) = (parent.path().join("whole"), parent.path().join("torn"));
    condense(&mut RunFolder::create(&whole, fixtures::record(1)).unwrap(), 0, 0, 20);

    let mut writer = RunFolder::create(&torn, fixtures::record(1)).unwrap();
    condense(&mut writer, 0, 0, 13);
    drop(writer);
    // A crash in the middle of a row, and one before a rename.
    let metrics = fs::read(torn.join("metrics.csv")).unwrap();
    fs::write(torn.join("metrics.csv"), &metrics[..metrics.len() - 9]).unwrap();
    fs::write(torn.join(".unfinished-a1b2c3.tmp"), b"").unwrap();

    let mut writer = RunFolder::open_to_write(&torn).unwrap();
    let state = writer.begin_experiment(0).unwrap().unwrap();
    assert_eq!(state, fixtures::state(10));
    condense(&mut writer, 0, state.iterations_done, 20);
    for name in ["metrics.csv", "frames/000015.png", "frames/000020.png"] {
        assert_eq!(fs::read(torn.join(name)).unwrap(), fs::read(whole.join(name)).unwrap(), "{name}");
    }
    assert_eq!(
        writer.folder().load_checkpoint(0).unwrap(),
        RunFolder::open(&whole).unwrap().load_checkpoint(0).unwrap()
    );
}

#[test]
fn accuracies_beyond_the_checkpoint_are_dropped() {
    let parent = tempfile::tempdir().unwrap();
    let mut writer = RunFolder::create(parent.path(), fixtures::record(2)).unwrap();
    writer.begin_experiment(1).unwrap();
    let check = |iterations_done: usize| AccuracyCheck { iterations_done, accuracy: iterations_done as f64 / 16.0 };
    for iterations_done in [0, 1, 2, 5, 7] {
        writer.append_accuracy(1, check(iterations_done)).unwrap();
    }
    condense(&mut writer, 1, 0, 7);
    drop(writer);
    let mut writer = RunFolder::open_to_write(parent.path()).unwrap();
    writer.begin_experiment(1).unwrap();
    assert_eq!(writer.folder().load_accuracy(1).unwrap(), [0, 1, 2, 5].map(check), "the checkpoint is at 5");
    assert_eq!(writer.folder().load_accuracy(0).unwrap(), []);
    // Measured again: the later one counts.
    writer.append_accuracy(1, AccuracyCheck { accuracy: 1.0, ..check(2) }).unwrap();
    let last = AccuracyCheck { iterations_done: 2, accuracy: 1.0 };
    assert_eq!(writer.folder().load_accuracy(1).unwrap(), [check(0), check(1), last]);
}

#[test]
fn nothing_is_overwritten() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    drop(RunFolder::create(&path, fixtures::record(1)).unwrap());
    let before = fs::read(path.join("run.json")).unwrap();
    let error = RunFolder::create(&path, fixtures::record(2)).unwrap_err();
    assert!(matches!(error, ProjectError::RunExists { .. }), "{error}");
    assert_eq!(fs::read(path.join("run.json")).unwrap(), before);

    let foreign = parent.path().join("photographs");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("holiday.jpg"), b"kept").unwrap();
    let error = RunFolder::create(&foreign, fixtures::record(1)).unwrap_err();
    assert!(matches!(error, ProjectError::FolderNotEmpty { .. }), "{error}");
    assert_eq!(files(&foreign), ["holiday.jpg"], "not even a lock is left behind");

    let file = foreign.join("holiday.jpg");
    assert!(matches!(RunFolder::create(&file, fixtures::record(1)), Err(ProjectError::Read { .. })));
    assert_eq!(fs::read(&file).unwrap(), b"kept");
}

#[test]
fn a_creation_that_crashed_can_be_repeated() {
    let parent = tempfile::tempdir().unwrap();
    fs::write(parent.path().join("run.lock"), b"").unwrap();
    fs::write(parent.path().join(".unfinished-x.tmp"), b"").unwrap();
    RunFolder::create(parent.path(), fixtures::record(1)).unwrap();
}

#[test]
fn a_run_has_one_writer() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    let writer = RunFolder::create(&path, fixtures::record(1)).unwrap();
    assert!(matches!(RunFolder::open_to_write(&path), Err(ProjectError::Locked { .. })));
    RunFolder::open(&path).unwrap();
    drop(writer);
    RunFolder::open_to_write(&path).unwrap();
}

#[test]
fn what_is_no_run_is_not_opened() {
    let parent = tempfile::tempdir().unwrap();
    let not_a_run = |path: PathBuf| {
        assert!(matches!(RunFolder::open(&path), Err(ProjectError::NotARun { .. })));
        assert!(matches!(RunFolder::open_to_write(&path), Err(ProjectError::NotARun { .. })));
    };
    not_a_run(parent.path().to_owned());
    not_a_run(parent.path().join("none"));
    assert_eq!(files(parent.path()), [""; 0]);
    fs::write(parent.path().join("run.json"), b"\xff\xfe").unwrap();
    assert!(matches!(RunFolder::open(parent.path()), Err(ProjectError::Damaged { .. })));
    fs::write(parent.path().join("run.json"), br#"{"format": 2, "program_version": "2.0.0"}"#).unwrap();
    assert!(matches!(RunFolder::open_to_write(parent.path()), Err(ProjectError::NewerFormat { .. })));
}

#[test]
fn an_unusable_change_of_the_record_is_not_made() {
    let parent = tempfile::tempdir().unwrap();
    let mut writer = RunFolder::create(parent.path(), fixtures::record(1)).unwrap();
    let before = writer.record().clone();
    assert!(matches!(writer.update_record(|record| record.seconds = f64::NAN), Err(ProjectError::NotSavable { .. })));
    assert!(writer.update_record(|record| record.experiments = 0).is_err());
    assert_eq!(*writer.record(), before);
    assert_eq!(*RunFolder::open(parent.path()).unwrap().record(), before);
}

#[test]
fn images_that_are_no_numbers_replace_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let mut writer = RunFolder::create(parent.path(), fixtures::record(1)).unwrap();
    condense(&mut writer, 0, 0, 5);
    writer.save_set(0, &fixtures::state(5)).unwrap();
    let mut broken = fixtures::state(6);
    broken.images[17] = f32::NAN;
    assert!(matches!(writer.save_checkpoint(0, &broken), Err(ProjectError::NotSavable { .. })));
    for result in [writer.save_set(0, &broken), writer.save_frame(0, &broken)] {
        assert!(matches!(result, Err(ProjectError::Set(SyntheticSetError::NotFinite { image: 1 }))));
    }
    let folder = writer.folder();
    assert_eq!(folder.load_checkpoint(0).unwrap(), Some(fixtures::state(5)));
    assert_eq!(folder.load_set(0).unwrap().unwrap().set.images.values, fixtures::state(5).images);
    assert_eq!(folder.frames(0).unwrap().len(), 1);
}
