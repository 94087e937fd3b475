//! What speaks for the types of a name: its letters here, the words around it in [`super::surroundings`].
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

    pub(super) fn cue(&mut self, entity_type: EntityType, points: i32) {
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

    /// The name stands in a series with names of this type.
    pub(super) fn series(&mut self, entity_type: EntityType, points: i32) {
        self.cue(entity_type, points);
    }

    /// One of its words names it elsewhere, as it does for names of this type.
    pub(super) fn short_form(&mut self, entity_type: EntityType) {
        self.add(entity_type, 14);
    }

    /// By how much the type with most points leads.
    pub(super) fn margin(&self) -> i32 {
        let best = self.winner();
        let others = EntityType::ALL.into_iter().filter(|other| *other != best);
        self.of(best) - others.map(|other| self.of(other)).max().unwrap_or(0)
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
        Found::Known(known) => {
            votes.add(known.entity_type, if known.ambiguous { 30 } else { 70 });
            for rival in &known.rivals {
                votes.add(*rival, 12);
            }
        }
        Found::Law => votes.add(Law, 90),
        Found::Place => votes.add(Place, 90),
        Found::Event => votes.add(Event, 80),
        Found::Title => votes.add(Work, 40),
        Found::Institution if is_device(&tokens[span.tokens.clone()]) => votes.add(Product, 80),
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
    if !several && is_town(first.text) {
        votes.add(Place, 16);
    }
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
        if lexicon.first_name(first.text) == Some(FirstName::Sure) {
            votes.add(Person, 10);
        }
        return;
    }
    if SITES.contains(&last.text) {
        votes.add(Place, 40);
    }
    let corporate = lexicon.is_spelled(Cue::CorporateSuffix, last.text) || super::form::is_office(last.text);
    if corporate || words.iter().any(|word| word.is("&")) {
        votes.add(Organization, 32);
    }
    if last.shape == Shape::Number && is_year(last.text) {
        votes.add(Product, 4);
    } else if lexicon.is_spelled(Cue::ProductSuffix, last.text)
        || matches!(last.shape, Shape::Number | Shape::Code)
    {
        votes.add(Product, 30);
    }
    let last_word = match words {
        [.., act, year] if year.is_year() => act,
        _ => last,
    };
    if matches!(
        last_word.text,
        "Act" | "Regulation" | "Directive" | "Treaty" | "Bill" | "Accord" | "Accords"
    ) {
        votes.add(Law, 60);
    }
    if matches!(first.text, "Accord" | "Traité" | "Pacte" | "Convention") {
        votes.add(Law, 40);
    }
    // `Université Claude Bernard Lyon 1`
    if HOUSES.contains(&first.text) {
        votes.add(Organization, 40);
    }
    if FEATURES.contains(&first.text) {
        votes.add(Place, 16);
    }
    if !corporate && PAPERS.contains(&last.text) {
        votes.add(Organization, 24);
    }
    if EVENTS.contains(&last.text) || EVENTS.contains(&first.text) {
        votes.add(Event, 50);
    }
    let letters_only = !first.is_article()
        && words.iter().all(|word| {
            matches!(word.shape, Shape::Capital | Shape::Lower | Shape::Elision) || is_surname(word)
        });
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

/// `Système de combat aérien du futur`, `Main Ground Combat System`: what has an acronym may be a machine.
fn is_device(words: &[Token]) -> bool {
    const FRENCH: [&str; 7] = [
        "système",
        "avion",
        "char",
        "missile",
        "lanceur",
        "télescope",
        "véhicule",
    ];
    const ENGLISH: [&str; 8] = [
        "System",
        "Tank",
        "Fighter",
        "Aircraft",
        "Missile",
        "Telescope",
        "Vehicle",
        "Launcher",
    ];
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return false;
    };
    FRENCH.contains(&first.lower.as_str()) || ENGLISH.contains(&last.text)
}

fn is_year(number: &str) -> bool {
    number.len() == 4 && (number.starts_with("19") || number.starts_with("20"))
}

