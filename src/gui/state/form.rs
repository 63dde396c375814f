//! The form of a new run: what is typed, and what it means.

use std::{collections::BTreeMap, str::FromStr};

use super::{CostState, FieldKind, FormField, NetworkRule, form_defaults::REPEATS};
use crate::domain::{
    AccuracyChecks, Architecture, Augmentation, Baseline, CondensationConfig, CondensationPlan, DatasetInfo,
    DatasetSource, DistanceKind, EvaluationConfig, EvaluationMode, Initialization, MatchingLevel, Method, NetworkData,
    NetworkSteps, Seed,
};

/// What is typed. An empty text means the default.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools)] // one for each check box
pub struct CondenseForm {
    /// The dataset.
    pub source: Option<DatasetSource>,
    /// The typed fields.
    pub texts: BTreeMap<FormField, String>,
    /// What is matched.
    pub method: Method,
    /// The distance.
    pub distance: DistanceKind,
    /// The level.
    pub level: MatchingLevel,
    /// What the images begin as.
    pub initialization: Initialization,
    /// The augmentation while condensing; the evaluation follows it.
    pub augmentation: Augmentation,
    /// The rule for the network's epochs.
    pub rule: NetworkRule,
    /// What the network is trained on; the number of real images is typed.
    pub network_data: NetworkData,
    /// Whether the images are kept within what pixels can be.
    pub clamp_images: bool,
    /// Whether the set is evaluated at the end.
    pub evaluate: bool,
    /// What it is compared with then.
    pub baselines: Vec<Baseline>,
    /// Whether the accuracy is checked on the way.
    pub check_accuracy: bool,
    /// The preset that was taken last, by name, as long as nothing was changed since.
    pub preset: Option<String>,
    /// The name that is typed for settings to be kept.
    pub preset_name: String,
    /// Whether the advanced fields are unfolded.
    pub advanced: bool,
    /// What the texts mean.
    pub check: FormCheck,
    /// What the run will take.
    pub cost: CostState,
}

/// What the form means.
#[derive(Debug, Clone, Default)]
pub struct FormCheck {
    /// The plan, when every field is right and the dataset is open.
    pub plan: Option<Box<CondensationPlan>>,
    /// One sentence for each field that is not.
    pub errors: BTreeMap<FormField, String>,
    /// Why it cannot start apart from the fields.
    pub problem: Option<String>,
    /// Synthetic sets with different seeds.
    pub experiments: usize,
    /// The evaluation at the end.
    pub evaluation: Option<EvaluationConfig>,
    /// The checks on the way.
    pub accuracy_checks: Option<AccuracyChecks>,
}

impl FormCheck {
    /// Whether the run can start.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.plan.is_some() && self.errors.is_empty() && self.problem.is_none()
    }
}

impl Default for CondenseForm {
    fn default() -> Self {
        let mut form = Self {
            source: None,
            texts: BTreeMap::new(),
            method: Method::GradientMatching,
            distance: DistanceKind::LayerwiseCosine,
            level: MatchingLevel::IntraClass,
            initialization: Initialization::Noise,
            augmentation: Augmentation::None,
            rule: NetworkRule::Fixed,
            network_data: NetworkData::Synthetic,
            clamp_images: false,
            evaluate: true,
            baselines: vec![Baseline::Random],
            check_accuracy: false,
            preset: None,
            preset_name: String::new(),
            advanced: false,
            check: FormCheck::default(),
            cost: CostState::default(),
        };
        form.fill(&CondensationConfig::default());
        form.texts.insert(FormField::Experiments, "1".to_owned());
        form.texts.insert(FormField::Repeats, REPEATS.to_string());
        form.texts.insert(FormField::EvaluationNetworks, "S".to_owned());
        form
    }
}

impl CondenseForm {
    /// The text of a field.
    #[must_use]
    pub fn text(&self, field: FormField) -> &str {
        self.texts.get(&field).map_or("", String::as_str)
    }

