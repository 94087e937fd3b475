//! Translation models: Marian's encoder-decoder, as the `opus-mt` family has it.
//!
//! - [`config`]: what the model's files say.
//! - [`network`]: what a network can do; [`cpu`] computes it with our own kernels.
//! - [`search`]: greedy and beam search of one sentence, as transformers searches.
//! - [`translator`]: many sentences at once, in tokens.
//!
//! docs/translation-engine.md tells how they fit together.

pub mod config;
mod cpu;
mod loading;
pub mod network;
mod product;
mod search;
pub mod translator;

pub use config::MarianConfig;
pub use cpu::CpuNetwork;
pub use loading::{MarianFiles, Precision};
pub use translator::{Hypothesis, SearchOptions, Translation, Translator, TranslatorOptions};
