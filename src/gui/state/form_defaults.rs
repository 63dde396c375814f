//! What the empty fields of the form mean.

use super::{CondenseForm, FormField, parse_networks};
use crate::domain::{
    Architecture, CondensationConfig, DatasetInfo, EvaluationAugmentation, EvaluationConfig, ImagesPerClass, Method,
    NetworkData, NetworkSteps, REAL_DATA_LOOPS, default_image_learning_rate, loops_of, published_network_images,
};

/// Networks of each kind that evaluate, of the published 20.
pub(super) const REPEATS: usize = 5;

impl CondenseForm {
    /// The text that an empty field stands for. Some defaults follow from other fields, and are those of the defaults of
    /// these while they cannot be read.
    #[must_use]
    pub fn default_text(&self, field: FormField, dataset: Option<&DatasetInfo>) -> String {
        let config = CondensationConfig::of_method(self.method);
        let loops = || loops_of(self.level, self.most_images_per_class());
        let (validation_batch, cap) = match NetworkSteps::OVERFITTING {
            NetworkSteps::Overfitting { validation_batch, cap } => (validation_batch, cap),
            _ => (0, 0),
        };
        match field {
            FormField::Network => config.architecture.to_string(),
            FormField::ImagesPerClass => config.images_per_class.to_string(),
            FormField::Iterations => config.iterations.to_string(),
            FormField::InnerSteps if !self.network_data.is_synthetic() => REAL_DATA_LOOPS.inner_steps.to_string(),
            FormField::InnerSteps => loops().inner_steps.to_string(),
            FormField::NetworkEpochs => loops().network_epochs.to_string(),
            FormField::ValidationBatch => validation_batch.to_string(),
            FormField::EpochCap => cap.to_string(),
            FormField::ImageLearningRate => {
                let config = CondensationConfig {
                    architecture: self.architecture(),
                    images_per_class: ImagesPerClass::Uniform(self.most_images_per_class()),
                    distance: self.distance,
                    ..config
                };
                default_image_learning_rate(&config, dataset).to_string()
            }
            FormField::ImageMomentum => config.image_momentum.to_string(),
            FormField::NetworkLearningRate => config.network_learning_rate.to_string(),
            FormField::NetworkMomentum => config.network_momentum.to_string(),
            FormField::NetworkImages => {
                published_network_images(dataset.map_or("", |dataset| &dataset.name)).to_string()
            }
            FormField::NetworkWeightDecay => config.network_weight_decay.to_string(),
            FormField::SyntheticBatch => "all".to_owned(),
            FormField::Formation => config.formation.to_string(),
            FormField::RealBatch => config.real_batch.to_string(),
            FormField::NetworkBatch => config.network_batch.to_string(),
            FormField::Seed => config.seed.0.to_string(),
            FormField::Experiments => "1".to_owned(),
            FormField::Repeats => REPEATS.to_string(),
            FormField::EvaluationNetworks => "S".to_owned(),
            FormField::EvaluationEpochs => self.default_evaluation_epochs(dataset),
        }
    }

    /// The most images that a class gets; 1 while that cannot be read.
    #[must_use]
    pub fn most_images_per_class(&self) -> usize {
        match self.text(FormField::ImagesPerClass).trim().parse() {
            Ok(ImagesPerClass::Uniform(count)) => count,
            Ok(ImagesPerClass::PerClass(counts)) => counts.into_iter().max().unwrap_or(1),
            Err(_) => 1,
        }
    }

    /// The condensing network; the default one while it cannot be read.
    #[must_use]
    pub fn architecture(&self) -> Architecture {
        self.text(FormField::Network).trim().parse().unwrap_or_else(|_| Architecture::convnet())
    }

    /// How networks are trained at the end: as published for the settings of the form.
    pub(super) const fn evaluation_augmentation(&self) -> EvaluationAugmentation {
        let data = match self.method {
            Method::GradientMatching => self.network_data,
            Method::DistributionMatching => NetworkData::Synthetic,
        };
        EvaluationAugmentation::of_condensing(self.augmentation, data)
    }

