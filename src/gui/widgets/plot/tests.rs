//! Plots in use: names that hide lines, keyboard, moved axes, linked readouts.

use egui::{Id, Key, Vec2};
use egui_kittest::{Harness, kittest::Queryable};

use super::*;

/// Where a plot is read, what is read, and whether it was moved.
type Answer = (Option<f64>, Vec<Reading>, bool);

#[derive(Default)]
struct Shown {
    caches: [PlotCache; 2],
    answers: [Option<Answer>; 2],
    rects: Vec<egui::Rect>,
    points: Vec<[f64; 2]>,
}

fn harness<'a>(points: Vec<[f64; 2]>) -> Harness<'a, Shown> {
    let shown = Shown { points, ..Shown::default() };
    let app = |ui: &mut Ui, shown: &mut Shown| {
        shown.rects.clear();
        for index in 0..2 {
            let lines = [
                PlotLine { name: "total", color: Color32::RED, points: &shown.points },
                PlotLine { name: "half", color: Color32::BLUE, points: &shown.points[..shown.points.len() / 2] },
            ];
            let plot = LinePlot::new(["Upper", "Lower"][index], &lines).height(260.0).link(Id::unique("linked"));
            let options = PlotOptions { legend: index == 0, ..PlotOptions::default() };
            let answer = plot.options(options).show(ui, &mut shown.caches[index]);
            shown.rects.push(answer.response.rect);
            shown.answers[index] = Some((answer.x, answer.readings, answer.moved));
        }
    };
    // Steps short enough for a double click, of which each event takes one.
    Harness::builder()
        .with_size(Vec2::new(600.0, 560.0))
        .with_step_dt(0.02)
        .with_max_steps(40)
        .build_ui_state(app, shown)
}

fn rising() -> Vec<[f64; 2]> {
    (0..100).map(|x| [f64::from(x), f64::from(2 * x)]).collect()
}

#[test]
fn the_readout_tells_all_lines_in_both_plots() {
    let mut harness = harness(rising());
    let rect = harness.state().rects[0];
    harness.hover_at(rect.left_center() + vec2(0.25 * rect.width(), 0.0));
    harness.run_steps(3);
    let (x, readings, _) = harness.state().answers[0].clone().unwrap();
    let x = x.unwrap();
    assert!(x.fract() == 0.0 && (20.0..30.0).contains(&x), "{x}");
    assert_eq!(readings.len(), 2);
    assert!((readings[0].value - 2.0 * x).abs() < 1e-9);
    let (own, linked, _) = harness.state().answers[1].clone().unwrap();
    assert_eq!(own, None);
    assert_eq!(linked.iter().map(|reading| reading.value).collect::<Vec<_>>(), [2.0 * x, 2.0 * x]);
}

#[test]
fn a_name_hides_its_line() {
    let mut harness = harness(rising());
    harness.get_by_label("half").click();
    harness.run();
    assert!(harness.state().caches[0].hidden.contains("half"));
    let rect = harness.state().rects[0];
    harness.hover_at(rect.left_center() + vec2(0.25 * rect.width(), 0.0));
    harness.run_steps(3);
    let (_, readings, _) = harness.state().answers[0].clone().unwrap();
    assert_eq!(readings.iter().map(|reading| reading.name.as_str()).collect::<Vec<_>>(), ["total"]);
}

#[test]
fn the_keyboard_reads_zooms_and_resets() {
    let mut harness = harness(rising());
    harness.get_by_label("Upper").focus();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    let first = harness.state().answers[0].clone().unwrap().0.unwrap();
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert_eq!(harness.state().answers[0].clone().unwrap().0, Some(first + 1.0));
    let text = harness.get_by_label("Upper").value().unwrap();
    assert!(text.starts_with(&format!("iteration {}: total {}", first + 1.0, 2.0 * (first + 1.0))), "{text}");

    harness.key_press(Key::Plus);
    harness.run();
    assert!(harness.state().answers.iter().flatten().all(|answer| answer.2), "both x axes moved");
    harness.get_by_label("Show all of Lower").click();
    harness.run();
    assert!(harness.state().answers.iter().flatten().all(|answer| !answer.2));
}

#[test]
fn dragging_moves_the_axes_of_both_plots_and_a_double_click_returns() {
    let mut harness = harness(rising());
    let centre = harness.state().rects[0].center();
    harness.hover_at(centre);
    harness.drag_at(centre);
    harness.run_steps(1);
    harness.hover_at(centre + vec2(80.0, 0.0));
    harness.run_steps(2);
    harness.drop_at(centre + vec2(80.0, 0.0));
    harness.run_steps(2);
    assert!(harness.state().answers.iter().flatten().all(|answer| answer.2));
    for _ in 0..2 {
        harness.event(egui::Event::PointerMoved(centre));
        for pressed in [true, false] {
            let button = egui::PointerButton::Primary;
            let modifiers = Modifiers::NONE;
            harness.event(egui::Event::PointerButton { pos: centre, button, pressed, modifiers });
        }
    }
    harness.run_steps(3);
    assert!(harness.state().answers.iter().flatten().all(|answer| !answer.2));
}

#[test]
fn plots_without_values_say_so_and_do_not_fail() {
    for points in [vec![], vec![[0.0, f64::NAN]], vec![[3.0, 5.0]], vec![[0.0, 1e300], [1.0, -1e300]]] {
        let mut harness = harness(points);
        let centre = harness.state().rects[0].center();
        harness.hover_at(centre);
        harness.run_steps(3);
        assert!(harness.state().answers[0].is_some());
    }
}
