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

use super::packed::{BAND, Kind, Layout, Packed, SUPER, TILE_ROWS};
use super::pool::Pool;
use super::product::{Out, Part};
use super::rows::swiglu_sixteen;
use super::simd::BASELINE_FMA;
pub use activations::Activations;
use activations::{Block, TOKENS};

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

/// The best path of this CPU, or the lesser one that `DEPECHE_ISA` asks for.
pub fn path() -> Path {
    #[cfg(target_arch = "x86_64")]
    {
        use super::{Isa, isa};
        let half = is_x86_feature_detected!("f16c");
        match isa() {
            Isa::Avx512 if is_x86_feature_detected!("avx512vnni") => return Path::Avx512,
            Isa::Avx512 | Isa::Avx2 if half => {
                // An older CPU is meant where AVX2 is asked for.
                let asked = std::env::var_os("DEPECHE_ISA").is_some_and(|wish| wish == "avx2");
                return match is_x86_feature_detected!("avxvnni") && !asked {
                    true => Path::AvxVnni,
                    false => Path::Avx2,
                };
            }
            _ => {}
        }
    }
    Path::Plain(BASELINE_FMA)
}

/// Sums of the 32 rows of a band, for up to eight tokens.
type Sums = [[f32; BAND]; TOKENS];

/// One band of weights.
#[derive(Clone, Copy)]
struct Band {
    /// Its tiles: by column tile two, sixteen rows each.
    tiles: *const u8,
    /// The scales of its super-blocks, likewise.
    supers: *const u8,
    /// Column tiles.
    depth: usize,
}

impl Band {
    fn new(weights: &Packed, band: usize) -> Self {
        let tile = weights.tile_at(band * BAND, 0);
        let above = weights.super_at(band * BAND, 0);
        Self {
            tiles: weights.tiles.bytes()[tile..].as_ptr(),
            supers: weights.supers.bytes().as_ptr().wrapping_add(above),
            depth: weights.column_tiles(),
        }
    }

    /// Scales and numbers of half `half` of column tile `column`.
    #[inline(always)]
    fn tile<const KIND: u8>(self, column: usize, half: usize) -> (*const u8, *const u8) {
        let kind = kind::<KIND>();
        let scales = self.tiles.wrapping_add((column * 2 + half) * kind.tile_bytes());
        (scales, scales.wrapping_add(kind.scale_bytes()))
    }

    /// Has what stands so many bytes behind a column tile brought near.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn ask_for<const KIND: u8>(self, column: usize, ahead: usize) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let (tile, _) = self.tile::<KIND>(column, 0);
        for line in 0..(2 * kind::<KIND>().tile_bytes()).div_ceil(64) {
            // SAFETY: a hint, which reads nothing.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(tile.wrapping_add(ahead + line * 64).cast()) };
        }
    }

    /// Scales above those.
    #[inline(always)]
    fn above(self, column: usize, half: usize) -> *const u8 {
        self.supers
            .wrapping_add((column / SUPER * 2 + half) * 4 * TILE_ROWS)
    }
}

const KINDS: [Kind; 6] = [
    Kind::Four,
    Kind::Five,
    Kind::FourK,
    Kind::FiveK,
    Kind::SixK,
    Kind::Eight,
];

const fn kind<const KIND: u8>() -> Kind {
    KINDS[KIND as usize]
}

/// Whether numbers are kept with 128 added.
const fn is_signed(kind: Kind) -> bool {
    matches!(kind, Kind::SixK | Kind::Eight)
}

/// Whether there is a fifth bit.
const fn is_five(kind: Kind) -> bool {
    matches!(kind, Kind::Five | Kind::FiveK)
}

#[derive(Clone, Copy)]
enum Target {
    Rows {
        out: *mut f32,
        stride: usize,
        bias: *const f32,
        add: Option<f32>,
    },
    Gate {
        out: *mut f32,
        columns: usize,
    },
}

struct Job<'a> {
    weights: &'a Packed,
    target: Target,
}

// SAFETY: units write disjoint parts of the targets, which the caller has borrowed mutably.
unsafe impl Sync for Job<'_> {}

/// What one thread does at a time: bands of one matrix by blocks of tokens.
#[derive(Clone, Copy)]
struct Unit {
    job: usize,
    bands: (usize, usize),
    blocks: (usize, usize),
}

/// Products of `x` with several matrices, on the best path of this CPU.
///
/// # Panics
/// When sizes do not fit together, or a matrix is laid out for tiles.
pub fn product(x: &Activations, parts: Vec<Part<Activations>>) {
    product_on(path(), x, parts);
}

