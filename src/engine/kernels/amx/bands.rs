#![allow(unsafe_code)]
//! One unit of a product: bands of a matrix times blocks of tokens.

use super::super::packed::{BAND, Band, Kind, TILE_ROWS, kind};
use super::super::product::{Job, Target, Unit};
use super::tiles::{self, Config};
use super::vector::{self, silu};
use super::{Activations, DEPTH, Gated, Scratch, TILE, TOKENS, TokenBlock, UNIT_BANDS, sixteen, unpack};
use std::arch::x86_64::*;
use std::ops::Range;

/// Up to so many pairs of blocks of tokens weights are expanded for each pair again, which costs less than to keep them.
const AGAIN: usize = 2;

/// # Safety
/// AMX is there; the job's sizes were checked; no other thread has the same unit.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,f16c")]
pub(super) unsafe fn run<const KIND: u8>(
    x: &Activations,
    job: &Job<Gated>,
    unit: &Unit,
    scratch: &mut Scratch,
) {
    let (bands, blocks) = (unit.bands.1 - unit.bands.0, unit.blocks.1 - unit.blocks.0);
    let pairs = blocks.div_ceil(2);
    let sums = scratch.sums.room(pairs * bands * 4 * TILE);
    let depth = job.weights.column_tiles();
    // Sums of a few tokens stay in tiles to the end.
    let again = pairs <= AGAIN;
    let (deep, slots) = if again { (depth, 2) } else { (DEPTH, DEPTH) };
    let expanded = scratch.weights.room(bands * slots * 2 * TILE);
    // SAFETY: the caller's contract; the sums have room for all pairs of blocks and bands, and so have the weights of a
    // band for their columns.
    unsafe {
        for from in (0..depth).step_by(deep) {
            let mut loaded = None;
            for pair in 0..pairs {
                let block = unit.blocks.0 + 2 * pair;
                let first = x.block(block);
                let second = (block + 1 < unit.blocks.1).then(|| x.block(block + 1));
                let heights = (first.height, second.map_or(0, |second| second.height));
                if loaded != Some(heights) {
                    Config::of_tokens(heights.0, heights.1).load();
                    loaded = Some(heights);
                }
                for band in 0..bands {
                    let part = Columns::<KIND> {
                        band: Band::new(job.weights, unit.bands.0 + band),
                        columns: (from, depth.min(from + deep)),
                        expanded: expanded.add(band * slots * 2 * TILE),
                        slots,
                    };
                    let sums = sums.add((pair * bands + band) * 4 * TILE);
                    match from {
                        0 => tiles::zero(),
                        _ => tiles::load(sums, second.is_some()),
                    }
                    if again || pair == 0 {
                        part.expand(first, second);
                    } else {
                        part.multiply(first, second);
                    }
                    tiles::store(sums, second.is_some());
                }
                if from + deep >= depth {
                    let first = unit.blocks.0 * TOKENS + pair * 2 * TOKENS;
                    let tokens = first..first + heights.0 + heights.1;
                    finish(
                        x,
                        job,
                        unit.bands,
                        tokens,
                        sums.add(pair * bands * 4 * TILE).cast(),
                    );
                }
            }
        }
        tiles::release();
    }
}

/// Some columns of a band.
struct Columns<const KIND: u8> {
    band: Band,
    columns: (usize, usize),
    /// Where they are expanded to: the pair of tiles of a column to the place of its number modulo so many.
    expanded: *mut u8,
    slots: usize,
}

impl<const KIND: u8> Columns<KIND> {
    /// Adds the products with up to 32 tokens. Weights are expanded tile by tile, and between the instructions that do it
    /// those before are multiplied.
    ///
    /// # Safety
    /// As [`run`]; columns and blocks lie within weights and activations, there is room for the expanded weights, and a
    /// configuration for the blocks is loaded.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,f16c")]
    #[inline]
    unsafe fn expand(&self, first: TokenBlock, second: Option<TokenBlock>) {
        let mut before: *const u8 = std::ptr::null();
        // SAFETY: the caller's contract.
        unsafe {
            for column in self.columns.0..self.columns.1 {
                let out = self.expanded.add(column % self.slots * 2 * TILE);
                before = unpack::pair::<KIND>(self.band, column, out, |part| {
                    // Line by line: all at once they would keep the weights waiting.
                    first.ask_for(column, part);
                    if let Some(second) = second {
                        second.ask_for(column, part);
                    }
                    if !before.is_null() {
                        multiply_part(part, before, first, second, column - 1);
                    }
                });
            }
            let last = self.columns.1 - 1;
            tiles::tokens_by_rows(before, first.tile(last), second.map(|s| s.tile(last)), 64);
        }
    }

