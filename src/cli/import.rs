//! `dewpoint import`: sets of other programs, to be evaluated, compared and looked at.

use std::{
    error::Error,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::Args;

use dewpoint::{
    data::{self, Dataset},
    domain::{DatasetSource, Normalization, PixelScale, mean},
    project::{self, ImportOptions, ImportedSets, write_imported_run, write_synthetic_set},
};

use super::{CliResult, data_args::ReadArgs, named::one_of, output, session::Outcome};

/// The flags of `dewpoint import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// A res_*.pt of the published code, a data.pt of IDC's, an .npz, a .safetensors, or a folder with a folder of pictures for each class
    #[arg(value_name = "FILE|FOLDER")]
    from: PathBuf,
    /// Where to write it: a new folder, which then is a run like any other, or a file that ends in .safetensors
    #[arg(long, value_name = "FOLDER|FILE")]
    out: PathBuf,
    /// The dataset that the set was made from: digits, shapes, or a path. Needed for a folder; gives the names of the
    /// classes and the normalisation
    #[arg(long, value_name = "DATASET")]
    data: Option<PathBuf>,
    /// The normalisation as means/deviations, as in 0.1307/0.3081 or 0.49,0.48,0.45/0.2,0.2,0.2 [default: that of the
    /// file, else of the dataset]
    #[arg(long, value_name = "MEANS/DEVIATIONS")]
    normalization: Option<GivenNormalization>,
    /// What the numbers of the images are: normalised values, or pixels from 0 to 1 or to 255 [default: what is usual
    /// for the format; it is said]
    #[arg(long, value_name = "SCALE", value_parser = one_of::<PixelScale>(PixelScale::ALL.map(PixelScale::name)))]
    values: Option<PixelScale>,
    /// The factor F of multi-formation, where each image holds F x F tiles; files of IDC do not say [default: that of
    /// the file, else 1]
    #[arg(long, value_name = "F")]
    formation: Option<usize>,
    /// Only this experiment of several, from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    experiment: Option<u16>,
    #[command(flatten)]
    read: ReadArgs,
}

/// A normalisation as it is typed.
#[derive(Debug, Clone)]
struct GivenNormalization(Normalization);

impl FromStr for GivenNormalization {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = |text: &str| text.split(',').map(|part| part.trim().parse().ok()).collect::<Option<Vec<f32>>>();
        let parts = text.split_once('/').and_then(|(means, deviations)| Some((numbers(means)?, numbers(deviations)?)));
        match parts {
            Some((mean, std)) if mean.len() == std.len() => Ok(Self(Normalization { mean, std })),
            _ => Err("write a mean and a deviation for each channel, as in 0.49,0.48,0.45/0.2,0.2,0.2".to_owned()),
        }
    }
}

/// Imports a file or folder.
pub fn run(args: ImportArgs) -> CliResult {
    let dataset = args.data.map(|data| open(args.read, &data)).transpose()?;
    let options = ImportOptions {
        scale: args.values,
        normalization: args.normalization.map(|given| given.0),
        formation: args.formation,
        experiment: args.experiment.map(|number| usize::from(number) - 1),
    };
    check_target(&args.out, dataset.is_some())?;
    let info = dataset.as_ref().map(|(_, dataset)| &dataset.info);
    let imported = project::import_sets(&args.from, info, &options)?;
    write(&imported, &args.out, dataset)
}

/// The dataset that `data` names, and where it comes from.
pub fn open(read: ReadArgs, data: &Path) -> Result<(DatasetSource, Dataset), Box<dyn Error>> {
    let source = read.source(data)?;
    let dataset = data::open(&source)?;
    Ok((source, dataset))
}

/// Refuses a target that cannot be written, before anything is read.
pub fn check_target(out: &Path, has_dataset: bool) -> Result<(), Box<dyn Error>> {
    if !is_file(out) && !has_dataset {
        let problem = "a run needs to know its dataset; name it with --data, or write only the set to a file that ends \
                       in .safetensors";
        return Err(problem.into());
    }
    if is_file(out) && out.exists() {
        return Err(format!("something is there already; choose another name: {}", out.display()).into());
    }
    Ok(())
}

fn is_file(out: &Path) -> bool {
    out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("safetensors"))
}

/// Writes sets as a run, whose dataset has only their classes, or one set as a file, and says what was taken for what.
pub fn write(imported: &ImportedSets, out: &Path, dataset: Option<(DatasetSource, Dataset)>) -> CliResult {
    for note in &imported.origin.notes {
        output::note(&format!("note: {note}"));
    }
    match dataset.filter(|_| !is_file(out)) {
        Some((mut source, mut dataset)) => {
            let names = &imported.sets[0].class_names;
            if *names != dataset.info.class_names {
                dataset = dataset.with_classes(names)?;
                source = source.with_classes(names.clone());
            }
            write_imported_run(out, imported, source, dataset.info)?;
        }
        None => match imported.sets.as_slice() {
            [set] => {
                if let Some(folder) = out.parent() {
                    std::fs::create_dir_all(folder)?;
                }
                write_synthetic_set(out, set, None)?;
            }
            sets => {
                let problem = "sets, but a file takes one; choose one with --experiment, or write them to a folder";
                return Err(format!("there are {} {problem}", sets.len()).into());
            }
        },
    }
    output::result(&summary(imported, out));
    Ok(Outcome::Done)
}

fn summary(imported: &ImportedSets, out: &Path) -> String {
    let set = &imported.sets[0];
    let counts = set.counts();
    let per_class = match (counts.iter().min(), counts.iter().max()) {
        (Some(least), Some(most)) if least != most => format!("{least} to {most}"),
        (least, _) => least.map(ToString::to_string).unwrap_or_default(),
    };
    let (sets, classes) = (imported.sets.len(), counts.len());
    let mut lines =
        vec![format!("sets     {sets} of {classes} classes, {per_class} images of {} each", set.images.shape)];
    for recorded in &imported.origin.accuracies {
        let percent = 100.0 * mean(&recorded.accuracies);
        let (network, n) = (&recorded.network, recorded.accuracies.len());
        lines.push(format!("file     says {percent:.2} % with {network}, the mean of {n}"));
    }
    lines.push(format!("written  {}", out.display()));
    lines.join("\n")
}
