//! The types of float weights.

use super::panels::Form;
use half::{bf16, f16};

/// A type of weights.
pub trait Weight: Copy + Default + Send + Sync {
    /// Which of the types it is.
    const FORM: Form;

    /// The number as f32, exactly.
    fn wide(self) -> f32;

    /// The nearest number of this type.
    fn nearest(number: f32) -> Self;
}

impl Weight for f32 {
    const FORM: Form = Form::F32;

    #[inline(always)]
    fn wide(self) -> f32 {
        self
    }

    #[inline(always)]
    fn nearest(number: f32) -> Self {
        number
    }
}

impl Weight for bf16 {
    const FORM: Form = Form::Bf16;

    #[inline(always)]
    fn wide(self) -> f32 {
        f32::from_bits(u32::from(self.to_bits()) << 16)
    }

    fn nearest(number: f32) -> Self {
        bf16::from_f32(number)
    }
}

impl Weight for f16 {
    const FORM: Form = Form::F16;

    /// Without branches and calls, so that it is vectorized: the exponent is rebiased by an exact
    /// multiplication with 2^112, which also normalizes subnormals.
    #[inline(always)]
    fn wide(self) -> f32 {
        let bits = u32::from(self.to_bits());
        let magnitude = f32::from_bits((bits & 0x7fff) << 13) * f32::from_bits(0x7780_0000);
        // Infinity and NaN have the largest exponent in both types.
        let special = if bits & 0x7c00 == 0x7c00 { 0x7f80_0000 } else { 0 };
        f32::from_bits(magnitude.to_bits() | special | ((bits & 0x8000) << 16))
    }

    fn nearest(number: f32) -> Self {
        f16::from_f32(number)
    }
}
