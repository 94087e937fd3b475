//! Parts of a whole: `½`, `2/3`, `1 1/2`, `la moitié`, `un quart de litre`.

use rust_decimal::Decimal;

use super::block::Block;
use super::lexicon::{Card, Word};
use super::numeral::{Form, Numeral, power_of_ten, ratio};
use crate::record::Lang;

pub(super) fn vulgar(mark: char) -> Option<Option<Decimal>> {
    let (a, b) = match mark {
        '½' => (1, 2),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅕' => (1, 5),
        '⅖' => (2, 5),
        '⅗' => (3, 5),
        '⅘' => (4, 5),
        '⅙' => (1, 6),
        '⅚' => (5, 6),
        '⅛' => (1, 8),
        '⅜' => (3, 8),
        '⅝' => (5, 8),
        '⅞' => (7, 8),
        _ => return None,
    };
    Some(ratio(Decimal::from(a), Decimal::from(b)))
}

/// `3 ½`, `3½`.
pub(super) fn vulgar_after(block: &Block<'_, '_>, numeral: &Numeral) -> Option<Numeral> {
    let mark = block
        .tokens
        .mark(numeral.end)
        .filter(|_| block.tokens.near(numeral.end))?;
    let value = numeral.value.checked_add(vulgar(mark)??)?;
    Some(Numeral {
        end: numeral.end + 1,
        value,
        decimals: true,
        ..*numeral
    })
}

/// `2/3`.
pub(super) fn fraction(block: &Block<'_, '_>, numeral: &Numeral) -> Option<Numeral> {
    let tokens = block.tokens;
    let slash = numeral.end;
    if !numeral.is_plain()
        || !matches!(tokens.mark(slash), Some('/' | '⁄'))
        || !tokens.glued(slash)
        || !tokens.is_number(slash + 1)
        || !tokens.glued(slash + 1)
        || tokens.is_mark(slash + 2, '/') && tokens.glued(slash + 2)
    {
        return None;
    }
    // `9/11` is a day.
    if block.lang.lang == Lang::En && tokens.raw(numeral.first) == "9" && tokens.raw(slash + 1) == "11" {
        return None;
    }
    let below: Decimal = tokens.raw(slash + 1).parse().ok()?;
    let value = ratio(numeral.value, below)?;
    Some(Numeral {
        end: slash + 2,
        value,
        form: Form::Fraction,
        ..*numeral
    })
}

/// `1 1/2`.
pub(super) fn mixed_fraction(block: &Block<'_, '_>, numeral: &Numeral) -> Option<Numeral> {
    let tokens = block.tokens;
    let i = numeral.end;
    if !numeral.is_plain() || !tokens.is_number(i) || !tokens.spaced(i) || tokens.raw(i).len() > 2 {
        return None;
    }
    let small = Numeral {
        first: i,
        end: i + 1,
        value: tokens.raw(i).parse().ok()?,
        ..*numeral
    };
    let part = fraction(block, &small)?;
    (part.value < Decimal::ONE).then_some(())?;
    Some(Numeral {
        end: part.end,
        value: numeral.value.checked_add(part.value)?,
        form: Form::Fraction,
        ..*numeral
    })
}

