#![allow(unsafe_code)]
//! Products of activations with float weights: `out[r][c] = sum_k x[r][k] * w[c][k] + bias[c]`.
//!
//! Weights stay in the type of the file (f32, bf16 or f16) and are widened in registers; sums are
//! f32. A dot product runs over `k` in 16 lanes which are added in a fixed order at the end,
//! whatever the number of rows: candle's own f32 product (the gemm crate) picks its blocking by the
//! number of rows, and with it the order of its sums.

use super::simd::{BASELINE_FMA, LANES, Lanes, fma, sum};
use super::{Isa, isa, parallel};
use half::{bf16, f16};

/// A type of weights.
pub trait Weight: Copy + Send + Sync {
    /// The number as f32, exactly.
    fn wide(self) -> f32;
}

impl Weight for f32 {
    #[inline(always)]
    fn wide(self) -> f32 {
        self
    }
}

impl Weight for bf16 {
    #[inline(always)]
    fn wide(self) -> f32 {
        f32::from_bits(u32::from(self.to_bits()) << 16)
    }
}

impl Weight for f16 {
    /// Without branches and calls, so that it is vectorized: the exponent is rebiased by an exact
    /// multiplication with 2^112, which also normalizes subnormals.
    #[inline(always)]
    fn wide(self) -> f32 {
        let bits = u32::from(self.to_bits());
        let magnitude = f32::from_bits((bits & 0x7fff) << 13) * f32::from_bits(0x7780_0000);
        // Infinity and NaN have the largest exponent in both types.
        let special = if bits & 0x7c00 == 0x7c00 { 0x7f80_0000 } else { 0 };
        f32::from_bits(magnitude.to_bits() | special | ((bits & 0x8000) << 16))
    }
}

/// Columns that one unit of work covers: with `k` up to a few thousand its weights stay in the
/// first two caches while all rows pass by.
const COLUMNS: usize = 16;

/// Rows that one unit of work covers.
const ROWS: usize = 128;

/// Multiplies `x` (`rows` by `k`, row after row) with `w` (`columns` by `k`, row after row) into
/// `out` (`rows` by `columns`), adding `bias` (`columns`) where there is one.
///
/// # Panics
/// When a slice is shorter than its sizes say.
pub fn matmul<W: Weight>(
    x: &[f32],
    w: &[W],
    bias: Option<&[f32]>,
    k: usize,
    columns: usize,
    out: &mut [f32],
) {
    if columns == 0 || k == 0 {
        return;
    }
    let rows = out.len() / columns;
    assert!(x.len() >= rows * k && w.len() >= columns * k);
    assert!(bias.is_none_or(|b| b.len() >= columns));
    let row_blocks = rows.div_ceil(ROWS);
    let column_blocks = columns.div_ceil(COLUMNS);
    let target = out.as_mut_ptr() as usize;
    parallel(row_blocks * column_blocks, |units| {
        for unit in units {
            let (c, r) = (unit / row_blocks * COLUMNS, unit % row_blocks * ROWS);
            let job = Job {
                x: x.as_ptr(),
                w: w.as_ptr(),
                bias: bias.map_or(std::ptr::null(), <[f32]>::as_ptr),
                k,
                columns,
                out: target as *mut f32,
                row: (r, rows.min(r + ROWS)),
                column: (c, columns.min(c + COLUMNS)),
            };
            run(&job);
        }
    });
}

struct Job<W> {
    x: *const f32,
    w: *const W,
    bias: *const f32,
    k: usize,
    columns: usize,
    out: *mut f32,
    row: (usize, usize),
    column: (usize, usize),
}

