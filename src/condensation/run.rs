//! A run of condensing: its state, and one outer iteration of it.
//!
//! Algorithm 1 of Zhao et al. 2021 in the form of the released code: the image update is joint over the classes, and the
//! network is not trained after the last inner step. Every random draw is addressed by seed and position, so a run
//! resumed from its state goes on exactly as it would have.

use std::{ops::Range, sync::Arc};

use burn::tensor::Tensor;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{
    CondensationError,
    distances::Distances,
    initialization,
    network_training::{SyntheticImages, train},
    progress::{GoOn, StepProgress},
    real_batch,
};
use crate::{
    data::Dataset,
    domain::{CondensationPlan, DistanceKind, IterationReport, MatchingLevel, RunState, Seed},
    engine::{
        BatchNormMode, Maps, Matrix, Model, Network,
        augment::dsa::{Draws, DsaTransform},
        device::ComputeDevice,
        distance::part_names,
        matching::{Matching, Target, match_gradients},
        sgd::Sgd,
        transfer,
    },
};

/// Real images of each class that set the statistics of batch norm before each inner step (published).
pub(super) const BATCH_NORM_IMAGES: usize = 16;
/// Mixed real batches in one of inter-class matching (Jiang et al. 2022).
pub(super) const MIXED_BATCHES: usize = 4;
/// The most synthetic images in a mixed batch (Jiang et al. 2022).
pub(super) const MIXED_SYNTHETIC: usize = 256;

/// A run between two outer iterations.
pub struct CondensationRun {
    plan: CondensationPlan,
    dataset: Arc<Dataset>,
    device: ComputeDevice,
    network: Arc<Network>,
    seed: Seed,
    labels: Vec<usize>,
    iterations_done: usize,
    images: Maps,
    velocity: Option<Maps>,
}

/// How an outer iteration ended.
#[derive(Debug, Clone, PartialEq)]
pub enum StepOutcome {
    /// It was done.
    Done(IterationReport),
    /// It was interrupted; the run is as it was before the iteration.
    Interrupted,
}

impl CondensationRun {
    /// A run at its beginning; `seed` is that of the experiment. Choosing real images can take minutes: `go_on` is asked
    /// often, and ends it with `None`.
    ///
    /// # Errors
    ///
    /// When the network does not fit the images, or the device fails.
    pub fn start(
        plan: CondensationPlan,
        dataset: Arc<Dataset>,
        device: ComputeDevice,
        seed: Seed,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Self>, CondensationError> {
        let Some(images) = initialization::first_images(&plan, &dataset, &device, seed, go_on)? else {
            return Ok(None);
        };
        let state = RunState { iterations_done: 0, images, velocity: Vec::new() };
        Self::resume(plan, dataset, device, seed, &state).map(Some)
    }

    /// A run from a state of it.
    ///
    /// # Errors
    ///
    /// When the network does not fit the images, or the state is not of this run.
    pub fn resume(
        plan: CondensationPlan,
        dataset: Arc<Dataset>,
        device: ComputeDevice,
        seed: Seed,
        state: &RunState,
    ) -> Result<Self, CondensationError> {
        let shape = dataset.info.shape;
        let network = Arc::new(Network::new(plan.config.architecture, shape, dataset.info.classes())?);
        let expected = plan.images() * shape.values();
        for found in [state.images.len(), state.velocity.len()] {
            if found != expected && (found != 0 || state.images.is_empty()) {
                return Err(CondensationError::State { expected, found });
            }
        }
        let labels = plan.counts.iter().enumerate().flat_map(|(class, &count)| vec![class; count]).collect();
        let to_device = |values: &[f32]| transfer::images_to_device(values, shape, &device);
        let images = to_device(&state.images);
        let velocity = (!state.velocity.is_empty()).then(|| to_device(&state.velocity));
        Ok(Self {
            plan,
            dataset,
            network,
            seed,
            labels,
            iterations_done: state.iterations_done,
            images,
            velocity,
            device,
        })
    }

    /// The plan of the run.
    #[must_use]
    pub const fn plan(&self) -> &CondensationPlan {
        &self.plan
    }

    /// Outer iterations done.
    #[must_use]
    pub const fn iterations_done(&self) -> usize {
        self.iterations_done
    }

    /// Whether all outer iterations are done.
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        self.iterations_done >= self.plan.config.iterations
    }

    /// The state to save. Waits for all queued work.
    ///
    /// # Errors
    ///
    /// When the device fails.
    pub fn state(&self) -> Result<RunState, CondensationError> {
        Ok(RunState {
            iterations_done: self.iterations_done,
            images: self.read_images()?,
            velocity: self.velocity.clone().map(transfer::images_to_host).transpose()?.unwrap_or_default(),
        })
    }

