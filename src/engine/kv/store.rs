//! The numbers in the pages: keys and values of every layer.

use super::PAGE;
use crate::engine::config::DecoderConfig;
use crate::engine::error::EngineError;
#[cfg(target_arch = "x86_64")]
use crate::engine::kernels::amx::attention::TilePages;
use crate::engine::kernels::attention::{LayerPages, Pages as _, Pair, Span};
use candle_core::{DType, Device, Tensor};

/// Keys and values of all layers, in pages of [`PAGE`] tokens.
#[derive(Debug)]
pub struct KvStore {
    layers: Layers,
    pages: usize,
}

/// How keys and values are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KvForm {
    /// f32, for our own kernels on the CPU.
    Floats,
    /// bfloat16, for the same.
    Pairs,
    /// bfloat16 in tiles, for the tile unit.
    Tiles,
    /// Tensors of f32, for candle's operations on any device.
    Tensors,
}

#[derive(Debug)]
enum Layers {
    Floats(Vec<LayerPages<f32>>),
    Pairs(Vec<LayerPages<Pair>>),
    #[cfg(target_arch = "x86_64")]
    Tiles(Vec<TilePages>),
    /// Keys and values as `[pages * PAGE, kv_heads * head_dim]`, through candle's operations, for
    /// every other device.
    Tensors(Vec<(Tensor, Tensor)>),
}

impl KvStore {
    /// Bytes of one page over all layers.
    pub fn page_bytes(config: &DecoderConfig, form: KvForm) -> usize {
        let (heads, dim) = (config.kv_heads, config.head_dim);
        let layer = match form {
            #[cfg(target_arch = "x86_64")]
            KvForm::Tiles => TilePages::page_bytes(heads, dim),
            KvForm::Tensors => 2 * heads * dim * PAGE * size_of::<f32>(),
            KvForm::Pairs => LayerPages::<Pair>::page_bytes(heads, dim),
            _ => LayerPages::<f32>::page_bytes(heads, dim),
        };
        config.layers * layer
    }

    /// Pages that fit into `bytes`, at most what `sequences` of the whole context need.
    ///
    /// # Errors
    /// [`EngineError::CacheTooSmall`] when not one fits.
    pub fn pages_within(
        config: &DecoderConfig,
        form: KvForm,
        bytes: usize,
        sequences: usize,
    ) -> Result<usize, EngineError> {
        let page = Self::page_bytes(config, form);
        let most = config
            .context_length
            .div_ceil(PAGE)
            .saturating_mul(sequences.max(1));
        match (bytes / page.max(1)).min(most) {
            0 => Err(EngineError::CacheTooSmall {
                needed: page,
                found: bytes,
            }),
            pages => Ok(pages),
        }
    }

    /// Room for `pages` pages; `device` matters to tensors alone.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn new(
        config: &DecoderConfig,
        form: KvForm,
        pages: usize,
        device: &Device,
    ) -> Result<Self, EngineError> {
        let (count, heads, dim) = (config.layers, config.kv_heads, config.head_dim);
        let layers = match form {
            #[cfg(target_arch = "x86_64")]
            KvForm::Tiles => Layers::Tiles((0..count).map(|_| TilePages::new(pages, heads, dim)).collect()),
            KvForm::Tensors => {
                let shape = (pages * PAGE, heads * dim);
                let layer = |_| {
                    let keys = Tensor::zeros(shape, DType::F32, device)?;
                    Ok((keys, Tensor::zeros(shape, DType::F32, device)?))
                };
                Layers::Tensors((0..count).map(layer).collect::<candle_core::Result<_>>()?)
            }
            KvForm::Pairs => Layers::Pairs((0..count).map(|_| LayerPages::new(pages, heads, dim)).collect()),
            _ => Layers::Floats((0..count).map(|_| LayerPages::new(pages, heads, dim)).collect()),
        };
        Ok(Self { layers, pages })
    }

    /// Pages in all.
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// Copies one page to another, in all layers.
    ///
    /// # Errors
    /// When the device fails.
    pub fn copy_page(&mut self, from: u32, to: u32) -> Result<(), EngineError> {
        match &mut self.layers {
            Layers::Floats(layers) => layers.iter_mut().for_each(|layer| layer.copy_page(from, to)),
            Layers::Pairs(layers) => layers.iter_mut().for_each(|layer| layer.copy_page(from, to)),
            #[cfg(target_arch = "x86_64")]
            Layers::Tiles(layers) => layers.iter_mut().for_each(|layer| layer.copy_page(from, to)),
            Layers::Tensors(layers) => {
                for tensor in layers.iter().flat_map(|(keys, values)| [keys, values]) {
                    let page = tensor.narrow(0, from as usize * PAGE, PAGE)?.copy()?;
                    tensor.slice_set(&page, 0, to as usize * PAGE)?;
                }
            }
        }
        Ok(())
    }

    /// The tiles of one layer.
    ///
    /// # Errors
    /// When the store is of another form.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn tiles(&mut self, layer: usize) -> candle_core::Result<&mut TilePages> {
        match &mut self.layers {
            Layers::Tiles(layers) => Ok(&mut layers[layer]),
            _ => candle_core::bail!("expected a store of tiles"),
        }
    }

    /// The bfloat16 pages of one layer.
    ///
    /// # Errors
    /// When the store is of another form.
    pub(crate) fn pairs(&mut self, layer: usize) -> candle_core::Result<&mut LayerPages<Pair>> {
        match &mut self.layers {
            Layers::Pairs(layers) => Ok(&mut layers[layer]),
            _ => candle_core::bail!("expected a store of pairs"),
        }
    }

    /// Files keys and values (`[rows, kv_heads * head_dim]`) of the spans' tokens in `layer`, then
    /// lets `queries` (`[rows, heads * head_dim]`) attend: causally, each over its own sequence.
    pub(crate) fn attend(
        &mut self,
        layer: usize,
        (queries, keys, values): (&Tensor, &Tensor, &Tensor),
        config: &DecoderConfig,
        spans: &[Span],
    ) -> candle_core::Result<Tensor> {
        let sight = config.sight(layer);
        match &mut self.layers {
            Layers::Floats(layers) => {
                let layer = &mut layers[layer];
                crate::engine::ops::with_slices([keys, values], |[keys, values]| {
                    layer.append(keys, values, spans);
                })?;
                let out = crate::engine::ops::with_slices([queries], |[queries]| {
                    let mut out = vec![0.0; queries.len()];
                    layer.attend(queries, sight, spans, &mut out);
                    out
                })?;
                Tensor::from_vec(out, queries.shape(), queries.device())
            }
            Layers::Tensors(layers) => {
                let (stored_keys, stored_values) = &layers[layer];
                append(stored_keys, keys, spans)?;
                append(stored_values, values, spans)?;
                let one = |span| attend_one(stored_keys, stored_values, queries, config, sight.window, span);
                let outs: candle_core::Result<Vec<_>> = spans.iter().map(one).collect();
                Tensor::cat(&outs?, 0)
            }
            _ => candle_core::bail!("expected a store of floats or tensors"),
        }
    }
}

