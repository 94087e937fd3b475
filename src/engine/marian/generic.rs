//! The network through candle's operations: for GPUs, and on the CPU as the plain form that the kernels
//! are tested against.
//!
//! Products run over the packed rows of all sentences, attention sentence by sentence.

use super::config::{Activation, MarianConfig, Stack};
use super::loading::{MarianFiles, Tensors, sinusoids};
use super::network::{Network, Step, Wanted, best_of};
use crate::engine::error::EngineError;
use crate::engine::kernels::seq2seq::top::Candidates;
use crate::engine::linear::{Linear, Weight};
use crate::engine::ops::Vector;
use candle_core::{D, Device, Result as TensorResult, Tensor};

/// Epsilon of PyTorch's layer norm.
const EPSILON: f32 = 1e-5;

/// A network on any device.
#[derive(Debug)]
pub struct GenericNetwork {
    config: MarianConfig,
    precision: String,
    device: Device,
    /// `[positions, width]`
    positions: Tensor,
    source_embedding: Weight,
    target_embedding: Weight,
    encoder: Vec<EncoderLayer>,
    decoder: Vec<DecoderLayer>,
    head: Linear,
}

#[derive(Debug)]
struct Norm {
    weight: Tensor,
    bias: Tensor,
}

#[derive(Debug)]
struct Attention {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    norm: Norm,
}

#[derive(Debug)]
struct FeedForward {
    up: Linear,
    down: Linear,
    norm: Norm,
}

#[derive(Debug)]
struct EncoderLayer {
    attention: Attention,
    feed_forward: FeedForward,
}

#[derive(Debug)]
struct DecoderLayer {
    attention: Attention,
    cross: Attention,
    feed_forward: FeedForward,
}

/// What is kept of a sentence between steps.
#[derive(Debug)]
pub struct GenericState {
    /// For each layer keys and values of the source, `[heads, source, head width]`.
    memory: Vec<(Tensor, Tensor)>,
    /// For each layer keys and values of what was written, `[hypotheses, heads, written, head width]`.
    past: Vec<Option<(Tensor, Tensor)>>,
    position: usize,
}

impl GenericNetwork {
    /// Loads a model onto a device, in the float type of its files.
    ///
    /// # Errors
    /// When a file cannot be read or is broken, is of no Marian model, or a tensor is missing or has
    /// another shape than the settings say, or the device fails.
    pub fn open(files: &MarianFiles, device: &Device) -> Result<Self, EngineError> {
        let config = MarianConfig::read(&files.config, files.generation.as_deref())?;
        Self::open_as(config, files, device)
    }

    /// Loads a model's tensors under settings of the caller.
    ///
    /// # Errors
    /// As [`GenericNetwork::open`].
    pub fn open_as(config: MarianConfig, files: &MarianFiles, device: &Device) -> Result<Self, EngineError> {
        let tensors = Tensors::open(files)?;
        let precision = tensors.embedding("decoder", &config)?.type_name();
        let (width, rows) = (config.width, config.target_vocabulary);
        let loader = Loader {
            tensors: &tensors,
            width,
            device,
        };
        let target_embedding = loader.table("decoder", &config, rows)?;
        let source_embedding = match config.shared_embeddings {
            true => target_embedding.clone(),
            false => loader.table("encoder", &config, config.source_vocabulary)?,
        };
        let weight = match config.tied_output {
            true => target_embedding.clone(),
            false => loader.weight("lm_head.weight", rows, width)?,
        };
        let bias = loader.tensors.logits_bias(&config)?;
        let head = Linear {
            weight,
            bias: Some(loader.vector(bias)?),
        };
        let encoder = (0..config.encoder.layers)
            .map(|index| {
                let name = format!("model.encoder.layers.{index}");
                Ok(EncoderLayer {
                    attention: loader.attention(&name, "self_attn")?,
                    feed_forward: loader.feed_forward(&name, config.encoder)?,
                })
            })
            .collect::<Result<_, EngineError>>()?;
        let decoder = (0..config.decoder.layers)
            .map(|index| {
                let name = format!("model.decoder.layers.{index}");
                Ok(DecoderLayer {
                    attention: loader.attention(&name, "self_attn")?,
                    cross: loader.attention(&name, "encoder_attn")?,
                    feed_forward: loader.feed_forward(&name, config.decoder)?,
                })
            })
            .collect::<Result<_, EngineError>>()?;
        let table = sinusoids(config.positions, width);
        Ok(Self {
            precision: precision.to_owned(),
            positions: Tensor::from_vec(table, (config.positions, width), device)?,
            device: device.clone(),
            source_embedding,
            target_embedding,
            encoder,
            decoder,
            head,
            config,
        })
    }

