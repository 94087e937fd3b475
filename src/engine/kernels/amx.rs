#![allow(unsafe_code)]
//! Products on the tile unit of recent Xeons (AMX), in bfloat16 with f32 sums.
//!
//! 32 columns of up to sixteen tokens make one tile, the same 32 columns of sixteen rows of weights the other. Weights
//! are expanded to bfloat16 while they are read, so that they stay as small in memory as the file has them;
//! activations are rounded to the nearest bfloat16, 2^-9 relative at most, once for each input of a layer. Sums are
//! f32, in the same order for any number of tokens and threads, so that a token's numbers do not depend on its
//! neighbours, bit for bit.
//!
//! Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, TDPBF16PS and chapter
//! "Intel AMX". The compiler knows no stable intrinsics for tiles; each instruction stands in a small
//! assembly block, and no code in between uses tile registers.

use super::packed::{BAND, Band, Kind, Lines, Packed, TILE_COLUMNS, TILE_ROWS, kind};
use super::pool::Pool;
use super::product::{Input, Job, Part, Target, Unit, units};
use std::arch::x86_64::*;
use std::cell::RefCell;

/// Bytes of a tile of bfloat16, or of f32 sums.
const TILE: usize = 1024;
/// Tokens of a tile.
const TOKENS: usize = 16;
/// Column tiles whose weights are expanded at once when many tokens use them: those of one band stay in
/// the first cache.
const DEPTH: usize = 8;
/// Most bands of a unit of work, and most tokens: expanded weights and sums stay in the second cache.
const UNIT_BANDS: usize = 8;
const UNIT_TOKENS: usize = 512;

pub mod attention;
mod cpu;
mod tiles;
mod unpack;
mod vector;

pub use cpu::is_available;
use tiles::Config;
use vector::{rounded, silu};

/// Activations of some tokens, rounded and in the order in which tiles want them: by 16 tokens and 32 columns
/// one tile, token after token. The last tile of tokens is as high as it has tokens.
#[derive(Debug, Default)]
pub struct Activations {
    data: Lines,
    tokens: usize,
    columns: usize,
}

impl Activations {
    /// Room for `tokens` of `columns` numbers.
    fn resize(&mut self, tokens: usize, columns: usize) {
        let bytes = tokens.div_ceil(TOKENS) * columns.div_ceil(TILE_COLUMNS) * TILE;
        if self.data.bytes().len() < bytes {
            self.data = Lines::zeroed(bytes);
        }
        (self.tokens, self.columns) = (tokens, columns);
    }

    fn column_tiles(&self) -> usize {
        self.columns.div_ceil(TILE_COLUMNS)
    }

    /// Tokens in block `block`.
    fn height(&self, block: usize) -> usize {
        self.tokens.saturating_sub(block * TOKENS).min(TOKENS)
    }

    fn block(&self, block: usize) -> TokenBlock {
        let at = block * self.column_tiles() * TILE;
        TokenBlock {
            tiles: self.data.bytes()[at..].as_ptr(),
            height: self.height(block),
        }
    }
}

impl Input for Activations {
    fn tokens(&self) -> usize {
        self.tokens
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn fill(&mut self, tokens: usize, columns: usize, fill: impl Fn(usize, &mut [f32]) + Sync) {
        assert!(is_available());
        self.resize(tokens, columns);
        let tiles = self.column_tiles();
        let target = self.data.bytes_mut().as_mut_ptr() as usize;
        Pool::global().run(tokens.div_ceil(TOKENS), |block| {
            let height = (tokens - block * TOKENS).min(TOKENS);
            SCRATCH.with_borrow_mut(|scratch| {
                let row = &mut scratch.rows;
                row.resize(tiles * TILE_COLUMNS, 0.0);
                for token in 0..height {
                    fill(block * TOKENS + token, &mut row[..columns]);
                    row[columns..].fill(0.0);
                    let out = (target + block * tiles * TILE + token * 64) as *mut u8;
                    // SAFETY: the features are there; the block's part of the buffer is this unit's own, and has
                    // so many rows in each tile.
                    unsafe { round_row(row, out, height * 64) };
                }
            });
        });
    }

    fn product(&self, parts: Vec<Part<Self>>) {
        product(self, parts);
    }
}

/// Writes 32 numbers after 32 numbers, `step` bytes apart.
///
/// # Safety
/// The CPU has AVX-512; there is room.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn round_row(row: &[f32], out: *mut u8, step: usize) {
    let (tiles, _) = row.as_chunks::<TILE_COLUMNS>();
    for (index, tile) in tiles.iter().enumerate() {
        // SAFETY: 32 floats; room by contract.
        unsafe {
            let out = out.add(index * step);
            for half in 0..2 {
                let numbers = _mm512_loadu_ps(tile.as_ptr().add(half * 16));
                _mm256_storeu_si256(out.add(half * 32).cast(), sixteen(numbers));
            }
        }
    }
}

