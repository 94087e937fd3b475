//! The shape of a decoder: everything in which the members of the Llama family differ, as fields.
//!
//! Read from a `config.json` of `transformers` ([`hf`]) or from the metadata of a GGUF file
//! ([`gguf`]); it holds no weights.

pub mod gguf;
pub mod hf;

use crate::engine::error::EngineError;
use crate::engine::kernels::attention::Sight;
use std::f64::consts::PI;

/// A decoder of the Llama family. All sizes are counts of elements.
#[derive(Debug, Clone, PartialEq)]
pub struct DecoderConfig {
    /// `llama`, `qwen3`, … as the model calls itself.
    pub architecture: String,
    /// Rows of the embedding: tokens are `0..vocab_size`.
    pub vocab_size: usize,
    /// Width of the residual stream.
    pub hidden_size: usize,
    /// Width of the feed-forward layer.
    pub intermediate_size: usize,
    /// Number of layers.
    pub layers: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads; divides `heads`.
    pub kv_heads: usize,
    /// Width of one head; even.
    pub head_dim: usize,
    /// Most tokens of prompt and answer together.
    pub context_length: usize,
    /// Added to the mean square in every norm.
    pub rms_norm_eps: f32,
    /// Rotary positions.
    pub rope: Rope,
    /// Layers that rotate queries and keys (SmolLM3 leaves every fourth unrotated); one per layer.
    pub rope_layers: Vec<bool>,
    /// Keys that a query sees, itself included (`None`: all); one per layer.
    pub windows: Vec<Option<usize>>,
    /// Biases on the query, key and value products.
    pub qkv_bias: bool,
    /// Bias on the attention's output product.
    pub output_bias: bool,
    /// Biases on the feed-forward products.
    pub mlp_bias: bool,
    /// A norm over each head of queries and keys before the rotation (Qwen3).
    pub qk_norm: bool,
    /// The embedding is the output matrix too.
    pub tied_embeddings: bool,
    /// Factor on the embedding (Granite).
    pub embedding_scale: f32,
    /// Factor on what each block adds to the residual stream (Granite).
    pub residual_scale: f32,
    /// Factor on the product of query and key; `1/sqrt(head_dim)` almost everywhere.
    pub attention_scale: f32,
    /// Factor on the logits (Granite divides them).
    pub logit_scale: f32,
    /// Queries are scaled up with their position (Ministral 3).
    pub query_scale: Option<QueryScale>,
    /// Tokens that end an answer, as the model's files state them.
    pub eos_tokens: Vec<u32>,
}

/// `1 + beta * ln(1 + floor(position / original))`: `get_llama_4_attn_scale` in
/// transformers/models/ministral3/modeling_ministral3.py.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueryScale {
    /// Strength.
    pub beta: f32,
    /// Positions of one step.
    pub original: usize,
}

impl QueryScale {
    /// The factor on a query at `position`.
    pub fn at(&self, position: usize) -> f32 {
        let steps = (position / self.original.max(1)) as f32;
        1.0 + self.beta * (1.0 + steps).ln()
    }
}

/// Rotary position embedding over halves of the head (`rotate_half` in transformers). GGUF files
/// that store interleaved pairs are brought to halves when they are loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Rope {
    /// Base of the wavelengths.
    pub theta: f64,
    /// Leading elements of a head that are rotated; even, at most `head_dim`.
    pub dim: usize,
    /// How the wavelengths are stretched.
    pub scaling: RopeScaling,
}

