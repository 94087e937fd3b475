//! Numbers whose unit another one says before them: `71 pb, contre 78 la veille`, `45 € à Paris et 30 à Lyon`.

use rust_decimal::Decimal;

use super::assemble::{can_be_share, carry, goes_on_from, is_share};
use super::block::Block;
use super::item::Item;
use super::numeral::Form;
use crate::record::{FigureKind, Lang};

/// Gives the numbers of a block the units that are said before them, in place.
pub(super) fn complete(block: &Block<'_, '_>, items: &mut [Item]) {
    scaled_money(block, items);
    terms(block, items);
    for k in 1..items.len() {
        let (before, rest) = items.split_at_mut(k);
        let b = &mut rest[0];
        if !is_alone(b) {
            continue;
        }
        let said = compared(block, before, b)
            .or_else(|| parallel(block, before, b))
            .or_else(|| part(block, before, b))
            .or_else(|| change(block, before, b));
        if let Some(a) = said {
            carry(b, &before[a]);
        }
    }
}

/// A number in digits that says nothing of what it counts.
fn is_alone(item: &Item) -> bool {
    item.kind == FigureKind::Count && item.unit.is_none() && item.bare && item.numeral.form == Form::Digits
}

/// Says a unit that can be left out after it; nouns are rather said again, or are not what is meant.
fn says_unit(item: &Item) -> bool {
    !matches!(
        item.kind,
        FigureKind::Count | FigureKind::Date | FigureKind::Ordinal | FigureKind::Multiple | FigureKind::Ratio
    )
}

/// `71 pb, contre 78 la veille`, `19 mois au lieu de 21`: compared with the figure right before it.
fn compared(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const REACH: usize = 12;
    const AROUND: &[&str] = &[
        "seulement",
        "environ",
        "pres",
        "plus",
        "moins",
        "quelque",
        "only",
        "about",
    ];
    let mut lead = b.full_first.checked_sub(1)?;
    while block.is_one_of(lead, AROUND)
        || block.is_one_of(lead, &["de", "des"]) && !block.is_one_of(lead.checked_sub(1)?, &["lieu"])
    {
        lead = lead.checked_sub(1)?;
    }
    let to = lead > 0 && block.is_one_of(lead, &["with", "to"]) && block.is_one_of(lead - 1, &["compared"]);
    let instead = lead > 0 && block.is_one_of(lead, &["de", "des"]) && block.is_one_of(lead - 1, &["lieu"]);
    // `un site de 40 MW extensible à 200`
    let extended = lead > 0
        && block.is_one_of(lead, &["à"])
        && block.is_one_of(
            lead - 1,
            &[
                "extensible",
                "extensibles",
                "porte",
                "portee",
                "portes",
                "portees",
            ],
        );
    if !(to || instead || extended || block.is_one_of(lead, &["contre", "against", "versus", "vs"])) {
        return None;
    }
    // `en hausse de 5 % sur un an, contre …`: how long a change took is not what is compared.
    let lasts = |item: &Item| {
        item.kind == FigureKind::Duration
            && block.is_one_of(
                item.full_first.checked_sub(1).unwrap_or_default(),
                &["sur", "en", "over", "in"],
            )
    };
    let a = before
        .iter()
        .rposition(|item| item.kind != FigureKind::Date && !lasts(item))
        .or_else(|| before.iter().rposition(says_unit))?;
    // `34 %, contre 10.000 en janvier (10 %)`
    if is_share(&before[a]) && !can_be_share(b) {
        return None;
    }
    // … and neither is the change, as far as something else was said before it.
    let change = before[a].kind == FigureKind::Percent
        && (before[a].numeral.signed || is_of_change(block, &before[a]))
        && a > 0;
    (says_unit(&before[a])
        && !change
        && lead - before[a].end.min(lead) <= REACH
        && is_one_sentence(block, &before[a], b))
    .then_some(a)
}

