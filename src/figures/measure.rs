//! A number and what it measures: scale, currency, percent, unit, counted noun, rate.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::block::Block;
use super::currency::{self, Currency};
use super::digits::Reading;
use super::exclude;
use super::item::Item;
use super::lexicon::{Card, Word};
use super::noun;
use super::numeral::{Form, Numeral, power_of_ten};
use super::spelled;
use super::unit;
use crate::record::{FigureKind, Lang, Qualifier};

/// What a rule found at a token.
#[derive(Debug)]
pub(super) enum Found {
    /// A figure, and where to go on.
    Item(Box<Item>, usize),
    /// No figure, but digits that must not be read again.
    Skip(usize),
    Nothing,
}

/// Reads the figure that begins at token `i`; `floor` is the first token that no figure has taken.
pub(super) fn read(block: &Block<'_, '_>, i: usize, floor: usize) -> Found {
    let (sign, at) = sign(block, i);
    let prefix = currency::prefix(block.tokens, at).filter(|(_, end)| {
        block.tokens.near(*end)
            && (block.tokens.is_number(*end) || matches!(block.tokens.mark(*end), Some('-' | '−' | '.')))
    });
    let start = prefix.map_or(at, |(_, end)| end);
    let (inner_sign, start) = if prefix.is_some() && sign.is_none() {
        self::sign(block, start)
    } else {
        (None, start)
    };
    let sign = sign.or(inner_sign);
    if prefix.is_none()
        && sign.is_some()
        && !(block.tokens.is_number(start) || block.tokens.mark(start).is_some())
    {
        return Found::Nothing;
    }
    let mut numeral = match spelled::read(block, start, floor) {
        Some(Reading::Number(numeral)) => numeral,
        Some(Reading::Skip(end)) => return Found::Skip(end),
        None => return Found::Nothing,
    };
    if let Some(sign) = sign {
        numeral.signed = true;
        if sign == Sign::Minus {
            numeral.value = -numeral.value;
        }
    }
    if sign.is_some() || prefix.is_some() {
        numeral.first = i;
    } else if let Some((sign, first)) = spelled_sign(block, i, floor) {
        numeral.signed = true;
        numeral.first = first;
        if sign == Sign::Minus {
            numeral.value = -numeral.value;
        }
    }
    Measure {
        block,
        item: Item::new(FigureKind::Count, numeral),
        prefix: prefix.map(|(currency, _)| currency),
    }
    .read()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
}

/// A sign right before a number or a currency, and the token after it.
fn sign(block: &Block<'_, '_>, i: usize) -> (Option<Sign>, usize) {
    let tokens = block.tokens;
    let sign = match tokens.mark(i) {
        Some('-' | '−' | '–' | '‑') => Sign::Minus,
        Some('+') => Sign::Plus,
        _ => return (None, i),
    };
    let opens = i == 0
        || !tokens.glued(i)
        || matches!(
            tokens.mark(i - 1),
            Some('(' | '[' | '«' | '“' | '"' | '/' | '€' | '$' | '£')
        );
    let attached = tokens.glued(i + 1) || block.only && i == 0 && tokens.len() <= 8;
    if opens && attached {
        (Some(sign), i + 1)
    } else {
        (None, i)
    }
}

/// `moins quinze`, `plus vingt degrés` before token `i`, where it is a sign and no comparison.
fn spelled_sign(block: &Block<'_, '_>, i: usize, floor: usize) -> Option<(Sign, usize)> {
    let tokens = block.tokens;
    let at = i.checked_sub(1).filter(|&at| at >= floor)?;
    let sign = match (tokens.fold(at), block.lang.lang) {
        ("moins", Lang::Fr | Lang::Other) | ("minus", Lang::En) => Sign::Minus,
        ("plus", Lang::Fr | Lang::Other) => Sign::Plus,
        _ => return None,
    };
    let before = |words: &[&str]| at > 0 && block.is_one_of(at - 1, words);
    let compared = before(&[
        "au", "du", "ou", "le", "en", "de", "pas", "non", "ne", "heure", "heures", "midi", "minuit", "h",
        "encore", "ni",
    ]);
    // `plus` is a sign only of temperatures.
    let degrees = || {
        let end = spelled::read(block, i, i).map_or(i, |reading| match reading {
            Reading::Number(numeral) => numeral.end,
            Reading::Skip(end) => end,
        });
        unit::read(tokens, end, block.lang.lang).is_some_and(|(unit, _)| unit.kind == FigureKind::Temperature)
    };
    (!compared && (sign == Sign::Minus || degrees())).then_some((sign, at))
}

