//! The decoder on the tile unit: weights as small as in their file, expanded to bfloat16 while they are
//! read; activations, keys and values rounded to bfloat16; the residual stream, norms and sums in f32.
//!
//! Nothing is allocated in a step but the logits: the rows of a batch live in buffers that grow to the
//! largest one.

use super::Batch;
use crate::engine::config::DecoderConfig;
use crate::engine::error::EngineError;
use crate::engine::kernels::amx::attention::TilePages;
use crate::engine::kernels::amx::{Activations, Out, Part as Product, product};
use crate::engine::kernels::has_tiles;
use crate::engine::kernels::packed::{BAND, Blocks, Packed, Source, TILE_ROWS, to_bf16};
use crate::engine::kernels::pool::Pool;
use crate::engine::kernels::rows::{HeadWork, prepare_heads_row, rms_norm_row};
use crate::engine::kv::store::KvStore;
use crate::engine::ops::Positions;
use crate::engine::weights::{Matrix, Part, Place, Weights};
use candle_core::quantized::GgmlDType;
use candle_core::{Device, Tensor};
use std::sync::{Arc, Mutex, PoisonError};

/// All layers, and what stands before and behind them.
#[derive(Debug)]
pub(super) struct Layers {
    embedding: Arc<Packed>,
    layers: Vec<Layer>,
    norm: Vec<f32>,
    head: Arc<Packed>,
    work: Mutex<Work>,
}

#[derive(Debug)]
struct Layer {
    attention_norm: Vec<f32>,
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    query_norm: Option<Vec<f32>>,
    key_norm: Option<Vec<f32>>,
    feed_forward_norm: Vec<f32>,
    /// Sixteen rows of the gate, then the sixteen rows of the other matrix that belong to them.
    gate_up: Packed,
    down: Linear,
}

#[derive(Debug)]
struct Linear {
    weight: Packed,
    bias: Option<Vec<f32>>,
}

/// The rows of a batch on their way.
#[derive(Debug, Default)]
struct Work {
    /// The residual stream, `[rows, hidden]`.
    x: Vec<f32>,
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
    /// What attention found, `[rows, heads * head_dim]`.
    attended: Vec<f32>,
    input: Activations,
    gated: Activations,
}

/// Whether this CPU, this model and its files are fit for tiles. Models of f32 and f16 are not: they keep
/// their precision.
pub(super) fn can_compute(weights: &Weights, config: &DecoderConfig) -> bool {
    has_tiles()
        && !config.mlp_bias
        && TilePages::can_group(config.heads / config.kv_heads.max(1))
        && !weights.is_wide(Place::Layer(0, Part::Query))
}

impl Layers {
    /// The wanted logits of a batch, as [`super::Decoder::forward`] returns them.
    pub(super) fn forward(
        &self,
        config: &DecoderConfig,
        batch: &Batch,
        positions: &Positions,
        store: &mut KvStore,
    ) -> Result<Tensor, EngineError> {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        let work = &mut *work;
        self.look_up(config, &batch.tokens, &mut work.x);
        for (index, layer) in self.layers.iter().enumerate() {
            layer.attend(config, index, batch, positions, store.tiles(index)?, work);
            // Behind the last attention only rows whose logits are wanted go on.
            if index + 1 == self.layers.len() {
                keep(&mut work.x, &batch.wanted, config.hidden_size);
                keep(&mut work.attended, &batch.wanted, config.heads * config.head_dim);
            }
            if work.x.is_empty() {
                break;
            }
            layer.finish(config, work);
        }
        let rows = batch.wanted.len();
        let mut logits = vec![0.0; rows * config.vocab_size];
        if rows > 0 {
            normed(&work.x, &self.norm, config.rms_norm_eps, &mut work.input);
            product(&work.input, vec![set(&self.head, None, &mut logits)]);
            if config.logit_scale != 1.0 {
                logits.iter_mut().for_each(|x| *x *= config.logit_scale);
            }
        }
        Ok(Tensor::from_vec(logits, (rows, config.vocab_size), &Device::Cpu)?)
    }

