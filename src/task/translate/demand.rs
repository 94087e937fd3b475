//! What the translation of one sentence has to have: glossary terms, names and addresses.

use super::exonyms;
use super::typography::ADDRESS;
use crate::glossary::{self, Glossary, Index};
use crate::record::{Entity, EntityType, Lang};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

/// What kind of thing is demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A term of the glossary, by its place there.
    Term(usize),
    /// A name that both languages spell the same.
    Name,
    /// A web or mail address.
    Address,
}

/// One thing that the translation of a sentence has to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Demand {
    pub kind: Kind,
    /// Where the source states it, in bytes of the sentence.
    pub range: Range<usize>,
    /// What the translation has to say.
    pub target: String,
    /// The same in the number that the source has it in.
    pub inflected: String,
}

/// Everything that the sentences of one article may demand.
pub(super) struct Demands {
    glossary: Option<Arc<Glossary>>,
    names: Vec<String>,
    index: Index,
    target: Lang,
}

impl Demands {
    pub fn new(glossary: Option<Arc<Glossary>>, entities: &[Entity], target: Lang) -> Demands {
        let names = kept_names(entities);
        Demands {
            glossary,
            index: Index::new(names.iter().map(String::as_str), Lang::Other),
            names,
            target,
        }
    }

    /// The terms alone: for a translation that is not made sentence by sentence.
    pub fn of_terms(glossary: Option<Arc<Glossary>>, target: Lang) -> Demands {
        Demands::new(glossary, &[], target)
    }

    /// What the translation of `sentence` has to have, in the order of the source. A glossary term goes
    /// before the name that it is part of.
    pub fn of(&self, sentence: &str) -> Vec<Demand> {
        let mut all: Vec<Demand> = ADDRESS
            .find_iter(sentence)
            .map(|found| Demand {
                kind: Kind::Address,
                range: found.range(),
                target: found.as_str().to_owned(),
                inflected: found.as_str().to_owned(),
            })
            .collect();
        if let Some(glossary) = &self.glossary {
            for (term, found) in glossary.in_text(sentence) {
                push_free(
                    &mut all,
                    Demand {
                        kind: Kind::Term(found.term),
                        range: found.range,
                        target: term.target.clone(),
                        inflected: if found.plural && !term.is_kept() {
                            plural(&term.target, self.target)
                        } else {
                            term.target.clone()
                        },
                    },
                );
            }
        }
        for found in self.index.find(sentence) {
            let name = &self.names[found.term];
            if sentence[found.range.clone()] == **name {
                push_free(
                    &mut all,
                    Demand {
                        kind: Kind::Name,
                        range: found.range,
                        target: name.clone(),
                        inflected: name.clone(),
                    },
                );
            }
        }
        all.sort_by_key(|demand| demand.range.start);
        all
    }

    /// The terms of the glossary alone, for a translation that is not made sentence by sentence.
    pub fn terms_of(&self, text: &str) -> Vec<Demand> {
        let mut all = self.of(text);
        all.retain(|demand| matches!(demand.kind, Kind::Term(_)));
        all
    }

    /// Which of the demands a translation does not have.
    pub fn missed(&self, demands: &[Demand], translation: &str) -> Vec<usize> {
        (0..demands.len())
            .filter(|&at| !self.is_held(&demands[at], translation))
            .collect()
    }

    fn is_held(&self, demand: &Demand, translation: &str) -> bool {
        match demand.kind {
            Kind::Address => translation.contains(&demand.target),
            Kind::Name => stands(translation, &demand.target),
            Kind::Term(_) => glossary::holds(translation, &demand.target, self.target),
        }
    }

    /// The translation with missed demands put right where they are there in another spelling, or where the
    /// source's own words were left untranslated. None where nothing can be put right.
    pub fn respell(
        &self,
        demands: &[Demand],
        missed: &[usize],
        sentence: &str,
        translation: &str,
    ) -> Option<String> {
        let mut text = translation.to_owned();
        let mut changed = false;
        for &at in missed {
            let demand = &demands[at];
            if demand.kind == Kind::Address {
                continue;
            }
            let untranslated = &sentence[demand.range.clone()];
            let place = alike(&text, &demand.target).or_else(|| alike(&text, untranslated));
            if let Some(range) = place {
                text.replace_range(range, &demand.inflected);
                changed = true;
            }
        }
        changed.then_some(text)
    }

    /// A term as the glossary spells it, in both languages; none for what is no term.
    pub fn words(&self, demand: &Demand) -> Option<(&str, &str)> {
        let Kind::Term(at) = demand.kind else { return None };
        let term = self.glossary.as_ref()?.terms().get(at)?;
        Some((&term.source, &term.target))
    }

    /// What is said of a demand that is missed.
    pub fn complaint(&self, place: &str, demand: &Demand) -> String {
        match demand.kind {
            Kind::Term(_) => {}
            Kind::Name => return format!("{place}: the name “{}” is not in the translation", demand.target),
            Kind::Address => {
                return format!("{place}: the address {} is not in the translation", demand.target);
            }
        }
        let source = self
            .words(demand)
            .map_or(demand.target.as_str(), |(source, _)| source);
        format!(
            "{place}: the glossary has “{}” for “{source}”, which is not in the translation",
            demand.target
        )
    }
}

