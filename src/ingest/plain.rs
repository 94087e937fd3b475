//! Plain text: paragraphs out of lines, without the menus and buttons of a page copied whole.

use std::ops::Range;

use super::build::{Block, Draft};
use super::chrome::{self, Place};
use super::date;
use super::decode::Decoded;
use super::trace::Traced;
use crate::record::ParagraphKind;

/// Reads a text; `raw` keeps every line.
pub(super) fn read(decoded: &Decoded, raw: bool) -> Draft {
    let text = decoded.text.as_str();
    let mut lines = lines(text);
    let mut draft = Draft::default();
    if !raw {
        mark_chrome(text, &mut lines);
        if lines.iter().any(Line::is_text) {
            take_out(text, &mut lines, &mut draft);
        }
    }
    let width = wrap_width(text, &lines);
    for group in lines
        .split(|line| !line.is_text())
        .filter(|group| !group.is_empty())
    {
        add_group(text, group, width, &mut draft.blocks);
    }
    mark_headings(&mut draft);
    draft
}

/// A line without the white space around it.
#[derive(Debug, Clone)]
struct Line {
    range: Range<usize>,
    /// Why it is left out.
    reason: Option<&'static str>,
}

impl Line {
    fn is_blank(&self) -> bool {
        self.range.is_empty()
    }

    fn is_text(&self) -> bool {
        !self.is_blank() && self.reason.is_none()
    }
}

fn is_line_end(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !is_line_end(c) {
            continue;
        }
        lines.push(trimmed_line(text, start..at));
        start = at + c.len_utf8();
        if c == '\r' && chars.next_if(|&(_, next)| next == '\n').is_some() {
            start += 1;
        }
    }
    lines.push(trimmed_line(text, start..text.len()));
    lines
}

fn trimmed_line(text: &str, range: Range<usize>) -> Line {
    let is_space = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}');
    let line = &text[range.clone()];
    let start = range.start + (line.len() - line.trim_start_matches(is_space).len());
    Line {
        range: start..start + line.trim_matches(is_space).len(),
        reason: None,
    }
}

/// Finds the lines of the frame: by themselves, at both edges, and behind `Lire aussi`.
fn mark_chrome(text: &str, lines: &mut [Line]) {
    let mut seen = 0;
    for line in lines.iter_mut() {
        let place = if seen < chrome::TOP_LINES {
            Place::Top
        } else {
            Place::Inside
        };
        line.reason = reason(text, line, place, seen == 0);
        seen += usize::from(line.is_text());
    }
    mark_edge(text, lines.iter_mut(), true);
    mark_edge(text, lines.iter_mut().rev(), false);
    mark_announced(text, lines);
}

fn mark_edge<'l>(text: &str, lines: impl Iterator<Item = &'l mut Line>, from_top: bool) {
    for line in lines.filter(|line| line.is_text()) {
        line.reason = reason(text, line, Place::Edge, from_top);
        if line.reason.is_none() {
            return;
        }
    }
}

/// Why a line is frame; the first line left is the headline, and `Photo : Nikon rachète RED` may be one.
fn reason(text: &str, line: &Line, place: Place, is_first: bool) -> Option<&'static str> {
    chrome::reason(&text[line.range.clone()], place).filter(|&reason| !is_first || reason != chrome::CREDIT)
}

/// `Lire aussi` alone on its line announces titles: those right under it, and all of them at the end.
fn mark_announced(text: &str, lines: &mut [Line]) {
    for at in 0..lines.len() {
        let announces = lines[at].reason == Some(chrome::RELATED) && lines[at].range.len() <= 48;
        if !announces {
            continue;
        }
        let is_title = |line: &Line| is_title_like(&text[line.range.clone()]);
        let rest = &mut lines[at + 1..];
        let to_end = rest.iter().all(|line| !line.is_text() || is_title(line));
        for line in rest {
            if line.is_blank() && !to_end || line.is_text() && !is_title(line) {
                break;
            }
            if line.is_text() {
                line.reason = Some(chrome::RELATED);
            }
        }
    }
}

fn is_title_like(line: &str) -> bool {
    line.chars().count() <= 160 && !line.ends_with(['.', '!', '…', ';', ':', ','])
}

/// Notes what is left out, and the date that a publication line states.
fn take_out(text: &str, lines: &mut [Line], draft: &mut Draft) {
    for line in lines {
        let Some(reason) = line.reason else { continue };
        let words = &text[line.range.clone()];
        if reason == chrome::DATELINE && draft.date.is_none() {
            draft.date = date::read(words);
        }
        draft.remove(words, reason);
    }
}

/// The width at which a file was wrapped by hand, if it was.
///
/// Every line but the last of its paragraph must be so long that the next word did not fit: with three
/// and more such pairs, and hardly any other, that is no accident.
fn wrap_width(text: &str, lines: &[Line]) -> Option<usize> {
    const WIDTHS: Range<usize> = 40..131;
    let groups = || {
        lines
            .split(|line| !line.is_text())
            .filter(|group| group.len() > 1)
    };
    let width = groups().flatten().map(|line| chars(text, line)).max()?;
    if !WIDTHS.contains(&width) {
        return None;
    }
    let pairs = groups().flat_map(|group| group.windows(2));
    let (mut full, mut all) = (0, 0);
    for pair in pairs {
        all += 1;
        full += usize::from(is_full(text, pair, width));
    }
    (full >= 3 && full * 10 >= all * 9).then_some(width)
}

