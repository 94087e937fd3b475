//! What went wrong or deserves a look, one row each in `problems.csv`.

use serde::{Deserialize, Serialize};

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing to do: said so that nothing happens in silence (a split article, a duplicate).
    Note,
    /// A result stands but must be looked at (a figure that the gate did not find); exit status 3.
    Flag,
    /// A result is missing; exit status 3.
    Error,
}

/// One row of `problems.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The article, when there is one.
    pub article_id: Option<String>,
    /// The file.
    pub path: String,
    /// Where it happened: `ingest`, `summary`, `translation`, `extraction`, `figures`, `gate`, `output`.
    pub stage: String,
    /// How much it matters.
    pub severity: Severity,
    /// What happened: expected, found.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}
