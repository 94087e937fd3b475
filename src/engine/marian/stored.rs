//! Matrices that are still on the disk, and the forms in which they come to work.
//!
//! A model of floats is as large as its file, and the table of embeddings is nearly half of it: a matrix is repacked
//! or quantized as its rows are read, so that it is never in memory twice.

use super::product::Numbers;
use crate::engine::error::EngineError;
use crate::engine::kernels::matmul::{FloatMatrix, Weight};
use crate::engine::kernels::seq2seq::int8::Int8Matrix;
use crate::engine::weights::{Extent, Matrix};
use candle_core::quantized::GgmlDType;
use half::{bf16, f16};

/// Rows of one tensor, or of several one after the other.
#[derive(Debug)]
pub(super) struct Stored<'a> {
    /// Each with its rows; not empty.
    parts: Vec<(Extent<'a>, usize)>,
    columns: usize,
}

impl<'a> Stored<'a> {
    pub(super) fn new(extent: Extent<'a>, rows: usize, columns: usize) -> Self {
        Self {
            parts: vec![(extent, rows)],
            columns,
        }
    }

    /// The same with the rows of `other`, which are as wide, behind.
    pub(super) fn above(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    fn rows(&self) -> usize {
        self.parts.iter().map(|(_, rows)| rows).sum()
    }

    /// The type of all parts, or f32, which holds each.
    fn dtype(&self) -> GgmlDType {
        let first = self.parts[0].0.dtype;
        match self.parts.iter().all(|(extent, _)| extent.dtype == first) {
            true => first,
            false => GgmlDType::F32,
        }
    }

    /// `f32`, `f16` or `bf16`.
    pub(super) fn type_name(&self) -> &'static str {
        match self.dtype() {
            GgmlDType::F16 => "f16",
            GgmlDType::BF16 => "bf16",
            _ => "f32",
        }
    }

    /// Fills `out` with whole rows, from row `first` on.
    fn read<W: Weight>(&self, mut first: usize, mut out: &mut [W]) -> Result<(), EngineError> {
        for (extent, rows) in &self.parts {
            let here = rows.saturating_sub(first) * self.columns;
            let (now, rest) = out.split_at_mut(here.min(out.len()));
            extent.read_floats(first * self.columns, now)?;
            out = rest;
            first = first.saturating_sub(*rows);
        }
        Ok(())
    }

    /// Ready for products of floats, in the type of the file.
    pub(super) fn at_work(&self) -> Result<FloatMatrix, EngineError> {
        let (rows, columns) = (self.rows(), self.columns);
        match self.dtype() {
            GgmlDType::F16 => FloatMatrix::read::<f16, _>(rows, columns, |row, out| self.read(row, out)),
            GgmlDType::BF16 => FloatMatrix::read::<bf16, _>(rows, columns, |row, out| self.read(row, out)),
            _ => FloatMatrix::read::<f32, _>(rows, columns, |row, out| self.read(row, out)),
        }
    }

    /// Ready for products in 8 bits.
    pub(super) fn quantized(&self) -> Result<Int8Matrix, EngineError> {
        Int8Matrix::read(self.rows(), self.columns, |row, out| self.read(row, out))
    }

    /// A table for lookups, in the type of the file.
    pub(super) fn table(&self) -> Result<Numbers, EngineError> {
        Ok(match self.dtype() {
            GgmlDType::F16 => Numbers::F16(self.all()?),
            GgmlDType::BF16 => Numbers::Bf16(self.all()?),
            _ => Numbers::F32(self.all()?),
        })
    }

    /// A table for lookups beside 8-bit products: f16 is much finer than these, and half of f32.
    pub(super) fn compact_table(&self) -> Result<Numbers, EngineError> {
        match self.dtype() {
            GgmlDType::F32 => Ok(Numbers::F16(self.all()?)),
            _ => self.table(),
        }
    }

    /// All numbers, for candle.
    pub(super) fn matrix(&self) -> Result<Matrix, EngineError> {
        Ok(match self.table()? {
            Numbers::F32(numbers) => Matrix::F32(numbers),
            Numbers::F16(numbers) => Matrix::F16(numbers),
            Numbers::Bf16(numbers) => Matrix::Bf16(numbers),
        })
    }

    fn all<W: Weight>(&self) -> Result<Vec<W>, EngineError> {
        let mut numbers = vec![W::default(); self.rows() * self.columns];
        self.read(0, &mut numbers)?;
        Ok(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::path::Path;

    #[test]
    fn rows_of_several_tensors_stand_below_each_other_whatever_their_types() {
        let columns = 5;
        let numbers: Vec<f32> = (0..columns * 130).map(|i| (i % 37) as f32 - 18.0).collect();
        let (wide, narrow) = numbers.split_at(columns * 70);
        let mut file = tempfile::tempfile().unwrap();
        for x in wide {
            file.write_all(&x.to_le_bytes()).unwrap();
        }
        for x in narrow {
            file.write_all(&f16::from_f32(*x).to_le_bytes()).unwrap();
        }
        let part = |dtype, start, rows| {
            let path = Path::new("model.safetensors");
            let extent = Extent {
                dtype,
                file: &file,
                path,
                start,
            };
            Stored::new(extent, rows, columns)
        };
        let stored = part(GgmlDType::F32, 0, 70).above(part(GgmlDType::F16, 4 * 5 * 70, 60));
        assert_eq!(stored.type_name(), "f32");
        let matrix = stored.at_work().unwrap();
        let table = stored.table().unwrap();
        let mut row = vec![0.0; columns];
        for (index, expected) in numbers.chunks(columns).enumerate() {
            matrix.row(index, &mut row);
            assert_eq!(row, expected, "row {index}");
            table.row(index, columns, |numbers| {
                assert!(numbers.eq(expected.iter().copied()))
            });
        }
        let both_narrow = part(GgmlDType::F16, 4 * 5 * 70, 60);
        assert_eq!(both_narrow.type_name(), "f16");
        assert!(matches!(stored.compact_table().unwrap(), Numbers::F16(_)));
    }
}
