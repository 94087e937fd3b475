//! The grammars of the answers, in llguidance's Lark dialect.
//!
//! Two guarantees are made here and nowhere else. A quoted field admits only words of the article: its
//! terminal is the automaton of all substrings of the article's chunks, cut down by a regular expression
//! (the automaton alone accepts the empty string). And every answer ends: each text has a longest length,
//! each list a largest number.
//!
//! Chunks are JSON-escaped before they enter the automaton, because nothing outside `%json` is escaped
//! by llguidance. A line break is escaped to a backslash and `n`, which no field accepts: a quote never
//! runs over the end of its paragraph.

use super::part::Part;
use crate::backend::USUAL_CHARACTERS;
use crate::record::{EntityType, Figure};
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

/// Longest name of an entity, in characters.
const NAME: usize = 80;
/// Longest description of an entity, measure, subject or speaker, in characters.
const PHRASE: usize = 160;

/// Longest texts of a summary, in characters. Generous, because a text that reaches its limit is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SummaryLimits {
    pub bullets_min: usize,
    pub bullets_max: usize,
    pub headline: usize,
    pub bullet: usize,
    pub abstract_text: usize,
}

impl SummaryLimits {
    /// Most characters that an answer can have, with its JSON.
    pub fn longest(&self) -> usize {
        self.headline + self.abstract_text + self.bullets_max * (self.bullet + 60) + 60
    }
}

/// A summary as JSON. `paragraphs` are the numbers (from 1) that a bullet may rest on; `extra` are
/// characters that the article uses beyond the usual ones.
pub(super) fn summary(limits: SummaryLimits, paragraphs: &[usize], extra: &BTreeSet<char>) -> String {
    let SummaryLimits {
        bullets_min,
        bullets_max,
        headline,
        bullet,
        abstract_text,
    } = limits;
    let more = format!("{},{}", bullets_min.max(1) - 1, bullets_max.max(1) - 1);
    let numbers = alternatives(paragraphs.iter().map(|number| number.to_string()));
    let class = Class::json(extra);
    format!(
        r#"start: "{{\"headline\": \"" HEADLINE "\", \"bullets\": [" bullet (", " bullet){{{more}}} "], \"abstract\": \"" ABSTRACT "\"}}"
bullet: "{{\"paragraphs\": [" NUMBER (", " NUMBER){{0,3}} "], \"text\": \"" BULLET "\"}}"
NUMBER: {numbers}
HEADLINE: {}
BULLET: {}
ABSTRACT: {}
"#,
        class.text(1..=headline),
        class.text(1..=bullet),
        class.text(1..=abstract_text),
    )
}

/// One line of plain text of at most `longest` characters.
pub(super) fn line(longest: usize, extra: &BTreeSet<char>) -> String {
    format!("start: TEXT\nTEXT: {}\n", Class::plain(extra).text(1..=longest))
}

/// One row of a table: `cells` cells of at most `longest` characters, separated by `|`.
pub(super) fn row(cells: usize, longest: usize, extra: &BTreeSet<char>) -> String {
    let class = Class::plain(extra).without('|');
    let more = cells.max(1) - 1;
    format!(
        "start: CELL (\"|\" CELL){{{more},{more}}}\nCELL: /{}{{1,{}}}/\n",
        class.any,
        longest.max(1)
    )
}

/// A list of at most `most` entities, all quoted from `part`. `None` when nothing in it could be a name.
pub(super) fn entities(part: &Part, most: usize) -> Option<String> {
    let text = part
        .pieces
        .iter()
        .any(|piece| piece.text.chars().any(char::is_uppercase));
    if !text || most == 0 {
        return None;
    }
    let types = alternatives(EntityType::ALL.iter().map(|kind| kind.as_str().to_owned()));
    let more = most - 1;
    let chunks = substrings(part.pieces.iter().map(|piece| piece.text.as_str()));
    Some(format!(
        r#"start: "{{\"entities\": [" (entity (", " entity){{0,{more}}})? "]}}"
entity: "{{\"name\": \"" NAME "\", \"type\": \"" TYPE "\", \"description\": " description "}}"
description: "null" | "\"" PHRASE "\""
TYPE: {types}
ARTICLE: {chunks}
NAME: ARTICLE & {} & /(?s:.)*\p{{Lu}}(?s:.)*/
PHRASE: ARTICLE & {}
"#,
        quoted(NAME),
        quoted(PHRASE),
    ))
}

