//! Finds the names of one paragraph, from left to right.

use super::acronym::Expansions;
use super::form;
use super::law;
use super::lexicon::{Cue, FirstName, Known, Lexicon};
use super::phrase;
use super::span::{Found, Span};
use super::token::{Shape, Token};
use super::version::is_made_up;
use crate::record::EntityType;
use std::collections::HashSet;
use std::ops::Range;

pub(super) struct Finder<'a> {
    pub tokens: &'a [Token<'a>],
    pub lexicon: &'static Lexicon,
    pub expansions: Expansions,
    /// Words that the article also writes small.
    pub small: &'a HashSet<&'a str>,
    /// English writes months and nationalities with a capital.
    pub english: bool,
}

impl Finder<'_> {
    pub(super) fn run(&self) -> Vec<Span> {
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
        let known = self.lexicon.known_at(tokens, at);
        // The same words in the lists tell more than the form.
        let listed = |end: usize, otherwise: Found| {
            let same = known.filter(|known| at + known.length == end);
            same.map_or(otherwise, Found::Known)
        };
        let reaches_less = |end: usize| known.is_none_or(|known| at + known.length < end);
        if let Some(end) = self.expansions.long_form(at) {
            let form = match law::is_head(&tokens[at]) {
                true => Found::Law,
                false => Found::Institution,
            };
            return self.span(at..end, listed(end, form));
        }
        if self.expansions.is_short_form(at) {
            return self.span(at..at + 1, listed(at + 1, Found::Name));
        }
        if let Some(end) = law::law_at(tokens, at) {
            return self.span(at..end, listed(end, Found::Law));
        }
        if let Some(end) = form::street_at(tokens, at) {
            return Step::Skip(end); // `rue de Rivoli` is an address
        }
        if self.english
            && let Some(step) = self.english_form(at, reaches_less)
        {
            return step;
        }
        if let Some(span) = self.contracted(at, known) {
            return Step::Found(span);
        }
        if let Some(place) = self.dateline(at) {
            return self.span(at..at + place.length, Found::Known(place));
        }
        if let Some(end) = form::site_at(tokens, at) {
            return self.span(at..end, listed(end, Found::Place));
        }
        if let Some(end) = form::event_at(tokens, at) {
            return match known.filter(|known| at + known.length >= end) {
                Some(known) => self.span(at..at + known.length, Found::Known(known)),
                None => self.span(at..end, Found::Event),
            };
        }
        if let Some(end) = form::title_at(tokens, at) {
            return self.span(at + 1..end, Found::Title);
        }
        if let Some(end) = form::office_at(tokens, at) {
            return Step::Skip(end); // `ministre de l’Industrie` names a post
        }
        // `U.S. Chamber of Commerce`
        let country =
            usize::from(matches!(tokens[at].text, "U.S." | "US" | "UK" | "EU") && at + 1 < tokens.len());
        if self.english
            && let Some(end) = form::office_of(tokens, at + country)
            && reaches_less(end)
        {
            return self.span(at..end, Found::Institution);
        }
        let article = matches!(tokens[at].lower.as_str(), "le" | "la" | "les" | "l'");
        if article
            && tokens[at].text.starts_with('L')
            && at + 1 < tokens.len()
            && let Some(end) = phrase::institution_at(tokens, at + 1)
        {
            // `Les Amis de la Terre`
            if tokens[at].text == "Les" && known.is_none() && !tokens[at].opens {
                return self.span(at..end, Found::Institution);
            }
            // `Le Centre national d’études spatiales` opens a sentence.
            if reaches_less(end) {
                return Step::Skip(at + 1);
            }
        }
        if let Some(end) = phrase::institution_at(tokens, at)
            && reaches_less(end)
            && known.is_none_or(|known| !known_reaches(known, tokens, at))
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

    /// An address, an act or an institution that English writes in capitals.
    fn english_form(&self, at: usize, reaches_less: impl Fn(usize) -> bool) -> Option<Step> {
        let tokens = self.tokens;
        if tokens[at].shape != Shape::Capital {
            return None;
        }
        let longer = |end: Option<usize>| end.filter(|end| reaches_less(*end));
        if let Some(end) = longer(form::english_street_at(tokens, at))
            && !self.reads_as_person(at)
        {
            return Some(Step::Skip(end));
        }
        if let Some(end) = longer(form::act_at(tokens, at)) {
            return Some(self.span(at..end, Found::Law));
        }
        let end = longer(form::named_office_at(tokens, at))?;
        Some(match tokens[at].text {
            "The" => Step::Skip(at + 1),
            _ => self.span(at..end, Found::Institution),
        })
    }

    /// `au Havre`; but `du Centre spatial guyanais` is no party.
    fn contracted(&self, at: usize, known: Option<&'static Known>) -> Option<Span> {
        let (name, article) = self.lexicon.contracted_at(self.tokens, at)?;
        let longer = known.is_some_and(|known| known.length > name.length);
        let institution = || phrase::institution_at(self.tokens, at);
        if longer || institution().is_some_and(|end| end > at + name.length) {
            return None;
        }
        Some(Span {
            article: Some(article),
            ..Span::of(at..at + name.length, Found::Known(name))
        })
    }

    /// `BERNE (ats) –`: a town in capitals opens the paragraph.
    fn dateline(&self, at: usize) -> Option<&'static Known> {
        let starts = at < 4 && self.tokens[..at].iter().all(|token| token.shape == Shape::Sign);
        let acronym = self.tokens[at].shape == Shape::Acronym;
        let dated = || {
            let comma = self.tokens.get(at + 1).is_some_and(|token| token.is(","));
            let day = self
                .tokens
                .get(at + 2)
                .is_some_and(|token| token.shape == Shape::Number || token.lower == "le");
            comma && day
        };
        if starts && self.tokens[at].shape == Shape::Capital && dated() {
            return self
                .lexicon
                .place_in_capitals(self.tokens, at)
                .filter(|place| place.length == 1);
        }
        let place = (starts && acronym)
            .then(|| self.lexicon.place_in_capitals(self.tokens, at))
            .flatten()?;
        (place.length > 1 || self.tokens[at].text.chars().count() > 3).then_some(place)
    }

    fn span(&self, tokens: Range<usize>, found: Found) -> Step {
        Step::Found(Span {
            abbreviates_previous: self.expansions.links(tokens.start),
            ..Span::of(tokens, found)
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
            let end = self
                .legal_end(known, at)
                .unwrap_or_else(|| self.version_end(known, at));
            let whole = known.ambiguous && run_end > end && self.reads_as_person(at);
            if end >= run_end && !whole || self.splits_after(known, end, run_end) {
                return Some(Span {
                    doubtful: known.word && token.opens && known.length == 1,
                    ..Span::of(at..end, Found::Known(known))
                });
            }
        }
        let known_start = known.is_some_and(|known| known.length > 1);
        if !known_start && !self.may_start(at, run_end) {
            return None;
        }
        Some(Span {
            doubtful: token.opens && run_end == at + 1 && token.shape == Shape::Capital,
            ..Span::of(at..run_end, Found::Name)
        })
    }

    pub(super) fn reads_as_person(&self, at: usize) -> bool {
        self.lexicon.first_name(self.tokens[at].text).is_some()
    }

    /// `Google Gemini` names two things: the run of capitals is cut where a known product starts.
    fn splits_after(&self, known: &Known, end: usize, run_end: usize) -> bool {
        if end >= run_end || known.ambiguous {
            return false;
        }
        let next = &self.tokens[end];
        // `l’ancien de Jumia Ousmane Cissokho`
        let person = self.lexicon.first_name(next.text) == Some(FirstName::Sure) && end + 1 < run_end;
        // … `le sénateur de la Haute-Loire Laurent Duplomb`
        let of_place = known.entity_type == EntityType::Place
            && known.length == 1
            && self.lexicon.first_name(self.tokens[end - 1].text).is_none();
        if (known.entity_type == EntityType::Organization || of_place) && person {
            return true;
        }
        let next_known = self
            .lexicon
            .known_at(self.tokens, end)
            .is_some_and(|next| !next.ambiguous);
        let suffix = self.lexicon.is_spelled(Cue::CorporateSuffix, next.text);
        match known.entity_type {
            // … but `Société Générale Cameroun` is one.
            EntityType::Organization => {
                let branch = self.lexicon.known_at(self.tokens, end).is_some_and(|next| {
                    next.entity_type == EntityType::Place && end + next.length == run_end
                });
                next_known && !suffix && !branch || next.shape == Shape::Code
            }
            EntityType::Product | EntityType::Work => true,
            EntityType::Event => next_known || next.shape == Shape::Number,
            _ => next_known,
        }
    }

    /// Whether a run of capitals may start a name here.
    fn may_start(&self, at: usize, end: usize) -> bool {
        let token = &self.tokens[at];
        if self.is_post(at, end) || self.is_of_disease(at) || self.is_road(at) {
            return false;
        }
        if form::is_club(self.tokens, at, end) {
            return true;
        }
        if self.lexicon.is_generic_acronym(token) || token.text.chars().count() == 1 && end == at + 1 {
            return false;
        }
        let institution = |token: &Token| self.lexicon.is_spelled(Cue::Institution, token.text);
        let article = (token.is_article() || token.is("El"))
            && !token.opens
            && end > at + 1
            && !self.tokens.get(at + 1).is_some_and(institution);
        let joined = self.tokens.get(at + 1).is_some_and(|next| next.is("&")) && end > at + 2;
        // `Swedish Space Corporation`
        let office = self.english
            && token.text != "The"
            && end > at + 1
            && form::is_office(self.tokens[end - 1].text)
            && form::office_of(self.tokens, end - 1).is_none()
            && !token.opens;
        if self.lexicon.is_common(token, self.english) && !article && !joined && !office {
            return false;
        }
        if token.opens && end > at + 1 && self.lexicon.is(Cue::Named, &token.lower) {
            return false; // `Baptisé Hippolyte`
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
        let titles = self
            .tokens
            .get(at + 1)
            .filter(|_| self.english)
            .is_some_and(|next| {
                [token, next]
                    .iter()
                    .all(|word| self.lexicon.is(Cue::Rank, &word.lower))
            });
        let titles = titles || self.english && end == at + 1 && self.lexicon.is(Cue::Rank, &token.lower);
        if titles || self.is_rank(at, end) || is_made_up(token) {
            return false;
        }
        let title = matches!(
            token.text,
            "Me" | "Dr"
                | "Pr"
                | "MM"
                | "Mme"
                | "Mmes"
                | "Mlle"
                | "Mr"
                | "Mrs"
                | "Ms"
                | "Sir"
                | "Dame"
                | "Lord"
                | "Lady"
                | "Maître"
        );
        let people = end == at + 1
            && token.shape == Shape::Capital
            && (self.lexicon.is_people(&token.lower) || self.is_of_many(at));
        if title || people && self.lexicon.first_name(token.text).is_none() {
            return false;
        }
        let role = self.lexicon.is(Cue::Role, &token.lower) || self.lexicon.is(Cue::Org, &token.lower);
        !(token.opens && role && token.shape == Shape::Capital)
    }

    /// `Directeur Général`, `Directrice médicale`: a post, and nobody's name.
    fn is_post(&self, at: usize, end: usize) -> bool {
        const MORE: [&str; 14] = [
            "général",
            "générale",
            "exécutif",
            "exécutive",
            "médical",
            "médicale",
            "technique",
            "commercial",
            "commerciale",
            "financier",
            "financière",
            "délégué",
            "déléguée",
            "scientifique",
        ];
        let role =
            |token: &Token| self.lexicon.is(Cue::Role, &token.lower) || MORE.contains(&token.lower.as_str());
        !self.english
            && self.lexicon.is(Cue::Role, &self.tokens[at].lower)
            && self.tokens[at].shape == Shape::Capital
            && self.tokens[at..end].iter().all(role)
    }

    /// `la maladie de Charcot`, `le virus Zika`
    fn is_of_disease(&self, at: usize) -> bool {
        let back = |n: usize| {
            at.checked_sub(n)
                .map_or("", |before| self.tokens[before].lower.as_str())
        };
        let ill = |word: &str| {
            matches!(
                word,
                "maladie" | "syndrome" | "virus" | "bactérie" | "échelle" | "disease"
            )
        };
        matches!(back(1), "de" | "d'") && ill(back(2)) || matches!(back(1), "virus" | "bactérie")
    }

    /// `la D86`, `l’A61`: roads are addresses.
    fn is_road(&self, at: usize) -> bool {
        let text = self.tokens[at].text;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let before = at
            .checked_sub(1)
            .map_or("", |before| self.tokens[before].lower.as_str());
        let local = text
            .strip_prefix(['D', 'N'])
            .is_some_and(|number| number.len() <= 4 && digits(number));
        let motorway = text
            .strip_prefix('A')
            .is_some_and(|number| number.len() <= 2 && digits(number));
        !self.english
            && (local && matches!(before, "la" | "rn" | "départementale") || motorway && before == "l'")
    }

    /// `les Angevins`, `des Ontariens`: the people of a place.
    fn is_of_many(&self, at: usize) -> bool {
        let article = at
            .checked_sub(1)
            .is_some_and(|before| matches!(self.tokens[before].text, "les" | "des" | "aux" | "ces" | "nos"));
        let endings = [
            "ais", "ois", "ens", "ins", "aises", "oises", "ennes", "ines", "ards", "ains",
        ];
        article
            && endings
                .iter()
                .any(|ending| self.tokens[at].lower.ends_with(ending))
    }

    /// `Chief Financial Officer David Zinsner`, `Physicist Alain Aspect`: what stands before the first name is no
    /// part of it. So is a people: `Franco-Béninois Wilfrid Houngbédji`.
    fn is_rank(&self, at: usize, end: usize) -> bool {
        let rank = |token: &Token| {
            let lower = token.lower.as_str();
            let role = self.lexicon.is(Cue::Role, lower) || self.lexicon.is(Cue::Rank, lower);
            let half = [
                "franco-",
                "italo-",
                "germano-",
                "américano-",
                "anglo-",
                "belgo-",
                "sino-",
                "luso-",
                "hispano-",
            ]
            .iter()
            .any(|half| lower.starts_with(half));
            role || (half || self.lexicon.is_people(lower)) && token.shape == Shape::Capital
        };
        let ranks = self.tokens[at..end]
            .iter()
            .take_while(|token| rank(token))
            .count();
        let next = self.tokens[at..end].get(ranks);
        ranks > 0 && next.is_some_and(|name| self.lexicon.first_name(name.text).is_some())
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
