//! The comparison and the plots, by what stands on them.

use egui::{Key, Theme, vec2};
use egui_kittest::{Harness, kittest::Queryable};

use super::{
    fixtures::{ScriptedServices, answer_first_questions, details, folder, report, sized, summary, tell, work},
    view_images::{act, click, export, open, show, state},
};
use crate::{
    domain::{DistanceKind, Export, PlotFormat, RunHistory, RunStatus, TableFormat},
    gui::{
        Action, DewpointApp,
        action::{CompareAction, FormAction, PlotsAction, RunAction},
        layout::View,
        state::{Dialog, PlotKind},
    },
    worker::{Command, Event, files::FileReply},
};

type Window = Harness<'static, DewpointApp>;

const FINISHED: &str = "digits-ConvNet-ipc1-layerwise-cosine";
const STOPPED: &str = "digits-ConvNet-ipc1-mse";

#[test]
fn runs_stand_side_by_side() {
    let script = ScriptedServices::default();
    let mut window = open(&script, View::Compare);
    window.get_by_label("Nothing to compare yet");
    click(&mut window, "Add a run");
    click(&mut window, FINISHED);
    window.get_by_label("Add a second run to compare this one with.");
    act(&mut window, Action::Compare(CompareAction::Toggle(folder(STOPPED))));
    window.get_by_label(&format!("Images of {FINISHED}"));
    window.get_by_label(&format!("Images of {STOPPED}"));
    window.get_by_label("Distances of the compared runs");
    let note = "These distances are of different kinds and not on one scale: compare their course, not their height.";
    window.get_by_label(note);
    click(&mut window, "Relative to the first iteration");
    assert!(window.query_by_label(note).is_none());
    assert!(state(&window).compare.relative);

    window.get_by_label("2 settings differ.");
    window.get_by_label("Real batch");
    click(&mut window, "Only what differs");
    assert!(window.query_by_label("Real batch").is_none());
    window.get_by_label("Image learning rate");
    click(&mut window, &format!("Compare without {FINISHED}"));
    assert_eq!(state(&window).compare.runs, [folder(STOPPED)]);
}

#[test]
fn what_is_compared_is_exported() {
    let script = ScriptedServices::default();
    let mut window = open(&script, View::Compare);
    act(&mut window, Action::Compare(CompareAction::Set(vec![folder(FINISHED), folder(STOPPED)])));
    click(&mut window, "Export figures");
    click(&mut window, "LaTeX table…");
    let Export::Table { table, format: TableFormat::Latex } = export(&window) else { panic!("a table") };
    assert_eq!(table.columns[..4], ["Run", "State", "Iterations", "Last distance"]);
    assert_eq!(table.rows[0][..3], [FINISHED, "finished", "100 of 100"]);
    assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
    let accuracy = table.columns.iter().position(|column| column == "ConvNet accuracy").unwrap();
    assert!(table.rows[0][accuracy].contains('±') && table.rows[1][accuracy] == "–");
    act(&mut window, Action::Dialog(None));

    act(&mut window, Action::Compare(CompareAction::Relative(true)));
    click(&mut window, "Export distances");
    click(&mut window, "SVG drawing…");
    let Export::Plot { plot, format: PlotFormat::Svg } = export(&window) else { panic!("a plot") };
    assert_eq!(plot.series.iter().map(|series| series.points.len()).collect::<Vec<_>>(), [100, 40]);
    assert!((plot.series[1].points[0][1] - 1.0).abs() < 1e-9, "each begins at 1");
    act(&mut window, Action::Dialog(None));

    click(&mut window, "Export settings");
    click(&mut window, "CSV table…");
    let Export::Table { table, format: TableFormat::Csv } = export(&window) else { panic!("a table") };
    assert_eq!(table.rows[0], ["Distance", "layerwise-cosine", "mse"], "what differs comes first");
}

#[test]
fn a_comparison_of_distances_is_shown_while_most_of_it_waits() {
    let script = ScriptedServices::default();
    let mut window = open(&script, View::Compare);
    click(&mut window, "Choose distances to compare…");
    let Some(Dialog::CompareDistances(distances)) = state(&window).dialog.clone() else { panic!("no dialog") };
    act(&mut window, Action::Form(FormAction::CompareDistances(distances)));
    work(&script, &mut window, 2);
    show(&mut window, View::Compare);
    assert_eq!(window.get_all_by_label("Waits for its turn in the queue.").count(), 2);
    window.get_by_label("2 settings differ.");
    assert_eq!(window.get_all_by_label("waiting").count(), 4, "above the images and in the table");
}

