//! Dates that say nothing of the figures around them: events, goals, comparisons, what money was worth.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use super::block::Block;
use super::item::Item;
use super::lexicon::WordSet;

/// What happened or will happen at a date that says nothing of the rest of its sentence.
static EVENTS: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "
    depuis since fonde fondee fondes fondees cree creee crees creees ne nee nes lance lancee sorti sortie sortis
    sorties introduit introduite acquis acquise commence commencee depose deposee signe signee ouvert ouverte
    inaugure inauguree rachete rachetee nomme nommee entre entree arrive arrivee founded created born launched
    couple couplee construit construite construits acheve achevee adopte adoptee promulgue promulguee
    clos close closes arrete arretee than pic sommet plancher reporte reportee repousse repoussee decale decalee
",
    )
});

/// `en euros 2020`, `valeur 2015`: what the money was worth; `Brent livraison janvier`: what is sold.
pub(super) fn is_no_period(block: &Block<'_, '_>, date: usize) -> bool {
    const WORTH: &[&str] = &[
        "euro",
        "euros",
        "constants",
        "courants",
        "valeur",
        "economiques",
        "dollars",
        "livraison",
        "echeance",
    ];
    // `PARIS, 24 nov (AFP) - `: when it was written.
    let tokens = block.tokens;
    let filed = (2..=5).contains(&date)
        && tokens.is_mark(date - 1, ',')
        && (0..date - 1).all(|i| tokens.is_acronym(i) || tokens.is_mark(i, '-'))
        && (date + 1..date + 7).any(|i| matches!(tokens.mark(i), Some('-' | '–' | '—')));
    if filed {
        return true;
    }
    let of = usize::from(date > 0 && block.is_one_of(date - 1, &["de"]));
    date.checked_sub(1 + of)
        .is_some_and(|i| block.is_one_of(i, WORTH))
}

/// `d'ici 2030`, `d'ici à la fin de 2027`, `vise 300 personnes fin 2026`
pub(super) fn is_deadline(block: &Block<'_, '_>, mention: usize) -> bool {
    const GOALS: &[&str] = &[
        "vise",
        "visent",
        "visait",
        "ambitionne",
        "ambitionnent",
        "table",
        "tablent",
        "espere",
        "esperent",
    ];
    let near = |reach: usize, words: &[&str]| {
        (1..=reach)
            .map_while(|back| mention.checked_sub(back))
            .take_while(|&i| !block.tokens.is_mark(i, ','))
            .any(|i| block.is_one_of(i, words))
    };
    // `avale 120 MW et pourra passer à 250 en 2028`
    near(4, &["ici", "jusque"]) || near(5, &["passer", "monter", "redescendre"]) || near(8, GOALS)
}

/// `12 vols par an, puis un par semaine en 2030`, `30 GW, dont 4,2 raccordés en 2025`: what stands before is not of that
/// date.
pub(super) fn is_later_part(block: &Block<'_, '_>, i: usize, mention: usize) -> bool {
    let tokens = block.tokens;
    let next = block.is_one_of(i, &["puis"]) && i > 0 && tokens.is_mark(i - 1, ',');
    // `1,5 milliard sur l'année, 300 millions au premier trimestre`
    let all = block.is_one_of(i, &["sur"])
        && block.is_one_of(i + 1, &["le"])
        && block.is_one_of(i + 2, &["annee", "exercice"])
        && tokens.is_mark(i + 3, ',');
    let done = |i: usize| {
        let raw = tokens.raw(i);
        tokens.is_word(i)
            && ["é", "és", "ée", "ées"]
                .iter()
                .any(|ending| raw.ends_with(ending))
    };
    let part = block.is_one_of(i, &["dont"])
        && tokens.is_number(i + 1)
        && mention - i <= 6
        && (i + 2..mention).any(done)
        && !(i + 2..mention).any(|i| tokens.stops(i, &[',']));
    next || all || part
}

/// `81 millions six mois plus tôt`, `78 la veille`
pub(super) fn is_of_before(block: &Block<'_, '_>, item: &Item) -> bool {
    let at = item.reach.max(item.end);
    let day = block.is_one_of(at + 1, &["veille"]) && block.is_one_of(at, &["la", "le"]);
    let ago = block.is_one_of(at + 2, &["auparavant", "earlier"])
        || block.is_one_of(at + 2, &["plus"]) && block.is_one_of(at + 3, &["tot"]);
    day || ago || block.is_one_of(at, &["il"]) && block.is_one_of(at + 1, &["y"])
}

