//! `dewpoint reproduce`: the experiments of the papers, from one table of contents.

mod datasets;
mod effort_args;
mod list;
mod speed;

use std::{
    error::Error,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::{Args, builder::PossibleValuesParser, builder::TypedValueParser};

use dewpoint::{
    domain::{
        DeviceChoice, UnknownName,
        experiment::{DatasetRole, ExperimentName, ExperimentPlan, ExperimentStep, ExperimentTable, Scale, Selection},
        units,
    },
    experiments::{self, ExperimentProgress},
    project::{open_project, project_runs, save_experiment},
    worker::{Command, Intervals},
};

use super::{
    CliResult,
    data_args::ReadArgs,
    named::one_of,
    output::{self, OutputArgs},
    session::{JobEnd, Outcome, Session},
};
use effort_args::EffortArgs;

/// The flags of `dewpoint reproduce`.
#[derive(Debug, Args)]
pub struct ReproduceArgs {
    /// list, or the name of an experiment
    #[arg(value_name = "list|EXPERIMENT", value_parser = target_parser())]
    target: Target,
    /// The folder of the project that keeps runs and tables; experiments in one project share their runs
    #[arg(long, value_name = "FOLDER", default_value = "reproduction")]
    project: PathBuf,
    /// What computes: auto, cpu, gpu, or gpu:N with a number from `dewpoint devices`
    #[arg(long, value_name = "DEVICE", default_value_t = DeviceChoice::Auto)]
    device: DeviceChoice,
    /// Say what would be done and how long it would take, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the table as far as it is computed, and do nothing
    #[arg(long, conflicts_with = "dry_run")]
    table: bool,
    #[command(flatten)]
    scale: ScaleArgs,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// How much of the published effort.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Scale")]
struct ScaleArgs {
    /// 1/1 for the published effort, 1/20 for a twentieth: fewer iterations, sets, networks, epochs, real images and
    /// test images, each down to a floor; what is cut is printed with every table
    #[arg(long, value_name = "1/N", default_value_t = Scale::default())]
    scale: Scale,
    #[command(flatten)]
    effort: EffortArgs,
    /// These images per class in place of the experiment's, separated by commas
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    ipc: Vec<usize>,
    /// Only these datasets of the experiment, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',',
        value_parser = one_of::<DatasetRole>(DatasetRole::ALL.map(DatasetRole::name)))]
    datasets: Vec<DatasetRole>,
}

/// Where the datasets are.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Datasets")]
pub struct DataArgs {
    /// The files of a dataset as NAME=PATH, once for each: mnist, fashion-mnist, svhn, cifar10, cifar100, usps; any
    /// dataset can take a place, also digits and shapes, which the program draws itself
    #[arg(long, value_name = "NAME=PATH")]
    data: Vec<datasets::Assignment>,
    /// A folder in which the published datasets are looked for
    #[arg(long, value_name = "FOLDER")]
    data_root: Option<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    List,
    Experiment(ExperimentName),
}

impl FromStr for Target {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "list" { Ok(Self::List) } else { text.parse().map(Self::Experiment) }
    }
}

fn target_parser() -> impl TypedValueParser<Value = Target> {
    let names = std::iter::once("list").chain(ExperimentName::ALL.map(ExperimentName::name));
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Target>())
}

impl ScaleArgs {
    fn scale(&self) -> Scale {
        self.effort.on(self.scale.clone())
    }

    fn selection(&self) -> Selection {
        Selection { images_per_class: self.ipc.clone(), roles: self.datasets.clone() }
    }
}