fn product_on(path: Path, x: &Activations, mut parts: Vec<Part<Activations>>) {
    if x.tokens() == 0 {
        return;
    }
    let jobs: Vec<Job> = parts.iter_mut().map(|part| job(x, part)).collect();
    let units = units(x, &jobs);
    Pool::global().run(units.len(), |unit| {
        let unit = &units[unit];
        let job = &jobs[unit.job];
        for band in unit.bands.0..unit.bands.1 {
            for block in unit.blocks.0..unit.blocks.1 {
                let mut sums: Sums = [[0.0; BAND]; TOKENS];
                // SAFETY: `path` found the features; `job` checked the sizes.
                unsafe { band_sums(path, job.weights, band, x, block, &mut sums) };
                // SAFETY: `job` checked the sizes; units are disjoint.
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

fn job<'a>(x: &Activations, part: &'a mut Part<Activations>) -> Job<'a> {
    let weights = part.weights;
    assert_eq!(weights.layout, Layout::Lanes, "the layout of a matrix");
    assert_eq!(weights.columns, x.columns(), "columns of a matrix and its input");
    let rows = |out: &'a mut [f32], stride: usize, bias: Option<&'a [f32]>, add| {
        assert!(stride >= weights.rows && out.len() >= (x.tokens() - 1) * stride + weights.rows);
        assert!(bias.is_none_or(|bias| bias.len() >= weights.rows));
        let bias = bias.map_or(std::ptr::null(), <[f32]>::as_ptr);
        let out = out.as_mut_ptr();
        Target::Rows {
            out,
            stride,
            bias,
            add,
        }
    };
    let target = match &mut part.out {
        Out::Set(out, stride, bias) => rows(out, *stride, *bias, None),
        Out::Add(out, stride, bias, factor) => rows(out, *stride, *bias, Some(*factor)),
        Out::Gate(next, columns) => {
            let columns = *columns;
            assert_eq!(weights.rows, 2 * columns.next_multiple_of(BAND), "pairs of bands");
            let out = next.rows(x.tokens(), columns).as_mut_ptr();
            Target::Gate { out, columns }
        }
    };
    Job { weights, target }
}

fn units(x: &Activations, jobs: &[Job]) -> Vec<Unit> {
    let blocks = x.tokens().div_ceil(TOKENS);
    let threads = Pool::global().threads();
    let all: usize = jobs.iter().map(|job| job.weights.bands()).sum();
    // Enough units that a thread which is held up does not hold up the others; few tokens read long runs.
    let bands = (all / (threads * 4)).clamp(1, if blocks == 1 { 16 } else { 8 });
    let at_once = (UNIT_BYTES / (x.column_tiles().max(1) * size_of::<Block>())).clamp(4, 64);
    let mut units = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        for first in (0..blocks).step_by(at_once) {
            for band in (0..job.weights.bands()).step_by(bands) {
                units.push(Unit {
                    job: index,
                    bands: (band, job.weights.bands().min(band + bands)),
                    blocks: (first, blocks.min(first + at_once)),
                });
            }
        }
    }
    units
}

/// # Safety
/// The CPU has the path's features; band and block are there, and the columns fit.
unsafe fn band_sums(
    path: Path,
    weights: &Packed,
    band: usize,
    x: &Activations,
    block: usize,
    out: &mut Sums,
) {
    let band = Band::new(weights, band);
    let (x, width) = (x.block(block).as_ptr(), x.width(block));
    macro_rules! by_kind {
        ($($work:ident)::+) => {
            // SAFETY: the caller's contract.
            unsafe {
                match weights.kind {
                    Kind::Four => $($work)::+::<0>(band, x, width, out),
                    Kind::Five => $($work)::+::<1>(band, x, width, out),
                    Kind::FourK => $($work)::+::<2>(band, x, width, out),
                    Kind::FiveK => $($work)::+::<3>(band, x, width, out),
                    Kind::SixK => $($work)::+::<4>(band, x, width, out),
                    Kind::Eight => $($work)::+::<5>(band, x, width, out),
                    Kind::Bf16 => unreachable!("lanes hold no bfloat16"),
                }
            }
        };
    }
    match path {
        #[cfg(target_arch = "x86_64")]
        Path::Avx512 => by_kind!(avx512::band),
        #[cfg(target_arch = "x86_64")]
        Path::AvxVnni => by_kind!(avx2::band_vnni),
        #[cfg(target_arch = "x86_64")]
        Path::Avx2 => by_kind!(avx2::band),
        Path::Plain(true) => by_kind!(plain::band_fused),
        _ => by_kind!(plain::band),
    }
}

/// Writes the sums of one band for the tokens of one block.
///
/// # Safety
/// The job's sizes were checked, and no other thread has the same band and block.
unsafe fn finish(job: &Job, band: usize, block: usize, width: usize, sums: &mut Sums) {
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
            Target::Gate { out, columns } => {
                let column = band * TILE_ROWS;
                let count = columns.saturating_sub(column).min(TILE_ROWS);
                let (halves, _) = sums.as_chunks::<TILE_ROWS>();
                let gated = swiglu_sixteen(&halves[0], &halves[1]);
                // SAFETY: the next activations have so many columns for each token.
                let out = unsafe { std::slice::from_raw_parts_mut(out.add(token * columns + column), count) };
                out.copy_from_slice(&gated[..count]);
            }
        }
    }
}

#[cfg(test)]
mod tests;
