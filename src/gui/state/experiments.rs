//! The experiments of the papers: what the view shows of them, and which are under way.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{AppState, DatasetState, JobId, dataset_key, evaluate::number};
use crate::domain::{
    DatasetSource,
    experiment::{
        DatasetRole, Effort, ExperimentInfo, ExperimentListing, ExperimentName, ExperimentOverview, ExperimentRequest,
        RoleData, Scale, Selection,
    },
};

/// Which dataset takes a place.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum RoleChoice {
    /// The published dataset, where the project has it.
    #[default]
    Automatic,
    /// None: what needs it is left out.
    LeftOut,
    /// This one.
    Dataset(DatasetSource),
}

/// The experiments view.
#[derive(Debug)]
pub struct ExperimentsState {
    /// The text that listed experiments must hold.
    pub filter: String,
    /// The experiment that is looked at.
    pub selected: Option<ExperimentName>,
    /// `N` of the scale `1/N`.
    pub divisor: usize,
    /// The numbers that are typed in place of the scale's.
    pub effort: BTreeMap<Effort, String>,
    /// Images per class in place of the experiment's own; empty for those.
    pub images_per_class: String,
    /// What takes places, where a person chose.
    pub roles: HashMap<DatasetRole, RoleChoice>,
    /// The list, once it was asked for.
    pub list: Loaded<Vec<ExperimentListing>>,
    /// The experiment that is looked at, as it is now.
    pub overview: Loaded<Box<ExperimentOverview>>,
    /// What was started in this session and is not done.
    pub under_way: Vec<UnderWay>,
}

impl Default for ExperimentsState {
    fn default() -> Self {
        Self {
            filter: String::new(),
            selected: None,
            divisor: Self::USUAL_DIVISOR,
            effort: BTreeMap::new(),
            images_per_class: String::new(),
            roles: HashMap::new(),
            list: Loaded::default(),
            overview: Loaded::default(),
            under_way: Vec::new(),
        }
    }
}

/// Something from the file threads.
#[derive(Debug)]
pub struct Loaded<T> {
    /// The latest answer; it stays while a newer one is on its way.
    pub value: Option<T>,
    /// Why there is no newer one; one sentence.
    pub problem: Option<String>,
    /// Whether it is to be asked for, because what it follows from has changed.
    pub stale: bool,
    /// Whether it is on its way.
    pub asked: bool,
}

impl<T> Default for Loaded<T> {
    fn default() -> Self {
        Self { value: None, problem: None, stale: true, asked: false }
    }
}

impl<T> Loaded<T> {
    /// Takes an answer.
    pub(in crate::gui) fn put(&mut self, value: Result<T, String>) {
        self.asked = false;
        match value {
            Ok(value) => (self.value, self.problem) = (Some(value), None),
            Err(problem) => self.problem = Some(problem),
        }
    }

    /// Whether a view should ask for it.
    #[must_use]
    pub const fn is_wanted(&self) -> bool {
        self.stale && !self.asked
    }
}

/// An experiment that was started: its steps become jobs as they come to be known.
#[derive(Debug)]
pub struct UnderWay {
    /// What was started.
    pub request: ExperimentRequest,
    /// Its jobs, each with its unit of work.
    pub jobs: Vec<(JobId, usize)>,
    /// Units of which a job failed or was stopped: they wait until a person starts the experiment again.
    pub given_up: HashSet<usize>,
}

impl ExperimentsState {
    /// The scales that are offered, as `N` of `1/N`.
    pub const DIVISORS: [usize; 7] = [1, 2, 5, 10, 20, 50, 100];
    const USUAL_DIVISOR: usize = 20;

    /// What is known of an experiment, once the list is there.
    #[must_use]
    pub fn listing(&self, name: ExperimentName) -> Option<&ExperimentListing> {
        self.list.value.as_ref()?.iter().find(|listing| listing.info.name == name)
    }

    /// The experiment that is looked at, once it is there.
    #[must_use]
    pub fn shown(&self) -> Option<&ExperimentOverview> {
        self.overview.value.as_deref().filter(|overview| Some(overview.request.name) == self.selected)
    }

    /// The scale, with the numbers that are typed in place of its own; those that cannot be read are left to it.
    #[must_use]
    pub fn scale(&self) -> Scale {
        let typed = self.effort.iter().filter_map(|(&effort, text)| Some((effort, number(text).ok()??)));
        typed.fold(Scale::one_of(self.divisor), |scale, (effort, number)| scale.with(effort, number))
    }