/// `en hausse de 5 %`
fn is_of_change(block: &Block<'_, '_>, item: &Item) -> bool {
    let of = item
        .full_first
        .checked_sub(1)
        .filter(|&i| block.is_one_of(i, &["de", "by", "of"]));
    of.and_then(|of| of.checked_sub(1))
        .is_some_and(|i| block.lang.change.contains_key(block.tokens.fold(i)))
}

/// `45 € à Paris et 30 à Lyon`, `12 % en 2024, 14 en 2025`: both go on with the same preposition.
fn parallel(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const REACH: usize = 10;
    let tokens = block.tokens;
    let mut lead = b.full_first.checked_sub(1)?;
    if block.is_one_of(lead, &["de", "à", "by", "to"]) {
        lead = lead.checked_sub(1)?;
    }
    let listed = tokens.is_mark(lead, ',') || block.is_one_of(lead, &["et", "puis", "and"]);
    let place = tokens.fold(b.end);
    let places: &[&str] = match block.lang.lang {
        Lang::En => &["in", "for", "at", "on"],
        _ => &["en", "pour", "à", "au", "aux", "chez", "dans", "sur", "hors"],
    };
    let a = before.iter().rposition(|item| item.kind != FigureKind::Date)?;
    let at = before[a].end.max(before[a].reach);
    // `39 g/kg de matière grasse et 33,2 de protéines`
    let material = place == "de" && b.numeral.decimals;
    let alike = (material || places.contains(&place)) && tokens.fold(at) == place;
    (listed
        && alike
        && says_unit(&before[a])
        && lead - at.min(lead) <= REACH
        && is_one_sentence(block, &before[a], b))
    .then_some(a)
}

/// `10,2 millions d'abonnés (dont 5,4 en France et 2,1 au Brésil)`: nobody counts tenths, so these are millions too.
fn part(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    let lead = b.full_first.checked_sub(1)?;
    let a = before.iter().rposition(|item| item.kind != FigureKind::Date)?;
    let whole = &before[a];
    let goes_on = whole.numeral.first > 0 && block.is_one_of(whole.numeral.first - 1, &["dont", "including"]);
    let named = block.is_one_of(lead, &["dont", "including"])
        || goes_on && (block.tokens.is_mark(lead, ',') || block.is_one_of(lead, &["et", "and"]));
    let counted = matches!(whole.kind, FigureKind::Count | FigureKind::Money);
    let large = whole.numeral.scale >= Decimal::ONE_THOUSAND * Decimal::ONE_THOUSAND;
    let smaller = whole.value.or(whole.max)?.checked_div(whole.numeral.scale)? > b.value?;
    let small = smaller || goes_on;
    (named && counted && large && small && b.numeral.decimals && is_one_sentence(block, whole, b))
        .then_some(a)
}

/// `passera de 11,99 à 12,99 euros, la formule famille de 19,99 à 21,99`: one change after the other.
fn change(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    let tokens = block.tokens;
    let lead = b.full_first.checked_sub(1)?;
    let last = before.len().checked_sub(1)?;
    let to = block.is_one_of(lead, &["à"])
        && before[last].end == lead
        && before[last].first > 0
        && block.is_one_of(before[last].first - 1, &["de"]);
    if to {
        return says_unit(&before[last]).then_some(last);
    }
    let from =
        block.is_one_of(lead, &["de"]) && block.is_one_of(b.end, &["à"]) && tokens.is_number(b.end + 1);
    let a = before
        .iter()
        .rposition(says_unit)
        .filter(|_| from && goes_on_from(block, lead))?;
    is_one_sentence(block, &before[a], b).then_some(a)
}

fn is_one_sentence(block: &Block<'_, '_>, a: &Item, b: &Item) -> bool {
    !(a.end..b.first).any(|i| matches!(block.tokens.mark(i), Some('.' | ';' | '!' | '?' | ':')))
}

