//! The evaluate view, by what stands on it.

use egui::{Role, Theme, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};

use super::fixtures::{ScriptedServices, answer_first_questions, cpu, dataset, folder, runs, sized, tell, with_runs};
use crate::{
    domain::{Architecture, Baseline, EvaluationAugmentation, EvaluationConfig, Export, NetworkResult, TableFormat},
    gui::{
        Action, DewpointApp, UiCommand,
        action::{EvaluateAction, RunAction},
        layout::View,
        state::{CONDENSED, Dialog, EvaluateField, EvaluateState},
    },
    worker::{Command, Event, NewEvaluation},
};

type Window = Harness<'static, DewpointApp>;

const FINISHED: &str = "digits-ConvNet-ipc1-layerwise-cosine";
const STOPPED: &str = "digits-ConvNet-ipc1-mse";

/// A tall window, so that all of the view can be seen.
fn open(script: &ScriptedServices) -> Window {
    let mut window = with_runs(script, vec2(1500.0, 2000.0), Theme::Light);
    window.state_mut().act(Action::Command(UiCommand::Show(View::Evaluate)));
    window.run_ok();
    window
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_ok();
}

fn evaluate(window: &Window) -> &EvaluateState {
    &window.state().state().evaluate
}

fn enter(window: &mut Window, field: EvaluateField, text: &str) {
    window.state_mut().act(Action::Evaluate(EvaluateAction::Text(field, text.to_owned())));
    window.run_ok();
}

fn cell(network: &str, set: &str, run: &str) -> String {
    format!("{network} on {set} of {run}")
}

fn submitted(script: &ScriptedServices) -> NewEvaluation {
    match script.0.borrow().commands.last() {
        Some(Command::Evaluate(new)) => new.clone(),
        other => panic!("{other:?}"),
    }
}

fn result(repeat: usize, accuracy: f64) -> NetworkResult {
    NetworkResult { repeat, accuracy, confusion: vec![vec![10; 10]; 10], seconds: 1.0, ..NetworkResult::default() }
}

#[test]
fn a_run_is_chosen_and_only_what_is_missing_is_trained() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    assert!(window.get_by_label("Start evaluation").accesskit_node().is_disabled());
    click(&mut window, &format!("Evaluate {FINISHED}"));
    assert_eq!(evaluate(&window).runs, [folder(FINISHED)]);
    assert_eq!(window.get_by_label(&cell("MLP", "random", FINISHED)).value().as_deref(), Some("51.0 ± 0.8 (3)"));
    // Three networks on two sets have three repeats each; five are asked for.
    window.get_by_label("Will train 12 networks, about 36 s");
    click(&mut window, "Start evaluation");
    let new = submitted(&script);
    assert_eq!((new.config.repeats, new.config.architectures.len(), new.again.len()), (5, 3, 0));
    assert_eq!(new.config.baselines, [Baseline::Random]);
    assert_eq!(window.get_by_label(&cell("MLP", "random", FINISHED)).value().as_deref(), Some("51.0 ± 0.8 (3) …"));
    window.get_by_label("The chosen runs are in the queue already.");
}

#[test]
fn nothing_is_started_when_nothing_is_missing() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    click(&mut window, &format!("Evaluate {FINISHED}"));
    enter(&mut window, EvaluateField::Repeats, "3");
    assert!(window.get_by_label("Start evaluation").accesskit_node().is_disabled());
    click(&mut window, "Baseline herding");
    window.get_by_label("Will train 9 networks, about 27 s");
    click(&mut window, "Baseline herding");
    enter(&mut window, EvaluateField::Epochs, "50");
    window.get_by_label("Will train 18 networks");
    window.get_by_label_contains("starting replaces them");
}

