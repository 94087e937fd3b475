//! Lanes, the instruction sets that they are compiled for, and an exponential.

use std::sync::OnceLock;

/// Numbers that are handled at once.
pub(super) const LANES: usize = 16;

/// One register's worth of numbers.
pub(super) type Lanes = [f32; LANES];

/// The vector instruction set that the kernels use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isa {
    /// AVX-512 (F, BW, DQ, VL) with FMA.
    Avx512,
    /// AVX2 with FMA.
    Avx2,
    /// What every CPU of the target has.
    Baseline,
}

/// Finds the best vector instruction set once. `DEPECHE_ISA=avx512`, `avx2` or `baseline` forces a lesser
/// one, without tiles; anything else asks for nothing.
pub fn isa() -> Isa {
    static ISA: OnceLock<Isa> = OnceLock::new();
    *ISA.get_or_init(|| detect(&wish()))
}

/// Whether models are computed on the tile unit (AMX with bfloat16), beside AVX-512.
#[cfg(target_arch = "x86_64")]
pub fn has_tiles() -> bool {
    isa() == Isa::Avx512 && wish().is_empty() && super::amx::is_available()
}

/// Whether models are computed on the tile unit: other processors have none.
#[cfg(not(target_arch = "x86_64"))]
pub fn has_tiles() -> bool {
    false
}

/// The lesser instruction set that `DEPECHE_ISA` asks for; empty where it names none.
pub(super) fn wish() -> String {
    let wish = std::env::var("DEPECHE_ISA").unwrap_or_default();
    match wish.as_str() {
        "avx512" | "avx2" | "baseline" => wish,
        _ => String::new(),
    }
}

#[cfg(target_arch = "x86_64")]
fn detect(wish: &str) -> Isa {
    let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    let avx512 = avx2
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl");
    match wish {
        "baseline" => Isa::Baseline,
        "avx2" if avx2 => Isa::Avx2,
        _ if avx512 => Isa::Avx512,
        _ if avx2 => Isa::Avx2,
        _ => Isa::Baseline,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect(_wish: &str) -> Isa {
    Isa::Baseline
}

/// Whether the baseline fuses multiplication and addition; without it `mul_add` is a slow call.
pub(super) const BASELINE_FMA: bool = cfg!(target_arch = "aarch64");

/// `a * b + c`, rounded once where the hardware fuses.
#[inline(always)]
pub(super) fn fma<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// Sums the lanes in a fixed order.
#[inline(always)]
pub(super) fn sum(lanes: &Lanes) -> f32 {
    let mut eight = [0.0f32; 8];
    for i in 0..8 {
        eight[i] = lanes[i] + lanes[i + 8];
    }
    let mut four = [0.0f32; 4];
    for i in 0..4 {
        four[i] = eight[i] + eight[i + 4];
    }
    (four[0] + four[2]) + (four[1] + four[3])
}

/// Brings each lane to the larger of its own and the other's; what is no number is passed over.
#[inline(always)]
pub(super) fn raise(most: &mut Lanes, lanes: &Lanes) {
    for lane in 0..LANES {
        most[lane] = if lanes[lane] > most[lane] {
            lanes[lane]
        } else {
            most[lane]
        };
    }
}

/// The largest lane.
#[inline(always)]
pub(super) fn max(lanes: &Lanes) -> f32 {
    let mut most = lanes[0];
    for &lane in &lanes[1..] {
        most = if lane > most { lane } else { most };
    }
    most
}

/// `exp(x)` of each lane to about 2 ulp; 0 below -87, capped at 88, NaN stays NaN.
///
/// Cephes' reduction by a split ln 2 and degree-5 polynomial, as in ggml's `ggml_v_expf`.
#[inline(always)]
pub(super) fn exp<const FMA: bool>(lanes: &mut Lanes) {
    // 1.5 * 2^23: adding it rounds to a whole number, which then sits in the low bits.
    const ROUND: f32 = 12_582_912.0;
    for lane in lanes {
        let x = if *lane > 88.0 { 88.0 } else { *lane };
        let shifted = fma::<FMA>(x, std::f32::consts::LOG2_E, ROUND);
        let n = shifted - ROUND;
        let r = fma::<FMA>(n, -0.693_359_4, x);
        let r = fma::<FMA>(n, 2.121_944_4e-4, r);
        let mut p = 1.987_569_1e-4;
        p = fma::<FMA>(p, r, 1.398_199_9e-3);
        p = fma::<FMA>(p, r, 8.333_452e-3);
        p = fma::<FMA>(p, r, 4.166_579_6e-2);
        p = fma::<FMA>(p, r, 0.166_666_65);
        p = fma::<FMA>(p, r, 0.5);
        p = fma::<FMA>(p, r * r, r) + 1.0;
        let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127);
        let scaled = p * f32::from_bits(exponent << 23);
        *lane = if x < -87.0 { 0.0 } else { scaled };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_close_everywhere_it_is_used() {
        let mut worst = 0.0f64;
        for step in 0..200_000 {
            let x = -87.0 + step as f32 * 0.00087;
            let mut lanes = [x; LANES];
            exp::<false>(&mut lanes);
            let exact = f64::from(x).exp();
            worst = worst.max((f64::from(lanes[0]) - exact).abs() / exact);
        }
        assert!(worst < 3e-7, "{worst}");
    }

    #[test]
    fn the_exponential_ends_well() {
        let mut lanes = [0.0; LANES];
        lanes[..4].copy_from_slice(&[f32::NEG_INFINITY, -100.0, f32::NAN, 1000.0]);
        exp::<false>(&mut lanes);
        assert_eq!(lanes[0], 0.0);
        assert_eq!(lanes[1], 0.0);
        assert!(lanes[2].is_nan());
        assert!(lanes[3].is_finite() && lanes[3] > 1e38);
        assert_eq!(lanes[4], 1.0);
    }
}
