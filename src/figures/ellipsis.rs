//! Numbers whose unit another one says before them: `71 pb, contre 78 la veille`, `45 € à Paris et 30 à Lyon`.

use rust_decimal::Decimal;

use super::assemble::carry;
use super::block::Block;
use super::item::Item;
use super::numeral::Form;
use super::{onward, prices, sums};
use crate::record::{FigureKind, Lang};

/// Gives the numbers of a block the units that are said before them, in place.
pub(super) fn complete(block: &Block<'_, '_>, items: &mut [Item]) {
    sums::complete(block, items);
    prices::terms(block, items);
    for k in 1..items.len() {
        let (before, rest) = items.split_at_mut(k);
        let b = &mut rest[0];
        if !is_alone(b) {
            continue;
        }
        if is_shift(block, before, b) {
            (b.kind, b.unit, b.bare) = (FigureKind::PercentagePoints, Some("point".into()), false);
            continue;
        }
        let compared = compared(block, before, b)
            .or_else(|| onward::more(block, before, b))
            .or_else(|| onward::passed(block, before, b))
            .or_else(|| onward::in_case(block, before, b));
        // In words only `deux jours, contre trois aujourd'hui`.
        if b.numeral.form == Form::Words && compared.is_none() {
            continue;
        }
        let said = compared
            .or_else(|| parallel(block, before, b))
            .or_else(|| led_alike(block, before, b))
            .or_else(|| part(block, before, b))
            .or_else(|| again(block, before, b))
            .or_else(|| prices::change(block, before, b))
            .or_else(|| prices::quoted(block, before, b))
            .or_else(|| bracket(block, before, b))
            .or_else(|| prices::priced(block, before, b))
            .or_else(|| named(block, before, b))
            .or_else(|| onward::find(block, before, b));
        if let Some(a) = said {
            carry(b, &before[a]);
        }
    }
}

/// `34 % des intentions de vote (+2)`: by so many points.
fn is_shift(block: &Block<'_, '_>, before: &[Item], b: &Item) -> bool {
    const REACH: usize = 6;
    let tokens = block.tokens;
    let open = b
        .first
        .checked_sub(1)
        .filter(|&i| tokens.is_mark(i, '(') && tokens.is_mark(b.end, ')'));
    open.zip(before.last()).is_some_and(|(open, last)| {
        last.kind == FigureKind::Percent
            && !last.numeral.signed
            && b.numeral.signed
            && open.checked_sub(last.end).is_some_and(|gap| gap < REACH)
            && b.value.is_some_and(|value| value.abs() < Decimal::ONE_HUNDRED)
    })
}

/// A number that says nothing of what it counts.
fn is_alone(item: &Item) -> bool {
    let written = item.numeral.form == Form::Digits
        || item.numeral.form == Form::Words && item.numeral.value > Decimal::ONE;
    item.kind == FigureKind::Count && item.unit.is_none() && item.bare && written
}

/// Says a unit that can be left out after it; nouns are rather said again, or are not what is meant.
pub(super) fn says_unit(item: &Item) -> bool {
    !matches!(
        item.kind,
        FigureKind::Count | FigureKind::Date | FigureKind::Ordinal | FigureKind::Multiple | FigureKind::Ratio
    )
}

/// Words that say how exactly.
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

