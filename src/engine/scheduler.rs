//! Many requests at once on one model: continuous batching under a token budget per step.
//!
//! Each step computes one packed batch: the next token (or forced tokens) of every sequence that is
//! answering, and as much of the waiting prompts as the budget leaves. A request is let in when the
//! pages that it can ever need are there, so that memory never runs out half-way. Requests that
//! begin with the same tokens share the pages of their common beginning; one whose beginning is
//! being computed right now waits for it instead of computing it again.
//!
//! What a request gets does not depend on the others, nor on the order in which they are let in.

mod draft;
mod sequence;

use super::decoder::{Chunk, Decoder, Rows, Want};
use super::error::{EngineError, SequenceError};
use super::kv::PAGE;
use super::kv::pool::{PagePool, PrefixHash};
use super::kv::store::{KvForm, KvStore};
use crate::backend::{Finish, Sampling, Stats};
use crate::engine::constraint::TokenConstraint;
use crate::engine::kernels::floats::Floats;
use crate::engine::kernels::pool::Pool;
use sequence::{End, Sequence};
use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Limits of a scheduler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchedulerOptions {
    /// Bytes for keys and values; `None` takes half of the free memory, between 1 and 8 GiB.
    pub kv_bytes: Option<usize>,
    /// Tokens whose keys and values are held at once: further prompts wait until there is room among these, and computed
    /// prefixes that nobody uses are forgotten. A single prompt, and answers on their way, may take more. Of no effect where all
    /// room is taken at the start.
    pub usual_tokens: usize,
    /// Most tokens that one step computes, over all sequences.
    pub step_tokens: usize,
    /// Most sequences at work at once.
    pub max_sequences: usize,
    /// Let the longest waiting prompt in first instead of the oldest: the tail of a run gets short.
    pub longest_first: bool,
    /// Keep computed prefixes to be found by later requests.
    pub prefix_cache: bool,
    /// Most tokens that are guessed ahead for one sequence; 0 guesses none. Answers are the same.
    pub draft_tokens: usize,
}

impl Default for SchedulerOptions {
    fn default() -> Self {
        Self {
            kv_bytes: None,
            usual_tokens: 12_288,
            step_tokens: 512,
            max_sequences: 32,
            longest_first: false,
            prefix_cache: true,
            draft_tokens: 8,
        }
    }
}

/// One request, in tokens.
pub struct TokenRequest {
    /// The prompt; at least one token.
    pub tokens: Vec<u32>,
    /// Most tokens to generate; cut to what the context leaves.
    pub max_tokens: usize,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Tokens that end the answer; they are not part of it.
    pub stop_tokens: Vec<u32>,
    /// What the answer must look like.
    pub constraint: Option<Box<dyn TokenConstraint>>,
}

/// Names one submitted request; later requests have higher numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// One answer, in tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenOutput {
    /// What was generated, without the stop token.
    pub tokens: Vec<u32>,
    /// Why it ended, or why this sequence alone failed; what was generated until then is there.
    pub finish: Result<Finish, SequenceError>,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Tokens of the prompt that a shared prefix saved.
    pub cached_tokens: usize,
    /// Tokens of the answer that the constraint alone decided.
    pub forced_tokens: usize,
}

/// The scheduler: owns the model and its pages.
pub struct Scheduler {
    decoder: Decoder,
    options: SchedulerOptions,
    store: KvStore,
    pool: PagePool,
    /// Room for the logits of a step.
    logits: Floats,
    waiting: VecDeque<Sequence>,
    running: Vec<Sequence>,
    finished: Vec<(RequestId, TokenOutput)>,
    next: u64,
    stats: Stats,
}

impl Scheduler {
    /// A scheduler for `decoder` with an empty page pool.
    ///
    /// # Errors
    /// When the memory granted holds not one page, or the device has no room.
    pub fn new(decoder: Decoder, options: SchedulerOptions) -> Result<Self, EngineError> {
        let bytes = options.kv_bytes.unwrap_or_else(default_kv_bytes);
        let pages = KvStore::pages_within(decoder.config(), decoder.kv_form(), bytes, options.max_sequences)?;
        let usual = match decoder.kv_form() {
            KvForm::Tensors => pages,
            _ => options.usual_tokens.div_ceil(PAGE),
        };
        Ok(Self {
            store: decoder.kv_store(pages)?,
            pool: PagePool::new(pages, usual),
            logits: Floats::default(),
            decoder,
            options,
            waiting: VecDeque::new(),
            running: Vec::new(),
            finished: Vec::new(),
            next: 0,
            stats: Stats::default(),
        })
    }

