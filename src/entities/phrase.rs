//! How far an institution's name reaches over small words (`Agence nationale de la recherche`), and
//! which words only name a post (`ministre de l’Industrie`).

use super::form;
use super::lexicon::{Cue, lexicon};
use super::token::{Shape, Token};
use crate::record::{EntityType, Lang};

/// Words that join the parts of an institution's name.
pub(super) const OF: [&str; 5] = ["de", "du", "des", "d'", "of"];
/// The same where they follow the first word alone: `Commissariat à l’énergie`.
const TO: [&str; 7] = ["à", "au", "aux", "pour", "en", "sur", "for"];
const ARTICLES: [&str; 5] = ["la", "le", "les", "l'", "the"];
/// Endings of adjectives that follow the noun: `nationale`, `européenne`, `numérique`.
const ADJECTIVES: [&str; 43] = [
    "ier", "ière", "iers", "suisse", "al", "ale", "ales", "aux", "el", "elle", "els", "elles", "ien",
    "ienne", "iens", "iennes", "ique", "iques", "aire", "aires", "if", "ive", "ifs", "ives", "ais", "aise",
    "aises", "ois", "oise", "éen", "éenne", "éens", "ieur", "ieure", "ieurs", "ain", "aine", "time", "times",
    "able", "ante", "ées", "ogne",
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
        return form::portfolio_end(tokens, adjectives_end(tokens, head));
    }
    let mut end = head;
    while end < head + 7 {
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
    (at + 1..=window)
        .rev()
        .take_while(|&end| lexicon.cue_at(Cue::LowerInstitution, tokens, at, end))
        .last()
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
pub(super) fn linked_noun(tokens: &[Token], at: usize, may_be_to: bool) -> Option<usize> {
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
    // `demandé à la Commission européenne d’abroger le règlement`, `la Chambre en mai`
    let infinitive = noun == at + 1
        && ["er", "ir", "re"]
            .iter()
            .any(|ending| token.lower.ends_with(ending))
        && token.shape == Shape::Lower
        && tokens
            .get(noun + 1)
            .is_some_and(|object| lexicon().is(Cue::Determiner, &object.lower));
    if infinitive || Lang::Fr.months().contains(&token.lower.as_str()) {
        return None;
    }
    let wordly = matches!(token.shape, Shape::Lower) || token.shape.is_name_like();
    let lexicon = lexicon();
    let organization = lexicon.is(Cue::Org, &token.lower) && token.shape == Shape::Lower;
    (wordly && !organization && !lexicon.is(Cue::Determiner, &token.lower)).then_some(noun)
}

fn is_proper(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.shape.is_name_like())
}

/// One past the known name, or the word, at `from` and the capitals that follow it.
pub(super) fn capitals_end(tokens: &[Token], from: usize) -> usize {
    let known = lexicon().known_at(tokens, from);
    run_of_capitals(tokens, from + known.map_or(1, |known| known.length))
}

/// One past the capitals that follow each other from `from` on, if there are any.
pub(super) fn run_of_capitals(tokens: &[Token], from: usize) -> usize {
    let capital = |token: &&Token| token.shape.is_name_like() && token.spaced && !token.opens;
    from + tokens.iter().skip(from).take_while(capital).count()
}

pub(super) fn is_adjective(lower: &str) -> bool {
    lower.chars().count() > 3 && ADJECTIVES.iter().any(|ending| lower.ends_with(ending))
}
