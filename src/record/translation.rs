//! A translation of one article, aligned paragraph by paragraph.

use super::{Finding, Lang, Method};
use serde::{Deserialize, Serialize};

/// One aligned piece: a paragraph of the source and its translation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Index of the paragraph, from 0; none for the title.
    pub paragraph: Option<usize>,
    /// The source text.
    pub source: String,
    /// Its translation.
    pub target: String,
    /// What the number gate found, after one regeneration.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// A translation of one article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translation {
    /// The article.
    pub article_id: String,
    /// Language of the source.
    pub source_lang: Lang,
    /// Language of the translation.
    pub target_lang: Lang,
    /// Who wrote it.
    pub method: Method,
    /// Title first (when there is one), then every paragraph in order.
    pub segments: Vec<Segment>,
}

impl Translation {
    /// The segments as a reader wants them: an article that repeats its title as its first heading shows
    /// it once.
    pub fn shown(&self) -> impl Iterator<Item = &Segment> {
        let title = self
            .segments
            .first()
            .filter(|segment| segment.paragraph.is_none());
        let repeated = move |segment: &Segment| {
            segment.paragraph == Some(0)
                && title.is_some_and(|title| title.source.trim() == segment.source.trim())
        };
        self.segments.iter().filter(move |segment| !repeated(segment))
    }
}
