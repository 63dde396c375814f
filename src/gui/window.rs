//! Opening the window: the renderer, the threads, and what is said when there is no window to be had.

use std::{
    io::{self, Write},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use eframe::{NativeOptions, Renderer};
use egui::ViewportBuilder;
use thiserror::Error;

use super::{DewpointApp, LiveServices, settings::Settings};
use crate::worker::files;

/// The window's picture in task lists.
const ICON: &[u8] = include_bytes!("../../assets/icon.png");
/// The size of the window at first, and the smallest, in points.
const FIRST_SIZE: [f32; 2] = [1280.0, 800.0];
const SMALLEST_SIZE: [f32; 2] = [900.0, 600.0];

/// What the window is opened with.
#[derive(Debug, Clone)]
pub struct WindowOptions {
    /// The project; `None` for the latest, or a first one.
    pub project: Option<PathBuf>,
    /// The program's own file, for listing adapters in a child process.
    pub program: PathBuf,
    /// Set when the system asks the program to end.
    pub end: Arc<AtomicBool>,
}

/// Why there is no window.
#[derive(Debug, Error)]
pub enum WindowError {
    /// The system shows no windows, or has no driver that can draw one.
    #[error(
        "no window can be opened here ({0}); everything works without one too: see `dewpoint demo` and `dewpoint --help`"
    )]
    Open(String),
}

/// Opens the window and returns when it was closed. Writes one byte to the standard output once the first frame was drawn.
///
/// # Errors
///
/// [`WindowError::Open`] without a display or a driver.
pub fn open(options: WindowOptions) -> Result<(), WindowError> {
    let settings = files::load_settings().map(|text| Settings::decode(&text)).unwrap_or_default();
    let project =
        options.project.or_else(|| settings.recent.first().cloned()).unwrap_or_else(files::default_project_folder);
    let viewport = ViewportBuilder::default()
        .with_title("Dewpoint")
        .with_app_id("dewpoint")
        .with_inner_size(FIRST_SIZE)
        .with_min_inner_size(SMALLEST_SIZE)
        .with_drag_and_drop(true);
    let viewport = match eframe::icon_data::from_png_bytes(ICON) {
        Ok(icon) => viewport.with_icon(icon),
        Err(_) => viewport,
    };
    let native = NativeOptions { viewport, renderer: Renderer::Wgpu, system_font_fallback: true, ..Default::default() };
    let (program, end) = (options.program, options.end);
    let created = eframe::run_native(
        "Dewpoint",
        native,
        Box::new(move |creation| {
            let ctx = creation.egui_ctx.clone();
            let services = LiveServices::start(program, move || ctx.request_repaint())?;
            let app = DewpointApp::new(&creation.egui_ctx, Box::new(services), settings, project);
            Ok(Box::new(app.supervised(tell_first_frame, move || end.load(Ordering::SeqCst))))
        }),
    );
    created.map_err(|error| WindowError::Open(reason(&error)))
}

/// What is wrong, without where in the source of a library.
fn reason(error: &eframe::Error) -> String {
    if matches!(error, eframe::Error::Wgpu(_)) {
        return "no graphics driver was found that can draw a window".to_owned();
    }
    let error = error.to_string();
    error.rsplit(": ").next().unwrap_or(&error).trim_end_matches('.').to_owned()
}

/// Whoever started the window learns that the driver works.
fn tell_first_frame() {
    let mut out = io::stdout();
    // Nobody may be listening.
    let _ = out.write_all(b".").and_then(|()| out.flush());
}
