//! Prices and terms that are said one after the other: `de 11,99 à 12,99 euros, … de 19,99 à 21,99`, `18 mois dont 6 avec
//! sursis`.

use rust_decimal::Decimal;

use super::assemble::carry;
use super::block::Block;
use super::change::goes_on_from;
use super::ellipsis::{is_of_one_order, is_one_sentence, is_within, last, nearest, says_unit};
use super::item::Item;
use crate::record::FigureKind;

/// `passera de 11,99 à 12,99 euros, la formule famille de 19,99 à 21,99`: one change after the other.
pub(super) fn change(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    let tokens = block.tokens;
    let lead = b.full_first.checked_sub(1)?;
    let neighbour = before.len().checked_sub(1)?;
    let first = &before[neighbour];
    let to = block.is_one_of(lead, &["à"])
        && first.end == lead
        && first.first > 0
        && block.is_one_of(first.first - 1, &["de"]);
    if to {
        // `chute de 14 % à 318 000`: nobody has so many percents.
        let fits = says_unit(first) && (b.can_be_share() || !first.is_share());
        return fits.then_some(neighbour);
    }
    let from =
        block.is_one_of(lead, &["de"]) && block.is_one_of(b.end, &["à"]) && tokens.is_number(b.end + 1);
    if !(from && goes_on_from(block, lead)) {
        return None;
    }
    let a = last(before, says_unit)?;
    is_one_sentence(block, &before[a], b).then_some(a)
}

/// `passé de 7,6 à 78 euros ; il perdait 1,2 %, à 76,95`: the price after its change.
pub(super) fn quoted(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    let lead = b.full_first.checked_sub(1)?;
    let change = before.last()?;
    let moved = change.kind == FigureKind::Percent && lead.saturating_sub(change.end) <= 1;
    if !(moved && b.numeral.decimals && block.is_one_of(lead, &["à", "at", "to"])) {
        return None;
    }
    let a = last(before, |item| item.kind == FigureKind::Money)?;
    let price = before[a]
        .value
        .filter(|_| before[a].numeral.scale == Decimal::ONE)?;
    // `Thales gagne 1,9 % à 248,3 euros, Orange 1,2 %, à 13,56`
    let quoted = a > 0 && a + 2 == before.len() && before[a - 1].kind == FigureKind::Percent;
    let alike = quoted && before[a].first > 0 && block.is_one_of(before[a].first - 1, &["à", "at", "to"]);
    (alike || is_within(price, b.value?, Decimal::TWO)).then_some(a)
}

/// `14,99 euros avec engagement ou 19,99 sans`, `le clavier est à 329 €, le stylet à 149`: one price after the other.
pub(super) fn priced(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const REACH: usize = 10;
    let tokens = block.tokens;
    let lead = b.full_first.checked_sub(1)?;
    let linked = |i: usize| tokens.is_mark(i, ',') || block.is_one_of(i, &["ou", "et", "puis"]);
    let a = nearest(before)?;
    let price = &before[a];
    let at = |item: &Item| item.first > 0 && block.is_one_of(item.first - 1, &["à"]);
    let in_cents = linked(lead) && price.numeral.decimals && b.numeral.decimals;
    // … `le billet à la journée à 69`
    let article = (2..=6)
        .map_while(|back| lead.checked_sub(back))
        .any(|i| i > 0 && block.is_one_of(i, &["le", "la", "les", "un", "une"]) && linked(i - 1));
    let each = at(price) && at(b) && article;
    // `le train roule à 320 km/h, le bus à 100`, `le chômage est à 7,4 %, à 6,1 en Bretagne et à 9 dans l'Aude`
    let placed = at(price)
        && block.is_one_of(lead, &["à"])
        && lead > 0
        && linked(lead - 1)
        && block.is_one_of(b.end, &["en", "dans", "au", "aux", "chez", "à", "pour"]);
    let level = match price.kind {
        FigureKind::Money => in_cents || each,
        FigureKind::Rate => each || placed,
        FigureKind::Temperature => each,
        FigureKind::Percent => (each || placed) && b.can_be_share(),
        _ => false,
    };
    (level
        && price.numeral.scale == Decimal::ONE
        && is_of_one_order(price.value?, b.value?)
        && lead.saturating_sub(price.end) <= REACH
        && is_one_sentence(block, price, b))
    .then_some(a)
}

/// `18 mois de prison dont 6 avec sursis`: the second number is of months too.
pub(super) fn terms(block: &Block<'_, '_>, items: &mut [Item]) {
    for k in 1..items.len() {
        let (before, rest) = items.split_at_mut(k);
        let (a, b) = (&before[k - 1], &mut rest[0]);
        let term = block.is_one_of(b.end, &["avec"]) && block.is_one_of(b.end + 1, &["sursis"])
            || block.is_one_of(b.end, &["ferme", "fermes"]);
        let part = b.first > 0 && block.is_one_of(b.first - 1, &["dont"]) && b.first - a.end <= 6;
        if a.kind == FigureKind::Duration && b.kind == FigureKind::Count && b.unit.is_none() && term && part {
            carry(b, a);
        }
    }
}
