#![allow(unsafe_code)]
//! AVX-512 with VNNI: `vpdpbusd` multiplies 64 bytes of weights, sixteen rows by four columns, with four
//! numbers of one token and adds to sixteen sums.

mod round;

use super::super::packed::avx512::{factors, weights};
use super::super::packed::{Band, Kind, kind};
use super::{Block, FAR, NEAR, Sums, TOKENS};
pub(super) use round::round_eight;
use std::arch::x86_64::*;

/// # Safety
/// The CPU has AVX-512 with VNNI, `KIND` is the band's, and as many blocks lie at `x` as it has column tiles.
pub(super) unsafe fn band<const KIND: u8>(band: Band, x: *const Block, width: usize, out: &mut Sums) {
    // SAFETY: the caller's contract.
    unsafe {
        match width {
            1 => sums::<KIND, 1, 2>(band, 0, x, out),
            2 => sums::<KIND, 2, 2>(band, 0, x, out),
            // Half of a band at a time: sums, and the numbers of all tokens, do not fit into the registers twice.
            3 | 4 => (0..2).for_each(|half| sums::<KIND, 4, 1>(band, half, x, out)),
            _ => eight::<KIND>(band, x, out),
        }
    }
}

/// Sums of `H` halves of the band from `from` on, for `T` tokens.
///
/// # Safety
/// As [`band`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,f16c")]
unsafe fn sums<const KIND: u8, const T: usize, const H: usize>(
    band: Band,
    from: usize,
    x: *const Block,
    out: &mut Sums,
) {
    let kind = const { kind::<KIND>() };
    let mut sums = [[_mm512_setzero_ps(); T]; H];
    for column in 0..band.depth {
        // SAFETY: so many blocks are there, and tiles and scales lie within the matrix.
        unsafe {
            let x = &*x.add(column);
            if from == 0 {
                band.ask_for::<KIND>(column, if H == 2 { NEAR } else { FAR });
            }
            for (half, sums) in sums.iter_mut().enumerate() {
                let (scales, numbers) = band.tile::<KIND>(column, from + half);
                let (first, second) = factors::<KIND>(scales, band.above(column, from + half));
                let mut low = starts::<KIND, T>(x, if kind == Kind::SixK { 0 } else { 2 });
                multiply::<KIND, T, 0>(numbers, x, &mut low);
                let mut high = low;
                if kind == Kind::SixK {
                    high = starts::<KIND, T>(x, 1);
                }
                multiply::<KIND, T, 4>(numbers, x, &mut high);
                for (t, sum) in sums.iter_mut().enumerate() {
                    let scale = _mm512_set1_ps(x.scales[t]);
                    let dot = |dot: __m512i, factor: __m512, sum: __m512| {
                        _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), _mm512_mul_ps(factor, scale), sum)
                    };
                    match kind {
                        Kind::SixK => *sum = dot(high[t], second, dot(low[t], first, *sum)),
                        Kind::Eight => *sum = dot(high[t], first, *sum),
                        _ => {
                            let total = _mm512_set1_ps(x.totals[t]);
                            *sum = _mm512_fnmadd_ps(second, total, dot(high[t], first, *sum));
                        }
                    }
                }
            }
        }
    }
    for (half, sums) in sums.iter().enumerate() {
        for (sum, out) in sums.iter().zip(out.iter_mut()) {
            // SAFETY: sixteen floats of the 32.
            unsafe { _mm512_storeu_ps(out.as_mut_ptr().add((from + half) * 16), *sum) };
        }
    }
}

/// Sums of the whole band for eight tokens. A token's numbers serve two registers of weights, whose integers fill the
/// registers: sums in floats wait in memory, and begin with what stands there, zeros.
///
/// # Safety
/// As [`band`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,f16c")]
unsafe fn eight<const KIND: u8>(band: Band, x: *const Block, out: &mut Sums) {
    let kind = const { kind::<KIND>() };
    for column in 0..band.depth {
        // SAFETY: so many blocks are there, and tiles and scales lie within the matrix.
        unsafe {
            let x = &*x.add(column);
            band.ask_for::<KIND>(column, NEAR);
            // No closures: they would not be compiled for these instructions.
            let (upper, lower) = (band.tile::<KIND>(column, 0), band.tile::<KIND>(column, 1));
            let numbers = [upper.1, lower.1];
            let upper = factors::<KIND>(upper.0, band.above(column, 0));
            let lower = factors::<KIND>(lower.0, band.above(column, 1));
            let (first, second) = ([upper.0, lower.0], [upper.1, lower.1]);
            if kind == Kind::SixK {
                // Sixteen columns have a scale.
                add::<KIND>(two_tiles::<KIND, 0, 4>(numbers, x, 0), first, first, x, out);
                add::<KIND>(two_tiles::<KIND, 4, 8>(numbers, x, 1), second, second, x, out);
            } else {
                add::<KIND>(two_tiles::<KIND, 0, 8>(numbers, x, 2), first, second, x, out);
            }
        }
    }
}

