//! Dates of which one side states more or tells the parts in other pieces.

use super::Scope;
use super::board::{Board, Column, Item};
use super::calendar::Part;
use super::reading::{Amount, Reading, Sort};
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};

/// Settles dates that are the same, put otherwise.
pub(super) fn settle(board: &mut Board) {
    pair_dates(board);
    settle_date_parts(board);
    settle_numbers_of_dates(board);
}

fn parts<'r>(reading: &'r Reading<'_>) -> &'r [Part] {
    match &reading.amount {
        Amount::Calendar(calendar) => calendar.parts(),
        _ => &[],
    }
}

/// Pairs dates of which one states more: a year that the other side states elsewhere, a weekday beside
/// the day of the month; in a summary, any coarser date (`en juillet` of `le 14 juillet 2024`).
fn pair_dates(board: &mut Board) {
    let source_years = years(&board.source);
    let generated_years = years(&board.generated);
    let complete = board.scope == Scope::Complete;
    let mut by_part: HashMap<Part, Vec<usize>> = HashMap::new();
    for (at, item) in board.source.items.iter().enumerate() {
        for part in stated_and_implied(&item.reading) {
            by_part.entry(part).or_default().push(at);
        }
    }
    for generated in board.generated.open() {
        let ours = parts(&board.generated.items[generated].reading);
        let Some(candidates) = ours
            .iter()
            .filter_map(|part| by_part.get(part))
            .min_by_key(|candidates| candidates.len())
        else {
            continue;
        };
        let found = candidates
            .iter()
            .copied()
            .filter(|&at| !board.source.items[at].settled)
            .find(|&at| {
                let reading = &board.source.items[at].reading;
                if !complete {
                    let theirs = stated_and_implied(reading);
                    return ours.iter().all(|part| theirs.contains(part));
                }
                let theirs = parts(reading);
                let shared_fine = ours.iter().any(|part| part.is_fine() && theirs.contains(part));
                shared_fine
                    && excess_is_harmless(theirs, ours, &generated_years)
                    && excess_is_harmless(ours, theirs, &source_years)
            });
        if let Some(source) = found {
            board.pair(source, generated);
        }
    }
}

/// Whether what `fuller` states beyond `other` is a year stated elsewhere on the other side, or the
/// weekday of a day that the other side states.
fn excess_is_harmless(fuller: &[Part], other: &[Part], years_of_other: &HashSet<i32>) -> bool {
    fuller
        .iter()
        .filter(|part| !other.contains(part))
        .all(|part| match part {
            Part::Year(year) => {
                !other.iter().any(|part| matches!(part, Part::Year(_))) && years_of_other.contains(year)
            }
            Part::Weekday(_) => other.iter().any(|part| matches!(part, Part::Day(_))),
            _ => false,
        })
}

/// The parts of a date, and the weekday that a full date falls on.
fn stated_and_implied(reading: &Reading) -> Vec<Part> {
    let mut parts = parts(reading).to_vec();
    if let [Part::Year(year), Part::Month(month), Part::Day(day)] = parts[..]
        && let Ok(year) = i16::try_from(year)
        && let Ok(date) = jiff::civil::Date::new(year, month as i8, day as i8)
    {
        parts.push(Part::Weekday(date.weekday().to_monday_one_offset() as u8));
    }
    parts
}

fn years(column: &Column) -> HashSet<i32> {
    let of_item = |item: &Item| -> Vec<i32> {
        let year = |part: &Part| match part {
            Part::Year(year) => Some(*year),
            _ => None,
        };
        parts(&item.reading).iter().filter_map(year).collect()
    };
    column.items.iter().flat_map(of_item).collect()
}

/// Settles the open dates when both sides state the same parts in other pieces (`du 3 au 5 mars` and
/// `March 3` … `5`; `aux troisième et quatrième trimestres 2025`). All of them or none: a part that only
/// one side states means that some date was changed, and which one is for the pairing to tell.
fn settle_date_parts(board: &mut Board) {
    if board.scope == Scope::Subset {
        return;
    }
    let covered = |column: &Column, other: &Column| {
        let (stated, context) = (open_parts(other), all_parts(other));
        open_parts(column).iter().all(|(part, count)| match part {
            // One `mars 2025` serves all its days.
            Part::Year(_) | Part::Month(_) => context.contains(part),
            _ => stated.get(part).is_some_and(|there| there >= count),
        })
    };
    if !covered(&board.source, &board.generated) || !covered(&board.generated, &board.source) {
        return;
    }
    for column in [&mut board.source, &mut board.generated] {
        for at in column.open() {
            column.items[at].settled |=
                column.items[at].reading.sort == Sort::Date && has_fine_part(column, at);
        }
    }
}

fn has_fine_part(column: &Column, at: usize) -> bool {
    parts(&column.items[at].reading).iter().any(|part| part.is_fine())
}

/// How often the open dates with a fine part state each part.
fn open_parts(column: &Column) -> HashMap<Part, usize> {
    let mut counts = HashMap::new();
    for at in column.open().into_iter().filter(|&at| has_fine_part(column, at)) {
        for part in parts(&column.items[at].reading) {
            *counts.entry(*part).or_default() += 1;
        }
    }
    counts
}

/// Every part that any date states.
fn all_parts(column: &Column) -> HashSet<Part> {
    column
        .items
        .iter()
        .flat_map(|item| parts(&item.reading))
        .copied()
        .collect()
}

/// `le 14` and `the 14th`: a date of one part on one side, a plain number on the other.
fn settle_numbers_of_dates(board: &mut Board) {
    let mut numbers: HashMap<Decimal, Vec<usize>> = HashMap::new();
    for at in board.source.open() {
        let reading = &board.source.items[at].reading;
        if let Some(number) = number_of(reading).filter(|_| is_date_or_number(reading)) {
            numbers.entry(number).or_default().push(at);
        }
    }
    for generated in board.generated.open() {
        let reading = &board.generated.items[generated].reading;
        if !is_date_or_number(reading) {
            continue;
        }
        let Some(candidates) = number_of(reading).and_then(|number| numbers.get(&number)) else {
            continue;
        };
        let is_date = |reading: &Reading| matches!(reading.amount, Amount::Calendar(_));
        let found = candidates.iter().copied().find(|&at| {
            let item = &board.source.items[at];
            !item.settled && is_date(&item.reading) != is_date(reading)
        });
        if let Some(source) = found {
            board.pair(source, generated);
        }
    }
}

fn is_date_or_number(reading: &Reading) -> bool {
    matches!(reading.sort, Sort::Date | Sort::Number)
}

/// The number that a date of one part is written with, or a plain figure's value.
pub(super) fn number_of(reading: &Reading) -> Option<Decimal> {
    match &reading.amount {
        Amount::Calendar(calendar) => match calendar.parts() {
            [Part::Year(number) | Part::Decade(number) | Part::Century(number)] => Some((*number).into()),
            [Part::Day(number) | Part::Quarter(number) | Part::Half(number)] => Some((*number).into()),
            _ => None,
        },
        Amount::Point(value) => Some(*value),
        _ => None,
    }
}
