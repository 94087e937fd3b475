//! Matrices of the dense path at work: products with packed activations, and lookups of single rows.
//!
//! `Linear::forward` gives a row the same bits whatever other rows come with it, on x86-64. Float
//! weights go through our own kernel. Quantized ones go through candle's, which choose by the
//! number of rows where we do not stop them: `QTensor::forward` switches to AMX at 32 rows of Q4_K
//! and from compact to tiled weights at 2 rows of Q6_K. Therefore the fused product, which knows no
//! AMX, is used for any number of rows, and a single row of Q6_K is computed twice over.

use super::error::EngineError;
use super::kernels::matmul::FloatMatrix;
use super::ops::{Vector, with_slices};
use super::weights::Matrix;
use candle_core::quantized::{GgmlDType, QMatMul, QStorage, QTensor};
use candle_core::{Device, Module, Result, Tensor};
use rayon::prelude::*;
use std::sync::Arc;

/// A matrix in the form in which the device computes with it; clones share the numbers.
#[derive(Debug, Clone)]
pub(crate) struct Weight {
    rows: usize,
    columns: usize,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    Quantized(Arc<QTensor>),
    Float(Arc<FloatMatrix>),
    /// `[rows, columns]` in the file's type, for devices other than the CPU.
    Tensor(Tensor),
    /// Quantized on a device other than the CPU, or through candle's plain path.
    Generic(QMatMul),
}

impl Weight {
    pub(crate) fn new(
        matrix: Matrix,
        (rows, columns): (usize, usize),
        device: &Device,
        generic: bool,
    ) -> std::result::Result<Self, EngineError> {
        let shape = (rows, columns);
        let on_cpu = device.is_cpu() && !generic;
        let form = match matrix {
            Matrix::Quantized(tensor) if on_cpu => Form::Quantized(Arc::from(tensor)),
            Matrix::Quantized(tensor) => {
                let storage = QStorage::from_data(tensor.data()?, device, tensor.dtype())?;
                Form::Generic(QMatMul::from_qtensor(QTensor::new(storage, shape)?)?)
            }
            Matrix::F32(numbers) if on_cpu => {
                Form::Float(Arc::new(FloatMatrix::new(&numbers, rows, columns)))
            }
            Matrix::Bf16(numbers) if on_cpu => {
                Form::Float(Arc::new(FloatMatrix::new(&numbers, rows, columns)))
            }
            Matrix::F16(numbers) if on_cpu => {
                Form::Float(Arc::new(FloatMatrix::new(&numbers, rows, columns)))
            }
            Matrix::F32(numbers) => Form::Tensor(Tensor::from_vec(numbers, shape, device)?),
            Matrix::Bf16(numbers) => Form::Tensor(Tensor::from_vec(numbers, shape, device)?),
            Matrix::F16(numbers) => Form::Tensor(Tensor::from_vec(numbers, shape, device)?),
        };
        Ok(Self { rows, columns, form })
    }

    /// Rows `tokens` as `[tokens, columns]` of f32.
    pub(crate) fn lookup(&self, tokens: &[u32], device: &Device) -> Result<Tensor> {
        let shape = (tokens.len(), self.columns);
        match &self.form {
            Form::Quantized(tensor) => tensor.embedding(&Tensor::from_slice(tokens, tokens.len(), device)?),
            Form::Float(matrix) => {
                if let Some(token) = tokens.iter().find(|token| **token as usize >= self.rows) {
                    candle_core::bail!("token {token} is beyond the embedding");
                }
                let mut out = vec![0.0; tokens.len() * self.columns];
                for (token, out) in tokens.iter().zip(out.chunks_mut(self.columns.max(1))) {
                    matrix.row(*token as usize, out);
                }
                Tensor::from_vec(out, shape, device)
            }
            Form::Tensor(tensor) => {
                let ids = Tensor::from_slice(tokens, tokens.len(), device)?;
                tensor.index_select(&ids, 0)?.to_dtype(candle_core::DType::F32)
            }
            Form::Generic(product) => product.embedding(&Tensor::from_slice(tokens, tokens.len(), device)?),
        }
    }

