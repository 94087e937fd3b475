//! Percentages and points: `4,5 %`, `pour cent`, `2 points`, `25 points de base`, `7 500 points`.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::measure::Measure;
use super::numeral::{Form, Numeral};
use super::spelled;
use crate::record::{FigureKind, Lang};

impl Measure<'_, '_, '_> {
    pub(super) fn percent(&mut self) -> bool {
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
                self.item.unit = Some(Cow::Borrowed("%"));
                self.item.extend_to(i + 1);
                return true;
            }
            _ => match fold {
                "pour" if tokens.fold(next) == "cent" => next + 1,
                "pour" if tokens.fold(next) == "mille" => {
                    self.rescale(Decimal::new(1, 1));
                    self.item.kind = FigureKind::Percent;
                    self.item.unit = Some(Cow::Borrowed("%"));
                    self.item.extend_to(next + 1);
                    return true;
                }
                "pourcent" | "pourcents" | "percent" | "pct" => i + 1,
                // `up 0.2pc`
                "pc" if tokens.glued(i) && self.block.lang.lang == Lang::En => i + 1,
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

    /// `2 points`, `25 points de base`, `7 500 points`; which of them an index is, is decided later.
    pub(super) fn points(&mut self) -> bool {
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
        // `a 12-point jump`, `a half-point move`
        let hyphen =
            tokens.is_mark(i, '-') && tokens.glued(i) && tokens.glued(i + 1) && tokens.fold(i + 1) == "point";
        if hyphen && self.block.lang.lang == crate::record::Lang::En && tokens.is_word(i + 2) {
            self.set_points(FigureKind::PercentagePoints, "point", i + 2);
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
            "croissance" | "part" | "marge" | "pib" | "parts" | "deficit" | "inflation" | "chomage"
            | "tva" | "csg" | "cotisation" | "cotisations" | "productivite" | "audience" | "popularite"
            | "participation" | "rendement"
                if of =>
            {
                self.set_points(FigureKind::PercentagePoints, "point", dot);
            }
            _ if tokens.is_mark(dot, '%') => self.set_points(FigureKind::PercentagePoints, "point", dot + 1),
            _ if of
                && !self
                    .block
                    .is_one_of(dot + 1, &["plus", "moins", "mieux", "avance", "retard", "ecart"])
                && !self.block.lang.function_words.has(tokens.fold(dot + 1))
                && tokens.is_word(dot + 1) =>
            {
                return false;
            }
            _ => {
                // A lone `un point` is a full stop or a topic.
                let article = self.item.numeral.form == Form::Words
                    && self.item.numeral.value == Decimal::ONE
                    && !(self.item.first > 0 && self.block.is_one_of(self.item.first - 1, &["de"]))
                    && !self.block.is_one_of(dot, &["devant", "derriere"])
                    && !(of
                        && self
                            .block
                            .is_one_of(dot + 1, &["plus", "moins", "avance", "retard", "ecart"]));
                if article {
                    return false;
                }
                // `le réseau compte 182 000 points`, `31 000 points marchands`: places.
                let places = self
                    .block
                    .is_one_of(dot, &["marchands", "relais", "noirs", "chauds"]);
                if self.item.numeral.value >= Decimal::from(100_000) || places {
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

    pub(super) fn set_points(&mut self, kind: FigureKind, unit: &'static str, end: usize) {
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
            .take_while(|&i| !tokens.stops(i, &['.']))
            .any(|i| INDEXES.contains(&tokens.fold(i)) || tokens.is_mark(i, '&'))
    }
}
