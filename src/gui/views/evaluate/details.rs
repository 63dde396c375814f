//! The cell that is looked at: its classes and confusions, how its networks were trained, and each of them.

use std::rc::Rc;

use egui::{Grid, Label, Rect, RichText, Role, ScrollArea, Sense, TextStyle, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::{
    grid::{find, set_name},
    table::again_button,
};
use crate::{
    domain::{EvaluationCell, TableText, units},
    gui::{
        Action,
        action::EvaluateAction,
        context::ViewContext,
        parts::{self, LineColor, NamedLine},
        state::{CellDigest, SelectedCell},
        theme::{self, tokens},
        widgets::{
            matrix::ConfusionMatrix,
            number::significant,
            plot::{LinePlot, PlotOptions},
            section::Section,
            text::elided,
        },
    },
};

/// From this width on two parts stand side by side.
const TWO_COLUMNS: f32 = 620.0;
/// The height of the matrix, the list of classes and the curves.
const HEIGHT: f32 = 320.0;
/// More curves than this have no names.
const MOST_NAMES: usize = 10;

/// Draws the details of the selected cell.
pub fn details(ui: &mut Ui, cx: &ViewContext) {
    let Some(selected) = &cx.state.evaluate.selected else { return };
    let Some(run) = cx.state.runs.get(&selected.folder) else { return };
    let title = cx.state.run_title(&selected.folder);
    let cell = find(cx.state, &selected.folder, &selected.set, selected.architecture);
    ui.separator();
    heading(ui, cx, selected, &title, cell);
    let Some(cell) = cell.filter(|cell| !cell.results.is_empty()) else {
        ui.weak("No network of this cell was trained yet. Start trains what is missing.");
        return;
    };
    let digest = digest(cx, selected, cell);
    let names = &run.summary.dataset.class_names;
    let width = ui.available_width();
    if width < TWO_COLUMNS {
        classes(ui, names, &digest);
        matrix(ui, names, &digest);
        curves(ui, cx, &digest);
        networks(ui, cx, cell);
    } else {
        ui.columns(2, |columns| {
            matrix(&mut columns[0], names, &digest);
            classes(&mut columns[1], names, &digest);
        });
        ui.columns(2, |columns| {
            curves(&mut columns[0], cx, &digest);
            networks(&mut columns[1], cx, cell);
        });
    }
}

fn heading(ui: &mut Ui, cx: &ViewContext, selected: &SelectedCell, title: &str, cell: Option<&EvaluationCell>) {
    let name = format!("{} on {}, {title}", selected.architecture, set_name(&selected.set));
    ui.add(Label::new(RichText::new(&name).heading()).truncate()).on_hover_text(&name);
    ui.horizontal_wrapped(|ui| {
        if let Some((cell, accuracy)) = cell.and_then(|cell| Some((cell, cell.accuracy()?))) {
            let networks = units::count(accuracy.n, "network");
            ui.label(format!("{:.2} ± {:.2} % over {networks}", 100.0 * accuracy.mean, 100.0 * accuracy.std));
            let augmented = if cell.augmentation == "none" { "not augmented" } else { &cell.augmentation };
            let hover = "How often a network saw every image, and how the images were varied meanwhile.";
            ui.weak(format!("{} epochs, {augmented}", cell.epochs)).on_hover_text(hover);
        }
        again_button(ui, cx, selected, cell.is_some());
        if ui.button("Close details").clicked() {
            cx.send(Action::Evaluate(EvaluateAction::Select(None)));
        }
    });
}

/// What is drawn of the cell, made anew when the runs have changed.
fn digest(cx: &ViewContext, selected: &SelectedCell, cell: &EvaluationCell) -> Rc<CellDigest> {
    let revision = cx.state.runs.revision();
    let mut caches = cx.caches.borrow_mut();
    if let Some((known, at, digest)) = &caches.cell
        && (known, *at) == (selected, revision)
    {
        return Rc::clone(digest);
    }
    let digest = Rc::new(CellDigest::new(cell));
    caches.cell = Some((selected.clone(), revision, Rc::clone(&digest)));
    digest
}

fn matrix(ui: &mut Ui, names: &[String], digest: &CellDigest) {
    Section::new("Confusions").show(ui, |ui| {
        let explanation =
            "How often images of a class (row) were taken for another (column), summed over the networks.";
        bounded(ui, HEIGHT, |ui| {
            ConfusionMatrix::new("Confusion matrix", names, &digest.confusion)
                .show(ui)
                .response
                .on_hover_text(explanation);
        });
    });
}

/// Gives `contents` the whole width and a fixed height.
fn bounded(ui: &mut Ui, height: f32, contents: impl FnOnce(&mut Ui)) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    ui.scope_builder(UiBuilder::new().max_rect(rect), contents);
}

