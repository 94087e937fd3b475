//! How far a run of capitals goes: particles, small words of titles, versions, legal forms.

use super::finder::Finder;
use super::form;
use super::lexicon::{Cue, Known};
use super::phrase::run_of_capitals;
use super::token::Shape;
use super::version;
use crate::record::EntityType;

impl Finder<'_> {
    /// One past the last token of the run of capitals that starts at `at`.
    pub(super) fn run_end(&self, at: usize) -> usize {
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
        self.junior_end(at, end)
    }

    /// One past the `Jr.` that follows the name of a person: `Robert Downey Jr.`
    fn junior_end(&self, at: usize, end: usize) -> usize {
        let junior = self
            .tokens
            .get(end)
            .is_some_and(|token| matches!(token.text, "Jr" | "Sr") && token.spaced);
        if !junior || end == at + 1 {
            return end;
        }
        let stop = self
            .tokens
            .get(end + 1)
            .is_some_and(|token| token.is(".") && !token.spaced);
        end + 1 + usize::from(stop)
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
            return version::is_version(self.tokens, end)
                .then_some(end + 1)
                .filter(|_| !self.is_known_non_product(at, end));
        }
        // `Ilse Trautwein of Kaltenbach Research` are two.
        let office = || form::is_office(self.tokens[at].text) || form::is_office(self.tokens[end - 1].text);
        if token.text == "of" && self.english && (person || !office()) {
            return None;
        }
        // `Nuclear Safety and Radiation Protection Authority`
        if self.english && token.text == "and" && name_follows && end > at + 1 {
            let last = run_of_capitals(self.tokens, end + 1) - 1;
            let office = last > end + 1 && form::is_office(self.tokens[last].text);
            let known = self.lexicon.known_at(self.tokens, at).is_some();
            return (office && !known && !person).then_some(end + 2);
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
        // `le voilier Vent d’Ouest`: a word that is no name has its capital from one that goes on.
        let first = &self.tokens[at];
        let word = end == at + 1
            && !first.opens
            && first.shape == Shape::Capital
            && self.lexicon.starts_sentences(&first.lower)
            && !self.lexicon.is_common(first, self.english)
            && self.lexicon.known_at(self.tokens, at).is_none();
        let linked = matches!(token.lower.as_str(), "de" | "du" | "des" | "d'") && name_follows;
        if linked && (titled || word && !self.english) {
            return Some(end + 2);
        }
        let particle = self.lexicon.is(Cue::Particle, &token.lower) && !self.is_made_by(at, end + 1);
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
                || self.lexicon.is_spelled(Cue::ProductSuffix, token.text)
                || self.lexicon.is_spelled(Cue::CorporateSuffix, token.text));
        fits.then_some(end + 1)
    }

    /// `de la`, `van der` before a name: the first particle is taken too.
    fn particles_then_name(&self, end: usize) -> bool {
        let second = self.tokens.get(end + 1).is_some_and(|token| {
            token.shape != Shape::Capital && self.lexicon.is(Cue::Particle, &token.lower)
        });
        second
            && self
                .tokens
                .get(end + 2)
                .is_some_and(|token| token.shape.is_name_like())
            && matches!(self.tokens[end].text, "de" | "van" | "von")
    }

    /// `Claude d’Anthropic`, `la puce Rhea de SiPearl`: the maker of a product whose name is a first name, too.
    fn is_made_by(&self, at: usize, maker: usize) -> bool {
        let product = self
            .lexicon
            .known_at(self.tokens, at)
            .is_some_and(|known| known.entity_type == EntityType::Product);
        let company = || {
            let known = self.lexicon.known_at(self.tokens, maker);
            known.is_some_and(|known| known.entity_type == EntityType::Organization && !known.ambiguous)
        };
        product && maker < self.tokens.len() && company()
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

    /// One past the legal form behind a known company: `Intel Corp`.
    pub(super) fn legal_end(&self, known: &Known, at: usize) -> Option<usize> {
        let next = self.tokens.get(at + known.length)?;
        let legal = known.entity_type == EntityType::Organization
            && next.spaced
            && matches!(
                next.text,
                "Corp"
                    | "Inc"
                    | "Ltd"
                    | "Limited"
                    | "PLC"
                    | "plc"
                    | "SA"
                    | "SE"
                    | "AG"
                    | "NV"
                    | "GmbH"
                    | "AB"
                    | "ASA"
                    | "SpA"
                    | "LLC"
                    | "Co"
            );
        legal.then_some(at + known.length + 1)
    }

    /// One past a known name with the version that belongs to it: `Llama 3.3`, `iPhone 15 Pro`.
    pub(super) fn version_end(&self, known: &Known, at: usize) -> usize {
        let mut end = at + known.length;
        if !matches!(known.entity_type, EntityType::Product | EntityType::Work) {
            return end;
        }
        while let Some(token) = self.tokens.get(end) {
            // `Max Schrems` is no version of Max.
            let word = token.shape == Shape::Capital
                && known.ambiguous
                && !self.lexicon.is_spelled(Cue::ProductSuffix, token.text);
            let suffix = token.shape.is_name_like()
                && !word
                && !token.opens
                && !self.lexicon.is_generic_acronym(token)
                && self
                    .lexicon
                    .known_at(self.tokens, end)
                    .is_none_or(|known| known.ambiguous);
            let version = token.shape == Shape::Number
                && (version::is_version(self.tokens, end)
                    || !known.ambiguous && version::is_small_version(self.tokens, end));
            if !token.spaced || !(suffix || version) {
                break;
            }
            end += 1;
        }
        end
    }
}
