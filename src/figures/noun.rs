//! The counted noun after a number, by rule: the head noun, and the model number that belongs to it.

use super::block::Block;
use super::token::Gap;
use crate::record::Lang;

/// A counted noun: its tokens, end-exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Noun {
    pub first: usize,
    pub end: usize,
}

/// What is asked of the noun.
#[derive(Debug, Clone, Copy)]
pub(super) struct Want {
    /// It can be more than one.
    pub plural: bool,
    /// The number ends in a scale or a collective, so that `de` comes before the noun.
    pub after_of: bool,
    /// The number ends in `million` or more: without `de` no noun follows (`40 milliards promis`).
    pub needs_of: bool,
}

impl Want {
    /// Any plural right behind the number.
    pub const PLURAL: Want = Want {
        plural: true,
        after_of: false,
        needs_of: false,
    };
}

/// Nouns of two words that mean one thing.
const COMPOUNDS: &[&[&str]] = &[
    &["centres", "de", "donnees"],
    &["centre", "de", "donnees"],
    &["data", "centers"],
    &["data", "centres"],
    &["points", "de", "vente"],
    &["points", "of", "sale"],
    &["points", "de", "charge"],
    &["points", "de", "recharge"],
    &["bornes", "de", "recharge"],
    &["postes", "de", "travail"],
    &["offres", "de", "emploi"],
    &["suppressions", "de", "postes"],
    &["suppressions", "de", "emplois"],
    &["pages", "vues"],
    &["chefs", "de", "entreprise"],
    &["equivalents", "temps", "plein"],
    &["job", "cuts"],
    &["business", "angels"],
];

/// The noun counted by a number that ends before token `i`.
pub(super) fn read(block: &Block<'_, '_>, i: usize, want: Want) -> Option<Noun> {
    let tokens = block.tokens;
    let mut at = i;
    // `portant à 13 le nombre d'élevages touchés`
    if block.is_one_of(i, &["le"]) && tokens.fold(i + 1) == "nombre" && block.is_one_of(i + 2, &["de", "des"])
    {
        let behind = Want {
            after_of: true,
            ..Want::PLURAL
        };
        return read(block, i + 2, behind).filter(|_| want.plural);
    }
    if want.needs_of && !matches!(tokens.fold(i), "de" | "des" | "of") && block.lang.decimal_comma {
        return None;
    }
    if want.after_of && matches!(tokens.fold(at), "de" | "des" | "of") {
        at += 1;
        if matches!(
            tokens.fold(at),
            "le" | "la" | "les" | "ses" | "leurs" | "nos" | "ces" | "the" | "its" | "their"
        ) {
            at += 1;
        }
    }
    // `les dix plus grosses levées`
    if block.lang.decimal_comma
        && tokens.fold(at) == "plus"
        && block.lang.adjectives.has(tokens.fold(at + 1))
        && tokens.fold(at + 1).ends_with('s')
        && is_candidate(block, at + 2, want, true)
    {
        at += 2;
    }
    for _ in 0..2 {
        let adjective =
            block.lang.adjectives.has(tokens.fold(at)) && is_candidate(block, at + 1, want, at + 1 > i);
        if !adjective {
            break;
        }
        // `deux autres placées en garde à vue`
        if tokens.fold(at) == "autres" && tokens.raw(at + 1).ends_with("ées") {
            return None;
        }
        at += 1;
    }
    if block.lang.lang == Lang::En && want.plural {
        let plural = |k: usize| {
            tokens.is_word(k)
                && tokens.spaced(k)
                && is_english_plural(tokens.fold(k))
                && !tokens.is_capital(k)
        };
        // `12.5 million American depositary shares`
        let people = tokens.is_capital(at)
            && ["an", "ish", "ese", "nch"]
                .iter()
                .any(|ending| tokens.raw(at).ends_with(ending))
            && !tokens.is_capital(at + 1);
        if people && plural(at + 1) {
            at += 1;
        } else if people && tokens.is_word(at + 1) && plural(at + 2) {
            at += 2;
        }
        // `17,000 high-risk customers`
        let hyphen = tokens.is_mark(at + 1, '-')
            && tokens.glued(at + 1)
            && tokens.glued(at + 2)
            && tokens.is_word(at + 2);
        if hyphen && !is_english_plural(tokens.fold(at + 2)) && plural(at + 3) {
            at += 3;
        } else if hyphen
            && !is_english_plural(tokens.fold(at + 2))
            && tokens.spaced(at + 3)
            && plural(at + 4)
            && !block.lang.function_words.has(tokens.fold(at + 3))
        {
            // `38,000 lowest-paid railway workers`
            at += 4;
        } else if tokens.is_acronym(at) && !tokens.raw(at).ends_with('s') && plural(at + 1) {
            // `24 EV chargers`
            at += 1;
        }
    }
    // `75 electric buses`
    if block.lang.lang == Lang::En && want.plural {
        let word = |k: usize| {
            tokens.is_word(k)
                && tokens.spaced(k)
                && !block.lang.function_words.has(tokens.fold(k))
                && !tokens.is_capital(k)
        };
        let ahead = (0..2)
            .take_while(|k| word(at + k) && !is_candidate(block, at + k, want, true))
            .count();
        if ahead > 0
            && is_candidate(block, at + ahead, want, true)
            && tokens.spaced(at + ahead)
            // `11,000 city PCs`
            && (!tokens.is_capital(at + ahead) || tokens.raw(at + ahead).ends_with("Cs"))
        {
            at += ahead;
        }
    }
    if !is_candidate(block, at, want, at > i) {
        return None;
    }
    // `trois mille jeunes seront accueillis`, `deux anciens du CEA`
    let people = tokens.fold(at) == "jeunes"
        || matches!(tokens.fold(at), "anciens" | "anciennes")
            && block.is_one_of(at + 1, &["de", "du", "des"]);
    if block.lang.adjectives.has(tokens.fold(at)) && !people {
        return None;
    }
    Some(Noun {
        first: at,
        end: end_of(block, at),
    })
}

