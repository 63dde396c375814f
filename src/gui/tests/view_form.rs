//! The form of a new run and the dataset view, by what stands on them.

use std::sync::Arc;

use egui::{Key, Theme, Vec2, accesskit::Role, vec2};
use egui_kittest::{Harness, Node, kittest::Queryable};

use super::fixtures::{self, ScriptedServices, with_runs};
use crate::{
    domain::{
        AdapterKind, Atlas, Baseline, BuiltinDataset, Contrast, CostEstimate, DatasetSource, DeviceChoice, DeviceInfo,
        DistanceKind, Finding, ImagesPerClass, Initialization, MatchingLevel, NetworkSteps, ReadOptions,
    },
    gui::{
        Action, DewpointApp, UiCommand,
        action::{DatasetAction, FormAction},
        layout::View,
        state::{CondenseForm, DatasetPageState, DatasetSection, FormField, dataset_key},
    },
    worker::{
        Command, NewRun,
        files::{FileReply, FileRequest},
    },
};

type Window = Harness<'static, DewpointApp>;

const USUAL: Vec2 = vec2(1280.0, 800.0);

fn show(script: &ScriptedServices, view: View, size: Vec2) -> Window {
    let mut window = with_runs(script, size, Theme::Light);
    act(&mut window, Action::Command(UiCommand::Show(view)));
    window
}

fn act(window: &mut Window, action: Action) {
    window.state_mut().act(action);
    window.run_ok();
}

fn form(window: &Window) -> &CondenseForm {
    &window.state().state().form
}

fn field<'a>(window: &'a Window, name: &'a str) -> Node<'a> {
    window.get_by_role_and_label(Role::TextInput, name)
}

fn write(window: &mut Window, name: &str, text: &str) {
    field(window, name).set_text_value_accesskit(text);
    window.run_ok();
}

/// Scrolls to it first, as a person would.
fn press(window: &mut Window, role: Role, name: &str) {
    window.get_by_role_and_label(role, name).scroll_to_me();
    window.run_ok();
    window.get_by_role_and_label(role, name).click();
    window.run_ok();
}

/// Opens a list and takes a line of it.
fn choose(window: &mut Window, list: &str, line: &str) {
    press(window, Role::ComboBox, list);
    window.get_all_by_label(line).next_back().unwrap().click();
    window.run_ok();
}

fn started(script: &ScriptedServices) -> NewRun {
    match script.0.borrow().commands.last() {
        Some(Command::Condense(new)) => new.clone(),
        other => panic!("{other:?} is no new run"),
    }
}

/// The first sentence on the window that holds a text.
fn says(window: &Window, text: &str) -> bool {
    window.query_all_by_label_contains(text).next().is_some()
}

fn estimate(script: &ScriptedServices, window: &mut Window, change: impl FnOnce(&mut CostEstimate)) {
    let asked = |request: &FileRequest| match request {
        FileRequest::EstimateCost { ticket, .. } => Some(*ticket),
        _ => None,
    };
    let ticket = script.0.borrow().requests.iter().rev().find_map(asked).unwrap();
    let mut cost = CostEstimate {
        operations: 1e12,
        seconds: 200.0,
        measured: true,
        memory_bytes: 200 << 20,
        free_bytes: Some(4 << 30),
    };
    change(&mut cost);
    script.0.borrow_mut().replies.push_back(FileReply::CostEstimated { ticket, cost });
    window.run_ok();
}

#[test]
fn the_start_button_is_in_sight_whatever_the_size() {
    for size in [vec2(1024.0, 700.0), USUAL, vec2(1920.0, 1080.0)] {
        let script = ScriptedServices::default();
        let mut window = show(&script, View::Condense, size);
        estimate(&script, &mut window, |cost| cost.memory_bytes = 9 << 30);
        for name in ["Start", "Compare distances…"] {
            let place = window.get_by_role_and_label(Role::Button, name).rect();
            assert!(place.min.x >= 0.0 && place.max.y <= size.y - 20.0, "{size}: {place}");
        }
        press(&mut window, Role::Button, "Start");
        assert_eq!(script.0.borrow().commands.len(), 1);
    }
}

