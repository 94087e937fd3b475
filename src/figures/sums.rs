//! Millions and more without a currency: `3,2 milliards d'euros, contre 3,06 milliards`, `l'Ebit monte à 4,1 milliards`.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::block::Block;
use super::item::Item;
use super::lexicon::WordSet;
use super::numeral::power_of_ten;
use crate::record::FigureKind;

/// What stands between two sums of money.
static LINKS: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "
    contre apres à et puis de dont soit plus moins pres environ against from to and versus compared than ou
    avoisiner avoisine atteindre atteint depasser depasse frole froler remis apporte verse investi leve depense
",
    )
});

/// What is never anything but money.
static NOUNS: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "
    ebit ebitda benefice benefices tresorerie dette capital passif endettement capitalisation valorisation
    revenu revenus recettes budget deficit excedent perte pertes cout couts montant facture amende economies
    affaires resultat dividende dividendes profit profits revenue earnings debt encours depots collecte
    interessement levee amendes provisionne rapporte rapporter rapporterait coute couter couterait debourse
    encaisse empoche leve levent levera lever vaut valait vaudrait valorise valorisee valorisent surtaxe taxe ticket tickets dote dotee emprunte emprunter brule brulons brulait investira investir investissent investissait manque manquerait manquera transfert indemnite
    provision provisions emprunt emprunts subvention subventions income proceeds
    investissement investissements liquidites enveloppe prix somme sommes charges credit credits englouti economiserait economiser
    reclame reclament reclamait consacre consacrer consacrent consacrera dettes indemnites primes dons salaires impots impayes sanction sanctions penalite penalites astreinte astreintes
    versera injecter debloque complement ardoise rancon cagnotte financement financements
",
    )
});

/// Gives sums the currency of the sums around them, in place.
pub(super) fn complete(block: &Block<'_, '_>, items: &mut [Item]) {
    // The currency that the paragraph was last in, at first the one that it will be in.
    let mut around = items.iter().find_map(currency).or(block.earlier);
    let in_sums = items
        .iter()
        .any(|item| currency(item).is_some() && is_large(item));
    let other_billions = items.iter().any(counts_billions);
    same_family(block, items);
    // … and that the sentence was last in.
    let mut said: Option<Currency> = None;
    let mut end = 0;
    for k in 0..items.len() {
        let item = &items[k];
        if (end..item.first).any(|i| matches!(block.tokens.mark(i), Some('.' | ';' | '!' | '?'))) {
            said = None;
        }
        // `20,6 milliards de yuans (2,5 milliards d'euros), pour des ventes de 247,8 milliards`: what that is in euros.
        let converted = item.first > 0 && block.tokens.is_mark(item.first - 1, '(') && end + 1 == item.first;
        let own = currency(item).filter(|_| !(converted && said.is_some()));
        end = item.end;
        said = own.filter(|_| is_large(item)).or(said);
        around = own.or(around);
        if !is_sum(block, item) {
            continue;
        }
        let next = || comes_after(block, item, items.get(k + 1)?);
        let billions =
            || item.numeral.scale > million() && !other_billions && in_sums && !is_number(block, item);
        let implied = || {
            around
                .filter(|_| billions() || names_money(block, item))
                .map(|(code, _)| (code, true))
        };
        let found = said
            .filter(|_| is_linked(block, item))
            .or_else(next)
            .or_else(implied);
        if let Some((code, ambiguous)) = found {
            let item = &mut items[k];
            (item.currency, item.ambiguous, item.bare) = (Some(code), ambiguous, false);
            if item.kind != FigureKind::Rate {
                (item.kind, item.unit) = (FigureKind::Money, None);
            }
            said = found;
        }
    }
}