    /// The model.
    pub fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// Most tokens of prompt and answer together: the model's context, or less where the pool is
    /// smaller.
    pub fn context_length(&self) -> usize {
        let context = self.decoder.config().context_length;
        context.min(self.pool.capacity() * PAGE)
    }

    /// Takes a request in.
    ///
    /// # Errors
    /// When it has no token, an unknown one, or leaves no room for an answer.
    pub fn submit(&mut self, request: TokenRequest) -> Result<RequestId, EngineError> {
        let (tokens, context) = (request.tokens.len(), self.context_length());
        if tokens == 0 {
            return Err(EngineError::EmptyPrompt);
        }
        if tokens >= context {
            return Err(EngineError::PromptTooLong { tokens, context });
        }
        let vocabulary = self.decoder.config().vocab_size;
        if let Some(token) = request.tokens.iter().find(|t| **t as usize >= vocabulary) {
            return Err(EngineError::UnknownToken {
                token: *token,
                vocabulary,
            });
        }
        let id = RequestId(self.next);
        self.next += 1;
        self.waiting.push_back(Sequence::new(
            id,
            request,
            (context, vocabulary),
            self.options.draft_tokens,
        ));
        Ok(id)
    }

    /// Requests taken in whose answer [`Scheduler::step`] has not returned.
    pub fn outstanding(&self) -> usize {
        self.waiting.len() + self.running.len() + self.finished.len()
    }

    /// Forgets a request; false when it is not outstanding.
    pub fn cancel(&mut self, id: RequestId) -> bool {
        let before = self.outstanding();
        self.waiting.retain(|sequence| sequence.id != id);
        self.finished.retain(|(finished, _)| *finished != id);
        if let Some(index) = self.running.iter().position(|sequence| sequence.id == id) {
            let sequence = self.running.remove(index);
            self.pool.leave_all(&sequence.pages);
        }
        self.outstanding() < before
    }

    /// What has been done so far.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Computes one batch and returns the answers that it completed. Returns at once, with nothing,
    /// when nothing is outstanding.
    ///
    /// # Errors
    /// When the device failed; nothing outstanding will be answered.
    pub fn step(&mut self) -> Result<Vec<(RequestId, TokenOutput)>, EngineError> {
        let start = Instant::now();
        self.admit()?;
        let plan = self.plan()?;
        if !plan.is_empty() {
            self.compute(&plan)?;
            self.stats.steps += 1;
            self.stats.seconds += start.elapsed().as_secs_f64();
        }
        Ok(std::mem::take(&mut self.finished))
    }

    /// Lets waiting requests in, as far as pages and the number of sequences allow.
    fn admit(&mut self) -> Result<(), EngineError> {
        if self.options.longest_first {
            let waiting = self.waiting.make_contiguous();
            waiting.sort_by_key(|s| (std::cmp::Reverse(s.tokens.len()), s.id));
        }
        let mut coming: HashSet<PrefixHash> = HashSet::new();
        if self.options.prefix_cache && !self.waiting.is_empty() {
            coming.extend(self.running.iter().flat_map(Sequence::coming));
        }
        let mut index = 0;
        while index < self.waiting.len() && self.running.len() < self.options.max_sequences {
            let hits = self.hits(&self.waiting[index]);
            let next = self.waiting[index].prefixes().get(hits.len());
            if next.is_some_and(|prefix| coming.contains(prefix)) {
                index += 1;
                continue;
            }
            if !self.fits(&self.waiting[index], &hits) {
                break;
            }
            let Some(mut sequence) = self.waiting.remove(index) else {
                break;
            };
            match sequence.begin() {
                Some(finish) => self.finished.push(sequence.output(finish)),
                None => {
                    self.share(&mut sequence, hits)?;
                    if self.options.prefix_cache {
                        coming.extend(sequence.coming());
                    }
                    self.running.push(sequence);
                }
            }
        }
        Ok(())
    }

