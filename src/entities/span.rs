//! Where names stand: runs of capitalized words, known names, institutions, laws.
//!
//! One pass from left to right. It decides how far a name reaches, not what it is.

use super::acronym::Expansions;
use super::finder::Finder;
use super::lexicon::{Known, lexicon};
use super::token::{self, Shape, Token};
use crate::record::Lang;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// How a name was found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found {
    /// It is in the lists.
    Known(&'static Known),
    /// Capitals.
    Name,
    /// An institution spelled out: `université de Strasbourg`.
    Institution,
    /// A law by its form: `règlement (UE) 2024/1689`.
    Law,
    /// A place by its form: `cap Canaveral`, `mer de Chine`.
    Place,
    /// A title in quotation marks: `le roman « Le Sel des absents »`.
    Title,
    /// An event by its form: `Festival du livre de Paris`.
    Event,
}

/// One place where a name may stand.
#[derive(Debug, Clone)]
pub(super) struct Span {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// How it was found.
    pub found: Found,
    /// Its only capital may come from its place in the sentence.
    pub doubtful: bool,
    /// It stands in parentheses and abbreviates the span before it, or the other way round.
    pub abbreviates_previous: bool,
    /// The article of its name, where a preposition has swallowed it: `au Havre` names `Le Havre`.
    pub article: Option<&'static str>,
}

/// All places where names may stand, in order, none overlapping.
pub(super) fn spans(tokens: &[Token], lang: Lang) -> Vec<Span> {
    let small: HashSet<&str> = tokens
        .iter()
        .filter(|token| token.shape == Shape::Lower)
        .map(|token| token.lower.as_str())
        .collect();
    let mut spans = Vec::new();
    let mut start = 0;
    // A name never reaches over the end of a paragraph.
    for paragraph in tokens.chunk_by(|one, next| one.paragraph == next.paragraph) {
        if paragraph[0].shouted {
            start += paragraph.len();
            continue;
        }
        let expansions = Expansions::find(paragraph);
        let finder = Finder {
            tokens: paragraph,
            lexicon: lexicon(),
            expansions,
            small: &small,
            english: lang != Lang::Fr,
        };
        spans.extend(finder.run().into_iter().map(|span| span.shifted(start)));
        start += paragraph.len();
    }
    let shouted = shouted_spans(tokens, &spans);
    if !shouted.is_empty() {
        spans.extend(shouted);
        spans.sort_by_key(|span| span.tokens.start);
    }
    spans
}

/// Words of a name that is looked for among capitals, at most.
const SHOUTED_WORDS: usize = 4;

/// In a paragraph of capitals only names that the rest of the article proves are seen.
fn shouted_spans(tokens: &[Token], spans: &[Span]) -> Vec<Span> {
    let mut found = Vec::new();
    if !tokens.iter().any(|token| token.shouted) {
        return found;
    }
    let name = |range: Range<usize>| {
        let words: Vec<String> = tokens[range]
            .iter()
            .map(|token| token::folded(token.text))
            .collect();
        words.join(" ")
    };
    let proven: HashMap<String, Found> = spans
        .iter()
        .filter(|span| !span.doubtful)
        .map(|span| (name(span.tokens.clone()), span.found))
        .collect();
    let mut at = 0;
    while at < tokens.len() {
        let longest = (1..=SHOUTED_WORDS).rev().find_map(|length| {
            let window = tokens.get(at..at + length)?;
            let one = window
                .iter()
                .all(|token| token.shouted && token.paragraph == tokens[at].paragraph);
            let found = proven.get(&name(at..at + length)).filter(|_| one)?;
            Some((at..at + length, *found))
        });
        at = match longest {
            Some((range, same)) => {
                let end = range.end;
                found.push(Span {
                    doubtful: true,
                    ..Span::of(range, same)
                });
                end
            }
            None => at + 1,
        };
    }
    found
}

impl Span {
    /// A name of which its capitals leave no doubt, and which stands by itself.
    pub(super) fn of(tokens: Range<usize>, found: Found) -> Span {
        Span {
            tokens,
            found,
            doubtful: false,
            abbreviates_previous: false,
            article: None,
        }
    }

    fn shifted(mut self, by: usize) -> Span {
        self.tokens = self.tokens.start + by..self.tokens.end + by;
        self
    }
}
