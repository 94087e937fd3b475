#![allow(unsafe_code)]
//! From quantized tiles to bfloat16.
//!
//! Up to 5 bits: the numbers that a row's integers can stand for are computed once, in one or two registers,
//! and each integer picks the upper half of its float there. Bytes become floats, times the scale.

use super::vector::{iota, pair as round_pair, rounded};
use super::{BAND, Kind, Lines, Packed, SUPER, TILE, TILE_ROWS};
use std::arch::x86_64::*;

/// One band of a matrix, read along its columns.
pub(super) struct Source<'a> {
    tiles: &'a Lines,
    supers: &'a Lines,
    /// First tile of the band.
    tile: usize,
    /// First super-block of the band.
    above: usize,
    tile_bytes: usize,
}

impl<'a> Source<'a> {
    pub(super) fn new(weights: &'a Packed, band: usize) -> Self {
        Self {
            tiles: &weights.tiles,
            supers: &weights.supers,
            tile: weights.tile_at(band * BAND, 0),
            above: weights.super_at(band * BAND, 0),
            tile_bytes: weights.kind.tile_bytes(),
        }
    }
}

/// Bytes that are asked for ahead of their use.
const AHEAD: usize = 2048;

/// Expands the two tiles of a column tile to `out`, and returns where they lie: in the matrix itself where
/// they are bfloat16 already.
///
/// # Safety
/// The column tile lies within the band, `KIND` is the matrix's, and `out` has room for two tiles.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
pub(super) unsafe fn pair<const KIND: u8>(source: &mut Source, column: usize, out: *mut u8) -> *const u8 {
    // SAFETY: the caller's contract; a tile's bytes lie within the matrix, with a register of room at the end.
    unsafe {
        let tile = source
            .tiles
            .bytes()
            .as_ptr()
            .add(source.tile + column * 2 * source.tile_bytes);
        if KIND == Kind::Bf16 as u8 {
            return tile;
        }
        for line in 0..(2 * source.tile_bytes).div_ceil(64) {
            _mm_prefetch::<_MM_HINT_T0>(tile.wrapping_add(AHEAD + line * 64).cast());
        }
        let above = source.supers.bytes().as_ptr();
        let above = above.wrapping_add(source.above + column / SUPER * 2 * 4 * TILE_ROWS);
        for half in 0..2 {
            let tile = tile.add(half * source.tile_bytes);
            let above = above.wrapping_add(half * 4 * TILE_ROWS);
            let out = out.add(half * TILE);
            if KIND == Kind::SixK as u8 {
                let scale = halves(above);
                let scaled = |from| floats(_mm512_mul_ps(scale, signed_bytes(from)));
                bytes_by_scale(tile, (&scaled(tile), &scaled(tile.add(16))), out);
            } else if KIND == Kind::Eight as u8 {
                let scales = floats(halves(tile));
                bytes_by_scale(tile, (&scales, &scales), out);
            } else {
                table::<KIND>(tile, above, out);
            }
        }
        out
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
unsafe fn halves(from: *const u8) -> __m512 {
    // SAFETY: 32 bytes are there by contract.
    unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(from.cast())) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
unsafe fn bytes(from: *const u8) -> __m512 {
    // SAFETY: 16 bytes are there by contract.
    unsafe { _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(from.cast()))) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
unsafe fn signed_bytes(from: *const u8) -> __m512 {
    // SAFETY: 16 bytes are there by contract.
    unsafe { _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(from.cast()))) }
}

