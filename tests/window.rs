//! The real window on a display of its own (Xvfb), driven by the keyboard (xdotool): from the first start to an exported
//! set, and over a crash.
//!
//! Where these two programs are missing the tests say so and pass, unless `DEWPOINT_REQUIRE_DISPLAY` is set.
#![cfg(target_os = "linux")]

mod program;

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;

/// The longest that anything is waited for: slow machines run these tests too.
const PATIENCE: Duration = Duration::from_mins(5);

/// A display without a screen.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// `None` where there is no Xvfb or no xdotool.
    fn open() -> Option<Self> {
        let found = |program: &str| {
            let answer = Command::new(program).arg("-help").stdout(Stdio::null()).stderr(Stdio::null()).status();
            answer.is_ok()
        };
        if !(found("Xvfb") && found("xdotool")) {
            assert!(std::env::var_os("DEWPOINT_REQUIRE_DISPLAY").is_none(), "Xvfb or xdotool is missing");
            eprintln!("not tested: install xvfb and xdotool to test the real window");
            return None;
        }
        // The server chooses a free number and says which.
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Some(Self { server, name: format!(":{}", number.trim()) })
    }

    fn tool(&self, arguments: &[&str]) {
        let status = Command::new("xdotool").args(arguments).env("DISPLAY", &self.name).status().unwrap();
        assert!(status.success(), "xdotool {arguments:?}");
    }

    fn press(&self, key: &str) {
        self.tool(&["key", key]);
        sleep(Duration::from_millis(300));
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The program with its window, and where it works.
struct Session {
    window: Child,
    project: PathBuf,
}

impl Session {
    fn start(display: &Display, place: &Path) -> Self {
        let project = place.join("project");
        let window = Command::new(env!("CARGO_BIN_EXE_dewpoint"))
            .arg("window")
            .arg(&project)
            .env("DISPLAY", &display.name)
            .env_remove("WAYLAND_DISPLAY")
            .env("DEWPOINT_CONFIG_DIR", place.join("config"))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let session = Self { window, project };
        wait_for("the project", || session.project.join("project.json").exists().then_some(()));
        // The window is there, and has drawn what it opened. Without a window manager nobody else gives it the focus.
        display.tool(&["search", "--sync", "--onlyvisible", "--name", "Dewpoint", "windowfocus"]);
        sleep(Duration::from_secs(2));
        session
    }

    /// The record of the only run, once `ready` says that it is what was waited for.
    fn run(&self, what: &str, ready: impl Fn(&Value) -> bool) -> (PathBuf, Value) {
        wait_for(what, || {
            let folder = fs::read_dir(self.project.join("runs")).ok()?.next()?.ok()?.path();
            let record: Value = serde_json::from_str(&fs::read_to_string(folder.join("run.json")).ok()?).ok()?;
            ready(&record).then_some((folder, record))
        })
    }

    /// Waits for the end of the program.
    fn end(mut self) -> Option<i32> {
        let code = wait_for("the end of the program", || self.window.try_wait().unwrap());
        let mut said = String::new();
        self.window.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        eprintln!("{said}");
        code.code()
    }
}

fn wait_for<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = ready() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "{what} did not come within {PATIENCE:?}");
        sleep(Duration::from_millis(100));
    }
}

