#![allow(unsafe_code)]
//! From quantized tiles to bfloat16: two columns after two columns, of each of the sixteen rows the two in a word.
//!
//! An integer is put behind the exponent of 2^15, where it stands for itself: that makes a float of `2^15 + q` in one
//! instruction. Times the scale, minus what the power adds, it is the number.
//!
//! Of that float the upper half is taken, which is cheaper than rounding it to the nearest. So that numbers do not get
//! smaller by it in the mean, scales are larger by ln 2 / 256: half of a last place of bfloat16, in the mean over
//! mantissas. An error is then 0.31 last places (root of the mean square), where rounding to the nearest has 0.29.

use super::super::packed::avx512::{factors, weights};
use super::super::packed::{Band, Kind, TILE_COLUMNS, kind};
use super::TILE;
use super::tiles::STEPS;
use std::arch::x86_64::*;

/// Bytes that are asked for ahead of their use, into the first and into the second cache.
const NEAR: usize = 2048;
const EARLY: usize = 16384;
/// Four columns after four columns of a tile.
const FOURS: usize = TILE_COLUMNS / 4;

/// In how many parts [`pair`] expands two tiles.
const PARTS: usize = 2 * FOURS;

const _: () = assert!(
    PARTS == 2 * STEPS,
    "with every other part a step of the product before"
);

/// Expands the two tiles of a column tile to `out`, and returns where they lie: in the matrix itself where
/// they are bfloat16 already. Calls `between` with the number of each of its [`PARTS`], before it.
///
/// # Safety
/// The CPU has the features, the column tile lies within the band, `KIND` is the matrix's, and `out` has room for two
/// tiles.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,f16c")]
#[inline]
pub(super) unsafe fn pair<const KIND: u8>(
    band: Band,
    column: usize,
    out: *mut u8,
    between: impl Fn(usize),
) -> *const u8 {
    if const { kind::<KIND>() } == Kind::Bf16 {
        (0..PARTS).for_each(between);
        return band.tile::<KIND>(column, 0).1;
    }
    for half in 0..2 {
        // SAFETY: the caller's contract.
        unsafe {
            let out = out.add(half * TILE);
            tile::<KIND>(band, (column, half), out, |part| between(half * FOURS + part));
        }
    }
    out
}

/// The same for one of the two tiles, and half of the parts.
///
/// # Safety
/// As [`pair`]; the matrix is not bfloat16 already.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,f16c")]
#[inline]
unsafe fn tile<const KIND: u8>(
    band: Band,
    (column, half): (usize, usize),
    out: *mut u8,
    between: impl Fn(usize),
) {
    let before = |part: usize| {
        between(part);
        let part = (half * FOURS + part, PARTS);
        band.ask_in_parts::<KIND, _MM_HINT_T1>(column, EARLY, part);
        band.ask_in_parts::<KIND, _MM_HINT_T0>(column, NEAR, part);
    };
    let (scales, numbers) = band.tile::<KIND>(column, half);
    // SAFETY: the caller's contract.
    unsafe {
        expand::<KIND>(
            numbers,
            factors::<KIND>(scales, band.above(column, half)),
            out,
            before,
        )
    }
}

