//! The visible text of a page as blocks, in order, each with its kind and the place of every character.
//!
//! It follows the rules that a browser follows for what stands on a line of its own, without a tree: a
//! stack of open elements is all it keeps. Nothing is judged here but what the markup says of itself
//! (`nav`, `hidden`, `class="share-bar"`): each block is noted with the first such zone around it.

use std::collections::HashMap;
use std::ops::Range;

use super::entity;
use super::token::{Tag, Token, Tokens};
use super::zone;
use crate::ingest::trace::Traced;
use crate::record::ParagraphKind;

/// One block of visible text.
#[derive(Debug, Default)]
pub(super) struct PageBlock {
    pub(super) kind: ParagraphKind,
    pub(super) text: Traced,
    /// 1 to 6 for `h1` to `h6`, else 0.
    pub(super) heading: u8,
    /// The zone around it that is no article by its own markup.
    pub(super) zone: Option<usize>,
    /// Whether it lies in `<article>` or `<main>`.
    pub(super) in_article: bool,
    /// Where its text nodes begin in the page, with the characters of each.
    pub(super) nodes: Vec<(usize, usize)>,
    /// How many of its characters are links.
    pub(super) link_chars: usize,
}

impl PageBlock {
    pub(super) fn chars(&self) -> usize {
        self.nodes.iter().map(|&(_, chars)| chars).sum()
    }

    /// Whether most of it is links.
    pub(super) fn is_links(&self) -> bool {
        self.link_chars * 2 > self.chars()
    }
}

/// A part of the page that its markup sets apart.
#[derive(Debug)]
pub(super) struct Zone {
    /// `navigation`, `footer`, `share buttons`, ...
    pub(super) reason: &'static str,
    /// Whether an editor may have put prose there (`aside`).
    pub(super) may_hold_prose: bool,
    /// Whether only a word of a class name says so, one that may mean something else.
    pub(super) is_guess: bool,
}

/// What a walk finds.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) blocks: Vec<PageBlock>,
    pub(super) zones: Vec<Zone>,
    /// The content of `<title>`.
    pub(super) title: Option<Range<usize>>,
    /// Contents of `<script type="application/ld+json">`.
    pub(super) json_ld: Vec<Range<usize>>,
    /// `<meta>` name or property (lower case) and content, in order.
    pub(super) meta: Vec<(String, String)>,
    /// `<link rel="canonical">`.
    pub(super) canonical: Option<String>,
    /// `<html lang>`.
    pub(super) lang: Option<String>,
    /// `<time datetime>`, in order.
    pub(super) times: Vec<String>,
    /// The deepest nesting.
    pub(super) depth: usize,
    /// How many start tags there are.
    pub(super) elements: usize,
}

/// Walks `page` from byte `range.start` to `range.end`.
pub(super) fn walk(page: &str, range: Range<usize>) -> Page {
    let mut walker = Walker {
        page,
        shift: range.start,
        ..Walker::default()
    };
    for token in Tokens::new(&page[range]) {
        walker.take(token);
    }
    walker.end_block();
    walker.found
}

/// An open element.
struct Open {
    name: String,
    zone: Option<usize>,
    in_article: bool,
    /// Inside running text but not shown: `<span class="sr-only">`.
    unseen: bool,
}

#[derive(Default)]
struct Walker<'a> {
    page: &'a str,
    /// Where the tokens' ranges start in the page.
    shift: usize,
    found: Page,
    stack: Vec<Open>,
    /// How many of each element are open: a stray end tag costs nothing.
    open: HashMap<String, usize>,
    block: PageBlock,
    /// White space seen since the last character, not yet written.
    space: Option<Range<usize>>,
    /// `<br>`s seen since the last character.
    breaks: usize,
    /// The cells of the table row that is open.
    row: Option<Row>,
    /// Open `a`, `sup`, `pre`.
    links: usize,
    raised: usize,
    /// What raw content comes next.
    raw: RawUse,
}

