#![allow(unsafe_code)]
//! Sums of a few rows of activations with all columns of a panel, which stay in registers.

use super::super::Isa;
use super::super::simd::{BASELINE_FMA, fma};
use super::{ASK, LINE, TALLEST, Weight};
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// Outputs of the widest panel.
pub(super) const WIDEST: usize = 48;

/// Outputs of a panel on an instruction set: three registers of 16, or two of 8; else what suits the compiler.
pub(super) fn width(isa: Isa) -> usize {
    match isa {
        Isa::Avx512 => WIDEST,
        Isa::Avx2 | Isa::Baseline => 16,
    }
}

/// The sums of some rows of activations with a part of a panel.
pub(super) struct Tile<'a, W> {
    /// Activations, whose rows are `k` numbers apart.
    pub(super) x: &'a [f32],
    pub(super) k: usize,
    /// By number of a row the weights of all outputs.
    pub(super) panel: &'a [W],
    /// Weights that are wanted soon.
    pub(super) ahead: *const W,
    /// What is added to the sums, by output; otherwise what stands in `out`.
    pub(super) bias: Option<&'a [f32; WIDEST]>,
    /// Where sums go: by row one for each output, rows `stride` apart.
    pub(super) out: *mut f32,
    pub(super) stride: usize,
}

impl<W: Weight> Tile<'_, W> {
    /// Computes as many rows as fit into the registers, but at most `left`, and returns how many those are.
    ///
    /// # Safety
    /// The CPU has the instruction set; `out` is valid for those rows and the panel's outputs, and nobody else's.
    pub(super) unsafe fn run(&self, on: Isa, left: usize) -> usize {
        let tallest = if on == Isa::Avx512 { TALLEST } else { 4 };
        // Tiles of 8, 4, 2 and 1 rows.
        let rows = tallest.min(1 << left.max(1).ilog2());
        let depth = self.panel.len() / width(on);
        assert!(self.x.len() >= (rows - 1) * self.k + depth);
        macro_rules! rows {
            ($($work:ident)::+ $(, $fma:expr)?) => {
                match rows {
                    8 => $($work)::+::<W, 8 $(, $fma)?>(self, depth),
                    4 => $($work)::+::<W, 4 $(, $fma)?>(self, depth),
                    2 => $($work)::+::<W, 2 $(, $fma)?>(self, depth),
                    _ => $($work)::+::<W, 1 $(, $fma)?>(self, depth),
                }
            };
        }
        // SAFETY: the features and room for sums by contract; activations were checked, and the panel is so deep.
        unsafe {
            match on {
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512 => rows!(avx512),
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 => rows!(avx2),
                _ => rows!(plain, BASELINE_FMA),
            }
        }
        rows
    }
}

/// Sums of `R` rows, compiled for some registers.
#[cfg(target_arch = "x86_64")]
macro_rules! tile {
    ($name:ident, $features:literal, $registers:literal of $lanes:literal,
     $zero:ident, $load:ident, $spread:ident, $fma:ident, $add:ident, $store:ident) => {
        /// # Safety
        /// The CPU has the features; the tile has `R` rows of `depth` activations, so many rows of weights, and room for
        /// `R` rows of sums.
        #[target_feature(enable = $features)]
        unsafe fn $name<W: Weight, const R: usize>(tile: &Tile<W>, depth: usize) {
            const WIDTH: usize = $registers * $lanes;
            let (x, k, panel) = (tile.x.as_ptr(), tile.k, tile.panel.as_ptr());
            let ahead = tile.ahead.cast::<i8>();
            let mut sums = [[$zero(); $registers]; R];
            for at in 0..depth {
                // SAFETY: the caller's contract; what is asked for need not be there.
                unsafe {
                    if at % ASK == 0 {
                        _mm_prefetch::<_MM_HINT_T1>(ahead.wrapping_add(at / ASK * LINE));
                    }
                    let mut weights = [$zero(); $registers];
                    for (register, weights) in weights.iter_mut().enumerate() {
                        let narrow = panel.add(at * WIDTH + register * $lanes);
                        let wide = narrow.cast::<[W; $lanes]>().read_unaligned().map(W::wide);
                        *weights = $load(wide.as_ptr());
                    }
                    for (row, sums) in sums.iter_mut().enumerate() {
                        let x = $spread(*x.add(row * k + at));
                        for (sum, weights) in sums.iter_mut().zip(weights) {
                            *sum = $fma(x, weights, *sum);
                        }
                    }
                }
            }
            for (row, sums) in sums.into_iter().enumerate() {
                for (register, sum) in sums.into_iter().enumerate() {
                    // SAFETY: the caller's contract.
                    unsafe {
                        let out = tile.out.add(row * tile.stride + register * $lanes);
                        let before = tile
                            .bias
                            .map_or(out.cast_const(), |bias| bias[register * $lanes..].as_ptr());
                        $store(out, $add(sum, $load(before)));
                    }
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
tile!(
    avx512, "avx512f,avx512bw,avx512dq,avx512vl", 3 of 16,
    _mm512_setzero_ps, _mm512_loadu_ps, _mm512_set1_ps, _mm512_fmadd_ps, _mm512_add_ps, _mm512_storeu_ps
);

#[cfg(target_arch = "x86_64")]
tile!(
    avx2, "avx2,fma", 2 of 8,
    _mm256_setzero_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_fmadd_ps, _mm256_add_ps, _mm256_storeu_ps
);

/// The plain version, which the others are tested against.
///
/// # Safety
/// As for the others, without features.
unsafe fn plain<W: Weight, const R: usize, const FMA: bool>(tile: &Tile<W>, depth: usize) {
    const WIDTH: usize = 16;
    let mut sums = [[0.0f32; WIDTH]; R];
    for at in 0..depth {
        // SAFETY: the caller's contract.
        let weights = unsafe {
            let weights = tile.panel.as_ptr().add(at * WIDTH);
            weights.cast::<[W; WIDTH]>().read_unaligned().map(W::wide)
        };
        for (row, sums) in sums.iter_mut().enumerate() {
            let x = tile.x[row * tile.k + at];
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = fma::<FMA>(x, weight, *sum);
            }
        }
    }
    for (row, sums) in sums.into_iter().enumerate() {
        // SAFETY: as above.
        let out = unsafe { std::slice::from_raw_parts_mut(tile.out.add(row * tile.stride), WIDTH) };
        if let Some(bias) = tile.bias {
            out.copy_from_slice(&bias[..WIDTH]);
        }
        out.iter_mut().zip(sums).for_each(|(out, sum)| *out += sum);
    }
}
