#![allow(unsafe_code)]
//! Products of activations with float weights: `out[r][c] = sum_k x[r][k] * w[c][k] + bias[c]`.
//!
//! Weights stay in the type of the file (f32, bf16 or f16) and are widened in registers. A matrix is repacked once into
//! panels of some outputs each, in which the weights of one `k` lie side by side; all rows pass by a part of a panel
//! while it is in the first cache. Every number of the product is one sum over `k` in ascending order, in f32 with
//! fused multiplication, broken off and added up every [`DEPTH`] numbers: whatever the number of rows and threads, and
//! the same bits on every CPU that fuses. candle's own f32 product (the gemm crate) picks its blocking by the number of
//! rows, and with it the order of its sums.
//!
//! The blocking is that of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008), with
//! activations read where they lie.

mod panels;
mod tiles;
mod weight;

use super::{Isa, parallel};
pub use panels::FloatMatrix;
use std::ops::Range;
use tiles::{Tile, WIDEST};
pub use weight::Weight;

/// Numbers of one sum before it is added to the others: with them a panel of f32 fills half of the first cache.
const DEPTH: usize = 128;

/// Rows that one unit of work covers: their activations stay in the second cache.
const ROWS: usize = 128;

/// Rows that are computed at once.
const TALLEST: usize = 8;

/// Steps of a sum after which a line of the next weights is asked for.
const ASK: usize = 4;

/// Bytes of a line of the cache.
const LINE: usize = 64;

impl FloatMatrix {
    /// Multiplies `x` (by row as many numbers as the matrix has columns) with the matrix into `out` (by row as many
    /// as it has rows), adding `bias` where there is one.
    ///
    /// # Panics
    /// When a slice is shorter than its sizes say.
    pub fn multiply(&self, x: &[f32], bias: Option<&[f32]>, out: &mut [f32]) {
        let (outputs, k) = (self.rows(), self.columns());
        if outputs == 0 || k == 0 {
            return;
        }
        let rows = out.len() / outputs;
        assert!(x.len() >= rows * k);
        assert!(bias.is_none_or(|bias| bias.len() >= outputs));
        let row_blocks = rows.div_ceil(ROWS);
        let target = out.as_mut_ptr() as usize;
        parallel(row_blocks * self.panels(), |units| {
            for unit in units {
                let (panel, block) = (unit / row_blocks, unit % row_blocks);
                // SAFETY: sizes were checked; units have parts of the output of their own.
                unsafe { self.block(panel, &x[..rows * k], block, bias, (target as *mut f32, outputs)) };
            }
        });
    }

    /// The same for the outputs of some whole panels, into `out` with a row of just these for each of `x`: on the
    /// calling thread alone.
    ///
    /// # Panics
    /// As [`FloatMatrix::multiply`], and when the outputs do not begin with a panel.
    pub fn multiply_columns(&self, x: &[f32], bias: Option<&[f32]>, outputs: Range<usize>, out: &mut [f32]) {
        let (k, count) = (self.columns(), outputs.len());
        if count == 0 || k == 0 {
            return;
        }
        let rows = out.len() / count;
        assert!(outputs.start.is_multiple_of(self.width()) && outputs.end <= self.rows());
        assert!(outputs.end == self.rows() || outputs.end.is_multiple_of(self.width()));
        assert!(x.len() >= rows * k);
        assert!(bias.is_none_or(|bias| bias.len() >= outputs.end));
        // Where output 0 of row 0 would be.
        let target = out.as_mut_ptr().wrapping_sub(outputs.start);
        for block in 0..rows.div_ceil(ROWS) {
            for panel in outputs.start / self.width()..outputs.end.div_ceil(self.width()) {
                // SAFETY: sizes were checked, and `out` holds these outputs of these rows.
                unsafe { self.block(panel, &x[..rows * k], block, bias, (target, count)) };
            }
        }
    }