/// `contre 3 milliards`, `après 5 % en 2023`: the figure is of another period.
pub(super) fn is_comparison(block: &Block<'_, '_>, at: usize) -> bool {
    let before =
        |back: usize, words: &[&str]| at.checked_sub(back).is_some_and(|i| block.is_one_of(i, words));
    let abbreviated = at > 0 && block.tokens.is_mark(at - 1, '.') && before(2, &["vs"]);
    abbreviated
        || before(
            1,
            &["contre", "après", "apres", "against", "versus", "vs", "after"],
        )
        || before(1, &["et", "and"]) && goes_on_comparing(block, at)
        || before(2, &["contre", "compared", "rapport", "face"])
            && before(1, &["to", "with", "à", "aux", "les", "une", "un"])
}

/// `après +0,3 % et +0,1 %`
fn goes_on_comparing(block: &Block<'_, '_>, at: usize) -> bool {
    let tokens = block.tokens;
    let value = |i: usize| tokens.is_number(i) || tokens.mark(i).is_some_and(|mark| "+-−,.%".contains(mark));
    let lead = (2..=10)
        .map_while(|back| at.checked_sub(back))
        .find(|&i| !value(i));
    lead.is_some_and(|i| i + 2 < at && block.is_one_of(i, &["contre", "apres", "against", "after"]))
}

/// `contre 3 milliards en 2023`, `0,87 € (0,55 € en 2023)`: the period of a comparison, or of a bracket, leads nothing.
pub(super) fn is_compared(block: &Block<'_, '_>, mention: usize, sentence: usize) -> bool {
    let bracket = (sentence..mention)
        .rev()
        .find(|&i| matches!(block.tokens.mark(i), Some('(' | ')')));
    if bracket.is_some_and(|i| block.tokens.is_mark(i, '(')) {
        return true;
    }
    // One of the words, so far back and not before `start`.
    let stands = |mut back: RangeInclusive<usize>, start: usize, words: &[&str]| {
        back.any(|back| {
            let at = mention.checked_sub(back).filter(|&i| i >= start);
            at.is_some_and(|i| block.is_one_of(i, words))
        })
    };
    // `le double du point bas de 2021`
    let low = block.is_one_of(mention.saturating_sub(1), &["de"])
        && (3..=5).map_while(|back| mention.checked_sub(back)).any(|i| {
            block.is_one_of(i, &["double", "triple", "moitie"]) && block.is_one_of(i + 1, &["de", "du"])
        });
    // `le double de 2010`, `l'objectif de -50 % en 2030`
    let factor = mention > 1
        && block.is_one_of(mention - 1, &["de"])
        && block.is_one_of(
            mention - 2,
            &[
                "double",
                "triple",
                "quadruple",
                "moitie",
                "tiers",
                "quart",
                "niveau",
            ],
        );
    let clause = |reach: usize| {
        (1..=reach)
            .map_while(|back| mention.checked_sub(back))
            .take_while(|&i| i >= sentence && !block.tokens.stops(i, &[',']))
    };
    let goal = clause(8).any(|i| {
        block.is_one_of(i, &["objectif", "objectifs", "cible", "trajectoire"])
            && (i..mention).any(|i| block.tokens.is_number(i))
    });
    // `deux fois et demie le budget annoncé en 2022`
    let times = clause(10).any(|i| {
        block.is_one_of(i, &["fois"])
            && (block.is_one_of(i + 1, &["le", "la", "les", "celui", "celle"])
                || block.is_one_of(i + 3, &["le", "la", "les"]))
    });
    // `below their 2010 level`
    let level = block.is_one_of(mention + 1, &["level", "levels"]);
    // `plus qu'en 2023`, `son record du 6 octobre`, `comparaît jusqu'au 12 décembre aux côtés de sept autres`
    if factor
        || times
        || low
        || level
        || goal
        || stands(1..=2, 0, &["que", "than"])
        || stands(2..=3, sentence, &["record"])
        || stands(1..=3, sentence + 1, &["jusque"])
    {
        return true;
    }
    // `après 5 millions en 2022 et 28 millions en mars 2024`
    const COMPARES: &[&str] = &[
        "contre", "apres", "lieu", "rapport", "comparer", "vs", "against", "compared", "versus", "after",
    ];
    clause(24).any(|i| block.is_one_of(i, COMPARES))
        || clause(12).any(|i| {
            // `repart entre avril et juin`: a preposition.
            let between = i + 1 == mention && block.is_one_of(i, &["entre"]);
            EVENTS.has(block.tokens.fold(i)) && !between
        })
}
