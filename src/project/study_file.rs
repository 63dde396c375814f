//! An experiment over many networks on disk: `continual.json` or `search.json`, its settings and its results so far, and for
//! continual learning `network.safetensors`, the network after the stage that was trained last.
//!
//! Results are replaced as a whole after every network or stage, so that the experiment can be stopped at any moment and goes
//! on with the next one.

use std::{
    fmt::Debug,
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    ProjectError, atomic,
    folder::RECORD_FILE,
    lock::RunLock,
    record::check_format,
    tensor_file::{NewTensorFile, TensorFile},
    timestamp,
};
use crate::domain::{ContinualConfig, ContinualResults, DatasetInfo, DeviceInfo, SearchConfig, SearchResults};

const FORMAT: u32 = 1;
const NETWORK_FILE: &str = "network.safetensors";
const NETWORK_KIND: &str = "dewpoint-network";
const NETWORK_FORMAT: u32 = 1;

/// The settings of an experiment over many networks.
pub trait Study: Debug + Clone + PartialEq + Serialize + DeserializeOwned {
    /// What comes of it.
    type Results: Debug + Clone + Default + PartialEq + Serialize + DeserializeOwned;

    /// The file in the folder of the experiment.
    const FILE: &'static str;

    /// The settings `earlier`, of which as many networks are trained as these ask for.
    #[must_use]
    fn going_on(&self, earlier: &Self) -> Self;

    /// Whether results by `earlier` can stand beside those by these settings: only which of the same networks are trained
    /// may differ.
    fn continues(&self, earlier: &Self) -> bool {
        self.going_on(earlier) == *self
    }
}

impl Study for ContinualConfig {
    type Results = ContinualResults;
    const FILE: &'static str = "continual.json";

    fn going_on(&self, earlier: &Self) -> Self {
        Self { repeats: self.repeats, ..earlier.clone() }
    }
}

impl Study for SearchConfig {
    type Results = SearchResults;
    const FILE: &'static str = "search.json";

    fn going_on(&self, earlier: &Self) -> Self {
        Self { sample: self.sample, top: self.top, ..earlier.clone() }
    }
}

/// An experiment: its settings, what it was done on, and its results so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct StudyRecord<S: Study> {
    /// The format of the file.
    pub format: u32,
    /// The version of Dewpoint that began the experiment.
    pub program_version: String,
    /// When it was begun, by RFC 3339 in UTC.
    pub created: String,
    /// When the record was last changed, by RFC 3339 in UTC.
    pub updated: String,
    /// The settings.
    pub config: S,
    /// The datasets, in the shape that the networks see.
    pub datasets: Vec<DatasetInfo>,
    /// The device that computed last.
    pub device: DeviceInfo,
    /// The results.
    pub results: S::Results,
}

/// The part of the file that every format has.
#[derive(Deserialize)]
struct Head {
    format: u32,
    #[serde(default)]
    program_version: String,
}

/// Reads the experiment in `folder`; `None` when there is none of its kind.
///
/// # Errors
///
/// [`ProjectError::Read`], [`ProjectError::Damaged`] and [`ProjectError::NewerFormat`].
pub fn read_study<S: Study>(folder: &Path) -> Result<Option<StudyRecord<S>>, ProjectError> {
    let path = folder.join(S::FILE);
    if !path.try_exists().map_err(ProjectError::reading(&path))? {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).map_err(ProjectError::reading(&path))?;
    let damaged =
        |error: serde_json::Error| ProjectError::damaged(&path, format!("it is no record of an experiment ({error})"));
    let head: Head = serde_json::from_str(&text).map_err(damaged)?;
    check_format(&path, head.format, FORMAT, &head.program_version)?;
    Ok(Some(serde_json::from_str(&text).map_err(damaged)?))
}

/// An experiment that this process may write to, until this value is dropped.
#[derive(Debug)]
pub struct StudyWriter<S: Study> {
    folder: PathBuf,
    record: StudyRecord<S>,
    _lock: RunLock,
}

