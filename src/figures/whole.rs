//! Numbers that are parts of what was said, or of the same accounts: `sur les 34 km, 21 sont faits`, `il en réclamait 180 000`,
//! `l'agriculture 21`.

use rust_decimal::Decimal;

use super::block::Block;
use super::ellipsis::{is_of_one_order, is_one_sentence, is_within, last, nearest};
use super::exclude::is_listed;
use super::item::Item;
use super::sums;
use crate::record::FigureKind;

/// `90 millions engrangés sur les 200 promis`, `800 MHz sur 3 000 ont trouvé preneur`: of all of them.
pub(super) fn of_whole(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const REACH: usize = 10;
    let lead = b.full_first.checked_sub(1)?;
    let a = nearest(before)?;
    let part = &before[a];
    let of = match block.is_one_of(lead, &["les"]) {
        true => lead.checked_sub(1)?,
        false => lead,
    };
    let large = part.numeral.scale >= sums::million()
        && matches!(part.kind, FigureKind::Count | FigureKind::Money)
        && b.can_be_share();
    // `ajoute 25 millions de dollars aux 40 déjà levés`
    if block.tokens.raw(lead) == "aux"
        && large
        && block.is_one_of(b.end, &["deja"])
        && is_one_sentence(block, part, b)
    {
        return Some(a);
    }
    let scaled = large && of < lead;
    let measured = part.kind == FigureKind::Quantity && of == part.end;
    let closed = !block.tokens.is_word(b.end)
        || block.lang.function_words.has(block.tokens.fold(b.end))
        || ["és", "ées", "is", "us"]
            .iter()
            .any(|ending| block.tokens.raw(b.end).ends_with(ending));
    (block.is_one_of(of, &["sur"])
        && (scaled || measured)
        && closed
        && b.value? > part.mantissa()?
        && of.saturating_sub(part.end) <= REACH
        && is_one_sentence(block, part, b))
    .then_some(a)
}

/// `a perdu 22 millions d'euros pour 31 de revenus`, `pour un chiffre d'affaires de 37`: behind the name of another sum of the same
/// accounts; `… le consensus tablait sur 405`.
pub(super) fn of_account(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const REACH: usize = 24;
    const SUMS: &[&str] = &["revenus", "chiffre", "recettes", "pertes", "benefices", "dette"];
    const NAMES: &[&str] = &[
        "affaires",
        "revenus",
        "recettes",
        "perte",
        "pertes",
        "benefice",
        "benefices",
        "dette",
        "budget",
    ];
    let lead = b.full_first.checked_sub(1)?;
    let named = |i: usize| i > 0 && block.is_one_of(i - 1, NAMES);
    let of = block.is_one_of(lead, &["pour"])
        && block.is_one_of(b.end, &["de"])
        && block.is_one_of(b.end + 1, SUMS)
        || block.is_one_of(lead, &["de"]) && named(lead);
    let expected =
        block.is_one_of(lead, &["sur"]) && lead > 0 && block.tokens.fold(lead - 1).starts_with("tabl");
    let a = last(before, |item| {
        item.kind == FigureKind::Money && item.numeral.scale >= sums::million()
    })?;
    let whole = &before[a];
    let pair = whole.mantissa().zip(b.value);
    let alike = pair.is_some_and(|(a, b)| is_within(a, b, Decimal::from(if expected { 2 } else { 20 })));
    let stops = (whole.end..b.first)
        .filter(|&i| block.tokens.stops(i, &['.', '!', '?']))
        .count();
    (alike
        && b.can_be_share()
        && (of && stops == 0 && lead.saturating_sub(whole.end) <= REACH || expected && stops <= 1))
        .then_some(a)
}

/// `sur les 14,3 milliards, 2,9 arrivent à échéance en 2027 et 4,4 l'année suivante`: behind another number without a unit of its own.
pub(super) fn likewise(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const REACH: usize = 12;
    let lead = b.full_first.checked_sub(1)?;
    let a = nearest(before)?;
    let whole = &before[a];
    let bare = whole.end == whole.numeral.end && whole.numeral.scale >= sums::million() && !whole.bare;
    let written = |item: &Item| item.numeral.decimals && item.end == item.numeral.end;
    (bare
        && block.is_one_of(lead, &["et"])
        && written(whole)
        && written(b)
        && !matches!(block.word(whole.end - 1), super::lexicon::Word::Cardinal(_))
        && is_of_one_order(whole.mantissa()?, b.value?)
        && lead.saturating_sub(whole.end) <= REACH
        && is_one_sentence(block, whole, b))
    .then_some(a)
}

