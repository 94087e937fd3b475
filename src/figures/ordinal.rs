//! Ordinals: ranks (`2e`, `troisième`) and centuries; the common uses of `premier` that rank nothing.

use super::block::Block;
use super::item::Item;
use super::measure::Found;
use crate::record::{FigureKind, Lang};

/// Words after `premier` and `second` with which they rank nothing.
const IDIOMS: &[&str] = &[
    "ministre",
    "ministres",
    "temps",
    "lieu",
    "plan",
    "abord",
    "tour",
    "fois",
    "pas",
    "venu",
    "venue",
    "secours",
    "ligne",
    "necessite",
    "classe",
    "main",
    "vie",
    "souffle",
    "heure",
    "guerre",
    "mondiale",
    "lady",
    "degre",
    "chef",
    "dame",
    "age",
    "marche",
    "place",
    "times",
    "time",
    "lady",
    "hand",
    "responders",
    "half",
    "republique",
    "empire",
    "reich",
    "monde",
    "world",
    "chance",
];

/// Finishes an ordinal read as a number.
pub(super) fn finish(block: &Block<'_, '_>, mut item: Item) -> Found {
    let tokens = block.tokens;
    let (first, end) = (item.first, item.end);
    item.kind = FigureKind::Ordinal;
    if block.is_one_of(end, &["siecle", "siecles", "century"]) {
        item.unit = Some(
            if block.lang.lang == Lang::En {
                "century"
            } else {
                "siècle"
            }
            .into(),
        );
        item.period = super::date::century(item.numeral.value);
        item.extend_to(end + 1);
        return Found::Item(Box::new(item), end + 1);
    }
    let spelled = tokens.is_word(first);
    if block.is_whole(first, end) || !spelled {
        // `20e arrondissement`, `49e parallèle`: places.
        let place = block.is_one_of(end, &["arrondissement", "arrondissements", "republique"]);
        return if place {
            Found::Skip(end)
        } else {
            Found::Item(Box::new(item), end)
        };
    }
    let idiom = tokens.is_word(end)
        && (IDIOMS.contains(&tokens.fold(end)) || tokens.is_capital(end) && !tokens.is_acronym(end));
    let plural = tokens.fold(first).ends_with('s') && end == first + 1;
    // `seconde`: a unit of time, a verb; `en premier`.
    let unit = tokens.fold(first) == "seconde"
        && first > 0
        && block.is_one_of(first - 1, &["par", "la", "une", "quart", "en", "chaque"]);
    let adverb = matches!(tokens.fold(first), "first" | "second") && !tokens.is_word(end);
    let alone = matches!(tokens.fold(first), "premier" | "premiere" | "second" | "seconde")
        && (!tokens.is_word(end) || block.lang.function_words.has(tokens.fold(end)));
    if idiom || plural || unit || adverb || alone {
        return Found::Skip(end);
    }
    Found::Item(Box::new(item), end)
}
