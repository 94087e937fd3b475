//! A number and what it measures: scale, currency, percent, unit, counted noun, rate.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::block::Block;
use super::collective;
use super::contact;
use super::currency::{self, Currency};
use super::digits::Reading;
use super::exclude;
use super::item::Item;
use super::lexicon::{Card, Word};
use super::name;
use super::numeral::{Form, power_of_ten};
use super::sign::{self, Sign};
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
    let (sign, at) = sign::before(block, i);
    let prefix = currency::prefix(block.tokens, at).filter(|(_, end)| {
        block.tokens.near(*end)
            && (block.tokens.is_number(*end) || matches!(block.tokens.mark(*end), Some('-' | '−' | '.')))
    });
    let start = prefix.map_or(at, |(_, end)| end);
    let (inner_sign, start) = if prefix.is_some() && sign.is_none() {
        sign::before(block, start)
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
    if prefix.is_none() && sign.is_none() && sign::is_bracketed(block, &numeral, floor) {
        (numeral.signed, numeral.value) = (true, -numeral.value);
        (numeral.first, numeral.end) = (i - 1, numeral.end + 1);
    } else if sign.is_some() || prefix.is_some() {
        numeral.first = i;
    } else if let Some((sign, first)) = sign::spelled(block, i, floor) {
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
        overflow: false,
    }
    .read()
}

pub(super) struct Measure<'b, 'a, 't> {
    pub block: &'b Block<'a, 't>,
    pub item: Item,
    pub prefix: Option<Currency>,
    /// A scale went past what a decimal holds: no figure.
    pub overflow: bool,
}

impl Measure<'_, '_, '_> {
    fn read(mut self) -> Found {
        let ordinal = self.item.numeral.form == Form::Ordinal;
        if ordinal {
            return super::ordinal::finish(self.block, self.item);
        }
        if contact::house_number(self.block, &self.item.numeral)
            || contact::postal_code(self.block, &self.item.numeral)
        {
            return Found::Skip(self.item.end);
        }
        if exclude::idiom(self.block, &self.item.numeral) {
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
                self.hung_in_measure();
                self.percent() || self.money() || self.points() || self.unit() || self.times() || self.noun()
            }
        };
        let named = name::singular_article(self.block, &self.item.numeral)
            || name::numbered_noun(self.block, &self.item.numeral);
        if self.item.kind == FigureKind::Count && named && !super::ratio::is_out_of(self.block, &self.item) {
            return Found::Skip(self.item.end);
        }
        if !counted {
            self.item.bare = true;
            if self.is_no_figure() {
                return Found::Skip(self.item.end);
            }
        }
        // `une croissance à deux chiffres`
        let digits = self.item.unit.as_deref() == Some("chiffres")
            && self.item.first > 0
            && self.block.is_one_of(self.item.first - 1, &["à"]);
        if self.overflow || digits {
            return Found::Skip(self.item.end);
        }
        if !super::ratio::measure_out_of(self.block, &mut self.item) {
            self.out_of();
        }
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
            Form::Fraction if collective::is_loose(self.block, self.item.numeral.first) => {
                self.item.qualifier = Qualifier::Approx;
            }
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
    pub(super) fn ratio(&mut self) -> bool {
        let tokens = self.block.tokens;
        let lang = self.block.lang.lang;
        // `une note inférieure à 75/100`
        let graded = tokens.is_mark(self.item.end.saturating_sub(2), '/')
            && matches!(tokens.raw(self.item.end - 1), "10" | "20" | "100")
            && self.block.is_score(self.item.first);
        if graded && let Ok(grade) = tokens.raw(self.item.first).parse() {
            self.item.kind = FigureKind::Index;
            self.item.value = Some(grade);
            self.item.unit = Some(Cow::Owned(format!("/{}", tokens.raw(self.item.end - 1))));
            return true;
        }
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
        // `a third of a cent`, `a third of a percentage point`
        if at > of && super::currency::hundredths(tokens.fold(at), lang).is_some() {
            self.item.extend_to(at);
            return self.money();
        }
        if at > of && self.block.is_one_of(at, &["percentage"]) && self.block.is_one_of(at + 1, &["point"]) {
            self.set_points(FigureKind::PercentagePoints, "point", at + 2);
            return true;
        }
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

    pub(super) fn rescale(&mut self, factor: Decimal) {
        for bound in [&mut self.item.value, &mut self.item.min, &mut self.item.max] {
            *bound = bound.and_then(|value| value.checked_mul(factor));
        }
    }
}
