//! Digits that are no figures: names, references, addresses, accounts, scores.

use super::block::Block;
use super::numeral::Numeral;
use super::token::Kind;

/// One past the digits at token `i` that belong to a name, an account, a score or a list mark.
/// Looked at before the number is read.
pub(super) fn before_reading(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    inside_name(block, i)
        .or_else(|| list_mark(block, i))
        .or_else(|| footnote(block, i))
        .or_else(|| around_the_clock(block, i))
        .or_else(|| phone(block, i))
        .or_else(|| account(block, i))
        .or_else(|| labelled(block, i))
}

/// `H100`, `GPT-4`, `A320neo`, `Covid-19`, `v2.1`: digits that touch a word on their left.
fn inside_name(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let before = i.checked_sub(1)?;
    let touches = tokens.glued(i)
        && (tokens.is_word(before)
            && !tokens.raw(before).ends_with(['\'', '’'])
            && super::currency::prefix(tokens, before).is_none()
            || matches!(tokens.mark(before), Some('_' | '#' | '@' | '\\')));
    let hyphen = tokens.glued(i)
        && matches!(
            tokens.mark(before),
            Some('-' | '\u{2010}' | '\u{2011}' | '/' | '.')
        )
        && tokens.glued(before)
        && before.checked_sub(1).is_some_and(|b| {
            tokens.is_word(b)
                && (!tokens.is_mark(before, '.') && !tokens.is_mark(before, '/')
                    || tokens.is_capital(b)
                    || tokens.raw(b) == "n")
        });
    (touches || hyphen).then(|| end_of_code(block, i + 1))
}

/// Everything glued on: `320neo`, `4-turbo`, `2.1`.
fn end_of_code(block: &Block<'_, '_>, mut end: usize) -> usize {
    let tokens = block.tokens;
    while tokens.glued(end) {
        let part = match tokens.get(end).map(|token| token.kind) {
            Some(Kind::Number | Kind::Word) => true,
            Some(Kind::Mark('-' | '.' | '_' | '/' | '+' | ':')) => {
                tokens.glued(end + 1) && (tokens.is_number(end + 1) || tokens.is_word(end + 1))
            }
            _ => false,
        };
        if !part {
            break;
        }
        end += 1;
    }
    end
}

/// `1.`, `2)`, `3 -` at the start of a line.
fn list_mark(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    if !block.is_line_start(i) || tokens.raw(i).len() > 2 || tokens.len() <= i + 2 {
        return None;
    }
    let mark =
        matches!(tokens.mark(i + 1), Some('.' | ')' | '°')) && tokens.glued(i + 1) && !tokens.glued(i + 2)
            || matches!(tokens.mark(i + 1), Some('/')) && tokens.glued(i + 1) && !tokens.glued(i + 2);
    let dotted = tokens.is_mark(i + 1, '.')
        && tokens.glued(i + 1)
        && tokens.is_number(i + 2)
        && tokens.glued(i + 2)
        && tokens.raw(i + 2).len() == 1
        && tokens.is_capital(i + 3)
        && !tokens.glued(i + 3);
    if dotted {
        return Some(i + 3);
    }
    // `45°` alone is a temperature.
    (mark && !(tokens.is_mark(i + 1, '°') && tokens.raw(i).len() == 2)).then_some(i + 2)
}

/// `[3]`, `(1)`.
fn footnote(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let before = i.checked_sub(1)?;
    let brackets = tokens.is_mark(before, '[') && tokens.is_mark(i + 1, ']');
    let parens =
        tokens.is_mark(before, '(') && tokens.is_mark(i + 1, ')') && tokens.raw(i).len() <= 3 && before > 0;
    (brackets || parens).then_some(i + 2)
}

