//! Numbers that both texts state and that one of them tells of the wrong thing: the new value for the old one, October's for
//! September's, one client's for another's. No comparison of values sees those.

use super::Scope;
use super::about::{About, Pair};
use super::around;
use super::board::{Board, Class, Column};
use super::reading::{Reading, Sort};
use super::ties::{tied_across, ties};
use super::words::{Pause, Words};
use crate::record::{Direction, FindingKind};
use std::cell::OnceCell;

/// More figures than a paragraph or a summary has: beyond them nothing is looked for.
const MANY: usize = 60;
/// And more than an article has that is summarized.
const MANY_IN_ARTICLE: usize = 160;
/// How far apart a value and the one before it are told, in chars.
const APART: usize = 120;
/// And where one of them is said to be last year's.
const FAR_APART: usize = 250;

/// Finds pairs that are equal and yet say something else, by the words around them.
pub(super) fn find(board: &mut Board) {
    let texts = [board.source.side.text, board.generated.side.text];
    if texts.iter().any(|text| text.is_empty()) || board.generated.items.len() > MANY {
        return;
    }
    let partners = board.source.items.iter().enumerate();
    // What is told wrong already is told of whatever it may be.
    let clashes = |pair: &Pair| {
        board
            .clashes
            .iter()
            .any(|clash| (clash.source, clash.generated) == *pair)
    };
    let pairs: Vec<Pair> = partners
        .filter_map(|(at, item)| Some((at, item.partner?)))
        .filter(|pair| !clashes(pair))
        .collect();
    let (dates, amounts): (Vec<Pair>, Vec<Pair>) = pairs
        .into_iter()
        .partition(|&(at, _)| board.source.items[at].reading.sort == Sort::Date);
    let words = texts.map(Words::of);
    let otherwise = amounts
        .iter()
        .filter_map(|&pair| says_otherwise(board, &words, pair));
    let other_times = dates.iter().filter_map(|&pair| other_time(board, &words, pair));
    let few = board.source.items.len() <= MANY_IN_ARTICLE;
    // Only where something asks: a translation has many short texts, and most of them no two figures of a sort.
    let about = OnceCell::new();
    let about = || few.then(|| about.get_or_init(|| About::of(board, &words)));
    let swaps = swaps(board, &words, &amounts, &about);
    // A translation tells every number: one in another's place leaves that one missing.
    let of_summary = board.scope == Scope::Subset && !amounts.is_empty();
    let summary = of_summary.then(&about).flatten();
    let taken = summary
        .into_iter()
        .flat_map(|about| taken(board, about, &words[0], &amounts));
    let found: Vec<Accusation> = otherwise.chain(other_times).chain(swaps).chain(taken).collect();
    for (kind, (source, generated), why) in found {
        if !board.clashes.iter().any(|clash| clash.source == source) {
            board.accuse(kind, source, generated, why);
        }
    }
}

/// What is wrong with a pair.
type Accusation = (FindingKind, Pair, &'static str);

/// `par mois` told as `a week`, jobs that are cut told as created.
fn says_otherwise(board: &Board, words: &[Words; 2], pair: Pair) -> Option<Accusation> {
    let (theirs, ours) = board.readings(pair.0, pair.1);
    let per = |words: &Words, column: &Column, reading: &Reading| {
        around::per(words, reading.figure.end, column.side.lang)
    };
    let pers = per(&words[0], &board.source, theirs).zip(per(&words[1], &board.generated, ours));
    if pers.is_some_and(|(theirs, ours)| theirs != ours) {
        return Some((FindingKind::ChangedUnit, pair, "the time that it is per changed"));
    }
    let often = |words: &Words, reading: &Reading| {
        around::how_often(words, reading.figure.full_start, reading.figure.full_end)
    };
    let oftens = often(&words[0], theirs).zip(often(&words[1], ours));
    if oftens.is_some_and(|(theirs, ours)| theirs != ours) {
        return Some((FindingKind::ChangedUnit, pair, "how often changed"));
    }
    let behind = |words: &Words, reading: &Reading| around::behind(words, reading.figure.end);
    let behinds = behind(&words[0], theirs).zip(behind(&words[1], ours));
    if behinds.is_some_and(|(theirs, ours)| theirs != ours) {
        return Some((FindingKind::ChangedValue, pair, "behind and ahead were exchanged"));
    }
    let way = |words: &Words, reading: &Reading| {
        let figure = reading.figure;
        let plus = figure.text.trim_start().starts_with('+').then_some(Direction::Up);
        reading
            .movement()
            .or(plus)
            .or_else(|| around::movement(words, figure.full_start, figure.full_end))
    };
    way(&words[0], theirs)
        .zip(way(&words[1], ours))
        .filter(|(theirs, ours)| theirs != ours)
        .map(|_| (FindingKind::ChangedValue, pair, "the direction is reversed"))
}

/// `début 2028` told as `late 2028`, `avant le 15 avril` as `after 15 April`.
fn other_time(board: &Board, words: &[Words; 2], pair: Pair) -> Option<Accusation> {
    let (theirs, ours) = board.readings(pair.0, pair.1);
    let differs = |say: fn(&Words, usize) -> Option<&'static str>| {
        say(&words[0], theirs.figure.full_start)
            .zip(say(&words[1], ours.figure.full_start))
            .is_some_and(|(theirs, ours)| theirs != ours)
    };
    let why = match (differs(around::part), differs(around::side)) {
        (true, _) => "it is another part of that time",
        (_, true) => "before and after were exchanged",
        _ => return None,
    };
    Some((FindingKind::ChangedValue, pair, why))
}