/// `71 pb, contre 78 la veille`, `19 mois au lieu de 21`: compared with the figure right before it.
fn compared(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const REACH: usize = 12;
    let mut lead = b.full_first.checked_sub(1)?;
    while block.is_one_of(lead, AROUND)
        || block.is_one_of(lead, &["de", "des"]) && !block.is_one_of(lead.checked_sub(1)?, &["lieu"])
    {
        lead = lead.checked_sub(1)?;
    }
    let after = |word: &[&str], before: &[&str]| {
        lead > 0 && block.is_one_of(lead, word) && block.is_one_of(lead - 1, before)
    };
    let instead = after(&["de", "des"], &["lieu"])
        || after(&["of"], &["instead"])
        || after(&["than"], &["rather"])
        || after(&["from"], &["up", "down"]);
    // `un site de 40 MW extensible à 200`, `120 MW et pourra passer à 250`, `135 euros, minorée à 90`
    let further = &[
        "extensible",
        "extensibles",
        "porte",
        "portee",
        "portes",
        "portees",
        "passer",
        "monter",
        "monte",
        "grimpe",
        "descend",
        "minoree",
        "minore",
        "majoree",
        "ramenee",
        "ramene",
        "reduite",
        "abaissee",
        "introduite",
        "introduit",
    ];
    let measured = |item: &Item| matches!(item.kind, FigureKind::Temperature | FigureKind::Quantity);
    // `de 28 à 32 °C, jusqu'à 35 dans le Sud-Ouest`, `90 à 120 mm, localement 180`
    let most = after(&["à"], &["jusque"]) && lead > 1 && block.tokens.is_mark(lead - 2, ',')
        || block.is_one_of(lead, &["localement", "voire", "parfois"]);
    let most = most && before.last().is_some_and(measured);
    // `57,1 milliards, soit 6,7 de plus`
    let more = b.numeral.decimals
        && block.is_one_of(lead, &["soit"])
        && block.is_one_of(b.end, &["de"])
        && block.is_one_of(b.end + 1, &["plus", "moins"]);
    let extended = most || more || after(&["à"], further);
    // `sous les 70 euros, après avoir frôlé les 1 100`, `alors qu'il avait flirté avec 13 000`
    let article = usize::from(block.is_one_of(lead, &["le", "les"]));
    let reached = |verb: usize| {
        block.is_one_of(verb, &["frole", "atteint", "touche", "depasse", "flirte"])
            && verb > 0
            && block.is_one_of(verb - 1, &["avoir", "avait"])
    };
    let with = usize::from(block.is_one_of(lead, &["avec"]));
    let extended = extended || lead.checked_sub(article + with).is_some_and(reached);
    // `a grimpé de 12 dollars pour atteindre 356`
    let extended = extended || after(&["atteindre"], &["pour"]);
    let to = after(&["with", "to"], &["compared"]);
    // `1,0 %, après 0,7`
    let followed = b.numeral.decimals && block.is_one_of(lead, &["apres", "after", "puis"]);
    if !(followed
        || to
        || instead
        || extended
        || block.is_one_of(lead, &["contre", "against", "versus", "vs"]))
    {
        return None;
    }
    // `en hausse de 5 % sur un an, contre …`: how long a change took is not what is compared.
    let lasts = |item: &Item| {
        item.kind == FigureKind::Duration
            && (block.is_one_of(item.full_first.saturating_sub(1), &["sur", "en", "over", "in"])
                || block.is_one_of(item.full_first.saturating_sub(2), &["sur", "over", "in"]))
    };
    let a = last(before, |item| item.kind != FigureKind::Date && !lasts(item))
        .or_else(|| last(before, says_unit))?;
    // `156,7 pour un dollar, contre 157,5`
    if before[a].numeral.form == Form::Words && before[a].value == Some(Decimal::ONE) {
        return None;
    }
    // `34 %, contre 10.000 en janvier (10 %)`
    if before[a].is_share() && !b.can_be_share() {
        return None;
    }
    // … and neither is the change, as far as something else was said before it.
    let change = before[a].kind == FigureKind::Percent
        && (before[a].numeral.signed || is_of_change(block, &before[a]))
        && a > 0;
    ((says_unit(&before[a]) || is_of_one_size(&before[a], b))
        && !change
        && lead.saturating_sub(before[a].end) <= REACH
        && is_one_sentence(block, &before[a], b))
    .then_some(a)
}

/// `12,3 millions de voitures, contre 11,8`: two numbers of millions, of which one says so.
fn is_of_one_size(a: &Item, b: &Item) -> bool {
    a.kind == FigureKind::Count
        && a.numeral.scale >= sums::million()
        && b.can_be_share()
        && a.mantissa()
            .zip(b.value)
            .is_some_and(|(a, b)| is_of_one_order(a, b))
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
    if block.is_one_of(lead, AROUND) {
        lead = lead.checked_sub(1)?;
    }
    let listed = tokens.is_mark(lead, ',') || block.is_one_of(lead, &["et", "puis", "and"]);
    let place = tokens.fold(b.end);
    let places: &[&str] = match block.lang.lang {
        Lang::En => &["in", "for", "at", "on"],
        _ => &["en", "pour", "à", "au", "aux", "chez", "dans", "sur", "hors"],
    };
    // … across what is said in a bracket: `52 K€ à Paris (–4 % sur un an), 45 à Lyon`
    let bracket = lead
        .checked_sub(1)
        .filter(|&i| tokens.is_mark(i, ')'))
        .and_then(|end| {
            (end.saturating_sub(8)..end)
                .rev()
                .find(|&i| tokens.is_mark(i, '('))
        });
    let outside = before.partition_point(|item| bracket.is_none_or(|open| item.first < open));
    let a = nearest(&before[..outside])?;
    let lead = bracket.unwrap_or(lead);
    let at = before[a].end.max(before[a].reach);
    // `0,9 % de croissance en 2026 et 1,1 en 2027`
    let of = before[a].is_share() && tokens.fold(at) == "de" && place != "de";
    let at = if of { at + 2 } else { at };
    // `39 g/kg de matière grasse et 33,2 de protéines`
    let material = place == "de" && b.numeral.decimals;
    let alike = (material || places.contains(&place)) && tokens.fold(at) == place;
    (listed
        && alike
        && says_unit(&before[a])
        && lead.saturating_sub(at) <= REACH
        && is_one_sentence(block, &before[a], b))
    .then_some(a)
}