#[test]
fn what_is_typed_is_what_runs() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Condense, USUAL);
    write(&mut window, "Iterations", "7");
    write(&mut window, "Images per class", "2");
    choose(&mut window, "Distance", "mse");
    choose(&mut window, "Level", "multi-level");
    press(&mut window, Role::Button, "Usual networks");
    window.get_by_label("LeNet").click();
    window.run_ok();
    press(&mut window, Role::CheckBox, "Herding");
    press(&mut window, Role::CheckBox, "Check the accuracy on the way");
    assert_eq!(form(&window).preset, None, "no preset has these settings");
    act(&mut window, Action::Form(FormAction::Advanced(true)));
    choose(&mut window, "Epoch rule", "overfitting-aware");
    choose(&mut window, "Images begin as", "herding");
    write(&mut window, "Most epochs", "9");
    write(&mut window, "Image learning rate", "2.5e-1");
    press(&mut window, Role::Button, "Start");
    let NewRun { config, evaluation, accuracy_checks, .. } = started(&script);
    assert_eq!((config.iterations, config.images_per_class), (7, ImagesPerClass::Uniform(2)));
    assert_eq!((config.distance, config.level), (DistanceKind::Mse, MatchingLevel::MultiLevel));
    assert_eq!(config.architecture.to_string(), "LeNet");
    assert_eq!(config.network_steps, NetworkSteps::Overfitting { validation_batch: 256, cap: 9 });
    assert_eq!((config.initialization, config.image_learning_rate), (Initialization::Herding, Some(0.25)));
    assert_eq!(evaluation.unwrap().baselines, [Baseline::Random, Baseline::Herding]);
    assert!(accuracy_checks.is_some());
}

#[test]
fn a_wrong_field_keeps_its_text_and_says_what_is_wrong() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Condense, USUAL);
    let before = window.get_by_role_and_label(Role::ComboBox, "Compute on").rect();
    write(&mut window, "Iterations", "many");
    assert_eq!(field(&window, "Iterations").value().as_deref(), Some("many"));
    assert!(says(&window, "\"many\" is not a whole number"));
    assert!(says(&window, "Mend the fields that are marked first."), "the reason stands beside the button");
    assert_eq!(window.get_by_role_and_label(Role::ComboBox, "Compute on").rect(), before, "nothing jumps");
    press(&mut window, Role::Button, "Start");
    assert!(script.0.borrow().commands.is_empty());

    press(&mut window, Role::Button, "Reset Iterations to 1000");
    assert_eq!(form(&window).text(FormField::Iterations), "");
    assert!(form(&window).check.is_ready());
    assert!(window.query_by_label("Reset Iterations to 1000").is_none());
    press(&mut window, Role::Button, "Start");
    assert_eq!(started(&script).config.iterations, 1000);
}

#[test]
fn a_wrong_field_that_is_folded_away_is_told() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Condense, USUAL);
    act(&mut window, Action::Form(FormAction::Text(FormField::Seed, "-1".into())));
    window.get_by_label("Advanced: 1 field to mend").scroll_to_me();
    window.run_ok();
    window.get_by_label("Advanced: 1 field to mend").click();
    window.run_ok();
    assert!(form(&window).advanced);
    assert!(says(&window, "\"-1\" is not a whole number"));
}

#[test]
fn defaults_follow_what_they_depend_on() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Condense, USUAL);
    act(&mut window, Action::Form(FormAction::Advanced(true)));
    assert!(says(&window, "published: 1 for 1 image a class"));
    write(&mut window, "Images per class", "10");
    assert!(says(&window, "published: 50 for 10 images a class"));
    choose(&mut window, "Distance", "cosine");
    assert!(says(&window, "default: 50 for cosine and ConvNetW32"));
    write(&mut window, "Network", "MLP");
    assert!(says(&window, "default: 2 for cosine and MLP"));
}

