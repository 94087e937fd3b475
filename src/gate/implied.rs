//! Words that imply a number without being a figure: `both` is two, `a decade` is ten years.
//!
//! Such a word may stand for an open figure of the other side, once. It is never missing and never
//! invented itself, since it is in no ledger. The table is small on purpose: each word weakens the gate
//! for one small number in one sentence.

use super::board::{Board, Column};
use super::reading::{Reading, Sort};
use super::unit;
use crate::record::{FigureKind, Lang};
use rust_decimal::Decimal;
use std::collections::{HashMap, VecDeque};

/// Words of one meaning looked at for one figure.
const LOOK_AHEAD: usize = 64;

/// What a word stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Says {
    /// That number of anything, also as a rank or a factor.
    Number(i64),
    /// One of what the next word names (`a year`, `un euro`), or a bare one.
    One,
    /// That rank.
    Rank(i64),
    /// That many of that unit of time.
    Time(i64, &'static str),
    /// That percentage, or that part of one thing (`a half-point`).
    Part(i64),
}

use Says::{Number, One, Part, Rank, Time};

fn french(word: &str) -> &'static [Says] {
    match word {
        "un" | "une" | "chaque" | "par" => &[One],
        "seul" | "seule" | "unique" | "chacun" | "chacune" => &[Number(1)],
        "couple" | "paire" | "duo" | "tandem" | "binôme" | "double" | "jumeaux" => &[Number(2)],
        "trio" | "triple" => &[Number(3)],
        "quatuor" => &[Number(4)],
        "demi" | "demie" | "moitié" => &[Part(50)],
        "quart" => &[Part(25)],
        "premier" | "première" | "premiers" | "premières" | "initial" | "initiale" | "inaugural"
        | "début" => &[Rank(1)],
        "second" | "seconde" | "secondes" | "seconds" | "deuxième" | "deuxièmes" => &[Rank(2)],
        "troisième" | "troisièmes" => &[Rank(3)],
        "quatrième" => &[Rank(4)],
        "cinquième" => &[Rank(5)],
        "décennie" | "décennies" => &[Time(10, "year"), Time(1, "decade"), Number(10)],
        "siècle" => &[Time(100, "year"), Time(1, "century")],
        "quinzaine" => &[Time(2, "week"), Time(15, "day")],
        "trimestre" | "trimestriel" | "trimestrielle" => &[Time(3, "month"), Time(1, "quarter")],
        "semestre" | "semestriel" | "semestrielle" => &[Time(6, "month"), Time(1, "half-year")],
        "an" | "année" | "annuel" | "annuelle" | "annuels" | "annuelles" => {
            &[Time(1, "year"), Time(12, "month")]
        }
        "mensuel" | "mensuelle" => &[Time(1, "month")],
        "hebdomadaire" => &[Time(1, "week")],
        "quotidien" | "quotidienne" | "journalier" | "journée" => &[Time(1, "day"), Time(24, "hour")],
        _ => &[],
    }
}

fn english(word: &str) -> &'static [Says] {
    match word {
        "a" | "an" | "one" | "each" | "every" | "per" => &[One],
        "single" | "sole" | "once" => &[Number(1)],
        "both" | "twice" | "pair" | "couple" | "duo" | "twin" | "either" | "neither" | "tandem"
        | "double" => &[Number(2)],
        "thrice" | "trio" | "triple" => &[Number(3)],
        "quartet" => &[Number(4)],
        "half" => &[Part(50), Time(6, "month")],
        "first" | "largest" | "biggest" | "leading" | "prime" | "top" | "main" | "initial" | "initially"
        | "early" | "maiden" | "debut" | "inaugural" | "primary" | "opening" => &[Rank(1)],
        "second" => &[Rank(2)],
        "third" => &[Rank(3)],
        "fourth" => &[Rank(4)],
        "fifth" => &[Rank(5)],
        "decade" | "decades" => &[Time(10, "year"), Time(1, "decade"), Number(10)],
        "century" => &[Time(100, "year"), Time(1, "century")],
        "fortnight" => &[Time(2, "week"), Time(15, "day")],
        "quarter" | "quarterly" => &[Time(3, "month"), Time(1, "quarter"), Part(25)],
        "semester" => &[Time(6, "month"), Time(1, "half-year")],
        "year" | "annual" | "annually" | "yearly" => &[Time(1, "year"), Time(12, "month")],
        "monthly" => &[Time(1, "month")],
        "weekly" => &[Time(1, "week")],
        "day" | "daily" | "overnight" => &[Time(1, "day"), Time(24, "hour")],
        _ => &[],
    }
}

