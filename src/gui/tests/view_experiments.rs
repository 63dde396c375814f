//! The experiments view, by what stands on it.

use egui::{Key, Role, Theme, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};

use super::{
    experiments::{answer, listings, open_mnist, run_folder, scale_of},
    fixtures::{PROJECT, ScriptedServices, sized, tell, with_runs},
};
use crate::{
    domain::{
        BuiltinDataset, DatasetSource, EvaluationTable, Export, FigureData, ProjectRecord, TableFormat,
        experiment::{DatasetRole, Effort, ExperimentName, MachineSpeed, Scale},
    },
    gui::{
        Action, DewpointApp, UiCommand,
        action::{ExperimentsAction, QueueAction},
        layout::View,
        state::{Dialog, ExperimentsState, JobState, RoleChoice},
    },
    worker::{
        Command, Event,
        files::{FileReply, FileRequest},
    },
};

type Window = Harness<'static, DewpointApp>;

const START: &str = "Start the experiment";
const CONTINUE: &str = "Continue the experiment";

fn act(window: &mut Window, action: Action) {
    window.state_mut().act(action);
    window.run_ok();
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_ok();
}

/// The view with its list, and Table 2 of which so many rows are done.
fn open(script: &ScriptedServices, width: f32, done: usize) -> Window {
    let mut window = with_runs(script, vec2(width, 2600.0), Theme::Light);
    open_mnist(script, &mut window);
    act(&mut window, Action::Command(UiCommand::Show(View::Experiments)));
    settle(script, &mut window, done);
    click(&mut window, "Experiment Across architectures");
    settle(script, &mut window, done);
    window
}

/// Lets what is asked for be answered.
fn settle(script: &ScriptedServices, window: &mut Window, done: usize) {
    for _ in 0..3 {
        answer(script, done);
        window.run_ok();
    }
}

fn experiments(window: &Window) -> &ExperimentsState {
    &window.state().state().experiments
}

fn progress(window: &Window) -> String {
    window.get_by_label("Progress of the experiment").value().unwrap()
}

fn jobs(window: &Window) -> Vec<JobState> {
    window.state().state().queue.jobs.iter().map(|job| job.state.clone()).collect()
}

#[test]
fn the_list_says_how_far_each_is_and_what_it_takes() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 3);
    let value = |window: &Window, title: &str| window.get_by_label(&format!("Experiment {title}")).value().unwrap();
    assert_eq!(value(&window, "Across architectures"), "3 of 6, 13 min 20 s");
    assert_eq!(value(&window, "Accuracy by dataset and images per class"), "not begun, 27 h 46 min");
    assert_eq!(value(&window, "Distances between gradients"), "done, 30 min 0 s");
    assert_eq!(value(&window, "Siamese augmentation"), "no data, ");
    act(&mut window, Action::Experiments(ExperimentsAction::Filter("bilen table".into())));
    window.get_by_label("Experiment Siamese augmentation");
    assert!(window.query_by_label("Experiment Across architectures").is_none());
    act(&mut window, Action::Experiments(ExperimentsAction::Filter("nothing like it".into())));
    window.get_by_label_contains("No experiment has this");
}

#[test]
fn the_arrow_keys_go_through_the_list() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 3);
    window.get_by_label("Experiments of the papers").focus();
    window.run_ok();
    window.key_press(Key::ArrowDown);
    window.run_ok();
    assert_eq!(experiments(&window).selected, Some(ExperimentName::Distance));
    window.key_press(Key::Home);
    window.run_ok();
    assert_eq!(experiments(&window).selected, Some(ExperimentName::Table1));
}

#[test]
fn figures_stand_beside_the_published_ones() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 3);
    let cell = |window: &Window, name: &str| window.get_by_label(name).value().unwrap();
    let convnet = cell(&window, "ConvNet, ConvNet");
    assert!(convnet.starts_with("ours 92.2 ± 0.4, published 91.7 ± 0.5, difference +0.5"), "{convnet}");
    assert_eq!(cell(&window, "ResNet18, MLP"), "ours …, published 73.6 ± 1.2");
    assert!(cell(&window, "AlexNet, MLP").starts_with("ours 71.6 ± 0.0 …, published 72.1"), "one of two networks");
    window.get_by_label_contains("At the scale 1/20: 50 of 1000 outer iterations, 1 of 5 sets");
    window.get_by_label_contains("Scale 1/20 · MNIST · CPU, 2 threads");
    for picture in ["Accuracy by images per class", "Distances", "Ranks of the networks"] {
        assert!(window.query_all_by_label(picture).count() > 0, "{picture}");
    }
    click(&mut window, "Copy as Markdown");
    assert!(window.query_all_by_label("Export table").count() == 1);
}

