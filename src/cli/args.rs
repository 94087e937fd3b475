//! The flags, as close to the command line as possible. Every option can also be given as
//! `DEPECHE_*` and in `depeche.toml`; see [`super::config`] for how the file gets in.

use crate::document::Markup;
use crate::output::csv::Dialect;
use clap::{Args, Parser, Subcommand, ValueEnum};
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
    #[arg(long, global = true, env = "DEPECHE_OFFLINE", hide_env = true)]
    pub offline: bool,
    /// Threads to use [default: one for each core]
    #[arg(
        long,
        global = true,
        value_name = "N",
        env = "DEPECHE_THREADS",
        hide_env = true
    )]
    pub threads: Option<usize>,
    /// Say only what went wrong
    #[arg(long, short, global = true, env = "DEPECHE_QUIET", hide_env = true)]
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

/// Which articles, and how they are read.
#[derive(Debug, Args, Clone)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Files, folders (with everything below), globs, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    /// What the input is [default: told by name and content]
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = InputFormat::Auto, env = "DEPECHE_INPUT", hide_env = true)]
    pub input: InputFormat,
    /// Language of the articles
    #[arg(long, value_name = "LANG", value_enum, default_value_t = LangArg::Auto, env = "DEPECHE_LANG", hide_env = true)]
    pub lang: LangArg,
    /// Leave out what matches (gitignore pattern); may be given several times
    #[arg(
        long,
        value_name = "PATTERN",
        env = "DEPECHE_EXCLUDE",
        hide_env = true,
        value_delimiter = ','
    )]
    pub exclude: Vec<String>,
    /// Keep the text as it is: no removal of menus, banners and share buttons
    #[arg(long, env = "DEPECHE_RAW", hide_env = true)]
    pub raw: bool,
    /// Refuse larger files, in MiB
    #[arg(
        long,
        value_name = "MIB",
        default_value_t = 64,
        env = "DEPECHE_MAX_SIZE",
        hide_env = true
    )]
    pub max_size: u64,
}

/// What the input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InputFormat {
    /// Told by name and content.
    Auto,
    /// Plain text.
    Text,
    /// A web page.
    Html,
    /// Markdown.
    Md,
    /// One JSON object a line, with `id` and `text`.
    Jsonl,
}

/// Language of the articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LangArg {
    /// Told from the text.
    Auto,
    /// French.
    Fr,
    /// English.
    En,
}

/// Which model, and how it is run.
#[derive(Debug, Args, Clone)]
#[command(next_help_heading = "Model")]
pub struct ModelArgs {
    /// `none`, `auto`, a name of `depeche models list`, `org/repo[@revision][:file]`, or a local file or folder
    #[arg(
        long,
        short,
        value_name = "MODEL",
        default_value = "none",
        env = "DEPECHE_MODEL",
        hide_env = true
    )]
    pub model: String,
    /// Accept only files with the hashes recorded at the first download
    #[arg(long, env = "DEPECHE_LOCKED", hide_env = true)]
    pub locked: bool,
    /// Where models come from.
    #[command(flatten)]
    pub hub: HubArgs,
    /// Where the model runs
    #[arg(long, value_name = "DEVICE", value_enum, default_value_t = DeviceArg::Auto, env = "DEPECHE_DEVICE", hide_env = true)]
    pub device: DeviceArg,
    /// Most tokens of prompt and answer together [default: what the model and the memory allow]
    #[arg(long, value_name = "TOKENS", env = "DEPECHE_CONTEXT", hide_env = true)]
    pub context: Option<usize>,
    /// Most tokens that are guessed ahead for one answer; 0 guesses none. Answers are the same
    #[arg(long, value_name = "TOKENS", hide = true)]
    pub draft: Option<usize>,
    /// Write every question to the model in tokens, with the size of its answer, to this file (JSONL)
    #[arg(long, value_name = "FILE", hide = true)]
    pub request_log: Option<PathBuf>,
    /// 0 is greedy: the same input gives the same bytes
    #[arg(
        long,
        value_name = "T",
        default_value_t = 0.0,
        env = "DEPECHE_TEMPERATURE",
        hide_env = true
    )]
    pub temperature: f64,
    /// Keep the most probable tokens up to this mass
    #[arg(
        long,
        value_name = "P",
        default_value_t = 1.0,
        env = "DEPECHE_TOP_P",
        hide_env = true
    )]
    pub top_p: f64,
    /// Keep this many tokens; 0 keeps all
    #[arg(
        long,
        value_name = "K",
        default_value_t = 0,
        env = "DEPECHE_TOP_K",
        hide_env = true
    )]
    pub top_k: usize,
    /// Seed for temperatures above 0
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        env = "DEPECHE_SEED",
        hide_env = true
    )]
    pub seed: u64,
}