    /// `[tokens, width]`
    fn embed(
        &self,
        table: &Weight,
        vocabulary: usize,
        tokens: &[(u32, usize)],
    ) -> Result<Tensor, EngineError> {
        let (ids, positions): (Vec<u32>, Vec<u32>) = tokens.iter().map(|(id, at)| (*id, *at as u32)).unzip();
        if let Some(token) = ids.iter().find(|id| **id as usize >= vocabulary) {
            return Err(EngineError::UnknownToken {
                token: *token,
                vocabulary,
            });
        }
        let context = self.config.positions;
        if let Some(position) = positions.iter().find(|position| **position as usize >= context) {
            return Err(EngineError::PromptTooLong {
                tokens: *position as usize + 1,
                context,
            });
        }
        let x = table.lookup(&ids, &self.device)?;
        let positions = Tensor::from_vec(positions, ids.len(), &self.device)?;
        let scaled = (x * f64::from(self.config.embedding_scale))?;
        Ok((scaled + self.positions.index_select(&positions, 0)?)?)
    }

    fn feed_forward(&self, layer: &FeedForward, x: &Tensor) -> TensorResult<Tensor> {
        let wide = layer.up.forward(x)?;
        let wide = match self.config.activation {
            Activation::Silu => wide.silu()?,
            Activation::Relu => wide.relu()?,
            Activation::Gelu => wide.gelu_erf()?,
        };
        layer.norm.add(x, &layer.down.forward(&wide)?)
    }

    /// The encoder's output of packed sentences, `[tokens, width]`.
    fn read(&self, sentences: &[&[u32]]) -> Result<Tensor, EngineError> {
        let tokens: Vec<(u32, usize)> = sentences
            .iter()
            .flat_map(|sentence| sentence.iter().enumerate().map(|(at, token)| (*token, at)))
            .collect();
        let vocabulary = self.config.source_vocabulary;
        let mut x = self.embed(&self.source_embedding, vocabulary, &tokens)?;
        let heads = self.config.encoder.heads;
        for layer in &self.encoder {
            let products = [
                &layer.attention.query,
                &layer.attention.key,
                &layer.attention.value,
            ];
            let [query, key, value] = Linear::forward_all(products, &x)?;
            let mut attended = Vec::with_capacity(sentences.len());
            let mut first = 0;
            for sentence in sentences {
                let part = |x: &Tensor| by_head(&x.narrow(0, first, sentence.len())?, heads);
                attended.push(attend(&part(&query)?, &part(&key)?, &part(&value)?)?);
                first += sentence.len();
            }
            x = layer.attention.finish(&x, &attended)?;
            x = self.feed_forward(&layer.feed_forward, &x)?;
        }
        Ok(x)
    }

    /// The logits after each hypothesis's newest token, `[hypotheses, vocabulary]`.
    fn write(&self, work: &mut [(&mut GenericState, Step)]) -> Result<Tensor, EngineError> {
        let mut tokens = Vec::new();
        for (state, step) in work.iter() {
            tokens.extend(step.tokens.iter().map(|token| (*token, state.position)));
        }
        let vocabulary = self.config.target_vocabulary;
        let mut x = self.embed(&self.target_embedding, vocabulary, &tokens)?;
        let heads = self.config.decoder.heads;
        for (index, layer) in self.decoder.iter().enumerate() {
            let products = [
                &layer.attention.query,
                &layer.attention.key,
                &layer.attention.value,
            ];
            let [query, key, value] = Linear::forward_all(products, &x)?;
            let mut attended = Vec::with_capacity(work.len());
            let mut first = 0;
            for (state, step) in work.iter_mut() {
                let count = step.tokens.len();
                // `[hypotheses, heads, 1, head width]`
                let part = |x: &Tensor| {
                    let rows = x.narrow(0, first, count)?;
                    let width = rows.dim(1)?;
                    rows.reshape((count, heads, 1, width / heads))
                };
                let (keys, values) = state.append(index, step, part(&key)?, part(&value)?)?;
                let out = attention(&part(&query)?, &keys, &values)?;
                attended.push(out.reshape((count, self.config.width))?);
                first += count;
            }
            x = layer.attention.finish(&x, &attended)?;

            let query = layer.cross.query.forward(&x)?;
            let mut attended = Vec::with_capacity(work.len());
            let mut first = 0;
            for (state, step) in work.iter() {
                let (keys, values) = &state.memory[index];
                let query = by_head(&query.narrow(0, first, step.tokens.len())?, heads)?;
                attended.push(attend(&query, keys, values)?);
                first += step.tokens.len();
            }
            x = layer.cross.finish(&x, &attended)?;
            x = self.feed_forward(&layer.feed_forward, &x)?;
        }
        for (state, _) in work.iter_mut() {
            state.position += 1;
        }
        Ok(self.head.forward(&x)?)
    }
}

