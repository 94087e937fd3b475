//! Compounds of a unit and the next smaller one (`1 h 30`, `2 ans et demi`, `3 mètres 50`), and degrees
//! below zero.

use rust_decimal::Decimal;

use super::block::Block;
use super::item::Item;
use super::lexicon::Word;
use super::numeral::{Form, Numeral};
use super::spelled;
use super::unit;

/// `un degré et demi`
pub(super) fn half_degree(block: &Block<'_, '_>, item: &mut Item) {
    let numeral = Numeral {
        end: item.end,
        scale: Decimal::ONE,
        ..item.numeral
    };
    let whole = !item.numeral.decimals && item.value.is_some();
    if let Some(half) = spelled::half_more(block, &numeral).filter(|half| whole && half.decimals) {
        item.value = Some(half.value);
        item.extend_to(half.end);
    }
}

/// `10 degrés en dessous de zéro`.
pub(super) fn below_zero(block: &Block<'_, '_>, item: &mut Item) {
    let tokens = block.tokens;
    let mut at = item.end;
    if tokens.fold(at) == "en" || tokens.fold(at) == "au" {
        at += 1;
        if tokens.is_mark(at, '-') {
            at += 1;
        }
    }
    let below = matches!(tokens.fold(at), "dessous" | "below");
    let of = if tokens.fold(at) == "below" {
        at + 1
    } else {
        at + 2
    };
    if below && tokens.fold(of) == "zero" {
        item.value = item.value.map(|value| -value);
        item.extend_to(of + 1);
    }
}

/// Adds what follows in the next smaller unit; the value is then in that smaller unit.
pub(super) fn compound(block: &Block<'_, '_>, item: &mut Item, symbol: &str) {
    let end = item.end;
    if item.value.is_none() || item.numeral.scale != Decimal::ONE {
        return;
    }
    if let Some(half) = spelled::half_more(
        block,
        &Numeral {
            end,
            scale: Decimal::ONE,
            ..item.numeral
        },
    ) {
        item.value = Some(half.value);
        item.extend_to(half.end);
        return;
    }
    // `quatre heures et quart`
    let quarter = end + 1 + usize::from(block.is_one_of(end + 1, &["un"]));
    if symbol == "hour" && block.is_one_of(end, &["et"]) && block.is_one_of(quarter, &["quart"]) {
        item.value = item
            .value
            .and_then(|value| value.checked_add(Decimal::new(25, 2)));
        return item.extend_to(quarter + 1);
    }
    if let Some((part, after)) = quarters_more(block, end).filter(|_| symbol == "hour") {
        item.value = item.value.and_then(|value| value.checked_add(part));
        return item.extend_to(after);
    }
    if symbol == "second" {
        return fraction_of_second(block, item);
    }
    let Some((smaller, factor)) = unit::parts(symbol) else {
        return;
    };
    let Some((part, after)) = smaller_part(block, end, symbol, smaller) else {
        return;
    };
    let factor = Decimal::from(factor);
    if part >= factor || item.numeral.decimals {
        return;
    }
    if let Some(total) = item
        .value
        .and_then(|value| value.checked_mul(factor))
        .and_then(|value| value.checked_add(part))
    {
        item.value = Some(total);
        item.unit = Some(smaller.to_owned().into());
        item.extend_to(after);
        match smaller {
            // `1 h 20 min 30 s`, `64 jours 19 heures 22 minutes`
            "minute" | "hour" => compound(block, item, smaller),
            "second" => fraction_of_second(block, item),
            _ => {}
        }
    }
}

