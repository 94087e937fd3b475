//! `depeche run`, and what is made of what it made: `status` and `report`.

use super::{InputArgs, ModelArgs, SearchArgs, TranslatorArg};
use crate::output::csv::Dialect;
use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// How long a summary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LengthArg {
    /// A headline and two or three points.
    Short,
    /// Three to five points.
    Medium,
    /// Five to eight points.
    Long,
}

/// A task of `run`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TaskArg {
    /// Summaries.
    Summary,
    /// Translation.
    Translation,
    /// Entities and labels of the figures by the model (both tables are written in any case).
    Extraction,
}

/// `depeche run`.
#[derive(Debug, Args, Clone)]
pub struct RunArgs {
    /// Which articles.
    #[command(flatten)]
    pub input: InputArgs,
    /// Which model.
    #[command(flatten)]
    pub model: ModelArgs,
    /// How a translation model works.
    #[command(flatten)]
    pub search: SearchArgs,
    /// What is made of them.
    #[command(flatten)]
    pub output: RunOutputArgs,
}

/// What `run` makes, and where.
#[derive(Debug, Args, Clone)]
#[command(next_help_heading = "Output")]
pub struct RunOutputArgs {
    /// Folder for the results; finished work found there is not done again
    #[arg(
        long,
        short,
        value_name = "OUT",
        default_value = "out",
        env = "DEPECHE_OUT",
        hide_env = true
    )]
    pub out: PathBuf,
    /// What to do with the model
    #[arg(
        long,
        value_name = "TASKS",
        value_enum,
        value_delimiter = ',',
        default_values_t = [TaskArg::Summary, TaskArg::Translation, TaskArg::Extraction],
        env = "DEPECHE_TASKS",
        hide_env = true
    )]
    pub tasks: Vec<TaskArg>,
    /// Languages of the summaries
    #[arg(
        long,
        value_name = "LANGS",
        value_enum,
        value_delimiter = ',',
        default_values_t = [OutLang::Fr, OutLang::En],
        env = "DEPECHE_SUMMARY_LANGS",
        hide_env = true
    )]
    pub summary_langs: Vec<OutLang>,
    /// Length of the summaries
    #[arg(long, value_name = "LENGTH", value_enum, default_value_t = LengthArg::Medium, env = "DEPECHE_LENGTH", hide_env = true)]
    pub length: LengthArg,
    /// Language of the translation
    #[arg(long, value_name = "LANG", value_enum, default_value_t = OutLang::En, env = "DEPECHE_TO", hide_env = true)]
    pub to: OutLang,
    /// Another model for the translation: `same` for the one of `--model`, or what `--model` takes
    /// [default: with `--model auto` the known translation model of the two languages, else `same`]
    #[arg(
        long,
        value_name = "MODEL",
        env = "DEPECHE_TRANSLATION_MODEL",
        hide_env = true
    )]
    pub translation_model: Option<String>,
    /// What `auto` takes to translate with
    #[arg(long, value_name = "KIND", value_enum, default_value_t = TranslatorArg::Auto, env = "DEPECHE_TRANSLATOR", hide_env = true)]
    pub translator: TranslatorArg,
    /// Terms that the translation must use: CSV or TSV (source, target; an empty target keeps the term), or TBX
    #[arg(long, value_name = "FILE", env = "DEPECHE_GLOSSARY", hide_env = true)]
    pub glossary: Option<PathBuf>,
    /// `fr` writes `;` and decimal commas
    #[arg(long, value_name = "DIALECT", value_enum, default_value_t = DialectArg::En, env = "DEPECHE_CSV_DIALECT", hide_env = true)]
    pub csv_dialect: DialectArg,
    /// Do finished work again
    #[arg(long, env = "DEPECHE_FORCE", hide_env = true, value_parser = FalseyValueParser::new())]
    pub force: bool,
    /// Try again what failed in an earlier run, and do nothing else with the model
    #[arg(long, conflicts_with = "force", env = "DEPECHE_RETRY_FAILED", hide_env = true, value_parser = FalseyValueParser::new())]
    pub retry_failed: bool,
    /// Say what would be done, article by article and in sum, and how long it takes; writes and downloads nothing
    #[arg(long, env = "DEPECHE_DRY_RUN", hide_env = true, value_parser = FalseyValueParser::new())]
    pub dry_run: bool,
}

/// A language that depeche writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutLang {
    /// French.
    Fr,
    /// English.
    En,
}

/// How CSV is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DialectArg {
    /// `,` and decimal point.
    En,
    /// `;`, decimal comma, byte order mark.
    Fr,
}

impl From<DialectArg> for Dialect {
    fn from(arg: DialectArg) -> Dialect {
        match arg {
            DialectArg::En => Dialect::En,
            DialectArg::Fr => Dialect::Fr,
        }
    }
}

/// `depeche status`.
#[derive(Debug, Args, Clone)]
pub struct StatusArgs {
    /// The folder that `depeche run --out` writes
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// How it is written
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = StatusFormat::Text)]
    pub format: StatusFormat,
}

/// The formats of `status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// To read.
    Text,
    /// One JSON object.
    Json,
}

/// `depeche report`.
#[derive(Debug, Args, Clone)]
pub struct ReportArgs {
    /// The folder that `depeche run --out` wrote
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// `fr` writes `;` and decimal commas [default: as the run did]
    #[arg(
        long,
        value_name = "DIALECT",
        value_enum,
        env = "DEPECHE_CSV_DIALECT",
        hide_env = true
    )]
    pub csv_dialect: Option<DialectArg>,
}
