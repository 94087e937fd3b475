//! One article: its clean text, where its paragraphs are, and the way back to the file.

use serde::{Deserialize, Serialize};

/// The languages that depeche tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// French.
    #[default]
    Fr,
    /// English.
    En,
    /// Any other language, or a text too short to tell.
    #[serde(rename = "und")]
    Other,
}

impl Lang {
    /// The ISO 639-1 code, or `und` (ISO 639-2) where the language is not one that is told apart.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Fr => "fr",
            Lang::En => "en",
            Lang::Other => "und",
        }
    }

    /// Reads a language tag (`fr`, `fr-CA`, `en_US`, `FR`): everything unknown is [`Lang::Other`].
    pub fn from_tag(tag: &str) -> Lang {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "fr" | "fra" | "fre" | "french" => Lang::Fr,
            "en" | "eng" | "english" => Lang::En,
            _ => Lang::Other,
        }
    }
}

/// What a paragraph is in the layout of the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParagraphKind {
    /// Running text.
    #[default]
    Text,
    /// A heading inside the article (the title is not a paragraph).
    Heading,
    /// One item of a list.
    ListItem,
    /// A block quotation.
    Quote,
    /// One row of a table, cells separated by ` | `.
    TableRow,
}

/// One paragraph of the clean text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraph {
    /// First character (chars into [`Article::text`]).
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Its place in the layout.
    #[serde(default)]
    pub kind: ParagraphKind,
}

/// A run of the source that was left out of the clean text as boilerplate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// The text that was left out (cut to a readable length).
    pub text: String,
    /// Why (`navigation`, `cookie banner`, `share buttons`, `related articles`, …).
    pub reason: String,
}

/// Leads from characters of the clean text back to bytes of the untouched file.
///
/// A list of runs: from character `clean` on, characters and source bytes advance together until the
/// next run. Where the source spells a character differently (an HTML entity, a Windows-1252 byte) a
/// new run starts after it. Empty when the input had no file of its own (JSONL text, standard input
/// that was HTML without exact provenance): `approximate` then says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanMap {
    /// `(clean char offset, source byte offset, source bytes per clean char is UTF-8)` runs, sorted.
    pub runs: Vec<SpanRun>,
}

/// One run of a [`SpanMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanRun {
    /// First character of the run in the clean text.
    pub clean_start: usize,
    /// One past its last character.
    pub clean_end: usize,
    /// First byte of the run in the file.
    pub source_start: usize,
    /// One past its last byte.
    pub source_end: usize,
}

/// One article, read and cleaned.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// The identifier that the input carried (JSONL `id`), else the first 16 hex digits of `hash`.
    pub id: String,
    /// BLAKE3 of title, date and clean text, in hex: the same content has the same hash wherever it lies.
    pub hash: String,
    /// The file as it was named on the command line, `-` for standard input; for JSONL
    /// `file.jsonl:12` (line, from 1).
    pub path: String,
    /// Title, when the source states one.
    pub title: Option<String>,
    /// Publication date, `2024-06-05` or with a time, when the source states one.
    pub date: Option<String>,
    /// Address of the article, when the source states one.
    pub url: Option<String>,
    /// Language of the text.
    pub lang: Lang,
    /// The clean text: paragraphs separated by a blank line (`\n\n`).
    pub text: String,
    /// Where the paragraphs are in `text`.
    pub paragraphs: Vec<Paragraph>,
    /// What was left out.
    #[serde(default)]
    pub removed: Vec<Removed>,
    /// The way back to the file.
    #[serde(default)]
    pub span_map: SpanMap,
}
