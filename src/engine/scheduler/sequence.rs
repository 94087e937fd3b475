//! One request on its way: its tokens, its pages, its constraint.

use super::draft::Drafts;
use super::{RequestId, TokenOutput, TokenRequest};
use crate::backend::Finish;
use crate::engine::constraint::{Allowed, TokenConstraint};
use crate::engine::decoder::{Chunk, Row, Rows, Want};
use crate::engine::error::SequenceError;
use crate::engine::kv::PAGE;
use crate::engine::kv::pool::PrefixHash;
use crate::engine::sampling::Sampler;

/// How a sequence ended.
pub(super) type End = Result<Finish, SequenceError>;

pub(super) struct Sequence {
    pub(super) id: RequestId,
    /// Prompt and answer, and behind them what is guessed to follow.
    pub(super) tokens: Vec<u32>,
    /// How many of them are guessed.
    guessed: usize,
    drafts: Drafts,
    /// How many of them are the prompt.
    pub(super) prompt: usize,
    /// How many have their keys and values in the pages.
    pub(super) computed: usize,
    pub(super) pages: Vec<u32>,
    /// Tokens of the prompt that a shared prefix saved.
    pub(super) cached: usize,
    /// Prefixes of the whole pages of the prompt, then of the answer as they fill.
    prefixes: Vec<PrefixHash>,
    /// Pages that were filed or need not be.
    filed: usize,
    /// Most tokens of the answer.
    most: usize,
    forced: usize,
    sampler: Sampler,
    stop: Vec<u32>,
    constraint: Option<Box<dyn TokenConstraint>>,
    /// What the constraint allows next.
    mask: Option<Vec<u32>>,
    /// Tokens of the model.
    vocabulary: usize,
}

impl Sequence {
    pub(super) fn new(
        id: RequestId,
        request: TokenRequest,
        (context, vocabulary): (usize, usize),
        draft_tokens: usize,
    ) -> Self {
        let prompt = request.tokens.len();
        // A guess is checked against the one most probable token.
        let greedy = request.sampling.temperature <= 0.0;
        Self {
            id,
            prompt,
            prefixes: PrefixHash::chain(&request.tokens),
            most: request.max_tokens.min(context - prompt),
            sampler: Sampler::new(request.sampling),
            stop: request.stop_tokens,
            constraint: request.constraint,
            tokens: request.tokens,
            guessed: 0,
            drafts: Drafts::new(if greedy { draft_tokens } else { 0 }),
            computed: 0,
            pages: Vec::new(),
            cached: 0,
            filed: 0,
            forced: 0,
            mask: None,
            vocabulary,
        }
    }

    /// Prefixes of the whole pages.
    pub(super) fn prefixes(&self) -> &[PrefixHash] {
        &self.prefixes
    }

    /// Prefixes of the prompt that this sequence is going to compute.
    pub(super) fn coming(&self) -> impl Iterator<Item = PrefixHash> {
        let prompt = self.prompt / PAGE;
        self.prefixes.iter().take(prompt).skip(self.filed).copied()
    }

    /// Pages that it can still ask for.
    pub(super) fn pages_to_come(&self) -> usize {
        let all = (self.prompt + self.most).div_ceil(PAGE);
        all.saturating_sub(self.pages.len())
    }

    /// Pages that its prompt still takes.
    pub(super) fn prompt_to_come(&self) -> usize {
        self.prompt.div_ceil(PAGE).saturating_sub(self.pages.len())
    }

    /// Takes tokens that the constraint forces at once; ends a request that wants no answer.
    pub(super) fn begin(&mut self) -> Option<End> {
        if self.most == 0 {
            return Some(Ok(Finish::Length));
        }
        self.consult()
    }

    pub(super) fn take_over(&mut self, pages: Vec<u32>, computed: usize) {
        self.filed = computed / PAGE;
        self.pages = pages;
        self.computed = computed;
        self.cached = computed;
    }

    /// Tokens to compute before the next one can be chosen.
    pub(super) fn pending(&self) -> usize {
        self.tokens.len() - self.computed
    }

    pub(super) fn is_answering(&self) -> bool {
        self.computed >= self.prompt
    }

    /// Guesses up to `room` tokens to be computed along with the next one.
    pub(super) fn guess(&mut self, room: usize) {
        let left = (self.prompt + self.most).saturating_sub(self.tokens.len() + 1);
        let guessed = self.drafts.propose(&self.tokens, room.min(left)).to_vec();
        self.guessed = guessed.len();
        self.tokens.extend(guessed);
    }

