//! Phrases of a few words, matched at a token from the right or from the left.

use super::lexicon::Table;
use super::token::Tokens;

/// Phrases and what each means.
#[derive(Debug)]
pub(super) struct Phrases<T> {
    /// By the word next to the figure, longest phrase first.
    by_edge: Table<&'static str, Vec<(Vec<&'static str>, T)>>,
    /// The figure follows the phrase.
    leads: bool,
}

impl<T: Copy> Phrases<T> {
    /// Phrases that come before a figure. Words are canonical: see [`canonical`]; phrases are separated by `|`.
    pub fn leading(rows: &[(&'static str, T)]) -> Phrases<T> {
        Phrases::build(rows, true)
    }

    /// Phrases that come after a figure.
    pub fn trailing(rows: &[(&'static str, T)]) -> Phrases<T> {
        Phrases::build(rows, false)
    }

    fn build(rows: &[(&'static str, T)], leads: bool) -> Phrases<T> {
        let mut by_edge: Table<&'static str, Vec<(Vec<&'static str>, T)>> = Table::default();
        for (phrases, meaning) in rows {
            for phrase in phrases.split('|') {
                let words: Vec<&'static str> = phrase.split_ascii_whitespace().collect();
                let edge = if leads { words.last() } else { words.first() };
                if let Some(edge) = edge {
                    by_edge.entry(edge).or_default().push((words, *meaning));
                }
            }
        }
        for phrases in by_edge.values_mut() {
            phrases.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        Phrases { by_edge, leads }
    }

    /// The longest phrase that ends right before token `at`, and its first token.
    pub fn ending_at(&self, tokens: &Tokens<'_>, at: usize) -> Option<(usize, T)> {
        debug_assert!(self.leads);
        let edge = at.checked_sub(1)?;
        self.by_edge
            .get(canonical(word(tokens, edge)))?
            .iter()
            .find_map(|(words, meaning)| {
                let first = at.checked_sub(words.len())?;
                self.matches(tokens, first, words).then_some((first, *meaning))
            })
    }

    /// The longest phrase that begins at token `at`, and one past its last token.
    pub fn starting_at(&self, tokens: &Tokens<'_>, at: usize) -> Option<(usize, T)> {
        debug_assert!(!self.leads);
        self.by_edge
            .get(canonical(word(tokens, at)))?
            .iter()
            .find_map(|(words, meaning)| {
                self.matches(tokens, at, words)
                    .then_some((at + words.len(), *meaning))
            })
    }

    fn matches(&self, tokens: &Tokens<'_>, first: usize, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(k, expected)| canonical(word(tokens, first + k)) == *expected)
    }
}

/// A word's folded form, a mark's own character.
fn word<'a>(tokens: &'a Tokens<'_>, i: usize) -> &'a str {
    if tokens.is_word(i) {
        tokens.fold(i)
    } else {
        tokens.raw(i)
    }
}

/// One form for words that change with what follows: `des`, `du` → `de`; `aux`, `au` → `à`; `la`, `les` → `le`.
pub(super) fn canonical(fold: &str) -> &str {
    match fold {
        "des" | "du" => "de",
        "au" | "aux" => "à",
        "la" | "les" => "le",
        "une" => "un",
        other => other,
    }
}
