//! English number words: `two hundred and fifty-one thousand`, `a hundred`, `twelve point five`.

use rust_decimal::Decimal;

use super::lexicon::{Card, Word};
use super::numeral::{Form, Numeral, power_of_ten};
use super::words::{Part, Words};

impl Words<'_, '_> {
    /// Reads the English number that begins at token `i`.
    pub(super) fn read_en(&self, i: usize) -> Option<Numeral> {
        let mut total: u128 = 0;
        let mut end = i;
        let mut ordinal = false;
        let mut last_scale = u8::MAX;
        while let Some(block) = self.en_thousand(if end == i { i } else { self.en_joined(end) }) {
            end = block.end;
            ordinal = block.ordinal;
            let next = self.joined(end);
            let (power, ends) = match self.word(next) {
                Word::Cardinal(Card::Thousand) => (3, false),
                Word::Ordinal(Card::Thousand) => (3, true),
                Word::Cardinal(Card::Scale(power)) => (power, false),
                Word::Ordinal(Card::Scale(power)) => (power, true),
                _ => (0, false),
            };
            if ordinal || power == 0 || power >= last_scale || block.value == 0 {
                total = total.checked_add(block.value)?;
                break;
            }
            total = total.checked_add(block.value.checked_mul(10u128.checked_pow(power.into())?)?)?;
            (end, last_scale, ordinal) = (next + 1, power, ends);
            if ends {
                break;
            }
        }
        if end == i {
            return None;
        }
        let value = Decimal::try_from_i128_with_scale(i128::try_from(total).ok()?, 0).ok()?;
        let form = if ordinal { Form::Ordinal } else { Form::Words };
        let mut numeral = Numeral::new(i, end, value, form);
        if last_scale != u8::MAX {
            numeral.scale = power_of_ten(last_scale);
        }
        Some(numeral)
    }

    /// Steps over a hyphen or an `and` inside a number.
    fn en_joined(&self, i: usize) -> usize {
        let next = self.joined(i);
        let and = self.tokens.fold(next) == "and";
        if and && matches!(self.word(next + 1), Word::Cardinal(_) | Word::Ordinal(_)) {
            next + 1
        } else {
            next
        }
    }

    /// Below a thousand, and `fifteen hundred`: `[n] hundred [and] [n]`.
    pub(super) fn en_thousand(&self, i: usize) -> Option<Part> {
        let hundred_word = |at| match self.word(at) {
            Word::Cardinal(Card::Hundred) => Some(false),
            Word::Ordinal(Card::Hundred) => Some(true),
            _ => None,
        };
        let block = self.en_hundred(i)?;
        let at = self.joined(block.end);
        if block.ordinal || block.value == 0 || block.value > 99 {
            return Some(block);
        }
        match hundred_word(at) {
            None => Some(block),
            Some(true) => Some(Part {
                value: block.value * 100,
                end: at + 1,
                ordinal: true,
            }),
            Some(false) => {
                let value = block.value * 100;
                match self.en_hundred(self.en_joined(at + 1)) {
                    Some(rest) if rest.value > 0 => Some(Part {
                        value: value + rest.value,
                        ..rest
                    }),
                    _ => Some(Part {
                        value,
                        end: at + 1,
                        ordinal: false,
                    }),
                }
            }
        }
    }

    /// Below a hundred; `a` counts as one before a hundred or a scale.
    fn en_hundred(&self, i: usize) -> Option<Part> {
        if matches!(self.tokens.fold(i), "a" | "an") {
            let big = matches!(
                self.word(i + 1),
                Word::Cardinal(Card::Hundred | Card::Thousand | Card::Scale(_))
            );
            return big.then_some(Part {
                value: 1,
                end: i + 1,
                ordinal: false,
            });
        }
        match self.word(i) {
            Word::Cardinal(Card::Unit(n)) => Some(Part {
                value: n.into(),
                end: i + 1,
                ordinal: false,
            }),
            Word::Ordinal(Card::Unit(n)) => Some(Part {
                value: n.into(),
                end: i + 1,
                ordinal: true,
            }),
            Word::Ordinal(Card::Ten(n)) => Some(Part {
                value: n.into(),
                end: i + 1,
                ordinal: true,
            }),
            Word::Cardinal(Card::Ten(ten)) => {
                let next = self.joined(i + 1);
                let alone = Part {
                    value: ten.into(),
                    end: i + 1,
                    ordinal: false,
                };
                match self.word(next) {
                    Word::Cardinal(Card::Unit(n @ 1..=9)) => Some(Part {
                        value: u128::from(ten) + u128::from(n),
                        end: next + 1,
                        ordinal: false,
                    }),
                    Word::Ordinal(Card::Unit(n @ 1..=9)) => Some(Part {
                        value: u128::from(ten) + u128::from(n),
                        end: next + 1,
                        ordinal: true,
                    }),
                    _ => Some(alone),
                }
            }
            _ => None,
        }
    }
}
