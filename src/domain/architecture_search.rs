//! Architecture search: a grid of `ConvNets` is ranked by what each reaches on a small proxy set, and the ranking compared
//! with that by training on the whole set (Zhao et al. 2021, Table 4).

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{
    Activation, Architecture, ConfigError, ConvNetSpec, DatasetSource, EvaluationAugmentation, NormalizationLayer,
    Pooling, Seed, evaluation_table::number_or_null, range, rank,
};

/// The published grid: every `ConvNet` of 4 widths, 4 depths, 5 normalisations, 3 activations and 3 poolings, 720 in all.
#[must_use]
pub fn search_grid() -> Vec<Architecture> {
    use NormalizationLayer::{Batch, Group, Instance, Layer};
    let mut grid = Vec::with_capacity(720);
    for width in [32, 64, 128, 256] {
        for depth in 1..=4 {
            for normalization in [NormalizationLayer::None, Batch, Layer, Instance, Group] {
                for activation in [Activation::Sigmoid, Activation::Relu, Activation::LeakyRelu] {
                    for pooling in [Pooling::None, Pooling::Max, Pooling::Average] {
                        let spec = ConvNetSpec { width, depth, activation, pooling, normalization };
                        grid.push(Architecture::ConvNet(spec));
                    }
                }
            }
        }
    }
    grid
}

/// Which networks are trained, on what, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchConfig {
    /// The dataset. Published: CIFAR-10.
    pub source: DatasetSource,
    /// How many networks of the grid, drawn from the seed; `None` for all. A larger sample holds the smaller ones.
    pub sample: Option<usize>,
    /// The sets whose rankings are compared with that of the whole set.
    pub proxies: Vec<Proxy>,
    /// Images of each class in the proxies random and herding; early stopping sees as many images as a network that is
    /// trained on them. Published: 10.
    pub images_per_class: usize,
    /// Training epochs `E` on a proxy; as everywhere in the evaluation, epochs `0..=E` run. Published: 100.
    pub proxy_epochs: usize,
    /// Training epochs `E` on the whole set. Not published.
    pub whole_set_epochs: usize,
    /// Networks over which the published correlation is taken: the best by the proxy. Published: 10.
    pub top: usize,
    /// SGD learning rate, a tenth after epoch `E / 2 + 1`. Not published; that of the evaluation.
    pub learning_rate: f64,
    /// SGD momentum. Not published; that of the evaluation.
    pub momentum: f64,
    /// L2 penalty on every parameter. Not published; that of the evaluation.
    pub weight_decay: f64,
    /// Images a step. Not published; that of the evaluation.
    pub batch: usize,
    /// Augmentation of the images of the proxies, as in the evaluation; early stopping and the whole set have none.
    pub augmentation: EvaluationAugmentation,
    /// Test only on this many test images, taken evenly; `None` for all.
    pub test_limit: Option<usize>,
    /// The seed.
    pub seed: Seed,
}

impl SearchConfig {
    /// The published search on `source`, with every proxy that needs no set.
    #[must_use]
    pub fn new(source: DatasetSource) -> Self {
        Self {
            source,
            sample: None,
            proxies: vec![Proxy::Random, Proxy::Herding, Proxy::EarlyStopping],
            images_per_class: 10,
            proxy_epochs: 100,
            whole_set_epochs: 30,
            top: 10,
            learning_rate: 0.01,
            momentum: 0.9,
            weight_decay: 5e-4,
            batch: 256,
            augmentation: EvaluationAugmentation::Published,
            test_limit: None,
            seed: Seed(0),
        }
    }

    /// Checks what can be checked without the dataset.
    ///
    /// # Errors
    ///
    /// Names the first field that cannot be used.
    pub fn check(&self) -> Result<(), ConfigError> {
        range::at_least_one([
            ("sample", self.sample.unwrap_or(1)),
            ("images-per-class", self.images_per_class),
            ("proxy-epochs", self.proxy_epochs),
            ("whole-set-epochs", self.whole_set_epochs),
            ("batch", self.batch),
            ("test-limit", self.test_limit.unwrap_or(1)),
        ])?;
        if self.top < 2 {
            let problem = format!("must be at least 2, because one network has no order, but is {}", self.top);
            return Err(ConfigError::new("top", problem));
        }
        range::above_zero([("learning-rate", self.learning_rate)])?;
        let mut names: Vec<&str> = self.proxies.iter().map(Proxy::name).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(ConfigError::new("proxies", format!("must differ, but {} stands twice", pair[0]))),
            None => Ok(()),
        }
    }

    /// The networks to train. The order is a random one of the whole grid, so that at any moment those that are done are a
    /// fair sample of it.
    #[must_use]
    pub fn architectures(&self) -> Vec<Architecture> {
        let draw = self.seed.stream("architecture sample");
        let grid = search_grid();
        let mut order: Vec<usize> = (0..grid.len()).collect();
        order.sort_by_key(|&position| draw.at(position).0);
        order.truncate(self.sample.unwrap_or(grid.len()));
        order.into_iter().map(|position| grid[position]).collect()
    }
}