struct Measure<'b, 'a, 't> {
    block: &'b Block<'a, 't>,
    item: Item,
    prefix: Option<Currency>,
}

impl Measure<'_, '_, '_> {
    fn read(mut self) -> Found {
        let ordinal = self.item.numeral.form == Form::Ordinal;
        if ordinal {
            return super::ordinal::finish(self.block, self.item);
        }
        if exclude::house_number(self.block, &self.item.numeral)
            || exclude::postal_code(self.block, &self.item.numeral)
        {
            return Found::Skip(self.item.end);
        }
        if let Some(end) = exclude::every_day(self.block, &self.item.numeral) {
            return Found::Skip(end);
        }
        if self.one_out_of() {
            let next = self.item.end;
            return Found::Item(Box::new(self.item), next);
        }
        self.form();
        let counted = match self.item.numeral.form {
            Form::Fraction if !self.is_mixed() => self.ratio(),
            _ => {
                self.scale();
                self.percent() || self.money() || self.points() || self.unit() || self.times() || self.noun()
            }
        };
        let named = exclude::singular_article(self.block, &self.item.numeral)
            || exclude::numbered_noun(self.block, &self.item.numeral);
        if self.item.kind == FigureKind::Count && named && !super::ratio::is_out_of(self.block, &self.item) {
            return Found::Skip(self.item.end);
        }
        if !counted {
            self.item.bare = true;
            if self.is_no_figure() {
                return Found::Skip(self.item.end);
            }
        }
        self.out_of();
        let next = self.item.end.max(self.item.reach);
        Found::Item(Box::new(self.item), next)
    }

    /// `un euro sur dix`: before the euro is taken for money.
    fn one_out_of(&mut self) -> bool {
        let numeral = self.item.numeral;
        if numeral.form != Form::Words || numeral.value != Decimal::ONE {
            return false;
        }
        self.item.bare = true;
        super::ratio::out_of(self.block, &mut self.item);
        std::mem::take(&mut self.item.bare);
        self.item.kind == FigureKind::Ratio
    }

    /// What the spelling says about the value.
    fn form(&mut self) {
        match self.item.numeral.form {
            Form::About => self.item.qualifier = Qualifier::Approx,
            Form::Several => {
                self.item.qualifier = Qualifier::Multiple;
                self.item.min = self.item.value.take();
            }
            _ => {}
        }
    }

    /// A fraction that is more than one is a number like any other (`3 ½`).
    fn is_mixed(&self) -> bool {
        self.item.numeral.decimals
    }

    /// `deux tiers`; with a unit the fraction is a quantity of it (`trois quarts d'heure`).
    fn ratio(&mut self) -> bool {
        let tokens = self.block.tokens;
        let lang = self.block.lang.lang;
        self.item.kind = FigureKind::Ratio;
        let i = self.item.end;
        if !self.block.is_one_of(i, &["de", "of"]) {
            return true;
        }
        let of = i + 1;
        let at = if lang == Lang::En && self.block.is_one_of(of, &["a", "an"]) {
            of + 1
        } else {
            of
        };
        if self.block.is_one_of(at, &["point"]) {
            let percent = self.block.is_one_of(at + 1, &["de"])
                && (tokens.is_mark(at + 2, '%') || self.block.is_one_of(at + 2, &["pourcentage"]));
            self.set_points(
                FigureKind::PercentagePoints,
                "point",
                if percent { at + 3 } else { at + 1 },
            );
        } else if let Word::Cardinal(Card::Scale(power)) = self.block.word(at) {
            self.item.kind = FigureKind::Count;
            self.multiply(power_of_ten(power), at + 1);
            return self.money() || self.noun();
        } else if let Some((unit, end)) = unit::read(tokens, at, lang) {
            // `la moitié de l'année` is a share of a period, `un tiers de jours` is not said.
            if unit.kind != FigureKind::Duration
                || matches!(unit.symbol.as_str(), "hour" | "century" | "minute" | "second")
            {
                self.set_unit(unit, end);
            }
        }
        true
    }

    /// `millions`, `milliards`, `mille` after digits; `Md`, `M`, `k` before a currency.
    fn scale(&mut self) {
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

    fn multiply(&mut self, scale: Decimal, end: usize) {
        let numeral = &mut self.item.numeral;
        let (Some(value), Some(total)) = (numeral.value.checked_mul(scale), numeral.scale.checked_mul(scale))
        else {
            return;
        };
        (numeral.value, numeral.scale, numeral.end) = (value, total, end);
        match self.item.qualifier {
            Qualifier::Multiple => self.item.min = Some(value),
            _ => self.item.value = Some(value),
        }
        self.item.extend_to(end);
    }

    /// `Md€`, `M d'euros`, `k€`, `$4.5bn`, `100K`: a letter is a scale where money or a noun follows.
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
            "M" | "Mio" | "mio" | "mios" | "Mios" | "MM" | "Mn" => 6,
            "m" if self.prefix.is_some() || self.money_at(i + 1) && tokens.glued(i + 1) => 6,
            "Md" | "Mds" | "md" | "mds" | "Mrd" | "Mrds" | "mrd" | "mrds" | "Mia" | "mia" | "bn" | "Bn"
            | "BN" | "MD" | "MDS" => 9,
            "mn" | "m"
                if english
                    && (raw == "mn" || tokens.glued(i))
                    && noun::read(
                        self.block,
                        i + 1,
                        noun::Want {
                            plural: true,
                            after_of: false,
                        },
                    )
                    .is_some() =>
            {
                6
            }
            "B" | "b" | "G" if self.prefix.is_some() || self.money_at(i + 1) => 9,
            "G" if self.block.is_whole(self.item.first, i + 1) => 9,
            "B" if tokens.glued(i)
                && self
                    .block
                    .is_one_of(i + 1, &["parametres", "parameters", "de", "tokens"]) =>
            {
                9
            }
            "tn" | "trn" | "T" if self.prefix.is_some() => 12,
            _ => return None,
        };
        let end = i + 1;
        let money = self.prefix.is_some() || self.money_at(end) || dotted && self.money_at(end + 1);
        let of =
            self.block.is_one_of(end, &["de"]) && (power > 3 || tokens.glued(i)) && tokens.is_word(end + 1);
        let thousands = matches!(raw, "K" | "k")
            && tokens.glued(i)
            && noun::read(
                self.block,
                end,
                noun::Want {
                    plural: true,
                    after_of: false,
                },
            )
            .is_some();
        let clear = matches!(
            raw,
            "Md" | "Mds"
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
        (money || of || thousands || clear || whole).then_some((
            power,
            if dotted && money && self.prefix.is_none() {
                end + 1
            } else {
                end
            },
        ))
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

    fn percent(&mut self) -> bool {
        let tokens = self.block.tokens;
        let i = self.item.end;
        let fold = tokens.fold(i);
        let next = self.block.words().joined(i + 1);
        let end = match tokens.mark(i) {
            Some('%' | '％' | '﹪') => i + 1,
            // `51-per-cent`
            Some('-') if tokens.glued(i) && tokens.fold(i + 1) == "per" && tokens.fold(i + 3) == "cent" => {
                i + 4
            }
            Some('-') if tokens.glued(i) && matches!(tokens.fold(i + 1), "percent" | "pct") => i + 2,
            Some('‰') => {
                self.rescale(Decimal::new(1, 1));
                self.item.kind = FigureKind::Percent;
                self.item.unit = Some(Cow::Borrowed("‰"));
                self.item.extend_to(i + 1);
                return true;
            }
            _ => match fold {
                "pour" if tokens.fold(next) == "cent" => next + 1,
                "pour" if tokens.fold(next) == "mille" => {
                    self.rescale(Decimal::new(1, 1));
                    self.item.kind = FigureKind::Percent;
                    self.item.unit = Some(Cow::Borrowed("‰"));
                    self.item.extend_to(next + 1);
                    return true;
                }
                "pourcent" | "pourcents" | "percent" | "pct" => i + 1,
                "per" if tokens.fold(next) == "cent" => next + 1,
                "p" if tokens.is_mark(i + 1, '.') && tokens.raw(i + 2) == "100" => i + 3,
                _ => return false,
            },
        };
        self.item.kind = FigureKind::Percent;
        self.item.unit = Some(Cow::Borrowed("%"));
        self.item.extend_to(end);
        // `3 % et demi`
        if let Some(half) = spelled::half_more(
            self.block,
            &Numeral {
                end,
                scale: Decimal::ONE,
                ..self.item.numeral
            },
        ) && self.item.value.is_some()
        {
            self.item.value = Some(half.value);
            self.item.extend_to(half.end);
        }
        // `2 % de points`
        true
    }

    fn rescale(&mut self, factor: Decimal) {
        for bound in [&mut self.item.value, &mut self.item.min, &mut self.item.max] {
            *bound = bound.and_then(|value| value.checked_mul(factor));
        }
    }

    fn money(&mut self) -> bool {
        let tokens = self.block.tokens;
        let lang = self.block.lang.lang;
        let i = self.item.end;
        let scaled = self.item.numeral.scale != Decimal::ONE
            || matches!(
                self.item.numeral.form,
                Form::About | Form::Several | Form::Fraction
            )
            || self.item.numeral.form == Form::Words;
        let of = self.block.is_one_of(i, &["de", "des", "of"]) && scaled;
        let at = if of { i + 1 } else { i };
        let in_gap = tokens
            .get(at)
            .is_some_and(|token| token.gap != super::token::Gap::Line);
        if let Some((power, currency)) = currency::scaled_code(tokens.raw(i)) {
            self.multiply(power_of_ten(power), i + 1);
            self.set_money(currency, i + 1);
            return true;
        }
        if in_gap && let Some((currency, end)) = currency::suffix(tokens, at, lang) {
            self.colloquial_million(of);
            let currency = match self.prefix {
                Some(prefix) if currency.ambiguous || prefix.code != currency.code && !prefix.ambiguous => {
                    prefix
                }
                _ => currency,
            };
            self.set_money(currency, end);
            self.cents(end);
            if let Some(half) = spelled::half_more(
                self.block,
                &Numeral {
                    end,
                    scale: Decimal::ONE,
                    ..self.item.numeral
                },
            ) && self.item.value.is_some()
                && self.item.numeral.scale == Decimal::ONE
            {
                self.item.value = Some(half.value);
                self.item.extend_to(half.end);
            }
            self.rate(self.item.end, None);
            return true;
        }
        if self.prefix.is_none()
            && let Some(currency) = currency::hundredths(tokens.fold(i), lang)
        {
            self.rescale(Decimal::new(1, 2));
            let (currency, end) = match currency::suffix(tokens, i + 2, lang) {
                Some((named, end)) if self.block.is_one_of(i + 1, &["de"]) => (named, end),
                _ if tokens.raw(i + 1) == "US" => (
                    Currency {
                        code: "USD",
                        ambiguous: false,
                    },
                    i + 2,
                ),
                _ if self.block.is_one_of(i + 1, &["canadiens"]) => (
                    Currency {
                        code: "CAD",
                        ambiguous: false,
                    },
                    i + 2,
                ),
                _ => (currency, i + 1),
            };
            self.set_money(currency, end);
            self.rate(end, None);
            return true;
        }
        if let Some(currency) = self.prefix {
            let end = self.item.end;
            self.set_money(currency, end);
            self.rate(end, None);
            return true;
        }
        false
    }

    fn set_money(&mut self, currency: Currency, end: usize) {
        self.item.kind = FigureKind::Money;
        self.item.currency = Some(currency.code);
        self.item.ambiguous = currency.ambiguous;
        self.item.extend_to(end);
    }

    /// `deux millions cinq d'euros`: with `de` after a small number, the number counts tenths of the scale.
    fn colloquial_million(&mut self, of: bool) {
        let numeral = self.item.numeral;
        if !of || numeral.form != Form::Words || numeral.scale < power_of_ten(6) || numeral.decimals {
            return;
        }
        let rest = numeral.value % numeral.scale;
        if rest == Decimal::ZERO || rest >= Decimal::ONE_HUNDRED {
            return;
        }
        let width = if rest < Decimal::TEN {
            Decimal::TEN
        } else {
            Decimal::ONE_HUNDRED
        };
        let tenths = rest.checked_mul(numeral.scale).and_then(|n| n.checked_div(width));
        self.item.value = tenths.and_then(|tenths| (numeral.value - rest).checked_add(tenths));
    }

    /// `deux euros vingt`, `1 USD et 23 centimes`, `3 € 50`.
    fn cents(&mut self, end: usize) {
        let tokens = self.block.tokens;
        let (Some(value), true) = (
            self.item.value,
            self.item.numeral.scale <= Decimal::ONE_THOUSAND && !self.item.numeral.decimals,
        ) else {
            return;
        };
        let and = self.block.is_one_of(end, &["et", "and"]);
        let at = if and { end + 1 } else { end };
        let small = if tokens.is_number(at) && tokens.near(at) && tokens.raw(at).len() == 2 {
            tokens.raw(at).parse().ok().map(|value: Decimal| (value, at + 1))
        } else if matches!(self.block.word(at), Word::Cardinal(_)) {
            self.block
                .words()
                .read(at)
                .filter(|n| n.form == Form::Words && !n.decimals)
                .map(|n| (n.value, n.end))
        } else {
            None
        };
        let Some((small, after)) = small.filter(|(small, _)| *small < Decimal::ONE_HUNDRED) else {
            return;
        };
        let named = currency::hundredths(tokens.fold(after), Lang::En).is_some();
        let whole = self.block.is_whole(self.item.first, after);
        let closed =
            after == tokens.len() || matches!(tokens.mark(after), Some('.' | ',' | ';' | ')' | '!' | '?'));
        if !(named || closed && (!and || whole)) {
            return;
        }
        let Some(sum) = small
            .checked_div(Decimal::ONE_HUNDRED)
            .and_then(|cents| value.checked_add(cents))
        else {
            return;
        };
        self.item.value = Some(sum);
        self.item.extend_to(if named { after + 1 } else { after });
    }

    /// `2 points`, `25 points de base`, `7 500 points`; which of them an index is, is decided later.
    fn points(&mut self) -> bool {
        let tokens = self.block.tokens;
        let i = self.item.end;
        let words = self.block.words();
        let basis = matches!(tokens.raw(i), "pb" | "pbs" | "bp" | "bps" | "pdb" | "bips")
            && self.item.value.is_some_and(|v| v < Decimal::ONE_THOUSAND);
        if basis {
            self.set_points(FigureKind::BasisPoints, "bp", i + 1);
            return true;
        }
        if self.block.is_one_of(i, &["basis"]) && self.block.is_one_of(i + 1, &["points", "point"]) {
            self.set_points(FigureKind::BasisPoints, "bp", i + 2);
            return true;
        }
        if self.block.is_one_of(i, &["percentage"])
            && self.block.is_one_of(words.joined(i + 1), &["points", "point"])
        {
            self.set_points(FigureKind::PercentagePoints, "point", words.joined(i + 1) + 1);
            return true;
        }
        if !self.block.is_one_of(i, &["point", "points", "pt", "pts"]) {
            return false;
        }
        let dot = if matches!(tokens.fold(i), "pt" | "pts")
            && tokens.is_mark(i + 1, '.')
            && tokens.glued(i + 1)
            && !self.block.is_sentence_start(i + 2)
        {
            i + 2
        } else {
            i + 1
        };
        let of = self.block.is_one_of(dot, &["de", "of"]);
        match tokens.fold(dot + 1) {
            "base" if of => self.set_points(FigureKind::BasisPoints, "bp", dot + 2),
            "pourcentage" | "pourcentages" if of => {
                self.set_points(FigureKind::PercentagePoints, "point", dot + 2)
            }
            _ if of && tokens.is_mark(dot + 1, '%') => {
                self.set_points(FigureKind::PercentagePoints, "point", dot + 2)
            }
            "croissance" | "part" | "marge" | "pib" | "parts" if of => {
                self.set_points(FigureKind::PercentagePoints, "point", dot);
            }
            _ if tokens.is_mark(dot, '%') => self.set_points(FigureKind::PercentagePoints, "point", dot + 1),
            _ if of
                && !self
                    .block
                    .is_one_of(dot + 1, &["plus", "moins", "mieux", "retard"])
                && !self.block.lang.function_words.has(tokens.fold(dot + 1))
                && tokens.is_word(dot + 1) =>
            {
                return false;
            }
            _ => {
                // A lone `un point` is a full stop or a topic.
                let article = self.item.numeral.form == Form::Words
                    && self.item.numeral.value == Decimal::ONE
                    && !(self.item.first > 0 && self.block.is_one_of(self.item.first - 1, &["de"]));
                if article {
                    return false;
                }
                let kind = if self.is_index() {
                    FigureKind::Index
                } else {
                    FigureKind::PercentagePoints
                };
                self.set_points(kind, "point", dot);
            }
        }
        true
    }

    fn set_points(&mut self, kind: FigureKind, unit: &'static str, end: usize) {
        self.item.kind = kind;
        self.item.unit = Some(Cow::Borrowed(unit));
        self.item.extend_to(end);
    }

    /// Points of an index: a large level, or an index named shortly before.
    fn is_index(&self) -> bool {
        const INDEXES: &[&str] = &[
            "cac",
            "sbf",
            "dow",
            "nasdaq",
            "nikkei",
            "dax",
            "ftse",
            "stoxx",
            "hang",
            "indice",
            "index",
            "indices",
            "pmi",
            "barometre",
            "ifo",
            "zew",
            "ibex",
            "mib",
            "bovespa",
            "russell",
            "footsie",
            "eurostoxx",
            "kospi",
            "sensex",
        ];
        if self
            .item
            .value
            .is_some_and(|value| value.abs() >= Decimal::ONE_HUNDRED)
        {
            return true;
        }
        let tokens = self.block.tokens;
        let first = self.item.first;
        (1..=25)
            .map_while(|back| first.checked_sub(back))
            .take_while(|&i| !tokens.is_mark(i, '.'))
            .any(|i| INDEXES.contains(&tokens.fold(i)) || tokens.is_mark(i, '&'))
    }

    fn unit(&mut self) -> bool {
        let tokens = self.block.tokens;
        let i = self.item.end;
        let scaled = self.takes_of();
        let of = scaled && self.block.is_one_of(i, &["de", "des", "of"]);
        let mut at = if of { i + 1 } else { i };
        // `2 derniers mois`, `30 longues minutes`
        if self.block.lang.adjectives.has(tokens.fold(at))
            && matches!(unit::read(tokens, at + 1, self.block.lang.lang), Some((ref unit, _)) if unit.kind == FigureKind::Duration)
        {
            at += 1;
        }
        let hyphen = tokens.is_mark(at, '-') && tokens.glued(at) && tokens.glued(at + 1);
        if hyphen && (self.block.lang.lang == Lang::En || self.item.numeral.value < Decimal::ONE) {
            at += 1;
        }
        let Some((unit, end)) = unit::read(tokens, at, self.block.lang.lang) else {
            return self.bare_rate();
        };
        if tokens
            .get(at)
            .is_some_and(|token| token.gap == super::token::Gap::Line)
            || !self.unit_fits(at, end, &unit)
        {
            return false;
        }
        self.set_unit(unit, end);
        true
    }

    /// The number can take `de` before its noun or unit.
    fn takes_of(&self) -> bool {
        let numeral = &self.item.numeral;
        numeral.scale != Decimal::ONE
            && (numeral.scale > Decimal::ONE_THOUSAND || numeral.form != Form::Digits)
            || matches!(numeral.form, Form::About | Form::Several | Form::Fraction)
            || numeral.form == Form::Words && numeral.scale != Decimal::ONE
            || numeral.form == Form::Words
                && self
                    .block
                    .tokens
                    .fold(numeral.end.saturating_sub(1))
                    .starts_with("douzaine")
            || numeral.form == Form::Words
                && matches!(
                    self.block.word(numeral.end.saturating_sub(1)),
                    Word::Collective(_)
                )
    }

    /// A one-letter symbol must be on its own; `un` before a unit of time is often an article.
    fn unit_fits(&self, at: usize, end: usize, unit: &unit::Unit) -> bool {
        let tokens = self.block.tokens;
        let raw = tokens.raw(at);
        let article = self.item.numeral.form == Form::Words && self.item.numeral.value == Decimal::ONE;
        if article && !self.article_counts(at, unit) {
            return false;
        }
        if raw.len() > 2 {
            return true;
        }
        let attached_more = tokens.glued(end)
            && (tokens.is_word(end)
                || tokens.is_number(end) && !matches!(unit.symbol.as_str(), "hour" | "minute"))
            || tokens.is_mark(end, '&') && tokens.glued(end);
        let apostrophe = raw.ends_with(['\'', '’']);
        // `3 m` needs digits; `t` and `l` after words are other things.
        let spelled = self.item.numeral.form == Form::Words && raw.chars().count() == 1;
        !attached_more && !apostrophe && !spelled
    }

    fn article_counts(&self, at: usize, unit: &unit::Unit) -> bool {
        let block = self.block;
        let first = self.item.first;
        if block.is_whole(first, at + 1) || self.item.numeral.decimals {
            return true;
        }
        let led = first > 0
            && block.is_one_of(
                first - 1,
                &[
                    "en", "dans", "pendant", "apres", "durant", "a", "depuis", "sur", "de", "environ", "que",
                    "moins", "plus", "avant", "pour", "dure", "sous", "in", "within", "over", "per", "for",
                    "after",
                ],
            );
        match unit.symbol.as_str() {
            "day" | "year" | "week" | "night" | "quarter" | "century" | "half-year" => {
                (led || block.tokens.fold(at) == "an" || unit.symbol == "week")
                    && !matches!(block.tokens.fold(at), "journee" | "journees")
                    || unit.symbol == "year" && block.tokens.fold(at) == "an"
            }
            _ => true,
        }
    }

    fn set_unit(&mut self, unit: unit::Unit, end: usize) {
        self.item.kind = unit.kind;
        self.item.unit = Some(Cow::Owned(unit.symbol.clone()));
        self.item.extend_to(end);
        match unit.kind {
            FigureKind::Temperature => super::physics::below_zero(self.block, &mut self.item),
            FigureKind::Duration | FigureKind::Quantity => {
                super::physics::compound(self.block, &mut self.item, &unit.symbol);
            }
            _ => {}
        }
        let symbol = self.item.unit.as_deref().unwrap_or_default().to_owned();
        if self.item.kind != FigureKind::Duration {
            self.rate(self.item.end, Some(symbol));
        }
    }

    /// `56,3 par kilomètre carré`.
    fn bare_rate(&mut self) -> bool {
        let i = self.item.end;
        if !self.block.is_one_of(i, &["par", "per"]) {
            return false;
        }
        if let Some((unit, end)) = unit::read(self.block.tokens, i + 1, self.block.lang.lang)
            && unit.kind == FigureKind::Quantity
        {
            self.item.kind = FigureKind::Rate;
            self.item.unit = Some(Cow::Owned(format!("/{}", unit.symbol)));
            self.item.extend_to(end);
            return true;
        }
        false
    }

    /// Makes the figure a rate where `par …`, `/…`, `le …` follows at `i`.
    fn rate(&mut self, i: usize, unit: Option<String>) {
        let Some((per, end)) = super::rate::denominator(self.block, i, &self.item, unit.as_deref()) else {
            return;
        };
        self.item.kind = FigureKind::Rate;
        self.item.unit = Some(Cow::Owned(format!("{}/{per}", unit.unwrap_or_default())));
        self.item.extend_to(end);
    }

    /// `trois fois`, `3x`.
    fn times(&mut self) -> bool {
        let tokens = self.block.tokens;
        let i = self.item.end;
        let multiplied = self.block.is_one_of(i, &["fois", "times"])
            || tokens.glued(i)
                && (tokens.raw(i) == "x" || tokens.is_mark(i, '×'))
                && !(tokens.glued(i + 1) && tokens.is_number(i + 1));
        if !multiplied || self.item.numeral.form == Form::Several {
            return false;
        }
        let one = self.item.numeral.form == Form::Words && self.item.numeral.value == Decimal::ONE;
        if one {
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
        let unit = "fois";
        if let Some((per, end)) = super::rate::denominator(self.block, i + 1, &self.item, Some(unit)) {
            self.item.kind = FigureKind::Rate;
            self.item.unit = Some(Cow::Owned(format!("{unit}/{per}")));
            self.item.extend_to(end);
        }
        true
    }

    /// The noun counted; `un` before a noun is an article.
    fn noun(&mut self) -> bool {
        let numeral = self.item.numeral;
        if numeral.form == Form::Words && numeral.value == Decimal::ONE {
            return false;
        }
        let plural = numeral.value.abs() >= Decimal::TWO;
        let want = noun::Want {
            plural,
            after_of: self.takes_of(),
        };
        let Some(found) = noun::read(self.block, self.item.end, want) else {
            return false;
        };
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
    fn out_of(&mut self) {
        super::ratio::out_of(self.block, &mut self.item);
    }

    /// A bare number that is none: an article, a name, an address.
    fn is_no_figure(&self) -> bool {
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
