//! Markdown: blocks and front matter through pulldown-cmark, with the place of every character.

use std::ops::Range;

use pulldown_cmark::{Event, Options as Extensions, Parser, Tag, TagEnd};

use super::build::{Block, Draft};
use super::chrome::{self, Place};
use super::decode::Decoded;
use super::html;
use super::plain::push_clean;
use super::trace::Traced;
use super::{Format, IngestError, date};
use crate::record::{Lang, ParagraphKind};

/// Reads a document; `raw` keeps lines that are frame.
pub(super) fn read(decoded: &Decoded, raw: bool) -> Result<Draft, IngestError> {
    let text = decoded.text.as_str();
    let extensions = Extensions::ENABLE_TABLES
        | Extensions::ENABLE_FOOTNOTES
        | Extensions::ENABLE_STRIKETHROUGH
        | Extensions::ENABLE_TASKLISTS
        | Extensions::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Extensions::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut reader = Reader {
        text,
        ..Reader::default()
    };
    for (event, range) in Parser::new_ext(text, extensions).into_offset_iter() {
        reader.take(event, range);
    }
    reader.end_block();
    let mut draft = reader.draft;
    if !raw {
        drop_chrome(&mut draft);
    }
    if draft.blocks.is_empty() {
        return Err(IngestError::NoText {
            format: Format::Markdown,
        });
    }
    let stated = reader
        .title
        .map(|title| title.trimmed())
        .filter(|title| !title.text().is_empty());
    set_title(&mut draft, stated);
    Ok(draft)
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a str,
    draft: Draft,
    block: Block,
    /// Open blocks that give their paragraphs a kind.
    kinds: Vec<ParagraphKind>,
    /// Inside the row of a table.
    in_row: bool,
    /// Inside front matter.
    in_front_matter: bool,
    /// Inside an image, whose description is no text of the article.
    in_image: usize,
    description: String,
    /// Consecutive lines of HTML.
    html: Option<Range<usize>>,
    /// The title of the front matter.
    title: Option<Traced>,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag, range),
            Event::Text(words) if self.in_front_matter => self.front_matter(&words, range),
            Event::Text(words) if self.in_image > 0 => self.description.push_str(&words),
            Event::Text(words) => self.words(&words, range),
            Event::Code(words) => {
                // The range has the back ticks around the words.
                let inside = self.text[range.clone()].find(&*words).map(|at| range.start + at);
                match inside {
                    Some(at) => self.words(&words, at..at + words.len()),
                    None => self.respelled(&words, range),
                }
            }
            Event::SoftBreak | Event::HardBreak => self.block.text.push_for(" ", range),
            Event::Html(_) => {
                let start = self.html.as_ref().map_or(range.start, |html| html.start);
                self.html = Some(start..range.end);
            }
            Event::InlineHtml(tag) if tag.starts_with("<br") => self.block.text.push_for(" ", range),
            Event::Rule => self.end_block(),
            Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::MetadataBlock(_) => self.in_front_matter = true,
            Tag::Image { .. } => self.in_image += 1,
            Tag::HtmlBlock => self.end_block(),
            Tag::Paragraph
            | Tag::CodeBlock(_)
            | Tag::FootnoteDefinition(_)
            | Tag::Table(_)
            | Tag::List(_) => self.end_block(),
            Tag::Heading { .. } => self.open(ParagraphKind::Heading),
            Tag::Item => self.open(ParagraphKind::ListItem),
            Tag::BlockQuote(_) => self.open(ParagraphKind::Quote),
            Tag::TableHead | Tag::TableRow => {
                self.open(ParagraphKind::TableRow);
                self.in_row = true;
            }
            Tag::TableCell if !self.block.text.text().is_empty() => self.block.text.push_bridge(" | "),
            _ => {}
        }
    }

    fn open(&mut self, kind: ParagraphKind) {
        self.end_block();
        self.kinds.push(kind);
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::MetadataBlock(_) => self.in_front_matter = false,
            TagEnd::Image => {
                self.in_image -= 1;
                let description = std::mem::take(&mut self.description);
                if !description.trim().is_empty() {
                    self.draft.remove(&description, "image description");
                }
            }
            TagEnd::HtmlBlock => {
                let html = self.html.take().unwrap_or(range);
                self.draft.blocks.extend(html::visible_blocks(self.text, html));
            }
            TagEnd::Paragraph
            | TagEnd::CodeBlock
            | TagEnd::FootnoteDefinition
            | TagEnd::Table
            | TagEnd::List(_) => self.end_block(),
            TagEnd::Heading(_)
            | TagEnd::Item
            | TagEnd::BlockQuote(_)
            | TagEnd::TableHead
            | TagEnd::TableRow => {
                self.end_block();
                self.in_row = false;
                self.kinds.pop();
            }
            _ => {}
        }
    }

    /// Words of the document; where it spells them otherwise (an entity), they stand for their range.
    fn words(&mut self, words: &str, range: Range<usize>) {
        if self.text.get(range.clone()) != Some(words) {
            return self.respelled(words, range);
        }
        push_clean(self.text, range, &mut self.block.text);
    }

    fn respelled(&mut self, words: &str, range: Range<usize>) {
        let words: String = words
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        self.block.text.push_for(&words, range);
    }

    fn end_block(&mut self) {
        let mut block = std::mem::take(&mut self.block);
        if block.text.text().trim().is_empty() {
            return;
        }
        let outermost = self.kinds.iter().find(|&&kind| kind != ParagraphKind::Text);
        block.kind = self.kinds.last().or(outermost).copied().unwrap_or_default();
        self.draft.blocks.push(block);
    }

    /// `title: ...` lines (YAML) or `title = "..."` (TOML): the four fields that articles have.
    fn front_matter(&mut self, words: &str, range: Range<usize>) {
        let mut at = range.start;
        for line in words.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let Some((name, value)) = line.split_once([':', '=']) else {
                continue;
            };
            let value_start = start + name.len() + 1;
            let shift = value.len() - value.trim_start().len();
            let value = value.trim();
            let unquoted = ['"', '\'']
                .iter()
                .find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote))
                .unwrap_or(value);
            let place = value_start + shift + usize::from(unquoted.len() < value.len());
            if unquoted.is_empty() {
                continue;
            }
            match name.trim().to_ascii_lowercase().as_str() {
                "title" | "titre" => {
                    let mut title = Traced::default();
                    if self.text.get(place..place + unquoted.len()) == Some(unquoted) {
                        title.push_verbatim(self.text, place..place + unquoted.len());
                    } else {
                        title.push_bridge(unquoted);
                    }
                    self.title = Some(title);
                }
                "date" | "published" | "publication" | "publié" | "pubdate" => {
                    self.draft.date = date::read(unquoted)
                }
                "url" | "link" | "source" | "canonical" | "permalink" if unquoted.starts_with("http") => {
                    self.draft.url = Some(unquoted.to_owned());
                }
                "lang" | "language" | "langue" => self.draft.lang = Some(Lang::from_tag(unquoted)),
                _ => {}
            }
        }
    }
}

