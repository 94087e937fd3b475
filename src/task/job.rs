//! One task on one article, as a conversation with a model that other tasks share.

use crate::backend::{Backend, BackendError, Completion, Request};
use crate::record::{Entity, Problem, Quote, Severity, Summary, Translation};
use serde::{Deserialize, Serialize};

/// What a job wants next.
#[derive(Debug)]
pub enum Step {
    /// Answers to these, all of them, before the job goes on.
    Ask(Vec<Request>),
    /// The job is finished.
    Done(Outcome),
}

/// One task on one article. The pipeline keeps many of them going at once, so a job never calls the
/// model itself: it says what it wants and is handed the answers.
pub trait Job: Send {
    /// Called first with no answers, then with the answers to the last [`Step::Ask`], in its order.
    /// `backend` is there to count tokens, not to submit.
    fn next(&mut self, answers: Vec<Completion>, backend: &dyn Backend) -> Step;

    /// Called instead of [`Job::next`] when the backend refused one of the requests: the job ends.
    fn refused(&mut self, error: &BackendError) -> Outcome {
        Outcome {
            result: None,
            problems: vec![Problem {
                article_id: None,
                path: String::new(),
                stage: "task".to_owned(),
                severity: Severity::Error,
                message: error.to_string(),
                hint: None,
            }],
        }
    }
}

/// What a job made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The result; none when the task failed (`problems` says why).
    pub result: Option<TaskResult>,
    /// What went wrong or was split, dropped, flagged.
    pub problems: Vec<Problem>,
}

/// The result of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "task", content = "result")]
pub enum TaskResult {
    /// A summary in one language.
    Summary(Summary),
    /// A translation.
    Translation(Translation),
    /// Entities, and labels for the figures.
    Extraction(Extraction),
}

/// What the model extracted from one article: every field is a quote from it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Extraction {
    /// Entities with their mentions.
    pub entities: Vec<Entity>,
    /// Labels of figures, by [`Figure::n`](crate::record::Figure::n).
    pub labels: Vec<FigureLabel>,
}

/// What the model says of one figure of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FigureLabel {
    /// The figure's order in the article.
    pub n: usize,
    /// What is measured.
    pub measure: Option<Quote>,
    /// Of whom or what.
    pub subject: Option<Quote>,
    /// According to whom.
    pub speaker: Option<Quote>,
}