impl Network for GenericNetwork {
    type State = GenericState;

    fn config(&self) -> &MarianConfig {
        &self.config
    }

    fn precision(&self) -> &str {
        &self.precision
    }

    fn encode(&self, sentences: &[&[u32]]) -> Result<Vec<GenericState>, EngineError> {
        let x = self.read(sentences)?;
        let heads = self.config.decoder.heads;
        let mut states: Vec<GenericState> = sentences
            .iter()
            .map(|_| GenericState {
                memory: Vec::new(),
                past: vec![None; self.decoder.len()],
                position: 0,
            })
            .collect();
        for layer in &self.decoder {
            let [keys, values] = Linear::forward_all([&layer.cross.key, &layer.cross.value], &x)?;
            let mut first = 0;
            for (state, sentence) in states.iter_mut().zip(sentences) {
                let part = |x: &Tensor| by_head(&x.narrow(0, first, sentence.len())?, heads);
                state.memory.push((part(&keys)?, part(&values)?));
                first += sentence.len();
            }
        }
        Ok(states)
    }

    fn encoder_output(&self, sentence: &[u32]) -> Result<Vec<f32>, EngineError> {
        Ok(self.read(&[sentence])?.flatten_all()?.to_vec1()?)
    }

    fn step(
        &self,
        work: &mut [(&mut GenericState, Step)],
        wanted: Wanted,
    ) -> Result<Vec<Vec<Candidates>>, EngineError> {
        let logits: Vec<Vec<f32>> = self.write(work)?.to_vec2()?;
        let mut rows = logits.iter();
        let found = work.iter().map(|(_, step)| {
            let rows = rows.by_ref().take(step.tokens.len());
            let forbidden = step.all_forbidden();
            rows.zip(forbidden)
                .map(|(row, forbidden)| best_of(row, &forbidden, wanted))
                .collect()
        });
        Ok(found.collect())
    }

    fn logits(&self, state: &mut GenericState, token: u32) -> Result<Vec<f32>, EngineError> {
        let step = Step {
            parents: &[0],
            tokens: &[token],
            forbidden: &[],
            forbidden_by_row: &[],
        };
        Ok(self.write(&mut [(state, step)])?.flatten_all()?.to_vec1()?)
    }
}

impl GenericState {
    /// Lets each hypothesis's keys and values go on from its parent's with its newest.
    fn append(
        &mut self,
        layer: usize,
        step: &Step,
        key: Tensor,
        value: Tensor,
    ) -> TensorResult<(Tensor, Tensor)> {
        let joined = match &self.past[layer] {
            None => (key, value),
            Some((keys, values)) => {
                let parents: Vec<u32> = step.parents.iter().map(|parent| *parent as u32).collect();
                let parents = Tensor::from_vec(parents, step.parents.len(), key.device())?;
                let next =
                    |past: &Tensor, new: &Tensor| Tensor::cat(&[&past.index_select(&parents, 0)?, new], 2);
                (next(keys, &key)?, next(values, &value)?)
            }
        };
        self.past[layer] = Some(joined.clone());
        Ok(joined)
    }
}

