//! The command line: flags are resolved once into settings, one file a subcommand.
//!
//! Every command is a function of its arguments and the [`ui::Ui`] that returns an [`Exit`];
//! what it returns as an error is printed once, as `error:`, `cause:` and `hint:`.

pub mod args;
mod bench;
mod block;
mod config;
mod doctor;
mod download;
mod dry_run;
mod eval;
mod failure;
mod figures;
mod glossary;
mod interrupt;
mod live;
mod model;
mod models;
mod reading;
mod report;
mod run;
mod settings;
mod single;
mod speed;
mod status;
mod stdout;
mod translate;
mod ui;

use args::{Cli, Command};
use clap::{CommandFactory, FromArgMatches};
use std::process::ExitCode;
use std::sync::Arc;
use ui::Ui;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All done.
    Done,
    /// Finished, but some items failed or were flagged.
    Partial,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        match exit {
            Exit::Done => ExitCode::SUCCESS,
            Exit::Partial => ExitCode::from(3),
        }
    }
}

/// Parses the command line, runs the command and says how it ended.
pub fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let mut command = Cli::command();
    if let Some(path) = config::find(&args) {
        command = match config::apply(command, &path) {
            Ok(command) => command,
            Err(error) => {
                failure::print_early(&anyhow::Error::new(error), &args);
                return ExitCode::from(2);
            }
        };
    }
    let parsed = command
        .try_get_matches_from(&args)
        .and_then(|m| Cli::from_arg_matches(&m));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            failure::print_usage(&error, &args);
            // help and version are what was asked for
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let ui = Arc::new(Ui::new(&cli.global));
    let at_signal = Arc::clone(&ui);
    interrupt::say_with(move |at_once| at_signal.interrupted(at_once));
    start_logging(&cli.global);
    if let Some(threads) = cli.global.threads {
        // fails only when a pool is there already, and then its size stands
        let _ = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.max(1))
            .build_global();
    }
    match dispatch(cli, &ui) {
        Ok(exit) => exit.into(),
        Err(error) => {
            ui.end();
            ui.fatal(&error, failure::hint(&error).as_deref());
            ExitCode::from(failure::status(&error))
        }
    }
}

fn dispatch(cli: Cli, ui: &Ui) -> anyhow::Result<Exit> {
    let Cli { global, command } = cli;
    match command {
        Command::Run(args) => run::run(args, &global, ui),
        Command::Summarize(args) => single::summarize(args, &global, ui),
        Command::Translate(args) => translate::translate(args, &global, ui),
        Command::Extract(args) => single::extract(args, &global, ui),
        Command::Figures(args) => figures::figures(args, &global, ui),
        Command::Status(args) => status::status(&args),
        Command::Report(args) => report::report(args, ui),
        Command::Models(args) => models::models(&args, &global, ui),
        Command::Bench(args) => bench::bench(&args, &global, ui),
        Command::Doctor(args) => doctor::doctor(&args, &global, ui),
        Command::Eval(args) => eval::eval(&args, ui),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "depeche", &mut script);
            stdout::print(&String::from_utf8_lossy(&script))?;
            Ok(Exit::Done)
        }
        Command::Man => {
            stdout::print(&manual()?)?;
            Ok(Exit::Done)
        }
    }
}

/// The manual page: the program, then every command.
fn manual() -> anyhow::Result<String> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let man = clap_mangen::Man::new(sub.clone());
        page.extend_from_slice(format!(".SH \"DEPECHE {}\"\n", sub.get_name().to_uppercase()).as_bytes());
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn start_logging(global: &args::GlobalArgs) {
    let level = match global.verbose {
        0 => "off",
        1 => "depeche=info",
        2 => "depeche=debug",
        _ => "debug",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("DEPECHE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(level));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false);
    // fails only when a host program has its own subscriber, which then stands
    let _ = match global.log_format {
        args::LogFormat::Human => builder.try_init(),
        args::LogFormat::Json => builder.json().try_init(),
    };
}
