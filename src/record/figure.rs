//! One row of the figure ledger.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a figure counts or measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureKind {
    /// An amount of money.
    Money,
    /// A percentage; the value is in percent units (`20,5 %` is 20.5).
    Percent,
    /// A difference of percentages (`2 points`).
    PercentagePoints,
    /// Hundredths of a percentage point (`25 points de base`).
    BasisPoints,
    /// A number of things (`12 000 salariés`); [`Figure::unit`] is the counted noun.
    Count,
    /// A physical or data quantity (`3 nm`, `1,2 TWh`); [`Figure::unit`] is the symbol.
    Quantity,
    /// A share or fraction (`les deux tiers`, `un salarié sur cinq`).
    Ratio,
    /// A factor (`doublé`, `multiplié par trois`, `x3`).
    Multiple,
    /// A rank (`1er`, `deuxième`).
    Ordinal,
    /// A calendar date, a period or a time of day; [`Figure::period`] holds it.
    Date,
    /// A length of time (`trois mois`).
    Duration,
    /// A person's or a thing's age (`42 ans`).
    Age,
    /// A temperature.
    Temperature,
    /// An amount per something (`20 euros par mois`, `200 km/h`).
    Rate,
    /// A level of an index or a score on a scale (`le CAC 40 à 7 500 points`).
    Index,
}

impl FigureKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [FigureKind; 15] = [
        FigureKind::Money,
        FigureKind::Percent,
        FigureKind::PercentagePoints,
        FigureKind::BasisPoints,
        FigureKind::Count,
        FigureKind::Quantity,
        FigureKind::Ratio,
        FigureKind::Multiple,
        FigureKind::Ordinal,
        FigureKind::Date,
        FigureKind::Duration,
        FigureKind::Age,
        FigureKind::Temperature,
        FigureKind::Rate,
        FigureKind::Index,
    ];

    /// The name that the outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            FigureKind::Money => "money",
            FigureKind::Percent => "percent",
            FigureKind::PercentagePoints => "percentage_points",
            FigureKind::BasisPoints => "basis_points",
            FigureKind::Count => "count",
            FigureKind::Quantity => "quantity",
            FigureKind::Ratio => "ratio",
            FigureKind::Multiple => "multiple",
            FigureKind::Ordinal => "ordinal",
            FigureKind::Date => "date",
            FigureKind::Duration => "duration",
            FigureKind::Age => "age",
            FigureKind::Temperature => "temperature",
            FigureKind::Rate => "rate",
            FigureKind::Index => "index",
        }
    }
}

/// How exactly the text states the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Qualifier {
    /// As written.
    #[default]
    Exact,
    /// `environ`, `près de`, `quelque`, `une vingtaine`, `un petit million`.
    Approx,
    /// `au moins`, `à partir de`.
    AtLeast,
    /// `au plus`, `jusqu'à`, `au maximum`.
    AtMost,
    /// `moins de`, `sous la barre de`.
    LessThan,
    /// `plus de`, `au-delà de`, `dépasser`.
    MoreThan,
    /// `3 à 4`, `entre 10 et 12`: `min` and `max` are set, `value` is not.
    Range,
    /// An unstated number of the scale (`des milliers`, `plusieurs millions`).
    Multiple,
}

impl Qualifier {
    /// The name that the outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Qualifier::Exact => "exact",
            Qualifier::Approx => "approx",
            Qualifier::AtLeast => "at_least",
            Qualifier::AtMost => "at_most",
            Qualifier::LessThan => "less_than",
            Qualifier::MoreThan => "more_than",
            Qualifier::Range => "range",
            Qualifier::Multiple => "multiple",
        }
    }
}

/// Which way a figure moved, where a verb or a noun tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// `en hausse de`, `bondit de`.
    Up,
    /// `en baisse de`, `recule de`.
    Down,
}

impl Direction {
    /// The name that the outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Up => "up",
            Direction::Down => "down",
        }
    }
}

/// One figure mentioned in an article.
///
/// `article.text[start..end] == text` and `article.text[full_start..full_end] == full_text`, in chars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The article it was read in.
    #[serde(default)]
    pub article_id: String,
    /// Its order in the article, from 0.
    pub n: usize,
    /// Verbatim number, scale and unit, currency or percent sign; for a count only the number.
    pub text: String,
    /// First character of `text`.
    pub start: usize,
    /// One past its last character.
    pub end: usize,
    /// `text` with the words that qualify it (`plus de`, `entre`, `environ les`).
    pub full_text: String,
    /// First character of `full_text`.
    pub full_start: usize,
    /// One past its last character.
    pub full_end: usize,
    /// What it counts or measures.
    pub kind: FigureKind,
    /// The value, scale applied, percent in percent units; none for a range, a date or a bare scale word.
    #[serde(with = "exact")]
    pub value: Option<Decimal>,
    /// Lower bound; none where open.
    #[serde(with = "exact")]
    pub min: Option<Decimal>,
    /// Upper bound; none where open.
    #[serde(with = "exact")]
    pub max: Option<Decimal>,
    /// How exactly the text states it.
    pub qualifier: Qualifier,
    /// Counted noun or unit symbol.
    pub unit: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// Several countries share the word for the currency (`dollars`, `francs`), or only the paragraph names it.
    #[serde(default)]
    pub currency_ambiguous: bool,
    /// Which way it moved.
    pub direction: Option<Direction>,
    /// The period that governs it: ISO-like (`2025-Q3`, `FY2025`, `2024-07-14`), or the words.
    pub period: Option<String>,
    /// What is measured, labelled by the model; a quote from the article.
    #[serde(default)]
    pub measure: Option<String>,
    /// Of whom or what; a quote from the article.
    #[serde(default)]
    pub subject: Option<String>,
    /// According to whom; a quote from the article.
    #[serde(default)]
    pub speaker: Option<String>,
    /// The sentence around it.
    pub sentence: String,
    /// Index of its paragraph, from 0.
    pub paragraph: usize,
}

#[cfg(test)]
impl Figure {
    /// A figure at `start` with nothing more than its words and its kind, for the tests of every room.
    pub(crate) fn bare(text: &str, start: usize, kind: FigureKind) -> Figure {
        let end = start + text.chars().count();
        Figure {
            article_id: String::new(),
            n: 0,
            text: text.to_owned(),
            start,
            end,
            full_text: text.to_owned(),
            full_start: start,
            full_end: end,
            kind,
            value: None,
            min: None,
            max: None,
            qualifier: Qualifier::Exact,
            unit: None,
            currency: None,
            currency_ambiguous: false,
            direction: None,
            period: None,
            measure: None,
            subject: None,
            speaker: None,
            sentence: String::new(),
            paragraph: 0,
        }
    }
}

/// Decimals as JSON numbers with every digit: no float in between, in or out.
pub(crate) mod exact {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _};
    use serde_json::value::RawValue;

    pub fn serialize<S: Serializer>(value: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(decimal) => RawValue::from_string(decimal.normalize().to_string())
                .map_err(S::Error::custom)?
                .serialize(serializer),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
        let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
        let Some(raw) = raw else { return Ok(None) };
        let digits = raw.get().trim_matches('"');
        digits
            .parse()
            .or_else(|_| Decimal::from_scientific(digits))
            .map(Some)
            .map_err(D::Error::custom)
    }
}
