//! Families of words that say what the name beside them is.

/// A family of words beside a name (`data/cues.txt`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Cue {
    /// What a person does: `directrice`, `analyste`.
    Role,
    /// What an organization is: `start-up`, `banque`.
    Org,
    /// What a product is: `logiciel`, `puce`.
    Product,
    /// What a place is: `ville`, `région`.
    Place,
    /// What an event is: `salon`.
    Event,
    /// What a work is: `rapport`, `revue`.
    Work,
    /// What a law is: `directive`.
    Law,
    /// What an organization has: `filiale de`, `PDG de`.
    Staff,
    /// Verbs that report words: `explique`.
    QuoteVerb,
    /// Verbs whose subject is often a company: `emploie`.
    SubjectVerb,
    /// Last word of a company's name: `Capital`.
    CorporateSuffix,
    /// Last word of a product's name: `Pro`.
    ProductSuffix,
    /// First word of an institution's name, with a capital: `Agence`.
    Institution,
    /// First word of an institution's name that is written small: `université`.
    LowerInstitution,
    /// `M.`, `Mme`, `docteur`.
    Title,
    /// Words of a post that English writes with capitals: `Chief Financial Officer`.
    Rank,
    /// Prepositions.
    Preposition,
    /// Nationalities and towns as adjectives: `suédois`.
    Nationality,
    /// Participles that follow a company's name: `fondée`.
    Founded,
    /// Participles that precede a product's name: `baptisé`.
    Named,
    /// What a town has: `habitants de`.
    Living,
    /// Small words inside a person's name: `van`.
    Particle,
    /// Articles and possessives.
    Determiner,
    /// Words before a former name.
    Formerly,
    /// Words before a new name.
    Became,
    /// Verbs whose object is a product: `dévoile`.
    Launched,
    /// Verbs after which `à` names who gets it: `confié`.
    Given,
    /// What people do `at` a company: `works`.
    Worked,
    /// What a product is, behind its name: `the X app`.
    ThingBehind,
    /// What a company has, behind its name: `X shares`.
    HeldBehind,
    /// What a place is, behind its name: `X prison`.
    SiteBehind,
    /// What an event is, behind its name: `the X summit`.
    EventBehind,
    /// What is said of products behind a comma: `X, designed in Nantes`.
    Designed,
    /// What is said of persons behind a comma: `X, ancien de Y`.
    Past,
}

impl Cue {
    /// The family of a section of the list.
    pub(super) fn from_section(name: &str) -> Option<Cue> {
        Some(match name {
            "role" => Cue::Role,
            "org" => Cue::Org,
            "product" => Cue::Product,
            "place" => Cue::Place,
            "event" => Cue::Event,
            "work" => Cue::Work,
            "law" => Cue::Law,
            "staff" => Cue::Staff,
            "quote_verb" => Cue::QuoteVerb,
            "subject_verb" => Cue::SubjectVerb,
            "corporate_suffix" => Cue::CorporateSuffix,
            "product_suffix" => Cue::ProductSuffix,
            "institution" => Cue::Institution,
            "lower_institution" => Cue::LowerInstitution,
            "title" => Cue::Title,
            "rank" => Cue::Rank,
            "preposition" => Cue::Preposition,
            "nationality" => Cue::Nationality,
            "founded" => Cue::Founded,
            "named" => Cue::Named,
            "living" => Cue::Living,
            "particle" => Cue::Particle,
            "determiner" => Cue::Determiner,
            "formerly" => Cue::Formerly,
            "became" => Cue::Became,
            "launched" => Cue::Launched,
            "given" => Cue::Given,
            "worked" => Cue::Worked,
            "thing_behind" => Cue::ThingBehind,
            "held_behind" => Cue::HeldBehind,
            "site_behind" => Cue::SiteBehind,
            "event_behind" => Cue::EventBehind,
            "designed" => Cue::Designed,
            "past" => Cue::Past,
            _ => return None,
        })
    }
}
