//! The jobs against a backend that answers what a test tells it to.

mod driving;
mod extracting;
pub(in crate::task) mod fake;
mod prompts;
mod summarizing;
mod translating;
