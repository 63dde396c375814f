//! Evaluations: what is typed, and the jobs it becomes.

use std::path::{Path, PathBuf};

use super::Controller;
use crate::{
    domain::{Architecture, EvaluationConfig},
    gui::{
        action::EvaluateAction,
        state::{EvaluateState, JobKind, LogLevel},
    },
    worker::{Command, EvaluationTarget, NewEvaluation},
};

impl Controller {
    pub(super) fn change_evaluation(&mut self, action: EvaluateAction) {
        let evaluate = &mut self.state.evaluate;
        match action {
            EvaluateAction::Toggle(folder) => {
                if let Some(position) = evaluate.runs.iter().position(|run| *run == folder) {
                    evaluate.runs.remove(position);
                } else {
                    evaluate.runs.push(folder.clone());
                    self.load_run(&folder);
                }
            }
            EvaluateAction::Text(field, text) => *evaluate.text_mut(field) = text,
            EvaluateAction::Baseline(baseline, wanted) => {
                evaluate.baselines.retain(|other| *other != baseline);
                if wanted {
                    evaluate.baselines.push(baseline);
                }
            }
            EvaluateAction::Augmentation(augmentation) => evaluate.augmentation = augmentation,
            EvaluateAction::Select(cell) => evaluate.selected = cell,
            EvaluateAction::Start => {
                for folder in self.state.evaluate.runs.clone() {
                    // A run that lacks nothing, or is in the queue, is passed over.
                    if self.state.evaluation_plan(&folder).is_some_and(|plan| plan.networks > 0) {
                        self.evaluate_run(&folder, Vec::new());
                    }
                }
            }
            EvaluateAction::Again { folder, set, architecture } => {
                self.evaluate_run(&folder, vec![(set, architecture)]);
            }
        }
    }

    /// Puts the evaluation of a run into the queue; the cells of `again` are trained anew.
    fn evaluate_run(&mut self, folder: &Path, again: Vec<(String, Architecture)>) {
        let Some(run) = self.state.runs.get(folder) else { return };
        if self.state.queue.of_run(folder).is_some() {
            let title = self.state.run_title(folder);
            return self.notice(LogLevel::Warning, format!("{title} is in the queue already."), None);
        }
        let config = match &run.evaluation {
            // Cells are trained again as they were.
            Some((earlier, _)) if !again.is_empty() => Ok(earlier.clone()),
            _ => self.state.evaluate.config(&run.summary.config),
        };
        match config {
            Ok(config) => self.enqueue_evaluation(folder.to_owned(), config, again),
            Err(problem) => self.notice(LogLevel::Error, problem, None),
        }
    }

    fn enqueue_evaluation(&mut self, folder: PathBuf, config: EvaluationConfig, again: Vec<(String, Architecture)>) {
        let title = format!("Evaluate {}", self.state.run_title(&folder));
        let command = Command::Evaluate(NewEvaluation {
            target: EvaluationTarget::Run(folder.clone()),
            source: None,
            config,
            again,
            record: None,
            device: self.state.devices.choice(),
        });
        self.enqueue(JobKind::Evaluate, title, Some(folder), command);
    }

    /// Chooses a run for evaluation, beside those chosen before.
    pub(super) fn choose_for_evaluation(&mut self, folder: &Path) {
        let EvaluateState { runs, .. } = &mut self.state.evaluate;
        if !runs.iter().any(|run| run == folder) {
            runs.push(folder.to_owned());
        }
        self.load_run(folder);
        self.layout.show(crate::gui::layout::View::Evaluate);
    }
}