fn run<W: Weight>(job: &Job<W>) {
    match isa() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `isa` found the features; `matmul` checked the sizes and hands each unit a part
        // of the output of its own.
        Isa::Avx512 => unsafe { avx512(job) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Isa::Avx2 => unsafe { avx2(job) },
        // SAFETY: as above.
        _ => unsafe { block::<W, 2, 2, BASELINE_FMA>(job) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
unsafe fn avx512<W: Weight>(job: &Job<W>) {
    // SAFETY: the caller's contract, passed on.
    unsafe { block::<W, 4, 4, true>(job) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<W: Weight>(job: &Job<W>) {
    // SAFETY: the caller's contract, passed on.
    unsafe { block::<W, 2, 2, true>(job) }
}

/// # Safety
/// `job`'s pointers are valid for its ranges, and no other thread writes the same part of `out`.
#[inline(always)]
unsafe fn block<W: Weight, const MR: usize, const NR: usize, const FMA: bool>(job: &Job<W>) {
    let mut column = job.column.0;
    while column < job.column.1 {
        let wide = job.column.1 - column >= NR;
        let mut row = job.row.0;
        while row < job.row.1 {
            let tall = job.row.1 - row >= MR;
            // SAFETY: rows and columns lie within the job's ranges.
            unsafe {
                match (tall, wide) {
                    (true, true) => tile::<W, MR, NR, FMA>(job, row, column),
                    (true, false) => tile::<W, MR, 1, FMA>(job, row, column),
                    (false, true) => tile::<W, 1, NR, FMA>(job, row, column),
                    (false, false) => tile::<W, 1, 1, FMA>(job, row, column),
                }
            }
            row += if tall { MR } else { 1 };
        }
        column += if wide { NR } else { 1 };
    }
}

/// # Safety
/// As [`block`], for `MR` rows from `row` and `NR` columns from `column`.
#[inline(always)]
unsafe fn tile<W: Weight, const MR: usize, const NR: usize, const FMA: bool>(
    job: &Job<W>,
    row: usize,
    column: usize,
) {
    let k = job.k;
    let mut sums = [[[0.0f32; LANES]; NR]; MR];
    let whole = k / LANES * LANES;
    // SAFETY: `at + LANES <= k`, and rows and columns lie within `x` and `w`.
    unsafe {
        let x = job.x.add(row * k);
        let w = job.w.add(column * k);
        let mut at = 0;
        while at < whole {
            let mut weights = [[0.0f32; LANES]; NR];
            for (c, weights) in weights.iter_mut().enumerate() {
                let raw = w.add(c * k + at).cast::<[W; LANES]>().read_unaligned();
                for lane in 0..LANES {
                    weights[lane] = raw[lane].wide();
                }
            }
            for r in 0..MR {
                let x = x.add(r * k + at).cast::<Lanes>().read_unaligned();
                for c in 0..NR {
                    for lane in 0..LANES {
                        sums[r][c][lane] = fma::<FMA>(x[lane], weights[c][lane], sums[r][c][lane]);
                    }
                }
            }
            at += LANES;
        }
        for r in 0..MR {
            for c in 0..NR {
                for at in whole..k {
                    let lane = at - whole;
                    let product = (*x.add(r * k + at), (*w.add(c * k + at)).wide());
                    sums[r][c][lane] = fma::<FMA>(product.0, product.1, sums[r][c][lane]);
                }
            }
        }
        for r in 0..MR {
            for c in 0..NR {
                let mut total = sum(&sums[r][c]);
                if !job.bias.is_null() {
                    total += *job.bias.add(column + c);
                }
                *job.out.add((row + r) * job.columns + column + c) = total;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::noise;
    use super::*;

    fn plain(x: &[f32], w: &[f32], k: usize, columns: usize) -> Vec<f64> {
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        x.chunks(k)
            .flat_map(|x| w.chunks(k).map(|w| dot(x, w)).take(columns).collect::<Vec<_>>())
            .collect()
    }

    #[test]
    fn products_of_every_size_are_right_and_rows_do_not_feel_each_other() {
        for (rows, k, columns) in [(1, 1, 1), (3, 17, 5), (9, 64, 33), (131, 96, 19)] {
            let (x, w) = (noise(rows * k, 1), noise(columns * k, 2));
            let bias = noise(columns, 3);
            let mut out = vec![0.0; rows * columns];
            matmul(&x, &w, Some(&bias), k, columns, &mut out);
            for (i, exact) in plain(&x, &w, k, columns).iter().enumerate() {
                let exact = exact + f64::from(bias[i % columns]);
                assert!((f64::from(out[i]) - exact).abs() < 1e-5, "{rows} {k} {columns}");
            }
            for row in 0..rows {
                let mut alone = vec![0.0; columns];
                matmul(
                    &x[row * k..(row + 1) * k],
                    &w,
                    Some(&bias),
                    k,
                    columns,
                    &mut alone,
                );
                assert_eq!(alone, out[row * columns..(row + 1) * columns]);
            }
        }
    }

    #[test]
    fn narrow_weights_are_widened_exactly() {
        for bits in 0..=u16::MAX {
            let (ours, exact) = (f16::from_bits(bits).wide(), f16::from_bits(bits).to_f32());
            assert!(ours == exact || (ours.is_nan() && exact.is_nan()), "{bits:x}");
            let (ours, exact) = (bf16::from_bits(bits).wide(), bf16::from_bits(bits).to_f32());
            assert!(ours == exact || (ours.is_nan() && exact.is_nan()), "{bits:x}");
        }
    }

    #[test]
    fn narrow_products_equal_wide_ones_of_the_same_numbers() {
        let (k, columns) = (80, 21);
        let x = noise(7 * k, 5);
        let w: Vec<bf16> = noise(columns * k, 6).into_iter().map(bf16::from_f32).collect();
        let wide: Vec<f32> = w.iter().map(|w| w.to_f32()).collect();
        let (mut a, mut b) = (vec![0.0; 7 * columns], vec![0.0; 7 * columns]);
        matmul(&x, &w, None, k, columns, &mut a);
        matmul(&x, &wide, None, k, columns, &mut b);
        assert_eq!(a, b);
    }
}
