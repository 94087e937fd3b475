//! Digits that reach or register someone and are no figures: phones, accounts, towns, houses.

use super::block::Block;
use super::name::end_of_code;
use super::numeral::Numeral;
use crate::record::Lang;

/// `1-800-555-0199`, `(503) 555-0142`: as North America writes them.
fn american_phone(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let digits = |at: usize, count: usize| tokens.is_number(at) && tokens.raw(at).len() == count;
    let dash = |at: usize| {
        matches!(tokens.mark(at), Some('-' | '.' | '‑')) && tokens.glued(at) && tokens.glued(at + 1)
    };
    // … which a mark may close.
    let closed = |at: usize| !tokens.glued(at) || !(tokens.is_number(at) || tokens.is_word(at) || dash(at));
    let local = |at: usize| digits(at, 3) && dash(at + 1) && digits(at + 2, 4) && closed(at + 3);
    let start = match tokens.raw(i) == "1" && dash(i + 1) {
        true => i + 2,
        false => i,
    };
    if digits(start, 3) && dash(start + 1) && local(start + 2) {
        return Some(start + 5);
    }
    let area = i > 0 && tokens.is_mark(i - 1, '(') && digits(i, 3) && tokens.is_mark(i + 1, ')');
    (area && local(i + 2)).then_some(i + 5)
}

/// `01 23 45 67 89`, `01.23.45.67.89`, `+33 1 23 45 67 89`, `+33 (0)1 23 45 67 89`.
pub(super) fn phone(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    if let Some(end) = american_phone(block, i) {
        return Some(end);
    }
    let tokens = block.tokens;
    let separator =
        |at: usize| matches!(tokens.mark(at), Some('.' | '-')) && tokens.glued(at) && tokens.glued(at + 1);
    let mut pairs = 0;
    let international = i > 0 && tokens.is_mark(i - 1, '+') && tokens.glued(i) && tokens.raw(i).len() <= 3;
    let mut end = i + 1;
    if international {
        let trunk = tokens.is_mark(end, '(') && tokens.raw(end + 1) == "0" && tokens.is_mark(end + 2, ')');
        if trunk {
            end += 3;
        }
        if tokens.is_number(end) && (trunk || tokens.spaced(end)) && tokens.raw(end).len() <= 3 {
            end += 1;
        } else {
            return None;
        }
    } else if !(tokens.raw(i).len() == 2 && tokens.raw(i).starts_with('0')) {
        return None;
    }
    loop {
        let next = if separator(end) { end + 1 } else { end };
        let follows = tokens.is_number(next) && (next > end || tokens.spaced(next));
        if !follows || !matches!(tokens.raw(next).len(), 2..=4) {
            break;
        }
        pairs += 1;
        end = next + 1;
    }
    (pairs >= if international { 2 } else { 3 }).then_some(end)
}

/// Numbers after `SIREN`, `SIRET`, `RCS`, `IBAN`, `n°`: all of them.
pub(super) fn account(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let mut label = i.checked_sub(1)?;
    // `SIREN : 123`, `n° 2018-133`, `no. 3`
    while label > 0 && matches!(tokens.mark(label), Some(':' | '°' | '.' | 'º')) {
        label -= 1;
    }
    let sign = matches!(tokens.mark(i - 1), Some('№' | '#'));
    let number_sign = matches!(tokens.fold(label), "n" | "no" | "nos" | "num") && (label + 1 < i);
    let registry = matches!(
        tokens.fold(label),
        "siren"
            | "siret"
            | "iban"
            | "rcs"
            | "bic"
            | "isbn"
            | "issn"
            | "doi"
            | "tva"
            | "rib"
            | "isin"
            | "imei"
            | "ape"
            | "naf"
    ) || (1..=3)
        .map_while(|back| label.checked_sub(back))
        .take_while(|&at| tokens.is_capital(at + 1))
        .any(|at| matches!(tokens.fold(at), "rcs" | "siren" | "siret"));
    if !(sign || number_sign || registry) {
        return None;
    }
    let mut end = i + 1;
    while registry
        && (tokens.is_number(end) || tokens.is_word(end) && tokens.is_acronym(end))
        && tokens.near(end)
    {
        end += 1;
    }
    Some(end_of_code(block, end))
}

/// `75008 Paris`: a postal code and its town.
pub(super) fn postal_code(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    let tokens = block.tokens;
    let Some(before) = numeral.first.checked_sub(1) else {
        return false;
    };
    numeral.is_plain()
        && numeral.digits == 5
        && tokens.is_capital(numeral.end)
        && tokens.spaced(numeral.end)
        && (matches!(tokens.mark(before), Some(',' | '(' | '-'))
            || block.is_one_of(before, &["à"])
            || block.is_line_start(numeral.first))
}

/// `12 rue de la Paix`, `24, avenue`: the number of a house.
pub(super) fn house_number(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    let tokens = block.tokens;
    let mut at = numeral.end;
    if block.is_one_of(at, &["bis", "ter", "quater"]) {
        at += 1;
    }
    if tokens.is_mark(at, ',') {
        at += 1;
    }
    // `for 15 square metres`
    let area = block.lang.lang == Lang::En
        && super::unit::read(tokens, at, Lang::En).is_some_and(|(_, end)| end > at + 1);
    !area
        && numeral.is_plain()
        && numeral.digits <= 4
        && tokens.is_word(at)
        && block.lang.streets.has(tokens.fold(at))
}
