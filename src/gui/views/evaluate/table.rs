//! The table: a row a set, a column a network, a colour behind each mean.

use egui::{
    Align, Align2, Color32, Label, Layout, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, TextStyle, Ui,
    Vec2, WidgetInfo, pos2, vec2,
};

use super::grid::{CellView, Grid, Group, Stand, look, set_name};
use crate::{
    domain::{Architecture, Baseline, EvaluationAugmentation, EvaluationConfig, Summary, units},
    gui::{
        Action, UiCommand,
        action::{EvaluateAction, QueueAction},
        context::ViewContext,
        parts,
        state::{CONDENSED, Details, JobState, SelectedCell},
        theme::{self, color::mix, tokens},
        widgets::text::elided,
    },
};

/// The column of the sets, in points at the usual text size.
const NAMES: f32 = 118.0;
/// A column of a network.
const COLUMN: f32 = 112.0;
/// Between cells.
const GAP: f32 = 2.0;
/// How much of the accent stands behind the lowest and the highest mean.
const TINTS: (f32, f32) = (0.05, 0.38);

/// Draws the table and what has to be said beside it.
pub fn table(ui: &mut Ui, cx: &ViewContext, grid: &Grid) {
    parts::wide(ui, "accuracies", |ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(GAP);
        head(ui, grid);
        for group in &grid.groups {
            rows(ui, cx, grid, group);
        }
    });
    ui.add_space(tokens::SPACE_XS);
    for note in notes(cx, grid) {
        ui.add(Label::new(RichText::new(note).small().weak()).wrap());
    }
}

/// How much larger than usual the text is.
fn scale(ui: &Ui) -> f32 {
    ui.spacing().interact_size.y / tokens::CONTROL_HEIGHT
}

fn cell_size(ui: &Ui, width: f32) -> Vec2 {
    (vec2(width, tokens::ROW_HEIGHT) * scale(ui)).round()
}

fn head(ui: &mut Ui, grid: &Grid) {
    ui.horizontal(|ui| {
        text_cell(
            ui,
            NAMES,
            "Trained on",
            "The images that a network is trained on. All are tested on real test images.",
        );
        for network in &grid.networks {
            let name = network.to_string();
            text_cell(ui, COLUMN, &name, &format!("{name}, trained anew for every number of this column."));
        }
    });
}

/// A cell that is only text; the names of sets and networks.
fn text_cell(ui: &mut Ui, width: f32, text: &str, hover: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(cell_size(ui, width), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    if ui.is_rect_visible(rect) {
        let color = theme::of(ui).weak_text;
        let inner = rect.shrink2(vec2(tokens::SPACE_S, 0.0));
        let galley = elided(ui, ui.painter(), text, &TextStyle::Body, color, inner.width());
        // Names stand at the left, networks above their numbers.
        let x = if width == NAMES { inner.left() } else { inner.center().x - galley.size().x / 2.0 };
        ui.painter().galley(pos2(x, inner.center().y - galley.size().y / 2.0), galley, color);
    }
    response.on_hover_text(hover)
}

fn rows(ui: &mut Ui, cx: &ViewContext, grid: &Grid, group: &Group) {
    let Some(run) = cx.state.runs.get(&group.folder) else { return };
    ui.add_space(tokens::SPACE_XS);
    let protocol = protocol(cx, group);
    let all = cell_size(ui, NAMES + COLUMN * grid.networks.len() as f32).x;
    let size = vec2(all.min(ui.clip_rect().width()), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        if let Some(EvaluationConfig { augmentation, .. }) = protocol {
            let text = RichText::new(format!("augmentation: {augmentation}")).small().weak();
            ui.add(Label::new(text)).on_hover_text(parts::augmentation(augmentation));
        }
        let title = RichText::new(&group.title).color(theme::of(ui).strong_text);
        let config = &run.summary.config;
        let hover = format!(
            "{}\n{} condensed with {} and {}, {} per class",
            group.title,
            run.summary.dataset.name,
            config.architecture,
            config.matched(),
            config.images_per_class
        );
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Label::new(title).truncate()).on_hover_text(hover);
        });
    });
    match run.details {
        Details::NotLoaded | Details::Loading => {
            ui.weak("Loading…");
        }
        Details::Failed => {
            ui.colored_label(theme::of(ui).error, "The run could not be read; the log says why.");
        }
        Details::Loaded => {}
    }
    for set in &group.sets {
        ui.horizontal(|ui| {
            row_name(ui, protocol.as_ref(), set);
            for (column, network) in grid.networks.iter().enumerate() {
                cell(ui, cx, grid, &Place { group, set, column, network: *network });
            }
        });
    }
}