fn append(stored: &Tensor, rows: &Tensor, spans: &[Span]) -> candle_core::Result<()> {
    for span in spans {
        let mut token = 0;
        while token < span.tokens {
            let position = span.start + token;
            let (page, slot) = (span.pages[position / PAGE] as usize, position % PAGE);
            let run = (PAGE - slot).min(span.tokens - token);
            let rows = rows.narrow(0, span.row + token, run)?.contiguous()?;
            stored.slice_set(&rows, 0, page * PAGE + slot)?;
            token += run;
        }
    }
    Ok(())
}

fn attend_one(
    keys: &Tensor,
    values: &Tensor,
    queries: &Tensor,
    config: &DecoderConfig,
    window: Option<usize>,
    span: &Span,
) -> candle_core::Result<Tensor> {
    let (heads, kv_heads, dim) = (config.heads, config.kv_heads, config.head_dim);
    let length = span.start + span.tokens;
    let slots: Vec<u32> = (0..length)
        .map(|position| span.pages[position / PAGE] * PAGE as u32 + (position % PAGE) as u32)
        .collect();
    let slots = Tensor::from_vec(slots, length, queries.device())?;
    // [kv_heads, length, dim], each repeated for the heads of its group
    let sequence = |stored: &Tensor| -> candle_core::Result<Tensor> {
        let rows = stored
            .index_select(&slots, 0)?
            .reshape((length, kv_heads, 1, dim))?;
        let rows = rows.broadcast_as((length, kv_heads, heads / kv_heads, dim))?;
        rows.reshape((length, heads, dim))?.transpose(0, 1)?.contiguous()
    };
    let query = queries.narrow(0, span.row, span.tokens)?;
    // [heads, tokens, dim]
    let query = query
        .reshape((span.tokens, heads, dim))?
        .transpose(0, 1)?
        .contiguous()?;
    let query = (query * f64::from(config.attention_scale))?;
    let scores = query.matmul(&sequence(keys)?.t()?.contiguous()?)?;
    let mask: Vec<f32> = (span.start..length)
        .flat_map(|position| {
            let first = (position + 1).saturating_sub(window.unwrap_or(usize::MAX));
            let seen = move |key: usize| key >= first && key <= position;
            (0..length).map(move |key| if seen(key) { 0.0 } else { f32::NEG_INFINITY })
        })
        .collect();
    let mask = Tensor::from_vec(mask, (1, span.tokens, length), queries.device())?;
    let weights = candle_nn::ops::softmax_last_dim(&scores.broadcast_add(&mask)?)?;
    // [heads, tokens, dim] to [tokens, heads * dim]
    let out = weights.matmul(&sequence(values)?)?;
    out.transpose(0, 1)?
        .contiguous()?
        .reshape((span.tokens, heads * dim))
}
