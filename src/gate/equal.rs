//! When two readings are the same figure: the rules, and nothing about which pairs are tried.

use super::calendar::Part;
use super::reading::{Amount, Currency, PLACES, Reading, Sort};
use super::unit::{self, Per};
use crate::record::{Direction, FigureKind, FindingKind};
use rust_decimal::Decimal;

/// What the gate thinks of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The same figure.
    Equal,
    /// The same figure, told wrong: the finding that it is.
    Conflict(FindingKind),
    /// Two figures that have nothing to do with each other.
    Different,
}

/// Compares two readings of the same sort (any currency) and the same amount: what is left is the
/// currency, what the amount is per, the side of the bound, and the way it moved.
pub(super) fn judge_alike(source: &Reading, generated: &Reading) -> Verdict {
    if let Some(kind) = units_clash(source, generated) {
        return Verdict::Conflict(kind);
    }
    if bounds_clash(source, generated) || movements_clash(source, generated) {
        return Verdict::Conflict(FindingKind::ChangedValue);
    }
    Verdict::Equal
}

/// `its third plan` where the source counts `trois sites`.
pub(super) fn ranks_what_was_counted(source: &Reading, generated: &Reading) -> bool {
    generated.kind() == FigureKind::Ordinal
        && source.kind() == FigureKind::Count
        && source.figure.unit.is_some()
}

/// Whether two readings of the same sort are amounts of other currencies, or per something else.
pub(super) fn units_clash(source: &Reading, generated: &Reading) -> Option<FindingKind> {
    if let (Sort::Money(theirs), Sort::Money(ours)) = (&source.sort, &generated.sort) {
        let unnamed = !theirs.is_named() || !ours.is_named();
        let same = unit::same_currency(
            (theirs.code(), source.currency_shared),
            (ours.code(), generated.currency_shared),
        ) || (source.is_in_cents() && generated.is_in_cents())
            // `0,95 euro` and `95 cents`
            || (source.is_in_cents() && has_cents(*ours))
            || (generated.is_in_cents() && has_cents(*theirs));
        // `$3 billion to €4 billion`, read as one range.
        let mixed = generated.mixes_currencies() && !source.mixes_currencies();
        if mixed || (!unnamed && !same) {
            return Some(FindingKind::ChangedCurrency);
        }
    }
    pers_clash(source.per.as_ref(), generated.per.as_ref()).then_some(FindingKind::ChangedUnit)
}

/// Whether hundredths of that currency are called cents in English or French.
fn has_cents(currency: Currency) -> bool {
    matches!(currency.code(), "EUR" | "USD" | "CAD" | "AUD")
}

/// `par mois` is not `a year`, and `9,8 sur 10` not `9.8`. A noun is not compared, and a unit that only
/// one side names may be implied on the other.
fn pers_clash(source: Option<&Per>, generated: Option<&Per>) -> bool {
    match (source, generated) {
        (Some(Per::Unit(theirs)), Some(Per::Unit(ours))) => theirs != ours,
        (Some(Per::Number(theirs)), Some(Per::Number(ours))) => theirs != ours,
        (Some(Per::Number(_)), _) | (_, Some(Per::Number(_))) => true,
        _ => false,
    }
}

/// `moins de 500` is not `more than 500`, nor plain `500`. A bound that only one side states counts where it
/// is stated in plain words: languages also move it into verbs (`a franchi les 500`, `hit 500`), and those
/// prove nothing.
fn bounds_clash(source: &Reading, generated: &Reading) -> bool {
    match (source.bound, generated.bound) {
        (Some(theirs), Some(ours)) => theirs != ours,
        (Some(_), None) => says_bound_plainly(source),
        (None, Some(_)) => says_bound_plainly(generated),
        (None, None) => false,
    }
}

/// The words that bound a number and do nothing else.
const PLAIN_BOUNDS: &[&str] = &[
    "plus de",
    "moins de",
    "au moins",
    "au plus",
    "au maximum",
    "au minimum",
    "plus d’",
    "moins d’",
    "plus d'",
    "moins d'",
    "more than",
    "less than",
    "fewer than",
    "at least",
    "at most",
    "no more than",
];

