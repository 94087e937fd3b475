//! What the words around a name say about it: each place votes for types.
//!
//! Votes of all places of one name are added up before its type is decided, so a company that is
//! introduced once (`la start-up lyonnaise Nexilia`) is known wherever it stands.

use super::lexicon::{Cue, FirstName, lexicon};
use super::span::{Found, Span};
use super::token::{Shape, Token};
use crate::record::EntityType;

/// Points for each type, in the order of [`EntityType::ALL`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Votes {
    points: [i32; 7],
    /// Points that came from words around the name, not from its letters.
    pub context: i32,
}

impl Votes {
    fn add(&mut self, entity_type: EntityType, points: i32) {
        self.points[entity_type as usize] += points;
    }

    fn cue(&mut self, entity_type: EntityType, points: i32) {
        self.add(entity_type, points);
        self.context += points;
    }

    /// Adds the votes of another place.
    pub(super) fn merge(&mut self, other: &Votes) {
        for (sum, points) in self.points.iter_mut().zip(other.points) {
            *sum += points;
        }
        self.context += other.context;
    }

    /// The name is where an institution has its seat.
    pub(super) fn seat(&mut self) {
        self.cue(EntityType::Place, 22);
    }

    /// The type with most points; the earlier one of two that are equal.
    pub(super) fn winner(&self) -> EntityType {
        let best = (0..7)
            .max_by_key(|&at| (self.points[at], std::cmp::Reverse(at)))
            .unwrap_or(1);
        EntityType::ALL[best]
    }

    /// Points of one type.
    pub(super) fn of(&self, entity_type: EntityType) -> i32 {
        self.points[entity_type as usize]
    }
}

use EntityType::{Event, Law, Organization, Person, Place, Product, Work};

/// What the letters of the name alone tell. Counted once for a name, however often it stands.
pub(super) fn letters(tokens: &[Token], span: &Span) -> Votes {
    let mut votes = Votes::default();
    match span.found {
        Found::Known(known) => votes.add(known.entity_type, if known.ambiguous { 30 } else { 70 }),
        Found::Law => votes.add(Law, 90),
        Found::Place => votes.add(Place, 90),
        Found::Institution => votes.add(Organization, 80),
        Found::Name => name_letters(&tokens[span.tokens.clone()], &mut votes),
    }
    votes
}

fn name_letters(words: &[Token], votes: &mut Votes) {
    let lexicon = lexicon();
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return;
    };
    let several = words.len() > 1;
    match (several, first.shape) {
        (false, Shape::Code) => votes.add(Product, 16),
        (false, Shape::Mixed) => {
            votes.add(Organization, 9);
            votes.add(Product, 6);
        }
        (false, Shape::Acronym) => votes.add(Organization, 12),
        (false, _) => {
            votes.add(Organization, 8);
            votes.add(Place, 4);
            votes.add(Person, 2);
        }
        (true, _) => votes.add(Organization, 9),
    }
    if !several {
        return;
    }
    let corporate = lexicon.is_spelled(Cue::CorporateSuffix, last.text);
    if corporate || words.iter().any(|word| word.is("&")) {
        votes.add(Organization, 32);
    }
    if lexicon.is_spelled(Cue::ProductSuffix, last.text) || matches!(last.shape, Shape::Number | Shape::Code)
    {
        votes.add(Product, 30);
    }
    if last.text == "Act" {
        votes.add(Law, 60);
    }
    let letters_only = words
        .iter()
        .all(|word| matches!(word.shape, Shape::Capital | Shape::Lower | Shape::Elision));
    if letters_only && words.len() <= 4 && !corporate {
        votes.add(Person, 7);
        match lexicon.first_name(first.text) {
            Some(FirstName::Sure) => votes.add(Person, 45),
            Some(FirstName::Ambiguous) => votes.add(Person, 14),
            None => {}
        }
    }
    if let Some(known) = lexicon
        .known_at(words, 0)
        .filter(|known| known.length < words.len() && !known.ambiguous)
    {
        votes.add(
            known.entity_type,
            if known.entity_type == Organization { 24 } else { 8 },
        );
    }
}

/// What the words around the name tell at this place.
pub(super) fn context(tokens: &[Token], span: &Span) -> Votes {
    let mut votes = Votes::default();
    let place = Surroundings {
        tokens,
        first: span.tokens.start,
        end: span.tokens.end,
    };
    place.read_left(&mut votes);
    place.read_right(&mut votes);
    votes
}

