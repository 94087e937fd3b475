//! Web pages: text between tags, in blocks.

use super::{Block, Run};
use crate::ingest::{HtmlToken, html_tokens, resolve_references};
use crate::record::ParagraphKind;

/// Elements that stand in a line of text; every other one begins and ends a block.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "data", "del", "dfn", "em", "font", "i", "ins",
    "label", "mark", "q", "rp", "rt", "ruby", "s", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "wbr", "nobr", "img",
];

/// Elements whose text is not prose.
const CODE: &[&str] = &[
    "pre", "code", "kbd", "samp", "var", "math", "svg", "template", "object", "canvas",
];

/// Elements without an end tag.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
];

/// Cuts a page.
pub(super) fn blocks(page: &str) -> Vec<Block> {
    let mut reader = Reader {
        page,
        ..Reader::default()
    };
    for token in html_tokens(page) {
        reader.take(token);
    }
    reader.end_block();
    reader.blocks
}

#[derive(Default)]
struct Reader<'a> {
    page: &'a str,
    blocks: Vec<Block>,
    block: Block,
    depth: usize,
    kind: ParagraphKind,
    /// An element whose text is left alone, and how many of its name are open.
    skipped: Option<(String, usize)>,
    in_title: bool,
}

impl Reader<'_> {
    fn take(&mut self, token: HtmlToken<'_>) {
        match token {
            HtmlToken::Start(tag) => {
                let name = tag.name.clone();
                if let Some((skipped, open)) = &mut self.skipped {
                    *open += usize::from(*skipped == name);
                    return;
                }
                let is_inline = INLINE.contains(&name.as_str());
                let is_void = VOID.contains(&name.as_str());
                let class = tag.attribute("class").unwrap_or_default();
                let is_kept = CODE.contains(&name.as_str())
                    || tag
                        .attribute("translate")
                        .is_some_and(|value| value.eq_ignore_ascii_case("no"))
                    || class.split_whitespace().any(|class| class == "notranslate");
                if is_kept && !is_void {
                    self.end_block();
                    self.skipped = Some((name, 1));
                    return;
                }
                if is_inline {
                    self.depth += usize::from(!is_void);
                    return;
                }
                self.end_block();
                self.kind = kind_of(&name);
                self.in_title = name == "title";
            }
            HtmlToken::End(name) => {
                if let Some((skipped, open)) = &mut self.skipped {
                    if *skipped == name {
                        *open -= 1;
                        if *open == 0 {
                            self.skipped = None;
                        }
                    }
                    return;
                }
                if INLINE.contains(&name.as_str()) {
                    self.depth = self.depth.saturating_sub(1);
                } else {
                    self.end_block();
                    self.kind = ParagraphKind::Text;
                }
            }
            HtmlToken::Raw(range) => {
                if std::mem::take(&mut self.in_title) {
                    self.text(range);
                    self.end_block();
                }
            }
            HtmlToken::Text(range) => self.text(range),
        }
    }

    fn text(&mut self, range: std::ops::Range<usize>) {
        if self.skipped.is_some() || range.is_empty() {
            return;
        }
        let text = resolve_references(&self.page[range.clone()]);
        match self.block.runs.last_mut() {
            // a stray `<` parts a text that no tag parts
            Some(last) if last.range.end == range.start => {
                last.range.end = range.end;
                last.text.push_str(&text);
            }
            _ => self.block.runs.push(Run {
                range,
                text,
                depth: self.depth,
                broken: false,
            }),
        }
    }

    fn end_block(&mut self) {
        let kind = self.kind;
        let Block { mut runs, .. } = std::mem::take(&mut self.block);
        // white space between tags is layout
        let first = runs.iter().position(|run| !run.text.trim().is_empty());
        let last = runs.iter().rposition(|run| !run.text.trim().is_empty());
        if let (Some(first), Some(last)) = (first, last) {
            runs.truncate(last + 1);
            self.blocks.push(Block {
                kind,
                runs: runs.split_off(first),
            });
        }
    }
}

fn kind_of(name: &str) -> ParagraphKind {
    match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "title" => ParagraphKind::Heading,
        "li" => ParagraphKind::ListItem,
        "blockquote" => ParagraphKind::Quote,
        _ => ParagraphKind::Text,
    }
}

/// Everything of a page that is no text, in order and without white space: tags with their attributes, comments,
/// code.
pub(super) fn markup(page: &str) -> String {
    let mut marks = String::new();
    let mut done = 0;
    let runs = blocks(page).into_iter().flat_map(|block| block.runs);
    for run in runs {
        marks.extend(page[done..run.range.start].split_whitespace());
        done = run.range.end;
    }
    marks.extend(page[done..].split_whitespace());
    marks
}

/// Text as a page has it between tags.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            c => out.push(c),
        }
    }
    out
}
