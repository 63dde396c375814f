//! Queue and log, by what stands there.

use egui::{Theme, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};

use super::fixtures::{ScriptedServices, folder, tell, with_runs, work};
use crate::{
    domain::DistanceKind,
    gui::{
        Action, DewpointApp, UiCommand,
        action::{FormAction, QueueAction, RunAction},
        layout::View,
        state::{JobState, LogLevel},
    },
    worker::{Command, Event},
};

type Window = Harness<'static, DewpointApp>;

fn open(script: &ScriptedServices, width: f32) -> Window {
    let mut window = with_runs(script, vec2(width, 1600.0), Theme::Light);
    window.state_mut().act(Action::Command(UiCommand::Show(View::Queue)));
    window.run_ok();
    window
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_ok();
}

fn act(window: &mut Window, action: Action) {
    window.state_mut().act(action);
    window.run_ok();
}

fn states(window: &Window) -> Vec<JobState> {
    window.state().state().queue.jobs.iter().map(|job| job.state.clone()).collect()
}

fn waiting(window: &Window) -> Vec<String> {
    window.state().state().queue.waiting().map(|job| job.title.clone()).collect()
}

#[test]
fn a_job_is_paused_continued_and_stopped() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1500.0);
    window.get_by_label("Nothing to do yet");
    act(&mut window, Action::Form(FormAction::Start));
    work(&script, &mut window, 12);
    assert_eq!(window.get_by_label("Progress of the job").value().as_deref(), Some("12 %"));
    window.get_by_label_contains("12 of 100 iterations");
    click(&mut window, "Pause the job");
    assert_eq!(states(&window), [JobState::Pausing]);
    tell(&script, &mut window, [Event::Paused]);
    click(&mut window, "Continue the job");
    assert!(!script.0.borrow().controls[0].is_paused());
    click(&mut window, "Stop the job");
    assert_eq!(states(&window), [JobState::Stopping]);
    assert!(window.get_by_label("Stop the job").accesskit_node().is_disabled(), "it is asked once");
    tell(&script, &mut window, [Event::Stopped { evaluating: false }]);
    let title = window.state().state().queue.jobs[0].title.clone();
    click(&mut window, &format!("Resume: {title}"));
    assert!(matches!(script.0.borrow().commands.last(), Some(Command::Resume(_))));
}

#[test]
fn waiting_jobs_are_moved_and_cancelled() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1500.0);
    click(&mut window, "Set up a run");
    act(&mut window, Action::Queue(QueueAction::Hold(true)));
    let distances = vec![DistanceKind::Mse, DistanceKind::Cosine, DistanceKind::CosineL2];
    act(&mut window, Action::Form(FormAction::CompareDistances(distances)));
    let before = waiting(&window);
    assert_eq!(before.len(), 3, "nothing begins while the queue is held");
    assert!(script.0.borrow().commands.is_empty());
    click(&mut window, &format!("Later: {}", before[0]));
    assert_eq!(waiting(&window), [before[1].clone(), before[0].clone(), before[2].clone()]);
    click(&mut window, &format!("Earlier: {}", before[2]));
    assert_eq!(waiting(&window), [before[1].clone(), before[2].clone(), before[0].clone()]);
    let first = format!("Earlier: {}", before[1]);
    assert!(window.get_by_label(&first).accesskit_node().is_disabled());
    click(&mut window, &format!("Cancel: {}", before[1]));
    assert_eq!(waiting(&window), [before[2].clone(), before[0].clone()]);
    click(&mut window, "Hold the queue");
    assert_eq!(script.0.borrow().commands.len(), 1);
    click(&mut window, "Clear done");
    assert_eq!(states(&window).len(), 2);
}

#[test]
fn a_failed_job_says_why_and_can_be_resumed() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1500.0);
    act(&mut window, Action::Run(RunAction::Resume(folder("digits-ConvNet-ipc1-mse"))));
    tell(&script, &mut window, [Event::Failed { message: "the files have changed".into() }]);
    window.get_by_label("the files have changed");
    click(&mut window, "Resume: digits-ConvNet-ipc1-mse");
    assert_eq!(script.0.borrow().commands.len(), 2);
}

#[test]
fn messages_are_filtered_unfolded_and_cleared() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 1500.0);
    act(&mut window, Action::Form(FormAction::Start));
    work(&script, &mut window, 1);
    tell(&script, &mut window, [Event::Warning { message: "something to know".into() }]);
    let started = format!("{}: started.", window.state().state().queue.jobs[0].title);
    window.get_by_label(&started);
    act(&mut window, Action::Queue(QueueAction::Level(LogLevel::Warning)));
    assert!(window.query_by_label(&started).is_none());
    click(&mut window, "something to know");
    assert!(window.state().state().queue_view.unfolded.is_some());
    click(&mut window, "Copy");
    assert!(window.state().state().queue_view.unfolded.is_some(), "copying folds nothing");
    click(&mut window, "Clear log");
    assert!(window.state().state().log.is_empty());
}

#[test]
fn a_narrow_view_shows_jobs_or_messages() {
    let script = ScriptedServices::default();
    let mut window = open(&script, 900.0);
    act(&mut window, Action::Form(FormAction::Start));
    window.get_by_label("Pause the job");
    assert!(window.query_by_label("Which messages").is_none());
    window.get_by_label_contains("Log (").click();
    window.run_ok();
    window.get_by_label("Which messages");
    assert!(window.query_by_label("Pause the job").is_none());
}