fn classes(ui: &mut Ui, names: &[String], digest: &CellDigest) {
    Section::new("Accuracy by class").show(ui, |ui| {
        let row = (ui.text_style_height(&TextStyle::Body) + tokens::SPACE_XS).ceil();
        let area = ScrollArea::vertical().id_salt("classes").max_height(HEIGHT).auto_shrink([false, true]);
        area.show_rows(ui, row, digest.classes.len(), |ui, rows| {
            for class in rows {
                let name = names.get(class).cloned().unwrap_or_else(|| class.to_string());
                class_row(ui, &name, digest.classes[class], row);
            }
        });
    });
}

/// A class: its name, a bar, and the share of its images that are classified rightly.
fn class_row(ui: &mut Ui, name: &str, accuracy: Option<f64>, height: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let text = accuracy.map_or_else(|| "–".to_owned(), |accuracy| format!("{:.1} %", 100.0 * accuracy));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {text}")));
    let palette = theme::of(ui);
    let painter = ui.painter_at(rect);
    let middle = |size: egui::Vec2| rect.center().y - size.y / 2.0;
    let galley = elided(ui, &painter, name, &TextStyle::Body, palette.text, tokens::NAME_COLUMN_WIDTH);
    painter.galley(pos2(rect.left(), middle(galley.size())), galley, palette.text);
    let number = elided(ui, &painter, &text, &TextStyle::Body, palette.text, rect.width());
    let number_width = ui.text_style_height(&TextStyle::Body) * 3.2;
    painter.galley(pos2(rect.right() - number.size().x, middle(number.size())), number, palette.text);
    let left = rect.left() + tokens::NAME_COLUMN_WIDTH + tokens::SPACE_M;
    let bar = Rect::from_min_max(pos2(left, rect.top() + 3.0), pos2(rect.right() - number_width, rect.bottom() - 3.0));
    if bar.width() > 0.0 {
        painter.rect_filled(bar, tokens::RADIUS_S, palette.control);
        #[allow(clippy::cast_possible_truncation)] // a share
        let share = accuracy.unwrap_or(0.0).clamp(0.0, 1.0) as f32;
        painter.rect_filled(bar.with_max_x(bar.left() + share * bar.width()), tokens::RADIUS_S, palette.series(0));
    }
    response.on_hover_text(format!("{text} of the test images of {name} are classified rightly."));
}

fn curves(ui: &mut Ui, cx: &ViewContext, digest: &CellDigest) {
    Section::new("Training").show(ui, |ui| {
        if digest.curves.iter().all(|curve| curve.points.is_empty()) {
            ui.weak("No curves were kept: the cell was evaluated by an earlier version.");
            return;
        }
        let lines: Vec<NamedLine> = digest
            .curves
            .iter()
            .enumerate()
            .map(|(index, curve)| NamedLine {
                name: &curve.name,
                color: LineColor::Series(index),
                points: &curve.points,
            })
            .collect();
        let (title, x_label, y_label) = ("Training loss by epoch", "epoch", "training loss");
        let colored = parts::colored(ui, &lines);
        let options = PlotOptions { log_y: true, legend: lines.len() <= MOST_NAMES, ..PlotOptions::default() };
        let plot = LinePlot::new(title, &colored).options(options).labels(x_label, y_label).height(HEIGHT);
        parts::with_plot(cx, egui::Id::unique("training curves"), |cache| plot.show(ui, cache));
        ui.horizontal(|ui| {
            parts::plot_export(ui, cx, "Export curves", "training-curves", || {
                parts::plot_data(title, x_label, y_label, true, &lines)
            });
        });
    });
}

/// Each network with its figures.
fn networks(ui: &mut Ui, cx: &ViewContext, cell: &EvaluationCell) {
    Section::new("Networks").show(ui, |ui| {
        let heads = ["Network", "Accuracy", "Training loss", "Time"];
        Grid::new("networks").num_columns(4).striped(true).spacing([tokens::SPACE_L, tokens::SPACE_XS]).show(
            ui,
            |ui| {
                for head in heads {
                    ui.weak(head);
                }
                ui.end_row();
                for (result, name) in cell.results.iter().zip(CellDigest::names(cell)) {
                    ui.label(name);
                    ui.label(format!("{:.2} %", 100.0 * result.accuracy));
                    ui.label(significant(result.train_loss, 3));
                    ui.label(units::duration(result.seconds));
                    ui.end_row();
                }
            },
        );
        ui.horizontal(|ui| parts::table_export(ui, cx, "Export networks", "networks", |_| networks_table(cell)));
    });
}

fn networks_table(cell: &EvaluationCell) -> TableText {
    let columns = ["network", "experiment", "repeat", "accuracy", "train_loss", "seconds"];
    let rows = cell.results.iter().zip(CellDigest::names(cell)).map(|(result, name)| {
        vec![
            name,
            result.experiment.to_string(),
            result.repeat.to_string(),
            result.accuracy.to_string(),
            result.train_loss.to_string(),
            result.seconds.to_string(),
        ]
    });
    TableText { columns: columns.map(str::to_owned).to_vec(), rows: rows.collect() }
}