impl Attention {
    /// The output product, added to the residual stream and normed.
    fn finish(&self, x: &Tensor, attended: &[Tensor]) -> TensorResult<Tensor> {
        let attended = Tensor::cat(attended, 0)?;
        self.norm.add(x, &self.output.forward(&attended)?)
    }
}

impl Norm {
    fn add(&self, x: &Tensor, y: &Tensor) -> TensorResult<Tensor> {
        candle_nn::ops::layer_norm(&(x + y)?.contiguous()?, &self.weight, &self.bias, EPSILON)
    }
}

/// `[rows, width]` as `[heads, rows, head width]`.
fn by_head(x: &Tensor, heads: usize) -> TensorResult<Tensor> {
    let (rows, width) = x.dims2()?;
    x.reshape((rows, heads, width / heads))?
        .transpose(0, 1)?
        .contiguous()
}

/// Attention of `[heads, rows, head width]` over memories of the same heads, as `[rows, width]`.
fn attend(query: &Tensor, keys: &Tensor, values: &Tensor) -> TensorResult<Tensor> {
    let out = attention(query, keys, values)?;
    let (heads, rows, width) = out.dims3()?;
    out.transpose(0, 1)?.contiguous()?.reshape((rows, heads * width))
}

/// Over the last two dimensions.
fn attention(query: &Tensor, keys: &Tensor, values: &Tensor) -> TensorResult<Tensor> {
    let scale = 1.0 / (query.dim(D::Minus1)? as f64).sqrt();
    let keys = keys.transpose(D::Minus2, D::Minus1)?.contiguous()?;
    let scores = (query.contiguous()?.matmul(&keys)? * scale)?;
    candle_nn::ops::softmax_last_dim(&scores)?.matmul(&values.contiguous()?)
}

struct Loader<'a> {
    tensors: &'a Tensors,
    width: usize,
    device: &'a Device,
}

impl Loader<'_> {
    fn table(&self, half: &str, config: &MarianConfig, rows: usize) -> Result<Weight, EngineError> {
        let matrix = self.tensors.embedding(half, config)?.matrix()?;
        Weight::new(matrix, (rows, self.width), self.device, true)
    }

    fn weight(&self, name: &str, rows: usize, columns: usize) -> Result<Weight, EngineError> {
        let matrix = self.tensors.matrix(name, rows, columns)?.matrix()?;
        Weight::new(matrix, (rows, columns), self.device, true)
    }

    fn vector(&self, slice: Vec<f32>) -> Result<Vector, EngineError> {
        let tensor = Tensor::from_slice(&slice, slice.len(), self.device)?;
        Ok(Vector { slice, tensor })
    }

    fn linear(&self, name: &str, rows: usize, columns: usize) -> Result<Linear, EngineError> {
        let weight = self.weight(&format!("{name}.weight"), rows, columns)?;
        let bias = self.tensors.vector(&format!("{name}.bias"), rows)?;
        Ok(Linear {
            weight,
            bias: Some(self.vector(bias)?),
        })
    }

    fn norm(&self, name: &str) -> Result<Norm, EngineError> {
        let part = |kind: &str| -> Result<Tensor, EngineError> {
            let numbers = self.tensors.vector(&format!("{name}.{kind}"), self.width)?;
            Ok(Tensor::from_vec(numbers, self.width, self.device)?)
        };
        Ok(Norm {
            weight: part("weight")?,
            bias: part("bias")?,
        })
    }

    fn attention(&self, layer: &str, kind: &str) -> Result<Attention, EngineError> {
        let width = self.width;
        let product = |part: &str| self.linear(&format!("{layer}.{kind}.{part}"), width, width);
        Ok(Attention {
            query: product("q_proj")?,
            key: product("k_proj")?,
            value: product("v_proj")?,
            output: product("out_proj")?,
            norm: self.norm(&format!("{layer}.{kind}_layer_norm"))?,
        })
    }

    fn feed_forward(&self, layer: &str, stack: Stack) -> Result<FeedForward, EngineError> {
        let (width, inner) = (self.width, stack.feed_forward);
        Ok(FeedForward {
            up: self.linear(&format!("{layer}.fc1"), inner, width)?,
            down: self.linear(&format!("{layer}.fc2"), width, inner)?,
            norm: self.norm(&format!("{layer}.final_layer_norm"))?,
        })
    }
}
