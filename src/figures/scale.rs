//! Scales after a number: `3 milliards`, `2 millions 300 000`, `4,5 Md€`, `$4.5bn`, `100K`.

use rust_decimal::Decimal;

use super::currency;
use super::digits::Reading;
use super::lexicon::{Card, Word};
use super::measure::Measure;
use super::noun;
use super::numeral::{Form, Numeral, power_of_ten};
use super::spelled;
use crate::record::{Lang, Qualifier};

impl Measure<'_, '_, '_> {
    /// `millions`, `milliards`, `mille` after digits; `Md`, `M`, `k` before a currency.
    pub(super) fn scale(&mut self) {
        for _ in 0..2 {
            let i = self.item.end;
            let at = self.block.words().joined(i);
            let power = match self.block.word(at) {
                Word::Cardinal(Card::Scale(power)) => power,
                Word::Cardinal(Card::Thousand)
                    if self.item.numeral.form == Form::Digits || self.item.numeral.decimals =>
                {
                    3
                }
                Word::Cardinal(Card::Hundred)
                    if self.block.lang.lang == Lang::En && self.item.numeral.form == Form::Digits =>
                {
                    2
                }
                _ => break,
            };
            let scaled_already =
                self.item.numeral.scale != Decimal::ONE && self.item.numeral.scale != Decimal::ONE_THOUSAND;
            if scaled_already && !(self.item.numeral.form == Form::Words && self.item.numeral.decimals) {
                break;
            }
            self.multiply(power_of_ten(power), at + 1);
        }
        // `un milliard de milliards d'opérations`
        if self.item.numeral.scale >= power_of_ten(6)
            && self.block.is_one_of(self.item.end, &["de"])
            && let Word::Cardinal(Card::Scale(power)) = self.block.word(self.item.end + 1)
            && self.block.tokens.fold(self.item.end + 1).ends_with('s')
        {
            self.multiply(power_of_ten(power), self.item.end + 2);
        }
        self.lower_part();
        if let Some(numeral) = spelled::half_more(
            self.block,
            &Numeral {
                end: self.item.end,
                ..self.item.numeral
            },
        ) && self.item.value.is_some()
        {
            self.item.numeral = numeral;
            self.item.value = Some(numeral.value);
            self.item.extend_to(numeral.end);
        }
        if let Some((power, end)) = self.short_scale() {
            self.multiply(power_of_ten(power), end);
        }
    }

    /// `2 millions 300 000`, `3 milliards 200 millions`.
    fn lower_part(&mut self) {
        let tokens = self.block.tokens;
        let i = self.item.end;
        if self.item.numeral.scale == Decimal::ONE || self.item.numeral.decimals || !tokens.near(i) {
            return;
        }
        let low = if tokens.is_number(i) {
            match super::digits::read(tokens, i, self.block.lang.decimal_comma) {
                Reading::Number(low) if !low.decimals => low,
                _ => return,
            }
        } else if self.item.numeral.form == Form::Digits && matches!(self.block.word(i), Word::Cardinal(_)) {
            match self.block.words().read(i) {
                Some(low)
                    if low.form == Form::Words && !low.decimals && low.value >= Decimal::ONE_HUNDRED =>
                {
                    low
                }
                _ => return,
            }
        } else {
            return;
        };
        let (value, end) = match self.block.word(low.end) {
            Word::Cardinal(Card::Scale(power)) => (low.value.checked_mul(power_of_ten(power)), low.end + 1),
            Word::Cardinal(Card::Thousand) => (low.value.checked_mul(Decimal::ONE_THOUSAND), low.end + 1),
            _ if low.grouped || low.form == Form::Words => (Some(low.value), low.end),
            _ => return,
        };
        if let (Some(low), Some(high)) = (value, self.item.value)
            && low < self.item.numeral.scale
            && let Some(sum) = high.checked_add(low)
        {
            self.item.value = Some(sum);
            self.item.numeral.value = sum;
            self.item.numeral.end = end;
            self.item.extend_to(end);
        }
    }

    pub(super) fn multiply(&mut self, scale: Decimal, end: usize) {
        let numeral = &mut self.item.numeral;
        let (Some(value), Some(total)) = (numeral.value.checked_mul(scale), numeral.scale.checked_mul(scale))
        else {
            self.overflow = true;
            return;
        };
        (numeral.value, numeral.scale, numeral.end) = (value, total, end);
        match self.item.qualifier {
            Qualifier::Multiple => self.item.min = Some(value),
            _ => self.item.value = Some(value),
        }
        self.item.extend_to(end);
    }

    /// `Md€`, `M d'euros`, `k€`, `$4.5bn`, `100K`, `24B paramètres`: a letter is a scale where money or a noun follows,
    /// and `M` without them where it can be nothing else.
    fn short_scale(&self) -> Option<(u8, usize)> {
        let tokens = self.block.tokens;
        let i = self.item.end;
        if !tokens.is_word(i) || !tokens.near(i) || self.item.numeral.form == Form::Words {
            return None;
        }
        let raw = tokens.raw(i);
        let dotted = tokens.is_mark(i + 1, '.') && tokens.glued(i + 1);
        let english = self.block.lang.lang == Lang::En;
        let power = match raw {
            "k" | "K" => 3,
            "MIO" => 6,
            "MRD" => 9,
            "M" | "Mio" | "mio" | "mios" | "Mios" | "MM" | "Mn" => 6,
            "m" if self.prefix.is_some() || self.money_at(i + 1) && tokens.glued(i + 1) => 6,
            "Md" | "Mds" | "md" | "mds" | "Mrd" | "Mrds" | "mrd" | "mrds" | "Mia" | "mia" | "bn" | "Bn"
            | "BN" | "MD" | "MDS" => 9,
            // `€250mn`
            "mn" if self.prefix.is_some() || english && tokens.glued(i) => 6,
            // `plug-in sales climbed to 1.9m in October`
            "m" if english
                && tokens.glued(i)
                && self.item.numeral.decimals
                && self.block.is_one_of(i + 1, &["in"])
                && (matches!(self.block.word(i + 2), Word::Month(_)) || tokens.is_number(i + 2)) =>
            {
                6
            }
            "mn" | "m"
                if english
                    && (raw == "mn" || tokens.glued(i))
                    && (noun::read(self.block, i + 1, noun::Want::PLURAL).is_some()
                        || super::unit::read(tokens, i + 1, Lang::En).is_some()) =>
            {
                6
            }
            // `sales of 5.5m vehicles, up from 4.9m.`
            "m" if english
                && tokens.glued(i)
                && self.item.numeral.decimals
                && (tokens.mark(i + 1).is_some_and(|mark| ".,;)".contains(mark))
                    // `around 1.3m are run by`
                    || self.block.is_one_of(i + 1, &["are", "were", "have", "had", "who"])
                    || i + 1 == tokens.len()) =>
            {
                6
            }
            "B" | "b" | "G" if self.prefix.is_some() || self.money_at(i + 1) => 9,
            "G" if self.block.is_whole(self.item.first, i + 1) => 9,
            // `un modèle de 8B`
            "B" if tokens.glued(i) && self.is_of_model() => 9,
            "B" if tokens.glued(i)
                && self
                    .block
                    .is_one_of(i + 1, &["parametres", "parameters", "de", "tokens"]) =>
            {
                9
            }
            "tn" | "trn" | "T" if self.prefix.is_some() => 12,
            "T" if tokens.glued(i) && (self.are_tokens(i + 1) || self.are_tokens(i + 2)) => 12,
            _ => return None,
        };
        let end = i + 1;
        let money = self.prefix.is_some() || self.money_at(end) || dotted && self.money_at(end + 1);
        let of =
            self.block.is_one_of(end, &["de"]) && (power > 3 || tokens.glued(i)) && tokens.is_word(end + 1);
        let thousands = matches!(raw, "K" | "k")
            && tokens.glued(i)
            && noun::read(self.block, end, noun::Want::PLURAL).is_some();
        let clear = matches!(
            raw,
            "Md" | "Mds"
                | "MDS"
                | "MIO"
                | "MRD"
                | "Mrd"
                | "Mrds"
                | "mrd"
                | "mia"
                | "Mia"
                | "bn"
                | "Mio"
                | "mio"
                | "mios"
                | "k"
                | "mn"
        ) || english && raw == "m" && tokens.glued(i) && self.prefix.is_none() && power == 6;
        let whole = self.block.is_whole(self.item.first, end);
        let learned = matches!(raw, "B" | "T") && self.are_tokens(end) || raw == "B" && self.is_of_model();
        let millions = raw == "M" && self.is_million_alone(end);
        (money || of || thousands || clear || whole || learned || millions).then_some((
            power,
            if dotted && money && self.prefix.is_none() {
                end + 1
            } else {
                end
            },
        ))
    }

    /// `le petit modèle de 8B`
    fn is_of_model(&self) -> bool {
        let first = self.item.numeral.first;
        first > 1
            && self.block.is_one_of(first - 1, &["de", "à"])
            && self
                .block
                .is_one_of(first - 2, &["modele", "modeles", "version", "versions", "llm"])
    }

    /// What models are measured in: `24B paramètres`, `15T tokens`.
    fn are_tokens(&self, i: usize) -> bool {
        self.block
            .is_one_of(i, &["parametres", "parameters", "tokens", "jetons"])
    }

    /// `dont 18,9 M en Italie`, `+1,2 M net`: the letter before `end` is a scale, and neither a name's (`3M`,
    /// `Euribor 6 M`) nor `M. Dupont`'s.
    fn is_million_alone(&self, end: usize) -> bool {
        let tokens = self.block.tokens;
        let whole = !self.item.numeral.decimals;
        let named = self
            .item
            .numeral
            .first
            .checked_sub(1)
            .is_some_and(|before| tokens.is_capital(before));
        let short = tokens.glued(end - 1) && self.item.numeral.value < Decimal::TEN;
        if whole && (named || short) {
            return false;
        }
        if tokens.is_mark(end, '.') {
            return !whole || !tokens.is_word(end + 1) || !tokens.is_capital(end + 1);
        }
        let apart = !tokens.glued(end) || tokens.mark(end).is_some_and(|mark| !"-'’&/".contains(mark));
        apart && !tokens.is_capital(end) && !tokens.is_number(end)
    }

    /// A currency at `i`, with or without `de`.
    fn money_at(&self, i: usize) -> bool {
        let at = if self.block.is_one_of(i, &["de"]) {
            i + 1
        } else {
            i
        };
        currency::suffix(self.block.tokens, at, self.block.lang.lang).is_some()
    }
}