    /// The same for other tokens, after [`Self::expand`].
    ///
    /// # Safety
    /// As there.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,f16c")]
    #[inline]
    unsafe fn multiply(&self, first: TokenBlock, second: Option<TokenBlock>) {
        for column in self.columns.0..self.columns.1 {
            let weights = match const { kind::<KIND>() } {
                Kind::Bf16 => self.band.tile::<KIND>(column, 0).1,
                _ => self.expanded.wrapping_add(column % self.slots * 2 * TILE),
            };
            let second = second.map(|second| second.tile(column));
            // SAFETY: the caller's contract.
            unsafe { tiles::tokens_by_rows(weights, first.tile(column), second, 64) };
        }
    }
}

/// What of a product stands before part `part` of those in which the next weights are expanded.
///
/// # Safety
/// As [`tiles::tokens_by_rows_step`]; the blocks have a tile `column`.
#[inline(always)]
unsafe fn multiply_part(
    part: usize,
    weights: *const u8,
    first: TokenBlock,
    second: Option<TokenBlock>,
    column: usize,
) {
    if part % 2 == 1 {
        return;
    }
    let second = second.map(|second| second.tile(column));
    // SAFETY: the caller's contract.
    unsafe { tiles::tokens_by_rows_step(part / 2, weights, first.tile(column), second, 64) }
}

/// Writes the sums of some bands for up to 32 tokens: token by token, since what lies side by side is written faster.
///
/// # Safety
/// As [`run`]; `sums` are four tiles for each band, and tokens and rows lie within the output.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline(never)] // Its constants would take registers from those of the expansion.
unsafe fn finish(
    x: &Activations,
    job: &Job<Gated>,
    bands: (usize, usize),
    tokens: Range<usize>,
    sums: *const f32,
) {
    let mut logits = [0.0; UNIT_BANDS * BAND];
    for token in tokens.clone() {
        let sums = sums.wrapping_add((token - tokens.start) / TOKENS * 2 * TILE / 4 + token % TOKENS * 16);
        for band in bands.0..bands.1 {
            let sums = sums.wrapping_add((band - bands.0) * TILE);
            // SAFETY: the caller's contract; masked lanes are not touched, and a tile of the next activations has a row
            // for each token of its block.
            unsafe {
                let halves = [_mm512_loadu_ps(sums), _mm512_loadu_ps(sums.add(TILE / 4))];
                match job.target {
                    Target::Rows {
                        out,
                        stride,
                        bias,
                        add,
                    } => {
                        for (index, mut lanes) in halves.into_iter().enumerate() {
                            let row = band * BAND + index * TILE_ROWS;
                            let mask = vector::mask(job.weights.rows.saturating_sub(row));
                            let out = out.wrapping_add(token * stride + row);
                            if !bias.is_null() {
                                let bias = _mm512_maskz_loadu_ps(mask, bias.wrapping_add(row));
                                lanes = _mm512_add_ps(lanes, bias);
                            }
                            if let Some(factor) = add {
                                let before = _mm512_maskz_loadu_ps(mask, out);
                                lanes = _mm512_fmadd_ps(lanes, _mm512_set1_ps(factor), before);
                            }
                            _mm512_mask_storeu_ps(out, mask, lanes);
                        }
                    }
                    Target::Gate(Gated { out, tiles }) => {
                        // Half a tile of the next activations; what fills a pair of bands up is zero.
                        let (block, place) = (token / TOKENS, token % TOKENS);
                        let tile = block * tiles * TILE + band / 2 * x.height(block) * 64;
                        let out = out.add(tile + place * 64 + band % 2 * 32);
                        _mm256_storeu_si256(out.cast(), sixteen(silu(halves[0], halves[1])));
                    }
                    Target::Logits(_) => {
                        let at = (band - bands.0) * BAND;
                        let out = &mut logits[at..at + BAND];
                        _mm512_storeu_ps(out.as_mut_ptr(), halves[0]);
                        _mm512_storeu_ps(out[TILE_ROWS..].as_mut_ptr(), halves[1]);
                    }
                }
            }
        }
        if let Target::Logits(places) = job.target {
            let logits = &mut logits[..(bands.1 - bands.0) * BAND];
            // SAFETY: the caller's contract.
            unsafe { places.take(token, bands.0 * BAND, logits) };
        }
    }
}
