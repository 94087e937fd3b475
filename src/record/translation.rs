//! A translation of one article, aligned paragraph by paragraph.

use super::{Finding, Lang, Method};
use serde::{Deserialize, Serialize};

/// One aligned piece: a paragraph of the source and its translation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Index of the paragraph, from 0; none for the title.
    pub paragraph: Option<usize>,
    /// The source text.
    pub source: String,
    /// Its translation.
    pub target: String,
    /// What the number gate found, after every repair.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Its sentences, aligned, where it was translated sentence by sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sentences: Vec<AlignedSentence>,
}

/// One sentence of a paragraph and its translation, each as it stands in the paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlignedSentence {
    /// The source sentence.
    pub source: String,
    /// Its translation; the source itself where no answer could be used.
    pub target: String,
    /// What the first answer of the model needed; none where it stands as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repair: Option<Repair>,
}

/// How a wrong first answer was mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// Another beam of the same search was right.
    Beam,
    /// The sentence was asked for again with its figures, names or terms behind stand-ins.
    Protection,
    /// A name or term that was there in another spelling was spelled as it must be.
    Spelling,
}

impl Repair {
    /// The name that the outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Repair::Beam => "beam",
            Repair::Protection => "protection",
            Repair::Spelling => "spelling",
        }
    }
}

/// Whether a term that the source states was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermStatus {
    /// The first answer has it.
    Used,
    /// It took a repair.
    Repaired,
    /// The translation does not have it.
    Missed,
}

impl TermStatus {
    /// The name that the outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            TermStatus::Used => "used",
            TermStatus::Repaired => "repaired",
            TermStatus::Missed => "missed",
        }
    }
}

/// One glossary term where the source states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermUse {
    /// The term as the glossary spells it.
    pub source: String,
    /// What it has to become.
    pub target: String,
    /// Index of the paragraph, from 0; none for the title.
    pub paragraph: Option<usize>,
    /// Whether it did.
    pub status: TermStatus,
    /// The source sentence (or paragraph).
    pub sentence: String,
    /// Its translation.
    pub translation: String,
}

/// What was checked in one translation, and what came of it. Counts of sentences where the model
/// translates sentences, else of paragraphs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checks {
    /// Sentences that were translated and whose figures were compared.
    pub segments: usize,
    /// Those whose first answer had other figures than its source.
    pub mismatched: usize,
    /// Those mended by another beam of the same search.
    pub repaired_by_beam: usize,
    /// Those mended by asking again with the figures behind stand-ins.
    pub repaired_by_protection: usize,
    /// Those mended by asking again with the differences named.
    pub repaired_by_retry: usize,
    /// Those that are still wrong: flagged.
    pub flagged: usize,
    /// Those for which no answer could be used (empty, cut, markup, a loop): the source stands in.
    pub unusable: usize,
    /// Names that must stay as they are, each place counted.
    pub names: usize,
    /// Those that took a repair.
    pub names_repaired: usize,
    /// Those that the translation does not have.
    pub names_missed: usize,
    /// Glossary terms, each place counted.
    pub terms: usize,
    /// Those that took a repair.
    pub terms_repaired: usize,
    /// Those that the translation does not have.
    pub terms_missed: usize,
}

impl std::ops::AddAssign for Checks {
    fn add_assign(&mut self, other: Checks) {
        let Checks {
            segments,
            mismatched,
            repaired_by_beam,
            repaired_by_protection,
            repaired_by_retry,
            flagged,
            unusable,
            names,
            names_repaired,
            names_missed,
            terms,
            terms_repaired,
            terms_missed,
        } = other;
        self.segments += segments;
        self.mismatched += mismatched;
        self.repaired_by_beam += repaired_by_beam;
        self.repaired_by_protection += repaired_by_protection;
        self.repaired_by_retry += repaired_by_retry;
        self.flagged += flagged;
        self.unusable += unusable;
        self.names += names;
        self.names_repaired += names_repaired;
        self.names_missed += names_missed;
        self.terms += terms;
        self.terms_repaired += terms_repaired;
        self.terms_missed += terms_missed;
    }
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
    /// Every glossary term that the source states.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<TermUse>,
    /// What was checked.
    #[serde(default)]
    pub checks: Checks,
}

#[cfg(test)]
impl Translation {
    /// A translation into English by a model, of which nothing was checked, for the tests of every room.
    pub(crate) fn bare(article_id: &str, segments: Vec<Segment>) -> Translation {
        Translation {
            article_id: article_id.to_owned(),
            source_lang: Lang::Fr,
            target_lang: Lang::En,
            method: Method::Model,
            segments,
            terms: Vec::new(),
            checks: Checks::default(),
        }
    }
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
