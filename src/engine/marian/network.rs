//! What the search needs of a network, whatever computes it.

use super::config::MarianConfig;
use crate::engine::error::EngineError;
use crate::engine::kernels::seq2seq::top::{BLOCK, Candidates, scan};

/// One step of one sentence: its hypotheses, each with its newest token.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// For each hypothesis, which hypothesis of the step before it goes on from; before the first
    /// step there is one.
    pub parents: &'a [usize],
    /// The newest token of each.
    pub tokens: &'a [u32],
    /// Tokens that none may be followed by.
    pub forbidden: &'a [u32],
    /// Tokens that single ones must not be followed by.
    pub forbidden_by_row: &'a [Vec<u32>],
}

/// What is wanted of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Tokens for each hypothesis, the best ones.
    pub best: usize,
    /// Whether the probabilities of allowed tokens add up to 1, or those of all tokens.
    pub renormalize: bool,
}

/// An encoder-decoder. A sentence's numbers do not depend on the others that are computed with it.
pub trait Network {
    /// What is kept of a sentence between steps: what the encoder read, and what was written.
    type State;

    /// The model's shape.
    fn config(&self) -> &MarianConfig;

    /// `int8`, `f32`, …
    fn precision(&self) -> &str;

    /// Reads sentences, each with its end token.
    ///
    /// # Errors
    /// When a token is unknown or the device fails.
    fn encode(&self, sentences: &[&[u32]]) -> Result<Vec<Self::State>, EngineError>;

    /// The encoder's output of one sentence, `[tokens, width]`: for tests against other programs.
    ///
    /// # Errors
    /// As [`Network::encode`].
    fn encoder_output(&self, sentence: &[u32]) -> Result<Vec<f32>, EngineError>;

    /// Takes every sentence one token further; returns the best next tokens of each hypothesis.
    ///
    /// # Errors
    /// When a token is unknown, a position is beyond the model's, or the device fails.
    fn step(
        &self,
        work: &mut [(&mut Self::State, Step)],
        wanted: Wanted,
    ) -> Result<Vec<Vec<Candidates>>, EngineError>;

    /// The logits after the newest token of one hypothesis: for tests against other programs.
    ///
    /// # Errors
    /// As [`Network::step`].
    fn logits(&self, state: &mut Self::State, token: u32) -> Result<Vec<f32>, EngineError>;
}

impl Step<'_> {
    /// What each hypothesis must not be followed by.
    pub(super) fn all_forbidden(&self) -> impl Iterator<Item = Vec<u32>> {
        (0..self.tokens.len()).map(|row| {
            let own = self.forbidden_by_row.get(row).into_iter().flatten();
            self.forbidden.iter().chain(own).copied().collect()
        })
    }
}

/// The best tokens of one row of logits.
pub(super) fn best_of(logits: &[f32], forbidden: &[u32], wanted: Wanted) -> Candidates {
    let mut found = Candidates::EMPTY;
    let mut block = Vec::with_capacity(BLOCK);
    for (index, logits) in logits.chunks(BLOCK).enumerate() {
        block.clear();
        block.extend_from_slice(logits);
        let part = best_of_block(&mut block, index * BLOCK, forbidden, wanted);
        found.merge(part, wanted.best + forbidden.len());
    }
    found.without(forbidden, wanted.best);
    found
}

/// The same for a part of a row, from token `first` on; forbidden tokens are still counted among the
/// best where probabilities are over all tokens.
pub(super) fn best_of_block(
    logits: &mut [f32],
    first: usize,
    forbidden: &[u32],
    wanted: Wanted,
) -> Candidates {
    if wanted.renormalize {
        for token in forbidden {
            let place = (*token as usize).checked_sub(first);
            if let Some(logit) = place.and_then(|place| logits.get_mut(place)) {
                *logit = f32::NEG_INFINITY;
            }
        }
    }
    scan(logits, first, wanted.best + forbidden.len())
}
