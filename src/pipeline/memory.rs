//! A translation model that remembers: a sentence that was translated once, in this run or an earlier one, is not
//! translated again, whichever article it stands in.
//!
//! It stands in front of the backend, so that the tasks know nothing of it. What is kept is the raw answer with its
//! other beams, by everything that it depends on: the model and its revision, the kind of device, the sentence, the
//! search. Glossary and gate choose among the kept beams, so that a changed glossary asks the model for nothing but
//! the sentences that it needs in another form. Requests that are under way are joined, not doubled.

use crate::backend::{Backend, BackendError, Completion, Finish, Message, ModelInfo, Request, Stats, Ticket};
use crate::store::{RunId, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};

/// Answers that are kept in memory alone, at most.
const MOST_IN_MEMORY: usize = 200_000;

/// Where answers are kept.
pub enum Shelf<'a> {
    /// In the store of an output folder: for later runs too.
    Store(&'a Store, RunId),
    /// In memory, up to so many.
    Memory(HashMap<String, Kept>),
}

impl Shelf<'_> {
    /// Answers that last as long as the process.
    pub fn memory() -> Shelf<'static> {
        Shelf::Memory(HashMap::new())
    }

    fn get(&self, key: &str) -> Result<Option<Kept>, StoreError> {
        match self {
            Shelf::Store(store, _) => store.sentence(key),
            Shelf::Memory(known) => Ok(known.get(key).cloned()),
        }
    }

    fn put(&mut self, key: &str, kept: Kept) -> Result<(), StoreError> {
        match self {
            Shelf::Store(store, run) => store.put_sentence(*run, key, &kept),
            Shelf::Memory(known) => {
                if known.len() < MOST_IN_MEMORY {
                    known.insert(key.to_owned(), kept);
                }
                Ok(())
            }
        }
    }
}

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The best beam.
    text: String,
    /// The others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    alternatives: Vec<String>,
    /// Whether it was cut.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

impl Kept {
    fn of(completion: &Completion) -> Kept {
        Kept {
            text: completion.text.clone(),
            alternatives: completion.alternatives.clone(),
            cut: completion.finish == Finish::Length,
        }
    }

    fn completion(self) -> Completion {
        Completion {
            text: self.text,
            alternatives: self.alternatives,
            finish: if self.cut { Finish::Length } else { Finish::Stop },
            prompt_tokens: 0,
            cached_tokens: 0,
            tokens: 0,
        }
    }
}

/// What a memory was good for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recall {
    /// Requests that the model answered.
    pub translated: usize,
    /// Requests that were answered from memory, or by a request that was under way.
    pub remembered: usize,
}

/// A backend behind its memory. Only a translation model remembers; any other is passed through.
pub struct Remembering<'a> {
    inner: &'a mut dyn Backend,
    shelf: Shelf<'a>,
    remembers: bool,
    /// Also looks up what is kept; not when finished work is to be done again.
    recalls: bool,
    scope: String,
    next: u64,
    /// Answers that the next poll gives.
    ready: VecDeque<(Ticket, Completion)>,
    /// Our tickets that wait for one of the model's.
    waiting: HashMap<Ticket, (String, Vec<Ticket>)>,
    under_way: HashMap<String, Ticket>,
    recall: Recall,
    failed: Option<StoreError>,
}

impl<'a> Remembering<'a> {
    /// Puts a memory before `inner`; with `again`, what is kept is written over, not read.
    pub fn new(inner: &'a mut dyn Backend, shelf: Shelf<'a>, again: bool) -> Remembering<'a> {
        let scope = inner.info().identity().join("\u{0}");
        Remembering {
            remembers: inner.sentence_translator(),
            recalls: !again,
            inner,
            shelf,
            scope,
            next: 0,
            ready: VecDeque::new(),
            waiting: HashMap::new(),
            under_way: HashMap::new(),
            recall: Recall::default(),
            failed: None,
        }
    }

    /// What it was good for so far.
    pub fn recall(&self) -> Recall {
        self.recall
    }

    /// Why an answer could not be kept or looked up, if any could not.
    pub fn take_failure(&mut self) -> Option<StoreError> {
        self.failed.take()
    }

    fn key(&self, request: &Request) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut part = |bytes: &[u8]| {
            // lengths keep ("ab", "c") and ("a", "bc") apart
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        part(self.scope.as_bytes());
        for message in &request.messages {
            part(message.content.as_bytes());
        }
        part(format!("{:?}", request.sampling).as_bytes());
        part(&request.max_tokens.to_le_bytes());
        part(&request.alternatives.to_le_bytes());
        hasher.finalize().to_hex()[..32].to_owned()
    }

    fn ticket(&mut self) -> Ticket {
        self.next += 1;
        Ticket(self.next)
    }

    fn kept(&mut self, key: &str) -> Option<Kept> {
        if !self.recalls {
            return None;
        }
        self.shelf.get(key).unwrap_or_else(|error| {
            self.failed.get_or_insert(error);
            None
        })
    }
}

impl Backend for Remembering<'_> {
    fn info(&self) -> &ModelInfo {
        self.inner.info()
    }

    fn sentence_translator(&self) -> bool {
        self.inner.sentence_translator()
    }

    fn count_tokens(&self, messages: &[Message]) -> Result<usize, BackendError> {
        self.inner.count_tokens(messages)
    }

    fn submit(&mut self, request: Request) -> Result<Ticket, BackendError> {
        if !self.remembers {
            return self.inner.submit(request);
        }
        let key = self.key(&request);
        if let Some(inner) = self.under_way.get(&key).copied() {
            let ticket = self.ticket();
            if let Some((_, tickets)) = self.waiting.get_mut(&inner) {
                tickets.push(ticket);
            }
            self.recall.remembered += 1;
            return Ok(ticket);
        }
        if let Some(kept) = self.kept(&key) {
            let ticket = self.ticket();
            self.ready.push_back((ticket, kept.completion()));
            self.recall.remembered += 1;
            return Ok(ticket);
        }
        let inner = self.inner.submit(request)?;
        let ticket = self.ticket();
        self.waiting.insert(inner, (key.clone(), vec![ticket]));
        self.under_way.insert(key, inner);
        self.recall.translated += 1;
        Ok(ticket)
    }

    fn poll(&mut self) -> Result<Vec<(Ticket, Completion)>, BackendError> {
        if !self.remembers {
            return self.inner.poll();
        }
        // what is known already does not wait for a step of the model
        if !self.ready.is_empty() {
            return Ok(self.ready.drain(..).collect());
        }
        let mut finished = Vec::new();
        for (inner, completion) in self.inner.poll()? {
            let Some((key, tickets)) = self.waiting.remove(&inner) else {
                continue;
            };
            self.under_way.remove(&key);
            if let Err(error) = self.shelf.put(&key, Kept::of(&completion)) {
                self.failed.get_or_insert(error);
            }
            finished.extend(tickets.into_iter().map(|ticket| (ticket, completion.clone())));
        }
        Ok(finished)
    }

    fn outstanding(&self) -> usize {
        if !self.remembers {
            return self.inner.outstanding();
        }
        self.ready.len()
            + self
                .waiting
                .values()
                .map(|(_, tickets)| tickets.len())
                .sum::<usize>()
    }

    fn stats(&self) -> Stats {
        self.inner.stats()
    }
}
