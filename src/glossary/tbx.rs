//! TBX-basic (ISO 30042): concepts with a term for each language, in the second version (`martif`,
//! `termEntry`, `langSet`, `tig`) and in the third (`tbx`, `conceptEntry`, `langSec`, `termSec`).

use super::{GlossaryError, Term};
use roxmltree::{Document, Node, ParsingOptions};
use std::collections::{BTreeSet, HashSet};

/// More nodes than the largest glossary has.
const MOST_NODES: u32 = 8_000_000;

/// Reads the terms of both languages; of several terms of one language the first is the preferred one for the
/// translation, and each is a term of the source.
pub(super) fn read(text: &str, from: &str, to: &str) -> Result<Vec<Term>, GlossaryError> {
    let options = ParsingOptions {
        // The document type is named in every TBX file; the parser resolves nothing outside it.
        allow_dtd: true,
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(GlossaryError::Xml)?;
    let mut terms = Vec::new();
    let mut known = HashSet::new();
    let mut languages = BTreeSet::new();
    let entries = document
        .descendants()
        .filter(|node| matches!(node.tag_name().name(), "termEntry" | "conceptEntry"));
    for entry in entries {
        let sections = entry
            .children()
            .filter(|node| matches!(node.tag_name().name(), "langSet" | "langSec"));
        let mut sources = Vec::new();
        let mut target = None;
        for section in sections {
            let lang = language(section);
            if same_language(&lang, from) {
                sources.extend(terms_of(section));
            } else if same_language(&lang, to) {
                target = target.or_else(|| terms_of(section).next());
            }
            languages.insert(lang);
        }
        let Some(target) = target else { continue };
        for source in sources {
            // the first concept wins: TBX has one entry a concept, and a word may name several
            if known.insert(source.word.clone()) {
                terms.push(Term {
                    source: source.word,
                    target: target.word.clone(),
                    part_of_speech: source.part_of_speech,
                    note: source.note,
                });
            }
        }
    }
    if terms.is_empty() && !languages.is_empty() {
        return Err(GlossaryError::Languages {
            from: from.to_owned(),
            to: to.to_owned(),
            found: languages.into_iter().collect::<Vec<_>>().join(", "),
        });
    }
    Ok(terms)
}

struct Entry {
    word: String,
    part_of_speech: Option<String>,
    note: Option<String>,
}

fn terms_of<'a, 'i>(section: Node<'a, 'i>) -> impl Iterator<Item = Entry> + use<'a, 'i> {
    section
        .descendants()
        .filter(|node| node.tag_name().name() == "term")
        .map(|term| {
            // `termGrp` nests one level deeper than `tig` and `termSec`.
            let around = term
                .ancestors()
                .find(|node| matches!(node.tag_name().name(), "tig" | "ntig" | "termSec"));
            let note_of = |kind: Option<&str>, name: &str| {
                around?
                    .descendants()
                    .find(|node| {
                        node.tag_name().name() == name && (kind.is_none() || node.attribute("type") == kind)
                    })
                    .map(text_of)
                    .filter(|text| !text.is_empty())
            };
            Entry {
                word: text_of(term),
                part_of_speech: note_of(Some("partOfSpeech"), "termNote"),
                note: note_of(None, "note"),
            }
        })
        .filter(|entry| entry.word.chars().any(char::is_alphanumeric))
}

/// `xml:lang`, which every language section must have.
fn language(section: Node<'_, '_>) -> String {
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    let stated = section
        .attribute((XML, "lang"))
        .or_else(|| section.attribute("lang"));
    stated.unwrap_or_default().to_owned()
}

/// `fr` and `fr-FR` are the same.
fn same_language(one: &str, other: &str) -> bool {
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    !one.is_empty() && primary(one) == primary(other)
}

fn text_of(node: Node<'_, '_>) -> String {
    let text: String = node
        .descendants()
        .filter_map(|node| node.is_text().then(|| node.text()).flatten())
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