/// `84,60 francs suisses`, then `311 millions de francs`; `1 dollar`, then `13 cents`: of the country that was named.
fn same_family(block: &Block<'_, '_>, items: &mut [Item]) {
    const FRANCS: &[&str] = &["CHF", "XOF", "XAF", "XPF", "CDF", "GNF", "BEF"];
    const OF_CENTS: &[&str] = &["USD", "CAD", "AUD", "NZD", "SGD", "HKD"];
    let mut last = block.earlier.map(|(code, _)| code);
    let named = |item: &Item| item.currency.filter(|code| FRANCS.contains(code));
    // `à 3,60 francs, pour un bénéfice de CHF 1,84 milliard`: named after it.
    let later = items.iter().find_map(named);
    let hundredths = |item: &Item| block.tokens.fold(item.end - 1) == "centimes";
    let euros = items
        .iter()
        .any(|item| item.currency == Some("EUR") && !hundredths(item));
    let crowns = items
        .iter()
        .any(|item| is_crown(block, item))
        .then(|| crowns_of(block))
        .flatten();
    for item in items {
        if let Some(code) = crowns.filter(|_| is_crown(block, item)) {
            item.currency = Some(code);
            continue;
        }
        // `a dividend of 18.5 cent a share`: those of the euro have no plural.
        let euro_cent = item.currency == Some("USD") && euros && is_cent(block, item);
        if euro_cent {
            item.currency = Some("EUR");
            continue;
        }
        let Some(code) = item.currency else { continue };
        let family = match code {
            "FRF" if item.ambiguous => FRANCS,
            "EUR" if hundredths(item) && !euros => FRANCS,
            "EUR" if block.tokens.fold(item.end - 1) == "cents" => OF_CENTS,
            _ => &[],
        };
        match last
            .filter(|last| family.contains(last))
            .or(later.filter(|_| family == FRANCS))
        {
            Some(same) => (item.currency, item.ambiguous) = (Some(same), true),
            None => last = Some(code),
        }
    }
}

/// Crowns of no country.
fn is_crown(block: &Block<'_, '_>, item: &Item) -> bool {
    let named = |i: usize| {
        block.is_one_of(
            i,
            &["crown", "crowns", "kroner", "krone", "couronne", "couronnes"],
        )
    };
    item.ambiguous && item.end > 0 && (item.first..item.end).any(named)
}

/// The one country with crowns that the text speaks of: `Denmark … 160 million kroner`.
fn crowns_of(block: &Block<'_, '_>) -> Option<&'static str> {
    let country = |i: usize| {
        Some(match block.tokens.fold(i) {
            "denmark" | "danish" | "danemark" | "danois" | "danoise" | "danoises" | "copenhagen"
            | "copenhague" => "DKK",
            "norway" | "norwegian" | "norvege" | "norvegien" | "norvegienne" | "norvegiens" | "oslo" => "NOK",
            "sweden" | "swedish" | "suede" | "suedois" | "suedoise" | "suedoises" | "stockholm" => "SEK",
            "czech" | "czechia" | "tcheque" | "tcheques" | "tchequie" | "prague" => "CZK",
            "iceland" | "icelandic" | "islande" | "islandais" | "islandaise" | "reykjavik" => "ISK",
            _ => return None,
        })
    };
    let mut named = (0..block.tokens.len()).filter_map(country);
    let first = named.next()?;
    named.all(|code| code == first).then_some(first)
}

/// `18.5 cent a share`
fn is_cent(block: &Block<'_, '_>, item: &Item) -> bool {
    let cent = (item.numeral.end..item.end).any(|i| block.is_one_of(i, &["cent"]));
    cent && item.ambiguous && item.value != Some(Decimal::new(1, 2))
}

