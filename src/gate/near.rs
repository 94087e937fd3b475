//! What is left on both sides, paired as one figure told wrong: a changed digit is one finding, not a
//! missing figure and an invented one.

use super::Scope;
use super::board::{Board, Class};
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
    let money = |reading: &Reading| matches!(reading.sort, Sort::Money(_));
    if source.amount != generated.amount && Class::of(source) == Class::of(generated) {
        return FindingKind::ChangedValue;
    }
    match (money(source), money(generated)) {
        (true, true) if source.sort == generated.sort => FindingKind::ChangedValue,
        (true, true) => FindingKind::ChangedCurrency,
        (true, false) if generated.bare => FindingKind::ChangedCurrency,
        (false, true) if source.bare => FindingKind::ChangedCurrency,
        _ if source.sort == generated.sort => FindingKind::ChangedValue,
        _ => FindingKind::ChangedUnit,
    }
}

struct Candidate {
    score: i32,
    source: usize,
    generated: usize,
}

/// Every plausible pair of open figures of one class, scored by likeness of digits and of place.
fn candidates(board: &Board) -> Vec<Candidate> {
    let complete = board.scope == Scope::Complete;
    let mut by_class: HashMap<Class, Vec<usize>> = HashMap::new();
    for at in board.source.open() {
        by_class
            .entry(Class::of(&board.source.items[at].reading))
            .or_default()
            .push(at);
    }
    let source_ranks = ranks(board.source.items.iter().map(|item| item.partner.is_some()));
    let generated_ranks = ranks(board.generated.items.iter().map(|item| item.partner.is_some()));
    let mut candidates = Vec::new();
    for generated in board.generated.open() {
        let ours = &board.generated.items[generated].reading;
        // A sum is told as one, not as a slip in some number of the article that looks like it.
        if !complete && derived::summands(board, ours).is_some() {
            continue;
        }
        let Some(open) = by_class.get(&Class::of(ours)) else {
            continue;
        };
        let near = open.partition_point(|&at| source_ranks[at] < generated_ranks[generated]);
        let window = if complete {
            near.saturating_sub(WINDOW / 2)..open.len().min(near + WINDOW / 2)
        } else {
            0..open.len()
        };
        for &source in &open[window] {
            let item = &board.source.items[source];
            let likeness = likeness(&item.reading.amount, &ours.amount);
            let drift = source_ranks[source].abs_diff(generated_ranks[generated]);
            let in_place = complete && drift <= MAX_DRIFT;
            if likeness == 0 && !in_place {
                continue;
            }
            // A figure of the article that the summary already states rightly is a poor candidate.
            let used = i32::from(item.partner.is_some()) * 3;
            let place = i32::try_from(drift.min(20)).unwrap_or(20);
            candidates.push(Candidate {
                score: likeness * 10 - place - used,
                source,
                generated,
            });
        }
    }
    candidates
}

/// For each figure, how many before it have their figure on the other side.
fn ranks(matched: impl Iterator<Item = bool>) -> Vec<usize> {
    let mut before = 0;
    matched
        .map(|matched| {
            let rank = before;
            before += usize::from(matched);
            rank
        })
        .collect()
}

/// How much two amounts look like one with a slip in it: 0 not at all, 3 the same digits.
fn likeness(source: &Amount, generated: &Amount) -> i32 {
    match (source, generated) {
        (Amount::Point(theirs), Amount::Point(ours)) => likeness_of_values(*theirs, *ours),
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
    }
}

fn likeness_of_values(source: Decimal, generated: Decimal) -> i32 {
    let (theirs, ours) = (digits(source), digits(generated));
    if theirs == ours {
        return 3;
    }
    if derived::is_rounded(source, generated) || derived::is_rounded(generated, source) {
        return 2;
    }
    // One digit changed, swapped with its neighbour, lost or added.
    i32::from(one_slip(&theirs, &ours)) * 2
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
