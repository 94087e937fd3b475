//! Ages that are told without years, as English does: `aged 21 and 23`, `children under 15`, `Marie Dupont, 42, will …`,
//! `she was thirty-one`.

use rust_decimal::Decimal;

use super::super::block::Block;
use super::super::item::Item;
use super::super::numeral::Form;
use super::people::{are_english_people, is_english_group, is_english_person};
use crate::record::FigureKind;

pub(super) fn is_age(block: &Block<'_, '_>, item: &Item) -> bool {
    if !item.bare || item.kind != FigureKind::Count {
        return false;
    }
    // `those aged 15 to 24`
    if item.first > 0 && block.is_one_of(item.first - 1, &["aged"]) {
        return true;
    }
    !block.lang.decimal_comma
        && (is_stated(block, item)
            || is_bound(block, item)
            || is_aside(block, item)
            || is_lived(item)
                && (is_predicate(block, item) || is_turned(block, item) || is_when(block, item)))
}

/// Somebody can be so old.
fn is_lived(item: &Item) -> bool {
    let whole = !item.numeral.decimals && item.numeral.scale == Decimal::ONE;
    whole
        && item
            .value
            .is_some_and(|age| age > Decimal::ZERO && age <= Decimal::from(110))
}

/// Nothing that could be counted follows: a mark, or how the sentence goes on.
fn is_closed(block: &Block<'_, '_>, end: usize) -> bool {
    const NEXT: &[&str] = &[
        "and",
        "or",
        "but",
        "when",
        "while",
        "at",
        "in",
        "then",
        "now",
        "as",
        "who",
        "by",
        "last",
        "this",
        "next",
        "on",
        "before",
        "after",
        "with",
        "he",
        "she",
        "they",
        "old",
        "yesterday",
        "today",
    ];
    let tokens = block.tokens;
    end >= tokens.len()
        || tokens.mark(end).is_some_and(|mark| !"-%€$£/+".contains(mark))
        || block.is_one_of(end, NEXT)
}

/// `average age 34`, `by the age of seven`, `aged 21 and 23`, `whose average age is 49`
fn is_stated(block: &Block<'_, '_>, item: &Item) -> bool {
    let before =
        |back: usize, words: &[&str]| item.first >= back && block.is_one_of(item.first - back, words);
    before(1, &["age"])
        || before(1, &["of"]) && before(2, &["age"])
        || before(1, &["and", "or"]) && before(3, &["aged"])
        || before(1, &["is", "was"]) && before(2, &["age"])
}

/// `children under 15`, `the researchers are under thirty-five`, `anyone over 60`
fn is_bound(block: &Block<'_, '_>, item: &Item) -> bool {
    const REACH: usize = 8;
    let bounded = item.full_first < item.first
        && item.full_first > 0
        && block.is_one_of(item.full_first, &["under", "over", "below", "above"])
        && item.value.is_some_and(|age| age < Decimal::ONE_HUNDRED);
    if !bounded {
        return false;
    }
    let lead = item.full_first - 1;
    if block.is_one_of(item.full_first, &["under", "over"]) && are_english_people(block, lead) {
        return true;
    }
    let are = block.is_one_of(lead, &["are", "were", "is", "was"]);
    are && is_closed(block, item.end)
        && (1..=REACH)
            .map_while(|back| lead.checked_sub(back))
            .take_while(|&i| !block.tokens.stops(i, &['.', ',', ';', ':']))
            .any(|i| is_english_group(block, i))
}

/// `Marie Dupont, 42, will …`, `the mayor, sixty-eight, said`, `a neighbour, 51, who`
fn is_aside(block: &Block<'_, '_>, item: &Item) -> bool {
    let tokens = block.tokens;
    let aside = item.first >= 2
        && tokens.is_mark(item.first - 1, ',')
        && matches!(tokens.mark(item.end), Some(',' | '.'))
        && item
            .value
            .is_some_and(|age| age >= Decimal::from(16) && age < Decimal::ONE_HUNDRED);
    let who = tokens.is_mark(item.end, ',') && block.is_one_of(item.end + 1, &["who", "whose"]);
    aside
        && (tokens.is_capital(item.first - 2)
            || is_english_person(block, item.first - 2)
            || who && tokens.is_word(item.first - 2))
}

/// `she was thirty-one`, `since he was fourteen`, `I am now 70`
fn is_predicate(block: &Block<'_, '_>, item: &Item) -> bool {
    const ADVERBS: &[&str] = &[
        "now", "then", "only", "just", "already", "still", "barely", "nearly", "almost",
    ];
    let before = |at: usize, words: &[&str]| at.checked_sub(1).is_some_and(|i| block.is_one_of(i, words));
    let at = item.full_first;
    let at = at - usize::from(before(at, ADVERBS));
    let was = before(at, &["was", "is", "am", "be"]);
    let person = before(at.saturating_sub(1), &["he", "she", "i", "who"]);
    // `the average victim was 47`
    let noun = at.checked_sub(2).is_some_and(|i| is_english_person(block, i))
        && item.value.is_some_and(|age| age >= Decimal::from(14));
    was && (person || noun) && is_closed(block, item.end)
}

/// `the oldest turned forty-nine`, `he turns 50 in May`
fn is_turned(block: &Block<'_, '_>, item: &Item) -> bool {
    let turned = item.first > 0
        && block.is_one_of(item.first - 1, &["turned", "turns", "turning", "turn"])
        && item.value.is_some_and(|age| age > Decimal::ONE);
    turned && is_closed(block, item.end)
}

/// `his first patent at nineteen`, `she died at 84`: when in somebody's life.
fn is_when(block: &Block<'_, '_>, item: &Item) -> bool {
    const REACH: usize = 14;
    const PERSONS: &[&str] = &["he", "she", "his", "her", "i", "my", "who", "whose"];
    const EVENTS: &[&str] = &[
        "died", "dies", "die", "married", "retired", "retire", "retires", "school", "orphaned", "widowed",
    ];
    const LEVELS: &[&str] = &[
        "stood", "stands", "stand", "rated", "score", "scored", "index", "rating", "remained", "put",
        "closed", "steady", "ended", "number", "level",
    ];
    let grown = item
        .value
        .is_some_and(|age| age > Decimal::from(12) && age <= Decimal::from(110));
    let at = item.first.checked_sub(1).filter(|&i| block.is_one_of(i, &["at"]));
    let Some(at) = at.filter(|_| grown && is_closed(block, item.end)) else {
        return false;
    };
    let near = |reach: usize, words: &[&str]| {
        (1..=reach)
            .map_while(|back| at.checked_sub(back))
            .take_while(|&i| !block.tokens.stops(i, &['.', ';', '?', '!']))
            .any(|i| block.is_one_of(i, words))
    };
    // In digits it may be a level, a place or an hour as well.
    let told = match item.numeral.form {
        Form::Words => near(REACH, PERSONS),
        _ => near(6, EVENTS),
    };
    told && !near(3, LEVELS)
}
