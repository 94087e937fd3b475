#![allow(unsafe_code)]
//! The online softmax, for the lanes of one tile.

use super::super::vector::{exp2, iota, pair, rounded};
use super::{Column, LANES, PAGE};
use std::arch::x86_64::*;

/// What the online softmax carries from block to block, for the lanes of one tile.
pub(super) struct Softmax {
    /// Position of each lane's token.
    positions: [i32; LANES],
    pub(super) most: [f32; LANES],
    pub(super) total: [f32; LANES],
}

impl Softmax {
    pub(super) fn new<const L: usize>(columns: &[Column], tile: usize) -> Self {
        let last = columns.len() - 1;
        Self {
            positions: std::array::from_fn(|lane| columns[(tile * L + lane % L).min(last)].position as i32),
            most: [f32::NEG_INFINITY; LANES],
            total: [0.0; LANES],
        }
    }

    /// Turns the scores of a block's pages (`[keys][L]`) into weights, and brings the sums so far to the same
    /// maximum.
    ///
    /// # Safety
    /// AVX-512 is there; the pointers have room for a block of `L` lanes, and for the sums.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    pub(super) unsafe fn step<const L: usize>(
        &mut self,
        block: usize,
        pages: usize,
        window: usize,
        scores: *mut f32,
        weights: *mut u8,
        (sums, padded): (*mut f32, usize),
    ) {
        // One register holds `16 / L` keys.
        let registers = pages * PAGE * L / LANES;
        let within = _mm512_srl_epi32(iota(), _mm_cvtsi32_si128(L.trailing_zeros() as i32));
        let window = i32::try_from(window).unwrap_or(i32::MAX);
        // SAFETY: sixteen numbers of our own.
        let positions = unsafe { _mm512_loadu_si512(self.positions.as_ptr().cast()) };
        let seen = |register: usize| {
            let first = (block + register * LANES / L) as i32;
            let keys = _mm512_add_epi32(within, _mm512_set1_epi32(first));
            let old = _mm512_sub_epi32(positions, keys);
            // 0 <= position - key < window
            _mm512_cmpge_epi32_mask(old, _mm512_setzero_si512())
                & _mm512_cmplt_epi32_mask(old, _mm512_set1_epi32(window))
        };
        let low = _mm512_set1_ps(f32::NEG_INFINITY);
        // SAFETY: the caller's contract.
        unsafe {
            let mut most = _mm512_loadu_ps(self.most.as_ptr());
            let before = most;
            for register in 0..registers {
                let at = scores.add(register * LANES);
                let score = _mm512_mask_blend_ps(seen(register), low, _mm512_loadu_ps(at));
                _mm512_storeu_ps(at, score);
                most = _mm512_max_ps(most, score);
            }
            if L < LANES {
                most = across::<L>(most);
            }
            let shrink = exp2(_mm512_sub_ps(before, most));
            let same = _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(before, most);
            let shrink = _mm512_mask_blend_ps(same, shrink, _mm512_set1_ps(1.0));
            let shrink = _mm512_maskz_mov_ps(same | _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(before, low), shrink);
            _mm512_storeu_ps(self.most.as_mut_ptr(), most);

            // Sums of weights by key modulo 16, as `[16][L]`.
            let mut parts = [_mm512_setzero_ps(); L];
            for page in 0..pages {
                let scores = scores.add(page * PAGE * L);
                let weights = weights.add(page * L * 64);
                for register in 0..L {
                    let weight = |at: usize| {
                        let score = _mm512_loadu_ps(scores.add(at * LANES));
                        let hidden = _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(score, low);
                        _mm512_maskz_mov_ps(!hidden, exp2(_mm512_sub_ps(score, most)))
                    };
                    let (first, second) = (weight(register), weight(register + L));
                    _mm512_storeu_si512(weights.add(register * 64).cast(), pair(first, second));
                    // What is added is what the product will see.
                    let cut = |x| {
                        let high = _mm512_set1_epi32(0xffff_0000_u32 as i32);
                        _mm512_castsi512_ps(_mm512_and_si512(rounded(x), high))
                    };
                    parts[register] = _mm512_add_ps(_mm512_add_ps(parts[register], cut(first)), cut(second));
                }
            }
            let mut flat = [0.0f32; 16 * LANES];
            for (register, part) in parts.iter().enumerate() {
                _mm512_storeu_ps(flat.as_mut_ptr().add(register * LANES), *part);
            }
            let mut factors = [0.0f32; LANES];
            _mm512_storeu_ps(factors.as_mut_ptr(), shrink);
            for lane in 0..L {
                let mut sum = 0.0;
                for key in 0..16 {
                    sum += flat[key * L + lane];
                }
                self.total[lane] = self.total[lane].mul_add(factors[lane], sum);
            }
            if _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(shrink, _mm512_set1_ps(1.0)) != 0 {
                for at in (0..padded * L).step_by(LANES) {
                    let scaled = _mm512_mul_ps(_mm512_loadu_ps(sums.add(at)), shrink);
                    _mm512_storeu_ps(sums.add(at), scaled);
                }
            }
        }
    }
}

/// The maximum of the lanes of one query, in all of them.
#[target_feature(enable = "avx512f")]
#[inline]
fn across<const L: usize>(x: __m512) -> __m512 {
    let mut x = x;
    let mut step = LANES / 2;
    while step >= L {
        let places = _mm512_and_si512(
            _mm512_add_epi32(iota(), _mm512_set1_epi32(step as i32)),
            _mm512_set1_epi32(15),
        );
        x = _mm512_max_ps(x, _mm512_permutexvar_ps(places, x));
        step /= 2;
    }
    x
}
