#![allow(unsafe_code)]
//! Products on the tile unit of recent Xeons (AMX), in bfloat16 with f32 sums.
//!
//! A product is computed as `weights * activations^T`: sixteen rows of weights by 32 columns make one tile,
//! the same 32 columns of up to sixteen tokens the other. Weights are expanded to bfloat16 while they are
//! read, a tile at a time, so that they stay as small in memory as the file has them; activations are rounded
//! to bfloat16 once for each input of a layer. Both roundings are to the nearest, 2^-9 relative at most; sums
//! are f32, in the same order for any number of tokens and threads, so that a token's numbers do not depend on
//! its neighbours, bit for bit.
//!
//! Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, TDPBF16PS and chapter
//! "Intel AMX". The compiler knows no stable intrinsics for tiles; each instruction stands in a small
//! assembly block, and no code in between uses tile registers.

use super::packed::{BAND, Kind, Layout, Lines, Packed, SUPER, TILE_COLUMNS, TILE_ROWS};
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
use vector::{Sixteen, silu, transpose};

/// Activations of some tokens, rounded and in the order in which tiles want them: by 16 tokens and 32 columns
/// one tile, 16 pairs of columns by tokens. The last tile of tokens is as wide as it has tokens.
#[derive(Debug, Default)]
pub struct Activations {
    data: Lines,
    tokens: usize,
    columns: usize,
}

impl Activations {
    /// Room for `tokens` of `columns` numbers.
    pub fn resize(&mut self, tokens: usize, columns: usize) {
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
    fn width(&self, block: usize) -> usize {
        (self.tokens.saturating_sub(block * TOKENS)).min(TOKENS)
    }

    fn block(&self, block: usize) -> TokenBlock {
        let at = block * self.column_tiles() * TILE;
        TokenBlock {
            tiles: self.data.bytes()[at..].as_ptr(),
            width: self.width(block),
        }
    }
}

impl Input for Activations {
    const LAYOUT: Layout = Layout::Rows;

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
        let padded = tiles * TILE_COLUMNS;
        let target = self.data.bytes_mut().as_mut_ptr() as usize;
        Pool::global().run(tokens.div_ceil(TOKENS), |block| {
            let width = (tokens - block * TOKENS).min(TOKENS);
            SCRATCH.with_borrow_mut(|scratch| {
                let rows = &mut scratch.rows;
                rows.resize(width * padded, 0.0);
                for token in 0..width {
                    let row = &mut rows[token * padded..(token + 1) * padded];
                    fill(block * TOKENS + token, &mut row[..columns]);
                    row[columns..].fill(0.0);
                }
                let out = (target + block * tiles * TILE) as *mut u8;
                // SAFETY: the features are there; the block's part of the buffer is this unit's own.
                unsafe { pack_block(rows, width, tiles, out) };
            });
        });
    }

    fn product(&self, parts: Vec<Part<Self>>) {
        product(self, parts);
    }
}

/// # Safety
/// The CPU has AVX-512; `out` has room for the block's tiles.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn pack_block(rows: &[f32], width: usize, tiles: usize, out: *mut u8) {
    let padded = tiles * TILE_COLUMNS;
    debug_assert!(rows.len() >= width * padded);
    // SAFETY: rows are `padded` long; the block's tiles by contract.
    unsafe {
        let pairs = |token: usize, tile: usize| {
            let from = rows.as_ptr().add(token * padded + tile * TILE_COLUMNS);
            vector::pair(_mm512_loadu_ps(from), _mm512_loadu_ps(from.add(16)))
        };
        for tile in 0..tiles {
            let out = out.add(tile * width * 64);
            match width {
                1 => _mm512_storeu_si512(out.cast(), pairs(0, tile)),
                TOKENS => {
                    let mut all: Sixteen = [_mm512_setzero_ps(); 16];
                    for (token, row) in all.iter_mut().enumerate() {
                        *row = _mm512_castsi512_ps(pairs(token, tile));
                    }
                    for (i, row) in transpose(all).into_iter().enumerate() {
                        _mm512_storeu_ps(out.add(i * 64).cast(), row);
                    }
                }
                _ => {
                    let step = _mm512_set1_epi32(width as i32);
                    let places = _mm512_mullo_epi32(vector::iota(), step);
                    for token in 0..width {
                        _mm512_i32scatter_epi32::<4>(out.add(token * 4).cast(), places, pairs(token, tile));
                    }
                }
            }
        }
    }
}