    /// What is wrong with a number, in one sentence; `None` when it can be used.
    #[must_use]
    pub fn effort_problem(&self, effort: Effort) -> Option<String> {
        number(self.effort.get(&effort)?).err()
    }

    /// Whether all fields of the view can be used.
    ///
    /// # Errors
    ///
    /// One sentence: which field, and what is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        let wrong = Effort::ALL.into_iter().find_map(|effort| Some((effort, self.effort_problem(effort)?)));
        match (wrong, self.selection()) {
            (Some((effort, problem)), _) => Err(format!("{}: {problem}.", effort.title())),
            (None, Err(problem)) => Err(format!("Images per class: {problem}.")),
            (None, Ok(_)) => Ok(()),
        }
    }

    /// The images per class that are typed; empty for the experiment's own.
    ///
    /// # Errors
    ///
    /// One sentence: what is wrong with them.
    pub fn selection(&self) -> Result<Selection, String> {
        let numbers = self.images_per_class.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
        let read = |part: &str| match part.parse() {
            Ok(0) => Err("images per class must be at least 1".to_owned()),
            Ok(number) => Ok(number),
            Err(_) => Err(format!("\"{part}\" is not a whole number; write 1, 10, 50 or the like")),
        };
        let mut numbers = numbers.map(read).collect::<Result<Vec<usize>, _>>()?;
        numbers.sort_unstable();
        numbers.dedup();
        Ok(Selection { images_per_class: numbers, roles: Vec::new() })
    }

    /// Whether a job belongs to a started experiment.
    #[must_use]
    pub fn has_job(&self, job: JobId) -> bool {
        self.under_way.iter().any(|under_way| under_way.jobs.iter().any(|(id, _)| *id == job))
    }

    /// What was started of an experiment, whatever its scale.
    pub fn started(&self, name: ExperimentName) -> impl Iterator<Item = &UnderWay> {
        self.under_way.iter().filter(move |under_way| under_way.request.name == name)
    }
}

/// How an experiment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExperimentStand {
    /// There is no plan for it; one sentence.
    Impossible(String),
    /// Nothing of it is done.
    NotBegun,
    /// So many of so many units are done.
    Partly(usize, usize),
    /// A job of it waits or works, with so many of so many units done.
    Working(usize, usize),
    /// All of it is done.
    Done,
}

impl AppState {
    /// The datasets of the project that are open, with what is known of them.
    pub fn open_datasets(&self) -> impl Iterator<Item = (&DatasetSource, &crate::domain::DatasetInfo)> {
        let entries = self.project.iter().flat_map(|project| &project.record.datasets);
        entries.filter_map(|entry| {
            let info = self.datasets.get(&dataset_key(&entry.source)).and_then(DatasetState::info)?;
            Some((&entry.source, &**info))
        })
    }

    /// The dataset that takes a place.
    #[must_use]
    pub fn role_data(&self, role: DatasetRole) -> Option<RoleData> {
        let found = match self.experiments.roles.get(&role).unwrap_or(&RoleChoice::Automatic) {
            RoleChoice::LeftOut => None,
            RoleChoice::Automatic => self.open_datasets().find(|(_, info)| info.name == role.dataset_name()),
            RoleChoice::Dataset(source) => {
                let info = self.datasets.get(&dataset_key(source)).and_then(DatasetState::info);
                info.map(|info| (source, &**info))
            }
        };
        found.map(|(source, info)| RoleData { role, source: source.clone(), info: info.clone() })
    }