/// A table row under way.
struct Row {
    /// Cells with text so far.
    cells: usize,
    /// A cell has begun: its first text is preceded by the separator.
    fresh_cell: bool,
    /// A line break inside the cell, made real only when more text follows in it.
    pending_break: bool,
    /// The table lays out the page: headings, lists and paragraphs stand in its cells.
    is_layout: bool,
}

#[derive(Default, PartialEq, Eq)]
enum RawUse {
    #[default]
    Skip,
    Title,
    JsonLd,
}

impl Walker<'_> {
    fn take(&mut self, token: Token<'_>) {
        match token {
            Token::Text(range) => self.text(range.start + self.shift..range.end + self.shift),
            Token::Start(tag) => self.start(&tag),
            Token::End(name) => self.end(&name),
            Token::Raw(range) => {
                let range = range.start + self.shift..range.end + self.shift;
                match std::mem::take(&mut self.raw) {
                    RawUse::Title if self.found.title.is_none() => self.found.title = Some(range),
                    RawUse::JsonLd => self.found.json_ld.push(range),
                    _ => {}
                }
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        self.found.elements += 1;
        let name = tag.name.as_str();
        self.note_metadata(tag);
        match name {
            "br" => return self.line_break(),
            "hr" => return self.end_block(),
            "wbr" => return,
            _ if is_void(name) => return,
            _ => {}
        }
        self.close_implied(name);
        if is_block(name) {
            self.block_edge(name);
        }
        match name {
            "tr" => {
                self.row = Some(Row {
                    cells: 0,
                    fresh_cell: false,
                    pending_break: false,
                    is_layout: false,
                })
            }
            "td" | "th" => self.start_cell(),
            "a" => self.links += 1,
            "sup" => self.raised += 1,
            _ => {}
        }
        let outer = self.stack.last();
        let mut zone = outer.and_then(|open| open.zone);
        let in_article = outer.is_some_and(|open| open.in_article) || matches!(name, "article" | "main");
        let mut unseen = outer.is_some_and(|open| open.unseen);
        if !is_block(name) {
            unseen |= zone::is_unseen(tag);
        } else if zone.is_none_or(|zone| self.found.zones[zone].may_hold_prose)
            && let Some(found) = zone::of_tag(tag)
        {
            zone = Some(self.found.zones.len());
            self.found.zones.push(found);
        }
        *self.open.entry(tag.name.clone()).or_default() += 1;
        self.stack.push(Open {
            name: tag.name.clone(),
            zone,
            in_article,
            unseen,
        });
        self.found.depth = self.found.depth.max(self.stack.len());
    }

    fn note_metadata(&mut self, tag: &Tag<'_>) {
        match tag.name.as_str() {
            "html" if self.found.lang.is_none() => self.found.lang = tag.attribute("lang"),
            "title" => self.raw = RawUse::Title,
            "script" => {
                let kind = tag.attribute("type").unwrap_or_default();
                let is_data = kind.trim().eq_ignore_ascii_case("application/ld+json");
                self.raw = if is_data { RawUse::JsonLd } else { RawUse::Skip };
            }
            "meta" => {
                let key = tag
                    .attribute("property")
                    .or_else(|| tag.attribute("name"))
                    .or_else(|| tag.attribute("itemprop"));
                if let (Some(key), Some(content)) = (key, tag.attribute("content")) {
                    self.found.meta.push((key.to_ascii_lowercase(), content));
                }
            }
            "link" if self.found.canonical.is_none() => {
                if tag
                    .attribute("rel")
                    .is_some_and(|rel| rel.eq_ignore_ascii_case("canonical"))
                {
                    self.found.canonical = tag.attribute("href");
                }
            }
            "time" => self.found.times.extend(tag.attribute("datetime")),
            _ => self.raw = RawUse::Skip,
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "br" => return self.line_break(),
            "p" if !self.is_open("p") => return self.end_block(),
            _ => {}
        }
        if !self.is_open(name) {
            return;
        }
        while let Some(open) = self.stack.last() {
            let is_it = open.name == name;
            self.pop();
            if is_it {
                break;
            }
        }
    }

    fn is_open(&self, name: &str) -> bool {
        self.open.get(name).is_some_and(|&count| count > 0)
    }

    fn pop(&mut self) {
        let Some(open) = self.stack.last() else { return };
        let name = open.name.clone();
        if is_block(&name) {
            self.block_edge(&name);
        }
        match name.as_str() {
            "tr" | "table" => self.row = None,
            "a" => self.links = self.links.saturating_sub(1),
            "sup" => self.raised = self.raised.saturating_sub(1),
            _ => {}
        }
        self.stack.pop();
        if let Some(count) = self.open.get_mut(&name) {
            *count = count.saturating_sub(1);
        }
    }

    /// Elements that end where another begins: `<p>`, `<li>`, cells.
    fn close_implied(&mut self, next: &str) {
        /// An unclosed element further out than this is left to its parent's end tag.
        const FARTHEST: usize = 8;
        let (ends, within): (&[&str], &[&str]) = match next {
            "li" => (&["li"], &["ul", "ol", "menu"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tr" => (&["tr"], &["table"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "option" => (&["option"], &["select"]),
            _ if is_block(next) => (
                &["p"],
                &[
                    "td",
                    "th",
                    "li",
                    "div",
                    "blockquote",
                    "section",
                    "article",
                    "button",
                ],
            ),
            _ => return,
        };
        let mut depth = None;
        for (steps, open) in self.stack.iter().rev().take(FARTHEST).enumerate() {
            if ends.contains(&open.name.as_str()) {
                depth = Some(steps + 1);
                break;
            }
            if within.contains(&open.name.as_str()) {
                break;
            }
        }
        for _ in 0..depth.unwrap_or(0) {
            self.pop();
        }
    }

    /// The edge of an element that stands on its own.
    fn block_edge(&mut self, name: &str) {
        if matches!(name, "td" | "th") {
            return;
        }
        match &mut self.row {
            Some(row) if !row.is_layout && matches!(name, "p" | "div" | "label" | "center") => {
                row.pending_break = row.cells > 0 && !row.fresh_cell;
            }
            Some(row) => {
                row.is_layout |= !matches!(name, "tr" | "table" | "tbody" | "thead" | "tfoot");
                self.end_block();
            }
            None => self.end_block(),
        }
    }

    fn start_cell(&mut self) {
        match &mut self.row {
            Some(row) if row.is_layout => self.end_block(),
            Some(row) => {
                row.fresh_cell = true;
                row.pending_break = false;
                self.space = None;
            }
            None => {}
        }
    }

    /// One `<br>` is a space, unless sentences or items stand on both sides; two end the block.
    fn line_break(&mut self) {
        self.breaks += 1;
        if self.breaks > 1 {
            return self.end_block();
        }
        let text = self.block.text.text().trim_end();
        if text.ends_with(['.', '!', '?', '…', ':', ';', '»']) {
            self.end_block();
        } else if let Some(end) = self
            .space
            .as_ref()
            .map(|space| space.end)
            .or_else(|| self.block.text.last_origin())
        {
            self.space = Some(end..end);
        }
    }

    fn text(&mut self, range: Range<usize>) {
        if self.stack.last().is_some_and(|open| open.unseen) {
            return;
        }
        let mut at = range.start;
        let mut node = None;
        while at < range.end {
            let rest = &self.page[at..range.end];
            let Some(first) = rest.chars().next() else { break };
            let (c, length) = match first {
                '&' => entity::reference(rest).unwrap_or(('&', 1)),
                c => (c, c.len_utf8()),
            };
            let place = at..at + length;
            at = place.end;
            if matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{c}') || c.is_control() {
                let start = self.space.as_ref().map_or(place.start, |space| space.start);
                // White space on both sides of a tag is one space; the nearer place stands for it.
                self.space = Some(if node.is_some() { start..place.end } else { place });
                continue;
            }
            if matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}') {
                continue; // Hints for the layout, invisible.
            }
            self.begin_text();
            let start = *node.get_or_insert(place.start);
            self.write(c, first, place);
            match self.block.nodes.last_mut() {
                Some((at, chars)) if *at == start => *chars += 1,
                _ => self.block.nodes.push((start, 1)),
            }
        }
    }

    /// What comes before the next character: the row's separator or the pending space.
    fn begin_text(&mut self) {
        self.breaks = 0;
        if let Some(row) = &mut self.row {
            if row.pending_break {
                // Two paragraphs in one cell: a table for the layout, not for numbers.
                row.is_layout = true;
                row.pending_break = false;
                self.end_block();
            } else if row.fresh_cell {
                row.fresh_cell = false;
                row.cells += 1;
                if !self.block.text.text().is_empty() {
                    self.block.text.push_bridge(" | ");
                    self.space = None;
                }
            } else if row.cells == 0 {
                row.cells = 1;
            }
        }
        if self.block.text.text().is_empty() {
            self.space = None;
            self.open_block();
        }
        if let Some(space) = self.space.take() {
            if space.is_empty() {
                self.block.text.push_bridge(" "); // <br>
            } else if &self.page[space.clone()] == " " {
                self.block.text.push_verbatim(self.page, space);
            } else {
                self.block.text.push_for(" ", space);
            }
        }
    }

    fn open_block(&mut self) {
        self.block.zone = self.stack.last().and_then(|open| open.zone);
        self.block.in_article = self.stack.last().is_some_and(|open| open.in_article);
        self.block.heading = self
            .stack
            .iter()
            .rev()
            .take(12)
            .find_map(|open| open.name.strip_prefix('h').and_then(|level| level.parse().ok()))
            .filter(|level| (1..=6).contains(level))
            .unwrap_or(0);
        self.block.kind = if self.block.heading > 0 {
            ParagraphKind::Heading
        } else {
            let innermost = self
                .stack
                .iter()
                .rev()
                .take(24)
                .find_map(|open| match open.name.as_str() {
                    "li" | "dd" | "dt" => Some(ParagraphKind::ListItem),
                    "blockquote" => Some(ParagraphKind::Quote),
                    "article" | "main" | "body" | "td" => Some(ParagraphKind::Text),
                    _ => None,
                });
            innermost.unwrap_or_default()
        };
    }

    fn write(&mut self, c: char, first: char, place: Range<usize>) {
        if self.links > 0 {
            self.block.link_chars += 1;
        }
        let raised = if self.raised > 0 { superscript(c) } else { None };
        match raised {
            // `300<sup>2</sup>` must not become 3002.
            Some(raised) => self.block.text.push_for(raised.encode_utf8(&mut [0; 4]), place),
            None if c == first && place.len() == c.len_utf8() => {
                self.block.text.push_verbatim(self.page, place)
            }
            None => self.block.text.push_for(c.encode_utf8(&mut [0; 4]), place),
        }
    }

    fn end_block(&mut self) {
        self.space = None;
        self.breaks = 0;
        let mut block = std::mem::take(&mut self.block);
        if block.text.text().is_empty() {
            return;
        }
        if self
            .row
            .as_ref()
            .is_some_and(|row| row.cells > 1 && !row.is_layout)
        {
            block.kind = ParagraphKind::TableRow;
        }
        self.found.blocks.push(block);
    }
}

fn superscript(c: char) -> Option<char> {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    c.to_digit(10).map(|digit| DIGITS[digit as usize])
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "col"
            | "embed"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "path"
    )
}

/// Elements that stand on lines of their own.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "button"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hgroup"
            | "html"
            | "label"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "option"
            | "p"
            | "pre"
            | "script"
            | "search"
            | "section"
            | "select"
            | "style"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "textarea"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "video"
            | "audio"
            | "iframe"
            | "svg"
            | "template"
    )
}
