//! The flags, as close to the command line as possible. Every option can also be given as
//! `DEPECHE_*` and in `depeche.toml`; see [`super::config`] for how the file gets in.

mod input;
mod model;
mod models;
mod run;
mod search;
mod single;

use clap::builder::{FalseyValueParser, RangedU64ValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
pub use input::{InputArgs, InputFormat, LangArg};
pub use model::{DeviceArg, HubArgs, ModelArgs};
pub use models::{ModelsArgs, ModelsCommand};
pub use run::{
    DialectArg, LengthArg, OutLang, ReportArgs, RunArgs, RunOutputArgs, StatusArgs, StatusFormat, TaskArg,
};
pub use search::{PrecisionArg, SearchArgs};
pub use single::{
    ExtractArgs, FiguresArgs, Format, SummarizeArgs, TableArg, TranslateArgs, TranslationFormat,
    TranslatorArg,
};
use std::path::PathBuf;

/// Turn a folder of articles into summaries, translations and tables of figures that can be checked
/// against the text number by number.
#[derive(Debug, Parser)]
#[command(name = "depeche", version, max_term_width = 100, propagate_version = true)]
#[command(after_help = "\
Exit status: 0 all done; 1 fatal error; 2 wrong usage; 3 finished or stopped, but some items failed, were flagged or
are left; 130 stopped at once by a second Ctrl-C.
Data goes to standard output, everything else to standard error.")]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command.
#[derive(Debug, Args, Clone)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Settings file [default: depeche.toml in the current folder, when it is there]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "DEPECHE_CONFIG",
        hide_env = true
    )]
    pub config: Option<PathBuf>,
    /// Never touch the network
    #[arg(long, global = true, env = "DEPECHE_OFFLINE", hide_env = true, value_parser = FalseyValueParser::new())]
    pub offline: bool,
    /// Threads to use [default: one for each core]
    #[arg(
        long,
        global = true,
        value_name = "N",
        env = "DEPECHE_THREADS",
        hide_env = true,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=1024)
    )]
    pub threads: Option<usize>,
    /// Say only what went wrong
    #[arg(long, short, global = true, env = "DEPECHE_QUIET", hide_env = true, value_parser = FalseyValueParser::new())]
    pub quiet: bool,
    /// Say more; twice for everything
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// How progress and problems are written to standard error
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        value_enum,
        default_value_t = LogFormat::Human,
        env = "DEPECHE_LOG_FORMAT",
        hide_env = true
    )]
    pub log_format: LogFormat,
}

/// How progress and problems are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Do the whole job on files and folders: summaries, translation, entities, figures
    Run(RunArgs),
    /// Summarize articles; the result goes to standard output
    Summarize(SummarizeArgs),
    /// Translate articles; the result goes to standard output
    Translate(TranslateArgs),
    /// Extract entities and figures, with the model's labels where a model is used
    Extract(ExtractArgs),
    /// List every figure of the articles: deterministic, without a model
    Figures(FiguresArgs),
    /// Say where the run stands that writes, or wrote last, into an output folder
    Status(StatusArgs),
    /// Rebuild the tables and documents of an output folder from its store
    Report(ReportArgs),
    /// List, show, download, verify or delete models
    Models(ModelsArgs),
    /// Measure how fast a model works on this machine, and how fast it could
    Bench(super::bench::BenchArgs),
    /// Show devices, CPU features, memory, cache and hub, as depeche sees them
    Doctor(DoctorArgs),
    /// Score a part of depeche on annotated texts
    Eval(super::eval::EvalArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff)
    Man,
}

/// `depeche doctor`.
#[derive(Debug, Args, Clone)]
pub struct DoctorArgs {
    /// Write JSON
    #[arg(long)]
    pub json: bool,
    /// Ask the hub whether it answers (the only part that uses the network)
    #[arg(long)]
    pub hub: bool,
}
