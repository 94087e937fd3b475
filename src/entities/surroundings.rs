//! What the words around a name tell at one place: titles, prepositions, nouns beside it, verbs.

use super::evidence::Votes;
use super::lexicon::{Cue, lexicon};
use super::span::Span;
use super::token::{Shape, Token};
use crate::record::EntityType::{Event, Law, Organization, Person, Place, Product, Work};

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
            if self.tokens[self.first].is_article() {
                votes.cue(Organization, 15);
            } else {
                votes.cue(Person, if self.words() > 1 { 20 } else { 4 });
            }
        } else if lexicon.is(Cue::Nationality, lower) && self.before(2).is_some_and(is_determiner) {
            votes.cue(Organization, 30);
        } else if self.is_own_product() {
            votes.cue(Product, 26);
        } else if previous.is(",") {
            self.read_role_before_comma(votes);
        }
        self.read_article(lower, votes);
        match self.preposition() {
            Some((at, preposition)) => self.read_complement(at, &preposition, votes),
            None => self.read_apposition(votes),
        }
    }

    /// `Its tool, Quillon Recall, records …`
    fn is_own_product(&self) -> bool {
        let lexicon = lexicon();
        // `Son échangeur, le K-Flow, équipe …`
        let article = self
            .before(1)
            .is_some_and(|token| matches!(token.lower.as_str(), "le" | "la" | "l'"));
        let Some(comma) = self.first.checked_sub(1 + usize::from(article)) else {
            return false;
        };
        let mut back = self.sentence_back(comma, 4);
        let thing = back.next().is_some_and(|noun| {
            let known = [Cue::Org, Cue::Role, Cue::Place, Cue::Event]
                .iter()
                .any(|&cue| lexicon.is(cue, &noun.lower));
            lexicon.is(Cue::Product, &noun.lower) || article && !known
        });
        let own = |token: &Token| {
            matches!(
                token.lower.as_str(),
                "its" | "their" | "our" | "son" | "sa" | "leur" | "notre"
            )
        };
        self.tokens[comma].is(",")
            && thing
            && back.take(2).any(own)
            && self.after(0).is_some_and(|next| next.is(","))
    }

    /// `le Braftovi`, `l’Humira d’AbbVie`, `la Skoda Elroq`: French gives companies and persons no article.
    fn read_article(&self, previous: &str, votes: &mut Votes) {
        let article = matches!(previous, "le" | "la" | "l'" | "du" | "au" | "une" | "un");
        let first = &self.tokens[self.first];
        if !article || !matches!(first.shape, Shape::Capital | Shape::Mixed | Shape::Code) {
            return;
        }
        let maker = lexicon()
            .known_at(self.tokens, self.first)
            .is_some_and(|known| known.entity_type == Organization && self.first + known.length < self.end);
        if maker {
            votes.cue(Product, 30);
        } else if !lexicon().is_spelled(Cue::Institution, first.text) {
            votes.cue(Product, 5);
            let owned = self
                .after(0)
                .is_some_and(|next| matches!(next.lower.as_str(), "de" | "d'"))
                && self.after(1).is_some_and(|next| next.shape.is_name_like());
            if owned {
                votes.cue(Product, 8);
            }
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
            "in" => self.read_in(at, votes),
            "dans" => votes.cue(Place, if at + 1 < self.first { 8 } else { 3 }),
            "near" | "outside" | "off" => votes.cue(Place, 14),
            "à" | "to"
                if self
                    .sentence_back(at, 4)
                    .any(|token| GIVEN.contains(&token.lower.as_str())) =>
            {
                votes.cue(Organization, 14);
            }
            // `researchers at Eset`
            "at" if self.sentence_back(at, 1).any(|noun| is_staff(noun)) => votes.cue(Organization, 22),
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

    /// `in Pennan` is where; `a stake in Orvane`, `published in Nature Astronomy` are not.
    fn read_in(&self, at: usize, votes: &mut Votes) {
        const HOLDINGS: [&str; 16] = [
            "stake",
            "stakes",
            "share",
            "shares",
            "investment",
            "invest",
            "invested",
            "investor",
            "investors",
            "interest",
            "confidence",
            "majority",
            "holding",
            "holdings",
            "faith",
            "trust",
        ];
        const TITLES: [&str; 9] = [
            "published",
            "appeared",
            "findings",
            "reported",
            "starred",
            "role",
            "wrote",
            "writing",
            "paper",
        ];
        let near = |words: &[&str]| {
            self.sentence_back(at, 3)
                .any(|token| words.contains(&token.lower.as_str()))
        };
        if near(&HOLDINGS) {
            votes.cue(Organization, 12);
        } else if near(&TITLES) {
            votes.cue(Work, 4);
        } else {
            votes.cue(Place, if at + 1 < self.first { 5 } else { 12 });
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
            Some(word) if is_determiner(word) => ahead += 1,
            Some(word) if several => {
                if PAST.contains(&word.lower.as_str()) {
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
            if word.shape == Shape::Sign || lexicon.is(Cue::Preposition, lower) {
                break;
            }
            if lexicon.is(Cue::Founded, lower) {
                told = told.or(Some((Organization, 22)));
                break;
            }
            let at = self.end + ahead + skipped;
            let is = |cue| lexicon.cue_at(cue, self.tokens, at, (at + 4).min(self.tokens.len()));
            let found = if is(Cue::Org) && !(several && is(Cue::Role)) {
                Some((Organization, 26))
            } else if is(Cue::Role) {
                Some((Person, if several { 26 } else { 6 }))
            } else if is(Cue::Product) {
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
        if let Some((entity_type, points)) = told {
            votes.cue(entity_type, points);
        }
    }
}

/// Who works somewhere: `researchers`, `analysts`, `engineer`.
fn is_staff(noun: &Token) -> bool {
    let singular = noun.lower.strip_suffix('s').unwrap_or(&noun.lower);
    let staff = [
        "team",
        "lawyer",
        "strategist",
        "executive",
        "developer",
        "scientist",
        "staff",
        "worker",
        "employee",
    ];
    lexicon().is(Cue::Role, &noun.lower) || lexicon().is(Cue::Role, singular) || staff.contains(&singular)
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

/// What is said of persons behind a comma.
const PAST: [&str; 16] = [
    "passé",
    "passée",
    "âgé",
    "âgée",
    "diplômé",
    "diplômée",
    "débauché",
    "débauchée",
    "ex-",
    "ancien",
    "ancienne",
    "formé",
    "formée",
    "interrogé",
    "interrogée",
    "aged",
];

/// Whether the word ends like those for what a person does: `vigneronne`, `livreur`, `céréalier`.
fn is_calling(lower: &str) -> bool {
    let endings = [
        "eur", "euse", "trice", "ier", "ière", "iste", "logue", "ien", "ienne", "onne", "aire", "ante",
        "élu", "élue",
    ];
    endings.iter().any(|ending| lower.ends_with(ending)) && !lexicon().is(Cue::Org, lower)
}

/// Verbs after which `à` names who gets it.
const GIVEN: [&str; 42] = [
    "délivre",
    "délivré",
    "reproche",
    "impose",
    "imposé",
    "demande",
    "inflige",
    "infligé",
    "verse",
    "versé",
    "réclame",
    "racheté",
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
