//! The papers' experiments: what the view is set to, the jobs that an experiment becomes, and what comes of them.

use std::{
    collections::HashSet,
    path::PathBuf,
    time::{Duration, Instant},
};

use super::Controller;
use crate::{
    domain::{
        DeviceInfo,
        experiment::{
            DatasetRole, ExperimentListing, ExperimentOverview, ExperimentRequest, ExperimentStep, MachineSpeed, Scale,
        },
        units,
    },
    gui::{
        action::ExperimentsAction,
        layout::View,
        state::{ExperimentsState, JobId, JobKind, JobState, Loaded, LogLevel, RoleChoice, ToastAction, UnderWay},
    },
    worker::{Command, Intervals, NewEvaluation, StopLevel, files::FileRequest},
};

/// How often a table that is filling is read at the most.
const TABLE_INTERVAL: Duration = Duration::from_secs(10);

impl Controller {
    pub(super) fn change_experiments(&mut self, action: ExperimentsAction) {
        let experiments = &mut self.state.experiments;
        match action {
            ExperimentsAction::Need => return self.ask_for_experiments(),
            ExperimentsAction::Filter(filter) => {
                experiments.filter = filter;
                return;
            }
            ExperimentsAction::Select(name) => {
                experiments.selected = name;
                experiments.overview.stale = true;
                return;
            }
            ExperimentsAction::Measure => return self.measure(),
            ExperimentsAction::Start => return self.start_experiment(),
            ExperimentsAction::Stop => return self.stop_experiment(),
            ExperimentsAction::Divisor(divisor) => experiments.divisor = divisor.max(1),
            ExperimentsAction::Effort(effort, text) => drop(experiments.effort.insert(effort, text)),
            ExperimentsAction::ImagesPerClass(text) => experiments.images_per_class = text,
            ExperimentsAction::Role(role, choice) => {
                if let RoleChoice::Dataset(source) = &choice {
                    self.need_dataset(source);
                }
                self.state.experiments.roles.insert(role, choice);
            }
        }
        self.experiments_changed();
    }

    /// What is shown of experiments is to be asked for again.
    pub(super) const fn experiments_changed(&mut self) {
        self.state.experiments.list.stale = true;
        self.state.experiments.overview.stale = true;
    }

    /// Forgets what belongs to a project that gives way to another.
    pub(super) fn forget_experiments(&mut self) {
        let ExperimentsState { list, overview, under_way, .. } = &mut self.state.experiments;
        *list = Loaded::default();
        *overview = Loaded::default();
        under_way.clear();
    }

    /// Asks for the list, and for the experiment that is looked at, where they are not as they should be.
    fn ask_for_experiments(&mut self) {
        let Some(project) = self.state.project.as_ref().map(|project| project.folder.clone()) else { return };
        if self.state.experiments.list.is_wanted() {
            let datasets = DatasetRole::ALL.into_iter().filter_map(|role| self.state.role_data(role)).collect();
            let (scale, device) = (self.state.experiments.scale(), self.computing_device());
            self.services.request(FileRequest::ListExperiments { project, scale, datasets, device });
            let list = &mut self.state.experiments.list;
            (list.stale, list.asked) = (false, true);
        }
        if self.state.experiments.overview.is_wanted() && self.state.experiments.list.value.is_some() {
            self.state.experiments.overview.stale = false;
            match self.shown_request() {
                Some(Ok(request)) => {
                    self.state.experiments.overview.asked = true;
                    self.open_experiment(request, false);
                }
                Some(Err(problem)) => self.state.experiments.overview.problem = Some(problem),
                None => {}
            }
        }
    }

    /// What is asked of the experiment that is looked at.
    fn shown_request(&self) -> Option<Result<ExperimentRequest, String>> {
        let listing = self.state.experiments.listing(self.state.experiments.selected?)?;
        Some(self.state.experiment_request(&listing.info))
    }

    /// The device of new jobs, where it is known.
    fn computing_device(&self) -> Option<DeviceInfo> {
        self.state.form.cost.device.clone()
    }

    fn open_experiment(&mut self, request: ExperimentRequest, save: bool) {
        let Some(project) = self.state.project.as_ref().map(|project| project.folder.clone()) else { return };
        let (request, device) = (Box::new(request), self.computing_device());
        self.services.request(FileRequest::OpenExperiment { project, request, device, save });
    }

