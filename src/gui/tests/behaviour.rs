//! What a person does, and what comes of it: by accessible labels and keys.

use std::path::PathBuf;

use egui::{Key, Modifiers, Theme, vec2};
use egui_kittest::{Harness, kittest::Queryable};

use super::fixtures::{self, ScriptedServices, answer_first_questions, sized, tell, with_runs, work};
use crate::{
    domain::{DistanceKind, Export, RunStatus, SetFormat},
    gui::{
        Action, DewpointApp, UiCommand,
        action::{FormAction, QueueAction, RunAction},
        state::{Dialog, FormField, JobState},
    },
    worker::{
        Command, Event,
        files::{FileReply, FileRequest},
    },
};

type Window = Harness<'static, DewpointApp>;

fn open(script: &ScriptedServices) -> Window {
    with_runs(script, vec2(1280.0, 800.0), Theme::Light)
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run_ok();
}

fn active(window: &Window) -> Option<JobState> {
    window.state().state().queue.active().map(|job| job.state.clone())
}

#[test]
fn a_run_is_started_paused_continued_and_stopped_from_the_keyboard() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    press(&mut window, Modifiers::COMMAND, Key::Enter);
    assert_eq!(script.0.borrow().commands.len(), 1);
    work(&script, &mut window, 3);
    let folder = window.state().state().runs.selected.clone().unwrap();
    let run = window.state().state().runs.get(&folder).unwrap();
    assert_eq!((run.summary.status, run.summary.iterations_done), (RunStatus::Running, 3));
    assert_eq!(run.experiments[0].history.points.len(), 3);

    press(&mut window, Modifiers::COMMAND, Key::Period);
    assert!(script.0.borrow().controls[0].is_paused());
    assert_eq!(active(&window), Some(JobState::Pausing), "acknowledged before the engine answers");
    tell(&script, &mut window, [Event::Paused]);
    assert_eq!(active(&window), Some(JobState::Paused));
    press(&mut window, Modifiers::COMMAND, Key::Comma);
    assert!(!script.0.borrow().controls[0].is_paused());
    tell(&script, &mut window, [Event::Continued]);
    assert_eq!(active(&window), Some(JobState::Running));

    press(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::Period);
    assert_eq!(active(&window), Some(JobState::Stopping));
    tell(&script, &mut window, [Event::Stopped { evaluating: false }]);
    assert_eq!(active(&window), None);
    let run = window.state().state().runs.get(&folder).unwrap();
    assert_eq!(run.summary.status, RunStatus::Stopped, "neither finished nor failed");
}

#[test]
fn a_fault_of_the_engine_becomes_a_failed_run_and_the_window_goes_on() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    window.state_mut().act(Action::Form(FormAction::Start));
    work(&script, &mut window, 2);
    let message = "a fault in Dewpoint ended the work (out of bounds); please report it";
    tell(&script, &mut window, [Event::Failed { message: message.into() }]);
    let state = window.state().state();
    let run = state.selected_run().unwrap();
    assert_eq!((run.summary.status, run.summary.failure.as_deref()), (RunStatus::Failed, Some(message)));
    assert!(state.log.iter().any(|entry| entry.message.contains("out of bounds")));
    let folder = run_folder(&window);
    window.state_mut().act(Action::Run(RunAction::Resume(folder)));
    window.run_ok();
    assert!(matches!(script.0.borrow().commands.last(), Some(Command::Resume(_))));
}

fn run_folder(window: &Window) -> PathBuf {
    window.state().state().runs.selected.clone().unwrap()
}

#[test]
fn jobs_wait_their_turn_and_can_be_moved_cancelled_and_held() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    for _ in 0..4 {
        window.state_mut().act(Action::Form(FormAction::Start));
    }
    window.run_ok();
    assert_eq!(script.0.borrow().commands.len(), 1, "the others wait");
    let folders: Vec<_> = window.state().state().queue.jobs.iter().filter_map(|job| job.run.clone()).collect();
    assert!(folders.iter().enumerate().all(|(index, folder)| !folders[..index].contains(folder)), "{folders:?}");
    let waiting: Vec<_> = window.state().state().queue.waiting().map(|job| job.id).collect();
    window.state_mut().act(Action::Queue(QueueAction::Earlier(waiting[1])));
    window.state_mut().act(Action::Queue(QueueAction::Cancel(waiting[2])));
    window.state_mut().act(Action::Queue(QueueAction::Hold(true)));
    tell(&script, &mut window, [Event::Failed { message: "no".into() }]);
    assert_eq!(script.0.borrow().commands.len(), 1, "the queue is held");
    window.state_mut().act(Action::Queue(QueueAction::Hold(false)));
    window.run_ok();
    let next = window.state().state().queue.active().map(|job| job.id);
    assert_eq!(next, Some(waiting[1]), "moved to the front");
    let left: Vec<_> = window.state().state().queue.waiting().map(|job| job.id).collect();
    assert_eq!(left, [waiting[0]]);
}

