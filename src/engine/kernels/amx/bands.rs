#![allow(unsafe_code)]
//! One unit of a product: bands of a matrix times blocks of tokens.

use super::super::packed::{BAND, Band, Kind, Packed, TILE_ROWS, kind};
use super::super::product::{Job, Target, Unit};
use super::tiles::{self, Config};
use super::vector::{self, silu};
use super::{Activations, DEPTH, Gated, Scratch, TILE, TOKENS, TokenBlock, sixteen, unpack};
use std::arch::x86_64::*;

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
    // SAFETY: the caller's contract; the sums have room for all pairs of blocks and bands.
    unsafe {
        if pairs == 1 {
            few::<KIND>(x, job.weights, unit, sums);
        } else {
            let expanded = scratch.weights.room(2 * bands * DEPTH * 2 * TILE);
            many::<KIND>(x, job.weights, unit, expanded, sums);
        }
        tiles::release();
        for block in 0..blocks {
            let sums = sums.add((block / 2 * bands * 2 + block % 2) * 2 * TILE);
            for band in 0..bands {
                let sums = sums.add(band * 4 * TILE).cast();
                finish(x, job, unit.bands.0 + band, unit.blocks.0 + block, sums);
            }
        }
    }
}

/// Up to 32 tokens: weights are expanded tile by tile, and between the instructions that do it those before are
/// multiplied; sums stay in tiles.
///
/// # Safety
/// As [`run`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,f16c")]
#[inline]
unsafe fn few<const KIND: u8>(x: &Activations, weights: &Packed, unit: &Unit, sums: *mut u8) {
    #[repr(align(64))]
    struct Buffer([[u8; 2 * TILE]; 2]);
    let mut buffer = Buffer([[0; 2 * TILE]; 2]);
    let first = x.block(unit.blocks.0);
    let second = match unit.blocks.1 - unit.blocks.0 {
        1 => None,
        _ => Some(x.block(unit.blocks.0 + 1)),
    };
    // SAFETY: bands and blocks lie within weights and activations.
    unsafe {
        Config::of_tokens(first.height, second.map_or(0, |s| s.height)).load();
        for band in unit.bands.0..unit.bands.1 {
            tiles::zero();
            let source = Band::new(weights, band);
            let mut before: *const u8 = std::ptr::null();
            for column in 0..source.depth {
                let out = buffer.0[column % 2].as_mut_ptr();
                before = unpack::pair::<KIND>(source, column, out, |part| {
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
            let last = source.depth - 1;
            tiles::tokens_by_rows(before, first.tile(last), second.map(|s| s.tile(last)), 64);
            let sums = sums.add((band - unit.bands.0) * 4 * TILE);
            tiles::store(sums, second.is_some());
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
    let step = match part {
        0 => 0,
        4 => 1,
        8 => 2,
        9 => 3,
        13 => 4,
        _ => return,
    };
    let second = second.map(|second| second.tile(column));
    // SAFETY: the caller's contract.
    unsafe { tiles::tokens_by_rows_step(step, weights, first.tile(column), second, 64) }
}

/// Many tokens: weights of all bands are expanded for some columns, then all tokens pass by; meanwhile those for the next
/// columns are expanded.
///
/// # Safety
/// As [`run`]; `expanded` has room for twice [`DEPTH`] pairs of tiles a band.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,f16c")]
#[inline]
unsafe fn many<const KIND: u8>(
    x: &Activations,
    weights: &Packed,
    unit: &Unit,
    expanded: *mut u8,
    sums: *mut u8,
) {
    let bands = unit.bands.1 - unit.bands.0;
    let depth = weights.column_tiles();
    let pairs = (unit.blocks.1 - unit.blocks.0).div_ceil(2);
    let chunk = |from: usize| Chunk::<KIND> {
        weights,
        bands: unit.bands,
        columns: (from.min(depth), depth.min(from + DEPTH)),
        out: expanded.wrapping_add(from / DEPTH % 2 * bands * DEPTH * 2 * TILE),
        done: 0,
    };
    let mut next = chunk(0);
    // SAFETY: columns lie within the bands, the room was made, and sums of a pair of blocks and a band are four tiles.
    unsafe {
        next.rest();
        for from in (0..depth).step_by(DEPTH) {
            let now = next;
            next = chunk(from + DEPTH);
            let count = now.columns.1 - now.columns.0;
            let (tiles, products) = (next.tiles(), pairs * bands * count);
            let mut owed = 0;
            let mut loaded = None;
            for block in (unit.blocks.0..unit.blocks.1).step_by(2) {
                let first = x.block(block);
                let second = (block + 1 < unit.blocks.1).then(|| x.block(block + 1));
                let heights = (first.height, second.map_or(0, |s| s.height));
                if loaded != Some(heights) {
                    Config::of_tokens(heights.0, heights.1).load();
                    loaded = Some(heights);
                }
                let sums = sums.add((block - unit.blocks.0) / 2 * bands * 4 * TILE);
                for band in 0..bands {
                    let sums = sums.add(band * 4 * TILE);
                    match from {
                        0 => tiles::zero(),
                        _ => tiles::load(sums, second.is_some()),
                    }
                    let source = now.pair(band);
                    for column in 0..count {
                        let source = source.add(column * 2 * TILE);
                        let first = first.tile(from + column);
                        let second = second.map(|second| second.tile(from + column));
                        let step = |step| tiles::tokens_by_rows_step(step, source, first, second, 64);
                        owed += tiles;
                        if owed >= products {
                            owed -= products;
                            next.tile(|part| match part {
                                0 => step(0),
                                2 => step(1),
                                4 => step(2),
                                5 => step(3),
                                7 => step(4),
                                _ => {}
                            });
                        } else {
                            tiles::tokens_by_rows(source, first, second, 64);
                        }
                    }
                    tiles::store(sums, second.is_some());
                }
            }
            next.rest();
        }
    }
}

/// Weights of some bands, expanded for some columns, tile by tile.
#[derive(Clone, Copy)]
struct Chunk<'a, const KIND: u8> {
    weights: &'a Packed,
    bands: (usize, usize),
    columns: (usize, usize),
    /// By band [`DEPTH`] pairs of tiles.
    out: *mut u8,
    /// How many tiles.
    done: usize,
}

impl<const KIND: u8> Chunk<'_, KIND> {
    /// How many tiles are to be expanded.
    fn tiles(&self) -> usize {
        match const { kind::<KIND>() } {
            Kind::Bf16 => 0,
            _ => (self.bands.1 - self.bands.0) * (self.columns.1 - self.columns.0) * 2,
        }
    }

    /// The pairs of tiles of a band.
    fn pair(&self, band: usize) -> *const u8 {
        match const { kind::<KIND>() } {
            Kind::Bf16 => {
                let source = Band::new(self.weights, self.bands.0 + band);
                source.tile::<KIND>(self.columns.0, 0).1
            }
            _ => self.out.wrapping_add(band * DEPTH * 2 * TILE),
        }
    }

    /// Expands one tile; calls `between` as [`unpack::tile`].
    ///
    /// # Safety
    /// As [`many`]; there is a tile left.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,f16c")]
    #[inline]
    unsafe fn tile(&mut self, between: impl Fn(usize)) {
        let columns = self.columns.1 - self.columns.0;
        let (pair, half) = (self.done / 2, self.done % 2);
        let (band, column) = (pair / columns, pair % columns);
        let source = Band::new(self.weights, self.bands.0 + band);
        // SAFETY: the caller's contract.
        unsafe {
            let out = self.out.add(((band * DEPTH + column) * 2 + half) * TILE);
            unpack::tile::<KIND>(source, (self.columns.0 + column, half), out, between);
        }
        self.done += 1;
    }

    /// Expands what is left.
    ///
    /// # Safety
    /// As [`many`].
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,f16c")]
    #[inline]
    unsafe fn rest(&mut self) {
        while self.done < self.tiles() {
            // SAFETY: the caller's contract.
            unsafe { self.tile(|_| ()) };
        }
    }
}

/// Writes the sums of one band for the tokens of one block.
///
/// # Safety
/// As [`run`]; `sums` are two tiles.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
unsafe fn finish(x: &Activations, job: &Job<Gated>, band: usize, block: usize, sums: *const f32) {
    let height = x.height(block);
    for token in 0..height {
        // SAFETY: the caller's contract: tokens and rows lie within the output, and masked lanes are not touched;
        // a tile of the next activations has a row for each token of the block.
        unsafe {
            let half = |half: usize| _mm512_loadu_ps(sums.add((half * 16 + token) * 16));
            match job.target {
                Target::Rows {
                    out,
                    stride,
                    bias,
                    add,
                } => {
                    for (index, mut lanes) in [half(0), half(1)].into_iter().enumerate() {
                        let row = band * BAND + index * TILE_ROWS;
                        let mask = vector::mask(job.weights.rows.saturating_sub(row));
                        let out = out.wrapping_add((block * TOKENS + token) * stride + row);
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
                    let tile = block * tiles * TILE + band / 2 * height * 64;
                    let out = out.add(tile + token * 64 + band % 2 * 32);
                    _mm256_storeu_si256(out.cast(), sixteen(silu(half(0), half(1))));
                }
            }
        }
    }
}
