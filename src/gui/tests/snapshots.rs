//! Every view in its empty, working, finished and failed states, and the whole window, in both themes, against the pictures
//! in `screenshots/`, which the README shows. Rendered in software; `UPDATE_SNAPSHOTS=1 cargo test --release` draws them
//! anew after a change that is meant.
//!
//! Where no adapter can draw the tests say so and pass, unless `DEWPOINT_REQUIRE_DISPLAY` is set.

use std::time::Duration;

use egui::{Theme, Vec2, vec2};
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults, kittest::Queryable};

use super::fixtures::{self, ScriptedServices, sized, with_runs};
use crate::{
    domain::{CondensationPlan, LiveImages, experiment::ExperimentName},
    engine::device::list_adapters,
    gui::{
        Action, DewpointApp, UiCommand,
        action::{CompareAction, EvaluateAction, ExperimentsAction, FormAction, RunAction},
        layout::View,
        settings::{Settings, ThemeChoice},
    },
    worker::{Command, Event, files::FileReply},
};

type Window = Harness<'static, DewpointApp>;

/// What a view is shown in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Situation {
    /// A fresh project.
    Empty,
    /// A run works.
    Working,
    /// A run is finished and evaluated.
    Finished,
    /// A run failed.
    Failed,
}

const SITUATIONS: [(Situation, &str); 4] = [
    (Situation::Empty, "empty"),
    (Situation::Working, "working"),
    (Situation::Finished, "finished"),
    (Situation::Failed, "failed"),
];
const THEMES: [(Theme, &str); 2] = [(Theme::Light, "light"), (Theme::Dark, "dark")];
/// Room for one view.
const PANE: Vec2 = vec2(760.0, 600.0);
/// The smallest window that all views are made for.
const SMALL: Vec2 = vec2(1024.0, 700.0);
const USUAL: Vec2 = vec2(1280.0, 800.0);
const LARGE: Vec2 = vec2(1920.0, 1080.0);

/// Whether this machine can draw; the software adapter is the same everywhere, so that pictures can be compared.
fn can_draw() -> bool {
    let found = !list_adapters().is_empty();
    if !found {
        assert!(std::env::var_os("DEWPOINT_REQUIRE_DISPLAY").is_none(), "no adapter can draw");
        eprintln!("not tested: no adapter can draw");
    }
    found
}

fn options(folder: &str) -> SnapshotOptions {
    // Drivers round differently at a few edges.
    SnapshotOptions::new().output_path(format!("screenshots/{folder}")).threshold(1.5).max_failed_pixels(60)
}

/// A window in a situation.
fn window(situation: Situation, size: Vec2, theme: Theme) -> (Window, ScriptedServices) {
    let script = ScriptedServices::default();
    let mut window = match situation {
        Situation::Empty => {
            let mut window = sized(&script, size, theme);
            fixtures::answer_first_questions(&script, Vec::new());
            window.run_ok();
            window
        }
        _ => with_runs(&script, size, theme),
    };
    let name = match situation {
        Situation::Finished => "digits-ConvNet-ipc1-layerwise-cosine",
        Situation::Failed => "digits-ConvNet-ipc1-cosine-l2",
        Situation::Working => {
            work(&mut window, &script);
            return (window, script);
        }
        Situation::Empty => return (window, script),
    };
    window.state_mut().act(Action::Run(RunAction::Select(fixtures::folder(name))));
    window.run_ok();
    (window, script)
}

/// Starts a run and lets it come to its thirtieth iteration.
fn work(window: &mut Window, script: &ScriptedServices) {
    window.state_mut().act(Action::Form(FormAction::Start));
    let Some(Command::Condense(new)) = script.0.borrow().commands.last().cloned() else { panic!("no run") };
    let plan = CondensationPlan::new(new.config, &fixtures::dataset()).unwrap();
    let done = 30;
    {
        let mut script = script.0.borrow_mut();
        script.events.extend([
            Event::DatasetLoaded { dataset: fixtures::dataset() },
            Event::DeviceChosen { device: fixtures::cpu(), reason: "no GPU was found".into() },
            Event::RunStarted {
                folder: new.folder.clone(),
                experiments: 1,
                iterations: plan.config.iterations,
                iterations_done: 0,
                images: plan.images(),
                inner_steps: plan.inner_steps,
                memory_bytes: 400 << 20,
            },
            Event::ExperimentStarted { experiment: 0, iterations_done: 0 },
            Event::FrameSaved { experiment: 0, iterations_done: 0 },
        ]);
        script.events.extend(
            (0..done).map(|iteration| Event::IterationDone { experiment: 0, report: fixtures::report(iteration) }),
        );
        script.images = Some(LiveImages {
            folder: new.folder,
            experiment: 0,
            iterations_done: done,
            inner_step: 0,
            images: fixtures::set(1, 0.35).images.values,
        });
    }
    window.run_ok();
    // A paused job shows no time that goes on.
    script.0.borrow_mut().events.push_back(Event::Paused);
    window.run_ok();
}

