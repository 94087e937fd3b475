//! The search for one sentence's output: greedy, or along several hypotheses at once.
//!
//! Step by step what transformers does (`generation/utils.py`, `_beam_search` and its helpers, and
//! `_sample` without sampling), for one sentence: in transformers, too, a sentence's outcome does not
//! depend on its batch.

use super::config::{EarlyStopping, Generation};
use crate::engine::kernels::seq2seq::top::Candidates;

/// How one sentence is searched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SearchOptions {
    /// Hypotheses that are followed; 1 is greedy.
    pub beams: usize,
    /// A hypothesis of `n` tokens is worth its log-probability over `n^penalty`.
    pub length_penalty: f64,
    /// When the search stops.
    pub early_stopping: EarlyStopping,
    /// Most tokens of an output, the start included.
    pub max_length: usize,
}

impl SearchOptions {
    /// What the model's files ask for.
    pub fn of(generation: &Generation) -> Self {
        Self {
            beams: generation.beams,
            length_penalty: generation.length_penalty,
            early_stopping: generation.early_stopping,
            max_length: generation.max_length,
        }
    }
}

/// One output of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Hypothesis {
    /// Its tokens, without start and end.
    pub tokens: Vec<u32>,
    /// Its log-probability over the penalty of its length; of a greedy search the log-probability.
    pub score: f32,
    /// Whether the model ended it; else it was cut.
    pub ended: bool,
}

/// A search under way.
#[derive(Debug)]
pub(super) struct Search {
    options: SearchOptions,
    start: u32,
    end: u32,
    forced_end: Option<u32>,
    forbidden: Vec<u32>,
    /// Forbidden sequences of more than one token.
    forbidden_sequences: Vec<Vec<u32>>,
    /// Open hypotheses, best first; `tokens` is without the start.
    open: Vec<Hypothesis>,
    /// Finished ones, best first, at most as many as beams.
    finished: Vec<Hypothesis>,
    /// For each open hypothesis, which of the step before it goes on from.
    parents: Vec<usize>,
    newest: Vec<u32>,
    forbidden_by_row: Vec<Vec<u32>>,
}

impl Search {
    pub(super) fn new(options: SearchOptions, generation: &Generation) -> Self {
        let words = generation.bad_words.iter();
        // The end may always be written.
        let words = words.filter(|word| word.as_slice() != [generation.end]);
        let (single, longer): (Vec<_>, Vec<_>) = words.partition(|word| word.len() == 1);
        let mut search = Self {
            options: SearchOptions {
                beams: options.beams.max(1),
                max_length: options.max_length.max(1),
                ..options
            },
            start: generation.start,
            end: generation.end,
            forced_end: generation.forced_end,
            forbidden: single.into_iter().flatten().copied().collect(),
            forbidden_sequences: longer.into_iter().cloned().collect(),
            open: vec![Hypothesis {
                tokens: Vec::new(),
                score: 0.0,
                ended: false,
            }],
            finished: Vec::new(),
            parents: vec![0],
            newest: vec![generation.start],
            forbidden_by_row: Vec::new(),
        };
        search.note_forbidden();
        search
    }

    pub(super) fn parents(&self) -> &[usize] {
        &self.parents
    }

    /// The newest token of each open hypothesis.
    pub(super) fn newest(&self) -> &[u32] {
        &self.newest
    }

    pub(super) fn forbidden(&self) -> &[u32] {
        &self.forbidden
    }

    pub(super) fn forbidden_by_row(&self) -> &[Vec<u32>] {
        &self.forbidden_by_row
    }

    /// Candidates that a step must give for each hypothesis.
    pub(super) fn wanted(options: &SearchOptions) -> usize {
        match options.beams {
            0 | 1 => 1,
            // As many may end as there are beams: that many again go on.
            beams => 2 * beams,
        }
    }

    /// Ends a search before a step that could add nothing: at the greatest length, where the only
    /// token would be the forced end, or none.
    pub(super) fn outcome_before_step(&mut self) -> Option<Vec<Hypothesis>> {
        let length = 1 + self.open.first().map_or(0, |open| open.tokens.len());
        let forced = self.forced_end.is_some() && length + 1 >= self.options.max_length;
        if !forced && length < self.options.max_length {
            return None;
        }
        // Whether the last step was forced or the length ran out, the open ones are now finished; a
        // forced end counts as a token.
        let counted = length - 1 + usize::from(forced);
        let open = std::mem::take(&mut self.open);
        if self.options.beams == 1 {
            return Some(open);
        }
        if !(self.is_full() && self.options.early_stopping == EarlyStopping::Yes) {
            for mut hypothesis in open {
                hypothesis.score = self.penalized(hypothesis.score, counted);
                self.finish(hypothesis);
            }
        }
        Some(std::mem::take(&mut self.finished))
    }

