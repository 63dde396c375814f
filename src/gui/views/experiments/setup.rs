//! How an experiment is run: its scale, the datasets that take places, the images per class.

use egui::{Align, ComboBox, Label, Layout, RichText, Ui, vec2};

use crate::{
    domain::{
        BuiltinDataset, DatasetSource,
        experiment::{DatasetRole, Effort, ExperimentInfo, Scale},
    },
    gui::{
        Action,
        action::ExperimentsAction,
        context::ViewContext,
        state::{DatasetState, ExperimentsState, RoleChoice, dataset_key},
        theme,
        widgets::{
            field::{Choice, ChoiceField, TextField},
            section::Section,
        },
    },
};

/// The width of the list of scales.
const SCALE_WIDTH: f32 = 96.0;
/// From this width on, at the usual text size, fields stand in two columns.
const TWO_COLUMNS: f32 = 430.0;

/// The scale of all experiments, above the list.
pub fn scale_bar(ui: &mut Ui, cx: &ViewContext) {
    let size = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        let experiments = &cx.state.experiments;
        let label = ui.label("Scale");
        let now = experiments.scale();
        let list = ComboBox::from_id_salt("scale").width(theme::text_scale(ui) * SCALE_WIDTH);
        let response = list.selected_text(name(experiments.divisor)).show_ui(ui, |ui| {
            for divisor in ExperimentsState::DIVISORS {
                if ui.selectable_label(divisor == experiments.divisor, name(divisor)).clicked() {
                    cx.send(Action::Experiments(ExperimentsAction::Divisor(divisor)));
                }
            }
        });
        let help = "How much of the published effort the experiments are run with. Results of different scales are kept apart \
                    and never mix.";
        response.response.labelled_by(label.id).on_hover_text(help);
        let text = if now.is_full() {
            "As published: its figures can be compared."
        } else {
            "Reduced: its figures show a tendency and cannot be compared with the published ones."
        };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            measure(ui, cx);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(text).weak()).truncate()).on_hover_text(text);
            });
        });
    });
}

/// Where it is not known how fast this machine is, the way to know it.
fn measure(ui: &mut Ui, cx: &ViewContext) {
    let listings = cx.state.experiments.list.value.iter().flatten();
    let unknown = listings.filter(|listing| listing.units.is_ok()).any(|listing| listing.cost.is_none());
    if !unknown {
        return;
    }
    let measuring = cx.state.queue.is_measuring();
    let button = ui.add_enabled(!measuring, egui::Button::new("Measure this machine"));
    let hover = "Some seconds of work, after which it is known how long each experiment takes here.";
    if button.on_hover_text(hover).on_disabled_hover_text("It is being measured.").clicked() {
        cx.send(Action::Experiments(ExperimentsAction::Measure));
    }
}

fn name(divisor: usize) -> String {
    if divisor == 1 { "full".to_owned() } else { Scale::one_of(divisor).to_string() }
}

/// The datasets and the numbers of images of an experiment, and what is set in place of the scale's numbers.
pub fn fields(ui: &mut Ui, cx: &ViewContext, info: &ExperimentInfo) {
    for role in info.roles {
        role_field(ui, cx, *role);
    }
    if !info.images_per_class.is_empty() {
        images_per_class(ui, cx, info);
    }
    efforts(ui, cx);
}

/// The numbers that can be set whatever the scale says, for all experiments.
fn efforts(ui: &mut Ui, cx: &ViewContext) {
    let set: Vec<String> =
        cx.state.experiments.scale().set().map(|(effort, number)| format!("{} {number}", effort.title())).collect();
    let section = Section::new("Numbers in place of the scale's").folded();
    section.note(&set.join(", ")).show(ui, |ui| {
        let columns = if ui.available_width() < theme::text_scale(ui) * TWO_COLUMNS { 1 } else { 2 };
        ui.columns(columns, |columns| {
            for (position, effort) in Effort::ALL.into_iter().enumerate() {
                let count = columns.len();
                effort_field(&mut columns[position % count], cx, effort);
            }
        });
    });
}

