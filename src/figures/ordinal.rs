//! Ordinals: ranks (`2e`, `troisième`) and centuries; the common uses of `premier` that rank nothing.

use super::block::Block;
use super::item::Item;
use super::measure::Found;
use crate::record::FigureKind;

/// Words after `premier` with which it counts nothing; `for the second time` does.
const TIMES: &[&str] = &["fois", "time", "times"];

/// Words after `premier` and `second` with which they rank nothing.
const IDIOMS: &[&str] = &[
    "ministre",
    "ministres",
    "temps",
    "lieu",
    "plan",
    "abord",
    "tour",
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
    "lady",
    "degre",
    "chef",
    "dame",
    "age",
    "marche",
    "place",
    "hand",
    "responders",
    "half",
    "chance",
    "impressions",
    "impression",
    "floor",
    "thing",
    "look",
    "glance",
];

/// Words after any ordinal with which it names something.
const NAMES: &[&str] = &[
    "guerre",
    "mondiale",
    "republique",
    "empire",
    "reich",
    "world",
    "arrondissement",
    "arrondissements",
];

/// Finishes an ordinal read as a number.
pub(super) fn finish(block: &Block<'_, '_>, mut item: Item) -> Found {
    let tokens = block.tokens;
    let (first, end) = (item.first, item.end);
    item.kind = FigureKind::Ordinal;
    if block.is_one_of(end, &["siecle", "siecles", "century"]) {
        let Some(period) = super::year::century(item.numeral.value) else {
            return Found::Skip(end);
        };
        return Found::Item(Box::new(Item::date(first, end + 1, period)), end + 1);
    }
    let spelled = tokens.is_word(first);
    // `un peu plus du dixième des capacités`, `dont le dixième seulement`
    let part = spelled
        && item.numeral.value > rust_decimal::Decimal::TWO
        && first > 0
        && (tokens.fold(first - 1) == "du" && block.is_one_of(end, &["de", "des", "du"])
            || first > 1 && block.is_one_of(first - 2, &["dont"]) && block.is_one_of(first - 1, &["le"]));
    if let Some(share) =
        super::numeral::ratio(rust_decimal::Decimal::ONE, item.numeral.value).filter(|_| part)
    {
        item.kind = FigureKind::Ratio;
        item.value = Some(share);
        item.numeral.form = super::numeral::Form::Fraction;
        if block.is_one_of(first - 1, &["le"]) {
            (item.first, item.full_first) = (first - 1, first - 1);
        }
        return Found::Item(Box::new(item), end);
    }
    if block.is_whole(first, end) {
        return Found::Item(Box::new(item), end);
    }
    if block.is_one_of(end, NAMES) {
        return Found::Skip(end);
    }
    if !spelled {
        return Found::Item(Box::new(item), end);
    }
    let low = matches!(
        tokens.fold(end - 1),
        "premier"
            | "premiere"
            | "premiers"
            | "premieres"
            | "second"
            | "seconde"
            | "seconds"
            | "secondes"
            | "first"
    );
    let first_of_all = low && !matches!(tokens.fold(end - 1), "second" | "seconde");
    let idiom = tokens.is_word(end)
        && (low && IDIOMS.contains(&tokens.fold(end))
            || first_of_all && TIMES.contains(&tokens.fold(end))
            || tokens.is_capital(end) && !tokens.is_acronym(end) && low)
        || tokens.is_mark(end, '-') && tokens.glued(end) && low;
    if low && matches!(block.word(end), super::lexicon::Word::Cardinal(_))
        || low && block.tokens.is_number(end) && spelled
    {
        // `the first nine months`
        return Found::Skip(end);
    }
    let plural = tokens.fold(first).ends_with('s') && end == first + 1;
    // `seconde`: a unit of time, a verb; `en premier`.
    let unit = tokens.fold(first) == "seconde"
        && first > 0
        && block.is_one_of(first - 1, &["par", "la", "une", "quart", "en", "chaque"]);
    let adverb = matches!(tokens.fold(first), "first" | "second") && !tokens.is_word(end);
    // `the second of four reactors`
    let of_several = block.is_one_of(end, &["of", "des"])
        && (tokens.is_number(end + 1) || matches!(block.word(end + 1), super::lexicon::Word::Cardinal(_)));
    let alone = !of_several
        && matches!(tokens.fold(first), "premier" | "premiere" | "second" | "seconde")
        && (!tokens.is_word(end) || block.lang.function_words.has(tokens.fold(end)));
    if idiom || plural || unit || adverb || alone {
        return Found::Skip(end);
    }
    Found::Item(Box::new(item), end)
}
