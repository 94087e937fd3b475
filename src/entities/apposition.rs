//! Nouns that are apposed to a name on its left: `la start-up lyonnaise X`, `le directeur financier d’Orvane, X`.

use super::evidence::Votes;
use super::lexicon::{Cue, lexicon};
use super::surroundings::Surroundings;
use super::token::{Shape, Token};
use crate::record::EntityType::{Event, Law, Organization, Person, Place, Product, Work};

impl Surroundings<'_> {
    /// `Its tool, Quillon Recall, records …`
    pub(super) fn is_own_product(&self) -> bool {
        let lexicon = lexicon();
        // `Son échangeur, le K-Flow, équipe …`
        let article = self
            .before(1)
            .is_some_and(|token| matches!(token.lower.as_str(), "le" | "la" | "l'"));
        let Some(comma) = self.first.checked_sub(1 + usize::from(article)) else {
            return false;
        };
        // `son outil maison, Cobra,`
        let mut back = self.sentence_back(comma, 4).peekable();
        let is_product = |noun: &Token| lexicon.is(Cue::Product, &noun.lower);
        let last = back.next();
        // `le système de supervision, Argos 4,`
        let of = back.next_if(|word| matches!(word.lower.as_str(), "de" | "d'"));
        let before = back.next_if(|noun| is_product(noun) && !last.is_some_and(is_product));
        let thing = last.is_some_and(|noun| {
            let known = [Cue::Org, Cue::Role, Cue::Place, Cue::Event]
                .iter()
                .any(|&cue| lexicon.is(cue, &noun.lower));
            before.is_some() || is_product(noun) || article && !known
        });
        // `The drug, Lecanox, failed.`
        let the = !article && (last.is_some_and(is_product) || of.is_some() && before.is_some());
        let own = |token: &Token| {
            let lower = token.lower.as_str();
            token.shape == Shape::Possessive
                || matches!(lower, "its" | "their" | "our" | "son" | "sa" | "leur" | "notre")
                || the
                    && matches!(
                        lower,
                        "the" | "this" | "a" | "an" | "le" | "la" | "l'" | "ce" | "cet" | "cette"
                    )
        };
        self.tokens[comma].is(",")
            && thing
            && back.take(3).any(own)
            && self.after(0).is_some_and(|next| next.is(","))
    }

    /// `la start-up lyonnaise X`, `l’éditeur de cartes numériques X`.
    pub(super) fn read_apposition(&self, votes: &mut Votes) {
        let Some((at, cue)) = apposed_noun(self.tokens, self.first) else {
            return self.read_own_thing(votes);
        };
        let near = self.first - at <= 3;
        let points = match near {
            true if self.is_no_place(at) => 76,
            // `l’ancien pas de tir Diamant`: more than an ambiguous name in the lists.
            true if cue == Cue::Place => 31,
            true => 30,
            false => 22,
        };
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

    /// `sa cafetière Expressio`: what a company owns and no list knows.
    fn read_own_thing(&self, votes: &mut Votes) {
        let own = self
            .before(2)
            .is_some_and(|token| matches!(token.lower.as_str(), "son" | "sa" | "leur" | "its" | "their"));
        let noun = self
            .before(1)
            .is_some_and(|noun| noun.shape == Shape::Lower && !lexicon().is_small_word(&noun.lower));
        if own && noun {
            votes.cue(Product, 12);
        }
    }

    /// `le moteur de recherche Lumio`, `la start-up Vierzon`: a town that the lists know gives its name to a company. But
    /// `la filiale Pologne`, `le ferry Calais-Douvres`.
    fn is_no_place(&self, at: usize) -> bool {
        const COMPANIES: [&str; 14] = [
            "start-up",
            "startup",
            "jeune",
            "société",
            "entreprise",
            "éditeur",
            "fintech",
            "biotech",
            "pépite",
            "licorne",
            "logiciel",
            "application",
            "appli",
            "moteur",
        ];
        let place = lexicon()
            .known_at(self.tokens, self.first)
            .is_some_and(|known| known.entity_type == Place && known.length == self.words());
        let pair = self.after(0).is_some_and(|next| matches!(next.text, "-" | "–"));
        place && !pair && COMPANIES.contains(&self.tokens[at].lower.as_str())
    }

    /// `Le directeur financier d’Orvane, Étienne Caradec,`.
    pub(super) fn read_role_before_comma(&self, votes: &mut Votes) {
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
            if cue == Cue::Product
                && let Some(maker) = maker_of(tokens, at)
            {
                return Some((maker, Cue::Org));
            }
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

/// The noun for a company that makes what the noun at `at` names, in general: `l’usine de batteries X`, `la start-up
/// lyonnaise de lunettes connectées X`; but `l’éditeur du logiciel X` makes X.
fn maker_of(tokens: &[Token], at: usize) -> Option<usize> {
    let of = at.checked_sub(1)?;
    if !matches!(tokens[of].lower.as_str(), "de" | "d'" | "of") {
        return None;
    }
    (of.saturating_sub(2)..of).rev().find(|&noun| {
        let lower = tokens[noun].lower.as_str();
        let plant = matches!(lower, "usine" | "usines" | "gigafactory" | "site" | "atelier");
        tokens[noun].sentence == tokens[at].sentence
            && (plant || lexicon().cue_at(Cue::Org, tokens, noun, of))
    })
}