/// Labels for `figures`, in order and numbered from 1, each quoted from its own neighbourhood.
pub(super) fn labels(figures: &[(&Figure, &str)]) -> String {
    let mut neighbourhoods: Vec<&str> = Vec::new();
    let mut start = String::from("start: \"{\\\"labels\\\": [\"");
    for (position, (_, neighbourhood)) in figures.iter().enumerate() {
        let place = neighbourhoods.iter().position(|known| known == neighbourhood);
        let place = place.unwrap_or_else(|| {
            neighbourhoods.push(neighbourhood);
            neighbourhoods.len() - 1
        });
        let comma = if position == 0 { "" } else { ", " };
        let number = position + 1;
        let _ = write!(
            start,
            " \"{comma}{{\\\"n\\\": {number}, \\\"measure\\\": \" q{place} \", \\\"subject\\\": \" q{place} \", \\\"speaker\\\": \" q{place} \"}}\"",
        );
    }
    start.push_str(" \"]}\"\n");
    for (place, neighbourhood) in neighbourhoods.iter().enumerate() {
        // A neighbourhood without a single letter or digit has nothing to quote.
        if neighbourhood.chars().any(char::is_alphanumeric) {
            let _ = write!(
                start,
                "q{place}: \"null\" | \"\\\"\" Q{place} \"\\\"\"\nN{place}: {}\nQ{place}: N{place} & {}\n",
                substrings([*neighbourhood]),
                quoted(PHRASE),
            );
        } else {
            let _ = writeln!(start, "q{place}: \"null\"");
        }
    }
    start
}

/// The automaton of all substrings of `texts`, which are kept apart by a line break.
fn substrings<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        if !all.is_empty() {
            all.push("\\n\\n".to_owned());
        }
        all.extend(chunks(text).map(escape));
    }
    format!("%regex {}", json!({ "substring_chunks": all }))
}

/// Words, and everything between them one character at a time (white space in runs). A quote begins and
/// ends between chunks, so never inside a word or a number.
fn chunks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let kind = |c: char| {
            if c.is_alphanumeric() {
                0
            } else {
                u8::from(!c.is_whitespace()) + 1
            }
        };
        let mut end = first.len_utf8();
        if kind(first) < 2 {
            let mut previous = first;
            let mut following = rest.char_indices().skip(1).peekable();
            while let Some((byte, c)) = following.next() {
                let next = following.peek().map(|&(_, next)| next);
                let joins = kind(c) == kind(first) || (kind(first) == 0 && binds(previous, c, next));
                if !joins {
                    break;
                }
                previous = c;
                end = byte + c.len_utf8();
            }
        }
        let (chunk, remaining) = rest.split_at(end);
        rest = remaining;
        Some(chunk)
    })
}

/// A hyphen inside a word, and a separator inside a number, belong to it.
fn binds(before: char, c: char, after: Option<char>) -> bool {
    let Some(after) = after else { return false };
    match c {
        '-' | '\u{2010}' | '\u{2011}' | '_' => before.is_alphanumeric() && after.is_alphanumeric(),
        ',' | '.' | '\u{a0}' | '\u{202f}' => before.is_ascii_digit() && after.is_ascii_digit(),
        _ => false,
    }
}