    fn look_up(&self, config: &DecoderConfig, tokens: &[u32], x: &mut Vec<f32>) {
        let width = config.hidden_size;
        x.resize(tokens.len() * width, 0.0);
        each_row(x, width, |row, out| {
            self.embedding.row(tokens[row] as usize, out);
            if config.embedding_scale != 1.0 {
                out.iter_mut().for_each(|x| *x *= config.embedding_scale);
            }
        });
    }
}

impl Layer {
    /// Queries, keys and values of the batch, and what its tokens attend to.
    fn attend(
        &self,
        config: &DecoderConfig,
        index: usize,
        batch: &Batch,
        positions: &Positions,
        pages: &mut TilePages,
        work: &mut Work,
    ) {
        let rows = batch.tokens.len();
        normed(
            &work.x,
            &self.attention_norm,
            config.rms_norm_eps,
            &mut work.input,
        );
        let (queries, keys) = (config.heads * config.head_dim, config.kv_heads * config.head_dim);
        work.query.resize(rows * queries, 0.0);
        work.key.resize(rows * keys, 0.0);
        work.value.resize(rows * keys, 0.0);
        work.attended.resize(rows * queries, 0.0);
        let parts = vec![
            self.query.set(&mut work.query),
            self.key.set(&mut work.key),
            self.value.set(&mut work.value),
        ];
        product(&work.input, parts);
        let rotates = config.rope_layers[index];
        let query_norm = self.query_norm.as_deref();
        let query_scale = positions.query_scale.as_slice();
        for (x, heads, norm, scale) in [
            (&mut work.query, config.heads, query_norm, query_scale),
            (&mut work.key, config.kv_heads, self.key_norm.as_deref(), &[]),
        ] {
            let job = HeadWork {
                heads,
                norm: norm.map(|weight| (weight, config.rms_norm_eps)),
                rotation: rotates.then_some((positions.cos.as_slice(), positions.sin.as_slice())),
                rotated: if rotates { positions.rotated } else { 0 },
                scale,
            };
            each_row(x, heads * config.head_dim, |row, x| {
                prepare_heads_row(x, row, job)
            });
        }
        pages.append(&work.key, &work.value, &batch.spans);
        let (heads, scale, window) = (config.heads, config.attention_scale, config.windows[index]);
        pages.attend(
            &work.query,
            heads,
            scale,
            window,
            &batch.spans,
            &mut work.attended,
        );
    }

    /// What stands behind attention: its output product and the feed-forward part, added to the stream.
    fn finish(&self, config: &DecoderConfig, work: &mut Work) {
        let (width, hidden) = (config.heads * config.head_dim, config.hidden_size);
        let rows = work.x.len() / hidden;
        work.input.fill(rows, width, |row, out| {
            out.copy_from_slice(&work.attended[row * width..(row + 1) * width]);
        });
        product(
            &work.input,
            vec![self.output.add(&mut work.x, config.residual_scale)],
        );
        normed(
            &work.x,
            &self.feed_forward_norm,
            config.rms_norm_eps,
            &mut work.input,
        );
        let gate = Product {
            weights: &self.gate_up,
            out: Out::Gate(&mut work.gated, config.intermediate_size),
        };
        product(&work.input, vec![gate]);
        product(
            &work.gated,
            vec![self.down.add(&mut work.x, config.residual_scale)],
        );
    }
}

impl Linear {
    fn set<'a>(&'a self, out: &'a mut [f32]) -> Product<'a> {
        set(&self.weight, self.bias.as_deref(), out)
    }

    fn add<'a>(&'a self, out: &'a mut [f32], factor: f32) -> Product<'a> {
        Product {
            weights: &self.weight,
            out: Out::Add(out, self.weight.rows(), self.bias.as_deref(), factor),
        }
    }
}

fn set<'a>(weights: &'a Packed, bias: Option<&'a [f32]>, out: &'a mut [f32]) -> Product<'a> {
    Product {
        weights,
        out: Out::Set(out, weights.rows(), bias),
    }
}

