//! Words that imply a number without being a figure: `both` is two, `a decade` is ten years.
//!
//! Such a word may stand for an open figure of the other side, once. It is never missing and never
//! invented itself, since it is in no ledger. The table is small on purpose: each word weakens the gate
//! for one small number in one sentence.

use super::board::{Board, Column};
use super::reading::{Reading, Sort};
use super::unit::{self, Unit};
use crate::record::{FigureKind, Lang};
use rust_decimal::Decimal;

/// What a word stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// That number of anything, also as a rank or a factor.
    Number(i64),
    /// The first rank only.
    First,
    /// That many of that unit of time.
    Time(i64, &'static str),
    /// That percentage.
    Share(i64),
}

use Says::{First, Number, Share, Time};

fn french(word: &str) -> &'static [Says] {
    match word {
        "un" | "une" | "seul" | "seule" | "unique" | "chaque" | "chacun" | "chacune" => &[Number(1)],
        "couple" | "paire" | "duo" | "tandem" | "binôme" | "double" | "jumeaux" => &[Number(2)],
        "trio" | "triple" | "troïka" => &[Number(3)],
        "quatuor" => &[Number(4)],
        "demi" | "demie" | "mi" => &[Share(50)],
        "décennie" | "décennies" => &[Time(10, "year"), Number(10)],
        "siècle" => &[Time(100, "year"), Time(1, "century")],
        "quinzaine" => &[Time(2, "week"), Time(15, "day")],
        "trimestre" | "trimestriel" | "trimestrielle" => &[Time(3, "month"), Time(1, "quarter")],
        "semestre" | "semestriel" | "semestrielle" => &[Time(6, "month"), Time(1, "half-year")],
        "an" | "année" | "annuel" | "annuelle" | "annuels" | "annuelles" => {
            &[Time(1, "year"), Time(12, "month")]
        }
        "mensuel" | "mensuelle" => &[Time(1, "month")],
        "hebdomadaire" => &[Time(1, "week")],
        "quotidien" | "quotidienne" | "journalier" | "journée" => &[Time(1, "day"), Time(24, "h")],
        "d'abord" | "principal" | "principale" | "leader" | "initial" | "initiale" | "inaugural"
        | "début" => &[First],
        _ => &[],
    }
}

fn english(word: &str) -> &'static [Says] {
    match word {
        "one" | "single" | "sole" | "once" | "each" | "a" | "an" => &[Number(1)],
        "both" | "twice" | "pair" | "couple" | "duo" | "twin" | "either" | "neither" | "tandem" | "two"
        | "double" => &[Number(2)],
        "thrice" | "trio" | "triple" => &[Number(3)],
        "quartet" => &[Number(4)],
        "half" | "mid" => &[Share(50)],
        "decade" | "decades" => &[Time(10, "year"), Number(10)],
        "century" => &[Time(100, "year"), Time(1, "century")],
        "fortnight" => &[Time(2, "week"), Time(15, "day")],
        "quarter" | "quarterly" => &[Time(3, "month"), Time(1, "quarter")],
        "half-year" | "semester" | "six-monthly" => &[Time(6, "month"), Time(1, "half-year")],
        "year" | "annual" | "annually" | "yearly" | "year-on-year" | "year-ago" | "full-year" => {
            &[Time(1, "year"), Time(12, "month")]
        }
        "month" | "monthly" => &[Time(1, "month")],
        "week" | "weekly" => &[Time(1, "week")],
        "day" | "daily" | "overnight" => &[Time(1, "day"), Time(24, "h")],
        "hour" | "hourly" => &[Time(1, "h")],
        "minute" => &[Time(1, "min")],
        "largest" | "biggest" | "leading" | "lead" | "prime" | "top" | "main" | "initial" | "initially"
        | "early" | "maiden" | "debut" | "inaugural" | "primary" | "opening" | "chief" => &[First],
        _ => &[],
    }
}

/// Settles the open figures of each side that a word of the other side implies.
pub(super) fn settle_words(board: &mut Board) {
    settle_from(&mut board.source, &board.generated);
    settle_from(&mut board.generated, &board.source);
}

fn settle_from(column: &mut Column, other: &Column) {
    let open: Vec<usize> = column
        .open()
        .into_iter()
        .filter(|&at| is_small(&column.items[at].reading))
        .collect();
    if open.is_empty() || other.side.text.is_empty() {
        return;
    }
    let mut words = implying_words(other);
    for at in open {
        let reading = &column.items[at].reading;
        if let Some(nth) = words
            .iter()
            .position(|says| says.iter().any(|says| fits(*says, reading)))
        {
            words.swap_remove(nth);
            column.items[at].settled = true;
        }
    }
}

/// Whether any word could imply it: spares long ledgers the scan of their text.
fn is_small(reading: &Reading) -> bool {
    reading.point().is_some_and(|value| value <= Decimal::ONE_HUNDRED)
        && !matches!(reading.sort, Sort::Money(_) | Sort::Points | Sort::Date)
}

fn fits(says: Says, reading: &Reading) -> bool {
    let is = |value: i64| reading.point() == Some(Decimal::from(value));
    match says {
        Number(value) => reading.sort == Sort::Number && is(value),
        First => reading.kind() == FigureKind::Ordinal && is(1),
        Share(value) => reading.sort == Sort::Share && reading.kind() == FigureKind::Ratio && is(value),
        Time(value, name) => {
            let unit = unit::named(name).map(|id| Sort::Measure(Unit::Known(id, None)));
            unit.as_ref() == Some(&reading.sort) && is(value)
        }
    }
}

/// What the words of one side imply, in order; words inside a figure are the figure's.
fn implying_words(column: &Column) -> Vec<&'static [Says]> {
    let mut figures = column.side.figures.iter().peekable();
    let mut implied = Vec::new();
    let mut word = String::new();
    let mut start = 0;
    // A closing space ends the last word.
    for (at, letter) in column.side.text.chars().chain([' ']).enumerate() {
        if letter.is_alphanumeric() || matches!(letter, '-' | '\'' | '’') {
            if word.is_empty() {
                start = at;
            }
            word.extend(letter.to_lowercase());
            continue;
        }
        if word.is_empty() {
            continue;
        }
        while figures.next_if(|figure| figure.end <= start).is_some() {}
        let in_figure = figures
            .peek()
            .is_some_and(|figure| figure.start <= start && start < figure.end);
        if !in_figure {
            implied.extend(says_of(&word, column.side.lang).filter(|says| !says.is_empty()));
        }
        word.clear();
    }
    implied
}

/// A word with its hyphenated and elided pieces (`l’un`, `year-long`).
fn says_of(word: &str, lang: Lang) -> impl Iterator<Item = &'static [Says]> {
    let look_up = match lang {
        Lang::Fr => french,
        Lang::En => english,
        Lang::Other => |_: &str| -> &'static [Says] { &[] },
    };
    let whole = look_up(word);
    let pieces: Vec<&'static [Says]> = if whole.is_empty() {
        word.split(['-', '\'', '’'])
            .filter(|piece| *piece != word)
            .map(look_up)
            .collect()
    } else {
        vec![whole]
    };
    pieces.into_iter()
}
