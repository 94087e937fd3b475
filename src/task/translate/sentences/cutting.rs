//! From blocks to sentences, and from sentences that are too long to pieces.

use super::super::layout::{Block, CELL};
use super::super::{numerals, render, typography};
use crate::figures::{Options, scan};
use crate::record::{Lang, ParagraphKind};
use crate::task::check;
use std::ops::Range;

/// A sentence is cut no further than this, in characters.
const SHORTEST_PIECE: usize = 40;

/// The sentences of a block, or the cells of a row, each with what follows it.
pub(super) fn cut(block: &Block, lang: Lang) -> Vec<(Range<usize>, String)> {
    let body_at = block.marker.len();
    if block.kind == ParagraphKind::TableRow {
        let mut cells = Vec::new();
        let mut at = body_at;
        for cell in block.body().split(CELL) {
            let start = at + (cell.len() - cell.trim_start().len());
            let end = (at + cell.trim_end().len()).max(start);
            cells.push((start..end, CELL.to_owned()));
            at += cell.len() + CELL.len();
        }
        if let Some(last) = cells.last_mut() {
            last.1.clear();
        }
        return cells;
    }
    let body = block.body();
    crate::sentence::split(body, lang)
        .into_iter()
        .filter_map(|range| {
            let inside = crate::sentence::trim(body, &range);
            let gap = &body[inside.end..range.end];
            // line breaks are layout (JSONL keeps them), other space between sentences is one space
            let gap = if gap.contains('\n') { gap } else { " " };
            (!inside.is_empty()).then(|| (inside.start + body_at..inside.end + body_at, gap.to_owned()))
        })
        .collect()
}

/// What needs no model: nothing to translate, or a figure alone that is spelled by rule.
pub(super) fn by_rule(sentence: &str, from: Lang, to: Lang) -> Option<String> {
    if !sentence.chars().any(char::is_alphabetic) {
        let spelled = typography::tidy(&numerals::respell(sentence, from, to), sentence, to);
        let same = check::between(sentence, from, &spelled, to).is_empty();
        return Some(if same { spelled } else { sentence.to_owned() });
    }
    if typography::ADDRESS
        .find(sentence)
        .is_some_and(|found| found.len() == sentence.len())
    {
        return Some(sentence.to_owned());
    }
    if from == Lang::Other || to == Lang::Other || !sentence.starts_with(|c: char| !c.is_alphabetic()) {
        return None;
    }
    let figures = scan(sentence, from, &Options::default());
    let [figure] = figures.as_slice() else { return None };
    (figure.text == sentence)
        .then(|| render::render(figure, from, to))
        .flatten()
}

/// A sentence that is too long in pieces: at the clause end nearest to its middle, else at a space, until none
/// is too long or can be cut.
pub(super) fn pieces(sentence: &str, too_long: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut done = Vec::new();
    let whole = 0..sentence.len();
    let mut open = vec![whole];
    while let Some(range) = open.pop() {
        let text = &sentence[range.clone()];
        let middle = match too_long(text) {
            true => split_point(text),
            false => None,
        };
        match middle {
            Some(at) => {
                let first = crate::sentence::trim(sentence, &(range.start..range.start + at));
                let second = crate::sentence::trim(sentence, &(range.start + at..range.end));
                open.push(second);
                open.push(first);
            }
            None => done.push(range),
        }
    }
    done.retain(|range| !range.is_empty());
    if done.is_empty() {
        done.push(0..sentence.len());
    }
    done
}

/// Where a text is best cut in two: after `;`, `:` or `,` in its middle half, else at a space.
fn split_point(text: &str) -> Option<usize> {
    if text.chars().count() < SHORTEST_PIECE {
        return None;
    }
    let middle = text.len() / 2;
    // a number keeps its unit, and what must not break keeps together
    let is_bound = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at..].chars().nth(1);
        [before, after]
            .into_iter()
            .flatten()
            .any(|c| c.is_ascii_digit() || "%€$£°".contains(c))
    };
    let spaces = || {
        text.char_indices()
            .filter(|&(at, c)| matches!(c, ' ' | '\t' | '\n') && at > 0 && !is_bound(at))
            .map(|(at, _)| at)
    };
    let after = |marks: &'static [char]| {
        spaces()
            .filter(|&at| text[..at].ends_with(marks) && at.abs_diff(middle) <= text.len() / 4)
            .min_by_key(|at| at.abs_diff(middle))
    };
    after(&[';', ':'])
        .or_else(|| after(&[',']))
        .or_else(|| spaces().min_by_key(|at| at.abs_diff(middle)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_is_cut_at_its_clauses() {
        let sentence = "Le groupe a ouvert une usine à Brest, puis une autre à Nantes ; il en prévoit une troisième, à Lyon.";
        let cut: Vec<&str> = pieces(sentence, &|piece| piece.chars().count() > 70)
            .into_iter()
            .map(|range| &sentence[range])
            .collect();
        assert_eq!(
            cut,
            [
                "Le groupe a ouvert une usine à Brest, puis une autre à Nantes ;",
                "il en prévoit une troisième, à Lyon."
            ][..]
        );
        let word = pieces("mot", &|_| true);
        assert_eq!((word.len(), word[0].clone()), (1, 0..3));
        let endless = "é".repeat(300);
        assert_eq!(pieces(&endless, &|_| true).len(), 1);
    }

    #[test]
    fn what_needs_no_model_is_spelled_by_rule() {
        for (sentence, expected) in [
            ("12,5", Some("12.5")),
            ("1 234,5 %", Some("1,234.5%")),
            ("***", Some("***")),
            ("12 M€", Some("€12 million")),
            ("https://exemple.fr/a", Some("https://exemple.fr/a")),
            ("Ventes", None),
            ("12 salariés", None),
        ] {
            assert_eq!(
                by_rule(sentence, Lang::Fr, Lang::En).as_deref(),
                expected,
                "{sentence}"
            );
        }
    }
}
