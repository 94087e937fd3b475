#![allow(unsafe_code)]
//! The two products of attention for many rows: half a block's numbers become floats once for all of them, so that what is left
//! is multiplications alone. The sums are those of [`tile`](super::tile), bit by bit.

use super::super::simd::{LANES, Lanes};
use super::softmax::weights_stride;
use super::tile::ask_for;
use super::word::{AVX2, shared_width};
use super::{BLOCK, HALF, Word};
use std::arch::x86_64::*;

/// Rows from which on it pays to expand.
pub(super) const MANY: usize = 8;

/// Rows whose sums, of two registers each, stay in registers.
const ROWS: usize = 6;

/// Sixteen floats in a line of the cache.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(Lanes);

/// Room for what was expanded.
#[derive(Default)]
pub(super) struct Floats(Vec<Line>);

impl Floats {
    /// Room for `words` words.
    #[inline(always)]
    fn room<W: Word>(&mut self, words: usize) -> &mut [Line] {
        let lines = words * W::NUMBERS;
        if self.0.len() < lines {
            self.0.resize(lines, Line([0.0; LANES]));
        }
        &mut self.0[..lines]
    }
}

/// As [`score`](super::tile::score), up to [`ROWS`] rows at a time.
///
/// # Safety
/// As there, for [`AVX2`].
#[inline(always)]
pub(super) unsafe fn score<W: Word>(
    queries: &[u32],
    words: usize,
    keys: &[*const W],
    values: &[*const W],
    scores: &mut [f32],
    floats: &mut Floats,
) {
    let stride = words * shared_width::<W, AVX2>();
    let rows = queries.len() / stride.max(1);
    let room = floats.room::<W>(words);
    for (half, (keys, values)) in keys.iter().zip(values).enumerate() {
        for (word, lines) in room.chunks_exact_mut(W::NUMBERS).enumerate() {
            // SAFETY: the caller's contract.
            let own = unsafe { keys.add(word * HALF).cast::<[W; LANES]>().read_unaligned() };
            ask_for(values.wrapping_add(word * HALF));
            expand(&own, lines);
        }
        let product = Product {
            shared: queries.as_ptr(),
            stride,
            own: room,
            sums: scores[half * HALF..].as_mut_ptr(),
            pitch: BLOCK,
        };
        // SAFETY: so many rows have queries and scores.
        unsafe { product.rows::<W, true>(rows) };
    }
}

/// As [`gather`](super::tile::gather), up to [`ROWS`] rows at a time.
///
/// # Safety
/// As there, for [`AVX2`].
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub(super) unsafe fn gather<W: Word>(
    weights: &[u32],
    values: &[*const W],
    next: &[*const W],
    keys: usize,
    sums: &mut [f32],
    padded: usize,
    floats: &mut Floats,
) {
    let of_half = HALF / W::NUMBERS;
    // Halves but the last are full.
    let words = (keys / HALF) * of_half + (keys % HALF).min(of_half);
    let rows = sums.len() / padded;
    let room = floats.room::<W>(words);
    for at in (0..padded).step_by(LANES) {
        for (word, lines) in room.chunks_exact_mut(W::NUMBERS).enumerate() {
            let (half, word) = (word / of_half, word % of_half);
            // SAFETY: the caller's contract.
            let own = unsafe {
                let from = values[half].add(word * padded + at);
                from.cast::<[W; LANES]>().read_unaligned()
            };
            ask_for(next[half].wrapping_add(at * of_half + word * LANES));
            expand(&own, lines);
        }
        let product = Product {
            shared: weights.as_ptr(),
            stride: weights_stride::<W, AVX2>(),
            own: room,
            sums: sums[at..].as_mut_ptr(),
            pitch: padded,
        };
        // SAFETY: so many rows have weights and sums.
        unsafe { product.rows::<W, false>(rows) };
    }
}

#[inline(always)]
fn expand<W: Word>(own: &[W; LANES], lines: &mut [Line]) {
    for (place, line) in lines.iter_mut().enumerate() {
        line.0 = W::floats(own, place);
    }
}

/// Sums of sixteen lanes for some rows.
struct Product<'a> {
    /// What all lanes share of the first row, in floats.
    shared: *const u32,
    /// From a row to the next there.
    stride: usize,
    /// What each lane has of its own, by words, the first number first.
    own: &'a [Line],
    sums: *mut f32,
    /// From a row to the next there.
    pitch: usize,
}

impl Product<'_> {
    /// Goes through all rows, up to [`ROWS`] at a time and about as many each time.
    ///
    /// # Safety
    /// So many rows are there, each with as many shared floats as there are lines, and the CPU has AVX2 and FMA.
    #[inline(always)]
    unsafe fn rows<W: Word, const ZERO: bool>(&self, rows: usize) {
        let mut row = 0;
        while row < rows {
            let left = rows - row;
            let count = left.div_ceil(left.div_ceil(ROWS));
            // SAFETY: so many rows are left; the caller's contract.
            unsafe {
                match count {
                    6 => self.tile::<W, 6, ZERO>(row),
                    5 => self.tile::<W, 5, ZERO>(row),
                    4 => self.tile::<W, 4, ZERO>(row),
                    3 => self.tile::<W, 3, ZERO>(row),
                    2 => self.tile::<W, 2, ZERO>(row),
                    _ => self.tile::<W, 1, ZERO>(row),
                }
            }
            row += count;
        }
    }

    /// # Safety
    /// `N` rows are there from `first` on, and as [`Self::rows`].
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn tile<W: Word, const N: usize, const ZERO: bool>(&self, first: usize) {
        let mut sums = [[_mm256_setzero_ps(); 2]; N];
        // SAFETY: the caller's contract.
        unsafe {
            let shared = self.shared.add(first * self.stride).cast::<f32>();
            let at = self.sums.add(first * self.pitch);
            if !ZERO {
                for n in 0..N {
                    let from = at.add(n * self.pitch);
                    sums[n] = [_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8))];
                }
            }
            for word in 0..self.own.len() / W::NUMBERS {
                for place in (0..W::NUMBERS).rev() {
                    let number = word * W::NUMBERS + place;
                    let own = self.own.as_ptr().add(number).cast::<f32>();
                    let own = [_mm256_load_ps(own), _mm256_load_ps(own.add(8))];
                    for n in 0..N {
                        let shared = _mm256_broadcast_ss(&*shared.add(n * self.stride + number));
                        sums[n][0] = _mm256_fmadd_ps(shared, own[0], sums[n][0]);
                        sums[n][1] = _mm256_fmadd_ps(shared, own[1], sums[n][1]);
                    }
                }
            }
            for n in 0..N {
                let to = at.add(n * self.pitch);
                _mm256_storeu_ps(to, sums[n][0]);
                _mm256_storeu_ps(to.add(8), sums[n][1]);
            }
        }
    }
}