struct Surroundings<'a> {
    tokens: &'a [Token<'a>],
    first: usize,
    end: usize,
}

impl Surroundings<'_> {
    /// The token `back` places before the name, in its sentence.
    fn before(&self, back: usize) -> Option<&Token<'_>> {
        let at = self.first.checked_sub(back)?;
        let token = &self.tokens[at];
        (token.sentence == self.tokens[self.first].sentence).then_some(token)
    }

    /// The token `ahead` places after the name (0 is next to it), in its sentence.
    fn after(&self, ahead: usize) -> Option<&Token<'_>> {
        let token = self.tokens.get(self.end + ahead)?;
        (token.sentence == self.tokens[self.first].sentence).then_some(token)
    }

    fn words(&self) -> usize {
        self.end - self.first
    }

    fn read_left(&self, votes: &mut Votes) {
        let lexicon = lexicon();
        let Some(previous) = self.before(1) else { return };
        let lower = previous.lower.as_str();
        if self.titled() {
            votes.cue(Person, 40);
        } else if matches!(lower, "son" | "sa" | "ses" | "leur" | "its") {
            votes.cue(Product, 18);
        } else if lexicon.is(Cue::Named, lower) {
            votes.cue(Product, 26);
        } else if LAUNCHED.contains(&lower) {
            votes.cue(Product, 15);
        } else if lower == "appeler" {
            votes.cue(Organization, 20);
        } else if lexicon.is(Cue::QuoteVerb, lower) {
            votes.cue(Person, if self.words() > 1 { 20 } else { 4 });
        } else if lexicon.is(Cue::Nationality, lower) && self.before(2).is_some_and(is_determiner) {
            votes.cue(Organization, 30);
        } else if previous.is(",") {
            self.read_role_before_comma(votes);
        }
        match self.preposition() {
            Some((at, preposition)) => self.read_complement(at, &preposition, votes),
            None => self.read_apposition(votes),
        }
    }

    /// `M. Benali`, `le docteur Abadie`.
    fn titled(&self) -> bool {
        let Some(previous) = self.before(1) else {
            return false;
        };
        let dotted = previous.is(".");
        let word = if dotted { self.before(2) } else { Some(previous) };
        let Some(word) = word else { return false };
        let lexicon = lexicon();
        let short = matches!(
            word.lower.as_str(),
            "m" | "mm" | "me" | "dr" | "pr" | "mr" | "mrs" | "ms"
        );
        let title = lexicon.is(Cue::Title, &word.lower);
        let capital = word.text.starts_with(char::is_uppercase);
        if short { title && capital } else { title && !dotted }
    }

    /// The preposition before the name, over an article: `de la`, `à l’`.
    fn preposition(&self) -> Option<(usize, String)> {
        let lexicon = lexicon();
        for back in 1..=2 {
            let token = self.before(back)?;
            if lexicon.is(Cue::Preposition, &token.lower) {
                return Some((self.first - back, token.lower.clone()));
            }
            if !matches!(token.lower.as_str(), "la" | "le" | "les" | "l'" | "the") {
                return None;
            }
        }
        None
    }

    /// `chez X`, `PDG de X`, `à X`, `habitants de X`.
    fn read_complement(&self, at: usize, preposition: &str, votes: &mut Votes) {
        let lexicon = lexicon();
        match preposition {
            "chez" => votes.cue(Organization, 32),
            "en" => votes.cue(Place, 16),
            "dans" | "in" => votes.cue(Place, if at + 1 < self.first { 8 } else { 3 }),
            "à" | "to"
                if self
                    .sentence_back(at, 4)
                    .any(|token| GIVEN.contains(&token.lower.as_str())) =>
            {
                votes.cue(Organization, 14);
            }
            "à" | "at" => votes.cue(Place, 9),
            "depuis" | "vers" | "from" => votes.cue(Place, 5),
            "par" | "avec" | "by" | "with" => votes.cue(Organization, 6),
            "selon" => votes.cue(if self.words() > 1 { Person } else { Organization }, 5),
            "de" | "d'" | "du" | "des" | "of" => {
                let Some(noun) = self.noun_before(at) else { return };
                let lower = noun.lower.as_str();
                if lower == "près" {
                    votes.cue(Place, 26);
                } else if lexicon.is(Cue::Living, lower) {
                    votes.cue(Place, 30);
                } else if lexicon.is(Cue::Staff, lower) || lexicon.is(Cue::Role, lower) {
                    votes.cue(Organization, 20);
                }
            }
            _ => {}
        }
        let seat = [
            "basé",
            "basée",
            "installé",
            "installée",
            "siège",
            "usine",
            "site",
            "né",
            "née",
            "situé",
            "située",
        ];
        if preposition == "à"
            && self
                .sentence_back(at, 3)
                .any(|token| seat.contains(&token.lower.as_str()))
        {
            votes.cue(Place, 10);
        }
    }

    /// The noun that `de` at token `at` completes: `directeur financier de`.
    fn noun_before(&self, at: usize) -> Option<&Token<'_>> {
        let lexicon = lexicon();
        let known = |token: &&Token| {
            [Cue::Staff, Cue::Role, Cue::Living]
                .iter()
                .any(|&cue| lexicon.is(cue, &token.lower))
                || token.lower == "près"
        };
        self.sentence_back(at, 3)
            .take_while(|token| {
                token.shape == Shape::Lower && !lexicon.is(Cue::Preposition, &token.lower)
                    || token.lower == "près"
            })
            .find(known)
    }

    fn sentence_back(&self, at: usize, count: usize) -> impl Iterator<Item = &Token<'_>> {
        let sentence = self.tokens[self.first].sentence;
        self.tokens[at.saturating_sub(count)..at]
            .iter()
            .rev()
            .filter(move |token| token.sentence == sentence)
    }

    /// `la start-up lyonnaise X`, `l’éditeur de cartes numériques X`.
    fn read_apposition(&self, votes: &mut Votes) {
        let Some((at, cue)) = apposed_noun(self.tokens, self.first) else {
            return;
        };
        let near = self.first - at <= 3;
        let points = if near { 30 } else { 22 };
        match cue {
            Cue::Org => votes.cue(Organization, points),
            Cue::Product => votes.cue(Product, points),
            Cue::Place => votes.cue(Place, points),
            Cue::Event => votes.cue(Event, points),
            Cue::Work => votes.cue(Work, points),
            Cue::Law => votes.cue(Law, points),
            Cue::Role => votes.cue(Person, 26),
            _ => {}
        }
    }

    /// `Le directeur financier d’Orvane, Étienne Caradec,`.
    fn read_role_before_comma(&self, votes: &mut Votes) {
        if self.words() < 2 {
            return;
        }
        let comma = self.first - 1;
        let lexicon = lexicon();
        let role = self
            .sentence_back(comma, 14)
            .take_while(|token| token.shape != Shape::Sign)
            .collect::<Vec<_>>()
            .iter()
            .rev()
            .take(7)
            .any(|token| lexicon.is(Cue::Role, &token.lower));
        if role {
            votes.cue(Person, 24);
        }
    }

    fn read_right(&self, votes: &mut Votes) {
        let lexicon = lexicon();
        let Some(next) = self.after(0) else { return };
        if next.is(",") {
            self.read_after_comma(votes);
        } else if next.shape == Shape::Possessive {
            votes.cue(Organization, 4);
        } else if lexicon.is(Cue::SubjectVerb, &next.lower) || is_verb_form(&next.lower) {
            votes.cue(Organization, 8);
            votes.cue(Person, if self.words() > 1 { 6 } else { 0 });
        } else if lexicon.is(Cue::QuoteVerb, &next.lower) {
            votes.cue(Organization, 3);
            votes.cue(Person, 3);
        }
    }

    /// `X, directrice générale de Y`, `X, filiale de Y`, `X, son produit phare`, `X, dans l’Isère`.
    fn read_after_comma(&self, votes: &mut Votes) {
        let lexicon = lexicon();
        let several = self.words() > 1;
        let mut ahead = 1;
        if let Some(word) = self.after(ahead) {
            let inside = matches!(word.lower.as_str(), "dans" | "en" | "près");
            if inside
                && self
                    .before(1)
                    .is_some_and(|token| matches!(token.lower.as_str(), "à" | "de" | "d'"))
            {
                votes.cue(Place, 14);
                return;
            }
        }
        if self.after(ahead).is_some_and(is_determiner) {
            ahead += 1;
        }
        for skipped in 0..3 {
            let Some(word) = self.after(ahead + skipped) else {
                return;
            };
            let lower = word.lower.as_str();
            if word.shape == Shape::Sign || lexicon.is(Cue::Preposition, lower) {
                return;
            }
            if lexicon.is(Cue::Founded, lower) {
                return votes.cue(Organization, 22);
            }
            let at = self.end + ahead + skipped;
            let is = |cue| lexicon.cue_at(cue, self.tokens, at, (at + 4).min(self.tokens.len()));
            if is(Cue::Org) && !(several && is(Cue::Role)) {
                return votes.cue(Organization, 26);
            }
            if is(Cue::Role) {
                return votes.cue(Person, if several { 26 } else { 6 });
            }
            if is(Cue::Product) {
                return votes.cue(Product, 24);
            }
            if is(Cue::Place) && skipped == 0 && ahead == 2 {
                return votes.cue(Place, 16);
            }
        }
    }
}

