#![allow(unsafe_code)]
//! AVX2: `vpmaddubsw` and `vpmaddwd` multiply 32 bytes of weights, eight rows by four columns, with four
//! numbers of one token; AVX-VNNI does it in one `vpdpbusd`.
//!
//! `vpmaddubsw` adds two products in 16 bits. Up to 6 bits of weight two such sums fit into 16 bits together;
//! of 8 bits one does, once weights are made positive and their signs handed to the activations.

use super::super::packed::{BAND, Band, Kind, kind};
use super::{Block, FAR, NEAR, Sums, TOKENS};
use std::arch::x86_64::*;

/// Tokens at once: their sums stay in registers.
const AT_ONCE: usize = 4;
/// Rows of a register.
const LANES: usize = 8;

/// The sums of a band, compiled for some features.
macro_rules! band {
    ($(#[$about:meta])* $name:ident, $features:literal, $vnni:literal) => {
        $(#[$about])*
        pub(super) unsafe fn $name<const KIND: u8>(band: Band, x: *const Block, width: usize, out: &mut Sums) {
            #[target_feature(enable = $features)]
            unsafe fn work<const KIND: u8, const T: usize>(
                band: Band,
                x: *const Block,
                from: usize,
                out: &mut Sums,
            ) {
                // SAFETY: the caller's contract.
                unsafe { all::<KIND, T, $vnni>(band, x, from, out) }
            }
            // SAFETY: the caller's contract.
            unsafe {
                match width {
                    1 => work::<KIND, 1>(band, x, 0, out),
                    2 => work::<KIND, 2>(band, x, 0, out),
                    _ => (0..width)
                        .step_by(AT_ONCE)
                        .for_each(|from| work::<KIND, AT_ONCE>(band, x, from, out)),
                }
            }
        }
    };
}

band!(
    /// # Safety
    /// The CPU has AVX2, FMA and F16C, `KIND` is the band's, and as many blocks lie at `x` as it has column tiles.
    band,
    "avx2,fma,f16c",
    false
);

band!(
    /// The same with AVX-VNNI.
    ///
    /// # Safety
    /// As [`band`], and the CPU has AVX-VNNI.
    band_vnni,
    "avx2,fma,f16c,avxvnni",
    true
);

/// Sums of `T` tokens from `from` on.
///
/// # Safety
/// As [`band`].
#[inline(always)]
unsafe fn all<const KIND: u8, const T: usize, const VNNI: bool>(
    band: Band,
    x: *const Block,
    from: usize,
    out: &mut Sums,
) {
    debug_assert!(from + T <= TOKENS);
    // SAFETY: the caller's contract.
    unsafe {
        match T {
            AT_ONCE => {
                (0..BAND / LANES).for_each(|eight| sums::<KIND, T, VNNI, 1>(band, eight, x, from, out))
            }
            // Few tokens: what is read once is used at once.
            _ => sums::<KIND, T, VNNI, { BAND / LANES }>(band, 0, x, from, out),
        }
    }
}

/// Sums of `E` times eight rows, from the `first`-th eight on.
///
/// # Safety
/// As [`band`].
#[inline(always)]
unsafe fn sums<const KIND: u8, const T: usize, const VNNI: bool, const E: usize>(
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
                let [low, high] = dots::<KIND, T, VNNI>(numbers.add(eight % 2 * 32), x, from);
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
unsafe fn dots<const KIND: u8, const T: usize, const VNNI: bool>(
    numbers: *const u8,
    x: &Block,
    from: usize,
) -> [[__m256i; T]; 2] {
    let kind = const { kind::<KIND>() };
    // SAFETY: the caller's contract: the eight rows' part of a tile's registers lies at `numbers`, and the
    // features are there.
    unsafe {
        let start = |which: usize, shift: u32| -> [__m256i; T] {
            let mut starts = [_mm256_setzero_si256(); T];
            for (t, start) in starts.iter_mut().enumerate() {
                *start = _mm256_set1_epi32(x.starts[which][from + t] >> shift);
            }
            starts
        };
        let zero = [_mm256_setzero_si256(); T];
        let mut sums = match kind {
            // 128 or, without VNNI, 32 were added to each number.
            Kind::SixK if VNNI => [start(0, 0), start(1, 0)],
            Kind::SixK => [start(0, 2), start(1, 2)],
            Kind::Eight if VNNI => [start(2, 0), zero],
            _ => [zero, zero],
        };
        let ones = _mm256_set1_epi16(1);
        for four in (0..8).step_by(2) {
            let sums = &mut sums[if kind == Kind::SixK { four / 4 } else { 0 }];
            let (a, b) = (weights::<KIND>(numbers, four), weights::<KIND>(numbers, four + 1));
            for (t, sum) in sums.iter_mut().enumerate() {
                let (x, y) = (four_of(x, four, from + t), four_of(x, four + 1, from + t));
                if VNNI {
                    *sum = _mm256_dpbusd_avx_epi32(_mm256_dpbusd_avx_epi32(*sum, a, x), b, y);
                } else if kind == Kind::Eight {
                    let flip = _mm256_set1_epi8(-128);
                    for (weights, x) in [(a, x), (b, y)] {
                        let weights = _mm256_xor_si256(weights, flip);
                        let pairs =
                            _mm256_maddubs_epi16(_mm256_abs_epi8(weights), _mm256_sign_epi8(x, weights));
                        *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(pairs, ones));
                    }
                } else {
                    let lower = |weights| match kind {
                        Kind::SixK => _mm256_sub_epi8(weights, _mm256_set1_epi8(96)),
                        _ => weights,
                    };
                    let pairs = _mm256_add_epi16(
                        _mm256_maddubs_epi16(lower(a), x),
                        _mm256_maddubs_epi16(lower(b), y),
                    );
                    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(pairs, ones));
                }
            }
        }
        sums
    }
}

/// Four numbers of token `t` in every lane.
#[inline(always)]
unsafe fn four_of(x: &Block, four: usize, t: usize) -> __m256i {
    // SAFETY: the caller has AVX2.
    unsafe { _mm256_set1_epi32(i32::from_le_bytes(x.numbers[four][t].map(|x| x as u8))) }
}

/// Four columns of eight rows.
///
/// # Safety
/// As [`dots`].
#[inline(always)]
unsafe fn weights<const KIND: u8>(numbers: *const u8, four: usize) -> __m256i {
    let kind = const { kind::<KIND>() };
    // SAFETY: the caller's contract.
    unsafe {
        let load = |at: usize| _mm256_loadu_si256(numbers.add(at * 64).cast());
        if kind.is_signed() {
            return load(four);
        }
        let both = load(four % 4);
        let low = match four {
            0..4 => both,
            _ => _mm256_srli_epi16::<4>(both),
        };
        let low = _mm256_and_si256(low, _mm256_set1_epi8(15));
        if !kind.is_five() {
            return low;
        }
        let bits = load(4);
        let bit = match four {
            0 => _mm256_slli_epi16::<4>(bits),
            1 => _mm256_slli_epi16::<3>(bits),
            2 => _mm256_slli_epi16::<2>(bits),
            3 => _mm256_slli_epi16::<1>(bits),
            4 => bits,
            5 => _mm256_srli_epi16::<1>(bits),
            6 => _mm256_srli_epi16::<2>(bits),
            _ => _mm256_srli_epi16::<3>(bits),
        };
        _mm256_or_si256(low, _mm256_and_si256(bit, _mm256_set1_epi8(16)))
    }
}

/// Scales of eight rows from `row` on; and their mins, or the scales of the last sixteen columns.
///
/// # Safety
/// A tile's scales lie at `scales`, and those of its super-block at `above` where the kind has them.
#[inline(always)]
unsafe fn factors<const KIND: u8>(scales: *const u8, above: *const u8, row: usize) -> (__m256, __m256) {
    // SAFETY: the caller's contract.
    unsafe {
        let halves = |from: *const u8| _mm256_cvtph_ps(_mm_loadu_si128(from.add(row * 2).cast()));
        let eight = |from: *const u8| _mm_loadl_epi64(from.add(row).cast());
        let bytes = |from: *const u8| _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(eight(from)));
        let signed = |from: *const u8| _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(eight(from)));
        match const { kind::<KIND>() } {
            Kind::Eight => (halves(scales), _mm256_setzero_ps()),
            Kind::Four | Kind::Five => (halves(scales), halves(scales.add(32))),
            Kind::SixK => {
                let above = halves(above);
                (
                    _mm256_mul_ps(above, signed(scales)),
                    _mm256_mul_ps(above, signed(scales.add(16))),
                )
            }
            _ => (
                _mm256_mul_ps(halves(above), bytes(scales)),
                _mm256_mul_ps(halves(above.add(32)), bytes(scales.add(16))),
            ),
        }
    }
}
