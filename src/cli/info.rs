//! `dewpoint info`: what a dataset is.

use std::path::PathBuf;

use clap::Args;

use dewpoint::{
    data,
    domain::{DatasetInfo, NormalizationSource},
};

use super::{CliResult, data_args::ReadArgs, output, session::Outcome, summary::columns};

/// The flags of `dewpoint info`.
#[derive(Debug, Args)]
pub struct InfoArgs {
    /// digits, shapes, or the path of a dataset
    #[arg(value_name = "DATASET")]
    data: PathBuf,
    #[command(flatten)]
    read: ReadArgs,
    /// Write it as JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Describes a dataset.
pub fn run(args: InfoArgs) -> CliResult {
    let info = data::open(&args.read.source(&args.data)?)?.info;
    output::result(&if args.json { serde_json::to_string(&info)? } else { describe(&info) });
    Ok(Outcome::Done)
}

fn describe(info: &DatasetInfo) -> String {
    let numbers = |values: &[f32]| values.iter().map(|value| format!("{value:.4}")).collect::<Vec<_>>().join(" ");
    let source = match info.normalization_source {
        NormalizationSource::Published => "published",
        NormalizationSource::Measured => "measured on the training images",
    };
    let facts = [
        ("name", info.name.clone()),
        ("images", format!("{} (channels x height x width)", info.shape)),
        ("training", info.train_len().to_string()),
        ("test", info.test_len().to_string()),
        ("mean", format!("{} ({source})", numbers(&info.normalization.mean))),
        ("deviation", format!("{} ({source})", numbers(&info.normalization.std))),
        ("checksum", info.checksum.clone()),
    ];
    let facts: Vec<Vec<String>> = facts.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    let mut classes = vec![["class", "name", "training", "test"].map(str::to_owned).to_vec()];
    for (class, name) in info.class_names.iter().enumerate() {
        let counts = [info.train_counts[class], info.test_counts[class]].map(|count| count.to_string());
        classes.push([vec![class.to_string(), name.clone()], counts.to_vec()].concat());
    }
    format!("{}\n{}", columns(&facts), columns(&classes))
}
