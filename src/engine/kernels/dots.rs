#![allow(unsafe_code)]
//! Products of quantized weights in integers, for CPUs without a tile unit.
//!
//! Activations are rounded to 8 bits by blocks of 32 columns, each with an f32 scale, once for each input of a
//! layer. A dot product of 32 columns is exact in integers; times both scales it is added to an f32 sum, block
//! after block. Sixteen rows of weights lie side by side in the lanes of one register (or two), so that no sum
//! crosses lanes, and their order is the same for any number of tokens and threads: a token's numbers do not
//! depend on its neighbours, bit for bit, and AVX-512, AVX2 and the plain version with fused multiplication
//! give the same bits.
//!
//! The rounding is that of ggml's `Q8_0` (`quantize_row_q8_0_ref` in ggml/src/ggml-quants.c) with a scale in f32.

mod activations;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod plain;

use super::packed::{BAND, Band, Kind, Packed, TILE_ROWS};
use super::pool::Pool;
use super::product::{Input as _, Job, Out, Part, Target, units};
use super::rows::swiglu_sixteen;
use super::simd::BASELINE_FMA;
pub use activations::Activations;
use activations::{Block, TOKENS};
use std::sync::OnceLock;

/// Bytes of activations that a unit of work passes by: they stay in the second cache.
const UNIT_BYTES: usize = 512 << 10;

/// Bytes that are asked for ahead of their use, where all of a column tile is used at once.
#[cfg(target_arch = "x86_64")]
const NEAR: usize = 2048;
/// The same where a part of it is used at a time, and the others come later.
#[cfg(target_arch = "x86_64")]
const FAR: usize = 4096;

/// The instructions that a product is computed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// AVX-512 with VNNI.
    Avx512,
    /// AVX2 with AVX-VNNI.
    AvxVnni,
    /// AVX2.
    Avx2,
    /// No more than the compiler's baseline; `true` fuses multiplication and addition.
    Plain(bool),
}

/// Finds the best path of this CPU once, or the lesser one that `DEPECHE_ISA` asks for.
pub fn path() -> Path {
    static PATH: OnceLock<Path> = OnceLock::new();
    *PATH.get_or_init(detect)
}