/// Norms the rows of `x` into `out`.
fn normed(x: &[f32], weight: &[f32], eps: f32, out: &mut Activations) {
    let width = weight.len();
    out.fill(x.len() / width, width, |row, out| {
        rms_norm_row(&x[row * width..(row + 1) * width], weight, eps, out);
    });
}

/// Keeps some rows of `x`, in ascending order.
fn keep(x: &mut Vec<f32>, rows: &[u32], width: usize) {
    for (to, from) in rows.iter().enumerate() {
        let from = *from as usize * width;
        x.copy_within(from..from + width, to * width);
    }
    x.truncate(rows.len() * width);
}

/// Runs `work(row, numbers)` over the rows of `x`, some at a time.
fn each_row(x: &mut [f32], width: usize, work: impl Fn(usize, &mut [f32]) + Sync) {
    /// Rows of one unit of work.
    const ROWS: usize = 8;
    let blocks: Vec<Mutex<&mut [f32]>> = x.chunks_mut(width * ROWS).map(Mutex::new).collect();
    Pool::global().run(blocks.len(), |block| {
        let mut rows = blocks[block].lock().unwrap_or_else(PoisonError::into_inner);
        for (row, x) in rows.chunks_mut(width).enumerate() {
            work(block * ROWS + row, x);
        }
    });
}

/// A matrix as it was read, in blocks that can be repacked.
struct Raw {
    blocks: Blocks,
    data: Vec<u8>,
}

impl Raw {
    fn new(matrix: Matrix) -> Result<Self, EngineError> {
        let bf16 = |data| Self {
            blocks: Blocks::Bf16,
            data,
        };
        Ok(match matrix {
            Matrix::F32(numbers) => bf16(to_bf16(numbers.into_iter())),
            Matrix::F16(numbers) => bf16(to_bf16(numbers.into_iter().map(|x| x.to_f32()))),
            Matrix::Bf16(numbers) => bf16(numbers.into_iter().flat_map(|x| x.to_le_bytes()).collect()),
            Matrix::Quantized(tensor) => match blocks(tensor.dtype()) {
                Some(blocks) => {
                    let data = tensor.data()?.into_owned();
                    Self { blocks, data }
                }
                // Rare types have no tiles of their own.
                None => {
                    let numbers = tensor.dequantize(&Device::Cpu)?.flatten_all()?.to_vec1::<f32>()?;
                    bf16(to_bf16(numbers.into_iter()))
                }
            },
        })
    }

    fn source(&self, columns: usize) -> Source<'_> {
        Source {
            blocks: self.blocks,
            data: &self.data,
            columns,
        }
    }

    /// The same numbers, rounded to bfloat16.
    fn widened(self, columns: usize) -> Self {
        let packed = self.packed(columns);
        let mut numbers = vec![0.0; packed.rows() * columns];
        for (row, out) in numbers.chunks_mut(columns).enumerate() {
            packed.row(row, out);
        }
        Self {
            blocks: Blocks::Bf16,
            data: to_bf16(numbers.into_iter()),
        }
    }

    fn packed(&self, columns: usize) -> Packed {
        let source = self.source(columns);
        Packed::pack(&source, source.rows(), Some)
    }
}

fn blocks(dtype: GgmlDType) -> Option<Blocks> {
    Some(match dtype {
        GgmlDType::Q4_0 => Blocks::Q4_0,
        GgmlDType::Q4_1 => Blocks::Q4_1,
        GgmlDType::Q5_0 => Blocks::Q5_0,
        GgmlDType::Q5_1 => Blocks::Q5_1,
        GgmlDType::Q8_0 => Blocks::Q8_0,
        GgmlDType::Q4K => Blocks::Q4K,
        GgmlDType::Q5K => Blocks::Q5K,
        GgmlDType::Q6K => Blocks::Q6K,
        _ => return None,
    })
}

struct Loader<'a> {
    weights: &'a mut Weights,
    config: &'a DecoderConfig,
}