/// Expands one tile; calls `before` for each four columns of it.
///
/// # Safety
/// As [`pair`], for one tile.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,f16c")]
#[inline]
unsafe fn expand<const KIND: u8>(
    numbers: *const u8,
    (first, second): (__m512, __m512),
    out: *mut u8,
    before: impl Fn(usize),
) {
    let kind = const { kind::<KIND>() };
    let places = Places::new();
    let larger = |x: __m512| _mm512_mul_ps(x, _mm512_set1_ps(1.0 + std::f32::consts::LN_2 / 256.0));
    let (first, second) = (larger(first), larger(second));
    // Scales of the first and the last sixteen columns, and what is to be subtracted there.
    let scales = match kind {
        Kind::SixK => [first, second],
        // The last sixteen columns are the upper halves of the bytes: sixteen times the number.
        Kind::Four | Kind::FourK => [first, _mm512_mul_ps(first, _mm512_set1_ps(1.0 / 16.0))],
        _ => [first, first],
    };
    let less = scales.map(|scale| match kind.is_signed() {
        // 128 was added.
        true => _mm512_mul_ps(scale, _mm512_set1_ps(POWER + 128.0)),
        false => _mm512_fmadd_ps(scale, _mm512_set1_ps(POWER), second),
    });
    let step = |four: usize| {
        before(four);
        // SAFETY: the caller's contract.
        unsafe {
            let words = match kind {
                Kind::Four | Kind::FourK => {
                    let both = _mm512_loadu_si512(numbers.add(four % 4 * 64).cast());
                    let half = if four < 4 { 0x0f } else { -0x10 };
                    _mm512_and_si512(both, _mm512_set1_epi8(half))
                }
                _ => weights::<KIND>(numbers, four),
            };
            let (scale, less) = (scales[four / 4], less[four / 4]);
            let [a, b, c, d] = places
                .floats(words)
                .map(|x| _mm512_castps_si512(_mm512_fmsub_ps(x, scale, less)));
            let out = out.add(four * 128);
            _mm512_store_si512(out.cast(), places.uppers(a, b));
            _mm512_store_si512(out.add(64).cast(), places.uppers(c, d));
        }
    };
    // Without a loop, which the compiler would not unroll: what depends on the number is then constant.
    step(0);
    step(1);
    step(2);
    step(3);
    step(4);
    step(5);
    step(6);
    step(7);
}

/// What integers are put behind: its mantissa's second byte counts ones.
const POWER: f32 = 32768.0;

/// Where bytes and halves go.
#[derive(Clone, Copy)]
struct Places {
    power: __m512i,
    /// Which byte of a word is its second byte then: the first, the third, the last.
    bytes: [__m512i; 3],
    /// The third and the last byte of a word as its first two.
    upper: __m512i,
    /// The second byte of each word, and the first two of each.
    second: __mmask64,
    lower: __mmask64,
}

impl Places {
    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    fn new() -> Self {
        const fn byte(from: i32) -> [i32; 16] {
            let mut places = [0; 16];
            let mut word = 0;
            while word < 16 {
                places[word] = (word as i32 % 4 * 4 + from) << 8;
                word += 1;
            }
            places
        }
        const BYTES: [[i32; 16]; 3] = [byte(0), byte(2), byte(3)];
        // SAFETY: registers' worth of constants.
        unsafe {
            Self {
                power: _mm512_castps_si512(_mm512_set1_ps(POWER)),
                bytes: [0, 1, 2].map(|which| _mm512_loadu_si512(BYTES[which].as_ptr().cast())),
                upper: _mm512_set4_epi32(0x0f0e, 0x0b0a, 0x0706, 0x0302),
                second: hidden(0x2222_2222_2222_2222),
                lower: hidden(0x3333_3333_3333_3333),
            }
        }
    }

    /// `2^15` plus each byte of the words: the first of each, the second, the third, the last.
    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    fn floats(self, words: __m512i) -> [__m512; 4] {
        let [a, c, d] = self.bytes;
        let moved = |places| _mm512_mask_shuffle_epi8(self.power, self.second, words, places);
        let (first, third, last) = (moved(a), moved(c), moved(d));
        // the bits under the mask, and those of the power
        let second = _mm512_ternarylogic_epi32::<0xea>(words, _mm512_set1_epi32(0xff00), self.power);
        [first, second, third, last].map(|x| _mm512_castsi512_ps(x))
    }

    /// The upper halves of two registers' lanes: of `low[i]` in the low half of lane `i`, of `high[i]` in the high one.
    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    fn uppers(self, low: __m512i, high: __m512i) -> __m512i {
        _mm512_mask_shuffle_epi8(high, self.lower, low, self.upper)
    }
}

/// A mask that the compiler does not know, or it would make two instructions of one that merges.
#[inline]
fn hidden(mut mask: __mmask64) -> __mmask64 {
    // SAFETY: there is no instruction.
    unsafe {
        std::arch::asm!("/* {mask} */", mask = inout(reg) mask, options(pure, nomem, nostack, preserves_flags))
    };
    mask
}