    /// Writes a configuration into the fields; what it leaves to defaults becomes empty.
    pub fn fill(&mut self, config: &CondensationConfig) {
        let optional = |value: Option<String>| value.unwrap_or_default();
        let (rule, epochs, batch, cap) = match config.network_steps {
            NetworkSteps::Fixed { epochs } => (NetworkRule::Fixed, epochs, None, None),
            NetworkSteps::Schedule => (NetworkRule::Schedule, None, None, None),
            NetworkSteps::Overfitting { validation_batch, cap } => {
                (NetworkRule::Overfitting, None, Some(validation_batch), Some(cap))
            }
        };
        let (network_images, network_data) = match config.network_data {
            NetworkData::Synthetic => (None, NetworkData::Synthetic),
            NetworkData::Real { images, cutmix } => (images, NetworkData::Real { images: None, cutmix }),
        };
        let texts = [
            (FormField::Network, config.architecture.to_string()),
            (FormField::ImagesPerClass, config.images_per_class.to_string()),
            (FormField::Iterations, config.iterations.to_string()),
            (FormField::InnerSteps, optional(config.inner_steps.map(|steps| steps.to_string()))),
            (FormField::NetworkEpochs, optional(epochs.map(|epochs| epochs.to_string()))),
            (FormField::ValidationBatch, optional(batch.map(|batch| batch.to_string()))),
            (FormField::EpochCap, optional(cap.map(|cap| cap.to_string()))),
            (FormField::ImageLearningRate, optional(config.image_learning_rate.map(|rate| rate.to_string()))),
            (FormField::ImageMomentum, config.image_momentum.to_string()),
            (FormField::NetworkLearningRate, config.network_learning_rate.to_string()),
            (FormField::NetworkMomentum, config.network_momentum.to_string()),
            (FormField::NetworkImages, optional(network_images.map(|images| images.to_string()))),
            (FormField::NetworkWeightDecay, config.network_weight_decay.to_string()),
            (FormField::SyntheticBatch, optional(config.synthetic_batch.map(|images| images.to_string()))),
            (FormField::Formation, config.formation.to_string()),
            (FormField::RealBatch, config.real_batch.to_string()),
            (FormField::NetworkBatch, config.network_batch.to_string()),
            (FormField::Seed, config.seed.0.to_string()),
        ];
        self.texts.extend(texts);
        self.method = config.method;
        self.distance = config.distance;
        self.level = config.level;
        self.initialization = config.initialization;
        self.augmentation = config.augmentation;
        self.rule = rule;
        self.network_data = network_data;
        self.clamp_images = config.clamp_images;
    }

    /// Whether a field means something for what else is chosen. Those that do not are not on the form and do not count.
    #[must_use]
    pub fn shows(&self, field: FormField) -> bool {
        match field {
            FormField::NetworkEpochs | FormField::ValidationBatch | FormField::EpochCap => {
                self.method == Method::GradientMatching && self.network_data.is_synthetic()
            }
            FormField::NetworkImages => self.method == Method::GradientMatching && !self.network_data.is_synthetic(),
            FormField::InnerSteps
            | FormField::NetworkWeightDecay
            | FormField::NetworkLearningRate
            | FormField::NetworkMomentum
            | FormField::NetworkBatch => self.method == Method::GradientMatching,
            _ => true,
        }
    }

    /// Takes a method. What follows from the method follows it, unless it was chosen otherwise.
    pub fn take_method(&mut self, method: Method) {
        let (before, after) = (CondensationConfig::of_method(self.method), CondensationConfig::of_method(method));
        if self.text(FormField::Iterations).trim() == before.iterations.to_string() {
            self.texts.insert(FormField::Iterations, after.iterations.to_string());
        }
        if self.initialization == before.initialization {
            self.initialization = after.initialization;
        }
        if self.augmentation == before.augmentation {
            self.augmentation = after.augmentation;
        }
        self.method = method;
    }