/// `trois quarts` after an hour, `and a quarter`, `and three-quarters`: the part of it, and one past it.
fn quarters_more(block: &Block<'_, '_>, end: usize) -> Option<(Decimal, usize)> {
    let and = block.is_one_of(end, &["et", "and"]);
    let at = end + usize::from(and);
    if and && block.is_one_of(at, &["a"]) && block.is_one_of(at + 1, &["quarter"]) {
        return Some((Decimal::new(25, 2), at + 2));
    }
    let quarters = at + 1 + usize::from(block.tokens.is_mark(at + 1, '-'));
    let three =
        block.is_one_of(at, &["trois", "three"]) && block.is_one_of(quarters, &["quarts", "quarters"]);
    (three && (and || block.lang.decimal_comma)).then(|| (Decimal::new(75, 2), quarters + 1))
}

/// `9 s 58`, `1 min 19 s 327`: hundredths or thousandths.
fn fraction_of_second(block: &Block<'_, '_>, item: &mut Item) {
    let (tokens, end) = (block.tokens, item.end);
    let digits = tokens.raw(end).len();
    let written = tokens.is_number(end) && tokens.spaced(end) && matches!(digits, 2 | 3);
    if !written || item.numeral.decimals || tokens.is_word(end + 1) && tokens.glued(end + 1) {
        return;
    }
    // A number of its own goes on: `en 3 s 120 mètres plus loin`.
    if unit::read(tokens, end + 1, block.lang.lang).is_some() {
        return;
    }
    let part = tokens
        .raw(end)
        .parse()
        .ok()
        .map(|n: i64| Decimal::new(n, digits as u32));
    if let Some(total) = item
        .value
        .zip(part)
        .and_then(|(value, part)| value.checked_add(part))
    {
        item.value = Some(total);
        item.extend_to(end + 1);
    }
}

/// The number of smaller units at `i`, and one past it.
fn smaller_part(block: &Block<'_, '_>, i: usize, larger: &str, smaller: &str) -> Option<(Decimal, usize)> {
    let tokens = block.tokens;
    let and = block.is_one_of(i, &["et", "and"]);
    let at = if and { i + 1 } else { i };
    if larger == "kg"
        && !and
        && tokens.is_number(at)
        && tokens.spaced(at)
        && tokens.raw(at).len() == 3
        && !tokens.is_word(at + 1)
    {
        return Some((tokens.raw(at).parse().ok()?, at + 1));
    }
    let (value, end) = if tokens.is_number(at) && tokens.near(at) && tokens.raw(at).len() <= 2 {
        (tokens.raw(at).parse().ok()?, at + 1)
    } else if matches!(block.word(at), Word::Cardinal(_)) {
        let numeral = block
            .words()
            .read(at)
            .filter(|n| n.form == Form::Words && !n.decimals)?;
        (numeral.value, numeral.end)
    } else {
        return None;
    };
    let named = unit::read(tokens, end, block.lang.lang).filter(|(unit, _)| unit.symbol == smaller);
    if let Some((_, after)) = named {
        return Some((value, after));
    }
    // `3h 25m`
    if larger == "hour" && tokens.raw(end) == "m" && tokens.glued(end) && !tokens.is_number(end + 1) {
        return Some((value, end + 1));
    }
    // Without its unit only right after the larger one: `1 h 30`, `3 mètres 50`.
    let two_digits = tokens.is_number(at) && tokens.raw(at).len() == 2;
    let closed = !tokens.is_word(end)
        && !tokens.is_number(end)
        && !matches!(tokens.mark(end), Some('%' | '€' | '$' | '/'))
        || block.lang.function_words.has(tokens.fold(end));
    let spelled = matches!(larger, "m" | "hour")
        && matches!(block.word(at), Word::Cardinal(_))
        && value >= Decimal::TEN;
    // `le show de 2 h 20 voyage`
    let hours = larger == "hour"
        && two_digits
        && value < Decimal::from(60)
        && tokens.fold(i.saturating_sub(1)) == "h"
        && tokens.is_word(end)
        && !tokens.raw(end).ends_with(['s', 'x'])
        && unit::read(tokens, end, block.lang.lang).is_none();
    let closed = closed || hours;
    let takes = matches!(larger, "hour" | "minute" | "m") && !and && (two_digits || spelled) && closed;
    takes.then_some((value, end))
}
