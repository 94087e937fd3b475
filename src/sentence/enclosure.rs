//! Quotations and parentheses inside which no sentence ends.
//!
//! Pairs are matched within one line, so that a mark without its partner spoils one line at most.

use std::ops::Range;

use super::{is_line_break, is_space, is_terminator, skip_inline_space};

/// Longer pairs than this are always split, in bytes: a sentence must stay readable (and fit a model).
const LONGEST_SEALED: usize = 300;
/// Shorter quotations than this are never split, in bytes: `« Oui. Non. »`.
const SHORTEST_SPLIT: usize = 40;
/// Deeper nesting than this is noise.
const DEEPEST: usize = 16;

/// Sorted ranges inside which no sentence ends, asked for in ascending order.
pub(super) struct Sealed {
    ranges: Vec<Range<usize>>,
    passed: usize,
}

impl Sealed {
    /// Finds the sealed ranges of `text` in one pass.
    pub(super) fn find(text: &str) -> Sealed {
        let mut ranges = Vec::new();
        let mut open: Vec<(char, usize)> = Vec::new();
        let mut previous = '\n';
        for (at, c) in text.char_indices() {
            if is_line_break(c) {
                open.clear();
            } else if let Some(opener) = opener_of(c, previous, &open) {
                if let Some(depth) = open.iter().rposition(|&(mark, _)| mark == opener) {
                    let start = open[depth].1;
                    open.truncate(depth);
                    let range = start..at + c.len_utf8();
                    if is_sealed(text, opener, &range) {
                        ranges.push(range);
                    }
                }
            } else if matches!(c, '«' | '“' | '„' | '(' | '[' | '"') && open.len() < DEEPEST {
                open.push((c, at));
            }
            previous = c;
        }
        ranges.sort_by_key(|range| range.start);
        Sealed {
            ranges: merge(ranges),
            passed: 0,
        }
    }

    /// Whether a sentence that ended at byte `at` would end inside a sealed range.
    pub(super) fn contains(&mut self, at: usize) -> bool {
        while self.ranges.get(self.passed).is_some_and(|range| range.end <= at) {
            self.passed += 1;
        }
        self.ranges.get(self.passed).is_some_and(|range| range.start < at)
    }
}

/// The mark that `c` closes, when it is a closing one here.
fn opener_of(c: char, previous: char, open: &[(char, usize)]) -> Option<char> {
    match c {
        '»' => Some('«'),
        ')' => Some('('),
        ']' => Some('['),
        '”' => Some('“'),
        // German „…“ and the straight quote, whose direction only the neighbours tell.
        '“' if open.iter().any(|&(mark, _)| mark == '„') => Some('„'),
        '"' if !is_space(previous) && previous != '(' && open.iter().any(|&(mark, _)| mark == '"') => {
            Some('"')
        }
        _ => None,
    }
}

fn is_sealed(text: &str, opener: char, range: &Range<usize>) -> bool {
    if range.len() > LONGEST_SEALED {
        return false;
    }
    if matches!(opener, '(' | '[') || range.len() < SHORTEST_SPLIT {
        return true;
    }
    is_resumed(text, range)
}

/// Whether the sentence around a quotation goes on after it.
fn is_resumed(text: &str, range: &Range<usize>) -> bool {
    let inside = text[range.clone()]
        .trim_end_matches(['»', '”', '“', '"'])
        .trim_end_matches(is_space);
    let after = skip_inline_space(text, range.end);
    match text[after..].chars().next() {
        None => false,
        Some(c) if is_line_break(c) || is_terminator(c) => false,
        Some(c) if c.is_lowercase() || matches!(c, ',' | ';' | ':' | '-' | '–' | '—') => true,
        Some(_) => !inside.ends_with(is_terminator),
    }
}

fn merge(sorted: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(sorted.len());
    for range in sorted {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}
