//! What gradient matching costs, beside the machine's limit and beside PyTorch: `cargo bench --bench gradient_matching`.
//!
//! The cases are those of `benches/yardstick.py`, which does the same with eager PyTorch; `benches/compare.sh` runs both and
//! writes the table of the README. Each case has a process to itself, so that its peak memory is its own. Operations
//! are those of direct convolutions (a multiplication and an addition are two), whatever algorithm does the work; the peak
//! is what the product of two large single-precision matrices reaches on the same device in the same run, and memory is the
//! process's own, not the graphics card's. What was tried to make
//! the cases fast, and what it gave, stands in `benches/README.md`.
//!
//! `--scaling FOLDER` measures instead how an outer iteration grows with images per class, classes, batch, width and side.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // times and sizes far below the limits

mod cases;
mod report;
mod scaling;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use cases::Case;
use clap::Parser;
use dewpoint::domain::DeviceChoice;
use report::{Record, Yardstick};

/// Measures gradient matching.
#[derive(Parser)]
struct Arguments {
    /// Networks: convnet, mlp, lenet, alexnet, vgg11, resnet18, or any that `dewpoint condense --network` takes.
    #[arg(long, value_delimiter = ',', default_value = "convnet")]
    nets: Vec<String>,
    /// Shapes of images.
    #[arg(long, value_delimiter = ',', default_value = "1x28x28,3x32x32")]
    shapes: Vec<String>,
    /// Images per class.
    #[arg(long, value_delimiter = ',', default_value = "1,10")]
    ipc: Vec<usize>,
    /// Cases: real, match, outer, train, test.
    #[arg(long, value_delimiter = ',', default_value = "real,match,outer,train,test")]
    cases: Vec<String>,
    /// Real images of a class.
    #[arg(long, default_value_t = 256)]
    batch: usize,
    /// Classes.
    #[arg(long, default_value_t = 10)]
    classes: usize,
    /// Seconds for a case, after a warm-up.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// The most repetitions of a case.
    #[arg(long, default_value_t = 20)]
    most: usize,
    /// What computes: cpu, gpu, or gpu:N with a number from `dewpoint devices`.
    #[arg(long, default_value_t = DeviceChoice::Cpu)]
    device: DeviceChoice,
    /// Threads; without it, one for each core.
    #[arg(long)]
    threads: Option<usize>,
    /// Lines of JSON from `benches/yardstick.py`, for the ratios.
    #[arg(long)]
    against: Option<PathBuf>,
    /// Where to write the results as lines of JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Shows what these lines of JSON hold, and measures nothing.
    #[arg(long, value_delimiter = ',')]
    from: Vec<PathBuf>,
    /// The file whose table, between two marks, to replace.
    #[arg(long)]
    readme: Option<PathBuf>,
    /// Measures how cost grows, and writes CSV, SVG and PNG files into this folder.
    #[arg(long)]
    scaling: Option<PathBuf>,
    /// Measures one case in this process.
    #[arg(long, hide = true)]
    only: Option<String>,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    // SAFETY: no thread has been started.
    #[allow(unsafe_code)] // as the program does it
    unsafe {
        dewpoint::engine::memory::keep_free_pages();
    }
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(name) = &arguments.only {
        let record = name.parse::<Case>()?.measure(arguments.device, arguments.seconds, arguments.most)?;
        println!("{}", serde_json::to_string(&record)?);
        return Ok(());
    }
    if let Some(folder) = &arguments.scaling {
        return scaling::measure(folder, |case| measured(case, arguments, 0.0));
    }
    let yardstick = arguments.against.as_deref().map(Yardstick::read).transpose()?.unwrap_or_default();
    println!("{}", report::HEAD);
    let show = |record: &Record| println!("{}", report::line(record, yardstick.seconds(&record.case)));
    let mut records = Vec::new();
    for path in &arguments.from {
        let text = std::fs::read_to_string(path).map_err(at(path))?;
        let read: Result<Vec<Record>, _> = text.lines().map(serde_json::from_str).collect();
        records.extend(read?);
    }
    records.iter().for_each(&show);
    if arguments.from.is_empty() {
        let peak = measured(&Case::PEAK.parse()?, arguments, 0.0)?;
        let peak = peak.operations / peak.median_s;
        for case in cases(arguments)? {
            records.push(measured(&case, arguments, peak)?);
            records.last().into_iter().for_each(&show);
        }
    }
    if let Some(path) = &arguments.json {
        let lines: Result<Vec<String>, _> = records.iter().map(serde_json::to_string).collect();
        std::fs::write(path, lines?.join("\n") + "\n").map_err(at(path))?;
    }
    if let Some(path) = &arguments.readme {
        report::replace_table(path, &report::table(&records, &yardstick))?;
    }
    Ok(())
}

/// The cases that the arguments ask for, in the yardstick's order.
fn cases(arguments: &Arguments) -> Result<Vec<Case>, Failure> {
    let Arguments { nets, shapes, ipc, cases, batch, classes, .. } = arguments;
    let mut all = Vec::new();
    let wanted = |case: &str| cases.iter().any(|wanted| wanted == case);
    for (net, shape) in nets.iter().flat_map(|net| shapes.iter().map(move |shape| (net, shape))) {
        let mut add = |name: String| -> Result<(), Failure> {
            let mut case: Case = name.parse()?;
            case.classes = *classes;
            all.push(case);
            Ok(())
        };
        if wanted("real") {
            add(format!("real/{net}/{shape}/batch{batch}"))?;
        }
        for ipc in ipc {
            for (case, end) in [("match", String::new()), ("outer", format!("/batch{batch}")), ("train", String::new())]
            {
                if wanted(case) {
                    add(format!("{case}/{net}/{shape}/ipc{ipc}{end}"))?;
                }
            }
        }
        if wanted("test") {
            add(format!("test/{net}/{shape}"))?;
        }
    }
    Ok(all)
}

/// What a process of its own measures for `case`.
fn measured(case: &Case, arguments: &Arguments, peak: f64) -> Result<Record, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--only", &case.to_string(), "--device", &arguments.device.to_string()]);
    command.args(["--seconds", &arguments.seconds.to_string(), "--most", &arguments.most.to_string()]);
    if let Some(threads) = arguments.threads {
        command.env("RAYON_NUM_THREADS", threads.to_string());
    }
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("{case}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let mut record: Record = serde_json::from_slice(&output.stdout)?;
    if peak > 0.0 {
        record.matrix_peak = Some(peak);
    }
    Ok(record)
}

/// What to write where a file cannot be read or written.
fn at(path: &Path) -> impl Fn(std::io::Error) -> Failure {
    let path = path.to_owned();
    move |error| format!("{}: {error}", path.display()).into()
}

/// Values by name.
type Named<T> = BTreeMap<String, T>;
