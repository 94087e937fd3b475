//! A figure as the gate sees it: value, sort, bound and movement, free of language and spelling.

use super::calendar::Calendar;
use super::unit::{self, Per, Unit, UnitId};
use crate::record::{Direction, Figure, FigureKind, Qualifier};
use rust_decimal::Decimal;

/// Digits after the point that two values must share: enough for `un tiers` = `one-third`, and far
/// below anything that a text states.
pub(super) const PLACES: u32 = 12;

/// Stems that say in words what a minus sign says.
const LESS: &[&str] = &[
    "perte",
    "perd",
    "déficit",
    "négati",
    "moins",
    "baiss",
    "recul",
    "chut",
    "repli",
    "contract",
    "diminu",
    "loss",
    "lost",
    "lose",
    "deficit",
    "negative",
    "minus",
    "below",
    "fell",
    "fall",
    "drop",
    "declin",
    "down",
    "decreas",
    "shrink",
    "shrank",
    "slip",
    "slid",
    "lower",
    "contraction",
    "shortfall",
    "outflow",
    "cut",
];

/// Stems that say that a temperature is below zero.
const BELOW_ZERO: &[&str] = &[
    "moins", "négati", "sous", "gel", "minus", "negative", "below", "sub", "zero", "zéro", "freez",
];

/// What a figure is an amount of. Two figures of different sorts are never equal, except by the rules
/// in [`super::equal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Sort {
    /// A count, rank, factor, index level: a number, whatever is counted.
    Number,
    /// A percentage, or a share in percent units (`la moitié` is 50).
    Share,
    /// Percentage points; basis points in hundredths of them.
    Points,
    /// Money, in the currency of that code.
    Money(Currency),
    /// A physical or data quantity, a duration, an age.
    Measure(UnitId),
    /// A date, a period, a time of day.
    Date,
}

/// A currency by its ISO 4217 code; empty where the text names none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Currency([u8; 3]);

impl Currency {
    fn of(code: &str) -> Currency {
        let mut letters = [0; 3];
        for (letter, byte) in letters.iter_mut().zip(code.bytes()) {
            *letter = byte;
        }
        Currency(letters)
    }

    pub(super) fn is_named(self) -> bool {
        self != Currency::default()
    }

    pub(super) fn code(&self) -> &str {
        std::str::from_utf8(&self.0)
            .unwrap_or_default()
            .trim_end_matches('\0')
    }
}

/// The stated amount.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Amount {
    /// One value.
    Point(Decimal),
    /// From, to.
    Span(Decimal, Decimal),
    /// Some number of that scale (`des milliers`).
    Some(Option<Decimal>),
    /// Stated parts of a calendar.
    Calendar(Calendar),
}

/// On which side of the value the true one lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Bound {
    /// `plus de`, `au moins`.
    Above,
    /// `moins de`, `jusqu'à`.
    Below,
}

/// A figure, read for comparison.
#[derive(Debug, Clone)]
pub(super) struct Reading<'a> {
    pub(super) figure: &'a Figure,
    pub(super) sort: Sort,
    pub(super) amount: Amount,
    pub(super) bound: Option<Bound>,
    pub(super) direction: Option<Direction>,
    /// The value was written with a minus sign (and is kept here without it).
    pub(super) negative: bool,
    /// The currency is named by a word that several countries share.
    pub(super) currency_shared: bool,
    /// What the amount is taken per (`par mois`).
    pub(super) per: Option<Per>,
    /// A number that names nothing it counts or measures.
    pub(super) bare: bool,
}