#[test]
fn from_the_first_start_to_an_exported_set() {
    let Some(display) = Display::open() else { return };
    let place = tempfile::tempdir().unwrap();
    let session = Session::start(&display, place.path());

    // The form of the first visit is ready: the quick look on the embedded digits.
    display.press("ctrl+Return");
    let (folder, record) = session.run("the finished run", |record| record["stage"] == "finished");
    assert_eq!(record["iterations_done"], 100);
    let accuracy = wait_for("the evaluation", || {
        let text = fs::read_to_string(folder.join("evaluation.json")).ok()?;
        let table: Value = serde_json::from_str(&text).ok()?;
        let cells = table["table"]["cells"].as_array()?.clone();
        let mean = |set: &str| {
            let cell = cells.iter().find(|cell| cell["set"] == set)?;
            (cell["results"].as_array()?.len() == 5).then(|| cell["accuracy"]["mean"].as_f64())?
        };
        Some((mean("condensed")?, mean("random")?))
    });
    assert!(accuracy.0 > accuracy.1 + 0.05, "condensed and random images: {accuracy:?}");

    // Saved from where it is shown: the dialog suggests a place, and Enter takes it.
    sleep(Duration::from_secs(1));
    display.press("ctrl+s");
    sleep(Duration::from_secs(1));
    display.press("Return");
    let exported = session.project.join("exports");
    let files = wait_for("the exported set", || {
        let names: Vec<String> =
            fs::read_dir(&exported).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        let whole = [".safetensors", ".py"].iter().all(|ending| names.iter().any(|name| name.ends_with(ending)));
        whole.then_some(names)
    });
    let set = files.iter().find(|name| name.ends_with(".safetensors")).unwrap();
    let stored = dewpoint::project::read_synthetic_set(&exported.join(set)).unwrap();
    assert_eq!(stored.set.counts(), [1; 10]);
    assert!(stored.recipe.is_some());

    sleep(Duration::from_secs(1));
    display.press("ctrl+q");
    assert_eq!(session.end(), Some(0));
    assert!(place.path().join("config/settings.json").exists());
}

#[test]
fn a_run_that_a_crash_cut_off_is_offered_for_resuming() {
    let Some(display) = Display::open() else { return };
    let place = tempfile::tempdir().unwrap();
    let session = Session::start(&display, place.path());
    display.press("ctrl+Return");
    let begun = |record: &Value| record["stage"] == "condensing";
    let (folder, _) = session.run("the run", begun);
    wait_for("an iteration", || {
        (fs::read_to_string(folder.join("metrics.csv")).ok()?.lines().count() > 30).then_some(())
    });
    let child = children_of(session.window.id());
    assert!(!child.is_empty());
    for process in &child {
        Command::new("kill").args(["-9", process]).status().unwrap();
    }
    assert_eq!(session.end(), Some(1));
    let record: Value = serde_json::from_str(&fs::read_to_string(folder.join("run.json")).unwrap()).unwrap();
    assert_eq!(record["stage"], "condensing", "cut off, and called nothing else");

    // The next start asks, and Enter resumes.
    let session = Session::start(&display, place.path());
    display.press("Return");
    let (_, record) = session.run("the finished run", |record| record["stage"] == "finished");
    assert_eq!(record["iterations_done"], 100);

    // A signal for the program closes the window, even while it evaluates.
    Command::new("kill").args(["-TERM", &session.window.id().to_string()]).status().unwrap();
    assert_eq!(session.end(), Some(0));
}

/// The processes that another one started.
fn children_of(process: u32) -> Vec<String> {
    let path = format!("/proc/{process}/task/{process}/children");
    fs::read_to_string(path).unwrap().split_whitespace().map(str::to_owned).collect()
}

#[test]
fn without_a_display_one_sentence_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let output = program::command(folder.path(), "window project")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .env("DEWPOINT_CONFIG_DIR", folder.path().join("config"))
        .output()
        .unwrap();
    let answer = program::answer(output);
    assert_eq!(answer.code, Some(1));
    assert!(answer.err.contains("no window can be opened here"), "{}", answer.err);
    assert!(answer.err.contains("dewpoint demo"), "{}", answer.err);
}

#[test]
fn without_a_driver_one_sentence_says_what_to_do() {
    let Some(display) = Display::open() else { return };
    let folder = tempfile::tempdir().unwrap();
    // An interface that no Linux driver has.
    let output = program::command(folder.path(), "window project")
        .env("DISPLAY", &display.name)
        .env_remove("WAYLAND_DISPLAY")
        .env("WGPU_BACKEND", "metal")
        .env("DEWPOINT_CONFIG_DIR", folder.path().join("config"))
        .output()
        .unwrap();
    let answer = program::answer(output);
    assert_eq!(answer.code, Some(1));
    assert!(answer.err.contains("no graphics driver was found"), "{}", answer.err);
    assert!(answer.err.contains("dewpoint demo"), "{}", answer.err);
}
