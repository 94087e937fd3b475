#![allow(unsafe_code)]
//! AVX2 without AVX-VNNI: `vpmaddubsw` multiplies unsigned bytes with signed ones and adds two products in 16 bits,
//! `vpmaddwd` adds two of those in 32.
//!
//! The sums of 16 bits stay exact: eight of the first fit into one with numbers of 4 bits, four with 5 bits, two with
//! 6. With 8 bits one does, once weights are made positive and their signs handed to the activations: taken apart
//! into halves of 4 bits, or widened to 16, they were no faster.

use super::super::super::packed::{BAND, Band, Kind, TILE_ROWS, kind};
use super::super::{Block, NEAR, Sums, TOKENS};
use super::{AT_ONCE, LANES, factors, four_of, weights};
use std::arch::x86_64::*;

/// Eights of rows that take turns with the numbers of a token.
const EIGHTS: usize = TILE_ROWS / LANES;
/// Tiles of a band side by side.
const HALVES: usize = BAND / TILE_ROWS;

/// # Safety
/// The CPU has AVX2, FMA and F16C, `KIND` is the band's, and as many blocks lie at `x` as it has column tiles.
pub(in super::super) unsafe fn band<const KIND: u8>(
    band: Band,
    x: *const Block,
    width: usize,
    out: &mut Sums,
) {
    // SAFETY: the caller's contract.
    unsafe {
        match width {
            1 => sums::<KIND, 1, 1>(band, x, out),
            2 => sums::<KIND, 2, 1>(band, x, out),
            3 | 4 => sums::<KIND, AT_ONCE, 1>(band, x, out),
            _ => sums::<KIND, AT_ONCE, { TOKENS / AT_ONCE }>(band, x, out),
        }
    }
}

/// Sums of a tile's rows for `T` tokens.
type Rows<const T: usize> = [[__m256; T]; EIGHTS];

/// Sums of `GROUPS` times `T` tokens.
///
/// # Safety
/// As [`band`].
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn sums<const KIND: u8, const T: usize, const GROUPS: usize>(
    band: Band,
    x: *const Block,
    out: &mut Sums,
) {
    // One or two tokens keep theirs in registers, the others in memory.
    let mut sums: [[Rows<T>; GROUPS]; HALVES] = [[[[_mm256_setzero_ps(); T]; EIGHTS]; GROUPS]; HALVES];
    for column in 0..band.depth {
        // SAFETY: so many blocks are there, and tiles and scales lie within the matrix.
        unsafe {
            let x = &*x.add(column);
            band.ask_for::<KIND>(column, NEAR);
            for (half, sums) in sums.iter_mut().enumerate() {
                let (scales, numbers) = band.tile::<KIND>(column, half);
                let above = band.above(column, half);
                let mut all = [[_mm256_setzero_ps(); 2]; EIGHTS];
                for (eight, all) in all.iter_mut().enumerate() {
                    let (first, second) = factors::<KIND>(scales, above, eight * LANES);
                    *all = [first, second];
                }
                for (group, sums) in sums.iter_mut().enumerate() {
                    tile::<KIND, T>(numbers, x, group * T, &all, sums);
                }
            }
        }
    }
    for (half, sums) in sums.iter().enumerate() {
        for (group, sums) in sums.iter().enumerate() {
            for (eight, sums) in sums.iter().enumerate() {
                for (t, sum) in sums.iter().enumerate() {
                    let out = &mut out[group * T + t][half * TILE_ROWS + eight * LANES..][..LANES];
                    // SAFETY: eight floats.
                    unsafe { _mm256_storeu_ps(out.as_mut_ptr(), *sum) };
                }
            }
        }
    }
}

/// Adds the products of one tile to the sums of `T` tokens from `from` on.
///
/// # Safety
/// The numbers of the tile lie at `numbers`, and the features are there.
#[inline(always)]
unsafe fn tile<const KIND: u8, const T: usize>(
    numbers: *const u8,
    x: &Block,
    from: usize,
    factors: &[[__m256; 2]; EIGHTS],
    sums: &mut Rows<T>,
) {
    let kind = const { kind::<KIND>() };
    // SAFETY: the caller's contract.
    unsafe {
        match kind {
            Kind::SixK => {
                let dots = short::<KIND, T, 0, 4>(numbers, x, from);
                add(&dots, x, from, factors, 0, sums);
                let dots = short::<KIND, T, 4, 8>(numbers, x, from);
                add(&dots, x, from, factors, 1, sums);
            }
            Kind::Eight => {
                let dots = long::<T>(numbers, x, from);
                add(&dots, x, from, factors, 0, sums);
            }
            _ => {
                let dots = short::<KIND, T, 0, 8>(numbers, x, from);
                add(&dots, x, from, factors, 0, sums);
                for (sums, [_, second]) in sums.iter_mut().zip(factors) {
                    for (t, sum) in sums.iter_mut().enumerate() {
                        let total = _mm256_set1_ps(x.totals[from + t]);
                        *sum = _mm256_fnmadd_ps(*second, total, *sum);
                    }
                }
            }
        }
    }
}

