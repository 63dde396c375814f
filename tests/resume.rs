//! Stopping and going on: whatever stopped a run, and whenever, it ends as one that was never stopped, bit for bit.
#![cfg(unix)]

mod program;

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};

use dewpoint::{
    domain::{EvaluationTable, RunStage, RunState},
    project::{MetricsRow, RunFolder},
};
use program::{Answer, SMALL, answer, command, dewpoint, succeed};

/// Everything random or carried over: momentum of images and network, several inner steps, a schedule of epochs.
const WHOLE_METHOD: &str =
    "--ipc 2 --inner-steps 3 --network-steps schedule --network-momentum 0.5 --checkpoint-every 2";

fn condense(out: &str, flags: &str) -> String {
    format!("condense --data digits --out {out} {SMALL} {flags}")
}

fn state(folder: &Path) -> RunState {
    RunFolder::open(folder).unwrap().load_checkpoint(0).unwrap().unwrap()
}

/// Runs the program with `--json` and sends it signals when it has told `count` events called `event`.
fn signal_after(folder: &Path, arguments: &str, event: &str, count: usize, signals: &[&str]) -> Answer {
    let mut command = command(folder, arguments);
    let mut child = command.arg("--json").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let wanted = format!("{{\"event\":\"{event}\"");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let seen = lines.by_ref().filter(|line| line.starts_with(&wanted)).take(count).count();
    assert_eq!(seen, count, "the program ended before it was to be stopped");
    for signal in signals {
        let status = Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap();
        assert!(status.success());
        sleep(Duration::from_millis(300));
    }
    // The pipe is read to its end, so that the program never waits for its reader.
    for _ in lines {}
    answer(child.wait_with_output().unwrap())
}

/// Refuses any difference between two finished runs but the time they took.
fn assert_same(one: &Path, other: &Path) {
    let runs = [one, other].map(|path| RunFolder::open(path).unwrap());
    let [one, other] = runs.each_ref().map(|run| {
        assert_eq!(run.record().stage, RunStage::Finished);
        let state = run.load_checkpoint(0).unwrap().unwrap();
        let set = run.load_set(0).unwrap().unwrap().set;
        let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect::<Vec<_>>();
        assert_eq!(set.images.values, state.images);
        let rows = run.load_metrics(0).unwrap().rows.into_iter();
        let rows: Vec<MetricsRow> = rows.map(|row| MetricsRow { seconds: 0.0, ..row }).collect();
        let frame = |path| fs::read(path).unwrap();
        let frames: Vec<_> = run.frames(0).unwrap().into_iter().map(|f| (f.iterations_done, frame(f.path))).collect();
        (state.iterations_done, bits(state.images), bits(state.velocity), rows, frames)
    });
    assert_eq!(one.0, other.0);
    assert!(one.1 == other.1, "the images differ");
    assert!(one.2 == other.2, "the momentum differs");
    assert_eq!(one.3, other.3);
    assert!(one.4 == other.4, "the frames differ");
}

/// Stops a run by `signal`, resumes it for three iterations more, and compares it with an undisturbed one.
fn stopped_run_goes_on(flags: &str, signal: &str, code: Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // Frames at every iteration: when the stop comes is not known beforehand.
    let flags = format!("{flags} --frame-every 1 --eval-repeats 0");
    let endless = condense("stopped", &format!("{flags} --iterations 100000"));
    let answer = signal_after(folder.path(), &endless, "iteration-done", 5, &[signal]);
    assert_eq!(answer.code, code, "{}", answer.err);
    if code.is_some() {
        assert!(answer.err.contains("finishing iteration"), "{}", answer.err);
        assert!(answer.err.contains("resume with: dewpoint resume stopped"), "{}", answer.err);
        assert_eq!(RunFolder::open(&path("stopped")).unwrap().record().stage, RunStage::Stopped);
    }
    let all = state(&path("stopped")).iterations_done + 3;
    succeed(folder.path(), &format!("resume stopped --iterations {all} --frame-every 1"));
    succeed(folder.path(), &condense("whole", &format!("{flags} --iterations {all}")));
    assert_same(&path("stopped"), &path("whole"));
}

#[test]
fn a_run_stopped_by_ctrl_c_goes_on() {
    stopped_run_goes_on(WHOLE_METHOD, "INT", Some(130));
}

#[test]
fn a_terminated_run_goes_on() {
    stopped_run_goes_on("--level interleaved --distance cosine-l2", "TERM", Some(130));
}

#[test]
fn a_killed_run_goes_on() {
    stopped_run_goes_on(&format!("{WHOLE_METHOD} --level multi-level"), "KILL", None);
}

