//! The cases: what each does, and how it is timed. No tables.

use std::{fmt, str::FromStr, sync::Arc, time::Instant};

use burn::tensor::Tensor;
use dewpoint::{
    domain::{Architecture, DeviceChoice, DistanceKind, ImageShape, Seed},
    engine::{
        BatchNormMode, Maps, Matrix, Model, Network,
        device::{ComputeDevice, choose, cpu_threads, list_adapters},
        matching::{Target, Terms, match_gradients},
        sgd::Sgd,
        threads,
        transfer::images_to_device,
    },
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use super::{Failure, report::Record};

/// Images that `test` classifies.
const TEST_IMAGES: usize = 10_000;
/// Images that are classified at once.
const TEST_BATCH: usize = 256;
/// Side of the matrices whose product is the machine's peak.
const PEAK_SIDE: usize = 2048;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Peak,
    Real,
    Match,
    Outer,
    Train,
    Test,
}

const KINDS: [(Kind, &str); 6] = [
    (Kind::Peak, "peak"),
    (Kind::Real, "real"),
    (Kind::Match, "match"),
    (Kind::Outer, "outer"),
    (Kind::Train, "train"),
    (Kind::Test, "test"),
];

/// A case, written `kind/net/shape[/ipcN][/batchN][/classesN]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    kind: Kind,
    net: String,
    shape: ImageShape,
    ipc: usize,
    batch: usize,
    /// Classes; ten are not written out.
    pub classes: usize,
}

impl Case {
    /// The name of the product of two large matrices.
    pub const PEAK: &str = "peak/convnet/3x32x32";
    const CLASSES: usize = 10;
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let kind = KINDS.iter().find(|(kind, _)| *kind == self.kind).map_or("", |(_, name)| name);
        let ImageShape { channels, height, width } = self.shape;
        write!(f, "{kind}/{}/{channels}x{height}x{width}", self.net)?;
        if matches!(self.kind, Kind::Match | Kind::Outer | Kind::Train) {
            write!(f, "/ipc{}", self.ipc)?;
        }
        if matches!(self.kind, Kind::Real | Kind::Outer) {
            write!(f, "/batch{}", self.batch)?;
        }
        if self.classes != Self::CLASSES {
            write!(f, "/classes{}", self.classes)?;
        }
        Ok(())
    }
}

impl FromStr for Case {
    type Err = Failure;

    fn from_str(name: &str) -> Result<Self, Failure> {
        let wrong = || format!("{name} is no case; expected for example match/convnet/3x32x32/ipc1");
        let mut parts = name.split('/');
        let mut next = || parts.next().ok_or_else(wrong);
        let (kind, net, shape) = (next()?, next()?.to_owned(), next()?);
        let (kind, _) = KINDS.into_iter().find(|(_, name)| *name == kind).ok_or_else(wrong)?;
        let sides: Vec<usize> = shape.split('x').map(str::parse).collect::<Result<_, _>>()?;
        let [channels, height, width] = sides[..] else { return Err(wrong().into()) };
        let shape = ImageShape::new(channels, height, width);
        let mut case = Self { kind, net, shape, ipc: 1, batch: 256, classes: Self::CLASSES };
        for part in parts {
            let number = |word: &str| part.strip_prefix(word).and_then(|number| number.parse::<usize>().ok());
            if let Some(ipc) = number("ipc") {
                case.ipc = ipc;
            } else if let Some(batch) = number("batch") {
                case.batch = batch;
            } else if let Some(classes) = number("classes") {
                case.classes = classes;
            } else {
                return Err(wrong().into());
            }
        }
        Ok(case)
    }
}

/// The network of a name of ours or the yardstick's.
fn architecture(name: &str) -> Result<Architecture, Failure> {
    let ours = match name {
        "convnet" => "ConvNet",
        "mlp" => "MLP",
        "lenet" => "LeNet",
        "alexnet" => "AlexNet",
        "vgg11" => "VGG11",
        "resnet18" => "ResNet18",
        other => other,
    };
    ours.parse().map_err(|error| format!("{name}: {error}").into())
}

/// A network with images, ready to be timed.
struct Bench {
    case: Case,
    model: Model,
    real: Maps,
    synthetic: Vec<Maps>,
    all_synthetic: Maps,
    of_real: Vec<usize>,
    of_synthetic: Vec<usize>,
    velocity: Option<Maps>,
    sgd: Sgd,
}

fn normal_images(n: usize, shape: ImageShape, seed: u64, device: &ComputeDevice) -> Maps {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let values: Vec<f32> = (0..n * shape.values()).map(|_| StandardNormal.sample(&mut rng)).collect();
    images_to_device(&values, shape, device)
}

impl Bench {
    fn new(case: &Case, device: &ComputeDevice) -> Result<Self, Failure> {
        let network = Arc::new(Network::new(architecture(&case.net)?, case.shape, case.classes)?);
        let images = if case.kind == Kind::Test { TEST_BATCH } else { case.batch };
        let synthetic = |class: usize| normal_images(case.ipc, case.shape, 10 + class as u64, device);
        let synthetic: Vec<Maps> = (0..case.classes).map(synthetic).collect();
        Ok(Self {
            model: Model::draw(&network, Seed(1), device),
            real: normal_images(images, case.shape, 1, device),
            all_synthetic: Tensor::cat(synthetic.clone(), 1),
            synthetic,
            of_real: vec![0; case.batch],
            of_synthetic: (0..case.classes * case.ipc).map(|image| image / case.ipc).collect(),
            velocity: None,
            sgd: Sgd::new(0.01, 0.0, 0.0),
            case: case.clone(),
        })
    }

