//! How far an institution's name reaches over small words (`Agence nationale de la recherche`), and
//! which words only name a post (`ministre de l’Industrie`).

use super::lexicon::{Cue, lexicon};
use super::token::{Shape, Token};
use crate::record::EntityType;

/// Words that join the parts of an institution's name.
const OF: [&str; 5] = ["de", "du", "des", "d'", "of"];
/// The same where they follow the first word alone: `Commissariat à l’énergie`.
const TO: [&str; 7] = ["à", "au", "aux", "pour", "en", "sur", "for"];
const ARTICLES: [&str; 5] = ["la", "le", "les", "l'", "the"];
/// Endings of adjectives that follow the noun: `nationale`, `européenne`, `numérique`.
const ADJECTIVES: [&str; 39] = [
    "al", "ale", "ales", "aux", "el", "elle", "els", "elles", "ien", "ienne", "iens", "iennes", "ique",
    "iques", "aire", "aires", "if", "ive", "ifs", "ives", "ais", "aise", "aises", "ois", "oise", "éen",
    "éenne", "éens", "ieur", "ieure", "ieurs", "ain", "aine", "time", "times", "able", "ante", "ées", "ogne",
];
/// Groups of `de …` that a name may have.
const MAX_GROUPS: usize = 4;

/// One past an institution that is spelled out from token `at` on.
pub(super) fn institution_at(tokens: &[Token], at: usize) -> Option<usize> {
    let token = &tokens[at];
    let lexicon = lexicon();
    if token.shape == Shape::Capital && lexicon.is_spelled(Cue::Institution, token.text) {
        let proven = !token.opens;
        // `Grand port maritime de Marseille`: the noun comes after.
        let noun = matches!(token.text, "Grand" | "Haut" | "Haute" | "Grande")
            && tokens
                .get(at + 1)
                .is_some_and(|noun| noun.shape == Shape::Lower && noun.spaced);
        let mut from = at + 1 + usize::from(noun);
        // `Réseau Sortir du nucléaire`: capitals go on before the small words.
        while !noun
            && tokens
                .get(from)
                .is_some_and(|next| next.shape == Shape::Capital && next.spaced && !next.opens)
        {
            from += 1;
        }
        let end = phrase_end(tokens, from, true);
        return (proven && end > from.min(at + 1 + usize::from(noun)) && (end > from || noun)).then_some(end);
    }
    lower_institution_at(tokens, at)
}

/// `université de Strasbourg`, `cour d’appel de Paris`, `ministère de l’Économie`: ends in a capital.
fn lower_institution_at(tokens: &[Token], at: usize) -> Option<usize> {
    let head = head_end(tokens, at)?;
    if tokens[at].lower == "ministère" {
        return portfolio_end(tokens, adjectives_end(tokens, head));
    }
    let mut end = head;
    while end < head + 4 {
        let token = tokens.get(end)?;
        if is_proper(tokens, end) {
            let end = capitals_end(tokens, end);
            return Some(seat_end(tokens, at, end));
        }
        let link = OF.contains(&token.lower.as_str()) || ARTICLES.contains(&token.lower.as_str());
        let fits = link || token.shape == Shape::Lower && !lexicon().is(Cue::SubjectVerb, &token.lower);
        if !fits {
            return None;
        }
        // `l’université a choisi Lyon` is no name: a small word must be a noun after `de` or an adjective.
        let after_link = OF.contains(&tokens[end - 1].lower.as_str()) && end > head;
        if !link && !after_link && !is_adjective(&token.lower) {
            return None;
        }
        end += 1;
    }
    None
}

/// `université de Californie à Berkeley`
fn seat_end(tokens: &[Token], at: usize, end: usize) -> usize {
    let linked = tokens[at].lower == "université" && tokens.get(end).is_some_and(|token| token.lower == "à");
    let seat = || {
        lexicon()
            .known_at(tokens, end + 1)
            .filter(|known| known.entity_type == EntityType::Place)
    };
    match (linked && end + 1 < tokens.len()).then(seat).flatten() {
        Some(known) => end + 1 + known.length,
        None => end,
    }
}

fn head_end(tokens: &[Token], at: usize) -> Option<usize> {
    let window = (at + 4).min(tokens.len());
    let lexicon = lexicon();
    if !lexicon.cue_at(Cue::LowerInstitution, tokens, at, window) {
        return None;
    }
    if tokens[at].shape == Shape::Capital && tokens[at].lower != "bourse" {
        return None; // with a capital, `Institution` reads it
    }
    if lexicon.is(Cue::LowerInstitution, &tokens[at].lower) {
        return Some(at + 1);
    }
    let words: usize = match tokens[at].lower.as_str() {
        "agence" => 4,
        _ => 2,
    };
    let mut end = at + 1;
    while end < at + words && tokens.get(end).is_some_and(|token| token.shape == Shape::Lower) {
        end += 1;
    }
    Some(end)
}

/// Nouns that make a place of the name after them.
const SITES: [&str; 17] = [
    "cap",
    "mer",
    "lac",
    "mont",
    "golfe",
    "détroit",
    "île",
    "îles",
    "baie",
    "canal",
    "presqu'île",
    "péninsule",
    "col",
    "vallée",
    "plaine",
    "plateau",
    "massif",
];

