//! The decoder of the Llama family: packed tokens in, logits out.
//!
//! A batch is packed, not padded: the tokens of all chunks stand in one `[rows, hidden]` tensor of
//! f32, each with its position, whether they are a prompt's beginning, a continuation of it, one
//! sampled token or several drafted ones. Only attention looks at which rows belong together.

use super::config::DecoderConfig;
use super::error::EngineError;
use super::kernels::attention::Span;
use super::kv::PAGE;
use super::kv::store::KvStore;
use super::linear::{Linear, Weight};
use super::ops::{Ops, Positions, Vector};
use super::weights::{ModelFiles, Part, Place, Weights};
use candle_core::{Device, Tensor};

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
    ops: Ops,
    frequencies: Vec<f32>,
    embedding: Weight,
    layers: Vec<Layer>,
    norm: Vector,
    head: Linear,
}

#[derive(Debug)]
struct Layer {
    attention_norm: Vector,
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    query_norm: Option<Vector>,
    key_norm: Option<Vector>,
    feed_forward_norm: Vector,
    gate: Linear,
    up: Linear,
    down: Linear,
}

impl Layer {
    fn products(&self) -> [&Linear; 7] {
        [
            &self.query,
            &self.key,
            &self.value,
            &self.output,
            &self.gate,
            &self.up,
            &self.down,
        ]
    }
}

/// How a model is loaded.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// Use candle's operations on the CPU too, instead of our kernels: the path of other devices,
    /// for tests.
    pub generic: bool,
}

impl Decoder {
    /// Loads a model onto `device`.
    ///
    /// # Errors
    /// When a file cannot be read or is broken, the architecture is unknown, a tensor is missing or
    /// has another shape than the settings say, or the device fails.
    pub fn load(files: &ModelFiles, device: &Device, options: &LoadOptions) -> Result<Self, EngineError> {
        let (weights, config) = Weights::open(files)?;
        Loader {
            weights,
            config,
            device: device.clone(),
            generic: options.generic || !device.is_cpu(),
        }
        .decoder()
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

    /// An empty store of keys and values for this model.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn kv_store(&self, pages: usize) -> Result<KvStore, EngineError> {
        KvStore::new(&self.config, pages, &self.device, self.ops == Ops::Generic)
    }

    /// Computes the chunks' tokens, files their keys and values in `store`, and returns the wanted
    /// logits as `[wanted rows, vocabulary]` of f32, chunk by chunk.
    ///
    /// No two chunks may write the same page.
    ///
    /// # Errors
    /// When a chunk's pages do not hold it, a token is unknown, or the device fails.
    pub fn forward(&self, chunks: &[Chunk], store: &mut KvStore) -> Result<Tensor, EngineError> {
        let batch = Batch::new(chunks, store.pages())?;
        let config = &self.config;
        if batch.tokens.is_empty() {
            let shape = (0, config.vocab_size);
            return Ok(Tensor::zeros(shape, candle_core::DType::F32, &Device::Cpu)?);
        }
        for token in &batch.tokens {
            if *token as usize >= config.vocab_size {
                return Err(EngineError::UnknownToken {
                    token: *token,
                    vocabulary: config.vocab_size,
                });
            }
        }
        let positions = self.positions(&batch.positions);
        let mut x = self.embedding.lookup(&batch.tokens, &self.device)?;
        if config.embedding_scale != 1.0 {
            x = (x * f64::from(config.embedding_scale))?;
        }
        let wanted = Tensor::from_slice(&batch.wanted, batch.wanted.len(), &self.device)?;
        for (index, layer) in self.layers.iter().enumerate() {
            let attended = self.attention(index, layer, &x, &positions, &batch.spans, store)?;
            // Behind the last attention only rows whose logits are wanted go on.
            let attended = if index + 1 == self.layers.len() {
                if batch.wanted.is_empty() {
                    break;
                }
                x = x.index_select(&wanted, 0)?;
                attended.index_select(&wanted, 0)?
            } else {
                attended
            };
            let attended = layer.output.forward(&attended)?;
            x = self.ops.add_scaled(&x, &attended, config.residual_scale)?;
            let fed = self.feed_forward(layer, &x)?;
            x = self.ops.add_scaled(&x, &fed, config.residual_scale)?;
        }
        if batch.wanted.is_empty() {
            let shape = (0, config.vocab_size);
            return Ok(Tensor::zeros(shape, candle_core::DType::F32, &Device::Cpu)?);
        }
        let x = self.ops.rms_norm(&x, &self.norm, config.rms_norm_eps)?;
        let logits = self.head.forward(&x)?;
        match config.logit_scale {
            1.0 => Ok(logits),
            scale => Ok((logits * f64::from(scale))?),
        }
    }

