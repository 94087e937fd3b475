#![allow(unsafe_code)]
//! Sixteen floats at once: rounding to bfloat16, transposition, the gate.

use std::arch::x86_64::*;

/// A square of floats, row by row.
pub(super) type Sixteen = [__m512; 16];

/// 0, 1, …, 15.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn iota() -> __m512i {
    _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
}

/// The first `lanes` lanes.
pub(super) fn mask(lanes: usize) -> __mmask16 {
    ((1u32 << lanes.min(16)) - 1) as __mmask16
}

/// Bits that round a float to the nearest bfloat16 when its low half is then cut off.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn rounded(x: __m512) -> __m512i {
    _mm512_add_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(0x8000))
}

/// Rounds to bfloat16 and pairs: `low[i]` in the low half of lane `i`, `high[i]` in the high one.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn pair(low: __m512, high: __m512) -> __m512i {
    let low = _mm512_srli_epi32::<16>(rounded(low));
    // where the mask is set the second, else the first
    let mask = _mm512_set1_epi32(0xffff_0000_u32 as i32);
    _mm512_ternarylogic_epi32::<0xd8>(low, rounded(high), mask)
}

/// Rows to columns.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn transpose(r: Sixteen) -> Sixteen {
    let mut t = r;
    for i in 0..8 {
        t[2 * i] = _mm512_unpacklo_ps(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_ps(r[2 * i], r[2 * i + 1]);
    }
    let mut u = t;
    for i in 0..4 {
        let d = |x: __m512| _mm512_castps_pd(x);
        let s = |x: __m512d| _mm512_castpd_ps(x);
        u[4 * i] = s(_mm512_unpacklo_pd(d(t[4 * i]), d(t[4 * i + 2])));
        u[4 * i + 1] = s(_mm512_unpackhi_pd(d(t[4 * i]), d(t[4 * i + 2])));
        u[4 * i + 2] = s(_mm512_unpacklo_pd(d(t[4 * i + 1]), d(t[4 * i + 3])));
        u[4 * i + 3] = s(_mm512_unpackhi_pd(d(t[4 * i + 1]), d(t[4 * i + 3])));
    }
    // u[4i + j] holds columns j, j + 4, j + 8, j + 12 of rows 4i..4i+4
    let mut out = u;
    for j in 0..4 {
        let a = _mm512_shuffle_f32x4::<0x88>(u[j], u[4 + j]);
        let b = _mm512_shuffle_f32x4::<0xdd>(u[j], u[4 + j]);
        let c = _mm512_shuffle_f32x4::<0x88>(u[8 + j], u[12 + j]);
        let d = _mm512_shuffle_f32x4::<0xdd>(u[8 + j], u[12 + j]);
        out[j] = _mm512_shuffle_f32x4::<0x88>(a, c);
        out[8 + j] = _mm512_shuffle_f32x4::<0xdd>(a, c);
        out[4 + j] = _mm512_shuffle_f32x4::<0x88>(b, d);
        out[12 + j] = _mm512_shuffle_f32x4::<0xdd>(b, d);
    }
    out
}

/// `silu(gate) * up` to 2e-4, which is rounded to bfloat16 next, to 4e-3. Powers below the normal numbers, of which the
/// processor is slow, are none here.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn silu(gate: __m512, up: __m512) -> __m512 {
    let turned = _mm512_mul_ps(gate, _mm512_set1_ps(-std::f32::consts::LOG2_E));
    let power = exp2(_mm512_max_ps(_mm512_set1_ps(-125.0), turned));
    let below = _mm512_add_ps(_mm512_set1_ps(1.0), power);
    _mm512_mul_ps(_mm512_mul_ps(gate, up), _mm512_rcp14_ps(below))
}

/// `2^x` to 8e-5, the least that three powers reach: weights of attention are rounded to bfloat16 next, to 2e-3.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn exp2(x: __m512) -> __m512 {
    let n = _mm512_roundscale_ps::<0x08>(x);
    let f = _mm512_sub_ps(x, n);
    let mut p = _mm512_set1_ps(0.055_171_67);
    for c in [0.242_611_13, 0.693_260_97, 0.999_928_06] {
        p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(c));
    }
    _mm512_scalef_ps(p, n)
}