/// As it stands inside a JSON string.
fn escape(chunk: &str) -> String {
    let quoted = json!(chunk).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// What a quote looks like, JSON-escaped: no line break, no white space or separator at its ends.
fn quoted(longest: usize) -> String {
    let body = longest.saturating_sub(2);
    format!(r#"/[\p{{L}}\p{{N}}]((?:[^"\\\x00-\x1f]|\\["\\]){{0,{body}}}[\p{{L}}\p{{N}}.%)€$+&!])?/"#)
}

/// Literals, any of which may stand.
fn alternatives(words: impl Iterator<Item = String>) -> String {
    words
        .map(|word| format!("{word:?}"))
        .collect::<Vec<_>>()
        .join(" | ")
}

/// The characters of generated text, as two regular expressions: one character at the start of a text
/// and one anywhere in it.
///
/// Latin and Greek letters, digits, punctuation, currencies and mathematical signs, and whatever else
/// the article itself uses: a model that slips into another script is held back, and control characters,
/// emoji and invisible characters cannot come out.
struct Class {
    first: String,
    any: String,
}

/// White space at the start of a text is none of it.
const SPACES: &str = r" \u{a0}\u{2009}\u{202f}";

impl Class {
    /// Inside a JSON string: quotation mark and backslash are escaped.
    fn json(extra: &BTreeSet<char>) -> Class {
        let usual = usual_and(extra);
        Class {
            first: format!(r#"(?:[[{usual}]--[{SPACES}]]|\\["\\])"#),
            any: format!(r#"(?:[{usual}]|\\["\\])"#),
        }
    }

    /// Plain text on one line.
    fn plain(extra: &BTreeSet<char>) -> Class {
        let usual = usual_and(extra);
        Class {
            first: format!(r#"[[{usual}"\\]--[{SPACES}]]"#),
            any: format!(r#"[{usual}"\\]"#),
        }
    }

    /// One character less.
    fn without(self, c: char) -> Class {
        let cut = |class: String| format!(r"[{class}--\x{{{:x}}}]", u32::from(c));
        Class {
            first: cut(self.first),
            any: cut(self.any),
        }
    }

    /// A terminal of so many characters that does not begin with white space.
    fn text(&self, length: RangeInclusive<usize>) -> String {
        let Class { first, any } = self;
        let least = length.start().max(&1) - 1;
        let most = length.end().max(length.start()).max(&1) - 1;
        format!("/{first}{any}{{{least},{most}}}/")
    }
}

fn usual_and(extra: &BTreeSet<char>) -> String {
    let mut class = format!("{USUAL_CHARACTERS}|");
    for &c in extra {
        let _ = write!(class, r"\u{{{:x}}}", u32::from(c));
    }
    class
}

/// The characters of the article that generated text may use beyond the usual ones: letters and signs of
/// other scripts, never what is invisible or controls.
pub(super) fn extra_characters(text: &str) -> BTreeSet<char> {
    text.chars()
        .filter(|&c| c.is_alphanumeric() || ('\u{2190}'..='\u{2bff}').contains(&c))
        .filter(|&c| !('\u{0}'..='\u{24f}').contains(&c))
        .filter(|&c| !('\u{370}'..='\u{3ff}').contains(&c) && !('\u{1e00}'..='\u{1eff}').contains(&c))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_text_admits_all_usual_characters() {
        let class = |class: &str| regex::Regex::new(&format!("^{class}$")).unwrap();
        let usual = class(&format!("[{USUAL_CHARACTERS}]"));
        let extra = BTreeSet::from(['字']);
        let admitted = [
            Class::json(&extra).any,
            Class::plain(&extra).any,
            Class::plain(&extra).without('|').any,
        ]
        .map(|any| class(&any));
        let mut count = 0;
        for c in '\0'..'\u{ffff}' {
            let c = c.to_string();
            if usual.is_match(&c) {
                assert!(admitted.iter().all(|class| class.is_match(&c)), "{c:?}");
                count += 1;
            }
        }
        assert!(count > 1_000, "{count}");
    }

    #[test]
    fn chunks_keep_words_and_numbers_whole() {
        let text = "L’usine de Saint-Ouen, 1\u{202f}250 salariés (+3,5\u{a0}%) : « oui ».";
        let all: Vec<&str> = chunks(text).collect();
        assert_eq!(
            all,
            [
                "L",
                "’",
                "usine",
                " ",
                "de",
                " ",
                "Saint-Ouen",
                ",",
                " ",
                "1\u{202f}250",
                " ",
                "salariés",
                " ",
                "(",
                "+",
                "3,5",
                "\u{a0}",
                "%",
                ")",
                " ",
                ":",
                " ",
                "«",
                " ",
                "oui",
                " ",
                "»",
                "."
            ]
        );
        assert_eq!(all.concat(), text);
        assert_eq!(chunks("").count(), 0);
        assert_eq!(chunks("-").collect::<Vec<_>>(), ["-"]);
    }

    #[test]
    fn chunks_are_escaped_for_json() {
        assert_eq!(escape("\""), "\\\"");
        assert_eq!(escape("\\"), "\\\\");
        assert_eq!(escape("\n"), "\\n");
        assert_eq!(escape("é"), "é");
    }

    #[test]
    fn other_scripts_come_from_the_article_alone() {
        let extra = extra_characters("Huawei (华为) → 3 € été\u{200b}\u{202e}");
        assert_eq!(extra.into_iter().collect::<String>(), "→为华");
    }
}
