#![allow(unsafe_code)]
//! A float matrix, repacked for products.

use super::super::packed::Lines;
use super::super::{Failure, Isa, each_part, isa};
use super::{Job, Weight, tiles};
use half::{bf16, f16};
use std::convert::Infallible;

/// A matrix of outputs (rows) by inputs (columns) in panels of [`tiles::width`] rows each, the last one filled up with
/// zeros: by column the weights of all rows of the panel. It takes as many bytes as the numbers that it was made of.
#[derive(Debug)]
pub struct FloatMatrix {
    numbers: Lines,
    form: Form,
    rows: usize,
    columns: usize,
    isa: Isa,
}

/// Types of weights, by number of [`Weight::FORM`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 32-bit floats.
    F32,
    /// bfloat16.
    Bf16,
    /// IEEE half.
    F16,
}

impl FloatMatrix {
    /// Repacks `rows` rows of `columns` numbers each.
    ///
    /// # Panics
    /// When there are fewer numbers.
    pub fn new<W: Weight>(numbers: &[W], rows: usize, columns: usize) -> Self {
        Self::on(isa(), numbers, rows, columns)
    }

    /// The same for an instruction set that this CPU has.
    pub(super) fn on<W: Weight>(isa: Isa, numbers: &[W], rows: usize, columns: usize) -> Self {
        assert!(numbers.len() >= rows * columns);
        let read = |row: usize, out: &mut [W]| {
            out.copy_from_slice(&numbers[row * columns..][..out.len()]);
            Ok::<_, Infallible>(())
        };
        match Self::read_on(isa, rows, columns, read) {
            Ok(packed) => packed,
            Err(never) => match never {},
        }
    }

    /// Repacks `rows` rows of `columns` numbers as they come: `read` fills its slice with whole rows, from the one on
    /// that it is told. Only a panel of them is in memory beside what they become.
    ///
    /// # Errors
    /// One of those that `read` had.
    pub fn read<W: Weight, E: Send>(
        rows: usize,
        columns: usize,
        read: impl Fn(usize, &mut [W]) -> Result<(), E> + Sync,
    ) -> Result<Self, E> {
        Self::read_on(isa(), rows, columns, read)
    }

    fn read_on<W: Weight, E: Send>(
        isa: Isa,
        rows: usize,
        columns: usize,
        read: impl Fn(usize, &mut [W]) -> Result<(), E> + Sync,
    ) -> Result<Self, E> {
        let width = tiles::width(isa);
        let mut packed = Self {
            numbers: Lines::zeroed(rows.next_multiple_of(width) * columns * size_of::<W>()),
            form: W::FORM,
            rows,
            columns,
            isa,
        };
        let length = rows.next_multiple_of(width) * columns;
        // SAFETY: so much room was made, zeroed, which every type of weights may be; it begins at a cache line.
        let out = unsafe {
            std::slice::from_raw_parts_mut(packed.numbers.bytes_mut().as_mut_ptr().cast::<W>(), length)
        };
        let failure = Failure::none();
        each_part(out, width * columns, true, |panel, out| {
            let count = width.min(rows - panel * width);
            let mut source = vec![W::default(); count * columns];
            if let Err(error) = read(panel * width, &mut source) {
                return failure.keep(error);
            }
            // Some columns at a time, so that what is written stays in the first cache.
            for from in (0..columns).step_by(16) {
                for (row, numbers) in source.chunks_exact(columns).enumerate() {
                    for column in from..columns.min(from + 16) {
                        out[column * width + row] = numbers[column];
                    }
                }
            }
        });
        failure.or(packed)
    }

    /// Rows: outputs of the product.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns: inputs of the product.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Writes one row to `out`.
    ///
    /// # Panics
    /// When there is no such row, or `out` is shorter than a row.
    pub fn row(&self, row: usize, out: &mut [f32]) {
        match self.form {
            Form::F32 => self.row_of::<f32>(row, out),
            Form::Bf16 => self.row_of::<bf16>(row, out),
            Form::F16 => self.row_of::<f16>(row, out),
        }
    }

    fn row_of<W: Weight>(&self, row: usize, out: &mut [f32]) {
        assert!(row < self.rows);
        let width = self.width();
        let panel = self.panel::<W>(row / width);
        for (column, out) in out[..self.columns].iter_mut().enumerate() {
            *out = panel[column * width + row % width].wide();
        }
    }

    pub(super) fn isa(&self) -> Isa {
        self.isa
    }

    /// Rows of a panel.
    pub(super) fn width(&self) -> usize {
        tiles::width(self.isa)
    }

    pub(super) fn panels(&self) -> usize {
        self.rows.div_ceil(self.width())
    }

    fn panel<W: Weight>(&self, panel: usize) -> &[W] {
        assert!(W::FORM == self.form && panel < self.panels());
        let length = self.width() * self.columns;
        // SAFETY: so many numbers of this type were written; they begin at a cache line.
        unsafe {
            std::slice::from_raw_parts(
                self.numbers.bytes().as_ptr().cast::<W>().add(panel * length),
                length,
            )
        }
    }

    /// Computes the outputs of a panel.
    ///
    /// # Safety
    /// As [`Job::run`].
    pub(super) unsafe fn with_panel(&self, panel: usize, job: Job) {
        let first = panel * self.width();
        let count = self.width().min(self.rows - first);
        // SAFETY: the caller's contract.
        unsafe {
            match self.form {
                Form::F32 => job.run(self.panel::<f32>(panel), first, count),
                Form::Bf16 => job.run(self.panel::<bf16>(panel), first, count),
                Form::F16 => job.run(self.panel::<f16>(panel), first, count),
            }
        }
    }
}