    fn real_gradient(&self, class: usize) -> Vec<Matrix> {
        let labels: Vec<usize> = self.of_real.iter().map(|_| class).collect();
        self.model.loss_gradient(&self.real, &labels, BatchNormMode::Frozen).gradients
    }

    /// The gradients of every class's distance with respect to its images.
    fn matched(&self, real: &[Vec<Matrix>]) -> Vec<Maps> {
        let targets: Vec<Target> = (0..self.case.classes)
            .map(|class| Target {
                images: &self.synthetic[class],
                labels: &self.of_synthetic[class * self.case.ipc..(class + 1) * self.case.ipc],
                real: &real[class % real.len()],
            })
            .collect();
        let matching = match_gradients(&self.model, DistanceKind::LayerwiseCosine, &targets, Terms::Each, &mut || true);
        matching
            .map(|matching| matching.targets.into_iter().map(|matched| matched.image_gradient).collect())
            .unwrap_or_default()
    }

    fn outer(&mut self) {
        let real: Vec<_> = (0..self.case.classes).map(|class| self.real_gradient(class)).collect();
        let gradient = Tensor::cat(self.matched(&real), 1);
        let velocity = match self.velocity.take() {
            Some(velocity) => velocity * 0.5 + gradient,
            None => gradient,
        };
        self.all_synthetic = self.all_synthetic.clone() - velocity.clone() * 0.1;
        for (class, images) in self.synthetic.iter_mut().enumerate() {
            *images = self.all_synthetic.clone().slice_dim(1, class * self.case.ipc..(class + 1) * self.case.ipc);
        }
        self.velocity = Some(velocity);
    }

    fn train(&mut self) {
        let gradient = self.model.loss_gradient(&self.all_synthetic, &self.of_synthetic, BatchNormMode::Batch);
        self.sgd.step(&mut self.model, gradient);
    }

    fn test(&self) -> Result<(), Failure> {
        for start in (0..TEST_IMAGES).step_by(TEST_BATCH) {
            let images = TEST_BATCH.min(TEST_IMAGES - start);
            std::hint::black_box(self.model.classify(&self.real.clone().slice_dim(1, 0..images))?);
        }
        Ok(())
    }

    /// Operations of one repetition, and of how many matched classes its time is the sum.
    fn operations(&self) -> (f64, f64) {
        let costs = self.model.network().pass_costs();
        let Case { classes, ipc, batch, .. } = self.case;
        let (real, matched) = (batch * costs.gradient, ipc * costs.matching);
        let (multiplications, share) = match self.case.kind {
            Kind::Peak => (PEAK_SIDE.pow(3), 1),
            Kind::Real => (real, 1),
            Kind::Match => (matched, classes),
            Kind::Outer => (classes * (real + matched), 1),
            Kind::Train => (classes * ipc * costs.gradient, 1),
            Kind::Test => (TEST_IMAGES * costs.value, 1),
        };
        (2.0 * multiplications as f64, share as f64)
    }
}

impl Case {
    /// Runs the case once on a device, and then for `seconds` or `most` times.
    pub fn measure(&self, device: DeviceChoice, seconds: f64, most: usize) -> Result<Record, Failure> {
        // As the program's engine does.
        let _pool = threads::join();
        let device = open(device)?;
        let mut bench = Bench::new(self, &device)?;
        let target = if self.kind == Kind::Match { vec![bench.real_gradient(0)] } else { Vec::new() };
        let side = ImageShape::new(1, PEAK_SIDE, PEAK_SIDE);
        let factor: Matrix = normal_images(1, side, 1, &device).reshape([PEAK_SIDE; 2]);
        let mut once = || -> Result<f64, Failure> {
            let begun = Instant::now();
            match self.kind {
                Kind::Peak => drop(std::hint::black_box(factor.clone().matmul(factor.clone()))),
                Kind::Real => drop(std::hint::black_box(bench.real_gradient(0))),
                Kind::Match => drop(std::hint::black_box(bench.matched(&target))),
                Kind::Outer => bench.outer(),
                Kind::Train => bench.train(),
                Kind::Test => bench.test()?,
            }
            device.wait()?;
            Ok(begun.elapsed().as_secs_f64())
        };
        once()?;
        let mut times = vec![once()?];
        while times.iter().sum::<f64>() < seconds && times.len() < most {
            times.push(once()?);
        }
        let (operations, share) = bench.operations();
        for time in &mut times {
            *time /= share;
        }
        times.sort_by(f64::total_cmp);
        let quantile = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
        Ok(Record {
            case: self.to_string(),
            device: if device.is_cpu() { Record::CPU.into() } else { device.info().describe() },
            median_s: quantile(0.5),
            min_s: times[0],
            spread_s: quantile(0.75) - quantile(0.25),
            reps: times.len(),
            operations,
            matrix_peak: None,
            threads: cpu_threads(),
            peak_memory_bytes: peak_memory(),
        })
    }
}

fn open(choice: DeviceChoice) -> Result<ComputeDevice, Failure> {
    let adapters = if choice == DeviceChoice::Cpu { Vec::new() } else { list_adapters() };
    Ok(ComputeDevice::open(&choose(choice, &adapters)?.info)?)
}

/// The most memory that this process has had, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
