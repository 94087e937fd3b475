//! What belongs together: ranges, and enumerations whose unit is said once.
//!
//! `3 à 4 milliards`, `entre 10 et 12 %`, `de 800 millions à 1,2 milliard d'euros`, `42, 31 et 9 %`.
//! `passer de 3 à 5 %` is two figures, not a range.

use rust_decimal::Decimal;

use super::block::Block;
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
    carry_forward(block, &mut out);
    out
}

/// `3,2 milliards d'euros, contre 3,06 milliards`: a scaled number with nothing counted, after money in
/// the same sentence, is money too.
fn carry_forward(block: &Block<'_, '_>, items: &mut [Item]) {
    const LINKS: &[&str] = &[
        "contre", "apres", "à", "et", "puis", "de", "dont", "soit", "plus", "moins", "pres", "environ",
        "against", "from", "to", "and", "versus", "compared", "than", "ou",
    ];
    let million = Decimal::ONE_THOUSAND * Decimal::ONE_THOUSAND;
    let mut money: Option<(&'static str, bool)> = None;
    let mut end = 0;
    for item in items {
        if (end..item.first).any(|i| matches!(block.tokens.mark(i), Some('.' | ';' | '!' | '?'))) {
            money = None;
        }
        end = item.end;
        if item.kind == FigureKind::Money {
            money = item.currency.map(|code| (code, item.ambiguous));
        }
        let scaled = item.numeral.scale >= million && item.bare && item.kind == FigureKind::Count;
        let linked = item.first > 0 && block.is_one_of(item.first - 1, LINKS);
        if let Some((code, ambiguous)) = money.filter(|_| scaled && linked) {
            (item.kind, item.currency, item.ambiguous) = (FigureKind::Money, Some(code), ambiguous);
            item.bare = false;
        }
    }
}

enum Join {
    Range,
    Carry,
    None,
}

/// How two neighbours hang together.
fn join(block: &Block<'_, '_>, a: &Item, b: &Item) -> Join {
    if !can_join(a, b) {
        return Join::None;
    }
    let tokens = block.tokens;
    let gap = a.end.max(if a.bare { a.end } else { a.reach });
    let Some(distance) = b
        .first
        .checked_sub(gap)
        .filter(|distance| (1..=3).contains(distance))
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
    let to = matches!(fold(gap), "à" | "to") || fold(gap) == "a" && !english || fold(gap) == "au";
    let until = fold(gap) == "jusque" && distance == 2;
    let dash = distance == 1 && matches!(tokens.mark(gap), Some('-' | '–' | '—' | '‑' | '\u{2010}'));
    let and = matches!(fold(gap), "et" | "and");
    let or = matches!(fold(gap), "ou" | "or");
    let article = distance == 2
        && block.is_one_of(
            gap + 1,
            &["le", "la", "les", "environ", "the", "about", "plus", "de"],
        );
    let one = distance == 1 || article;
    let rising = rises(a, b);
    if rising
        && (one && to
            || until
            || dash && a.unit_is_bare_or_same(b)
            || one && and && led(&["entre", "between"])
            || one && or && a.bare && close(a, b))
    {
        return if is_change(block, a) {
            Join::Carry
        } else {
            Join::Range
        };
    }
    let comma = distance == 1 && matches!(tokens.mark(gap), Some(',' | '/' | ';'))
        || distance == 2
            && tokens.is_mark(gap, ',')
            && block.is_one_of(gap + 1, &["et", "puis", "and", "ou", "or"]);
    let listed =
        distance == 1 && (and || or || to || fold(gap) == "puis") || article && (and || or || to) || comma;
    if a.bare && listed && !b.bare {
        Join::Carry
    } else {
        Join::None
    }
}

fn can_join(a: &Item, b: &Item) -> bool {
    let numbers = |item: &Item| {
        item.value.is_some()
            && item.qualifier == Qualifier::Exact
            && !matches!(
                item.kind,
                FigureKind::Date | FigureKind::Ordinal | FigureKind::Multiple
            )
            && matches!(item.numeral.form, Form::Digits | Form::Words | Form::Fraction)
    };
    let kinds = a.kind == b.kind
        || a.bare
        || a.kind == FigureKind::Count && a.unit.is_none()
        || a.kind == FigureKind::Money && b.kind == FigureKind::Rate && b.currency.is_some();
    let fraction = a.numeral.form == Form::Fraction && b.numeral.form != Form::Fraction && a.bare;
    numbers(a) && numbers(b) && kinds && !fraction
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
    if a.numeral.scale != Decimal::ONE
        || b.numeral.scale == Decimal::ONE
        || !(a.bare || a.unit.is_none() && a.currency.is_none())
    {
        return Some(value);
    }
    let carried = value.checked_mul(b.numeral.scale)?;
    // `entre 500 000 et 1 million`: the first has its own size.
    let own = a.numeral.grouped || value >= Decimal::ONE_THOUSAND;
    Some(
        if own || a.bare && b.value.is_some_and(|b| carried > b) && a.numeral.grouped {
            value
        } else {
            carried
        },
    )
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

/// A verb of change stands before `de a à b`: from one value to another.
fn is_change(block: &Block<'_, '_>, a: &Item) -> bool {
    const VERBS: &[&str] = &[
        "passe",
        "passer",
        "passent",
        "passait",
        "passera",
        "passee",
        "passees",
        "passes",
        "passant",
        "passerait",
        "passeraient",
        "passeront",
        "porte",
        "porter",
        "portee",
        "portant",
        "ramene",
        "ramener",
        "ramenee",
        "ramenant",
        "releve",
        "relever",
        "relevee",
        "reduit",
        "reduite",
        "reduire",
        "augmente",
        "augmenter",
        "monte",
        "monter",
        "tombe",
        "tomber",
        "hausse",
        "abaisse",
        "abaisser",
        "abaissee",
        "baisse",
        "baisser",
        "chute",
        "chuter",
        "recule",
        "reculer",
        "progresse",
        "progresser",
        "bondi",
        "bondit",
        "bondir",
        "grimpe",
        "grimper",
        "revise",
        "revisee",
        "reviser",
        "evolue",
        "evoluer",
        "recul",
        "relevement",
        "went",
        "from",
        "rose",
        "fell",
        "grew",
        "dropped",
        "increased",
        "declined",
        "cut",
        "raised",
        "lowered",
        "jumped",
        "climbed",
        "descend",
        "descendre",
        "descendu",
        "redescend",
        "remonte",
        "remonter",
        "double",
        "triple",
        "doubler",
        "tripler",
    ];
    let tokens = block.tokens;
    let Some(lead) = a.first.checked_sub(1) else {
        return false;
    };
    if block.lang.lang == Lang::En {
        return block.is_one_of(lead, &["from"])
            && (1..=6)
                .map_while(|back| lead.checked_sub(back))
                .take_while(|&i| tokens.mark(i).is_none())
                .any(|i| VERBS.contains(&tokens.fold(i)));
    }
    block.is_one_of(lead, &["de"])
        && (1..=8)
            .map_while(|back| lead.checked_sub(back))
            .take_while(|&i| !matches!(tokens.mark(i), Some(',' | '.' | ';' | '(' | ')')))
            .any(|i| {
                VERBS.contains(&tokens.fold(i))
                    && !block.is_one_of(i.saturating_sub(1), &["en", "une", "la", "par"])
            })
}

/// One figure with two bounds.
fn range(block: &Block<'_, '_>, mut a: Item, b: Item) -> Item {
    let min = scaled(&a, &b);
    let mut out = Item {
        first: a.first,
        full_first: a.full_first,
        ..b
    };
    out.value = None;
    out.min = min;
    out.max = b.value;
    out.qualifier = Qualifier::Range;
    out.bare = a.bare && b.bare;
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
fn carry(a: &mut Item, b: &Item) {
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
    a.bare = false;
}
