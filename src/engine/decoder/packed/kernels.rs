//! The kernels that a decoder of repacked matrices is computed with.

use super::loading::blocks;
use crate::engine::config::DecoderConfig;
#[cfg(target_arch = "x86_64")]
use crate::engine::kernels::amx::{self, attention::TilePages};
use crate::engine::kernels::attention::{LayerPages, Pages, Pair};
use crate::engine::kernels::dots;
#[cfg(target_arch = "x86_64")]
use crate::engine::kernels::has_tiles;
use crate::engine::kernels::packed::Blocks;
use crate::engine::kernels::product::Input;
use crate::engine::kv::store::KvStore;
use crate::engine::weights::{Part, Place, Weights};
use candle_core::quantized::GgmlDType;

/// Products and attention.
pub(in super::super) trait Kernels {
    /// The input of products.
    type Input: Input;
    /// Keys and values of one layer.
    type Pages: Pages;

    /// The pages of one layer.
    fn pages(store: &mut KvStore, layer: usize) -> candle_core::Result<&mut Self::Pages>;
}

/// The tile unit: activations, keys and values rounded to bfloat16, weights expanded to it while they are read.
#[cfg(target_arch = "x86_64")]
#[derive(Debug)]
pub(in super::super) struct Tiles;

/// Whether this CPU, this model and its files are fit for [`Tiles`]. Models of f32 and f16 are not: they keep
/// their precision.
#[cfg(target_arch = "x86_64")]
pub(in super::super) fn fit_tiles(weights: &Weights, config: &DecoderConfig) -> bool {
    let stored = || weights.dtype(Place::Layer(0, Part::Query));
    has_tiles()
        && !config.mlp_bias
        && TilePages::can_group(config.heads / config.kv_heads.max(1))
        && !matches!(stored(), Some(GgmlDType::F32 | GgmlDType::F16))
}

#[cfg(target_arch = "x86_64")]
impl Kernels for Tiles {
    type Input = amx::Activations;
    type Pages = TilePages;

    fn pages(store: &mut KvStore, layer: usize) -> candle_core::Result<&mut TilePages> {
        store.tiles(layer)
    }
}

/// Products in integers, on any CPU: activations rounded to 8 bits, keys and values to bfloat16.
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
    type Input = dots::Activations;
    type Pages = LayerPages<Pair>;

    fn pages(store: &mut KvStore, layer: usize) -> candle_core::Result<&mut LayerPages<Pair>> {
        store.pairs(layer)
    }
}
