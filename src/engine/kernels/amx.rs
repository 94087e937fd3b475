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

use super::packed::{Kind, Lines, TILE_COLUMNS};
use super::pool::Pool;
use super::product::{Input, Job, Part, units};
use std::arch::x86_64::*;
use std::cell::RefCell;

/// Bytes of a tile of bfloat16, or of f32 sums.
const TILE: usize = 1024;
/// Tokens of a tile.
const TOKENS: usize = 16;
/// Column tiles of a band whose expanded weights are kept for the next tokens: with the activations of a unit's tokens for
/// these columns they stay in the second cache.
const DEPTH: usize = 32;
/// Most bands of a unit of work, and most tokens: sums stay in the second cache.
const UNIT_BANDS: usize = 8;
const UNIT_TOKENS: usize = 512;

pub mod attention;
mod bands;
mod cpu;
mod tiles;
mod unpack;
mod vector;

pub use cpu::is_available;
use vector::rounded;

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
        // A thread's own follow each other.
        0..=4 => 4,
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
                    bands::run(x, job, unit, scratch),
                    bf16: bands::run::<{ Kind::Bf16 as u8 }>(x, job, unit, scratch)
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

#[cfg(test)]
mod tests;
