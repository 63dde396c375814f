//! What is evaluated and how: runs, networks, repeats, epochs and baselines.

use egui::{
    Checkbox, Label, PopupCloseBehavior, RichText, ScrollArea, Ui,
    containers::menu::{MenuButton, MenuConfig},
};

use super::has_images;
use crate::{
    domain::{Architecture, Baseline, EvaluationAugmentation, EvaluationMode},
    gui::{
        Action,
        action::EvaluateAction,
        context::ViewContext,
        parts,
        state::{EvaluateField, EvaluateState},
        theme::tokens,
        widgets::{
            field::{Choice, ChoiceField, TextField},
            section::Section,
        },
    },
};

/// From this width on runs and fields stand side by side.
const TWO_COLUMNS: f32 = 430.0;
/// The height of the list of runs at the most.
const RUNS_HEIGHT: f32 = 132.0;

/// Networks that are often asked for.
const USUAL: [(&str, &str); 8] = [
    ("ConvNet", "three convolutions; the papers' usual network"),
    ("MLP", "three fully connected layers; the fastest"),
    ("LeNet", "two convolutions, from 1998"),
    ("AlexNet", "five convolutions"),
    ("VGG11", "eight convolutions; slow on a CPU"),
    ("ResNet18", "eighteen layers with shortcuts; very slow on a CPU"),
    ("ConvNetBN", "ConvNet with batch norm"),
    ("ConvNetW32", "ConvNet with a quarter of the width; fast"),
];

/// Draws the settings, which can be folded.
pub fn settings(ui: &mut Ui, cx: &ViewContext) {
    let evaluate = &cx.state.evaluate;
    let chosen = evaluate.runs.len();
    let note = format!("{chosen} {} · {}", if chosen == 1 { "run" } else { "runs" }, evaluate.networks.trim());
    Section::new("What to evaluate").note(&note).show(ui, |ui| {
        if ui.available_width() < TWO_COLUMNS {
            runs(ui, cx);
            baselines(ui, cx);
            fields(ui, cx);
        } else {
            ui.columns(2, |columns| {
                runs(&mut columns[0], cx);
                baselines(&mut columns[0], cx);
                fields(&mut columns[1], cx);
            });
        }
    });
}

fn runs(ui: &mut Ui, cx: &ViewContext) {
    ui.label("Runs")
        .on_hover_text("Whose synthetic images the networks are trained on. Runs without images are left out.");
    let list = ScrollArea::vertical().id_salt("runs").max_height(RUNS_HEIGHT).auto_shrink([false, true]);
    let row = ui.spacing().interact_size.y;
    let with_images: Vec<_> = cx.state.runs.iter().filter(|run| has_images(run)).collect();
    list.show_rows(ui, row, with_images.len(), |ui, rows| {
        for run in &with_images[rows] {
            let folder = &run.summary.folder;
            let mut chosen = cx.state.evaluate.runs.contains(folder);
            let title = cx.state.run_title(folder);
            let checkbox = ui.scope(|ui| {
                ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Truncate);
                ui.add(Checkbox::new(&mut chosen, &title))
            });
            let (done, all) = (run.summary.iterations_done, run.summary.iterations());
            let config = &run.summary.config;
            let facts = format!(
                "{title}\n{}, {}, {} per class\n{done} of {all} iterations",
                run.summary.dataset.name,
                config.matched(),
                config.images_per_class
            );
            let response = checkbox.inner.accessible_name(format!("Evaluate {title}")).on_hover_text(facts);
            if response.changed() {
                cx.send(Action::Evaluate(EvaluateAction::Toggle(folder.clone())));
            }
        }
    });
}

fn baselines(ui: &mut Ui, cx: &ViewContext) {
    ui.add_space(tokens::SPACE_S);
    ui.label("Baselines").on_hover_text("Sets of real images that stand beside the synthetic ones in the table.");
    ui.horizontal_wrapped(|ui| {
        for baseline in Baseline::ALL {
            let mut wanted = cx.state.evaluate.baselines.contains(&baseline);
            let name = super::grid::set_name(baseline.name());
            let response = ui.checkbox(&mut wanted, name).accessible_name(format!("Baseline {name}"));
            let response = response.on_hover_text(parts::baseline(baseline).1);
            if response.changed() {
                cx.send(Action::Evaluate(EvaluateAction::Baseline(baseline, wanted)));
            }
        }
    });
}

fn fields(ui: &mut Ui, cx: &ViewContext) {
    networks(ui, cx);
    ui.columns(2, |columns| {
        field(&mut columns[0], cx, EvaluateField::Repeats);
        field(&mut columns[1], cx, EvaluateField::Epochs);
        field(&mut columns[0], cx, EvaluateField::TestLimit);
        field(&mut columns[1], cx, EvaluateField::WholeSetEpochs);
    });
    augmentation(ui, cx);
}

