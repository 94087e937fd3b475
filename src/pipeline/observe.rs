//! Who watches a run.

use crate::backend::{Stats, Usage};
use crate::record::Problem;

/// What the model is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Load {
    /// Articles with something to do.
    pub articles: u64,
    /// Tasks to do, by name (`summary.fr`).
    pub tasks: Vec<(String, u64)>,
}

/// One ended task of the model: its result is in the store.
#[derive(Debug, Clone, Copy)]
pub struct TaskDone<'a> {
    /// The task's name.
    pub task: &'a str,
    /// The article.
    pub path: &'a str,
    /// It has no result.
    pub failed: bool,
    /// What there is to say of it.
    pub problems: &'a [Problem],
    /// What it cost.
    pub usage: Usage,
    /// It was the article's last.
    pub article_done: bool,
}

/// Watches a run: the command line draws progress, a test counts.
pub trait Observer: Sync {
    /// A stage of `total` items begins (0 when it is not known how many).
    fn stage(&self, _name: &'static str, _total: u64) {}
    /// What the stage of the model that has begun is made of.
    fn load(&self, _load: &Load) {}
    /// How far the stage is.
    fn progress(&self, _name: &'static str, _done: u64, _total: u64, _stats: &Stats) {}
    /// A task of the model has ended.
    fn task_done(&self, _done: &TaskDone<'_>) {}
    /// Something to say of an input, as it is read.
    fn problem(&self, _problem: &Problem) {}
    /// Whether the run should stop after the running step.
    fn stop(&self) -> bool {
        false
    }
}

/// An observer that looks away.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {}
