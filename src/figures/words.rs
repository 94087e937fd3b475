//! Numbers in words: what both languages share.

use rust_decimal::Decimal;

use super::lexicon::{Card, Word};
use super::numeral::{Form, Numeral};
use super::token::Tokens;
use crate::record::Lang;

/// The tokens of a block and what each word means.
pub(super) struct Words<'a, 't> {
    pub tokens: &'a Tokens<'t>,
    pub meanings: &'a [Word],
    pub lang: Lang,
}

/// A part of a number in words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub value: u128,
    /// One past the last token.
    pub end: usize,
    /// Ends in an ordinal (`vingt et unième`).
    pub ordinal: bool,
}

impl Words<'_, '_> {
    /// The number in words that begins at token `i`, with its decimals.
    pub fn read(&self, i: usize) -> Option<Numeral> {
        let numeral = match self.lang {
            Lang::En => self.read_en(i),
            _ => self.read_fr(i),
        }?;
        if numeral.form == Form::Words {
            return Some(self.with_decimals(numeral).unwrap_or(numeral));
        }
        Some(numeral)
    }

    pub fn word(&self, i: usize) -> Word {
        self.meanings.get(i).copied().unwrap_or_default()
    }

    /// The token that continues a number at `i`: the hyphen between two words is stepped over.
    pub fn joined(&self, i: usize) -> usize {
        let hyphen = matches!(self.tokens.mark(i), Some('-' | '\u{2010}' | '\u{2011}'));
        if hyphen && self.tokens.glued(i) && self.tokens.glued(i + 1) {
            i + 1
        } else {
            i
        }
    }

    /// `… virgule zéro cinq`: the digits of each number after the mark, one after the other.
    fn with_decimals(&self, numeral: Numeral) -> Option<Numeral> {
        let mark = self.tokens.fold(numeral.end);
        if mark != (if self.lang == Lang::En { "point" } else { "virgule" }) {
            return None;
        }
        let mut at = numeral.end + 1;
        let mut fraction: i128 = 0;
        let mut digits: u32 = 0;
        while let Some(part) = self.below_thousand(at) {
            let width = if part.value == 0 {
                1
            } else {
                part.value.ilog10() + 1
            };
            digits += width;
            if digits > 20 {
                return None;
            }
            fraction = fraction * 10i128.pow(width) + i128::try_from(part.value).ok()?;
            at = part.end;
        }
        if digits == 0 {
            return None;
        }
        let fraction = Decimal::try_from_i128_with_scale(fraction, digits).ok()?;
        let mut out = Numeral { end: at, ..numeral };
        out.value = numeral.value.checked_add(fraction)?;
        out.decimals = true;
        Some(out)
    }

    fn below_thousand(&self, i: usize) -> Option<Part> {
        let starts = matches!(
            self.word(i),
            Word::Cardinal(Card::Unit(_) | Card::Ten(_) | Card::Hundred)
        );
        if !starts {
            return None;
        }
        let numeral = match self.lang {
            Lang::En => self.en_thousand(i),
            _ => self.fr_thousand(i),
        }?;
        (!numeral.ordinal).then_some(numeral)
    }
}
