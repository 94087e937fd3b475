//! Articles that count, in English: `a hundred`, `a third`, `a couple of dozen`, `more than an hour`, `over a decade`.

use rust_decimal::Decimal;

use super::block::Block;
use super::collective::{chained, several};
use super::lexicon::{Card, Word};
use super::numeral::{Form, Numeral, power_of_ten, ratio};
use super::spelled::half_more;
use crate::record::{FigureKind, Lang};

/// `a hundred`, `a dozen`, `a third`, `a few thousand`, `half a million`.
pub(super) fn english_a(block: &Block<'_, '_>, i: usize) -> Option<Numeral> {
    if block.lang.lang != Lang::En || !block.is_one_of(i, &["a", "an"]) {
        return None;
    }
    match block.word(i + 1) {
        Word::Cardinal(Card::Hundred | Card::Thousand | Card::Scale(_)) => {
            let numeral = block.words().read(i)?;
            Some(half_more(block, &numeral).unwrap_or(numeral))
        }
        Word::Collective(n @ (12 | 20)) if block.tokens.fold(i + 1) != "score" => {
            Some(chained(block, Numeral::new(i, i + 2, n.into(), Form::Words)))
        }
        Word::Part(parts)
            if block.is_one_of(i + 2, &["of", "century", "point"])
                || is_cut(block, i, i + 2)
                || parts == 4 && block.is_one_of(i + 2, &["million", "billion"]) =>
        {
            let part = ratio(Decimal::ONE, parts.into())?;
            let mut numeral = Numeral::new(i, i + 2, part, Form::Fraction);
            // `by a quarter point`
            if block.is_one_of(i + 2, &["point"]) {
                (numeral.form, numeral.decimals) = (Form::Words, true);
            }
            Some(numeral)
        }
        Word::Ordinal(Card::Unit(n @ 3..)) if block.is_one_of(i + 2, &["of"]) || is_cut(block, i, i + 2) => {
            Some(Numeral::new(
                i,
                i + 2,
                ratio(Decimal::ONE, n.into())?,
                Form::Fraction,
            ))
        }
        // `a twentieth of a cent`, `a thousandth of the price`
        Word::Ordinal(card @ (Card::Ten(_) | Card::Hundred | Card::Thousand))
            if block.is_one_of(i + 2, &["of"]) =>
        {
            let parts = match card {
                Card::Ten(parts) => parts.into(),
                Card::Hundred => Decimal::ONE_HUNDRED,
                _ => Decimal::ONE_THOUSAND,
            };
            Some(Numeral::new(
                i,
                i + 2,
                ratio(Decimal::ONE, parts)?,
                Form::Fraction,
            ))
        }
        _ if counts_one(block, i) => {
            let mut numeral = Numeral::new(i, i + 1, Decimal::ONE, Form::Words);
            numeral.decimals = true;
            Some(numeral)
        }
        _ if block.is_one_of(i + 1, &["few", "couple"]) => {
            let at = if block.is_one_of(i + 2, &["of"]) {
                i + 3
            } else {
                i + 2
            };
            let scale = match block.word(at) {
                Word::Cardinal(Card::Scale(power)) => power_of_ten(power),
                Word::Cardinal(Card::Hundred) => Decimal::ONE_HUNDRED,
                Word::Cardinal(Card::Thousand) => Decimal::ONE_THOUSAND,
                Word::Collective(n) => n.into(),
                _ => return None,
            };
            // `a couple of dozen`: two of them, more or less.
            if block.is_one_of(i + 1, &["couple"]) {
                let value = scale.checked_mul(Decimal::TWO)?;
                let mut numeral = Numeral::new(i, at + 1, value, Form::About);
                numeral.scale = scale;
                return Some(numeral);
            }
            several(block, i, at, scale, i)
        }
        _ => None,
    }
}

/// An article before a unit of time that counts: because of a bound (`more than an hour`, `nearly a year`), or of what is added
/// (`a year and a half`).
fn counts_one(block: &Block<'_, '_>, i: usize) -> bool {
    let timed = super::unit::read(block.tokens, i + 1, block.lang.lang)
        .is_some_and(|(unit, end)| unit.kind == FigureKind::Duration && end == i + 2);
    // … but neither `a year ago` nor `an hour and ten minutes`, `a year or two`.
    let alone = || {
        let more = block.is_one_of(i + 2, &["and"])
            && (block.is_one_of(i + 3, &["a", "half"])
                || block.tokens.is_number(i + 3)
                || matches!(block.word(i + 3), Word::Cardinal(_)));
        !more
            && !block.is_one_of(i + 2, &["ago", "earlier", "later", "before", "old", "or"])
            && !block.tokens.is_mark(i + 2, '-')
    };
    let bounded = || block.lang.before.ending_at(block.tokens, i).is_some() && alone();
    // `over a decade`, `barred from office for a year`
    // … `down $280 in a week`, `it lands a week early`, but not `in a year of crisis`.
    let lasting = || {
        let described = block.is_one_of(i + 2, &["of", "when", "that", "which", "in", "where"]);
        let led = block.is_one_of(i.saturating_sub(1), &["for", "over"])
            || block.is_one_of(i.saturating_sub(1), &["in", "after"]) && !described;
        let off = block.is_one_of(i + 2, &["early", "late", "longer", "sooner"]);
        i > 0
            && (led || off)
            && block.is_one_of(i + 1, &["year", "decade", "century", "month", "week"])
            && !block.tokens.is_mark(i + 2, '\'')
            && !block.tokens.is_mark(i + 2, '’')
            && alone()
    };
    let more = || {
        block.is_one_of(i + 2, &["and"])
            && (block.is_one_of(i + 4, &["half", "quarter"]) || block.is_one_of(i + 3, &["three"]))
    };
    timed && (bounded() || lasting() || more())
}

/// `trimmed by about a fifth`, `a fifth fewer transactions`, `pay cut of up to a tenth`: a part, and no third time.
fn is_cut(block: &Block<'_, '_>, article: usize, end: usize) -> bool {
    const LEADS: &[&str] = &[
        "by", "about", "roughly", "almost", "nearly", "around", "than", "to", "over", "only", "just", "up",
        "least", "down", "against", "versus", "fully",
    ];
    const VERBS: &[&str] = &[
        "is", "are", "was", "were", "be", "has", "have", "had", "do", "did", "will", "would", "can", "could",
        "said", "say", "as", "when", "under", "with",
    ];
    let compared = block.is_one_of(
        end,
        &[
            "fewer", "less", "more", "lower", "higher", "cheaper", "larger", "smaller", "since", "compared",
            "below", "above", "off",
        ],
    );
    let closed = block.tokens.mark(end).is_some()
        || end == block.tokens.len()
        || block.is_one_of(end, &["to", "in", "from", "at", "next", "this", "last"])
        || block.is_one_of(end, VERBS);
    let led = article > 0 && block.is_one_of(article - 1, LEADS);
    compared || led && closed
}
