//! A web page or a Markdown file whose text is exchanged while its markup stays as it is, byte for byte.
//!
//! What it is: the way of `depeche translate --format html` and `markdown`. A document is cut into blocks
//! (paragraphs, headings, items, cells), each a row of text runs between marks; the blocks become the paragraphs of
//! an [`Article`], and [`Document::render`] puts their translations into the places of the runs. Nothing but the
//! runs is written anew, and what is written is escaped, so that a translation never becomes markup.
//!
//! What it is not: the reader of articles ([`crate::ingest`]), which leaves the frame of a page out. Code, scripts,
//! styles, addresses and attributes are not text here; nor is what `translate="no"` marks.

mod html;
mod markdown;
mod place;
#[cfg(test)]
mod tests;

use crate::ingest;
use crate::record::{Article, Lang, Paragraph, ParagraphKind, Translation};
use std::ops::Range;

/// What a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Markup {
    /// A web page.
    Html,
    /// Markdown.
    Markdown,
}

/// A text between two marks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    /// Bytes of the document.
    range: Range<usize>,
    /// What it says, references and escapes resolved.
    text: String,
    /// In how many inline elements it stands.
    depth: usize,
    /// A line break of the source follows, which reads as a space.
    broken: bool,
}

/// A row of runs that are read as one text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Block {
    kind: ParagraphKind,
    runs: Vec<Run>,
}

impl Block {
    /// The text as an article has it: white space collapsed.
    fn text(&self) -> String {
        let mut out = String::new();
        for run in &self.runs {
            out.push_str(&run.text);
            if run.broken {
                out.push(' ');
            }
        }
        collapsed(&out)
    }
}

/// White space in one line; spaces that do not break are kept.
fn collapsed(text: &str) -> String {
    let is_breaking = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
    text.split(is_breaking)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A document, cut.
#[derive(Debug, Clone)]
pub struct Document {
    source: String,
    markup: Markup,
    blocks: Vec<Block>,
}

/// What a document became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The document.
    pub text: String,
    /// Paragraphs, from 0, that were left as they are because their translation would have changed the markup.
    pub kept: Vec<usize>,
}

impl Document {
    /// Cuts a document.
    pub fn new(source: String, markup: Markup) -> Document {
        let blocks = match markup {
            Markup::Html => html::blocks(&source),
            Markup::Markdown => markdown::blocks(&source),
        };
        Document {
            source,
            markup,
            blocks,
        }
    }

    /// Its text as an article, one paragraph a block; `lang` is that of the text, detected where it is not known.
    pub fn article(&self, path: &str, lang: Option<Lang>) -> Article {
        let mut text = String::new();
        let mut paragraphs = Vec::with_capacity(self.blocks.len());
        let mut at = 0;
        for block in &self.blocks {
            if !text.is_empty() {
                text.push_str("\n\n");
                at += 2;
            }
            let words = block.text();
            let end = at + words.chars().count();
            paragraphs.push(Paragraph {
                start: at,
                end,
                kind: block.kind,
            });
            text.push_str(&words);
            at = end;
        }
        let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
        Article {
            id: hash[..16].to_owned(),
            lang: lang.unwrap_or_else(|| ingest::detect_language(&text)),
            path: path.to_owned(),
            hash,
            text,
            paragraphs,
            ..Article::default()
        }
    }

    /// The document with the targets of `translation`, which is one of its [article](Document::article), in the
    /// places of its text.
    pub fn render(&self, translation: &Translation) -> Rendered {
        let mut targets: Vec<Option<&str>> = vec![None; self.blocks.len()];
        for segment in &translation.segments {
            if let Some(slot) = segment.paragraph.and_then(|paragraph| targets.get_mut(paragraph)) {
                *slot = Some(&segment.target);
            }
        }
        let text = self.with(&targets);
        if self.has_same_markup(&text) {
            return Rendered {
                text,
                kept: Vec::new(),
            };
        }
        // Rare enough to be slow: each block is tried by itself.
        let mut kept = Vec::new();
        for at in 0..targets.len() {
            let mut alone = vec![None; targets.len()];
            alone[at] = targets[at];
            if !self.has_same_markup(&self.with(&alone)) {
                targets[at] = None;
                kept.push(at);
            }
        }
        let text = self.with(&targets);
        if self.has_same_markup(&text) {
            Rendered { text, kept }
        } else {
            Rendered {
                text: self.source.clone(),
                kept: (0..targets.len()).collect(),
            }
        }
    }

    fn has_same_markup(&self, text: &str) -> bool {
        match self.markup {
            Markup::Html => html::markup(text) == html::markup(&self.source),
            Markup::Markdown => markdown::markup(text) == markdown::markup(&self.source),
        }
    }

    fn with(&self, targets: &[Option<&str>]) -> String {
        let mut out = String::with_capacity(self.source.len() + self.source.len() / 4);
        let mut done = 0;
        for (block, target) in self.blocks.iter().zip(targets) {
            let Some(target) = target else { continue };
            let pieces = place::pieces(&block.runs, target);
            for (run, piece) in block.runs.iter().zip(pieces) {
                out.push_str(&self.source[done..run.range.start]);
                let escaped = match self.markup {
                    Markup::Html => html::escape(&piece),
                    Markup::Markdown => markdown::escape(&piece, &self.source, &run.range),
                };
                out.push_str(&escaped);
                done = run.range.end;
            }
        }
        out.push_str(&self.source[done..]);
        out
    }
}
