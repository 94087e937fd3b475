//! Digits that are no figures: references, scores, list marks; those of names are in `name`, of addresses and accounts in `contact`.

use super::block::Block;
use super::contact::{account, phone};
use super::name::{
    end_of_code, generation, inside_name, is_code, is_headline_word, labelled, model, noun_before, title,
};
use super::numeral::{Form, Numeral};

/// One past the digits at token `i` that belong to a name, an account, a score or a list mark.
/// Looked at before the number is read.
pub(super) fn before_reading(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    inside_name(block, i)
        .or_else(|| list_mark(block, i))
        .or_else(|| footnote(block, i))
        .or_else(|| around_the_clock(block, i))
        .or_else(|| phone(block, i))
        .or_else(|| account(block, i))
        .or_else(|| score(block, i))
        .or_else(|| is_match(block, i))
        .or_else(|| war(block, i))
        .or_else(|| act(block, i))
        .or_else(|| model(block, i))
        .or_else(|| generation(block, i))
        .or_else(|| labelled(block, i))
}

/// `SRP+10`, `J+1`, `bac + 5`: a plus that is part of a name.
pub(super) fn plus(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let name = i
        .checked_sub(1)
        .filter(|_| tokens.is_mark(i, '+') && tokens.is_number(i + 1))?;
    let glued = tokens.glued(i) && tokens.glued(i + 1) && tokens.is_capital(name) && tokens.is_word(name);
    // `Nasdaq+1,1 %`
    let share =
        tokens.is_mark(i + 2, '%') || matches!(tokens.mark(i + 2), Some(',' | '.')) && tokens.glued(i + 3);
    (glued && !share || block.is_one_of(name, &["bac"])).then_some(i + 2)
}

/// `la guerre de 14-18`, `la Seconde Guerre mondiale (39-45)`
fn war(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let years = matches!((tokens.raw(i), tokens.raw(i + 2)), ("14", "18") | ("39", "45"));
    let dash = matches!(tokens.mark(i + 1), Some('-' | '–')) && tokens.glued(i + 1) && tokens.glued(i + 2);
    let mut back = (1..=5).map_while(|back| i.checked_sub(back));
    (years && dash && back.any(|k| block.is_one_of(k, &["guerre", "war", "conflit"]))).then_some(i + 3)
}

/// `3 à 2` after a word for a match.
fn is_match(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let small = |at: usize| tokens.is_number(at) && tokens.raw(at).len() == 1;
    let scored = small(i)
        && block.is_one_of(i + 1, &["à", "to"])
        && small(i + 2)
        && tokens.raw(i) >= tokens.raw(i + 2);
    let said = (1..=6).map_while(|back| i.checked_sub(back)).any(|k| {
        block.is_one_of(
            k,
            &[
                "score", "match", "victoire", "impose", "battu", "defaite", "emporte", "mene", "menait",
                "incline", "won", "beat",
            ],
        )
    });
    (scored && said && !tokens.is_word(i + 3) | block.lang.function_words.has(tokens.fold(i + 3)))
        .then_some(i + 3)
}

/// `(UE) 2016/679`, `L. 1233-3`: the number of a law.
fn act(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let number = |at: usize| tokens.is_number(at) && tokens.glued(at);
    let directive = tokens.raw(i).len() == 4
        && tokens.is_mark(i + 1, '/')
        && tokens.glued(i + 1)
        && number(i + 2)
        && tokens.raw(i + 2).len() >= 3
        && !(tokens.raw(i) < tokens.raw(i + 2) && ("1900".."2101").contains(&tokens.raw(i + 2)));
    let code = i >= 2
        && tokens.is_mark(i - 1, '.')
        && tokens.glued(i - 1)
        && matches!(tokens.raw(i - 2), "L" | "R" | "D" | "A")
        && (tokens.is_mark(i + 1, '-') || tokens.raw(i).len() >= 3);
    (directive || code).then(|| end_of_code(block, i + 1))
}

/// `3-1`, `21-15`: two small numbers that are no range.
fn score(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let dash = matches!(tokens.mark(i + 1), Some('-' | '–'))
        && tokens.glued(i + 1)
        && tokens.glued(i + 2)
        && tokens.is_number(i + 2);
    if !dash
        || tokens.raw(i).len() > 3
        || tokens.raw(i + 2).len() > 3
        || i > 0 && tokens.glued(i) && tokens.mark(i - 1).is_some_and(|mark| mark != '(')
    {
        return None;
    }
    let (a, b): (u32, u32) = (tokens.raw(i).parse().ok()?, tokens.raw(i + 2).parse().ok()?);
    let longer = matches!(tokens.mark(i + 3), Some('-' | '/' | '.' | ',' | '%'))
        && tokens.glued(i + 3)
        && (tokens.is_number(i + 4) && tokens.glued(i + 4) || tokens.is_mark(i + 3, '%'));
    let measured = super::unit::read(tokens, i + 3, block.lang.lang).is_some()
        || block.lang.months.contains_key(tokens.fold(i + 3));
    let falling = a >= b || b <= 9 && a <= 1 && tokens.fold(i + 3).is_empty();
    (falling && !longer && !measured).then_some(i + 3)
}