    /// `x` (`[tokens, columns]`) times the transposed matrix: `[tokens, rows]`.
    fn product(&self, x: &Tensor, bias: Option<&Vector>) -> Result<Tensor> {
        let out = match &self.form {
            Form::Float(matrix) => {
                let tokens = x.dim(0)?;
                let mut out = vec![0.0; tokens * self.rows];
                let bias = bias.map(|bias| bias.slice.as_slice());
                with_slices([x], |[x]| matrix.multiply(x, bias, &mut out))?;
                return Tensor::from_vec(out, (tokens, self.rows), x.device());
            }
            Form::Quantized(tensor) => quantized_product(tensor, x)?,
            Form::Tensor(tensor) => {
                let x = x.to_dtype(tensor.dtype())?;
                x.matmul(&tensor.t()?)?.to_dtype(candle_core::DType::F32)?
            }
            Form::Generic(product) => product.forward(&x.contiguous()?)?,
        };
        match bias {
            Some(bias) => out.broadcast_add(&bias.tensor),
            None => Ok(out),
        }
    }
}

fn quantized_product(tensor: &QTensor, x: &Tensor) -> Result<Tensor> {
    let x = x.contiguous()?;
    if x.dim(0)? == 1 && is_doubled(tensor) {
        let twice = Tensor::cat(&[&x, &x], 0)?;
        return quantized_product(tensor, &twice)?.narrow(0, 0, 1)?.contiguous();
    }
    match QTensor::gemv_fused_shared_lhs(&[tensor], &x)? {
        Some(mut outs) if outs.len() == 1 => Ok(outs.swap_remove(0)),
        _ => x.apply_op1_no_bwd(tensor),
    }
}

/// Whether candle computes one row of this matrix by another kernel than two: `select` in
/// candle-core/src/quantized/repack_x86.rs.
fn is_doubled(tensor: &QTensor) -> bool {
    let dims = tensor.shape().dims();
    cfg!(target_arch = "x86_64")
        && tensor.dtype() == GgmlDType::Q6K
        && dims[0].is_multiple_of(16)
        && dims[1].is_multiple_of(256)
}

/// A matrix with its bias.
#[derive(Debug, Clone)]
pub(crate) struct Linear {
    pub(crate) weight: Weight,
    pub(crate) bias: Option<Vector>,
}

impl Linear {
    /// `x` is `[tokens, columns]`; the result `[tokens, rows]`.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.weight.product(x, self.bias.as_ref())
    }

    /// Has candle repack the quantized matrices now, on all cores, instead of one after the other in
    /// the first step.
    pub(crate) fn prepare_all(linears: &[&Linear], device: &Device) -> Result<()> {
        linears.par_iter().try_for_each(|linear| {
            let Form::Quantized(tensor) = &linear.weight.form else {
                return Ok(());
            };
            let shape = (2, linear.weight.columns);
            let x = Tensor::zeros(shape, candle_core::DType::F32, device)?;
            quantized_product(tensor, &x).map(|_| ())
        })
    }

    /// Products of several matrices with the same `x`: activations are quantized once where the
    /// matrices are of one type.
    pub(crate) fn forward_all<const N: usize>(linears: [&Linear; N], x: &Tensor) -> Result<[Tensor; N]> {
        let quantized: Vec<&QTensor> = linears
            .iter()
            .filter_map(|linear| match &linear.weight.form {
                Form::Quantized(tensor) => Some(tensor.as_ref()),
                _ => None,
            })
            .collect();
        let single = x.dim(0)? == 1 && quantized.iter().any(|tensor| is_doubled(tensor));
        if quantized.len() == linears.len()
            && !single
            && let Some(outs) = QTensor::gemv_fused_shared_lhs(&quantized, &x.contiguous()?)?
        {
            let outs = linears.iter().zip(outs).map(|(linear, out)| match &linear.bias {
                Some(bias) => out.broadcast_add(&bias.tensor),
                None => Ok(out),
            });
            return array(outs.collect::<Result<_>>()?);
        }
        array(
            linears
                .iter()
                .map(|linear| linear.forward(x))
                .collect::<Result<_>>()?,
        )
    }
}

fn array<const N: usize>(tensors: Vec<Tensor>) -> Result<[Tensor; N]> {
    let found = tensors.len();
    tensors
        .try_into()
        .map_err(|_| candle_core::Error::Msg(format!("expected {N} products, but found {found}")))
}