impl<'a> Reading<'a> {
    /// Reads one row of a ledger; none for a row that states nothing that can be compared.
    pub(super) fn of(figure: &'a Figure) -> Option<Reading<'a>> {
        if figure.kind == FigureKind::Date {
            return Reading::of_date(figure);
        }
        let (unit, per) = unit::read(figure.unit.as_deref());
        let sort = sort_of(figure, unit);
        let (factor, divisor) = match (figure.kind, &sort) {
            (FigureKind::Ratio | FigureKind::Multiple, Sort::Share) => (Decimal::ONE_HUNDRED, Decimal::ONE),
            (FigureKind::BasisPoints, _) => (Decimal::ONE, Decimal::ONE_HUNDRED),
            _ => (Decimal::ONE, Decimal::ONE),
        };
        let scale = |value: Decimal| {
            let value = if divides(figure) {
                Decimal::ONE.checked_div(value).unwrap_or(value)
            } else {
                value
            };
            let scaled = value
                .checked_mul(factor)
                .and_then(|value| value.checked_div(divisor));
            scaled.unwrap_or(value).round_dp(PLACES).normalize()
        };
        let mut negative = false;
        let amount = match (figure.qualifier, figure.value, figure.min, figure.max) {
            (Qualifier::Multiple, value, min, _) => Amount::Some(value.or(min).map(scale)),
            (_, Some(value), _, _) => {
                negative = value.is_sign_negative() && !value.is_zero();
                Amount::Point(scale(value.abs()))
            }
            (_, None, Some(min), Some(max)) => Amount::Span(scale(min), scale(max)),
            (_, None, Some(bound), None) | (_, None, None, Some(bound)) => {
                negative = bound.is_sign_negative() && !bound.is_zero();
                Amount::Point(scale(bound.abs()))
            }
            (_, None, None, None) => return None,
        };
        let per = per.or(match (unit, &sort, figure.kind) {
            // `20 euros par mois`: the currency is the amount, a unit what it is per.
            (Unit::Known(per), Sort::Money(_) | Sort::Share, FigureKind::Rate) => Some(Per::Unit(per)),
            _ => None,
        });
        Some(Reading {
            figure,
            // Money is a number here only where its currency is implied.
            bare: sort == Sort::Number
                && unit == Unit::Bare
                && matches!(
                    figure.kind,
                    FigureKind::Count | FigureKind::Money | FigureKind::Rate
                ),
            sort,
            amount,
            bound: bound_of(figure.qualifier),
            direction: figure.direction,
            negative,
            currency_shared: figure.currency_ambiguous,
            per,
        })
    }

    fn of_date(figure: &'a Figure) -> Option<Reading<'a>> {
        let calendar = Calendar::of(figure);
        (!calendar.is_empty()).then_some(Reading {
            figure,
            sort: Sort::Date,
            amount: Amount::Calendar(calendar),
            bound: None, // `d'ici à 2030` bounds a date otherwise than a value
            direction: None,
            negative: false,
            currency_shared: false,
            per: None,
            bare: false,
        })
    }

    /// The one value, where there is one.
    pub(super) fn point(&self) -> Option<Decimal> {
        match self.amount {
            Amount::Point(value) => Some(value),
            _ => None,
        }
    }

    /// What the figure counts or measures.
    pub(super) fn kind(&self) -> FigureKind {
        self.figure.kind
    }

    /// Which way the figure moved, a minus sign counting as down where the words do not tell.
    pub(super) fn movement(&self) -> Option<Direction> {
        self.direction.or(self.negative.then_some(Direction::Down))
    }

    /// An amount in hundredths of a currency that `cents` does not tell.
    pub(super) fn is_in_cents(&self) -> bool {
        let text = self.figure.text.to_lowercase();
        let named = [
            "us cent",
            "euro cent",
            "australian",
            "canadian",
            "américain",
            "canadien",
        ];
        // `from 40 to 75 cents`: the second says it for both.
        let bare = text.chars().all(|c| c.is_ascii_digit());
        (text.contains("cent") || bare && self.figure.sentence.contains(" cents"))
            && !text.contains(['€', '$', '£'])
            && !named.iter().any(|named| text.contains(named))
    }

    /// Whether the figure shows a sign that is not its currency's, as in `$3 billion to €4 billion` read as
    /// one range: at most one of the two can be right.
    pub(super) fn mixes_currencies(&self) -> bool {
        let Sort::Money(currency) = self.sort else {
            return false;
        };
        let code = currency.code();
        let shows = |sign: char| self.figure.text.contains(sign);
        (shows('€') && code != "EUR")
            || (shows('£') && matches!(code, "EUR" | "USD" | "JPY" | "CHF"))
            || (shows('$') && matches!(code, "EUR" | "GBP" | "JPY" | "CHF"))
    }

    /// Whether the sentence has a word that makes a positive amount a negative one (`a loss of`).
    pub(super) fn sentence_says_less(&self) -> bool {
        self.sentence_has(LESS)
    }

    /// Whether the sentence may say in words that a temperature is below zero.
    pub(super) fn sentence_says_below_zero(&self) -> bool {
        self.sentence_has(BELOW_ZERO)
    }

    /// Whether the sentence has that word right before the figure's own (`the first nine months`).
    pub(super) fn follows(&self, word: &str) -> bool {
        let before = format!("{word} {}", self.figure.text);
        self.figure
            .sentence
            .to_lowercase()
            .contains(&before.to_lowercase())
    }

    fn sentence_has(&self, stems: &[&str]) -> bool {
        let sentence = self.figure.sentence.to_lowercase();
        stems.iter().any(|stem| sentence.contains(stem))
    }
}

fn sort_of(figure: &Figure, unit: Unit) -> Sort {
    let measure = |unit: Unit| match unit {
        Unit::Known(id) => Sort::Measure(id),
        Unit::Bare | Unit::Noun => Sort::Number,
    };
    if implies_currency(figure) {
        return Sort::Number;
    }
    if let Some(currency) = &figure.currency {
        return Sort::Money(Currency::of(currency));
    }
    match figure.kind {
        FigureKind::Percent => Sort::Share,
        FigureKind::Ratio => Sort::Share,
        FigureKind::Multiple if divides(figure) || figure.value.is_some_and(|value| value < Decimal::ONE) => {
            Sort::Share
        }
        FigureKind::Multiple | FigureKind::Ordinal | FigureKind::Index => Sort::Number,
        FigureKind::PercentagePoints | FigureKind::BasisPoints => Sort::Points,
        FigureKind::Money => Sort::Money(Currency::default()),
        FigureKind::Age if unit == Unit::Bare => unit::named("year").map_or(Sort::Number, Sort::Measure),
        FigureKind::Temperature if unit == Unit::Bare => {
            unit::named("°C").map_or(Sort::Number, Sort::Measure)
        }
        FigureKind::Rate
            if figure
                .unit
                .as_deref()
                .is_some_and(|unit| unit.trim_start().starts_with('%')) =>
        {
            Sort::Share
        }
        FigureKind::Count
        | FigureKind::Quantity
        | FigureKind::Duration
        | FigureKind::Age
        | FigureKind::Temperature
        | FigureKind::Rate
        | FigureKind::Date => measure(unit),
    }
}

/// `4,1 milliards`, whose currency another sentence of its paragraph tells: to the gate it is the number that it says.
fn implies_currency(figure: &Figure) -> bool {
    const SCALES: &[&str] = &[
        "million",
        "millions",
        "milliard",
        "milliards",
        "billion",
        "billions",
        "trillion",
    ];
    let named: &[&str] = match figure.currency.as_deref() {
        Some("EUR") => &["€", "euro", "EUR"],
        Some("USD") => &["$", "dollar", "USD"],
        Some("GBP") => &["£", "livre", "pound", "sterling", "GBP"],
        Some("CHF") => &["franc", "CHF"],
        // The others are told by too many words; they stay what they are.
        _ => return false,
    };
    let mut words = figure
        .text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    figure.kind == FigureKind::Money
        && words.all(|word| SCALES.contains(&word))
        && !figure.sentence.is_empty()
        && !named.iter().any(|name| figure.sentence.contains(name))
}

/// `divisé par deux`, `halved`: what is left is the half of it.
fn divides(figure: &Figure) -> bool {
    figure.kind == FigureKind::Multiple
        && figure.direction == Some(Direction::Down)
        && figure.value.is_some_and(|value| value >= Decimal::ONE)
}

fn bound_of(qualifier: Qualifier) -> Option<Bound> {
    match qualifier {
        Qualifier::AtLeast | Qualifier::MoreThan => Some(Bound::Above),
        Qualifier::AtMost | Qualifier::LessThan => Some(Bound::Below),
        Qualifier::Exact | Qualifier::Approx | Qualifier::Range | Qualifier::Multiple => None,
    }
}