#[test]
fn a_wrong_field_keeps_its_text_and_says_what_is_wrong() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    click(&mut window, &format!("Evaluate {FINISHED}"));
    window.get_by_label("Repeats").focus();
    window.run_ok();
    window.get_by_label("Repeats").type_text("x");
    window.run_ok();
    let text = evaluate(&window).repeats.clone();
    assert!(text.contains('x') && text.contains('5'), "{text}");
    window.get_by_label(&format!("Repeats: \"{text}\" is not a whole number."));
    assert!(window.get_by_label("Start evaluation").accesskit_node().is_disabled());
    enter(&mut window, EvaluateField::Repeats, "");
    assert!(!window.get_by_label("Start evaluation").accesskit_node().is_disabled(), "empty is the published 20");
}

#[test]
fn networks_are_ticked_in_a_menu() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    click(&mut window, "Choose networks…");
    click(&mut window, "LeNet");
    assert_eq!(evaluate(&window).networks, "ConvNet, MLP");
    click(&mut window, "AlexNet");
    assert_eq!(evaluate(&window).networks, "ConvNet, MLP, AlexNet");
    window.get_by_label_contains("W: ConvNets with 32").click();
    window.run_ok();
    assert_eq!(evaluate(&window).networks, "W");
    // One of a list taken away leaves the others by name.
    click(&mut window, "ConvNetW32");
    assert_eq!(evaluate(&window).networks, "ConvNetW64, ConvNet, ConvNetW256");
}

#[test]
fn an_augmentation_is_chosen_and_stands_above_the_table() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    click(&mut window, &format!("Evaluate {FINISHED}"));
    window.get_by_label("augmentation: published");
    let field = |window: &Window| window.get_by_role_and_label(Role::ComboBox, "Augmentation").value();
    assert_eq!(field(&window).as_deref(), Some("that of the run"));
    let choose = |window: &mut Window, name: &str| {
        window.get_by_role_and_label(Role::ComboBox, "Augmentation").click();
        window.run_ok();
        click(window, name);
    };
    choose(&mut window, "none");
    assert_eq!(evaluate(&window).augmentation, Some(EvaluationAugmentation::None));
    // The results that are there keep their heading until they give way.
    window.get_by_label("augmentation: published");
    window.get_by_label_contains("starting replaces them");
    click(&mut window, &format!("Evaluate {FINISHED}"));
    click(&mut window, &format!("Evaluate {STOPPED}"));
    window.get_by_label("augmentation: none");
    click(&mut window, "Start evaluation");
    assert_eq!(submitted(&script).config.augmentation, EvaluationAugmentation::None);
    choose(&mut window, "that of the run");
    assert_eq!(evaluate(&window).augmentation, None);
}

#[test]
fn the_table_fills_cell_by_cell() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    click(&mut window, &format!("Evaluate {STOPPED}"));
    enter(&mut window, EvaluateField::Networks, "ConvNet, MLP");
    enter(&mut window, EvaluateField::Repeats, "2");
    let value = |window: &Window, network: &str| window.get_by_label(&cell(network, CONDENSED, STOPPED)).value();
    assert_eq!(value(&window, "MLP").as_deref(), Some("–"));
    click(&mut window, "Start evaluation");
    assert_eq!(value(&window, "MLP").as_deref(), Some("…"));
    let architecture = Architecture::convnet();
    let (set, augmentation) = (CONDENSED.to_owned(), "none".to_owned());
    let (progress_set, evaluated_set) = (set.clone(), set);
    tell(
        &script,
        &mut window,
        [
            Event::DatasetLoaded { dataset: dataset() },
            Event::DeviceChosen { device: cpu(), reason: "no GPU was found".into() },
            Event::EvaluationStarted { networks: 8, networks_done: 0 },
            Event::EvaluationProgress {
                set: progress_set,
                architecture,
                networks_done: 0,
                epochs_done: 30,
                epochs: 301,
            },
            Event::NetworkEvaluated {
                set: evaluated_set,
                architecture,
                epochs: 300,
                augmentation,
                result: result(0, 0.8),
                networks_done: 1,
            },
        ],
    );
    assert_eq!(value(&window, "ConvNet").as_deref(), Some("80.0 ± 0.0 (1) …"));
    assert_eq!(value(&window, "MLP").as_deref(), Some("…"));
    tell(&script, &mut window, [Event::Stopped { evaluating: true }]);
    assert_eq!(value(&window, "ConvNet").as_deref(), Some("80.0 ± 0.0 (1)"));
    assert_eq!(value(&window, "MLP").as_deref(), Some("–"));
}

