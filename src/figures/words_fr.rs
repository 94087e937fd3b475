//! French number words: traditional and 1990 spelling, France, Belgium and Switzerland.
//!
//! `quatre-vingt-dix-sept mille deux cent trente et un`, `dix-neuf cent trente`, `septante-neuf`,
//! `deux millions cinq`, `douze virgule zéro cinq`. A sequence that is not one number under the rules
//! of the language (`cinquante soixante`) is read as several.

use rust_decimal::Decimal;

use super::lexicon::{Card, Word};
use super::numeral::{Form, Numeral, power_of_ten};
use super::words::{Part, Words};

impl Words<'_, '_> {
    /// Reads the French number that begins at token `i`.
    pub(super) fn read_fr(&self, i: usize) -> Option<Numeral> {
        let mut total: u128 = 0;
        let mut end = i;
        let mut ordinal = false;
        let mut last_scale = u8::MAX;
        let mut scale = Decimal::ONE;
        while let Some(block) = self.fr_millions(if end == i { i } else { self.joined(end) }) {
            end = block.end;
            ordinal = block.ordinal;
            let next = self.joined(end);
            match self.word(next) {
                Word::Cardinal(Card::Scale(power)) | Word::Ordinal(Card::Scale(power))
                    if !ordinal && power < last_scale && block.value > 0 =>
                {
                    total = total.checked_add(block.value.checked_mul(10u128.checked_pow(power.into())?)?)?;
                    (end, last_scale) = (next + 1, power);
                    scale = power_of_ten(power);
                    ordinal = matches!(self.word(next), Word::Ordinal(_));
                    if ordinal {
                        break;
                    }
                }
                _ => {
                    total = total.checked_add(block.value)?;
                    scale = if last_scale == u8::MAX {
                        Decimal::ONE
                    } else {
                        scale
                    };
                    break;
                }
            }
        }
        if end == i {
            return None;
        }
        let value = Decimal::try_from_i128_with_scale(i128::try_from(total).ok()?, 0).ok()?;
        let form = if ordinal { Form::Ordinal } else { Form::Words };
        let mut numeral = Numeral::new(i, end, value, form);
        // `trois à cinq mille` shares its thousand.
        let thousand = self.word(end - 1) == Word::Cardinal(Card::Thousand) && end > i + 1;
        numeral.scale = if thousand && scale == Decimal::ONE {
            Decimal::ONE_THOUSAND
        } else {
            scale
        };
        Some(numeral)
    }

    /// Below a million: `[n] mille [n]`.
    fn fr_millions(&self, i: usize) -> Option<Part> {
        let (thousands, at) = if self.word(i) == Word::Cardinal(Card::Thousand) {
            (1, i)
        } else if self.word(i) == Word::Ordinal(Card::Thousand) {
            return Some(Part {
                value: 1000,
                end: i + 1,
                ordinal: true,
            });
        } else {
            let block = self.fr_thousand(i)?;
            let at = self.joined(block.end);
            let thousand = matches!(
                self.word(at),
                Word::Cardinal(Card::Thousand) | Word::Ordinal(Card::Thousand)
            );
            if block.ordinal || !thousand || block.value < 2 {
                return Some(block);
            }
            (block.value, at)
        };
        let value = thousands * 1000;
        Some(self.fr_completed(value, at, Self::fr_thousand))
    }

    /// `value`, which ends with the word at `at` (`cent`, `mille`), and what follows it below that word.
    fn fr_completed(&self, value: u128, at: usize, below: fn(&Self, usize) -> Option<Part>) -> Part {
        let end = at + 1;
        if matches!(self.word(at), Word::Ordinal(_)) {
            return Part {
                value,
                end,
                ordinal: true,
            };
        }
        match below(self, self.joined(end)) {
            Some(rest) if rest.value > 0 => Part {
                value: value + rest.value,
                ..rest
            },
            _ => Part {
                value,
                end,
                ordinal: false,
            },
        }
    }

