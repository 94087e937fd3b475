//! Where terms stand in a text: word by word, whatever the case of a first letter, singular or plural.

use crate::record::Lang;
use std::collections::HashMap;
use std::ops::Range;

/// One place where a term stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which term, by its place among those that the index was made of.
    pub term: usize,
    /// Bytes of the text.
    pub range: Range<usize>,
    /// The text has the term in the plural, where the term itself is in the singular.
    pub plural: bool,
}

/// Terms by their first word.
#[derive(Debug, Clone, Default)]
pub struct Index {
    by_first_word: HashMap<String, Vec<usize>>,
    /// Terms with signs (`C++`, `.NET`): searched for letter by letter.
    literal: Vec<(usize, String)>,
    words: Vec<Vec<String>>,
    lang: Lang,
}

impl Index {
    /// An index of these terms, which are in `lang`.
    pub fn new<'a>(terms: impl IntoIterator<Item = &'a str>, lang: Lang) -> Index {
        let mut index = Index {
            lang,
            ..Index::default()
        };
        for (at, term) in terms.into_iter().enumerate() {
            let words: Vec<String> = words_of(term).map(|range| term[range].to_owned()).collect();
            if words.is_empty() || term.chars().any(is_sign) {
                index.literal.push((at, term.trim().to_owned()));
            } else {
                let key = stem(&words[0], lang);
                index.by_first_word.entry(key).or_default().push(at);
            }
            index.words.push(words);
        }
        index
    }

    /// Every place of every term, in order; of those that overlap, the longest.
    pub fn find(&self, text: &str) -> Vec<Found> {
        let mut all = self.literals(text);
        let words: Vec<Range<usize>> = words_of(text).collect();
        for (at, first) in words.iter().enumerate() {
            let Some(candidates) = self.by_first_word.get(&stem(&text[first.clone()], self.lang)) else {
                continue;
            };
            for &term in candidates {
                if let Some(plural) = self.matches(term, text, &words[at..]) {
                    let last = &words[at + self.words[term].len() - 1];
                    all.push(Found {
                        term,
                        range: first.start..last.end,
                        plural,
                    });
                }
            }
        }
        // longest first, so that a shorter one inside it finds its place taken
        all.sort_by_key(|found| {
            (
                std::cmp::Reverse(found.range.len()),
                found.range.start,
                found.term,
            )
        });
        let mut taken: Vec<Found> = Vec::new();
        for found in all {
            let overlaps =
                |other: &Found| found.range.start < other.range.end && other.range.start < found.range.end;
            if !taken.iter().any(overlaps) {
                taken.push(found);
            }
        }
        taken.sort_by_key(|found| found.range.start);
        taken
    }

    fn literals(&self, text: &str) -> Vec<Found> {
        let places = |(term, literal): &(usize, String)| {
            let term = *term;
            let length = literal.len();
            let places = text
                .match_indices(literal.as_str())
                .map(move |(at, _)| at..at + length);
            places
                .filter(|range| is_free(text, range, literal))
                .map(|range| Found {
                    term,
                    range,
                    plural: false,
                })
                .collect::<Vec<_>>()
        };
        self.literal
            .iter()
            .filter(|(_, literal)| !literal.is_empty())
            .flat_map(places)
            .collect()
    }

    /// Whether the term stands at the first of these words, and whether in the plural.
    fn matches(&self, term: usize, text: &str, words: &[Range<usize>]) -> Option<bool> {
        let wanted = &self.words[term];
        let found = words.get(..wanted.len())?;
        let mut plural = false;
        for (wanted, range) in wanted.iter().zip(found) {
            match same_word(wanted, &text[range.clone()], self.lang)? {
                Likeness::Same => {}
                Likeness::Plural => plural = true,
            }
        }
        let joined = found
            .windows(2)
            .all(|pair| joins(&text[pair[0].end..pair[1].start]));
        joined.then_some(plural)
    }
}

/// Whether `text` has `term`: as it is, with a capital where the term has none, or in the plural.
pub fn holds(text: &str, term: &str, lang: Lang) -> bool {
    occurrences(text, term, lang) > 0
}

/// How often `text` has `term`.
pub fn occurrences(text: &str, term: &str, lang: Lang) -> usize {
    Index::new([term], lang).find(text).len()
}

/// Letters and digits that belong together; an apostrophe ends a word.
pub(super) fn words_of(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = chars.find(|(_, c)| c.is_alphanumeric())?;
        let mut end = start + first.len_utf8();
        while let Some((at, c)) = chars.next_if(|(_, c)| c.is_alphanumeric() || is_mark(*c)) {
            end = at + c.len_utf8();
        }
        Some(start..end)
    })
}

/// A combining accent belongs to its letter.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// A sign that words and their usual joints do not have.
fn is_sign(c: char) -> bool {
    !(c.is_alphanumeric() || c.is_whitespace() || is_mark(c) || "-‐‑–'’.&/,()".contains(c))
}

/// What may stand between two words of one term.
fn joins(between: &str) -> bool {
    between.chars().count() <= 3
        && between
            .chars()
            .all(|c| c.is_whitespace() || "-‐‑–'’.&/,()".contains(c))
        && !matches!(between.trim(), "," | ".") // the next clause
        || between.trim().is_empty()
}

fn is_free(text: &str, range: &Range<usize>, literal: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric();
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    let grown_before = literal.starts_with(is_word) && before.is_some_and(is_word);
    let grown_after = literal.ends_with(is_word) && after.is_some_and(is_word);
    !grown_before && !grown_after
}

enum Likeness {
    Same,
    Plural,
}

/// Whether a word of the text is the term's: capitals of the term are demanded where they are more than the
/// first letter (`IA`, `iPhone`), else the case is free.
fn same_word(wanted: &str, found: &str, lang: Lang) -> Option<Likeness> {
    if wanted == found {
        return Some(Likeness::Same);
    }
    if wanted.chars().skip(1).any(char::is_uppercase) {
        // `GPU` and `GPUs`
        let plural = found.strip_prefix(wanted).is_some_and(|rest| rest == "s");
        return plural.then_some(Likeness::Plural);
    }
    let (wanted, found) = (wanted.to_lowercase(), found.to_lowercase());
    if wanted == found {
        return Some(Likeness::Same);
    }
    let same = stem(&wanted, lang) == stem(&found, lang);
    let likeness = if found.len() >= wanted.len() {
        Likeness::Plural
    } else {
        Likeness::Same
    };
    same.then_some(likeness)
}

/// A word without the ending of its plural, in lower case.
pub(super) fn stem(word: &str, lang: Lang) -> String {
    let word = word.to_lowercase();
    if word.chars().count() < 3 {
        return word;
    }
    if lang != Lang::En {
        if let Some(stem) = word.strip_suffix("aux") {
            return match stem.ends_with('e') {
                true => format!("{stem}au"),  // réseaux
                false => format!("{stem}al"), // capitaux
            };
        }
        return word.strip_suffix(['s', 'x']).unwrap_or(&word).to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["ches", "shes", "xes", "sses"] {
        if let Some(stem) = word.strip_suffix(ending) {
            return format!("{stem}{}", &ending[..ending.len() - 2]);
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with('s') => stem.to_owned(),
        _ => word,
    }
}
