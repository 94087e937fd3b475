//! One entity and the places where it is named.

use serde::{Deserialize, Serialize};

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityType {
    /// A person.
    Person,
    /// A company, an administration, an association.
    Organization,
    /// A product, a service, a model of chip or of AI.
    Product,
    /// A country, a town, a site.
    Place,
    /// A fair, a conference, a trial.
    Event,
    /// A book, a film, a report.
    Work,
    /// A law, a regulation, a treaty.
    Law,
}

impl EntityType {
    /// Every type, in the order of the documentation.
    pub const ALL: [EntityType; 7] = [
        EntityType::Person,
        EntityType::Organization,
        EntityType::Product,
        EntityType::Place,
        EntityType::Event,
        EntityType::Work,
        EntityType::Law,
    ];

    /// The name that the outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            EntityType::Person => "person",
            EntityType::Organization => "organization",
            EntityType::Product => "product",
            EntityType::Place => "place",
            EntityType::Event => "event",
            EntityType::Work => "work",
            EntityType::Law => "law",
        }
    }
}

/// A verbatim piece of an article: `text[start..end]` in chars.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Quote {
    /// The words.
    pub text: String,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

/// One place where an entity is named.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mention {
    /// The article.
    pub article_id: String,
    /// The words as they stand there.
    pub text: String,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Index of the paragraph, from 0.
    pub paragraph: usize,
}

/// One entity: of an article, or consolidated over the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// The name that the tables use: the fullest form that was met.
    pub canonical: String,
    /// What it is.
    #[serde(rename = "type")]
    pub entity_type: EntityType,
    /// Other names that were met (`X` for `Twitter`, `BPI` for `Bpifrance`).
    pub aliases: Vec<String>,
    /// What the article says it is (`le fabricant de puces`), quoted from it.
    pub description: Option<Quote>,
    /// Every place where it is named, in order.
    pub mentions: Vec<Mention>,
}