fn says_bound_plainly(reading: &Reading) -> bool {
    let words = reading.figure.full_text.to_lowercase();
    PLAIN_BOUNDS.iter().any(|bound| words.contains(bound))
}

/// Up is not down, and a minus sign must be a sign or a word on the other side too.
fn movements_clash(source: &Reading, generated: &Reading) -> bool {
    // The sign of a temperature is a level's, and `fell to 14 °C` does not say it.
    let temperatures =
        source.kind() == FigureKind::Temperature && generated.kind() == FigureKind::Temperature;
    if temperatures && source.negative != generated.negative {
        let unsigned = if source.negative { generated } else { source };
        return !unsigned.sentence_says_below_zero();
    }
    match (source.movement(), generated.movement()) {
        (Some(theirs), Some(ours)) => theirs != ours,
        (Some(_), None) => source.negative && !generated.sentence_says_less(),
        (None, Some(_)) => generated.negative && !source.sentence_says_less(),
        (None, None) => false,
    }
}

/// Whether two readings with the same value but of different sorts are still the same figure.
///
/// `carried` tells, for a bare number (`31` in `42 millions d’euros, contre 31`), whether a neighbour
/// on its side lends it the sort of the other figure.
pub(super) fn judge_across(
    source: &Reading,
    generated: &Reading,
    source_carries: impl Fn() -> bool,
    generated_carries: impl Fn() -> bool,
) -> Verdict {
    let equal = match (&source.sort, &generated.sort) {
        (Sort::Number, Sort::Number) => true,
        // `Anne Martin, 42 ans` is `Anne Martin, 42`.
        (Sort::Measure(_), Sort::Number) if source.kind() == FigureKind::Age && generated.bare => true,
        (Sort::Number, Sort::Measure(_)) if generated.kind() == FigureKind::Age && source.bare => true,
        // Points of an index and points of a percentage are the same word.
        (Sort::Points, Sort::Number) => generated.kind() == FigureKind::Index,
        (Sort::Number, Sort::Points) => source.kind() == FigureKind::Index,
        (Sort::Number, _) if source.bare => source_carries(),
        (_, Sort::Number) if generated.bare => generated_carries(),
        _ => false,
    };
    if equal && !bounds_clash(source, generated) && !movements_clash(source, generated) {
        Verdict::Equal
    } else {
        Verdict::Different
    }
}

/// How long something lasts, in months or in seconds: a year has twelve months, and a day 24 hours. Weeks are no part of months.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Time {
    Months(Decimal),
    Seconds(Decimal),
}

/// The time that a figure says in any unit.
pub(super) fn exact_time(reading: &Reading) -> Option<Time> {
    let (value, Sort::Measure(id)) = (reading.point()?, reading.sort) else {
        return None;
    };
    let times = |units: &[(&str, i64)]| {
        let factor = units.iter().find(|(name, _)| unit::named(name) == Some(id))?.1;
        value
            .checked_mul(Decimal::from(factor))
            .map(|value| value.normalize())
    };
    times(&[
        ("month", 1),
        ("quarter", 3),
        ("half-year", 6),
        ("year", 12),
        ("decade", 120),
        ("century", 1_200),
    ])
    .map(Time::Months)
    .or_else(|| {
        times(&[
            ("s", 1),
            ("min", 60),
            ("h", 3_600),
            ("day", 86_400),
            ("week", 604_800),
        ])
        .map(Time::Seconds)
    })
}

/// Two figures that say one time in two units.
pub(super) fn judge_converted(source: &Reading, generated: &Reading) -> Verdict {
    let clash = bounds_clash(source, generated) || movements_clash(source, generated);
    match clash || pers_clash(source.per.as_ref(), generated.per.as_ref()) {
        true => Verdict::Conflict(FindingKind::ChangedValue),
        false => Verdict::Equal,
    }
}

