//! Which model, how it is had and how it is run.

use super::SearchArgs;
use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

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
    #[arg(long, env = "DEPECHE_LOCKED", hide_env = true, value_parser = FalseyValueParser::new())]
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
        hide_env = true,
        value_parser = temperature
    )]
    pub temperature: f64,
    /// Keep the most probable tokens up to this mass
    #[arg(
        long,
        value_name = "P",
        default_value_t = 1.0,
        env = "DEPECHE_TOP_P",
        hide_env = true,
        value_parser = top_p
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
    /// How a translation model searches: flags of the commands that translate, which put them here.
    #[arg(skip)]
    pub search: SearchArgs,
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

fn temperature(text: &str) -> Result<f64, String> {
    number(
        text,
        |t| (0.0..=100.0).contains(&t),
        "a number from 0 (greedy) to 100",
    )
}

fn top_p(text: &str) -> Result<f64, String> {
    number(
        text,
        |p| p > 0.0 && p <= 1.0,
        "a share above 0, up to 1 (all tokens)",
    )
}

fn number(text: &str, fits: impl Fn(f64) -> bool, expected: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| fits(*number));
    number.ok_or_else(|| format!("expected {expected}"))
}