impl<S: Study> StudyWriter<S> {
    /// Begins an experiment in `folder`, which is made if need be, or goes on with the one there.
    ///
    /// # Errors
    ///
    /// [`ProjectError::OtherStudy`] when the one there has other settings or datasets; [`ProjectError::RunExists`] in the
    /// folder of a run; [`ProjectError::Locked`], and those of reading and writing.
    pub fn open(
        folder: &Path,
        config: S,
        datasets: Vec<DatasetInfo>,
        device: DeviceInfo,
    ) -> Result<Self, ProjectError> {
        if folder.join(RECORD_FILE).exists() {
            return Err(ProjectError::RunExists { path: folder.to_owned() });
        }
        fs::create_dir_all(folder).map_err(ProjectError::writing(folder))?;
        let lock = RunLock::take(folder)?;
        let record = if let Some(earlier) = read_study::<S>(folder)? {
            let checksum = |dataset: &DatasetInfo| dataset.checksum.clone();
            let same_datasets = datasets.iter().map(checksum).eq(earlier.datasets.iter().map(checksum));
            if !config.continues(&earlier.config) || !same_datasets {
                return Err(ProjectError::OtherStudy { path: folder.to_owned() });
            }
            StudyRecord { config, device, ..earlier }
        } else {
            let created = timestamp::now();
            StudyRecord {
                format: FORMAT,
                program_version: env!("CARGO_PKG_VERSION").to_owned(),
                updated: created.clone(),
                created,
                config,
                datasets,
                device,
                results: S::Results::default(),
            }
        };
        let mut writer = Self { folder: folder.to_owned(), record, _lock: lock };
        writer.update(|_| ())?;
        Ok(writer)
    }

    /// The record.
    #[must_use]
    pub const fn record(&self) -> &StudyRecord<S> {
        &self.record
    }

    /// Changes the results and writes them.
    ///
    /// # Errors
    ///
    /// [`ProjectError::Write`], and [`ProjectError::NotSavable`] for what could not be read back.
    pub fn update(&mut self, change: impl FnOnce(&mut S::Results)) -> Result<(), ProjectError> {
        change(&mut self.record.results);
        self.record.updated = timestamp::now();
        let path = self.folder.join(S::FILE);
        let not_savable = |error: serde_json::Error| ProjectError::NotSavable {
            path: path.clone(),
            problem: format!("the experiment cannot be written as text ({error})"),
        };
        let mut text = serde_json::to_string_pretty(&self.record).map_err(not_savable)?;
        text.push('\n');
        // Whatever is stored must open again.
        serde_json::from_str::<StudyRecord<S>>(&text).map_err(not_savable)?;
        atomic::write(&path, text.as_bytes())
    }

    /// Saves the network after a stage, in place of the one before. One whose training diverged is left out: it could not
    /// be used.
    ///
    /// # Errors
    ///
    /// [`ProjectError::Write`].
    pub fn save_network(&self, network: &StageNetwork) -> Result<(), ProjectError> {
        if network.parameters.iter().any(|value| !value.is_finite()) {
            return Ok(());
        }
        let path = self.folder.join(NETWORK_FILE);
        let unwritable =
            |error: serde_json::Error| ProjectError::NotSavable { path: path.clone(), problem: error.to_string() };
        NewTensorFile::new(NETWORK_KIND, NETWORK_FORMAT)
            .json("repeat", &network.repeat)
            .and_then(|file| file.json("stage", &network.stage))
            .map_err(unwritable)?
            .floats("parameters", vec![network.parameters.len()], &network.parameters)
            .write(&path)
    }

    /// The network that was saved last; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn load_network(&self) -> Result<Option<StageNetwork>, ProjectError> {
        let path = self.folder.join(NETWORK_FILE);
        if !path.try_exists().map_err(ProjectError::reading(&path))? {
            return Ok(None);
        }
        let file = TensorFile::read(&path, NETWORK_KIND, NETWORK_FORMAT)?;
        let (_, parameters) = file.floats("parameters", 1)?;
        Ok(Some(StageNetwork { repeat: file.json("repeat")?, stage: file.json("stage")?, parameters }))
    }
}