/// Where the model runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeviceArg {
    /// A GPU when this build and this machine have one, else the CPU.
    Auto,
    /// The CPU.
    Cpu,
    /// The first CUDA GPU.
    Cuda,
}

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
    #[arg(long, env = "DEPECHE_FORCE", hide_env = true)]
    pub force: bool,
    /// Try again what failed in an earlier run, and do nothing else with the model
    #[arg(long, conflicts_with = "force")]
    pub retry_failed: bool,
    /// Say what would be done, article by article and in sum, and how long it takes; writes and downloads nothing
    #[arg(long)]
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

/// The formats of the single-task commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Plain text to read.
    Text,
    /// One JSON array.
    Json,
    /// One JSON object a line, one line an article.
    Jsonl,
    /// CSV with a header.
    Csv,
    /// Markdown.
    Md,
    /// An aligned table.
    Table,
}

/// `depeche summarize`.
#[derive(Debug, Args, Clone)]
pub struct SummarizeArgs {
    /// Which articles.
    #[command(flatten)]
    pub input: InputArgs,
    /// Which model.
    #[command(flatten)]
    pub model: ModelArgs,
    /// Languages of the summary
    #[arg(long, value_name = "LANGS", value_enum, value_delimiter = ',', default_values_t = [OutLang::Fr])]
    pub summary_langs: Vec<OutLang>,
    /// Length of the summary
    #[arg(long, value_name = "LENGTH", value_enum, default_value_t = LengthArg::Medium, env = "DEPECHE_LENGTH", hide_env = true)]
    pub length: LengthArg,
    /// How the result is written
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `depeche translate`.
#[derive(Debug, Args, Clone)]
pub struct TranslateArgs {
    /// Which articles.
    #[command(flatten)]
    pub input: InputArgs,
    /// Which model.
    #[command(flatten)]
    pub model: ModelArgs,
    /// Language of the articles: `auto` (French or English), `fr`, `en`, or the code of one that the model reads
    #[arg(long, value_name = "LANG", default_value = "auto", value_parser = language_code, env = "DEPECHE_FROM", hide_env = true)]
    pub from: String,
    /// Language of the translation: `en`, `fr`, or the code of one that the model writes
    #[arg(long, value_name = "LANG", default_value = "en", value_parser = language_code, env = "DEPECHE_TO", hide_env = true)]
    pub to: String,
    /// What `--model auto` takes: a translation model where one is known for the two languages, else a language
    /// model; or only one of these
    #[arg(long, value_name = "KIND", value_enum, default_value_t = TranslatorArg::Auto, env = "DEPECHE_TRANSLATOR", hide_env = true)]
    pub translator: TranslatorArg,
    /// Terms that the translation must use: CSV or TSV (source, target; an empty target keeps the term), or TBX
    #[arg(long, value_name = "FILE", env = "DEPECHE_GLOSSARY", hide_env = true)]
    pub glossary: Option<PathBuf>,
    /// How the result is written; a page with `html` and a Markdown file with `md` keep their markup
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = TranslationFormat::Md)]
    pub format: TranslationFormat,
    /// Write one file an article into this folder, with `text`, `md` or `html` [default: standard output]
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// What translates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TranslatorArg {
    /// A translation model where one is known for the two languages, else a language model.
    Auto,
    /// A language model: paragraph by paragraph, with the article as context.
    Llm,
    /// A translation model of the Marian kind (opus-mt): sentence by sentence.
    Marian,
}

/// The formats of `translate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TranslationFormat {
    /// Plain text to read.
    Text,
    /// Markdown.
    #[value(alias = "markdown")]
    Md,
    /// A web page.
    Html,
    /// One JSON array.
    Json,
    /// One JSON object a line, one line an article, with its segments and their sentences.
    Jsonl,
    /// CSV, one row a segment.
    Csv,
    /// A translation memory, TMX 1.4.
    Tmx,
    /// XLIFF 1.2.
    Xliff,
}

