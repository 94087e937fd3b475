//! From places to entities: which spans name the same, which are names at all, and of which type.

use super::alias::{self, Link};
use super::evidence::{self, Votes};
use super::lexicon::{Cue, lexicon};
use super::span::{Found, Span};
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
    key: String,
    known: Option<usize>,
    proven: bool,
    words: usize,
}

/// The groups that are entities, in order of their first place.
pub(super) fn groups(tokens: &[Token], spans: &[Span]) -> Vec<Group> {
    let links = alias::links(tokens, spans);
    let mut groups = by_name(tokens, spans);
    let mut merger = Merger::new(&groups);
    merger.follow_links(&links, &groups);
    merger.join_persons(tokens, spans, &mut groups);
    merger.join_short_companies(tokens, spans, &groups);
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
    key
}

fn by_name(tokens: &[Token], spans: &[Span]) -> Vec<Group> {
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (at, span) in spans.iter().enumerate() {
        let name = key(tokens, span);
        let (known, id) = match span.found {
            // `Ariane 5` and `Ariane 6` are two.
            Found::Known(known) if span.tokens.len() > known.length => (Some(known.group), name.clone()),
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
        groups[slot].votes.merge(&evidence::context(tokens, span));
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
    for group in &mut groups {
        settle(tokens, spans, group);
    }
    groups
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

fn is_single_letter(tokens: &[Token], span: &Span) -> bool {
    span.tokens.len() == 1 && tokens[span.tokens.start].text.len() == 1
}

/// `sur X`, `chez X`, `X (anciennement`: not `le modèle X`.
fn letter_is_name(tokens: &[Token], span: &Span) -> bool {
    let before = span
        .tokens
        .start
        .checked_sub(1)
        .map(|at| tokens[at].lower.as_str());
    let after = tokens.get(span.tokens.end).map(|token| token.text);
    let former = tokens
        .get(span.tokens.end + 1)
        .is_some_and(|token| lexicon().is(Cue::Formerly, &token.lower));
    matches!(
        before,
        Some("sur" | "chez" | "on" | "plateforme" | "social" | "devenu" | "rebaptisé")
    ) || after == Some("(") && former
        || is_listed(tokens, span.tokens.end)
}

/// `X, ChatGPT et Spotify`: the next of the list is known.
fn is_listed(tokens: &[Token], end: usize) -> bool {
    let joined = tokens
        .get(end)
        .is_some_and(|sign| matches!(sign.text, "," | "et" | "and"));
    let next = tokens
        .get(end + 1..tokens.len().min(end + 6))
        .filter(|next| joined && !next.is_empty());
    next.and_then(|next| lexicon().known_at(next, 0))
        .is_some_and(|known| !known.ambiguous)
}

/// `Riber, qui fabrique …`, `Wolfspeed a …`: the word that opens the sentence is its subject.
fn is_subject(tokens: &[Token], span: &Span) -> bool {
    let Some(next) = tokens.get(span.tokens.end) else {
        return false;
    };
    let lexicon = lexicon();
    if lexicon.is(Cue::SubjectVerb, &next.lower) || evidence::is_verb_form(&next.lower) {
        return true;
    }
    if has_equal(tokens, span.tokens.end) || next.is(",") && has_apposition(tokens, span.tokens.end) {
        return true;
    }
    let relative = tokens.get(span.tokens.end + 1).is_some_and(|token| {
        matches!(token.lower.as_str(), "qui" | "dont" | "which" | "who")
            || lexicon.is(Cue::Founded, &token.lower)
    });
    next.is(",") && relative
}

/// `Wintics et Videtics`: what stands beside a name is one.
fn has_equal(tokens: &[Token], end: usize) -> bool {
    tokens[end].lower == "et"
        && tokens
            .get(end + 1)
            .is_some_and(|next| next.shape.is_name_like() && !next.opens)
        && !lexicon().is_small_word(&tokens[end + 1].lower)
}

/// `Losange, l’autre délégataire, couvre`: a noun phrase between two commas, then no third part.
fn has_apposition(tokens: &[Token], comma: usize) -> bool {
    let lexicon = lexicon();
    let starts = tokens.get(comma + 1).is_some_and(|token| {
        matches!(
            token.lower.as_str(),
            "le" | "la" | "l'" | "un" | "une" | "lui-même" | "elle-même"
        )
    });
    let sentence = tokens[comma].sentence;
    let close = (comma + 2..(comma + 14).min(tokens.len()))
        .take_while(|&at| tokens[at].sentence == sentence)
        .find(|&at| tokens[at].is(","));
    let verb = close
        .and_then(|close| tokens.get(close + 1))
        .is_some_and(|token| {
            lexicon.is(Cue::SubjectVerb, &token.lower)
                || evidence::is_verb_form(&token.lower)
                || token.shape == Shape::Lower
                    && token.lower.ends_with('e')
                    && !lexicon.is_small_word(&token.lower)
        });
    starts && verb
}

/// Joins groups; the first of a joined pair keeps the name.
struct Merger {
    parent: Vec<usize>,
    main: Vec<Link>,
    slot_of: HashMap<usize, usize>,
}

impl Merger {
    fn new(groups: &[Group]) -> Merger {
        let slots = groups.iter().enumerate();
        let slot_of = slots
            .flat_map(|(slot, group)| group.spans.iter().map(move |&at| (at, slot)))
            .collect();
        Merger {
            parent: (0..groups.len()).collect(),
            main: Vec::new(),
            slot_of,
        }
    }

    fn root(&mut self, mut slot: usize) -> usize {
        while self.parent[slot] != slot {
            self.parent[slot] = self.parent[self.parent[slot]];
            slot = self.parent[slot];
        }
        slot
    }

    fn join(&mut self, main: usize, other: usize) {
        let (main, other) = (self.root(main), self.root(other));
        self.parent[other] = main;
    }

    fn follow_links(&mut self, links: &[Link], groups: &[Group]) {
        for link in links {
            let (Some(&main), Some(&other)) = (self.slot_of.get(&link.main), self.slot_of.get(&link.other))
            else {
                continue;
            };
            let law = groups[main].entity_type == EntityType::Law;
            if groups[main].entity_type != EntityType::Person || law {
                self.join(main, other);
                self.main.push(*link);
            }
        }
    }

    /// `Musk` is Elon Musk where the article has one Musk only; `Elon` too.
    fn join_persons(&mut self, tokens: &[Token], spans: &[Span], groups: &mut [Group]) {
        let mut by_part: HashMap<String, Vec<usize>> = HashMap::new();
        for (slot, group) in groups.iter().enumerate() {
            if group.entity_type != EntityType::Person || group.words < 2 || !group.proven {
                continue;
            }
            let words = &tokens[spans[group.spans[0]].tokens.clone()];
            for from in 1..words.len() {
                by_part.entry(joined(&words[from..])).or_default().push(slot);
            }
            if lexicon().first_name(words[0].text).is_some() {
                by_part.entry(words[0].lower.clone()).or_default().push(slot);
            }
        }
        for slot in 0..groups.len() {
            let span = &spans[groups[slot].spans[0]];
            let known = groups[slot].known.is_some()
                && !groups[slot]
                    .spans
                    .iter()
                    .all(|&at| after_title(tokens, &spans[at]));
            if known || groups[slot].words > 3 {
                continue;
            }
            let part = joined(&tokens[span.tokens.clone()]);
            match by_part.get(&part).map(Vec::as_slice) {
                Some([full]) if *full != slot => {
                    groups[slot].proven = false;
                    self.join(*full, slot);
                }
                // Two persons share the surname: the mention tells nothing.
                Some([_, _, ..]) if groups[slot].words == 1 => groups[slot].proven = false,
                _ => {}
            }
        }
    }

    /// `Norrvik` is Norrvik Capital.
    fn join_short_companies(&mut self, tokens: &[Token], spans: &[Span], groups: &[Group]) {
        let lexicon = lexicon();
        let mut by_stem: HashMap<String, Vec<usize>> = HashMap::new();
        for (slot, group) in groups.iter().enumerate() {
            let words = &tokens[spans[group.spans[0]].tokens.clone()];
            let company =
                group.entity_type == EntityType::Organization && group.known.is_none() && words.len() > 1;
            let stem = words
                .iter()
                .take_while(|word| !lexicon.is_spelled(Cue::CorporateSuffix, word.text))
                .count();
            let suffixed = words[stem..]
                .iter()
                .all(|word| lexicon.is_spelled(Cue::CorporateSuffix, word.text));
            if company && suffixed && stem > 0 && stem < words.len() {
                by_stem.entry(joined(&words[..stem])).or_default().push(slot);
            }
        }
        for (slot, group) in groups.iter().enumerate() {
            if group.known.is_some() || group.entity_type == EntityType::Person {
                continue;
            }
            if let Some([full]) = by_stem.get(&group.key).map(Vec::as_slice)
                && *full != slot
            {
                self.join(*full, slot);
            }
        }
    }

    /// `l’Autorité` is the one Autorité that the article has named in full.
    fn join_bare_heads(&mut self, tokens: &[Token], spans: &[Span], groups: &mut [Group]) {
        let lexicon = lexicon();
        let head = |group: &Group| &tokens[spans[group.spans[0]].tokens.start];
        for slot in 0..groups.len() {
            let word = head(&groups[slot]);
            let head_only = groups[slot].words == 1 && groups[slot].known.is_none();
            if !head_only || !lexicon.is_spelled(Cue::Institution, word.text) {
                continue;
            }
            let full: Vec<usize> = (0..groups.len())
                .filter(|&other| {
                    groups[other].words > 1 && groups[other].proven && head(&groups[other]).text == word.text
                })
                .take(2)
                .collect();
            // `la Commission`, with a capital, is the European one.
            groups[slot].proven &= word.text == "Commission" && full.is_empty();
            if let [only] = full[..] {
                self.join(only, slot);
            }
        }
    }

    fn apply(mut self, groups: Vec<Group>) -> Vec<Group> {
        let mut joined: HashMap<usize, Group> = HashMap::new();
        let roots: Vec<usize> = (0..groups.len()).map(|slot| self.root(slot)).collect();
        let mut order: Vec<(usize, Group)> = roots.into_iter().zip(groups).collect();
        // The group that keeps its name comes first.
        order.sort_by_key(|(root, group)| (*root, self.parent_rank(*root, group)));
        for (root, group) in order {
            match joined.entry(root) {
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(group);
                }
                std::collections::hash_map::Entry::Occupied(mut entry) => entry.get_mut().absorb(group),
            }
        }
        for link in std::mem::take(&mut self.main) {
            let root = self.slot_of.get(&link.main).copied().map(|slot| self.root(slot));
            if let Some(group) = root.and_then(|root| joined.get_mut(&root)) {
                group.main.push(link.main);
            }
        }
        let mut all: Vec<Group> = joined.into_values().collect();
        all.iter_mut().for_each(|group| group.spans.sort_unstable());
        all
    }

    fn parent_rank(&self, root: usize, group: &Group) -> bool {
        group.spans.first().and_then(|at| self.slot_of.get(at)) != Some(&root)
    }
}

impl Group {
    fn absorb(&mut self, other: Group) {
        self.spans.extend(other.spans);
        self.proven |= other.proven;
        let stronger = other.votes.of(other.entity_type) > self.votes.of(self.entity_type);
        self.votes.merge(&other.votes);
        if stronger && self.entity_type != EntityType::Person {
            self.entity_type = other.entity_type;
        }
        self.known = self.known.or(other.known);
    }
}

fn after_title(tokens: &[Token], span: &Span) -> bool {
    let Some(at) = span.tokens.start.checked_sub(1) else {
        return false;
    };
    let word = if tokens[at].is(".") && at > 0 {
        &tokens[at - 1]
    } else {
        &tokens[at]
    };
    lexicon().is(Cue::Title, &word.lower)
}

fn joined(words: &[Token]) -> String {
    let mut text = String::new();
    for word in words.iter().filter(|word| word.shape != Shape::Possessive) {
        if !text.is_empty() && word.spaced {
            text.push(' ');
        }
        text.push_str(&word.lower);
    }
    text
}