fn drop_chrome(draft: &mut Draft) {
    let blocks = std::mem::take(&mut draft.blocks);
    let mut kept = Vec::with_capacity(blocks.len());
    for block in blocks {
        let place = if kept.len() < chrome::TOP_LINES {
            Place::Top
        } else {
            Place::Inside
        };
        match chrome::reason(block.text.text(), place) {
            Some(reason) => {
                if draft.date.is_none() && reason == chrome::DATELINE {
                    draft.date = date::read(block.text.text());
                }
                draft.remove(block.text.text(), reason);
            }
            None => kept.push(block),
        }
    }
    draft.blocks = kept;
}

/// The title is the front matter's, else the first heading's when nothing stands before it.
fn set_title(draft: &mut Draft, stated: Option<Traced>) {
    let letters = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    let first = &draft.blocks[0];
    let heading = (first.kind == ParagraphKind::Heading).then(|| first.text.trimmed().text().to_owned());
    match (heading, stated) {
        (Some(heading), None) => draft.title = Some(heading),
        (Some(heading), Some(stated)) if letters(&heading) == letters(stated.text()) => {
            draft.title = Some(heading)
        }
        (_, Some(stated)) => {
            draft.title = Some(stated.text().to_owned());
            draft.blocks.insert(
                0,
                Block {
                    kind: ParagraphKind::Heading,
                    text: stated,
                },
            );
        }
        (None, None) => {}
    }
}
