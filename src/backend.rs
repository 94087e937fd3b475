//! The small trait behind which a model works: chat messages and a constraint in, text out.
//!
//! The tasks know this trait and nothing of candle; [`crate::engine`] implements it on this machine,
//! and a remote server can stand beside it. Work is submitted and polled, not called one by one, so
//! that a backend can batch whatever is outstanding, from any article and any task.

use serde::{Deserialize, Serialize};

/// Who speaks in a chat message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The frame that holds for the whole conversation.
    System,
    /// The request.
    User,
    /// The model.
    Assistant,
}

/// One chat message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said. Article text in it is data: it is never read as template or special token.
    pub content: String,
}

/// What the answer must look like, token by token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Constraint {
    /// A grammar in llguidance's Lark dialect.
    Lark(String),
}

/// Characters that texts under a grammar are made of, as they stand in a class of a regular expression: space, Latin and
/// Greek letters, digits, punctuation, currencies and mathematical signs. Quotation mark, backslash and vertical bar, which
/// some grammars need for themselves, are not among them. Where a grammar allows all of them, a backend may look up
/// tokens of nothing else at once.
pub const USUAL_CHARACTERS: &str =
    r"\u{20}!#-\[\]-{}-~\u{a0}¡-¬®-ɏͰ-ϿḀ-ỿ\u{2009}‐-‧\u{202f}‰-⁞⁰-₎₠-⃀℀-⅏−≈≠≤≥×÷";

/// How tokens are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// 0 is greedy: the most probable token, ties to the lowest id.
    pub temperature: f64,
    /// Keep the most probable tokens up to this mass; 1 keeps all.
    pub top_p: f64,
    /// Keep this many tokens; 0 keeps all.
    pub top_k: usize,
    /// Seed of this request's own generator: the same request draws the same tokens in any batch.
    pub seed: u64,
}

impl Sampling {
    /// The most probable token at every step.
    pub const GREEDY: Sampling = Sampling {
        temperature: 0.0,
        top_p: 1.0,
        top_k: 0,
        seed: 0,
    };
}

/// One piece of work for the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The conversation; requests that begin with the same messages share their prefill.
    pub messages: Vec<Message>,
    /// What the answer must look like.
    pub constraint: Option<Constraint>,
    /// Most tokens to generate; reaching it is [`Finish::Length`].
    pub max_tokens: usize,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Most other answers wanted beside the best, for backends that search with beams; others give none.
    pub alternatives: usize,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model, or the constraint, said so.
    Stop,
    /// `max_tokens` or the context was reached: the text is cut.
    Length,
}

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    /// The text, without special tokens and without a thinking block.
    pub text: String,
    /// Other answers, next best first, without repeats; see [`Request::alternatives`].
    pub alternatives: Vec<String>,
    /// Why it ended.
    pub finish: Finish,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Tokens of the prompt that a shared prefix saved.
    pub cached_tokens: usize,
    /// Tokens of the answer.
    pub tokens: usize,
}

/// How a translation model searches for its answers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BeamSearch {
    /// Hypotheses that are followed; 1 is greedy.
    pub beams: usize,
    /// A hypothesis of `n` tokens is worth its log-probability over `n` to this power.
    pub length_penalty: f64,
}

/// What a run records of the model that it used.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ModelInfo {
    /// As `--model` named it.
    pub name: String,
    /// Repository or path.
    pub source: String,
    /// Commit of the repository, or a hash of the local files.
    pub revision: String,
    /// `llama`, `qwen3`, …
    pub architecture: String,
    /// `Q4_K_M`, `bf16`, …
    pub quantization: String,
    /// Most tokens of prompt and answer together.
    pub context_length: usize,
    /// `cpu` or `cuda:0`.
    pub device: String,
    /// How it searches for its answers, where it does: a translation model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<BeamSearch>,
    /// The language that it is told to write by a mark, where it writes several: as the model spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

impl ModelInfo {
    /// Everything of a model that its answers depend on: a result is filed under it. Two devices may round
    /// differently, so that "same bytes" holds per device kind.
    pub fn identity(&self) -> Vec<String> {
        let device_kind = self.device.split(':').next().unwrap_or_default();
        let mut parts = [&self.source, &self.revision, &self.quantization, device_kind]
            .map(str::to_owned)
            .to_vec();
        parts.extend(self.search.map(|search| search.to_string()));
        parts.extend(self.target.clone());
        parts
    }
}