/// A word that can be counted.
fn is_candidate(block: &Block<'_, '_>, at: usize, want: Want, led: bool) -> bool {
    let tokens = block.tokens;
    let Some(token) = tokens.get(at) else { return false };
    if !tokens.is_word(at) || matches!(token.gap, Gap::Line | Gap::None) && !led {
        return false;
    }
    if token.gap == Gap::Line {
        return false;
    }
    let fold = tokens.fold(at);
    let raw = tokens.raw(at);
    // `dont 6,5 financés par l'Union`; their nouns would be spelled alike without accents.
    let participle = [
        "financé",
        "annoncé",
        "budgété",
        "visé",
        "programmé",
        "prévu",
        "attendu",
        "livré",
        "lié",
        "mobilisé",
        "espéré",
        "apporté",
        "activé",
        "raccordé",
        "versé",
        "investi",
        "installé",
        "remboursé",
        "distribué",
        "alloué",
        "consacré",
        "destiné",
        "réalisé",
        "exporté",
        "importé",
        "déployé",
        "recensé",
        "enregistré",
        "dépensé",
        "prélevé",
        "supprimé",
        "intercepté",
        "situé",
        "implanté",
        "passé",
        "promi",
        "déposé",
        "engrangé",
        "exigé",
        "requi",
        "vendu",
        "obtenu",
        "signalé",
        "traité",
    ];
    if participle.iter().any(|stem| {
        raw.strip_prefix(stem)
            .is_some_and(|end| matches!(end, "s" | "es"))
    }) {
        return false;
    }
    // `les 12 000 exigés par la licence`
    let done = ["és", "ées"].iter().any(|ending| raw.ends_with(ending))
        && block.is_one_of(at + 1, &["par"])
        && block.is_one_of(at + 2, &["le", "la", "les", "ses", "un", "une"])
        && !matches!(
            fold,
            "salaries" | "employes" | "deputes" | "blesses" | "retraites" | "associes" | "abonnes"
        );
    if done {
        return false;
    }
    // `20 A350-900`: the letter is no verb.
    if raw.len() == 1 && tokens.is_capital(at) && tokens.is_number(at + 1) && tokens.glued(at + 1) {
        return true;
    }
    if block.word(at) != super::lexicon::Word::None && !matches!(block.word(at), super::lexicon::Word::Period)
    {
        return false;
    }
    // `7 000 pas par jour`: steps.
    if fold == "pas" && want.plural && tokens.fold(at + 1) == "par" {
        return true;
    }
    if block.lang.function_words.has(fold)
        || raw.ends_with(['\'', '’'])
        || block.lang.months.contains_key(fold)
    {
        return false;
    }
    if tokens.is_capital(at) {
        // An acronym, a product (`H100`, `Rafale`), a people (`Français`).
        let hyphen = tokens.is_mark(at + 1, '-')
            && tokens.glued(at + 1)
            && tokens.is_number(at + 2)
            && tokens.glued(at + 2);
        return raw.len() > 1 || tokens.is_number(at + 1) && tokens.glued(at + 1) || hyphen;
    }
    let hyphenated =
        tokens.is_mark(at + 1, '-') && tokens.glued(at + 1) && tokens.glued(at + 2) && tokens.is_word(at + 2);
    if hyphenated && fold.len() >= 2 {
        // `start-up`, `sous-traitants`, `co-defendants`
        return true;
    }
    if fold.len() < 3 {
        return false;
    }
    match block.lang.lang {
        Lang::En => !fold.ends_with("ly") && (!want.plural || is_english_plural(fold)),
        _ => {
            let plural = fold.ends_with(['s', 'x', 'z']);
            // `-ment` is an adverb here, `-ant` a participle; a plural agrees with its number.
            if want.plural {
                plural && !is_french_verb(fold)
            } else {
                !fold.ends_with("ment")
            }
        }
    }
}

