//! Ages in years: `elle avait 34 ans`, `un homme de 42 ans`, `à partir de 57 ans`; what else lasts years is a duration.

use rust_decimal::Decimal;

use super::super::block::Block;
use super::super::item::Item;
use super::people::{has_personal_ending, has_trade_ending, is_person, is_relation};
use super::subject;
use crate::record::FigureKind;

/// The words around a figure in years say that somebody is so old.
pub(super) fn is_age(block: &Block<'_, '_>, item: &Item) -> bool {
    if item.kind != FigureKind::Duration || item.unit.as_deref() != Some("year") {
        return false;
    }
    let years = Years {
        block,
        item,
        first: item.full_first,
    };
    !years.is_hyphenated()
        && (years.is_listed()
            || years.is_called_age()
            || years.is_of_subject()
            || years.is_in_brackets()
            || years.is_behind_name()
            || years.is_behind_subject()
            || years.is_of_person()
            || years.is_of_cohort()
            || years.is_bound()
            || years.is_when()
            || years.is_average()
            || years.is_aside())
}

/// A figure in years, and where the words that qualify it begin.
struct Years<'b, 'a, 't> {
    block: &'b Block<'a, 't>,
    item: &'b Item,
    first: usize,
}

impl Years<'_, '_, '_> {
    fn fold(&self, i: usize) -> &str {
        self.block.tokens.fold(i)
    }

    /// One of the words stands `back` tokens before the figure.
    fn led(&self, back: usize, words: &[&str]) -> bool {
        self.first
            .checked_sub(back)
            .is_some_and(|i| words.contains(&self.fold(i)))
    }

    /// One of the words stands in the sentence, at most `reach` tokens before the figure.
    fn near(&self, words: &[&str], reach: usize) -> bool {
        (1..=reach)
            .map_while(|back| self.first.checked_sub(back))
            .take_while(|&i| !self.block.tokens.is_mark(i, '.'))
            .any(|i| words.contains(&self.fold(i)))
    }

    /// The value lies between the two, both included.
    fn within(&self, least: u32, most: u32) -> bool {
        is_within(self.item.value, least, most)
    }

    /// `des moins de 30 ans`: a word before the figure qualifies it.
    fn is_qualified_before(&self) -> bool {
        self.item.full_first < self.item.first
    }

    fn is_qualified(&self) -> bool {
        self.is_qualified_before() || self.item.full_end > self.item.end
    }

    fn is_french(&self) -> bool {
        self.block.lang.decimal_comma
    }

    /// `a three-year lease`
    fn is_hyphenated(&self) -> bool {
        !self.is_french()
            && (self.item.first..self.item.end).any(|i| self.block.tokens.is_mark(i, '-'))
            && !self.fold(self.item.end + 1).starts_with("old")
    }

    /// `âgés de 19, 23 et 31 ans`, `deux ouvriers de 35 et 47 ans`
    fn is_listed(&self) -> bool {
        let tokens = self.block.tokens;
        let in_list = |i: usize| {
            tokens.is_number(i)
                || tokens.is_mark(i, ',')
                || self
                    .block
                    .is_one_of(i, &["et", "ou", "de", "à", "and", "respectivement"])
        };
        let lead = (1..=16)
            .map_while(|back| self.first.checked_sub(back))
            .find(|&i| !in_list(i));
        lead.is_some_and(|i| {
            let of = self.fold(i + 1) == "de" && self.first > i + 2 && self.is_someone(i);
            of || matches!(self.fold(i), "age" | "agee" | "ages" | "agees" | "aged")
        })
    }

    /// `deux normaliens`, who are grown up
    fn is_someone(&self, i: usize) -> bool {
        let grown = self.item.value.is_some_and(|age| age >= Decimal::from(16));
        is_person(self.block, i) || has_trade_ending(self.block, i) && grown
    }

    /// `âgée de 40 ans`, `Âge moyen du joueur : 39 ans`, `ses 67 ans`, `20 years old`, `60 ans révolus`
    fn is_called_age(&self) -> bool {
        let tokens = self.block.tokens;
        let end = self.item.end;
        let own = self.led(1, &["ses"]) && !self.block.is_one_of(end, &["de"]) && self.within(16, 110);
        let headed = self.first >= 1 && tokens.is_mark(self.first - 1, ':') && self.near(&["age"], 6);
        let hung = tokens.is_mark(end, '-') && matches!(self.fold(end + 1), "old" | "olds");
        let after = matches!(self.fold(end), "old" | "revolus" | "passes" | "sonnes");
        own || headed || hung || after || self.near(&["age", "agee", "ages", "agees", "aged"], 4)
    }

    /// `elle avait 34 ans`, `un éleveur sur deux aura plus de 55 ans`, but not `il a dix ans d'expérience`
    fn is_of_subject(&self) -> bool {
        let had = [
            "a", "ai", "avait", "avais", "avaient", "aura", "ont", "fete", "fetera",
        ];
        let pronoun = self.led(1, &had) && self.led(2, &["il", "elle", "je", "ils", "elles", "qui", "on"]);
        let several =
            self.is_qualified() && self.led(1, &["aura", "auront", "ont", "avaient"]) && self.within(16, 100);
        // `René avait quatorze ans et demi quand`
        let then = self.is_french()
            && self.led(1, &["avait", "avais"])
            && self.first >= 2
            && self.block.tokens.is_capital(self.first - 2)
            && self.block.is_one_of(self.item.end, &["quand", "lorsque", "lors"]);
        let open = !self.block.is_one_of(self.item.end, &["de"]);
        (pronoun || several) && open || then || self.is_of_someone()
    }

    /// `l'aîné a vingt-trois ans`, `le suspect avait 19 ans`, but not `le directeur a deux ans pour convaincre`
    fn is_of_someone(&self) -> bool {
        let Some(subject) = self.first.checked_sub(2).filter(|_| self.is_french()) else {
            return false;
        };
        let has = self.led(
            1,
            &[
                "a", "avait", "aura", "aurait", "ont", "avaient", "auront", "fetait",
            ],
        );
        let spent = self
            .block
            .is_one_of(self.item.end, &["de", "pour", "devant", "plus"]);
        let grown = is_person(self.block, subject) && self.within(14, 110);
        has && !spent && (grown || is_relation(self.block, subject))
    }

    /// `Jean Dupont (56 ans)`
    fn is_in_brackets(&self) -> bool {
        let tokens = self.block.tokens;
        self.first >= 2
            && tokens.is_mark(self.first - 1, '(')
            && tokens.is_mark(self.item.end, ')')
            && (tokens.is_capital(self.first - 2) || is_person(self.block, self.first - 2))
    }

    /// `Marie Dupont, 42 ans,`, `Marc B., 58 ans,`, `Kasparov, 34 ans à l'époque,`
    fn is_behind_name(&self) -> bool {
        let tokens = self.block.tokens;
        let (first, end) = (self.first, self.item.end);
        let initial = |i: usize| tokens.is_mark(i, '.') && i > 0 && tokens.raw(i - 1).len() == 1;
        let named = first >= 2
            && tokens.is_mark(first - 1, ',')
            && (tokens.is_capital(first - 2 - usize::from(initial(first - 2)))
                || is_person(self.block, first - 2)
                || first >= 3 && is_person(self.block, first - 3));
        let then = self.fold(end) == "à" && self.fold(end + 2) == "epoque";
        let closed = then || matches!(tokens.mark(end), Some(',' | ')' | '.' | ';')) || end == tokens.len();
        named && closed && is_within(self.item.value.or(self.item.min), 10, 110)
    }

    /// `Son gérant, 49 ans, écope`, `L'ancien chef de chantier, 71 ans, encourt`, but not `Le bail, 30 ans, expire`
    fn is_behind_subject(&self) -> bool {
        let tokens = self.block.tokens;
        self.is_french()
            && self.first >= 2
            && tokens.is_mark(self.first - 1, ',')
            && tokens.is_mark(self.item.end, ',')
            && self.within(16, 110)
            && subject::is_someone(self.block, self.first - 1)
    }

    /// `un homme de 42 ans`, `le footballeur de 19 ans`, `un ancien notaire de 63 ans`, `les retraités de plus de 65 ans`
    fn is_of_person(&self) -> bool {
        let end = self.item.end;
        let of = self.led(1, &["de"]);
        let one = of
            && self.led(3, &["un", "une", "le", "la", "l", "cet", "cette", "ce"])
            && has_personal_ending(self.block, self.first - 2)
            && self.within(14, 110)
            && !self.block.is_one_of(end, &["de", "minimum", "maximum"]);
        let former = of
            && self.led(3, &["ancien", "ancienne", "jeune", "vieux", "vieil", "vieille"])
            && self.within(14, 110);
        if self.is_french() && (one || former) {
            return true;
        }
        of && self.first >= 2 && self.is_someone(self.first - 2)
            || self.is_qualified_before() && self.first >= 1 && is_person(self.block, self.first - 1)
    }

    /// `les moins de 30 ans`, `les 18-25 ans`, `21 % de plus de 65 ans`, `dont 62 de plus de 55 ans`
    fn is_of_cohort(&self) -> bool {
        let tokens = self.block.tokens;
        let the = self.first >= 1 && matches!(tokens.raw(self.first - 1), "les" | "Les" | "des" | "aux");
        let bounded = self.item.min.is_some() && self.item.max.is_some();
        let some_of = self.is_qualified_before()
            && self.first >= 2
            && self.led(1, &["de"])
            && (tokens.is_mark(self.first - 2, '%') || tokens.is_number(self.first - 2));
        the && (self.is_qualified() || bounded) || some_of
    }

    /// `à partir de 57 ans`, `18 mois avant 55 ans (22,5 à 55-56 ans)`; `avant dix ans` is when.
    fn is_bound(&self) -> bool {
        let tokens = self.block.tokens;
        let grown = is_within(self.item.value.or(self.item.min), 16, 80);
        let from = self.led(1, &["de"]) && self.led(2, &["partir"])
            || self.is_qualified_before() && self.fold(self.item.full_first + 1) == "partir"
            || self.first >= 1 && matches!(tokens.raw(self.first - 1), "dès" | "Dès");
        let before = self.led(1, &["avant"]) && !self.near(&["pas", "jamais", "ne", "n"], 6);
        let span = self.led(1, &["à"]) && self.item.min.is_some() && tokens.is_mark(self.item.first + 1, '-');
        self.is_french() && !self.block.is_one_of(self.item.end, &["de"]) && grown && (from || before || span)
    }

    /// `l'âge moyen au premier enfant recule encore, à 31,1 ans`, `À 35 ans, il…`, `la retraite à 64 ans`
    fn is_when(&self) -> bool {
        const EVENTS: &[&str] = &[
            "retraite", "majorite", "mort", "decede", "decedee", "meurt", "disparu",
        ];
        let tokens = self.block.tokens;
        let opening = self.is_french()
            && self.first >= 1
            && matches!(tokens.raw(self.first - 1), "À" | "A")
            && tokens.is_mark(self.item.end, ',')
            && self.block.is_sentence_start(self.first - 1);
        let averaged = self.near(&["age"], 10) && self.within(16, 80);
        opening || self.led(1, &["à"]) && (averaged || self.near(EVENTS, 6))
    }

    /// `reçu en moyenne à 11,4 ans`, `ils se marient à 38 ans en moyenne`; what is estimated at so many years lasts.
    fn is_average(&self) -> bool {
        let end = self.item.end;
        let before = self.led(1, &["à"]) && self.led(2, &["moyenne"]) && self.led(3, &["en"]);
        let after = self.led(1, &["à"])
            && self.block.is_one_of(end, &["en"])
            && self.block.is_one_of(end + 1, &["moyenne"]);
        let verb = if before { 4 } else { 2 };
        self.is_french()
            && (before || after)
            && self.within(1, 110)
            && !self
                .first
                .checked_sub(verb)
                .is_some_and(|i| subject::is_level(self.block, i))
            && !self.near(subject::LASTING, 12)
    }

    /// `Huit heures debout, à 58 ans, c'est long`; round ones are terms of loans.
    fn is_aside(&self) -> bool {
        let tokens = self.block.tokens;
        let round = |age: Decimal| (age % Decimal::from(5)).is_zero();
        self.is_french()
            && self.led(1, &["à"])
            && self.first >= 2
            && tokens.is_mark(self.first - 2, ',')
            && tokens.is_mark(self.item.end, ',')
            && self
                .item
                .value
                .is_some_and(|age| age >= Decimal::from(16) && !round(age))
    }
}

fn is_within(age: Option<Decimal>, least: u32, most: u32) -> bool {
    age.is_some_and(|age| age >= Decimal::from(least) && age <= Decimal::from(most))
}