/// A code, and whether the text may mean another one: several countries share the word, or the paragraph says it and
/// not the sentence.
pub(super) type Currency = (&'static str, bool);

pub(super) fn currency(item: &Item) -> Option<Currency> {
    let priced = matches!(item.kind, FigureKind::Money | FigureKind::Rate);
    let code = item.currency.filter(|_| priced)?;
    Some((code, item.ambiguous))
}

pub(super) fn million() -> Decimal {
    power_of_ten(6)
}

/// Things that are counted in billions, as tokens and people are.
fn counts_billions(item: &Item) -> bool {
    item.kind == FigureKind::Count && item.numeral.scale > million() && item.unit.is_some()
}

/// `le nombre de transactions dépassait 2,6 milliards`
fn is_number(block: &Block<'_, '_>, item: &Item) -> bool {
    let back = (1..=8).map_while(|back| item.first.checked_sub(back));
    let mut sentence = back.take_while(|&i| !matches!(block.tokens.mark(i), Some('.' | ';' | ':' | ',')));
    sentence.any(|i| block.is_one_of(i, &["nombre", "volume", "volumes", "population", "number"]))
}

/// `vendu 60 euros, le jeu s'est écoulé à 3 millions`: a price is no measure of millions.
fn is_large(item: &Item) -> bool {
    let value = item.value.or(item.max);
    value.is_some_and(|value| value.abs() >= Decimal::from(10_000))
}

/// Millions of nothing that is counted, or of what is counted in money.
fn is_sum(block: &Block<'_, '_>, item: &Item) -> bool {
    let scaled = item.numeral.scale >= million() && item.kind == FigureKind::Count;
    scaled && (item.bare || is_of_money(block, item) || is_paid(block, item)) || is_paid_by_time(item)
}

/// `racheter pour 25 milliards de leurs propres actions`: what is paid, and not what is counted.
fn is_paid(block: &Block<'_, '_>, item: &Item) -> bool {
    item.full_first > 1
        && block.is_one_of(item.full_first - 1, &["pour"])
        && block.is_one_of(item.full_first - 2, PURCHASES)
}

/// `brûle 25 millions par mois`
fn is_paid_by_time(item: &Item) -> bool {
    let by_time = item.unit.as_deref().is_some_and(|unit| unit.starts_with('/'));
    item.kind == FigureKind::Rate && item.numeral.scale >= million() && item.currency.is_none() && by_time
}

/// `de 300 millions, à 2,1 milliards d'euros`: the currency comes after.
fn comes_after(block: &Block<'_, '_>, item: &Item, next: &Item) -> Option<Currency> {
    let near = next.first.saturating_sub(item.end) <= 2;
    let linked = next.first > 0 && block.is_one_of(next.first - 1, &["à", "contre", "to"]);
    currency(next).filter(|_| near && linked)
}

/// `3,2 milliards d'euros, contre 3,06 milliards`
fn is_linked(block: &Block<'_, '_>, item: &Item) -> bool {
    let link = |lead: usize| {
        let mark = matches!(block.tokens.mark(lead), Some('(' | ',' | '–' | '—'));
        mark || LINKS.has(block.tokens.fold(lead))
    };
    // `dépasser les 30 milliards`
    let article = |lead: usize| usize::from(lead > 0 && block.is_one_of(lead, &["le", "les"]));
    let lead = item.first.checked_sub(1);
    lead.is_some_and(|lead| link(lead - article(lead)))
}

/// `54 millions d'intéressement`, `2 milliards de chiffre d'affaires`
fn is_of_money(block: &Block<'_, '_>, item: &Item) -> bool {
    let of = block.is_one_of(item.end, &["de"]);
    // `a mis 1,8 million sur la table`
    let put = ["sur", "la", "table"]
        .iter()
        .enumerate()
        .all(|(k, word)| block.tokens.fold(item.end + k) == *word);
    put || of && (NOUNS.has(block.tokens.fold(item.end + 1)) || block.is_one_of(item.end + 1, &["chiffre"]))
}

/// `l'Ebit monte de 49 % à 4,1 milliards`, `la trésorerie (52 millions`
fn names_money(block: &Block<'_, '_>, item: &Item) -> bool {
    const REACH: usize = 14;
    let tokens = block.tokens;
    let sentence = (1..=REACH)
        .map_while(|back| item.first.checked_sub(back))
        // `le ticket médian progresse : 3,1 millions`
        .take_while(|&i| {
            !tokens.stops(i, &['.', ';', '?', '!']) && (!tokens.stops(i, &[':']) || i + 1 == item.first)
        });
    let says = |words: &[&str]| sentence.clone().any(|i| block.is_one_of(i, words));
    // `a racheté 2,1 millions de titres pour 148 millions`, `la vente a totalisé 236 millions`
    let paid = item.first > 0 && block.is_one_of(item.first - 1, &["pour"]) && says(PURCHASES);
    let raised = says(&["totalise", "totalisent", "totaliser"]) && says(AUCTIONS);
    let named = sentence.clone().any(|i| NOUNS.has(tokens.fold(i)));
    named || paid || raised || is_of_money(block, item)
}

/// What is done for money.
const PURCHASES: &[&str] = &[
    "rachete",
    "racheter",
    "rachat",
    "achete",
    "acheter",
    "acquis",
    "acquiert",
    "acquerir",
    "acquisition",
    "cede",
    "ceder",
    "cession",
    "vendu",
    "vendue",
    "revendu",
    "revendue",
];

/// What adds up to money.
const AUCTIONS: &[&str] = &[
    "vente", "ventes", "enchere", "encheres", "dons", "cessions", "levees",
];
