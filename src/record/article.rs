//! One article: its clean text, where its paragraphs are, and the way back to the file.

use std::ops::Range;

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

    /// The months, from January on, as the language writes them within a sentence; those of English for any other.
    pub fn months(self) -> &'static [&'static str; 12] {
        match self {
            Lang::Fr => &[
                "janvier",
                "février",
                "mars",
                "avril",
                "mai",
                "juin",
                "juillet",
                "août",
                "septembre",
                "octobre",
                "novembre",
                "décembre",
            ],
            _ => &[
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
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

/// The JSONL file and the line of it that a path names (`articles.jsonl:12`), as [`Article::path`] spells them.
pub(crate) fn line_of_file(path: &str) -> Option<(&str, &str)> {
    let (file, line) = path.rsplit_once(':')?;
    let is_number = !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit());
    let lower = file.to_ascii_lowercase();
    (is_number && (lower.ends_with(".jsonl") || lower.ends_with(".ndjson"))).then_some((file, line))
}

/// What a paragraph is in the layout of the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParagraphKind {
    /// Running text.
    #[default]
    Text,
    /// A heading. Where the source shows its title, the first paragraph is that heading and equals
    /// [`Article::title`]: nothing that is read, such as a figure in a title, is missing from the text.
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
/// A list of runs, sorted by their place in the clean text: inside one, characters and source bytes
/// advance together, in UTF-8 or with the same number of bytes each. Where the source spells characters
/// differently (an HTML entity, a JSON escape, a line break that became a space) they have a run of
/// their own. Characters outside all runs stand nowhere in the file (the blank line between paragraphs).
/// [`Article::source_range`] reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanMap {
    /// The runs, sorted by `clean_start`, without overlap in the clean text.
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

impl Article {
    /// The bytes of the untouched file behind characters `start..end` of the text.
    ///
    /// The range starts with the first of these characters that stands in the file and ends with the last
    /// one, so that it may hold markup in between. None when none of them does.
    pub fn source_range(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let runs = &self.span_map.runs;
        let first = runs.partition_point(|run| run.clean_end <= start);
        let last = runs.partition_point(|run| run.clean_start < end);
        let inside = runs.get(first..last).filter(|inside| !inside.is_empty())?;
        let (first, last) = (&inside[0], &inside[inside.len() - 1]);
        let from = first.source_byte(&self.text, start.max(first.clean_start), false);
        let to = last.source_byte(&self.text, end.min(last.clean_end), true);
        // The title of a page may stand behind its text.
        (from < to).then_some(from..to)
    }
}

impl SpanRun {
    /// The source byte of character `at` of the run; when the run is no plain copy, its start or (`after`) its end.
    fn source_byte(&self, text: &str, at: usize, after: bool) -> usize {
        if at <= self.clean_start {
            return self.source_start;
        }
        if at >= self.clean_end {
            return self.source_end;
        }
        let chars = self.clean_end - self.clean_start;
        let bytes = self.source_end - self.source_start;
        let clean = text.chars().skip(self.clean_start);
        let utf8_bytes: usize = clean.clone().take(chars).map(char::len_utf8).sum();
        if utf8_bytes == bytes {
            self.source_start
                + clean
                    .take(at - self.clean_start)
                    .map(char::len_utf8)
                    .sum::<usize>()
        } else if bytes.is_multiple_of(chars) && bytes <= 4 * chars {
            self.source_start + bytes / chars * (at - self.clean_start)
        } else if after {
            self.source_end
        } else {
            self.source_start
        }
    }
}
