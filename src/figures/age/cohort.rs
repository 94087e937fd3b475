//! `under-30s`, `the over-55s`: those of an age, in one word.

use rust_decimal::Decimal;

use super::super::block::Block;
use super::super::item::Item;
use super::super::numeral::{Form, Numeral};
use crate::record::{FigureKind, Lang, Qualifier};

/// The number at token `i`, whose plural belongs to the word.
pub(in crate::figures) fn cohort(block: &Block<'_, '_>, i: usize) -> Option<Item> {
    let tokens = block.tokens;
    let hung = i > 1 && tokens.is_mark(i - 1, '-') && tokens.glued(i - 1) && tokens.glued(i);
    let plural = tokens.raw(i + 1) == "s" && tokens.glued(i + 1);
    if block.lang.lang != Lang::En || !hung || !plural || tokens.raw(i).len() != 2 {
        return None;
    }
    let age: Decimal = tokens.raw(i).parse().ok()?;
    let mut item = Item::new(FigureKind::Age, Numeral::new(i, i + 1, age, Form::Digits));
    match tokens.fold(i - 2) {
        "under" => (item.qualifier, item.max) = (Qualifier::LessThan, Some(age)),
        "over" => (item.qualifier, item.min) = (Qualifier::MoreThan, Some(age)),
        _ => return None,
    }
    (item.full_first, item.reach) = (i - 2, i + 2);
    item.unit = Some("year".into());
    Some(item)
}
