//! The decoder of the Llama family: packed tokens in, logits out.
//!
//! A batch is packed, not padded: the tokens of all chunks stand in one `[rows, hidden]` tensor of
//! f32, each with its position, whether they are a prompt's beginning, a continuation of it, one
//! sampled token or several drafted ones. Only attention looks at which rows belong together.

mod dense;
mod packed;
mod wanted;

use super::config::DecoderConfig;
use super::error::EngineError;
use super::kernels::attention::Span;
use super::kernels::floats::Floats;
use super::kv::PAGE;
use super::kv::store::{KvForm, KvStore};
use super::ops::Positions;
use super::weights::{ModelFiles, Weights};
use candle_core::{Device, Tensor};
use packed::kernels::{Dots, fit_dots};
#[cfg(target_arch = "x86_64")]
use packed::kernels::{Tiles, fit_tiles};
pub use wanted::{Found, Row, Rows, Want};

/// Consecutive tokens of one sequence, to be computed now.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    /// The tokens; at least one.
    pub tokens: &'a [u32],
    /// Position of the first in its sequence: so many tokens are in the pages already.
    pub start: usize,
    /// Pages of the sequence, enough for `start + tokens.len()`.
    pub pages: &'a [u32],
    /// Logits are computed for the tokens from this one on: `tokens.len() - 1` for the last,
    /// `tokens.len()` for none, 0 for all.
    pub logits_from: usize,
}

/// A loaded model.
#[derive(Debug)]
pub struct Decoder {
    config: DecoderConfig,
    quantization: String,
    device: Device,
    frequencies: Vec<f32>,
    body: Body,
}

/// The layers, in the form in which they are computed.
#[derive(Debug)]
enum Body {
    Dense(dense::Layers),
    #[cfg(target_arch = "x86_64")]
    Tiles(packed::Layers<Tiles>),
    Dots(packed::Layers<Dots>),
}

/// How a model is loaded.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// Use candle's operations on the CPU too, instead of our kernels: the path of other devices,
    /// for tests.
    pub generic: bool,
    /// Keep activations of float weights, and keys and values, in f32 where the tile unit would round them to
    /// bfloat16, and use candle's kernels for quantized weights: slower by far, for comparisons.
    pub exact: bool,
}

impl Decoder {
    /// Loads a model onto `device`.
    ///
    /// # Errors
    /// When a file cannot be read or is broken, the architecture is unknown, a tensor is missing or
    /// has another shape than the settings say, or the device fails.
    pub fn load(files: &ModelFiles, device: &Device, options: &LoadOptions) -> Result<Self, EngineError> {
        let (weights, config) = Weights::open(files)?;
        Self::from_weights(&weights, config, device, options)
    }

    /// Loads an opened model onto `device`.
    ///
    /// # Errors
    /// As [`Decoder::load`], but for what opening finds.
    pub fn from_weights(
        weights: &Weights,
        config: DecoderConfig,
        device: &Device,
        options: &LoadOptions,
    ) -> Result<Self, EngineError> {
        Ok(Self {
            body: Body::load(weights, &config, device, options)?,
            quantization: weights.quantization(),
            frequencies: config.rope.inverse_frequencies(),
            device: device.clone(),
            config,
        })
    }

    /// The model's shape.
    pub fn config(&self) -> &DecoderConfig {
        &self.config
    }

    /// `Q4_K_M`, `bf16`, …
    pub fn quantization(&self) -> &str {
        &self.quantization
    }

    /// Where it is computed.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Tokens that one step computes in hardly more time than one: so many may be guessed ahead.
    pub fn cheap_rows(&self) -> usize {
        match &self.body {
            Body::Dense(_) if self.device.is_cpu() => 4,
            Body::Dense(_) => 32,
            // One block of tokens.
            Body::Dots(_) => 8,
            // Two tiles of tokens: reading and expanding the weights takes most of the time.
            #[cfg(target_arch = "x86_64")]
            Body::Tiles(_) => 32,
        }
    }

    /// How this model's keys and values are stored.
    pub fn kv_form(&self) -> KvForm {
        match &self.body {
            Body::Dense(layers) => layers.kv_form(),
            Body::Dots(_) => KvForm::Pairs,
            #[cfg(target_arch = "x86_64")]
            Body::Tiles(_) => KvForm::Tiles,
        }
    }

