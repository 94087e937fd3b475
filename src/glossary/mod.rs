//! Terms that a translation has to use: read from a file, found in a text, checked in its translation.
//!
//! What it is: [`Glossary::parse`] reads CSV, TSV and TBX-basic; [`Glossary::in_text`] finds the terms of a
//! source text, the longest first, and [`holds`] tells whether a translation has one. No model; the caller
//! reads the file.
//!
//! What it is not: morphology. A word may be in the plural, and may begin with a capital; other
//! inflections (`racheter`, `rachète`) are terms of their own.

mod find;
mod table;
mod tbx;
#[cfg(test)]
mod tests;

pub use find::{Found, Index, holds, occurrences};

use crate::record::Lang;

/// The most terms that one glossary may have.
pub const MOST_TERMS: usize = 200_000;

/// One term.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// What the source says.
    pub source: String,
    /// What the translation has to say; the same as `source` where the term must not be translated.
    pub target: String,
    /// `noun`, `verb`, …, as the file has it.
    pub part_of_speech: Option<String>,
    /// What the file says of it.
    pub note: Option<String>,
}

impl Term {
    /// A term that must not be translated.
    pub fn kept(word: &str) -> Term {
        Term {
            source: word.to_owned(),
            target: word.to_owned(),
            part_of_speech: None,
            note: None,
        }
    }

    /// Whether it must not be translated.
    pub fn is_kept(&self) -> bool {
        self.source == self.target
    }
}

/// How a glossary is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma or semicolon separated.
    Csv,
    /// Tab separated.
    Tsv,
    /// TBX-basic, in its second (`martif`) or third (`tbx`) version.
    Tbx,
}

impl Format {
    /// By the extension of a file name, else by the first character that says something.
    pub fn of(name: &str, text: &str) -> Format {
        let extension = name
            .rsplit_once('.')
            .map(|(_, extension)| extension.to_lowercase());
        match extension.as_deref() {
            Some("csv") => Format::Csv,
            Some("tsv" | "tab") => Format::Tsv,
            Some("tbx" | "xml" | "tbxm") => Format::Tbx,
            _ if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') => Format::Tbx,
            _ if text.lines().next().is_some_and(|line| line.contains('\t')) => Format::Tsv,
            _ => Format::Csv,
        }
    }
}

/// Why a file is no glossary.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GlossaryError {
    /// A row without a source term.
    #[error("line {line}: expected a source term and its translation, but found {found:?}")]
    Row {
        /// Counted from 1.
        line: u64,
        /// The row.
        found: String,
    },
    /// The same source term has two translations.
    #[error("line {line}: {term:?} has the translation {found:?}, but line {first} gives {expected:?}")]
    Twice {
        /// Counted from 1.
        line: u64,
        /// The term.
        term: String,
        /// Its translation here.
        found: String,
        /// Its translation before.
        expected: String,
        /// Where that stands.
        first: u64,
    },
    /// The rows cannot be told apart.
    #[error("expected rows of a table")]
    Table(#[source] csv::Error),
    /// The XML cannot be read.
    #[error("expected TBX")]
    Xml(#[source] roxmltree::Error),
    /// No entry has terms in both languages.
    #[error("expected terms in {from} and {to}, but found entries in {found}")]
    Languages {
        /// Language of the source.
        from: String,
        /// Language of the translation.
        to: String,
        /// The languages that are there.
        found: String,
    },
    /// Nothing is in it.
    #[error("expected at least one term, but found none")]
    Empty,
    /// More than [`MOST_TERMS`].
    #[error("expected at most {MOST_TERMS} terms")]
    TooMany,
}

/// Terms that a translation has to use.
#[derive(Debug, Clone)]
pub struct Glossary {
    terms: Vec<Term>,
    hash: String,
    index: Index,
}

impl Glossary {
    /// Reads a glossary for translations from `from` to `to` (language tags: `fr`, `en`, `de`).
    ///
    /// # Errors
    /// When it is in none of the formats, has a row without terms, one term with two translations, or none
    /// at all.
    pub fn parse(text: &str, format: Format, from: &str, to: &str) -> Result<Glossary, GlossaryError> {
        let text = text.trim_start_matches('\u{feff}');
        let terms = match format {
            Format::Csv => table::read(text, table::delimiter(text))?,
            Format::Tsv => table::read(text, b'\t')?,
            Format::Tbx => tbx::read(text, from, to)?,
        };
        if terms.is_empty() {
            return Err(GlossaryError::Empty);
        }
        if terms.len() > MOST_TERMS {
            return Err(GlossaryError::TooMany);
        }
        Ok(Glossary::new(terms, Lang::from_tag(from)))
    }

    /// A glossary of these terms.
    pub fn new(terms: Vec<Term>, source_lang: Lang) -> Glossary {
        let mut hasher = blake3::Hasher::new();
        for term in &terms {
            for part in [&term.source, &term.target] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        }
        let index = Index::new(terms.iter().map(|term| term.source.as_str()), source_lang);
        Glossary {
            terms,
            hash: hasher.finalize().to_hex()[..32].to_owned(),
            index,
        }
    }

    /// Its terms, in the order of the file.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Digest of what it demands: part of the key under which translations are kept.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The terms of a text in its order: of those that overlap, the longest.
    pub fn in_text(&self, text: &str) -> Vec<(&Term, Found)> {
        let found = self.index.find(text);
        found
            .into_iter()
            .map(|found| (&self.terms[found.term], found))
            .collect()
    }
}
