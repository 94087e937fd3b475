//! Series of names: what stands in one series is of one type (`à Dole, Vierzon et Rochefort-sur-Nenon`).

use super::evidence::Votes;
use super::group::Group;
use super::lexicon::{Cue, lexicon};
use super::span::{Found, Span};
use super::token::{Shape, Token};
use crate::record::EntityType;
use std::collections::HashMap;

/// Points that a sure member of a series gives each other one; twice that at most.
const POINTS: i32 = 14;
/// How far ahead of the next type a name must be to be sure.
const SURE: i32 = 18;

/// Votes for groups, by their index, from the series in which they stand.
pub(super) fn votes(tokens: &[Token], spans: &[Span], groups: &[Group]) -> HashMap<usize, Votes> {
    let mut slot_of = HashMap::new();
    for (slot, group) in groups.iter().enumerate() {
        slot_of.extend(group.spans.iter().map(|&at| (at, slot)));
    }
    let mut found = HashMap::new();
    let mut first = 0;
    while first < spans.len() {
        let mut last = first;
        let mut joined = false;
        while last + 1 < spans.len() {
            match link(tokens, &spans[last], &spans[last + 1]) {
                Some(link) => joined |= link,
                None => break,
            }
            last += 1;
        }
        if last > first && (joined || last - first > 1) {
            let members: Vec<usize> = (first..=last)
                .filter_map(|at| slot_of.get(&at).copied())
                .collect();
            spread(&members, tokens, spans, groups, &mut found);
        }
        first = last + 1;
    }
    found
}

/// Whether the two spans are neighbours in a series, and whether `et` or `ou` joins them.
fn link(tokens: &[Token], one: &Span, next: &Span) -> Option<bool> {
    let between = tokens.get(one.tokens.end..next.tokens.start)?;
    let same = tokens[one.tokens.start].sentence == tokens[next.tokens.start].sentence
        && tokens[one.tokens.start].paragraph == tokens[next.tokens.start].paragraph;
    if !same || between.is_empty() || between.len() > 4 {
        return None;
    }
    if is_seat(tokens, one) && has_seat(tokens, next) {
        return None;
    }
    let mut joined = false;
    let mut comma = false;
    // `l’usine Voltaïa, à Bourbourg` tells where it is.
    let before = one
        .tokens
        .start
        .checked_sub(1)
        .map(|at| tokens[at].lower.as_str());
    let same = |word: &str| {
        before == Some(word) || matches!((before, word), (Some("de"), "d'") | (Some("d'"), "de"))
    };
    for token in between {
        match token.lower.as_str() {
            "et" | "ou" | "and" | "or" | "&" => joined = true,
            "," => comma = true,
            "la" | "le" | "l'" | "les" | "the" | "puis" | "comme" => {}
            lower if lexicon().is(Cue::Preposition, lower) && (joined || comma && same(lower)) => {}
            _ => return None,
        }
    }
    // `À Paris, Nexilia annonce` is no series.
    let leads = || {
        let before = one.tokens.start.checked_sub(1).map(|at| &tokens[at]);
        before.is_some_and(|token| token.opens && token.shape != Shape::Sign)
    };
    (joined || comma && !leads()).then_some(joined)
}

/// `Latitude, à Reims, HyPrSpace, près de Bordeaux`: the town behind a comma tells where the name before it is.
fn is_seat(tokens: &[Token], span: &Span) -> bool {
    let back = |n: usize| {
        let before = span.tokens.start.checked_sub(n);
        before.map_or("", |before| tokens[before].lower.as_str())
    };
    let at = |n: usize| matches!(back(n), "à" | "au" | "en" | "in" | "dans");
    let near = back(1) == "de" && back(2) == "près";
    at(1) && back(2) == "," || at(2) && back(3) == "," || near && back(3) == ","
}

fn has_article(tokens: &[Token], span: &Span) -> bool {
    let before = span
        .tokens
        .start
        .checked_sub(1)
        .map(|at| tokens[at].lower.as_str());
    tokens[span.tokens.start].is_article() || matches!(before, Some("le" | "la" | "l'" | "les" | "the"))
}

/// Whether the place of the name follows behind a comma.
fn has_seat(tokens: &[Token], span: &Span) -> bool {
    let ahead = |n: usize| {
        tokens
            .get(span.tokens.end + n)
            .map_or("", |token| token.lower.as_str())
    };
    ahead(0) == "," && matches!(ahead(1), "à" | "au" | "en" | "in" | "dans" | "près")
}

fn spread(
    members: &[usize],
    tokens: &[Token],
    spans: &[Span],
    groups: &[Group],
    found: &mut HashMap<usize, Votes>,
) {
    let sure = |slot: usize| -> Option<EntityType> {
        let group = &groups[slot];
        let known = match spans[group.spans[0]].found {
            Found::Known(known) => !known.ambiguous,
            Found::Institution => true,
            _ => false,
        };
        (known || group.votes.margin() >= SURE).then_some(group.entity_type)
    };
    let types: Vec<EntityType> = members.iter().filter_map(|&slot| sure(slot)).collect();
    for &slot in members {
        if sure(slot).is_some() {
            continue;
        }
        let votes = found.entry(slot).or_default();
        for entity_type in EntityType::ALL {
            let count = types.iter().filter(|&&other| other == entity_type).count();
            let points = POINTS * i32::try_from(count.min(2)).unwrap_or(2);
            // `Zaho de Sagazan, La Femme et le Trio Malbosc`: persons bear no article.
            let person = entity_type == EntityType::Person;
            if points > 0 && !(person && has_article(tokens, &spans[groups[slot].spans[0]])) {
                votes.series(entity_type, points);
            }
        }
    }
}