fn is_english_plural(fold: &str) -> bool {
    fold.ends_with('s') && !fold.ends_with("ss") && !matches!(fold, "gas" | "debris")
        || matches!(
            fold,
            "people"
                | "staff"
                | "men"
                | "women"
                | "children"
                | "aircraft"
                | "data"
                | "personnel"
                | "feet"
                | "police"
                | "media"
                | "spacecraft"
        )
}

/// Verb forms that end like plurals after a bare number are rare; these occur in news.
fn is_french_verb(fold: &str) -> bool {
    fold.ends_with("aient") || fold.ends_with("erons") || fold.ends_with("irons")
}

/// One past the noun: joined parts (`porte-avions`), compounds, and the model number after it (`GPU H100`).
fn end_of(block: &Block<'_, '_>, first: usize) -> usize {
    let tokens = block.tokens;
    let compound = COMPOUNDS.iter().find(|words| {
        words
            .iter()
            .enumerate()
            .all(|(k, word)| tokens.fold(first + k) == *word)
    });
    if let Some(words) = compound {
        return first + words.len();
    }
    let end = joined(block, first + 1);
    let code =
        tokens.is_capital(end) && tokens.is_number(end + 1) && tokens.glued(end + 1) && tokens.spaced(end);
    if code {
        return joined(block, end + 1);
    }
    // `12,000 H100 GPUs`
    let coded = end > first + 1 && tokens.is_number(first + 1) && tokens.glued(first + 1);
    if coded
        && block.lang.lang == Lang::En
        && tokens.spaced(end)
        && tokens.is_word(end)
        && is_english_plural(tokens.fold(end))
        && !block.lang.function_words.has(tokens.fold(end))
    {
        return end + 1;
    }
    end
}

/// Steps over what is glued to a word: `-avions`, `100`, `neo`.
fn joined(block: &Block<'_, '_>, mut end: usize) -> usize {
    let tokens = block.tokens;
    loop {
        if (tokens.is_number(end) || tokens.is_word(end)) && tokens.glued(end) {
            end += 1;
        } else if matches!(tokens.mark(end), Some('-' | '\u{2010}' | '\u{2011}'))
            && tokens.glued(end)
            && tokens.glued(end + 1)
            && (tokens.is_word(end + 1) || tokens.is_number(end + 1))
        {
            end += 2;
        } else {
            return end;
        }
    }
}
