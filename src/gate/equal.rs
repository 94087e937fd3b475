//! When two readings are the same figure: the rules, and nothing about which pairs are tried.

use super::reading::{Amount, Reading, Sort};
use super::unit::{self, Per};
use crate::record::{FigureKind, FindingKind};
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

/// Whether two readings of the same sort are amounts of other currencies, or per something else.
pub(super) fn units_clash(source: &Reading, generated: &Reading) -> Option<FindingKind> {
    if let (Sort::Money(theirs), Sort::Money(ours)) = (&source.sort, &generated.sort) {
        let unnamed = !theirs.is_named() || !ours.is_named();
        let same = unit::same_currency(
            (theirs.code(), source.currency_shared),
            (ours.code(), generated.currency_shared),
        ) || (source.is_in_cents() && generated.is_in_cents());
        // `$3 billion to €4 billion`, read as one range.
        let mixed = generated.mixes_currencies() && !source.mixes_currencies();
        if mixed || (!unnamed && !same) {
            return Some(FindingKind::ChangedCurrency);
        }
    }
    pers_clash(source.per.as_ref(), generated.per.as_ref()).then_some(FindingKind::ChangedUnit)
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

/// What a figure amounts to when it is put otherwise, in words that another language may not have: two
/// figures of different sorts that are retold alike are the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Retold {
    /// A part of a whole, in percent: `un demi-réacteur` and `half a reactor`; `trois trimestres`, because
    /// `three quarters` reads as the fraction.
    Part(Decimal),
    /// That many weeks: `quinze jours` is a fortnight, never fifteen days.
    Weeks(u8),
}

impl Retold {
    pub(super) fn of(reading: &Reading) -> Option<Retold> {
        let value = reading.point()?;
        let measured_in = |name: &str| unit::named(name).is_some_and(|id| reading.sort == Sort::Measure(id));
        if reading.sort == Sort::Share {
            return (reading.kind() == FigureKind::Ratio).then_some(Retold::Part(value));
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
