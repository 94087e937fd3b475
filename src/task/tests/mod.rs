//! The jobs against a backend that answers what a test tells it to.

mod driving;
mod extracting;
pub(in crate::task) mod fake;
mod planted;
mod prompts;
mod rates;
mod sentences;
mod slips;
mod summarizing;
mod translating;