#[test]
fn settings_are_kept_taken_and_deleted_as_presets() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Condense, USUAL);
    write(&mut window, "Test repeats", "3");
    assert_eq!(form(&window).preset.as_deref(), Some("Quick look"), "the evaluation is no part of it");
    write(&mut window, "Images per class", "4");
    assert_eq!(form(&window).preset, None, "it has one image a class");
    choose(&mut window, "Preset", "Jiang et al. 2022 (MDA)");
    write(&mut window, "Images per class", "3");
    assert_eq!(form(&window).preset.as_deref(), Some("Jiang et al. 2022 (MDA)"), "it goes with any number");
    assert_eq!(form(&window).distance, DistanceKind::CosineL2);
    write(&mut window, "Iterations", "12");
    assert_eq!(form(&window).preset, None);

    press(&mut window, Role::Button, "Keep…");
    write(&mut window, "Keep these settings as", "Quick look");
    press(&mut window, Role::Button, "Keep as preset");
    let presets = |window: &Window| window.state().state().project.as_ref().unwrap().record.presets.clone();
    assert!(presets(&window).is_empty(), "the program has a preset of this name");
    write(&mut window, "Keep these settings as", "Mine");
    field(&window, "Keep these settings as").focus();
    window.run_ok();
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(presets(&window).len(), 1);
    assert_eq!((form(&window).preset.as_deref(), form(&window).preset_name.as_str()), (Some("Mine"), ""));

    choose(&mut window, "Preset", "Zhao et al. 2021");
    assert_eq!(form(&window).text(FormField::Iterations), "1000");
    choose(&mut window, "Preset", "Mine");
    assert_eq!(form(&window).text(FormField::Iterations), "12");
    press(&mut window, Role::ComboBox, "Preset");
    press(&mut window, Role::Button, "Delete the preset Mine");
    assert!(presets(&window).is_empty());
    assert_eq!(form(&window).preset, None);
}

#[test]
fn what_will_happen_is_said_before_it_does() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Condense, USUAL);
    assert!(says(&window, "Learns 10 images, 1 for each of the 10 classes of digits, in 100 iterations"));
    assert!(says(&window, "Takes roughly 21 s (a guess)"));
    estimate(&script, &mut window, |_| {});
    assert!(says(
        &window,
        "Takes about 3 min 20 s (measured here) and 200 MiB of memory (4.0 GiB are free). It begins at once."
    ));
    estimate(&script, &mut window, |cost| (cost.memory_bytes, cost.measured) = (5 << 30, false));
    assert!(says(&window, "Takes roughly 3 min 20 s (a guess)"));
    assert!(says(&window, "only 4.0 GiB are free"));
    write(&mut window, "Network", "ResNet18");
    assert!(says(&window, "Condensing with ResNet18 hardly lowers the distance"));
    press(&mut window, Role::CheckBox, "Evaluate at the end");
    assert!(!says(&window, "Then tests them"));
    press(&mut window, Role::Button, "Start");
    assert_eq!(started(&script).evaluation, None);
    act(&mut window, Action::Command(UiCommand::Show(View::Condense)));
    assert!(says(&window, "It begins after 1 job."));
}

#[test]
fn networks_to_test_come_in_groups() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Condense, USUAL);
    press(&mut window, Role::Button, "Groups of networks, as in the published code");
    window.get_by_label("M").click();
    window.run_ok();
    assert_eq!(form(&window).check.evaluation.as_ref().unwrap().architectures.len(), 6);
    write(&mut window, "Networks to test", "ConvNet, Nonsense");
    assert!(says(&window, "unknown network \"Nonsense\""));
}

#[test]
fn the_device_is_chosen_in_the_form() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Condense, USUAL);
    let software = DeviceInfo {
        number: Some(0),
        position: 0,
        name: "llvmpipe".into(),
        backend: "vulkan".into(),
        kind: AdapterKind::Software,
        memory_bytes: None,
    };
    let devices = vec![fixtures::cpu(), software.clone()];
    script.0.borrow_mut().replies.push_back(FileReply::DevicesListed { devices, warning: None });
    window.run_ok();
    choose(&mut window, "Compute on", &software.describe());
    assert_eq!(window.state().state().devices.choice, Some(DeviceChoice::Gpu(Some(0))));
    assert!(says(&window, "slow: this driver computes on the CPU"));
    choose(&mut window, "Compute on", &fixtures::cpu().describe());
    press(&mut window, Role::Button, "Start");
    assert_eq!(started(&script).device, DeviceChoice::Cpu);
}

