//! What the words around a name tell at one place: titles and prepositions here, the nouns beside it in
//! [`super::apposition`], what follows in [`super::behind`].

use super::evidence::Votes;
use super::lexicon::{Cue, lexicon};
use super::span::Span;
use super::token::{Shape, Token};
use crate::record::EntityType::{Organization, Person, Place, Product, Work};
use crate::record::Lang;

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

/// One place of a name and the words around it.
pub(super) struct Surroundings<'a> {
    /// The paragraph, or the article.
    pub(super) tokens: &'a [Token<'a>],
    /// First token of the name.
    pub(super) first: usize,
    /// One past its last.
    pub(super) end: usize,
}

impl Surroundings<'_> {
    /// The token `back` places before the name, in its sentence.
    pub(super) fn before(&self, back: usize) -> Option<&Token<'_>> {
        let at = self.first.checked_sub(back)?;
        let token = &self.tokens[at];
        (token.sentence == self.tokens[self.first].sentence).then_some(token)
    }

    /// The token `ahead` places after the name (0 is next to it), in its sentence.
    pub(super) fn after(&self, ahead: usize) -> Option<&Token<'_>> {
        let token = self.tokens.get(self.end + ahead)?;
        (token.sentence == self.tokens[self.first].sentence).then_some(token)
    }

    pub(super) fn words(&self) -> usize {
        self.end - self.first
    }

    fn read_left(&self, votes: &mut Votes) {
        let lexicon = lexicon();
        let Some(previous) = self.before(1) else { return };
        let lower = previous.lower.as_str();
        if self.titled() {
            votes.cue(Person, 40);
        } else if matches!(lower, "son" | "sa" | "ses" | "leur" | "its" | "their" | "whose") {
            votes.cue(Product, 18);
        } else if lexicon.is(Cue::Named, lower) {
            votes.cue(Product, 32);
        } else if self.is_launched(lower) {
            votes.cue(Product, 20);
        } else if previous.shape == Shape::Number && self.is_counted() {
            votes.cue(Product, 12);
        } else if previous.is("(") {
            self.read_bracket(votes);
        } else if previous.is("«") && self.is_ship() {
            votes.cue(Product, 50);
        } else if NEW.contains(&lower) && self.before(2).is_some_and(is_determiner) {
            votes.cue(Product, 12);
        } else if lower == "appeler" {
            votes.cue(Organization, 20);
        } else if lexicon.is(Cue::QuoteVerb, lower) {
            if self.tokens[self.first].is_article() {
                votes.cue(Organization, 15);
            } else {
                votes.cue(Person, if self.words() > 1 { 20 } else { 4 });
            }
        } else if lexicon.is_people(lower) && self.before(2).is_some_and(is_determiner) {
            // `l’américain Lockheed Martin`, `l’Américaine Coco Gauff`
            match previous.shape {
                Shape::Capital => votes.cue(Person, if self.words() > 1 { 26 } else { 0 }),
                _ => votes.cue(Organization, 30),
            }
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

    /// `Microsoft lance Boussole`, `Renault will build the Era`; but `« Non », lance Boussole` quotes.
    fn is_launched(&self, lower: &str) -> bool {
        let article = matches!(lower, "the" | "le" | "la" | "l'" | "les" | "a" | "une" | "un");
        let verb = if article { 2 } else { 1 };
        let launched = self
            .before(verb)
            .is_some_and(|token| lexicon().is(Cue::Launched, &token.lower));
        launched
            && self
                .before(verb + 1)
                .is_some_and(|token| token.shape != Shape::Sign)
    }

    /// `3 200 Skypod`, `12 Rafale`: machines are counted; but `en 2024 Renault`, `on 12 March Zorblat`, `48 Norvik stores`.
    fn is_counted(&self) -> bool {
        let year = self.before(1).is_some_and(Token::is_year);
        let dated = self.before(2).is_some_and(|token| {
            [Lang::Fr, Lang::En]
                .iter()
                .any(|lang| lang.months().contains(&token.lower.as_str()))
        });
        let noun = self
            .after(0)
            .is_some_and(|next| next.shape.is_name_like() || next.lower.ends_with('s'));
        !year && !dated && !noun
    }

    /// `le commandant du « Raymond Croze »`
    fn is_ship(&self) -> bool {
        const ABOARD: [&str; 7] = [
            "commandant",
            "capitaine",
            "équipage",
            "bord",
            "naufrage",
            "pont",
            "coque",
        ];
        let of = self
            .before(2)
            .is_some_and(|token| matches!(token.lower.as_str(), "du" | "de" | "le" | "la"));
        of && self
            .sentence_back(self.first - 2, 2)
            .any(|token| ABOARD.contains(&token.lower.as_str()))
    }

    /// `les marques (Sauter, Vedette)`, `« Le Mage du Kremlin » (Gallimard)`
    fn read_bracket(&self, votes: &mut Votes) {
        let Some(noun) = self.before(2) else { return };
        if matches!(noun.text, "»" | "”") && self.after(0).is_some_and(|next| next.is(")")) {
            votes.cue(Organization, 20);
        }
        let many = noun.lower.strip_suffix('s').unwrap_or_default();
        if noun.shape == Shape::Lower && lexicon().is(Cue::Org, many) {
            votes.cue(Organization, 26);
        } else if noun.shape == Shape::Lower && lexicon().is(Cue::Product, many) {
            votes.cue(Product, 22);
        }
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
                    .any(|token| lexicon.is(Cue::Given, &token.lower)) =>
            {
                votes.cue(Organization, 14);
            }
            // `researchers at Eset`
            "at" if self.sentence_back(at, 1).any(|noun| is_staff(noun)) => votes.cue(Organization, 22),
            "à" if self.sentence_back(at, 1).any(|token| token.lower == "jusqu'") => {
                votes.cue(Place, 16);
            }
            "à" | "to" if self.is_end_of_way(at) => votes.cue(Place, 20),
            "at" if self
                .sentence_back(at, 4)
                .any(|verb| lexicon.is(Cue::Worked, &verb.lower)) =>
            {
                votes.cue(Organization, 14);
            }
            "à" | "at" => votes.cue(Place, 9),
            "depuis" | "vers" | "from" => votes.cue(Place, 5),
            "by" if self.words() > 1 && self.is_authored(at) => votes.cue(Person, 14),
            "par" | "avec" | "by" | "with" => votes.cue(Organization, 6),
            "selon" => votes.cue(if self.words() > 1 { Person } else { Organization }, 5),
            "de" | "d'" | "du" | "des" | "of" => {
                if self.words() > 1 && self.is_authored(at) {
                    return votes.cue(Person, 14);
                }
                if self.sentence_back(at, 1).any(|noun| noun.lower == "bord") {
                    return votes.cue(Product, 40); // `à bord du Thalassa`
                }
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

    /// `le best-seller de Freida McFadden`, `a novel by Ada Quist`
    fn is_authored(&self, at: usize) -> bool {
        const BOOKS: [&str; 20] = [
            "roman",
            "romans",
            "film",
            "films",
            "livre",
            "essai",
            "best-seller",
            "album",
            "chanson",
            "poème",
            "pièce",
            "récit",
            "thriller",
            "nouvelles",
            "novel",
            "memoir",
            "book",
            "song",
            "play",
            "poem",
        ];
        self.sentence_back(at, 1)
            .any(|noun| BOOKS.contains(&noun.lower.as_str()))
    }

    /// `from Aberdare to Wem`, `de Brest à Crozon`
    fn is_end_of_way(&self, at: usize) -> bool {
        let Some(from) = at.checked_sub(2) else {
            return false;
        };
        let starts = matches!(self.tokens[from].lower.as_str(), "from" | "de" | "d'");
        let known = lexicon().known_at(self.tokens, from + 1);
        starts && known.is_some_and(|known| known.entity_type == Place && known.length == 1)
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
                (token.shape == Shape::Lower || token.opens) && !lexicon.is(Cue::Preposition, &token.lower)
                    || token.lower == "près"
            })
            .find(known)
    }

    pub(super) fn sentence_back(&self, at: usize, count: usize) -> impl Iterator<Item = &Token<'_>> {
        let sentence = self.tokens[self.first].sentence;
        self.tokens[at.saturating_sub(count)..at]
            .iter()
            .rev()
            .filter(move |token| token.sentence == sentence)
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

/// Adjectives between an article and a product: `ses premiers Semi`, `la nouvelle Zéphira`.
const NEW: [&str; 10] = [
    "nouvelle",
    "nouveau",
    "nouvel",
    "nouveaux",
    "nouvelles",
    "premiers",
    "premières",
    "dernier",
    "futur",
    "future",
];

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

pub(super) fn is_determiner(token: &Token) -> bool {
    lexicon().is(Cue::Determiner, &token.lower)
}
