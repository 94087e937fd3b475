//! Millions and more without a currency: `3,2 milliards d'euros, contre 3,06 milliards`, `l'Ebit monte à 4,1 milliards`.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::block::Block;
use super::item::Item;
use super::lexicon::WordSet;
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
    affaires resultat dividende dividendes profit profits revenue earnings debt encours depots collecte interessement levee amendes provisionne provision provisions emprunt emprunts subvention
    subventions income proceeds
",
    )
});

/// `3,2 milliards d'euros, contre 3,06 milliards`: a scaled number with nothing counted, after money in
/// the same sentence, is money too.
pub(super) fn complete(block: &Block<'_, '_>, items: &mut [Item]) {
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
        let linked = |lead: usize| {
            LINKS.has(block.tokens.fold(lead))
                || matches!(block.tokens.mark(lead), Some('(' | ',' | '–' | '—'))
        };
        let article = |lead: usize| usize::from(lead > 0 && block.is_one_of(lead, &["le", "les"]));
        let linked = item
            .first
            .checked_sub(1)
            .is_some_and(|lead| linked(lead - article(lead)));
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
    const REACH: usize = 14;
    let tokens = block.tokens;
    // `54 millions d'intéressement`
    if block.is_one_of(item.end, &["de"])
        && (NOUNS.has(tokens.fold(item.end + 1)) || block.is_one_of(item.end + 1, &["chiffre"]))
    {
        return true;
    }
    (1..=REACH)
        .map_while(|back| item.first.checked_sub(back))
        .take_while(|&i| !matches!(tokens.mark(i), Some('.' | ';' | ':' | '?' | '!')) || tokens.glued(i + 1))
        .any(|i| NOUNS.has(tokens.fold(i)))
}
