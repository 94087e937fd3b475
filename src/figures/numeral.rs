//! A number as the text spells it, before anybody asks what it counts.

use rust_decimal::Decimal;

/// How a number is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `12 000`, `1,5`.
    Digits,
    /// `douze mille`.
    Words,
    /// `2/3`, `deux tiers`, `½`.
    Fraction,
    /// `2e`, `deuxième`.
    Ordinal,
    /// `une vingtaine`: about that many.
    About,
    /// `des milliers`, `plusieurs millions`: the value is one of the scale.
    Several,
}

/// A number and the tokens that spell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numeral {
    /// First token.
    pub first: usize,
    /// One past the last token.
    pub end: usize,
    /// Scale words applied.
    pub value: Decimal,
    pub form: Form,
    /// The last scale word that was applied, 1 where there was none.
    pub scale: Decimal,
    /// Digits before the decimal mark; 0 for words.
    pub digits: usize,
    /// Written with separators between thousands.
    pub grouped: bool,
    /// Written with decimals.
    pub decimals: bool,
    /// Written with a sign.
    pub signed: bool,
}

impl Numeral {
    pub fn new(first: usize, end: usize, value: Decimal, form: Form) -> Numeral {
        Numeral {
            first,
            end,
            value,
            form,
            scale: Decimal::ONE,
            digits: 0,
            grouped: false,
            decimals: false,
            signed: false,
        }
    }

    /// One to four digits and nothing else: what names and years are made of.
    pub fn is_plain(&self) -> bool {
        self.form == Form::Digits
            && !self.grouped
            && !self.decimals
            && !self.signed
            && self.scale == Decimal::ONE
    }
}

/// Ten to the power of `exponent`, which is at most 28.
pub(super) fn power_of_ten(exponent: u8) -> Decimal {
    let mut power = Decimal::ONE;
    for _ in 0..exponent.min(28) {
        power *= Decimal::TEN;
    }
    power
}

/// `a / b` with every digit that a decimal holds.
pub(super) fn ratio(a: Decimal, b: Decimal) -> Option<Decimal> {
    a.checked_div(b)
}
