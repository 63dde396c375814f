//! Fields in use, found by their names.

use egui::{Key, Vec2};
use egui_kittest::{Harness, kittest::Queryable};

use super::*;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fruit {
    Apple,
    Pear,
}

const FRUIT: [Choice<Fruit>; 2] =
    [Choice::new(Fruit::Apple, "Apple", "Keeps for months"), Choice::new(Fruit::Pear, "Pear", "Keeps for days")];

struct Form {
    rate: f64,
    steps: Option<usize>,
    fruit: Fruit,
    name: String,
    path: String,
    counts: Vec<u32>,
    on: bool,
    error: Option<String>,
    problems: Vec<String>,
    browse: bool,
    bottom: f32,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            rate: 0.1,
            steps: None,
            fruit: Fruit::Apple,
            name: String::new(),
            path: String::new(),
            counts: vec![1, 2],
            on: false,
            error: None,
            problems: Vec::new(),
            browse: false,
            bottom: 0.0,
        }
    }
}

fn read_counts(text: &str) -> Result<Vec<u32>, String> {
    text.split(',').map(|part| part.trim().parse().map_err(|_| format!("\"{part}\" is not a count"))).collect()
}

fn write_counts(counts: &[u32]) -> String {
    counts.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

impl Form {
    fn show(&mut self, ui: &mut Ui) {
        let error = self.error.clone();
        let not_empty = |text: &str| text.is_empty().then(|| "give it a name".to_owned());
        let answers = [
            NumberField::new("Rate", &mut self.rate).range(1e-6..=10.0).default(0.1).error(error.as_deref()).show(ui),
            NumberField::optional("Steps", &mut self.steps).range(1..=50).default_text("10, as published").show(ui),
            ChoiceField::new("Fruit", &mut self.fruit, &FRUIT).default(Fruit::Apple).show(ui),
            TextField::new("Name", &mut self.name).check(&not_empty).show(ui),
            ParsedField::new("Counts", &mut self.counts, &|counts| write_counts(counts), &read_counts)
                .default(vec![1])
                .show(ui),
            ToggleField::new("Flag", &mut self.on, "on").show(ui),
            PathField::new("Folder", &mut self.path).show(ui),
        ];
        self.browse |= answers.iter().any(|answer| answer.browse);
        self.problems = answers.iter().filter_map(|answer| answer.problem.clone()).collect();
        self.bottom = ui.min_rect().bottom();
    }
}

fn harness<'a>() -> Harness<'a, Form> {
    let app = |ui: &mut Ui, form: &mut Form| form.show(ui);
    Harness::builder().with_size(Vec2::new(500.0, 600.0)).build_ui_state(app, Form::default())
}

/// Replaces the text of a field.
fn write(harness: &mut Harness<Form>, label: &str, text: &str) {
    harness.get_by_label(label).focus();
    harness.run();
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.key_press(Key::Backspace);
    harness.run();
    if !text.is_empty() {
        harness.get_by_label(label).type_text(text);
    }
    harness.run();
}

#[test]
fn numbers_are_typed_in_either_notation() {
    let mut harness = harness();
    write(&mut harness, "Rate", "2.5e-3");
    assert_eq!(harness.state().rate.to_bits(), 2.5e-3_f64.to_bits());
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.get_by_label("Rate").value().as_deref(), Some("0.0025"), "written as usual afterwards");
}

#[test]
fn wrong_text_stays_and_the_value_too() {
    let mut harness = harness();
    let bottom = harness.state().bottom;
    write(&mut harness, "Rate", "fast");
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().rate.to_bits(), 0.1_f64.to_bits());
    assert_eq!(harness.get_by_label("Rate").value().as_deref(), Some("fast"));
    assert!(harness.state().problems[0].contains("\"fast\" is not a number"));
    harness.get_by_label_contains("\"fast\" is not a number");
    assert_eq!(harness.state().bottom.to_bits(), bottom.to_bits(), "nothing jumps");
    write(&mut harness, "Rate", "99");
    assert!(harness.state().problems[0].contains("not within"), "{:?}", harness.state().problems);
    // A preset sets the value: the wrong text goes.
    harness.state_mut().rate = 0.5;
    harness.run();
    assert_eq!(harness.get_by_label("Rate").value().as_deref(), Some("0.5"));
    assert_eq!(harness.state().problems, ["give it a name"]);
}

#[test]
fn the_small_button_goes_back_to_the_default() {
    let mut harness = harness();
    assert!(harness.query_by_label("Reset Rate to 0.1").is_none());
    write(&mut harness, "Rate", "3");
    harness.get_by_label("Reset Rate to 0.1").click();
    harness.run();
    assert_eq!(harness.state().rate.to_bits(), 0.1_f64.to_bits());
    assert_eq!(harness.get_by_label("Rate").value().as_deref(), Some("0.1"));
}

#[test]
fn an_empty_optional_number_is_the_default() {
    let mut harness = harness();
    write(&mut harness, "Steps", "7");
    assert_eq!(harness.state().steps, Some(7));
    write(&mut harness, "Steps", "");
    assert_eq!(harness.state().steps, None);
    write(&mut harness, "Steps", "51");
    assert_eq!(harness.state().steps, None);
    assert!(harness.state().problems.iter().any(|problem| problem.contains("51 is not within 1 to 50")));
}

#[test]
fn a_choice_is_made_and_taken_back() {
    let mut harness = harness();
    harness.get_by_label("Keeps for months");
    harness.get_by_label("Fruit").click();
    harness.run();
    harness.get_by_label("Pear").click();
    harness.run();
    assert_eq!(harness.state().fruit, Fruit::Pear);
    harness.get_by_label("Reset Fruit to Apple").click();
    harness.run();
    assert_eq!(harness.state().fruit, Fruit::Apple);
}

#[test]
fn a_choice_is_made_by_keyboard() {
    let mut harness = harness();
    harness.get_by_label("Fruit").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    harness.get_by_label("Pear").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().fruit, Fruit::Pear);
}

#[test]
fn text_lists_paths_and_switches() {
    let mut harness = harness();
    write(&mut harness, "Name", "mine");
    write(&mut harness, "Counts", "5, 6");
    write(&mut harness, "Folder", "/tmp/x");
    harness.get_by_label("Browse for Folder").click();
    harness.get_by_label("Flag").click();
    harness.run();
    let form = harness.state();
    assert_eq!((form.name.as_str(), form.path.as_str(), form.on, form.browse), ("mine", "/tmp/x", true, true));
    assert_eq!(form.counts, [5, 6]);
    write(&mut harness, "Counts", "5, x");
    assert_eq!(harness.state().counts, [5, 6]);
    assert_eq!(harness.state().problems, ["\" x\" is not a count"]);
}

#[test]
fn what_the_caller_found_is_shown() {
    let mut harness = harness();
    harness.state_mut().error = Some("too large for this distance".to_owned());
    harness.run();
    harness.get_by_label("too large for this distance");
}
