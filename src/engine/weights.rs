//! A model's tensors on the disk, by the place that they take in the decoder.
//!
//! Three containers are read: GGUF ([`gguf`]), safetensors ([`safetensors`]) and, for translation models,
//! PyTorch's own ([`pytorch`]). All are read tensor
//! by tensor, so that loading needs little more memory than the model itself, and neither is
//! trusted: every size is checked against the file before anything is allocated.

pub mod files;
mod floats;
pub mod gguf;
mod pickle;
pub mod pytorch;
pub mod safetensors;

use super::config::DecoderConfig;
use super::error::EngineError;
use candle_core::quantized::gguf_file::Content;
use candle_core::quantized::{GgmlDType, QTensor};
pub use files::ModelFiles;
use half::{bf16, f16};
use std::fs::File;
use std::path::Path;

/// A matrix of `rows` outputs by `columns` inputs, row after row, in the type of the file.
#[derive(Debug)]
pub enum Matrix {
    /// Quantized blocks.
    Quantized(Box<QTensor>),
    /// 32-bit floats.
    F32(Vec<f32>),
    /// bfloat16: kept so on the CPU, widened in registers.
    Bf16(Vec<bf16>),
    /// IEEE half: kept so on the CPU, widened in registers.
    F16(Vec<f16>),
}

/// Numbers of a tensor that are still on the disk, in quantized blocks or as floats.
#[derive(Debug, Clone, Copy)]
pub struct Extent<'a> {
    /// Their type.
    pub dtype: GgmlDType,
    /// The file, as long as it should be when it was opened.
    pub file: &'a File,
    /// The file's name, for errors.
    pub path: &'a Path,
    /// Where they begin in it, in bytes.
    pub start: u64,
}

/// Where a tensor belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Token embedding, `[vocab, hidden]`.
    Embedding,
    /// Output matrix, `[vocab, hidden]`; absent when tied.
    Head,
    /// Norm before the output matrix, `[hidden]`.
    FinalNorm,
    /// A tensor of one layer.
    Layer(usize, Part),
}

/// The tensors of one layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Norm before attention.
    AttentionNorm,
    /// Query product.
    Query,
    /// Key product.
    Key,
    /// Value product.
    Value,
    /// Attention's output product.
    Output,
    /// Norm over query heads.
    QueryNorm,
    /// Norm over key heads.
    KeyNorm,
    /// Norm before the feed-forward layer.
    FeedForwardNorm,
    /// Gate product.
    Gate,
    /// Up product.
    Up,
    /// Down product.
    Down,
}

impl Part {
    /// All parts, in the order in which a layer uses them.
    pub const ALL: [Part; 11] = [
        Part::AttentionNorm,
        Part::Query,
        Part::Key,
        Part::Value,
        Part::Output,
        Part::QueryNorm,
        Part::KeyNorm,
        Part::FeedForwardNorm,
        Part::Gate,
        Part::Up,
        Part::Down,
    ];

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Part::AttentionNorm => ("input_layernorm", "attn_norm"),
            Part::Query => ("self_attn.q_proj", "attn_q"),
            Part::Key => ("self_attn.k_proj", "attn_k"),
            Part::Value => ("self_attn.v_proj", "attn_v"),
            Part::Output => ("self_attn.o_proj", "attn_output"),
            Part::QueryNorm => ("self_attn.q_norm", "attn_q_norm"),
            Part::KeyNorm => ("self_attn.k_norm", "attn_k_norm"),
            Part::FeedForwardNorm => ("post_attention_layernorm", "ffn_norm"),
            Part::Gate => ("mlp.gate_proj", "ffn_gate"),
            Part::Up => ("mlp.up_proj", "ffn_up"),
            Part::Down => ("mlp.down_proj", "ffn_down"),
        }
    }

    /// Rows and columns of the product, or `None` for a norm.
    pub fn shape(self, config: &DecoderConfig) -> Option<(usize, usize)> {
        let hidden = config.hidden_size;
        let queries = config.heads * config.head_dim;
        let keys = config.kv_heads * config.head_dim;
        match self {
            Part::Query => Some((queries, hidden)),
            Part::Key | Part::Value => Some((keys, hidden)),
            Part::Output => Some((hidden, queries)),
            Part::Gate | Part::Up => Some((config.intermediate_size, hidden)),
            Part::Down => Some((hidden, config.intermediate_size)),
            _ => None,
        }
    }
}

