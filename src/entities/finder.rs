//! Finds the names of one paragraph, from left to right.

use super::acronym::Expansions;
use super::form;
use super::law;
use super::lexicon::{Cue, FirstName, Known, Lexicon};
use super::phrase;
use super::span::{Found, Span};
use super::title;
use super::token::{Shape, Token};
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
        if let Some(end) = title::title_at(tokens, at) {
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
        if let Some(end) = longer(form::act_at(tokens, at)).or_else(|| self.named_law(at)) {
            return Some(self.span(at..end, Found::Law));
        }
        if !self.lexicon.is_common(&tokens[at], true)
            && let Some(end) = form::town_court_at(tokens, at)
        {
            return Some(self.span(at..end, Found::Institution));
        }
        let end = longer(form::named_office_at(tokens, at))?;
        Some(match tokens[at].text {
            "The" => Step::Skip(at + 1),
            _ => self.span(at..end, Found::Institution),
        })
    }

    /// `the Le Meur law`; but `the Texas law` is one of many, and `the Paris law firm` none.
    fn named_law(&self, at: usize) -> Option<usize> {
        let the = at
            .checked_sub(1)
            .is_some_and(|before| self.tokens[before].lower == "the");
        let named = !self.lexicon.is_common(&self.tokens[at], true)
            || self.tokens[at].is_article() && !self.tokens[at].opens && self.tokens[at].text != "The";
        if !the || !named {
            return None;
        }
        let end = phrase::run_of_capitals(self.tokens, at + 1);
        let law = self.tokens.get(end).is_some_and(|token| token.text == "law");
        let place = self
            .lexicon
            .known_at(self.tokens, at)
            .is_some_and(|known| known.entity_type == EntityType::Place);
        let goes_on = self.tokens.get(end + 1).is_some_and(|token| {
            matches!(
                token.text,
                "firm" | "firms" | "school" | "professor" | "enforcement"
            )
        });
        (law && !place && !goes_on).then_some(end + 1)
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
        // `le Suisse Luca Hänni` is a person, not the country.
        let people = token.text == "Suisse" && run_end > at + 1 && self.is_one_of_people(at);
        if people && self.tokens[at - 1].lower != "la" {
            return None;
        }
        if let Some(known) = known {
            let end = self
                .legal_end(known, at)
                .unwrap_or_else(|| self.version_end(known, at));
            let whole = known.ambiguous && run_end > end && self.reads_as_person(at);
            if end >= run_end && !whole || self.splits_after(known, at, end, run_end) {
                return Some(Span {
                    doubtful: known.word && token.opens && known.length == 1,
                    ..Span::of(at..end, Found::Known(known))
                });
            }
        }
        // `The National Retail Federation` is not of `The National`.
        let article = token.is_article() && token.opens;
        let known_start = known.is_some_and(|known| known.length > 1 && !article);
        if let Some(known) = known.filter(|_| known_start && self.has_rank_inside(at, run_end)) {
            return self.before_rank(known, at);
        }
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

    /// `Credit Suisse Chairman Axel Lehmann` names the bank; `US Treasury Secretary Scott Bessent` no office.
    fn before_rank(&self, known: &'static Known, at: usize) -> Option<Span> {
        let end = at + known.length;
        let office = self.lexicon.is(Cue::Rank, &self.tokens[end - 1].lower);
        let company = known.entity_type == EntityType::Organization && !office;
        company.then(|| Span::of(at..end, Found::Known(known)))
    }

    /// `la députée Horizons Félicité Gérard-Moulin`: a party stands between a post and a person.
    fn is_party_of(&self, party: &Known, at: usize, end: usize) -> bool {
        const SEATS: [&str; 20] = [
            "député",
            "députée",
            "sénateur",
            "sénatrice",
            "maire",
            "eurodéputé",
            "eurodéputée",
            "élu",
            "élue",
            "conseiller",
            "conseillère",
            "candidat",
            "candidate",
            "ministre",
            "parlementaire",
            "lawmaker",
            "senator",
            "deputy",
            "mayor",
            "candidate",
        ];
        let seated = at
            .checked_sub(1)
            .is_some_and(|before| SEATS.contains(&self.tokens[before].lower.as_str()));
        seated
            && party.entity_type == EntityType::Organization
            && self.lexicon.first_name(self.tokens[end].text).is_some()
    }

    /// `Google Gemini` names two things: the run of capitals is cut where a known product starts.
    fn splits_after(&self, known: &Known, at: usize, end: usize, run_end: usize) -> bool {
        if end >= run_end {
            return false;
        }
        if known.ambiguous {
            return self.is_party_of(known, at, end) && end + 1 < run_end;
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
}

/// A known institution that is at least as good as the one spelled out: it has more than one word.
fn known_reaches(known: &Known, tokens: &[Token], at: usize) -> bool {
    known.length > 1 && known.entity_type == EntityType::Organization && tokens[at].shape == Shape::Capital
}

enum Step {
    Skip(usize),
    Found(Span),
}
