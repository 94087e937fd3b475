//! One figure on one side, two numbers on the other: ranges told by their ends, shares told as a part
//! and a whole.

use super::Scope;
use super::board::{Board, Class, Column};
use super::equal;
use super::reading::{Amount, Bound, Reading, Sort};
use crate::figures::{Options, scan};
use crate::record::{FigureKind, Lang};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// Words between the part and the whole of a share.
const OUT_OF: &[&str] = &[
    " sur ",
    " out of every ",
    " out of ",
    " in every ",
    " in ",
    " of ",
    "/",
];

/// Settles ranges and shares that the other side tells as two numbers.
pub(super) fn settle(board: &mut Board) {
    settle_ranges(board);
    settle_shares(board);
}

/// `de 3 à 4 milliards` and `from 3 billion to 4 billion`, where only one side reads as a range.
fn settle_ranges(board: &mut Board) {
    let complete = board.scope == Scope::Complete;
    let agree = |source: &Reading, generated: &Reading| equal::units_clash(source, generated).is_none();
    for (range, ends) in split_ranges(&board.source, &board.generated, false, agree) {
        board.source.items[range].settled |= complete;
        for end in ends {
            board.generated.items[end].settled = true;
            board.generated.items[end].partner = Some(range);
        }
    }
    let agree = |generated: &Reading, source: &Reading| equal::units_clash(source, generated).is_none();
    for (range, ends) in split_ranges(&board.generated, &board.source, !complete, agree) {
        board.generated.items[range].settled = true;
        board.generated.items[range].partner = Some(ends[0]);
        for end in ends {
            board.source.items[end].settled |= complete;
        }
    }
    if !complete {
        settle_ends_of_ranges(board);
    }
}

/// Open ranges of `whole` whose two ends stand as open numbers in `pieces`: (range, ends). Each number
/// serves one range, unless `reuse`.
fn split_ranges(
    whole: &Column,
    pieces: &Column,
    reuse: bool,
    agree: impl Fn(&Reading, &Reading) -> bool,
) -> Vec<(usize, [usize; 2])> {
    let mut points: HashMap<(Class, Decimal), Vec<usize>> = HashMap::new();
    for at in pieces.open().into_iter().rev() {
        let reading = &pieces.items[at].reading;
        if let Some(value) = reading.point() {
            points.entry((Class::of(reading), value)).or_default().push(at);
        }
    }
    let mut splits = Vec::new();
    for at in whole.open() {
        let reading = &whole.items[at].reading;
        let Amount::Span(low, high) = reading.amount else {
            continue;
        };
        let keys = [low, high].map(|value| (Class::of(reading), value));
        // The last one is the first in the text.
        let [from, to] = [0, 1].map(|end| points.get(&keys[end]).and_then(|found| found.last().copied()));
        let (Some(from), Some(to)) = (from, to) else {
            continue;
        };
        let agree = [from, to]
            .iter()
            .all(|&end| agree(reading, &pieces.items[end].reading));
        if from == to || !agree {
            continue;
        }
        if !reuse {
            for key in &keys {
                points.get_mut(key).and_then(Vec::pop);
            }
        }
        splits.push((at, [from, to]));
    }
    splits
}

/// In a summary, `jusqu’à 4 milliards` and `at least 3 billion` are what `3 à 4 milliards` says.
fn settle_ends_of_ranges(board: &mut Board) {
    let mut ends: HashMap<(Class, Decimal, Bound), usize> = HashMap::new();
    for (at, item) in board.source.items.iter().enumerate() {
        if let Amount::Span(low, high) = item.reading.amount {
            ends.insert((Class::of(&item.reading), low, Bound::Above), at);
            ends.insert((Class::of(&item.reading), high, Bound::Below), at);
        }
    }
    for at in board.generated.open() {
        let reading = &board.generated.items[at].reading;
        if let (Some(value), Some(bound)) = (reading.point(), reading.bound)
            && let Some(&range) = ends.get(&(Class::of(reading), value, bound))
        {
            board.pair(range, at);
        }
    }
}

/// `80 agences sur 1 700` and `80 of its 1,700 branches`.
fn settle_shares(board: &mut Board) {
    let complete = board.scope == Scope::Complete;
    for (share, ends) in split_shares(&board.source, &board.generated) {
        board.source.items[share].settled |= complete;
        for end in ends {
            board.generated.items[end].settled = true;
            board.generated.items[end].partner = Some(share);
        }
    }
    for (share, ends) in split_shares(&board.generated, &board.source) {
        board.generated.items[share].settled = true;
        board.generated.items[share].partner = Some(ends[0]);
        for end in ends {
            board.source.items[end].settled |= complete;
        }
    }
}

/// Open shares of `whole` whose two numbers both stand as open numbers in `pieces`: (share, numbers).
fn split_shares(whole: &Column, pieces: &Column) -> Vec<(usize, [usize; 2])> {
    let is_share = |at: &usize| whole.items[*at].reading.kind() == FigureKind::Ratio;
    let shares: Vec<usize> = whole.open().into_iter().filter(is_share).collect();
    if shares.is_empty() {
        return Vec::new();
    }
    let mut numbers: HashMap<Decimal, Vec<usize>> = HashMap::new();
    for at in pieces.open().into_iter().rev() {
        let reading = &pieces.items[at].reading;
        if let Some(value) = reading.point().filter(|_| reading.sort == Sort::Number) {
            numbers.entry(value).or_default().push(at);
        }
    }
    let mut splits = Vec::new();
    for at in shares {
        let text = &whole.items[at].reading.figure.text;
        let Some([part, all]) = part_and_whole(text, whole.side.lang) else {
            continue;
        };
        let first = |value: &Decimal| numbers.get(value).and_then(|found| found.last().copied());
        // `one of the 15 board seats`
        let one = first(&all).filter(|&to| part == Decimal::ONE && is_one_of(pieces, to));
        let (Some(from), Some(to)) = (first(&part).or(one), first(&all)) else {
            continue;
        };
        if from != to || one.is_some() {
            for value in [&part, &all] {
                numbers.get_mut(value).and_then(Vec::pop);
            }
            splits.push((at, [from, to]));
        }
    }
    splits
}

/// `one of the`, `un des` stand before the number.
fn is_one_of(column: &Column, at: usize) -> bool {
    let before = column.before(at, 12);
    ["one of the ", "one of its ", "un des ", "une des ", "un de ses "]
        .iter()
        .any(|words| before.ends_with(words))
}

/// The two numbers of a share, read from its own words.
fn part_and_whole(text: &str, lang: Lang) -> Option<[Decimal; 2]> {
    let (part, whole) = OUT_OF.iter().find_map(|words| text.split_once(words))?;
    let number = |words: &str| {
        let figures = scan(words, lang, &Options::default());
        figures
            .first()
            .and_then(|figure| figure.value)
            .map(|value| value.normalize())
    };
    // `un siège sur quinze`: an article counts here.
    let article = ["un ", "une ", "one ", "a "]
        .iter()
        .any(|article| part.starts_with(article));
    let part = number(part).or_else(|| article.then_some(Decimal::ONE));
    Some([part?, number(whole)?])
}
