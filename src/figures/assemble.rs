//! What belongs together: ranges, and enumerations whose unit is said once.
//!
//! `3 à 4 milliards`, `entre 10 et 12 %`, `de 800 millions à 1,2 milliard d'euros`, `42, 31 et 9 %`.
//! `passer de 3 à 5 %` is two figures, not a range.

use rust_decimal::Decimal;

use super::block::Block;
use super::change::is_change;
use super::ellipsis;
use super::item::Item;
use super::numeral::Form;
use crate::record::{FigureKind, Lang, Qualifier};

/// Merges ranges and carries units, in place and in order.
pub(super) fn assemble(block: &Block<'_, '_>, items: Vec<Item>) -> Vec<Item> {
    let mut out: Vec<Item> = Vec::with_capacity(items.len());
    // From right to left, so that a unit reaches the head of a long enumeration.
    for mut item in items.into_iter().rev() {
        if let Some(next) = out.pop() {
            match join(block, &item, &next) {
                Join::Range => out.push(range(block, item, next)),
                Join::Carry => {
                    carry(&mut item, &next);
                    out.push(next);
                    out.push(item);
                }
                Join::None => {
                    out.push(next);
                    out.push(item);
                }
            }
        } else {
            out.push(item);
        }
    }
    out.reverse();
    ellipsis::complete(block, &mut out);
    out
}

/// Words between `de 2 à` and a number that is not meant exactly: `passe de 2 à presque 5 %`.
const ABOUT: &[&str] = &[
    "quelque",
    "environ",
    "presque",
    "quasiment",
    "pratiquement",
    "about",
    "around",
    "nearly",
    "almost",
    "roughly",
    "over",
    "some",
];

enum Join {
    Range,
    Carry,
    None,
}

/// Each says its own currency or unit, and not the same: `$3 billion to €4 billion` are two figures.
fn differ(a: &Item, b: &Item) -> bool {
    let currencies = a.currency.is_some() && b.currency.is_some() && a.currency != b.currency;
    let measured = matches!(
        a.kind,
        FigureKind::Quantity | FigureKind::Duration | FigureKind::Count | FigureKind::Age
    );
    let units = measured && a.kind == b.kind && a.unit.is_some() && b.unit.is_some() && a.unit != b.unit;
    currencies || units && !a.bare
}