impl TranslationFormat {
    /// Whether each article is a document by itself.
    pub fn is_document(self) -> bool {
        matches!(
            self,
            TranslationFormat::Text | TranslationFormat::Md | TranslationFormat::Html
        )
    }

    /// The markup that it keeps.
    pub fn markup(self) -> Option<Markup> {
        match self {
            TranslationFormat::Html => Some(Markup::Html),
            TranslationFormat::Md => Some(Markup::Markdown),
            _ => None,
        }
    }
}

/// `fr`, `pt-BR`, `auto`: a language tag of two or three letters, with subtags.
fn language_code(text: &str) -> Result<String, String> {
    let text = text.trim();
    let mut parts = text.split(['-', '_']);
    let primary = parts.next().unwrap_or_default();
    let is_tag = matches!(primary.len(), 2 | 3)
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| matches!(part.len(), 1..=8) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if text == "auto" || is_tag {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("expected the code of a language, such as `fr`".to_owned())
    }
}

/// `depeche extract`.
#[derive(Debug, Args, Clone)]
pub struct ExtractArgs {
    /// Which articles.
    #[command(flatten)]
    pub input: InputArgs,
    /// Which model.
    #[command(flatten)]
    pub model: ModelArgs,
    /// How the result is written
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Which table, for the formats that hold one
    #[arg(long, value_name = "TABLE", value_enum, default_value_t = TableArg::Entities)]
    pub table: TableArg,
    /// `fr` writes `;` and decimal commas
    #[arg(long, value_name = "DIALECT", value_enum, default_value_t = DialectArg::En, env = "DEPECHE_CSV_DIALECT", hide_env = true)]
    pub csv_dialect: DialectArg,
}

/// A table of `extract`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TableArg {
    /// One row a mention.
    Entities,
    /// One row a figure.
    Figures,
}

/// `depeche figures`.
#[derive(Debug, Args, Clone)]
pub struct FiguresArgs {
    /// Which articles.
    #[command(flatten)]
    pub input: InputArgs,
    /// How the ledger is written; with `--input jsonl`, `jsonl` answers one line for each input line
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// `fr` writes `;` and decimal commas
    #[arg(long, value_name = "DIALECT", value_enum, default_value_t = DialectArg::En, env = "DEPECHE_CSV_DIALECT", hide_env = true)]
    pub csv_dialect: DialectArg,
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

/// How models are had.
#[derive(Debug, Args, Clone, Default)]
#[command(next_help_heading = "Hub")]
pub struct HubArgs {
    /// Trust the certificates in this PEM file in place of the built-in ones [default: SSL_CERT_FILE]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "DEPECHE_CA_FILE",
        hide_env = true
    )]
    pub ca_file: Option<PathBuf>,
    /// Where revisions and hashes are recorded [default: depeche.lock in HF_HOME]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "DEPECHE_LOCK_FILE",
        hide_env = true
    )]
    pub lock_file: Option<PathBuf>,
}

/// `depeche models`.
#[derive(Debug, Args, Clone)]
pub struct ModelsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ModelsCommand,
    /// How models are had.
    #[command(flatten)]
    pub hub: HubArgs,
}

/// What `depeche models` does.
#[derive(Debug, Subcommand, Clone)]
pub enum ModelsCommand {
    /// List the models that depeche knows and those in the cache
    List {
        /// Only what is in the cache
        #[arg(long)]
        cached: bool,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what is known of a model and which of its files are in the cache
    Show {
        /// A name of `models list`, or `org/repo[@revision][:file]`
        model: String,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Download a model at its newest revision and record its hashes; prints the paths of the weights
    Pull {
        /// A name of `models list`, `org/repo[@revision][:file]`, or `auto`
        model: String,
        /// Take the recorded revision, and only files with the recorded hashes
        #[arg(long, env = "DEPECHE_LOCKED", hide_env = true)]
        locked: bool,
        /// Say what would be downloaded, and download nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Read all files of a model, or of all models in the cache, and compare their hashes
    Verify {
        /// A name of `models list`, or `org/repo[@revision][:file]` [default: everything in the cache]
        model: Option<String>,
        /// Delete damaged files, so that `models pull` fetches them again
        #[arg(long)]
        delete: bool,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete a model from the cache
    Rm {
        /// A name of `models list`, or `org/repo`
        model: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
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
