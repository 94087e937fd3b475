//! What is left on both sides, paired as one figure told wrong: a changed digit is one finding, not a
//! missing figure and an invented one.

use super::Scope;
use super::board::{Board, Class, Column};
use super::dates::number_of;
use super::derived::{self, digits};
use super::reading::{Amount, Reading, Sort};
use crate::record::FindingKind;
use rust_decimal::Decimal;
use std::collections::HashMap;

/// Open figures of the source looked at for one open figure of the text.
const WINDOW: usize = 48;

/// Pairs further apart than this many agreed figures are told as missing and invented.
const MAX_DRIFT: usize = 2;

/// Pairs what is left: same value in another unit, same digits in another scale, then what stands in
/// the same place.
pub(super) fn pair_changed(board: &mut Board) {
    pair_same_value(board);
    let mut candidates = candidates(board);
    candidates.sort_unstable_by_key(|candidate| std::cmp::Reverse(candidate.score));
    let mut taken = vec![false; board.source.items.len()];
    for Candidate {
        source, generated, ..
    } in candidates
    {
        if taken[source] || board.generated.items[generated].settled {
            continue;
        }
        taken[source] = true;
        let kind = changed_kind(
            &board.source.items[source].reading,
            &board.generated.items[generated].reading,
        );
        board.clash(kind, source, generated);
    }
}

/// `20 %` told as `20 points`, `5 millions d’euros` told as `$5 million`.
fn pair_same_value(board: &mut Board) {
    let mut by_value: HashMap<Decimal, Vec<usize>> = HashMap::new();
    for at in board.source.open().into_iter().rev() {
        if let Some(value) = board.source.items[at].reading.point() {
            by_value.entry(value).or_default().push(at);
        }
    }
    for generated in board.generated.open() {
        let reading = &board.generated.items[generated].reading;
        let Some(candidates) = reading.point().and_then(|value| by_value.get_mut(&value)) else {
            continue;
        };
        // The last one is the first in the text. Small counts coincide too easily to be one figure.
        let Some(&source) = candidates.last() else {
            continue;
        };
        let theirs = &board.source.items[source].reading;
        if coincidence(theirs, reading) {
            continue;
        }
        let kind = changed_kind(theirs, reading);
        candidates.pop();
        board.clash(kind, source, generated);
    }
}

/// Whether two different sorts share a value by chance: small numbers of which one counts things.
fn coincidence(source: &Reading, generated: &Reading) -> bool {
    let counted = |reading: &Reading| reading.sort == Sort::Number && !reading.bare;
    let small = source.point().is_some_and(|value| value < Decimal::TEN);
    small && (counted(source) != counted(generated))
}

/// What is wrong with a pair that is one figure.
fn changed_kind(source: &Reading, generated: &Reading) -> FindingKind {
    let is_money = |reading: &Reading| matches!(reading.sort, Sort::Money(_));
    let bare = source.bare || generated.bare;
    if Class::of(source) == Class::of(generated) {
        let other_currency = source.amount == generated.amount && source.sort != generated.sort;
        return if other_currency {
            FindingKind::ChangedCurrency
        } else {
            FindingKind::ChangedValue
        };
    }
    let same_digits = match (number_of(source), number_of(generated)) {
        (Some(theirs), Some(ours)) => digits(theirs) == digits(ours),
        _ => false,
    };
    if bare && !same_digits {
        return FindingKind::ChangedValue;
    }
    if bare && (is_money(source) || is_money(generated)) {
        return FindingKind::ChangedCurrency;
    }
    FindingKind::ChangedUnit
}

/// An open figure, ready to be compared with many.
struct Open<'b, 'a> {
    at: usize,
    reading: &'b Reading<'a>,
    class: Class,
    written: Option<Written>,
    /// How many figures before it have their figure on the other side, and how many open ones stand
    /// between the last of those and it.
    place: (usize, usize),
    used: bool,
}

/// The number that a figure is written with.
struct Written {
    value: Decimal,
    digits: Vec<u8>,
}

/// The open figures of one side, in order.
fn open<'b, 'a>(column: &'b Column<'a>) -> Vec<Open<'b, 'a>> {
    let mut place = (0, 0);
    let mut open = Vec::new();
    for (at, item) in column.items.iter().enumerate() {
        if !item.settled {
            let reading = &item.reading;
            let written = number_of(reading).map(|value| Written {
                value,
                digits: digits(value),
            });
            open.push(Open {
                at,
                reading,
                class: Class::of(reading),
                written,
                place,
                used: item.partner.is_some(),
            });
            place.1 += 1;
        }
        if item.partner.is_some() {
            place = (place.0 + 1, 0);
        }
    }
    open
}

