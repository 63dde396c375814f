//! Golden values: every quantity of gradient matching against PyTorch in double precision.
//!
//! A selection lies in `tests/golden`, so that the test means something everywhere; the whole collection is used as well
//! where `../shared/golden` is there. The CPU takes every case; an adapter of this machine, software included, takes three,
//! because its shaders compile slowly. The CPU in double precision, whose values come from other kernels, shows that what
//! single precision misses in the deepest networks is rounding: a ReLU or a max pooling decides otherwise near a tie,
//! in PyTorch's single precision as well, by as much as the file says. The counts and the worst error of each kind are printed to standard error.

// Doubles are compared with values stored in single precision, and small non-negative numbers are read.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

#[path = "golden/case.rs"]
mod case;
#[path = "golden/dsa.rs"]
mod dsa;

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use case::{Case, GRADIENT_FLOOR, relative_error};
use dewpoint::{
    data::ImageSet,
    domain::{DistanceKind, EvaluationAugmentation, EvaluationConfig, ImageBatch, ImageShape, Normalization, Seed},
    engine::{
        BatchNormMode, Maps, Matrix, Model, Network,
        device::{ComputeDevice, list_in_child},
        distance::distance,
        matching::{Target, Terms, match_gradients},
        sgd::Sgd,
        transfer::{images_to_device, images_to_host, read},
    },
    evaluation::{Protocol, TrainingImages, train},
};

/// Writes past the test harness's capture.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Case files: the selection, and of the whole collection, where it is there, what is not in that.
fn files(prefixes: &[&str]) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let selection = std::fs::read_dir(root.join("tests/golden")).unwrap();
    let collection = std::fs::read_dir(root.join("../shared/golden")).into_iter().flatten();
    let mut files = BTreeMap::new();
    for path in collection.chain(selection).map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".safetensors") && prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            files.insert(name, path);
        }
    }
    files.into_values().collect()
}

/// Worst relative error of each kind.
#[derive(Default)]
struct Errors(BTreeMap<&'static str, (f64, String)>);

impl Errors {
    fn check(&mut self, kind: &'static str, case: &str, error: f64, tolerance: f64) {
        assert!(error <= tolerance, "{case}: {kind} is off by {error:.2e}, more than {tolerance:.0e}");
        let worst = self.0.entry(kind).or_default();
        if error >= worst.0 {
            *worst = (error, case.to_owned());
        }
    }

    fn report(&self, device: &str, cases: usize) {
        say(&format!("golden values on {device}: {cases} cases agree; worst relative error of each kind:"));
        for (kind, (error, case)) in &self.0 {
            say(&format!("  {kind:<28} {error:.1e}  ({case})"));
        }
    }
}

/// The tolerances of the collection's README, and what PyTorch's own single precision misses where that is more.
struct Tolerance<'a> {
    case: &'a Case,
    precision: Precision,
}

#[derive(Clone, Copy, PartialEq)]
enum Precision {
    Single,
    /// Single, with the driver's own exponentials and roots.
    Adapter,
    Double,
}

impl Tolerance<'_> {
    /// The tolerance of `quantity`, as the file's `f32_relerr` calls it; `ipc` is `None` on the real side.
    fn of(&self, ipc: Option<usize>, quantity: &str) -> f64 {
        // The stored values, and the running statistics that batch norm begins with, are rounded to single precision.
        let published = match (self.precision, self.case.is_large(), quantity) {
            (Precision::Double, ..) => return 5e-6,
            (Precision::Adapter, false, _) => 5e-4,
            (_, false, _) => 5e-5,
            (_, true, "dist_cos") => 2e-3,
            (_, true, "img_grad_cos") => 1e-2,
            (_, true, "img_grad_ours" | "img_grad_mse" | "grad_real" | "grad_syn") => 4e-3,
            (_, true, _) => 1e-4,
        };
        f64::max(published, 3.0 * self.case.single_precision_error(ipc, quantity))
    }
}

/// The network, its parameters and the images of a case on a device.
struct Loaded {
    model: Model,
    real: Maps,
}