    /// Puts the measurement of the device into the queue, unless it is there.
    fn measure(&mut self) {
        if !self.state.queue.is_measuring() {
            let command = Command::MeasureSpeed(self.state.devices.choice());
            self.state.queue.add(JobKind::Measure, "Measure this machine".to_owned(), None, command);
            self.begin_next_job();
        }
    }

    /// Keeps how fast the device is.
    pub(super) fn speed_measured(&mut self, speed: MachineSpeed) {
        self.services.request(FileRequest::SaveSpeed { speed });
    }

    pub(super) fn experiments_listed(&mut self, scale: &Scale, listings: Vec<ExperimentListing>) {
        let experiments = &mut self.state.experiments;
        experiments.list.put(Ok(listings));
        experiments.list.stale |= *scale != experiments.scale();
    }

    pub(super) fn experiment_opened(&mut self, overview: Box<ExperimentOverview>) {
        let is_under_way = self.state.experiments.under_way.iter().any(|one| one.request == overview.request);
        self.enqueue_news(&overview);
        if self.is_shown(&overview.request) {
            self.state.experiments.overview.put(Ok(overview));
        } else if !is_under_way {
            // Something else was chosen meanwhile.
            let shown = &mut self.state.experiments.overview;
            shown.stale |= shown.asked;
            shown.asked = false;
        }
    }

    fn is_shown(&self, request: &ExperimentRequest) -> bool {
        self.shown_request().is_some_and(|shown| shown.as_ref() == Ok(request))
    }

    pub(super) fn experiment_failed(&mut self, request: &ExperimentRequest, problem: &str) {
        // Its jobs in the queue go on; what would have followed is found when it is started again.
        self.state.experiments.under_way.retain(|under_way| under_way.request != *request);
        if self.is_shown(request) {
            self.state.experiments.overview.put(Err(problem.to_owned()));
        }
    }

    /// Puts what is left to do of the experiment that is looked at into the queue.
    fn start_experiment(&mut self) {
        let Some(overview) = self.state.experiments.shown() else { return };
        let overview = overview.clone();
        let request = overview.request.clone();
        let under_way = &mut self.state.experiments.under_way;
        match under_way.iter_mut().find(|under_way| under_way.request == request) {
            // What was given up is tried again.
            Some(under_way) => under_way.given_up.clear(),
            None => under_way.push(UnderWay { request, jobs: Vec::new(), given_up: HashSet::new() }),
        }
        self.layout.show(View::Queue);
        self.enqueue_news(&overview);
    }

    /// Makes jobs of the steps of a started experiment that are not in the queue.
    fn enqueue_news(&mut self, overview: &ExperimentOverview) {
        let under_way = self.state.experiments.under_way.iter().position(|one| one.request == overview.request);
        let Some(position) = under_way else { return };
        for step in &overview.steps {
            let under_way = &self.state.experiments.under_way[position];
            let given_up = under_way.given_up.contains(&step.unit());
            if given_up || self.is_queued(step) {
                continue;
            }
            let title = overview.units.get(step.unit()).map_or("a run", |unit| unit.title.as_str());
            let (kind, title, folder) = Self::job_of(step, &format!("{}: {title}", overview.request.name));
            let command = Command::of_step(step.clone(), self.state.devices.choice(), Intervals::default());
            let id = self.state.queue.add(kind, title, folder, command);
            self.state.experiments.under_way[position].jobs.push((id, step.unit()));
        }
        let jobs = &self.state.experiments.under_way[position].jobs;
        if jobs.iter().all(|(id, _)| self.state.queue.get(*id).is_none_or(|job| job.state.is_over())) {
            self.experiment_over(position, overview);
        }
        self.begin_next_job();
    }

    /// Whether a job that waits or works does a step, for whichever experiment.
    fn is_queued(&self, step: &ExperimentStep) -> bool {
        let mut open = self.state.queue.jobs.iter().filter(|job| !job.state.is_over());
        match step {
            ExperimentStep::Begin { folder, .. } | ExperimentStep::Resume { folder, .. } => open
                .any(|job| job.run.as_ref() == Some(folder) && matches!(job.kind, JobKind::Condense | JobKind::Resume)),
            ExperimentStep::Evaluate { folder, record: wanted, config, .. } => open.any(|job| {
                job.run.as_ref() == Some(folder)
                    && matches!(&job.command, Command::Evaluate(NewEvaluation { record, config: own, .. })
                        if record.as_ref() == Some(wanted) && own == config)
            }),
            ExperimentStep::Continual { folder, .. } => {
                open.any(|job| matches!(&job.command, Command::Continual(new) if new.folder == *folder))
            }
            ExperimentStep::Search { folder, .. } => {
                open.any(|job| matches!(&job.command, Command::Search(new) if new.folder == *folder))
            }
        }
    }