#[test]
fn a_run_is_prolonged() {
    let folder = tempfile::tempdir().unwrap();
    // Stopped after an even and an odd number of iterations: interleaved matching alternates.
    let flags =
        "--level interleaved --network-steps overfitting --ipc 2 --inner-steps 2 --epoch-cap 5 --eval-repeats 0";
    succeed(folder.path(), &condense("parts", &format!("{flags} --iterations 2")));
    succeed(folder.path(), "resume parts --iterations 5");
    succeed(folder.path(), "resume parts --iterations 10");
    succeed(folder.path(), &condense("whole", &format!("{flags} --iterations 10")));
    assert_same(&folder.path().join("parts"), &folder.path().join("whole"));

    let answer = succeed(folder.path(), "resume parts");
    assert!(answer.err.contains("nothing was left to do"), "{}", answer.err);
    let answer = dewpoint(folder.path(), "resume parts --iterations 4 -q");
    assert_eq!(answer.code, Some(1));
    assert!(answer.err.starts_with("error: iterations must be at least 10"), "{}", answer.err);
}

#[test]
fn a_second_signal_drops_the_unfinished_iteration() {
    let folder = tempfile::tempdir().unwrap();
    // An iteration that would take very long.
    let flags = "--iterations 9 --ipc 10 --inner-steps 50 --network-epochs 100000 --eval-repeats 0";
    let endless = condense("run", flags);
    let started = std::time::Instant::now();
    let answer = signal_after(folder.path(), &endless, "experiment-started", 1, &["INT", "INT"]);
    assert_eq!(answer.code, Some(130), "{}", answer.err);
    // Signals that follow each other closely may be told as one.
    assert!(answer.err.contains("press Ctrl-C again") || answer.err.contains("stopping at once"), "{}", answer.err);
    assert!(started.elapsed().as_secs() < 30);
    assert_eq!(state(&folder.path().join("run")).iterations_done, 0);
}

#[test]
fn a_stopped_evaluation_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let table = |run: &str| -> Vec<(String, Vec<u64>)> {
        let run = RunFolder::open(&folder.path().join(run)).unwrap();
        let EvaluationTable { cells } = run.load_evaluation().unwrap().unwrap().table;
        let accuracies = cells
            .into_iter()
            .map(|cell| (cell.set, cell.results.iter().map(|result| result.accuracy.to_bits()).collect()));
        accuracies.collect()
    };
    let flags = "--iterations 2 --eval-repeats 3 --eval-epochs 400 --baselines random --test-limit 200";
    let answer = signal_after(folder.path(), &condense("stopped", flags), "network-evaluated", 1, &["INT"]);
    assert_eq!(answer.code, Some(130), "{}", answer.err);
    assert!(answer.err.contains("resume with: dewpoint resume stopped"), "{}", answer.err);
    let before: usize = table("stopped").iter().map(|(_, results)| results.len()).sum();
    assert!((1..6).contains(&before), "{before}");
    let resumed = succeed(folder.path(), "resume stopped");
    assert_eq!(resumed.out.matches("(n=3)").count(), 2, "{}", resumed.out);
    succeed(folder.path(), &condense("whole", flags));
    assert_eq!(table("stopped"), table("whole"));
    assert!(!folder.path().join("stopped/evaluation-01.json").exists(), "it is the same evaluation");
}

#[test]
fn what_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    succeed(folder.path(), &condense("run", "--iterations 2 --eval-repeats 0"));
    let refused = |file: &str, change: &dyn Fn(&mut Vec<u8>), sentence: &str| {
        let path = folder.path().join("run").join(file);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        change(&mut bad);
        fs::write(&path, &bad).unwrap();
        let answer = dewpoint(folder.path(), "resume run --iterations 3 --quiet");
        assert_eq!(answer.code, Some(1), "{file}");
        assert!(answer.err.starts_with("error: ") && answer.err.contains(sentence), "{}", answer.err);
        assert_eq!(answer.err.lines().count(), 1, "{}", answer.err);
        fs::write(&path, &good).unwrap();
    };
    refused("checkpoint.safetensors", &|bytes| bytes.truncate(200), "damaged or not Dewpoint's");
    refused("run.json", &|bytes| bytes.truncate(200), "damaged or not Dewpoint's");
    let replace = |from: &str, to: &str| {
        let (from, to) = (from.to_owned(), to.to_owned());
        move |bytes: &mut Vec<u8>| *bytes = String::from_utf8(bytes.clone()).unwrap().replace(&from, &to).into_bytes()
    };
    refused("run.json", &replace("\"seed\": 0", "\"seed\": 1"), "does not belong to this run");
    refused("run.json", &replace("\"builtin\": \"digits\"", "\"builtin\": \"shapes\""), "the dataset has changed");
    let answer = succeed(folder.path(), "resume run --iterations 3");
    assert!(answer.err.contains("2 are done"), "{}", answer.err);
}