fn load(case: &Case, device: &ComputeDevice) -> Loaded {
    let network = Arc::new(Network::new(case.architecture(), case.shape(), case.classes()).unwrap());
    let names: Vec<String> = network.parameter_specs().iter().map(|spec| spec.name.clone()).collect();
    assert_eq!(names, case.parameter_order(), "{}", case.name);
    let mut model = Model::with_values(&network, case.parameters(&network), device).unwrap();
    if let Some(batch) = case.find("bn_batch") {
        model.observe_batch(images_to_device(&batch, case.shape(), device));
    }
    Loaded { model, real: images_to_device(&case.get("img_real"), case.shape(), device) }
}

/// Logits `[classes, n]` as `[n, classes]`.
fn by_image(logits: Matrix) -> Vec<f32> {
    read(logits.transpose()).unwrap()
}

fn check_gradients(case: &Case, prefix: &str, gradients: &[Matrix], tolerance: f64, errors: &mut Errors) {
    let values: Vec<Vec<f32>> = gradients.iter().map(|gradient| read(gradient.clone()).unwrap()).collect();
    let norms: Vec<f64> = values.iter().map(|values| case::norm(values)).collect();
    let floor = GRADIENT_FLOOR * norms.iter().map(|norm| norm * norm).sum::<f64>().sqrt();
    for (index, name) in case.parameter_order().iter().enumerate() {
        if let Some(expected) = case.find(&format!("{prefix}.{name}")) {
            let error = relative_error(&values[index], &expected, floor);
            errors.check("parameter gradient", &format!("{} {prefix}.{name}", case.name), error, tolerance);
        }
        if let Some(expected) = case.find(&format!("{prefix}_rownorm.{name}")) {
            let rows: Vec<f32> =
                values[index].chunks(values[index].len() / expected.len()).map(|row| case::norm(row) as f32).collect();
            let error = relative_error(&rows, &expected, floor);
            errors.check("row norms of gradients", &format!("{} {prefix}.{name}", case.name), error, tolerance);
        }
    }
    if let Some(expected) = case.find(&format!("{prefix}_norm")) {
        let norms: Vec<f32> = norms.iter().map(|norm| *norm as f32).collect();
        let error = relative_error(&norms, &expected, 0.0);
        errors.check("norms of gradients", &format!("{} {prefix}", case.name), error, tolerance);
    }
}