/// A future or a conditional: nothing else in French ends so after a name.
pub(super) fn is_verb_form(lower: &str) -> bool {
    let stem = |ending: &str| {
        lower
            .strip_suffix(ending)
            .is_some_and(|stem| stem.chars().count() >= 3)
    };
    ["era", "ira", "dra", "tra", "rait", "raient", "ront"]
        .iter()
        .any(|ending| stem(ending))
}

/// Verbs after which `à` names who gets it.
const GIVEN: [&str; 30] = [
    "cédé",
    "cède",
    "céder",
    "cèdera",
    "vendu",
    "vendre",
    "vend",
    "vendra",
    "confié",
    "confie",
    "confier",
    "attribué",
    "attribue",
    "accordé",
    "accorde",
    "associe",
    "associé",
    "fourni",
    "fournit",
    "livré",
    "livre",
    "appartient",
    "commande",
    "commandé",
    "loue",
    "loué",
    "oppose",
    "demandé",
    "sold",
    "sells",
];

/// Verbs whose object is a product.
const LAUNCHED: [&str; 16] = [
    "lance",
    "lancé",
    "lancer",
    "lancera",
    "dévoile",
    "dévoilé",
    "dévoiler",
    "commercialise",
    "commercialisé",
    "commercialiser",
    "sort",
    "sorti",
    "launched",
    "launches",
    "unveiled",
    "released",
];