/// Sixteen numbers of bfloat16.
#[target_feature(enable = "avx512f")]
#[inline]
fn sixteen(x: __m512) -> __m256i {
    _mm512_cvtepi32_epi16(_mm512_srli_epi32::<16>(rounded(x)))
}

/// The tiles of up to sixteen tokens.
#[derive(Clone, Copy)]
struct TokenBlock {
    tiles: *const u8,
    /// How many tokens.
    height: usize,
}

impl TokenBlock {
    /// Bytes from tile to tile.
    fn step(self) -> usize {
        self.height * 64
    }

    fn tile(self, column: usize) -> *const u8 {
        self.tiles.wrapping_add(column * self.step())
    }

    /// Has a token of a tile brought near.
    #[inline(always)]
    fn ask_for(self, column: usize, token: usize) {
        // SAFETY: a hint, which reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(self.tile(column).wrapping_add(token * 64).cast()) };
    }
}

/// The tiles of the next product's activations.
#[derive(Clone, Copy)]
struct Gated {
    out: *mut u8,
    /// Tiles of one block of tokens.
    tiles: usize,
}

/// Products of `x` with several matrices.
fn product(x: &Activations, mut parts: Vec<Part<Activations>>) {
    assert!(is_available());
    if x.tokens == 0 {
        return;
    }
    let gate = |next: &mut Activations, columns: usize| {
        next.resize(x.tokens, columns);
        Gated {
            tiles: next.column_tiles(),
            out: next.data.bytes_mut().as_mut_ptr(),
        }
    };
    let jobs: Vec<_> = parts.iter_mut().map(|part| Job::new(x, part, gate)).collect();
    let blocks = x.tokens.div_ceil(TOKENS);
    let bands = match blocks {
        // Long runs, so that little of what is asked for ahead is another thread's.
        0..=2 => 16,
        _ => UNIT_BANDS,
    };
    let units = units(&jobs, blocks, bands, UNIT_TOKENS / TOKENS);
    Pool::global().run(units.len(), |unit| {
        let unit = &units[unit];
        let job = &jobs[unit.job];
        SCRATCH.with_borrow_mut(|scratch| {
            // SAFETY: the features are there; sizes were checked in `Job::new`; units are disjoint.
            unsafe {
                by_kind!(
                    job.weights.kind,
                    run(x, job, unit, scratch),
                    bf16: run::<{ Kind::Bf16 as u8 }>(x, job, unit, scratch)
                );
            }
        });
    });
}

#[derive(Default)]
struct Scratch {
    rows: Vec<f32>,
    weights: Lines,
    sums: Lines,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Lines {
    /// At least `bytes` of room; what was there may be lost.
    fn room(&mut self, bytes: usize) -> *mut u8 {
        if self.bytes().len() < bytes {
            *self = Self::zeroed(bytes);
        }
        self.bytes_mut().as_mut_ptr()
    }
}

/// # Safety
/// AMX is there; the job's sizes were checked; no other thread has the same unit.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,f16c")]
unsafe fn run<const KIND: u8>(x: &Activations, job: &Job<Gated>, unit: &Unit, scratch: &mut Scratch) {
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
            for part in 0..unpack::PARTS {
                multiply_part(part, before, first, second, source.depth - 1);
            }
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
                        let step = |step: usize| {
                            let band = source.add(column * 2 * TILE);
                            let second = second.map(|second| second.tile(from + column));
                            tiles::tokens_by_rows_step(step, band, first.tile(from + column), second, 64);
                        };
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
                            (0..tiles::STEPS).for_each(step);
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

#[cfg(test)]
mod tests;
