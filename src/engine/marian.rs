//! Translation models: Marian's encoder-decoder, as the `opus-mt` family has it.
//!
//! - [`config`]: what the model's files say.
//! - [`network`]: what a network can do; [`cpu`] computes it with our own kernels, [`generic`]
//!   with candle's operations on any device.
//! - [`search`]: greedy and beam search of one sentence, as transformers searches.
//! - [`spm`] and [`tokenizer`]: text and tokens; [`languages`]: the marks of models with several targets.
//! - [`translator`]: many sentences at once, in tokens.
//! - [`backend`]: all of it behind the [`Backend`](crate::backend::Backend) trait.
//!
//! docs/translation-engine.md tells how they fit together.

pub mod backend;
pub mod config;
mod cpu;
mod generic;
mod languages;
mod loading;
pub mod network;
mod product;
mod search;
pub mod spm;
mod stored;
pub mod tokenizer;
pub mod translator;

pub(super) use backend::network_files;
pub use backend::{DEFAULT_BEAMS, MarianBackend, TranslationOptions};
pub use config::{MOST_BEAMS, MarianConfig};
pub use cpu::CpuNetwork;
pub use generic::GenericNetwork;
pub use languages::same_language;
pub use loading::{MarianFiles, Precision};
pub use tokenizer::{MarianTokenizer, MarianTokenizerFiles};
pub use translator::{Hypothesis, SearchOptions, Translation, Translator, TranslatorOptions};