    /// What the fields mean, apart from the dataset; the errors name the fields.
    ///
    /// # Errors
    ///
    /// One sentence a field that cannot be read.
    pub fn config(&self) -> Result<CondensationConfig, BTreeMap<FormField, String>> {
        let defaults = CondensationConfig::of_method(self.method);
        let mut reader = Reader { form: self, errors: BTreeMap::new() };
        let matches_gradients = self.method == Method::GradientMatching;
        let network_steps = match self.rule {
            _ if !matches_gradients || !self.network_data.is_synthetic() => defaults.network_steps,
            NetworkRule::Fixed => NetworkSteps::Fixed { epochs: reader.optional(FormField::NetworkEpochs) },
            NetworkRule::Schedule => NetworkSteps::Schedule,
            NetworkRule::Overfitting => NetworkSteps::Overfitting {
                validation_batch: reader.or(FormField::ValidationBatch, 256),
                cap: reader.or(FormField::EpochCap, 50),
            },
        };
        let network_data = match self.network_data {
            NetworkData::Real { cutmix, .. } if matches_gradients => {
                NetworkData::Real { images: reader.optional(FormField::NetworkImages), cutmix }
            }
            _ => NetworkData::Synthetic,
        };
        let config = CondensationConfig {
            architecture: reader.or(FormField::Network, Architecture::convnet()),
            images_per_class: reader.or(FormField::ImagesPerClass, defaults.images_per_class),
            method: self.method,
            distance: if matches_gradients { self.distance } else { defaults.distance },
            level: if matches_gradients { self.level } else { defaults.level },
            iterations: reader.or(FormField::Iterations, defaults.iterations),
            inner_steps: reader.optional(FormField::InnerSteps),
            network_steps,
            image_learning_rate: reader.optional(FormField::ImageLearningRate),
            image_momentum: reader.or(FormField::ImageMomentum, defaults.image_momentum),
            network_learning_rate: reader.or(FormField::NetworkLearningRate, defaults.network_learning_rate),
            network_momentum: reader.or(FormField::NetworkMomentum, defaults.network_momentum),
            network_data,
            network_weight_decay: reader.or(FormField::NetworkWeightDecay, defaults.network_weight_decay),
            synthetic_batch: reader.optional(FormField::SyntheticBatch),
            formation: reader.or(FormField::Formation, defaults.formation),
            clamp_images: self.clamp_images,
            real_batch: reader.or(FormField::RealBatch, defaults.real_batch),
            network_batch: reader.or(FormField::NetworkBatch, defaults.network_batch),
            initialization: self.initialization,
            augmentation: self.augmentation,
            seed: Seed(reader.or(FormField::Seed, 0)),
        };
        if reader.errors.is_empty() { Ok(config) } else { Err(reader.errors) }
    }

    /// The evaluation at the end, as typed.
    ///
    /// # Errors
    ///
    /// One sentence a field that cannot be read.
    pub fn evaluation(
        &self,
        condensing: Architecture,
    ) -> Result<Option<EvaluationConfig>, BTreeMap<FormField, String>> {
        if !self.evaluate {
            return Ok(None);
        }
        let mut reader = Reader { form: self, errors: BTreeMap::new() };
        let mut config = EvaluationConfig {
            repeats: reader.or(FormField::Repeats, REPEATS),
            epochs: reader.optional(FormField::EvaluationEpochs),
            baselines: self.baselines.clone(),
            augmentation: self.evaluation_augmentation(),
            ..EvaluationConfig::default()
        };
        let mut errors = reader.errors;
        match parse_networks(self.text(FormField::EvaluationNetworks), condensing) {
            Ok(architectures) => config.architectures = architectures,
            Err(problem) => {
                errors.insert(FormField::EvaluationNetworks, problem);
            }
        }
        if let Err(error) = config.check()
            && let Some(field) = FormField::of_error(error.field)
        {
            errors.entry(field).or_insert(error.problem);
        }
        if errors.is_empty() { Ok(Some(config)) } else { Err(errors) }
    }

    /// What all of it means for a dataset.
    #[must_use]
    pub fn checked(&self, dataset: Option<&DatasetInfo>) -> FormCheck {
        let mut check = FormCheck { experiments: 1, ..FormCheck::default() };
        let mut reader = Reader { form: self, errors: BTreeMap::new() };
        check.experiments = reader.or(FormField::Experiments, 1);
        if check.experiments == 0 {
            reader.errors.insert(FormField::Experiments, "must be at least 1, but is 0".to_owned());
        }
        check.errors = reader.errors;
        let config = self.config().unwrap_or_else(|errors| {
            check.errors.extend(errors);
            CondensationConfig::default()
        });
        match self.evaluation(config.architecture) {
            Ok(evaluation) => check.evaluation = evaluation,
            Err(errors) => check.errors.extend(errors),
        }
        check.accuracy_checks = self.check_accuracy.then(AccuracyChecks::default);
        match (dataset, &self.source) {
            (Some(dataset), _) if check.errors.is_empty() => match CondensationPlan::new(config, dataset) {
                Ok(plan) => check.plan = Some(Box::new(plan)),
                Err(error) => match FormField::of_error(error.field) {
                    Some(field) => {
                        check.errors.insert(field, error.problem);
                    }
                    None => check.problem = Some(error.to_string()),
                },
            },
            (Some(_), _) => {}
            (None, None) => check.problem = Some("Choose a dataset first.".to_owned()),
            (None, Some(_)) => check.problem = Some("The dataset is not open yet.".to_owned()),
        }
        check
    }
}