/// All quantities of one network case.
fn check_network(path: &Path, device: &ComputeDevice, precision: Precision, errors: &mut Errors) {
    let case = Case::open(path);
    let tolerance = Tolerance { case: &case, precision };
    let plain = tolerance.of(None, "logits");
    let Loaded { model, real } = load(&case, device);
    for (index, (mean, variance)) in model.running_statistics().enumerate() {
        let name = case.batch_norm_name(index);
        for (found, which) in [(mean, "mean"), (variance, "var")] {
            let expected = case.get(&format!("buffer.{name}.running_{which}"));
            let error = relative_error(&read(found.clone()).unwrap(), &expected, 0.0);
            errors.check("running statistics", &case.name, error, plain);
        }
    }
    let check_logits = |images: &Maps, name: &str, errors: &mut Errors| {
        let error = relative_error(&by_image(model.logits(images)), &case.get(name), 0.0);
        errors.check("logits", &case.name, error, plain);
    };
    check_logits(&real, "logits_real", errors);
    let real_gradient = model.loss_gradient(&real, &case.labels("lab_real"), BatchNormMode::Frozen);
    let loss = read(real_gradient.loss.clone()).unwrap();
    errors.check("loss", &case.name, relative_error(&loss, &case.get("loss_real"), 0.0), plain);
    let real_tolerance = tolerance.of(None, "grad_real");
    check_gradients(&case, "grad_real", &real_gradient.gradients, real_tolerance, errors);
    // A network is trained by the same values as it is matched by.
    let check_trained = |images: &Maps, labels: &[usize], prefix: &str, tolerance: f64, errors: &mut Errors| {
        if !model.has_batch_norm() {
            let trained = model.loss_gradient(images, labels, BatchNormMode::Batch);
            check_gradients(&case, prefix, &trained.gradients, tolerance, errors);
        }
    };
    check_trained(&real, &case.labels("lab_real"), "grad_real", real_tolerance, errors);
    for ipc in case.ipcs() {
        let prefix = format!("ipc{ipc}");
        let images = images_to_device(&case.get(&format!("{prefix}.img_syn")), case.shape(), device);
        let labels = case.labels(&format!("{prefix}.lab_syn"));
        check_logits(&images, &format!("{prefix}.logits_syn"), errors);
        let synthetic = model.loss_gradient(&images, &labels, BatchNormMode::Frozen);
        let loss = read(synthetic.loss.clone()).unwrap();
        let expected = case.get(&format!("{prefix}.loss_syn"));
        errors.check("loss", &case.name, relative_error(&loss, &expected, 0.0), plain);
        let gradient_tolerance = tolerance.of(Some(ipc), "grad_syn");
        check_gradients(&case, &format!("{prefix}.grad_syn"), &synthetic.gradients, gradient_tolerance, errors);
        check_trained(&images, &labels, &format!("{prefix}.grad_syn"), gradient_tolerance, errors);
        let target = Target { images: &images, labels: &labels, real: &real_gradient.gradients };
        for (kind, name, distance_kind, image_kind) in [
            (DistanceKind::LayerwiseCosine, "ours", "distance layerwise-cosine", "image gradient layerwise-cosine"),
            (DistanceKind::Mse, "mse", "distance mse", "image gradient mse"),
            (DistanceKind::Cosine, "cos", "distance cosine", "image gradient cosine"),
        ] {
            let matching =
                match_gradients(&model, kind, std::slice::from_ref(&target), Terms::Each, &mut || true).unwrap();
            let matched = matching.targets.into_iter().next().unwrap();
            let parts: Vec<f32> = matched
                .distance
                .into_iter()
                .flat_map(|distance| distance.parts)
                .map(|part| read(part).unwrap()[0])
                .collect();
            let found = parts.iter().map(|part| f64::from(*part)).sum::<f64>();
            let expected = f64::from(case.get(&format!("{prefix}.dist.{name}"))[0]);
            let error = (found - expected).abs() / expected.abs();
            errors.check(distance_kind, &case.name, error, tolerance.of(Some(ipc), &format!("dist_{name}")));
            if kind == DistanceKind::LayerwiseCosine {
                let expected: Vec<f32> = case.matched_parts(&format!("{prefix}.ours_per_param"));
                let error = relative_error(&parts, &expected, 0.0);
                errors.check("distance by parameter", &case.name, error, tolerance.of(Some(ipc), "dist_ours"));
            }
            let found = images_to_host(matched.image_gradient).unwrap();
            let error = relative_error(&found, &case.get(&format!("{prefix}.img_grad.{name}")), 0.0);
            errors.check(image_kind, &case.name, error, tolerance.of(Some(ipc), &format!("img_grad_{name}")));
        }
    }
}

const NETWORKS: [&str; 7] = ["convnet_", "lenet_", "mlp_", "alexcifarnet", "alexnet", "vgg11", "resnet18"];

fn check_networks_on_the_cpu(device: &ComputeDevice, precision: Precision, name: &str) {
    let mut errors = Errors::default();
    let files = files(&NETWORKS);
    assert!(files.len() >= 10, "only {} cases were found", files.len());
    for path in &files {
        check_network(path, device, precision, &mut errors);
    }
    errors.report(name, files.len());
}

#[test]
fn networks_on_the_cpu() {
    check_networks_on_the_cpu(&ComputeDevice::cpu(), Precision::Single, "the CPU");
}

#[test]
fn networks_in_double_precision() {
    let device = ComputeDevice::cpu_in_double_precision();
    check_networks_on_the_cpu(&device, Precision::Double, "the CPU in double precision");
}

#[test]
fn networks_on_an_adapter() {
    let probe = list_in_child(Path::new(env!("CARGO_BIN_EXE_dewpoint")));
    let Some(device) = probe.adapters.iter().find_map(|info| ComputeDevice::open(info).ok()) else {
        say(&format!("golden values on an adapter: skipped, none of {} can be opened", probe.adapters.len()));
        return;
    };
    device.check().unwrap();
    let mut errors = Errors::default();
    let files = files(&["convnet_base_1x28x28", "convnet_pool_max_1x28x28", "alexcifarnet_1x28x28"]);
    for path in &files {
        check_network(path, &device, Precision::Adapter, &mut errors);
    }
    errors.report(&device.info().describe(), files.len());
}

