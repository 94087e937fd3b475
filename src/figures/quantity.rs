//! Units of measurement and of time behind a number, and the rates that they are told in.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::counted::TIMES;
use super::lexicon::Word;
use super::measure::Measure;
use super::noun;
use super::numeral::Form;
use super::unit;
use crate::record::{FigureKind, Lang};

impl Measure<'_, '_, '_> {
    pub(super) fn unit(&mut self) -> bool {
        let tokens = self.block.tokens;
        let i = self.item.end;
        let scaled = self.takes_of();
        let of = scaled && self.block.is_one_of(i, &["de", "des", "of"]);
        let mut at = if of { i + 1 } else { i };
        // `après un premier trimestre décevant`: the first one.
        let first_one = self.item.numeral.form == Form::Words
            && self.item.numeral.value == Decimal::ONE
            && self.block.is_one_of(
                at,
                &[
                    "premier", "premiere", "dernier", "derniere", "nouveau", "nouvelle",
                ],
            );
        if first_one {
            return false;
        }
        // `2 derniers mois`, `30 longues minutes`, but not `up from 2,200 last year`
        let then = self.block.is_one_of(at, &["last", "next"])
            && !tokens.fold(at + 1).ends_with('s')
            && self.item.value != Some(Decimal::ONE);
        if !then
            && self.block.lang.adjectives.has(tokens.fold(at))
            && matches!(unit::read(tokens, at + 1, self.block.lang.lang), Some((ref unit, _)) if unit.kind == FigureKind::Duration)
        {
            at += 1;
        }
        let hyphen = tokens.is_mark(at, '-') && tokens.glued(at) && tokens.glued(at + 1);
        if hyphen && (self.block.lang.lang == Lang::En || self.item.numeral.value < Decimal::ONE) {
            at += 1;
        }
        let Some((unit, end)) = unit::read(tokens, at, self.block.lang.lang).or_else(|| self.kelvin(at))
        else {
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
    pub(super) fn takes_of(&self) -> bool {
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
        // `4 352 nœuds de calcul`
        let computers = unit.symbol == "kn"
            && (self.block.is_one_of(end, &["de"]) && self.block.is_one_of(end + 1, &["calcul"])
                || self.item.value.is_some_and(|value| value > Decimal::ONE_HUNDRED));
        // `une faille zero-day`
        let hyphen = tokens.is_mark(at.saturating_sub(1), '-') && at > self.item.end;
        if computers || hyphen && self.item.value.is_some_and(|value| value.is_zero()) {
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
        // `d'une année à l'autre`
        if block.is_one_of(at + 1, &["à"]) && block.is_one_of(at + 3, &["autre"]) {
            return false;
        }
        let first = self.item.first;
        if block.is_whole(first, at + 1) || self.item.numeral.decimals {
            return true;
        }
        // `les 80 000 d'une année ordinaire`
        let described = first > 0
            && block.is_one_of(first - 1, &["de"])
            && block.tokens.is_word(at + 1)
            && !block.lang.function_words.has(block.tokens.fold(at + 1))
            && ![
                "enti", "compl", "plein", "suppl", "pass", "environ", "fiscal", "glissant",
            ]
            .iter()
            .any(|stem| block.tokens.fold(at + 1).starts_with(stem));
        if described && matches!(unit.symbol.as_str(), "day" | "year" | "week") {
            return false;
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

    pub(super) fn set_unit(&mut self, unit: unit::Unit, end: usize) {
        self.item.kind = unit.kind;
        self.item.unit = Some(Cow::Owned(unit.symbol.clone()));
        self.item.extend_to(end);
        match unit.kind {
            FigureKind::Temperature => {
                super::physics::half_degree(self.block, &mut self.item);
                super::physics::below_zero(self.block, &mut self.item);
            }
            FigureKind::Duration | FigureKind::Quantity => {
                super::physics::compound(self.block, &mut self.item, &unit.symbol);
            }
            _ => {}
        }
        let symbol = self.item.unit.as_deref().unwrap_or_default().to_owned();
        // `20 000 plaquettes de 300 mm par mois`: the wafers are told by month.
        let tokens = self.block.tokens;
        let end = self.item.end;
        let size = matches!(symbol.as_str(), "nm" | "um" | "mm" | "cm")
            && self.item.first > 0
            && self.block.is_one_of(self.item.first - 1, &["de"])
            && self
                .block
                .is_one_of(end + 1, &["mois", "semaine", "jour", "heure"]);
        if self.item.kind != FigureKind::Duration && !size {
            // `0,3 litre d'eau par kWh`
            let of = self.item.kind == FigureKind::Quantity
                && self.block.is_one_of(end, &["de"])
                && tokens.is_word(end + 1)
                && self.block.is_one_of(end + 2, &["par"])
                && unit::read(tokens, end + 3, self.block.lang.lang)
                    .is_some_and(|(unit, _)| unit.kind == FigureKind::Quantity);
            self.rate(if of { end + 2 } else { end }, Some(symbol));
        }
    }

    /// `5 800 K`: thousands of thousands are written `M`, and thousands of a noun stand before it.
    fn kelvin(&self, at: usize) -> Option<(unit::Unit, usize)> {
        let tokens = self.block.tokens;
        let want = noun::Want::PLURAL;
        let alone = tokens.raw(at) == "K"
            && tokens.spaced(at)
            && !matches!(tokens.mark(at + 1), Some('€' | '$' | '£' | '/'))
            && noun::read(self.block, at + 1, want).is_none();
        let warm = self.item.numeral.grouped || self.item.numeral.decimals;
        (alone && warm).then(|| (unit::Unit::kelvin(), at + 1))
    }

    /// `56,3 par kilomètre carré`.
    fn bare_rate(&mut self) -> bool {
        let i = self.item.end;
        let article = self.block.lang.lang == Lang::En
            && self.block.is_one_of(i, &["a", "an"])
            && !self
                .block
                .is_one_of(i + 2, &["earlier", "ago", "before", "later", "after"]);
        if !article && !self.block.is_one_of(i, &["par", "per"]) {
            return false;
        }
        // `la cadence montera à 75 par mois`
        let counts = match self.item.numeral.form {
            Form::Digits => !self.item.numeral.signed,
            Form::About => true,
            Form::Words => self.item.numeral.value > Decimal::ONE,
            _ => false,
        };
        if let Some(per) = self.block.lang.per.get(self.block.tokens.fold(i + 1))
            && counts
            && TIMES.contains(per)
        {
            self.item.kind = FigureKind::Rate;
            self.item.unit = Some(Cow::Owned(format!("/{per}")));
            self.item.extend_to(i + 2);
            return true;
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
    pub(super) fn rate(&mut self, i: usize, unit: Option<String>) {
        let Some((per, end)) = super::rate::denominator(self.block, i, &self.item, unit.as_deref()) else {
            return;
        };
        self.item.kind = FigureKind::Rate;
        self.item.unit = Some(Cow::Owned(format!("{}/{per}", unit.unwrap_or_default())));
        self.item.extend_to(end);
    }
}