/// `l'Espagne croît de 16,4 % et l'Italie de 4,1`, `de 6,7 % cette année et de 3,6 l'an prochain`
fn led_alike(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const REACH: usize = 10;
    let tokens = block.tokens;
    let of = b.first.checked_sub(1).filter(|&i| block.is_one_of(i, &["de"]))?;
    let lead = of.checked_sub(1)?;
    let a = nearest(before)?;
    let whole = &before[a];
    // `celui de la ville de 1,9`
    let same = |i: usize| block.is_one_of(i, &["celui", "celle", "ceux", "celles"]);
    // `un site de 40 MW, puis un autre de 100`
    let other = block.is_one_of(lead, &["autre"]) && says_unit(whole) && !whole.is_share();
    // … not `et un ratio de 2,4`.
    let goes_on = tokens.is_mark(lead, ',')
        || block.is_one_of(lead, &["et", "puis"])
        || tokens.is_capital(lead)
        || (whole.end..lead).any(same);
    let alike = whole.first > 0 && block.is_one_of(whole.first - 1, &["de"]);
    (alike
        && (other || goes_on && whole.is_share() && b.numeral.decimals && b.can_be_share())
        && of.saturating_sub(whole.end) <= REACH
        && is_one_sentence(block, whole, b))
    .then_some(a)
}

/// `1,9 jour par semaine (2,2 en 2021)`: the same at another time.
fn bracket(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    let lead = b
        .full_first
        .checked_sub(1)
        .filter(|&i| block.tokens.is_mark(i, '('))?;
    let then = block.is_one_of(b.end, &["en", "fin", "debut", "auparavant", "in"])
        || block.is_one_of(b.end + 1, &["an", "mois", "terme"]);
    let a = before.len().checked_sub(1)?;
    // `24,3 % de parts de marché, devant Carrefour (21,5), Intermarché (17,8)`
    let ranked = lead > 0
        && block.tokens.is_capital(lead - 1)
        && block.tokens.is_mark(b.end, ')')
        && b.numeral.decimals
        && before[a].kind == FigureKind::Percent
        && before[a].direction.is_none()
        && !before[a].numeral.signed;
    let follows = lead.saturating_sub(before[a].reach) <= 10 && is_one_sentence(block, &before[a], b);
    if ranked && follows && b.can_be_share() {
        return Some(a);
    }
    let near = lead
        .checked_sub(before[a].reach.max(before[a].end))
        .is_some_and(|gap| gap <= 2);
    // `450 salariés (1 200 à terme)`
    let whole = &before[a];
    let counted =
        whole.unit.is_some() && whole.kind == FigureKind::Count && whole.numeral.scale == Decimal::ONE;
    // `un chiffre d'affaires de 10 milliards (7,2 en 2025)`
    let counted = counted || b.numeral.decimals && is_of_one_size(whole, b);
    // `77 kWh utiles (82 brut)`, `11 nœuds (15 au moteur)`
    let closing = (b.end..b.end + 3).any(|i| block.tokens.is_mark(i, ')'));
    let alike = whole
        .value
        .zip(b.value)
        .is_some_and(|(a, b)| is_within(a, b, Decimal::from(3)));
    let other = closing && alike && whole.kind == FigureKind::Quantity && near && b.numeral.digits > 1;
    if other {
        return Some(a);
    }
    (then && near && (says_unit(whole) || counted) && (b.can_be_share() || !whole.is_share())).then_some(a)
}