#[test]
fn plots_are_chosen_hidden_and_reset() {
    let script = ScriptedServices::default();
    let mut window = open(&script, View::Plots);
    window.get_by_label("Layers over time");
    assert!(window.query_by_label("Gradient norms").is_none());
    click(&mut window, "Choose plots");
    click(&mut window, "Gradient norms");
    assert!(state(&window).plots.shown.contains(&PlotKind::Norms));
    window.key_press(Key::Escape);
    window.run_ok();
    for kind in state(&window).plots.shown.clone() {
        click(&mut window, &format!("Hide the plot {}", kind.label()));
    }
    window.get_by_label("No plot is chosen");
    click(&mut window, "Show the usual plots");
    click(&mut window, "Logarithmic axis");
    act(&mut window, Action::Plots(PlotsAction::Smoothing(0.5)));
    assert!(state(&window).plots.log);
    click(&mut window, "Reset plots");
    let plots = &state(&window).plots;
    assert_eq!((plots.log, plots.smoothing, plots.resets), (false, 0.0, 1));
}

#[test]
fn axes_are_limited() {
    let script = ScriptedServices::default();
    let mut window = open(&script, View::Plots);
    click(&mut window, "Limits");
    window.get_by_label("Last iteration").focus();
    window.run_ok();
    window.get_by_label("Last iteration").type_text("40");
    window.run_ok();
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(state(&window).plots.x_limits, [None, Some(40.0)]);
}

#[test]
fn a_live_run_adds_points_to_its_plots() {
    let script = ScriptedServices::default();
    let mut window = open(&script, View::Plots);
    act(&mut window, Action::Form(FormAction::Start));
    show(&mut window, View::Plots);
    work(&script, &mut window, 3);
    let points = |window: &mut Window| {
        click(window, "Export Matching distance");
        click(window, "CSV numbers…");
        let Export::Plot { plot, .. } = export(window) else { panic!("a plot") };
        act(window, Action::Dialog(None));
        plot.series[0].points.clone()
    };
    assert_eq!(points(&mut window).iter().map(|point| point[0]).collect::<Vec<_>>(), [1.0, 2.0, 3.0]);
    tell(&script, &mut window, [Event::IterationDone { experiment: 0, report: report(3) }]);
    assert_eq!(points(&mut window).len(), 4);
    // What is read follows.
    window.get_by_label("Matching distance plot").focus();
    window.run_ok();
    for _ in 0..9 {
        window.key_press(Key::ArrowRight);
        window.run_ok();
    }
    let value = window.get_by_label("Matching distance plot").value().unwrap();
    assert!(value.contains("iteration 4"), "{value}");
    // Another run has its own lines.
    act(&mut window, Action::Run(RunAction::Select(folder(STOPPED))));
    assert_eq!(points(&mut window).len(), 40);
}

#[test]
fn many_classes_are_a_mean_with_its_range_and_one_that_stands_out() {
    let script = ScriptedServices::default();
    let mut window = sized(&script, vec2(1000.0, 1200.0), Theme::Light);
    let mut run = summary("many", DistanceKind::Mse, RunStatus::Stopped, 40);
    run.dataset.class_names = (0..12).map(|class| format!("kind {class}")).collect();
    run.dataset.train_counts = vec![100; 12];
    run.dataset.test_counts = vec![10; 12];
    answer_first_questions(&script, Vec::new());
    window.run_ok();
    let mut loaded = details(run.clone());
    loaded.experiments[0].history = RunHistory::default();
    for iteration in 0..40 {
        loaded.experiments[0].history.push(&report(iteration), 12);
    }
    let mut replies = vec![FileReply::RunRefreshed(Box::new(run))];
    replies.push(FileReply::RunLoaded(Box::new(loaded)));
    script.0.borrow_mut().replies.extend(replies);
    window.run_ok();
    act(&mut window, Action::Run(RunAction::Select(folder("many"))));
    show(&mut window, View::Plots);
    click(&mut window, "The class that stands out");
    click(&mut window, "kind 4");
    assert_eq!(state(&window).plots.class, Some(4));
    click(&mut window, "Export Distance by class");
    click(&mut window, "PNG picture…");
    let Export::Plot { plot, .. } = export(&window) else { panic!("a plot") };
    let names: Vec<_> = plot.series.iter().map(|series| series.name.as_str()).collect();
    assert_eq!(names, ["mean", "kind 4", "smallest", "largest"]);
    let first: Vec<f64> = plot.series.iter().map(|series| series.points[0][1]).collect();
    assert!(first[2] < first[0] && first[0] < first[3] && first[1] <= first[3], "{first:?}");
}

#[test]
fn plots_say_why_there_is_nothing() {
    let script = ScriptedServices::default();
    let mut window = sized(&script, vec2(800.0, 700.0), Theme::Dark);
    let run = summary("young", DistanceKind::Mse, RunStatus::Failed, 0);
    answer_first_questions(&script, vec![run.clone()]);
    let mut loaded = details(run);
    loaded.experiments[0].history = RunHistory::default();
    script.0.borrow_mut().replies.push_back(FileReply::RunLoaded(Box::new(loaded)));
    window.run_ok();
    show(&mut window, View::Plots);
    window.get_by_label("This run has no figures");
    window.get_by_label("It failed before its first figures were saved: the images are no longer finite numbers.");
    click(&mut window, "Resume the run to plot");
    assert!(matches!(script.0.borrow().commands.last(), Some(Command::Resume(_))));
}