fn effort_field(ui: &mut Ui, cx: &ViewContext, effort: Effort) {
    let experiments = &cx.state.experiments;
    let mut text = experiments.effort.get(&effort).cloned().unwrap_or_default();
    let problem = experiments.effort_problem(effort);
    let help = format!("{}, in all experiments. Empty leaves it to the scale.", effort.meaning());
    let field = TextField::new(effort.title(), &mut text).placeholder("as the scale says").help(&help);
    if field.error(problem.as_deref()).compact().show(ui).changed {
        cx.send(Action::Experiments(ExperimentsAction::Effort(effort, text)));
    }
}

fn role_field(ui: &mut Ui, cx: &ViewContext, role: DatasetRole) {
    let place = role.dataset_name();
    let choices = offered(cx, role);
    let choices: Vec<_> = choices.iter().map(|(value, text, help)| Choice::new(value.clone(), text, help)).collect();
    let now = cx.state.experiments.roles.get(&role).cloned().unwrap_or_default();
    let mut chosen = now.clone();
    let label = format!("Place of {place}");
    let problem = match &now {
        RoleChoice::Dataset(source) => match cx.state.datasets.get(&dataset_key(source)) {
            Some(DatasetState::Failed(problem)) => Some(problem.as_str()),
            _ => None,
        },
        _ => None,
    };
    let data = cx.state.role_data(role);
    let stand_in = data
        .filter(|data| !data.is_published())
        .map(|data| format!("{} is not {place}: published figures are not shown beside ours.", data.info.name));
    let help = format!("The dataset that is used where the paper uses {place}.");
    let field = ChoiceField::new(&label, &mut chosen, &choices).default(RoleChoice::Automatic).help(&help);
    if field.error(problem).warning(stand_in.as_deref()).show(ui).changed {
        cx.send(Action::Experiments(ExperimentsAction::Role(role, chosen)));
    }
}

/// What can take a place: the project's datasets, and the embedded ones.
fn offered(cx: &ViewContext, role: DatasetRole) -> Vec<(RoleChoice, String, String)> {
    let place = role.dataset_name();
    let there = cx.state.open_datasets().any(|(_, info)| info.name == place);
    let taken = cx.state.experiments.shown().and_then(|shown| shown.datasets.iter().find(|data| data.role == role));
    let automatic = match taken {
        _ if there => format!("{place} of this project"),
        Some(data) => format!("{place} is not in this project; {} takes its place", data.info.name),
        None => format!("{place} is not in this project; what needs it is left out"),
    };
    let mut offered = vec![(RoleChoice::Automatic, "automatic".to_owned(), automatic)];
    let entries = cx.state.project.as_ref().map_or(&[][..], |project| &project.record.datasets);
    let own = entries.iter().map(|entry| (entry.source.clone(), entry.title.clone()));
    let embedded = BuiltinDataset::ALL.map(|builtin| (DatasetSource::Builtin(builtin), builtin.name().to_owned()));
    let mut seen: Vec<DatasetSource> = Vec::new();
    for (source, title) in own.chain(embedded) {
        if !seen.contains(&source) {
            let embedded = "embedded; drawn by the program".to_owned();
            let about = source.path().map_or(embedded, |path| path.display().to_string());
            offered.push((RoleChoice::Dataset(source.clone()), title, about));
            seen.push(source);
        }
    }
    offered.push((RoleChoice::LeftOut, "left out".to_owned(), format!("What needs {place} is not run")));
    offered
}

fn images_per_class(ui: &mut Ui, cx: &ViewContext, info: &ExperimentInfo) {
    let experiments = &cx.state.experiments;
    let own: Vec<String> = info.images_per_class.iter().map(ToString::to_string).collect();
    let own = own.join(", ");
    let problem = experiments.selection().err();
    let mut text = experiments.images_per_class.clone();
    let help =
        format!("Numbers of synthetic images of each class, separated by commas. Empty means {own}, as published.");
    let field = TextField::new("Images per class", &mut text).placeholder(&own).help(&help);
    if field.error(problem.as_deref()).show(ui).changed {
        cx.send(Action::Experiments(ExperimentsAction::ImagesPerClass(text)));
    }
}