/// Scales dot products and adds them to the sums.
///
/// # Safety
/// The features are there.
#[inline(always)]
unsafe fn add<const T: usize>(
    dots: &[[__m256i; T]; EIGHTS],
    x: &Block,
    from: usize,
    factors: &[[__m256; 2]; EIGHTS],
    which: usize,
    sums: &mut Rows<T>,
) {
    // SAFETY: the caller's contract.
    unsafe {
        for t in 0..T {
            let scale = _mm256_set1_ps(x.scales[from + t]);
            for eight in 0..EIGHTS {
                let factor = _mm256_mul_ps(factors[eight][which], scale);
                let dot = _mm256_cvtepi32_ps(dots[eight][t]);
                sums[eight][t] = _mm256_fmadd_ps(dot, factor, sums[eight][t]);
            }
        }
    }
}

/// Dot products along the fours of columns `FROM..TO`, with numbers of up to 6 bits.
///
/// # Safety
/// As [`tile`].
#[inline(always)]
unsafe fn short<const KIND: u8, const T: usize, const FROM: usize, const TO: usize>(
    numbers: *const u8,
    x: &Block,
    from: usize,
) -> [[__m256i; T]; EIGHTS] {
    let kind = const { kind::<KIND>() };
    // Sums of 16 bits: a number, times 127, twice for each of so many.
    let run = match kind {
        Kind::SixK => 2,
        _ if kind.is_five() => 4,
        _ => 8,
    };
    // SAFETY: the caller's contract.
    unsafe {
        let mut dots = [[_mm256_setzero_si256(); T]; EIGHTS];
        if kind == Kind::SixK {
            for t in 0..T {
                // 32 was added to each number.
                let start = _mm256_set1_epi32(x.starts[FROM / 4][from + t] >> 2);
                dots.iter_mut().for_each(|dots| dots[t] = start);
            }
        }
        let ones = _mm256_set1_epi16(1);
        for first in (FROM..TO).step_by(run) {
            let mut sums = [[_mm256_setzero_si256(); T]; EIGHTS];
            for four in first..first + run {
                for (eight, sums) in sums.iter_mut().enumerate() {
                    let mut weights = weights::<KIND>(numbers.add(eight * 32), four);
                    if kind == Kind::SixK {
                        weights = _mm256_sub_epi8(weights, _mm256_set1_epi8(96));
                    }
                    for (t, sum) in sums.iter_mut().enumerate() {
                        let x = four_of(x, four, from + t);
                        *sum = _mm256_add_epi16(*sum, _mm256_maddubs_epi16(weights, x));
                    }
                }
            }
            for (dots, sums) in dots.iter_mut().zip(&sums) {
                for (dot, sum) in dots.iter_mut().zip(sums) {
                    *dot = _mm256_add_epi32(*dot, _mm256_madd_epi16(*sum, ones));
                }
            }
        }
        dots
    }
}

/// Dot products with numbers of 8 bits.
///
/// # Safety
/// As [`tile`].
#[inline(always)]
unsafe fn long<const T: usize>(numbers: *const u8, x: &Block, from: usize) -> [[__m256i; T]; EIGHTS] {
    // SAFETY: the caller's contract.
    unsafe {
        let (flip, ones) = (_mm256_set1_epi8(-128), _mm256_set1_epi16(1));
        let mut dots = [[_mm256_setzero_si256(); T]; EIGHTS];
        for four in 0..8 {
            for (eight, dots) in dots.iter_mut().enumerate() {
                let weights = weights::<{ Kind::Eight as u8 }>(numbers.add(eight * 32), four);
                let weights = _mm256_xor_si256(weights, flip);
                let size = _mm256_abs_epi8(weights);
                for (t, dot) in dots.iter_mut().enumerate() {
                    let x = four_of(x, four, from + t);
                    let pairs = _mm256_maddubs_epi16(size, _mm256_sign_epi8(x, weights));
                    *dot = _mm256_add_epi32(*dot, _mm256_madd_epi16(pairs, ones));
                }
            }
        }
        dots
    }
}
