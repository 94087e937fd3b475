//! The decoder on repacked matrices: weights as small as in their file, multiplied by the kernels that this
//! CPU is best at ([`kernels`]); the residual stream, norms and sums in f32.
//!
//! Nothing is allocated in a step: the rows of a batch live in buffers that grow to the largest one, and so do the logits,
//! of which none are written where the most probable token is enough.

pub(super) mod kernels;
mod loading;

use super::Batch;
use super::wanted::{Found, Place, Want};
use crate::engine::config::DecoderConfig;
use crate::engine::error::EngineError;
use crate::engine::kernels::attention::Pages as _;
use crate::engine::kernels::best::Search;
use crate::engine::kernels::floats::Floats;
use crate::engine::kernels::packed::Packed;
use crate::engine::kernels::pool::Pool;
use crate::engine::kernels::product::{Input as _, Logits, Out, Part};
use crate::engine::kernels::rows::{HeadWork, prepare_heads_row, rms_norm_row};
use crate::engine::kv::store::KvStore;
use crate::engine::ops::Positions;
use kernels::Kernels;
use std::sync::{Arc, Mutex, PoisonError};

/// All layers, and what stands before and behind them.
#[derive(Debug)]
pub(super) struct Layers<K: Kernels> {
    embedding: Arc<Packed>,
    layers: Vec<Layer>,
    norm: Vec<f32>,
    head: Arc<Packed>,
    work: Mutex<Work<K::Input>>,
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
struct Work<A> {
    /// The residual stream, `[rows, hidden]`.
    x: Floats,
    query: Floats,
    key: Floats,
    value: Floats,
    /// What attention found, `[rows, heads * head_dim]`.
    attended: Floats,
    input: A,
    gated: A,
}

impl<K: Kernels> Layers<K> {
    /// What is wanted of a batch, as [`super::Decoder::find`] returns it.
    pub(super) fn forward(
        &self,
        config: &DecoderConfig,
        batch: &Batch,
        positions: &Positions,
        store: &mut KvStore,
        room: Floats,
    ) -> Result<Found, EngineError> {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        let work = &mut *work;
        self.look_up(config, &batch.tokens, &mut work.x);
        for (index, layer) in self.layers.iter().enumerate() {
            layer.attend::<K>(config, index, batch, positions, K::pages(store, index)?, work);
            // Behind the last attention only rows whose logits are wanted go on.
            if index + 1 == self.layers.len() {
                keep(&mut work.x, &batch.wanted, config.hidden_size);
                keep(&mut work.attended, &batch.wanted, config.heads * config.head_dim);
            }
            if work.x.is_empty() {
                break;
            }
            layer.finish::<K>(config, work);
        }
        Ok(self.find(config, batch, work, room))
    }

    /// Looks for the most probable tokens while logits are computed, and writes only those that are wanted themselves.
    fn find(
        &self,
        config: &DecoderConfig,
        batch: &Batch,
        work: &mut Work<K::Input>,
        mut logits: Floats,
    ) -> Found {
        let vocabulary = config.vocab_size;
        let mut written = 0;
        let row_of = |want: &Want| match want {
            Want::Best(_) => None,
            Want::Logits => {
                written += 1;
                Some(written - 1)
            }
        };
        let rows: Vec<Option<usize>> = batch.wants.iter().map(row_of).collect();
        logits.resize(written * vocabulary);
        let search = Search::new(rows.len());
        if !rows.is_empty() {
            normed::<K>(&work.x, &self.norm, config.rms_norm_eps, &mut work.input);
            let see = |row: usize, first: usize, logits: &[f32]| {
                if let Want::Best(mask) = batch.wants[row] {
                    search.see(row, first, logits, mask);
                }
            };
            let out = Out::Logits(Logits {
                written: &mut logits,
                rows: &rows,
                factor: config.logit_scale,
                seen: &see,
            });
            let weights = &self.head;
            work.input.product(vec![Part { weights, out }]);
        }
        let found = rows.into_iter().zip(search.found());
        let places = found.map(|(row, best)| row.map_or(Place::Best(best), Place::Logits));
        Found::new(places.collect(), logits, vocabulary)
    }

    fn look_up(&self, config: &DecoderConfig, tokens: &[u32], x: &mut Floats) {
        let width = config.hidden_size;
        x.resize(tokens.len() * width);
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
    fn attend<K: Kernels>(
        &self,
        config: &DecoderConfig,
        index: usize,
        batch: &Batch,
        positions: &Positions,
        pages: &mut K::Pages,
        work: &mut Work<K::Input>,
    ) {
        let rows = batch.tokens.len();
        normed::<K>(
            &work.x,
            &self.attention_norm,
            config.rms_norm_eps,
            &mut work.input,
        );
        let (queries, keys) = (config.heads * config.head_dim, config.kv_heads * config.head_dim);
        work.query.resize(rows * queries);
        work.key.resize(rows * keys);
        work.value.resize(rows * keys);
        work.attended.resize(rows * queries);
        let parts = vec![
            self.query.set(&mut work.query),
            self.key.set(&mut work.key),
            self.value.set(&mut work.value),
        ];
        work.input.product(parts);
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
        let sight = config.sight(index);
        pages.attend(&work.query, sight, &batch.spans, &mut work.attended);
    }

    /// What stands behind attention: its output product and the feed-forward part, added to the stream.
    fn finish<K: Kernels>(&self, config: &DecoderConfig, work: &mut Work<K::Input>) {
        let (width, hidden) = (config.heads * config.head_dim, config.hidden_size);
        let rows = work.x.len() / hidden;
        work.input.copy(rows, width, &work.attended);
        work.input
            .product(vec![self.output.add(&mut work.x, config.residual_scale)]);
        normed::<K>(
            &work.x,
            &self.feed_forward_norm,
            config.rms_norm_eps,
            &mut work.input,
        );
        let gate = Part {
            weights: &self.gate_up,
            out: Out::Gate(&mut work.gated, config.intermediate_size),
        };
        work.input.product(vec![gate]);
        work.gated
            .product(vec![self.down.add(&mut work.x, config.residual_scale)]);
    }
}

impl Linear {
    fn set<'a, A>(&'a self, out: &'a mut [f32]) -> Part<'a, A> {
        set(&self.weight, self.bias.as_deref(), out)
    }

    fn add<'a, A>(&'a self, out: &'a mut [f32], factor: f32) -> Part<'a, A> {
        Part {
            weights: &self.weight,
            out: Out::Add(out, self.weight.rows(), self.bias.as_deref(), factor),
        }
    }
}

fn set<'a, A>(weights: &'a Packed, bias: Option<&'a [f32]>, out: &'a mut [f32]) -> Part<'a, A> {
    Part {
        weights,
        out: Out::Set(out, weights.rows(), bias),
    }
}

/// Norms the rows of `x` into `out`.
fn normed<K: Kernels>(x: &[f32], weight: &[f32], eps: f32, out: &mut K::Input) {
    let width = weight.len();
    out.fill(x.len() / width, width, |row, out| {
        rms_norm_row(&x[row * width..(row + 1) * width], weight, eps, out);
    });
}

/// Keeps some rows of `x`, in ascending order.
fn keep(x: &mut Floats, rows: &[u32], width: usize) {
    for (to, from) in rows.iter().enumerate() {
        let from = *from as usize * width;
        x.copy_within(from..from + width, to * width);
    }
    x.resize(rows.len() * width);
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