#[test]
fn the_dataset_of_the_form_says_how_it_stands() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Condense, USUAL);
    assert!(says(&window, "28x28 grey, 10 classes, 5900 training images"));
    choose(&mut window, "Dataset", "shapes");
    let shapes = DatasetSource::Builtin(BuiltinDataset::Shapes);
    assert_eq!(form(&window).source, Some(shapes.clone()));
    assert!(says(&window, "is being opened…"));
    assert!(says(&window, "The dataset is not open yet."));
    let request = Box::new(FileRequest::OpenDataset { source: shapes });
    script.0.borrow_mut().replies.push_back(FileReply::Failed { request, message: "it is broken".into() });
    window.run_ok();
    assert!(says(&window, "it is broken"));
    press(&mut window, Role::Button, "Start");
    assert!(script.0.borrow().commands.is_empty());
}

fn page_of(window: &Window) -> DatasetPageState {
    window.state().state().dataset_view.pages[&dataset_key(&fixtures::source())].clone()
}

/// Answers the latest request for a page with images of its classes.
fn answer_page(script: &ScriptedServices, window: &mut Window) {
    let request = script.0.borrow().requests.last().cloned();
    let Some(FileRequest::DatasetPage { source, class, skip, count }) = request else { panic!("no page: {request:?}") };
    let classes = class.map_or(0..10, |class| class..class + 1);
    let labels: Vec<usize> = classes.flat_map(|class| vec![class; count]).collect();
    let bytes = vec![100_u8; labels.len() * 784];
    let atlas = Arc::new(Atlas::of_bytes(fixtures::dataset().shape, labels, &bytes, Contrast::Plain));
    script.0.borrow_mut().replies.push_back(FileReply::DatasetPage { source, class, skip, atlas });
    window.run_ok();
}

#[test]
fn images_are_looked_through_page_by_page() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Dataset, USUAL);
    assert!(says(&window, "1 to 12 of up to 680 a class, loading…"), "the first images stand there meanwhile");
    assert!(window.query_by_role_and_label(Role::Grid, "Training images").is_some());
    answer_page(&script, &mut window);
    assert!(says(&window, "1 to 12 of up to 680 a class"));
    press(&mut window, Role::Button, "Previous images");
    assert_eq!(page_of(&window).wanted, None, "there is nothing before the first page");
    press(&mut window, Role::Button, "Next images");
    answer_page(&script, &mut window);
    assert_eq!((page_of(&window).class, page_of(&window).skip), (None, 12));

    choose(&mut window, "Shown class", "3");
    answer_page(&script, &mut window);
    let page = page_of(&window);
    assert_eq!((page.class, page.skip, page.atlas.unwrap().len()), (Some(3), 0, 120));
    assert!(says(&window, "1 to 120 of 560"));
    assert!(window.query_by_label("111, 10 images").is_some(), "a row is named after its first image");
}

#[test]
fn a_page_that_does_not_come_is_told_in_place() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Dataset, USUAL);
    answer_page(&script, &mut window);
    press(&mut window, Role::Button, "Next images");
    let request = script.0.borrow().requests.last().cloned().unwrap();
    let failed = FileReply::Failed { request: Box::new(request), message: "the disk is gone".into() };
    script.0.borrow_mut().replies.push_back(failed);
    window.run_ok();
    assert!(says(&window, "the disk is gone"));
    assert_eq!(page_of(&window).skip, 0, "the page before stays");
}

#[test]
fn an_image_is_looked_at_closely() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Dataset, USUAL);
    answer_page(&script, &mut window);
    window.get_by_role_and_label(Role::Grid, "Training images").focus();
    window.run_ok();
    window.key_press(Key::ArrowRight);
    window.run_ok();
    window.key_press(Key::ArrowDown);
    window.run_ok();
    assert_eq!(page_of(&window).picked, Some(12));
    assert!(says(&window, "1, training image 1 of 520"));
    press(&mut window, Role::Button, "Close the image");
    assert_eq!(page_of(&window).picked, None);
}