/// Lists the experiments, or works on one.
pub fn run(args: &ReproduceArgs) -> CliResult {
    let project = std::path::absolute(&args.project)?;
    let Target::Experiment(name) = args.target else {
        return list::run(args.device, args.output);
    };
    let datasets = datasets::open(&args.data)?;
    let plan = experiments::plan(name, &datasets, &args.scale.scale(), &args.scale.selection())?;
    warn_of_idle(args, name);
    if args.table {
        if !project.exists() {
            let place = project.display();
            return Err(format!("there is no project yet; begin the experiment without --table: {place}").into());
        }
        let table = save_table(&project, &plan)?;
        show(&table, args.output)?;
        return Ok(Outcome::Done);
    }
    let mut session = Session::start(args.output)?;
    let Some(speed) = speed::of(&mut session, args.device)? else { return Ok(Outcome::Stopped) };
    let runs = project_runs(&project)?;
    let progress = ExperimentProgress::new(&plan, &project, &runs);
    let steps = experiments::remaining(&progress);
    if !args.output.quiet {
        announce(&plan, &progress, &experiments::cost(&progress, &speed)?, &speed.device);
    }
    if args.dry_run {
        return Ok(Outcome::Done);
    }
    // Tables lie in a project from the first on.
    open_project(&project)?;
    let failures = work(&mut session, &plan, steps, &project, args)?;
    let table = save_table(&project, &plan)?;
    show(&table, args.output)?;
    if session.is_stopping() && table.units_done < table.units {
        if !args.output.quiet {
            output::note("stopped; the same command goes on where it was");
        }
        return Ok(Outcome::Stopped);
    }
    match failures.first() {
        None => Ok(Outcome::Done),
        Some(first) => {
            let failed = units::count(failures.len(), "unit");
            Err(format!("{failed} failed, the rest is done; the first: {first}").into())
        }
    }
}

/// Says which of the named datasets have no place in the experiment.
fn warn_of_idle(args: &ReproduceArgs, name: ExperimentName) {
    let roles = experiments::info(name).roles;
    for role in args.data.named().filter(|role| !roles.contains(role)) {
        let places: Vec<_> = roles.iter().map(ToString::to_string).collect();
        output::note(&format!("warning: {role} has no place in {name}; its places are {}", places.join(", ")));
    }
}

/// What is to be done, and how long it takes.
fn announce(
    plan: &ExperimentPlan,
    progress: &ExperimentProgress,
    cost: &dewpoint::domain::experiment::ExperimentCost,
    device: &str,
) {
    let info = experiments::info(plan.name);
    output::note(&format!("{}: {} ({})", plan.name, info.title, info.source));
    let cuts = if plan.cuts.is_empty() { String::new() } else { format!(": {}", plan.cuts.join(", ")) };
    output::note(&format!("scale {}{cuts}", plan.scale));
    for note in &plan.notes {
        output::note(note);
    }
    let (done, all) = (progress.units_done(), plan.units.len());
    output::note(&format!(
        "{} of {} done; left are {} to condense and {} to train, about {} on {device}",
        done,
        units::count(all, "unit"),
        units::count(cost.sets, "set"),
        units::count(cost.networks, "network"),
        units::duration(cost.seconds())
    ));
}

/// Does the steps one after another; a unit that fails is left, and its sentence returned.
fn work(
    session: &mut Session,
    plan: &ExperimentPlan,
    steps: Vec<ExperimentStep>,
    project: &Path,
    args: &ReproduceArgs,
) -> Result<Vec<String>, Box<dyn Error>> {
    let mut failures = Vec::new();
    let mut failed_unit = None;
    for step in steps {
        let unit = step.unit();
        if session.is_stopping() || failed_unit == Some(unit) {
            continue;
        }
        if !args.output.quiet {
            let title = plan.units.get(unit).map_or("", |unit| unit.title());
            output::note(&format!("unit {} of {}: {title}", unit + 1, plan.units.len()));
        }
        let command = Command::of_step(step, args.device, Intervals::default());
        match session.run(command, &mut |_| ()) {
            Ok(JobEnd::Finished(_) | JobEnd::Stopped) => {}
            Err(error) => {
                let title = plan.units.get(unit).map_or("", |unit| unit.title());
                let sentence = format!("{title}: {error}");
                output::note(&format!("warning: {sentence}"));
                failures.push(sentence);
                failed_unit = Some(unit);
            }
        }
        save_table(project, plan)?;
    }
    Ok(failures)
}

/// Makes the table from what is there and writes it.
fn save_table(project: &Path, plan: &ExperimentPlan) -> Result<ExperimentTable, Box<dyn Error>> {
    let runs = project_runs(project)?;
    let progress = ExperimentProgress::new(plan, project, &runs);
    let table = experiments::table(&progress);
    let (csv, markdown) = (experiments::as_csv(&table)?, experiments::as_markdown(&table));
    save_experiment(project, &plan.folder_name(), &csv, &markdown, experiments::figures(&progress, &table))?;
    Ok(table)
}

fn show(table: &ExperimentTable, output: OutputArgs) -> Result<(), Box<dyn Error>> {
    if output.json {
        output::result(&serde_json::to_string(&serde_json::json!({ "table": table }))?);
    } else {
        output::result(&experiments::as_text(table));
    }
    Ok(())
}