/// `la moitié`, `half`, `demi-litre`, `quart de litre`.
pub(super) fn part(block: &Block<'_, '_>, i: usize, parts: u8, floor: usize) -> Option<Numeral> {
    let tokens = block.tokens;
    let value = ratio(Decimal::ONE, parts.into())?;
    match (tokens.fold(i), block.lang.lang) {
        ("moitie", _) => {
            let first = if i > floor && block.is_one_of(i - 1, &["la", "le"]) {
                i - 1
            } else {
                i
            };
            // `moitié prix`, `à moitié vide`
            (first < i
                || tokens.fold(i + 1) == "de"
                // `moitié moins que la moyenne`
                || block.is_one_of(i + 1, &["moins", "plus"]) && !block.is_one_of(i.wrapping_sub(1), &["à"])
                || block.is_whole(i, i + 1)
                || i > 0 && tokens.fold(i - 1) == "de")
                .then(|| Numeral::new(first, i + 1, value, Form::Fraction))
        }
        ("half", Lang::En) => {
            if block.is_one_of(i + 1, &["a", "an"])
                && let Word::Cardinal(Card::Scale(power)) = block.word(i + 2)
            {
                let scale = power_of_ten(power);
                let mut numeral = Numeral::new(i, i + 3, value.checked_mul(scale)?, Form::Words);
                numeral.scale = scale;
                return Some(numeral);
            }
            // `a half-point move`, `a half-millimetre sliver`, but no half-year
            let hung = tokens.is_mark(i + 1, '-') && tokens.glued(i + 1) && tokens.glued(i + 2);
            let measured = super::unit::read(tokens, i + 2, block.lang.lang)
                .is_some_and(|(unit, _)| !matches!(unit.symbol.as_str(), "year" | "quarter"));
            if hung && (measured || block.is_one_of(i + 2, &["point"])) {
                let mut numeral = Numeral::new(i, i + 1, value, Form::Words);
                numeral.decimals = true;
                return Some(numeral);
            }
            // `in half an hour`
            let unit = block.is_one_of(i + 1, &["a", "an"])
                && super::unit::read(tokens, i + 2, block.lang.lang).is_some_and(|(unit, _)| {
                    matches!(unit.symbol.as_str(), "hour" | "minute" | "second" | "mi" | "lb")
                })
                // `half a point`, `half a cent`
                || block.is_one_of(i + 1, &["a"])
                    && block.is_one_of(i + 2, &["point", "cent", "penny", "percentage", "percent"]);
            if unit {
                let mut numeral = Numeral::new(i, i + 2, value, Form::Words);
                numeral.decimals = true;
                return Some(numeral);
            }
            if block.is_one_of(i + 1, &["a", "an"]) && tokens.fold(i + 2) == "dozen" {
                return Some(Numeral::new(i, i + 3, Decimal::from(6), Form::Words));
            }
            let ordinal_half = i > 0 && matches!(block.word(i - 1), Word::Ordinal(_));
            (!ordinal_half
                && block.is_one_of(i + 1, &["of", "the", "its", "their", "a", "an", "what", "that"]))
            .then(|| Numeral::new(i, i + 1, value, Form::Fraction))
        }
        ("demi" | "demie", _) => {
            let next = block.words().joined(i + 1);
            // `le total avoisinait le demi-million`
            if let Word::Cardinal(Card::Scale(power)) = block.word(next) {
                let scale = power_of_ten(power);
                let mut numeral = Numeral::new(i, next + 1, value.checked_mul(scale)?, Form::Words);
                (numeral.scale, numeral.decimals) = (scale, true);
                return Some(numeral);
            }
            let whole = block.is_whole(i, i + 1);
            let unit = tokens.is_word(next)
                && (super::unit::read(tokens, next, block.lang.lang).is_some()
                    || block.is_one_of(next, &["point", "points"]));
            (whole || unit && next > i).then(|| {
                let mut numeral = Numeral::new(
                    i,
                    next.max(i + 1),
                    value,
                    if whole { Form::Fraction } else { Form::Words },
                );
                numeral.decimals = true;
                numeral
            })
        }
        ("quart", _) if tokens.fold(i + 2) == "finale" => None,
        ("quart" | "tiers", _) => {
            let measured = matches!(tokens.fold(i + 1), "de")
                && super::unit::read(tokens, i + 2, block.lang.lang).is_some();
            // `plus du quart du flottant`
            let definite = i > floor
                && matches!(tokens.fold(i - 1), "le" | "du")
                && (block.is_one_of(i + 1, &["de", "des", "du"])
                    // `dont le tiers pardonnable`
                    || i > 1 && block.is_one_of(i - 2, &["dont"])
                    || is_listed_part(block, i - 1, i + 1));
            if !measured && !definite {
                return None;
            }
            let first = if definite && tokens.fold(i - 1) == "le" {
                i - 1
            } else {
                i
            };
            Some(Numeral::new(first, i + 1, value, Form::Fraction))
        }
        _ => None,
    }
}

/// `un vol sur deux à Marseille, 40 % à Nice et le quart à Orly`: another share, the tokens `first..end`, among shares.
fn is_listed_part(block: &Block<'_, '_>, first: usize, end: usize) -> bool {
    const REACH: usize = 16;
    let tokens = block.tokens;
    let listed = first
        .checked_sub(1)
        .is_some_and(|i| tokens.is_mark(i, ',') || block.is_one_of(i, &["et", "puis", "ou"]));
    let placed = block.is_one_of(end, &["à", "en", "dans", "chez", "au", "aux", "pour"])
        || tokens.stops(end, &['.', ',']);
    let share = |i: usize| tokens.is_mark(i, '%') || block.is_one_of(i, &["moitie", "tiers"]);
    listed
        && placed
        && (2..=REACH)
            .map_while(|back| first.checked_sub(back))
            .take_while(|&i| !tokens.stops(i, &['.', ';']))
            .any(share)
}
