//! The experiment that is looked at: what it asks, how it is run, its table, its pictures and its runs.

use egui::{Align, Label, Layout, RichText, TextStyle, Ui};

use super::{figures, list, setup, table, units};
use crate::{
    domain::{
        experiment::{ExperimentListing, ExperimentOverview},
        units as written,
    },
    gui::{
        Action,
        action::ExperimentsAction,
        context::ViewContext,
        parts,
        state::ExperimentStand,
        theme::{self, tokens},
        widgets::{
            icon::Icon,
            section::Section,
            status::{Progress, Status, pill, primary_button},
        },
    },
};

/// Draws the experiment; `alone` when the list is not beside it.
pub fn details(ui: &mut Ui, cx: &ViewContext, alone: bool) {
    let experiments = &cx.state.experiments;
    if alone && ui.button("All experiments").on_hover_text("Back to the list.").clicked() {
        cx.send(Action::Experiments(ExperimentsAction::Select(None)));
    }
    let Some(listing) = experiments.selected.and_then(|name| experiments.listing(name)) else {
        let text =
            "Each runs an experiment of the papers from a preset, and sets its figures beside the published ones.";
        return parts::empty(ui, Icon::Table, "Choose an experiment from the list", text, |_| {});
    };
    let overview = experiments.shown();
    let stand = match overview {
        // What is selected may be less than what the list counts.
        Some(shown) if !shown.units.is_empty() => {
            cx.state.stand_of(listing.info.name, shown.units_done(), shown.units.len())
        }
        _ => cx.state.experiment_stand(listing),
    };
    heading(ui, cx, listing, &stand);
    start_line(ui, cx, listing, overview, &stand);
    if let Some(problem) = &experiments.overview.problem {
        ui.add(Label::new(RichText::new(problem).color(theme::of(ui).error)).wrap());
    } else if let ExperimentStand::Impossible(problem) = &stand {
        ui.add(Label::new(RichText::new(problem).color(theme::of(ui).warning)).wrap());
    }
    if let Some(overview) = overview {
        progress(ui, overview, &stand);
    }
    Section::new("How it is run").id_salt(listing.info.name.name()).show(ui, |ui| {
        setup::fields(ui, cx, &listing.info);
        if let Some(overview) = overview {
            cuts(ui, overview);
        }
    });
    let Some(overview) = overview else {
        if experiments.overview.problem.is_none() {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label("Looking at the runs of the experiment…");
            });
        }
        return;
    };
    table::table(ui, cx, overview);
    figures::figures(ui, cx, overview);
    units::units(ui, cx, overview);
}

fn heading(ui: &mut Ui, cx: &ViewContext, listing: &ExperimentListing, stand: &ExperimentStand) {
    let info = &listing.info;
    let palette = theme::of(ui);
    ui.horizontal_wrapped(|ui| {
        let title = RichText::new(info.title).text_style(TextStyle::Heading).color(palette.strong_text);
        ui.add(Label::new(title).wrap());
        if let Some(status) = list::mark(stand) {
            pill(ui, status.icon(), &list::stand_text(stand), status.color(palette));
        }
    });
    ui.add(Label::new(RichText::new(info.source).color(palette.weak_text)).wrap());
    ui.add(Label::new(info.sentence).wrap());
    let scale = cx.state.experiments.scale();
    let divisor = (scale.divisor != 1).then(|| format!(" --scale 1/{}", scale.divisor));
    let numbers = scale.set().map(|(effort, number)| format!(" --{effort} {number}"));
    let selected = cx.state.experiments.selection().unwrap_or_default().images_per_class;
    let ipc: Vec<String> = selected.iter().map(usize::to_string).collect();
    let ipc = (!ipc.is_empty()).then(|| format!(" --ipc {}", ipc.join(",")));
    let flags: String = divisor.into_iter().chain(numbers).chain(ipc).collect();
    let command = format!("On the command line: dewpoint reproduce {}{flags}", info.name);
    ui.add(Label::new(RichText::new(command).small().color(palette.weak_text)).wrap().selectable(true));
}

