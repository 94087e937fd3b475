//! Numbers that are not meant exactly: `des milliers`, `une bonne vingtaine de millions`, `un petit million`.

use rust_decimal::Decimal;

use super::block::Block;
use super::lexicon::{Card, Word};
use super::numeral::{Form, Numeral, power_of_ten, ratio};
use super::spelled::half_more;
use crate::record::Lang;

/// Whether token `i` begins `un bon …`, `une petite …`: what follows is not meant exactly.
pub(super) fn is_loose(block: &Block<'_, '_>, i: usize) -> bool {
    block.lang.lang != Lang::En
        && block.is_one_of(i, &["un", "une"])
        && block.is_one_of(i + 1, &["bon", "bonne", "gros", "grosse", "petit", "petite"])
}

/// `une bonne vingtaine`, `un petit million`, `un gros tiers`: about that many.
pub(super) fn loose(block: &Block<'_, '_>, i: usize) -> Option<Numeral> {
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
        // `une petite heure`, `un bon mois`
        _ if block.is_one_of(i + 2, &["heure", "minute", "semaine", "mois", "journee"]) => {
            Some(Numeral::new(i, i + 2, Decimal::ONE, Form::About))
        }
        Word::Part(parts) if block.is_one_of(i + 2, &["moitie", "tiers", "quart"]) => Some(Numeral {
            form: Form::Fraction,
            ..about(ratio(Decimal::ONE, parts.into())?)
        }),
        _ => None,
    }
}

/// `des milliers`, `plusieurs dizaines de millions`: an unstated number of a scale. The text begins with
/// the words that say so, `from` or before it; `at` is the scale word.
pub(super) fn several(
    block: &Block<'_, '_>,
    from: usize,
    at: usize,
    scale: Decimal,
    floor: usize,
) -> Option<Numeral> {
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
    // `En milliers d'euros, …`, `(en millions d'euros)`: how other numbers are to be read.
    let heads = |en: usize| block.is_sentence_start(en) || en > 0 && tokens.is_mark(en - 1, '(');
    if before(&["en"]) && heads(from - 1) {
        return None;
    }
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
        // Eggs are sold by the dozen.
        let sold = block.is_one_of(at + 2, &["oeufs", "huitres", "escargots", "roses"]);
        (numeral.first, numeral.form) = match sold {
            true => (from, Form::Words),
            false => (from - 1, Form::About),
        };
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
pub(super) fn chained(block: &Block<'_, '_>, mut numeral: Numeral) -> Numeral {
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