/// A small set to rank networks by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proxy {
    /// Random images, the same for all networks.
    Random,
    /// Images chosen by herding.
    Herding,
    /// A condensed set.
    Condensed {
        /// The folder of a run on the dataset, whose first experiment is taken, or the file of a set.
        set: PathBuf,
    },
    /// The whole set, or as many random images of it as are seen in that time, until as many images were seen as a network
    /// sees that is trained on `images_per_class` images of each class.
    EarlyStopping,
}

impl Proxy {
    /// The name used in tables and files.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Herding => "herding",
            Self::Condensed { .. } => "condensed",
            Self::EarlyStopping => "early-stopping",
        }
    }
}

/// The name of the set that all others are compared with.
pub const WHOLE_SET: &str = "whole-set";

/// What one network reached on one set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchedNetwork {
    /// The network.
    pub architecture: Architecture,
    /// [`Proxy::name`], or [`WHOLE_SET`].
    pub set: String,
    /// Images that it was trained on, and that have to be stored.
    pub images: usize,
    /// Training epochs that ran.
    pub epochs: usize,
    /// Fraction of the test images classified rightly.
    pub accuracy: f64,
    /// Mean cross-entropy over the last training epoch; not finite when the training diverged.
    #[serde(deserialize_with = "number_or_null")]
    pub train_loss: f64,
    /// Wall time of training and testing.
    pub seconds: f64,
}

/// The results of a search so far.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SearchResults {
    /// One result a network and set, in the order of training.
    pub networks: Vec<SearchedNetwork>,
}

/// How good a set is to search by: a column of the published table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchSummary {
    /// The set.
    pub set: String,
    /// Networks that were trained on it.
    pub networks: usize,
    /// The network that reached most on it.
    pub best: Option<Architecture>,
    /// What that network reaches when it is trained on the whole set: "performance".
    pub performance: Option<f64>,
    /// Spearman correlation of the accuracies on the set and on the whole set, over the best networks by the set.
    pub correlation_top: Option<f64>,
    /// The same over all networks.
    pub correlation_all: Option<f64>,
    /// Wall time of all networks on the set. Condensing and choosing are not counted, as published.
    pub seconds: f64,
    /// Images to be stored.
    pub stored_images: usize,
}

/// A network in the picture of two rankings.
#[derive(Debug, Clone, PartialEq)]
pub struct RankPoint {
    /// The network.
    pub architecture: Architecture,
    /// Its accuracies on the set and on the whole set.
    pub accuracies: (f64, f64),
    /// Its ranks by these, 1 the best, averaged over equal ones.
    pub ranks: (f64, f64),
}

impl SearchResults {
    /// What `architecture` reached on `set`.
    #[must_use]
    pub fn get(&self, set: &str, architecture: Architecture) -> Option<&SearchedNetwork> {
        self.networks.iter().find(|network| (network.set.as_str(), network.architecture) == (set, architecture))
    }

    /// The networks that were trained on `set` and on the whole set, best on `set` first: the points of a scatter plot.
    /// Equal ones stand in the order of training.
    #[must_use]
    pub fn points(&self, set: &str) -> Vec<RankPoint> {
        let both = |network: &SearchedNetwork| {
            let whole = self.get(WHOLE_SET, network.architecture)?;
            Some((network.architecture, network.accuracy, whole.accuracy))
        };
        let mut both: Vec<_> = self.networks.iter().filter(|network| network.set == set).filter_map(both).collect();
        both.sort_by(|a, b| b.1.total_cmp(&a.1));
        let by_set = rank::ranks(&both.iter().map(|network| network.1).collect::<Vec<_>>());
        let by_whole = rank::ranks(&both.iter().map(|network| network.2).collect::<Vec<_>>());
        let ranks = by_set.into_iter().zip(by_whole);
        both.into_iter()
            .zip(ranks)
            .map(|((architecture, on_set, on_whole), ranks)| RankPoint {
                architecture,
                accuracies: (on_set, on_whole),
                ranks,
            })
            .collect()
    }

