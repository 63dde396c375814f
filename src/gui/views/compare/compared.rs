//! The compared runs, with what is known of each.

use std::path::Path;

use egui::{Color32, Ui};

use crate::gui::{
    Action,
    action::RunAction,
    context::ViewContext,
    state::{Details, ExperimentView, Job, JobState, Moment, RunSettings, RunView},
    theme,
};

/// A compared run.
pub struct Compared<'a> {
    pub folder: &'a Path,
    /// Different from those of the other runs.
    pub title: String,
    /// The same without what all titles begin with.
    pub short: String,
    pub color: Color32,
    /// The run, once it has begun.
    pub run: Option<&'a RunView>,
    /// The experiment that is shown.
    pub experiment: usize,
    pub view: Option<&'a ExperimentView>,
    /// Its job, unless that is over.
    pub job: Option<&'a Job>,
    pub settings: Option<RunSettings<'a>>,
}

/// The compared runs, in the order in which they were added. What is not read yet is asked for.
pub fn all<'a>(ui: &Ui, cx: &'a ViewContext) -> Vec<Compared<'a>> {
    let palette = theme::of(ui);
    let mut all: Vec<Compared> = Vec::new();
    for folder in &cx.state.compare.runs {
        let run = cx.state.runs.get(folder);
        if run.is_some_and(|run| run.details == Details::NotLoaded) {
            cx.send(Action::Run(RunAction::Load(folder.clone())));
        }
        let experiment = cx.state.gallery.experiment.min(run.map_or(0, |run| run.summary.experiments.max(1) - 1));
        let title = cx.state.run_title(folder);
        let same = all.iter().filter(|other| cx.state.run_title(other.folder) == title).count();
        all.push(Compared {
            folder,
            title: if same == 0 { title } else { format!("{title} ({})", same + 1) },
            short: String::new(),
            color: palette.series(all.len()),
            run,
            experiment,
            view: run.and_then(|run| run.experiments.get(experiment)),
            job: cx.state.queue.of_run(folder),
            settings: cx.state.settings_of(folder),
        });
    }
    let titles: Vec<&str> = all.iter().map(|compared| compared.title.as_str()).collect();
    let shorter = shortened(&titles);
    for (compared, short) in all.iter_mut().zip(shorter) {
        compared.short = short;
    }
    all
}

/// Titles without the words that all of them begin with. Words are parted by spaces and hyphens.
fn shortened(titles: &[&str]) -> Vec<String> {
    let first = titles.first().copied().unwrap_or_default();
    let alike = |title: &&str| first.bytes().zip(title.bytes()).take_while(|(a, b)| a == b).count();
    let alike = titles.iter().map(alike).min().unwrap_or(0);
    let parted = |position: &usize| first.as_bytes().get(position - 1).is_some_and(|byte| matches!(byte, b' ' | b'-'));
    let cut = if titles.len() < 2 { 0 } else { (1..=alike).rev().find(parted).unwrap_or(0) };
    titles.iter().map(|title| title.get(cut..).filter(|rest| !rest.is_empty()).unwrap_or(title).to_owned()).collect()
}

impl Compared<'_> {
    /// Whether a job works on it.
    pub fn is_active(&self) -> bool {
        self.job.is_some_and(|job| job.state.is_active())
    }

    /// The moment whose images are shown, once there are any.
    pub fn moment(&self, wanted: Moment) -> Option<Moment> {
        let view = self.view?;
        match (view.moment(wanted), &view.set) {
            (Moment::Latest, None) => view.frames.last().map(|&frame| Moment::At(frame)),
            (moment, _) => Some(moment),
        }
    }

    /// Which moment that is: `after 20 of 100 iterations`.
    pub fn moment_text(&self, moment: Moment) -> String {
        let (Some(view), Some(run)) = (self.view, self.run) else { return String::new() };
        let done = match moment {
            Moment::Latest => view.iterations_done(),
            Moment::At(done) => done,
        };
        if done == 0 {
            "at the beginning".to_owned()
        } else {
            format!("after {done} of {} iterations", run.summary.config.iterations)
        }
    }

    /// Why there is nothing of it yet.
    pub fn absence(&self) -> &'static str {
        match (self.run.map(|run| run.details), self.job.map(|job| &job.state)) {
            (None, Some(JobState::Waiting)) => "Waits for its turn in the queue.",
            (None, Some(_)) => "Reading the data, opening the device…",
            (None, None) => "It was taken from the queue before it began.",
            (Some(Details::NotLoaded | Details::Loading), _) => "Reading the run…",
            (Some(Details::Failed), _) => "It cannot be read; the log says why.",
            (Some(Details::Loaded), Some(_)) => "The first images are on their way…",
            (Some(Details::Loaded), None) => "It ended before its first images were saved.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn titles_lose_what_they_share() {
        assert_eq!(
            shortened(&["digits-ipc1-cosine", "digits-ipc1-cosine-l2", "digits-ipc1-mse"]),
            ["cosine", "cosine-l2", "mse"]
        );
        assert_eq!(shortened(&["first try", "first"]), ["first try", "first"], "nothing would be left");
        assert_eq!(shortened(&["digits-mse"]), ["digits-mse"]);
        assert_eq!(shortened(&["αβ-γ", "αβ-δ"]), ["γ", "δ"]);
        assert_eq!(shortened(&[]), Vec::<String>::new());
    }
}
