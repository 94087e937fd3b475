//! Two values of a change: `passe de 3 à 5 %` is no range.

use rust_decimal::Decimal;

use super::block::Block;
use super::item::Item;
use crate::record::{FigureKind, Lang};

/// A verb of change stands before `de a à b`: from one value to another.
pub(super) fn is_change(block: &Block<'_, '_>, a: &Item) -> bool {
    let tokens = block.tokens;
    let Some(lead) = a.first.checked_sub(1) else {
        return false;
    };
    // `Domestic capacity is due to grow 4% to 6%`: the form that future and infinitive have tells by how much.
    let grows = block.is_one_of(
        lead,
        &[
            "grow", "rise", "increase", "fall", "drop", "decline", "climb", "gain", "expand", "shrink",
            "slip",
        ],
    );
    if grows && a.kind == FigureKind::Percent {
        return false;
    }
    // `a gagné 1,25 $ à 48,90 $`
    if block.lang.change.contains_key(tokens.fold(lead)) && !a.bare {
        return true;
    }
    let after_change = |words: &[&str]| {
        block.is_one_of(lead, words)
            && lead > 0
            && (block.lang.change.contains_key(tokens.fold(lead - 1)) || is_verb_of_change(block, lead - 1))
    };
    // `raised by 10 cents to $1.15`, `augmente de 2 euros à 14 euros`
    let by = after_change(&["by", "de"]);
    let sized = a.numeral.scale >= Decimal::ONE_THOUSAND;
    if by && (!a.bare || sized) && a.unit.is_none() | (a.unit.as_deref() != Some("%")) {
        return true;
    }
    if block.lang.lang == Lang::En {
        // `crept up 1,250 to 228,500`
        if after_change(&["up", "down"]) {
            return true;
        }
        return block.is_one_of(lead, &["from"])
            && (1..=6)
                .map_while(|back| lead.checked_sub(back))
                .take_while(|&i| tokens.mark(i).is_none())
                .any(|i| is_verb_of_change(block, i));
    }
    if !block.is_one_of(lead, &["de"]) {
        return false;
    }
    // `grimperait de 160 000 à 215 000 tonnes`, `monte de 18,4 % à 24,9 %`: nobody rises by so much, or says the unit twice.
    const NOUNS: &[&str] = &[
        "hausse",
        "hausses",
        "baisse",
        "baisses",
        "recul",
        "repli",
        "croissance",
        "progression",
        "augmentation",
        "diminution",
        "gain",
        "perte",
        "bond",
        "chute",
        "reduction",
        "rebond",
        "remise",
        "rabais",
    ];
    let large = a.numeral.grouped && a.value.is_some_and(|value| value >= Decimal::from(10_000));
    let moved = (!a.bare && a.kind == FigureKind::Percent || large && a.bare)
        && lead.checked_sub(1).is_some_and(|i| {
            block.lang.change.contains_key(tokens.fold(i)) && !NOUNS.contains(&tokens.fold(i))
        });
    if moved {
        return true;
    }
    // `passera de 25 à 50 % pour l'un et de 25 à 100 % pour l'autre`,
    // `passera de 11,99 à 12,99 euros, la formule famille de 19,99 à 21,99`
    let again = lead > 0 && block.is_one_of(lead - 1, &["et", "puis"]) || goes_on_from(block, lead);
    let reach = if again { 64 } else { 8 };
    let ends = |i: usize| match again {
        true => tokens.stops(i, &['.', ';']),
        // `L'abonnement standard passera, lui, de 9,99 à 11,99 euros`
        // `Le vent est monté d'un coup, de quinze à quarante-cinq nœuds`
        false if tokens.is_mark(i, ',') && i + 1 == lead => false,
        false if tokens.is_mark(i, ',') => {
            let him = |i: usize| block.is_one_of(i, &["lui", "elle", "eux", "elles"]);
            !(him(i + 1) || i > 0 && him(i - 1))
        }
        false => matches!(tokens.mark(i), Some('.' | ';' | '(' | ')')),
    };
    (1..=reach)
        .map_while(|back| lead.checked_sub(back))
        .take_while(|&i| !ends(i))
        .any(|i| {
            is_verb_of_change(block, i) && !block.is_one_of(i.saturating_sub(1), &["en", "une", "la", "par"])
        })
}

/// Another `de 19,99 à 21,99` stands before, in the same sentence and behind a comma.
pub(super) fn goes_on_from(block: &Block<'_, '_>, lead: usize) -> bool {
    let tokens = block.tokens;
    let first = (1..=32)
        .map_while(|back| lead.checked_sub(back))
        .take_while(|&i| !tokens.stops(i, &['.', ';']))
        .find(|&i| block.is_one_of(i, &["de"]) && tokens.is_number(i + 1));
    first.is_some_and(|first| {
        let to = (first..lead)
            .take_while(|&i| !tokens.stops(i, &[',']))
            .find(|&i| block.is_one_of(i, &["à"]) && tokens.is_number(i + 1));
        // … but `, pour un coût de 6 à 7 €`.
        let next = |i: usize| tokens.stops(i, &[',']) && !block.is_one_of(i + 1, &["pour", "avec", "soit"]);
        to.is_some_and(|to| (to..lead).any(next))
    })
}

/// A form of `passer`, `porter`, `ramener`… or of a verb that has a direction.
fn is_verb_of_change(block: &Block<'_, '_>, i: usize) -> bool {
    const STEMS: &[&str] = &[
        "pass",
        "port",
        "ramen",
        "relev",
        "revis",
        "evolu",
        "descend",
        "redescend",
        "remont",
        "redui",
        "doubl",
        "tripl",
        "reevalu",
        "corrig",
    ];
    let fold = block.tokens.fold(i);
    if block.lang.decimal_comma {
        let noun = [
            "portefeuille",
            "passage",
            "passif",
            "portail",
            "passager",
            "portable",
            "passion",
            "double",
            "triple",
            "portant",
        ];
        let stem = STEMS.iter().any(|stem| fold.starts_with(stem))
            && !noun.iter().any(|noun| fold.starts_with(noun));
        // `a grimpé de 17 à 29 %` went from one to the other; `grimpera de 17 à 29 %` is a forecast.
        let raw = block.tokens.raw(i);
        let past = ["é", "ée", "és", "ées"]
            .iter()
            .any(|ending| raw.ends_with(ending))
            || matches!(fold, "bondi" | "reduit");
        return stem || past && block.lang.change.contains_key(fold);
    }
    block.lang.change.contains_key(fold)
        || block.is_one_of(
            i,
            &[
                "went", "go", "goes", "gone", "from", "raised", "moved", "revised", "swung", "crept",
                "inched",
            ],
        )
}
