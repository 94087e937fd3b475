//! Numbers at a token, whatever their spelling: digits, words, fractions, collectives, bare scale words.

use rust_decimal::Decimal;

use super::article::english_a;
use super::block::Block;
use super::collective::{chained, loose, several};
use super::digits::{self, Reading};
use super::exclude;
use super::fraction::{fraction, mixed_fraction, part, vulgar, vulgar_after};
use super::lexicon::{Card, Word};
use super::numeral::{Form, Numeral, power_of_ten, ratio};
use super::token::Kind;
use crate::record::Lang;

/// The number that begins at token `i`. `floor` is the first token that no figure has taken yet.
pub(super) fn read(block: &Block<'_, '_>, i: usize, floor: usize) -> Option<Reading> {
    match block.tokens.get(i)?.kind {
        Kind::Number => Some(in_digits(block, i)),
        Kind::Mark(mark) => in_marks(block, i, mark).map(Reading::Number),
        Kind::Word => in_words(block, i, floor).map(Reading::Number),
        Kind::Opaque => None,
    }
}

fn in_digits(block: &Block<'_, '_>, i: usize) -> Reading {
    let tokens = block.tokens;
    if let Some(end) = exclude::before_reading(block, i) {
        return Reading::Skip(end);
    }
    let reading = digits::read(tokens, i, block.lang.decimal_comma);
    let Reading::Number(numeral) = reading else {
        return reading;
    };
    Reading::Number(
        power(block, &numeral)
            .or_else(|| mixed_fraction(block, &numeral))
            .or_else(|| fraction(block, &numeral))
            .or_else(|| ordinal_suffix(block, &numeral))
            .or_else(|| vulgar_after(block, &numeral))
            .or_else(|| followed_by_part(block, &numeral))
            .unwrap_or(numeral),
    )
}

/// `10^25`
fn power(block: &Block<'_, '_>, numeral: &Numeral) -> Option<Numeral> {
    let tokens = block.tokens;
    let at = numeral.end;
    let raised =
        tokens.is_mark(at, '^') && tokens.glued(at) && tokens.glued(at + 1) && tokens.is_number(at + 1);
    let exponent: u8 = tokens
        .raw(at + 1)
        .parse()
        .ok()
        .filter(|exponent| *exponent <= 27)?;
    (raised && numeral.is_plain() && numeral.value == Decimal::TEN).then(|| Numeral {
        end: at + 2,
        value: super::numeral::power_of_ten(exponent),
        ..*numeral
    })
}

/// `½`, and `,5` without a zero.
fn in_marks(block: &Block<'_, '_>, i: usize, mark: char) -> Option<Numeral> {
    if let Some(value) = vulgar(mark) {
        return Some(Numeral::new(i, i + 1, value?, Form::Fraction));
    }
    let opens = i == 0
        || !block.tokens.glued(i)
        || matches!(block.tokens.mark(i - 1), Some('-' | '−' | '$' | '€' | '£'));
    (opens && matches!(mark, ',' | '.')).then(|| digits::read_leading_mark(block.tokens, i))?
}

/// `1er`, `2e`, `3rd`.
fn ordinal_suffix(block: &Block<'_, '_>, numeral: &Numeral) -> Option<Numeral> {
    let tokens = block.tokens;
    if numeral.decimals || numeral.signed || !tokens.glued(numeral.end) || !tokens.is_word(numeral.end) {
        return None;
    }
    let suffix = tokens.fold(numeral.end);
    let last = tokens.raw(numeral.end - 1);
    let fits = match block.lang.lang {
        Lang::En => match suffix {
            "st" => last.ends_with('1'),
            "nd" => last.ends_with('2'),
            "rd" => last.ends_with('3'),
            "th" => true,
            _ => false,
        },
        _ => match suffix {
            "er" | "ere" | "re" | "ers" | "eres" | "res" => numeral.value == Decimal::ONE,
            "d" | "nd" | "de" | "nde" => numeral.value == Decimal::TWO,
            "e" | "eme" | "ieme" | "es" | "emes" | "iemes" => {
                // `2e` but not `2E` or an exponent.
                tokens.raw(numeral.end).chars().all(|c| !c.is_uppercase())
                    && !(tokens.is_number(numeral.end + 1) && tokens.glued(numeral.end + 1))
            }
            _ => false,
        },
    };
    fits.then_some(Numeral {
        end: numeral.end + 1,
        form: Form::Ordinal,
        ..*numeral
    })
}