/// What it takes at the left, the buttons at the right, always at the same place.
fn start_line(
    ui: &mut Ui,
    cx: &ViewContext,
    listing: &ExperimentListing,
    overview: Option<&ExperimentOverview>,
    stand: &ExperimentStand,
) {
    let possible = possible(cx, listing, overview);
    let (jobs, active) = cx.state.experiment_jobs(listing.info.name);
    let begun = overview.is_some_and(|overview| overview.units.iter().any(|unit| unit.is_done || unit.run.is_some()));
    let text = if begun { "Continue" } else { "Start" };
    let size = egui::vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        let name = format!("{text} the experiment");
        let button = ui.add_enabled_ui(possible.is_ok(), |ui| primary_button(ui, text).accessible_name(name)).inner;
        let hover = "Puts what is left to do into the queue. It can be stopped at any point and continued on another day.";
        let button = match &possible {
            Ok(()) => button.on_hover_text(hover),
            Err(reason) => button.on_disabled_hover_text(reason),
        };
        if button.clicked() {
            cx.send(Action::Experiments(ExperimentsAction::Start));
        }
        if jobs > 0 {
            let hover = if active {
                "Stops the job that works, and takes the others of this experiment out of the queue. What is done is saved."
            } else {
                "Takes the jobs of this experiment out of the queue."
            };
            let stop = ui.button("Stop").accessible_name("Stop the experiment").on_hover_text(hover);
            if stop.clicked() {
                cx.send(Action::Experiments(ExperimentsAction::Stop));
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let text = cost(overview, stand);
            ui.add(Label::new(RichText::new(&text).color(theme::of(ui).weak_text)).truncate()).on_hover_text(text);
        });
    });
}

/// Whether there is something to start.
fn possible(
    cx: &ViewContext,
    listing: &ExperimentListing,
    overview: Option<&ExperimentOverview>,
) -> Result<(), String> {
    let experiments = &cx.state.experiments;
    experiments.check()?;
    cx.state.places_are_open(&listing.info)?;
    if let Some(problem) = &experiments.overview.problem {
        return Err(problem.clone());
    }
    let Some(overview) = overview else { return Err("The runs are still being looked at.".to_owned()) };
    if experiments.overview.stale || experiments.overview.asked {
        return Err("The runs are being looked at again.".to_owned());
    }
    if overview.units.is_empty() {
        return Err("There is nothing to run; choose a dataset that takes a place.".to_owned());
    }
    if overview.steps.is_empty() {
        return Err("All of it is done.".to_owned());
    }
    if experiments.under_way.iter().any(|one| one.request == overview.request && one.given_up.is_empty()) {
        return Err("What is left to do is in the queue.".to_owned());
    }
    Ok(())
}

fn cost(overview: Option<&ExperimentOverview>, stand: &ExperimentStand) -> String {
    let Some(overview) = overview else { return String::new() };
    let runs = written::count(overview.units.len(), "run");
    if *stand == ExperimentStand::Done {
        return format!("{runs}, computed in {}", written::duration(overview.table.seconds));
    }
    let left = overview.units.len() - overview.units_done();
    let left = if left < overview.units.len() { format!("{left} of {runs} left") } else { runs };
    match overview.cost {
        Some(cost) => {
            let networks = written::count(cost.networks, "network");
            format!("{left}, {networks} to train: about {} here", written::duration(cost.seconds()))
        }
        None => format!("{left}; how long is known once this machine is measured"),
    }
}

fn progress(ui: &mut Ui, overview: &ExperimentOverview, stand: &ExperimentStand) {
    let (done, units) = (overview.units_done(), overview.units.len());
    let working = matches!(stand, ExperimentStand::Working(..));
    if units == 0 || (done == 0 && !working) || done == units {
        return;
    }
    let status = if working { Status::Running } else { Status::Stopped };
    let text = format!("{done} of {units} runs done");
    let share = done as f32 / units as f32;
    Progress::new("Progress of the experiment", Some(share)).text(&text).status(status).show(ui);
}

/// What the scale cuts, and what else a reader should know.
fn cuts(ui: &mut Ui, overview: &ExperimentOverview) {
    let table = &overview.table;
    let mut lines = Vec::new();
    if !table.cuts.is_empty() {
        lines.push(format!("At the scale {}: {}.", overview.request.scale, table.cuts.join(", ")));
    }
    lines.extend(table.notes.iter().cloned());
    for line in lines {
        ui.add(Label::new(RichText::new(line).small().color(theme::of(ui).weak_text)).wrap());
    }
    ui.add_space(tokens::SPACE_XS);
}
