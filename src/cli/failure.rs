//! Errors as people read them: what happened, what caused it, what to do.

use super::config::{self, ConfigError};
use crate::engine::EngineError;
use crate::hub::HubError;
use crate::output::OutputError;
use crate::pipeline::PipelineError;
use crate::store::StoreError;
use std::ffi::OsString;
use std::io::Write;

/// An error of the command line itself, with its remedy.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    message: String,
    hint: String,
    usage: bool,
}

impl Failure {
    /// An error with its remedy.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure {
            message: message.into(),
            hint: hint.into(),
            usage: false,
        }
    }

    /// An error in what the flags say: wrong usage, which has an exit status of its own.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure {
            usage: true,
            ..Failure::new(message, hint)
        }
    }
}

const FULL_DISK: &str = "check that the disk is not full and the folder can be written; what was finished is kept, and \
                         the same command goes on from there";

/// The remedy of the first error in the chain that knows one.
pub fn hint(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| {
        if let Some(failure) = cause.downcast_ref::<Failure>() {
            return Some(failure.hint.clone());
        }
        if let Some(error) = cause.downcast_ref::<ConfigError>() {
            return Some(error.hint().to_owned());
        }
        if let Some(error) = cause.downcast_ref::<StoreError>() {
            return Some(error.hint().to_owned());
        }
        // their transparent variants hide the error that knows the remedy from the chain
        match cause.downcast_ref::<PipelineError>() {
            Some(PipelineError::Store(error) | PipelineError::Output(OutputError::Store(error))) => {
                return Some(error.hint().to_owned());
            }
            Some(PipelineError::Output(_)) => return Some(FULL_DISK.to_owned()),
            _ => {}
        }
        if let Some(OutputError::Write { .. } | OutputError::Workbook { .. }) =
            cause.downcast_ref::<OutputError>()
        {
            return Some(FULL_DISK.to_owned());
        }
        if let Some(error) = cause.downcast_ref::<HubError>() {
            return error.hint();
        }
        if let Some(error) = cause.downcast_ref::<EngineError>() {
            return error.hint().map(str::to_owned);
        }
        None
    })
}

/// The exit status of an error: 2 for wrong usage, as of a flag that is not known, else 1.
pub fn status(error: &anyhow::Error) -> u8 {
    let usage = |failure: &Failure| failure.usage;
    if error.downcast_ref::<Failure>().is_some_and(usage) {
        2
    } else {
        1
    }
}

/// What caused an error, the nearest cause first.
pub fn causes(error: &anyhow::Error) -> Vec<String> {
    error.chain().skip(1).map(ToString::to_string).collect()
}

/// `error:`, a `cause:` for each link of the chain, `hint:`.
pub fn render(error: &anyhow::Error, hint: Option<&str>) -> String {
    let mut text = format!("error: {error}");
    for cause in causes(error) {
        text.push_str(&format!("\ncause: {cause}"));
    }
    if let Some(hint) = hint {
        text.push_str(&format!("\nhint: {hint}"));
    }
    text.truncate(text.trim_end().len());
    text
}

/// Prints an error that came before the flags were known, as the flags in `args` want errors.
pub fn print_early(error: &anyhow::Error, args: &[OsString]) {
    let hint = hint(error);
    let text = match wants_json(args) {
        true => super::ui::error_event(&error.to_string(), &causes(error), hint.as_deref()),
        false => render(error, hint.as_deref()),
    };
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints what the parser of the command line has to say: help and version on standard output, wrong usage on standard error,
/// there as the flags in `args` want errors.
pub fn print_usage(error: &clap::Error, args: &[OsString]) {
    if !error.use_stderr() || !wants_json(args) {
        let _ = error.print();
        return;
    }
    let text = error.to_string();
    let (message, rest) = text.trim().split_once("\n\n").unwrap_or((text.trim(), ""));
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let hint = Some(rest).filter(|rest| !rest.is_empty());
    let _ = writeln!(
        std::io::stderr(),
        "{}",
        super::ui::error_event(message, &[], hint)
    );
}

/// Whether the command line, which could not be read as a whole, or the environment asks for JSON.
fn wants_json(args: &[OsString]) -> bool {
    config::stated(args, "--log-format")
        .last()
        .or_else(|| std::env::var_os("DEPECHE_LOG_FORMAT"))
        .is_some_and(|format| format == "json")
}