fn row_name(ui: &mut Ui, protocol: Option<&EvaluationConfig>, set: &str) {
    let baseline = Baseline::ALL.into_iter().find(|baseline| baseline.name() == set);
    let hover = baseline.map_or("The synthetic images of the run.", |baseline| parts::baseline(baseline).1);
    let text = match protocol.filter(|_| set == Baseline::WholeSet.name()) {
        Some(protocol) => format!("{}, {} ep.", set_name(set), protocol.whole_set_epochs),
        None => set_name(set).to_owned(),
    };
    text_cell(ui, NAMES, &text, hover);
}

/// The protocol of a group: that of its results, or the one that is asked for.
fn protocol(cx: &ViewContext, group: &Group) -> Option<EvaluationConfig> {
    let run = cx.state.runs.get(&group.folder)?;
    let earlier = run.evaluation.as_ref().map(|(config, _)| config.clone());
    earlier.or_else(|| cx.state.evaluate.config(&run.summary.config).ok())
}

/// Which cell.
struct Place<'a> {
    group: &'a Group,
    set: &'a str,
    column: usize,
    network: Architecture,
}

impl Place<'_> {
    fn selected(&self) -> SelectedCell {
        let (folder, set) = (self.group.folder.clone(), self.set.to_owned());
        SelectedCell { folder, set, architecture: self.network }
    }

    fn is_selected(&self, cx: &ViewContext) -> bool {
        cx.state.evaluate.selected.as_ref().is_some_and(|cell| {
            cell.folder == self.group.folder && cell.set == self.set && cell.architecture == self.network
        })
    }
}

/// Mean ± std and the number of networks, in percent.
pub fn percent(accuracy: Summary) -> String {
    format!("{:.1} ± {:.1} ({})", 100.0 * accuracy.mean, 100.0 * accuracy.std, accuracy.n)
}

fn cell(ui: &mut Ui, cx: &ViewContext, grid: &Grid, place: &Place) {
    let view = look(cx.state, &place.group.folder, place.set, place.network);
    let accuracy = view.cell.and_then(crate::domain::EvaluationCell::accuracy);
    let (rect, response) = ui.allocate_exact_size(cell_size(ui, COLUMN), Sense::click());
    let text = match (accuracy, view.stand) {
        (Some(accuracy), Stand::Rest) => percent(accuracy),
        (Some(accuracy), _) => format!("{} …", percent(accuracy)),
        (None, Stand::Rest) => "–".to_owned(),
        (None, _) => "…".to_owned(),
    };
    let is_selected = place.is_selected(cx);
    let name = format!("{} on {} of {}", place.network, set_name(place.set), place.group.title);
    response.widget_info(|| {
        let mut info = WidgetInfo::selected(Role::Button, true, is_selected, &name);
        info.current_text_value = Some(text.clone());
        info
    });
    if ui.is_rect_visible(rect) {
        let share = accuracy.map(|accuracy| grid.share(accuracy.mean));
        let is_best = accuracy.is_some_and(|accuracy| grid.is_best(place.column, accuracy.mean));
        paint(ui, rect, &response, &text, &Look { share, is_best, is_selected, stand: view.stand });
    }
    let response = response.on_hover_ui(|ui| hover(ui, &name, &view, accuracy));
    if response.clicked() {
        let cell = (!is_selected).then(|| place.selected());
        cx.send(Action::Evaluate(EvaluateAction::Select(cell)));
    }
    response.context_menu(|ui| menu(ui, cx, place, &view));
}

/// How a cell is painted.
struct Look {
    share: Option<f32>,
    is_best: bool,
    is_selected: bool,
    stand: Stand,
}

fn paint(ui: &Ui, rect: Rect, response: &Response, text: &str, look: &Look) {
    let palette = theme::of(ui);
    let fill = look
        .share
        .map_or(palette.panel, |share| mix(palette.background, palette.accent, TINTS.0 + share * (TINTS.1 - TINTS.0)));
    let painter = ui.painter();
    painter.rect_filled(rect, tokens::RADIUS_S, fill);
    if let Stand::Working(share) = look.stand {
        let bar = Rect::from_min_max(pos2(rect.left(), rect.bottom() - tokens::SPACE_XS), rect.max);
        painter.rect_filled(bar, 0.0, palette.control);
        let done = Rect::from_min_size(bar.min, vec2(bar.width() * share.clamp(0.0, 1.0), bar.height()));
        painter.rect_filled(done, 0.0, palette.accent);
    }
    let outline = if response.has_focus() || look.is_selected {
        Some((tokens::STROKE_FOCUS, if response.has_focus() { palette.accent } else { palette.strong_text }))
    } else {
        response.hovered().then_some((tokens::STROKE_THIN, palette.weak_text))
    };
    if let Some((width, color)) = outline {
        painter.rect_stroke(rect, tokens::RADIUS_S, Stroke::new(width, color), StrokeKind::Inside);
    }
    let color = match look.share {
        Some(_) if look.is_best => palette.strong_text,
        Some(_) => palette.text,
        None => palette.weak_text,
    };
    let galley = elided(ui, painter, text, &TextStyle::Body, Color32::PLACEHOLDER, rect.width() - tokens::SPACE_S);
    let corner = Align2::CENTER_CENTER.align_size_within_rect(galley.size(), rect).min;
    if look.is_best {
        // The font has one weight; twice, half a point apart, it is bold.
        painter.galley(corner + vec2(0.5, 0.0), galley.clone(), color);
    }
    painter.galley(corner, galley, color);
}