    /// Below a thousand, and `onze cents` to `dix-neuf cents`: `[n] cent [n]`.
    pub(super) fn fr_thousand(&self, i: usize) -> Option<Part> {
        let (hundreds, at) = match self.word(i) {
            Word::Cardinal(Card::Hundred) => (1, i),
            Word::Ordinal(Card::Hundred) => {
                return Some(Part {
                    value: 100,
                    end: i + 1,
                    ordinal: true,
                });
            }
            _ => {
                let block = self.fr_hundred(i)?;
                let at = self.joined(block.end);
                let many = (2..=9).contains(&block.value) || (11..=19).contains(&block.value);
                let hundred = matches!(
                    self.word(at),
                    Word::Cardinal(Card::Hundred) | Word::Ordinal(Card::Hundred)
                );
                if block.ordinal || !many || !hundred {
                    return Some(block);
                }
                (block.value, at)
            }
        };
        let value = hundreds * 100;
        Some(self.fr_completed(value, at, Self::fr_hundred))
    }

    /// Below a hundred.
    fn fr_hundred(&self, i: usize) -> Option<Part> {
        match self.word(i) {
            Word::Cardinal(Card::Unit(4)) => {
                let next = self.joined(i + 1);
                match self.word(next) {
                    Word::Cardinal(Card::Ten(20)) => Some(self.fr_after_ten(80, next)),
                    Word::Ordinal(Card::Ten(20)) => Some(Part {
                        value: 80,
                        end: next + 1,
                        ordinal: true,
                    }),
                    _ => Some(Part {
                        value: 4,
                        end: i + 1,
                        ordinal: false,
                    }),
                }
            }
            Word::Cardinal(Card::Unit(_)) | Word::Ordinal(Card::Unit(_)) => self.fr_unit(i),
            Word::Cardinal(Card::Ten(ten)) => Some(self.fr_after_ten(ten.into(), i)),
            Word::Ordinal(Card::Ten(ten)) => Some(Part {
                value: ten.into(),
                end: i + 1,
                ordinal: true,
            }),
            _ => None,
        }
    }

    /// `dix`, `dix-sept`, `trois`, `onzième`.
    fn fr_unit(&self, i: usize) -> Option<Part> {
        match self.word(i) {
            Word::Cardinal(Card::Unit(10)) => {
                let next = self.joined(i + 1);
                match self.word(next) {
                    Word::Cardinal(Card::Unit(n @ 7..=9)) => Some(Part {
                        value: 10 + u128::from(n),
                        end: next + 1,
                        ordinal: false,
                    }),
                    Word::Ordinal(Card::Unit(n @ 7..=9)) => Some(Part {
                        value: 10 + u128::from(n),
                        end: next + 1,
                        ordinal: true,
                    }),
                    _ => Some(Part {
                        value: 10,
                        end: i + 1,
                        ordinal: false,
                    }),
                }
            }
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
            _ => None,
        }
    }

    /// What can follow the word for a multiple of ten, which is token `at`.
    fn fr_after_ten(&self, ten: u128, at: usize) -> Part {
        let alone = Part {
            value: ten,
            end: at + 1,
            ordinal: false,
        };
        let mut next = self.joined(at + 1);
        let and = self.tokens.fold(next) == "et";
        if and {
            next = self.joined(next + 1);
        }
        // `deux mille vingt-quatre` and `vingt mille` are not units after a ten.
        let Some(unit) = self.fr_unit(next) else {
            return alone;
        };
        let most = if matches!(ten, 60 | 80) { 19 } else { 9 };
        let fits = (1..=most).contains(&unit.value)
            && (!and || matches!(unit.value, 1 | 11))
            && (unit.value != 1 || and || ten == 80 || unit.ordinal || self.tokens.glued(next))
            // `quatre` of `vingt quatre-vingts` belongs to what follows.
            && !(unit.value == 4 && matches!(self.word(self.joined(unit.end)), Word::Cardinal(Card::Ten(20))));
        if fits {
            Part {
                value: ten + unit.value,
                ..unit
            }
        } else {
            alone
        }
    }
}
