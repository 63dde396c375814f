//! `dewpoint rank`: DD-Ranking's scores of a set, with the accuracies behind them.

use std::error::Error;

use clap::Args;

use dewpoint::{
    domain::{
        Architecture, Augmentation, BestAccuracy, CondensationConfig, ConfigError, DD_RANKING_EPOCHS,
        DD_RANKING_REPEATS, DdRankingMeasurements, DdRankingProtocol, EvaluationAugmentation, EvaluationConfig,
        EvaluationTable, units,
    },
    experiments::record_name,
    worker::EvaluationTarget,
};

use super::{
    CliResult,
    output::{self, OutputArgs},
    session::{JobEnd, Outcome, Session},
    summary,
    target_args::{Target, TargetArgs},
};

/// The flags of `dewpoint rank`.
#[derive(Debug, Args)]
pub struct RankArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    ranking: RankingArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// How networks are trained for the scores.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Ranking")]
struct RankingArgs {
    /// The network that is trained [default: the condensing one without batch norm]
    #[arg(long, value_name = "NAME")]
    network: Option<Architecture>,
    /// Freshly drawn networks for each number [published: 5]
    #[arg(long, value_name = "N", default_value_t = DD_RANKING_REPEATS)]
    eval_repeats: usize,
    /// Training epochs of each network, but for the whole set [published: 1000]
    #[arg(long, value_name = "EPOCHS", default_value_t = DD_RANKING_EPOCHS)]
    eval_epochs: usize,
    /// The augmentation, where there is one
    #[arg(long, value_name = "NAME", default_value_t = EvaluationAugmentation::Dsa(None))]
    eval_augmentation: EvaluationAugmentation,
    /// Whether the method itself trains with augmentation, for HLR, IOR and LRS [default: as it condensed]
    #[arg(long, value_name = "BOOL")]
    own_augmentation: Option<bool>,
    /// Learning rates that are tried, separated by commas; the best one of each kind of images counts
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_values_t = DdRankingProtocol::default().learning_rates)]
    learning_rates: Vec<f64>,
    /// Training epochs on the whole set, without augmentation and with the learning rate nearest to 0.01
    #[arg(long, value_name = "EPOCHS", default_value_t = 30)]
    whole_set_epochs: usize,
    /// Test only on so many test images, taken evenly
    #[arg(long, value_name = "N")]
    test_limit: Option<usize>,
}

impl RankingArgs {
    fn protocol(&self) -> Result<DdRankingProtocol, ConfigError> {
        if let Some(wrong) = self.learning_rates.iter().find(|rate| !(rate.is_finite() && **rate > 0.0)) {
            return Err(ConfigError::new("learning-rates", format!("must be above 0, but one is {wrong}")));
        }
        let mut learning_rates = self.learning_rates.clone();
        learning_rates.sort_by(f64::total_cmp);
        learning_rates.dedup();
        Ok(DdRankingProtocol { learning_rates, ..DdRankingProtocol::default() })
    }

    fn base(&self, condensing: &CondensationConfig) -> Result<EvaluationConfig, ConfigError> {
        if matches!(self.eval_augmentation, EvaluationAugmentation::None | EvaluationAugmentation::Published) {
            let problem = "must be an augmentation for every network: without one is trained as well";
            return Err(ConfigError::new("eval-augmentation", problem));
        }
        Ok(EvaluationConfig {
            architectures: vec![self.network.unwrap_or_else(|| condensing.architecture.without_batch_norm())],
            repeats: self.eval_repeats,
            epochs: Some(self.eval_epochs),
            augmentation: self.eval_augmentation,
            whole_set_epochs: self.whole_set_epochs,
            test_limit: self.test_limit,
            ..EvaluationConfig::default()
        })
    }
}

