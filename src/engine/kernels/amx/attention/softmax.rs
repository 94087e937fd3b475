#![allow(unsafe_code)]
//! The online softmax, for the lanes of one tile.

use super::super::vector::{exp2, iota, pair, rounded};
use super::{Column, LANES, PAGE, PARTS};
use std::arch::x86_64::*;

/// Below this a weight is 0.
const LEAST: f32 = -200.0;

/// What the online softmax carries from block to block, for the lanes of one tile.
pub(super) struct Softmax {
    /// Position of each lane's token; the first and the last of them.
    positions: [i32; LANES],
    first: i32,
    last: i32,
    pub(super) most: [f32; LANES],
    pub(super) total: [f32; LANES],
}

/// A block of keys: its first position, how many pages, and how many keys a query sees at most.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    pub(super) first: usize,
    pub(super) pages: usize,
    pub(super) window: usize,
}

impl Softmax {
    pub(super) fn new<const L: usize>(columns: &[Column], tile: usize) -> Self {
        let last = columns.len() - 1;
        let column = |lane: usize| (tile * L + lane % L).min(last);
        let positions: [i32; LANES] = std::array::from_fn(|lane| columns[column(lane)].position as i32);
        Self {
            first: positions.iter().copied().fold(i32::MAX, i32::min),
            last: positions.iter().copied().fold(0, i32::max),
            positions,
            most: [f32::NEG_INFINITY; LANES],
            total: [0.0; LANES],
        }
    }

