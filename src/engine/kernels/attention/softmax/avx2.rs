#![allow(unsafe_code)]
//! A block of a row's scores in AVX2 registers: the same steps as the plain version's, with the same bits.

use super::super::BLOCK;
use std::arch::x86_64::*;

const LANES: usize = 8;
const CHUNKS: usize = BLOCK / LANES;

/// Turns scores, of which minus infinity weighs nothing, into weights rounded to bfloat16: floats in the order of values, in
/// pairs of the keys that stand eight from each other. Returns the largest score, `before` among them, and the sum of the
/// weights.
///
/// # Safety
/// The CPU has AVX2 and FMA, and `weights` holds as many words as there are scores.
#[target_feature(enable = "avx2,fma")]
#[inline]
pub(super) unsafe fn weights(scores: &[f32; BLOCK], weights: &mut [u32], before: f32) -> (f32, f32) {
    debug_assert!(weights.len() >= BLOCK);
    let mut x = [_mm256_setzero_ps(); CHUNKS];
    for (chunk, x) in x.iter_mut().enumerate() {
        // SAFETY: eight scores of the block's.
        *x = unsafe { _mm256_loadu_ps(scores.as_ptr().add(chunk * LANES)) };
    }
    // What is no number is passed over: the second operand stays.
    let mut largest = _mm256_set1_ps(before);
    for x in x {
        largest = _mm256_max_ps(x, largest);
    }
    let most = max(largest);
    let mut total = [_mm256_setzero_ps(); 2];
    for chunk in (0..CHUNKS).step_by(2) {
        let (first, second) = (weight(x[chunk], most), weight(x[chunk + 1], most));
        total = [_mm256_add_ps(total[0], first), _mm256_add_ps(total[1], second)];
        let low = _mm256_unpacklo_ps(first, second);
        let high = _mm256_unpackhi_ps(first, second);
        // SAFETY: sixteen words of the row's.
        unsafe {
            let out = weights.as_mut_ptr().add(chunk * LANES).cast::<f32>();
            _mm256_storeu_ps(out, _mm256_permute2f128_ps::<0x20>(low, high));
            _mm256_storeu_ps(out.add(LANES), _mm256_permute2f128_ps::<0x31>(low, high));
        }
    }
    (most, sum(_mm256_add_ps(total[0], total[1])))
}

/// What a score weighs beside the largest, rounded to bfloat16.
#[target_feature(enable = "avx2,fma")]
#[inline]
fn weight(x: __m256, most: f32) -> __m256 {
    let all = |bits: i32| _mm256_set1_epi32(bits);
    let exact = exp(_mm256_sub_ps(x, _mm256_set1_ps(most)));
    let bits = _mm256_castps_si256(exact);
    let odd = _mm256_and_si256(_mm256_srli_epi32::<16>(bits), all(1));
    let up = _mm256_add_epi32(bits, _mm256_add_epi32(odd, all(0x7fff)));
    let rounded = _mm256_castsi256_ps(_mm256_and_si256(up, all(0xffff_0000_u32 as i32)));
    let none = _mm256_cmp_ps::<_CMP_UNORD_Q>(exact, exact);
    _mm256_blendv_ps(rounded, _mm256_castsi256_ps(all(0x7fc0_0000)), none)
}

/// [`super::super::super::simd::exp`] of numbers that are not above 0.
#[target_feature(enable = "avx2,fma")]
#[inline]
fn exp(x: __m256) -> __m256 {
    const ROUND: f32 = 12_582_912.0;
    let all = |x: f32| _mm256_set1_ps(x);
    let shifted = _mm256_fmadd_ps(x, all(std::f32::consts::LOG2_E), all(ROUND));
    let n = _mm256_sub_ps(shifted, all(ROUND));
    let r = _mm256_fmadd_ps(n, all(-0.693_359_4), x);
    let r = _mm256_fmadd_ps(n, all(2.121_944_4e-4), r);
    let mut p = all(1.987_569_1e-4);
    for next in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
        p = _mm256_fmadd_ps(p, r, all(next));
    }
    let p = _mm256_add_ps(_mm256_fmadd_ps(p, _mm256_mul_ps(r, r), r), all(1.0));
    // The low bits of `ROUND` are zeros, so that only the power is left of `shifted`.
    let power = _mm256_slli_epi32::<23>(_mm256_castps_si256(shifted));
    let power = _mm256_add_epi32(power, _mm256_set1_epi32(127 << 23));
    let far = _mm256_cmp_ps::<_CMP_LT_OQ>(x, all(-87.0));
    _mm256_andnot_ps(far, _mm256_mul_ps(p, _mm256_castsi256_ps(power)))
}

#[target_feature(enable = "avx2")]
#[inline]
fn max(lanes: __m256) -> f32 {
    let four = _mm_max_ps(_mm256_castps256_ps128(lanes), _mm256_extractf128_ps::<1>(lanes));
    let two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps::<1>(two, two)))
}

/// The lanes in the order of [`super::super::super::simd::sum`], of whose sixteen these are sums of two.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn sum(eight: __m256) -> f32 {
    let four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps::<1>(eight));
    let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
}