#[test]
fn a_dataset_is_known_by_its_facts_and_classes() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Dataset, USUAL);
    press(&mut window, Role::Button, "Facts");
    for fact in ["28x28 grey", "5900", "1000", "0.1307", "0.3081", "measured", "0123456789ab…", "embedded"] {
        assert!(window.query_all_by_label(fact).next().is_some(), "{fact}");
    }
    press(&mut window, Role::Button, "Classes");
    assert!(says(&window, "500 to 680 training and 100 test images a class"));
    assert!(window.query_by_label("3: 560 training images and 100 test images").is_some());
    assert_eq!(window.state().state().dataset_view.section, DatasetSection::Classes);
    // Where there is room, nothing is folded away.
    let window = show(&script, View::Dataset, vec2(3000.0, 1000.0));
    assert!(window.query_by_label("3: 560 training images and 100 test images").is_some());
    assert!(says(&window, "28x28 grey"));
}

#[test]
fn the_shown_dataset_goes_into_the_form() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Dataset, USUAL);
    press(&mut window, Role::Button, "Open embedded shapes");
    let shapes = DatasetSource::Builtin(BuiltinDataset::Shapes);
    assert!(script.0.borrow().requests.contains(&FileRequest::OpenDataset { source: shapes.clone() }));
    assert!(says(&window, "Opening shapes…"));
    choose(&mut window, "Shown dataset", "digits: 5900 training images");
    act(&mut window, Action::Form(FormAction::Source(shapes)));
    press(&mut window, Role::Button, "Condense this");
    assert_eq!(form(&window).source, Some(fixtures::source()));
    assert!(window.query_by_role_and_label(Role::Button, "Start").is_some(), "the form is in front");
}

#[test]
fn a_path_is_typed_and_a_bad_one_says_why() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Dataset, USUAL);
    write(&mut window, "Path of a dataset", "/data/mnist");
    press(&mut window, Role::Button, "Open");
    let asked = FileRequest::Inspect { paths: vec!["/data/mnist".into()] };
    assert_eq!(script.0.borrow().requests.last(), Some(&asked));
    let finding = Finding::Unknown("/data/mnist is a poem".into());
    script.0.borrow_mut().replies.push_back(FileReply::Inspected { path: "/data/mnist".into(), finding });
    window.run_ok();
    assert!(says(&window, "/data/mnist is a poem"));
    assert_eq!(field(&window, "Path of a dataset").value().as_deref(), Some("/data/mnist"), "it can be mended");
}

#[test]
fn a_dataset_that_cannot_be_read_offers_what_can_be_done() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Dataset, USUAL);
    let source = |side| {
        let options = ReadOptions { side, ..ReadOptions::default() };
        DatasetSource::Files { path: "/data/flowers".into(), options }
    };
    act(&mut window, Action::Dataset(DatasetAction::Open(source(None))));
    let request = FileRequest::OpenDataset { source: source(None) };
    let failed =
        FileReply::Failed { request: Box::new(request.clone()), message: "sizes differ: choose a side".into() };
    script.0.borrow_mut().replies.push_back(failed.clone());
    window.run_ok();
    assert!(says(&window, "sizes differ: choose a side"));
    press(&mut window, Role::Button, "Try again");
    assert_eq!(script.0.borrow().requests.iter().filter(|other| **other == request).count(), 2);
    script.0.borrow_mut().replies.push_back(failed);
    window.run_ok();

    let side = "Pictures of different sizes? Scale all to a side in pixels of";
    write(&mut window, side, "many");
    press(&mut window, Role::Button, "Open scaled");
    assert_eq!(window.state().state().dataset_view.source, Some(source(None)));
    write(&mut window, side, "32");
    press(&mut window, Role::Button, "Open scaled");
    assert_eq!(script.0.borrow().requests.last(), Some(&FileRequest::OpenDataset { source: source(Some(32)) }));
    let entries = &window.state().state().project.as_ref().unwrap().record.datasets;
    assert!(entries.iter().any(|entry| entry.source == source(Some(32))));
    assert!(!entries.iter().any(|entry| entry.source == source(None)), "one entry takes the place of the other");
}

#[test]
fn without_a_dataset_the_view_says_what_to_do() {
    let script = ScriptedServices::default();
    let mut window = show(&script, View::Dataset, USUAL);
    act(&mut window, Action::Dataset(DatasetAction::Remove(fixtures::source())));
    assert!(says(&window, "No dataset is shown"));
    press(&mut window, Role::Button, "Show the embedded digits");
    assert_eq!(window.state().state().dataset_view.source, Some(fixtures::source()));
}
