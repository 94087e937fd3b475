//! The denominator of a rate: `par mois`, `/an`, `le baril`, `a share`.

use super::block::Block;
use super::digits::{self, Reading};
use super::item::Item;
use super::lexicon::{Card, Word};
use super::unit;
use crate::record::{FigureKind, Lang};

/// What follows at token `i` as `par …`, and one past it. `unit` is what is counted per it.
pub(super) fn denominator(
    block: &Block<'_, '_>,
    i: usize,
    item: &Item,
    unit: Option<&str>,
) -> Option<(String, usize)> {
    let (per, end) = one(block, i, item, unit)?;
    // `215 €/m²/an`
    if block.tokens.is_mark(end, '/')
        && block.tokens.near(end)
        && let Some((more, end)) = symbol(block, end + 1)
            .filter(|(more, _)| matches!(more.as_str(), "year" | "month" | "day"))
            .or_else(|| named(block, end + 1))
    {
        return Some((format!("{per}/{more}"), end));
    }
    // `per square meter per year`
    if block.is_one_of(end, &["per", "par"])
        && let Some((more, end)) =
            named(block, end + 1).filter(|(more, _)| matches!(more.as_str(), "year" | "month" | "day"))
    {
        return Some((format!("{per}/{more}"), end));
    }
    // `par an et par foyer`
    if block.is_one_of(end, &["et", "and"])
        && block.is_one_of(end + 1, &["par", "per"])
        && let Some((more, end)) = named(block, end + 2)
    {
        return Some((format!("{per}/{more}"), end));
    }
    Some((per, end))
}

/// The first denominator.
fn one(block: &Block<'_, '_>, i: usize, item: &Item, unit: Option<&str>) -> Option<(String, usize)> {
    let tokens = block.tokens;
    let money = item.kind == FigureKind::Money;
    // `550 € HT/HC/m²/an`
    let after_tax = |i: usize| {
        let tax = i + usize::from(tokens.is_mark(i, '/'));
        let named = money && matches!(tokens.raw(tax), "HT" | "HC" | "TTC" | "CC");
        (named && tokens.is_mark(tax + 1, '/')).then_some(tax + 1)
    };
    let mut i = i;
    while let Some(end) = after_tax(i) {
        i = end;
    }
    if tokens.is_mark(i, '/') && tokens.near(i) {
        // `5,6 l/100 km`, `478 €/1 000 l`
        if let Some(Reading::Number(count)) = tokens
            .is_number(i + 1)
            .then(|| digits::read(tokens, i + 1, block.lang.decimal_comma))
            && let Some((below, end)) = unit::read(tokens, count.end, block.lang.lang)
                .filter(|(unit, _)| unit.kind == FigureKind::Quantity)
        {
            // `16 Go/1 To`, `100 MW/200 MWh`: two figures.
            let of = unit.unwrap_or_default();
            let storage = |symbol: &str| matches!(symbol, "Go" | "To" | "Mo" | "GB" | "TB" | "MB");
            let apart =
                storage(of) && storage(&below.symbol) || of.ends_with('W') && below.symbol.starts_with(of);
            return (!apart).then(|| (format!("{} {}", count.value, below.symbol), end));
        }
        // `17,1 kWh/100 de moyenne`
        let per_hundred =
            tokens.raw(i + 1) == "100" && matches!(unit, Some("L" | "kWh" | "kg")) && !tokens.glued(i + 2);
        if per_hundred {
            return Some(("100 km".to_owned(), i + 2));
        }
        return symbol(block, i + 1).or_else(|| named(block, i + 1));
    }
    // `5 litres aux 100 km`
    if block.is_one_of(i, &["aux"])
        && tokens.raw(i + 1) == "100"
        && let Some((unit, end)) =
            unit::read(tokens, i + 2, block.lang.lang).filter(|(unit, _)| unit.symbol == "km")
    {
        return Some((format!("100 {}", unit.symbol), end));
    }
    // `0,15 $ le million de jetons`
    if money
        && block.is_one_of(i, &["le"])
        && matches!(block.word(i + 1), Word::Cardinal(Card::Scale(_) | Card::Thousand))
    {
        return million(block, i + 1);
    }
    // `20 euros HT par mois`
    let mut at = i;
    if money
        && block.is_one_of(at, &["ht", "ttc", "bruts", "brut", "nets", "net", "chacun"])
        && block.is_one_of(at + 1, &["par"])
    {
        at += 1;
    }
    match (tokens.fold(at), block.lang.lang) {
        ("par" | "per", _) => named(block, at + 1).or_else(|| million(block, at + 1)),
        ("le" | "la", Lang::Fr | Lang::Other) if money => {
            let closed = |end: usize| {
                !tokens.is_word(end)
                    || block.lang.function_words.has(tokens.fold(end))
                    || tokens.fold(end) == "de"
                    || matches!(block.word(end), Word::Weekday(_) | Word::Month(_) | Word::Period)
            };
            // `2 800 euros la journée`
            let times = ["journee", "nuit", "nuitee", "semaine"];
            let ends = |end: usize| !tokens.is_word(end) || block.is_one_of(end, &["et", "ou", "en"]);
            if block.is_one_of(at + 1, &times) && ends(at + 2) {
                return named(block, at + 1).or_else(|| {
                    let day = block.is_one_of(at + 1, &["journee"]);
                    day.then(|| ("day".to_owned(), at + 2))
                });
            }
            named(block, at + 1).filter(|(per, end)| {
                // `le mètre carré par an`
                closed(*end)
                    && matches!(
                        per.split('/').next().unwrap_or_default(),
                        "bbl"
                            | "lb"
                            | "t"
                            | "oz"
                            | "kg"
                            | "L"
                            | "MWh"
                            | "kWh"
                            | "m2"
                            | "action"
                            | "titre"
                            | "unité"
                            | "pièce"
                            | "part"
                            | "g"
                            | "hL"
                            | "q"
                            | "m3"
                            | "ha"
                            | "km"
                            | "m"
                            | "MW"
                            | "kW"
                            | "Go"
                            | "h"
                            | "min"
                    )
            })
        }
        ("de" | "à", Lang::Fr | Lang::Other)
            if block.is_one_of(at + 1, &["le"]) && block.is_one_of(at + 2, &["heure"]) =>
        {
            Some(("h".to_owned(), at + 3))
        }
        // `4 580 € du m²`, `74 quintaux à l'hectare`
        ("de" | "du", Lang::Fr | Lang::Other) if money && matches!(tokens.raw(at), "du") => {
            named(block, at + 1)
                .filter(|(per, _)| matches!(per.as_str(), "m2" | "kg" | "L" | "MWh" | "kWh" | "bbl" | "t"))
        }
        ("à", Lang::Fr | Lang::Other) if !money && block.is_one_of(at + 1, &["le"]) => {
            let (area, end) = unit::read(tokens, at + 2, block.lang.lang)?;
            (area.symbol == "ha").then_some((area.symbol, end))
        }
        ("heure", Lang::Fr | Lang::Other) if unit.is_some_and(|unit| unit.ends_with("km") || unit == "m") => {
            Some(("h".to_owned(), at + 1))
        }
        ("a" | "an", Lang::En)
            if !block.is_one_of(at + 2, &["earlier", "ago", "before", "later", "after"]) =>
        {
            named(block, at + 1)
        }
        _ => None,
    }
}

