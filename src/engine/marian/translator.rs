//! Many sentences at once: whatever is waiting joins as others finish.
//!
//! Every step takes each sentence under way one token further, all their hypotheses in one packed
//! batch. A sentence is encoded once, when it joins, together with the others that join; when it is
//! finished, or some of its beams are, their rows are gone from the next step.

use super::config::MarianConfig;
use super::network::{Network, Step, Wanted};
use super::search::Search;
pub use super::search::{Hypothesis, SearchOptions};
use crate::engine::error::EngineError;
use std::collections::BTreeMap;

/// How sentences share the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranslatorOptions {
    /// Most sentences under way.
    pub max_sentences: usize,
    /// Most source tokens of the sentences under way together; a single longer sentence is taken alone.
    pub max_source_tokens: usize,
}

impl Default for TranslatorOptions {
    fn default() -> Self {
        Self {
            max_sentences: 32,
            max_source_tokens: 4096,
        }
    }
}

/// A sentence's outputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Translation {
    /// As [`Translator::submit`] numbered it.
    pub id: u64,
    /// Best first; at least one.
    pub hypotheses: Vec<Hypothesis>,
    /// Tokens of the source, its end included.
    pub source_tokens: usize,
}

/// What a translator has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Source tokens that were read.
    pub read: u64,
    /// Tokens of the best outputs, their ends included.
    pub written: u64,
    /// Steps.
    pub steps: u64,
}

/// A network at work.
#[derive(Debug)]
pub struct Translator<N: Network> {
    network: N,
    options: TranslatorOptions,
    /// Sentences by length and order of arrival: the longest are taken first, so that none of them is
    /// left to run alone at the end.
    waiting: BTreeMap<(std::cmp::Reverse<usize>, u64), Waiting>,
    active: Vec<Active<N::State>>,
    counts: Counts,
    next: u64,
}

#[derive(Debug)]
struct Waiting {
    tokens: Vec<u32>,
    options: SearchOptions,
}

#[derive(Debug)]
struct Active<S> {
    id: u64,
    source_tokens: usize,
    search: Search,
    wanted: usize,
    state: S,
}

impl<N: Network> Translator<N> {
    /// Puts a network to work.
    pub fn new(network: N, options: TranslatorOptions) -> Self {
        Self {
            network,
            options,
            waiting: BTreeMap::new(),
            active: Vec::new(),
            counts: Counts::default(),
            next: 0,
        }
    }

    /// The model's shape.
    pub fn config(&self) -> &MarianConfig {
        self.network.config()
    }

    /// The network.
    pub fn network(&self) -> &N {
        &self.network
    }

    /// What was done so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Lets at most so many sentences be under way from now on.
    pub fn limit_sentences(&mut self, most: usize) {
        self.options.max_sentences = most;
    }

    /// Sentences that are not finished.
    pub fn outstanding(&self) -> usize {
        self.waiting.len() + self.active.len()
    }

    /// Takes in a sentence, with its end token.
    ///
    /// # Errors
    /// When it is empty, longer than the model's positions, or has a token that the model has not.
    pub fn submit(&mut self, tokens: Vec<u32>, options: SearchOptions) -> Result<u64, EngineError> {
        let config = self.network.config();
        if tokens.is_empty() {
            return Err(EngineError::EmptyPrompt);
        }
        if tokens.len() > config.positions {
            return Err(EngineError::PromptTooLong {
                tokens: tokens.len(),
                context: config.positions,
            });
        }
        let vocabulary = config.source_vocabulary;
        if let Some(token) = tokens.iter().find(|token| **token as usize >= vocabulary) {
            return Err(EngineError::UnknownToken {
                token: *token,
                vocabulary,
            });
        }
        let options = SearchOptions {
            // The last token is written, not read: it needs no position.
            max_length: options.max_length.min(config.positions + 1),
            ..options
        };
        let id = self.next;
        self.next += 1;
        self.waiting
            .insert((std::cmp::Reverse(tokens.len()), id), Waiting { tokens, options });
        Ok(id)
    }

    /// Takes every sentence under way one token further, after others joined; returns what is
    /// finished.
    ///
    /// # Errors
    /// When the device failed: nothing that is outstanding will be finished.
    pub fn step(&mut self) -> Result<Vec<Translation>, EngineError> {
        let mut finished = Vec::new();
        self.admit()?;
        self.retire(&mut finished, |_, active| active.search.outcome_before_step());
        if self.active.is_empty() {
            return Ok(finished);
        }
        let best = self.active.iter().map(|active| active.wanted).max().unwrap_or(1);
        let wanted = Wanted {
            best,
            renormalize: self.network.config().generation.renormalize,
        };
        let mut work: Vec<(&mut N::State, Step)> = self
            .active
            .iter_mut()
            .map(|Active { search, state, .. }| (state, step_of(search)))
            .collect();
        let found = self.network.step(&mut work, wanted)?;
        drop(work);
        self.counts.steps += 1;
        self.retire(&mut finished, |index, active| {
            active.search.advance(found.get(index)?)
        });
        Ok(finished)
    }

    /// Lets waiting sentences join, and encodes them together.
    fn admit(&mut self) -> Result<(), EngineError> {
        let mut under_way: usize = self.active.iter().map(|active| active.source_tokens).sum();
        let mut joining = Vec::new();
        while self.active.len() + joining.len() < self.options.max_sentences.max(1) {
            let Some(entry) = self.waiting.first_entry() else {
                break;
            };
            let tokens = entry.get().tokens.len();
            if under_way > 0 && under_way + tokens > self.options.max_source_tokens {
                break;
            }
            under_way += tokens;
            let ((_, id), waiting) = entry.remove_entry();
            joining.push((id, waiting));
        }
        if joining.is_empty() {
            return Ok(());
        }
        let sources: Vec<&[u32]> = joining.iter().map(|(_, w)| w.tokens.as_slice()).collect();
        let states = self.network.encode(&sources)?;
        for ((id, waiting), state) in joining.into_iter().zip(states) {
            self.counts.read += waiting.tokens.len() as u64;
            self.active.push(Active {
                id,
                source_tokens: waiting.tokens.len(),
                search: Search::new(waiting.options, &self.network.config().generation),
                wanted: Search::wanted(&waiting.options),
                state,
            });
        }
        Ok(())
    }

    /// Takes the sentences out whose search is over.
    fn retire(
        &mut self,
        finished: &mut Vec<Translation>,
        mut over: impl FnMut(usize, &mut Active<N::State>) -> Option<Vec<Hypothesis>>,
    ) {
        let counts = &mut self.counts;
        let mut index = 0;
        self.active.retain_mut(|active| {
            let outcome = over(index, active);
            index += 1;
            let Some(hypotheses) = outcome else { return true };
            counts.written += hypotheses.first().map_or(0, |best| best.tokens.len() as u64 + 1);
            finished.push(Translation {
                id: active.id,
                hypotheses,
                source_tokens: active.source_tokens,
            });
            false
        });
    }
}

fn step_of(search: &Search) -> Step<'_> {
    Step {
        parents: search.parents(),
        tokens: search.newest(),
        forbidden: search.forbidden(),
        forbidden_by_row: search.forbidden_by_row(),
    }
}