/// The loop of condensation over three outer steps, with momentum of the images and training of the network.
fn check_outer_loop(path: &Path, errors: &mut Errors) {
    let device = ComputeDevice::cpu();
    let case = Case::open(path);
    let shape = case.shape();
    let network = Arc::new(Network::new(case.architecture(), shape, case.classes()).unwrap());
    let mut model = Model::with_values(&network, case.parameters(&network), &device).unwrap();
    let labels = case.labels("lab_syn");
    let per_class = labels.len() / case.classes();
    let mut images = images_to_device(&case.get("img_syn"), shape, &device);
    let mut velocity: Option<Maps> = None;
    let mut network_sgd = Sgd::new(0.01, 0.0, 0.0);
    let mut inner_losses = Vec::new();
    for outer in 0..3 {
        if let Some(batch) = case.find(&format!("bn_batch{outer}")) {
            model.observe_batch(images_to_device(&batch, shape, &device));
        }
        let real: Vec<Vec<Matrix>> = (0..case.classes())
            .map(|class| {
                let batch = case.get(&format!("img_real{outer}.{class}"));
                let n = batch.len() / shape.values();
                let batch = images_to_device(&batch, shape, &device);
                model.loss_gradient(&batch, &vec![class; n], BatchNormMode::Frozen).gradients
            })
            .collect();
        let parts: Vec<Maps> = (0..case.classes())
            .map(|class| images.clone().slice_dim(1, class * per_class..(class + 1) * per_class))
            .collect();
        let class_labels: Vec<Vec<usize>> = (0..case.classes()).map(|class| vec![class; per_class]).collect();
        let targets: Vec<Target> = (0..case.classes())
            .map(|class| Target { images: &parts[class], labels: &class_labels[class], real: &real[class] })
            .collect();
        let matching =
            match_gradients(&model, DistanceKind::LayerwiseCosine, &targets, Terms::Each, &mut || true).unwrap();
        let mut loss = 0.0;
        let mut gradients = Vec::new();
        for matched in matching.targets {
            loss += matched
                .distance
                .into_iter()
                .flat_map(|distance| distance.parts)
                .map(|part| f64::from(read(part).unwrap()[0]))
                .sum::<f64>();
            gradients.push(matched.image_gradient);
        }
        let expected = f64::from(case.get("losses")[outer]);
        errors.check("matching loss", &case.name, (loss - expected).abs() / expected, 5e-5);
        let gradient = Maps::cat(gradients, 1);
        let found = images_to_host(gradient.clone()).unwrap();
        let error = relative_error(&found, &case.get(&format!("img_grad{outer}")), 0.0);
        errors.check("image gradient", &case.name, error, 5e-5);
        let step = match velocity.take() {
            Some(velocity) => velocity * 0.5 + gradient,
            None => gradient,
        };
        images = images - step.clone() * 0.1;
        velocity = Some(step);
        let found = images_to_host(images.clone()).unwrap();
        let error = relative_error(&found, &case.get(&format!("img_syn_after{outer}")), 0.0);
        errors.check("images after the step", &case.name, error, 5e-5);
        if outer < 2 {
            for _ in 0..2 {
                let gradient = model.loss_gradient(&images, &labels, BatchNormMode::Batch);
                inner_losses.push(read(gradient.loss.clone()).unwrap()[0]);
                network_sgd.step(&mut model, gradient);
            }
        }
    }
    let error = relative_error(&inner_losses, &case.get("inner_losses"), 0.0);
    errors.check("network losses", &case.name, error, 5e-5);
    check_final(&case, &model, errors);
}

fn check_final(case: &Case, model: &Model, errors: &mut Errors) {
    for (name, parameter) in case.parameter_order().iter().zip(model.parameters()) {
        let found = read(parameter.clone()).unwrap();
        let error = relative_error(&found, &case.get(&format!("final.{name}")), 1e-6);
        errors.check("parameters at the end", &format!("{} {name}", case.name), error, 5e-5);
    }
    for (index, (mean, variance)) in model.running_statistics().enumerate() {
        for (found, which) in [(mean, "mean"), (variance, "var")] {
            let expected = case.get(&format!("final_buffer.norm{}.running_{which}", index + 1));
            let error = relative_error(&read(found.clone()).unwrap(), &expected, 0.0);
            errors.check("running statistics at the end", &case.name, error, 5e-5);
        }
    }
}

