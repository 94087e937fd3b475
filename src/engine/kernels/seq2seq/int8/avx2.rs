#![allow(unsafe_code)]
//! AVX2: weights are widened to 16 bits once for some rows, those of even inputs and those of odd ones, so that
//! `vpmaddwd` multiplies and adds two inputs of eight columns.
//!
//! `vpmaddubsw` would multiply bytes, but two products of 8 bits fit into its 16 only with signs moved from one
//! factor to the other, for every row anew; so it is slower.

use super::{Block, Job, PANEL, QUAD};
use std::arch::x86_64::*;

/// Rows in registers at once.
const TALL: usize = 4;

/// # Safety
/// As [`super::Int8Matrix::part`], on a CPU with AVX2.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn rows(job: &Job, rows: std::ops::Range<usize>) {
    for panel in job.panels.clone() {
        let mut row = rows.start;
        while row < rows.end {
            let count = (rows.end - row).min(TALL);
            // SAFETY: the caller's contract, for rows within the range.
            unsafe {
                match count {
                    1 => some::<1>(job, panel, row),
                    2 => some::<2>(job, panel, row),
                    3 => some::<3>(job, panel, row),
                    _ => some::<TALL>(job, panel, row),
                }
            }
            row += count;
        }
    }
}

/// # Safety
/// As [`rows`], for one panel and `R` rows.
#[target_feature(enable = "avx2,fma")]
unsafe fn some<const R: usize>(job: &Job, panel: usize, row: usize) {
    let padded = job.matrix.padded;
    let blocks = padded / QUAD;
    let weights: *const Block = job.matrix.panels[panel * blocks..(panel + 1) * blocks].as_ptr();
    let x: [*const u8; R] =
        std::array::from_fn(|r| job.x.numbers[(row + r) * padded..(row + r + 1) * padded].as_ptr());
    let low = _mm256_set1_epi16(0xff);
    let mut sums = [[_mm256_setzero_si256(); 2]; R];
    for block in 0..blocks {
        // SAFETY: panels have `blocks` blocks, rows `4 * blocks` numbers.
        unsafe {
            let halves = weights.add(block).cast::<__m256i>();
            let halves = [_mm256_load_si256(halves), _mm256_load_si256(halves.add(1))];
            let even = halves.map(|half| _mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(half)));
            let odd = halves.map(|half| _mm256_srai_epi16::<8>(half));
            for r in 0..R {
                let four = _mm256_set1_epi32(x[r].add(block * QUAD).cast::<i32>().read_unaligned());
                let (first, second) = (_mm256_and_si256(four, low), _mm256_srli_epi16::<8>(four));
                for half in 0..2 {
                    let first = _mm256_madd_epi16(even[half], first);
                    let second = _mm256_madd_epi16(odd[half], second);
                    sums[r][half] = _mm256_add_epi32(sums[r][half], _mm256_add_epi32(first, second));
                }
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        let mut lanes = [0i32; PANEL];
        // SAFETY: 16 lanes; then the caller's contract.
        unsafe {
            _mm256_storeu_si256(lanes.as_mut_ptr().cast(), sums[0]);
            _mm256_storeu_si256(lanes.as_mut_ptr().add(8).cast(), sums[1]);
            job.write(row + r, panel, &lanes);
        }
    }
}
