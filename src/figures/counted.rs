//! What a number counts: nouns, times (`trois fois`), parts of a whole; and bare numbers that are no figure.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::exclude;
use super::lexicon::{Card, Word};
use super::measure::Measure;
use super::noun;
use super::numeral::{Form, Numeral};
use super::spelled;
use crate::record::{FigureKind, Lang, Qualifier};

/// Times that a number without a unit can be told of.
pub(super) const TIMES: &[&str] = &["h", "day", "week", "month", "quarter", "year"];

impl Measure<'_, '_, '_> {
    /// `trois fois`, `3x`.
    pub(super) fn times(&mut self) -> bool {
        let tokens = self.block.tokens;
        let i = self.item.end;
        // `a 10-fold rise`
        let fold = self.block.lang.lang == Lang::En
            && tokens.is_mark(i, '-')
            && tokens.glued(i)
            && tokens.glued(i + 1)
            && tokens.fold(i + 1) == "fold";
        if fold {
            self.item.kind = FigureKind::Multiple;
            self.item.extend_to(i + 2);
            return true;
        }
        let multiplied = self.block.is_one_of(i, &["fois", "times"])
            || tokens.glued(i)
                && (tokens.raw(i) == "x" || tokens.is_mark(i, '×'))
                && !(tokens.glued(i + 1) && tokens.is_number(i + 1));
        if !multiplied || self.item.numeral.form == Form::Several {
            return false;
        }
        let one = self.item.numeral.form == Form::Words && self.item.numeral.value == Decimal::ONE;
        // `une fois et demie le budget`
        let half_more =
            self.block.is_one_of(i + 1, &["et"]) && self.block.is_one_of(i + 2, &["demi", "demie"]);
        if one && !half_more {
            return false;
        }
        self.item.kind = FigureKind::Multiple;
        self.item.extend_to(i + 1);
        // `deux fois et demie`
        if let Some(half) = spelled::half_more(
            self.block,
            &Numeral {
                end: i + 1,
                scale: Decimal::ONE,
                ..self.item.numeral
            },
        ) {
            self.item.value = Some(half.value);
            self.item.extend_to(half.end);
        }
        if super::ratio::times_out_of(self.block, &mut self.item) {
            return true;
        }
        let unit = "fois";
        if let Some((per, end)) = super::rate::denominator(self.block, i + 1, &self.item, Some(unit)) {
            self.item.kind = FigureKind::Rate;
            self.item.unit = Some(Cow::Owned(format!("{unit}/{per}")));
            self.item.extend_to(end);
        }
        true
    }

    /// `300-plus tonnes`, `thirty-odd years`: the word stands inside the figure.
    pub(super) fn hung_in_measure(&mut self) {
        let (tokens, lang) = (self.block.tokens, self.block.lang.lang);
        let next = self.item.end + 2;
        let measured = super::unit::read(tokens, next, lang).is_some()
            || super::currency::suffix(tokens, next, lang).is_some();
        if measured && self.hung_bound() {
            self.item.extend_to(next);
        }
    }

    /// `£30 million-plus`, `340-odd`: how exactly is hung on to the number; it is then among the words that qualify it.
    pub(super) fn hung_bound(&mut self) -> bool {
        let (tokens, end) = (self.block.tokens, self.item.end);
        let hung = self.block.lang.lang == Lang::En
            && tokens.is_mark(end, '-')
            && tokens.glued(end)
            && tokens.glued(end + 1)
            && self.item.qualifier == Qualifier::Exact;
        match tokens.fold(end + 1) {
            "plus" if hung => (self.item.qualifier, self.item.min) = (Qualifier::AtLeast, self.item.value),
            "odd" if hung => self.item.qualifier = Qualifier::Approx,
            _ => return false,
        }
        (self.item.full_end, self.item.reach) = (end + 2, end + 2);
        true
    }

    /// `the 90-person startup`, `186-seat jets`
    pub(super) fn hung_noun(&mut self) -> bool {
        let tokens = self.block.tokens;
        let noun = self.item.end + 1;
        if self.hung_bound() {
            // `340-odd satellites`
            if let Some(found) = noun::read(self.block, noun + 1, noun::Want::PLURAL) {
                self.item.unit = Some(Cow::Owned(tokens.raw(found.first).to_owned()));
                self.item.reach = found.end;
            }
            return true;
        }
        let hung = self.block.lang.lang == Lang::En
            && tokens.is_mark(self.item.end, '-')
            && tokens.glued(self.item.end)
            && tokens.glued(noun)
            && tokens.is_word(noun)
            && tokens.is_word(noun + 1)
            && tokens.spaced(noun + 1)
            && !tokens.is_capital(noun)
            && tokens.fold(noun).len() > 2
            && !self
                .block
                .is_one_of(noun, &["odd", "plus", "fold", "something", "strong", "and", "to"]);
        if hung {
            self.item.unit = Some(Cow::Owned(tokens.raw(noun).to_owned()));
            self.item.reach = noun + 1;
        }
        hung
    }

    /// `un appareil par mois`
    pub(super) fn one_by_time(&mut self) -> bool {
        let want = noun::Want {
            plural: false,
            after_of: false,
            needs_of: false,
        };
        let tokens = self.block.tokens;
        let Some(found) = noun::read(self.block, self.item.end, want) else {
            return false;
        };
        let by = self.block.lang.decimal_comma && self.block.is_one_of(found.end, &["par"]);
        let Some(per) = self
            .block
            .lang
            .per
            .get(tokens.fold(found.end + 1))
            .filter(|per| by && TIMES.contains(per))
        else {
            return false;
        };
        let start = tokens.get(found.first).map_or(0, |token| token.start);
        let end = tokens.get(found.end - 1).map_or(start, |token| token.end);
        self.item.unit = Some(Cow::Owned(format!("{}/{per}", self.block.slice(start, end))));
        self.item.kind = FigureKind::Rate;
        self.item.extend_to(found.end + 2);
        true
    }

    /// The noun counted; `un` before a noun is an article.
    pub(super) fn noun(&mut self) -> bool {
        let numeral = self.item.numeral;
        if numeral.form == Form::Words && numeral.value == Decimal::ONE {
            return self.one_by_time();
        }
        if self.hung_noun() {
            return true;
        }
        let plural = numeral.value.abs() >= Decimal::TWO;
        let want = noun::Want {
            plural,
            after_of: self.takes_of(),
            needs_of: matches!(
                self.block.word(numeral.end.saturating_sub(1)),
                Word::Cardinal(Card::Scale(_))
            ),
        };
        let Some(found) = noun::read(self.block, self.item.end, want) else {
            return false;
        };
        // `les Trente Glorieuses`: a name.
        let tokens = self.block.tokens;
        let title = numeral.form == Form::Words
            && tokens.is_capital(numeral.first)
            && !self.block.is_sentence_start(numeral.first)
            && tokens.is_capital(found.first);
        if title {
            return false;
        }
        if numeral.form == Form::Fraction {
            return true;
        }
        let tokens = self.block.tokens;
        let start = tokens.get(found.first).map_or(0, |token| token.start);
        let text = (found.first..found.end)
            .next_back()
            .and_then(|last| tokens.get(last))
            .map_or(start, |token| token.end);
        self.item.unit = Some(Cow::Owned(self.block.slice(start, text)));
        self.item.reach = found.end;
        let noun = self.item.unit.as_deref().unwrap_or_default().to_owned();
        if let Some((per, end)) = super::rate::denominator(self.block, found.end, &self.item, Some(&noun)) {
            self.item.kind = FigureKind::Rate;
            self.item.unit = Some(Cow::Owned(format!("{noun}/{per}")));
            self.item.extend_to(end);
        }
        true
    }

    /// `un salarié sur cinq`, `8 sur 10`, `4,5 sur 5`.
    pub(super) fn out_of(&mut self) {
        super::ratio::out_of(self.block, &mut self.item);
    }

    /// A bare number that is none: an article, a name, an address.
    pub(super) fn is_no_figure(&self) -> bool {
        let numeral = &self.item.numeral;
        let block = self.block;
        if block.is_whole(numeral.first, numeral.end) {
            return false;
        }
        // The first of `15-20 minutes`, `3 à 4 milliards` has its unit further on.
        let range = matches!(block.tokens.mark(numeral.end), Some('-' | '–'))
            || block.is_one_of(numeral.end, &["à", "to", "ou", "or"]);
        let ranged = range && block.tokens.is_number(numeral.end + 1) && numeral.form == Form::Digits;
        if ranged || super::ratio::is_out_of(block, &self.item) {
            return false;
        }
        match numeral.form {
            Form::Digits => exclude::after_reading(block, numeral),
            Form::Words => exclude::bare_word(block, numeral),
            Form::Fraction | Form::Ordinal => false,
            Form::About | Form::Several => false,
        }
    }
}
