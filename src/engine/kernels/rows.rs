#![allow(unsafe_code)]
//! Work on one row at a time: norms, the gate of the feed-forward layer, rotations.

use super::each_part;
use super::simd::{LANES, Lanes, exp, fma, sum};

/// Rows below which threads are not worth waking.
const WORTH: usize = 1 << 15;

/// Runs `work(row, out_row)` over all rows of `width` in `out`.
fn each_row(out: &mut [f32], width: usize, work: impl Fn(usize, &mut [f32]) + Sync) {
    let worth = out.len() >= WORTH;
    each_part(out, width, worth, work);
}

/// `x / sqrt(mean(x²) + eps) * weight`, by rows as wide as `weight`.
pub fn rms_norm(x: &[f32], weight: &[f32], eps: f32) -> Vec<f32> {
    let width = weight.len();
    let mut out = vec![0.0; x.len()];
    each_row(&mut out, width, |row, out| {
        norm_row(&x[row * width..(row + 1) * width], weight, eps, out);
    });
    out
}

/// One row of [`rms_norm`], into `out`.
pub fn rms_norm_row(x: &[f32], weight: &[f32], eps: f32, out: &mut [f32]) {
    norm_row(x, weight, eps, out);
}

by_isa!(norm_row = norm_body(x: &[f32], weight: &[f32], eps: f32, out: &mut [f32]));

#[inline(always)]
fn norm_body<const FMA: bool>(x: &[f32], weight: &[f32], eps: f32, out: &mut [f32]) {
    let scale = 1.0 / (square_sum::<FMA>(x) / x.len() as f32 + eps).sqrt();
    for ((out, x), w) in out.iter_mut().zip(x).zip(weight) {
        *out = x * scale * w;
    }
}

/// The sum of squares, in lanes that are added in a fixed order.
#[inline(always)]
pub(super) fn square_sum<const FMA: bool>(x: &[f32]) -> f32 {
    let mut lanes: Lanes = [0.0; LANES];
    let (whole, rest) = x.as_chunks::<LANES>();
    for chunk in whole {
        for lane in 0..LANES {
            lanes[lane] = fma::<FMA>(chunk[lane], chunk[lane], lanes[lane]);
        }
    }
    for (lane, x) in rest.iter().enumerate() {
        lanes[lane] = fma::<FMA>(*x, *x, lanes[lane]);
    }
    sum(&lanes)
}

/// `silu(gate) * up`, element by element.
pub fn swiglu(gate: &[f32], up: &[f32]) -> Vec<f32> {
    /// Elements of one unit of work; a multiple of the lanes, so that no lane's neighbours change
    /// its number.
    const UNIT: usize = 1024;
    let length = gate.len().min(up.len());
    let mut out = vec![0.0; length];
    let worth = length >= WORTH;
    each_part(&mut out, UNIT, worth, |unit, out| {
        let from = unit * UNIT;
        let to = from + out.len();
        swiglu_part(&gate[from..to], &up[from..to], out);
    });
    out
}

by_isa!(swiglu_part = swiglu_body(gate: &[f32], up: &[f32], out: &mut [f32]));

#[inline(always)]
fn swiglu_body<const FMA: bool>(gate: &[f32], up: &[f32], out: &mut [f32]) {
    let (gates, gate_rest) = gate.as_chunks::<LANES>();
    let (ups, up_rest) = up.as_chunks::<LANES>();
    let (outs, out_rest) = out.as_chunks_mut::<LANES>();
    for ((gate, up), out) in gates.iter().zip(ups).zip(outs) {
        *out = swiglu_lanes::<FMA>(gate, up);
    }
    let (mut gate, mut up) = ([0.0; LANES], [0.0; LANES]);
    gate[..gate_rest.len()].copy_from_slice(gate_rest);
    up[..up_rest.len()].copy_from_slice(up_rest);
    let last = swiglu_lanes::<FMA>(&gate, &up);
    out_rest.copy_from_slice(&last[..out_rest.len()]);
}

/// `silu(gate) * up` of sixteen elements.
pub(super) fn swiglu_sixteen(gate: &Lanes, up: &Lanes) -> Lanes {
    let mut out = [0.0; LANES];
    swiglu_part(gate, up, &mut out);
    out
}

#[inline(always)]
fn swiglu_lanes<const FMA: bool>(gate: &Lanes, up: &Lanes) -> Lanes {
    let mut power = [0.0; LANES];
    for lane in 0..LANES {
        power[lane] = -gate[lane];
    }
    exp::<FMA>(&mut power);
    let mut out = [0.0; LANES];
    for lane in 0..LANES {
        out[lane] = gate[lane] / (1.0 + power[lane]) * up[lane];
    }
    out
}

