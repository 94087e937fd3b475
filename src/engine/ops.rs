//! The operations between the products, on packed `[rows, width]` tensors of f32: our kernels on
//! the CPU, candle's everywhere else.

use super::kernels::rows::{self, HeadWork};
use candle_core::{CpuStorage, Result, Storage, Tensor};

/// A learned vector: norm weights and biases.
#[derive(Debug, Clone)]
pub(crate) struct Vector {
    pub(crate) slice: Vec<f32>,
    pub(crate) tensor: Tensor,
}

/// Hands out the numbers of contiguous f32 tensors on the CPU without copying them.
pub(crate) fn with_slices<const N: usize, T>(
    tensors: [&Tensor; N],
    work: impl FnOnce([&[f32]; N]) -> T,
) -> Result<T> {
    let contiguous: Vec<Tensor> = tensors.iter().map(|t| t.contiguous()).collect::<Result<_>>()?;
    let guards: Vec<_> = contiguous.iter().map(|t| t.storage_and_layout()).collect();
    let mut slices: [&[f32]; N] = [&[]; N];
    for ((storage, layout), slice) in guards.iter().zip(&mut slices) {
        let Storage::Cpu(CpuStorage::F32(numbers)) = &**storage else {
            candle_core::bail!("expected f32 on the CPU");
        };
        let start = layout.start_offset();
        *slice = &numbers[start..start + layout.shape().elem_count()];
    }
    Ok(work(slices))
}

/// Rotation, norm and scaling of queries and keys for the rows of one batch.
#[derive(Debug)]
pub(crate) struct Positions {
    /// `[rows, rotated / 2]`
    pub(crate) cos: Vec<f32>,
    pub(crate) sin: Vec<f32>,
    /// Factors on queries, one per row; empty where all are 1.
    pub(crate) query_scale: Vec<f32>,
    pub(crate) rotated: usize,
}

/// The operations, as the device wants them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ops {
    /// Our kernels on the CPU.
    Cpu,
    /// candle's operations.
    Generic,
}

impl Ops {
    pub(crate) fn rms_norm(self, x: &Tensor, weight: &Vector, eps: f32) -> Result<Tensor> {
        match self {
            Ops::Cpu => {
                let out = with_slices([x], |[x]| rows::rms_norm(x, &weight.slice, eps))?;
                Tensor::from_vec(out, x.shape(), x.device())
            }
            Ops::Generic => candle_nn::ops::rms_norm(&x.contiguous()?, &weight.tensor, eps),
        }
    }

    pub(crate) fn swiglu(self, gate: &Tensor, up: &Tensor) -> Result<Tensor> {
        match self {
            Ops::Cpu => {
                let out = with_slices([gate, up], |[gate, up]| rows::swiglu(gate, up))?;
                Tensor::from_vec(out, gate.shape(), gate.device())
            }
            Ops::Generic => gate.silu()? * up,
        }
    }

    pub(crate) fn add_scaled(self, x: &Tensor, y: &Tensor, scale: f32) -> Result<Tensor> {
        match self {
            Ops::Cpu => {
                let out = with_slices([x, y], |[x, y]| rows::add_scaled(x, y, scale))?;
                Tensor::from_vec(out, x.shape(), x.device())
            }
            Ops::Generic if scale == 1.0 => x + y,
            Ops::Generic => x + (y * f64::from(scale))?,
        }
    }

    /// Norms each head where there is a norm, rotates it where the layer does, and scales queries.
    pub(crate) fn prepare_heads(
        self,
        x: &Tensor,
        heads: usize,
        norm: Option<(&Vector, f32)>,
        positions: Option<&Positions>,
        scale: &[f32],
    ) -> Result<Tensor> {
        let (count, width) = x.dims2()?;
        match self {
            Ops::Cpu => {
                let work = HeadWork {
                    heads,
                    norm: norm.map(|(weight, eps)| (weight.slice.as_slice(), eps)),
                    rotation: positions.map(|p| (p.cos.as_slice(), p.sin.as_slice())),
                    rotated: positions.map_or(0, |p| p.rotated),
                    scale,
                };
                let out = with_slices([x], |[x]| rows::prepare_heads(x, count, work))?;
                Tensor::from_vec(out, x.shape(), x.device())
            }
            Ops::Generic => {
                let dim = width / heads;
                let mut out = x.contiguous()?.reshape((count * heads, dim))?;
                if let Some((weight, eps)) = norm {
                    out = candle_nn::ops::rms_norm(&out, &weight.tensor, eps)?;
                }
                let mut out = out.reshape((1, count, heads, dim))?;
                if let Some(positions) = positions {
                    out = rotate(&out, positions, count)?;
                }
                let mut out = out.reshape((count, width))?;
                if !scale.is_empty() {
                    let scale = Tensor::from_slice(scale, (count, 1), x.device())?;
                    out = out.broadcast_mul(&scale)?;
                }
                Ok(out)
            }
        }
    }
}

/// `x` is `[1, rows, heads, head_dim]`.
fn rotate(x: &Tensor, positions: &Positions, count: usize) -> Result<Tensor> {
    let (half, dim) = (positions.rotated / 2, x.dim(3)?);
    let cos = Tensor::from_slice(&positions.cos, (count, half), x.device())?;
    let sin = Tensor::from_slice(&positions.sin, (count, half), x.device())?;
    if positions.rotated == dim {
        return candle_nn::rotary_emb::rope_thd(&x.contiguous()?, &cos, &sin);
    }
    let head = x.narrow(3, 0, positions.rotated)?.contiguous()?;
    let rest = x.narrow(3, positions.rotated, dim - positions.rotated)?;
    let head = candle_nn::rotary_emb::rope_thd(&head, &cos, &sin)?;
    Tensor::cat(&[&head, &rest.contiguous()?], 3)
}
