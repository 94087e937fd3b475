//! Of whom an age is told between commas: `Son gérant, 49 ans, écope`; and what lasts years instead.

use super::super::block::Block;
use super::people::{has_personal_ending, is_person, is_relation};

/// What lasts years.
pub(super) const LASTING: &[&str] = &[
    "duree",
    "durees",
    "peine",
    "peines",
    "pret",
    "prets",
    "credit",
    "credits",
    "emprunt",
    "emprunts",
    "bail",
    "baux",
    "mandat",
    "mandats",
    "garantie",
    "garanties",
    "contrat",
    "contrats",
    "delai",
    "delais",
    "maturite",
    "echeance",
    "prison",
    "reclusion",
    "detention",
    "vie",
    "concession",
    "engagement",
    "periode",
    "horizon",
    "anciennete",
    "experience",
    "remboursement",
    "amortissement",
    "prescription",
    "moratoire",
    "obligation",
    "obligations",
    "obligataire",
    "taux",
    "anniversaire",
    "regne",
    "carriere",
    "mariage",
    "procedure",
    "plan",
    "programme",
    "projet",
    "chantier",
    "attente",
    "retard",
    "sursis",
    "suspension",
    "interdiction",
    "bassin",
];

/// Verbs of what is estimated, and no age: `la durée est estimée en moyenne à 11,4 ans`.
pub(super) fn is_level(block: &Block<'_, '_>, i: usize) -> bool {
    const STEMS: &[&str] = &[
        "etabli", "ressort", "elev", "estim", "evalu", "situ", "chiffr", "prolong", "fix", "limit", "port",
        "emprunt", "prete", "accord", "condamn", "amorti",
    ];
    STEMS.iter().any(|stem| block.tokens.fold(i).starts_with(stem))
}

/// Somebody is named right before the comma at token `comma`, at the beginning of a sentence: an article and its noun. Words for
/// persons do so wherever they stand.
pub(super) fn is_someone(block: &Block<'_, '_>, comma: usize) -> bool {
    const REACH: usize = 8;
    const ARTICLES: &[&str] = &[
        "le", "la", "l", "un", "une", "son", "sa", "mon", "ma", "notre", "leur", "cet", "cette", "ce",
    ];
    const ADJECTIVES: &[&str] = &[
        "ancien",
        "ancienne",
        "jeune",
        "vieux",
        "vieil",
        "vieille",
        "futur",
        "future",
        "principal",
        "principale",
        "nouveau",
        "nouvelle",
        "seul",
        "seule",
        "petit",
        "petite",
        "grand",
        "grande",
        "ex",
        "celebre",
    ];
    let tokens = block.tokens;
    let in_name = |i: usize| tokens.is_word(i) || tokens.is_mark(i, '-');
    let article = (1..=REACH)
        .map_while(|back| comma.checked_sub(back))
        .take_while(|&i| in_name(i))
        .filter(|&i| block.is_one_of(i, ARTICLES))
        .last();
    let Some(article) = article else {
        return false;
    };
    let Some(head) = (article + 1..comma).find(|&i| tokens.is_word(i) && !block.is_one_of(i, ADJECTIVES))
    else {
        return false;
    };
    let known = is_person(block, head) || is_relation(block, head) || has_personal_ending(block, head);
    let lasts = LASTING.contains(&tokens.fold(head)) || has_abstract_ending(block, head);
    !lasts && (known || block.is_sentence_start(article))
}

/// `la construction`, `le financement`: no persons.
fn has_abstract_ending(block: &Block<'_, '_>, i: usize) -> bool {
    [
        "tion", "sion", "ment", "age", "ure", "ance", "ence", "ite", "isme",
    ]
    .iter()
    .any(|ending| block.tokens.fold(i).ends_with(ending))
}