/// `3 quarts`, `2 tiers`, `2 douzaines` in mixed spelling.
fn followed_by_part(block: &Block<'_, '_>, numeral: &Numeral) -> Option<Numeral> {
    if !numeral.is_plain() || numeral.digits > 2 {
        return None;
    }
    match block.word(numeral.end) {
        Word::Collective(n) => {
            let value = numeral.value.checked_mul(n.into())?;
            Some(chained(
                block,
                Numeral {
                    end: numeral.end + 1,
                    value,
                    form: Form::Words,
                    ..*numeral
                },
            ))
        }
        Word::Part(parts @ 3..) if block.lang.decimal_comma => {
            let value = ratio(numeral.value, parts.into())?;
            Some(Numeral {
                end: numeral.end + 1,
                value,
                form: Form::Fraction,
                ..*numeral
            })
        }
        _ => None,
    }
}

fn in_words(block: &Block<'_, '_>, i: usize, floor: usize) -> Option<Numeral> {
    if let Some(numeral) = english_a(block, i).or_else(|| loose(block, i)) {
        return Some(numeral);
    }
    match block.word(i) {
        Word::Cardinal(Card::Scale(power)) => several(block, i, i, power_of_ten(power), floor),
        Word::Cardinal(Card::Hundred) if block.lang.lang == Lang::En => None,
        Word::Cardinal(_) => cardinal(block, i),
        Word::Ordinal(_) => block.words().read(i),
        Word::Collective(n) => several(block, i, i, n.into(), floor),
        Word::Part(parts) => part(block, i, parts, floor),
        Word::Several => {
            let next = i + 1;
            let scale = match block.word(next) {
                Word::Cardinal(Card::Scale(power)) => power_of_ten(power),
                Word::Cardinal(Card::Hundred) => Decimal::ONE_HUNDRED,
                Word::Cardinal(Card::Thousand) => Decimal::ONE_THOUSAND,
                Word::Collective(n) => n.into(),
                _ => return None,
            };
            several(block, i, next, scale, floor)
        }
        _ => None,
    }
}

/// A number in words and what can follow it inside the number: a part, a collective, `et demi`.
fn cardinal(block: &Block<'_, '_>, i: usize) -> Option<Numeral> {
    let words = block.words();
    let numeral = words.read(i)?;
    // `un spot de trente secondes`
    let seconds = numeral.form == Form::Ordinal
        && numeral.end > i + 1
        && matches!(block.tokens.fold(numeral.end - 1), "seconde" | "secondes");
    if seconds {
        return Some(Numeral {
            end: numeral.end - 1,
            value: numeral.value.checked_sub(Decimal::TWO)?,
            form: Form::Words,
            ..numeral
        });
    }
    if numeral.form == Form::Ordinal {
        return Some(numeral);
    }
    let next = words.joined(numeral.end);
    match block.word(next) {
        Word::Part(2) if block.lang.decimal_comma => {
            return half_of(block, i, next, &numeral);
        }
        Word::Part(2)
            if block.lang.lang == Lang::En
                && numeral.value == Decimal::ONE
                && block.tokens.is_mark(numeral.end, '-') =>
        {
            return Some(Numeral::new(i, next + 1, Decimal::new(5, 1), Form::Fraction));
        }
        Word::Part(parts)
            if parts > 2 && !(parts == 4 && is_time_quarter(block, next) && block.lang.lang == Lang::En) =>
        {
            let value = ratio(numeral.value, parts.into())?;
            return Some(Numeral {
                end: next + 1,
                value,
                form: Form::Fraction,
                ..numeral
            });
        }
        Word::Ordinal(_) | Word::Cardinal(_)
            if !numeral.decimals && (next == numeral.end || block.lang.lang == Lang::En) =>
        {
            if let Some(fraction) = ordinal_part(block, &numeral, next) {
                return Some(fraction);
            }
        }
        Word::Collective(n) if !block.tokens.is_mark(numeral.end, '-') => {
            let value = numeral.value.checked_mul(n.into())?;
            let about = numeral.value == Decimal::ONE && block.lang.decimal_comma;
            let form = if about { Form::About } else { Form::Words };
            return Some(chained(
                block,
                Numeral {
                    end: next + 1,
                    value,
                    form,
                    ..numeral
                },
            ));
        }
        _ => {}
    }
    Some(half_more(block, &numeral).unwrap_or(numeral))
}

fn is_time_quarter(block: &Block<'_, '_>, i: usize) -> bool {
    block.tokens.fold(i) == "quarters"
        && !block.is_one_of(i + 1, &["of"])
        && !block.tokens.is_mark(i - 1, '-')
}