/// `condamné à 32 000 euros ; il en réclamait 180 000`: of what was said.
pub(super) fn of_them(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const VERBS: &[&str] = &[
        "reclame",
        "reclament",
        "reclamait",
        "reclamaient",
        "demande",
        "demandait",
        "demandaient",
        "represente",
        "representent",
        "representait",
        "vaut",
        "valait",
        "vise",
        "visait",
        "veut",
        "espere",
        "esperait",
        "attend",
        "attendait",
        "attendaient",
        "attendent",
        "faisons",
        "fait",
        "font",
        "faisait",
        "avons",
        "ai",
        "avions",
        "rapporte",
        "rapportait",
        "rapporter",
        "perd",
        "perdait",
        "gagne",
        "gagnait",
        "pese",
        "coute",
        "coutait",
        "produit",
        "consomme",
        "depense",
        "touche",
        "touchait",
        "recoit",
        "exige",
        "exigeait",
        "offre",
        "offrait",
        "propose",
        "proposait",
        "prevoit",
        "prevoyait",
        "fournit",
        "recupere",
        "garde",
        "gardent",
        "pesera",
        "representera",
        "vaudra",
        "recuperent",
        "a",
        "ont",
        "avait",
        "avaient",
        "compte",
        "comptent",
        "livre",
        "apporte",
        "possede",
        "detient",
    ];
    let mut verb = b.full_first.checked_sub(1)?;
    // `il n'en vaut plus que 0,71`
    if verb > 2 && block.is_one_of(verb, &["que"]) {
        verb -= 1 + usize::from(block.is_one_of(verb - 1, &["plus"]));
    }
    let pronoun = verb.checked_sub(1)?;
    // Any finite verb: `en apportera`, `en escomptaient`.
    let fold = block.tokens.fold(verb);
    let finite = ["ent", "ait", "era", "eront", "erait"]
        .iter()
        .any(|ending| fold.ends_with(ending))
        && !fold.ends_with("ment")
        && !block.tokens.is_capital(verb);
    if !((block.is_one_of(verb, VERBS) || finite) && block.is_one_of(pronoun, &["en"])) {
        return None;
    }
    // `18 mois de carnet l'an dernier, nous en avons 26`
    let ours = block.is_one_of(verb, &["avons", "ai", "avions"]);
    let a = last(before, |item| {
        let large =
            item.kind == FigureKind::Count && item.unit.is_some() && item.numeral.scale >= sums::million();
        let measured = matches!(
            item.kind,
            FigureKind::Percent | FigureKind::Money | FigureKind::Quantity
        ) || item.kind == FigureKind::Rate && item.currency.is_some();
        match ours {
            true => item.kind == FigureKind::Duration,
            false => measured || large,
        }
    })?;
    let has = block.is_one_of(verb, &["a", "ont", "avait", "avaient", "compte", "comptent"]);
    if has && before[a].kind != FigureKind::Percent {
        return None;
    }
    let fits = match before[a].kind {
        FigureKind::Percent => b.can_be_share() && b.value? <= Decimal::ONE_HUNDRED,
        FigureKind::Money => before[a].numeral.scale == Decimal::ONE || b.can_be_share(),
        FigureKind::Quantity | FigureKind::Duration | FigureKind::Rate => true,
        FigureKind::Count => b.can_be_share(),
        _ => false,
    };
    // Not further than the sentence before.
    let stops = (before[a].end..b.first)
        .filter(|&i| block.tokens.stops(i, &['.', '!', '?']))
        .count();
    // `Le taux est de 3,5 %. En 2020, ils en comptaient 12 par classe.`
    let listed = block.is_one_of(verb, VERBS);
    let same = stops == 0 || listed || before[a].kind != FigureKind::Percent;
    let each = block.is_one_of(b.end, &["par", "per"]);
    (fits && same && !each && stops <= 1 && pronoun.saturating_sub(before[a].end) <= 16).then_some(a)
}