    /// Computed pages of the sequence's beginning.
    fn hits(&self, sequence: &Sequence) -> Vec<u32> {
        if !self.options.prefix_cache {
            return Vec::new();
        }
        let prefixes = sequence.prefixes().iter();
        prefixes.map_while(|prefix| self.pool.find(*prefix)).collect()
    }

    /// Whether all pages that the sequence can ever need are there, beside those that the running
    /// ones can still ask for.
    fn fits(&self, sequence: &Sequence, hits: &[u32]) -> bool {
        let promised: usize = self.running.iter().map(Sequence::pages_to_come).sum();
        let idle_hits = hits.iter().filter(|page| self.pool.is_idle(**page)).count();
        // One more: a copied page keeps its origin until the copy is made.
        let copied = usize::from(hits.len() * PAGE >= sequence.prompt);
        let needed = sequence.pages_to_come() - hits.len() + idle_hits + copied;
        let soon: usize = self.running.iter().map(Sequence::prompt_to_come).sum();
        let own = sequence.prompt_to_come() - hits.len() + idle_hits + copied;
        if !self.running.is_empty() && !self.pool.is_usual(soon + own) {
            return false;
        }
        let alone = self.running.is_empty() && self.pool.available() == self.pool.capacity();
        promised + needed <= self.pool.available() || (alone && needed - copied <= self.pool.available())
    }

    /// Takes the computed pages of its beginning over. At least the last token of the prompt is
    /// computed anew, for its logits: when it lies in a shared page, that page is copied.
    fn share(&mut self, sequence: &mut Sequence, hits: Vec<u32>) -> Result<(), EngineError> {
        for page in &hits {
            self.pool.share(*page);
        }
        let computed = (hits.len() * PAGE).min(sequence.prompt - 1);
        sequence.take_over(hits, computed);
        if !computed.is_multiple_of(PAGE) {
            let last = computed / PAGE;
            let shared = sequence.pages[last];
            match self.pool.take() {
                Some(copy) => {
                    self.store.copy_page(shared, copy)?;
                    sequence.pages[last] = copy;
                }
                // No room for a copy: the page is computed anew.
                None => {
                    let mut pages = std::mem::take(&mut sequence.pages);
                    pages.truncate(last);
                    sequence.take_over(pages, last * PAGE);
                }
            }
            self.pool.leave(shared);
        }
        self.stats.cached_tokens += sequence.cached as u64;
        Ok(())
    }

    /// Which sequences compute how many tokens in this step: answers first, then prompts.
    fn plan(&mut self) -> Result<Vec<(usize, usize)>, EngineError> {
        let mut budget = self.options.step_tokens.max(1);
        let mut plan = Vec::new();
        let (answering, reading): (Vec<_>, Vec<_>) =
            (0..self.running.len()).partition(|i| self.running[*i].is_answering());
        self.guess(&answering);
        for index in answering.into_iter().chain(reading) {
            let sequence = &mut self.running[index];
            let count = sequence.pending().min(budget);
            if count == 0 {
                continue;
            }
            while sequence.pages.len() * PAGE < sequence.computed + count {
                match self.pool.take() {
                    Some(page) => sequence.pages.push(page),
                    None => {
                        let reason = "expected a promised page, but found none".to_owned();
                        return Err(candle_core::Error::Msg(reason).into());
                    }
                }
            }
            budget -= count;
            plan.push((index, count));
        }
        Ok(plan)
    }

    /// Lets answering sequences guess ahead, as far as the step costs no more with it.
    fn guess(&mut self, answering: &[usize]) {
        let rows: usize = answering.iter().map(|index| self.running[*index].pending()).sum();
        let free = self.decoder.cheap_rows().min(self.options.step_tokens);
        let mut room = free.saturating_sub(rows);
        for (place, index) in answering.iter().enumerate() {
            let sequence = &mut self.running[*index];
            let before = sequence.pending();
            // In equal shares; who takes less leaves it to those behind.
            sequence.guess(room.div_ceil(answering.len() - place));
            room -= sequence.pending() - before;
        }
    }

