//! Grammars over the model's tokens, by llguidance.
//!
//! A grammar's text is compiled once and kept: requests of one article share it. What a grammar may cost
//! is bounded by the limits of llguidance; hitting one is an error of that request, never a panic.

use super::constraint::{Allowed, TokenConstraint};
use super::tokenizer::TextTokenizer;
use crate::backend::{Constraint, USUAL_CHARACTERS};
use llguidance::api::TopLevelGrammar;
use llguidance::{Matcher, ParserFactory};
use std::collections::VecDeque;
use std::sync::Arc;
use toktrie::{InferenceCapabilities, TokEnv, TokRxInfo, TokTrie, TokenId, TokenizerEnv};

/// Why a grammar cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GrammarError {
    /// The tokenizer cannot be used with grammars.
    #[error("the tokenizer cannot be used with grammars: {0}")]
    Tokenizer(String),
    /// The grammar is wrong, or larger than the limits.
    #[error("{0}")]
    Grammar(String),
}

/// Compiled grammars that are kept.
const KEPT: usize = 64;

/// A token longer than this is never chosen under a grammar: the trie cannot hold it.
const LONGEST_TOKEN: usize = 128;

/// Turns grammars into constraints for one model.
pub struct GrammarCompiler {
    factory: ParserFactory,
    /// Fresh matchers by the hash of their grammar, the last used at the end.
    compiled: VecDeque<(blake3::Hash, Matcher)>,
}

impl GrammarCompiler {
    /// For a model whose logits are `width` wide and whose answers end with one of `stop`.
    ///
    /// # Errors
    /// When there is no end token among the model's tokens.
    pub fn new(tokenizer: Arc<TextTokenizer>, width: usize, stop: &[u32]) -> Result<Self, GrammarError> {
        let environment: TokEnv = Arc::new(Environment::new(tokenizer, width, stop)?);
        let mut factory = ParserFactory::new(&environment, InferenceCapabilities::default(), &slices())
            .map_err(|error| GrammarError::Tokenizer(error.to_string()))?;
        factory.quiet();
        Ok(GrammarCompiler {
            factory,
            compiled: VecDeque::new(),
        })
    }

    /// A constraint at the start of its grammar.
    ///
    /// # Errors
    /// When the grammar is wrong, or larger than the limits.
    pub fn compile(&mut self, constraint: &Constraint) -> Result<Box<dyn TokenConstraint>, GrammarError> {
        let Constraint::Lark(text) = constraint;
        let hash = blake3::hash(text.as_bytes());
        if let Some(position) = self.compiled.iter().position(|(known, _)| *known == hash)
            && let Some(entry) = self.compiled.remove(position)
        {
            let matcher = entry.1.clone();
            self.compiled.push_back(entry);
            return Ok(Box::new(Grammar { matcher }));
        }
        let parser = self
            .factory
            .create_parser(TopLevelGrammar::from_lark(text.clone()));
        let matcher = Matcher::new(parser);
        if let Some(error) = matcher.get_error() {
            return Err(GrammarError::Grammar(plain(&error)));
        }
        if self.compiled.len() == KEPT {
            self.compiled.pop_front();
        }
        self.compiled.push_back((hash, matcher.clone()));
        Ok(Box::new(Grammar { matcher }))
    }
}

/// Texts whose tokens are looked up at once instead of one by one: of the characters that answers are made of. That serves
/// wherever the grammar allows any of them next, which it does until the last 20 characters of a text of limited length;
/// to prepare shorter texts besides would take as long as fifty tokens' walks, at every start.
fn slices() -> Vec<String> {
    vec![format!("[{USUAL_CHARACTERS}]{{1,20}}")]
}

/// One sequence under a grammar.
struct Grammar {
    matcher: Matcher,
}

impl TokenConstraint for Grammar {
    fn allowed(&mut self) -> Result<Allowed, String> {
        if self.is_over()? {
            return Ok(Allowed::Stop);
        }
        let mask = self
            .matcher
            .compute_mask()
            .map_err(|error| plain(&error.to_string()))?;
        Ok(Allowed::Tokens(mask.as_slice().to_vec()))
    }

    fn forced(&mut self) -> Vec<u32> {
        if self.matcher.is_stopped() {
            return Vec::new();
        }
        self.matcher.compute_ff_tokens()
    }

    fn commit(&mut self, token: u32) -> Result<(), String> {
        self.matcher
            .consume_token(token)
            .map_err(|error| plain(&error.to_string()))
    }
}

impl Grammar {
    fn is_over(&self) -> Result<bool, String> {
        if !self.matcher.is_stopped() {
            return Ok(false);
        }
        match self.matcher.get_error() {
            Some(error) => Err(plain(&error)),
            None => Ok(true),
        }
    }
}

/// The message without llguidance's markup.
fn plain(error: &str) -> String {
    error.split("\n<").next().unwrap_or_default().trim().to_owned()
}

/// The tokenizer as llguidance sees it.
struct Environment {
    tokenizer: Arc<TextTokenizer>,
    trie: TokTrie,
}

impl Environment {
    fn new(tokenizer: Arc<TextTokenizer>, width: usize, stop: &[u32]) -> Result<Self, GrammarError> {
        let stop: Vec<u32> = stop
            .iter()
            .copied()
            .filter(|&token| (token as usize) < width)
            .collect();
        let Some(&end) = stop.first() else {
            let message = "expected an end token among the model's tokens, but found none";
            return Err(GrammarError::Tokenizer(message.to_owned()));
        };
        // As wide as the logits: a tokenizer may have fewer tokens than the model, or more.
        let words: Vec<Vec<u8>> = (0..width)
            .map(|token| {
                let token = token as u32;
                let bytes = tokenizer.token_bytes(token);
                if stop.contains(&token) {
                    // Marked as special, so that no text is ever spelled with it.
                    let mut marked = vec![TokTrie::SPECIAL_TOKEN_MARKER];
                    marked.extend(format!("<stop{token}>").bytes());
                    marked
                } else if bytes.len() > LONGEST_TOKEN || bytes.contains(&TokTrie::SPECIAL_TOKEN_MARKER) {
                    Vec::new()
                } else {
                    bytes.to_vec()
                }
            })
            .collect();
        let width = u32::try_from(width)
            .map_err(|_| GrammarError::Tokenizer(format!("{width} tokens are too many")))?;
        let info = TokRxInfo::new(width, end);
        let trie = TokTrie::from(&info, &words).with_eos_tokens(&stop);
        Ok(Environment { tokenizer, trie })
    }

    /// The canonical tokens of a text, or the longest ones that spell it, where the tokenizer's differ
    /// from it (a normalizer changed it) or are not all in the model.
    fn encode(&self, text: &str) -> Vec<TokenId> {
        let canonical = self.tokenizer.encode_exact(text).unwrap_or_default();
        let mut rest = text.as_bytes();
        for &token in &canonical {
            let known = (token as usize) < self.trie.vocab_size();
            match rest.strip_prefix(self.tokenizer.token_bytes(token)) {
                Some(after) if known && after.len() < rest.len() => rest = after,
                _ => return self.trie.greedy_tokenize(text.as_bytes()),
            }
        }
        if rest.is_empty() {
            canonical
        } else {
            self.trie.greedy_tokenize(text.as_bytes())
        }
    }
}

impl TokenizerEnv for Environment {
    fn tok_trie(&self) -> &TokTrie {
        &self.trie
    }

    fn tokenize_bytes(&self, bytes: &[u8]) -> Vec<TokenId> {
        self.trie
            .tokenize_with_greedy_fallback(bytes, |text| self.encode(text))
    }
}

#[cfg(test)]
mod tests;
