//! The worker from outside: jobs, events and what they leave on disk.

use std::path::Path;

use super::*;
use crate::{
    domain::{
        BuiltinDataset, CondensationConfig, DatasetSource, DeviceChoice, EvaluationConfig, NetworkSteps, RunStage,
    },
    project::RunFolder,
};

/// A run that goes on until it is stopped.
fn endless(folder: &Path) -> NewRun {
    NewRun {
        folder: folder.to_owned(),
        source: DatasetSource::Builtin(BuiltinDataset::Digits),
        config: CondensationConfig {
            architecture: "ConvNetW4D1".parse().unwrap(),
            real_batch: 4,
            iterations: 1_000_000,
            ..CondensationConfig::default()
        },
        experiments: 1,
        evaluation: None,
        device: DeviceChoice::Cpu,
        intervals: Intervals::default(),
    }
}

fn new_run(folder: &Path) -> Command {
    Command::Condense(endless(folder))
}

fn next(worker: &Worker) -> Event {
    worker.next_event(Duration::from_mins(1)).expect("an event within a minute")
}

/// The event that ends the job.
fn last(worker: &Worker) -> Event {
    loop {
        let event = next(worker);
        if event.is_last() {
            return event;
        }
    }
}

#[test]
fn jobs_are_done_one_after_another_and_one_that_fails_does_not_end_the_worker() {
    let folder = tempfile::tempdir().unwrap();
    let mut worker = Worker::spawn("no-program".into()).unwrap();
    let target = EvaluationTarget::Run(folder.path().to_owned());
    let config = EvaluationConfig::default();
    worker.submit(Command::Evaluate(NewEvaluation { target, source: None, config, device: DeviceChoice::Cpu }));
    let stop = worker.submit(new_run(&folder.path().join("run")));
    assert!(matches!(next(&worker), Event::Failed { message } if message.starts_with("this is no run")));
    while !matches!(next(&worker), Event::IterationDone { .. }) {}
    stop.request(StopLevel::AfterStep);
    assert_eq!(last(&worker), Event::Stopped { evaluating: false });
}

#[test]
fn a_job_stopped_before_it_begins_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let mut worker = Worker::spawn("no-program".into()).unwrap();
    let first = worker.submit(new_run(&folder.path().join("first")));
    worker.submit(new_run(&folder.path().join("second"))).request(StopLevel::AfterStep);
    while !matches!(next(&worker), Event::IterationDone { .. }) {}
    first.request(StopLevel::Now);
    assert_eq!(last(&worker), Event::Stopped { evaluating: false });
    assert_eq!(next(&worker), Event::Stopped { evaluating: false });
    assert!(!folder.path().join("second").exists());
}

#[test]
fn dropping_the_handle_stops_and_saves() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    let mut worker = Worker::spawn("no-program".into()).unwrap();
    worker.submit(new_run(&path));
    while !matches!(next(&worker), Event::IterationDone { .. }) {}
    drop(worker);
    let run = RunFolder::open(&path).unwrap();
    assert_eq!(run.record().stage, RunStage::Stopped);
    assert!(run.load_checkpoint(0).unwrap().unwrap().iterations_done >= 1);
}

#[test]
fn the_reader_is_woken_when_there_is_something_to_read() {
    let (wakes, woken) = channel();
    let mut worker = Worker::spawn_with_waker("no-program".into(), move || wakes.send(()).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let evaluation = NewEvaluation {
        target: EvaluationTarget::Run(folder.path().to_owned()),
        source: None,
        config: EvaluationConfig::default(),
        device: DeviceChoice::Cpu,
    };
    assert_eq!(worker.next_event(Duration::ZERO), None);
    for _ in 0..20 {
        // It fails at once, with one event.
        worker.submit(Command::Evaluate(evaluation.clone()));
        woken.recv_timeout(Duration::from_mins(1)).unwrap();
        assert!(matches!(worker.next_event(Duration::ZERO), Some(Event::Failed { .. })));
        assert_eq!(worker.next_event(Duration::ZERO), None);
    }
}

#[test]
fn a_thread_that_has_ended_is_told_once() {
    let mut worker = Worker::spawn_with_waker("no-program".into(), || panic!("a waker that must not")).unwrap();
    let target = EvaluationTarget::Run("nowhere".into());
    let config = EvaluationConfig::default();
    worker.submit(Command::Evaluate(NewEvaluation { target, source: None, config, device: DeviceChoice::Cpu }));
    assert!(matches!(next(&worker), Event::Failed { message } if message.starts_with("this is no run")));
    assert!(matches!(next(&worker), Event::Failed { message } if message.contains("start Dewpoint again")));
    assert_eq!(worker.next_event(Duration::from_mins(1)), None);
    assert_eq!(worker.next_event(Duration::ZERO), None);
}

#[test]
fn images_are_seen_within_an_iteration_and_at_the_end_they_are_those_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut new = endless(&folder.path().join("run"));
    // The network is trained for so long after the first update that nobody sees a second one.
    new.config.inner_steps = Some(2);
    new.config.network_steps = NetworkSteps::Fixed { epochs: Some(1_000_000) };
    let mut worker = Worker::spawn("no-program".into()).unwrap();
    assert_eq!(worker.latest_images(), None);
    let stop = worker.submit(Command::Condense(new));
    let mut seen: Vec<LiveImages> = Vec::new();
    while seen.last().is_none_or(|live| live.inner_step == 0) {
        let _ = worker.next_event(Duration::from_millis(20));
        seen.extend(worker.latest_images());
    }
    stop.request(StopLevel::Now);
    assert_eq!(last(&worker), Event::Stopped { evaluating: false });
    let end = worker.latest_images().unwrap();
    assert_eq!((end.experiment, end.iterations_done, end.inner_step), (0, 0, 0));
    let state = RunFolder::open(&end.folder).unwrap().load_checkpoint(0).unwrap().unwrap();
    assert!(end.images == state.images, "the update of the unfinished iteration was dropped");
    assert!(seen.iter().all(|live| (live.images == end.images) == (live.inner_step == 0)));
    assert_eq!(worker.latest_images(), None);
}

#[test]
fn images_nobody_looked_at_are_there_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut new = endless(folder.path());
    new.config.iterations = 3;
    let mut worker = Worker::spawn("no-program".into()).unwrap();
    worker.submit(Command::Condense(new));
    assert!(matches!(last(&worker), Event::Finished { .. }));
    let live = worker.latest_images().unwrap();
    assert_eq!((live.folder.as_path(), live.iterations_done, live.inner_step), (folder.path(), 3, 0));
    let run = RunFolder::open(folder.path()).unwrap();
    assert!(live.images == run.load_set(0).unwrap().unwrap().set.images.values);
}