    /// `300`, `1000`, or both where networks differ.
    fn default_evaluation_epochs(&self, dataset: Option<&DatasetInfo>) -> String {
        let condensing = self.architecture();
        let networks = parse_networks(self.text(FormField::EvaluationNetworks), condensing)
            .unwrap_or_else(|_| vec![condensing.without_batch_norm()]);
        let published = self.evaluation_augmentation();
        let config = EvaluationConfig::default();
        let name = dataset.map_or("", |dataset| &dataset.name);
        let mut epochs: Vec<usize> =
            networks.iter().map(|network| config.epochs_with(published.resolve(name, *network))).collect();
        epochs.sort_unstable();
        epochs.dedup();
        epochs.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Augmentation, CondensationPlan, DistanceKind, MatchingLevel},
        gui::tests::fixtures,
    };

    /// What the plan of a form takes for a field.
    fn planned(plan: &CondensationPlan, field: FormField) -> String {
        match field {
            FormField::InnerSteps => plan.inner_steps.to_string(),
            FormField::NetworkEpochs => plan.fixed_epochs.to_string(),
            FormField::ImageLearningRate => plan.image_learning_rate.to_string(),
            FormField::RealBatch => plan.config.real_batch.to_string(),
            FormField::ImageMomentum => plan.config.image_momentum.to_string(),
            FormField::NetworkLearningRate => plan.config.network_learning_rate.to_string(),
            FormField::NetworkMomentum => plan.config.network_momentum.to_string(),
            FormField::NetworkBatch => plan.config.network_batch.to_string(),
            FormField::Seed => plan.config.seed.0.to_string(),
            FormField::Iterations => plan.config.iterations.to_string(),
            FormField::Network => plan.config.architecture.to_string(),
            _ => plan.config.images_per_class.to_string(),
        }
    }

    #[test]
    fn an_empty_field_means_what_the_form_says() {
        let dataset = fixtures::dataset();
        let fields = [
            FormField::Network,
            FormField::ImagesPerClass,
            FormField::Iterations,
            FormField::InnerSteps,
            FormField::NetworkEpochs,
            FormField::ImageLearningRate,
            FormField::ImageMomentum,
            FormField::NetworkLearningRate,
            FormField::NetworkMomentum,
            FormField::RealBatch,
            FormField::NetworkBatch,
            FormField::Seed,
        ];
        for (images, network, distance) in [
            ("1", "ConvNet", DistanceKind::LayerwiseCosine),
            ("10", "MLP", DistanceKind::Cosine),
            ("2,2,2,2,2,2,2,2,2,30", "LeNet", DistanceKind::Mse),
        ] {
            let mut form = CondenseForm { distance, level: MatchingLevel::IntraClass, ..CondenseForm::default() };
            form.source = Some(fixtures::source());
            form.texts.insert(FormField::ImagesPerClass, images.to_owned());
            form.texts.insert(FormField::Network, network.to_owned());
            for field in fields {
                let mut form = form.clone();
                form.texts.insert(field, String::new());
                let plan = form.checked(Some(&dataset)).plan.unwrap();
                assert_eq!(form.default_text(field, Some(&dataset)), planned(&plan, field), "{field:?}, {images}");
            }
        }
    }

    #[test]
    fn evaluation_epochs_follow_the_augmentation() {
        let mut form = CondenseForm::default();
        let mut dataset = fixtures::dataset();
        let mut text = |networks: &str, name: &str| {
            form.texts.insert(FormField::EvaluationNetworks, networks.to_owned());
            name.clone_into(&mut dataset.name);
            form.default_text(FormField::EvaluationEpochs, Some(&dataset))
        };
        assert_eq!(text("S", "digits"), "300");
        assert_eq!(text("S", "MNIST"), "1000");
        assert_eq!(text("ConvNet, ConvNetBN", "digits"), "300 or 1000");
        form.augmentation = Augmentation::Dsa;
        assert_eq!(form.default_text(FormField::EvaluationEpochs, Some(&dataset)), "1000");
    }
}
