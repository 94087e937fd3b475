//! Matrices at work on the CPU: products with packed rows, lookups, and the best tokens of the output
//! matrix.

use super::network::{Wanted, best_of_block};
use crate::engine::kernels::each_part;
use crate::engine::kernels::matmul::FloatMatrix;
use crate::engine::kernels::seq2seq::int8::{Int8Matrix, Int8Rows};
use crate::engine::kernels::seq2seq::top::{BLOCK, Candidates};
use half::{bf16, f16};
use std::ops::Range;
use std::sync::Arc;

/// The numbers of a matrix, in the type in which they are kept.
#[derive(Debug)]
pub(super) enum Numbers {
    F32(Vec<f32>),
    F16(Vec<f16>),
    Bf16(Vec<bf16>),
}

impl Numbers {
    /// Calls `work` with the numbers of a row of that width.
    pub(super) fn row(&self, row: usize, width: usize, work: impl FnOnce(&mut dyn Iterator<Item = f32>)) {
        let range = row * width..(row + 1) * width;
        match self {
            Self::F32(numbers) => work(&mut numbers[range].iter().copied()),
            Self::F16(numbers) => work(&mut numbers[range].iter().map(|x| x.to_f32())),
            Self::Bf16(numbers) => work(&mut numbers[range].iter().map(|x| x.to_f32())),
        }
    }
}

/// A table of embeddings.
#[derive(Debug)]
pub(super) enum Table {
    /// For lookups alone.
    Plain(Numbers),
    /// The output matrix too.
    Shared(Arc<FloatMatrix>),
}

impl Table {
    /// Calls `work` with the numbers of a row of that width.
    pub(super) fn row(&self, row: usize, width: usize, work: impl FnOnce(&mut dyn Iterator<Item = f32>)) {
        match self {
            Self::Plain(numbers) => numbers.row(row, width, work),
            Self::Shared(matrix) => {
                let mut numbers = vec![0.0; width];
                matrix.row(row, &mut numbers);
                work(&mut numbers.into_iter());
            }
        }
    }
}

#[derive(Debug)]
enum Form {
    Float(Arc<FloatMatrix>),
    Int8(Int8Matrix),
}

/// A matrix with a bias: `out = x · transposed + bias`.
#[derive(Debug)]
pub(super) struct Product {
    /// Numbers of an output row.
    rows: usize,
    /// Numbers of an input row.
    columns: usize,
    form: Form,
    bias: Vec<f32>,
}

impl Product {
    /// `matrix` has a row for each number of `bias`.
    pub(super) fn float(matrix: Arc<FloatMatrix>, bias: Vec<f32>) -> Self {
        Self {
            rows: bias.len(),
            columns: matrix.columns(),
            form: Form::Float(matrix),
            bias,
        }
    }

    /// The same in 8 bits, for input rows of that many numbers.
    pub(super) fn int8(matrix: Int8Matrix, bias: Vec<f32>, columns: usize) -> Self {
        Self {
            rows: bias.len(),
            columns,
            form: Form::Int8(matrix),
            bias,
        }
    }

    /// Writes the products of the packed rows of `x` into `out`.
    pub(super) fn forward(&self, x: &[f32], quantized: &mut Int8Rows, out: &mut Vec<f32>) {
        out.resize(x.len() / self.columns * self.rows, 0.0);
        let columns = self.columns;
        match &self.form {
            Form::Float(matrix) => matrix.multiply(x, Some(&self.bias), out),
            Form::Int8(matrix) => {
                quantized.quantize(x, columns);
                matrix.multiply(quantized, &self.bias, out);
            }
        }
    }

    /// The products of the rows `rows` for the outputs `outputs`, which are some [`BLOCK`]s of them.
    fn block(
        &self,
        x: &[f32],
        quantized: &Int8Rows,
        rows: Range<usize>,
        outputs: Range<usize>,
        out: &mut [f32],
    ) {
        match &self.form {
            Form::Float(matrix) => {
                let out = &mut out[..rows.len() * outputs.len()];
                let x = &x[rows.start * self.columns..rows.end * self.columns];
                matrix.multiply_columns(x, Some(&self.bias), outputs, out);
            }
            Form::Int8(matrix) => matrix.multiply_columns(quantized, &self.bias, rows, outputs, out),
        }
    }

    /// The best output numbers of each row of `x`, as [`best_of`](super::network::best_of) finds them, with what each
    /// row must not be followed by.
    pub(super) fn best(
        &self,
        x: &[f32],
        forbidden: &[Vec<u32>],
        wanted: Wanted,
        quantized: &mut Int8Rows,
    ) -> Vec<Candidates> {
        if matches!(self.form, Form::Int8(_)) {
            quantized.quantize(x, self.columns);
        }
        let (count, quantized) = (forbidden.len(), &*quantized);
        // A block's logits are looked through while they are in the cache, and never written out.
        let mut parts = vec![Candidates::EMPTY; self.rows.div_ceil(BLOCK) * count];
        each_part(&mut parts, count, true, |block, parts| {
            /// Rows whose logits of a block lie in the cache.
            const ROWS: usize = 96;
            let outputs = block * BLOCK..self.rows.min((block + 1) * BLOCK);
            let mut logits = vec![0.0; ROWS.min(count) * outputs.len()];
            for first in (0..count).step_by(ROWS) {
                let rows = first..count.min(first + ROWS);
                self.block(x, quantized, rows.clone(), outputs.clone(), &mut logits);
                for (row, logits) in rows.zip(logits.chunks_mut(outputs.len())) {
                    parts[row] = best_of_block(logits, outputs.start, &forbidden[row], wanted);
                }
            }
        });
        let mut found = vec![Candidates::EMPTY; count];
        for block in parts.chunks(count.max(1)) {
            for ((found, part), forbidden) in found.iter_mut().zip(block).zip(forbidden) {
                found.merge(part.clone(), wanted.best + forbidden.len());
            }
        }
        for (found, forbidden) in found.iter_mut().zip(forbidden) {
            found.without(forbidden, wanted.best);
        }
        found
    }
}
