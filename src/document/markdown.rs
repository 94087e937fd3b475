//! Markdown: text between marks, in blocks, with the extensions that the reader of articles knows.

use super::{Block, Run};
use crate::record::ParagraphKind;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

fn parser(text: &str) -> Parser<'_> {
    let extensions = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    Parser::new_ext(text, extensions)
}

/// Cuts a document.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut reader = Reader {
        text,
        ..Reader::default()
    };
    for (event, range) in parser(text).into_offset_iter() {
        reader.take(event, range);
    }
    reader.end_block();
    reader.blocks
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a str,
    blocks: Vec<Block>,
    block: Block,
    kinds: Vec<ParagraphKind>,
    depth: usize,
    /// Inside code, front matter, an image's description.
    kept: usize,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(words) if self.kept == 0 => self.words(&words, range),
            Event::SoftBreak => {
                if let Some(last) = self.block.runs.last_mut() {
                    last.broken = true;
                }
            }
            // Code in a line is not prose; what stands on both sides of it is translated by itself.
            Event::Code(_)
            | Event::HardBreak
            | Event::Rule
            | Event::Html(_)
            | Event::FootnoteReference(_) => {
                self.end_block();
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } => self.depth += 1,
            Tag::Image { .. } => self.kept += 1,
            Tag::CodeBlock(_) | Tag::MetadataBlock(_) | Tag::HtmlBlock => {
                self.end_block();
                self.kept += 1;
            }
            _ => {
                self.end_block();
                self.kinds.push(match tag {
                    Tag::Heading { .. } => ParagraphKind::Heading,
                    Tag::Item => ParagraphKind::ListItem,
                    Tag::BlockQuote(_) => ParagraphKind::Quote,
                    // the paragraph of an item is an item
                    _ => self.kinds.last().copied().unwrap_or_default(),
                });
            }
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link => {
                self.depth = self.depth.saturating_sub(1);
            }
            TagEnd::Image => self.kept = self.kept.saturating_sub(1),
            TagEnd::CodeBlock | TagEnd::MetadataBlock(_) | TagEnd::HtmlBlock => {
                self.end_block();
                self.kept = self.kept.saturating_sub(1);
            }
            _ => {
                self.end_block();
                self.kinds.pop();
            }
        }
    }

    fn words(&mut self, words: &str, range: Range<usize>) {
        if let Some(last) = self.block.runs.last_mut() {
            // an escape or a reference parts a text that no mark parts
            let between = self.text.get(last.range.end..range.start).unwrap_or("\n");
            if matches!(between, "" | "\\") && !last.broken && last.depth == self.depth {
                last.range.end = range.end;
                last.text.push_str(words);
                return;
            }
        }
        // the back slash of an escape at the start belongs to the run
        let escaped =
            self.text[..range.start].ends_with('\\') && words.starts_with(|c: char| c.is_ascii_punctuation());
        let start = range.start - usize::from(escaped);
        self.block.runs.push(Run {
            range: start..range.end,
            text: words.to_owned(),
            depth: self.depth,
            broken: false,
        });
    }

    fn end_block(&mut self) {
        let kind = self.kinds.last().copied().unwrap_or_default();
        let Block { runs, .. } = std::mem::take(&mut self.block);
        if runs.iter().any(|run| !run.text.trim().is_empty()) {
            self.blocks.push(Block { kind, runs });
        }
    }
}

/// Everything of a document that is no text, in order.
pub(super) fn markup(text: &str) -> Vec<String> {
    let mut marks = Vec::new();
    let mut kept = 0_usize;
    for event in parser(text) {
        match &event {
            Event::Text(_) if kept == 0 => continue,
            Event::Start(Tag::CodeBlock(_) | Tag::MetadataBlock(_) | Tag::HtmlBlock | Tag::Image { .. }) => {
                kept += 1
            }
            Event::End(TagEnd::CodeBlock | TagEnd::MetadataBlock(_) | TagEnd::HtmlBlock | TagEnd::Image) => {
                kept = kept.saturating_sub(1);
            }
            _ => {}
        }
        marks.push(format!("{event:?}"));
    }
    marks
}

/// Text as a document has it in the place of the run at `range`.
pub(super) fn escape(piece: &str, source: &str, range: &Range<usize>) -> String {
    let before = source[..range.start].chars().next_back();
    let mut starts = before.is_none_or(|c| !c.is_alphanumeric());
    let mut out = String::with_capacity(piece.len() + 8);
    let mut chars = piece.chars().peekable();
    let mut digits = 0;
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let is_mark = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' => true,
            '&' => next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '#'),
            '-' | '+' | '=' | '#' | ':' => starts,
            // `1.` at the start of a line opens a list
            '.' | ')' => digits > 0 && next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if is_mark {
            out.push('\\');
        }
        out.push(c);
        digits = if c.is_ascii_digit() && (starts || digits > 0) {
            digits + 1
        } else {
            0
        };
        starts = starts && c.is_whitespace();
    }
    out
}
