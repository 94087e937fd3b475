//! From places to entities: which spans name the same, which are names at all, and of which type.

use super::alias;
use super::evidence::{self, Votes};
use super::merger::Merger;
use super::series;
use super::span::{Found, Span};
use super::subject::{is_single_letter, is_subject, letter_is_name};
use super::surroundings;
use super::token::{self, Shape, Token};
use crate::record::EntityType;
use std::collections::HashMap;

/// The spans of one name.
#[derive(Debug)]
pub(super) struct Group {
    /// Indices of its spans, in order.
    pub spans: Vec<usize>,
    /// Points for each type.
    pub votes: Votes,
    /// Settled type.
    pub entity_type: EntityType,
    /// Indices of spans whose name is the one in use, where the text tells (`X, ex-Twitter`).
    pub main: Vec<usize>,
    /// What all spellings of the name share.
    pub key: String,
    /// Line of the lists.
    pub known: Option<usize>,
    /// It is a name at all.
    pub proven: bool,
    /// Tokens of its first place.
    pub words: usize,
}

/// The groups that are entities, in order of their first place.
pub(super) fn groups(tokens: &[Token], spans: &[Span]) -> Vec<Group> {
    let links = alias::links(tokens, spans);
    let mut groups = by_name(tokens, spans);
    let mut merger = Merger::new(&groups);
    merger.follow_links(&links, &groups);
    merger.join_persons(tokens, spans, &mut groups);
    merger.join_short_companies(tokens, spans, &groups);
    merger.join_leading_capitals(tokens, spans, &groups);
    merger.join_bare_heads(tokens, spans, &mut groups);
    let joined = merger.apply(groups);
    let mut kept: Vec<Group> = joined.into_iter().filter(|group| group.proven).collect();
    kept.sort_by_key(|group| group.spans.first().copied());
    kept
}

/// What two spellings of one name share: small letters, plain signs, without `groupe` or `directive`.
pub(super) fn key(tokens: &[Token], span: &Span) -> String {
    let words = &tokens[span.tokens.clone()];
    let head = words.len() > 1
        && matches!(
            words[0].lower.as_str(),
            "groupe" | "group" | "directive" | "règlement" | "loi"
        )
        && words[1].shape.is_name_like();
    // `centre hospitalier de Vallombreuse` and `hôpital de Vallombreuse` are one house.
    let hospital = words.len() > 2 && words[0].lower == "centre" && words[1].lower == "hospitalier";
    let mut key = String::from(if hospital { "hopital" } else { "" });
    let skipped = if hospital { 2 } else { usize::from(head) };
    for word in words.iter().skip(skipped) {
        if !key.is_empty() && word.spaced {
            key.push(' ');
        }
        key.push_str(&token::folded(&word.lower));
    }
    // `Booking.com` is Booking.
    match key.rsplit_once('.') {
        Some((name, domain)) if words.len() == 1 && token::DOMAINS.contains(&domain) => name.to_owned(),
        _ => key,
    }
}

fn by_name(tokens: &[Token], spans: &[Span]) -> Vec<Group> {
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (at, span) in spans.iter().enumerate() {
        let name = key(tokens, span);
        let (known, id) = match span.found {
            // `Ariane 5` and `Ariane 6` are two.
            Found::Known(known)
                if span.tokens.len() > known.length && known.entity_type != EntityType::Organization =>
            {
                (Some(known.group), name.clone())
            }
            Found::Known(known) => (Some(known.group), format!("#{}", known.group)),
            _ => (None, name.clone()),
        };
        let slot = *index.entry(id).or_insert_with(|| {
            groups.push(Group {
                spans: Vec::new(),
                votes: evidence::letters(tokens, span),
                entity_type: EntityType::Organization,
                main: Vec::new(),
                key: name,
                known,
                proven: false,
                words: span.tokens.len(),
            });
            groups.len() - 1
        });
        groups[slot].spans.push(at);
        groups[slot].votes.merge(&surroundings::context(tokens, span));
    }
    // The town of `hôpital de Vallombreuse` is a town where it stands alone, too.
    for span in spans
        .iter()
        .filter(|span| matches!(span.found, Found::Institution))
    {
        let last = &tokens[span.tokens.end - 1];
        let seat = last.shape == Shape::Capital
            && span.tokens.len() > 2
            && tokens[span.tokens.start].shape == Shape::Lower;
        if let Some(&slot) = index.get(&token::folded(&last.lower)).filter(|_| seat) {
            groups[slot].votes.seat();
        }
    }
    for (slot, entity_type) in by_short_form(tokens, spans, &groups, &index) {
        groups[slot].votes.short_form(entity_type);
    }
    for group in &mut groups {
        settle(tokens, spans, group);
    }
    for (slot, votes) in series::votes(tokens, spans, &groups) {
        groups[slot].votes.merge(&votes);
        settle(tokens, spans, &mut groups[slot]);
    }
    groups
}

/// `Harlan Tuttle … Tuttle` is a person, `Tessaract Silicon … Tessaract` a company: which word stands alone elsewhere.
fn by_short_form(
    tokens: &[Token],
    spans: &[Span],
    groups: &[Group],
    index: &HashMap<String, usize>,
) -> Vec<(usize, EntityType)> {
    let mut found = Vec::new();
    for (slot, group) in groups.iter().enumerate() {
        let words = &tokens[spans[group.spans[0]].tokens.clone()];
        let plain = words.len() > 1
            && words
                .iter()
                .all(|word| matches!(word.shape, Shape::Capital | Shape::Lower | Shape::Elision));
        if group.known.is_some() || !plain {
            continue;
        }
        let alone = |word: &Token| {
            let other = index.get(&token::folded(&word.lower)).map(|&slot| &groups[slot]);
            other.is_some_and(|other| other.known.is_none())
        };
        match (alone(&words[0]), alone(&words[words.len() - 1])) {
            (true, false) => found.push((slot, EntityType::Organization)),
            (false, true) => found.push((slot, EntityType::Person)),
            _ => {}
        }
    }
    found
}

/// Decides the type, and whether the name is one.
fn settle(tokens: &[Token], spans: &[Span], group: &mut Group) {
    group.entity_type = group.votes.winner();
    let sure = group.spans.iter().any(|&at| !spans[at].doubtful);
    group.proven = match spans[group.spans[0]].found {
        Found::Known(known) if is_single_letter(tokens, &spans[group.spans[0]]) => {
            group.spans.iter().any(|&at| letter_is_name(tokens, &spans[at])) && known.length == 1
        }
        _ => {
            sure || group.votes.context >= 20 || group.spans.iter().any(|&at| is_subject(tokens, &spans[at]))
        }
    };
}