/// `10,2 millions d'abonnés (dont 5,4 en France et 2,1 au Brésil)`: nobody counts tenths, so these are millions too.
fn part(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    let lead = b.full_first.checked_sub(1)?;
    // … of what changed by `(+3,8 %)`
    let added = |item: &Item| {
        let bracket = item.first > 0 && block.tokens.is_mark(item.first - 1, '(');
        item.kind == FigureKind::Percent && bracket
    };
    let a = last(before, |item| item.kind != FigureKind::Date && !added(item))?;
    let whole = &before[a];
    let of_it = |i: usize| {
        block.is_one_of(i, &["dont", "including"])
            || i > 0 && block.is_one_of(i, &["which"]) && block.is_one_of(i - 1, &["of"])
    };
    let goes_on = whole.numeral.first.checked_sub(1).is_some_and(of_it);
    let named =
        of_it(lead) || goes_on && (block.tokens.is_mark(lead, ',') || block.is_one_of(lead, &["et", "and"]));
    let counted = matches!(whole.kind, FigureKind::Count | FigureKind::Money);
    // `92,6 TWh, dont 7,1 à Flamanville`
    let measured = whole.kind == FigureKind::Quantity;
    let large = whole.numeral.scale >= sums::million();
    let smaller = whole.value.or(whole.max)?.checked_div(whole.numeral.scale)? > b.value?;
    let small = smaller || goes_on;
    // … nor has anybody 61 euros of 142 billion, or 22 of 210 million users.
    let cut = !b.numeral.grouped && b.numeral.scale == Decimal::ONE;
    // `64 300 euros, dont 38 000 pour licenciement`
    let plain = whole.kind == FigureKind::Money
        && whole.numeral.scale == Decimal::ONE
        && (b.numeral.grouped || b.numeral.decimals)
        && is_within(whole.value?, b.value?, Decimal::ONE_HUNDRED);
    // `1,8 %, dont 0,6 d'augmentations individuelles`
    let share = whole.kind == FigureKind::Percent && b.numeral.decimals;
    (named
        && (counted && large && cut || measured || plain || share)
        && small
        && is_one_sentence(block, whole, b))
    .then_some(a)
}

/// `plafonnerait à 69,3 millions avant de redescendre à 68,1`
fn again(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    let lead = b.full_first.checked_sub(1)?;
    if !block.is_one_of(lead, &["à", "at", "to", "of"]) {
        return None;
    }
    let similar = |item: &Item| {
        let pair = item.mantissa().zip(b.value);
        item.kind != FigureKind::Date && pair.is_some_and(|(a, b)| is_within(a, b, Decimal::new(15, 1)))
    };
    let a = last(before, similar).filter(|a| a + 4 > before.len())?;
    let back = block.is_one_of(lead, &["à", "to"]);
    let tenths = back && b.numeral.decimals && is_of_one_size(&before[a], b);
    // `à 7 612,35 points, après un plus bas à 7 580`
    let level = before[a].kind == FigureKind::Index && b.numeral.grouped;
    ((tenths || level) && is_one_sentence(block, &before[a], b)).then_some(a)
}

/// `l'OM touche 7,6 M€, le PSG 9,3 et Le Havre 2,1`: a name and its number.
fn named(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const REACH: usize = 5;
    let tokens = block.tokens;
    let name = b
        .full_first
        .checked_sub(1)
        .filter(|&i| tokens.is_word(i) && tokens.is_capital(i))?;
    let a = nearest(before)?;
    let whole = &before[a];
    let mut between = whole.end..name;
    (b.numeral.decimals
        && says_unit(whole)
        && name.saturating_sub(whole.end) <= REACH
        && between.any(|i| tokens.is_mark(i, ',') || block.is_one_of(i, &["et"]))
        && is_of_one_order(whole.mantissa()?, b.value?)
        && is_one_sentence(block, whole, b))
    .then_some(a)
}

/// Neither ten times the other.
pub(super) fn is_of_one_order(a: Decimal, b: Decimal) -> bool {
    is_within(a, b, Decimal::TEN)
}

/// Neither `times` the other.
pub(super) fn is_within(a: Decimal, b: Decimal, times: Decimal) -> bool {
    let less = |a: Decimal, b: Decimal| b.checked_mul(times).is_some_and(|most| a < most);
    less(a, b) && less(b, a)
}

/// The last figure that is no date.
pub(super) fn nearest(before: &[Item]) -> Option<usize> {
    last(before, |item| item.kind != FigureKind::Date)
}

/// The last figure like that, not further back than a reader would look.
pub(super) fn last(before: &[Item], like: impl Fn(&Item) -> bool) -> Option<usize> {
    const BACK: usize = 16;
    let first = before.len().saturating_sub(BACK);
    before[first..].iter().rposition(like).map(|at| first + at)
}

pub(super) fn is_one_sentence(block: &Block<'_, '_>, a: &Item, b: &Item) -> bool {
    !(a.end..b.first).any(|i| block.tokens.stops(i, &['.', ';', '!', '?', ':']))
}
