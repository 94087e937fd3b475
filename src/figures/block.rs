//! One block of text on its way through the grammar: its tokens, their meanings and the language.

use super::Options;
use super::lang::Language;
use super::lexicon::Word;
use super::sums::Currency;
use super::token::{Gap, Tokens};
use super::words::Words;

/// What every rule looks at.
pub(super) struct Block<'a, 't> {
    pub tokens: &'a Tokens<'t>,
    pub meanings: &'a [Word],
    pub lang: &'static Language,
    pub options: &'a Options,
    /// The block is all of the text.
    pub only: bool,
    /// The currency that the text was last in, before this block.
    pub earlier: Option<Currency>,
}

impl<'a, 't> Block<'a, 't> {
    pub fn words(&self) -> Words<'a, 't> {
        Words {
            tokens: self.tokens,
            meanings: self.meanings,
            lang: self.lang.lang,
        }
    }

    pub fn word(&self, i: usize) -> Word {
        self.meanings.get(i).copied().unwrap_or_default()
    }

    /// The tokens `first..end` are the whole text, but for a final mark.
    pub fn is_whole(&self, first: usize, end: usize) -> bool {
        self.only
            && first == 0
            && (end == self.tokens.len()
                || end + 1 == self.tokens.len() && matches!(self.tokens.mark(end), Some('.' | '!' | '?')))
    }

    pub fn is_line_start(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|token| token.gap == Gap::Line)
    }

    /// Token `i` begins a sentence or a line, or comes after an opening mark.
    pub fn is_sentence_start(&self, i: usize) -> bool {
        self.is_line_start(i)
            || i.checked_sub(1).is_none_or(|before| {
                matches!(
                    self.tokens.mark(before),
                    Some('.' | '!' | '?' | '…' | ':' | '«' | '“' | '"' | '(' | '–' | '—' | '|')
                )
            })
    }

    /// One of the folded words stands at `i`.
    pub fn is_one_of(&self, i: usize, words: &[&str]) -> bool {
        self.tokens.is_word(i) && words.contains(&self.tokens.fold(i))
    }
}
