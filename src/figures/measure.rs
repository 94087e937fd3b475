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
use super::noun;
use super::numeral::{Form, Numeral, power_of_ten};
use super::sign::{self, Sign};
use super::spelled;
use super::unit;
use crate::record::{FigureKind, Lang, Qualifier};

/// Times that a number without a unit can be told of.
const TIMES: &[&str] = &["h", "day", "week", "month", "quarter", "year"];

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

    fn unit(&mut self) -> bool {
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

    /// `trois fois`, `3x`.
    fn times(&mut self) -> bool {
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

    /// `the 90-person startup`, `186-seat jets`
    fn hung_noun(&mut self) -> bool {
        let tokens = self.block.tokens;
        let noun = self.item.end + 1;
        let odd = self.block.lang.lang == Lang::En
            && tokens.is_mark(self.item.end, '-')
            && tokens.fold(noun) == "odd"
            && self.item.qualifier == Qualifier::Exact;
        if odd && let Some(found) = noun::read(self.block, noun + 1, noun::Want::PLURAL) {
            // `340-odd satellites`
            self.item.unit = Some(Cow::Owned(tokens.raw(found.first).to_owned()));
            (self.item.full_end, self.item.reach) = (noun + 1, found.end);
            self.item.qualifier = Qualifier::Approx;
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
    fn one_by_time(&mut self) -> bool {
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