impl Layers {
    /// Loads matrix after matrix: each is repacked and its original dropped before the next is read.
    pub(super) fn load(weights: &mut Weights, config: &DecoderConfig) -> Result<Self, EngineError> {
        let mut loader = Loader { weights, config };
        let shape = (config.vocab_size, config.hidden_size);
        let embedding = Arc::new(loader.matrix(Place::Embedding, shape)?);
        let layers = (0..config.layers)
            .map(|index| loader.layer(index))
            .collect::<Result<_, _>>()?;
        let head = match config.tied_embeddings {
            true => Arc::clone(&embedding),
            false => Arc::new(loader.matrix(Place::Head, shape)?),
        };
        Ok(Self {
            embedding,
            layers,
            norm: loader.vector(Place::FinalNorm, "weight", config.hidden_size)?,
            head,
            work: Mutex::default(),
        })
    }
}

impl Loader<'_> {
    fn layer(&mut self, index: usize) -> Result<Layer, EngineError> {
        let config = self.config;
        let at = |part| Place::Layer(index, part);
        let mut head_norm = |part| match config.qk_norm {
            true => self.vector(at(part), "weight", config.head_dim).map(Some),
            false => Ok(None),
        };
        let (query_norm, key_norm) = (head_norm(Part::QueryNorm)?, head_norm(Part::KeyNorm)?);
        Ok(Layer {
            attention_norm: self.vector(at(Part::AttentionNorm), "weight", config.hidden_size)?,
            query: self.linear(index, Part::Query, config.qkv_bias)?,
            key: self.linear(index, Part::Key, config.qkv_bias)?,
            value: self.linear(index, Part::Value, config.qkv_bias)?,
            output: self.linear(index, Part::Output, config.output_bias)?,
            query_norm,
            key_norm,
            feed_forward_norm: self.vector(at(Part::FeedForwardNorm), "weight", config.hidden_size)?,
            gate_up: self.gate_up(index)?,
            down: self.linear(index, Part::Down, false)?,
        })
    }

    /// Gate and up in one matrix, by sixteen rows in turn.
    fn gate_up(&mut self, index: usize) -> Result<Packed, EngineError> {
        let columns = self.config.hidden_size;
        let shape = (self.config.intermediate_size, columns);
        let mut gate = self.raw(Place::Layer(index, Part::Gate), shape)?;
        let mut up = self.raw(Place::Layer(index, Part::Up), shape)?;
        if gate.blocks != up.blocks {
            (gate, up) = (gate.widened(columns), up.widened(columns));
        }
        let sources = [&gate.source(columns), &up.source(columns)];
        let rows = 2 * shape.0.next_multiple_of(BAND);
        Ok(Packed::pack_all(&sources, rows, |row| {
            let (band, within) = (row / BAND, row % BAND);
            let inner = band * TILE_ROWS + within % TILE_ROWS;
            (inner < shape.0).then_some((within / TILE_ROWS, inner))
        }))
    }

    fn linear(&mut self, index: usize, part: Part, bias: bool) -> Result<Linear, EngineError> {
        let place = Place::Layer(index, part);
        let shape = part
            .shape(self.config)
            .expect("OK because only products are asked for");
        let bias = match bias {
            true => Some(self.vector(place, "bias", shape.0)?),
            false => None,
        };
        Ok(Linear {
            weight: self.matrix(place, shape)?,
            bias,
        })
    }

    fn matrix(&mut self, place: Place, shape: (usize, usize)) -> Result<Packed, EngineError> {
        Ok(self.raw(place, shape)?.packed(shape.1))
    }

    fn raw(&mut self, place: Place, shape: (usize, usize)) -> Result<Raw, EngineError> {
        Raw::new(self.weights.matrix(place, self.config, shape)?)
    }

    fn vector(&mut self, place: Place, kind: &str, length: usize) -> Result<Vec<f32>, EngineError> {
        self.weights.vector(place, kind, self.config, length)
    }
}