#[test]
fn what_is_left_to_do_goes_into_the_queue_and_is_stopped() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 3);
    assert_eq!(progress(&window), "3 of 6 runs done");
    click(&mut window, CONTINUE);
    assert_eq!(jobs(&window).len(), 6, "three sets to condense, and to evaluate");
    assert!(matches!(script.0.borrow().commands.last(), Some(Command::Condense(new)) if new.folder == run_folder(3)));
    assert!(window.get_by_label(CONTINUE).accesskit_node().is_disabled());

    // The list of what is left is read again when a job is over, and nothing is queued twice.
    tell(&script, &mut window, [Event::Finished { evaluation: EvaluationTable::default() }]);
    let saved = script.0.borrow().requests.iter().any(|request| {
        matches!(request, FileRequest::OpenExperiment { save: true, request, .. }
            if request.name == ExperimentName::Table2)
    });
    assert!(saved, "the table is written");
    settle(&script, &mut window, 3);
    assert!(
        matches!(script.0.borrow().commands.last(), Some(Command::Evaluate(new)) if new.record.is_some()),
        "the sets are evaluated into a record of their own"
    );
    let open = jobs(&window).iter().filter(|state| !state.is_over()).count();
    assert_eq!(open, 6, "the step that is still to be done is done again");

    click(&mut window, "Stop the experiment");
    assert_eq!(jobs(&window).iter().filter(|state| **state == JobState::Stopping).count(), 1);
    assert!(!jobs(&window).contains(&JobState::Waiting));
    assert!(experiments(&window).under_way.is_empty());
    tell(&script, &mut window, [Event::Stopped { evaluating: true }]);
    settle(&script, &mut window, 4);
    assert_eq!(progress(&window), "4 of 6 runs done");
    assert!(!window.get_by_label(CONTINUE).accesskit_node().is_disabled());
}

#[test]
fn the_table_fills_while_an_evaluation_works() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 3);
    click(&mut window, CONTINUE);
    tell(&script, &mut window, [Event::Finished { evaluation: EvaluationTable::default() }]);
    settle(&script, &mut window, 3);
    script.0.borrow_mut().requests.clear();
    let trained = || Event::NetworkEvaluated {
        set: "condensed".into(),
        architecture: "AlexNet".parse().unwrap(),
        epochs: 300,
        augmentation: "none".into(),
        result: crate::domain::NetworkResult::default(),
        networks_done: 1,
    };
    tell(&script, &mut window, [trained(), trained()]);
    let looks = |request: &&FileRequest| matches!(request, FileRequest::OpenExperiment { .. });
    let looked = script.0.borrow().requests.iter().filter(looks).count();
    assert_eq!(looked, 1, "now and then, not for every network");
    let run = window.state().state().runs.get(&run_folder(3));
    assert!(run.is_none_or(|run| run.evaluation.is_none()), "the run's own evaluation is another one");
}

#[test]
fn what_fails_is_given_up_until_it_is_started_again() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 3);
    click(&mut window, CONTINUE);
    tell(&script, &mut window, [Event::Failed { message: "no memory".into() }]);
    settle(&script, &mut window, 3);
    let states = jobs(&window);
    assert_eq!(states.len(), 6, "nothing is tried again by itself");
    assert_eq!(states[1], JobState::Stopped, "its evaluation cannot be done");
    assert_eq!(states[2], JobState::Running, "the next run goes on");
    click(&mut window, CONTINUE);
    settle(&script, &mut window, 3);
    assert_eq!(jobs(&window).len(), 8, "the run and its evaluation are tried again");
}

#[test]
fn the_end_of_an_experiment_is_told_once() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 5);
    click(&mut window, CONTINUE);
    for _ in 0..2 {
        tell(&script, &mut window, [Event::Finished { evaluation: EvaluationTable::default() }]);
    }
    settle(&script, &mut window, 6);
    let state = window.state().state();
    let told = state.toasts.iter().filter(|toast| toast.message.contains("Across architectures")).count();
    assert_eq!((told, state.toasts.len()), (1, 1), "{:?}", state.toasts);
    assert!(state.experiments.under_way.is_empty());
    assert!(window.get_by_label(CONTINUE).accesskit_node().is_disabled());
}