/// How two neighbours hang together.
fn join(block: &Block<'_, '_>, a: &Item, b: &Item) -> Join {
    let tokens = block.tokens;
    // `ramené de 2,7 à 1,9 fois l'Ebitda`
    let fell = a.bare
        && b.kind == FigureKind::Multiple
        && a.first > 0
        && block.is_one_of(a.first - 1, &["de"])
        && block.is_one_of(a.end, &["à"])
        && b.first == a.end + 1;
    if fell {
        return Join::Carry;
    }
    if !can_join(a, b) || differ(a, b) {
        return Join::None;
    }
    let gap = a.end.max(if a.bare { a.end } else { a.reach });
    let Some(distance) = b
        .first
        .checked_sub(gap)
        .filter(|distance| (1..=4).contains(distance))
    else {
        return Join::None;
    };
    let fold = |i: usize| tokens.fold(i);
    let english = block.lang.lang == Lang::En;
    let led = |words: &[&str]| {
        a.first > 0 && block.is_one_of(a.first - 1, words)
            || a.first > 1
                && block.is_one_of(a.first - 2, words)
                && block.is_one_of(a.first - 1, &["le", "la", "les", "l", "environ", "about", "de"])
    };
    // `15- to 24-year-olds`
    let hung = english && distance == 2 && tokens.is_mark(gap, '-') && fold(gap + 1) == "to";
    let to = hung || matches!(fold(gap), "à" | "to") || fold(gap) == "a" && !english || fold(gap) == "au";
    let until = fold(gap) == "jusque" && distance == 2;
    // `13,2 milliards — 23,7 selon la Cour`: with spaces around it, the long one is no range.
    let long = tokens.is_mark(gap, '—') && !tokens.glued(gap);
    let dash = distance == 1 && matches!(tokens.mark(gap), Some('-' | '–' | '—' | '‑' | '\u{2010}')) && !long;
    let and = matches!(fold(gap), "et" | "and");
    let or = matches!(fold(gap), "ou" | "or");
    let article = distance == 2
        && block.is_one_of(
            gap + 1,
            &["le", "la", "les", "environ", "the", "about", "plus", "de"],
        );
    let one = distance == 1 || article || hung;
    // `l'opérateur en exploite 648 à 1 200 km`
    let some = a.bare
        && b.kind == FigureKind::Quantity
        && a.first > 1
        && block.is_one_of(a.first - 2, &["en"])
        && matches!(b.unit.as_deref(), Some("km" | "m"));
    if some {
        return Join::None;
    }
    // `412 voix contre 143 et 71 abstentions`: those are voices too, and no abstentions.
    let against = and && b.kind == FigureKind::Count && led(&["contre", "against"]);
    // `douze rames de 508 places à 23 millions pièce`: the first counts something, the second does not.
    // `31 candidatures au lieu de 12, et 35 heures`, `un PUE de 1,2 et 0,3 litre d'eau`
    let instead = and && a.first > 1 && block.is_one_of(a.first - 2, &["lieu"])
        || and && a.first > 1 && block.is_one_of(a.first - 1, &["de"]) && tokens.is_acronym(a.first - 2);
    let against = against || instead;
    let counted = to && a.kind == FigureKind::Count && !a.bare && b.bare && !led(&["entre", "from"]);
    if against || counted {
        return Join::None;
    }
    // `lève 173 millions d'euros à 4 milliards de valorisation`: a range that says its unit twice is led.
    let apart = !a.bare
        && a.kind == FigureKind::Money
        && to
        && !led(&["de", "entre", "from", "between"])
        && !scaled(a, b)
            .zip(b.value)
            .is_some_and(|(a, b)| ellipsis::is_within(a, b, Decimal::from(5)));
    if apart {
        return Join::None;
    }
    let rising = rises(a, b);
    // `rose 12,000 to 1.938 million`
    let far = english
        && to
        && a.first > 0
        && block.lang.change.contains_key(fold(a.first - 1))
        && a.value
            .zip(b.value)
            .is_some_and(|(a, b)| !ellipsis::is_within(a, b, Decimal::TEN));
    if far {
        return Join::None;
    }
    if rising
        && (one && to
            || until
            || dash && (a.unit_is_bare_or_same(b) || a.kind == FigureKind::Money && b.bare)
            || one && and && led(&["entre", "between"])
            || one && or && a.bare && close(a, b))
    {
        return match !dash && is_change(block, a) {
            // `a pris 0,85 dollar à 74 dollars le baril`: the first says its own unit.
            true if a.bare || a.kind == b.kind => Join::Carry,
            true => Join::None,
            false => Join::Range,
        };
    }
    // `41,6 millions ; 25 millions de foyers`: a number with a scale is done.
    let semicolon = tokens.is_mark(gap, ';') && a.numeral.scale == Decimal::ONE;
    // `2 796 x 1 290 pixels`
    let by = tokens.raw(gap) == "x" || tokens.is_mark(gap, '×');
    let comma = distance == 1 && (matches!(tokens.mark(gap), Some(',' | '/')) || semicolon || by)
        || distance == 2
            && tokens.is_mark(gap, ',')
            && block.is_one_of(
                gap + 1,
                &[
                    "et", "puis", "and", "ou", "or", "voire", "sinon", "perhaps", "maybe", "possibly", "even",
                ],
            )
        || distance == 4 && tokens.is_mark(gap, ',') && is_perhaps(block, gap + 1);
    // `quinze des 57 réacteurs`
    // `passe de 1 040 à près de 1 230 euros`
    let about = a.bare
        && !b.bare
        && to
        && led(&["de", "from"])
        && (distance == 3
            && block.is_one_of(gap + 1, &["pres", "plus", "moins", "more", "less"])
            && block.is_one_of(gap + 2, &["de", "than"])
            || distance == 2 && block.is_one_of(gap + 1, ABOUT))
        && scaled(a, b)
            .zip(b.value)
            .is_some_and(|(a, b)| ellipsis::is_within(a, b, Decimal::TEN));
    if about {
        return Join::Carry;
    }
    // … and `2,9 des 7,3 milliards d'euros`
    let counted = b.kind == FigureKind::Count && b.unit.is_some() && b.numeral.scale == Decimal::ONE;
    let spent = b.kind == FigureKind::Money && a.value < b.mantissa();
    let some_of =
        a.bare && distance == 1 && tokens.raw(gap) == "des" && (counted && a.value < b.value || spent);
    if some_of {
        return Join::Carry;
    }
    // `contre 551 à 2,4 %`: only what comes down `de 20 à 5 %` says its unit once.
    let to = to && (led(&["de", "from", "entre", "between"]) || !b.is_share());
    let listed =
        distance == 1 && (and || or || to || fold(gap) == "puis") || article && (and || or || to) || comma;
    // `5,77 millions, 1,3 % de plus`: nobody has millions of percents.
    let more =
        comma && block.is_one_of(b.end, &["de"]) && block.is_one_of(b.end + 1, &["plus", "moins", "mieux"])
            || !a.can_be_share();
    // `passée de 28 à 11 millions`
    let fallen =
        one && to && led(&["de"]) && b.numeral.scale != Decimal::ONE && a.numeral.scale == Decimal::ONE;
    // … but `trouver 80, peut-être 100 milliards`
    let perhaps =
        distance == 4 && comma && b.numeral.scale != Decimal::ONE && a.numeral.scale == Decimal::ONE;
    if a.bare && (listed && !b.bare || fallen || perhaps) && !(more && b.is_share()) {
        Join::Carry
    } else {
        Join::None
    }
}

