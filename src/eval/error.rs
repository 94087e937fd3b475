//! What can be wrong with a file of annotations.

/// Why a gold file cannot be scored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvalError {
    /// A line is not JSON.
    #[error("line {line}: expected a JSON object")]
    Json {
        /// Counted from 1.
        line: usize,
        /// What the parser met.
        #[source]
        source: serde_json::Error,
    },
    /// A field is missing or of another type.
    #[error("line {line}: expected {expected} in field `{field}`")]
    Field {
        /// Counted from 1.
        line: usize,
        /// Its name.
        field: String,
        /// What was expected there.
        expected: &'static str,
    },
    /// An annotation's offsets do not slice to its text.
    #[error("line {line}: expected {expected:?} at {start}..{end}, but found {found:?}")]
    Span {
        /// Counted from 1.
        line: usize,
        /// First character.
        start: usize,
        /// One past the last character.
        end: usize,
        /// The annotation's text.
        expected: String,
        /// What the sentence has there.
        found: String,
    },
    /// Two cases have one name.
    #[error("line {line}: expected a new id, but found {id:?} again")]
    Duplicate {
        /// Counted from 1.
        line: usize,
        /// The name.
        id: String,
    },
}

impl EvalError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            EvalError::Span { .. } => Some(
                "Offsets count characters (Unicode scalar values) from 0, the end is exclusive".to_owned(),
            ),
            EvalError::Json { .. } | EvalError::Field { .. } | EvalError::Duplicate { .. } => None,
        }
    }
}
