#![allow(unsafe_code)]
//! Numbers and scales of a tile in AVX-512 registers.

use super::{Kind, kind};
use std::arch::x86_64::*;

/// Four columns of sixteen rows.
///
/// # Safety
/// The numbers of a tile lie at `numbers`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
pub(in super::super) unsafe fn weights<const KIND: u8>(numbers: *const u8, four: usize) -> __m512i {
    let kind = const { kind::<KIND>() };
    // SAFETY: the caller's contract.
    unsafe {
        let load = |at: usize| _mm512_loadu_si512(numbers.add(at * 64).cast());
        if kind.is_signed() {
            return load(four);
        }
        let both = load(four % 4);
        let low = match four {
            0..4 => both,
            _ => _mm512_srli_epi16::<4>(both),
        };
        let low = _mm512_and_si512(low, _mm512_set1_epi8(15));
        if !kind.is_five() {
            return low;
        }
        let bits = load(4);
        let bit = match four {
            0 => _mm512_slli_epi16::<4>(bits),
            1 => _mm512_slli_epi16::<3>(bits),
            2 => _mm512_slli_epi16::<2>(bits),
            3 => _mm512_slli_epi16::<1>(bits),
            4 => bits,
            5 => _mm512_srli_epi16::<1>(bits),
            6 => _mm512_srli_epi16::<2>(bits),
            _ => _mm512_srli_epi16::<3>(bits),
        };
        _mm512_or_si512(low, _mm512_and_si512(bit, _mm512_set1_epi8(16)))
    }
}

/// Scales of the rows; and their mins, or the scales of the last sixteen columns.
///
/// # Safety
/// A tile's scales lie at `scales`, and those of its super-block at `above` where the kind has them.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,f16c")]
#[inline]
pub(in super::super) unsafe fn factors<const KIND: u8>(
    scales: *const u8,
    above: *const u8,
) -> (__m512, __m512) {
    // SAFETY: the caller's contract.
    unsafe {
        let halves = |from: *const u8| _mm512_cvtph_ps(_mm256_loadu_si256(from.cast()));
        let bytes = |from: *const u8| _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(from.cast())));
        let signed = |from: *const u8| _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(from.cast())));
        match const { kind::<KIND>() } {
            Kind::Eight => (halves(scales), _mm512_setzero_ps()),
            Kind::Four | Kind::Five => (halves(scales), halves(scales.add(32))),
            Kind::SixK => {
                let above = halves(above);
                (
                    _mm512_mul_ps(above, signed(scales)),
                    _mm512_mul_ps(above, signed(scales.add(16))),
                )
            }
            _ => (
                _mm512_mul_ps(halves(above), bytes(scales)),
                _mm512_mul_ps(halves(above.add(32)), bytes(scales.add(16))),
            ),
        }
    }
}