/// How the images are varied on which networks are trained.
fn augmentation(ui: &mut Ui, cx: &ViewContext) {
    const OF_RUN: &str = "That of condensing where it had one, otherwise as published.";
    let named: Vec<_> =
        EvaluationAugmentation::named().map(|augmentation| (augmentation, augmentation.to_string())).collect();
    let named = named.iter().map(|(value, name)| Choice::new(Some(*value), name, parts::augmentation(*value)));
    let choices: Vec<_> = std::iter::once(Choice::new(None, "that of the run", OF_RUN)).chain(named).collect();
    let mut chosen = cx.state.evaluate.augmentation;
    let help = "How training images are varied. Test images are never varied, and the whole set is trained without.";
    let field = ChoiceField::new("Augmentation", &mut chosen, &choices).default(None).help(help);
    if field.show(ui).changed {
        cx.send(Action::Evaluate(EvaluateAction::Augmentation(chosen)));
    }
}

/// What an empty field stands for, and what the field means.
fn meaning(field: EvaluateField) -> (String, &'static str) {
    let (repeats, whole_set_epochs) = EvaluateState::default_numbers();
    match field {
        EvaluateField::Networks => (
            "S".to_owned(),
            "The networks that are trained: names separated by commas, or a letter for a list of the published code.",
        ),
        EvaluateField::Repeats => (
            format!("{repeats}, as published"),
            "How many fresh networks are trained for each cell; their accuracies give the mean and the deviation.",
        ),
        EvaluateField::Epochs => (
            "as published".to_owned(),
            "How often a network sees every image of its set. Published: 300, and 1,000 where images are augmented.",
        ),
        EvaluateField::WholeSetEpochs => (
            whole_set_epochs.to_string(),
            "How often a network sees every training image in the row of the whole set. The published 300 would take days \
             on a CPU; fewer epochs make that row somewhat too low.",
        ),
        EvaluateField::TestLimit => (
            "all".to_owned(),
            "How many test images the networks are tested on, taken evenly. Fewer are faster, and less exact.",
        ),
    }
}

fn field(ui: &mut Ui, cx: &ViewContext, field: EvaluateField) {
    let evaluate = &cx.state.evaluate;
    let mut text = evaluate.text(field).to_owned();
    let problem = evaluate.problem(field);
    let (placeholder, help) = meaning(field);
    let input = TextField::new(field.label(), &mut text).placeholder(&placeholder).help(help);
    if input.error(problem.as_deref()).compact().show(ui).changed {
        cx.send(Action::Evaluate(EvaluateAction::Text(field, text)));
    }
}

/// The networks as text, with a menu of the usual ones.
fn networks(ui: &mut Ui, cx: &ViewContext) {
    field(ui, cx, EvaluateField::Networks);
    let text = &cx.state.evaluate.networks;
    ui.horizontal(|ui| {
        let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let (button, _) = MenuButton::new("Choose networks…").config(config).ui(ui, |ui| menu(ui, cx, text));
        button.on_hover_text("Lists of the published code, and networks that are often asked for.");
        let mode = parts::MODES.iter().find(|(_, letter, _)| *letter == text.trim());
        if let Some((_, _, explanation)) = mode {
            ui.add(Label::new(RichText::new(*explanation).weak().small()).truncate());
        }
    });
}

fn menu(ui: &mut Ui, cx: &ViewContext, text: &str) {
    let change = |text: String| cx.send(Action::Evaluate(EvaluateAction::Text(EvaluateField::Networks, text)));
    ui.weak("One by one");
    let chosen = names(cx, text);
    for (name, explanation) in USUAL {
        let mut wanted = chosen.iter().any(|other| other == name);
        if ui.checkbox(&mut wanted, name).on_hover_text(explanation).changed() {
            let kept = chosen.iter().filter(|other| *other != name).cloned();
            let all: Vec<String> = kept.chain(wanted.then(|| name.to_owned())).collect();
            change(all.join(", "));
        }
    }
    ui.separator();
    ui.weak("Lists of the published code");
    for (_, letter, explanation) in parts::MODES {
        if ui.radio(text.trim() == letter, format!("{letter}: {explanation}")).clicked() {
            change(letter.to_owned());
        }
    }
}

/// The names that are typed, or those of the list whose letter is typed.
fn names(cx: &ViewContext, text: &str) -> Vec<String> {
    let first = cx.state.evaluate.runs.first().and_then(|folder| cx.state.runs.get(folder));
    let condensing = first.map_or_else(Architecture::convnet, |run| run.summary.config.architecture);
    match text.trim().parse::<EvaluationMode>() {
        Ok(mode) => mode.architectures(condensing).iter().map(ToString::to_string).collect(),
        Err(_) => text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
    }
}
