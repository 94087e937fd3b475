//! Amounts of money: a currency before or after the number, cents, and `deux millions cinq d'euros`.

use rust_decimal::Decimal;

use super::currency::{self, Currency};
use super::lexicon::Word;
use super::measure::Measure;
use super::numeral::{Form, Numeral, power_of_ten};
use super::spelled;
use crate::record::{FigureKind, Lang};

impl Measure<'_, '_, '_> {
    pub(super) fn money(&mut self) -> bool {
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
        // `avec un COP de 4`
        let article = self.item.numeral.form == Form::Words
            && self.item.numeral.value == Decimal::ONE
            && tokens.is_acronym(at)
            && !matches!(tokens.raw(at), "EUR" | "USD");
        // `n'ouvrir jamais un livre`, `a publié trois livres`
        let book = lang != Lang::En && self.is_book(at);
        // `the 1TB one €1,349`: that is the next one's.
        let next_one = self.item.numeral.form == Form::Words
            && tokens.mark(at).is_some()
            && tokens.spaced(at)
            && tokens.glued(at + 1)
            && tokens.is_number(at + 1);
        if next_one {
            return false;
        }
        // `its 1.5-billion-euro plan`
        let hyphen = lang == Lang::En && tokens.is_mark(at, '-') && tokens.glued(at) && tokens.glued(at + 1);
        let at = at + usize::from(hyphen && tokens.is_word(at + 1));
        // `A$4.7 billion-A$5.8 billion`: the second currency is the second number's.
        let next_prefix =
            hyphen && currency::prefix(tokens, at).is_some_and(|(_, end)| tokens.is_number(end));
        // `les 11 497 premiers euros`
        let at = at + usize::from(self.block.is_one_of(at, &["premiers", "derniers"]));
        if in_gap
            && !(article || book || next_prefix)
            && let Some((currency, end)) = currency::suffix(tokens, at, lang)
        {
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
        // `218p`, but no video of `1080p`
        let pence = lang == Lang::En
            && self.prefix.is_none()
            && tokens.raw(i) == "p"
            && tokens.glued(i)
            && !(tokens.glued(i + 1) && (tokens.is_word(i + 1) || tokens.is_number(i + 1)))
            && !matches!(
                tokens.raw(i - 1),
                "240" | "360" | "480" | "720" | "1080" | "1440" | "2160"
            );
        if pence {
            self.rescale(Decimal::new(1, 2));
            let pound = currency::sure("GBP");
            self.set_money(pound, i + 1);
            self.rate(i + 1, None);
            return true;
        }
        // `16.5 Australian cents`
        let country = match tokens.fold(i) {
            "us" | "american" => Some("USD"),
            "australian" => Some("AUD"),
            "canadian" => Some("CAD"),
            "euro" => Some("EUR"),
            "singapore" => Some("SGD"),
            _ => None,
        };
        if lang == Lang::En
            && let Some(code) = country
            && currency::hundredths(tokens.fold(i + 1), lang).is_some()
        {
            self.rescale(Decimal::new(1, 2));
            self.set_money(currency::sure(code), i + 2);
            self.rate(i + 2, None);
            return true;
        }
        // `7,1 ¢ le kilowattheure`
        let name = if tokens.is_mark(i, '¢') {
            "¢"
        } else {
            tokens.fold(i)
        };
        if self.prefix.is_none()
            && let Some(currency) = currency::hundredths(name, lang)
        {
            self.rescale(Decimal::new(1, 2));
            let (currency, end) = match currency::suffix(tokens, i + 2, lang) {
                Some((named, end)) if self.block.is_one_of(i + 1, &["de"]) => (named, end),
                _ if tokens.raw(i + 1) == "US" => (currency::sure("USD"), i + 2),
                _ if self.block.is_one_of(i + 1, &["americains"]) => (currency::sure("USD"), i + 2),
                _ if self.block.is_one_of(i + 1, &["canadiens"]) => (currency::sure("CAD"), i + 2),
                _ => (currency, i + 1),
            };
            self.set_money(currency, end);
            self.rate(end, None);
            return true;
        }
        if let Some(currency) = self.prefix {
            let end = self.item.end;
            self.set_money(currency, end);
            if !self.hung_bound() && !self.one_in_every() {
                self.rate(end, None);
            }
            return true;
        }
        false
    }

    /// `livre` at token `at` is a book: by its article, or as the words around it read or write.
    fn is_book(&self, at: usize) -> bool {
        const REACH: usize = 8;
        const READING: &[&str] = &[
            "lire",
            "lit",
            "lisent",
            "lu",
            "lus",
            "lisait",
            "ecrire",
            "ecrit",
            "ecrits",
            "publie",
            "publies",
            "publier",
            "edite",
            "edites",
            "lecture",
            "lecteur",
            "lecteurs",
            "lectrices",
            "auteur",
            "autrice",
            "auteurs",
            "romancier",
            "romanciere",
            "ecrivain",
            "ecrivaine",
            "bibliotheque",
            "libraire",
            "librairie",
            "editeur",
            "emprunte",
            "emprunter",
            "traduit",
            "signe",
        ];
        let block = self.block;
        if !block.is_one_of(at, &["livre", "livres"])
            || block.is_one_of(at + 1, &["sterling", "turque", "turques"])
        {
            return false;
        }
        let masculine =
            self.item.numeral.form == Form::Words && block.is_one_of(self.item.numeral.end - 1, &["un"]);
        masculine
            || block.is_one_of(at, &["livres"])
                && (1..=REACH)
                    .map_while(|back| self.item.first.checked_sub(back))
                    .take_while(|&i| !block.tokens.stops(i, &['.', ';']))
                    .any(|i| block.is_one_of(i, READING))
    }

    /// `£1 in every £12`
    fn one_in_every(&mut self) -> bool {
        let block = self.block;
        let end = self.item.end;
        let one = block.lang.lang == Lang::En && self.item.value == Some(Decimal::ONE);
        if !one || !block.is_one_of(end, &["in"]) || !block.is_one_of(end + 1, &["every"]) {
            return false;
        }
        let at = currency::prefix(block.tokens, end + 2).map_or(end + 2, |(_, after)| after);
        let Some(whole) = super::ratio::number(block, at) else {
            return false;
        };
        let Some(share) = super::numeral::ratio(Decimal::ONE, whole.value) else {
            return false;
        };
        (self.item.kind, self.item.currency, self.item.value) = (FigureKind::Ratio, None, Some(share));
        self.item.ambiguous = false;
        self.item.extend_to(whole.end);
        true
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
        // `trois euros vingt de plus`
        let more = !and
            && self.block.is_one_of(after, &["de"])
            && self.block.is_one_of(after + 1, &["plus", "moins"]);
        if !(named || closed && (!and || whole) || more) {
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
}