/// A word of the text that implies something, and the word after it.
struct Word {
    says: &'static [Says],
    next: String,
    /// It already stands for a figure.
    spent: bool,
}

/// Settles the open figures of each side that a word of the other side implies.
pub(super) fn settle_words(board: &mut Board) {
    settle_from(&mut board.source, &board.generated);
    settle_from(&mut board.generated, &board.source);
}

fn settle_from(column: &mut Column, other: &Column) {
    let mut open = column.open();
    for &at in &open {
        if column.is_the_two(at) {
            column.items[at].settled = true;
        }
    }
    open.retain(|&at| is_small(&column.items[at].reading) && !column.items[at].settled);
    if open.is_empty() || other.side.text.is_empty() {
        return;
    }
    let mut words = implying_words(other);
    let mut by_says: HashMap<Says, VecDeque<usize>> = HashMap::new();
    for (nth, word) in words.iter().enumerate() {
        for &says in word.says {
            by_says.entry(says).or_default().push_back(nth);
        }
    }
    for at in open {
        let reading = &column.items[at].reading;
        // The first word that fits, whatever it says.
        let word = by_says
            .iter_mut()
            .filter_map(|(&says, queue)| {
                while queue.front().is_some_and(|&nth| words[nth].spent) {
                    queue.pop_front();
                }
                queue
                    .iter()
                    .take(LOOK_AHEAD)
                    .copied()
                    .find(|&nth| !words[nth].spent && fits(says, &words[nth].next, reading))
            })
            .min();
        if let Some(nth) = word {
            words[nth].spent = true;
            column.items[at].settled = true;
        }
    }
}

/// Whether any word could imply it: spares long ledgers the scan of their text.
fn is_small(reading: &Reading) -> bool {
    reading.point().is_some_and(|value| value <= Decimal::ONE_HUNDRED) && reading.sort != Sort::Date
}

fn fits(says: Says, next: &str, reading: &Reading) -> bool {
    let is = |value: i64| reading.point() == Some(Decimal::from(value));
    match says {
        Number(value) => reading.sort == Sort::Number && is(value),
        One => match &reading.sort {
            Sort::Number => is(1),
            Sort::Measure(unit) => is(1) && unit::of_word(next) == Some(*unit),
            // `sans lever un centime`, `a cent`.
            Sort::Money(_) => {
                let cent = reading.is_in_cents() && reading.point() == Some(Decimal::new(1, 2));
                (is(1) || cent) && is_money(next)
            }
            _ => false,
        },
        Rank(value) => reading.kind() == FigureKind::Ordinal && is(value),
        Part(value) => {
            let part = reading.point() == Decimal::from(value).checked_div(Decimal::ONE_HUNDRED);
            (reading.kind() == FigureKind::Ratio && is(value)) || (reading.sort != Sort::Share && part)
        }
        Time(value, name) => {
            is(value) && unit::named(name).is_some_and(|id| reading.sort == Sort::Measure(id))
        }
    }
}

fn is_money(word: &str) -> bool {
    matches!(
        word.trim_end_matches('s'),
        "euro"
            | "dollar"
            | "pound"
            | "livre"
            | "cent"
            | "centime"
            | "penny"
            | "franc"
            | "yen"
            | "yuan"
            | "sou"
    )
}

/// The words of one side that imply something, in order; words inside a figure are the figure's.
fn implying_words(column: &Column) -> Vec<Word> {
    let look_up = match column.side.lang {
        Lang::Fr => french,
        Lang::En => english,
        Lang::Other => return Vec::new(),
    };
    let mut figures = column.side.figures.iter().peekable();
    let mut implied: Vec<Word> = Vec::new();
    let mut previous_implies = false;
    let mut word = String::new();
    let mut start = 0;
    // A closing space ends the last word. Hyphens and apostrophes end words too: `l’un`, `year-long`.
    for (at, letter) in column.side.text.chars().chain([' ']).enumerate() {
        if letter.is_alphanumeric() {
            if word.is_empty() {
                start = at;
            }
            word.extend(letter.to_lowercase());
            continue;
        }
        if word.is_empty() {
            continue;
        }
        if previous_implies && let Some(last) = implied.last_mut() {
            last.next.clone_from(&word);
        }
        while figures.next_if(|figure| figure.end <= start).is_some() {}
        let in_figure = figures
            .peek()
            .is_some_and(|figure| figure.start <= start && start < figure.end);
        let says = if in_figure { &[] } else { look_up(&word) };
        previous_implies = !says.is_empty();
        if previous_implies {
            implied.push(Word {
                says,
                next: String::new(),
                spent: false,
            });
        }
        word.clear();
    }
    implied
}
