//! Where names stand: runs of capitalized words, known names, institutions, laws.
//!
//! One pass from left to right. It decides how far a name reaches, not what it is.

use super::acronym::Expansions;
use super::law;
use super::lexicon::{Cue, Known, Lexicon, lexicon};
use super::phrase;
use super::token::{self, Shape, Token};
use crate::record::{EntityType, Lang};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// How a name was found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found {
    /// It is in the lists.
    Known(&'static Known),
    /// Capitals.
    Name,
    /// An institution spelled out: `université de Strasbourg`.
    Institution,
    /// A law by its form: `règlement (UE) 2024/1689`.
    Law,
    /// A place by its form: `cap Canaveral`, `mer de Chine`.
    Place,
}

/// One place where a name may stand.
#[derive(Debug, Clone)]
pub(super) struct Span {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// How it was found.
    pub found: Found,
    /// Its only capital may come from its place in the sentence.
    pub doubtful: bool,
    /// It stands in parentheses and abbreviates the span before it, or the other way round.
    pub abbreviates_previous: bool,
}

/// All places where names may stand, in order, none overlapping.
pub(super) fn spans(tokens: &[Token], lang: Lang) -> Vec<Span> {
    let small: HashSet<&str> = tokens
        .iter()
        .filter(|token| token.shape == Shape::Lower)
        .map(|token| token.lower.as_str())
        .collect();
    let mut spans = Vec::new();
    let mut start = 0;
    // A name never reaches over the end of a paragraph.
    for paragraph in tokens.chunk_by(|one, next| one.paragraph == next.paragraph) {
        if paragraph[0].shouted {
            start += paragraph.len();
            continue;
        }
        let expansions = Expansions::find(paragraph);
        let finder = Finder {
            tokens: paragraph,
            lexicon: lexicon(),
            expansions,
            small: &small,
            english: lang != Lang::Fr,
        };
        spans.extend(finder.run().into_iter().map(|span| span.shifted(start)));
        start += paragraph.len();
    }
    let shouted = shouted_spans(tokens, &spans);
    if !shouted.is_empty() {
        spans.extend(shouted);
        spans.sort_by_key(|span| span.tokens.start);
    }
    spans
}

/// Words of a name that is looked for among capitals, at most.
const SHOUTED_WORDS: usize = 4;

/// In a paragraph of capitals only names that the rest of the article proves are seen.
fn shouted_spans(tokens: &[Token], spans: &[Span]) -> Vec<Span> {
    let mut found = Vec::new();
    if !tokens.iter().any(|token| token.shouted) {
        return found;
    }
    let name = |range: Range<usize>| {
        let words: Vec<String> = tokens[range]
            .iter()
            .map(|token| token::folded(token.text))
            .collect();
        words.join(" ")
    };
    let proven: HashMap<String, Found> = spans
        .iter()
        .filter(|span| !span.doubtful)
        .map(|span| (name(span.tokens.clone()), span.found))
        .collect();
    let mut at = 0;
    while at < tokens.len() {
        let longest = (1..=SHOUTED_WORDS).rev().find_map(|length| {
            let window = tokens.get(at..at + length)?;
            let one = window
                .iter()
                .all(|token| token.shouted && token.paragraph == tokens[at].paragraph);
            let found = proven.get(&name(at..at + length)).filter(|_| one)?;
            Some((at..at + length, *found))
        });
        at = match longest {
            Some((range, same)) => {
                let end = range.end;
                found.push(Span {
                    tokens: range,
                    found: same,
                    doubtful: true,
                    abbreviates_previous: false,
                });
                end
            }
            None => at + 1,
        };
    }
    found
}

impl Span {
    fn shifted(mut self, by: usize) -> Span {
        self.tokens = self.tokens.start + by..self.tokens.end + by;
        self
    }
}

struct Finder<'a> {
    tokens: &'a [Token<'a>],
    lexicon: &'static Lexicon,
    expansions: Expansions,
    /// Words that the article also writes small.
    small: &'a HashSet<&'a str>,
    /// English writes months and nationalities with a capital.
    english: bool,
}

