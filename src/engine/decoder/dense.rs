//! The decoder on dense tensors: candle's operations on any device, or our kernels on the CPU.

use super::Batch;
use crate::engine::config::DecoderConfig;
use crate::engine::error::EngineError;
use crate::engine::kernels::attention::Span;
use crate::engine::kv::store::{KvForm, KvStore};
use crate::engine::linear::{Linear, Weight};
use crate::engine::ops::{Ops, Positions, Vector};
use crate::engine::weights::{Part, Place, Weights};
use candle_core::{DType, Device, Tensor};

/// All layers, and what stands before and behind them.
#[derive(Debug)]
pub(super) struct Layers {
    ops: Ops,
    device: Device,
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

impl Layers {
    pub(super) fn load(
        weights: &Weights,
        config: &DecoderConfig,
        device: &Device,
        generic: bool,
    ) -> Result<Self, EngineError> {
        let device = device.clone();
        Loader {
            weights,
            config,
            device,
            generic,
        }
        .layers()
    }

    pub(super) fn kv_form(&self) -> KvForm {
        match self.ops {
            Ops::Cpu => KvForm::Floats,
            Ops::Generic => KvForm::Tensors,
        }
    }

    /// The wanted logits of a batch, `[wanted rows, vocabulary]`.
    pub(super) fn forward(
        &self,
        config: &DecoderConfig,
        batch: &Batch,
        positions: &Positions,
        store: &mut KvStore,
    ) -> Result<Tensor, EngineError> {
        let mut x = self.embedding.lookup(&batch.tokens, &self.device)?;
        if config.embedding_scale != 1.0 {
            x = (x * f64::from(config.embedding_scale))?;
        }
        let wanted = Tensor::from_slice(&batch.wanted, batch.wanted.len(), &self.device)?;
        for (index, layer) in self.layers.iter().enumerate() {
            let attended = self.attention(index, layer, config, &x, (positions, &batch.spans), store)?;
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
            let fed = self.feed_forward(layer, config.rms_norm_eps, &x)?;
            x = self.ops.add_scaled(&x, &fed, config.residual_scale)?;
        }
        if batch.wanted.is_empty() {
            let shape = (0, config.vocab_size);
            return Ok(Tensor::zeros(shape, DType::F32, &Device::Cpu)?);
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
        config: &DecoderConfig,
        x: &Tensor,
        (positions, spans): (&Positions, &[Span]),
        store: &mut KvStore,
    ) -> Result<Tensor, EngineError> {
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

    fn feed_forward(&self, layer: &Layer, eps: f32, x: &Tensor) -> Result<Tensor, EngineError> {
        let norm = &layer.feed_forward_norm;
        let x = self.ops.rms_norm(x, norm, eps)?;
        let [gate, up] = Linear::forward_all([&layer.gate, &layer.up], &x)?;
        Ok(layer.down.forward(&self.ops.swiglu(&gate, &up)?)?)
    }
}

struct Loader<'a> {
    weights: &'a Weights,
    config: &'a DecoderConfig,
    device: Device,
    generic: bool,
}

impl Loader<'_> {
    fn layers(mut self) -> Result<Layers, EngineError> {
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
        Ok(Layers {
            ops: if self.generic { Ops::Generic } else { Ops::Cpu },
            device: self.device,
            embedding,
            layers,
            norm,
            head,
        })
    }

    fn layer(&mut self, index: usize) -> Result<Layer, EngineError> {
        let config = self.config;
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
            .shape(self.config)
            .expect("OK because only products are asked for");
        let weight = self.matrix(place, shape)?;
        let bias = match bias {
            true => {
                let bias = self.weights.vector(place, "bias", self.config, shape.0)?;
                Some(self.vector(bias)?)
            }
            false => None,
        };
        Ok(Linear { weight, bias })
    }

    fn matrix(&mut self, place: Place, shape: (usize, usize)) -> Result<Weight, EngineError> {
        let matrix = self.weights.matrix(place, self.config, shape)?;
        Weight::new(matrix, shape, &self.device, self.generic)
    }

    fn norm(&mut self, place: Place, length: usize) -> Result<Vector, EngineError> {
        let weight = self.weights.vector(place, "weight", self.config, length)?;
        self.vector(weight)
    }

    fn vector(&self, slice: Vec<f32>) -> Result<Vector, EngineError> {
        let tensor = Tensor::from_slice(&slice, slice.len(), &self.device)?;
        Ok(Vector { slice, tensor })
    }
}