    /// Turns the scores of a block's pages (`[keys][L]`) into weights, and brings the sums so far to the same
    /// maximum. In between it calls `meanwhile(group, step)`, for two times [`PARTS`] steps in each of so many groups as
    /// [`Self::groups`] says (half of the steps for two lanes).
    ///
    /// # Safety
    /// AVX-512 is there; the pointers have room for a block of `L` lanes, and for the sums.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    pub(super) unsafe fn step<const L: usize>(
        &mut self,
        keys: Keys,
        scores: *mut f32,
        weights: *mut u8,
        (sums, padded): (*mut f32, usize),
        mut meanwhile: impl FnMut(usize, usize),
    ) {
        let registers = keys.pages * PAGE * L / LANES;
        // SAFETY: the caller's contract.
        unsafe {
            if !self.sees_all(keys) {
                self.hide::<L>(keys, scores);
            }
            let before = _mm512_loadu_ps(self.most.as_ptr());
            // Two at a time: one waits for another.
            let mut both = [before; 2];
            for register in 0..registers {
                let most = &mut both[register % 2];
                *most = _mm512_max_ps(*most, _mm512_loadu_ps(scores.add(register * LANES)));
            }
            let mut most = _mm512_max_ps(both[0], both[1]);
            if L < LANES {
                most = across::<L>(most);
            }
            _mm512_storeu_ps(self.most.as_mut_ptr(), most);

            // Sums of weights by key modulo 16, as `[16][L]`.
            let mut parts = [_mm512_setzero_ps(); L];
            for page in 0..keys.pages {
                let scores = scores.add(page * PAGE * L);
                let weights = weights.add(page * L * 64);
                for group in 0..L.div_ceil(PARTS) {
                    let mut part = |part: usize| {
                        let mut meanwhile =
                            |half: usize| meanwhile(page * L.div_ceil(PARTS) + group, 2 * part + half);
                        let register = group * PARTS + part;
                        let weight = |at: usize| {
                            let below = _mm512_sub_ps(_mm512_loadu_ps(scores.add(at * LANES)), most);
                            // also where it is no number, because nothing has been seen yet
                            exp2(_mm512_max_ps(below, _mm512_set1_ps(LEAST)))
                        };
                        meanwhile(0);
                        let first = weight(register);
                        meanwhile(1);
                        let second = weight(register + L);
                        _mm512_storeu_si512(weights.add(register * 64).cast(), pair(first, second));
                        // What is added is what the product will see.
                        let cut = |x| {
                            let high = _mm512_set1_epi32(0xffff_0000_u32 as i32);
                            _mm512_castsi512_ps(_mm512_and_si512(rounded(x), high))
                        };
                        parts[register] =
                            _mm512_add_ps(_mm512_add_ps(parts[register], cut(first)), cut(second));
                    };
                    part(0);
                    part(1);
                    if L > 2 {
                        part(2);
                        part(3);
                    }
                }
            }
            self.shrink(before, most, in_order(&parts), sums, padded * L);
        }
    }

    /// How often [`step`](Self::step) calls for the steps of something else.
    pub(super) const fn groups<const L: usize>(pages: usize) -> usize {
        pages * L.div_ceil(PARTS)
    }

    /// Whether all lanes see all keys of a block.
    fn sees_all(&self, keys: Keys) -> bool {
        let last = (keys.first + keys.pages * PAGE - 1) as i32;
        let window = i32::try_from(keys.window).unwrap_or(i32::MAX);
        self.first >= last && self.last - (keys.first as i32) < window
    }

    /// Sets the scores of keys that a lane does not see to the lowest one.
    ///
    /// # Safety
    /// As [`Self::step`].
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn hide<const L: usize>(&self, keys: Keys, scores: *mut f32) {
        // One register holds `16 / L` keys.
        let within = _mm512_srl_epi32(iota(), _mm_cvtsi32_si128(L.trailing_zeros() as i32));
        let window = i32::try_from(keys.window).unwrap_or(i32::MAX);
        // SAFETY: sixteen numbers of our own, and the caller's contract.
        unsafe {
            let positions = _mm512_loadu_si512(self.positions.as_ptr().cast());
            for register in 0..keys.pages * PAGE * L / LANES {
                let first = (keys.first + register * LANES / L) as i32;
                let old = _mm512_sub_epi32(positions, _mm512_add_epi32(within, _mm512_set1_epi32(first)));
                // 0 <= position - key < window
                let seen = _mm512_cmpge_epi32_mask(old, _mm512_setzero_si512())
                    & _mm512_cmplt_epi32_mask(old, _mm512_set1_epi32(window));
                let at = scores.add(register * LANES);
                let low = _mm512_set1_ps(f32::NEG_INFINITY);
                _mm512_storeu_ps(at, _mm512_mask_blend_ps(seen, low, _mm512_loadu_ps(at)));
            }
        }
    }

    /// Brings what was summed up to a new maximum, and adds the weights of a block to their total.
    ///
    /// # Safety
    /// As [`Self::step`]; `sums` are so many.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    unsafe fn shrink(&mut self, before: __m512, most: __m512, added: __m512, sums: *mut f32, count: usize) {
        let same = _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(before, most);
        let shrink = exp2(_mm512_sub_ps(before, most));
        let shrink = _mm512_mask_blend_ps(same, shrink, _mm512_set1_ps(1.0));
        let low = _mm512_set1_ps(f32::NEG_INFINITY);
        let shrink = _mm512_maskz_mov_ps(same | _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(before, low), shrink);
        // SAFETY: the caller's contract, and sixteen numbers of our own.
        unsafe {
            let total = _mm512_loadu_ps(self.total.as_ptr());
            _mm512_storeu_ps(self.total.as_mut_ptr(), _mm512_fmadd_ps(total, shrink, added));
            if _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(shrink, _mm512_set1_ps(1.0)) != 0 {
                for at in (0..count).step_by(LANES) {
                    let scaled = _mm512_mul_ps(_mm512_loadu_ps(sums.add(at)), shrink);
                    _mm512_storeu_ps(sums.add(at), scaled);
                }
            }
        }
    }
}

/// The sums of each query over sixteen keys, `[16][L]`, in the order of the keys; in all lanes of the query.
#[target_feature(enable = "avx512f")]
#[inline]
fn in_order<const L: usize>(parts: &[__m512; L]) -> __m512 {
    let mut sum = _mm512_setzero_ps();
    let lanes = _mm512_and_si512(iota(), _mm512_set1_epi32(L as i32 - 1));
    for part in parts {
        for key in 0..LANES / L {
            let places = _mm512_add_epi32(lanes, _mm512_set1_epi32((key * L) as i32));
            let of_key = if L < LANES {
                _mm512_permutexvar_ps(places, *part)
            } else {
                *part
            };
            sum = _mm512_add_ps(sum, of_key);
        }
    }
    sum
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
