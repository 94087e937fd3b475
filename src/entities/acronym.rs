//! Names that the article spells out once and abbreviates in parentheses:
//! `l’Agence nationale de la recherche (ANR)`, `le DMA (Digital Markets Act)`.

use super::law;
use super::lexicon::{Cue, lexicon};
use super::token::{Shape, Token, unaccented};
use std::collections::{HashMap, HashSet};

/// Words of a long form at most.
const MAX_WORDS: usize = 22;

/// The long and the short forms, by the token at which they start.
#[derive(Debug, Default)]
pub(super) struct Expansions {
    long: HashMap<usize, usize>,
    short: HashSet<usize>,
    links: HashSet<usize>,
}

impl Expansions {
    /// Finds every pair.
    pub(super) fn find(tokens: &[Token]) -> Expansions {
        let mut found = Expansions::default();
        for (open, token) in tokens.iter().enumerate() {
            if token.is("(") && open > 0 {
                found.short_in_brackets(tokens, open);
                found.long_in_brackets(tokens, open);
            }
        }
        found
    }

    /// One past the long form that starts at this token.
    pub(super) fn long_form(&self, at: usize) -> Option<usize> {
        self.long.get(&at).copied()
    }

    /// Whether a short form stands at this token.
    pub(super) fn is_short_form(&self, at: usize) -> bool {
        self.short.contains(&at)
    }

    /// Whether the name at this token is another form of the name before it.
    pub(super) fn links(&self, at: usize) -> bool {
        self.links.contains(&at)
    }

    /// `Long Form (LF)`.
    fn short_in_brackets(&mut self, tokens: &[Token], open: usize) {
        let closes = tokens.get(open + 2).is_some_and(|token| token.is(")"));
        let Some(short) = tokens.get(open + 1).filter(|token| closes && is_short(token)) else {
            return;
        };
        let earliest = open.saturating_sub(MAX_WORDS);
        let start = (earliest..open)
            .rev()
            .take_while(|&at| same_sentence(tokens, at, open))
            .find(|&at| {
                let token = &tokens[at];
                let proper =
                    token.shape.is_name_like() && !(token.opens && lexicon().is_common(token, false));
                (proper || law::is_head(token)) && abbreviates(short.text, &tokens[at..open])
            });
        let start = start.or_else(|| institution_before(tokens, open, earliest));
        if let Some(start) = start {
            self.long.insert(start, open);
            self.short.insert(open + 1);
            self.links.insert(open + 1);
        }
    }

    /// `LF (Long Form)`.
    fn long_in_brackets(&mut self, tokens: &[Token], open: usize) {
        let short = &tokens[open - 1];
        if !is_short(short) || short.shape == Shape::Capital {
            return;
        }
        let close = (open + 2..(open + MAX_WORDS).min(tokens.len())).find(|&at| tokens[at].is(")"));
        let Some(close) = close.filter(|close| close - open > 1) else {
            return;
        };
        let proper = tokens[open + 1].shape.is_name_like();
        let plain = tokens[open + 1..close]
            .iter()
            .all(|token| token.shape != Shape::Sign);
        if proper && plain && abbreviates(short.text, &tokens[open + 1..close]) && close - open > 2 {
            self.short.insert(open - 1);
            self.long.insert(open + 1, close);
            self.links.insert(open + 1);
        }
    }
}

fn is_short(token: &Token) -> bool {
    let letters = token.text.chars().count();
    let shape = matches!(token.shape, Shape::Acronym | Shape::Capital | Shape::Mixed);
    shape && (2..=8).contains(&letters) && !lexicon().is_generic_acronym(token)
}

fn same_sentence(tokens: &[Token], at: usize, open: usize) -> bool {
    tokens[at].sentence == tokens[open].sentence && !matches!(tokens[at].text, ")" | ";" | "»" | "«")
}

/// `Institut national … (Inria)`: the letters do not tell, the first word does.
fn institution_before(tokens: &[Token], open: usize, earliest: usize) -> Option<usize> {
    let start = (earliest..open)
        .rev()
        .take_while(|&at| same_sentence(tokens, at, open) && !tokens[at].is(","))
        .find(|&at| tokens[at].shape == Shape::Capital)?;
    let head = lexicon().is_spelled(Cue::Institution, tokens[start].text) && !tokens[start].opens;
    (head && open - start > 1).then_some(start)
}

/// Whether the letters of `short` are initials of the words, in order; further letters may come from
/// inside a word that gave its initial (`Orange Cyberdefense` gives `OCD`).
fn abbreviates(short: &str, words: &[Token]) -> bool {
    let mut letters = short.chars().map(fold).peekable();
    let mut initials = 0;
    let mut parts = 0;
    let pieces = words.iter().flat_map(|word| {
        word.lower
            .split('-')
            .map(|piece| (piece, word.shape == Shape::Acronym))
    });
    for (index, (word, spelled)) in pieces.enumerate() {
        let mut chars = word.chars().map(fold);
        let Some(first) = chars.next() else { continue };
        let long_word = word.chars().count() > 3;
        if long_word {
            parts += 1;
        }
        if letters.peek() != Some(&first) {
            if index == 0 {
                return false;
            }
            continue;
        }
        letters.next();
        initials += 1;
        // `BW Gestão de Investimentos` gives `BWGI`.
        if spelled {
            while chars
                .clone()
                .next()
                .is_some_and(|inner| letters.peek() == Some(&inner))
            {
                chars.next();
                letters.next();
            }
        }
        // Letters from inside a word only where no later word could give them.
        let rest: Vec<char> = letters.clone().collect();
        if rest.len() == 1 && words.last().is_some_and(|last| last.lower.ends_with(word)) {
            for inner in chars {
                if letters.peek() == Some(&inner) {
                    letters.next();
                }
            }
        }
    }
    letters.peek().is_none() && initials >= 2 && parts <= initials + 4
}

/// Without accent, in small letters.
fn fold(c: char) -> char {
    unaccented(c.to_lowercase().next().unwrap_or(c))
}
