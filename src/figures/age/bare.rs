//! Ages that are told without years, as English does: `aged 21 and 23`, `children under 15`, `Marie Dupont, 42, will …`.

use rust_decimal::Decimal;

use super::super::block::Block;
use super::super::item::Item;
use crate::record::FigureKind;

pub(super) fn is_age(block: &Block<'_, '_>, item: &Item) -> bool {
    if !item.bare || item.kind != FigureKind::Count {
        return false;
    }
    // `those aged 15 to 24`
    if item.first > 0 && block.is_one_of(item.first - 1, &["aged"]) {
        return true;
    }
    !block.lang.decimal_comma && (is_stated(block, item) || is_bound(block, item) || is_named(block, item))
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

/// `children under 15`, `those over 65`
fn is_bound(block: &Block<'_, '_>, item: &Item) -> bool {
    const PEOPLE: &[&str] = &[
        "children",
        "kids",
        "people",
        "those",
        "adults",
        "users",
        "workers",
        "anyone",
        "everyone",
        "pupils",
        "borrowers",
        "women",
        "men",
        "drivers",
        "teenagers",
        "voters",
        "employees",
        "patients",
        "buyers",
        "players",
        "students",
        "staff",
        "girls",
        "boys",
        "athletes",
    ];
    item.full_first < item.first
        && item.full_first > 0
        && block.is_one_of(item.full_first, &["under", "over"])
        && block.is_one_of(item.full_first - 1, PEOPLE)
        && item.value.is_some_and(|age| age < Decimal::ONE_HUNDRED)
}

/// `Marie Dupont, 42, will …`
fn is_named(block: &Block<'_, '_>, item: &Item) -> bool {
    let tokens = block.tokens;
    item.first >= 2
        && tokens.is_mark(item.first - 1, ',')
        && tokens.is_capital(item.first - 2)
        && matches!(tokens.mark(item.end), Some(',' | '.'))
        && item
            .value
            .is_some_and(|age| age >= Decimal::from(16) && age < Decimal::ONE_HUNDRED)
}