/// `mois`, `kilomètre carré`, `habitant`.
fn named(block: &Block<'_, '_>, i: usize) -> Option<(String, usize)> {
    let tokens = block.tokens;
    if block.is_one_of(i, &["square", "cubic"]) {
        let (unit, end) = unit::read(tokens, i + 1, block.lang.lang)?;
        let power = if block.is_one_of(i, &["square"]) { '2' } else { '3' };
        return Some((format!("{}{power}", unit.symbol), end));
    }
    if !tokens.is_word(i) {
        return None;
    }
    if let Some((unit, end)) = unit::read(tokens, i, block.lang.lang)
        && unit.kind == FigureKind::Quantity
        && (tokens.raw(i).len() > 1 || end > i + 1)
    {
        // `par m² et par an`
        let and = if block.is_one_of(end, &["et"]) {
            end + 1
        } else {
            end
        };
        if block.is_one_of(and, &["par"])
            && let Some(per) = block
                .lang
                .per
                .get(tokens.fold(and + 1))
                .filter(|per| matches!(**per, "year" | "month" | "day"))
        {
            return Some((format!("{}/{per}", unit.symbol), and + 2));
        }
        return Some((unit.symbol, end));
    }
    let per = block.lang.per.get(tokens.fold(i))?;
    // `par an`, but not `par part`icular uses like `par action de groupe`.
    (tokens.raw(i).chars().count() > 1).then(|| ((*per).to_owned(), i + 1))
}

/// `h`, `s`, `an` after a slash.
fn symbol(block: &Block<'_, '_>, i: usize) -> Option<(String, usize)> {
    let tokens = block.tokens;
    let per = match tokens.raw(i) {
        "h" | "H" => "h",
        "s" | "sec" => "s",
        "min" | "mn" => "min",
        "j" | "jr" => "day",
        "an" | "a" | "y" | "yr" => "year",
        "mo" => "month",
        raw => {
            if tokens.is_number(i) || raw.is_empty() {
                return None;
            }
            let (unit, end) = unit::read(tokens, i, block.lang.lang)?;
            return (unit.kind == FigureKind::Quantity).then_some((unit.symbol, end));
        }
    };
    Some((per.to_owned(), i + 1))
}

/// `par million de tokens`, `pour 100 000 habitants` is left to the reader.
fn million(block: &Block<'_, '_>, i: usize) -> Option<(String, usize)> {
    let Word::Cardinal(Card::Scale(_) | Card::Thousand) = block.word(i) else {
        return None;
    };
    let tokens = block.tokens;
    let of = block.is_one_of(i + 1, &["de"]);
    let noun = if of { i + 2 } else { i + 1 };
    // `per million input tokens`
    let noun = noun + usize::from(block.is_one_of(noun, &["input", "output"]) && tokens.is_word(noun + 1));
    if !tokens.is_word(noun) || block.lang.function_words.has(tokens.fold(noun)) {
        return None;
    }
    Some((format!("{} {}", tokens.raw(i), tokens.raw(noun)), noun + 1))
}
