//! A translation, aligned paragraph by paragraph and, with a translation model, sentence by sentence.
//!
//! Two ways lead to the same record. A language model ([`paragraphs`]) is asked for one paragraph at a time,
//! with the article as context. A translation model ([`sentences`]) is asked for one sentence at a time; its
//! answers are put together again with the layout of the source. Which way is taken is the backend's to say
//! ([`Backend::sentence_translator`]). Both compare figures with the number gate and hold the glossary.

mod candidate;
mod demand;
mod exonyms;
mod fault;
mod layout;
mod numerals;
mod paragraphs;
mod protect;
mod render;
mod sentences;
mod shell;
mod typography;

use super::{Job, Outcome, Step};
use crate::backend::{Backend, BackendError, Completion, Sampling};
use crate::glossary::Glossary;
use crate::record::{Article, Entity, Figure, Lang, Segment};
use std::sync::Arc;

/// Called with each segment as soon as it is final, in the order of the article.
pub type Watch = Arc<dyn Fn(&Segment) + Send + Sync>;

/// What is to be translated, and what must be held.
#[derive(Clone)]
pub struct Translating {
    /// The article.
    pub article: Arc<Article>,
    /// Its ledger.
    pub figures: Arc<Vec<Figure>>,
    /// What it names: names that are the same in both languages must stay as they are.
    pub entities: Arc<Vec<Entity>>,
    /// The language of the translation.
    pub target: Lang,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Terms that must be used.
    pub glossary: Option<Arc<Glossary>>,
    /// Who is told of each segment as it is finished; a watched translation asks for less at once.
    pub watch: Option<Watch>,
}

impl Translating {
    /// A translation of `article` into `target`, with nothing to hold but its figures.
    pub fn new(
        article: Arc<Article>,
        figures: Arc<Vec<Figure>>,
        target: Lang,
        sampling: Sampling,
    ) -> Translating {
        Translating {
            article,
            figures,
            entities: Arc::default(),
            target,
            sampling,
            glossary: None,
            watch: None,
        }
    }

    /// With what the article names.
    pub fn with_entities(self, entities: Arc<Vec<Entity>>) -> Translating {
        Translating { entities, ..self }
    }

    /// With terms that must be used.
    pub fn with_glossary(self, glossary: Option<Arc<Glossary>>) -> Translating {
        Translating { glossary, ..self }
    }
}

/// The version of what the sentence path makes of a model's answers: part of the key of its results.
pub const SENTENCES_VERSION: &str = "2";

/// The job of translating one article, in the way of the backend that it meets.
pub fn translate(order: Translating) -> Box<dyn Job> {
    Box::new(Unmet(Some(order), None))
}

/// A translation that has not met its backend yet, then the one that has.
struct Unmet(Option<Translating>, Option<Box<dyn Job>>);

impl Unmet {
    fn job(&mut self, sentences: bool) -> Option<&mut Box<dyn Job>> {
        if let Some(order) = self.0.take() {
            self.1 = Some(if sentences {
                sentences::job(order)
            } else {
                paragraphs::job(order)
            });
        }
        self.1.as_mut()
    }
}

impl Job for Unmet {
    fn next(&mut self, answers: Vec<Completion>, backend: &dyn Backend) -> Step {
        match self.job(backend.sentence_translator()) {
            Some(job) => job.next(answers, backend),
            None => Step::Done(Outcome {
                result: None,
                problems: Vec::new(),
            }),
        }
    }

    fn refused(&mut self, error: &BackendError) -> Outcome {
        match self.job(false) {
            Some(job) => job.refused(error),
            None => Outcome {
                result: None,
                problems: Vec::new(),
            },
        }
    }
}