/// `1.`, `2)`, `3 -` at the start of a line; `: 1. Paris (12,4 %), 2. Lyon` within one.
fn list_mark(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let led = i > 0 && matches!(tokens.mark(i - 1), Some(':' | ',' | ';' | '.' | '!' | '?' | ')'));
    let within = led
        && tokens.raw(i).len() <= 2
        && tokens.is_mark(i + 1, '.')
        && tokens.glued(i + 1)
        && tokens.is_capital(i + 2)
        && tokens.spaced(i + 2);
    // `recalls Paul, 81. The cinema`
    let aged =
        led && tokens.is_mark(i - 1, ',') && i > 1 && tokens.is_capital(i - 2) && tokens.raw(i).len() == 2;
    if within && !aged {
        return Some(i + 2);
    }
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

/// `[3]`, `(1)`, and departments: `Ivry (94)`.
fn footnote(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let before = i.checked_sub(1)?;
    let brackets = tokens.is_mark(before, '[') && tokens.is_mark(i + 1, ']');
    let raw = tokens.raw(i);
    // `Hermès (224)` is an amount.
    let overseas = raw.len() == 3 && (raw.starts_with("97") || raw.starts_with("98"));
    let parens = tokens.is_mark(before, '(')
        && tokens.is_mark(i + 1, ')')
        && (raw.len() <= 2 || overseas)
        && before > 0;
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
    if !(tokens.raw(at) == base || base == "24" && tokens.raw(at) == "7") || tokens.is_mark(end, '/') {
        return None;
    }
    if tokens.is_word(end) && tokens.glued(end) {
        end += 1;
    }
    Some(end)
}

/// The number just read is part of a name: after a capitalized word or a noun with nothing counted
/// after it, or before letters that are no unit (`5G`, `3D`).
pub(super) fn after_reading(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    let tokens = block.tokens;
    if letters_follow(block, numeral) || title(block, numeral) {
        return true;
    }
    let Some(before) = numeral
        .first
        .checked_sub(1)
        .filter(|_| is_code(block, numeral) && tokens.spaced(numeral.first))
    else {
        return false;
    };
    let standard = tokens.is_acronym(before) && numeral.digits >= 5;
    let common = block.lang.function_words.has(tokens.fold(before)) && !standard;
    let month = matches!(block.word(before), super::lexicon::Word::Month(_));
    let name = tokens.is_capital(before) && !common && !month && !is_headline_word(block, before);
    let most = if tokens.is_acronym(before) { 6 } else { 4 };
    // `la liste rafle 9 des 17 sièges`
    let some_of = tokens.raw(numeral.end) == "des" && tokens.is_number(numeral.end + 1);
    numeral.digits <= most && name
        || numeral.digits <= 4 && noun_before(block, before) && !is_listed_share(block, numeral) && !some_of
}

/// `34 % du total, l'agriculture 21 et l'industrie 17`: shares, not names.
fn is_listed_share(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    const REACH: usize = 24;
    let tokens = block.tokens;
    let mut before = (4..=3 + REACH)
        .map_while(|back| numeral.first.checked_sub(back))
        .take_while(|&i| !tokens.stops(i, &['.', ';', '!', '?']));
    numeral.digits <= 2
        && is_listed(block, numeral.first, numeral.end)
        && before.any(|i| tokens.is_mark(i, '%'))
}

/// Nothing but a number, the tokens `first..end`, behind an article and its noun in a list: `, l'agriculture 21 et`.
pub(super) fn is_listed(block: &Block<'_, '_>, first: usize, end: usize) -> bool {
    let tokens = block.tokens;
    let behind = first
        .checked_sub(3)
        .is_some_and(|i| tokens.is_mark(i, ',') || block.is_one_of(i, &["et"]));
    behind && (tokens.stops(end, &['.', ',', ';']) || block.is_one_of(end, &["et"]))
}

/// `sept jours sur sept`, `vingt-quatre heures sur vingt-quatre`: always.
pub(super) fn every_day(block: &Block<'_, '_>, numeral: &Numeral) -> Option<usize> {
    if !block.is_one_of(numeral.end, &["jours", "heures"])
        || !block.is_one_of(numeral.end + 1, &["sur"])
        || numeral.form != Form::Words
    {
        return None;
    }
    let again = block.words().read(numeral.end + 2)?;
    (again.value == numeral.value).then_some(again.end)
}

/// `trois fois rien`, `à deux pas d'ici`, `à mille lieues d'imaginer`: no number is meant.
pub(super) fn idiom(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    if numeral.form != Form::Words {
        return false;
    }
    let at = numeral
        .first
        .checked_sub(1)
        .is_some_and(|i| block.is_one_of(i, &["à"]));
    let next = |words: &[&str]| block.is_one_of(numeral.end, words);
    next(&["fois"]) && block.is_one_of(numeral.end + 1, &["rien"])
        || at && next(&["pas", "lieues"]) && block.is_one_of(numeral.end + 1, &["de"])
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

/// A number word with nothing counted that is an article, an idiom or another word.
pub(super) fn bare_word(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    use rust_decimal::Decimal;
    let tokens = block.tokens;
    // `les Vingt-Sept`, `le groupe des Sept`
    if tokens.is_capital(numeral.first) && !block.is_sentence_start(numeral.first) {
        return true;
    }
    // `Two-wheeler sales`, `a four-seater`
    let of_kind = tokens.is_mark(numeral.end, '-')
        && tokens.glued(numeral.end)
        && ["wheeler", "seater", "pointer", "poster", "timer", "decker"]
            .iter()
            .any(|kind| tokens.fold(numeral.end + 1).trim_end_matches('s') == *kind);
    if of_kind {
        return true;
    }
    // `les deux-roues`
    let hung = tokens.is_mark(numeral.end, '-') && tokens.glued(numeral.end);
    if hung
        && block.is_one_of(
            numeral.end + 1,
            &["roues", "pieces", "points", "ponts", "mats", "temps"],
        )
    {
        return true;
    }
    let single = numeral.end == numeral.first + 1;
    if !single || numeral.scale != Decimal::ONE {
        return false;
    }
    let before = |words: &[&str]| numeral.first > 0 && block.is_one_of(numeral.first - 1, words);
    match tokens.fold(numeral.first) {
        // Articles and pronouns; a list of digits (`un, deux, trois`) is not worth the harm.
        // … but `réévalué d'un à 1,8 milliard`, `d'un à trois ans de prison`
        "un" | "une"
            if before(&["de"])
                && block.is_one_of(numeral.end, &["à"])
                && (tokens.is_number(numeral.end + 1)
                    || matches!(block.word(numeral.end + 1), super::lexicon::Word::Cardinal(_))) =>
        {
            false
        }
        "un" | "une" | "one" | "zero" => {
            let listed = tokens.is_mark(numeral.end, ',')
                && matches!(block.word(numeral.end + 1), super::lexicon::Word::Cardinal(_))
                && numeral.first > 0
                && tokens.mark(numeral.first - 1).is_some();
            !listed
        }
        // `neuf`: new. `mille`: in names and idioms.
        // … `soit neuf de plus`
        "neuf"
            if block.is_one_of(numeral.end, &["de"])
                && block.is_one_of(numeral.end + 1, &["plus", "moins"]) =>
        {
            false
        }
        // `de neuf à dix tirs`, `contre neuf en 2022`, `parmi lesquels neuf sont jugés majeurs`
        "neuf"
            if block.is_one_of(numeral.end, &["à", "ou"])
                && matches!(block.word(numeral.end + 1), super::lexicon::Word::Cardinal(_))
                || before(&["contre", "lesquels", "lesquelles", "dont"]) =>
        {
            false
        }
        // `neuf n'ont même pas répondu`
        "neuf"
            if is_before_plural_verb(block, numeral.end)
                && (block.is_sentence_start(numeral.first)
                    || tokens.mark(numeral.first - 1).is_some()
                    || before(&["et", "mais"])) =>
        {
            false
        }
        "neuf" => !before(&["les", "ces", "ses", "à", "a", "de", "sur", "moins", "plus"]) || before(&["de"]),
        // `travaille comme quatre`, `se met en quatre`
        "quatre" if before(&["comme"]) => {
            !tokens.is_word(numeral.end) || block.lang.function_words.has(tokens.fold(numeral.end))
        }
        "quatre" if before(&["en"]) => {
            numeral.first > 1
                && ["met", "pli", "coup", "fend", "decarcass"]
                    .iter()
                    .any(|stem| tokens.fold(numeral.first - 2).starts_with(stem))
        }
        // `s'en moque comme de l'an quarante`
        "quarante" if before(&["an"]) => true,
        // `le numéro trois mondial`
        _ if before(&["numero"]) => true,
        "deux" => {
            let between = before(&["les"])
                && numeral.first > 1
                && block.is_one_of(numeral.first - 2, &["entre", "divise", "diviser"]);
            between || before(&["tous", "toutes", "entre", "en"])
        }
        "cent" | "cents" => before(&["pour"]) || block.is_one_of(numeral.end, &["pas"]) && before(&["les"]),
        _ => false,
    }
}

/// `ont`, `n'ont`, `seraient` at token `i`
fn is_before_plural_verb(block: &Block<'_, '_>, i: usize) -> bool {
    let i = i + usize::from(block.is_one_of(i, &["ne", "n"]));
    block.is_one_of(
        i,
        &[
            "ont", "sont", "avaient", "etaient", "seront", "auront", "furent", "auraient", "seraient",
            "eurent",
        ],
    )
}