/// The tiles of up to sixteen tokens.
#[derive(Clone, Copy)]
struct TokenBlock {
    tiles: *const u8,
    /// How many tokens.
    width: usize,
}

impl TokenBlock {
    /// Bytes from tile to tile.
    fn step(self) -> usize {
        self.width * 64
    }

    fn tile(self, column: usize) -> *const u8 {
        self.tiles.wrapping_add(column * self.step())
    }

    /// Has a tile brought near: it is needed after the weights are expanded.
    fn ask_for(self, column: usize) {
        for line in 0..self.width {
            // SAFETY: a hint, which reads nothing.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(self.tile(column).wrapping_add(line * 64).cast()) };
        }
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
/// AMX is there; the job's sizes fit; no other thread has the same unit.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn run<const KIND: u8>(x: &Activations, job: &Job<Gated>, unit: &Unit, scratch: &mut Scratch) {
    let (bands, blocks) = (unit.bands.1 - unit.bands.0, unit.blocks.1 - unit.blocks.0);
    let pairs = blocks.div_ceil(2);
    let sums = scratch.sums.room(pairs * bands * 4 * TILE);
    // SAFETY: the caller's contract; the sums have room for all pairs of blocks and bands.
    unsafe {
        if pairs == 1 {
            few::<KIND>(x, job.weights, unit, sums);
        } else {
            let weights = scratch.weights.room(bands * DEPTH * 2 * TILE);
            many::<KIND>(x, job.weights, unit, weights, sums);
        }
        tiles::release();
        for pair in 0..pairs {
            for band in 0..bands {
                let sums = sums.add((pair * bands + band) * 4 * TILE);
                for half in 0..2 {
                    let block = unit.blocks.0 + 2 * pair + half;
                    if block >= unit.blocks.1 {
                        continue;
                    }
                    let sums = sums.add(half * 2 * TILE).cast::<f32>();
                    match job.target {
                        Target::Rows { .. } => finish_rows(x, job, unit.bands.0 + band, block, sums),
                        Target::Gate(_) if band % 2 == 0 => {
                            finish_gate(x, job, unit.bands.0 + band, block, sums);
                        }
                        Target::Gate(_) => {}
                    }
                }
            }
        }
    }
}

/// Up to 32 tokens: weights are expanded tile by tile right before they are used, and sums stay in tiles.
///
/// # Safety
/// As [`run`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
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
    let config = Config::new(first.width, second.map_or(0, |s| s.width));
    let depth = weights.column_tiles();
    // SAFETY: bands and blocks lie within weights and activations.
    unsafe {
        config.load();
        for band in unit.bands.0..unit.bands.1 {
            tiles::zero();
            let mut source = unpack::Source::new(weights, band);
            let mut before: *const u8 = std::ptr::null();
            for column in 0..depth {
                first.ask_for(column);
                if let Some(second) = &second {
                    second.ask_for(column);
                }
                let next = unpack::pair::<KIND>(&mut source, column, buffer.0[column % 2].as_mut_ptr());
                if column > 0 {
                    multiply(before, first, second, column - 1, 1);
                }
                before = next;
            }
            multiply(before, first, second, depth - 1, 1);
            let sums = sums.add((band - unit.bands.0) * 4 * TILE);
            tiles::store(sums, second.is_some());
        }
    }
}

/// # Safety
/// A configuration is loaded; `a` holds `depth` pairs of tiles, and the blocks as many tiles from `column` on.
#[inline(always)]
unsafe fn multiply(a: *const u8, first: TokenBlock, second: Option<TokenBlock>, column: usize, depth: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        let b = (first.tile(column), first.step());
        match second {
            Some(second) => tiles::multiply_two(a, b, (second.tile(column), second.step()), depth),
            None => tiles::multiply_one(a, b, depth),
        }
    }
}