/// A network between two stages.
#[derive(Debug, Clone, PartialEq)]
pub struct StageNetwork {
    /// Which network, from 0.
    pub repeat: usize,
    /// The stage that it went through last, from 0.
    pub stage: usize,
    /// All its parameters, one after another.
    pub parameters: Vec<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Architecture, BuiltinDataset, DatasetSource, Proxy, SearchedNetwork},
        project::fixtures,
    };

    fn open(folder: &Path, config: SearchConfig) -> Result<StudyWriter<SearchConfig>, ProjectError> {
        let record = fixtures::record(1);
        StudyWriter::open(folder, config, vec![record.dataset], record.device)
    }

    fn config() -> SearchConfig {
        SearchConfig::new(DatasetSource::Builtin(BuiltinDataset::Digits))
    }

    fn network() -> SearchedNetwork {
        SearchedNetwork {
            architecture: Architecture::convnet(),
            set: "random".to_owned(),
            images: 100,
            epochs: 101,
            accuracy: 0.1 + 0.2,
            train_loss: f64::NAN,
            seconds: 1.5,
        }
    }

    #[test]
    fn results_survive_and_the_experiment_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/search");
        assert!(read_study::<SearchConfig>(&path).unwrap().is_none());
        let mut writer = open(&path, config()).unwrap();
        writer.update(|results| results.networks.push(network())).unwrap();
        assert!(matches!(open(&path, config()), Err(ProjectError::Locked { .. })));
        let created = writer.record().created.clone();
        drop(writer);
        let larger = SearchConfig { sample: Some(30), top: 5, ..config() };
        let writer = open(&path, larger.clone()).unwrap();
        let record = writer.record();
        assert_eq!((&record.config, &record.created), (&larger, &created));
        assert_eq!(record.results.networks[0].accuracy.to_bits(), (0.1_f64 + 0.2).to_bits());
        assert!(record.results.networks[0].train_loss.is_nan());
        drop(writer);
        assert_eq!(read_study::<SearchConfig>(&path).unwrap().unwrap().config, larger);
    }

    #[test]
    fn another_experiment_is_not_mixed_in() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), config()).unwrap());
        for other in [
            SearchConfig { whole_set_epochs: 7, ..config() },
            SearchConfig { proxies: vec![Proxy::Random], ..config() },
        ] {
            let error = open(folder.path(), other).unwrap_err();
            assert!(matches!(error, ProjectError::OtherStudy { .. }), "{error}");
        }
        let mut dataset = fixtures::record(1).dataset;
        dataset.checksum.push('0');
        let device = fixtures::record(1).device;
        let error = StudyWriter::open(folder.path(), config(), vec![dataset], device).unwrap_err();
        assert!(matches!(error, ProjectError::OtherStudy { .. }), "{error}");
    }

    #[test]
    fn broken_files_and_runs_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "{}", "{\"format\": 1}", "{\"format\": 0}"] {
            fs::write(folder.path().join("search.json"), text).unwrap();
            assert!(matches!(read_study::<SearchConfig>(folder.path()), Err(ProjectError::Damaged { .. })), "{text}");
            assert!(open(folder.path(), config()).is_err());
            assert_eq!(fs::read_to_string(folder.path().join("search.json")).unwrap(), text);
        }
        fs::write(folder.path().join("search.json"), "{\"format\": 2}").unwrap();
        assert!(matches!(read_study::<SearchConfig>(folder.path()), Err(ProjectError::NewerFormat { .. })));
        let run = tempfile::tempdir().unwrap();
        fs::write(run.path().join("run.json"), "").unwrap();
        assert!(matches!(open(run.path(), config()), Err(ProjectError::RunExists { .. })));
    }

    #[test]
    fn a_network_survives_bit_by_bit_and_a_diverged_one_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let writer = open(folder.path(), config()).unwrap();
        assert_eq!(writer.load_network().unwrap(), None);
        let network = StageNetwork { repeat: 2, stage: 1, parameters: vec![0.1, -3.5e-30, f32::MAX] };
        writer.save_network(&network).unwrap();
        let diverged = StageNetwork { repeat: 3, parameters: vec![f32::NAN], ..network.clone() };
        writer.save_network(&diverged).unwrap();
        assert_eq!(writer.load_network().unwrap(), Some(network));
        fs::write(folder.path().join("network.safetensors"), "no").unwrap();
        assert!(matches!(writer.load_network(), Err(ProjectError::Damaged { .. })));
    }
}