/// `al-Khelaifi`, `McFadden`, and the full stop of `Robert Downey Jr.`: other letters that surnames have.
fn is_surname(word: &Token) -> bool {
    let article = word.text.split_once('-').map(|(article, _)| article);
    let arabic = matches!(
        article,
        Some("al" | "el" | "as" | "ad" | "ar" | "an" | "ul" | "ibn" | "bin" | "ben")
    );
    let scots = ["Mc", "Mac", "Fitz", "De", "Di", "Le"].iter().any(|start| {
        let rest = word.text.strip_prefix(start);
        rest.is_some_and(|rest| rest.starts_with(char::is_uppercase))
    });
    arabic || scots && word.shape == Shape::Mixed || word.is(".")
}

/// `Rochefort-sur-Nenon`, `Saint-Jérôme`, `Marcy-l'Étoile`: towns are built so.
fn is_town(name: &str) -> bool {
    let mut parts = name.split(['-', '‑']);
    let first = parts.next().unwrap_or_default();
    let inner: Vec<&str> = parts.collect();
    let saint = matches!(first, "Saint" | "Sainte") && !inner.is_empty();
    let linked = inner.len() > 1
        && inner.iter().any(|part| {
            matches!(
                *part,
                "sur"
                    | "sous"
                    | "lès"
                    | "lez"
                    | "les"
                    | "le"
                    | "la"
                    | "en"
                    | "aux"
                    | "des"
                    | "du"
                    | "on"
                    | "upon"
                    | "am"
            )
        });
    let article = inner.last().is_some_and(|part| {
        part.starts_with("l'") || part.starts_with("l’") || part.starts_with("d'") || part.starts_with("d’")
    });
    saint || linked || article
}

/// Last words of places in English.
const SITES: [&str; 40] = [
    "River",
    "County",
    "Valley",
    "Island",
    "Islands",
    "Bay",
    "Lake",
    "Mountains",
    "Beach",
    "Hills",
    "Canal",
    "Airport",
    "Bridge",
    "Creek",
    "Falls",
    "Peninsula",
    "Ocean",
    "Sea",
    "Desert",
    "Heights",
    "Head",
    "Moor",
    "Wharf",
    "Ridge",
    "Springs",
    "Landing",
    "Forest",
    "Reef",
    "Strait",
    "Harbour",
    "Harbor",
    "Glen",
    "Firth",
    "Dale",
    "Canyon",
    "Woods",
    "Prefecture",
    "Township",
    "Park",
    "Stadium",
];

/// First words of schools, hospitals and museums.
const HOUSES: [&str; 13] = [
    "Université",
    "Universidad",
    "Università",
    "Universität",
    "Institut",
    "Institute",
    "Hôpital",
    "Hospital",
    "École",
    "Ecole",
    "Lycée",
    "Clinique",
    "Musée",
];

/// First words of places.
const FEATURES: [&str; 16] = [
    "Mount", "Lake", "Port", "Cape", "Fort", "Loch", "Isle", "Col", "Market", "Province", "Mont", "Île",
    "Îles", "Pic", "Baie", "Lac",
];

/// Last words of newspapers.
const PAPERS: [&str; 26] = [
    "Post",
    "Times",
    "Herald",
    "Champion",
    "Gazette",
    "Chronicle",
    "Tribune",
    "Echo",
    "Journal",
    "Daily",
    "Presse",
    "Zeitung",
    "Telegraph",
    "Mail",
    "Guardian",
    "Observer",
    "Argus",
    "Courier",
    "Examiner",
    "Advertiser",
    "Mercury",
    "Standard",
    "Star",
    "Mirror",
    "Independent",
    "Press",
];

/// First or last words of events.
const EVENTS: [&str; 22] = [
    "Conference",
    "Summit",
    "Forum",
    "Festival",
    "Awards",
    "Prize",
    "Cup",
    "Championship",
    "Championships",
    "Expo",
    "Show",
    "Fair",
    "Week",
    "Salon",
    "Coupe",
    "Trophée",
    "Trophées",
    "Biennale",
    "Championnat",
    "Cérémonie",
    "Trophy",
    "Marathon",
];
