//! What the three jobs share: the article with its ledger, the model's room, and the problems so far.

use super::Outcome;
use super::chars::Chars;
use super::part::{self, Part};
use super::prompt::{article_block, messages};
use crate::backend::{Backend, BackendError, Constraint, Request, Sampling};
use crate::record::{Article, Figure, Problem, Severity};
use std::sync::Arc;

/// A context that is not stated is taken as the smallest that current models have.
const UNSTATED_CONTEXT: usize = 4096;

/// One article under work.
pub(super) struct Case {
    pub article: Arc<Article>,
    pub figures: Arc<Vec<Figure>>,
    pub sampling: Sampling,
    /// The stage that problems name.
    pub stage: &'static str,
    problems: Vec<Problem>,
}

/// What the model can hold, measured on this article.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Most tokens of prompt and answer together.
    pub context: usize,
    /// Tokens per character of this article.
    pub tokens_per_char: f64,
}

impl Room {
    /// Tokens that so many characters take in all likelihood, and a third more.
    pub fn tokens_for(&self, chars: usize) -> usize {
        (chars as f64 * self.tokens_per_char * 1.33) as usize + 24
    }

    /// Tokens that no text of so many characters exceeds: one for each byte of the longest characters
    /// that the grammars admit.
    pub fn most_tokens_for(chars: usize) -> usize {
        chars * 3 + 24
    }
}

impl Case {
    pub fn new(
        article: Arc<Article>,
        figures: Arc<Vec<Figure>>,
        sampling: Sampling,
        stage: &'static str,
    ) -> Case {
        Case {
            article,
            figures,
            sampling,
            stage,
            problems: Vec::new(),
        }
    }

    /// Measures the model's room on this article.
    pub fn room(&self, backend: &dyn Backend) -> Result<Room, BackendError> {
        let text: String = self.article.text.chars().take(20_000).collect();
        let empty = backend.count_tokens(&messages("", ""))?;
        let full = backend.count_tokens(&messages(&text, ""))?;
        let chars = text.chars().count().max(1);
        let context = match backend.info().context_length {
            0 => UNSTATED_CONTEXT,
            stated => stated,
        };
        Ok(Room {
            context,
            tokens_per_char: (full.saturating_sub(empty) as f64 / chars as f64).clamp(0.15, 4.0),
        })
    }

    /// The article in as few parts as leave `answer` tokens for the answer to any of `instruction`s length.
    /// More than one part is said in a problem.
    pub fn parts(
        &mut self,
        backend: &dyn Backend,
        room: Room,
        instruction: &str,
        answer: usize,
    ) -> Result<Vec<Part>, BackendError> {
        let whole = Part::whole(&self.article);
        let block = article_block(&self.article, &whole);
        let prompt = backend.count_tokens(&messages(&block, instruction))?;
        if prompt + answer <= room.context {
            return Ok(vec![whole]);
        }
        let empty = Part { pieces: Vec::new() };
        let frame = backend.count_tokens(&messages(&article_block(&self.article, &empty), instruction))?;
        // A twentieth is kept back: pieces are counted one by one, and tokens may differ where they meet.
        let budget = room.context.saturating_sub(frame + answer);
        let budget = budget - budget / 20;
        if budget < 32 {
            return Err(BackendError::PromptTooLong {
                tokens: frame + answer + 32,
                context: room.context,
            });
        }
        let base = backend.count_tokens(&messages("", ""))?;
        let cost = |text: &str| {
            let counted = backend
                .count_tokens(&messages(text, ""))
                .unwrap_or(usize::MAX / 4);
            // The number of the paragraph and the line break.
            counted.saturating_sub(base) + 6
        };
        let parts = part::split(whole, budget, &cost);
        self.note(
            format!(
                "the article takes {prompt} tokens, more than the model's context of {} leaves room for: it was read in {} parts",
                room.context,
                parts.len()
            ),
            Some("take a model with a longer context to have it read at once".to_owned()),
        );
        Ok(parts)
    }

    /// A request about a block.
    pub fn request(
        &self,
        block: &str,
        instruction: &str,
        grammar: Option<String>,
        max_tokens: usize,
        attempt: u64,
    ) -> Request {
        let sampling = Sampling {
            seed: self.sampling.seed.wrapping_add(attempt),
            ..self.sampling
        };
        Request {
            messages: messages(block, instruction),
            constraint: grammar.map(Constraint::Lark),
            max_tokens: max_tokens.max(1),
            sampling,
            alternatives: 0,
        }
    }

    pub fn chars(&self) -> Chars<'_> {
        Chars::of(&self.article)
    }

    pub fn note(&mut self, message: String, hint: Option<String>) {
        self.problem(Severity::Note, message, hint);
    }

    pub fn flag(&mut self, message: String, hint: Option<String>) {
        self.problem(Severity::Flag, message, hint);
    }

    fn problem(&mut self, severity: Severity, message: String, hint: Option<String>) {
        self.problems.push(Problem {
            article_id: Some(self.article.id.clone()),
            path: self.article.path.clone(),
            stage: self.stage.to_owned(),
            severity,
            message,
            hint,
        });
    }

    /// The task ends with a result.
    pub fn done(&mut self, result: super::TaskResult) -> Outcome {
        Outcome {
            result: Some(result),
            problems: std::mem::take(&mut self.problems),
        }
    }

    /// The task ends without a result, and that is as it should be.
    pub fn nothing(&mut self) -> Outcome {
        Outcome {
            result: None,
            problems: std::mem::take(&mut self.problems),
        }
    }

    /// The task ends without one.
    pub fn failed(&mut self, message: String, hint: Option<String>) -> Outcome {
        self.problem(Severity::Error, message, hint);
        Outcome {
            result: None,
            problems: std::mem::take(&mut self.problems),
        }
    }

    /// The task ends because the backend would not take a request.
    pub fn refused(&mut self, error: &BackendError) -> Outcome {
        let hint = match error {
            BackendError::PromptTooLong { .. } => Some("take a model with a longer context".to_owned()),
            _ => None,
        };
        self.failed(error.to_string(), hint)
    }
}