/// `un demi-milliard`, `un demi-point`: the half is the number.
fn half_of(block: &Block<'_, '_>, i: usize, demi: usize, numeral: &Numeral) -> Option<Numeral> {
    if numeral.value != Decimal::ONE {
        return Some(*numeral);
    }
    let at = block.words().joined(demi + 1);
    let half = Numeral {
        end: demi + 1,
        value: Decimal::new(5, 1),
        form: Form::Words,
        decimals: true,
        ..*numeral
    };
    match block.word(at) {
        Word::Cardinal(Card::Scale(power)) => {
            let scale = power_of_ten(power);
            Some(Numeral {
                first: i,
                end: at + 1,
                value: half.value.checked_mul(scale)?,
                scale,
                ..half
            })
        }
        Word::Collective(n) => Some(Numeral {
            end: at + 1,
            value: half.value.checked_mul(n.into())?,
            form: Form::About,
            ..half
        }),
        _ => Some(Numeral { end: at, ..half }),
    }
}

/// `deux neuvièmes`, `un cinquième des`, `quatre et deux quatrièmes`.
fn ordinal_part(block: &Block<'_, '_>, numeral: &Numeral, at: usize) -> Option<Numeral> {
    let ordinal = block
        .words()
        .read(at)
        .filter(|ordinal| ordinal.form == Form::Ordinal && ordinal.value > Decimal::TWO)?;
    if numeral.value == Decimal::ZERO || ordinal.value >= Decimal::ONE_THOUSAND * Decimal::ONE_THOUSAND {
        return None;
    }
    let singular = numeral.value == Decimal::ONE;
    let end = ordinal.end;
    // `dont un dixième est affecté`, `un recul d'un cinquième par rapport à 2023`, `près d'un dixième sont partis`
    let led = || is_part_led(block, numeral.first) && block.lang.function_words.has(block.tokens.fold(end));
    let closed = led()
        || end == block.tokens.len()
        || block.tokens.mark(end).is_some()
        || block.is_one_of(
            end,
            &[
                "de",
                "des",
                "du",
                "of",
                "et",
                "and",
                "plus",
                "moins",
                "à",
                "en",
                "seulement",
            ],
        );
    let plural = block.tokens.fold(end - 1).ends_with('s');
    if singular && !closed || !singular && !plural {
        return None;
    }
    let value = ratio(numeral.value, ordinal.value)?;
    Some(Numeral {
        end,
        value,
        form: Form::Fraction,
        ..*numeral
    })
}

/// The words before token `i` speak of a part: `dont un dixième`, `recul d'un cinquième`, `près d'un cinquième`.
fn is_part_led(block: &Block<'_, '_>, i: usize) -> bool {
    let Some(lead) = i.checked_sub(1) else {
        return false;
    };
    let of = block.is_one_of(lead, &["de"]);
    let change = of
        && lead
            .checked_sub(1)
            .is_some_and(|i| block.lang.change.contains_key(block.tokens.fold(i)));
    change || block.is_one_of(lead, &["dont"]) || of && block.lang.before.ending_at(block.tokens, i).is_some()
}

/// `et demi`, `and a half`, `et deux quatrièmes` after a number.
pub(super) fn half_more(block: &Block<'_, '_>, numeral: &Numeral) -> Option<Numeral> {
    let tokens = block.tokens;
    let mut at = numeral.end;
    match block.lang.lang {
        Lang::En => {
            // `two and a half`, `16-and-a-half-hour`
            for word in ["and", "a", "half"] {
                at = block.words().joined(at);
                if !block.is_one_of(at, &[word]) {
                    return None;
                }
                at += 1;
            }
        }
        _ => {
            at = block.words().joined(at);
            if tokens.fold(at) != "et" {
                return None;
            }
            at = block.words().joined(at + 1);
            if !matches!(tokens.fold(at), "demi" | "demie") {
                let part = block.words().read(at)?;
                let next = part.end;
                if !matches!(block.word(next), Word::Ordinal(_) | Word::Part(3..))
                    || numeral.scale != Decimal::ONE
                {
                    return None;
                }
                let part = cardinal(block, at).filter(|part| part.form == Form::Fraction)?;
                let value = numeral.value.checked_add(part.value)?;
                return Some(Numeral {
                    end: part.end,
                    value,
                    form: Form::Fraction,
                    ..*numeral
                });
            }
            at += 1;
        }
    }
    let half = numeral.scale.checked_mul(Decimal::new(5, 1))?;
    Some(Numeral {
        end: at,
        value: numeral.value.checked_add(half)?,
        decimals: true,
        ..*numeral
    })
}
