//! Numbers in digits: thousands, decimals, signs.
//!
//! `1 234 567,89` with any of the blanks that print uses, `1.234.567,89`, `1,234,567.89`,
//! `1'234'567.89`; which mark is the decimal one is decided by its shape first and by the language
//! where the shape leaves it open. Chains that are no number (`1.2.3`, `01 23 45 67 89`) are skipped whole.

use rust_decimal::Decimal;

use super::numeral::{Form, Numeral};
use super::token::Tokens;

/// What stands at a token of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// A number.
    Number(Numeral),
    /// Digits that are no number, up to this token.
    Skip(usize),
}

/// The longest run of digits that a [`Decimal`] holds.
const MAX_DIGITS: usize = 28;

/// Reads the number whose first digits are token `i`; its sign is looked for before `i`.
pub(super) fn read(tokens: &Tokens<'_>, i: usize, decimal_comma: bool) -> Reading {
    if let Some(end) = dotted_chain(tokens, i) {
        return Reading::Skip(end);
    }
    let mut groups = Groups {
        tokens,
        first: i,
        end: i + 1,
        grouped: false,
    };
    let decimals = groups.read(decimal_comma);
    if let Some(end) = number_sequence(tokens, i, groups.end) {
        return Reading::Skip(end);
    }
    let end = decimals.map_or(groups.end, |token| token + 1);
    let Some(value) = decimal(tokens, i, groups.end, decimals) else {
        return Reading::Skip(end);
    };
    let mut numeral = Numeral::new(i, end, value, Form::Digits);
    numeral.digits = (i..groups.end)
        .filter(|&t| tokens.is_number(t))
        .map(|t| tokens.raw(t).len())
        .sum();
    numeral.grouped = groups.grouped;
    numeral.decimals = decimals.is_some();
    Reading::Number(numeral)
}

/// `,5` or `.5` at the mark `i`.
pub(super) fn read_leading_mark(tokens: &Tokens<'_>, i: usize) -> Option<Numeral> {
    if !matches!(tokens.mark(i), Some(',' | '.')) || !tokens.is_number(i + 1) || !tokens.glued(i + 1) {
        return None;
    }
    let value = decimal(tokens, i, i, Some(i + 1))?;
    let mut numeral = Numeral::new(i, i + 2, value, Form::Digits);
    numeral.decimals = true;
    Some(numeral)
}

/// The end of `1.2.3`, `192.168.0.1`: three or more dotted numbers that are not thousands.
fn dotted_chain(tokens: &Tokens<'_>, i: usize) -> Option<usize> {
    let mut end = i + 1;
    let mut links = 0;
    let mut thousands = tokens.raw(i).len() <= 3;
    while tokens.is_mark(end, '.') && tokens.glued(end) && tokens.is_number(end + 1) && tokens.glued(end + 1)
    {
        thousands &= tokens.raw(end + 1).len() == 3;
        end += 2;
        links += 1;
    }
    (links >= 2 && !thousands).then_some(end)
}

/// The end of `01 23 45 67 89`, `1 2 3 4`: blanks between numbers that are not thousands.
fn number_sequence(tokens: &Tokens<'_>, first: usize, end: usize) -> Option<usize> {
    let mut last = end;
    while tokens.is_number(last) && tokens.spaced(last) {
        last += 1;
    }
    let more = last - end;
    let padded = tokens.raw(first).starts_with('0') && tokens.raw(first).len() == 2;
    (more >= 2 || more == 1 && (padded || end > first + 1)).then_some(last)
}

struct Groups<'a, 't> {
    tokens: &'a Tokens<'t>,
    first: usize,
    /// One past the last group.
    end: usize,
    grouped: bool,
}

impl Groups<'_, '_> {
    /// Reads the groups of thousands; returns the token of the decimals, if any.
    fn read(&mut self, decimal_comma: bool) -> Option<usize> {
        let tokens = self.tokens;
        let can_group = tokens.raw(self.first).len() <= 3 && !tokens.raw(self.first).starts_with('0');
        if can_group {
            if tokens.is_number(self.end) && tokens.spaced(self.end) && self.is_triple(self.end) {
                while tokens.spaced(self.end) && self.is_triple(self.end) {
                    self.end += 1;
                }
                self.grouped = true;
            } else {
                self.marked(&['\'', '’', 'ʼ'], 1);
                // A single group after a mark is one only where the mark is not the decimal one.
                let comma = if decimal_comma { 2 } else { 1 };
                let point = if decimal_comma { 1 } else { 2 };
                let mixed = self.is_marked(self.end, ',') && self.is_marked(self.end + 2, '.');
                self.marked(&[','], if mixed { 1 } else { comma });
                let mixed = self.is_marked(self.end, '.') && self.is_marked(self.end + 2, ',');
                self.marked(&['.'], if mixed { 1 } else { point });
            }
        }
        let mark = tokens.mark(self.end)?;
        let decimals = matches!(mark, ',' | '.') && self.is_marked(self.end, mark);
        // `3,14,15` is a list without blanks.
        let list = mark == ',' && self.is_marked(self.end + 2, ',');
        (decimals && !list).then_some(self.end + 1)
    }

    /// Takes groups of three digits after one of `marks` if there are at least `least` of them.
    fn marked(&mut self, marks: &[char], least: usize) {
        if self.grouped {
            return;
        }
        let mut end = self.end;
        let mut count = 0;
        while marks.iter().any(|&mark| self.is_marked(end, mark)) && self.is_triple(end + 1) {
            end += 2;
            count += 1;
        }
        if count >= least && count > 0 {
            self.end = end;
            self.grouped = true;
        }
    }

    fn is_triple(&self, i: usize) -> bool {
        self.tokens.is_number(i) && self.tokens.raw(i).len() == 3
    }

    /// `mark` at `i` with digits right after it and right before it.
    fn is_marked(&self, i: usize, mark: char) -> bool {
        self.tokens.is_mark(i, mark)
            && self.tokens.glued(i)
            && self.tokens.is_number(i + 1)
            && self.tokens.glued(i + 1)
    }
}

/// The digits of the number tokens in `first..end`, then those of the token `decimals`.
fn decimal(tokens: &Tokens<'_>, first: usize, end: usize, decimals: Option<usize>) -> Option<Decimal> {
    let mut mantissa: i128 = 0;
    let mut length = 0;
    let fraction = decimals.map_or("", |token| tokens.raw(token));
    let integer = (first..end)
        .filter(|&token| tokens.is_number(token))
        .map(|token| tokens.raw(token));
    for digit in integer.chain([fraction]).flat_map(str::bytes) {
        length += usize::from(mantissa != 0 || digit != b'0');
        if length > MAX_DIGITS {
            return None;
        }
        mantissa = mantissa * 10 + i128::from(digit - b'0');
    }
    Decimal::try_from_i128_with_scale(mantissa, u32::try_from(fraction.len()).ok()?).ok()
}