impl Place {
    /// Name in safetensors files, without the prefix of a wrapping model; `kind` is `weight` or
    /// `bias`.
    pub fn hf_name(self, kind: &str) -> String {
        match self {
            Place::Embedding => format!("model.embed_tokens.{kind}"),
            Place::Head => format!("lm_head.{kind}"),
            Place::FinalNorm => format!("model.norm.{kind}"),
            Place::Layer(i, part) => format!("model.layers.{i}.{}.{kind}", part.names().0),
        }
    }

    /// Name in GGUF files; `kind` is `weight` or `bias`.
    pub fn gguf_name(self, kind: &str) -> String {
        match self {
            Place::Embedding => format!("token_embd.{kind}"),
            Place::Head => format!("output.{kind}"),
            Place::FinalNorm => format!("output_norm.{kind}"),
            Place::Layer(i, part) => format!("blk.{i}.{}.{kind}", part.names().1),
        }
    }
}

/// An opened model: settings read, tensors still on the disk.
#[derive(Debug)]
pub enum Weights {
    /// One GGUF file.
    Gguf(gguf::GgufWeights),
    /// A folder's safetensors files.
    Safetensors(safetensors::SafetensorsWeights),
}

impl Weights {
    /// Opens a model and reads its settings.
    ///
    /// # Errors
    /// When a file cannot be read, is not what it should be, or holds an unknown architecture.
    pub fn open(files: &ModelFiles) -> Result<(Self, DecoderConfig), EngineError> {
        match files {
            ModelFiles::Gguf(path) => {
                let (weights, config) = gguf::GgufWeights::open(path)?;
                Ok((Self::Gguf(weights), config))
            }
            ModelFiles::Safetensors { config, shards } => {
                let config = safetensors::read_config(config)?;
                let weights = safetensors::SafetensorsWeights::open(shards)?;
                Ok((Self::Safetensors(weights), config))
            }
        }
    }

    /// The header of a GGUF file, which holds more than weights.
    pub fn content(&self) -> Option<&Content> {
        match self {
            Self::Gguf(weights) => Some(weights.content()),
            Self::Safetensors(_) => None,
        }
    }

    /// Reads a matrix of `rows` by `columns`. Rows of query and key heads come in halves
    /// (`rotate_half`), whatever the container's order.
    ///
    /// # Errors
    /// When the tensor is missing, truncated, or of another shape or an unreadable type.
    pub fn matrix(
        &self,
        place: Place,
        config: &DecoderConfig,
        (rows, columns): (usize, usize),
    ) -> Result<Matrix, EngineError> {
        match self {
            Self::Gguf(weights) => weights.matrix(place, config, (rows, columns)),
            Self::Safetensors(weights) => weights.matrix(place, (rows, columns)),
        }
    }

    /// Where the blocks of a quantized matrix lie in its file, row after row; none where they have to go through
    /// [`Weights::matrix`]. Reads nothing.
    ///
    /// # Errors
    /// As [`Weights::matrix`].
    pub fn extent(
        &self,
        place: Place,
        config: &DecoderConfig,
        (rows, columns): (usize, usize),
    ) -> Result<Option<Extent<'_>>, EngineError> {
        match self {
            Self::Gguf(weights) => weights.extent(place, config, (rows, columns)),
            Self::Safetensors(_) => Ok(None),
        }
    }

    /// The type in which a matrix is stored; none where there is no such matrix. Reads nothing.
    pub fn dtype(&self, place: Place) -> Option<GgmlDType> {
        match self {
            Self::Gguf(weights) => weights.dtype(place),
            Self::Safetensors(weights) => weights.dtype(place),
        }
    }

    /// Reads a vector as f32: `weight` of a norm, `bias` of a product.
    ///
    /// # Errors
    /// As [`Weights::matrix`].
    pub fn vector(
        &self,
        place: Place,
        kind: &str,
        config: &DecoderConfig,
        length: usize,
    ) -> Result<Vec<f32>, EngineError> {
        match self {
            Self::Gguf(weights) => weights.vector(place, kind, config, length),
            Self::Safetensors(weights) => weights.vector(place, kind, length),
        }
    }

    /// `Q4_K_M`-like name of the weights' type, for the record of a run.
    pub fn quantization(&self) -> String {
        match self {
            Self::Gguf(weights) => weights.quantization(),
            Self::Safetensors(weights) => weights.quantization(),
        }
    }
}
