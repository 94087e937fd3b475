//! Summary, translation and extraction: an article in, a checked result out, by way of a [`Backend`](crate::backend::Backend).

mod job;
mod length;

pub use job::{Extraction, FigureLabel, Job, Outcome, Step, TaskResult};
pub use length::{Length, UnknownLength};
