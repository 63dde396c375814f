//! A run in the list: its title and accuracy, its state and settings, how far it is.

use egui::{
    Color32, Painter, Rect, Response, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use crate::{
    domain::{RunStatus, RunSummary, SetOrigin, mean, units},
    gui::{
        context::ViewContext,
        state::{AppState, JobState, RunView},
        theme::{self, color::mix, tokens},
        widgets::{
            number::significant,
            row_list::{self, RowLines, RowText},
            status::Status,
        },
    },
};

/// How a run stands: by its job while it has one.
pub fn status(state: &AppState, run: &RunSummary) -> Status {
    match state.queue.of_run(&run.folder).map(|job| &job.state) {
        Some(JobState::Waiting) => Status::Waiting,
        Some(JobState::Paused) => Status::Paused,
        Some(_) => Status::Running,
        None => Status::from(run.status),
    }
}

/// Draws a row into `rect`.
pub fn row(ui: &mut Ui, cx: &ViewContext, run: &RunView, rect: Rect) -> Response {
    let summary = &run.summary;
    // Clicked, but no stop of the Tab key: the list as a whole is one.
    let response = ui.interact(rect, ui.make_persistent_id(("run", &summary.folder)), Sense::CLICK);
    let title = cx.state.run_title(&summary.folder);
    let selected = cx.state.runs.selected.as_ref() == Some(&summary.folder);
    let status = status(cx.state, summary);
    response.widget_info(|| {
        let mut info = WidgetInfo::selected(Role::ListBoxOption, true, selected, format!("Run {title}"));
        let standing = summary.origin.as_ref().map_or(status.label(), |origin| origin.kind.label()).to_owned();
        let parts = [standing, progress_text(summary), distance_text(summary), accuracy_text(summary)];
        let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        info.current_text_value = Some(said.join(", "));
        info
    });
    paint(ui, cx, summary, &title, status, &Look { rect, selected, hovered: response.hovered() });
    response.on_hover_ui(|ui| {
        for line in hover_lines(cx, summary, &title, status) {
            ui.label(line);
        }
    })
}

struct Look {
    rect: Rect,
    selected: bool,
    hovered: bool,
}

fn paint(ui: &Ui, cx: &ViewContext, run: &RunSummary, title: &str, status: Status, look: &Look) {
    let palette = theme::of(ui);
    let painter = ui.painter_at(look.rect);
    let [text, weak] = row_list::fill(ui, &painter, look.rect, (look.selected, look.hovered));
    let small = ui.text_style_height(&TextStyle::Small);
    let mut line = RowLines::new(ui, &painter, look.rect);
    let inner = line.inner;

    line.pair((title, TextStyle::Body, text), (&accuracy_text(run), TextStyle::Body, text), None);

    let side = small - 3.0;
    let icon = Rect::from_min_size(pos2(inner.left(), line.top + 1.5), Vec2::splat(side));
    let color = if look.selected { weak } else { status.color(palette) };
    status.icon().paint(&painter, icon, color);
    line.inner.min.x += side + tokens::SPACE_S;
    let config = &run.config;
    let state = cx.state.queue.of_run(&run.folder).map_or(status.label(), |job| job.state.label());
    let settings = match &run.origin {
        Some(origin) => format!("{} · IPC {}", origin.kind.label(), config.images_per_class),
        None => format!("{state} · {} · IPC {}", config.matched(), config.images_per_class),
    };
    line.pair(small_text(&settings, weak), small_text("", weak), None);
    line.inner.min.x = inner.min.x;

    let mut color = weak;
    if matches!(status, Status::Running | Status::Paused) {
        let bar = Rect::from_min_size(pos2(inner.left(), line.top), vec2(inner.width(), small));
        paint_bar(ui, &painter, bar, share(cx, run), status.color(palette));
        line.inner = line.inner.shrink2(vec2(tokens::SPACE_S, 0.0));
        color = palette.text;
    }
    line.pair(small_text(&progress_text(run), color), small_text(&distance_text(run), color), None);
}

const fn small_text(text: &str, color: Color32) -> RowText<'_> {
    (text, TextStyle::Small, color)
}

