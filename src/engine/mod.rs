//! The model at work: messages and constraints in, text out. It knows no task.
//!
//! - [`device`]: where it is computed.
//! - [`config`] and [`weights`]: what the model's files say and hold.
//! - [`decoder`]: packed tokens in, logits out; [`kernels`] are its own CPU products and attention.
//! - [`kv`]: pages of keys and values that sequences share.
//! - [`sampling`] and [`constraint`]: which token comes next.
//! - [`scheduler`]: many requests at once, in tokens.
//! - [`tokenizer`], [`chat`] and [`grammar`]: text, conversations and grammars over tokens.
//! - [`local`]: all of it behind the [`Backend`](crate::backend::Backend) trait.
//! - [`marian`]: translation models, which are encoder-decoders.
//! - [`preview`]: what can be said of a model without loading its weights.
//! - [`random`]: models of every supported architecture with random weights.
//!
//! docs/engine.md tells how they fit together.

pub mod chat;
pub mod config;
pub mod constraint;
pub mod decoder;
pub mod device;
pub mod error;
pub mod grammar;
pub mod kernels;
pub mod kv;
mod linear;
pub mod local;
pub mod marian;
mod open;
mod ops;
pub mod preview;
pub mod random;
mod read_at;
mod request_log;
pub mod sampling;
pub mod scheduler;
pub mod tokenizer;
pub mod weights;

pub use decoder::{Decoder, LoadOptions};
pub use error::{EngineError, SequenceError};
pub use local::{EngineOptions, LocalBackend};
pub use open::{OpenedBackend, is_translation_model, open};
pub use preview::Preview;
pub use scheduler::{RequestId, Scheduler, SchedulerOptions, TokenOutput, TokenRequest};
pub use weights::ModelFiles;
