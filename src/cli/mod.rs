//! The command line: flags in, the worker's events out as text, bars or JSON. No tensor, no thread.

mod condensation_args;
mod condense;
mod data_args;
mod demo;
mod devices;
mod evaluate;
mod evaluation_args;
mod import;
mod info;
mod join;
mod named;
mod output;
mod probe_adapters;
mod progress;
mod rank;
mod reproduce;
mod resume;
mod run_name;
mod session;
mod summary;
mod target_args;
mod window;

use std::{error::Error, process::ExitCode};

use clap::{Parser, Subcommand};

use session::Outcome;

/// What a subcommand returns; the error is one sentence.
type CliResult = Result<Outcome, Box<dyn Error>>;

/// Stopped by Ctrl-C or a signal: what shells expect.
const EXIT_STOPPED: u8 = 130;

/// Condenses an image dataset into a few synthetic images per class, by gradient matching. Without a command it opens a
/// window.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Subcommands>,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    /// Opens the window, as `dewpoint` without a command does
    Window(window::WindowArgs),
    /// Shows the whole thing in a minute or two, on digits that the program draws itself
    Demo(demo::DemoArgs),
    /// Condenses a dataset into a new folder, and evaluates the result
    Condense(Box<condense::CondenseArgs>),
    /// Goes on with a stopped run, exactly where it was
    Resume(resume::ResumeArgs),
    /// Trains fresh networks on a condensed set, and tests them
    Evaluate(Box<evaluate::EvaluateArgs>),
    /// Runs the experiments of the papers, at full or at reduced scale, and prints their tables
    Reproduce(Box<reproduce::ReproduceArgs>),
    /// Reads a set of another program, to be evaluated and compared
    Import(Box<import::ImportArgs>),
    /// Joins sets of different classes to one set over all of them
    Join(Box<join::JoinArgs>),
    /// Prints DD-Ranking's scores of a condensed set, from networks trained on it, on random and on all real images
    Rank(Box<rank::RankArgs>),
    /// Lists the devices that can compute
    Devices(devices::DevicesArgs),
    /// Describes a dataset
    Info(info::InfoArgs),
    /// Lists the adapters as JSON, for the program itself
    #[command(name = dewpoint::engine::device::PROBE_ARGUMENT, hide = true)]
    ProbeAdapters,
}

/// Runs the program; the exit code is 0, 1 for an error, 2 for wrong usage, 130 when stopped.
pub fn main() -> ExitCode {
    let result = match Cli::parse().command {
        None => return window::run(window::WindowArgs::default()),
        Some(Subcommands::Window(args)) => return window::run(args),
        Some(Subcommands::Demo(args)) => demo::run(&args),
        Some(Subcommands::Condense(args)) => condense::run(*args),
        Some(Subcommands::Resume(args)) => resume::run(&args),
        Some(Subcommands::Evaluate(args)) => evaluate::run(*args),
        Some(Subcommands::Reproduce(args)) => reproduce::run(&args),
        Some(Subcommands::Import(args)) => import::run(*args),
        Some(Subcommands::Join(args)) => join::run(*args),
        Some(Subcommands::Rank(args)) => rank::run(*args),
        Some(Subcommands::Devices(args)) => devices::run(&args),
        Some(Subcommands::Info(args)) => info::run(args),
        Some(Subcommands::ProbeAdapters) => probe_adapters::run(),
    };
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Stopped) => ExitCode::from(EXIT_STOPPED),
        Err(error) => {
            output::note(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}
