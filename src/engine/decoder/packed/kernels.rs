//! The kernels that a decoder of repacked matrices is computed with.

use super::loading::blocks;
use crate::engine::config::DecoderConfig;
#[cfg(target_arch = "x86_64")]
use crate::engine::kernels::amx::{self, attention::TilePages};
use crate::engine::kernels::attention::{LayerPages, Span};
use crate::engine::kernels::dots;
#[cfg(target_arch = "x86_64")]
use crate::engine::kernels::has_tiles;
use crate::engine::kernels::packed::{Blocks, Layout};
use crate::engine::kernels::product::Part as Product;
use crate::engine::kv::store::KvStore;
use crate::engine::weights::{Part, Place, Weights};
use candle_core::quantized::GgmlDType;

/// What queries of one layer see.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Sight {
    /// Query heads in a row.
    pub(super) heads: usize,
    /// Factor on scores.
    pub(super) scale: f32,
    /// Most keys that a query sees, itself included.
    pub(super) window: Option<usize>,
}

/// Products and attention.
pub(in super::super) trait Kernels {
    /// How matrices are laid out.
    const LAYOUT: Layout;
    /// The input of products.
    type Activations: Default + std::fmt::Debug + Send;
    /// Keys and values of one layer.
    type Pages;

    /// Fills in `tokens` rows of activations; `fill(token, row)` writes the numbers of one.
    fn fill(
        x: &mut Self::Activations,
        tokens: usize,
        columns: usize,
        fill: impl Fn(usize, &mut [f32]) + Sync,
    );
    /// Fills in `tokens` rows of activations from `rows`.
    fn copy(x: &mut Self::Activations, tokens: usize, columns: usize, rows: &[f32]) {
        Self::fill(x, tokens, columns, |token, row| {
            row.copy_from_slice(&rows[token * columns..(token + 1) * columns]);
        });
    }
    /// Products of `x` with several matrices.
    fn product(x: &Self::Activations, parts: Vec<Product<Self::Activations>>);
    /// The pages of one layer.
    fn pages(store: &mut KvStore, layer: usize) -> candle_core::Result<&mut Self::Pages>;
    /// Writes keys and values of the spans' tokens.
    fn append(pages: &mut Self::Pages, keys: &[f32], values: &[f32], spans: &[Span]);
    /// What the spans' queries attend to.
    fn attend(pages: &Self::Pages, queries: &[f32], sight: Sight, spans: &[Span], out: &mut [f32]);
}

/// The tile unit: activations, keys and values rounded to bfloat16, weights expanded to it while they are read.
#[cfg(target_arch = "x86_64")]
#[derive(Debug)]
pub(in super::super) struct Tiles;

/// Whether this CPU, this model and its files are fit for [`Tiles`]. Models of f32 and f16 are not: they keep
/// their precision.
#[cfg(target_arch = "x86_64")]
pub(in super::super) fn fit_tiles(weights: &Weights, config: &DecoderConfig) -> bool {
    let wide = || weights.dtype(Place::Layer(0, Part::Query));
    has_tiles()
        && !config.mlp_bias
        && TilePages::can_group(config.heads / config.kv_heads.max(1))
        && !matches!(wide(), Some(GgmlDType::F32 | GgmlDType::F16))
}

#[cfg(target_arch = "x86_64")]
impl Kernels for Tiles {
    const LAYOUT: Layout = Layout::Rows;
    type Activations = amx::Activations;
    type Pages = TilePages;

    fn fill(
        x: &mut Self::Activations,
        tokens: usize,
        columns: usize,
        fill: impl Fn(usize, &mut [f32]) + Sync,
    ) {
        x.fill(tokens, columns, fill);
    }

    fn product(x: &Self::Activations, parts: Vec<Product<Self::Activations>>) {
        amx::product(x, parts);
    }

    fn pages(store: &mut KvStore, layer: usize) -> candle_core::Result<&mut TilePages> {
        store.tiles(layer)
    }

    fn append(pages: &mut TilePages, keys: &[f32], values: &[f32], spans: &[Span]) {
        pages.append(keys, values, spans);
    }

    fn attend(pages: &TilePages, queries: &[f32], sight: Sight, spans: &[Span], out: &mut [f32]) {
        pages.attend(queries, sight.heads, sight.scale, sight.window, spans, out);
    }
}

/// Products in integers, on any CPU: activations rounded to 8 bits, keys and values in f32.
#[derive(Debug)]
pub(in super::super) struct Dots;

/// Whether this model and its files are fit for [`Dots`]: all of its matrices are quantized in types that
/// have tiles.
pub(in super::super) fn fit_dots(weights: &Weights, config: &DecoderConfig) -> bool {
    let kind = |place| {
        let blocks = weights.dtype(place).and_then(blocks);
        blocks.filter(|blocks| *blocks != Blocks::Bf16)
    };
    let layer = |index| {
        let products = Part::ALL.iter().filter(|part| part.shape(config).is_some());
        let at = |part: Part| kind(Place::Layer(index, part));
        products.copied().all(|part| at(part).is_some()) && at(Part::Gate) == at(Part::Up)
    };
    !config.mlp_bias
        && kind(Place::Embedding).is_some()
        && (config.tied_embeddings || kind(Place::Head).is_some())
        && (0..config.layers).all(layer)
}

impl Kernels for Dots {
    const LAYOUT: Layout = Layout::Lanes;
    type Activations = dots::Activations;
    type Pages = LayerPages;

    fn fill(
        x: &mut Self::Activations,
        tokens: usize,
        columns: usize,
        fill: impl Fn(usize, &mut [f32]) + Sync,
    ) {
        x.fill(tokens, columns, fill);
    }

    fn copy(x: &mut Self::Activations, tokens: usize, columns: usize, rows: &[f32]) {
        x.copy(tokens, columns, rows);
    }

    fn product(x: &Self::Activations, parts: Vec<Product<Self::Activations>>) {
        dots::product(x, parts);
    }

    fn pages(store: &mut KvStore, layer: usize) -> candle_core::Result<&mut LayerPages> {
        store.floats(layer)
    }

    fn append(pages: &mut LayerPages, keys: &[f32], values: &[f32], spans: &[Span]) {
        pages.append(keys, values, spans);
    }

    fn attend(pages: &LayerPages, queries: &[f32], sight: Sight, spans: &[Span], out: &mut [f32]) {
        pages.attend_into(queries, sight.heads, sight.scale, sight.window, spans, out);
    }
}
