//! `dewpoint` without a command: the window, in a child process that may be ended by a graphics driver.
//!
//! A driver that fails takes its whole process with it. The parent notices, tries another graphics interface, and says in
//! one sentence what happened; it passes signals on and ends as its child does.

use std::{
    env,
    io::Read,
    path::PathBuf,
    process::{Child, Command, ExitCode, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use clap::Args;

use dewpoint::gui::{self, WindowOptions};

use super::output;

/// Set for the child process.
const CHILD: &str = "DEWPOINT_WINDOW_CHILD";
/// Which graphics interfaces the window may use; read by the drawing library.
const INTERFACES: &str = "WGPU_BACKEND";

/// The flags of `dewpoint window`.
#[derive(Debug, Args, Default)]
pub struct WindowArgs {
    /// The folder of the project, or an empty folder for a new one; the latest project without it
    project: Option<PathBuf>,
}

/// Opens the window and returns when it was closed.
pub fn run(args: WindowArgs) -> ExitCode {
    if env::var_os(CHILD).is_some() { show(args) } else { supervise(&args) }
}

/// The child: the window itself.
fn show(args: WindowArgs) -> ExitCode {
    let end = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&end);
    // Without a handler a signal ends the program; what was saved stays.
    let _ = ctrlc::set_handler(move || asked.store(true, Ordering::SeqCst));
    let program = match env::current_exe() {
        Ok(program) => program,
        Err(error) => return failed(&format!("the program's own file cannot be found ({error})")),
    };
    let project = args.project.map(|path| std::path::absolute(&path).unwrap_or(path));
    match gui::open(WindowOptions { project, program, end }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error.to_string()),
    }
}

/// The parent.
fn supervise(args: &WindowArgs) -> ExitCode {
    let window = Arc::new(AtomicU32::new(0));
    let target = Arc::clone(&window);
    let _ = ctrlc::set_handler(move || pass_on(target.load(Ordering::SeqCst)));
    let given = env::var_os(INTERFACES).is_some();
    for interface in if given { &[None][..] } else { &[None, Some("gl")][..] } {
        let mut child = match start(args, *interface) {
            Ok(child) => child,
            Err(error) => return failed(&format!("the window's process cannot be started ({error})")),
        };
        window.store(child.id(), Ordering::SeqCst);
        // The child writes once, when its first frame was drawn; the end of the stream is the end of the child.
        let mut drawn = Vec::new();
        if let Some(mut out) = child.stdout.take() {
            let _ = out.read_to_end(&mut drawn);
        }
        let status = child.wait();
        window.store(0, Ordering::SeqCst);
        match status.ok().and_then(regular_end) {
            Some(code) => return ExitCode::from(code),
            None if !drawn.is_empty() => {
                return failed(
                    "the window was ended by a fault, perhaps of the graphics driver; start Dewpoint again, and resume \
                     what was running from its last checkpoint",
                );
            }
            None => {}
        }
    }
    failed(
        "the graphics driver ended the window before it appeared; everything works without a window too: see \
         `dewpoint demo` and `dewpoint --help`",
    )
}

fn start(args: &WindowArgs, interface: Option<&str>) -> std::io::Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("window").args(&args.project).env(CHILD, "1").stdout(Stdio::piped());
    if let Some(interface) = interface {
        command.env(INTERFACES, interface);
    }
    command.spawn()
}

/// The exit code of a process that ended by itself; `None` for one that was ended by a fault.
fn regular_end(status: ExitStatus) -> Option<u8> {
    u8::try_from(status.code()?).ok()
}

/// Passes a request to end on to the window, which saves and closes.
#[cfg(unix)]
fn pass_on(window: u32) {
    use nix::{
        sys::signal::{Signal, kill},
        unistd::Pid,
    };
    if let Ok(id) = i32::try_from(window)
        && id > 0
    {
        let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
    }
}

/// Elsewhere the system tells every process of the console itself.
#[cfg(not(unix))]
fn pass_on(_window: u32) {}

fn failed(message: &str) -> ExitCode {
    output::note(&format!("error: {message}"));
    ExitCode::FAILURE
}
