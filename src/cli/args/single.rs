//! The commands of a single task.

use super::{DialectArg, InputArgs, LengthArg, ModelArgs, OutLang, SearchArgs};
use crate::document::Markup;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

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
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = Format::Text, env = "DEPECHE_FORMAT", hide_env = true)]
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
    /// How a translation model works.
    #[command(flatten)]
    pub search: SearchArgs,
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
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = Format::Text, env = "DEPECHE_FORMAT", hide_env = true)]
    pub format: Format,
    /// Which table, for the formats that hold one
    #[arg(long, value_name = "TABLE", value_enum, default_value_t = TableArg::Entities, env = "DEPECHE_TABLE", hide_env = true)]
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
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = Format::Table, env = "DEPECHE_FORMAT", hide_env = true)]
    pub format: Format,
    /// `fr` writes `;` and decimal commas
    #[arg(long, value_name = "DIALECT", value_enum, default_value_t = DialectArg::En, env = "DEPECHE_CSV_DIALECT", hide_env = true)]
    pub csv_dialect: DialectArg,
}