/// What the views show besides the selected run.
fn choose(window: &mut Window) {
    let folders: Vec<_> = fixtures::runs()
        .into_iter()
        .map(|run| run.folder)
        .filter(|folder| window.state().state().runs.get(folder).is_some())
        .collect();
    window.state_mut().act(Action::Compare(CompareAction::Set(folders.clone())));
    for folder in folders.into_iter().take(2) {
        window.state_mut().act(Action::Evaluate(EvaluateAction::Toggle(folder)));
    }
}

/// Looks at an experiment where there are runs; how many of its runs are done.
fn look_at_an_experiment(window: &mut Window, situation: Situation) -> usize {
    if situation != Situation::Empty {
        let table2 = ExperimentsAction::Select(Some(ExperimentName::Table2));
        window.state_mut().act(Action::Experiments(table2));
    }
    match situation {
        Situation::Empty => 0,
        Situation::Working | Situation::Failed => 3,
        Situation::Finished => 6,
    }
}

/// Lets what is asked for arrive, and the window come to rest.
fn settle(window: &mut Window, script: &ScriptedServices, experiments_done: usize) {
    for _ in 0..4 {
        window.run_ok();
        super::experiments::answer(script, experiments_done);
    }
}

#[test]
fn every_view_in_every_situation_and_theme() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (situation, situation_name) in SITUATIONS {
        for (theme, theme_name) in THEMES {
            let (mut window, script) = window(situation, PANE, theme);
            choose(&mut window);
            let done = look_at_an_experiment(&mut window, situation);
            for view in View::ALL {
                window.state_mut().show_only(view);
                settle(&mut window, &script, done);
                let name = view.label().to_lowercase().replace(' ', "-");
                let name = format!("{name}-{situation_name}-{theme_name}");
                results.add(window.try_snapshot_options(name, &options("views")));
            }
        }
    }
}

/// The list beside an experiment with its table and all kinds of pictures.
#[test]
fn an_experiment_in_a_large_view() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, theme_name) in THEMES {
        let (mut window, script) = window(Situation::Finished, vec2(1240.0, 2140.0), theme);
        super::experiments::open_mnist(&script, &mut window);
        look_at_an_experiment(&mut window, Situation::Working);
        window.state_mut().show_only(View::Experiments);
        settle(&mut window, &script, 3);
        window.get_by_label("Numbers in place of the scale's").click();
        settle(&mut window, &script, 3);
        results.add(window.try_snapshot_options(format!("experiments-large-{theme_name}"), &options("views")));
    }
}

#[test]
fn the_window_at_three_sizes_in_both_themes() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (size, size_name) in [(SMALL, "small"), (USUAL, "usual"), (LARGE, "large")] {
        for (theme, theme_name) in THEMES {
            let (mut window, script) = window(Situation::Finished, size, theme);
            choose(&mut window);
            settle(&mut window, &script, 0);
            results.add(window.try_snapshot_options(format!("{size_name}-{theme_name}"), &options("window")));
        }
    }
}

#[test]
fn dialogs_and_the_palette() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    let commands = [
        (UiCommand::Palette, "palette"),
        (UiCommand::Help, "help"),
        (UiCommand::ExportSet, "export"),
        (UiCommand::CompareDistances, "compare-distances"),
        (UiCommand::OpenDataset, "open-dataset"),
        (UiCommand::RenameRun, "title-and-notes"),
    ];
    for (theme, theme_name) in THEMES {
        for (command, name) in commands {
            let (mut window, script) = window(Situation::Finished, SMALL, theme);
            window.state_mut().act(Action::Command(command));
            settle(&mut window, &script, 0);
            results.add(window.try_snapshot_options(format!("{name}-{theme_name}"), &options("dialogs")));
        }
    }
}

#[test]
fn large_text_and_a_project_that_cannot_be_opened() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    let (mut larger, script) = window(Situation::Finished, USUAL, Theme::Light);
    for _ in 0..5 {
        larger.state_mut().act(Action::Command(UiCommand::LargerText));
    }
    settle(&mut larger, &script, 0);
    results.add(larger.try_snapshot_options("large-text", &options("window")));

    let script = ScriptedServices::default();
    let mut refused = sized(&script, USUAL, Theme::Dark);
    let request = script.0.borrow().requests[0].clone();
    let message =
        "/project/project.json is damaged: line 3 is no JSON; bring an earlier copy back, or open another folder";
    script.0.borrow_mut().replies.push_back(FileReply::Failed { request: Box::new(request), message: message.into() });
    settle(&mut refused, &script, 0);
    results.add(refused.try_snapshot_options("project-refused", &options("window")));
}

/// The theme of the settings is the one that is drawn, and a change of it is kept.
#[test]
fn themes_follow_the_settings() {
    let script = ScriptedServices::default();
    let mut window = sized(&script, SMALL, Theme::Dark);
    window.run_ok();
    assert!(window.ctx.style_of(Theme::Dark).visuals.dark_mode);
    window.state_mut().act(Action::Theme(ThemeChoice::Light));
    window.run_ok();
    assert_eq!(window.ctx.theme(), Theme::Light);
    std::thread::sleep(Duration::from_millis(800));
    window.run_ok();
    let kept = script.0.borrow().requests.iter().any(|request| {
        matches!(request, crate::worker::files::FileRequest::SaveSettings { text }
            if Settings::decode(text).theme == ThemeChoice::Light)
    });
    assert!(kept);
}