/// Whether the first word of the second line would not have fit on the first.
fn is_full(text: &str, pair: &[Line], width: usize) -> bool {
    let next = &text[pair[1].range.clone()];
    let word = next
        .split_whitespace()
        .next()
        .map_or(0, |word| word.chars().count());
    chars(text, &pair[0]) + 1 + word > width
}

fn chars(text: &str, line: &Line) -> usize {
    text[line.range.clone()].chars().count()
}

/// Lines without a blank one between them: one paragraph where they were wrapped, else one each.
fn add_group(text: &str, group: &[Line], width: Option<usize>, blocks: &mut Vec<Block>) {
    let mut start = 0;
    for end in 1..=group.len() {
        let goes_on = end < group.len() && joins(text, &group[end - 1..=end], width);
        if !goes_on {
            blocks.push(paragraph(text, &group[start..end]));
            start = end;
        }
    }
}

fn joins(text: &str, pair: &[Line], width: Option<usize>) -> bool {
    let (line, next) = (&text[pair[0].range.clone()], &text[pair[1].range.clone()]);
    if marker_length(next).is_some() {
        return false;
    }
    let wrapped = width.is_some_and(|width| is_full(text, pair, width));
    // Ragged lines: a long one without an end, and a small letter to go on with.
    let ragged = chars(text, &pair[0]) >= 40
        && !line.ends_with(['.', '!', '?', '…', ':', ';', '»', '”'])
        && next.starts_with(char::is_lowercase);
    wrapped || ragged
}

fn paragraph(text: &str, lines: &[Line]) -> Block {
    let mut block = Block::default();
    let first = &text[lines[0].range.clone()];
    let marker = marker_length(first);
    if marker.is_some() {
        block.kind = ParagraphKind::ListItem;
    }
    let mut at = lines[0].range.start + marker.unwrap_or(0);
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            block.text.push_for(" ", at..line.range.start);
            at = line.range.start;
        }
        push_clean(text, at..line.range.end, &mut block.text);
        at = line.range.end;
    }
    block
}

/// Appends text as it stands, but for control characters, which become spaces.
pub(super) fn push_clean(text: &str, range: Range<usize>, traced: &mut Traced) {
    let mut from = range.start;
    for (offset, c) in text[range.clone()].char_indices() {
        if c.is_control() && c != '\t' {
            let at = range.start + offset;
            traced.push_verbatim(text, from..at);
            traced.push_for(" ", at..at + c.len_utf8());
            from = at + c.len_utf8();
        }
    }
    traced.push_verbatim(text, from..range.end);
}

/// The length of the sign that makes a line an item. A dash before a digit may be a minus: it stays.
fn marker_length(line: &str) -> Option<usize> {
    let mut chars = line.chars();
    let marker = chars.next()?;
    let is_dash = matches!(marker, '-' | '–' | '*');
    if !is_dash && !matches!(marker, '•' | '▪' | '‣' | '◦' | '●' | '■' | '·') {
        return None;
    }
    let rest = chars.as_str();
    let item = rest.trim_start();
    let is_spaced = item.len() < rest.len() || !is_dash;
    let is_number = is_dash && item.starts_with(|c: char| c.is_ascii_digit());
    // A dash that opens a line of dialogue is set off the same way; as an item it loses nothing.
    (is_spaced && !is_number && !item.is_empty()).then_some(line.len() - item.len())
}

/// Makes the headline and the headings between paragraphs what they are.
fn mark_headings(draft: &mut Draft) {
    mark_headline(draft);
    let blocks = &mut draft.blocks;
    for at in 1..blocks.len().saturating_sub(1) {
        let is_heading = blocks[at].kind == ParagraphKind::Text
            && looks_like_heading(blocks[at].text.text())
            && is_paragraph(&blocks[at + 1])
            && (is_paragraph(&blocks[at - 1]) || at == 1 && draft.title.is_some());
        if is_heading {
            blocks[at].kind = ParagraphKind::Heading;
        }
    }
}

/// Makes the first block the title when it is a headline.
pub(super) fn mark_headline(draft: &mut Draft) -> bool {
    let found = has_headline(&draft.blocks);
    if found {
        draft.blocks[0].kind = ParagraphKind::Heading;
        draft.title = Some(draft.blocks[0].text.text().trim().to_owned());
    }
    found
}

/// The first paragraph is the headline when it is short, stands alone and longer text follows.
fn has_headline(blocks: &[Block]) -> bool {
    /// The longest headline, in characters.
    const LONGEST: usize = 180;
    let [first, rest @ ..] = blocks else { return false };
    let text = first.text.text();
    let length = text.chars().count();
    let rest_length: usize = rest.iter().map(|block| block.text.text().chars().count()).sum();
    let sentences = crate::sentence::split(text, crate::record::Lang::Other).len();
    first.kind == ParagraphKind::Text
        && length <= LONGEST
        && sentences <= 2
        && text.chars().any(char::is_alphabetic)
        && !text.ends_with([',', ';', ':'])
        && !text.starts_with(['—', '–'])
        && rest_length >= 2 * length
        && rest
            .iter()
            .any(|block| block.text.text().chars().count() > length)
}

fn looks_like_heading(text: &str) -> bool {
    let length = text.chars().count();
    let opens = text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '«');
    (3..=100).contains(&length)
        && opens
        && text.chars().any(char::is_alphabetic)
        && !text.ends_with(['.', '!', '…', ':', ';', ',', ')', '»'])
}

fn is_paragraph(block: &Block) -> bool {
    let text = block.text.text();
    text.chars().count() >= 80
        && text
            .trim_end_matches(['»', '”', '"', ')', ' ', '\u{a0}', '\u{202f}'])
            .ends_with(['.', '!', '?', '…'])
}
