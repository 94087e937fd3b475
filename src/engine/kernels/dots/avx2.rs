#![allow(unsafe_code)]
//! AVX2: a register of weights holds four columns of eight rows, and is multiplied with four numbers of one token.
//! AVX-VNNI does that and the addition in one `vpdpbusd`; without it, see [`pairs`].

mod pairs;
mod vnni;

use super::super::packed::{Kind, kind};
use super::Block;
pub(super) use pairs::band;
use std::arch::x86_64::*;
pub(super) use vnni::band as band_vnni;

/// Tokens at once: their sums stay in registers.
const AT_ONCE: usize = 4;
/// Rows of a register.
const LANES: usize = 8;

/// Four numbers of token `t` in every lane.
#[inline(always)]
unsafe fn four_of(x: &Block, four: usize, t: usize) -> __m256i {
    // SAFETY: the caller has AVX2.
    unsafe { _mm256_set1_epi32(i32::from_le_bytes(x.numbers[four][t].map(|x| x as u8))) }
}

/// Four columns of eight rows.
///
/// # Safety
/// The eight rows' part of a tile's registers lies at `numbers`, and the CPU has AVX2.
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