/// `il faut trouver 80, peut-être 100 milliards`: three tokens.
fn is_perhaps(block: &Block<'_, '_>, i: usize) -> bool {
    block.is_one_of(i, &["peut"]) && block.tokens.is_mark(i + 1, '-') && block.is_one_of(i + 2, &["etre"])
}

fn can_join(a: &Item, b: &Item) -> bool {
    let numbers = |item: &Item| {
        item.value.is_some()
            && item.qualifier == Qualifier::Exact
            && !matches!(item.kind, FigureKind::Date | FigureKind::Ordinal)
            && (item.kind != FigureKind::Multiple || item.first == item.numeral.first)
            && matches!(item.numeral.form, Form::Digits | Form::Words | Form::Fraction)
    };
    let kinds = a.kind == b.kind
        || a.bare
        || a.kind == FigureKind::Count && a.unit.is_none()
        || a.kind == FigureKind::Money && b.kind == FigureKind::Rate && b.currency.is_some();
    // `$3.1-3.3 billion`: the currency came first.
    let kinds = kinds || a.kind == FigureKind::Money && b.bare && b.kind == FigureKind::Count;
    let fraction = a.numeral.form == Form::Fraction && b.numeral.form != Form::Fraction && a.bare;
    // `850 millions, trois fois celui de l'OM`
    let factor = b.kind == FigureKind::Multiple && (a.numeral.scale != Decimal::ONE || a.value >= b.value);
    !factor && numbers(a) && numbers(b) && kinds && !fraction
}

impl Item {
    fn unit_is_bare_or_same(&self, other: &Item) -> bool {
        self.bare && !(other.bare && self.numeral.is_plain() && self.numeral.digits < 2)
            || self.unit == other.unit && self.currency == other.currency && !self.bare
    }
}

