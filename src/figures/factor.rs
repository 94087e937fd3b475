//! Multiples: `doublé`, `multiplié par trois`, `divisé par deux`, `x3`.

use rust_decimal::Decimal;

use super::block::Block;
use super::digits::Reading;
use super::item::Item;
use super::lexicon::Word;
use super::numeral::{Form, Numeral};
use super::spelled;
use crate::record::{Direction, FigureKind, Lang, Qualifier};

/// The multiple that begins at token `i`.
pub(super) fn read(block: &Block<'_, '_>, i: usize) -> Option<Item> {
    times_sign(block, i)
        .or_else(|| factor_word(block, i))
        .or_else(|| multiplied(block, i))
}

/// `x3`, `×10`.
fn times_sign(block: &Block<'_, '_>, i: usize) -> Option<Item> {
    let tokens = block.tokens;
    let sign = tokens.is_mark(i, '×') || tokens.raw(i) == "x";
    // `(x 2,1 en un an)`
    let opened = i > 0 && tokens.is_mark(i - 1, '(');
    if !sign
        || tokens.glued(i) && !opened
        || !tokens.is_number(i + 1)
        || !(tokens.glued(i + 1) || opened && tokens.near(i + 1))
    {
        return None;
    }
    // `PCIe 5.0 x16`
    let lanes = (1..=4)
        .map_while(|back| i.checked_sub(back))
        .any(|k| block.is_one_of(k, &["pcie", "pci", "ddr", "ddr5"]));
    if lanes {
        return None;
    }
    let Some(Reading::Number(numeral)) = number(block, i + 1) else {
        return None;
    };
    if tokens.glued(numeral.end) && tokens.is_word(numeral.end) {
        return None;
    }
    let mut item = multiple(Numeral { first: i, ..numeral });
    item.first = i;
    item.full_first = i;
    Some(item)
}

/// `number` without the exclusion of digits that touch a letter.
fn number(block: &Block<'_, '_>, i: usize) -> Option<Reading> {
    Some(super::digits::read(block.tokens, i, block.lang.decimal_comma))
}

fn multiple(numeral: Numeral) -> Item {
    Item::new(FigureKind::Multiple, numeral)
}

/// `un facteur dix`, `by a factor of 2.5`: the number after the word.
pub(super) fn is_factor(block: &Block<'_, '_>, item: &Item) -> bool {
    let before = |back: usize, words: &[&str]| {
        item.first
            .checked_sub(back)
            .is_some_and(|i| block.is_one_of(i, words))
    };
    item.bare
        && item.kind == FigureKind::Count
        && (before(1, &["facteur"]) || before(1, &["of", "de"]) && before(2, &["factor", "facteur"]))
}

