#![allow(unsafe_code)]
//! Products out of registers, as fast as a core can: what a matrix product could reach if memory
//! cost nothing.
//!
//! Each kind keeps enough sums apart that no product waits for the one before. Results go through
//! `black_box`, so that the compiler computes them.

use std::hint::black_box;

/// Rounds of one call of [`run`].
const ROUNDS: usize = 20_000;

/// Kinds of products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// f32 by whatever the program was compiled for.
    Float,
    /// f32 with AVX2 and FMA.
    FloatAvx2,
    /// f32 with AVX-512.
    FloatAvx512,
    /// int8 with AVX-512 VNNI.
    Int8Vnni,
    /// bfloat16 on the tile unit.
    Bf16Tiles,
    /// int8 on the tile unit.
    Int8Tiles,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 6] = [
        Kind::Float,
        Kind::FloatAvx2,
        Kind::FloatAvx512,
        Kind::Int8Vnni,
        Kind::Bf16Tiles,
        Kind::Int8Tiles,
    ];

    /// Number and instructions.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Float => "f32 baseline",
            Kind::FloatAvx2 => "f32 AVX2",
            Kind::FloatAvx512 => "f32 AVX-512",
            Kind::Int8Vnni => "int8 AVX-512 VNNI",
            Kind::Bf16Tiles => "bf16 AMX",
            Kind::Int8Tiles => "int8 AMX",
        }
    }

    /// Whether this CPU, and the system, let it be used.
    pub fn is_available(self) -> bool {
        if self == Kind::Float {
            return true;
        }
        #[cfg(target_arch = "x86_64")]
        {
            let avx512 = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl");
            match self {
                Kind::Float => true,
                Kind::FloatAvx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
                Kind::FloatAvx512 => avx512,
                Kind::Int8Vnni => avx512 && is_x86_feature_detected!("avx512vnni"),
                Kind::Bf16Tiles => avx512 && x86::tiles(22),
                Kind::Int8Tiles => avx512 && x86::tiles(25),
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            false
        }
    }
}

/// Multiplies and adds for a moment; returns how many multiplications and additions that were. A kind
/// that is not available does nothing.
pub fn run(kind: Kind) -> f64 {
    if !kind.is_available() {
        return 0.0;
    }
    match kind {
        Kind::Float => floats::<64>(false),
        // SAFETY: the features are there, see `is_available`.
        #[cfg(target_arch = "x86_64")]
        kind => unsafe {
            match kind {
                Kind::FloatAvx2 => x86::avx2(),
                Kind::FloatAvx512 => x86::avx512(),
                Kind::Int8Vnni => x86::vnni(),
                Kind::Bf16Tiles => x86::bf16_tiles(),
                _ => x86::int8_tiles(),
            }
        },
        #[cfg(not(target_arch = "x86_64"))]
        _ => 0.0,
    }
}

/// `N` independent sums, fused where the instructions are there. Inlined into functions that are
/// compiled for more instructions.
#[inline(always)]
fn floats<const N: usize>(fused: bool) -> f64 {
    let (factor, addend) = (black_box(0.999f32), black_box(0.001f32));
    let mut sums = [1.0f32; N];
    for _ in 0..ROUNDS {
        for sum in &mut sums {
            *sum = if fused {
                sum.mul_add(factor, addend)
            } else {
                *sum * factor + addend
            };
        }
    }
    black_box(sums);
    (2 * N * ROUNDS) as f64
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{ROUNDS, floats};
    use std::arch::x86_64::{
        __cpuid, __cpuid_count, _mm512_dpbusd_epi32, _mm512_set1_epi8, _mm512_setzero_si512,
    };
    use std::hint::black_box;

    #[target_feature(enable = "avx2,fma")]
    pub fn avx2() -> f64 {
        floats::<96>(true)
    }

    #[target_feature(enable = "avx512f,avx512vl,fma")]
    pub fn avx512() -> f64 {
        floats::<192>(true)
    }

    #[target_feature(enable = "avx512f,avx512vnni")]
    pub fn vnni() -> f64 {
        let (left, right) = (black_box(_mm512_set1_epi8(3)), black_box(_mm512_set1_epi8(-2)));
        let mut sums = [_mm512_setzero_si512(); 12];
        for _ in 0..ROUNDS {
            for sum in &mut sums {
                *sum = _mm512_dpbusd_epi32(*sum, left, right);
            }
        }
        black_box(sums);
        (2 * 64 * 12 * ROUNDS) as f64
    }

    /// Whether the tile unit is there, with the kind of product of this bit of CPUID leaf 7, EDX.
    pub fn tiles(bit: u32) -> bool {
        const TILE: u32 = 24;
        if __cpuid(0).eax < 7 {
            return false;
        }
        let wanted = 1 << bit | 1 << TILE;
        // which also asks the system for them
        __cpuid_count(7, 0).edx & wanted == wanted && crate::engine::kernels::amx::is_available()
    }

    /// Palette 1: eight tiles of 16 rows by 64 bytes.
    #[repr(C, align(64))]
    struct Config {
        palette: u8,
        start_row: u8,
        reserved: [u8; 14],
        bytes: [u16; 16],
        rows: [u8; 16],
    }

    static CONFIG: Config = Config {
        palette: 1,
        start_row: 0,
        reserved: [0; 14],
        bytes: [64, 64, 64, 64, 64, 64, 64, 64, 0, 0, 0, 0, 0, 0, 0, 0],
        rows: [16, 16, 16, 16, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0],
    };

    /// Four products of zeros a round, each with a sum of its own. Columns of a product: 64 bytes by
    /// 16 and 16, so 2 * 16 * 16 * (64 / size) operations.
    macro_rules! tile_products {
        ($name:ident, $instruction:literal, $size:literal) => {
            /// # Safety
            /// The tile unit must be there and permitted.
            pub unsafe fn $name() -> f64 {
                // SAFETY: the caller's promise; the tiles are configured first and released last, in
                // one block, and the configuration is only read.
                unsafe {
                    std::arch::asm!(
                        "ldtilecfg [{config}]",
                        "tilezero tmm0", "tilezero tmm1", "tilezero tmm2", "tilezero tmm3",
                        "tilezero tmm4", "tilezero tmm5", "tilezero tmm6", "tilezero tmm7",
                        "2:",
                        concat!($instruction, " tmm0, tmm4, tmm6"),
                        concat!($instruction, " tmm1, tmm4, tmm7"),
                        concat!($instruction, " tmm2, tmm5, tmm6"),
                        concat!($instruction, " tmm3, tmm5, tmm7"),
                        "dec {rounds}",
                        "jnz 2b",
                        "tilerelease",
                        config = in(reg) &raw const CONFIG,
                        rounds = inout(reg) ROUNDS => _,
                        options(nostack, readonly),
                    );
                }
                (4 * 2 * 16 * 16 * (64 / $size) * ROUNDS) as f64
            }
        };
    }

    tile_products!(bf16_tiles, "tdpbf16ps", 2);
    tile_products!(int8_tiles, "tdpbssd", 1);
}