/// The value that `a` has if it takes the scale of `b`.
fn scaled(a: &Item, b: &Item) -> Option<Decimal> {
    let value = a.value?;
    // `0,5 à 1 centime`: the second was divided by a hundred.
    let cents = b
        .value
        .zip(b.value.and_then(|value| value.checked_mul(Decimal::ONE_HUNDRED)));
    if a.bare && cents.is_some_and(|(value, hundredfold)| hundredfold == b.numeral.value && !value.is_zero())
    {
        return value.checked_div(Decimal::ONE_HUNDRED);
    }
    let prefixed = a.kind == FigureKind::Money && b.bare;
    if a.numeral.scale != Decimal::ONE
        || b.numeral.scale == Decimal::ONE
        || !(a.bare || prefixed || a.unit.is_none() && a.currency.is_none())
    {
        return Some(value);
    }
    // `entre 500 000 et 1 million`, `cent à deux mille`: the first has its own size.
    let mantissa = b.value.or(b.max)?.checked_div(b.numeral.scale)?;
    let own = a.numeral.grouped
        || mantissa
            .abs()
            .checked_mul(Decimal::from(20))
            .is_some_and(|most| value > most);
    if own {
        Some(value)
    } else {
        value.checked_mul(b.numeral.scale)
    }
}

fn rises(a: &Item, b: &Item) -> bool {
    // A percentage carried to a fraction of it is scaled alike.
    match (scaled(a, b), b.value) {
        (Some(a), Some(b)) => a < b,
        _ => false,
    }
}

/// `deux ou trois`, `10 ou 12`: a loose range.
fn close(a: &Item, b: &Item) -> bool {
    match (scaled(a, b), b.value) {
        (Some(a), Some(b)) => a.checked_mul(Decimal::TWO).is_some_and(|double| b <= double),
        _ => false,
    }
}

/// `entre 400 et 430 000 €`: the first is of thousands too, where the two are then of one size.
fn in_thousands(a: &Item, b: &Item) -> Option<Decimal> {
    let written = a.bare && a.numeral.is_plain() && b.numeral.grouped && b.numeral.scale == Decimal::ONE;
    let most = b.value.filter(|_| written)?;
    let round = most.checked_rem(Decimal::ONE_THOUSAND)?.is_zero();
    let value = a.value?.checked_mul(Decimal::ONE_THOUSAND)?;
    let alike = value < most
        && value
            .checked_mul(Decimal::from(4))
            .is_some_and(|value| value >= most);
    (round && alike).then_some(value)
}

/// One figure with two bounds.
fn range(block: &Block<'_, '_>, mut a: Item, b: Item) -> Item {
    let min = in_thousands(&a, &b).or_else(|| scaled(&a, &b));
    let mut out = Item {
        first: a.first,
        full_first: a.full_first,
        ..b
    };
    out.value = None;
    out.min = min;
    out.max = b.value;
    out.qualifier = Qualifier::Range;
    out.bare = a.bare && out.bare;
    if out.currency.is_none() && a.currency.is_some() {
        (out.kind, out.currency, out.ambiguous) = (a.kind, a.currency, a.ambiguous);
    }
    a.first = a.full_first;
    let lead = |i: usize| a.first.checked_sub(i);
    let words: &[&str] = &["entre", "between", "de", "from"];
    if lead(1).is_some_and(|i| block.is_one_of(i, words))
        && !lead(1).is_some_and(|i| matches!(block.tokens.fold(i), "des" | "du"))
    {
        out.full_first = a.first - 1;
    } else if lead(2).is_some_and(|i| block.is_one_of(i, &["entre", "between"])) {
        out.full_first = a.first - 2;
    }
    out
}

/// Gives `a` the unit, and the scale, that `b` says for both.
pub(super) fn carry(a: &mut Item, b: &Item) {
    let value = scaled(a, b);
    a.value = value;
    a.kind = b.kind;
    a.unit.clone_from(&b.unit);
    a.currency = b.currency;
    a.ambiguous = b.ambiguous;
    a.numeral.scale = if a.numeral.scale == Decimal::ONE && !a.numeral.grouped {
        b.numeral.scale
    } else {
        a.numeral.scale
    };
    a.bare = b.bare;
}
