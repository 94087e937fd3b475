#![allow(unsafe_code)]
//! The two products of attention, some rows by some registers at a time. A sum goes along the dimensions, or the keys, in
//! order, whatever the shape of the tile: `R` rows by `D` registers, or fewer rows by `WIDE`.

use super::super::simd::{LANES, Lanes};
use super::softmax::weights_stride;
use super::word::shared_width;
use super::{BLOCK, HALF, Word};

/// Has the line at an address brought near; there need be none.
#[inline(always)]
pub(super) fn ask_for<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint, which reads nothing.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(at.cast())
    };
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// A product of some rows by some registers.
trait Tiled {
    /// `N` rows by `D` registers; returns `D`.
    ///
    /// # Safety
    /// So many rows and registers are left, and the CPU has what `MODE` names.
    unsafe fn tile<const N: usize, const D: usize, const MODE: u8>(&self) -> usize;
}

/// Takes the largest tile that `left` rows and `there` registers have room for; returns its registers.
///
/// # Safety
/// So many rows and registers are left, and the CPU has what `MODE` names.
#[inline(always)]
unsafe fn widest<const R: usize, const D: usize, const WIDE: usize, const MODE: u8>(
    product: &impl Tiled,
    left: usize,
    there: usize,
) -> usize {
    // SAFETY: rows and registers are left as matched, and the caller's contract.
    unsafe {
        match (left >= R, left >= 2) {
            (true, _) if there >= D => product.tile::<R, D, MODE>(),
            (true, _) => product.tile::<R, 1, MODE>(),
            (_, true) if there >= WIDE => product.tile::<2, WIDE, MODE>(),
            (_, true) => product.tile::<2, 1, MODE>(),
            (..) if there >= WIDE => product.tile::<1, WIDE, MODE>(),
            (..) => product.tile::<1, 1, MODE>(),
        }
    }
}

/// Scores of all rows against a block's keys, by rows of [`BLOCK`]. `queries` holds the `words` of each row, for all lanes
/// to share. The keys' `values` are asked for meanwhile.
///
/// # Safety
/// `words * HALF` words lie at each of `keys`, there are as many of `values`, and the CPU has what `MODE` names.
#[inline(always)]
pub(super) unsafe fn score<W: Word, const R: usize, const D: usize, const WIDE: usize, const MODE: u8>(
    queries: &[u32],
    words: usize,
    keys: &[*const W],
    values: &[*const W],
    scores: &mut [f32],
) {
    let stride = words * shared_width::<W, MODE>();
    let rows = queries.len() / stride.max(1);
    let mut row = 0;
    while row < rows {
        let left = rows - row;
        let mut half = 0;
        while half < keys.len() {
            let there = keys.len() - half;
            let product = Score {
                queries: queries[row * stride..].as_ptr(),
                words,
                keys: &keys[half..],
                values: &values[half..],
                out: scores[row * BLOCK + half * HALF..].as_mut_ptr(),
            };
            // SAFETY: so many rows and halves are left; the caller's contract.
            half += unsafe { widest::<R, D, WIDE, MODE>(&product, left, there) };
        }
        row += if left >= R { R } else { left.min(2) };
    }
}

struct Score<'a, W> {
    queries: *const u32,
    words: usize,
    keys: &'a [*const W],
    values: &'a [*const W],
    out: *mut f32,
}

impl<W: Word> Tiled for Score<'_, W> {
    /// A half page has one register of keys.
    #[inline(always)]
    unsafe fn tile<const N: usize, const P: usize, const MODE: u8>(&self) -> usize {
        let width = const { shared_width::<W, MODE>() };
        let mut sums = [[[0.0f32; LANES]; P]; N];
        let mut keys = [std::ptr::null(); P];
        keys.copy_from_slice(&self.keys[..P]);
        // SAFETY: the caller's contract.
        unsafe {
            for word in 0..self.words {
                let mut own = [[W::default(); LANES]; P];
                for p in 0..P {
                    own[p] = keys[p].add(word * HALF).cast::<[W; LANES]>().read_unaligned();
                    ask_for(self.values[p].wrapping_add(word * HALF));
                }
                for n in 0..N {
                    let query = self.queries.add((n * self.words + word) * width);
                    for p in 0..P {
                        W::add_products::<MODE>(query, &own[p], &mut sums[n][p]);
                    }
                }
            }
            for n in 0..N {
                for p in 0..P {
                    let out = self.out.add(n * BLOCK + p * HALF).cast::<Lanes>();
                    out.write_unaligned(sums[n][p]);
                }
            }
        }
        P
    }
}

/// Adds the values of a block's first `keys` keys, weighted, to every row of `sums`. The keys at `next` are asked for
/// meanwhile.
///
/// # Safety
/// Half a page of values, `padded` wide, lies at each of `values`, and the CPU has what `MODE` names.
#[inline(always)]
pub(super) unsafe fn gather<W: Word, const R: usize, const D: usize, const WIDE: usize, const MODE: u8>(
    weights: &[u32],
    values: &[*const W],
    next: &[*const W],
    keys: usize,
    sums: &mut [f32],
    padded: usize,
) {
    let rows = sums.len() / padded;
    let mut row = 0;
    while row < rows {
        let left = rows - row;
        let mut at = 0;
        while at < padded {
            let there = (padded - at) / LANES;
            let product = Gather {
                weights: weights[row * weights_stride::<W, MODE>()..].as_ptr(),
                values,
                next,
                keys,
                at,
                padded,
                sums: sums[row * padded + at..].as_mut_ptr(),
            };
            // SAFETY: so many rows and registers are left; the caller's contract.
            at += LANES * unsafe { widest::<R, D, WIDE, MODE>(&product, left, there) };
        }
        row += if left >= R { R } else { left.min(2) };
    }
}

struct Gather<'a, W> {
    weights: *const u32,
    values: &'a [*const W],
    next: &'a [*const W],
    keys: usize,
    at: usize,
    padded: usize,
    sums: *mut f32,
}

impl<W: Word> Tiled for Gather<'_, W> {
    #[inline(always)]
    unsafe fn tile<const N: usize, const D: usize, const MODE: u8>(&self) -> usize {
        let of_half = HALF / W::NUMBERS;
        let (width, stride) = const { (shared_width::<W, MODE>(), weights_stride::<W, MODE>()) };
        let mut sums = [[[0.0f32; LANES]; D]; N];
        // SAFETY: the caller's contract.
        unsafe {
            for n in 0..N {
                for d in 0..D {
                    let from = self.sums.add(n * self.padded + d * LANES);
                    sums[n][d] = from.cast::<Lanes>().read_unaligned();
                }
            }
            for (half, values) in self.values.iter().enumerate() {
                let next = self.next[half];
                let words = (self.keys - half * HALF).min(of_half);
                for word in 0..words {
                    let from = values.add(word * self.padded + self.at);
                    let mut own = [[W::default(); LANES]; D];
                    for d in 0..D {
                        own[d] = from.add(d * LANES).cast::<[W; LANES]>().read_unaligned();
                        ask_for(next.wrapping_add((self.at + d * LANES) * of_half + word * LANES));
                    }
                    for n in 0..N {
                        let weight = self.weights.add(n * stride + (half * of_half + word) * width);
                        for d in 0..D {
                            W::add_products::<MODE>(weight, &own[d], &mut sums[n][d]);
                        }
                    }
                }
            }
            for n in 0..N {
                for d in 0..D {
                    let to = self.sums.add(n * self.padded + d * LANES);
                    to.cast::<Lanes>().write_unaligned(sums[n][d]);
                }
            }
        }
        D
    }
}
