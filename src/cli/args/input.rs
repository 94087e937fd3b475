//! Which articles, and how they are read.

use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

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
    #[arg(long, env = "DEPECHE_RAW", hide_env = true, value_parser = FalseyValueParser::new())]
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
