//! The online softmax (Milakov and Gimelshein, 2018; the blocked form is that of FlashAttention), by rows.

use super::super::simd::{LANES, Lanes, exp, max, raise, sum};
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
    #[inline(always)]
    pub(super) fn step<W: Word, const MODE: u8>(
        &mut self,
        row: usize,
        block: usize,
        see: std::ops::Range<usize>,
    ) {
        let stride = weights_stride::<W, MODE>();
        let scores = &mut self.scores[row * BLOCK..(row + 1) * BLOCK];
        let weights = &mut self.weights[row * stride..(row + 1) * stride];
        if see.start >= block + BLOCK || see.end <= block {
            weights.fill(0);
            return;
        }
        if see.start > block || see.end < block + BLOCK {
            for (key, score) in scores.iter_mut().enumerate() {
                if !see.contains(&(block + key)) {
                    *score = f32::NEG_INFINITY;
                }
            }
        }
        let (chunks, _) = scores.as_chunks_mut::<LANES>();
        let mut most: Lanes = [self.most[row]; LANES];
        for chunk in chunks.iter() {
            raise(&mut most, chunk);
        }
        let most = max(&most);
        let exponentials = |lanes: &mut Lanes| match MODE {
            PLAIN => exp::<false>(lanes),
            _ => exp::<true>(lanes),
        };
        let mut total: Lanes = [0.0; LANES];
        let of_chunk = stride * LANES / BLOCK;
        for (chunk, weights) in chunks.iter_mut().zip(weights.chunks_exact_mut(of_chunk)) {
            for score in chunk.iter_mut() {
                *score -= most;
            }
            exponentials(chunk);
            W::weights::<MODE>(chunk, weights);
            for lane in 0..LANES {
                total[lane] += chunk[lane];
            }
        }
        let mut shrink: Lanes = [self.most[row] - most; LANES];
        exponentials(&mut shrink);
        let shrink = shrink[0];
        self.total[row] = multiply_add::<MODE>(self.total[row], shrink, sum(&total));
        self.most[row] = most;
        if shrink != 1.0 {
            for sum in &mut self.sums[row * self.padded..(row + 1) * self.padded] {
                *sum *= shrink;
            }
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