/// Networks to evaluate on: a mode of the published code (`S`, `M`, ...) or names separated by commas.
///
/// # Errors
///
/// One sentence: what cannot be read.
pub fn parse_networks(text: &str, condensing: Architecture) -> Result<Vec<Architecture>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(EvaluationMode::S.architectures(condensing));
    }
    if let Ok(mode) = text.parse::<EvaluationMode>() {
        return Ok(mode.architectures(condensing));
    }
    let mut networks = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let network = name.parse().map_err(|error: crate::domain::UnknownArchitecture| error.to_string())?;
        if !networks.contains(&network) {
            networks.push(network);
        }
    }
    Ok(networks)
}

/// Reads fields and gathers what is wrong with them.
struct Reader<'a> {
    form: &'a CondenseForm,
    errors: BTreeMap<FormField, String>,
}

impl Reader<'_> {
    /// The value of a field; `None` when it is empty, wrong or not on the form.
    fn optional<T: FromStr<Err: std::fmt::Display>>(&mut self, field: FormField) -> Option<T> {
        let text = self.form.text(field).trim();
        if text.is_empty() || !self.form.shows(field) {
            return None;
        }
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                let problem = match field.kind() {
                    FieldKind::Text => error.to_string(),
                    FieldKind::Whole => format!("\"{text}\" is not a whole number; write digits alone, such as 10"),
                    FieldKind::Real => format!("\"{text}\" is not a number; write it as 0.01 or 1e-2"),
                };
                self.errors.insert(field, problem);
                None
            }
        }
    }

    fn or<T: FromStr<Err: std::fmt::Display>>(&mut self, field: FormField, default: T) -> T {
        self.optional(field).unwrap_or(default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ImageShape, ImagesPerClass, Normalization, NormalizationSource};

    fn dataset() -> DatasetInfo {
        DatasetInfo {
            name: "toy".into(),
            shape: ImageShape::new(1, 16, 16),
            class_names: vec!["a".into(), "b".into()],
            train_counts: vec![20, 5],
            test_counts: vec![2, 2],
            normalization: Normalization { mean: vec![0.5], std: vec![0.5] },
            normalization_source: NormalizationSource::Measured,
            checksum: String::new(),
        }
    }

    #[test]
    fn a_fresh_form_is_the_published_default() {
        assert_eq!(CondenseForm::default().config(), Ok(CondensationConfig::default()));
    }

    #[test]
    fn a_configuration_survives_the_form() {
        let config = CondensationConfig {
            images_per_class: ImagesPerClass::PerClass(vec![2, 3]),
            image_learning_rate: Some(1e-3),
            inner_steps: Some(7),
            network_steps: NetworkSteps::OVERFITTING,
            distance: DistanceKind::CosineL2,
            augmentation: Augmentation::Dsa,
            seed: Seed(12),
            ..CondensationConfig::default()
        };
        let presets = crate::domain::builtin_presets().into_iter().map(|preset| preset.config);
        for config in std::iter::once(config).chain(presets) {
            let mut form = CondenseForm::default();
            form.fill(&config);
            assert_eq!(form.config(), Ok(config));
        }
    }

    #[test]
    fn every_wrong_field_has_its_sentence() {
        let mut form = CondenseForm::default();
        form.texts.insert(FormField::Iterations, "many".into());
        form.texts.insert(FormField::Network, "ConvNetX".into());
        form.texts.insert(FormField::EvaluationNetworks, "ConvNet, Nonsense".into());
        let check = form.checked(Some(&dataset()));
        assert_eq!(
            check.errors.keys().copied().collect::<Vec<_>>(),
            [FormField::Network, FormField::Iterations, FormField::EvaluationNetworks]
        );
        assert!(!check.is_ready());
    }

    #[test]
    fn what_the_dataset_forbids_is_told_at_the_field() {
        let mut form = CondenseForm::default();
        form.texts.insert(FormField::ImagesPerClass, "6".into());
        let check = form.checked(Some(&dataset()));
        assert!(check.errors[&FormField::ImagesPerClass].contains("only 5 training images"));
        form.texts.insert(FormField::ImagesPerClass, "5".into());
        form.source = Some(DatasetSource::Builtin(crate::domain::BuiltinDataset::Digits));
        assert!(form.checked(Some(&dataset())).is_ready());
        assert!(form.checked(None).problem.is_some());
    }

    #[test]
    fn networks_are_a_mode_or_a_list() {
        let convnet = Architecture::convnet();
        assert_eq!(parse_networks("M", convnet).unwrap().len(), 6);
        assert_eq!(parse_networks("MLP, ConvNet, MLP", convnet).unwrap().len(), 2);
        assert_eq!(parse_networks("", convnet).unwrap(), [convnet]);
    }
}