impl std::fmt::Display for BeamSearch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "beams {}, length penalty {}", self.beams, self.length_penalty)
    }
}

/// Names one submitted request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What a backend has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Stats {
    /// Prompt tokens that were computed.
    pub prefill_tokens: u64,
    /// Prompt tokens that a shared prefix saved.
    pub cached_tokens: u64,
    /// Tokens that were generated.
    pub decode_tokens: u64,
    /// Tokens that the grammar alone decided.
    pub forced_tokens: u64,
    /// Tokens of the answers that were guessed ahead and proved right.
    #[serde(default)]
    pub drafted_tokens: u64,
    /// Steps of the model.
    pub steps: u64,
    /// Seconds in them.
    pub seconds: f64,
}

/// What one piece of work cost, over all of its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Requests that were answered.
    pub requests: u64,
    /// Prompt tokens of the requests that the work began with: what can be counted before it is done.
    pub first_tokens: u64,
    /// Prompt tokens of all requests.
    pub prompt_tokens: u64,
    /// Prompt tokens that a shared prefix saved.
    pub cached_tokens: u64,
    /// Tokens of the answers.
    pub tokens: u64,
}

impl Usage {
    /// Tokens that were computed: prompts without what was shared, and answers.
    pub fn computed(&self) -> u64 {
        self.prompt_tokens.saturating_sub(self.cached_tokens) + self.tokens
    }

    /// Counts one answer.
    pub fn add(&mut self, answer: &Completion) {
        self.requests += 1;
        self.prompt_tokens += answer.prompt_tokens as u64;
        self.cached_tokens += answer.cached_tokens as u64;
        self.tokens += answer.tokens as u64;
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Usage) {
        self.requests += other.requests;
        self.first_tokens += other.first_tokens;
        self.prompt_tokens += other.prompt_tokens;
        self.cached_tokens += other.cached_tokens;
        self.tokens += other.tokens;
    }
}

/// Why a backend could not answer one request, or none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// The prompt alone leaves no room for an answer.
    #[error("the prompt has {tokens} tokens, but the model's context holds {context}")]
    PromptTooLong {
        /// Tokens of the rendered prompt.
        tokens: usize,
        /// Tokens of prompt and answer together that the model can take.
        context: usize,
    },
    /// The constraint is not a grammar that can be compiled.
    #[error("the grammar of the answer cannot be compiled: {0}")]
    Constraint(String),
    /// The chat template failed.
    #[error("the model's chat template cannot be rendered: {0}")]
    Template(String),
    /// The tokenizer failed.
    #[error("the model's tokenizer failed: {0}")]
    Tokenizer(String),
    /// The device failed; nothing that is outstanding can be answered.
    #[error("the model cannot be run on {device}")]
    Device {
        /// `cpu` or `cuda:0`.
        device: String,
        /// What the device said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A model at work.
pub trait Backend {
    /// What it is.
    fn info(&self) -> &ModelInfo;

    /// Whether it is a translation model that takes one source sentence per request: the last user
    /// message is the sentence, there is no chat template and no constraint.
    fn sentence_translator(&self) -> bool {
        false
    }

    /// Tokens of the rendered prompt, to plan splits before anything is submitted.
    fn count_tokens(&self, messages: &[Message]) -> Result<usize, BackendError>;

    /// Takes a request in; it is worked on by [`Backend::poll`].
    ///
    /// # Errors
    /// When the request alone can never be answered (too long, a broken grammar).
    fn submit(&mut self, request: Request) -> Result<Ticket, BackendError>;

    /// Runs one step over what is outstanding and returns what it finished, if anything. Returns an
    /// empty list at once when nothing is outstanding.
    ///
    /// # Errors
    /// When the device failed: nothing outstanding will be answered.
    fn poll(&mut self) -> Result<Vec<(Ticket, Completion)>, BackendError>;

    /// Requests taken in and not yet answered.
    fn outstanding(&self) -> usize;

    /// What has been done so far.
    fn stats(&self) -> Stats;
}