#[test]
fn scale_places_and_images_are_part_of_what_is_asked() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 0);
    assert!(!window.get_by_label(START).accesskit_node().is_disabled());
    act(&mut window, Action::Experiments(ExperimentsAction::Divisor(1)));
    let full = script.0.borrow().requests.iter().filter_map(scale_of).all(crate::domain::experiment::Scale::is_full);
    assert!(full, "what is shown follows the scale");
    assert!(window.get_by_label(START).accesskit_node().is_disabled(), "until the runs are looked at");
    settle(&script, &mut window, 0);
    window.get_by_label("As published: its figures can be compared.");

    let digits = RoleChoice::Dataset(DatasetSource::Builtin(BuiltinDataset::Digits));
    act(&mut window, Action::Experiments(ExperimentsAction::Role(DatasetRole::Mnist, digits)));
    settle(&script, &mut window, 0);
    assert!(window.query_all_by_label_contains("digits is not MNIST").count() > 0);
    let request = experiments(&window).shown().unwrap().request.clone();
    assert_eq!(request.datasets.iter().map(|data| data.info.name.as_str()).collect::<Vec<_>>(), ["digits"]);
    assert_eq!(window.get_by_label("MLP, MLP").value().as_deref(), Some("ours …"), "nothing is published about it");
    act(&mut window, Action::Experiments(ExperimentsAction::ImagesPerClass("3, x".into())));
    assert!(window.get_by_label(START).accesskit_node().is_disabled());
    assert!(window.query_all_by_label_contains("\"x\" is not a whole number").count() > 0);
    act(&mut window, Action::Experiments(ExperimentsAction::ImagesPerClass("3".into())));
    settle(&script, &mut window, 0);
    assert_eq!(experiments(&window).shown().unwrap().request.selection.images_per_class, [3]);
    assert!(!window.get_by_label(START).accesskit_node().is_disabled());
}

#[test]
fn numbers_are_set_in_place_of_the_scales() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 0);
    assert!(window.query_by_label("Iterations").is_none(), "folded");
    click(&mut window, "Numbers in place of the scale's");
    let typed = |window: &mut Window, field: &str, text: &str| {
        window.get_by_role_and_label(Role::TextInput, field).focus();
        window.run_ok();
        window.get_by_role_and_label(Role::TextInput, field).type_text(text);
        settle(&script, window, 0);
    };
    typed(&mut window, "Iterations", "30");
    typed(&mut window, "Width", "32");
    let scale = Scale::one_of(20).with(Effort::Iterations, 30).with(Effort::Width, 32);
    assert_eq!(experiments(&window).shown().unwrap().request.scale, scale);
    window.get_by_label_contains("dewpoint reproduce table2 --scale 1/20 --iterations 30 --width 32");
    assert!(!window.get_by_label(START).accesskit_node().is_disabled());
    typed(&mut window, "Sets", "x");
    assert!(window.get_by_label(START).accesskit_node().is_disabled());
    assert!(window.query_all_by_label_contains("Sets: \"x\" is not a whole number").count() > 0);
}

#[test]
fn nothing_starts_on_a_stand_in_while_a_chosen_dataset_is_opened() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 0);
    let role = |choice| Action::Experiments(ExperimentsAction::Role(DatasetRole::Mnist, choice));
    act(&mut window, role(RoleChoice::Dataset(DatasetSource::Builtin(BuiltinDataset::Shapes))));
    settle(&script, &mut window, 0);
    assert!(window.get_by_label(START).accesskit_node().is_disabled());
    act(&mut window, role(RoleChoice::LeftOut));
    settle(&script, &mut window, 0);
    assert!(window.query_all_by_label_contains("every place is left out").count() > 0);
    assert!(window.get_by_label(START).accesskit_node().is_disabled());
    act(&mut window, role(RoleChoice::Automatic));
    settle(&script, &mut window, 0);
    assert!(!window.get_by_label(START).accesskit_node().is_disabled());
}

#[test]
fn the_table_is_exported_with_its_scale() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 3);
    let table = |window: &mut Window, format: &str| {
        click(window, "Export table");
        click(window, format);
        let Some(Dialog::Export(state)) = window.state().state().dialog.clone() else { panic!("no dialog") };
        let Export::Table { table, format } = state.export else { panic!("no table") };
        act(window, Action::Dialog(None));
        (table, format)
    };
    let (long, format) = table(&mut window, "CSV table…");
    assert_eq!((format, long.rows.len()), (TableFormat::Csv, 36));
    assert!(long.rows.iter().all(|row| row.len() == long.columns.len() && row[1] == "1/20"));
    let (wide, _) = table(&mut window, "Markdown table…");
    assert_eq!(wide.columns[0], "condensed with (scale 1/20)");
    assert_eq!(wide.rows[1][2], "92.2 ± 0.4 (published 91.7 ± 0.5, +0.5)");
}