/// One past a place that is named by its form: `cap Canaveral`, `détroit de Taïwan`, `mer Rouge`.
pub(super) fn site_at(tokens: &[Token], at: usize) -> Option<usize> {
    if !SITES.contains(&tokens[at].lower.as_str()) || tokens[at].shape != Shape::Lower {
        return None;
    }
    let mut name = at + 1;
    if tokens
        .get(name)
        .is_some_and(|token| matches!(token.lower.as_str(), "de" | "du" | "d'" | "des"))
    {
        name += 1;
    }
    if tokens
        .get(name)
        .is_some_and(|token| matches!(token.lower.as_str(), "la" | "l'"))
    {
        name += 1;
    }
    let proper = tokens
        .get(name)
        .is_some_and(|token| token.shape == Shape::Capital && !token.opens);
    proper.then(|| capitals_end(tokens, name))
}

/// One past a post (`ministre de l’Économie`, `secrétaire d’État au Commerce`), which names nobody.
pub(super) fn office_at(tokens: &[Token], at: usize) -> Option<usize> {
    match tokens[at].lower.as_str() {
        "ministre" => portfolio_end(tokens, at + 1),
        "secrétaire" => {
            let state = tokens.get(at + 1).is_some_and(|token| token.lower == "d'")
                && tokens.get(at + 2).is_some_and(|token| token.lower == "état");
            if !state {
                return None;
            }
            let after = at + 3;
            let linked = tokens
                .get(after)
                .is_some_and(|token| matches!(token.lower.as_str(), "au" | "aux" | "à"));
            if linked {
                portfolio_end(tokens, after).or(Some(after))
            } else {
                Some(after)
            }
        }
        _ => None,
    }
}

/// `de l’Économie et des Finances`, `du Commerce extérieur`, `des Armées`.
fn portfolio_end(tokens: &[Token], from: usize) -> Option<usize> {
    let mut end = from;
    let mut read = None;
    while let Some(noun) = linked_noun(tokens, end, true) {
        if !tokens[noun].shape.is_name_like() {
            break;
        }
        end = noun + 1;
        while tokens
            .get(end)
            .is_some_and(|token| token.shape == Shape::Lower && is_adjective(&token.lower))
        {
            end += 1;
        }
        read = Some(end);
        if tokens
            .get(end)
            .is_some_and(|token| token.lower == "et" || token.is(","))
        {
            end += 1;
        } else {
            break;
        }
    }
    read
}

/// One past the small words that belong to a name whose first word ends before `from`.
pub(super) fn phrase_end(tokens: &[Token], from: usize, first_may_be_to: bool) -> usize {
    let mut end = adjectives_end(tokens, from);
    for group in 0..MAX_GROUPS {
        let joined = tokens.get(end).is_some_and(|token| token.lower == "et") && group > 0;
        let start = if joined { end + 1 } else { end };
        let Some(noun) = linked_noun(tokens, start, first_may_be_to && group == 0) else {
            break;
        };
        end = if is_proper(tokens, noun) {
            capitals_end(tokens, noun)
        } else {
            noun + 1
        };
        end = adjectives_end(tokens, end);
        if is_proper(tokens, end - 1) {
            break;
        }
    }
    end
}

fn adjectives_end(tokens: &[Token], from: usize) -> usize {
    let mut end = from;
    while end - from < 2
        && tokens
            .get(end)
            .is_some_and(|token| token.shape == Shape::Lower && token.spaced && is_adjective(&token.lower))
    {
        end += 1;
    }
    end
}

/// The noun of `de la recherche` that starts at `at`.
fn linked_noun(tokens: &[Token], at: usize, may_be_to: bool) -> Option<usize> {
    let link = tokens.get(at)?;
    let lower = link.lower.as_str();
    if !(OF.contains(&lower) || may_be_to && TO.contains(&lower)) {
        return None;
    }
    let mut noun = at + 1;
    if tokens
        .get(noun)
        .is_some_and(|token| ARTICLES.contains(&token.lower.as_str()))
    {
        noun += 1;
    }
    let token = tokens.get(noun)?;
    let wordly = matches!(token.shape, Shape::Lower) || token.shape.is_name_like();
    let lexicon = lexicon();
    let organization = lexicon.is(Cue::Org, &token.lower) && token.shape == Shape::Lower;
    (wordly && !organization && !lexicon.is(Cue::Determiner, &token.lower)).then_some(noun)
}

fn is_proper(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.shape.is_name_like())
}

fn capitals_end(tokens: &[Token], from: usize) -> usize {
    let known = lexicon().known_at(tokens, from);
    let mut end = from + known.map_or(1, |known| known.length);
    while tokens
        .get(end)
        .is_some_and(|token| token.shape.is_name_like() && token.spaced && !token.opens)
    {
        end += 1;
    }
    end
}

fn is_adjective(lower: &str) -> bool {
    lower.chars().count() > 3 && ADJECTIVES.iter().any(|ending| lower.ends_with(ending))
}

/// Whether the number at `at` is the version of the name before it (`NIS 2,`) and counts nothing
/// (`Nexilia 42 millions`).
pub(super) fn is_version(tokens: &[Token], at: usize) -> bool {
    let number = &tokens[at];
    if number.text.len() > 4 || number.text.contains(',') {
        return false;
    }
    let Some(next) = tokens.get(at + 1) else {
        return true;
    };
    match next.shape {
        Shape::Sign => !matches!(next.text, "%" | "€" | "$" | "£" | "°" | "/" | "m" | "-"),
        Shape::Number => false,
        Shape::Elision | Shape::Possessive => true,
        Shape::Lower => {
            let lexicon = lexicon();
            let small_word = lexicon.is_small_word(&next.lower)
                && !matches!(next.lower.as_str(), "mille" | "point" | "points");
            small_word
                || lexicon.is(Cue::SubjectVerb, &next.lower)
                || lexicon.is(Cue::Preposition, &next.lower)
                || lexicon.is(Cue::QuoteVerb, &next.lower)
        }
        _ => true,
    }
}
