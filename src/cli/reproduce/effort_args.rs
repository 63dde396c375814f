//! A flag for each number of the effort that can be set whatever the scale says.

use clap::{Arg, ArgMatches, Args, FromArgMatches, value_parser};

use dewpoint::domain::experiment::{Effort, Scale};

/// The numbers that are set.
#[derive(Debug, Clone, Default)]
pub struct EffortArgs(Vec<(Effort, usize)>);

impl EffortArgs {
    /// `scale` with these numbers.
    pub fn on(&self, scale: Scale) -> Scale {
        self.0.iter().fold(scale, |scale, &(effort, number)| scale.with(effort, number))
    }
}

impl FromArgMatches for EffortArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |effort: Effort| Some((effort, *matches.get_one(effort.name())?));
        Ok(Self(Effort::ALL.into_iter().filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for EffortArgs {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.args(Effort::ALL.map(|effort| {
            let help = format!("{} [default: as the scale says]", effort.meaning());
            let flag = Arg::new(effort.name()).long(effort.name()).value_name("N");
            flag.value_parser(value_parser!(usize)).help(help)
        }))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}