#[test]
fn a_cell_is_looked_at_and_trained_again() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    click(&mut window, &format!("Evaluate {FINISHED}"));
    click(&mut window, &cell("MLP", CONDENSED, FINISHED));
    assert_eq!(evaluate(&window).selected.as_ref().map(|cell| cell.set.as_str()), Some(CONDENSED));
    window.get_by_label("Confusion matrix");
    window.get_by_label("Training loss by epoch");
    window.get_by_label_contains("a class with a rather long name: ");
    click(&mut window, "Run again");
    let new = submitted(&script);
    assert_eq!(new.again, [(CONDENSED.to_owned(), Architecture::Mlp)]);
    assert_eq!(new.config, EvaluationConfig::default(), "as it was evaluated before");
    let value = window.get_by_label(&cell("MLP", CONDENSED, FINISHED)).value();
    assert_eq!(value.as_deref(), Some("75.0 ± 0.8 (3) …"), "the earlier results stay until then");
    click(&mut window, "Close details");
    assert_eq!(evaluate(&window).selected, None);
}

#[test]
fn the_table_is_exported() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    click(&mut window, &format!("Evaluate {FINISHED}"));
    let table = |window: &mut Window, format: &str| {
        click(window, "Export table");
        click(window, format);
        let Some(Dialog::Export(state)) = window.state().state().dialog.clone() else { panic!("no dialog") };
        let Export::Table { table, format } = state.export else { panic!("no table") };
        window.state_mut().act(Action::Dialog(None));
        window.run_ok();
        (table, format)
    };
    let (long, format) = table(&mut window, "CSV table…");
    assert_eq!((format, long.rows.len(), long.columns.len()), (TableFormat::Csv, 6, 8));
    let (wide, _) = table(&mut window, "Markdown table…");
    assert_eq!(wide.columns, ["Set", "ConvNet", "MLP", "LeNet"]);
    assert_eq!(wide.rows[0], ["condensed", "89.0 ± 0.8 (n=3)", "75.0 ± 0.8 (n=3)", "80.0 ± 0.8 (n=3)"]);
    click(&mut window, "Export evaluation-bars");
    click(&mut window, "SVG drawing…");
    let Some(Dialog::Export(state)) = &window.state().state().dialog else { panic!("no dialog") };
    let Export::Plot { plot, .. } = &state.export else { panic!("no plot") };
    assert_eq!((plot.series.len(), plot.series[1].points.len()), (2, 3));
}

#[test]
fn a_removed_run_leaves_the_table() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    click(&mut window, &format!("Evaluate {FINISHED}"));
    click(&mut window, &cell("MLP", CONDENSED, FINISHED));
    window.state_mut().act(Action::Run(RunAction::Remove(folder(FINISHED))));
    let reply = crate::worker::files::FileReply::RunRemoved { folder: folder(FINISHED) };
    script.0.borrow_mut().replies.push_back(reply);
    window.run_ok();
    assert!(window.query_by_label(&cell("MLP", CONDENSED, FINISHED)).is_none());
    assert!(window.query_by_label("Confusion matrix").is_none());
}

#[test]
fn without_images_the_view_says_what_to_do() {
    let script = ScriptedServices::default();
    let mut window = sized(&script, vec2(1280.0, 800.0), Theme::Light);
    let mut without = runs();
    without.truncate(1);
    without[0].iterations_done = 0;
    answer_first_questions(&script, without);
    window.run_ok();
    window.state_mut().act(Action::Command(UiCommand::Show(View::Evaluate)));
    window.run_ok();
    window.get_by_label("No images to evaluate yet");
}
