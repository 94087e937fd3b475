//! What the number gate found when it compared generated text with its source.

use serde::{Deserialize, Serialize};

/// How a figure of one side relates to the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The source states it, the generated text does not.
    Missing,
    /// The generated text states it, the source does not.
    Invented,
    /// Both state it, with another value, scale or bound.
    ChangedValue,
    /// Both state it, in another unit.
    ChangedUnit,
    /// Both state it, in another currency.
    ChangedCurrency,
}

impl FindingKind {
    /// The name that the records use.
    pub fn as_str(self) -> &'static str {
        match self {
            FindingKind::Missing => "missing",
            FindingKind::Invented => "invented",
            FindingKind::ChangedValue => "changed_value",
            FindingKind::ChangedUnit => "changed_unit",
            FindingKind::ChangedCurrency => "changed_currency",
        }
    }
}

/// One side of a finding: a figure where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingSide {
    /// The words.
    pub text: String,
    /// First character, in chars of that side's text.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

/// One mismatch between generated text and its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// The figure in the source, where there is one.
    pub source: Option<FindingSide>,
    /// The figure in the generated text, where there is one.
    pub target: Option<FindingSide>,
    /// One sentence for the reader.
    pub message: String,
}
