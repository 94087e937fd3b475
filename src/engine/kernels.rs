//! Our own CPU kernels: float products, attention over pages, norms, rotations.
//!
//! One rule holds for all of them: the number that they compute for a row depends on that row (and
//! on the keys that it sees) alone. Every row goes through the same operations in the same order
//! however many rows come with it and whichever thread takes it, so that a sequence computed alone
//! equals the same sequence in any batch, bit for bit.
//!
//! Each kernel is written once, over arrays of 16 lanes, and compiled for AVX-512, for AVX2 and for
//! the baseline; [`isa`] says which one runs.

// Lanes and registers are counted, so that the compiler sees fixed bounds everywhere.
#![allow(clippy::needless_range_loop)]

#[cfg(target_arch = "x86_64")]
pub mod amx;
pub mod attention;
pub mod matmul;
pub mod packed;
pub mod pool;
pub mod rows;
pub mod seq2seq;
mod simd;

pub use simd::{Isa, isa};

/// Runs `work` over `0..units` on candle's thread pool: the one that its quantized products use, so
/// that two pools never fight for the cores.
pub(crate) fn parallel(units: usize, work: impl Fn(std::ops::Range<usize>) + Sync) {
    candle_core::utils::barrier_pool().execute_chunked(units, work);
}

/// Numbers in -1..1 that look random and are the same in every run.
#[cfg(test)]
fn noise(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 40) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}
