//! The list of the experiments: what each is, where it comes from, what it takes and how far it is.

use egui::{Label, Rect, Response, RichText, Role, ScrollArea, Sense, TextEdit, TextStyle, Ui, WidgetInfo};

use crate::{
    domain::{experiment::ExperimentListing, units},
    gui::{
        Action,
        action::ExperimentsAction,
        context::ViewContext,
        state::ExperimentStand,
        theme,
        widgets::{
            row_list::{self, RowLines, RowList},
            status::Status,
        },
    },
};

/// Draws the list.
pub fn list(ui: &mut Ui, cx: &ViewContext, listings: &[ExperimentListing]) {
    let mut filter = cx.state.experiments.filter.clone();
    let field = TextEdit::singleline(&mut filter).hint_text("Filter").desired_width(f32::INFINITY);
    let response = ui.add(field);
    response.widget_info(|| {
        let info = WidgetInfo::text_edit(true, &filter, &filter, "Filter");
        WidgetInfo { label: Some("Filter experiments".to_owned()), ..info }
    });
    if response.changed() {
        cx.send(Action::Experiments(ExperimentsAction::Filter(filter)));
    }
    let shown: Vec<&ExperimentListing> =
        listings.iter().filter(|listing| fits(listing, &cx.state.experiments.filter)).collect();
    if shown.is_empty() {
        ui.add(Label::new(RichText::new("No experiment has this in its name, title or source.").weak()).wrap());
        return;
    }
    ScrollArea::vertical().id_salt("experiments").auto_shrink([false, false]).show(ui, |ui| rows(ui, cx, &shown));
}

/// Whether every word of the filter is found.
fn fits(listing: &ExperimentListing, filter: &str) -> bool {
    let info = &listing.info;
    let text = format!("{} {} {} {}", info.name, info.title, info.source, info.sentence).to_lowercase();
    filter.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

fn rows(ui: &mut Ui, cx: &ViewContext, shown: &[&ExperimentListing]) {
    let select = |row: usize| cx.send(Action::Experiments(ExperimentsAction::Select(Some(shown[row].info.name))));
    let current = cx.state.experiments.selected;
    let selected = shown.iter().position(|listing| Some(listing.info.name) == current);
    let list = RowList {
        name: "Experiments of the papers",
        id_salt: "experiments",
        rows: shown.len(),
        small_lines: 1,
        selected,
    };
    let response = list.show(ui, |ui, position, rect| {
        let is_clicked = row(ui, cx, shown[position], rect).clicked();
        if is_clicked {
            select(position);
        }
        is_clicked
    });
    if let Some(wanted) = response.wanted.filter(|_| response.wanted != selected) {
        select(wanted);
    }
}

fn row(ui: &mut Ui, cx: &ViewContext, listing: &ExperimentListing, rect: Rect) -> Response {
    let info = &listing.info;
    // Clicked, but no stop of the Tab key: the list as a whole is one.
    let response = ui.interact(rect, ui.make_persistent_id(("experiment", info.name)), Sense::CLICK);
    let selected = cx.state.experiments.selected == Some(info.name);
    let stand = cx.state.experiment_stand(listing);
    let (text, cost) = (stand_text(&stand), cost_text(listing));
    response.widget_info(|| {
        let mut said = WidgetInfo::selected(Role::ListBoxOption, true, selected, format!("Experiment {}", info.title));
        said.current_text_value = Some(format!("{text}, {cost}"));
        said
    });
    let palette = theme::of(ui);
    let painter = ui.painter_at(rect);
    let [strong, weak] = row_list::fill(ui, &painter, rect, (selected, response.hovered()));
    let mut lines = RowLines::new(ui, &painter, rect);
    let mark = mark(&stand).map(|status| (status.icon(), if selected { weak } else { status.color(palette) }));
    lines.pair((info.title, TextStyle::Body, strong), (&text, TextStyle::Small, weak), mark);
    lines.pair((info.source, TextStyle::Small, weak), (&cost, TextStyle::Small, weak), None);
    response.on_hover_ui(|ui| {
        for text in [info.title, info.source, info.sentence] {
            ui.label(text);
        }
        ui.label(format!("dewpoint reproduce {}", info.name));
        if let ExperimentStand::Impossible(problem) = &stand {
            ui.label(problem);
        }
    })
}

/// How an experiment stands, in a word or two.
pub fn stand_text(stand: &ExperimentStand) -> String {
    match stand {
        ExperimentStand::Impossible(_) => "no data".to_owned(),
        ExperimentStand::NotBegun => "not begun".to_owned(),
        ExperimentStand::Partly(done, units) | ExperimentStand::Working(done, units) => format!("{done} of {units}"),
        ExperimentStand::Done => "done".to_owned(),
    }
}

/// The mark beside it, where it has one.
pub const fn mark(stand: &ExperimentStand) -> Option<Status> {
    match stand {
        ExperimentStand::Impossible(_) | ExperimentStand::NotBegun => None,
        ExperimentStand::Partly(..) => Some(Status::Stopped),
        ExperimentStand::Working(..) => Some(Status::Running),
        ExperimentStand::Done => Some(Status::Finished),
    }
}

fn cost_text(listing: &ExperimentListing) -> String {
    let seconds = listing.cost.map(|cost| cost.seconds());
    match (seconds, &listing.units) {
        (_, Err(_)) => String::new(),
        (Some(seconds), _) => units::duration(seconds),
        (None, Ok(count)) => units::count(*count, "run"),
    }
}