    /// An empty store of keys and values for this model.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn kv_store(&self, pages: usize) -> Result<KvStore, EngineError> {
        KvStore::new(&self.config, self.kv_form(), pages, &self.device)
    }

    /// Computes the chunks' tokens, files their keys and values in `store`, and returns the wanted
    /// logits as `[wanted rows, vocabulary]` of f32, chunk by chunk.
    ///
    /// No two chunks may write the same page.
    ///
    /// # Errors
    /// When a chunk's pages do not hold it, a token is unknown, or the device fails.
    pub fn forward(&self, chunks: &[Chunk], store: &mut KvStore) -> Result<Tensor, EngineError> {
        self.find(chunks, &[], store, Floats::default())?.into_tensor()
    }

    /// The same, of the wanted rows what `wants` says in their order, and of those behind its end the logits. Where the most
    /// probable token is enough, our own kernels write no logits; candle's do all the same. `room` takes those that are written.
    ///
    /// # Errors
    /// As [`Decoder::forward`].
    pub fn find(
        &self,
        chunks: &[Chunk],
        wants: &[Want],
        store: &mut KvStore,
        room: Floats,
    ) -> Result<Found, EngineError> {
        let batch = Batch::new(chunks, wants, store.pages())?;
        let vocabulary = self.config.vocab_size;
        if let Some(token) = batch.tokens.iter().find(|token| **token as usize >= vocabulary) {
            return Err(EngineError::UnknownToken {
                token: *token,
                vocabulary,
            });
        }
        if batch.tokens.is_empty() {
            return Ok(Found::new(Vec::new(), room, vocabulary));
        }
        let positions = self.positions(&batch.positions);
        match &self.body {
            Body::Dense(layers) => {
                Found::from_tensor(&layers.forward(&self.config, &batch, &positions, store)?)
            }
            Body::Dots(layers) => layers.forward(&self.config, &batch, &positions, store, room),
            #[cfg(target_arch = "x86_64")]
            Body::Tiles(layers) => layers.forward(&self.config, &batch, &positions, store, room),
        }
    }

    fn positions(&self, positions: &[usize]) -> Positions {
        let rope = &self.config.rope;
        let factor = rope.attention_factor();
        let count = positions.len() * self.frequencies.len();
        let (mut cos, mut sin) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for position in positions {
            for frequency in &self.frequencies {
                // In f32, as transformers does: at position 4000 the last bits of the angle show.
                let angle = *position as f32 * frequency;
                cos.push(angle.cos() * factor);
                sin.push(angle.sin() * factor);
            }
        }
        let query_scale = match self.config.query_scale {
            Some(scale) => positions.iter().map(|position| scale.at(*position)).collect(),
            None => Vec::new(),
        };
        Positions {
            cos,
            sin,
            query_scale,
            rotated: rope.dim,
        }
    }
}

impl Body {
    fn load(
        weights: &Weights,
        config: &DecoderConfig,
        device: &Device,
        options: &LoadOptions,
    ) -> Result<Self, EngineError> {
        if device.is_cpu() && !options.generic && !options.exact {
            #[cfg(target_arch = "x86_64")]
            if fit_tiles(weights, config) {
                return Ok(Self::Tiles(packed::Layers::load(weights, config)?));
            }
            if fit_dots(weights, config) {
                return Ok(Self::Dots(packed::Layers::load(weights, config)?));
            }
        }
        let generic = options.generic || !device.is_cpu();
        Ok(Self::Dense(dense::Layers::load(
            weights, config, device, generic,
        )?))
    }
}

/// The chunks' tokens, packed.
struct Batch<'a> {
    tokens: Vec<u32>,
    positions: Vec<usize>,
    spans: Vec<Span<'a>>,
    /// Rows of which something is wanted.
    wanted: Vec<u32>,
    /// What of each.
    wants: Vec<Want<'a>>,
}

impl<'a> Batch<'a> {
    fn new(chunks: &[Chunk<'a>], wants: &[Want<'a>], store: usize) -> Result<Self, EngineError> {
        let mut batch = Self {
            tokens: Vec::new(),
            positions: Vec::new(),
            spans: Vec::new(),
            wanted: Vec::new(),
            wants: wants.to_vec(),
        };
        for chunk in chunks {
            let (row, count) = (batch.tokens.len(), chunk.tokens.len());
            let needed = chunk.start.saturating_add(count);
            let foreign = chunk.pages.iter().any(|page| *page as usize >= store);
            if foreign || needed > chunk.pages.len() * PAGE {
                return Err(EngineError::PageTable {
                    needed,
                    store,
                    found: chunk.pages.to_vec(),
                });
            }
            if count == 0 {
                continue;
            }
            batch.tokens.extend_from_slice(chunk.tokens);
            batch.positions.extend(chunk.start..chunk.start + count);
            batch
                .wanted
                .extend((chunk.logits_from..count).map(|token| (row + token) as u32));
            batch.spans.push(Span {
                row,
                tokens: count,
                start: chunk.start,
                pages: chunk.pages,
            });
        }
        batch.wants.resize(batch.wanted.len(), Want::Logits);
        Ok(batch)
    }
}