#[test]
fn a_wrong_value_is_told_at_its_field_and_nothing_starts() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    let wrong = FormAction::Text(FormField::Iterations, "a hundred".into());
    window.state_mut().act(Action::Form(wrong));
    press(&mut window, Modifiers::COMMAND, Key::Enter);
    assert!(script.0.borrow().commands.is_empty());
    assert!(window.state().state().form.check.errors.contains_key(&FormField::Iterations));
    assert_eq!(window.state().state().form.text(FormField::Iterations), "a hundred", "what was typed stays");
    window.state_mut().act(Action::Form(FormAction::Text(FormField::Iterations, "7".into())));
    press(&mut window, Modifiers::COMMAND, Key::Enter);
    assert!(matches!(script.0.borrow().commands.last(), Some(Command::Condense(new)) if new.config.iterations == 7));
}

#[test]
fn distances_are_compared_from_the_same_seeds_each_with_its_own_rate() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    window.state_mut().act(Action::Command(UiCommand::CompareDistances));
    window.run_ok();
    assert!(matches!(window.state().state().dialog, Some(Dialog::CompareDistances(_))));
    let chosen = vec![DistanceKind::LayerwiseCosine, DistanceKind::Mse];
    window.state_mut().act(Action::Form(FormAction::CompareDistances(chosen)));
    window.run_ok();
    let jobs: Vec<_> = window.state().state().queue.jobs.iter().map(|job| job.command.clone()).collect();
    let [Command::Condense(one), Command::Condense(other)] = &jobs[..] else { panic!("two runs") };
    assert_eq!((one.config.distance, other.config.distance), (DistanceKind::LayerwiseCosine, DistanceKind::Mse));
    assert_eq!((one.config.seed, one.config.initialization), (other.config.seed, other.config.initialization));
    assert_eq!(one.config.real_batch, other.config.real_batch);
    assert_eq!(other.config.image_learning_rate, None, "that of the distance");
    assert_eq!(window.state().state().compare.runs.len(), 2);
}

#[test]
fn a_deleted_run_comes_back() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    let folder = fixtures::folder("digits-ConvNet-ipc1-mse");
    window.state_mut().act(Action::Run(RunAction::Select(folder.clone())));
    window.state_mut().act(Action::Command(UiCommand::RemoveRun));
    let asked = |wanted: &dyn Fn(&FileRequest) -> bool| script.0.borrow().requests.iter().any(wanted);
    assert!(asked(&|request| matches!(request, FileRequest::RemoveRun { folder: asked, .. } if *asked == folder)));
    script.0.borrow_mut().replies.push_back(FileReply::RunRemoved { folder: folder.clone() });
    window.run_ok();
    assert!(window.state().state().runs.get(&folder).is_none());
    window.get_by_label("Undo").click();
    window.run_ok();
    assert!(asked(&|request| matches!(request, FileRequest::RestoreRun { folder: asked, .. } if *asked == folder)));
    let summary = fixtures::runs().remove(1);
    script.0.borrow_mut().replies.push_back(FileReply::RunRestored(Box::new(summary)));
    window.run_ok();
    assert!(window.state().state().runs.get(&folder).is_some());
}

#[test]
fn runs_that_a_crash_cut_off_are_offered_for_resuming() {
    let script = ScriptedServices::default();
    let mut window = sized(&script, vec2(1024.0, 700.0), Theme::Dark);
    let cut_off = fixtures::summary("cut", DistanceKind::Cosine, RunStatus::Interrupted, 12);
    answer_first_questions(&script, vec![cut_off]);
    window.run_ok();
    window.get_by_label("Resume").click();
    window.run_ok();
    let commands = &script.0.borrow().commands;
    assert!(matches!(&commands[..], [Command::Resume(resumed)] if resumed.folder == fixtures::folder("cut")));
}

#[test]
fn closing_while_a_job_runs_asks_once_and_waits_for_the_checkpoint() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    window.state_mut().act(Action::Form(FormAction::Start));
    work(&script, &mut window, 1);
    press(&mut window, Modifiers::COMMAND, Key::Q);
    window.get_by_label("Stay").click();
    window.run_ok();
    assert!(window.state().state().dialog.is_none());
    assert_eq!(active(&window), Some(JobState::Running));
    press(&mut window, Modifiers::COMMAND, Key::Q);
    window.get_by_label("Stop and close").click();
    window.run_ok();
    assert_eq!(active(&window), Some(JobState::Stopping));
    let closes = |window: &Window| {
        let commands = window.output().viewport_output.values().flat_map(|output| output.commands.iter());
        commands.into_iter().any(|command| matches!(command, egui::ViewportCommand::Close))
    };
    assert!(!closes(&window), "the checkpoint is not safe yet");
    script.0.borrow_mut().events.push_back(Event::Stopped { evaluating: false });
    window.step();
    assert!(closes(&window));
}

