//! A translator that knows a few sentences well, and the failures that are planted into its answers.

use super::fake::whole;
use crate::backend::{Completion, Request};
use regex::Regex;

/// A sentence in both languages; `{}` stands for what has to be held.
pub struct Phrase {
    pub french: &'static str,
    pub english: &'static str,
    /// Each slot in both languages.
    pub slots: &'static [(&'static str, &'static str)],
}

pub const PHRASES: &[Phrase] = &[
    Phrase {
        french: "Le groupe {} a levé {} en {}.",
        english: "The {} group raised {} in {}.",
        slots: &[
            ("Nexilia", "Nexilia"),
            ("10 milliards de dollars", "$10 billion"),
            ("2024", "2024"),
        ],
    },
    Phrase {
        french: "Son chiffre d’affaires a progressé de {} pour atteindre {}.",
        english: "Its revenue grew by {} to reach {}.",
        slots: &[("20,5\u{a0}%", "20.5%"), ("1,5 million d’euros", "€1.5 million")],
    },
    Phrase {
        french: "La ligne mesure {} de long et dessert {} communes.",
        english: "The line is {} long and serves {} towns.",
        slots: &[("45 km", "45 km"), ("12\u{202f}000", "12,000")],
    },
    Phrase {
        french: "Les {} de {} équipent les téléphones.",
        english: "The {} of {} are in the phones.",
        slots: &[
            ("puces photoniques", "photonic chips"),
            ("Léman Optique", "Léman Optique"),
        ],
    },
];

impl Phrase {
    /// The French sentence as an article has it.
    pub fn source(&self) -> String {
        fill(self.french, self.slots.iter().map(|slot| slot.0))
    }

    /// Its right translation.
    pub fn translation(&self) -> String {
        fill(self.english, self.slots.iter().map(|slot| slot.1))
    }

    /// The translation of a request, whose slots may hold stand-ins: those pass through unharmed.
    pub fn answer(&self, request: &str) -> Option<String> {
        let pattern = regex::escape(self.french).replace(r"\{\}", "(.+?)");
        let found = Regex::new(&format!("^{pattern}$")).unwrap().captures(request)?;
        let words: Vec<&str> = self
            .slots
            .iter()
            .enumerate()
            .map(|(at, slot)| {
                let stated = found.get(at + 1).unwrap().as_str();
                if stated == slot.0 { slot.1 } else { stated }
            })
            .collect();
        Some(fill(self.english, words))
    }
}

fn fill<'a>(pattern: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    words
        .into_iter()
        .fold(pattern.to_owned(), |text, word| text.replacen("{}", word, 1))
}

/// The right translation of what a request asks for.
pub fn right(request: &Request) -> String {
    let asked = asked(request);
    PHRASES
        .iter()
        .find_map(|phrase| phrase.answer(asked))
        .unwrap_or_else(|| format!("EN {asked}"))
}

/// The sentence of a request.
pub fn asked(request: &Request) -> &str {
    &request.messages.last().unwrap().content
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plant {
    /// Every number is dropped.
    DropNumbers,
    /// Billions become millions and the other way round.
    ChangeScale,
    /// Kilometres become miles, euros dollars.
    SwapUnits,
    /// Percents lose their point.
    LosePoint,
    /// A word of a term is replaced.
    DropTerm,
    /// A name is put into English.
    TranslateName,
    Empty,
    Huge,
    Markup,
    Loop,
}

impl Plant {
    pub fn spoil(self, text: &str) -> String {
        match self {
            Plant::DropNumbers => Regex::new(r"[$€]?\d[\d.,]*%?( billion| million| km)?")
                .unwrap()
                .replace_all(text, "some")
                .into_owned(),
            Plant::ChangeScale => text
                .replace("billion", "b#")
                .replace("million", "billion")
                .replace("b#", "million"),
            Plant::SwapUnits => text.replace(" km", " miles").replace('€', "$"),
            Plant::LosePoint => text.replace("20.5%", "205%").replace("12,000", "12"),
            Plant::DropTerm => text.replace("photonic chips", "light parts"),
            Plant::TranslateName => text
                .replace("Nexilia", "the Nexile company")
                .replace("Léman Optique", "Lake Geneva Optics"),
            Plant::Empty => String::new(),
            Plant::Huge => "word after word after ".repeat(300),
            Plant::Markup => format!("<b onclick=\"x()\">{text}</b>"),
            Plant::Loop => format!("{text} {}", "and so on ".repeat(6)),
        }
    }
}

/// A translator that spoils its first beam, the next ones up to `spoiled`, and, where it is `stubborn`, also what
/// it is asked with stand-ins.
pub fn spoiling(plant: Plant, spoiled: usize, stubborn: bool) -> impl FnMut(&Request) -> Completion {
    move |request| {
        let text = right(request);
        let is_known = PHRASES.iter().any(|phrase| phrase.source() == asked(request));
        if !is_known && !stubborn {
            return whole(text);
        }
        let beams: Vec<String> = (0..=request.alternatives)
            .map(|beam| {
                if beam < spoiled {
                    plant.spoil(&text)
                } else {
                    text.clone()
                }
            })
            .collect();
        Completion {
            alternatives: beams[1..].to_vec(),
            ..whole(beams[0].clone())
        }
    }
}