    fn attention(
        &self,
        index: usize,
        layer: &Layer,
        x: &Tensor,
        positions: &Positions,
        spans: &[Span],
        store: &mut KvStore,
    ) -> Result<Tensor, EngineError> {
        let config = &self.config;
        let x = self.ops.rms_norm(x, &layer.attention_norm, config.rms_norm_eps)?;
        let products = [&layer.query, &layer.key, &layer.value];
        let [query, key, value] = Linear::forward_all(products, &x)?;
        let eps = config.rms_norm_eps;
        let rotation = config.rope_layers[index].then_some(positions);
        let query_norm = layer.query_norm.as_ref().map(|norm| (norm, eps));
        let key_norm = layer.key_norm.as_ref().map(|norm| (norm, eps));
        let scale = positions.query_scale.as_slice();
        let query = self
            .ops
            .prepare_heads(&query, config.heads, query_norm, rotation, scale)?;
        let key = self
            .ops
            .prepare_heads(&key, config.kv_heads, key_norm, rotation, &[])?;
        Ok(store.attend(index, (&query, &key, &value), config, spans)?)
    }

    fn feed_forward(&self, layer: &Layer, x: &Tensor) -> Result<Tensor, EngineError> {
        let norm = &layer.feed_forward_norm;
        let x = self.ops.rms_norm(x, norm, self.config.rms_norm_eps)?;
        let [gate, up] = Linear::forward_all([&layer.gate, &layer.up], &x)?;
        Ok(layer.down.forward(&self.ops.swiglu(&gate, &up)?)?)
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

/// The chunks' tokens, packed.
struct Batch<'a> {
    tokens: Vec<u32>,
    positions: Vec<usize>,
    spans: Vec<Span<'a>>,
    /// Rows whose logits are wanted.
    wanted: Vec<u32>,
}

impl<'a> Batch<'a> {
    fn new(chunks: &[Chunk<'a>], store: usize) -> Result<Self, EngineError> {
        let mut batch = Self {
            tokens: Vec::new(),
            positions: Vec::new(),
            spans: Vec::new(),
            wanted: Vec::new(),
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
        Ok(batch)
    }
}

struct Loader {
    weights: Weights,
    config: DecoderConfig,
    device: Device,
    generic: bool,
}

impl Loader {
    fn decoder(mut self) -> Result<Decoder, EngineError> {
        let shape = (self.config.vocab_size, self.config.hidden_size);
        let embedding = self.matrix(Place::Embedding, shape)?;
        let layers = (0..self.config.layers)
            .map(|index| self.layer(index))
            .collect::<Result<Vec<_>, _>>()?;
        let norm = self.norm(Place::FinalNorm, self.config.hidden_size)?;
        let head = match self.config.tied_embeddings {
            true => embedding.clone(),
            false => self.matrix(Place::Head, shape)?,
        };
        let head = Linear {
            weight: head,
            bias: None,
        };
        let products = layers.iter().flat_map(Layer::products).chain([&head]);
        Linear::prepare_all(&products.collect::<Vec<_>>(), &self.device)?;
        Ok(Decoder {
            quantization: self.weights.quantization(),
            frequencies: self.config.rope.inverse_frequencies(),
            ops: if self.generic { Ops::Generic } else { Ops::Cpu },
            device: self.device,
            config: self.config,
            embedding,
            layers,
            norm,
            head,
        })
    }

    fn layer(&mut self, index: usize) -> Result<Layer, EngineError> {
        let config = &self.config;
        let (qkv, out, mlp) = (config.qkv_bias, config.output_bias, config.mlp_bias);
        let (hidden, head_dim, qk_norm) = (config.hidden_size, config.head_dim, config.qk_norm);
        let at = |part| Place::Layer(index, part);
        Ok(Layer {
            attention_norm: self.norm(at(Part::AttentionNorm), hidden)?,
            query: self.linear(index, Part::Query, qkv)?,
            key: self.linear(index, Part::Key, qkv)?,
            value: self.linear(index, Part::Value, qkv)?,
            output: self.linear(index, Part::Output, out)?,
            query_norm: match qk_norm {
                true => Some(self.norm(at(Part::QueryNorm), head_dim)?),
                false => None,
            },
            key_norm: match qk_norm {
                true => Some(self.norm(at(Part::KeyNorm), head_dim)?),
                false => None,
            },
            feed_forward_norm: self.norm(at(Part::FeedForwardNorm), hidden)?,
            gate: self.linear(index, Part::Gate, mlp)?,
            up: self.linear(index, Part::Up, mlp)?,
            down: self.linear(index, Part::Down, mlp)?,
        })
    }

    fn linear(&mut self, index: usize, part: Part, bias: bool) -> Result<Linear, EngineError> {
        let place = Place::Layer(index, part);
        let shape = part
            .shape(&self.config)
            .expect("OK because only products are asked for");
        let weight = self.matrix(place, shape)?;
        let bias = match bias {
            true => {
                let bias = self.weights.vector(place, "bias", &self.config, shape.0)?;
                Some(self.vector(bias)?)
            }
            false => None,
        };
        Ok(Linear { weight, bias })
    }

    fn matrix(&mut self, place: Place, shape: (usize, usize)) -> Result<Weight, EngineError> {
        let matrix = self.weights.matrix(place, &self.config, shape)?;
        Weight::new(matrix, shape, &self.device, self.generic)
    }

    fn norm(&mut self, place: Place, length: usize) -> Result<Vector, EngineError> {
        let weight = self.weights.vector(place, "weight", &self.config, length)?;
        self.vector(weight)
    }

    fn vector(&self, slice: Vec<f32>) -> Result<Vector, EngineError> {
        let tensor = Tensor::from_slice(&slice, slice.len(), &self.device)?;
        Ok(Vector { slice, tensor })
    }
}