/// What a figure amounts to when it is put otherwise, in words that another language may not have: two
/// figures of different sorts that are retold alike are the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Retold {
    /// A part of a whole, in percent: `un demi-réacteur` and `half a reactor`; `trois trimestres`, because
    /// `three quarters` reads as the fraction.
    Part(Decimal),
    /// That many weeks: `quinze jours` is a fortnight, never fifteen days.
    Weeks(u8),
    /// That full hour: `dès 2 heures` lasts as well as it begins, `2 a.m.` does not.
    Hour(u16),
    /// The months from one to another: `les six premiers mois`, `the first half` and `January to June`; of that year where the
    /// words name one.
    Months(Option<i32>, u8, u8),
}

impl Retold {
    pub(super) fn of(reading: &Reading) -> Option<Retold> {
        if let Amount::Calendar(calendar) = &reading.amount {
            // The parts of `de septembre à janvier` have lost its order, and it is no first nine months.
            let turns = |period: &str| period.split_once('/').is_some_and(|(from, to)| from > to);
            if reading.figure.period.as_deref().is_some_and(turns) {
                return None;
            }
            return match calendar.parts() {
                [Part::Time(minutes)] if minutes % 60 == 0 => Some(Retold::Hour(minutes / 60)),
                [Part::Year(year), rest @ ..] => {
                    months(rest).map(|(from, to)| Retold::Months(Some(*year), from, to))
                }
                rest => months(rest).map(|(from, to)| Retold::Months(None, from, to)),
            };
        }
        let value = reading.point()?;
        // `dix fois moins` is a tenth
        if reading.kind() == FigureKind::Multiple && reading.movement() == Some(Direction::Down) {
            let part = Decimal::ONE_HUNDRED.checked_div(value)?;
            return Some(Retold::Part(part.round_dp(PLACES).normalize()));
        }
        let measured_in = |name: &str| unit::named(name).is_some_and(|id| reading.sort == Sort::Measure(id));
        if reading.sort == Sort::Share {
            return (reading.kind() == FigureKind::Ratio).then_some(Retold::Part(value));
        }
        let words = || reading.figure.text.to_lowercase();
        let first = || words().contains("premiers") || reading.follows("first");
        if measured_in("month") && (2..12).any(|count| value == Decimal::from(count)) && first() {
            let last = u8::try_from(value).ok()?;
            return Some(Retold::Months(None, 1, last));
        }
        if measured_in("h") && words().contains("heure") {
            let hour = u16::try_from(value)
                .ok()
                .filter(|hour| *hour <= 24 && value.fract().is_zero());
            return hour.map(|hour| Retold::Hour(hour % 24));
        }
        if measured_in("quarter") {
            return value.checked_mul(Decimal::from(25)).map(Retold::Part);
        }
        if value < Decimal::ONE {
            return value
                .checked_mul(Decimal::ONE_HUNDRED)
                .map(|part| Retold::Part(part.normalize()));
        }
        for (days, weeks) in [(15, 2), (8, 1)] {
            let in_days = measured_in("day") && value == Decimal::from(days);
            let in_weeks = measured_in("week") && value == Decimal::from(weeks);
            if in_days || in_weeks {
                return Some(Retold::Weeks(weeks));
            }
        }
        None
    }
}

/// The first and the last month of a quarter, of a half, or from one month to another.
fn months(parts: &[Part]) -> Option<(u8, u8)> {
    match *parts {
        [Part::Quarter(quarter @ 1..=4)] => Some((quarter * 3 - 2, quarter * 3)),
        [Part::Half(half @ 1..=2)] => Some((half * 6 - 5, half * 6)),
        [Part::Month(from), Part::Month(to)] => Some((from, to)),
        _ => None,
    }
}

/// `des dizaines` is `dozens` as well as `tens`; a bare plural of no stated scale fits any.
pub(super) fn same_vague_scale(source: &Amount, generated: &Amount) -> bool {
    let tens = |value: &Decimal| [10, 12, 20, 24].iter().any(|&few| *value == Decimal::from(few));
    match (source, generated) {
        (Amount::Some(Some(theirs)), Amount::Some(Some(ours))) => {
            theirs == ours || (tens(theirs) && tens(ours))
        }
        (Amount::Some(_), Amount::Some(_)) => true,
        _ => false,
    }
}