fn hover(ui: &mut Ui, name: &str, view: &CellView, accuracy: Option<Summary>) {
    ui.label(RichText::new(name).strong());
    match (view.cell, accuracy) {
        (Some(cell), Some(accuracy)) => {
            let networks = units::count(accuracy.n, "network");
            ui.label(format!(
                "{:.2} % of the test images are classified rightly, with a deviation of {:.2} over {networks}.",
                100.0 * accuracy.mean,
                100.0 * accuracy.std
            ));
            ui.label(format!("{} epochs, augmentation: {}", cell.epochs, cell.augmentation));
        }
        _ if view.stand == Stand::Rest => {
            ui.label("Not evaluated. Start trains what is missing.");
        }
        _ => {}
    }
    match view.stand {
        Stand::Rest => {}
        Stand::Waiting => drop(ui.label("More networks are waiting to be trained.")),
        Stand::Working(share) => drop(ui.label(format!("A network is being trained: {:.0} %.", 100.0 * share))),
    }
}

fn menu(ui: &mut Ui, cx: &ViewContext, place: &Place, view: &CellView) {
    let job = cx.state.queue.of_run(&place.group.folder);
    if ui.button("Show details").clicked() {
        cx.send(Action::Evaluate(EvaluateAction::Select(Some(place.selected()))));
        ui.close();
    }
    if again_button(ui, cx, &place.selected(), view.cell.is_some()) {
        ui.close();
    }
    let waiting = job.filter(|job| job.state == JobState::Waiting);
    if let Some(job) = waiting {
        if ui.button("Take out of the queue").clicked() {
            cx.send(Action::Queue(QueueAction::Cancel(job.id)));
            ui.close();
        }
    } else if job.is_some() {
        cx.command_line(ui, UiCommand::Stop);
    }
}

/// The button that has the networks of a cell trained again; whether it was pressed.
pub fn again_button(ui: &mut Ui, cx: &ViewContext, cell: &SelectedCell, has_results: bool) -> bool {
    let possible = if !has_results {
        Err("The cell has no results yet; start the evaluation instead.")
    } else if cx.state.queue.of_run(&cell.folder).is_some() {
        Err("A job for this run is in the queue already.")
    } else {
        Ok(())
    };
    let button = ui.add_enabled(possible.is_ok(), egui::Button::new("Run again"));
    let button = match possible {
        Ok(()) => button.on_hover_text("Trains the networks of this cell anew; its earlier results give way."),
        Err(reason) => button.on_disabled_hover_text(reason),
    };
    if button.clicked() {
        let SelectedCell { folder, set, architecture } = cell.clone();
        cx.send(Action::Evaluate(EvaluateAction::Again { folder, set, architecture }));
    }
    button.clicked()
}

/// What the numbers do not say: where the protocol differs from the published one.
fn notes(cx: &ViewContext, grid: &Grid) -> Vec<String> {
    let mut notes =
        vec!["Test accuracy in percent: mean ± deviation (networks). Bold: the best of a column.".to_owned()];
    let published = EvaluationConfig::default();
    let tables = grid.groups.iter().filter_map(|group| cx.state.runs.get(&group.folder)?.evaluation.as_ref());
    for (config, table) in tables {
        for cell in &table.cells {
            let whole = cell.set == Baseline::WholeSet.name();
            let augmentation = cell.augmentation.parse().unwrap_or(EvaluationAugmentation::None);
            let usual = published.epochs_with(augmentation);
            if cell.epochs < usual {
                let what = if whole { "The whole set" } else { "Networks" };
                notes.push(if whole {
                    format!(
                        "{what} is trained for {} epochs; published: {usual}. Its row is somewhat too low.",
                        cell.epochs
                    )
                } else {
                    format!("{what} are trained for {} epochs; published: {usual}.", cell.epochs)
                });
            }
        }
        if let Some(limit) = config.test_limit {
            notes.push(format!("Tested on {} only.", units::count(limit, "test image")));
        }
        let few = table.cells.iter().any(|cell| cell.set == CONDENSED && cell.results.len() < 3);
        if few {
            notes.push("Fewer than three networks say little about the deviation.".to_owned());
        }
    }
    let mut seen: Vec<String> = Vec::new();
    for note in notes {
        if !seen.contains(&note) {
            seen.push(note);
        }
    }
    seen
}
