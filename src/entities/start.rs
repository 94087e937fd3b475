//! Whether a run of capitals may start a name where it stands: posts, peoples, roads and words that open sentences
//! do not.

use super::finder::Finder;
use super::form;
use super::lexicon::Cue;
use super::token::{Shape, Token};
use super::version::is_made_up;

impl Finder<'_> {
    /// Whether a run of capitals may start a name here.
    pub(super) fn may_start(&self, at: usize, end: usize) -> bool {
        let token = &self.tokens[at];
        if self.is_post(at, end) || self.is_of_disease(at, end) || self.is_road(at) {
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
        let common = self.lexicon.is_common(token, self.english);
        // `Noël Le Gall-Tanguy`
        let surname = self
            .tokens
            .get(at + 1)
            .is_some_and(|next| next.shape == Shape::Capital);
        let named = !self.english && surname && !token.opens && self.lexicon.first_name(token.text).is_some();
        if common && !article && !joined && !office && !named && !self.is_company_of_words(at, end) {
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
        if titles || self.is_rank(at, end) || self.has_rank_inside(at, end) || is_made_up(token) {
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

    /// `Vitale Robotics (Villeurbanne)`: a word that also opens sentences, and what only companies are called.
    fn is_company_of_words(&self, at: usize, end: usize) -> bool {
        let lower = self.tokens[at].lower.as_str();
        let small = self.lexicon.is_small_word(lower)
            || self.lexicon.is(Cue::Determiner, lower)
            || self.lexicon.is(Cue::Preposition, lower);
        end == at + 2
            && !small
            && self.tokens[at].opens
            && self
                .lexicon
                .is_spelled(Cue::CorporateSuffix, self.tokens[at + 1].text)
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

    /// `la maladie de Charcot`, `le virus Zika`, `a treatment for Alzheimer’s`
    fn is_of_disease(&self, at: usize, end: usize) -> bool {
        const DISEASES: [&str; 8] = [
            "Alzheimer",
            "Parkinson",
            "Crohn",
            "Huntington",
            "Hodgkin",
            "Asperger",
            "Tourette",
            "Lyme",
        ];
        if end == at + 1 && DISEASES.contains(&self.tokens[at].text) {
            return true;
        }
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
            let people = self.lexicon.is_of_two_peoples(lower) || self.lexicon.is_people(lower);
            role || people && token.shape == Shape::Capital
        };
        let ranks = self.tokens[at..end]
            .iter()
            .take_while(|token| rank(token))
            .count();
        let next = self.tokens[at..end].get(ranks);
        let first_name = next.is_some_and(|name| self.lexicon.first_name(name.text).is_some());
        ranks > 0 && (first_name || next.is_some() && self.is_one_of_people(at))
    }

    /// `l’Américaine Coco Gauff`: behind an article, French writes peoples with a capital for persons only.
    pub(super) fn is_one_of_people(&self, at: usize) -> bool {
        let article = at.checked_sub(1).is_some_and(|before| {
            matches!(
                self.tokens[before].lower.as_str(),
                "l'" | "la" | "le" | "d'" | "un" | "une" | "du" | "au"
            )
        });
        !self.english && article && self.lexicon.is_people(&self.tokens[at].lower)
    }

    /// `US Treasury Secretary Scott Bessent`: English writes posts with capitals between a country and a name.
    pub(super) fn has_rank_inside(&self, at: usize, end: usize) -> bool {
        let rank = |token: &Token| {
            self.lexicon.is(Cue::Rank, &token.lower) || self.lexicon.is(Cue::Role, &token.lower)
        };
        let pairs = self.tokens[at..end].windows(2).skip(1);
        self.english
            && !self.reads_as_person(at)
            && pairs
                .filter(|pair| rank(&pair[0]))
                .any(|pair| self.lexicon.first_name(pair[1].text).is_some())
    }
}