    /// Whether the datasets that could take the places of an experiment are open: until then another may stand in.
    ///
    /// # Errors
    ///
    /// One sentence: what is still being opened, or cannot be.
    pub fn places_are_open(&self, info: &ExperimentInfo) -> Result<(), String> {
        let state = |source: &DatasetSource| match self.datasets.get(&dataset_key(source)) {
            Some(DatasetState::Open { .. }) => Ok(()),
            Some(DatasetState::Failed(problem)) => Err(problem.clone()),
            Some(DatasetState::Opening) | None => Err("The datasets are still being opened.".to_owned()),
        };
        for role in info.roles {
            match self.experiments.roles.get(role).unwrap_or(&RoleChoice::Automatic) {
                RoleChoice::Dataset(source) => state(source)?,
                RoleChoice::LeftOut => {}
                RoleChoice::Automatic => {
                    let entries = self.project.iter().flat_map(|project| &project.record.datasets);
                    let opening =
                        |source| matches!(self.datasets.get(&dataset_key(source)), Some(DatasetState::Opening));
                    if let Some(entry) = entries.into_iter().find(|entry| opening(&entry.source)) {
                        state(&entry.source)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// What is asked of an experiment as the view is set.
    ///
    /// # Errors
    ///
    /// One sentence: what is wrong with a field, or that no place is left.
    pub fn experiment_request(&self, info: &ExperimentInfo) -> Result<ExperimentRequest, String> {
        let left_out = |role: &DatasetRole| self.experiments.roles.get(role) == Some(&RoleChoice::LeftOut);
        if info.roles.iter().all(left_out) {
            return Err("every place is left out; choose a dataset for one of them".to_owned());
        }
        self.experiments.check()?;
        Ok(ExperimentRequest {
            name: info.name,
            scale: self.experiments.scale(),
            selection: self.experiments.selection()?,
            datasets: info.roles.iter().filter_map(|role| self.role_data(*role)).collect(),
        })
    }

    /// Whether a job of an experiment waits or works, and whether one works.
    #[must_use]
    pub fn experiment_jobs(&self, name: ExperimentName) -> (usize, bool) {
        let ids = || self.experiments.started(name).flat_map(|under_way| &under_way.jobs);
        let open = ids().filter_map(|(id, _)| self.queue.get(*id)).filter(|job| !job.state.is_over());
        open.fold((0, false), |(count, active), job| (count + 1, active || job.state.is_active()))
    }

    /// How an experiment stands.
    #[must_use]
    pub fn experiment_stand(&self, listing: &ExperimentListing) -> ExperimentStand {
        match &listing.units {
            Ok(units) => self.stand_of(listing.info.name, listing.units_done, *units),
            Err(problem) => ExperimentStand::Impossible(problem.clone()),
        }
    }

    /// How an experiment stands of which `done` of `units` are done: all of them, or those that are selected.
    #[must_use]
    pub fn stand_of(&self, name: ExperimentName, done: usize, units: usize) -> ExperimentStand {
        if self.experiment_jobs(name).0 > 0 {
            return ExperimentStand::Working(done, units);
        }
        match done {
            0 => ExperimentStand::NotBegun,
            done if done >= units => ExperimentStand::Done,
            done => ExperimentStand::Partly(done, units),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_per_class_are_read_in_any_order_and_refused_in_a_sentence() {
        let mut state = ExperimentsState::default();
        assert_eq!(state.selection(), Ok(Selection::default()));
        state.images_per_class = " 50, 1 10,1 ".into();
        assert_eq!(state.selection().unwrap().images_per_class, [1, 10, 50]);
        for wrong in ["x", "0", "1.5", "-1"] {
            state.images_per_class = wrong.into();
            assert!(state.selection().is_err(), "{wrong}");
        }
    }

    #[test]
    fn typed_numbers_are_set_in_the_scale_and_wrong_ones_refused() {
        let mut state = ExperimentsState { divisor: 50, ..ExperimentsState::default() };
        assert_eq!((state.scale(), state.check()), (Scale::one_of(50), Ok(())));
        state.effort.insert(Effort::Iterations, " 30 ".into());
        state.effort.insert(Effort::Width, String::new());
        assert_eq!((state.scale(), state.check()), (Scale::one_of(50).with(Effort::Iterations, 30), Ok(())));
        for wrong in ["x", "0", "1.5", "-1"] {
            state.effort.insert(Effort::Sets, wrong.into());
            assert!(state.check().unwrap_err().starts_with("Sets: "), "{wrong}");
        }
    }

    #[test]
    fn an_answer_stays_until_a_newer_one_is_there() {
        let mut loaded = Loaded::default();
        assert!(loaded.is_wanted());
        (loaded.stale, loaded.asked) = (false, true);
        loaded.put(Ok(1));
        assert!(!loaded.is_wanted());
        loaded.stale = true;
        loaded.put(Err("no".into()));
        assert_eq!((loaded.value, loaded.problem.as_deref()), (Some(1), Some("no")));
    }
}