/// The share that is done of what the run is at.
fn share(cx: &ViewContext, run: &RunSummary) -> f32 {
    let job = cx.state.queue.of_run(&run.folder);
    job.map_or(run.iterations_done as f32 / run.iterations().max(1) as f32, |job| job.progress.fraction())
}

fn paint_bar(ui: &Ui, painter: &Painter, rect: Rect, share: f32, color: Color32) {
    let palette = theme::of(ui);
    painter.rect_filled(rect, tokens::RADIUS_S, palette.control);
    let done = Rect::from_min_size(rect.min, vec2(share.clamp(0.0, 1.0) * rect.width(), rect.height()));
    painter.rect_filled(done, tokens::RADIUS_S, mix(palette.control, color, 0.32));
    painter.rect_stroke(rect, tokens::RADIUS_S, Stroke::new(tokens::STROKE_THIN, palette.border), StrokeKind::Inside);
}

fn progress_text(run: &RunSummary) -> String {
    if run.origin.is_some() {
        return units::count(run.experiments, "set");
    }
    format!("{} of {}", run.iterations_done, run.iterations())
}

fn accuracy_text(run: &RunSummary) -> String {
    run.accuracy.map(|accuracy| format!("{:.1} %", 100.0 * accuracy.mean)).unwrap_or_default()
}

fn distance_text(run: &RunSummary) -> String {
    run.last_distance.map(|distance| format!("distance {}", significant(distance, 4))).unwrap_or_default()
}

fn hover_lines(cx: &ViewContext, run: &RunSummary, title: &str, status: Status) -> Vec<String> {
    if let Some(origin) = &run.origin {
        return origin_lines(cx, run, title, origin);
    }
    let config = &run.config;
    let mut lines = vec![
        title.to_owned(),
        format!(
            "{}; {} of {} iterations in {}",
            status.label(),
            run.iterations_done,
            run.iterations(),
            units::duration(run.seconds)
        ),
        format!(
            "{} condensed with {} and {}, {} per class",
            run.dataset.name,
            config.architecture,
            config.matched(),
            config.images_per_class
        ),
    ];
    if run.experiments > 1 {
        lines.push(units::count(run.experiments, "set") + " with different seeds");
    }
    if let Some(distance) = run.last_distance {
        lines.push(format!("latest matching distance {}", significant(distance, 6)));
    }
    if let Some(accuracy) = run.accuracy {
        lines.push(format!("test accuracy {accuracy} %"));
    }
    if let (RunStatus::Failed, Some(failure)) = (run.status, &run.failure) {
        lines.push(failure.clone());
    }
    add_notes(cx, run, &mut lines);
    lines
}

/// What is known of sets that were not condensed here.
fn origin_lines(cx: &ViewContext, run: &RunSummary, title: &str, origin: &SetOrigin) -> Vec<String> {
    let files: Vec<String> = origin.files.iter().map(|file| file.display().to_string()).collect();
    let mut lines = vec![
        title.to_owned(),
        format!("{} from {}", origin.kind.label(), files.join(", ")),
        format!("{}, {} per class", run.dataset.name, run.config.images_per_class),
    ];
    lines.extend(origin.notes.iter().cloned());
    for recorded in &origin.accuracies {
        let percent = 100.0 * mean(&recorded.accuracies);
        lines.push(format!("the file says {percent:.1} % with {}", recorded.network));
    }
    lines.extend(run.accuracy.map(|accuracy| format!("test accuracy {accuracy} %")));
    add_notes(cx, run, &mut lines);
    lines
}

/// A person's notes, and the folder.
fn add_notes(cx: &ViewContext, run: &RunSummary, lines: &mut Vec<String>) {
    let notes = cx.state.project.as_ref().and_then(|project| project.notes_of(&run.folder));
    lines.extend(notes.map(|notes| notes.notes.clone()).filter(|notes| !notes.is_empty()));
    lines.push(run.folder.display().to_string());
}