#[test]
fn an_unknown_machine_is_measured_once() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 3);
    assert!(window.query_by_label("Measure this machine").is_none(), "all costs are known");
    let mut unknown = listings();
    unknown[0].cost = None;
    let scale = experiments(&window).scale();
    script.0.borrow_mut().replies.push_back(FileReply::ExperimentsListed { scale, listings: unknown });
    window.run_ok();
    click(&mut window, "Measure this machine");
    assert!(matches!(script.0.borrow().commands.last(), Some(Command::MeasureSpeed(_))));
    assert!(window.get_by_role_and_label(Role::Button, "Measure this machine").accesskit_node().is_disabled());
    let speed = MachineSpeed {
        device: "CPU".into(),
        program_version: "1".into(),
        real: 1e11,
        small_training: 1e10,
        large_training: 5e10,
        test: 1e11,
    };
    tell(
        &script,
        &mut window,
        [Event::SpeedMeasured { speed }, Event::Finished { evaluation: EvaluationTable::default() }],
    );
    let kept = script.0.borrow().requests.iter().any(|request| matches!(request, FileRequest::SaveSpeed { .. }));
    assert!(kept);
    script.0.borrow_mut().requests.clear();
    script.0.borrow_mut().replies.push_back(FileReply::SpeedSaved);
    settle(&script, &mut window, 3);
    assert!(window.query_by_label("Experiment Across architectures").is_some());
}

#[test]
fn pictures_are_exported() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 3);
    click(&mut window, "Export table2-1-20-2");
    click(&mut window, "SVG drawing…");
    let Some(Dialog::Export(state)) = &window.state().state().dialog else { panic!("no dialog") };
    let Export::Figure { figure: FigureData::Bars(bars), .. } = &state.export else { panic!("no figure") };
    assert_eq!(bars.groups, ["ConvNet", "MLP"]);
}

#[test]
fn a_narrow_view_shows_the_list_or_the_experiment() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 900.0, 3);
    assert!(window.query_by_label("Experiment Across architectures").is_none());
    window.get_by_label(CONTINUE);
    click(&mut window, "All experiments");
    window.get_by_label("Experiment Across architectures");
}

#[test]
fn what_cannot_be_read_is_said_and_asked_for_again() {
    let script = ScriptedServices::default();
    let mut window = with_runs(&script, vec2(1900.0, 1200.0), Theme::Dark);
    act(&mut window, Action::Command(UiCommand::Show(View::Experiments)));
    let request = script.0.borrow().requests.iter().rev().find(|request| scale_of(request).is_some()).cloned().unwrap();
    let message = "the folder cannot be read; choose another project".to_owned();
    script.0.borrow_mut().replies.push_back(FileReply::Failed { request: Box::new(request), message: message.clone() });
    window.run_ok();
    assert!(window.query_all_by_label(&message).count() > 0);
    script.0.borrow_mut().requests.clear();
    click(&mut window, "Look again");
    settle(&script, &mut window, 0);
    window.get_by_label("Experiment Across architectures");
    window.get_by_label("Choose an experiment from the list");
}

#[test]
fn without_a_project_the_view_says_what_to_do_and_a_new_one_begins_afresh() {
    let script = ScriptedServices::default();
    let mut closed = sized(&script, vec2(1280.0, 800.0), Theme::Light);
    closed.run_ok();
    act(&mut closed, Action::Command(UiCommand::Show(View::Experiments)));
    closed.get_by_label("No project is open");

    let script = ScriptedServices::default();
    let mut window = open(&script, 1900.0, 3);
    act(&mut window, Action::Queue(QueueAction::Hold(true)));
    click(&mut window, CONTINUE);
    let snapshot = crate::domain::ProjectSnapshot {
        folder: PROJECT.into(),
        record: ProjectRecord::default(),
        runs: Vec::new(),
        broken: Vec::new(),
    };
    script.0.borrow_mut().replies.push_back(FileReply::ProjectOpened(snapshot));
    window.run_ok();
    assert!(experiments(&window).under_way.is_empty() && experiments(&window).overview.value.is_none());
}
