//! Numbers at a token, whatever their spelling: digits, words, fractions, collectives, bare scale words.

use rust_decimal::Decimal;

use super::block::Block;
use super::digits::{self, Reading};
use super::exclude;
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
        mixed_fraction(block, &numeral)
            .or_else(|| fraction(block, &numeral))
            .or_else(|| ordinal_suffix(block, &numeral))
            .or_else(|| vulgar_after(block, &numeral))
            .or_else(|| followed_by_part(block, &numeral))
            .unwrap_or(numeral),
    )
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

fn vulgar(mark: char) -> Option<Option<Decimal>> {
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
fn vulgar_after(block: &Block<'_, '_>, numeral: &Numeral) -> Option<Numeral> {
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
fn fraction(block: &Block<'_, '_>, numeral: &Numeral) -> Option<Numeral> {
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
fn mixed_fraction(block: &Block<'_, '_>, numeral: &Numeral) -> Option<Numeral> {
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

/// `a hundred`, `a dozen`, `a third`, `a few thousand`, `half a million`.
fn english_a(block: &Block<'_, '_>, i: usize) -> Option<Numeral> {
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
            if block.is_one_of(i + 2, &["of", "century"])
                || parts == 4 && block.is_one_of(i + 2, &["million", "billion"]) =>
        {
            Some(Numeral::new(
                i,
                i + 2,
                ratio(Decimal::ONE, parts.into())?,
                Form::Fraction,
            ))
        }
        Word::Ordinal(Card::Unit(n @ 3..)) if block.is_one_of(i + 2, &["of"]) => Some(Numeral::new(
            i,
            i + 2,
            ratio(Decimal::ONE, n.into())?,
            Form::Fraction,
        )),
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
            several(block, i, at, scale, i)
        }
        _ => None,
    }
}

/// Whether token `i` begins `un bon …`, `une petite …`: what follows is not meant exactly.
pub(super) fn is_loose(block: &Block<'_, '_>, i: usize) -> bool {
    block.lang.lang != Lang::En
        && block.is_one_of(i, &["un", "une"])
        && block.is_one_of(i + 1, &["bon", "bonne", "gros", "grosse", "petit", "petite"])
}

/// `une bonne vingtaine`, `un petit million`, `un gros tiers`: about that many.
fn loose(block: &Block<'_, '_>, i: usize) -> Option<Numeral> {
    if !is_loose(block, i) {
        return None;
    }
    let about = |value| Numeral::new(i, i + 3, value, Form::About);
    match block.word(i + 2) {
        Word::Collective(n) => Some(chained(block, about(n.into()))),
        Word::Cardinal(Card::Scale(power)) => {
            let scale = power_of_ten(power);
            let numeral = Numeral {
                scale,
                ..about(scale)
            };
            Some(half_more(block, &numeral).unwrap_or(numeral))
        }
        Word::Part(parts) if block.is_one_of(i + 2, &["moitie", "tiers", "quart"]) => Some(Numeral {
            form: Form::Fraction,
            ..about(ratio(Decimal::ONE, parts.into())?)
        }),
        _ => None,
    }
}

/// A number in words and what can follow it inside the number: a part, a collective, `et demi`.
fn cardinal(block: &Block<'_, '_>, i: usize) -> Option<Numeral> {
    let words = block.words();
    let numeral = words.read(i)?;
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
    let closed = end == block.tokens.len()
        || block.tokens.mark(end).is_some()
        || block.is_one_of(end, &["de", "des", "du", "of", "et", "and", "plus", "moins"]);
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

/// `et demi`, `and a half`, `et deux quatrièmes` after a number.
pub(super) fn half_more(block: &Block<'_, '_>, numeral: &Numeral) -> Option<Numeral> {
    let tokens = block.tokens;
    let mut at = numeral.end;
    match block.lang.lang {
        Lang::En => {
            if !(block.is_one_of(at, &["and"])
                && block.is_one_of(at + 1, &["a"])
                && block.is_one_of(at + 2, &["half"]))
            {
                return None;
            }
            at += 3;
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

/// `la moitié`, `half`, `demi-litre`, `quart de litre`.
fn part(block: &Block<'_, '_>, i: usize, parts: u8, floor: usize) -> Option<Numeral> {
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
            if block.is_one_of(i + 1, &["a", "an"]) && tokens.fold(i + 2) == "dozen" {
                return Some(Numeral::new(i, i + 3, Decimal::from(6), Form::Words));
            }
            let ordinal_half = i > 0 && matches!(block.word(i - 1), Word::Ordinal(_));
            (!ordinal_half && block.is_one_of(i + 1, &["of", "the", "its", "their", "a", "an"]))
                .then(|| Numeral::new(i, i + 1, value, Form::Fraction))
        }
        ("demi" | "demie", _) => {
            let next = block.words().joined(i + 1);
            let whole = block.is_whole(i, i + 1);
            let unit = tokens.is_word(next) && super::unit::read(tokens, next, block.lang.lang).is_some();
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
        ("quart" | "tiers", _) => {
            let measured = matches!(tokens.fold(i + 1), "de")
                && super::unit::read(tokens, i + 2, block.lang.lang).is_some();
            let definite =
                i > floor && tokens.fold(i - 1) == "le" && block.is_one_of(i + 1, &["de", "des", "du"]);
            if !measured && !definite {
                return None;
            }
            let first = if definite { i - 1 } else { i };
            Some(Numeral::new(
                first,
                i + 1,
                value,
                if measured { Form::Words } else { Form::Fraction },
            ))
        }
        _ => None,
    }
}

/// `des milliers`, `plusieurs dizaines de millions`: an unstated number of a scale. The text begins with
/// the words that say so, `from` or before it; `at` is the scale word.
fn several(block: &Block<'_, '_>, from: usize, at: usize, scale: Decimal, floor: usize) -> Option<Numeral> {
    let tokens = block.tokens;
    let mut numeral = chained(block, Numeral::new(from, at + 1, scale, Form::Several));
    if from < at {
        return Some(numeral);
    }
    let before = |words: &[&str]| from > floor && block.is_one_of(from - 1, words);
    if block.lang.lang == Lang::En {
        let plural = tokens.fold(at).ends_with('s');
        return plural.then_some(numeral);
    }
    let plural = tokens.fold(at).ends_with('s');
    let scale_word = matches!(block.word(at), Word::Cardinal(Card::Scale(_)));
    if scale_word && !plural && before(&["le", "ce"]) && block.is_one_of(at + 1, &["de"]) {
        // `le million de téléchargements` is one.
        (numeral.form, numeral.scale) = (Form::Words, scale);
        return Some(numeral);
    }
    if before(&["des"]) {
        numeral.first = from - 1;
    } else if before(&["la"]) && !plural {
        let of = tokens.fold(at + 1) == "de" && matches!(block.word(at), Word::Collective(10..));
        if !of {
            return None;
        }
        (numeral.first, numeral.form) = (from - 1, Form::About);
    } else if !plural
        || !(before(&[
            "de",
            "les",
            "ces",
            "ses",
            "aux",
            "par",
            "nombreux",
            "nombreuses",
            "leurs",
            "en",
        ]) || block.is_sentence_start(from))
    {
        return None;
    }
    Some(numeral)
}

/// `… de milliers`, `… de millions` after a collective.
fn chained(block: &Block<'_, '_>, mut numeral: Numeral) -> Numeral {
    for _ in 0..2 {
        let linked = block.is_one_of(numeral.end, &["de", "of"]);
        let at = if linked { numeral.end + 1 } else { numeral.end };
        let scale = match block.word(at) {
            Word::Cardinal(Card::Scale(power)) => power_of_ten(power),
            Word::Cardinal(Card::Thousand) if !linked => Decimal::ONE_THOUSAND,
            Word::Collective(n @ (100 | 1000)) if linked => n.into(),
            _ => return numeral,
        };
        let Some(value) = numeral.value.checked_mul(scale) else {
            return numeral;
        };
        numeral = Numeral {
            end: at + 1,
            value,
            scale,
            ..numeral
        };
    }
    numeral
}
