//! Numbers that go on with the measure of another one, and say only where, when or how large they are: `969 € en 256 Go
//! et 1 099 en 512`, `à Lyon 4 580 €, à Nantes 3 260`, `sur les 34 km, 21 sont faits`.

use rust_decimal::Decimal;

use super::block::Block;
use super::ellipsis::{is_of_one_order, is_one_sentence, is_within, last, nearest, says_unit};
use super::item::Item;
use super::whole;
use crate::record::FigureKind;

/// The figure whose unit the number `b` takes.
pub(super) fn find(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    then(block, before, b)
        .or_else(|| sized(block, before, b))
        .or_else(|| placed(block, before, b))
        .or_else(|| whole::of_them(block, before, b))
        .or_else(|| whole::done(block, before, b))
        .or_else(|| whole::of_whole(block, before, b))
        .or_else(|| whole::likewise(block, before, b))
        .or_else(|| whole::of_account(block, before, b))
        .or_else(|| whole::shares(block, before, b))
        .or_else(|| whole::of_one_scale(block, before, b))
}

/// `808 Mt, 3 de plus que le mois dernier`, `51 h, soit neuf de plus`: more of the same.
pub(super) fn more(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const REACH: usize = 14;
    let lead = b.full_first.checked_sub(1)?;
    let more = block.is_one_of(b.end, &["de"]) && block.is_one_of(b.end + 1, &["plus", "moins", "mieux"]);
    // … but `21 % de plus de 65 ans`.
    let of = block.is_one_of(b.end + 2, &["de"]);
    let led = block.tokens.is_mark(lead, ',') || block.is_one_of(lead, &["soit"]);
    let a = nearest(before)?;
    let whole = &before[a];
    let measured = says_unit(whole) && !whole.is_share() && whole.kind != FigureKind::Index;
    (more
        && led
        && !of
        && measured
        && b.can_be_share()
        && b.value? < whole.mantissa().or(whole.max)?
        && lead.saturating_sub(whole.end) <= REACH
        && is_one_sentence(block, whole, b))
    .then_some(a)
}

/// `46 ans, dont vingt-deux passés sur les lignes`
pub(super) fn passed(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    let lead = b.full_first.checked_sub(1)?;
    let a = nearest(before)?;
    let spent = block.is_one_of(b.end, &["passes", "passees", "chez", "comme"]);
    (block.is_one_of(lead, &["dont"])
        && spent
        && before[a].kind == FigureKind::Duration
        && b.value? < before[a].value?)
        .then_some(a)
}

/// `412 heures, contre 235 un an plus tôt et 102 en 2023`, `3,5 M€ en 2022, puis 27 l'an dernier`
fn then(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    let lead = b.full_first.checked_sub(1)?;
    // … not how long ago that was.
    let ago = |item: &Item| {
        item.kind == FigureKind::Duration
            && (block.is_one_of(item.end, &["auparavant"])
                || block.is_one_of(item.end, &["plus"]) && block.is_one_of(item.end + 1, &["tot"]))
    };
    let a = last(before, |item| item.kind != FigureKind::Date && !ago(item))?;
    let whole = &before[a];
    let and = block.is_one_of(lead, &["et", "and"]);
    let against = whole
        .full_first
        .checked_sub(1)
        .is_some_and(|i| block.is_one_of(i, &["contre", "against", "vs"]));
    let next = block.is_one_of(lead, &["puis"]);
    let at = whole.reach.max(whole.end);
    let dated = |i: usize| block.is_one_of(i, &["en", "fin", "in"]) || is_relative(block, i);
    // … the first may have a noun before its date.
    let first_dated = (at..lead).any(dated);
    let other = block.is_one_of(b.end, &["pour", "chez", "à", "au"]);
    ((and && against && (dated(b.end) || other) || next && first_dated && dated(b.end))
        && says_unit(whole)
        && (b.can_be_share() || !whole.is_share())
        && lead.saturating_sub(at) <= 10
        && is_one_sentence(block, whole, b))
    .then_some(a)
}

/// `1 500 euros, 3 000 en cas de récidive`
pub(super) fn in_case(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    let lead = b.full_first.checked_sub(1)?;
    let case = block.is_one_of(b.end, &["en"])
        && block.is_one_of(b.end + 1, &["cas"])
        && block.is_one_of(b.end + 2, &["de"]);
    let a = nearest(before)?;
    let linked = block.tokens.is_mark(lead, ',') || block.is_one_of(lead, &["et", "ou", "voire"]);
    (case && linked && says_unit(&before[a]) && lead.saturating_sub(before[a].end) <= 4).then_some(a)
}

/// `l'an dernier`, `cette année`, `la veille`
fn is_relative(block: &Block<'_, '_>, i: usize) -> bool {
    block.is_one_of(i, &["le", "la", "cette", "ce"])
        && block.is_one_of(
            i + 1,
            &["an", "annee", "annees", "mois", "trimestre", "semestre", "veille"],
        )
}