/// Stretching of rotary wavelengths: transformers/modeling_rope_utils.py.
#[derive(Debug, Clone, PartialEq)]
pub enum RopeScaling {
    /// As they are.
    None,
    /// All by one factor.
    Linear {
        /// The factor.
        factor: f64,
    },
    /// Long ones by `factor`, short ones not, smooth in between (Llama 3.1).
    Llama3 {
        /// Factor on long wavelengths.
        factor: f64,
        /// Wavelengths above `original / low` are stretched in full.
        low: f64,
        /// Wavelengths below `original / high` are kept.
        high: f64,
        /// Context of the first training.
        original: f64,
    },
    /// YaRN, <https://arxiv.org/abs/2309.00071>.
    Yarn {
        /// Factor on long wavelengths.
        factor: f64,
        /// Context of the first training.
        original: f64,
        /// Rotations above which nothing is stretched.
        beta_fast: f64,
        /// Rotations below which all is stretched.
        beta_slow: f64,
        /// Factor on sines and cosines.
        attention_factor: f64,
        /// Bounds of the ramp are rounded to whole dimensions.
        truncate: bool,
    },
    /// One divisor per frequency, `dim / 2` of them: the tensor `rope_freqs.weight` of a GGUF file.
    Divisors(Vec<f32>),
}

impl Rope {
    /// Radians per position, `dim / 2` of them, computed in f32 as transformers does.
    pub fn inverse_frequencies(&self) -> Vec<f32> {
        let half = self.dim / 2;
        let plain: Vec<f32> = (0..half)
            .map(|i| {
                let exponent = (2 * i) as f32 / self.dim as f32;
                1.0 / (self.theta as f32).powf(exponent)
            })
            .collect();
        match &self.scaling {
            RopeScaling::None => plain,
            RopeScaling::Linear { factor } => plain.iter().map(|f| f / *factor as f32).collect(),
            RopeScaling::Divisors(divisors) => plain.iter().zip(divisors).map(|(f, d)| f / d).collect(),
            RopeScaling::Llama3 {
                factor,
                low,
                high,
                original,
            } => plain
                .iter()
                .map(|&f| {
                    let wavelength = 2.0 * PI / f64::from(f);
                    if wavelength < original / high {
                        f
                    } else if wavelength > original / low {
                        (f64::from(f) / factor) as f32
                    } else {
                        let smooth = (original / wavelength - low) / (high - low);
                        ((1.0 - smooth) * f64::from(f) / factor + smooth * f64::from(f)) as f32
                    }
                })
                .collect(),
            RopeScaling::Yarn {
                factor,
                original,
                beta_fast,
                beta_slow,
                truncate,
                ..
            } => {
                let dim = self.dim as f64;
                let turning =
                    |rotations: f64| dim * (original / (rotations * 2.0 * PI)).ln() / (2.0 * self.theta.ln());
                let (mut low, mut high) = (turning(*beta_fast), turning(*beta_slow));
                if *truncate {
                    (low, high) = (low.floor(), high.ceil());
                }
                let (low, mut high) = (low.max(0.0), high.min(dim - 1.0));
                if low == high {
                    high += 0.001;
                }
                plain
                    .iter()
                    .enumerate()
                    .map(|(i, &f)| {
                        let ramp = ((i as f64 - low) / (high - low)).clamp(0.0, 1.0);
                        let keep = 1.0 - ramp;
                        (f64::from(f) / factor * (1.0 - keep) + f64::from(f) * keep) as f32
                    })
                    .collect()
            }
        }
    }

    /// Factor on sines and cosines.
    pub fn attention_factor(&self) -> f32 {
        match self.scaling {
            RopeScaling::Yarn { attention_factor, .. } => attention_factor as f32,
            _ => 1.0,
        }
    }
}

/// Largest values that a model may state; beyond them a size computed from two or three of them
/// could overflow or exhaust the machine before a tensor is looked at.
const MOST: &[(&str, usize)] = &[
    ("vocabulary", 1 << 24),
    ("hidden size", 1 << 18),
    ("feed-forward size", 1 << 20),
    ("layers", 1 << 12),
    ("heads", 1 << 12),
    ("key and value heads", 1 << 12),
    ("head size", 1 << 12),
    ("context length", 1 << 28),
];

impl DecoderConfig {
    /// What the queries of a layer see.
    pub fn sight(&self, layer: usize) -> Sight {
        Sight {
            heads: self.heads,
            scale: self.attention_scale,
            window: self.windows[layer],
        }
    }