    /// The job that does a step: its kind, its title, and the folder of its run, if it works on one.
    fn job_of(step: &ExperimentStep, title: &str) -> (JobKind, String, Option<PathBuf>) {
        match step {
            ExperimentStep::Begin { folder, .. } => (JobKind::Condense, title.to_owned(), Some(folder.clone())),
            ExperimentStep::Resume { folder, .. } => {
                (JobKind::Resume, format!("{title}, resumed"), Some(folder.clone()))
            }
            ExperimentStep::Evaluate { folder, .. } => {
                (JobKind::Evaluate, format!("{title}, evaluated"), Some(folder.clone()))
            }
            ExperimentStep::Continual { .. } | ExperimentStep::Search { .. } => {
                (JobKind::Study, title.to_owned(), None)
            }
        }
    }

    /// Stops what was started of the experiment that is looked at.
    fn stop_experiment(&mut self) {
        let Some(name) = self.state.experiments.selected else { return };
        let started = self.state.experiments.started(name);
        let jobs: Vec<JobId> = started.flat_map(|under_way| under_way.jobs.iter().map(|(job, _)| *job)).collect();
        self.state.experiments.under_way.retain(|under_way| under_way.request.name != name);
        let waiting = units::count(self.state.queue.cancel(&jobs), "waiting job");
        if self.state.queue.active().is_some_and(|job| jobs.contains(&job.id)) {
            self.stop(StopLevel::Now);
        }
        self.log(LogLevel::Info, format!("{name}: stopped; {waiting} taken out of the queue."), None);
        self.experiments_changed();
    }

    /// A network of an experiment is trained: where its table is looked at, it is read again now and then.
    pub(super) fn experiment_grows(&mut self) {
        let last = &mut self.job_facts.table_read;
        if last.is_some_and(|last| last.elapsed() < TABLE_INTERVAL) {
            return;
        }
        *last = Some(Instant::now());
        let Some(job) = self.state.queue.active().map(|job| job.id) else { return };
        let Some(Ok(shown)) = self.shown_request() else { return };
        let experiments = &mut self.state.experiments;
        let works = |one: &UnderWay| one.request == shown && one.jobs.iter().any(|(id, _)| *id == job);
        experiments.overview.stale |= experiments.under_way.iter().any(works);
    }

    /// A job is over: tables may have changed, and an experiment may have more to do.
    pub(super) fn experiment_job_over(&mut self, id: JobId, end: &JobState) {
        self.experiments_changed();
        let belongs = |under_way: &UnderWay| under_way.jobs.iter().find(|(job, _)| *job == id).map(|(_, unit)| *unit);
        let mut under_way = self.state.experiments.under_way.iter().enumerate();
        let found = under_way.find_map(|(position, under_way)| Some((position, belongs(under_way)?)));
        let Some((position, unit)) = found else { return };
        let under_way = &mut self.state.experiments.under_way[position];
        if *end != JobState::Finished {
            // What builds on it cannot be done either.
            under_way.given_up.insert(unit);
            let of_unit: Vec<JobId> =
                under_way.jobs.iter().filter(|(_, other)| *other == unit).map(|(job, _)| *job).collect();
            self.state.queue.cancel(&of_unit);
        }
        let request = self.state.experiments.under_way[position].request.clone();
        if self.is_shown(&request) {
            let shown = &mut self.state.experiments.overview;
            (shown.stale, shown.asked) = (false, true);
        }
        self.open_experiment(request, true);
    }

    /// All that could be done of an experiment is done.
    fn experiment_over(&mut self, position: usize, overview: &ExperimentOverview) {
        let under_way = self.state.experiments.under_way.remove(position);
        if under_way.jobs.is_empty() {
            return;
        }
        let what = format!("{} at the scale {}", overview.table.title, overview.request.scale);
        match under_way.given_up.len() {
            0 => self.notice(LogLevel::Info, format!("{what}: finished."), None),
            left => {
                let left = units::count(left, "run");
                let message = format!("{what}: {left} failed or stopped; Continue tries again.");
                self.notice(LogLevel::Warning, message, Some(ToastAction::ShowLog));
            }
        }
    }
}