#[test]
fn outer_loops() {
    let mut errors = Errors::default();
    let files = files(&["outer_loop_"]);
    assert!(!files.is_empty());
    for path in &files {
        check_outer_loop(path, &mut errors);
    }
    errors.report("the CPU, outer loops", files.len());
}

/// The published training of an evaluation network: weight decay, momentum, and the fall of the learning rate.
#[test]
fn evaluation_training() {
    let device = ComputeDevice::cpu();
    let mut errors = Errors::default();
    let files = files(&["train_eval_"]);
    assert!(!files.is_empty());
    for path in &files {
        let case = Case::open(path);
        let shape = case.shape();
        let network = Arc::new(Network::new(case.architecture(), shape, 10).unwrap());
        let mut model = Model::with_values(&network, case.parameters(&network), &device).unwrap();
        let set = ImageBatch { shape, values: case.get("img_syn"), labels: case.labels("lab_syn") };
        let test = ImageSet { shape, pixels: Vec::new(), labels: Vec::new() };
        let normalization = Normalization { mean: vec![0.0], std: vec![1.0] };
        let protocol = Protocol {
            architecture: case.architecture(),
            epochs: case.number("Epoch"),
            augmentation: EvaluationAugmentation::None,
            config: &EvaluationConfig::default(),
            test: &test,
            normalization: &normalization,
            classes: 10,
        };
        let losses = train(&TrainingImages::Synthetic(&set), &protocol, Seed(0), &mut model, &mut |_| true);
        let losses: Vec<f32> = losses.unwrap().unwrap();
        errors.check("training losses", &case.name, relative_error(&losses, &case.get("losses"), 0.0), 5e-5);
        check_final(&case, &model, &mut errors);
        let images = images_to_device(&case.get("img_test"), shape, &device);
        let error = relative_error(&by_image(model.logits(&images)), &case.get("logits_test"), 0.0);
        errors.check("test logits", &case.name, error, 5e-5);
        let labels = case.labels("lab_test");
        let right = model.classify(&images).unwrap().iter().zip(&labels).filter(|(a, b)| a == b).count();
        assert_eq!(right, case.number("test_correct"));
    }
    errors.report("the CPU, evaluation training", files.len());
}

#[test]
fn cosine_l2_is_the_cosine_plus_the_norm() {
    // No golden value holds this distance: it is checked against its definition on golden gradients.
    let device = ComputeDevice::cpu();
    for path in files(&["convnet_base_1x28x28"]) {
        let case = Case::open(&path);
        let Loaded { model, real } = load(&case, &device);
        let specs = model.network().parameter_specs();
        let a = model.loss_gradient(&real, &case.labels("lab_real"), BatchNormMode::Frozen).gradients;
        let images = images_to_device(&case.get("ipc3.img_syn"), ImageShape::new(1, 28, 28), &device);
        let b = model.loss_gradient(&images, &case.labels("ipc3.lab_syn"), BatchNormMode::Frozen).gradients;
        let found: f64 = distance(DistanceKind::CosineL2, specs, &b, &a)
            .parts
            .into_iter()
            .map(|part| f64::from(read(part).unwrap()[0]))
            .sum();
        let mut expected = 0.0;
        for ((spec, a), b) in specs.iter().zip(&a).zip(&b).filter(|((spec, _), _)| spec.is_matched()) {
            let (a, b) = (read(a.clone()).unwrap(), read(b.clone()).unwrap());
            for (a, b) in a.chunks(spec.columns()).zip(b.chunks(spec.columns())) {
                let dot: f64 = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
                let gap: Vec<f32> = a.iter().zip(b).map(|(a, b)| a - b).collect();
                expected += 1.0 - dot / (case::norm(a).max(1e-8) * case::norm(b).max(1e-8)) + case::norm(&gap);
            }
        }
        assert!((found - expected).abs() / expected < 1e-5, "{found} {expected}");
    }
}
