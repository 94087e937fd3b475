//! Directions that one word tells of two figures, and values that are no change: `progresse de 2 % en un mois et de 5 % en
//! un an`, `de 5,1 % à 6,2 %`.

use super::block::Block;
use super::ellipsis::is_within;
use super::item::Item;
use crate::record::{Direction, FigureKind};

/// `a progressé de 5,1 % à 6,2 %`, `relève son objectif de 240 à 270 euros`: the first of two values is no change.
pub(super) fn is_start(block: &Block<'_, '_>, item: &Item, after: &[Item]) -> bool {
    // `est tombée de 45 % en 2021 à 13 %`
    let dated = after.first().is_some_and(|next| next.kind == FigureKind::Date);
    let ends = |next: &&Item| {
        let at = if dated { after[0].end } else { item.end };
        block.is_one_of(at, &["à"]) && next.first == at + 1 && at - item.end <= 3
    };
    let Some(next) = after.get(usize::from(dated)).filter(ends) else {
        return false;
    };
    let from = item.first > 0 && block.is_one_of(item.first - 1, &["de"]);
    let alike = item.kind == next.kind && item.unit == next.unit && item.currency == next.currency;
    // `augmente de 2 euros à 14 euros`, `de 6,7 milliards à 57,1` says by how much.
    let bare = item.end == item.numeral.end && block.tokens.is_number(item.end - 1);
    let pair = item.value.zip(next.value);
    let close = dated || pair.is_some_and(|(a, b)| is_within(a, b, rust_decimal::Decimal::from(3)));
    from && alike && (bare || item.kind == FigureKind::Percent && close)
}

/// `progresse de 2 % en un mois et de 5 % en un an`: the second of a pair moves as the first.
pub(super) fn shared_direction(block: &Block<'_, '_>, before: &[Item], item: &Item) -> Option<Direction> {
    let at = item.full_first;
    let back = |n: usize, words: &[&str]| at.checked_sub(n).is_some_and(|i| block.is_one_of(i, words));
    let and = &["et", "puis", "ou", "mais", "voire", "and", "then"];
    // `reculent de 11 % en Asie, de 2 % aux États-Unis`
    let comma = at > 1 && block.tokens.is_mark(at - 2, ',');
    let linked = back(1, and) || (back(2, and) || comma) && back(1, &["de", "by"]);
    // `en hausse de 88,3 M$ ou 7,9 %`: the same change, told once more.
    let neighbour = before.last()?;
    let again =
        back(1, &["ou", "or"]) && at.saturating_sub(neighbour.end) <= 2 && neighbour.kind != item.kind;
    if again && (item.is_share() || neighbour.is_share()) {
        return neighbour.direction;
    }
    let other = before
        .iter()
        .rev()
        .take(3)
        .find(|other| other.kind == item.kind)?;
    // `le Nasdaq a bondi de 1,9 % et le Dow Jones de 1,1 %`
    let gapped =
        back(1, &["de", "by"]) && block.is_one_of(other.end, and) && at.saturating_sub(other.end) <= 8;
    // `le FTSE MIB gagnait 0,52 % et l'Ibex 0,31 %`
    let named =
        is_named(block, other.end, at) || is_next_subject(block, other, at) || is_next_noun(block, other, at);
    let close = named || gapped || linked && at.saturating_sub(other.end) <= 14;
    // `+ 5 % et 3 points`: only what a word said.
    other
        .direction
        .filter(|_| close && !(other.end..at).any(|i| block.tokens.stops(i, &['.'])))
}

/// `la mémoire bondirait de 13,4 %, la logique de 16,8 %`: another subject without a verb of its own stands before token `at`.
fn is_next_subject(block: &Block<'_, '_>, other: &Item, at: usize) -> bool {
    const REACH: usize = 14;
    const VERBS: &[&str] = &[
        "est",
        "sont",
        "etait",
        "etaient",
        "serait",
        "sera",
        "atteint",
        "ressort",
        "represente",
        "a",
        "ont",
        "avait",
        "avec",
        "dont",
        "contre",
        "pour",
        "soit",
        "que",
        "qui",
        "apres",
        "selon",
    ];
    let tokens = block.tokens;
    let of = |i: usize| block.is_one_of(i, &["de"]);
    let alike = other.full_first > 0
        && at > 0
        && of(at - 1)
        && (of(other.full_first - 1) || of(other.full_first))
        && at.saturating_sub(other.end) <= REACH;
    let link = (other.end..at)
        .rev()
        .find(|&i| tokens.is_mark(i, ',') || block.is_one_of(i, &["et"]));
    alike
        && link.is_some_and(|link| {
            block.is_one_of(
                link + 1,
                &["le", "la", "les", "l", "celle", "celui", "ceux", "celles"],
            ) && !(link..at).any(|i| block.is_one_of(i, VERBS) || tokens.is_number(i))
        })
}

/// `le métal jaune a pris 58 %, l'argent près de 75 %`: the verb is said once, right before its figure; an article and its noun
/// stand before token `at`.
fn is_next_noun(block: &Block<'_, '_>, other: &Item, at: usize) -> bool {
    let tokens = block.tokens;
    let verb = other
        .full_first
        .checked_sub(1)
        .is_some_and(|i| block.lang.change.contains_key(tokens.fold(i)));
    let noun = at.checked_sub(1).filter(|&i| {
        // `l'or` is no conjunction.
        let gold = tokens.fold(i) == "or" && tokens.glued(i);
        let common = block.lang.function_words.has(tokens.fold(i)) && !gold;
        tokens.is_word(i) && !tokens.is_capital(i) && !common
    });
    let Some(article) = noun.and_then(|noun| noun.checked_sub(1)).filter(|_| verb) else {
        return false;
    };
    block.is_one_of(article, &["le", "la", "les", "the"])
        && article
            .checked_sub(1)
            .is_some_and(|i| i >= other.end && (tokens.is_mark(i, ',') || block.is_one_of(i, &["et", "and"])))
}

/// Nothing but a name, behind a comma or `et`, stands before token `at`: `, Orange`, `et le S&P 500`.
fn is_named(block: &Block<'_, '_>, from: usize, at: usize) -> bool {
    const REACH: usize = 12;
    let tokens = block.tokens;
    let of_name = |i: usize| {
        let code = tokens.is_number(i) && i > 0 && tokens.is_capital(i - 1);
        tokens.is_capital(i) || code || matches!(tokens.mark(i), Some('&' | '-'))
    };
    let name = (1..=5)
        .map_while(|back| at.checked_sub(back))
        .take_while(|&i| i >= from && of_name(i))
        .last();
    let Some(name) = name.filter(|_| at.saturating_sub(from) <= REACH) else {
        return false;
    };
    let article = name
        .checked_sub(1)
        .filter(|&i| block.is_one_of(i, &["le", "la", "les", "the"]));
    article
        .unwrap_or(name)
        .checked_sub(1)
        .is_some_and(|i| i >= from && (tokens.is_mark(i, ',') || block.is_one_of(i, &["et", "puis", "and"])))
}