/// Many tokens: weights of all bands are expanded for some columns, then all tokens pass by.
///
/// # Safety
/// As [`run`]; `expanded` has room for `DEPTH` pairs of tiles a band.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
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
    for from in (0..depth).step_by(DEPTH) {
        let count = DEPTH.min(depth - from);
        let mut sources = [std::ptr::null(); UNIT_BANDS];
        for band in 0..bands {
            let mut source = unpack::Source::new(weights, unit.bands.0 + band);
            // SAFETY: columns lie within the band, and the room was made.
            unsafe {
                let target = expanded.add(band * DEPTH * 2 * TILE);
                sources[band] = unpack::pair::<KIND>(&mut source, from, target);
                for column in 1..count {
                    unpack::pair::<KIND>(&mut source, from + column, target.add(column * 2 * TILE));
                }
            }
        }
        let mut loaded = None;
        for block in (unit.blocks.0..unit.blocks.1).step_by(2) {
            let first = x.block(block);
            let second = (block + 1 < unit.blocks.1).then(|| x.block(block + 1));
            let widths = (first.width, second.map_or(0, |s| s.width));
            // SAFETY: as above; sums of a pair of blocks and a band are four tiles.
            unsafe {
                if loaded != Some(widths) {
                    Config::new(widths.0, widths.1).load();
                    loaded = Some(widths);
                }
                let sums = sums.add((block - unit.blocks.0) / 2 * bands * 4 * TILE);
                for band in 0..bands {
                    let sums = sums.add(band * 4 * TILE);
                    match from {
                        0 => tiles::zero(),
                        _ => tiles::load(sums, second.is_some()),
                    }
                    multiply(sources[band], first, second, from, count);
                    tiles::store(sums, second.is_some());
                }
            }
        }
    }
}

/// Writes the sums of one band and block to the rows of its tokens.
///
/// # Safety
/// As [`run`]; `sums` are two tiles.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
unsafe fn finish_rows(x: &Activations, job: &Job<Gated>, band: usize, block: usize, sums: *const f32) {
    let Target::Rows {
        out,
        stride,
        bias,
        add,
    } = job.target
    else {
        return;
    };
    for half in 0..2 {
        let row = band * BAND + half * TILE_ROWS;
        let rows = job.weights.rows.saturating_sub(row).min(TILE_ROWS);
        if rows == 0 {
            return;
        }
        let mask = vector::mask(rows);
        // SAFETY: tokens and rows lie within the output; masked lanes are not touched.
        unsafe {
            let sums = sums.add(half * TILE / 4);
            let mut all: Sixteen = [_mm512_setzero_ps(); 16];
            for (i, lanes) in all.iter_mut().enumerate() {
                *lanes = _mm512_loadu_ps(sums.add(i * 16));
            }
            let all = transpose(all);
            for (token, lanes) in all.into_iter().enumerate().take(x.width(block)) {
                let out = out.add((block * TOKENS + token) * stride + row);
                let mut lanes = lanes;
                if !bias.is_null() {
                    lanes = _mm512_add_ps(lanes, _mm512_maskz_loadu_ps(mask, bias.add(row)));
                }
                if let Some(factor) = add {
                    let before = _mm512_maskz_loadu_ps(mask, out);
                    lanes = _mm512_fmadd_ps(lanes, _mm512_set1_ps(factor), before);
                }
                _mm512_mask_storeu_ps(out, mask, lanes);
            }
        }
    }
}

/// Writes `silu(gate) * up` of two bands into a tile of the next product's activations.
///
/// # Safety
/// As [`run`]; `sums` are two tiles, and those of the next band lie behind four.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
unsafe fn finish_gate(x: &Activations, job: &Job<Gated>, band: usize, block: usize, sums: *const f32) {
    let Target::Gate(Gated { out, tiles }) = job.target else {
        return;
    };
    let width = x.width(block);
    let mask = vector::mask(width);
    // SAFETY: the caller's contract; a tile of this block has 16 rows of `width` pairs.
    unsafe {
        let out = out.add(block * tiles * TILE + band / 2 * width * 64);
        let gated = |band: usize, i: usize| {
            let sums = sums.add(band * TILE + i * 16);
            silu(_mm512_loadu_ps(sums), _mm512_loadu_ps(sums.add(TILE / 4)))
        };
        for i in 0..16 {
            let pair = vector::pair(gated(0, i), gated(1, i));
            _mm512_mask_storeu_epi32(out.add(i * width * 4).cast(), mask, pair);
        }
    }
}

#[cfg(test)]
mod tests;
