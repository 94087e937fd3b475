//! Everything that can go wrong between a model's files and its next token.

use std::path::PathBuf;

/// Architectures that the decoder can be, as error messages list them.
pub const SUPPORTED: &str = "llama, mistral, ministral3, mistral3 (text), qwen2, qwen3, smollm3, granite";

/// Why a model could not be loaded or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// A file could not be read.
    #[error("{} cannot be read", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A folder or file that holds no model.
    #[error("expected {expected} in {}, but found none", path.display())]
    NoModel {
        /// Where it was looked for.
        path: PathBuf,
        /// What was looked for.
        expected: &'static str,
    },
    /// The file is not what its name says, or is broken.
    #[error("{} is not a valid {format} file: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// `GGUF`, `safetensors` or `JSON`.
        format: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The decoder has no form for this model.
    #[error("expected one of the architectures {SUPPORTED}, but found {found:?}")]
    UnsupportedArchitecture {
        /// What the model calls itself.
        found: String,
    },
    /// The architecture is known, but the model uses a part of it that is not implemented.
    #[error("the model's {what} is not supported: {found}")]
    UnsupportedFeature {
        /// The setting.
        what: &'static str,
        /// Its value.
        found: String,
    },
    /// A setting of the model is missing or makes no sense.
    #[error("setting {field:?} of the model: expected {expected}, but found {found}")]
    Config {
        /// The field of `config.json` or the key of the GGUF metadata.
        field: String,
        /// What it must be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A tensor that the architecture needs is not in the files.
    #[error("expected a tensor named {name:?}, but found none")]
    MissingTensor {
        /// Its name in the files.
        name: String,
    },
    /// A tensor has another shape than the settings say.
    #[error("tensor {name:?}: expected shape {expected:?}, but found {found:?}")]
    TensorShape {
        /// Its name in the files.
        name: String,
        /// Rows and columns by the settings.
        expected: Vec<usize>,
        /// Rows and columns in the file.
        found: Vec<usize>,
    },
    /// A tensor's numbers are of a type that cannot be computed with.
    #[error("tensor {name:?}: expected a type among {expected}, but found {found}")]
    TensorType {
        /// Its name in the files.
        name: String,
        /// Types that can be read.
        expected: &'static str,
        /// The type in the file.
        found: String,
    },
    /// A tensor's bytes lie beyond the end of the file: an interrupted download or copy.
    #[error("tensor {name:?} of {}: expected {expected} bytes in the file, but found {found}", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// The tensor.
        name: String,
        /// Bytes that the file must have at least.
        expected: u64,
        /// Bytes that it has.
        found: u64,
    },
    /// A request without a token.
    #[error("expected at least one token in the prompt, but found none")]
    EmptyPrompt,
    /// A prompt that leaves no room for an answer.
    #[error("expected a prompt of fewer than {context} tokens, but found {tokens}")]
    PromptTooLong {
        /// Tokens of the prompt.
        tokens: usize,
        /// Tokens that prompt and answer may have together.
        context: usize,
    },
    /// A token that the model does not have.
    #[error("expected tokens below {vocabulary}, but found {token}")]
    UnknownToken {
        /// The token.
        token: u32,
        /// How many the model has.
        vocabulary: usize,
    },
    /// A chunk whose pages do not hold its tokens, or are not the store's: a caller's mistake.
    #[error("expected pages for {needed} tokens within the store's {store}, but found {found:?}")]
    PageTable {
        /// Tokens up to the chunk's end.
        needed: usize,
        /// Pages of the store.
        store: usize,
        /// Pages of the chunk.
        found: Vec<u32>,
    },
    /// The memory granted for keys and values does not hold one page.
    #[error("expected at least {needed} bytes for keys and values, but found {found}")]
    CacheTooSmall {
        /// Bytes of the smallest cache.
        needed: usize,
        /// Bytes granted.
        found: usize,
    },
    /// A translation model that does not write the language, or writes it in several forms.
    #[error("expected one of the languages that the model writes ({}), but found {found:?}", known.join(", "))]
    TargetLanguage {
        /// The language that was asked for.
        found: String,
        /// The languages for which the model has a mark.
        known: Vec<String>,
    },
    /// The tokenizer could not be loaded.
    #[error(transparent)]
    Tokenizer(#[from] super::tokenizer::TokenizerError),
    /// The chat template could not be loaded.
    #[error(transparent)]
    Chat(#[from] super::chat::ChatError),
    /// Answers cannot be held to a grammar.
    #[error(transparent)]
    Grammar(#[from] super::grammar::GrammarError),
    /// The device failed, or a computation was ill-formed.
    #[error("the model could not be computed")]
    Compute(#[from] candle_core::Error),
}

impl EngineError {
    /// What the user can do about it, where something can be said.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Truncated { .. } => {
                Some("the file is incomplete: download or copy it again, or run `depeche models verify`")
            }
            Self::Malformed { .. } => Some("the file is damaged or of another kind: fetch it again"),
            Self::TensorType { .. } => {
                Some("take a file of the same model in another quantization, such as Q4_K_M or Q8_0")
            }
            Self::NoModel { .. } => {
                Some("name a .gguf file, or a folder with config.json and .safetensors files")
            }
            Self::UnsupportedArchitecture { .. } | Self::UnsupportedFeature { .. } => {
                Some("`depeche models list` shows models that are known to work")
            }
            Self::PromptTooLong { .. } => Some("split the text, or use a model with a longer context"),
            Self::TargetLanguage { .. } => Some("name one of them with `--to`, or take another model"),
            Self::CacheTooSmall { .. } => Some("grant more memory for keys and values"),
            Self::Tokenizer(error) => error.hint(),
            Self::Chat(error) => error.hint(),
            _ => None,
        }
    }
}

/// Why one sequence ended without an answer, while the others go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SequenceError {
    /// The model's output is not a number: broken weights or an overflow.
    #[error("expected finite logits, but found NaN after {tokens} tokens")]
    NotANumber {
        /// Tokens of prompt and answer before it.
        tokens: usize,
    },
    /// The grammar allows no token of the model's vocabulary.
    #[error("expected a token that the grammar allows, but found none after {tokens} tokens")]
    NothingAllowed {
        /// Tokens of prompt and answer before it.
        tokens: usize,
    },
    /// The grammar failed.
    #[error("the grammar failed: {0}")]
    Constraint(String),
}
