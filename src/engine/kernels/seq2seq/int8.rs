#![allow(unsafe_code)]
//! Products of 8-bit integers: weights quantized row by row when a model is loaded, activations row by
//! row as they come.
//!
//! Both are symmetric, in -127..=127, with one scale for each row. The sums are exact integers on
//! every instruction set, so that a product has the same bits everywhere.
//!
//! Weights lie in panels of 16 output columns; in a panel, four consecutive inputs of all 16 columns
//! fill 64 bytes: one register of AVX-512, whose VNNI multiplies and adds all of them at once. VNNI
//! wants one factor unsigned: activations are stored 128 higher, and 128 times the sum of a column's
//! weights is taken off at the end.

#[cfg(target_arch = "x86_64")]
mod avx2;

use crate::engine::kernels::simd::{LANES, Lanes, max};
use crate::engine::kernels::{Failure, Isa, isa, parallel};
use std::sync::{Mutex, PoisonError};

/// Output columns of a panel.
const PANEL: usize = 16;
/// Inputs whose products are added in one lane.
const QUAD: usize = 4;
/// Inputs are padded to a multiple of this.
const STEP: usize = 64;
/// Panels that one unit of work covers.
const PANELS: usize = 4;
/// Rows that one unit of work covers: their activations stay in the second cache.
const ROWS: usize = 96;

/// A matrix of quantized weights.
#[derive(Debug)]
pub struct Int8Matrix {
    /// Numbers of an output row.
    rows: usize,
    /// Numbers of an input row, padded.
    padded: usize,
    /// Panel after panel: `[inputs / 4][16 columns][4 inputs]`.
    panels: Vec<Block>,
    /// For each column, padded to whole panels.
    scales: Vec<f32>,
    /// 128 times the sum of a column's weights.
    offsets: Vec<i32>,
}

/// One register of weights: 4 inputs of 16 columns.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Block([i8; 64]);

/// Puts one row of weights into its panel, where it is column `r`; its scale, and 128 times the sum of its weights.
fn quantize_weights(numbers: &[f32], r: usize, panel: &mut [Block]) -> (f32, i32) {
    let most = numbers.iter().fold(0.0f32, |most, x| most.max(x.abs()));
    let inverse = if most > 0.0 { 127.0 / most } else { 0.0 };
    let mut sum = 0;
    for (k, x) in numbers.iter().enumerate() {
        let q = (x * inverse).round_ties_even() as i8;
        sum += i32::from(q);
        panel[k / QUAD].0[r * QUAD + k % QUAD] = q;
    }
    (most / 127.0, 128 * sum)
}

/// Rows of quantized activations.
#[derive(Debug, Default)]
pub struct Int8Rows {
    padded: usize,
    /// Each 128 higher.
    numbers: Vec<u8>,
    scales: Vec<f32>,
}

impl Int8Matrix {
    /// Quantizes `rows` rows of `columns` numbers as they come: `read` fills its slice with whole rows, from the one
    /// on that it is told. Only a panel of them is in memory beside what they become.
    ///
    /// # Errors
    /// One of those that `read` had.
    pub fn read<E: Send>(
        rows: usize,
        columns: usize,
        read: impl Fn(usize, &mut [f32]) -> Result<(), E> + Sync,
    ) -> Result<Self, E> {
        let padded = columns.next_multiple_of(STEP);
        let blocks = padded / QUAD;
        let whole = rows.next_multiple_of(PANEL);
        let mut panels = vec![Block([0; 64]); whole / PANEL * blocks];
        let (mut scales, mut offsets) = (vec![0.0; whole], vec![0; whole]);
        let parts: Vec<Mutex<_>> = panels
            .chunks_mut(blocks.max(1))
            .zip(scales.chunks_mut(PANEL))
            .zip(offsets.chunks_mut(PANEL))
            .map(Mutex::new)
            .collect();
        let failure = Failure::none();
        parallel(parts.len(), |units| {
            let mut numbers = vec![0.0; PANEL * columns];
            for unit in units {
                let first = unit * PANEL;
                let numbers = &mut numbers[..PANEL.min(rows - first) * columns];
                if let Err(error) = read(first, numbers) {
                    return failure.keep(error);
                }
                let mut part = parts[unit].lock().unwrap_or_else(PoisonError::into_inner);
                let ((panel, scales), offsets) = &mut *part;
                for (r, numbers) in numbers.chunks(columns).enumerate() {
                    (scales[r], offsets[r]) = quantize_weights(numbers, r, panel);
                }
            }
        });
        drop(parts);
        failure.or(Self {
            rows,
            padded,
            panels,
            scales,
            offsets,
        })
    }

