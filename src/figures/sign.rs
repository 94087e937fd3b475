//! Signs of a number: `-3`, `−3`, `+3`, `moins trois`, `(3) %`.

use super::block::Block;
use super::currency;
use super::digits::Reading;
use super::numeral::{Form, Numeral};
use super::unit;
use crate::record::{FigureKind, Lang};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Plus,
    Minus,
}

/// A sign right before a number or a currency, and the token after it.
pub(super) fn before(block: &Block<'_, '_>, i: usize) -> (Option<Sign>, usize) {
    let tokens = block.tokens;
    let sign = match tokens.mark(i) {
        Some('-' | '−' | '–' | '‑') => Sign::Minus,
        Some('+') => Sign::Plus,
        _ => return (None, i),
    };
    // `+/- 2,8 points`
    let either = i > 1 && tokens.is_mark(i - 1, '/') && tokens.is_mark(i - 2, '+');
    let opens = i == 0
        || !either && !tokens.glued(i)
        || matches!(
            tokens.mark(i - 1),
            Some('(' | '[' | '«' | '“' | '"' | '/' | '€' | '$' | '£')
        ) && !either;
    let attached =
        tokens.glued(i + 1) || block.only && i == 0 && tokens.len() <= 8 || is_set_off(block, i, sign);
    if opens && attached {
        (Some(sign), i + 1)
    } else {
        (None, i)
    }
}

/// `à - 45 M€`, `soit + 8 %`: a sign with a blank after it, where no dash between clauses can stand.
fn is_set_off(block: &Block<'_, '_>, i: usize, sign: Sign) -> bool {
    let tokens = block.tokens;
    // … but `(– 1,12 %`, `: – 5 % à la clôture`
    // … and `à – 118 €`, `mais – 5,4 %`: nothing is put in between there.
    let signed = (2..=4).any(|ahead| tokens.is_mark(i + ahead, '%'));
    let dash = matches!(tokens.mark(i), Some('–'))
        && !(i > 0
            && (matches!(tokens.mark(i - 1), Some('(' | ':')) && signed
                || block.is_one_of(i - 1, &["à", "contre", "entre", "at"])
                || block.is_one_of(i - 1, &["mais", "et", "but", "and"]) && signed));
    let Some(before) = i
        .checked_sub(1)
        .filter(|_| tokens.spaced(i + 1) && !block.is_line_start(i) && !dash)
    else {
        return false;
    };
    let led = block.is_one_of(
        before,
        &[
            "à",
            "de",
            "soit",
            "affiche",
            "affichait",
            "atteint",
            "ressort",
            "contre",
            "recule",
            "progresse",
            "est",
            "etait",
            "at",
            "of",
            "was",
            "entre",
            "et",
            "par",
            "mais",
            "and",
            "but",
        ],
    ) || matches!(tokens.mark(before), Some('(' | ':' | '≈' | '~'));
    // `le Nasdaq + 1,1 %`, but no `Canal + 20`
    let percent = || (2..=4).any(|ahead| tokens.is_mark(i + ahead, '%'));
    // `2 adultes + 2 enfants`
    let sum = before > 0 && tokens.is_number(before - 1) && tokens.is_word(before) && !percent();
    let plus =
        sign == Sign::Plus && !sum && !tokens.is_number(before) && (!tokens.is_capital(before) || percent());
    led || plus
}

/// `moins quinze`, `plus vingt degrés` before token `i`, where it is a sign and no comparison.
pub(super) fn spelled(block: &Block<'_, '_>, i: usize, floor: usize) -> Option<(Sign, usize)> {
    let tokens = block.tokens;
    let at = i.checked_sub(1).filter(|&at| at >= floor)?;
    let sign = match (tokens.fold(at), block.lang.lang) {
        ("moins", Lang::Fr | Lang::Other) | ("minus", Lang::En) => Sign::Minus,
        ("plus", Lang::Fr | Lang::Other) => Sign::Plus,
        _ => return None,
    };
    let before = |words: &[&str]| at > 0 && block.is_one_of(at - 1, words);
    let compared = before(&[
        "au", "du", "ou", "le", "en", "de", "pas", "non", "ne", "heure", "heures", "midi", "minuit", "h",
        "encore", "ni", "or", "and",
    ]);
    // `plus` is a sign only of temperatures.
    let degrees = || {
        let end = super::spelled::read(block, i, i).map_or(i, |reading| match reading {
            Reading::Number(numeral) => numeral.end,
            Reading::Skip(end) => end,
        });
        unit::read(tokens, end, block.lang.lang).is_some_and(|(unit, _)| unit.kind == FigureKind::Temperature)
    };
    (!compared && (sign == Sign::Minus || degrees())).then_some((sign, at))
}

/// `(35,1) M€`, `(3,2) %`: how accounts write what is below zero.
pub(super) fn is_bracketed(block: &Block<'_, '_>, numeral: &Numeral, floor: usize) -> bool {
    let tokens = block.tokens;
    let opens =
        numeral.first > floor && tokens.is_mark(numeral.first - 1, '(') && tokens.glued(numeral.first);
    let unit = numeral.end + 1;
    if !opens || !tokens.is_mark(numeral.end, ')') || !tokens.near(unit) {
        return false;
    }
    let money = |at: usize| currency::suffix(tokens, at, block.lang.lang).is_some();
    let scaled = matches!(tokens.raw(unit), "M" | "Md" | "Mds" | "k" | "K") && money(unit + 1);
    numeral.form == Form::Digits && (tokens.is_mark(unit, '%') || money(unit) || scaled)
}