    /// The next `count` tokens; logits only where the next token follows, and behind each guessed one.
    pub(super) fn chunk(&self, count: usize) -> Chunk<'_> {
        let last = self.computed + count == self.tokens.len();
        Chunk {
            tokens: &self.tokens[self.computed..self.computed + count],
            start: self.computed,
            pages: &self.pages,
            logits_from: if last { count - 1 - self.guessed } else { count },
        }
    }

    /// What it wants of the first `rows` rows of those that it wants: behind a guessed token of a constrained answer
    /// nobody knows yet what is allowed.
    pub(super) fn wants(&self, rows: usize) -> impl Iterator<Item = Want<'_>> {
        (0..rows).map(|row| match (&self.constraint, &self.mask) {
            _ if !self.sampler.is_greedy() => Want::Logits,
            (None, _) => Want::Best(None),
            (Some(_), Some(mask)) if row == 0 => Want::Best(Some(mask)),
            _ => Want::Logits,
        })
    }

    /// How much of the prompt is computed.
    pub(super) fn read(&self) -> usize {
        self.computed.min(self.prompt)
    }

    /// Pages that are full and computed since the last call, with their prefixes.
    pub(super) fn newly_full(&mut self) -> Vec<(u32, PrefixHash)> {
        let full = self.computed / PAGE;
        while self.prefixes.len() < full {
            let before = self.prefixes.last().copied().unwrap_or(PrefixHash::EMPTY);
            let page = self.prefixes.len();
            let tokens = &self.tokens[page * PAGE..(page + 1) * PAGE];
            self.prefixes.push(before.then(tokens));
        }
        let new = (self.filed..full).map(|page| (self.pages[page], self.prefixes[page]));
        let new = new.collect();
        self.filed = self.filed.max(full);
        new
    }

    /// Takes what was found behind the `count` tokens that were computed (one row for the next token and one for
    /// each guessed one), chooses what follows as long as the guesses hold, and forgets the others. Returns how
    /// many guesses held, and how the sequence ended, if it did.
    pub(super) fn choose(&mut self, rows: Rows, count: usize) -> (usize, Option<End>) {
        let guessed = self.tokens.split_off(self.tokens.len() - self.guessed);
        self.guessed = 0;
        let (before, known) = (self.tokens.len(), self.computed + count - guessed.len());
        let mut end = None;
        let mut next = rows.get(0);
        while let Some(row) = next {
            end = self.next_token(row);
            let follows = &self.tokens[before..];
            if end.is_some() || guessed.get(..follows.len()) != Some(follows) {
                break;
            }
            // Forced tokens may have come with it: the row behind all of them is next.
            next = rows.get(follows.len());
        }
        let follows = &self.tokens[before..];
        let held = guessed.iter().zip(follows).take_while(|(a, b)| a == b).count();
        self.drafts.learn(guessed.len(), held);
        self.computed = known + held;
        (held, end)
    }

    /// Chooses the next token; returns how the sequence ended, if it did.
    fn next_token(&mut self, row: Row) -> Option<End> {
        let mask = self.mask.as_deref();
        let token = match self.sampler.sample(row, mask, self.tokens.len()) {
            Ok(token) => token,
            Err(error) => return Some(Err(error)),
        };
        if self.stop.contains(&token) {
            return Some(Ok(Finish::Stop));
        }
        if let Err(end) = self.push(token) {
            return Some(end);
        }
        self.consult()
    }

    fn push(&mut self, token: u32) -> Result<(), End> {
        if token as usize >= self.vocabulary {
            let reason = format!("token {token} is not one of {}", self.vocabulary);
            return Err(Err(SequenceError::Constraint(reason)));
        }
        self.tokens.push(token);
        match &mut self.constraint {
            Some(constraint) => constraint
                .commit(token)
                .map_err(|reason| Err(SequenceError::Constraint(reason))),
            None => Ok(()),
        }
    }

    /// Appends what the constraint forces and asks what it allows after that.
    fn consult(&mut self) -> Option<End> {
        let room = |s: &Self| s.tokens.len() - s.prompt < s.most;
        if let Some(constraint) = &mut self.constraint {
            let forced = constraint.forced();
            for token in forced {
                if !room(self) {
                    return Some(Ok(Finish::Length));
                }
                if self.stop.contains(&token) {
                    return Some(Ok(Finish::Stop));
                }
                self.forced += 1;
                if let Err(end) = self.push(token) {
                    return Some(end);
                }
            }
        }
        if let Some(constraint) = &mut self.constraint {
            match constraint.allowed() {
                Ok(Allowed::Stop) => return Some(Ok(Finish::Stop)),
                Ok(Allowed::Tokens(mask)) => self.mask = Some(mask),
                Err(reason) => return Some(Err(SequenceError::Constraint(reason))),
            }
        }
        (!room(self)).then_some(Ok(Finish::Length))
    }

    pub(super) fn output(mut self, finish: End) -> (RequestId, TokenOutput) {
        let output = TokenOutput {
            tokens: self.tokens.split_off(self.prompt),
            finish,
            prompt_tokens: self.prompt,
            cached_tokens: self.cached,
            forced_tokens: self.forced,
        };
        (self.id, output)
    }
}