    /// The outputs of a panel for the rows of `x` of one block of [`ROWS`], into `out`, where the first output of the first
    /// row of all would be and how far rows are apart.
    ///
    /// # Safety
    /// `out` is valid for these outputs of these rows, and nobody else uses that part of it.
    unsafe fn block(
        &self,
        panel: usize,
        x: &[f32],
        block: usize,
        bias: Option<&[f32]>,
        (out, stride): (*mut f32, usize),
    ) {
        let (k, first) = (self.columns(), block * ROWS);
        let job = Job {
            isa: self.isa(),
            x: &x[first * k..x.len().min((first + ROWS) * k)],
            k,
            bias,
            out: out.wrapping_add(first * stride),
            stride,
        };
        // SAFETY: the matrix's instruction set is there; the rest by contract.
        unsafe { self.with_panel(panel, job) };
    }
}

/// Some rows of the product.
struct Job<'a> {
    isa: Isa,
    /// Rows of activations, one after the other.
    x: &'a [f32],
    /// Numbers of each.
    k: usize,
    /// What is added to each output.
    bias: Option<&'a [f32]>,
    /// Where the first output of the first row would be, and how far rows are apart.
    out: *mut f32,
    stride: usize,
}

impl Job<'_> {
    /// `panel` holds the weights, by `k` those of all of its outputs: `count`, from `first` on.
    ///
    /// # Safety
    /// The CPU has the instruction set. `out` is valid for these outputs of as many rows as `x` has, and nobody else uses
    /// that part of it.
    unsafe fn run<W: Weight>(&self, panel: &[W], first: usize, count: usize) {
        let rows = self.x.len() / self.k;
        let width = tiles::width(self.isa);
        let mut bias = [0.0; WIDEST];
        if let Some(all) = self.bias {
            bias[..count].copy_from_slice(&all[first..first + count]);
        }
        let out = self.out.wrapping_add(first);
        if count == width {
            // SAFETY: the caller's contract.
            return unsafe { self.whole(panel, &bias, out, self.stride) };
        }
        // The last panel of a matrix, which is filled up with zeros.
        let mut wide = vec![0.0; rows * width];
        // SAFETY: the instruction set by contract; room was made.
        unsafe { self.whole(panel, &bias, wide.as_mut_ptr(), width) };
        for (row, numbers) in wide.chunks(width).enumerate() {
            // SAFETY: outputs of ours by contract.
            let out = unsafe { std::slice::from_raw_parts_mut(out.add(row * self.stride), count) };
            out.copy_from_slice(&numbers[..count]);
        }
    }

    /// All outputs of a panel.
    ///
    /// # Safety
    /// As [`Job::run`]; `out` has room for a panel's width in each row, which are `stride` apart.
    unsafe fn whole<W: Weight>(&self, panel: &[W], bias: &[f32; WIDEST], out: *mut f32, stride: usize) {
        let rows = self.x.len() / self.k;
        let width = tiles::width(self.isa);
        for from in (0..self.k).step_by(DEPTH) {
            let (panel, rest) = panel[from * width..].split_at(DEPTH.min(self.k - from) * width);
            let mut row = 0;
            while row < rows {
                let tile = Tile {
                    x: &self.x[row * self.k + from..],
                    k: self.k,
                    panel,
                    // Those of the next sums, or of the next panel, which follows.
                    ahead: rest
                        .as_ptr()
                        .wrapping_add(row / TALLEST * DEPTH * LINE / size_of::<W>() / ASK),
                    bias: (from == 0).then_some(bias),
                    out: out.wrapping_add(row * stride),
                    stride,
                };
                // SAFETY: the caller's contract.
                row += unsafe { tile.run(self.isa, rows - row) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::noise;
    use super::*;
    use half::{bf16, f16};

    /// The instruction sets of this CPU; `true` for those that fuse multiplication and addition.
    fn sets() -> Vec<(Isa, bool)> {
        let mut sets = vec![(Isa::Baseline, super::super::simd::BASELINE_FMA)];
        #[cfg(target_arch = "x86_64")]
        for (isa, there) in [
            (Isa::Avx512, is_x86_feature_detected!("avx512bw")),
            (Isa::Avx2, is_x86_feature_detected!("fma")),
        ] {
            match there {
                true => sets.push((isa, true)),
                false => println!("this CPU has no {isa:?}: nothing to compare"),
            }
        }
        sets
    }

    /// The sum as this module's documentation has it.
    fn in_order(x: &[f32], w: &[f32], bias: f32) -> f32 {
        let mut total = None;
        for (x, w) in x.chunks(DEPTH).zip(w.chunks(DEPTH)) {
            let sum = x.iter().zip(w).fold(0.0f32, |sum, (x, w)| x.mul_add(*w, sum));
            total = Some(total.map_or(sum + bias, |total: f32| total + sum));
        }
        total.unwrap_or(bias)
    }

    #[test]
    fn every_instruction_set_adds_in_the_same_order() {
        // Columns that fill no panel, sums that are broken off, rows for every height of a tile.
        for (rows, k, columns) in [(15, 300, 50), (1, 128, 48), (8, 129, 16), (3, 40, 101)] {
            let (x, w, bias) = (noise(rows * k, 1), noise(columns * k, 2), noise(columns, 3));
            let expected: Vec<f32> = x
                .chunks(k)
                .flat_map(|x| {
                    w.chunks(k)
                        .zip(&bias)
                        .map(|(w, bias)| in_order(x, w, *bias))
                        .collect::<Vec<_>>()
                })
                .collect();
            for (isa, fuses) in sets() {
                let mut out = vec![0.0; rows * columns];
                FloatMatrix::on(isa, &w, columns, k).multiply(&x, Some(&bias), &mut out);
                for (found, expected) in out.iter().zip(&expected) {
                    let far = if fuses { 0.0 } else { 1e-5 };
                    assert!((found - expected).abs() <= far, "{isa:?} {rows} {k} {columns}");
                }
            }
        }
    }

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
        for (rows, k, columns) in [(1, 1, 1), (3, 17, 5), (9, 64, 33), (131, 96, 19), (140, 300, 197)] {
            let (x, w) = (noise(rows * k, 1), noise(columns * k, 2));
            let bias = noise(columns, 3);
            let mut out = vec![0.0; rows * columns];
            let matrix = FloatMatrix::new(&w, columns, k);
            matrix.multiply(&x, Some(&bias), &mut out);
            for (i, exact) in plain(&x, &w, k, columns).iter().enumerate() {
                let exact = exact + f64::from(bias[i % columns]);
                assert!((f64::from(out[i]) - exact).abs() < 1e-5, "{rows} {k} {columns}");
            }
            for row in 0..rows {
                let mut alone = vec![0.0; columns];
                matrix.multiply(&x[row * k..(row + 1) * k], Some(&bias), &mut alone);
                assert_eq!(alone, out[row * columns..(row + 1) * columns]);
            }
            // The same for the last panels alone.
            let first = columns / 2 / matrix.width() * matrix.width();
            let mut part = vec![0.0; rows * (columns - first)];
            matrix.multiply_columns(&x, Some(&bias), first..columns, &mut part);
            for (row, part) in part.chunks(columns - first).enumerate() {
                assert_eq!(*part, out[row * columns + first..(row + 1) * columns]);
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
        FloatMatrix::new(&w, columns, k).multiply(&x, None, &mut a);
        FloatMatrix::new(&wide, columns, k).multiply(&x, None, &mut b);
        assert_eq!(a, b);
    }

    #[test]
    fn rows_that_cannot_be_read_are_an_error() {
        let read = |row: usize, _: &mut [f32]| if row > 0 { Err("no disk") } else { Ok(()) };
        assert_eq!(FloatMatrix::read(100, 8, read).unwrap_err(), "no disk");
        assert!(FloatMatrix::read(5, 8, read).is_ok());
    }

    #[test]
    fn rows_come_back_as_they_were() {
        let (rows, columns) = (101, 37);
        let numbers: Vec<f16> = noise(rows * columns, 4).into_iter().map(f16::from_f32).collect();
        for (isa, _) in sets() {
            let matrix = FloatMatrix::on(isa, &numbers, rows, columns);
            let mut out = vec![0.0; columns];
            for (row, expected) in numbers.chunks(columns).enumerate() {
                matrix.row(row, &mut out);
                assert!(
                    out.iter()
                        .zip(expected)
                        .all(|(found, exact)| *found == exact.to_f32())
                );
            }
        }
    }
}