/// Pairs of which each is told of what the other was said of.
fn swaps<'a>(
    board: &Board,
    words: &[Words; 2],
    amounts: &[Pair],
    about: &impl Fn() -> Option<&'a About>,
) -> Vec<Accusation> {
    let few = board.source.items.len() <= MANY;
    let ties = few.then(|| ties([&board.source, &board.generated], words));
    let mut found = Vec::new();
    for (nth, &one) in amounts.iter().enumerate() {
        for &other in amounts[nth + 1..]
            .iter()
            .filter(|&&other| alike(board, one, other))
        {
            let why = match orders(board, words, one, other) {
                [Some(theirs), Some(ours)] if theirs != ours => {
                    "the value before and the one after were exchanged"
                }
                [Some(_), Some(_)] => continue,
                _ if are_part_and_whole(board, words, one, other) => continue,
                _ if ties.as_ref().is_some_and(|ties| tied_across(ties, one, other))
                    || about().is_some_and(|about| about.crossed(one, other)) =>
                {
                    "two numbers were exchanged"
                }
                _ => continue,
            };
            found.push((FindingKind::ChangedValue, (one.0, other.1), why));
        }
    }
    found
}

/// Numbers of the article that are told of what another one is there.
fn taken(board: &Board, about: &About, words: &Words, amounts: &[Pair]) -> Vec<Accusation> {
    let of = |&pair: &Pair| {
        let right = about
            .taken_for(board, words, pair)
            .or_else(|| about.of_another(board, pair))?;
        Some((
            FindingKind::ChangedValue,
            (right, pair.1),
            "it is the number of something else",
        ))
    };
    amounts.iter().filter_map(of).collect()
}

/// Two figures of one sort and of different values.
fn alike(board: &Board, one: Pair, other: Pair) -> bool {
    let reading = |pair: Pair| &board.source.items[pair.0].reading;
    let (a, b) = (reading(one), reading(other));
    one.1 != other.1 && Class::of(a) == Class::of(b) && a.amount != b.amount
}

/// `430 des 2 150 emplois`, `430 of its 2,150 jobs`, `430 emplois sur 2 150`: one noun for both.
fn are_part_and_whole(board: &Board, words: &[Words; 2], one: Pair, other: Pair) -> bool {
    let linked = |column: &Column, words: &Words, one: usize, other: usize| {
        let (from, to) = column.gap(one, other);
        let between: Vec<&str> = words.between(from, to).map(|word| word.text.as_str()).collect();
        let link = |word: &&str| matches!(*word, "des" | "sur" | "of" | "ses" | "its");
        between.len() <= 3 && between.iter().any(link)
    };
    linked(&board.source, &words[0], one.0, other.0) || linked(&board.generated, &words[1], one.1, other.1)
}

/// Which of two figures is the value before, in each of the texts: `5 %, contre 3 %`, `from 3% to 5%`; nothing where that is not said in
/// one sentence.
fn orders(board: &Board, words: &[Words; 2], one: Pair, other: Pair) -> [Option<bool>; 2] {
    let past = |column: &Column, words: &Words, at: usize| {
        let figure = column.items[at].reading.figure;
        around::is_past(words, figure.full_start, figure.full_end)
    };
    let before = |column: &Column, words: &Words, at: usize, other: usize| {
        let (figure, next) = (
            column.items[at].reading.figure,
            column.items[other].reading.figure,
        );
        around::is_before(words, figure.full_start)
            || around::leads_to(words, figure.full_start, figure.end, next.full_start)
            || past(column, words, at)
    };
    let order = |column: &Column, words: &Words, one: usize, other: usize| {
        let (from, to) = column.gap(one, other);
        let (pause, chars) = words.apart(from, to);
        let marks = [
            before(column, words, one, other),
            before(column, words, other, one),
        ];
        let near = pause < Pause::Sentence && chars < APART
            || chars < FAR_APART && (past(column, words, one) || past(column, words, other));
        (near && marks[0] != marks[1]).then_some(marks[0])
    };
    [
        order(&board.source, &words[0], one.0, other.0),
        order(&board.generated, &words[1], one.1, other.1),
    ]
}