/// Dot products of two tiles of weights with eight tokens, of four columns after four columns.
///
/// # Safety
/// The numbers of a tile lie at each of `numbers`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
#[inline]
unsafe fn two_tiles<const KIND: u8, const FROM: usize, const TO: usize>(
    numbers: [*const u8; 2],
    x: &Block,
    which: usize,
) -> [[__m512i; TOKENS]; 2] {
    let mut dots = [starts::<KIND, TOKENS>(x, which); 2];
    // Written out: a loop would wait for its end with registers in memory.
    macro_rules! fours {
        ($($four:literal)*) => {$(
            if FROM <= $four && $four < TO {
                // SAFETY: the caller's contract.
                let upper = unsafe { weights::<KIND>(numbers[0], $four) };
                // SAFETY: as above.
                let lower = unsafe { weights::<KIND>(numbers[1], $four) };
                for t in 0..TOKENS {
                    let x = four_of(x, $four, t);
                    dots[0][t] = _mm512_dpbusd_epi32(dots[0][t], upper, x);
                    dots[1][t] = _mm512_dpbusd_epi32(dots[1][t], lower, x);
                }
            }
        )*};
    }
    // Of 4 and 5 bits the upper halves of bytes come with the lower ones.
    fours!(0 4 1 5 2 6 3 7);
    dots
}

/// Adds integers, times the scales of their rows and tokens; and takes away the rows' mins, where they have some, times
/// the sums of the tokens' columns.
#[target_feature(enable = "avx512f")]
#[inline]
fn add<const KIND: u8>(
    dots: [[__m512i; TOKENS]; 2],
    factors: [__m512; 2],
    mins: [__m512; 2],
    x: &Block,
    out: &mut Sums,
) {
    for half in 0..2 {
        for t in 0..TOKENS {
            // SAFETY: sixteen floats of the 32.
            unsafe {
                let sums = out[t].as_mut_ptr().add(half * 16);
                let factor = _mm512_mul_ps(factors[half], _mm512_set1_ps(x.scales[t]));
                let dot = _mm512_cvtepi32_ps(dots[half][t]);
                let mut sum = _mm512_fmadd_ps(dot, factor, _mm512_loadu_ps(sums));
                if const { !kind::<KIND>().is_signed() } {
                    sum = _mm512_fnmadd_ps(mins[half], _mm512_set1_ps(x.totals[t]), sum);
                }
                _mm512_storeu_ps(sums, sum);
            }
        }
    }
}

/// What dot products begin with: 128 was added to signed numbers.
#[target_feature(enable = "avx512f")]
#[inline]
fn starts<const KIND: u8, const T: usize>(x: &Block, which: usize) -> [__m512i; T] {
    let mut starts = [_mm512_setzero_si512(); T];
    if const { kind::<KIND>() }.is_signed() {
        for (t, start) in starts.iter_mut().enumerate() {
            *start = _mm512_set1_epi32(x.starts[which][t]);
        }
    }
    starts
}

/// Adds the products of sixteen columns to the sums of each token.
///
/// # Safety
/// The numbers of a tile lie at `numbers`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
#[inline]
unsafe fn multiply<const KIND: u8, const T: usize, const FROM: usize>(
    numbers: *const u8,
    x: &Block,
    sums: &mut [__m512i; T],
) {
    for four in FROM..FROM + 4 {
        // SAFETY: the caller's contract.
        let weights = unsafe { weights::<KIND>(numbers, four) };
        for (t, sum) in sums.iter_mut().enumerate() {
            *sum = _mm512_dpbusd_epi32(*sum, weights, four_of(x, four, t));
        }
    }
}

/// Four numbers of token `t` in every lane.
#[target_feature(enable = "avx512f")]
#[inline]
fn four_of(x: &Block, four: usize, t: usize) -> __m512i {
    let [a, b, c, d] = x.numbers[four][t];
    _mm512_set1_epi32(i32::from_le_bytes([a as u8, b as u8, c as u8, d as u8]))
}