/// A term in the plural. French puts every word of most terms in the plural: what that takes is left to the
/// reader, and the term stands as the glossary has it.
fn plural(term: &str, lang: Lang) -> String {
    if lang != Lang::En || !term.ends_with(char::is_lowercase) || term.ends_with('s') {
        return term.to_owned();
    }
    match term.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if term.ends_with("ch") || term.ends_with("sh") || term.ends_with('x') => format!("{term}es"),
        _ => format!("{term}s"),
    }
}

/// Adds a demand whose place no other has.
fn push_free(all: &mut Vec<Demand>, demand: Demand) {
    let overlaps =
        |other: &Demand| demand.range.start < other.range.end && other.range.start < demand.range.end;
    if !all.iter().any(overlaps) {
        all.push(demand);
    }
}

/// Names that both languages spell the same, longest first.
fn kept_names(entities: &[Entity]) -> Vec<String> {
    let mut names = HashSet::new();
    for entity in entities {
        let forms = entity
            .mentions
            .iter()
            .map(|mention| mention.text.as_str())
            .chain([entity.canonical.as_str()]);
        for name in forms {
            let name = name.trim();
            let capital = name.chars().any(char::is_uppercase);
            let changes = match entity.entity_type {
                EntityType::Person => exonyms::person_changes(name),
                EntityType::Organization | EntityType::Product => exonyms::organization_changes(name),
                EntityType::Place | EntityType::Event | EntityType::Work | EntityType::Law => true,
            };
            if capital && name.chars().count() > 1 && !changes && !name.contains(['\n', '|']) {
                names.insert(name.to_owned());
            }
        }
    }
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    names
}

/// Whether a name stands in a text, whole, whatever its apostrophes and hyphens are.
fn stands(text: &str, name: &str) -> bool {
    let plain = |text: &str| {
        text.replace('’', "'")
            .replace(['‑', '‐'], "-")
            .replace(['\u{a0}', '\u{202f}'], " ")
    };
    let (text, name) = (plain(text), plain(name));
    text.match_indices(&name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// Where words stand that are the same but for case, accents and hyphens.
fn alike(text: &str, wanted: &str) -> Option<Range<usize>> {
    let key = |text: &str| -> String { folded(text).chars().filter(|c| c.is_alphanumeric()).collect() };
    let wanted_key = key(wanted);
    if wanted_key.chars().count() < 2 {
        return None;
    }
    let words: Vec<Range<usize>> = word_ranges(text);
    for first in 0..words.len() {
        let mut joined = String::new();
        for last in &words[first..] {
            joined.push_str(&key(&text[last.clone()]));
            if joined == wanted_key {
                return Some(words[first].start..last.end);
            }
            if !wanted_key.starts_with(&joined) {
                break;
            }
        }
    }
    None
}

fn word_ranges(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        words.push(from..text.len());
    }
    words
}

/// In lower case and without accents.
pub(super) fn folded(text: &str) -> String {
    text.nfd()
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}'))
        .collect::<String>()
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glossary::Format;

    fn demands(glossary: &str, names: &[&str]) -> Demands {
        let entities: Vec<Entity> = names
            .iter()
            .map(|name| Entity {
                canonical: (*name).to_owned(),
                entity_type: EntityType::Organization,
                aliases: vec![],
                description: None,
                mentions: vec![],
            })
            .collect();
        let glossary = (!glossary.is_empty())
            .then(|| Arc::new(Glossary::parse(glossary, Format::Csv, "fr", "en").unwrap()));
        Demands::new(glossary, &entities, Lang::En)
    }

    #[test]
    fn a_sentence_demands_its_terms_names_and_addresses() {
        let demands = demands(
            "puce,chip\nBpifrance Investissement,\n",
            &["Nexilia", "Bpifrance", "Commission européenne"],
        );
        let sentence = "Nexilia et Bpifrance Investissement vendent des puces à la Commission européenne (https://a.fr).";
        let found = demands.of(sentence);
        let shown: Vec<(&str, &str)> = found
            .iter()
            .map(|demand| (&sentence[demand.range.clone()], demand.target.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("Nexilia", "Nexilia"),
                ("Bpifrance Investissement", "Bpifrance Investissement"),
                ("puces", "chip"),
                ("https://a.fr", "https://a.fr"),
            ]
        );
        let good =
            "Nexilia and Bpifrance Investissement sell chips to the European Commission (https://a.fr).";
        assert_eq!(demands.missed(&found, good), Vec::<usize>::new());
        let bad = "Nexilias and Bpifrance Investment sell fleas (https://a.com).";
        assert_eq!(demands.missed(&found, bad), [0, 1, 2, 3]);
    }

    #[test]
    fn another_spelling_is_put_right_and_nothing_else() {
        let demands = demands("start-up,startup\nlevée,funding round\n", &["Inès Léman"]);
        let sentence = "Inès Léman finance des start-ups avec sa levée.";
        let found = demands.of(sentence);
        for (translation, expected) in [
            (
                "Ines Leman funds start-ups with her funding round.",
                Some("Inès Léman funds startups with her funding round."),
            ),
            (
                "Inès Léman funds startups with her levée.",
                Some("Inès Léman funds startups with her funding round."),
            ),
            ("Inès Leroy funds firms with her money.", None),
        ] {
            let missed = demands.missed(&found, translation);
            assert_eq!(
                demands.respell(&found, &missed, sentence, translation).as_deref(),
                expected,
                "{translation} {missed:?}"
            );
        }
    }
}
