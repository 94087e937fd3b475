#![allow(unsafe_code)]
//! Layer norm, activations and embeddings.

use crate::engine::kernels::each_part;
use crate::engine::kernels::rows::square_sum;
use crate::engine::kernels::simd::{LANES, Lanes, exp, fma, sum};

/// Numbers below which threads are not worth waking.
const WORTH: usize = 1 << 15;

/// Epsilon of PyTorch's layer norm.
const EPSILON: f32 = 1e-5;

/// `x += y`, then `x = (x - mean) / sqrt(variance + eps) * weight + bias`, by rows as wide as `weight`.
pub fn add_and_norm(x: &mut [f32], y: &[f32], weight: &[f32], bias: &[f32]) {
    let width = weight.len();
    let worth = x.len() >= WORTH;
    each_part(x, width, worth, |row, x| {
        add_and_norm_row(x, &y[row * width..(row + 1) * width], weight, bias);
    });
}

by_isa!(add_and_norm_row = add_and_norm_body(x: &mut [f32], y: &[f32], weight: &[f32], bias: &[f32]));

#[inline(always)]
fn add_and_norm_body<const FMA: bool>(x: &mut [f32], y: &[f32], weight: &[f32], bias: &[f32]) {
    for (x, y) in x.iter_mut().zip(y) {
        *x += y;
    }
    let count = x.len() as f32;
    let mean = total(x) / count;
    for x in x.iter_mut() {
        *x -= mean;
    }
    let scale = 1.0 / (square_sum::<FMA>(x) / count + EPSILON).sqrt();
    for ((x, weight), bias) in x.iter_mut().zip(weight).zip(bias) {
        *x = fma::<FMA>(*x * scale, *weight, *bias);
    }
}

#[inline(always)]
fn total(x: &[f32]) -> f32 {
    let mut lanes: Lanes = [0.0; LANES];
    let (whole, rest) = x.as_chunks::<LANES>();
    for chunk in whole {
        for lane in 0..LANES {
            lanes[lane] += chunk[lane];
        }
    }
    for (lane, x) in rest.iter().enumerate() {
        lanes[lane] += x;
    }
    sum(&lanes)
}

/// Numbers of one unit of work: whole lanes, so that no number's way depends on its place.
const UNIT: usize = 4096;

/// `x * sigmoid(x)`, in place.
pub fn silu(x: &mut [f32]) {
    let worth = x.len() >= WORTH;
    each_part(x, UNIT, worth, |_, x| silu_part(x));
}

by_isa!(silu_part = silu_body(x: &mut [f32]));

#[inline(always)]
fn silu_body<const FMA: bool>(x: &mut [f32]) {
    let (whole, rest) = x.as_chunks_mut::<LANES>();
    for lanes in whole {
        silu_lanes::<FMA>(lanes);
    }
    let mut lanes = [0.0; LANES];
    lanes[..rest.len()].copy_from_slice(rest);
    silu_lanes::<FMA>(&mut lanes);
    rest.copy_from_slice(&lanes[..rest.len()]);
}

#[inline(always)]
fn silu_lanes<const FMA: bool>(x: &mut Lanes) {
    let mut power = [0.0; LANES];
    for lane in 0..LANES {
        power[lane] = -x[lane];
    }
    exp::<FMA>(&mut power);
    for lane in 0..LANES {
        x[lane] /= 1.0 + power[lane];
    }
}

/// `max(x, 0)`, in place.
pub fn relu(x: &mut [f32]) {
    x.iter_mut().for_each(|x| *x = x.max(0.0));
}

/// `x / 2 * (1 + erf(x / sqrt 2))`, in place.
pub fn gelu(x: &mut [f32]) {
    let worth = x.len() >= WORTH;
    each_part(x, UNIT, worth, |_, x| {
        for x in x {
            let half = f64::from(*x) * std::f64::consts::FRAC_1_SQRT_2;
            *x = (f64::from(*x) * 0.5 * (1.0 + candle_core::cpu::erf::erf_f64(half))) as f32;
        }
    });
}

/// `out = table row * scale + position row`: one row.
pub fn embed(row: impl Iterator<Item = f32>, scale: f32, position: &[f32], out: &mut [f32]) {
    for ((out, x), position) in out.iter_mut().zip(row).zip(position) {
        *out = x * scale + position;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_normed_row_has_no_mean_and_unit_variance() {
        let mut x: Vec<f32> = (0..74).map(|i| (i * i % 19) as f32 - 3.0).collect();
        let y = vec![0.5; 74];
        let alone = x[37..].to_vec();
        add_and_norm(&mut x, &y, &[1.0; 37], &[2.0; 37]);
        for row in x.chunks(37) {
            let mean = row.iter().sum::<f32>() / 37.0;
            let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / 37.0;
            assert!((mean - 2.0).abs() < 1e-5 && (variance - 1.0).abs() < 1e-4);
        }
        let mut second = alone;
        add_and_norm(&mut second, &y[..37], &[1.0; 37], &[2.0; 37]);
        assert_eq!(second, x[37..], "a row does not feel the others");
    }

    #[test]
    fn activations_are_what_they_are_called() {
        let x: Vec<f32> = (0..101).map(|i| i as f32 * 0.2 - 10.0).collect();
        let mut out = x.clone();
        silu(&mut out);
        for (x, out) in x.iter().zip(&out) {
            let exact = f64::from(*x) / (1.0 + f64::from(-x).exp());
            assert!((f64::from(*out) - exact).abs() < 1e-5, "{x}");
        }
        let mut out = vec![-1.0, 0.0, 1.0];
        gelu(&mut out);
        assert!((out[0] + 0.158_655_25).abs() < 1e-6 && out[1] == 0.0 && (out[2] - 0.841_344_7).abs() < 1e-6);
        let mut out = vec![-1.0, 2.0];
        relu(&mut out);
        assert_eq!(out, [0.0, 2.0]);
    }
}
