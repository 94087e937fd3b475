//! When two readings are the same figure: the rules, and nothing about which pairs are tried.

use super::reading::{Amount, Bound, Reading, Sort};
use super::unit::{self, Unit};
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
    if let (Sort::Money(theirs), Sort::Money(ours)) = (&source.sort, &generated.sort) {
        let unnamed = theirs.is_empty() || ours.is_empty();
        let same = unit::same_currency(
            (theirs, source.currency_shared),
            (ours, generated.currency_shared),
        );
        if !unnamed && !same {
            return Verdict::Conflict(FindingKind::ChangedCurrency);
        }
    }
    if let (Some(theirs), Some(ours)) = (source.per, generated.per)
        && theirs != ours
    {
        return Verdict::Conflict(FindingKind::ChangedUnit);
    }
    if bounds_clash(source.bound, generated.bound) || movements_clash(source, generated) {
        return Verdict::Conflict(FindingKind::ChangedValue);
    }
    Verdict::Equal
}

/// `moins de 500` is not `more than 500`. A bound that only one side states is let pass: languages
/// move it into a verb (`a franchi les 500`, `hit 500`), so its absence proves nothing.
fn bounds_clash(source: Option<Bound>, generated: Option<Bound>) -> bool {
    matches!((source, generated), (Some(theirs), Some(ours)) if theirs != ours)
}

/// Up is not down, and a minus sign must be a sign or a word on the other side too.
fn movements_clash(source: &Reading, generated: &Reading) -> bool {
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
    if equal && !bounds_clash(source.bound, generated.bound) && !movements_clash(source, generated) {
        Verdict::Equal
    } else {
        Verdict::Different
    }
}

/// Fixed expressions whose literal numbers differ between languages: (value, unit) that stand for
/// each other. `quinze jours` is a fortnight, never fifteen days.
const IDIOMS: &[[(i64, &str); 2]] = &[
    [(15, "day"), (2, "week")],
    [(8, "day"), (1, "week")],
    [(48, "h"), (2, "day")],
];

/// Whether one is the other's idiom (`quinze jours`, `two weeks`).
pub(super) fn is_idiom(source: &Reading, generated: &Reading) -> bool {
    let is = |reading: &Reading, (value, name): (i64, &str)| {
        reading.point() == Some(Decimal::from(value))
            && unit::named(name).is_some_and(|id| reading.sort == Sort::Measure(Unit::Known(id, None)))
    };
    IDIOMS.iter().any(|&[one, other]| {
        (is(source, one) && is(generated, other)) || (is(source, other) && is(generated, one))
    })
}

/// `trois trimestres` and `three quarters`: the English words also read as the fraction.
pub(super) fn is_quarters(source: &Reading, generated: &Reading) -> bool {
    let count = |reading: &Reading| {
        let quarter = unit::named("quarter").map(|id| Sort::Measure(Unit::Known(id, None)));
        (quarter.as_ref() == Some(&reading.sort))
            .then(|| reading.point())
            .flatten()
    };
    let share = |reading: &Reading| {
        (reading.sort == Sort::Share && reading.kind() == FigureKind::Ratio)
            .then(|| reading.point())
            .flatten()
    };
    let same = |count: Option<Decimal>, share: Option<Decimal>| matches!((count, share), (Some(count), Some(share)) if count.checked_mul(Decimal::from(25)) == Some(share));
    same(count(source), share(generated)) || same(count(generated), share(source))
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
