//! Summary, translation and extraction: an article in, a checked result out, by way of a
//! [`Backend`](crate::backend::Backend).
//!
//! A task is a [`Job`]: a small machine that says what it wants to ask, is handed the answers, and ends
//! with an [`Outcome`]. [`drive`] runs many of them on one backend. The wording is in `prompts/`, the
//! shape of the answers in grammars that admit only quotes of the article where a quote is asked for;
//! what still fails is dropped and said in [`Outcome::problems`].

mod answer;
mod case;
mod chars;
mod check;
mod drive;
mod extract;
pub mod extractive;
mod grammar;
mod job;
mod length;
mod line;
mod numbers;
mod part;
mod prompt;
mod summarize;
#[cfg(test)]
mod tests;
mod translate;

pub use drive::{drive, drive_counting};
pub use extract::extract;
pub use job::{Extraction, FigureLabel, Job, Outcome, Step, TaskResult};
pub use length::{Length, UnknownLength};
pub use prompt::{Instruction, TaskKind, prompt_hash};
pub use summarize::summarize;
pub use translate::{SENTENCES_VERSION, Translating, Watch, translate};