    fn compute(&mut self, plan: &[(usize, usize)]) -> Result<(), EngineError> {
        let chunks: Vec<Chunk> = plan
            .iter()
            .map(|(index, count)| self.running[*index].chunk(*count))
            .collect();
        let wanted: Vec<usize> = chunks.iter().map(|c| c.tokens.len() - c.logits_from).collect();
        let wants = plan.iter().zip(&wanted);
        let wants = wants.flat_map(|((index, _), wanted)| self.running[*index].wants(*wanted));
        let wants: Vec<Want> = wants.collect();
        let room = std::mem::take(&mut self.logits);
        let found = self.decoder.find(&chunks, &wants, &mut self.store, room)?;
        drop((chunks, wants));
        let read: usize = plan.iter().map(|(index, _)| self.running[*index].read()).sum();
        let (held, mut done) = found.with(|rows| self.choose(plan, &wanted, rows))?;
        self.logits = found.into_room();
        self.stats.drafted_tokens += held as u64;
        for (index, _) in plan {
            let sequence = &mut self.running[*index];
            self.stats.prefill_tokens += sequence.read() as u64;
            if self.options.prefix_cache {
                for (page, prefix) in sequence.newly_full() {
                    self.pool.file(page, prefix);
                }
            }
        }
        self.stats.prefill_tokens -= read as u64;
        // From the end, so that the indices before stay right.
        done.sort_by_key(|(index, _)| std::cmp::Reverse(*index));
        let mut outputs = Vec::new();
        for (index, finish) in done {
            let sequence = self.running.remove(index);
            self.pool.leave_all(&sequence.pages);
            outputs.push(sequence.output(finish));
        }
        outputs.sort_by_key(|(id, _)| *id);
        for (_, output) in &outputs {
            self.stats.decode_tokens += output.tokens.len() as u64;
            self.stats.forced_tokens += output.forced_tokens as u64;
        }
        self.finished.extend(outputs);
        Ok(())
    }

    /// Hands each sequence of the plan the rows that it wanted, as many as `wanted` says; returns how
    /// many guesses held, and the sequences that end. Sequences do not feel each other: they choose side by
    /// side.
    fn choose(
        &mut self,
        plan: &[(usize, usize)],
        wanted: &[usize],
        rows: Rows,
    ) -> (usize, Vec<(usize, End)>) {
        struct Choice<'a> {
            index: usize,
            count: usize,
            sequence: &'a mut Sequence,
            rows: Rows<'a>,
            chosen: (usize, Option<End>),
        }
        let mut parts = vec![None; self.running.len()];
        let mut left = rows;
        for ((index, count), wanted) in plan.iter().zip(wanted) {
            let (part, rest) = left.split_at(*wanted);
            parts[*index] = Some((*count, part));
            left = rest;
        }
        let choices = self.running.iter_mut().zip(&parts).enumerate();
        let choices: Vec<Mutex<Choice>> = choices
            .filter_map(|(index, (sequence, part))| {
                let (count, rows) = (*part)?;
                let chosen = (0, None);
                Some(Mutex::new(Choice {
                    index,
                    count,
                    sequence,
                    rows,
                    chosen,
                }))
            })
            .collect();
        Pool::global().run(choices.len(), |choice| {
            let mut choice = choices[choice].lock().unwrap_or_else(PoisonError::into_inner);
            let Choice {
                count,
                sequence,
                rows,
                chosen,
                ..
            } = &mut *choice;
            match rows.is_empty() {
                true => sequence.computed += *count,
                false => *chosen = sequence.choose(*rows, *count),
            }
        });
        let (mut held, mut done) = (0, Vec::new());
        for choice in choices {
            let Choice { index, chosen, .. } = choice.into_inner().unwrap_or_else(PoisonError::into_inner);
            held += chosen.0;
            done.extend(chosen.1.map(|end| (index, end)));
        }
        (held, done)
    }
}

/// Half of what the system calls available, between 1 and 8 GiB; 2 GiB where it does not say.
pub(super) fn default_kv_bytes() -> usize {
    const GIB: usize = 1 << 30;
    let available = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        let kib: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kib.checked_mul(1024)
    });
    available.map_or(2 * GIB, |bytes| (bytes / 2).clamp(GIB, 8 * GIB))
}