    /// Checks that the sizes fit each other.
    ///
    /// # Errors
    /// [`EngineError::Config`] naming the size that is zero, absurd or does not divide another.
    pub fn checked(self) -> Result<Self, EngineError> {
        let sizes = [
            self.vocab_size,
            self.hidden_size,
            self.intermediate_size,
            self.layers,
            self.heads,
            self.kv_heads,
            self.head_dim,
            self.context_length,
        ];
        for (&(field, most), size) in MOST.iter().zip(sizes) {
            if size == 0 || size > most {
                return Err(unfit(field, format!("1 to {most}"), size));
            }
        }
        if !self.heads.is_multiple_of(self.kv_heads) {
            return Err(unfit(
                "key and value heads",
                format!("a divisor of {} heads", self.heads),
                self.kv_heads,
            ));
        }
        if !self.head_dim.is_multiple_of(2) {
            return Err(unfit("head size", "an even number".into(), self.head_dim));
        }
        if self.rope.dim == 0 || self.rope.dim > self.head_dim || !self.rope.dim.is_multiple_of(2) {
            let expected = format!("an even number up to {}", self.head_dim);
            return Err(unfit("rotated part of a head", expected, self.rope.dim));
        }
        if !(self.rope.theta.is_finite() && self.rope.theta > 1.0) {
            return Err(unfit("rope theta", "a number above 1".into(), self.rope.theta));
        }
        if !(self.rms_norm_eps.is_finite() && self.rms_norm_eps >= 0.0) {
            let expected = "a number from 0".into();
            return Err(unfit("norm epsilon", expected, self.rms_norm_eps));
        }
        for (field, per_layer) in [
            ("rope layers", self.rope_layers.len()),
            ("attention windows", self.windows.len()),
        ] {
            if per_layer != self.layers {
                return Err(unfit(field, format!("{} of them", self.layers), per_layer));
            }
        }
        if self.windows.contains(&Some(0)) {
            return Err(unfit("attention window", "at least 1".into(), 0));
        }
        Ok(self)
    }

    /// Numbers in the model's matrices and vectors.
    pub fn parameters(&self) -> usize {
        let attention = self.hidden_size * self.head_dim * (2 * self.heads + 2 * self.kv_heads);
        let layer = attention + 3 * self.hidden_size * self.intermediate_size + 2 * self.hidden_size;
        let embeddings = if self.tied_embeddings { 1 } else { 2 };
        self.layers * layer + embeddings * self.vocab_size * self.hidden_size + self.hidden_size
    }
}

fn unfit(field: &str, expected: String, found: impl ToString) -> EngineError {
    EngineError::Config {
        field: field.to_owned(),
        expected,
        found: found.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_frequencies_fall_from_one_to_the_base() {
        let rope = Rope {
            theta: 10_000.0,
            dim: 8,
            scaling: RopeScaling::None,
        };
        let found = rope.inverse_frequencies();
        for (f, expected) in found.iter().zip([1.0, 0.1, 0.01, 0.001]) {
            assert!((f / expected - 1.0).abs() < 1e-6, "{f} {expected}");
        }
    }

    #[test]
    fn llama3_keeps_short_waves_and_stretches_long_ones() {
        let rope = Rope {
            theta: 500_000.0,
            dim: 128,
            scaling: RopeScaling::Llama3 {
                factor: 32.0,
                low: 1.0,
                high: 4.0,
                original: 8192.0,
            },
        };
        let plain = Rope {
            scaling: RopeScaling::None,
            ..rope.clone()
        };
        let (scaled, plain) = (rope.inverse_frequencies(), plain.inverse_frequencies());
        assert_eq!(scaled[0], plain[0]);
        assert!((plain[63] / scaled[63] - 32.0).abs() < 1e-3);
    }

    #[test]
    fn queries_grow_only_beyond_the_first_context() {
        let scale = QueryScale {
            beta: 0.1,
            original: 16,
        };
        assert_eq!(scale.at(15), 1.0);
        assert!((scale.at(16) - (1.0 + 0.1 * 2f32.ln())).abs() < 1e-7);
    }
}
