#![allow(unsafe_code)]
//! Activations of eight tokens rounded at a time, one token in a lane.

use super::super::super::packed::TILE_COLUMNS;
use super::super::activations::ROUND;
use super::super::{Block, TOKENS};
use std::arch::x86_64::*;

/// Rounds eight rows of `columns` numbers, whole tiles, as `round_row` rounds each, bit for bit.
///
/// # Panics
/// When there are fewer numbers than that, or fewer blocks.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
pub(in super::super) fn round_eight(rows: &[f32], columns: usize, out: &mut [Block]) {
    assert!(rows.len() >= TOKENS * columns);
    for (tile, out) in out[..columns / TILE_COLUMNS].iter_mut().enumerate() {
        let mut numbers = [[_mm512_setzero_ps(); 2]; TOKENS];
        let mut most = [_mm256_setzero_si256(); TOKENS];
        let without_sign = _mm512_set1_epi32(0x7fff_ffff);
        for t in 0..TOKENS {
            // SAFETY: eight rows of whole tiles are there.
            numbers[t] = unsafe {
                let from = rows.as_ptr().add(t * columns + tile * TILE_COLUMNS);
                [_mm512_loadu_ps(from), _mm512_loadu_ps(from.add(16))]
            };
            // Integers, as in `round_row`: what is no number is larger than all that are.
            let [first, last] = numbers[t];
            let first = _mm512_and_si512(_mm512_castps_si512(first), without_sign);
            let last = _mm512_and_si512(_mm512_castps_si512(last), without_sign);
            let both = _mm512_max_epi32(first, last);
            most[t] = _mm256_max_epi32(_mm512_castsi512_si256(both), _mm512_extracti64x4_epi64::<1>(both));
        }
        let lanes = transpose(most);
        let mut most = lanes[0];
        for lane in lanes {
            most = _mm256_max_epi32(most, lane);
        }
        let most = _mm256_castsi256_ps(most);
        let all = _mm256_set1_ps(127.0);
        let scale = _mm256_div_ps(most, all);
        let is_more = _mm256_cmp_ps_mask::<_CMP_GT_OQ>(most, _mm256_setzero_ps());
        let inverse = _mm256_maskz_div_ps(is_more, all, most);
        let inverse = _mm512_castps256_ps512(inverse);
        let mut bytes = [_mm256_setzero_si256(); TOKENS];
        for t in 0..TOKENS {
            let inverse = _mm512_permutexvar_ps(_mm512_set1_epi32(t as i32), inverse);
            let byte = |x: __m512| {
                let whole = _mm512_add_ps(_mm512_mul_ps(x, inverse), _mm512_set1_ps(ROUND));
                _mm512_cvtepi32_epi8(_mm512_castps_si512(whole))
            };
            let [first, last] = numbers[t];
            bytes[t] = _mm256_set_m128i(byte(last), byte(first));
        }
        // Four columns of each token, after each other.
        let fours = transpose(bytes);
        let ones = _mm256_set1_epi8(1);
        let mut sums = [_mm256_setzero_si256(); 2];
        for (index, four) in fours.into_iter().enumerate() {
            sums[index / 4] = _mm256_dpbusd_epi32(sums[index / 4], ones, four);
        }
        let total = _mm256_add_epi32(sums[0], sums[1]);
        // SAFETY: each has room for eight numbers of 32 bits.
        unsafe {
            for (four, out) in fours.into_iter().zip(&mut out.numbers) {
                _mm256_storeu_si256(out.as_mut_ptr().cast(), four);
            }
            _mm256_storeu_ps(out.scales.as_mut_ptr(), scale);
            let totals = _mm256_mul_ps(scale, _mm256_cvtepi32_ps(total));
            _mm256_storeu_ps(out.totals.as_mut_ptr(), totals);
            for (sum, out) in [sums[0], sums[1], total].into_iter().zip(&mut out.starts) {
                let start = _mm256_sub_epi32(_mm256_setzero_si256(), _mm256_slli_epi32::<7>(sum));
                _mm256_storeu_si256(out.as_mut_ptr().cast(), start);
            }
        }
    }
}

/// Rows of eight words become columns.
#[target_feature(enable = "avx512f,avx512vl")]
#[inline]
fn transpose(rows: [__m256i; 8]) -> [__m256i; 8] {
    let mut pairs = rows;
    for i in (0..8).step_by(2) {
        pairs[i] = _mm256_unpacklo_epi32(rows[i], rows[i + 1]);
        pairs[i + 1] = _mm256_unpackhi_epi32(rows[i], rows[i + 1]);
    }
    let mut fours = pairs;
    for i in (0..8).step_by(4) {
        fours[i] = _mm256_unpacklo_epi64(pairs[i], pairs[i + 2]);
        fours[i + 1] = _mm256_unpackhi_epi64(pairs[i], pairs[i + 2]);
        fours[i + 2] = _mm256_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
        fours[i + 3] = _mm256_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
    }
    let mut columns = fours;
    for i in 0..4 {
        columns[i] = _mm256_permute2x128_si256::<0x20>(fours[i], fours[i + 4]);
        columns[i + 4] = _mm256_permute2x128_si256::<0x31>(fours[i], fours[i + 4]);
    }
    columns
}