/// `une antenne de 29 cm sur 25`, `2,95 % sur 15 ans à 3,45 % sur 25`, `899 € en 128 Go et 999 € en 256`: the same
/// measure behind the same word.
fn sized(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const REACH: usize = 14;
    let lead = b.first.checked_sub(1)?;
    let closed = !block.tokens.is_word(b.end) || block.lang.function_words.has(block.tokens.fold(b.end));
    let across = last(before, |_| true)
        .filter(|&a| before[a].end == lead && before[a].kind == FigureKind::Quantity)
        .filter(|_| block.is_one_of(lead, &["sur"]) || block.tokens.raw(lead) == "x");
    if across.is_some_and(|a| is_length(&before[a])) {
        return across;
    }
    // `98 mètres de haut pour 10 de diamètre`
    let wide = block.is_one_of(b.end, &["de"])
        && block.is_one_of(
            b.end + 1,
            &[
                "diametre",
                "large",
                "haut",
                "long",
                "largeur",
                "longueur",
                "hauteur",
                "profondeur",
                "envergure",
            ],
        );
    if wide {
        let a = nearest(before)?;
        let near = lead.saturating_sub(before[a].end) <= REACH && is_one_sentence(block, &before[a], b);
        return (near && is_length(&before[a])).then_some(a);
    }
    if !(closed && block.is_one_of(lead, &["sur", "en", "de", "les", "for"])) {
        return None;
    }
    let word = block.tokens.fold(lead);
    let alike = |item: &Item| {
        let measured = match word {
            "sur" => item.kind == FigureKind::Duration,
            _ => is_storage(item),
        };
        measured && item.first > 0 && block.tokens.fold(item.first - 1) == word
    };
    let a = last(before, alike)?;
    // A price or a rate of its own stands before each.
    let own = before[a + 1..].iter().filter(|item| says_unit(item)).count() == 1;
    (own && is_of_one_order(before[a].value?, b.value?)
        && lead.saturating_sub(before[a].end) <= REACH
        && is_one_sentence(block, &before[a], b))
    .then_some(a)
}

fn is_length(item: &Item) -> bool {
    matches!(item.unit.as_deref(), Some("mm" | "cm" | "m" | "km" | "in" | "px"))
}

fn is_storage(item: &Item) -> bool {
    matches!(item.unit.as_deref(), Some("Go" | "To" | "GB" | "TB"))
}

/// `9 420 euros à Paris et à 3 030 en moyenne`, `à Lyon, 4 580 €, à Bordeaux 4 390`, `969 € en 256 Go et 1 099 en 512`:
/// one price after the other.
fn placed(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const REACH: usize = 20;
    let tokens = block.tokens;
    let mut lead = b.full_first.checked_sub(1)?;
    let linked = |i: usize| tokens.is_mark(i, ',') || block.is_one_of(i, &["et", "puis", "and"]);
    let priced =
        |item: &Item| item.currency.is_some() && matches!(item.kind, FigureKind::Money | FigureKind::Rate);
    let a = last(before, priced)?;
    let price = &before[a];
    let led = |i: usize| block.is_one_of(i, &["à", "en"]);
    let alike = if block.is_one_of(lead, &["à"]) && lead > 0 && linked(lead - 1) {
        // `et à 3 030 en moyenne`
        price.first > 0 && block.is_one_of(price.first - 1, &["à"]) && block.is_one_of(b.end, &["en"])
    } else if tokens.is_capital(lead) {
        // `, à Bordeaux 4 390`
        while lead > 0 && (tokens.is_capital(lead - 1) || tokens.is_mark(lead - 1, '-')) {
            lead -= 1;
        }
        lead >= 2 && led(lead - 1) && linked(lead - 2)
    } else if lead >= 2 && block.is_one_of(lead - 1, &["un", "une", "le", "la", "les"]) && linked(lead - 2) {
        // `un cadre gagne 4 629 euros, un ouvrier 1 988`
        let closed = tokens.stops(b.end, &['.', ',', ';']) || linked(b.end) || b.end == tokens.len();
        b.numeral.grouped && closed
    } else {
        // `et 1 099 en 512`
        let same = tokens.fold(b.end);
        linked(lead) && matches!(same, "en" | "pour" | "avec" | "chez") && tokens.fold(price.end) == same
    };
    let price_of_one = price.numeral.scale == Decimal::ONE && b.numeral.scale == Decimal::ONE;
    (alike
        && price_of_one
        && is_within(price.value?, b.value?, Decimal::from(5))
        && lead.saturating_sub(price.end) <= REACH
        && is_one_sentence(block, price, b))
    .then_some(a)
}