/// `sur les 34 kilomètres, 21 sont faits`
pub(super) fn done(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    let lead = b.full_first.checked_sub(1)?;
    let verb = &[
        "sont",
        "ont",
        "etaient",
        "restent",
        "seront",
        "seraient",
        "avaient",
        "viennent",
        "iront",
        "vont",
        "proviennent",
        "arrivent",
        "servent",
        "financent",
        "concernent",
        "relevent",
        "proviendront",
        "serviront",
        "are",
        "were",
        "have",
    ];
    let a = nearest(before)?;
    let whole = &before[a];
    let before = |back: usize, words: &[&str]| {
        let at = whole.full_first.checked_sub(back);
        at.is_some_and(|i| block.is_one_of(i, words))
    };
    // `sur 100 euros de courses, 8 vont à l'agriculteur`
    let each = before(1, &["sur", "of"]) && whole.kind == FigureKind::Money;
    let led = each || before(1, &["les", "des", "ces", "le", "the"]) && before(2, &["sur", "of"]);
    // `sur les 46 millions de profits affichés, 29 proviennent`, `sur les 112 lots, 71 sont réservés`
    let large = whole.numeral.scale >= sums::million() && b.can_be_share();
    let counted =
        whole.kind == FigureKind::Count && whole.unit.is_some() && whole.numeral.scale == Decimal::ONE;
    let part = whole.kind == FigureKind::Quantity || whole.kind == FigureKind::Money && large || counted;
    (led && block.tokens.is_mark(lead, ',')
        && block.is_one_of(b.end, verb)
        && (each || part)
        && b.value? <= whole.value?
        && is_one_sentence(block, whole, b))
    .then_some(a)
}

/// `les transports pèsent 34 % du total, l'agriculture 21 et l'industrie 17`: parts of one whole.
pub(super) fn shares(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    let tokens = block.tokens;
    let noun = b.full_first.checked_sub(1)?;
    let article = noun.checked_sub(1)?;
    let lead = article.checked_sub(1)?;
    let a = nearest(before)?;
    let whole = &before[a];
    let near = lead.checked_sub(whole.end).is_some_and(|gap| gap <= 5);
    let total: Decimal = before
        .iter()
        .rev()
        .take(8)
        .filter(|item| item.kind == FigureKind::Percent)
        .filter_map(|item| item.value)
        .fold(Decimal::ZERO, Decimal::saturating_add);
    (whole.kind == FigureKind::Percent
        && whole.direction.is_none()
        && !whole.numeral.signed
        && tokens.is_word(noun)
        && block.is_one_of(article, &["le", "la", "les", "leur", "leurs"])
        && is_listed(block, b.full_first, b.end)
        && near
        && b.can_be_share()
        && total.saturating_add(b.value?) <= Decimal::ONE_HUNDRED
        && is_one_sentence(block, whole, b))
    .then_some(a)
}

/// `l'Allemagne apporte 5 milliards, la France 3,6`, `l'année blanche rapporterait 7,1 milliards, le gel du barème 1,9`:
/// tenths of what cannot be cut, behind a name or a noun.
pub(super) fn of_one_scale(block: &Block<'_, '_>, before: &[Item], b: &Item) -> Option<usize> {
    const REACH: usize = 12;
    let tokens = block.tokens;
    let name = b.full_first.checked_sub(1).filter(|&i| tokens.is_word(i))?;
    let a = last(before, |item| {
        item.numeral.scale >= sums::million() && matches!(item.kind, FigureKind::Count | FigureKind::Money)
    })?;
    let whole = &before[a];
    let linked = |i: usize| tokens.is_mark(i, ',') || block.is_one_of(i, &["et"]);
    let closed = b.end == tokens.len() || tokens.stops(b.end, &['.', ',', ';']) || linked(b.end);
    // … the noun with its article, or the name, stands behind a comma.
    let start = (whole.end..name).rev().find(|&i| linked(i))?;
    let article = block.is_one_of(start + 1, &["le", "la", "les", "un", "une"]);
    let named = tokens.is_capital(name) && name - start <= 4;
    let listed = named || article && closed && name - start <= 7;
    (listed
        && name
            .checked_sub(whole.end)
            .is_some_and(|gap| gap > 0 && gap <= REACH)
        && b.numeral.decimals
        && b.can_be_share()
        && is_of_one_order(whole.mantissa()?, b.value?)
        && is_one_sentence(block, whole, b))
    .then_some(a)
}