/// What is done to each head of queries or keys before attention.
#[derive(Debug, Clone, Copy)]
pub struct HeadWork<'a> {
    /// Heads in a row.
    pub heads: usize,
    /// Norm over each head, with its epsilon.
    pub norm: Option<(&'a [f32], f32)>,
    /// Cosines and sines, `rotated / 2` of each per row; `None` leaves the layer unrotated.
    pub rotation: Option<(&'a [f32], &'a [f32])>,
    /// Leading elements of a head that are rotated.
    pub rotated: usize,
    /// Factor on each row, one per row; empty is 1.
    pub scale: &'a [f32],
}

/// Norms, rotates by halves and scales the heads of each row in `x` (`rows` by `heads * head_dim`).
pub fn prepare_heads(x: &[f32], rows: usize, work: HeadWork) -> Vec<f32> {
    let mut out = x.to_vec();
    let width = x.len() / rows.max(1);
    each_row(&mut out, width, |row, out| prepare_heads_row(out, row, work));
    out
}

/// One row of [`prepare_heads`], in place.
pub fn prepare_heads_row(heads: &mut [f32], row: usize, work: HeadWork) {
    let head_dim = heads.len() / work.heads.max(1);
    let half = work.rotated / 2;
    let factor = work.scale.get(row).copied().unwrap_or(1.0);
    for head in heads.chunks_mut(head_dim.max(1)) {
        if let Some((weight, eps)) = work.norm {
            norm_in_place(head, weight, eps);
        }
        if let Some((cos, sin)) = work.rotation {
            let angles = row * half..(row + 1) * half;
            rotate(&mut head[..2 * half], &cos[angles.clone()], &sin[angles]);
        }
        if factor != 1.0 {
            head.iter_mut().for_each(|x| *x *= factor);
        }
    }
}

by_isa!(norm_in_place = norm_in_place_body(head: &mut [f32], weight: &[f32], eps: f32));

#[inline(always)]
fn norm_in_place_body<const FMA: bool>(head: &mut [f32], weight: &[f32], eps: f32) {
    let scale = 1.0 / (square_sum::<FMA>(head) / head.len() as f32 + eps).sqrt();
    for (x, w) in head.iter_mut().zip(weight) {
        *x = *x * scale * w;
    }
}

/// `rotate_half` of transformers: element `i` turns with element `i + half`.
fn rotate(head: &mut [f32], cos: &[f32], sin: &[f32]) {
    let (first, second) = head.split_at_mut(cos.len());
    for (((a, b), cos), sin) in first.iter_mut().zip(second).zip(cos).zip(sin) {
        (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
    }
}

/// `x + y * scale`, element by element.
pub fn add_scaled(x: &[f32], y: &[f32], scale: f32) -> Vec<f32> {
    if scale == 1.0 {
        return x.iter().zip(y).map(|(x, y)| x + y).collect();
    }
    x.iter().zip(y).map(|(x, y)| x + y * scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_norm_has_unit_mean_square() {
        let x: Vec<f32> = (0..37).map(|i| i as f32 - 11.0).collect();
        let out = rms_norm(&x, &[1.0; 37], 0.0);
        let mean = out.iter().map(|x| x * x).sum::<f32>() / 37.0;
        assert!((mean - 1.0).abs() < 1e-5);
    }

    #[test]
    fn the_gate_does_not_depend_on_where_its_numbers_stand() {
        let gate: Vec<f32> = (0..50).map(|i| i as f32 * 0.37 - 9.0).collect();
        let up: Vec<f32> = (0..50).map(|i| 1.0 + i as f32).collect();
        let whole = swiglu(&gate, &up);
        for i in 0..50 {
            assert_eq!(swiglu(&gate[i..=i], &up[i..=i])[0], whole[i]);
            let exact = gate[i] / (1.0 + (-gate[i]).exp()) * up[i];
            assert!((whole[i] - exact).abs() <= 1e-5 * exact.abs().max(1e-3));
        }
    }

    #[test]
    fn a_rotation_keeps_lengths_and_turns_halves() {
        let x = [1.0, 2.0, 3.0, 4.0];
        let work = HeadWork {
            heads: 1,
            norm: None,
            rotation: Some((&[0.0, 1.0], &[1.0, 0.0])),
            rotated: 4,
            scale: &[],
        };
        assert_eq!(prepare_heads(&x, 1, work), [-3.0, 2.0, 1.0, 4.0]);
    }
}
