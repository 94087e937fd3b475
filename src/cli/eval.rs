//! `depeche eval figures`: how well the figure grammar reads annotated sentences.

use super::ui::Ui;
use super::{Exit, stdout};
use crate::eval;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What is scored.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// The part of depeche that is scored
    #[command(subcommand)]
    pub part: Part,
}

/// The parts of depeche that can be scored.
#[derive(Debug, Subcommand)]
pub enum Part {
    /// Score the figure grammar on annotated sentences (JSONL)
    Figures(FiguresEvalArgs),
}

/// Options of `depeche eval figures`.
#[derive(Debug, Args)]
pub struct FiguresEvalArgs {
    /// Annotated sentences, one JSON object a line; several files are scored together
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Write the scores and every disagreement as JSON
    #[arg(long)]
    pub json: bool,
    /// List every disagreement before the table
    #[arg(long, conflicts_with = "json")]
    pub disagreements: bool,
}

/// Scores and prints.
///
/// # Errors
/// When a file cannot be read or is not annotated as expected, or standard output cannot be written.
pub fn eval(args: &EvalArgs, _ui: &Ui) -> anyhow::Result<Exit> {
    let Part::Figures(args) = &args.part;
    let mut gold = String::new();
    for path in &args.files {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        // scored alone first, so that a wrong line is named in its own file
        eval::figures(&text).with_context(|| format!("cannot score {}", path.display()))?;
        gold.push_str(&text);
        gold.push('\n');
    }
    let report = eval::figures(&gold).context("cannot score the files together")?;
    if args.json {
        stdout::print(&(report.to_json() + "\n"))?;
        return Ok(Exit::Done);
    }
    if args.disagreements {
        stdout::print(&report.disagreements())?;
    }
    stdout::print(&report.to_table())?;
    Ok(Exit::Done)
}
