#![allow(unsafe_code)]
//! Sums of a few rows of activations with all columns of a panel, which stay in registers.

use super::super::Isa;
use super::super::simd::{BASELINE_FMA, fma};
use super::{TALLEST, Weight};
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

/// Writes the sums of as many rows as fit into the registers, but at most `left`, by row one for each output of the
/// panel; and returns how many rows those are. Rows of `x` are `k` numbers apart.
///
/// # Safety
/// The CPU has the instruction set.
pub(super) unsafe fn sums<W: Weight>(
    on: Isa,
    left: usize,
    x: &[f32],
    k: usize,
    panel: &[W],
    out: &mut [f32; TALLEST * WIDEST],
) -> usize {
    let tallest = if on == Isa::Avx512 { TALLEST } else { 4 };
    // Tiles of 8, 4, 2 and 1 rows.
    let rows = tallest.min(1 << left.max(1).ilog2());
    let depth = panel.len() / width(on);
    assert!(x.len() >= (rows - 1) * k + depth);
    let (x, panel, out) = (x.as_ptr(), panel.as_ptr(), out.as_mut_ptr());
    macro_rules! rows {
        ($($work:ident)::+ $(, $fma:expr)?) => {
            match rows {
                8 => $($work)::+::<W, 8 $(, $fma)?>(x, k, panel, depth, out),
                4 => $($work)::+::<W, 4 $(, $fma)?>(x, k, panel, depth, out),
                2 => $($work)::+::<W, 2 $(, $fma)?>(x, k, panel, depth, out),
                _ => $($work)::+::<W, 1 $(, $fma)?>(x, k, panel, depth, out),
            }
        };
    }
    // SAFETY: the features by contract; activations and panel were checked, and the tallest tile fits into `out`.
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

/// Sums of `R` rows, compiled for some registers.
#[cfg(target_arch = "x86_64")]
macro_rules! tile {
    ($name:ident, $features:literal, $registers:literal of $lanes:literal,
     $zero:ident, $load:ident, $spread:ident, $fma:ident, $store:ident) => {
        /// # Safety
        /// The CPU has the features; `R` rows of `depth` activations, `k` apart, lie at `x`, `depth` rows of weights
        /// at `panel`, and `out` has room for `R` rows of sums.
        #[target_feature(enable = $features)]
        unsafe fn $name<W: Weight, const R: usize>(
            x: *const f32,
            k: usize,
            panel: *const W,
            depth: usize,
            out: *mut f32,
        ) {
            const WIDTH: usize = $registers * $lanes;
            let mut sums = [[$zero(); $registers]; R];
            for at in 0..depth {
                // SAFETY: the caller's contract.
                unsafe {
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
                    unsafe { $store(out.add(row * WIDTH + register * $lanes), sum) };
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
tile!(
    avx512, "avx512f,avx512bw,avx512dq,avx512vl", 3 of 16,
    _mm512_setzero_ps, _mm512_loadu_ps, _mm512_set1_ps, _mm512_fmadd_ps, _mm512_storeu_ps
);

#[cfg(target_arch = "x86_64")]
tile!(
    avx2, "avx2,fma", 2 of 8,
    _mm256_setzero_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_fmadd_ps, _mm256_storeu_ps
);

/// The plain version, which the others are tested against.
///
/// # Safety
/// As for the others, without features.
unsafe fn plain<W: Weight, const R: usize, const FMA: bool>(
    x: *const f32,
    k: usize,
    panel: *const W,
    depth: usize,
    out: *mut f32,
) {
    const WIDTH: usize = 16;
    let mut sums = [[0.0f32; WIDTH]; R];
    for at in 0..depth {
        // SAFETY: the caller's contract.
        let weights = unsafe { panel.add(at * WIDTH).cast::<[W; WIDTH]>().read_unaligned() };
        let weights = weights.map(W::wide);
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: as above.
            let x = unsafe { *x.add(row * k + at) };
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = fma::<FMA>(x, weight, *sum);
            }
        }
    }
    for (row, sums) in sums.into_iter().enumerate() {
        // SAFETY: as above.
        unsafe { out.add(row * WIDTH).cast::<[f32; WIDTH]>().write_unaligned(sums) };
    }
}