impl Finder<'_> {
    fn run(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            at = match self.step(at) {
                Step::Skip(next) => next,
                Step::Found(span) => {
                    let next = span.tokens.end;
                    spans.push(span);
                    next
                }
            };
        }
        spans
    }

    fn step(&self, at: usize) -> Step {
        let tokens = self.tokens;
        if let Some(end) = self.expansions.long_form(at) {
            let found = match self
                .lexicon
                .known_at(tokens, at)
                .filter(|known| at + known.length == end)
            {
                Some(known) => Found::Known(known),
                None if law::is_head(&tokens[at]) => Found::Law,
                None => Found::Institution,
            };
            return self.span(at..end, found);
        }
        if self.expansions.is_short_form(at) {
            let found = self
                .lexicon
                .known_at(tokens, at)
                .filter(|known| known.length == 1)
                .map_or(Found::Name, Found::Known);
            return self.span(at..at + 1, found);
        }
        if let Some(end) = law::law_at(tokens, at) {
            let known = self
                .lexicon
                .known_at(tokens, at)
                .filter(|known| at + known.length == end);
            return self.span(at..end, known.map_or(Found::Law, Found::Known));
        }
        if let Some(end) = phrase::site_at(tokens, at) {
            let known = self
                .lexicon
                .known_at(tokens, at)
                .filter(|known| at + known.length == end);
            return self.span(at..end, known.map_or(Found::Place, Found::Known));
        }
        if let Some(end) = phrase::office_at(tokens, at) {
            return Step::Skip(end); // `ministre de l’Industrie` names a post
        }
        let known = self.lexicon.known_at(tokens, at);
        if let Some(end) = phrase::institution_at(tokens, at)
            && known.is_none_or(|known| at + known.length < end && !known_reaches(known, tokens, at))
        {
            return self.span(at..end, Found::Institution);
        }
        if let Some(known) = known
            && !tokens[at].shape.is_name_like()
            && tokens[at].shape != Shape::Elision
        {
            return self.span(at..self.version_end(known, at), Found::Known(known));
        }
        match self.name_at(at, known) {
            Some(span) => Step::Found(span),
            None => Step::Skip(at + 1),
        }
    }

    fn span(&self, tokens: Range<usize>, found: Found) -> Step {
        let abbreviates_previous = self.expansions.links(tokens.start);
        Step::Found(Span {
            tokens,
            found,
            doubtful: false,
            abbreviates_previous,
        })
    }

    /// A known name, or a run of capitals.
    fn name_at(&self, at: usize, known: Option<&'static Known>) -> Option<Span> {
        let token = &self.tokens[at];
        let starts_known = known.is_some_and(|known| known.length > 1 || token.shape != Shape::Elision);
        if !token.shape.is_name_like() && !starts_known {
            return None;
        }
        let run_end = if token.shape.is_name_like() {
            self.run_end(at)
        } else {
            at
        };
        if let Some(known) = known {
            let end = self.version_end(known, at);
            let whole = known.ambiguous && run_end > end && self.reads_as_person(at);
            if end >= run_end && !whole || self.splits_after(known, end, run_end) {
                let doubtful = known.ambiguous && token.opens && known.length == 1;
                return self.known_span(at..end, known, doubtful);
            }
        }
        let known_start = known.is_some_and(|known| known.length > 1);
        if !known_start && !self.may_start(at, run_end) {
            return None;
        }
        let doubtful = token.opens && run_end == at + 1 && token.shape == Shape::Capital;
        Some(Span {
            tokens: at..run_end,
            found: Found::Name,
            doubtful,
            abbreviates_previous: false,
        })
    }

    fn known_span(&self, tokens: Range<usize>, known: &'static Known, doubtful: bool) -> Option<Span> {
        Some(Span {
            tokens,
            found: Found::Known(known),
            doubtful,
            abbreviates_previous: false,
        })
    }

    fn reads_as_person(&self, at: usize) -> bool {
        self.lexicon.first_name(self.tokens[at].text).is_some()
    }

    /// `Google Gemini` names two things: the run of capitals is cut where a known product starts.
    fn splits_after(&self, known: &Known, end: usize, run_end: usize) -> bool {
        if end >= run_end || known.ambiguous {
            return false;
        }
        let next = &self.tokens[end];
        let next_known = self
            .lexicon
            .known_at(self.tokens, end)
            .is_some_and(|next| !next.ambiguous);
        let suffix = self.lexicon.is_spelled(Cue::CorporateSuffix, next.text);
        match known.entity_type {
            EntityType::Organization => next_known && !suffix || next.shape == Shape::Code,
            EntityType::Product | EntityType::Work => true,
            EntityType::Event => next_known || next.shape == Shape::Number,
            _ => next_known,
        }
    }

    /// Whether a run of capitals may start a name here.
    fn may_start(&self, at: usize, end: usize) -> bool {
        let token = &self.tokens[at];
        if self.lexicon.is_generic_acronym(token) || token.text.chars().count() == 1 && end == at + 1 {
            return false;
        }
        let article =
            matches!(token.text, "Le" | "La" | "Les" | "El" | "The") && !token.opens && end > at + 1;
        if self.lexicon.is_common(token, self.english) && !article {
            return false;
        }
        // `Opérateurs` opens a sentence and the article writes `opérateurs` elsewhere.
        let first_name = self.lexicon.first_name(token.text).is_some();
        if token.opens
            && token.shape == Shape::Capital
            && !first_name
            && self.small.contains(token.lower.as_str())
        {
            return false;
        }
        let title = matches!(
            token.text,
            "Me" | "Dr" | "Pr" | "MM" | "Mme" | "Mmes" | "Mlle" | "Mr" | "Mrs" | "Ms"
        );
        let people = end == at + 1 && token.shape == Shape::Capital && self.lexicon.is_people(&token.lower);
        if title || people && self.lexicon.first_name(token.text).is_none() {
            return false;
        }
        let role = self.lexicon.is(Cue::Role, &token.lower) || self.lexicon.is(Cue::Org, &token.lower);
        !(token.opens && role && token.shape == Shape::Capital)
    }

    /// One past the last token of the run of capitals that starts at `at`.
    fn run_end(&self, at: usize) -> usize {
        let tokens = self.tokens;
        let person = self.reads_as_person(at);
        let mut end = at + 1;
        while let Some(token) = tokens.get(end) {
            if !token.spaced || self.expansions.long_form(end).is_some() {
                break;
            }
            end = match self.continues(at, end, person) {
                Some(next) => next,
                None => break,
            };
        }
        end
    }

    /// Whether the run that started at `at` goes on with the token at `end`, and where it stands then.
    fn continues(&self, at: usize, end: usize, person: bool) -> Option<usize> {
        let token = &self.tokens[end];
        let name_follows = self
            .tokens
            .get(end + 1)
            .is_some_and(|next| next.shape.is_name_like() && !self.lexicon.is_generic_acronym(next));
        if token.is("&") {
            return name_follows.then_some(end + 2);
        }
        if token.shape == Shape::Number {
            return phrase::is_version(self.tokens, end)
                .then_some(end + 1)
                .filter(|_| !self.is_known_non_product(at, end));
        }
        if !self.english && matches!(token.text, "of" | "the" | "and") || token.text == "of" {
            let the = self.tokens.get(end + 1).is_some_and(|next| next.text == "the");
            let far = self
                .tokens
                .get(end + 2)
                .is_some_and(|next| the && next.shape.is_name_like());
            return if far {
                Some(end + 3)
            } else {
                name_follows.then_some(end + 2)
            };
        }
        let capital_particle = token.shape == Shape::Capital
            && matches!(
                token.text,
                "De" | "Le" | "La" | "Du" | "Van" | "Von" | "Di" | "Da" | "El" | "Al" | "Ben" | "Mac"
            );
        if capital_particle && name_follows && end == at + 1 && self.tokens[at].shape == Shape::Capital {
            return Some(end + 2);
        }
        // `La Fabrique du Libre`
        let titled = matches!(self.tokens[at].text, "La" | "Le" | "Les") && end == at + 2;
        if titled && name_follows && matches!(token.lower.as_str(), "de" | "du" | "des" | "d'") {
            return Some(end + 2);
        }
        let particle = self.lexicon.is(Cue::Particle, &token.lower);
        if particle && person && name_follows && (end == at + 1 || self.in_particle(at, end)) {
            let glued = token.shape == Shape::Elision;
            return (glued || self.tokens[end + 1].spaced).then_some(end + 2);
        }
        if particle && person && self.particles_then_name(end) {
            return Some(end + 1);
        }
        // `Vertex AI`: French texts write the field `IA`.
        if token.text == "AI" && !self.english && self.tokens[at].shape == Shape::Capital {
            return Some(end + 1);
        }
        let fits = token.shape.is_name_like()
            && !token.opens
            && !self.lexicon.is_generic_acronym(token)
            && (!self.lexicon.is_common(token, self.english)
                || self.lexicon.is_spelled(Cue::ProductSuffix, token.text));
        fits.then_some(end + 1)
    }

    /// `de la` before a name: the first particle is taken too.
    fn particles_then_name(&self, end: usize) -> bool {
        let small = |at: usize| {
            self.tokens
                .get(at)
                .is_some_and(|token| self.lexicon.is(Cue::Particle, &token.lower))
        };
        small(end + 1)
            && self
                .tokens
                .get(end + 2)
                .is_some_and(|token| token.shape.is_name_like())
            && self.tokens[end].lower == "de"
    }

    fn in_particle(&self, at: usize, end: usize) -> bool {
        self.tokens[at + 1..end]
            .iter()
            .all(|token| self.lexicon.is(Cue::Particle, &token.lower))
    }

    fn is_known_non_product(&self, at: usize, end: usize) -> bool {
        self.lexicon
            .known_at(self.tokens, at)
            .is_some_and(|known| at + known.length == end && known.entity_type != EntityType::Product)
    }

    /// One past a known name with the version that belongs to it: `Llama 3.3`, `iPhone 15 Pro`.
    fn version_end(&self, known: &Known, at: usize) -> usize {
        let mut end = at + known.length;
        if !matches!(known.entity_type, EntityType::Product | EntityType::Work) {
            return end;
        }
        while let Some(token) = self.tokens.get(end) {
            let suffix = token.shape.is_name_like()
                && !token.opens
                && !self.lexicon.is_generic_acronym(token)
                && self
                    .lexicon
                    .known_at(self.tokens, end)
                    .is_none_or(|known| known.ambiguous);
            let version = token.shape == Shape::Number && phrase::is_version(self.tokens, end);
            if !token.spaced || !(suffix || version) {
                break;
            }
            end += 1;
        }
        end
    }
}

/// A known institution that is at least as good as the one spelled out: it has more than one word.
fn known_reaches(known: &Known, tokens: &[Token], at: usize) -> bool {
    known.length > 1 && known.entity_type == EntityType::Organization && tokens[at].shape == Shape::Capital
}

enum Step {
    Skip(usize),
    Found(Span),
}
