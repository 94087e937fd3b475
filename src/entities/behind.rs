//! What stands behind a name: its verb, `X, directrice de Y`, `X, son produit phare`, `the X app`.

use super::evidence::Votes;
use super::lexicon::{Cue, lexicon};
use super::surroundings::{Surroundings, is_determiner, is_verb_form};
use super::token::{Shape, Token};
use crate::record::EntityType::{Event, Organization, Person, Place, Product};

impl Surroundings<'_> {
    pub(super) fn read_right(&self, votes: &mut Votes) {
        let lexicon = lexicon();
        let Some(next) = self.after(0) else { return };
        let quoted = matches!(next.text, "»" | "”") && self.after(1).is_some_and(|next| next.is(","));
        if next.is(",") {
            self.read_after_comma(votes);
        } else if quoted {
            // `« Choose Europe », un programme de 500 millions`
            let end = self.end + 1;
            Surroundings { end, ..*self }.read_after_comma(votes);
        } else if next.shape == Shape::Possessive {
            votes.cue(Organization, 4);
        } else if lexicon.is(Cue::SubjectVerb, &next.lower) || is_verb_form(&next.lower) {
            votes.cue(Organization, 8);
            votes.cue(Person, if self.words() > 1 { 6 } else { 0 });
        } else if lexicon.is(Cue::QuoteVerb, &next.lower) {
            votes.cue(Organization, 3);
            votes.cue(Person, 3);
        } else {
            self.read_noun(&next.lower, votes);
        }
    }

    /// `the Swiyu app`, `Norvik shares`, `the Fresnes prison`: English says behind the name what it is.
    fn read_noun(&self, noun: &str, votes: &mut Votes) {
        let the = self.before(1).is_some_and(|token| token.lower == "the");
        if lexicon().is(Cue::ThingBehind, noun) {
            votes.cue(Product, if the { 22 } else { 14 });
        } else if lexicon().is(Cue::HeldBehind, noun) {
            votes.cue(Organization, 12);
        } else if lexicon().is(Cue::SiteBehind, noun) {
            votes.cue(Place, 18);
        } else if lexicon().is(Cue::EventBehind, noun) && the {
            votes.cue(Event, 18);
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
        if self.read_origin(votes) {
            return;
        }
        let number = self.after(1).filter(|token| token.shape == Shape::Number);
        let age = number.is_some_and(|number| {
            let next = self.after(2);
            next.is_some_and(|next| next.lower == "ans" || number.text.len() == 2 && next.is(","))
        });
        if age {
            votes.cue(Person, 30);
            return;
        }
        match self.after(ahead) {
            // `X, a annoncé l’hébergeur`: a verb.
            Some(word) if word.lower == "a" && self.after(2).is_some_and(is_participle) => return,
            Some(word) if is_determiner(word) => ahead += 1,
            Some(word) if several => {
                if lexicon.is(Cue::Past, &word.lower) || word.lower == "who" {
                    votes.cue(Person, 16);
                }
                if word.shape == Shape::Lower && is_calling(&word.lower) {
                    votes.cue(Person, 18);
                }
            }
            _ => {}
        }
        let mut told = None;
        for skipped in 0..4 {
            let Some(word) = self.after(ahead + skipped) else {
                break;
            };
            let lower = word.lower.as_str();
            let relative =
                skipped > 0 && matches!(lower, "whose" | "which" | "that" | "who" | "dont" | "qui");
            if word.shape == Shape::Sign || lexicon.is(Cue::Preposition, lower) || relative {
                break;
            }
            if lexicon.is(Cue::Founded, lower) {
                // Products are born, too.
                let born = matches!(lower, "né" | "née" | "créé" | "créée" | "lancé" | "lancée");
                told = told.or(Some((Organization, if born { 14 } else { 22 })));
                break;
            }
            if lexicon.is(Cue::Designed, lower) && skipped == 0 {
                told = Some((Product, 20));
                break;
            }
            let at = self.end + ahead + skipped;
            let is = |cue| lexicon.cue_at(cue, self.tokens, at, (at + 4).min(self.tokens.len()));
            // `a European Space Agency mission` is no agency.
            let noun = word.shape == Shape::Lower;
            let found = if noun && is(Cue::Org) && !(several && is(Cue::Role)) {
                Some((Organization, 26))
            } else if is(Cue::Role) {
                Some((Person, if several { 26 } else { 6 }))
            } else if noun && is(Cue::Product) {
                Some((Product, 24))
            } else if is(Cue::Place) && skipped == 0 && ahead == 2 {
                Some((Place, 16))
            } else {
                None
            };
            told = found.or(told);
            // In French the first noun is the head, in English the last: `a chip designer`.
            let french = self
                .after(1)
                .is_some_and(|word| !matches!(word.lower.as_str(), "a" | "an" | "the"));
            if french && (told.is_some() || skipped == 2) {
                break;
            }
        }
        let link = self.after(1).map_or("", |word| word.lower.as_str());
        match told {
            // `X, dont le logiciel Y` makes Y the product, not X.
            Some((Product | Place, _)) if matches!(link, "dont" | "whose") => votes.cue(Organization, 8),
            // `X, un outil de paie` says what X is more than `X, outil de`.
            Some((Product, points)) if matches!(link, "un" | "une" | "a" | "an" | "the") => {
                votes.cue(Product, points + 10);
            }
            Some((entity_type, points)) => votes.cue(entity_type, points),
            None => {}
        }
    }

    /// `Lodovico Brancaleoni, du cabinet Arcadio Partners`: where someone works, if the words behind the comma tell that.
    fn read_origin(&self, votes: &mut Votes) -> bool {
        let Some(link) = self.after(1) else { return false };
        let lower = link.lower.as_str();
        let works = match lower {
            "chez" => self.after(2).is_some_and(|name| name.shape.is_name_like()),
            // `Cairnbrook Forge, of Motherwell` is where it stands.
            "of" | "from" => {
                let name = self.after(2).is_some_and(|name| name.shape.is_name_like());
                let known = || lexicon().known_at(self.tokens, self.end + 2);
                name && known().is_none_or(|known| known.entity_type == Organization)
            }
            "du" | "des" | "de" | "d'" => {
                let article = self.after(2).is_some_and(is_determiner);
                let noun = self.end + 2 + usize::from(article);
                noun < self.tokens.len()
                    && lexicon().cue_at(Cue::Org, self.tokens, noun, (noun + 4).min(self.tokens.len()))
            }
            _ => return false,
        };
        if works && self.words() > 1 {
            votes.cue(Person, 20);
        }
        works
    }
}

/// `annoncé`, `indiqué`: what follows the French verb `a`, and no English article.
fn is_participle(word: &Token) -> bool {
    word.lower.ends_with('é') || lexicon().is(Cue::QuoteVerb, &word.lower)
}

/// Whether the word ends like those for what a person does: `vigneronne`, `livreur`, `céréalier`.
fn is_calling(lower: &str) -> bool {
    let endings = [
        "eur", "euse", "trice", "ier", "ière", "iste", "logue", "ien", "ienne", "onne", "aire", "ante",
        "élu", "élue",
    ];
    endings.iter().any(|ending| lower.ends_with(ending)) && !lexicon().is(Cue::Org, lower)
}