#[test]
fn the_palette_finds_a_command_and_enter_carries_it_out() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    press(&mut window, Modifiers::COMMAND, Key::P);
    window.get_by_label("Type a command").type_text("pause");
    window.run_ok();
    assert_eq!(window.state().state().palette.query, "pause");
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(!window.state().state().palette.open);
    press(&mut window, Modifiers::COMMAND, Key::P);
    window.get_by_label("Type a command").type_text("about");
    window.run_ok();
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(window.state().state().dialog, Some(Dialog::About));
}

#[test]
fn what_is_exported_goes_where_the_dialog_says_and_an_existing_file_is_not_replaced() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    let finished = fixtures::folder("digits-ConvNet-ipc1-layerwise-cosine");
    window.state_mut().act(Action::Run(RunAction::Select(finished.clone())));
    press(&mut window, Modifiers::COMMAND, Key::S);
    window.get_by_label("Contact sheet").click();
    window.run_ok();
    let Some(Dialog::Export(state)) = &window.state().state().dialog else { panic!("the dialog is open") };
    assert_eq!(PathBuf::from(&state.path).extension().unwrap(), "png", "{}", state.path);
    window.get_by_label("Save").click();
    window.run_ok();
    let (export, to) = script
        .0
        .borrow()
        .requests
        .iter()
        .find_map(|request| match request {
            FileRequest::Export { export, to, overwrite: false } => Some((export.clone(), to.clone())),
            _ => None,
        })
        .unwrap();
    assert_eq!(export, Export::RunSet { folder: finished, experiment: 0, format: SetFormat::ContactSheet });
    script.0.borrow_mut().replies.push_back(FileReply::ExportExists { export: Box::new(export), to: to.clone() });
    window.run_ok();
    window.get_by_label("Replace what is there").click();
    window.run_ok();
    window.get_by_label("Save").click();
    window.run_ok();
    let replaced = |request: &FileRequest| matches!(request, FileRequest::Export { overwrite: true, .. });
    assert!(script.0.borrow().requests.iter().any(replaced));
    script.0.borrow_mut().replies.push_back(FileReply::Exported { to, message: "Written.".into() });
    window.run_ok();
    assert!(window.state().state().dialog.is_none());
}

#[test]
fn dropped_files_are_looked_into_and_a_bad_one_says_why() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    window.state_mut().act(Action::Dropped(vec!["/data/unknown.txt".into()]));
    assert!(script.0.borrow().requests.iter().any(|request| matches!(request, FileRequest::Inspect { .. })));
    let problem = "/data/unknown.txt is no dataset; drop a folder of pictures.";
    let finding = crate::domain::Finding::Unknown(problem.into());
    script.0.borrow_mut().replies.push_back(FileReply::Inspected { path: "/data/unknown.txt".into(), finding });
    window.run_ok();
    assert_eq!(window.state().state().dataset_view.problem.as_deref(), Some(problem));
    let finding = crate::domain::Finding::Dataset(fixtures::source());
    script.0.borrow_mut().replies.push_back(FileReply::Inspected { path: "/data/mnist".into(), finding });
    window.run_ok();
    assert_eq!(window.state().state().dataset_view.source, Some(fixtures::source()));
    assert_eq!(window.state().state().dataset_view.problem, None);
}

#[test]
fn a_recipe_fills_the_form() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    let run = fixtures::runs().remove(1);
    let recipe = crate::domain::RecipeSummary {
        source: run.source,
        dataset: run.dataset,
        config: run.config.clone(),
        experiments: 2,
        holds_set: false,
    };
    let finding = crate::domain::Finding::Recipe(Box::new(recipe));
    script.0.borrow_mut().replies.push_back(FileReply::Inspected { path: "/sheet.png".into(), finding });
    window.run_ok();
    window.get_by_label("Take the settings").click();
    window.run_ok();
    let form = &window.state().state().form;
    assert_eq!(form.config().unwrap(), run.config);
    assert_eq!(form.text(FormField::Experiments), "2");
    assert_eq!(window.state().state().dialog, None);
}

#[test]
fn what_a_person_changes_is_saved_without_being_asked() {
    let script = ScriptedServices::default();
    let mut window = open(&script);
    let folder = fixtures::folder("digits-ConvNet-ipc1-mse");
    let describe = RunAction::Describe { folder, title: "A first try".into(), notes: "noise".into() };
    window.state_mut().act(Action::Run(describe));
    // At most so often.
    std::thread::sleep(std::time::Duration::from_millis(800));
    window.run_ok();
    let requests = &script.0.borrow().requests;
    let saved = requests.iter().rev().find_map(|request| match request {
        FileRequest::SaveProject { record, .. } => Some(record.clone()),
        _ => None,
    });
    assert_eq!(saved.unwrap().runs[0].title, "A first try");
}
