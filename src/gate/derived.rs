//! How a number was derived from others: rounded, rescaled, added up. Only for the wording and the pairing
//! of findings: a derived number is reported all the same.

use super::board::Board;
use super::reading::Reading;
use rust_decimal::Decimal;
use std::collections::HashMap;

/// Figures of the source looked through for two that add up.
const SUM_REACH: usize = 2_000;

/// The digits that matter: no zeros at either end, no point.
pub(super) fn digits(value: Decimal) -> Vec<u8> {
    let all = value.normalize().mantissa().unsigned_abs().to_string();
    all.trim_matches('0').bytes().collect()
}

/// Whether `rounded` is `value` to fewer digits.
pub(super) fn is_rounded(value: Decimal, rounded: Decimal) -> bool {
    // A rounding changes a value by less than itself.
    let close = value
        .checked_sub(rounded)
        .is_some_and(|change| change.abs() <= value.abs());
    if value == rounded || !close {
        return false;
    }
    let kept = digits(rounded).len();
    if kept == 0 || kept >= digits(value).len() {
        return false;
    }
    let figures = u32::try_from(kept).unwrap_or(u32::MAX);
    value
        .round_sf(figures)
        .is_some_and(|near| near.normalize() == rounded.normalize())
}

/// Whether two values differ by a power of ten only.
pub(super) fn is_scaled(one: Decimal, other: Decimal) -> bool {
    let mantissa = |value: Decimal| value.normalize().mantissa().unsigned_abs().to_string();
    let (one, other) = (mantissa(one), mantissa(other));
    one.trim_end_matches('0') == other.trim_end_matches('0')
}

/// Two figures of the source, of the same sort, that add up to this one.
pub(super) fn summands(board: &Board, sum: &Reading) -> Option<(usize, usize)> {
    let total = sum.point()?;
    let values: Vec<(usize, Decimal)> = board
        .source
        .items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.reading.sort == sum.sort)
        .filter_map(|(at, item)| Some((at, item.reading.point()?)))
        .take(SUM_REACH)
        .collect();
    let by_value: HashMap<Decimal, usize> = values.iter().map(|&(at, value)| (value, at)).collect();
    values.iter().find_map(|&(at, value)| {
        let rest = total.checked_sub(value)?.normalize();
        let other = *by_value.get(&rest)?;
        (other != at && !rest.is_zero()).then_some((at.min(other), at.max(other)))
    })
}