    /// The images in normalised space, `[n, c, h, w]`, ordered by class. Waits for all queued work.
    ///
    /// # Errors
    ///
    /// When the device fails.
    pub fn read_images(&self) -> Result<Vec<f32>, CondensationError> {
        Ok(transfer::images_to_host(self.images.clone())?)
    }

    /// One outer iteration; `go_on` is told the progress often, and can stop it within an inner step.
    ///
    /// # Errors
    ///
    /// When a distance or an image is no longer finite, or the device fails; the run is then as it was before.
    pub fn step(&mut self, go_on: GoOn) -> Result<StepOutcome, CondensationError> {
        let before = (self.images.clone(), self.velocity.clone());
        let outcome = self.iterate(go_on);
        if matches!(outcome, Ok(StepOutcome::Done(_))) {
            self.iterations_done += 1;
        } else {
            (self.images, self.velocity) = before;
        }
        outcome
    }

    fn iterate(&mut self, go_on: GoOn) -> Result<StepOutcome, CondensationError> {
        let started = std::time::Instant::now();
        let iteration = self.iterations_done;
        let mut model = Model::draw(&self.network, self.seed.stream("network").at(iteration), &self.device);
        let config = &self.plan.config;
        let mut sgd = Sgd::new(config.network_learning_rate, config.network_momentum, 0.0);
        let parameter_names = part_names(config.distance, self.network.parameter_specs());
        let mut distances = Distances::default();
        let (mut network_epochs, mut validation_losses) = (Vec::new(), Vec::new());
        for inner_step in 0..self.plan.inner_steps {
            let seed = self.seed.stream("inner step").at(iteration).at(inner_step);
            if model.has_batch_norm() {
                let batch = real_batch::of_every_class(&self.dataset, BATCH_NORM_IMAGES, seed.stream("batch norm"));
                model.observe_batch(transfer::batch_to_device(&batch, &self.device));
            }
            let mut matching = || go_on(&StepProgress { inner_step, network_epochs: None, images: &self.images });
            let Some(gradient) = self.image_gradient(&model, seed, &mut distances, &mut matching) else {
                return Ok(StepOutcome::Interrupted);
            };
            self.update_images(gradient);
            if inner_step + 1 == self.plan.inner_steps {
                break;
            }
            let set = SyntheticImages { images: &self.images, labels: &self.labels };
            let position = (inner_step, seed.stream("network training"));
            let trained = train(&self.plan, &self.dataset, &set, &mut model, &mut sgd, position, go_on)?;
            let Some(trained) = trained else { return Ok(StepOutcome::Interrupted) };
            network_epochs.push(trained.epochs);
            if !trained.validation_losses.is_empty() {
                validation_losses.push(trained.validation_losses);
            }
        }
        let (loss, classes) =
            distances.read(&self.plan, &self.dataset.info, iteration, &parameter_names, &self.images)?;
        Ok(StepOutcome::Done(IterationReport {
            iteration,
            loss,
            classes,
            parameter_names,
            network_epochs,
            validation_losses,
            seconds: started.elapsed().as_secs_f64(),
        }))
    }

    /// Whether this iteration matches mixed batches instead of classes.
    fn matches_mixed_batches(&self) -> bool {
        match self.plan.config.level {
            MatchingLevel::IntraClass | MatchingLevel::MultiLevel => false,
            MatchingLevel::InterClass => true,
            MatchingLevel::Interleaved => self.iterations_done % 2 == 1,
        }
    }

