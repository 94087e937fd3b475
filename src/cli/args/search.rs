//! How a translation model searches for its answers, and in which numbers it computes.

use clap::{Args, ValueEnum};

/// The flags of translation models: encoder-decoders such as opus-mt. A language model uses none of them.
#[derive(Debug, Args, Clone, Default)]
#[command(next_help_heading = "Translation model (opus-mt; a language model uses none of these)")]
pub struct SearchArgs {
    /// Width of the beam search, 1 to 64; 1 is greedy. The other beams are where a translation with a wrong figure
    /// or a missed term is mended first [default: 4]
    #[arg(long, value_name = "N", env = "DEPECHE_BEAMS", hide_env = true)]
    pub beams: Option<usize>,
    /// Exponent of the length by which the log-probability of a translation is divided, 0 to 10: above 1 longer
    /// ones gain [default: what the model's files say, else 1]
    #[arg(long, value_name = "X", env = "DEPECHE_LENGTH_PENALTY", hide_env = true)]
    pub length_penalty: Option<f64>,
    /// Numbers of the products on the CPU; a GPU takes the floats of the file [default: int8 where the CPU is fast
    /// at it, else float32]
    #[arg(
        long,
        value_name = "TYPE",
        value_enum,
        env = "DEPECHE_PRECISION",
        hide_env = true
    )]
    pub precision: Option<PrecisionArg>,
    /// Language of the translation: for models that write several.
    #[arg(skip)]
    pub to: Option<String>,
}

/// In which numbers a translation model computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PrecisionArg {
    /// 8-bit products: weights and activations with one scale a row.
    Int8,
    /// 32-bit products of the weights as the file has them.
    Float32,
}