/// `18 mois de prison dont 6 avec sursis`: the second number is of months too.
fn terms(block: &Block<'_, '_>, items: &mut [Item]) {
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

/// `3,2 milliards d'euros, contre 3,06 milliards`: a scaled number with nothing counted, after money in
/// the same sentence, is money too.
fn scaled_money(block: &Block<'_, '_>, items: &mut [Item]) {
    const LINKS: &[&str] = &[
        "contre",
        "apres",
        "à",
        "et",
        "puis",
        "de",
        "dont",
        "soit",
        "plus",
        "moins",
        "pres",
        "environ",
        "against",
        "from",
        "to",
        "and",
        "versus",
        "compared",
        "than",
        "ou",
        "avoisiner",
        "avoisine",
        "atteindre",
        "atteint",
        "depasser",
        "depasse",
        "frole",
        "froler",
        "remis",
        "apporte",
        "verse",
        "investi",
        "leve",
        "depense",
    ];
    let million = Decimal::ONE_THOUSAND * Decimal::ONE_THOUSAND;
    let mut money: Option<(&'static str, bool)> = None;
    let currency = |item: &Item| {
        item.currency
            .filter(|_| item.kind == FigureKind::Money)
            .map(|code| (code, item.ambiguous))
    };
    // The currency that the paragraph was last in, at first the one that it will be in.
    let mut around = items.iter().find_map(currency);
    let mut end = 0;
    for k in 0..items.len() {
        let next = items.get(k + 1).and_then(|next| {
            let near = next.kind == FigureKind::Money && next.first.saturating_sub(items[k].end) <= 2;
            let linked = next.first > 0 && block.is_one_of(next.first - 1, &["à", "contre", "to"]);
            next.currency
                .filter(|_| near && linked)
                .map(|code| (code, next.ambiguous))
        });
        let item = &mut items[k];
        if (end..item.first).any(|i| matches!(block.tokens.mark(i), Some('.' | ';' | '!' | '?'))) {
            money = None;
        }
        end = item.end;
        // `vendu 60 euros, le jeu s'est écoulé à 3 millions`: a price is no measure of millions.
        let large = item
            .value
            .or(item.max)
            .is_some_and(|value| value.abs() >= Decimal::from(10_000));
        money = currency(item).filter(|_| large).or(money);
        around = currency(item).or(around);
        let scaled = item.numeral.scale >= million && item.bare && item.kind == FigureKind::Count;
        let linked = item.first > 0
            && (block.is_one_of(item.first - 1, LINKS)
                || matches!(block.tokens.mark(item.first - 1), Some('(' | ',' | '–' | '—')));
        // `de 300 millions, à 2,1 milliards d'euros`: the currency comes after.
        let named = around.filter(|_| scaled && names_money(block, item));
        if let Some((code, ambiguous)) = money.filter(|_| linked).or(next).or(named).filter(|_| scaled) {
            (item.kind, item.currency, item.ambiguous) = (FigureKind::Money, Some(code), ambiguous);
            item.bare = false;
            money = Some((code, ambiguous));
        }
    }
}

/// `l'Ebit monte de 49 % à 4,1 milliards`, `la trésorerie (52 millions`: what stands before is never anything but money.
fn names_money(block: &Block<'_, '_>, item: &Item) -> bool {
    const NOUNS: &[&str] = &[
        "ebit",
        "ebitda",
        "benefice",
        "benefices",
        "tresorerie",
        "dette",
        "capital",
        "passif",
        "endettement",
        "capitalisation",
        "valorisation",
        "revenu",
        "revenus",
        "recettes",
        "budget",
        "deficit",
        "excedent",
        "perte",
        "pertes",
        "cout",
        "couts",
        "montant",
        "facture",
        "amende",
        "economies",
        "affaires",
        "resultat",
        "dividende",
        "dividendes",
        "profit",
        "profits",
        "revenue",
        "earnings",
        "debt",
        "income",
        "proceeds",
    ];
    const REACH: usize = 14;
    let tokens = block.tokens;
    (1..=REACH)
        .map_while(|back| item.first.checked_sub(back))
        .take_while(|&i| !matches!(tokens.mark(i), Some('.' | ';' | ':' | '?' | '!')) || tokens.glued(i + 1))
        .any(|i| block.is_one_of(i, NOUNS))
}
