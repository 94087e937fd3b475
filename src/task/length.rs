//! How long a summary is: a choice of the reader, the same for the model and for the extractive one.

use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// How long a summary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Length {
    /// Two or three points, an abstract of one or two sentences.
    Short,
    /// Three to five points, an abstract of two or three sentences.
    #[default]
    Medium,
    /// Five to eight points, an abstract of four or five sentences.
    Long,
}

impl Length {
    /// Every length, shortest first.
    pub const ALL: [Length; 3] = [Length::Short, Length::Medium, Length::Long];

    /// The name that the command line and the outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Length::Short => "short",
            Length::Medium => "medium",
            Length::Long => "long",
        }
    }

    /// Number of bullets. An article with fewer paragraphs may have fewer.
    pub fn bullets(self) -> RangeInclusive<usize> {
        match self {
            Length::Short => 2..=3,
            Length::Medium => 3..=5,
            Length::Long => 5..=8,
        }
    }

    /// Number of sentences of the abstract.
    pub fn sentences(self) -> RangeInclusive<usize> {
        match self {
            Length::Short => 1..=2,
            Length::Medium => 2..=3,
            Length::Long => 4..=5,
        }
    }

    /// The next shorter length, to ask again after an answer that did not fit.
    pub fn shorter(self) -> Length {
        match self {
            Length::Long => Length::Medium,
            Length::Medium | Length::Short => Length::Short,
        }
    }
}

impl std::str::FromStr for Length {
    type Err = UnknownLength;

    fn from_str(name: &str) -> Result<Length, UnknownLength> {
        Length::ALL
            .into_iter()
            .find(|length| length.as_str() == name)
            .ok_or_else(|| UnknownLength {
                found: name.to_owned(),
            })
    }
}

/// A word that names no length.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected short, medium or long, but found {found:?}")]
pub struct UnknownLength {
    /// The word.
    pub found: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() {
        for length in Length::ALL {
            assert_eq!(length.as_str().parse(), Ok(length));
        }
        assert_eq!(
            "huge".parse::<Length>().unwrap_err().to_string(),
            "expected short, medium or long, but found \"huge\""
        );
    }

    #[test]
    fn a_shorter_length_never_asks_for_more() {
        for length in Length::ALL {
            assert!(length.shorter().bullets().end() <= length.bullets().end());
            assert!(length.shorter().sentences().end() <= length.sentences().end());
        }
    }
}