    /// How good `set` is to search by, over its best `top` networks and over all.
    #[must_use]
    pub fn summary(&self, set: &str, top: usize) -> SearchSummary {
        let trained: Vec<_> = self.networks.iter().filter(|network| network.set == set).collect();
        let points = self.points(set);
        let correlation = |points: &[RankPoint]| {
            let (on_set, on_whole): (Vec<f64>, Vec<f64>) = points.iter().map(|point| point.accuracies).unzip();
            rank::spearman(&on_set, &on_whole)
        };
        SearchSummary {
            set: set.to_owned(),
            networks: trained.len(),
            best: points.first().map(|point| point.architecture),
            performance: points.first().map(|point| point.accuracies.1),
            correlation_top: correlation(&points[..top.min(points.len())]),
            correlation_all: correlation(&points),
            seconds: trained.iter().map(|network| network.seconds).sum(),
            stored_images: trained.iter().map(|network| network.images).max().unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::BuiltinDataset;
    use std::collections::HashSet;

    #[test]
    fn the_grid_has_720_networks_with_names_of_their_own() {
        let names: HashSet<String> = search_grid().iter().map(ToString::to_string).collect();
        assert_eq!(names.len(), 720);
        assert!(names.contains("ConvNet") && names.contains("ConvNetW256D4ALMPGN"));
        assert!(search_grid().iter().all(|architecture| architecture.to_string().parse() == Ok(*architecture)));
    }

    #[test]
    fn a_sample_is_fixed_and_part_of_a_larger_one() {
        let mut config = SearchConfig::new(DatasetSource::Builtin(BuiltinDataset::Digits));
        let all = config.architectures();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 720);
        assert_ne!(all, search_grid());
        config.sample = Some(20);
        assert_eq!(config.architectures(), all[..20]);
        config.seed = Seed(1);
        assert_ne!(config.architectures(), all[..20]);
    }

    #[test]
    fn what_cannot_be_searched_is_refused() {
        let config = SearchConfig::new(DatasetSource::Builtin(BuiltinDataset::Digits));
        assert_eq!(config.check(), Ok(()));
        for (wrong, field) in [
            (SearchConfig { sample: Some(0), ..config.clone() }, "sample"),
            (SearchConfig { top: 1, ..config.clone() }, "top"),
            (SearchConfig { learning_rate: 0.0, ..config.clone() }, "learning-rate"),
            (SearchConfig { proxies: vec![Proxy::Random, Proxy::Random], ..config.clone() }, "proxies"),
        ] {
            assert_eq!(wrong.check().unwrap_err().field, field);
        }
    }

    #[test]
    fn a_set_is_judged_by_its_best_networks() {
        let grid = search_grid();
        let network = |position: usize, set: &str, accuracy: f64| SearchedNetwork {
            architecture: grid[position],
            set: set.to_owned(),
            images: if set == WHOLE_SET { 5000 } else { 100 },
            epochs: 1,
            accuracy,
            train_loss: 0.1,
            seconds: 2.0,
        };
        let mut networks = Vec::new();
        // By the proxy 0, 1, 2, 3; by the whole set 1, 0, 3, 2. Network 4 has no result on the whole set.
        for (position, (on_proxy, on_whole)) in [(0.9, 0.8), (0.8, 0.9), (0.7, 0.2), (0.6, 0.3)].into_iter().enumerate()
        {
            networks.push(network(position, "random", on_proxy));
            networks.push(network(position, WHOLE_SET, on_whole));
        }
        networks.push(network(4, "random", 0.95));
        let results = SearchResults { networks };
        let summary = results.summary("random", 2);
        assert_eq!((summary.networks, summary.stored_images, summary.seconds), (5, 100, 10.0));
        assert_eq!((summary.best, summary.performance), (Some(grid[0]), Some(0.8)));
        assert_eq!(summary.correlation_top, Some(-1.0));
        assert!((summary.correlation_all.unwrap() - 0.6).abs() < 1e-12);
        let whole = results.summary(WHOLE_SET, 2);
        assert_eq!((whole.performance, whole.correlation_top, whole.stored_images), (Some(0.9), Some(1.0), 5000));
        let ranks: Vec<_> = results.points("random").iter().map(|point| point.ranks).collect();
        assert_eq!(ranks, [(1.0, 2.0), (2.0, 1.0), (3.0, 4.0), (4.0, 3.0)]);
        assert_eq!(results.summary("herding", 10).performance, None);
    }
}