struct Candidate {
    score: i32,
    source: usize,
    generated: usize,
}

/// Every plausible pair of open figures, scored by likeness of digits and of place.
fn candidates(board: &Board) -> Vec<Candidate> {
    let complete = board.scope == Scope::Complete;
    let sources = open(&board.source);
    let mut candidates = Vec::new();
    for ours in open(&board.generated) {
        // A sum is told as one, not as a slip in some number of the article that looks like it.
        if !complete && derived::summands(board, ours.reading).is_some() {
            continue;
        }
        let near = sources.partition_point(|theirs| theirs.place < ours.place);
        let window = if complete {
            near.saturating_sub(WINDOW / 2)..sources.len().min(near + WINDOW / 2)
        } else {
            0..sources.len()
        };
        for theirs in &sources[window] {
            let drift = theirs.place.0.abs_diff(ours.place.0);
            let in_place = complete && drift <= MAX_DRIFT;
            // Among all the figures of an article some look alike by chance: there only one sort counts.
            let Some(likeness) = likeness(theirs, &ours)
                .filter(|&likeness| likeness > 0 || in_place)
                .filter(|_| complete || theirs.class == ours.class)
            else {
                continue;
            };
            let place = drift * 4 + theirs.place.1.abs_diff(ours.place.1);
            let place = i32::try_from(place.min(30)).unwrap_or(30);
            // A figure of the article that the summary already states rightly is a poor candidate.
            let used = i32::from(theirs.used) * 3;
            let score = likeness * 10 - place - used;
            candidates.push(Candidate {
                score,
                source: theirs.at,
                generated: ours.at,
            });
        }
    }
    candidates
}

/// How much two figures look like one with a slip in it: 3 the same digits, 0 the same sort and nothing
/// else, none when they cannot be one.
fn likeness(source: &Open, generated: &Open) -> Option<i32> {
    if source.class != generated.class {
        return likeness_across(source, generated);
    }
    if let (Some(theirs), Some(ours)) = (&source.written, &generated.written) {
        return Some(likeness_of_numbers(theirs, ours));
    }
    Some(match (&source.reading.amount, &generated.reading.amount) {
        (Amount::Span(low, high), Amount::Span(our_low, our_high)) => {
            i32::from(low == our_low || high == our_high) * 2
        }
        (Amount::Span(low, high), Amount::Point(value)) | (Amount::Point(value), Amount::Span(low, high)) => {
            i32::from(value == low || value == high) * 2
        }
        (Amount::Calendar(theirs), Amount::Calendar(ours)) => {
            i32::from(ours.parts().iter().any(|part| theirs.parts().contains(part))) * 2
        }
        (Amount::Some(_), Amount::Some(_)) => 1,
        _ => 0,
    })
}

/// Two sorts: the same digits in another unit (`78 points de base`, `78%`), or a number that lost its
/// sort together with a digit (`2028`, `1028`).
fn likeness_across(source: &Open, generated: &Open) -> Option<i32> {
    let (theirs, ours) = (source.written.as_ref()?, generated.written.as_ref()?);
    let likeness = likeness_of_numbers(theirs, ours);
    let alike = likeness == 3 && theirs.digits.len() > 1;
    let slipped = likeness == 2 && (source.reading.bare || generated.reading.bare);
    (alike || slipped).then_some(likeness - 1)
}

fn likeness_of_numbers(source: &Written, generated: &Written) -> i32 {
    if source.digits == generated.digits {
        return 3;
    }
    // One digit changed, swapped with its neighbour, lost or added; or a rounding.
    let alike = one_slip(&source.digits, &generated.digits)
        || derived::is_rounded(source.value, generated.value)
        || derived::is_rounded(generated.value, source.value);
    i32::from(alike) * 2
}

fn one_slip(theirs: &[u8], ours: &[u8]) -> bool {
    let (short, long) = if theirs.len() <= ours.len() {
        (theirs, ours)
    } else {
        (ours, theirs)
    };
    let prefix = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let rest = &short[prefix..];
    let suffix = rest
        .iter()
        .rev()
        .zip(long[prefix..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let changed = rest.len() - suffix;
    // At least one digit has to stay, else any two small numbers look alike.
    let kept = prefix + suffix > 0;
    match long.len() - short.len() {
        0 => {
            let middle = &long[prefix..long.len() - suffix];
            (kept && changed <= 1) || (changed == 2 && middle[0] == rest[1] && middle[1] == rest[0])
        }
        1 => kept && changed == 0,
        _ => false,
    }
}