    /// The gradient of the matching loss with respect to all images; `None` when interrupted.
    fn image_gradient(
        &self,
        model: &Model,
        seed: Seed,
        distances: &mut Distances,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Option<Maps> {
        if self.matches_mixed_batches() {
            return self.mixed_gradient(model, seed, distances, go_on);
        }
        let classes = 0..self.plan.counts.len();
        let augmentation = seed.stream("augmentation");
        let transforms: Vec<_> = classes.map(|class| self.siamese_transform(augmentation.at(class))).collect();
        let mut real: Vec<Vec<Matrix>> = Vec::with_capacity(self.plan.counts.len());
        for (class, transform) in transforms.iter().enumerate() {
            if !go_on() {
                return None;
            }
            let seed = seed.stream("real batch").at(class);
            let indices = real_batch::of_class(&self.dataset, class, self.plan.config.real_batch, seed);
            let batch = self.dataset.train.batch(&indices, &self.dataset.info.normalization);
            let images = augmented(transform.as_ref(), transfer::batch_to_device(&batch, &self.device));
            real.push(model.loss_gradient_while(&images, &batch.labels, BatchNormMode::Frozen, go_on)?.gradients);
        }
        if !go_on() {
            return None;
        }
        let ranges = class_ranges(&self.plan.counts);
        let of_class = |range: &Range<usize>| self.images.clone().slice_dim(1, range.clone());
        let images: Vec<Maps> = ranges
            .iter()
            .zip(&transforms)
            .map(|(range, transform)| augmented(transform.as_ref(), of_class(range)))
            .collect();
        let targets: Vec<Target> = ranges
            .iter()
            .zip(&images)
            .zip(&real)
            .map(|((range, images), real)| Target { images, labels: &self.labels[range.clone()], real })
            .collect();
        let mean_too = self.plan.config.level == MatchingLevel::MultiLevel;
        let matching = match_gradients(model, self.distance(), &targets, mean_too, go_on);
        let Matching { targets, mean } = matching?;
        let mut gradients = Vec::with_capacity(targets.len());
        for (class, matched) in targets.into_iter().enumerate() {
            distances.push(Some(class), matched.parts, matched.products);
            gradients.push(before_augmentation(transforms[class].as_ref(), matched.image_gradient));
        }
        if let Some(mean) = mean {
            distances.push(None, mean.parts, mean.products);
        }
        Some(Tensor::cat(gradients, 1))
    }

    /// Inter-class matching: `C` times the distance of one mixed real batch and one mixed synthetic batch.
    fn mixed_gradient(
        &self,
        model: &Model,
        seed: Seed,
        distances: &mut Distances,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Option<Maps> {
        if !go_on() {
            return None;
        }
        let count = MIXED_BATCHES * self.plan.config.real_batch;
        let batch = real_batch::of_any_class(&self.dataset, count, seed.stream("mixed real batch"));
        let transform = self.siamese_transform(seed.stream("augmentation"));
        let images = augmented(transform.as_ref(), transfer::batch_to_device(&batch, &self.device));
        let real = model.loss_gradient_while(&images, &batch.labels, BatchNormMode::Frozen, go_on)?.gradients;
        if !go_on() {
            return None;
        }
        let chosen = real_batch::positions(self.labels.len(), MIXED_SYNTHETIC, seed.stream("mixed synthetic batch"));
        let images = augmented(transform.as_ref(), transfer::select_images(&self.images, &chosen));
        let labels: Vec<usize> = chosen.iter().map(|&image| self.labels[image]).collect();
        let target = Target { images: &images, labels: &labels, real: &real };
        let matching = match_gradients(model, self.distance(), std::slice::from_ref(&target), false, go_on)?;
        let classes = self.plan.counts.len() as f64;
        let mut gradient = self.images.zeros_like();
        for matched in matching.targets {
            let parts = matched.parts.into_iter().map(|part| part * classes).collect();
            distances.push(None, parts, matched.products);
            let of_chosen = before_augmentation(transform.as_ref(), matched.image_gradient);
            gradient = transfer::add_images(gradient, &chosen, of_chosen * classes);
        }
        Some(gradient)
    }

    /// The draw that a real and a synthetic batch share.
    fn siamese_transform(&self, seed: Seed) -> Option<DsaTransform> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed.0);
        let shape = self.dataset.info.shape;
        self.plan.augmentation.map(|strategy| DsaTransform::draw(strategy, shape, Draws::Shared, &mut rng))
    }

    fn distance(&self) -> DistanceKind {
        self.plan.config.distance
    }

    /// One SGD step of all images.
    fn update_images(&mut self, gradient: Maps) {
        let step = match self.velocity.take() {
            Some(velocity) => velocity * self.plan.config.image_momentum + gradient,
            None => gradient,
        };
        self.images = self.images.clone() - step.clone() * self.plan.image_learning_rate;
        self.velocity = Some(step);
    }
}

fn augmented(transform: Option<&DsaTransform>, images: Maps) -> Maps {
    match transform {
        Some(transform) => transform.apply(images),
        None => images,
    }
}

/// The gradient at the images, from that at the augmented images.
fn before_augmentation(transform: Option<&DsaTransform>, gradient: Maps) -> Maps {
    match transform {
        Some(transform) => transform.adjoint(gradient),
        None => gradient,
    }
}

/// Where the images of each class lie.
fn class_ranges(counts: &[usize]) -> Vec<Range<usize>> {
    counts
        .iter()
        .scan(0, |start, &count| {
            let range = *start..*start + count;
            *start = range.end;
            Some(range)
        })
        .collect()
}