/// `doublé`, `tripler`, `halved`.
fn factor_word(block: &Block<'_, '_>, i: usize) -> Option<Item> {
    let Word::Factor(factor, grew) = block.word(i) else {
        return None;
    };
    let tokens = block.tokens;
    let raw = tokens.raw(i);
    let english = block.lang.lang == Lang::En;
    if english {
        // `double standards`, `twice` alone
        let verb = i > 0
            && block.is_one_of(
                i - 1,
                &["will", "to", "would", "could", "can", "may", "might", "should"],
            );
        let adjective = matches!(tokens.fold(i), "double" | "triple" | "quadruple")
            && !verb
            && !block.is_one_of(i + 1, &["the", "its", "their", "that", "to", "in", "by", "from"]);
        if adjective {
            return None;
        }
    } else {
        // Participles, infinitives and finite verbs count; `double` and `triple` before a noun do not.
        let done = raw.ends_with("ée") || raw.ends_with("ées");
        let plain = !done && (raw.ends_with('e') || raw.ends_with("es"));
        // `une peine doublée d'une amende`: not twice as long.
        if done && block.is_one_of(i + 1, &["de"]) && block.is_one_of(i + 2, &["un", "une"]) {
            return None;
        }
        // `le double`, and nothing that is double: `puis le double chaque année`
        let alone = !tokens.is_word(i + 1)
            || block.is_one_of(i + 1, &["chaque"])
            || block.lang.function_words.has(tokens.fold(i + 1));
        let noun = plain && i > 0 && block.is_one_of(i - 1, &["le", "du", "au"]) && alone;
        let verb = plain
            && i > 0
            && (block.is_one_of(
                i + 1,
                &[
                    "le",
                    "la",
                    "les",
                    "son",
                    "sa",
                    "ses",
                    "leur",
                    "leurs",
                    "presque",
                    "quasiment",
                    "pratiquement",
                    "en",
                ],
            ) || tokens.mark(i + 1).is_some() && block.is_one_of(i - 1, &["qui", "a"]));
        // `un quasi-doublement`
        let quasi = i > 1 && tokens.is_mark(i - 1, '-') && block.is_one_of(i - 2, &["quasi"]);
        // `a inscrit un doublé`
        let goals = raw.ends_with('é')
            && i > 0
            && block.is_one_of(
                i - 1,
                &["un", "le", "ce", "son", "du", "au", "premier", "nouveau"],
            );
        if goals
            || plain && !(noun || verb)
            || raw.ends_with("ement")
                && !(i > 0 && (block.is_one_of(i - 1, &["le", "un", "du", "au"]) || quasi))
        {
            return None;
        }
    }
    // `doublé la Ferrari`: overtaken.
    let overtaken =
        block.is_one_of(i + 1, &["le", "la", "les"]) && tokens.is_capital(i + 2) && !tokens.is_acronym(i + 2);
    if overtaken
        || block.is_one_of(i + 1, &["en", "par"])
            && block.is_one_of(i + 2, &["francais", "anglais", "version"])
    {
        return None;
    }
    let mut item = multiple(Numeral::new(i, i + 1, factor.into(), Form::Words));
    if i > 1 && tokens.is_mark(i - 1, '-') && block.is_one_of(i - 2, &["quasi"]) {
        (item.full_first, item.qualifier) = (i - 2, Qualifier::Approx);
    }
    item.direction = Some(if grew { Direction::Up } else { Direction::Down });
    Some(item)
}

/// `multiplié par trois`, `divisé par 2,5`.
fn multiplied(block: &Block<'_, '_>, i: usize) -> Option<Item> {
    let tokens = block.tokens;
    let direction = match tokens.fold(i) {
        fold if fold.starts_with("multipli") => Direction::Up,
        fold if fold.starts_with("divis") && !fold.starts_with("division") || fold.starts_with("divid") => {
            Direction::Down
        }
        _ => return None,
    };
    // `J'ai divisé mes doses d'engrais par deux`
    let mut at = i + 1;
    while at < i + 6
        && !block.is_one_of(at, &["par", "by"])
        && !matches!(tokens.mark(at), Some('.' | ',' | ';' | ':' | '('))
    {
        at += 1;
    }
    if !block.is_one_of(at, &["par", "by"]) {
        return None;
    }
    at += 1;
    let mut qualifier = Qualifier::Exact;
    let before = |end: usize| {
        block
            .lang
            .before
            .ending_at(tokens, end)
            .filter(|(first, _)| *first == at)
    };
    if let Some((end, found)) = (at + 1..at + 5).rev().find_map(|end| Some((end, before(end)?.1))) {
        (at, qualifier) = (end, found);
    }
    let Some(Reading::Number(numeral)) = spelled::read(block, at, at) else {
        return None;
    };
    if !matches!(numeral.form, Form::Digits | Form::Words)
        || super::exclude::after_reading(block, &numeral)
            && tokens.is_word(numeral.end)
            && tokens.glued(numeral.end)
    {
        return None;
    }
    let mut item = multiple(numeral);
    item.value = Some(numeral.value).filter(|value| *value > Decimal::ZERO);
    item.value?;
    item.full_first = i;
    item.first = i;
    item.direction = Some(direction);
    item.qualifier = qualifier;
    match qualifier {
        Qualifier::MoreThan | Qualifier::AtLeast => item.min = item.value,
        Qualifier::LessThan | Qualifier::AtMost => item.max = item.value,
        _ => {}
    }
    Some(item)
}