/// `24/7`, `24h/24`, `7j/7`, `24 heures sur 24`, `7 jours sur 7`.
fn around_the_clock(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let base = tokens.raw(i);
    if !matches!(base, "24" | "7") {
        return None;
    }
    let mut at = i + 1;
    if block.is_one_of(at, &["h", "j", "heures", "jours", "heure"]) {
        at += 1;
    }
    if tokens.is_mark(at, '/') || block.is_one_of(at, &["sur"]) {
        at += 1;
    } else {
        return None;
    }
    let mut end = at + 1;
    if !(tokens.raw(at) == base || base == "24" && tokens.raw(at) == "7") {
        return None;
    }
    if tokens.is_word(end) && tokens.glued(end) {
        end += 1;
    }
    Some(end)
}

/// `01 23 45 67 89`, `01.23.45.67.89`, `+33 1 23 45 67 89`.
fn phone(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let separator =
        |at: usize| matches!(tokens.mark(at), Some('.' | '-')) && tokens.glued(at) && tokens.glued(at + 1);
    let mut pairs = 0;
    let international = i > 0 && tokens.is_mark(i - 1, '+') && tokens.glued(i) && tokens.raw(i).len() <= 3;
    let mut end = i + 1;
    if international {
        if tokens.is_number(end) && tokens.spaced(end) && tokens.raw(end).len() <= 3 {
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
fn account(block: &Block<'_, '_>, i: usize) -> Option<usize> {
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
    ) || label > 0
        && matches!(tokens.fold(label - 1), "rcs" | "siren" | "siret")
        && tokens.is_capital(label);
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

/// `iPhone 15`, `article 49`, `page 12`: a number after the word that makes it a name or a reference.
fn labelled(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let before = i.checked_sub(1)?;
    if !tokens.near(i) {
        return None;
    }
    let label = if tokens.is_mark(before, '.') && tokens.glued(before) {
        before.checked_sub(1)?
    } else {
        before
    };
    if !tokens.is_word(label) {
        return None;
    }
    let fold = tokens.fold(label);
    let one_letter = label < before
        && matches!(
            tokens.raw(label),
            "p" | "pp" | "fig" | "art" | "al" | "vol" | "chap" | "éd"
        );
    if !one_letter && (label < before || !block.lang.labels.has(fold)) {
        return None;
    }
    // A plural label takes a list: `articles 12 et 13`.
    let mut end = end_of_code(block, i + 1);
    // `article 49 %` is none.
    if matches!(tokens.mark(end), Some('%' | '€' | '$' | '‰')) {
        return None;
    }
    // A grouped number or a scale after a label is a figure: `en ligne 12 000 articles`.
    let groups =
        tokens.is_number(end) && tokens.spaced(end) && tokens.raw(end).len() == 3 && tokens.raw(i).len() <= 3;
    let scaled = matches!(
        block.word(end),
        super::lexicon::Word::Cardinal(super::lexicon::Card::Scale(_) | super::lexicon::Card::Thousand)
    );
    if groups && !is_product(fold) || scaled {
        return None;
    }
    while block.is_one_of(end, &["et", "ou", "and", "or", "a", "à", "to"])
        && tokens.is_number(end + 1)
        && fold.ends_with('s')
        || tokens.is_mark(end, ',') && tokens.is_number(end + 1) && fold.ends_with('s')
    {
        end = end_of_code(block, end + 2);
    }
    Some(end)
}

fn is_product(fold: &str) -> bool {
    matches!(
        fold,
        "iphone"
            | "ipad"
            | "galaxy"
            | "pixel"
            | "rtx"
            | "gtx"
            | "boeing"
            | "airbus"
            | "windows"
            | "android"
            | "redmi"
    )
}

/// The number just read is part of a name: after a capitalized word with nothing counted after it, an
/// address, a postal code, a score, or letters that are no unit (`5G`, `3D`).
pub(super) fn after_reading(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    let tokens = block.tokens;
    letters_follow(block, numeral)
        || address(block, numeral)
        || score(block, numeral)
        || numeral.is_plain()
            && numeral.digits <= 4
            && numeral.first > 0
            && tokens.spaced(numeral.first)
            && name_before(block, numeral.first - 1)
}

/// `5G`, `4K`, `3D`, `2CV`: letters glued on that no unit claimed.
fn letters_follow(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    let tokens = block.tokens;
    let end = numeral.end;
    tokens.glued(end) && tokens.is_word(end)
        || tokens.is_mark(end, '-')
            && tokens.glued(end)
            && tokens.glued(end + 1)
            && tokens.is_word(end + 1)
            && block.lang.decimal_comma
}

/// A capitalized word that is a name: not a sentence's first word, not an acronym of a unit.
pub(super) fn name_before(block: &Block<'_, '_>, i: usize) -> bool {
    let tokens = block.tokens;
    if !tokens.is_capital(i) || block.lang.function_words.has(tokens.fold(i)) {
        return false;
    }
    if block.is_sentence_start(i) && !tokens.is_acronym(i) {
        return false;
    }
    true
}

/// `12 rue de la Paix`, `75008 Paris`.
fn address(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    let tokens = block.tokens;
    if !numeral.is_plain() {
        return false;
    }
    let mut at = numeral.end;
    if block.is_one_of(at, &["bis", "ter", "quater"]) {
        at += 1;
    }
    if tokens.is_mark(at, ',') {
        at += 1;
    }
    if tokens.is_word(at) && block.lang.streets.has(tokens.fold(at)) && numeral.digits <= 4 {
        return true;
    }
    numeral.digits == 5
        && tokens.is_capital(numeral.end)
        && !tokens.is_acronym(numeral.end)
        && tokens.spaced(numeral.end)
}

/// `3-1`, `21-15`: two small numbers that are no range.
fn score(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    let tokens = block.tokens;
    let i = numeral.end;
    if !numeral.is_plain() || numeral.digits > 3 {
        return false;
    }
    let hyphen =
        |at: usize| matches!(tokens.mark(at), Some('-' | '–')) && tokens.glued(at) && tokens.glued(at + 1);
    hyphen(i)
        && tokens.is_number(i + 1)
        && tokens.raw(i + 1).len() <= 3
        && (tokens.raw(i + 1).len(), tokens.raw(i + 1))
            <= (tokens.raw(numeral.first).len(), tokens.raw(numeral.first))
        || numeral.first > 0
            && hyphen(numeral.first - 1)
            && numeral.first >= 2
            && tokens.is_number(numeral.first - 2)
}

/// A number word with nothing counted that is an article, an idiom or another word.
pub(super) fn bare_word(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    use rust_decimal::Decimal;
    let tokens = block.tokens;
    let single = numeral.end == numeral.first + 1;
    if !single || numeral.scale != Decimal::ONE {
        return false;
    }
    let before = |words: &[&str]| numeral.first > 0 && block.is_one_of(numeral.first - 1, words);
    match tokens.fold(numeral.first) {
        // Articles and pronouns; a list of digits (`un, deux, trois`) is not worth the harm.
        "un" | "une" | "one" | "zero" => {
            let listed = tokens.is_mark(numeral.end, ',')
                && matches!(block.word(numeral.end + 1), super::lexicon::Word::Cardinal(_))
                && numeral.first > 0
                && tokens.mark(numeral.first - 1).is_some();
            !listed
        }
        // `neuf`: new. `mille`: in names and idioms.
        "neuf" => !before(&["les", "ces", "ses", "à", "a", "de", "sur", "moins", "plus"]) || before(&["de"]),
        "deux" => before(&["tous", "toutes", "entre", "en"]),
        "cent" | "cents" => before(&["pour"]),
        _ => false,
    }
}

/// A year that is part of a name: `CES 2025`, `Paris 2024`, `France 2030`.
pub(super) fn is_edition(block: &Block<'_, '_>, i: usize) -> bool {
    i > 0
        && block.tokens.spaced(i)
        && name_before(block, i - 1)
        && !matches!(
            block.word(i - 1),
            super::lexicon::Word::Month(_) | super::lexicon::Word::Period | super::lexicon::Word::Weekday(_)
        )
}
