//! What the article says an entity is, in its own words: `directeur financier de Nexilia`,
//! `la start-up lyonnaise`.

use super::apposition::apposed_noun;
use super::lexicon::{Cue, lexicon};
use super::span::Span;
use super::token::{Shape, Token};
use crate::record::EntityType;
use std::ops::Range;

/// Tokens of a description at most.
const MAX_WORDS: usize = 18;

/// The tokens of the first description of an entity among its places.
pub(super) fn description(
    tokens: &[Token],
    spans: &[Span],
    places: &[usize],
    entity_type: EntityType,
) -> Option<Range<usize>> {
    let reader = Reader { tokens, entity_type };
    let right = places
        .iter()
        .find_map(|&at| reader.after(&spans[at], spans.get(at + 1..).unwrap_or_default()));
    let left = || places.iter().find_map(|&at| reader.before(&spans[at]));
    let before_comma = || places.iter().find_map(|&at| reader.before_comma(&spans[at]));
    match entity_type {
        EntityType::Person => right.or_else(before_comma).or_else(left),
        _ => left().or(right),
    }
}

/// Adjectives that stand before the noun.
const BEFORE_NOUN: [&str; 24] = [
    "premier",
    "première",
    "jeune",
    "petit",
    "petite",
    "grand",
    "grande",
    "ancien",
    "ancienne",
    "nouveau",
    "nouvelle",
    "principal",
    "principale",
    "seul",
    "seule",
    "futur",
    "future",
    "célèbre",
    "vice",
    "ex-",
    "former",
    "senior",
    "chief",
    "regional",
];
const ENGLISH_ADJECTIVES: [&str; 12] = [
    "french", "german", "british", "american", "dutch", "swedish", "italian", "spanish", "european",
    "chinese", "trade", "research",
];
/// Nouns that tell nothing when they stand alone.
const EMPTY_NOUNS: [&str; 18] = [
    "groupe",
    "société",
    "entreprise",
    "région",
    "ville",
    "plan",
    "salon",
    "revue",
    "série",
    "licence",
    "programme",
    "group",
    "company",
    "firm",
    "plateforme",
    "produit",
    "département",
    "commune",
];

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    entity_type: EntityType,
}

impl Reader<'_> {
    /// Whether a noun that says what such an entity is stands at `at`.
    fn fits(&self, at: usize, end: usize) -> bool {
        let cues: &[Cue] = match self.entity_type {
            EntityType::Person => &[Cue::Role],
            EntityType::Organization => &[Cue::Org],
            EntityType::Product => &[Cue::Product],
            EntityType::Place => &[Cue::Place],
            EntityType::Event => &[Cue::Event],
            EntityType::Work => &[Cue::Work],
            EntityType::Law => &[Cue::Law],
        };
        // `BNP Paribas, Société Générale`: a capital makes the noun a name.
        let noun = self.tokens[at].shape == Shape::Lower
            || self.tokens[at].opens
            || self.entity_type == EntityType::Person;
        noun && cues
            .iter()
            .any(|&cue| lexicon().cue_at(cue, self.tokens, at, end))
    }

    /// `X, directeur financier de Nexilia,`.
    fn after(&self, span: &Span, later: &[Span]) -> Option<Range<usize>> {
        let lexicon = lexicon();
        let tokens = self.tokens;
        let comma = span.tokens.end;
        if !tokens.get(comma)?.is(",") {
            return None;
        }
        let start = comma + 1;
        let sentence = tokens[span.tokens.start].sentence;
        let mut end = start;
        while let Some(token) = tokens.get(end) {
            let stops = token.sentence != sentence
                || matches!(
                    token.text,
                    "," | "." | ";" | ":" | "!" | "?" | "»" | ")" | "«" | "(" | "–" | "—"
                )
                || matches!(
                    token.lower.as_str(),
                    "qui" | "dont" | "où" | "que" | "lors" | "pour" | "who" | "which"
                );
            if stops || end - start >= MAX_WORDS {
                break;
            }
            end += 1;
        }
        let closed = tokens
            .get(end)
            .is_none_or(|token| token.shape == Shape::Sign || token.sentence != sentence)
            || matches!(
                tokens[end].lower.as_str(),
                "qui" | "dont" | "où" | "que" | "lors" | "pour" | "who" | "which"
            );
        if !closed || end == start {
            return None;
        }
        let mut noun = start;
        if lexicon.is(Cue::Determiner, &tokens[noun].lower) {
            noun += 1;
        }
        let head = (noun..(noun + 3).min(end)).find(|&at| self.fits(at, end))?;
        let plain_way = (start..head).all(|at| {
            let lower = tokens[at].lower.as_str();
            lexicon.is(Cue::Determiner, lower)
                || lexicon.is(Cue::Nationality, lower)
                || BEFORE_NOUN.contains(&lower)
        });
        // `Renault, le constructeur ferroviaire Alstom et …` goes on with another name.
        let other = later
            .iter()
            .take_while(|next| next.tokens.start < end)
            .any(|next| {
                let member = self.entity_type == EntityType::Person
                    && tokens[next.tokens.start].shape == Shape::Acronym;
                !member && apposed_noun(tokens, next.tokens.start).is_some_and(|(noun, _)| noun == head)
            });
        (plain_way && !other).then_some(start..end)
    }

    /// `la start-up lyonnaise X`.
    fn before(&self, span: &Span) -> Option<Range<usize>> {
        let first = span.tokens.start;
        let (at, _) = apposed_noun(self.tokens, first)?;
        if !self.fits(at, first) {
            return None;
        }
        let start = self.phrase_start(at);
        let bare = first - at == 1 && at - start <= 1;
        (!(bare && EMPTY_NOUNS.contains(&self.tokens[at].lower.as_str()))).then_some(start..first)
    }

    /// Where the noun phrase around the noun at `at` starts: its article, or the noun after `du`.
    fn phrase_start(&self, at: usize) -> usize {
        let lexicon = lexicon();
        let mut start = at;
        for back in (at.saturating_sub(3)..at).rev() {
            let token = &self.tokens[back];
            let lower = token.lower.as_str();
            if token.sentence != self.tokens[at].sentence {
                break;
            }
            if lexicon.is(Cue::Determiner, lower) {
                return if matches!(lower, "du" | "des" | "au" | "aux") {
                    start
                } else {
                    back
                };
            }
            if !(BEFORE_NOUN.contains(&lower) || ENGLISH_ADJECTIVES.contains(&lower)) {
                break;
            }
            start = back;
        }
        start
    }

    /// `le directeur financier d’Orvane, Étienne Caradec`.
    fn before_comma(&self, span: &Span) -> Option<Range<usize>> {
        let tokens = self.tokens;
        let comma = span
            .tokens
            .start
            .checked_sub(1)
            .filter(|&at| tokens[at].is(","))?;
        let sentence = tokens[comma].sentence;
        let mut start = comma;
        while start > 0 && comma - start < MAX_WORDS {
            let token = &tokens[start - 1];
            if token.sentence != sentence || token.shape == Shape::Sign {
                break;
            }
            start -= 1;
        }
        let head = (start..comma).find(|&at| self.fits(at, comma))?;
        let article = head
            .checked_sub(1)
            .filter(|&at| at >= start && lexicon().is(Cue::Determiner, &tokens[at].lower));
        let start = article.unwrap_or(head);
        let verb = (start..comma).any(|at| lexicon().is(Cue::SubjectVerb, &tokens[at].lower));
        (!verb).then_some(start..comma)
    }
}