    /// Numbers of an output row.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// `out = x · transposed + bias`, for all rows of `x`.
    ///
    /// # Panics
    /// When `x` has rows of another width, or a slice is too short.
    pub fn multiply(&self, x: &Int8Rows, bias: &[f32], out: &mut [f32]) {
        let count = x.scales.len();
        assert!(out.len() >= count * self.rows);
        let panels = self.rows.div_ceil(PANEL);
        let (row_units, panel_units) = (count.div_ceil(ROWS), panels.div_ceil(PANELS));
        let target = Target {
            out: out.as_mut_ptr(),
            stride: self.rows,
        };
        parallel(row_units * panel_units, |units| {
            let target = &target;
            for unit in units {
                let (rows, panel) = (unit % row_units * ROWS, unit / row_units * PANELS);
                let rows = rows..count.min(rows + ROWS);
                // SAFETY: units are disjoint, and `out` holds all rows.
                unsafe { self.part(x, bias, rows, panel..panels.min(panel + PANELS), target) };
            }
        });
    }

    /// The columns of some whole panels for some rows, into `out` with a row of just these columns
    /// for each: on the calling thread alone.
    ///
    /// # Panics
    /// As [`Int8Matrix::multiply`].
    pub fn multiply_columns(
        &self,
        x: &Int8Rows,
        bias: &[f32],
        rows: std::ops::Range<usize>,
        columns: std::ops::Range<usize>,
        out: &mut [f32],
    ) {
        assert!(columns.start.is_multiple_of(PANEL) && columns.end <= self.rows);
        assert!(rows.end <= x.scales.len() && out.len() >= rows.len() * columns.len());
        let target = Target {
            // Where column 0 of row 0 would be.
            out: out
                .as_mut_ptr()
                .wrapping_sub(rows.start * columns.len() + columns.start),
            stride: columns.len(),
        };
        let mut panel = columns.start / PANEL;
        let last = columns.end.div_ceil(PANEL);
        while panel < last {
            let next = last.min(panel + PANELS);
            // SAFETY: `out` holds these columns of these rows, and is this thread's.
            unsafe { self.part(x, bias, rows.clone(), panel..next, &target) };
            panel = next;
        }
    }

