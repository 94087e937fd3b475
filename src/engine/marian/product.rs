//! Matrices at work on the CPU: products with packed rows, and lookups.

use super::loading::floats;
use crate::engine::kernels::matmul::matmul;
use crate::engine::weights::Matrix;
use half::{bf16, f16};
use std::sync::Arc;

/// The numbers of a matrix, in the type in which they are kept.
#[derive(Debug)]
pub(super) enum Numbers {
    F32(Vec<f32>),
    F16(Vec<f16>),
    Bf16(Vec<bf16>),
}

impl Numbers {
    pub(super) fn new(matrix: Matrix) -> Self {
        match matrix {
            Matrix::F16(numbers) => Self::F16(numbers),
            Matrix::Bf16(numbers) => Self::Bf16(numbers),
            other => Self::F32(floats(other)),
        }
    }

    /// `f32`, `f16` or `bf16`.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::F32(_) => "f32",
            Self::F16(_) => "f16",
            Self::Bf16(_) => "bf16",
        }
    }

    /// Calls `work` with the numbers of a row of that width.
    pub(super) fn row(&self, row: usize, width: usize, work: impl FnOnce(&mut dyn Iterator<Item = f32>)) {
        let range = row * width..(row + 1) * width;
        match self {
            Self::F32(numbers) => work(&mut numbers[range].iter().copied()),
            Self::F16(numbers) => work(&mut numbers[range].iter().map(|x| x.to_f32())),
            Self::Bf16(numbers) => work(&mut numbers[range].iter().map(|x| x.to_f32())),
        }
    }

    fn multiply(&self, x: &[f32], bias: &[f32], columns: usize, rows: usize, out: &mut [f32]) {
        match self {
            Self::F32(w) => matmul(x, w, Some(bias), columns, rows, out),
            Self::F16(w) => matmul(x, w, Some(bias), columns, rows, out),
            Self::Bf16(w) => matmul(x, w, Some(bias), columns, rows, out),
        }
    }
}

/// A matrix with a bias: `out = x · transposed + bias`.
#[derive(Debug)]
pub(super) struct Product {
    /// Numbers of an output row.
    pub(super) rows: usize,
    /// Numbers of an input row.
    pub(super) columns: usize,
    numbers: Arc<Numbers>,
    bias: Vec<f32>,
}

impl Product {
    /// `numbers` has a row of `columns` for each number of `bias`.
    pub(super) fn new(numbers: Arc<Numbers>, bias: Vec<f32>, columns: usize) -> Self {
        Self {
            rows: bias.len(),
            columns,
            numbers,
            bias,
        }
    }

    /// Writes the products of the packed rows of `x` into `out`.
    pub(super) fn forward(&self, x: &[f32], out: &mut Vec<f32>) {
        out.resize(x.len() / self.columns * self.rows, 0.0);
        self.numbers.multiply(x, &self.bias, self.columns, self.rows, out);
    }
}
