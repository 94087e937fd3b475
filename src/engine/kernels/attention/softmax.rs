#![allow(unsafe_code)]
//! The online softmax (Milakov and Gimelshein, 2018; the blocked form is that of FlashAttention), by rows.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

use super::super::simd::{LANES, Lanes, exp, max, raise, sum};
#[cfg(target_arch = "x86_64")]
use super::word::{AVX2, BF16};
use super::word::{PLAIN, multiply_add, shared_width};
use super::{BLOCK, Word};

/// What the online softmax carries from block to block, by row.
pub(super) struct State {
    /// Scores of the current block.
    scores: Vec<f32>,
    /// Their weights, as all lanes share them.
    weights: Vec<u32>,
    /// Weighted values so far.
    sums: Vec<f32>,
    /// Largest score so far.
    most: Vec<f32>,
    /// Sum of weights so far.
    total: Vec<f32>,
    /// Numbers of a row of `sums`.
    padded: usize,
}

/// Where the next row's weights of a block begin.
pub(super) const fn weights_stride<W: Word, const MODE: u8>() -> usize {
    BLOCK / W::NUMBERS * shared_width::<W, MODE>()
}

impl State {
    pub(super) fn new(rows: usize, padded: usize) -> Self {
        Self {
            scores: vec![0.0; rows * BLOCK],
            weights: vec![0; rows * BLOCK],
            sums: vec![0.0; rows * padded],
            most: vec![f32::NEG_INFINITY; rows],
            total: vec![0.0; rows],
            padded,
        }
    }

    /// Where the scores of the rows from `first` on are written.
    pub(super) fn scores(&mut self, first: usize) -> &mut [f32] {
        &mut self.scores[first * BLOCK..]
    }

    /// Weights and sums of `count` rows from `first` on.
    pub(super) fn parts<W: Word, const MODE: u8>(
        &mut self,
        first: usize,
        count: usize,
    ) -> (&[u32], &mut [f32]) {
        let sums = first * self.padded..(first + count) * self.padded;
        let weights = first * weights_stride::<W, MODE>();
        (&self.weights[weights..], &mut self.sums[sums])
    }

    /// Turns the scores of one row into weights, those of keys outside of `see` into 0, and brings the row's sums to the
    /// new maximum.
    ///
    /// # Safety
    /// The CPU has what `MODE` names.
    #[inline(always)]
    pub(super) unsafe fn step<W: Word, const MODE: u8>(
        &mut self,
        row: usize,
        block: usize,
        see: std::ops::Range<usize>,
    ) {
        let stride = weights_stride::<W, MODE>();
        let weights = &mut self.weights[row * stride..(row + 1) * stride];
        if see.start >= block + BLOCK || see.end <= block {
            weights.fill(0);
            return;
        }
        let see = see.start.saturating_sub(block)..(see.end - block).min(BLOCK);
        let (blocks, _) = self.scores.as_chunks_mut::<BLOCK>();
        let (scores, before) = (&mut blocks[row], self.most[row]);
        #[cfg(target_arch = "x86_64")]
        let (most, total) = match MODE {
            // SAFETY: the caller's contract, and the stride is that of pairs.
            BF16 if W::NUMBERS == 2 => unsafe { avx512::weights(scores, weights, before, see) },
            AVX2 if W::NUMBERS == 2 => {
                hide(scores, see);
                // SAFETY: as above.
                unsafe { avx2::weights(scores, weights, before) }
            }
            _ => weigh::<W, MODE>(scores, weights, before, see),
        };
        #[cfg(not(target_arch = "x86_64"))]
        let (most, total) = weigh::<W, MODE>(scores, weights, before, see);
        self.most[row] = most;
        // Most blocks bring no larger score.
        if most == before {
            self.total[row] += total;
            return;
        }
        let mut shrink: Lanes = [before - most; LANES];
        exponentials::<MODE>(&mut shrink);
        let shrink = shrink[0];
        self.total[row] = multiply_add::<MODE>(self.total[row], shrink, total);
        for sum in &mut self.sums[row * self.padded..(row + 1) * self.padded] {
            *sum *= shrink;
        }
    }

    /// The row's weighted mean.
    #[inline(always)]
    pub(super) fn finish(&self, row: usize, out: &mut [f32]) {
        let scale = 1.0 / self.total[row];
        for (out, sum) in out.iter_mut().zip(&self.sums[row * self.padded..]) {
            *out = sum * scale;
        }
    }
}

/// Lets keys outside of `see`, counted from the block's first, weigh nothing.
#[inline(always)]
fn hide(scores: &mut [f32; BLOCK], see: std::ops::Range<usize>) {
    scores[..see.start].fill(f32::NEG_INFINITY);
    scores[see.end..].fill(f32::NEG_INFINITY);
}

/// The plain version of a row's weights: those of the keys in `see`, counted from the block's first, and 0 elsewhere. Returns the
/// largest score, `before` among them, and the sum of the weights.
#[inline(always)]
fn weigh<W: Word, const MODE: u8>(
    scores: &mut [f32; BLOCK],
    weights: &mut [u32],
    before: f32,
    see: std::ops::Range<usize>,
) -> (f32, f32) {
    hide(scores, see);
    let (chunks, _) = scores.as_chunks_mut::<LANES>();
    let mut most: Lanes = [before; LANES];
    for chunk in chunks.iter() {
        raise(&mut most, chunk);
    }
    let most = max(&most);
    let mut total: Lanes = [0.0; LANES];
    let of_chunk = weights.len() / chunks.len();
    for (chunk, weights) in chunks.iter_mut().zip(weights.chunks_exact_mut(of_chunk)) {
        for score in chunk.iter_mut() {
            *score -= most;
        }
        exponentials::<MODE>(chunk);
        W::weights::<MODE>(chunk, weights);
        for lane in 0..LANES {
            total[lane] += chunk[lane];
        }
    }
    (most, sum(&total))
}

#[inline(always)]
fn exponentials<const MODE: u8>(lanes: &mut Lanes) {
    match MODE {
        PLAIN => exp::<false>(lanes),
        _ => exp::<true>(lanes),
    }
}