    /// # Safety
    /// `target` is valid for the rows and for those columns of the panels that there are, and no other
    /// thread writes them.
    unsafe fn part(
        &self,
        x: &Int8Rows,
        bias: &[f32],
        rows: std::ops::Range<usize>,
        panels: std::ops::Range<usize>,
        target: &Target,
    ) {
        assert!(x.padded == self.padded && bias.len() >= self.rows);
        assert!(panels.len() <= PANELS && panels.end * PANEL <= self.scales.len());
        let job = Job {
            matrix: self,
            x,
            bias,
            panels,
            target,
        };
        match isa() {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the features were found; the rest is this function's contract.
            Isa::Avx512 if has_vnni() => unsafe { vnni(&job, rows) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Isa::Avx512 | Isa::Avx2 => unsafe { avx2::rows(&job, rows) },
            // SAFETY: this function's contract.
            _ => unsafe { plain(&job, rows) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn has_vnni() -> bool {
    is_x86_feature_detected!("avx512vnni")
}

/// Whether this CPU multiplies 8-bit integers faster than floats.
pub fn is_fast() -> bool {
    isa() != Isa::Baseline
}

/// Where products go: row `r`, column `c` at `r * stride + c`.
struct Target {
    out: *mut f32,
    stride: usize,
}

// SAFETY: threads write disjoint parts, see `Int8Matrix::multiply`.
unsafe impl Sync for Target {}

struct Job<'a> {
    matrix: &'a Int8Matrix,
    x: &'a Int8Rows,
    bias: &'a [f32],
    panels: std::ops::Range<usize>,
    target: &'a Target,
}

impl Job<'_> {
    /// Scales one row's sums of one panel and writes them.
    ///
    /// # Safety
    /// As [`Int8Matrix::part`].
    #[inline(always)]
    unsafe fn write(&self, row: usize, panel: usize, sums: &[i32; PANEL]) {
        let first = panel * PANEL;
        let columns = PANEL.min(self.matrix.rows - first);
        let scale = self.x.scales[row];
        let scales = &self.matrix.scales[first..first + PANEL];
        let offsets = &self.matrix.offsets[first..first + PANEL];
        let mut out: Lanes = [0.0; LANES];
        for lane in 0..PANEL {
            out[lane] = (sums[lane] - offsets[lane]) as f32 * (scale * scales[lane]);
        }
        for (out, bias) in out.iter_mut().zip(&self.bias[first..first + columns]) {
            *out += bias;
        }
        let place = self.target.out.wrapping_add(row * self.target.stride + first);
        // SAFETY: the caller's contract.
        unsafe { std::ptr::copy_nonoverlapping(out.as_ptr(), place, columns) };
    }
}

/// # Safety
/// As [`Int8Matrix::part`], on a CPU with the features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")]
unsafe fn vnni(job: &Job, rows: std::ops::Range<usize>) {
    /// Rows in registers at once.
    const TALL: usize = 6;
    let mut row = rows.start;
    while row < rows.end {
        let count = (rows.end - row).min(TALL);
        // SAFETY: the caller's contract, for rows within the range.
        unsafe {
            match count {
                1 => vnni_rows::<1>(job, row),
                2 => vnni_rows::<2>(job, row),
                3 => vnni_rows::<3>(job, row),
                4 => vnni_rows::<4>(job, row),
                5 => vnni_rows::<5>(job, row),
                _ => vnni_rows::<TALL>(job, row),
            }
        }
        row += count;
    }
}

/// # Safety
/// As [`vnni`], for `MR` rows.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")]
unsafe fn vnni_rows<const MR: usize>(job: &Job, row: usize) {
    use std::arch::x86_64::{
        __m512i, _mm512_dpbusd_epi32, _mm512_load_si512, _mm512_set1_epi32, _mm512_setzero_si512,
        _mm512_storeu_si512,
    };
    let padded = job.matrix.padded;
    let blocks = padded / QUAD;
    let mut sums = [[_mm512_setzero_si512(); PANELS]; MR];
    // Panels that are not there repeat the last: their sums are not written.
    let last = job.panels.end - 1;
    let weights: [*const Block; PANELS] = std::array::from_fn(|p| {
        let panel = last.min(job.panels.start + p);
        job.matrix.panels[panel * blocks..].as_ptr()
    });
    let x: [*const u8; MR] = std::array::from_fn(|r| job.x.numbers[(row + r) * padded..].as_ptr());
    for block in 0..blocks {
        // SAFETY: panels have `blocks` blocks, rows `4 * blocks` numbers.
        unsafe {
            let w: [__m512i; PANELS] =
                std::array::from_fn(|p| _mm512_load_si512(weights[p].add(block).cast::<__m512i>()));
            for r in 0..MR {
                let four = x[r].add(block * QUAD).cast::<i32>().read_unaligned();
                let four = _mm512_set1_epi32(four);
                for p in 0..PANELS {
                    sums[r][p] = _mm512_dpbusd_epi32(sums[r][p], four, w[p]);
                }
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        for (sums, panel) in sums.iter().zip(job.panels.clone()) {
            let mut lanes = [0i32; PANEL];
            // SAFETY: 16 lanes; then the caller's contract.
            unsafe {
                _mm512_storeu_si512(lanes.as_mut_ptr().cast(), *sums);
                job.write(row + r, panel, &lanes);
            }
        }
    }
}

/// # Safety
/// As [`Int8Matrix::part`].
unsafe fn plain(job: &Job, rows: std::ops::Range<usize>) {
    let padded = job.matrix.padded;
    let blocks = padded / QUAD;
    for panel in job.panels.clone() {
        let weights = &job.matrix.panels[panel * blocks..(panel + 1) * blocks];
        for row in rows.clone() {
            let x = &job.x.numbers[row * padded..(row + 1) * padded];
            let mut sums = [0i32; PANEL];
            for (block, x) in weights.iter().zip(x.as_chunks::<QUAD>().0) {
                for lane in 0..PANEL {
                    for i in 0..QUAD {
                        sums[lane] += i32::from(x[i]) * i32::from(block.0[lane * QUAD + i]);
                    }
                }
            }
            // SAFETY: the caller's contract.
            unsafe { job.write(row, panel, &sums) };
        }
    }
}

impl Int8Rows {
    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.scales.len()
    }

    /// Quantizes packed rows of `width`. A row with a number that is not finite has a scale that is
    /// not a number, and so have its products.
    pub fn quantize(&mut self, x: &[f32], width: usize) {
        let count = x.len() / width.max(1);
        self.padded = width.next_multiple_of(STEP);
        self.numbers.resize(count * self.padded, 128);
        self.scales.resize(count, 0.0);
        let rows = self.numbers.chunks_mut(self.padded);
        for ((numbers, x), scale) in rows.zip(x.chunks(width)).zip(&mut self.scales) {
            quantize_row(x, numbers, scale);
            numbers[width..].fill(128);
        }
    }
}

by_isa!(quantize_row = quantize_body(x: &[f32], out: &mut [u8], scale: &mut f32));

#[inline(always)]
fn quantize_body<const FMA: bool>(x: &[f32], out: &mut [u8], scale: &mut f32) {
    // 1.5 * 2^23: adding it rounds to a whole number, which then sits in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let (whole, rest) = x.as_chunks::<LANES>();
    let mut most: Lanes = [0.0; LANES];
    let mut broken: Lanes = [0.0; LANES];
    let mut last: Lanes = [0.0; LANES];
    last[..rest.len()].copy_from_slice(rest);
    for chunk in whole.iter().chain(std::iter::once(&last)) {
        for lane in 0..LANES {
            let x = chunk[lane].abs();
            most[lane] = if x > most[lane] { x } else { most[lane] };
            broken[lane] += x * 0.0;
        }
    }
    let broken: f32 = broken.iter().sum();
    let most = max(&most);
    let inverse = if most > 0.0 { 127.0 / most } else { 0.0 };
    *scale = most / 127.0 + broken;
    for (out, x) in out.iter_mut().zip(x) {
        *out = ((x * inverse + ROUND).to_bits() as u8) ^ 0x80;
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::noise;
    use super::*;

    fn matrix(rows: usize, columns: usize) -> (Int8Matrix, Vec<f32>) {
        let weights = noise(rows * columns, 5);
        let read = |r: usize, out: &mut [f32]| {
            out.copy_from_slice(&weights[r * columns..][..out.len()]);
            Ok::<_, ()>(())
        };
        (Int8Matrix::read(rows, columns, read).unwrap(), weights)
    }

    #[test]
    fn rows_that_cannot_be_read_are_an_error() {
        let read = |r: usize, _: &mut [f32]| if r == 32 { Err(r) } else { Ok(()) };
        assert_eq!(Int8Matrix::read(100, 64, read).unwrap_err(), 32);
    }

    #[test]
    fn products_are_close_and_rows_do_not_feel_each_other() {
        for (count, k, rows) in [(1, 64, 16), (5, 100, 37), (13, 256, 100), (97, 64, 200)] {
            let (matrix, weights) = matrix(rows, k);
            let (numbers, bias) = (noise(count * k, 8), noise(rows, 9));
            let mut x = Int8Rows::default();
            x.quantize(&numbers, k);
            let mut out = vec![0.0; count * rows];
            matrix.multiply(&x, &bias, &mut out);
            for r in 0..count {
                for c in 0..rows {
                    let pairs = numbers[r * k..(r + 1) * k].iter().zip(&weights[c * k..]);
                    let exact: f32 = pairs.map(|(a, b)| a * b).sum::<f32>() + bias[c];
                    let found = out[r * rows + c];
                    let bound = 0.0105 * (k as f32).sqrt();
                    assert!((found - exact).abs() < bound, "{found} for {exact}");
                }
                let mut alone = Int8Rows::default();
                alone.quantize(&numbers[r * k..(r + 1) * k], k);
                let mut row = vec![0.0; rows];
                matrix.multiply(&alone, &bias, &mut row);
                assert_eq!(row, out[r * rows..(r + 1) * rows]);
            }
            let columns = rows / 2 / PANEL * PANEL..rows;
            let mut part = vec![0.0; count * columns.len()];
            matrix.multiply_columns(&x, &bias, 0..count, columns.clone(), &mut part);
            for r in 0..count {
                let row = &part[r * columns.len()..(r + 1) * columns.len()];
                assert_eq!(*row, out[r * rows + columns.start..r * rows + columns.end]);
            }
        }
    }

    /// Every way of computing gives the same bits.
    #[test]
    fn all_instruction_sets_agree() {
        let (count, k, rows) = (15, 192, 75);
        let (matrix, _) = matrix(rows, k);
        let bias = noise(rows, 3);
        let mut numbers = noise(count * k, 2);
        // The extremes, which would overflow 16 bits if they could.
        numbers[..k].fill(1.0);
        numbers[k..2 * k].fill(-1.0);
        let mut x = Int8Rows::default();
        x.quantize(&numbers, k);
        let run = |way: unsafe fn(&Job, std::ops::Range<usize>)| {
            let mut out = vec![0.0f32; count * rows];
            let target = Target {
                out: out.as_mut_ptr(),
                stride: rows,
            };
            let mut panel = 0;
            while panel < rows.div_ceil(PANEL) {
                let job = Job {
                    matrix: &matrix,
                    x: &x,
                    bias: &bias,
                    panels: panel..rows.div_ceil(PANEL).min(panel + PANELS),
                    target: &target,
                };
                // One row, some, and more than fit into the registers.
                for rows in [0..1, 1..4, 4..count] {
                    // SAFETY: `out` holds all rows and columns; the features are checked below.
                    unsafe { way(&job, rows) };
                }
                panel += PANELS;
            }
            out
        };
        let expected = run(plain);
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                assert_eq!(run(avx2::rows), expected);
            }
            if is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512dq") && has_vnni() {
                assert_eq!(run(vnni), expected);
            }
        }
        let mut found = vec![0.0; count * rows];
        matrix.multiply(&x, &bias, &mut found);
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        let (matrix, _) = matrix(16, 64);
        for broken in [f32::NAN, f32::INFINITY] {
            let mut numbers = noise(64, 1);
            numbers[7] = broken;
            let mut x = Int8Rows::default();
            x.quantize(&numbers, 64);
            let mut out = vec![0.0; 16];
            matrix.multiply(&x, &[0.0; 16], &mut out);
            assert!(out.iter().all(|x| x.is_nan()));
        }
        let mut x = Int8Rows::default();
        x.quantize(&[0.0; 64], 64);
        let mut out = vec![1.0; 16];
        matrix.multiply(&x, &[0.5; 16], &mut out);
        assert_eq!(out, [0.5; 16]);
    }
}