/// Calls `work` for each of the sixteen rows, one after the other without a loop: shifts by a row's number are
/// then shifts by a constant.
macro_rules! all_rows {
    ($work:ident) => {
        all_rows!($work: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
    };
    ($work:ident: $($row:literal)*) => {{ $( $work($row); )* }};
}

#[repr(align(64))]
struct Floats([f32; 16]);

#[target_feature(enable = "avx512f")]
#[inline]
fn floats(x: __m512) -> Floats {
    let mut out = Floats([0.0; 16]);
    // SAFETY: 64 bytes of our own.
    unsafe { _mm512_store_ps(out.0.as_mut_ptr(), x) };
    out
}

impl Floats {
    /// One of the numbers, in all lanes. In assembly, because from memory this is a load alone: the compiler
    /// would keep the numbers in registers, where spreading one takes the port that unpacking needs most.
    #[target_feature(enable = "avx512f")]
    #[inline]
    fn spread(&self, row: usize) -> __m512 {
        let out;
        // SAFETY: the number is there, the instruction reads it and nothing else.
        unsafe {
            std::arch::asm!(
                "vbroadcastss {out}, dword ptr [{number}]",
                out = lateout(zmm_reg) out,
                number = in(reg) &raw const self.0[row],
                options(pure, readonly, nostack, preserves_flags)
            );
        }
        out
    }
}

/// 4 and 5 bits.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
unsafe fn table<const KIND: u8>(tile: *const u8, above: *const u8, out: *mut u8) {
    let under_super = KIND == Kind::FourK as u8 || KIND == Kind::FiveK as u8;
    let five = KIND == Kind::Five as u8 || KIND == Kind::FiveK as u8;
    // SAFETY: the tile's bytes by contract.
    unsafe {
        let (scales, mins, numbers) = if under_super {
            let scales = _mm512_mul_ps(halves(above), bytes(tile));
            let mins = _mm512_mul_ps(halves(above.add(32)), bytes(tile.add(16)));
            (scales, mins, tile.add(32))
        } else {
            (halves(tile), halves(tile.add(32)), tile.add(64))
        };
        let (scales, mins) = (floats(scales), floats(mins));
        let low = _mm512_cvtepi32_ps(iota());
        let high = _mm512_add_ps(low, _mm512_set1_ps(16.0));
        let odd = _mm512_set1_epi16(1);
        let fifth = _mm512_set1_epi16(0x20);
        let fifths = if five {
            _mm512_loadu_si512(numbers.add(256).cast())
        } else {
            odd
        };
        for group in 0..4 {
            let words = _mm512_loadu_si512(numbers.add(group * 64).cast());
            for within in 0..4 {
                let row = group * 4 + within;
                let (scale, min) = (scales.spread(row), mins.spread(row));
                // The integer at bits 1 to 4; bit 0 picks the upper half of the float.
                let shifted = match within {
                    0 => _mm512_slli_epi16::<1>(words),
                    1 => _mm512_srli_epi16::<3>(words),
                    2 => _mm512_srli_epi16::<7>(words),
                    _ => _mm512_srli_epi16::<11>(words),
                };
                let first = rounded(_mm512_fmsub_ps(low, scale, min));
                let picked = if five {
                    let second = rounded(_mm512_fmsub_ps(high, scale, min));
                    let bit = match row {
                        0..5 => _mm512_sll_epi16(fifths, _mm_cvtsi32_si128(5 - row as i32)),
                        _ => _mm512_srl_epi16(fifths, _mm_cvtsi32_si128(row as i32 - 5)),
                    };
                    // where `fifth` is set the bit, else the shifted
                    let index = _mm512_ternarylogic_epi32::<0xd8>(shifted, bit, fifth);
                    _mm512_permutex2var_epi16(first, _mm512_or_si512(index, odd), second)
                } else {
                    _mm512_permutexvar_epi16(_mm512_or_si512(shifted, odd), first)
                };
                _mm512_store_si512(out.add(row * 64).cast(), picked);
            }
        }
    }
}

/// 8 bits, with the scales of the first and of the last sixteen columns.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
#[inline]
unsafe fn bytes_by_scale(tile: *const u8, scales: (&Floats, &Floats), out: *mut u8) {
    // SAFETY: the tile's bytes by contract.
    unsafe {
        let row = |row: usize| {
            let numbers = tile.add(32 + row * 32);
            let first = _mm512_mul_ps(signed_bytes(numbers), scales.0.spread(row));
            let second = _mm512_mul_ps(signed_bytes(numbers.add(16)), scales.1.spread(row));
            _mm512_store_si512(out.add(row * 64).cast(), round_pair(first, second));
        };
        all_rows!(row);
    }
}
