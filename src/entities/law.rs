//! Laws by their form: `règlement (UE) 2024/1689`, `loi n° 78-17`, `directive NIS 2`,
//! `règlement européen sur les batteries`.

use super::lexicon::{Cue, lexicon};
use super::phrase;
use super::token::{Shape, Token};
use super::version;
use crate::record::EntityType;

const HEADS: [&str; 9] = [
    "règlement",
    "directive",
    "loi",
    "décret",
    "ordonnance",
    "décision",
    "regulation",
    "directive",
    "traité",
];

/// Whether the token is a noun that laws start with.
pub(super) fn is_head(token: &Token) -> bool {
    HEADS.contains(&token.lower.as_str())
}

/// One past the law that starts at token `at`.
pub(super) fn law_at(tokens: &[Token], at: usize) -> Option<usize> {
    let head = &tokens[at];
    if let Some(end) = accord_at(tokens, at) {
        return Some(end);
    }
    if !is_head(head) {
        return None;
    }
    let known = lexicon()
        .known_at(tokens, at)
        .filter(|known| known.entity_type == EntityType::Law);
    let end = known
        .map(|known| at + known.length)
        .or_else(|| numbered(tokens, at + 1))
        .or_else(|| named(tokens, at + 1))
        .or_else(|| about(tokens, at + 1))
        .or_else(|| planning(tokens, at))?;
    Some(with_year(tokens, end))
}

/// One past an agreement that is named by a town: `l’accord de Bougival`, `les accords d’Évian`. But whoever waits for
/// `l’accord de Berlin` waits for a consent.
fn accord_at(tokens: &[Token], at: usize) -> Option<usize> {
    const CAPITALS: [&str; 24] = [
        "Paris",
        "Berlin",
        "Bruxelles",
        "Washington",
        "Pékin",
        "Moscou",
        "Londres",
        "Rome",
        "Madrid",
        "Tokyo",
        "Kiev",
        "Kyiv",
        "Ankara",
        "Rabat",
        "Alger",
        "Téhéran",
        "Berne",
        "Varsovie",
        "Israël",
        "Cuba",
        "Singapour",
        "Taïwan",
        "Monaco",
        "Chypre",
    ];
    let many = tokens[at].lower == "accords";
    let one = matches!(tokens[at].lower.as_str(), "accord" | "protocole" | "pacte");
    let article = at.checked_sub(1).is_some_and(|before| {
        matches!(
            tokens[before].lower.as_str(),
            "l'" | "les" | "des" | "aux" | "le" | "du"
        )
    });
    let of = tokens
        .get(at + 1)
        .is_some_and(|token| matches!(token.lower.as_str(), "de" | "d'"));
    if !(many || one) || !article || !of || tokens[at].shape != Shape::Lower {
        return None;
    }
    let town = tokens.get(at + 2).filter(|town| town.shape == Shape::Capital)?;
    let place = lexicon()
        .known_at(tokens, at + 2)
        .filter(|known| known.entity_type == EntityType::Place && !known.ambiguous)?;
    (many || !CAPITALS.contains(&town.text)).then_some(at + 2 + place.length)
}

/// `(UE) 2024/1689`, `n° 78-17`, `(CE) n° 765/2008`.
fn numbered(tokens: &[Token], mut at: usize) -> Option<usize> {
    let is = |at: usize, sign: &str| tokens.get(at).is_some_and(|token| token.is(sign));
    let bracketed = is(at, "(")
        && tokens
            .get(at + 1)
            .is_some_and(|token| matches!(token.text, "UE" | "CE" | "EU" | "EC"))
        && is(at + 2, ")");
    if bracketed {
        at += 3;
    }
    let numero = tokens
        .get(at)
        .is_some_and(|token| matches!(token.lower.as_str(), "n" | "no"))
        && is(at + 1, "°");
    if numero {
        at += 2;
    }
    let number = tokens.get(at).is_some_and(|token| token.shape == Shape::Number);
    if !(bracketed || numero) || !number {
        return None;
    }
    let second = is(at + 1, "/")
        && tokens
            .get(at + 2)
            .is_some_and(|token| token.shape == Shape::Number);
    Some(if second { at + 3 } else { at + 1 })
}

/// `Pacte`, `NIS 2`, `Informatique et Libertés`.
fn named(tokens: &[Token], from: usize) -> Option<usize> {
    let name = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|token| token.shape.is_name_like() && !token.opens)
    };
    let mut end = from;
    while name(end) || end > from && tokens.get(end).is_some_and(|token| token.lower == "et") && name(end + 1)
    {
        end += 1;
    }
    if end == from {
        return None;
    }
    let version = tokens
        .get(end)
        .is_some_and(|token| token.shape == Shape::Number && token.text.len() == 1)
        && version::is_version(tokens, end);
    Some(if version { end + 1 } else { end })
}

/// `européen sur les batteries`, `sur l’intelligence artificielle`.
fn about(tokens: &[Token], mut at: usize) -> Option<usize> {
    if tokens
        .get(at)
        .is_some_and(|token| lexicon().is(Cue::Nationality, &token.lower))
    {
        at += 1;
    }
    let subject = tokens
        .get(at)
        .is_some_and(|token| matches!(token.lower.as_str(), "sur" | "on"));
    let head = &tokens[at.checked_sub(1)?];
    if !subject || head.lower == "décision" {
        return None;
    }
    let end = phrase::phrase_end(tokens, at, true);
    (end > at + 1).then_some(end)
}

/// `loi de programmation militaire`, `loi de financement de la sécurité sociale`.
fn planning(tokens: &[Token], at: usize) -> Option<usize> {
    const MATTERS: [&str; 8] = [
        "programmation",
        "finances",
        "financement",
        "orientation",
        "modernisation",
        "simplification",
        "transformation",
        "refondation",
    ];
    let of = tokens
        .get(at + 1)
        .is_some_and(|token| matches!(token.lower.as_str(), "de" | "d'"));
    let matter = tokens
        .get(at + 2)
        .is_some_and(|token| MATTERS.contains(&token.lower.as_str()));
    if tokens[at].lower != "loi" || !of || !matter {
        return None;
    }
    let end = phrase::phrase_end(tokens, at + 3, true);
    // `loi de programmation` by itself is any such law.
    (end > at + 3 || tokens[at + 2].lower == "finances").then_some(end)
}

/// `loi de finances pour 2026`.
fn with_year(tokens: &[Token], end: usize) -> usize {
    let linked = tokens
        .get(end)
        .is_some_and(|token| matches!(token.lower.as_str(), "pour" | "de"));
    let year = tokens
        .get(end + 1)
        .is_some_and(|token| token.is_year() && token.text.starts_with(['1', '2']));
    if linked && year { end + 2 } else { end }
}
