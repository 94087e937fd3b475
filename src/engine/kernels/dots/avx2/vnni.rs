#![allow(unsafe_code)]
//! AVX2 with AVX-VNNI.

use super::super::super::packed::{BAND, Band, Kind, kind};
use super::super::{Block, FAR, NEAR, Sums, TOKENS};
use super::{AT_ONCE, LANES, factors, four_of, weights};
use std::arch::x86_64::*;

/// # Safety
/// The CPU has AVX2, FMA, F16C and AVX-VNNI, `KIND` is the band's, and as many blocks lie at `x` as it has column
/// tiles.
pub(in super::super) unsafe fn band<const KIND: u8>(
    band: Band,
    x: *const Block,
    width: usize,
    out: &mut Sums,
) {
    // SAFETY: the caller's contract.
    unsafe {
        match width {
            1 => all::<KIND, 1>(band, x, 0, out),
            2 => all::<KIND, 2>(band, x, 0, out),
            _ => (0..width)
                .step_by(AT_ONCE)
                .for_each(|from| all::<KIND, AT_ONCE>(band, x, from, out)),
        }
    }
}

/// Sums of `T` tokens from `from` on.
///
/// # Safety
/// As [`band`].
#[target_feature(enable = "avx2,fma,f16c,avxvnni")]
unsafe fn all<const KIND: u8, const T: usize>(band: Band, x: *const Block, from: usize, out: &mut Sums) {
    debug_assert!(from + T <= TOKENS);
    // SAFETY: the caller's contract.
    unsafe {
        match T {
            AT_ONCE => (0..BAND / LANES).for_each(|eight| sums::<KIND, T, 1>(band, eight, x, from, out)),
            // Few tokens: what is read once is used at once.
            _ => sums::<KIND, T, { BAND / LANES }>(band, 0, x, from, out),
        }
    }
}

/// Sums of `E` times eight rows, from the `first`-th eight on.
///
/// # Safety
/// As [`band`].
#[inline(always)]
unsafe fn sums<const KIND: u8, const T: usize, const E: usize>(
    band: Band,
    first: usize,
    x: *const Block,
    from: usize,
    out: &mut Sums,
) {
    let kind = const { kind::<KIND>() };
    // SAFETY: the caller's contract; so many blocks are there, and tiles and scales lie within the matrix.
    unsafe {
        let mut sums = [[_mm256_setzero_ps(); T]; E];
        for column in 0..band.depth {
            let x = &*x.add(column);
            if first == 0 {
                band.ask_for::<KIND>(column, if E > 1 { NEAR } else { FAR });
            }
            for (eight, sums) in sums.iter_mut().enumerate() {
                let eight = first + eight;
                let (scales, numbers) = band.tile::<KIND>(column, eight / 2);
                let above = band.above(column, eight / 2);
                let (factor, second) = factors::<KIND>(scales, above, eight % 2 * LANES);
                let [low, high] = dots::<KIND, T>(numbers.add(eight % 2 * 32), x, from);
                for (t, sum) in sums.iter_mut().enumerate() {
                    let scale = _mm256_set1_ps(x.scales[from + t]);
                    let dot = |dot: __m256i, factor: __m256, sum: __m256| {
                        _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot), _mm256_mul_ps(factor, scale), sum)
                    };
                    *sum = match kind {
                        Kind::SixK => dot(high[t], second, dot(low[t], factor, *sum)),
                        Kind::Eight => dot(low[t], factor, *sum),
                        _ => {
                            let total = _mm256_set1_ps(x.totals[from + t]);
                            _mm256_fnmadd_ps(second, total, dot(low[t], factor, *sum))
                        }
                    };
                }
            }
        }
        for (eight, sums) in sums.iter().enumerate() {
            for (t, sum) in sums.iter().enumerate() {
                let out = out[from + t].as_mut_ptr().add((first + eight) * LANES);
                _mm256_storeu_ps(out, *sum);
            }
        }
    }
}

/// Dot products of eight rows: of the first and the last sixteen columns of `SixK`, else of all 32 in the
/// first part.
#[inline(always)]
unsafe fn dots<const KIND: u8, const T: usize>(
    numbers: *const u8,
    x: &Block,
    from: usize,
) -> [[__m256i; T]; 2] {
    let kind = const { kind::<KIND>() };
    // SAFETY: the caller's contract: the eight rows' part of a tile's registers lies at `numbers`, and the
    // features are there.
    unsafe {
        let start = |which: usize| -> [__m256i; T] {
            let mut starts = [_mm256_setzero_si256(); T];
            for (t, start) in starts.iter_mut().enumerate() {
                *start = _mm256_set1_epi32(x.starts[which][from + t]);
            }
            starts
        };
        let zero = [_mm256_setzero_si256(); T];
        let mut sums = match kind {
            // 128 was added to each number.
            Kind::SixK => [start(0), start(1)],
            Kind::Eight => [start(2), zero],
            _ => [zero, zero],
        };
        for four in (0..8).step_by(2) {
            let sums = &mut sums[if kind == Kind::SixK { four / 4 } else { 0 }];
            let (a, b) = (weights::<KIND>(numbers, four), weights::<KIND>(numbers, four + 1));
            for (t, sum) in sums.iter_mut().enumerate() {
                let (x, y) = (four_of(x, four, from + t), four_of(x, four + 1, from + t));
                *sum = _mm256_dpbusd_avx_epi32(_mm256_dpbusd_avx_epi32(*sum, a, x), b, y);
            }
        }
        sums
    }
}