/// Evaluates what is missing and prints the scores.
pub fn run(args: RankArgs) -> CliResult {
    let target = args.target.open()?;
    let (protocol, base) = (args.ranking.protocol()?, args.ranking.base(&target.condensing)?);
    base.check()?;
    let mut session = Session::start(args.output)?;
    let Some(tables) = evaluate(&mut session, &target, &protocol.evaluations(&base))? else {
        if !args.output.quiet {
            output::note(match target.set {
                EvaluationTarget::Run(_) => "stopped; the same command goes on with the results so far",
                EvaluationTarget::SetFile(_) => "stopped",
            });
        }
        return Ok(Outcome::Stopped);
    };
    let measured = DdRankingMeasurements::of(&tables, base.architectures[0])
        .ok_or("an evaluation gave no result, so there is no score; run the command again")?;
    let own_is_augmented =
        args.ranking.own_augmentation.unwrap_or(target.condensing.augmentation != Augmentation::None);
    let scores = protocol.scores(&measured.accuracies(own_is_augmented));
    if args.output.json {
        let all = serde_json::json!({
            "scores": scores, "measurements": measured, "own_is_augmented": own_is_augmented, "protocol": protocol,
        });
        output::result(&all.to_string());
    } else {
        let lines = [
            format!("HLR  {:6.1} %   what is lost against the whole set; lower is better", 100.0 * scores.hlr),
            format!("IOR  {:6.1} %   what is gained over random images; higher is better", 100.0 * scores.ior),
            format!("LRS  {:8.3}   label-robust score, 0 to 1", scores.lrs),
            format!("ARS  {:8.3}   augmentation-robust score, 0 to 1", scores.ars),
        ];
        output::result(&format!("{}\n{}", accuracies(&measured), lines.join("\n")));
        output::result(&notes(&base, &measured, own_is_augmented));
    }
    Ok(Outcome::Done)
}

/// Tables, each with the learning rate of its networks.
type TablesByRate = Vec<(f64, EvaluationTable)>;

/// The tables of all evaluations; `None` when stopped.
fn evaluate(
    session: &mut Session,
    target: &Target,
    configs: &[EvaluationConfig],
) -> Result<Option<TablesByRate>, Box<dyn Error>> {
    let mut tables = Vec::new();
    for config in configs {
        // The run's own evaluation stays as it is.
        let record = matches!(target.set, EvaluationTarget::Run(_)).then(|| record_name(config));
        match session.run(target.evaluation(config.clone(), record), &mut |_| ())? {
            JobEnd::Finished(table) => tables.push((config.learning_rate, table)),
            JobEnd::Stopped => return Ok(None),
        }
    }
    Ok(Some(tables))
}

fn accuracies(measured: &DdRankingMeasurements) -> String {
    let row = |name: &str, augmentation: &str, best: &BestAccuracy| {
        let (rate, epochs) = (best.learning_rate.to_string(), best.epochs.to_string());
        [name, augmentation, &rate, &epochs, &best.accuracy.to_string()].map(str::to_owned).to_vec()
    };
    let rows = [
        ["trained on", "augmentation", "learning rate", "epochs", "test accuracy in %"].map(str::to_owned).to_vec(),
        row("condensed", &measured.augmentation, &measured.set_augmented),
        row("condensed", "none", &measured.set_plain),
        row("random", &measured.augmentation, &measured.random_augmented),
        row("random", "none", &measured.random_plain),
        row("whole-set", "none", &measured.whole_set),
    ];
    summary::columns(&rows)
}

/// How the numbers came about, and where that is less than published.
fn notes(base: &EvaluationConfig, measured: &DdRankingMeasurements, own_is_augmented: bool) -> String {
    let own = if own_is_augmented { "with" } else { "without" };
    let mut notes = vec![
        format!("\nNetworks: {}. The best learning rate of each row counts.", base.architectures[0]),
        format!("HLR, IOR and LRS are {own} augmentation, as the method trains; its labels are hard."),
    ];
    let (epochs, repeats) = (measured.set_plain.epochs, base.repeats);
    if epochs != DD_RANKING_EPOCHS || repeats != DD_RANKING_REPEATS {
        notes.push(format!(
            "Published: {DD_RANKING_EPOCHS} epochs and {DD_RANKING_REPEATS} networks; here {} and {} a set.",
            units::count(epochs, "epoch"),
            units::count(repeats, "network")
        ));
    }
    if measured.whole_set.epochs < DD_RANKING_EPOCHS {
        notes.push(format!(
            "The whole set is trained for {}, so HLR may be somewhat too low and LRS too high.",
            units::count(measured.whole_set.epochs, "epoch")
        ));
    }
    if let Some(limit) = base.test_limit {
        notes.push(format!("Tested on {} only.", units::count(limit, "test image")));
    }
    notes.join("\n")
}