fn is_determiner(token: &Token) -> bool {
    lexicon().is(Cue::Determiner, &token.lower)
}

/// The noun to which the name at `first` is apposed, and its family: the nearest one to the left in
/// the same noun phrase.
pub(super) fn apposed_noun(tokens: &[Token], first: usize) -> Option<(usize, Cue)> {
    let lexicon = lexicon();
    let families = [
        Cue::Org,
        Cue::Role,
        Cue::Product,
        Cue::Place,
        Cue::Event,
        Cue::Work,
        Cue::Law,
    ];
    let earliest = first.saturating_sub(7);
    let mut linked = false;
    for at in (earliest..first).rev() {
        let token = &tokens[at];
        if token.sentence != tokens[first].sentence
            || !matches!(token.shape, Shape::Lower | Shape::Capital | Shape::Elision)
        {
            return None;
        }
        let lower = token.lower.as_str();
        let found = families
            .into_iter()
            .find(|&cue| lexicon.cue_at(cue, tokens, at, first));
        // A capitalized noun is apposed only where it opens the sentence: `Analyste chez …`.
        if let Some(cue) = found.filter(|_| token.shape == Shape::Lower || token.opens) {
            let person = cue == Cue::Role;
            return (!(person && linked)).then_some((at, cue));
        }
        if token.shape == Shape::Capital
            || lexicon.is(Cue::Determiner, lower) && !matches!(lower, "du" | "des")
        {
            return None;
        }
        if lexicon.is(Cue::Preposition, lower) {
            if at + 1 == first || !matches!(lower, "de" | "d'" | "du" | "des" | "en" | "à") {
                return None;
            }
            linked = true;
        }
        if lexicon.is(Cue::SubjectVerb, lower) || lexicon.is(Cue::QuoteVerb, lower) && at + 1 == first {
            return None;
        }
    }
    None
}