#[cfg(target_arch = "x86_64")]
fn detect() -> Path {
    use super::simd::wish;
    use super::{Isa, isa};
    match isa() {
        Isa::Avx512 if is_x86_feature_detected!("avx512vnni") => Path::Avx512,
        Isa::Avx512 | Isa::Avx2 if is_x86_feature_detected!("f16c") => {
            // An older CPU is meant where AVX2 is asked for.
            match is_x86_feature_detected!("avxvnni") && wish() != "avx2" {
                true => Path::AvxVnni,
                false => Path::Avx2,
            }
        }
        _ => Path::Plain(BASELINE_FMA),
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> Path {
    Path::Plain(BASELINE_FMA)
}

/// Sums of the 32 rows of a band, for up to eight tokens.
type Sums = [[f32; BAND]; TOKENS];

/// The rows of the next product's activations, still to be rounded.
#[derive(Clone, Copy)]
struct Gated {
    out: *mut f32,
    columns: usize,
}

fn product_on(path: Path, x: &Activations, mut parts: Vec<Part<Activations>>) {
    if x.tokens() == 0 {
        return;
    }
    let gate = |next: &mut Activations, columns: usize| Gated {
        out: next.rows(x.tokens(), columns).as_mut_ptr(),
        columns,
    };
    let jobs: Vec<_> = parts.iter_mut().map(|part| Job::new(x, part, gate)).collect();
    let blocks = x.tokens().div_ceil(TOKENS);
    // Few tokens read long runs.
    let bands = if blocks == 1 { 16 } else { 8 };
    let at_once = (UNIT_BYTES / (x.column_tiles().max(1) * size_of::<Block>())).clamp(4, 64);
    let units = units(&jobs, blocks, bands, at_once);
    Pool::global().run(units.len(), |unit| {
        let unit = &units[unit];
        let job = &jobs[unit.job];
        for band in unit.bands.0..unit.bands.1 {
            for block in unit.blocks.0..unit.blocks.1 {
                let mut sums: Sums = [[0.0; BAND]; TOKENS];
                // SAFETY: `path` found the features; `Job::new` checked the sizes.
                unsafe { band_sums(path, job.weights, band, x, (block, unit.blocks), &mut sums) };
                // SAFETY: `Job::new` checked the sizes; units are disjoint.
                unsafe { finish(job, band, block, x.width(block), &mut sums) };
            }
        }
    });
    drop(jobs);
    for part in parts {
        if let Out::Gate(next, _) = part.out {
            next.round();
        }
    }
}

/// Sums of one block of those of a unit.
///
/// # Safety
/// The CPU has the path's features; band and block are there, and the columns fit.
unsafe fn band_sums(
    path: Path,
    weights: &Packed,
    band: usize,
    x: &Activations,
    (block, blocks): (usize, (usize, usize)),
    out: &mut Sums,
) {
    let band = Band::new(weights, band);
    #[cfg(target_arch = "x86_64")]
    let band = band.shared(block - blocks.0, blocks.1 - blocks.0);
    let (x, width) = (x.block(block).as_ptr(), x.width(block));
    macro_rules! on {
        ($($work:ident)::+) => {
            // SAFETY: the caller's contract.
            unsafe {
                by_kind!(
                    weights.kind,
                    $($work)::+(band, x, width, out),
                    bf16: unreachable!("no products of bfloat16")
                )
            }
        };
    }
    match path {
        #[cfg(target_arch = "x86_64")]
        Path::Avx512 => on!(avx512::band),
        #[cfg(target_arch = "x86_64")]
        Path::AvxVnni => on!(avx2::band_vnni),
        #[cfg(target_arch = "x86_64")]
        Path::Avx2 => on!(avx2::band),
        Path::Plain(true) => on!(plain::band_fused),
        _ => on!(plain::band),
    }
}

/// Writes the sums of one band for the tokens of one block.
///
/// # Safety
/// The job's sizes were checked, and no other thread has the same band and block.
unsafe fn finish(job: &Job<Gated>, band: usize, block: usize, width: usize, sums: &mut Sums) {
    for (token, sums) in sums.iter_mut().enumerate().take(width) {
        let token = block * TOKENS + token;
        match job.target {
            Target::Rows {
                out,
                stride,
                bias,
                add,
            } => {
                let row = band * BAND;
                let rows = (job.weights.rows - row).min(BAND);
                if rows == BAND && bias.is_null() {
                    // SAFETY: the token's row holds the matrix's rows.
                    let out = unsafe { &mut *out.add(token * stride + row).cast::<[f32; BAND]>() };
                    match add {
                        None => *out = *sums,
                        Some(factor) => (0..BAND).for_each(|i| out[i] += sums[i] * factor),
                    }
                    continue;
                }
                // SAFETY: the token's row holds the matrix's rows, and so does the bias.
                let out = unsafe { std::slice::from_raw_parts_mut(out.add(token * stride + row), rows) };
                if !bias.is_null() {
                    // SAFETY: as above.
                    let bias = unsafe { std::slice::from_raw_parts(bias.add(row), rows) };
                    sums.iter_mut().zip(bias).for_each(|(sum, bias)| *sum += bias);
                }
                match add {
                    None => out.copy_from_slice(&sums[..rows]),
                    Some(factor) => out
                        .iter_mut()
                        .zip(sums)
                        .for_each(|(out, sum)| *out += *sum * factor),
                }
            }
            Target::Gate(Gated { out, columns }) => {
                let column = band * TILE_ROWS;
                if column >= columns {
                    // what fills the pair of bands up
                    return;
                }
                let count = (columns - column).min(TILE_ROWS);
                let (halves, _) = sums.as_chunks::<TILE_ROWS>();
                let gated = swiglu_sixteen(&halves[0], &halves[1]);
                // SAFETY: the next activations have so many columns for each token.
                let out = unsafe { std::slice::from_raw_parts_mut(out.add(token * columns + column), count) };
                out.copy_from_slice(&gated[..count]);
            }
            // SAFETY: the caller's contract.
            Target::Logits(places) => unsafe { places.take(token, band * BAND, sums) },
        }
    }
}

#[cfg(test)]
mod tests;
