#![allow(unsafe_code)]
//! A block of a row's scores in AVX-512 registers: the same steps as the plain version's, with the same bits.

use super::super::BLOCK;
use super::avx2;
use std::arch::x86_64::*;
use std::ops::Range;

const LANES: usize = 16;
const CHUNKS: usize = BLOCK / LANES;

/// Turns scores into weights, rounded to bfloat16: words of the keys that stand eight from each other, as all lanes share
/// them. Keys outside of `see`, counted from the block's first, weigh nothing. Returns the largest score, `before` among
/// them, and the sum of the weights.
///
/// # Safety
/// The CPU has AVX-512 with products of bfloat16, and `weights` holds half as many words as there are scores.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma")]
#[inline]
pub(super) unsafe fn weights(
    scores: &[f32; BLOCK],
    weights: &mut [u32],
    before: f32,
    see: Range<usize>,
) -> (f32, f32) {
    debug_assert!(weights.len() >= BLOCK / 2);
    let mut x = [_mm512_setzero_ps(); CHUNKS];
    for (chunk, x) in x.iter_mut().enumerate() {
        // SAFETY: sixteen scores of the block's.
        *x = unsafe { _mm512_loadu_ps(scores.as_ptr().add(chunk * LANES)) };
    }
    if see.start > 0 || see.end < BLOCK {
        for (chunk, x) in x.iter_mut().enumerate() {
            let seen = below(see.end, chunk) & !below(see.start, chunk);
            *x = _mm512_mask_mov_ps(_mm512_set1_ps(f32::NEG_INFINITY), seen, *x);
        }
    }
    // What is no number is passed over: the second operand stays.
    let mut most = _mm512_set1_ps(before);
    for x in x {
        most = _mm512_max_ps(x, most);
    }
    let most = _mm512_reduce_max_ps(most);
    let mut total = _mm512_setzero_ps();
    for (chunk, x) in x.into_iter().enumerate() {
        let rounded = _mm512_cvtneps_pbh(exp(_mm512_sub_ps(x, _mm512_set1_ps(most))));
        // SAFETY: both are 32 bytes, and any bits are integers.
        let halves = unsafe { std::mem::transmute::<__m256bh, __m256i>(rounded) };
        let back = _mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(halves));
        total = _mm512_add_ps(total, _mm512_castsi512_ps(back));
        let (low, high) = (
            _mm256_castsi256_si128(halves),
            _mm256_extracti128_si256::<1>(halves),
        );
        // SAFETY: eight words of the row's.
        unsafe {
            let out = weights.as_mut_ptr().add(chunk * LANES / 2);
            _mm_storeu_si128(out.cast(), _mm_unpacklo_epi16(low, high));
            _mm_storeu_si128(out.add(4).cast(), _mm_unpackhi_epi16(low, high));
        }
    }
    (most, sum(total))
}

/// Which lanes of a chunk stand before key `end`.
fn below(end: usize, chunk: usize) -> __mmask16 {
    let lanes = end.saturating_sub(chunk * LANES).min(LANES);
    ((1u32 << lanes) - 1) as __mmask16
}

/// [`super::super::super::simd::exp`] of numbers that are not above 0.
#[target_feature(enable = "avx512f,fma")]
#[inline]
fn exp(x: __m512) -> __m512 {
    const ROUND: f32 = 12_582_912.0;
    let all = |x: f32| _mm512_set1_ps(x);
    let shifted = _mm512_fmadd_ps(x, all(std::f32::consts::LOG2_E), all(ROUND));
    let n = _mm512_sub_ps(shifted, all(ROUND));
    let r = _mm512_fmadd_ps(n, all(-0.693_359_4), x);
    let r = _mm512_fmadd_ps(n, all(2.121_944_4e-4), r);
    let mut p = all(1.987_569_1e-4);
    for next in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
        p = _mm512_fmadd_ps(p, r, all(next));
    }
    let p = _mm512_add_ps(_mm512_fmadd_ps(p, _mm512_mul_ps(r, r), r), all(1.0));
    // The low bits of `ROUND` are zeros, so that only the power is left of `shifted`.
    let power = _mm512_slli_epi32::<23>(_mm512_castps_si512(shifted));
    let power = _mm512_add_epi32(power, _mm512_set1_epi32(127 << 23));
    let far = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(x, all(-87.0));
    _mm512_maskz_mul_ps(!far, p, _mm512_castsi512_ps(power))
}

/// The lanes in the order of [`super::super::super::simd::sum`].
#[target_feature(enable = "avx512f,avx512dq,avx2")]
#[inline]
fn sum(lanes: __m512) -> f32 {
    avx2::sum(_mm256_add_ps(
        _mm512_castps512_ps256(lanes),
        _mm512_extractf32x8_ps::<1>(lanes),
    ))
}