    /// Takes in what a step found for each open hypothesis; returns the outputs, best first, when the
    /// search is over.
    pub(super) fn advance(&mut self, found: &[Candidates]) -> Option<Vec<Hypothesis>> {
        if found.iter().any(|found| found.broken || found.best.is_empty()) {
            return Some(self.cut());
        }
        let over = match self.options.beams {
            1 => self.follow_best(&found[0]),
            _ => self.follow_beams(found),
        };
        if over.is_none() {
            self.note_forbidden();
        }
        over
    }

    fn follow_best(&mut self, found: &Candidates) -> Option<Vec<Hypothesis>> {
        let (token, logit) = found.best[0];
        let open = &mut self.open[0];
        open.score += logit - found.normalizer();
        if token == self.end {
            open.ended = true;
            return Some(std::mem::take(&mut self.open));
        }
        open.tokens.push(token);
        (self.parents, self.newest) = (vec![0], vec![token]);
        None
    }

    fn follow_beams(&mut self, found: &[Candidates]) -> Option<Vec<Hypothesis>> {
        let beams = self.options.beams;
        let mut next: Vec<(usize, u32, f32)> = Vec::new();
        for (parent, (open, found)) in self.open.iter().zip(found).enumerate() {
            let normalizer = found.normalizer();
            let best = found.best.iter();
            next.extend(best.map(|(token, logit)| (parent, *token, logit - normalizer + open.score)));
        }
        // Stable: an equal score keeps the order of hypotheses and tokens.
        next.sort_by(|a, b| b.2.total_cmp(&a.2));
        next.truncate(2 * beams);
        let length = 1 + self.open[0].tokens.len();
        let last = length + 1 == self.options.max_length;
        let mut open = Vec::with_capacity(beams);
        let (mut parents, mut newest) = (Vec::new(), Vec::new());
        for (rank, (parent, token, score)) in next.into_iter().enumerate() {
            let ended = token == self.end;
            if ended || last {
                // Further down they were only looked at so that enough others remain.
                if rank < beams {
                    let mut tokens = self.open[parent].tokens.clone();
                    tokens.extend((!ended).then_some(token));
                    let score = self.penalized(score, length);
                    self.finish(Hypothesis { tokens, score, ended });
                }
            } else if open.len() < beams {
                let mut tokens = self.open[parent].tokens.clone();
                tokens.push(token);
                open.push(Hypothesis {
                    tokens,
                    score,
                    ended: false,
                });
                parents.push(parent);
                newest.push(token);
            }
        }
        (self.open, self.parents, self.newest) = (open, parents, newest);
        self.is_over(length).then(|| std::mem::take(&mut self.finished))
    }

    /// Whether nothing better is to be expected, after outputs of `length` tokens.
    fn is_over(&self, length: usize) -> bool {
        let Some(best) = self.open.first() else {
            return true;
        };
        if !self.is_full() {
            return false;
        }
        let length = match self.options.early_stopping {
            EarlyStopping::Yes => return true,
            EarlyStopping::Never if self.options.length_penalty > 0.0 => self.options.max_length - 1,
            _ => length,
        };
        let worst = self.finished.last().map_or(f32::NEG_INFINITY, |last| last.score);
        let possible = self.penalized(best.score, length);
        possible <= worst || possible.is_nan()
    }

    fn is_full(&self) -> bool {
        self.finished.len() >= self.options.beams
    }

    fn penalized(&self, score: f32, length: usize) -> f32 {
        score / (length.max(1) as f64).powf(self.options.length_penalty) as f32
    }

    /// Files a finished hypothesis among the others; an equal one stays behind the older.
    fn finish(&mut self, new: Hypothesis) {
        let place = self.finished.partition_point(|old| old.score >= new.score);
        self.finished.insert(place, new);
        self.finished.truncate(self.options.beams);
    }

    /// What there is when the model's numbers broke.
    fn cut(&mut self) -> Vec<Hypothesis> {
        match self.finished.is_empty() {
            true => std::mem::take(&mut self.open),
            false => std::mem::take(&mut self.finished),
        }
    }

    fn note_forbidden(&mut self) {
        if self.forbidden_sequences.is_empty() {
            return;
        }
        let start = [self.start];
        self.forbidden_by_row = self
            .open
            .iter()
            .map(|open| {
                let ends_with = |prefix: &[u32]| {
                    let written = start.iter().chain(&open.tokens).rev();
                    prefix.len() <= 1 + open.tokens.len()
                        && prefix.iter().rev().zip(written).all(|(a, b)| a == b)
                };
                let sequences = self.forbidden_sequences.iter();
                sequences
                    .filter_map(|sequence| sequence.split_last().filter(|(_, prefix)| ends_with(prefix)))
                    .map(|(last, _)| *last)
                    .collect()
            })
            .collect();
    }
}
