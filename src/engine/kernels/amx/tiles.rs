#![allow(unsafe_code)]
//! The tile instructions.
//!
//! Registers: 0 and 1 are sums of the band's halves with the first block of tokens, 2 and 3 with the second;
//! 4 and 5 hold weights, 6 and 7 activations.

use super::TILE;
use std::arch::asm;

/// Shapes of the eight tiles.
#[repr(C, align(64))]
pub(super) struct Config {
    palette: u8,
    start: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

impl Config {
    /// For blocks of `first` and `second` tokens (1 to 16; 0 where there is no second: a tile without shape
    /// cannot even be set to zero, so it gets the first one's).
    pub(super) fn new(first: usize, second: usize) -> Self {
        let second = if second == 0 { first } else { second };
        let (first, second) = (4 * first as u16, 4 * second as u16);
        let mut config = Self {
            palette: 1,
            start: 0,
            reserved: [0; 14],
            row_bytes: [0; 16],
            rows: [0; 16],
        };
        let shapes = [first, first, second, second, 64, 64, first, second];
        for (tile, bytes) in shapes.into_iter().enumerate() {
            config.row_bytes[tile] = bytes;
            config.rows[tile] = 16;
        }
        config
    }

    /// # Safety
    /// AMX is there.
    pub(super) unsafe fn load(&self) {
        // SAFETY: 64 valid bytes; the caller's contract.
        unsafe { asm!("ldtilecfg [{}]", in(reg) self, options(nostack)) }
    }
}

/// Gives the tiles back, so that the system need not save them.
///
/// # Safety
/// AMX is there.
pub(super) unsafe fn release() {
    // SAFETY: the caller's contract.
    unsafe { asm!("tilerelease", options(nostack, nomem)) }
}

/// Sets the sums to zero.
///
/// # Safety
/// A configuration is loaded.
#[inline(always)]
pub(super) unsafe fn zero() {
    // SAFETY: the caller's contract.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            options(nostack, nomem)
        );
    }
}

/// Loads the sums, of both blocks or of the first.
///
/// # Safety
/// A configuration is loaded; `sums` are four tiles, or two.
#[inline(always)]
pub(super) unsafe fn load(sums: *const u8, both: bool) {
    // SAFETY: the caller's contract.
    unsafe {
        asm!(
            "tileloadd tmm0, [{at} + {row}*1]",
            "tileloadd tmm1, [{at} + {row}*1 + 1024]",
            at = in(reg) sums, row = in(reg) 64usize, options(nostack, readonly)
        );
        if both {
            asm!(
                "tileloadd tmm2, [{at} + {row}*1 + 2048]",
                "tileloadd tmm3, [{at} + {row}*1 + 3072]",
                at = in(reg) sums, row = in(reg) 64usize, options(nostack, readonly)
            );
        }
    }
}

/// Stores the sums, of both blocks or of the first.
///
/// # Safety
/// As [`load`].
#[inline(always)]
pub(super) unsafe fn store(sums: *mut u8, both: bool) {
    // SAFETY: the caller's contract.
    unsafe {
        asm!(
            "tilestored [{at} + {row}*1], tmm0",
            "tilestored [{at} + {row}*1 + 1024], tmm1",
            at = in(reg) sums, row = in(reg) 64usize, options(nostack)
        );
        if both {
            asm!(
                "tilestored [{at} + {row}*1 + 2048], tmm2",
                "tilestored [{at} + {row}*1 + 3072], tmm3",
                at = in(reg) sums, row = in(reg) 64usize, options(nostack)
            );
        }
    }
}

/// Loads the sums from rows of `L` floats: 32 of the first block at `first`, of the second at `second`.
///
/// # Safety
/// A configuration for blocks of `L` is loaded; so many rows are there.
#[inline(always)]
pub(super) unsafe fn load_rows<const L: usize>(first: *const u8, second: *const u8, both: bool) {
    // SAFETY: the caller's contract.
    unsafe {
        asm!(
            "tileloadd tmm0, [{at} + {row}*1]",
            "tileloadd tmm1, [{at} + {row}*1 + {half}]",
            at = in(reg) first, row = in(reg) 4 * L, half = const 64 * L, options(nostack, readonly)
        );
        if both {
            asm!(
                "tileloadd tmm2, [{at} + {row}*1]",
                "tileloadd tmm3, [{at} + {row}*1 + {half}]",
                at = in(reg) second, row = in(reg) 4 * L, half = const 64 * L, options(nostack, readonly)
            );
        }
    }
}

/// Stores the sums to rows of `L` floats.
///
/// # Safety
/// As [`load_rows`].
#[inline(always)]
pub(super) unsafe fn store_rows<const L: usize>(first: *mut u8, second: *mut u8, both: bool) {
    // SAFETY: the caller's contract.
    unsafe {
        asm!(
            "tilestored [{at} + {row}*1], tmm0",
            "tilestored [{at} + {row}*1 + {half}], tmm1",
            at = in(reg) first, row = in(reg) 4 * L, half = const 64 * L, options(nostack)
        );
        if both {
            asm!(
                "tilestored [{at} + {row}*1], tmm2",
                "tilestored [{at} + {row}*1 + {half}], tmm3",
                at = in(reg) second, row = in(reg) 4 * L, half = const 64 * L, options(nostack)
            );
        }
    }
}

/// Adds `depth` products of a band with one block: tiles `b.1` bytes apart, of 16 rows.
///
/// # Safety
/// A configuration is loaded; `a` holds `depth` pairs of tiles, `b.0` `depth` tiles; `depth` is not 0.
#[inline(always)]
pub(super) unsafe fn multiply_one(a: *const u8, b: (*const u8, usize), depth: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        asm!(
            "2:",
            "tileloadd tmm6, [{b} + {brow}*1]",
            "tileloadd tmm4, [{a} + {row}*1]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm5, [{a} + {row}*1 + 1024]",
            "tdpbf16ps tmm1, tmm5, tmm6",
            "add {a}, 2048",
            "add {b}, {step}",
            "dec {n}",
            "jnz 2b",
            a = inout(reg) a => _,
            b = inout(reg) b.0 => _,
            n = inout(reg) depth => _,
            step = in(reg) b.1,
            brow = in(reg) b.1 / 16,
            row = in(reg) 64usize,
            options(nostack, readonly)
        );
    }
}

/// Adds `depth` products of a band with two blocks.
///
/// # Safety
/// As [`multiply_one`], for both blocks.
#[inline(always)]
pub(super) unsafe fn multiply_two(a: *const u8, b: (*const u8, usize), c: (*const u8, usize), depth: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        asm!(
            "2:",
            "tileloadd tmm4, [{a} + {row}*1]",
            "tileloadd tmm6, [{b} + {brow}*1]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm5, [{a} + {row}*1 + 1024]",
            "tdpbf16ps tmm1, tmm5, tmm6",
            "tileloadd tmm7, [{c} + {crow}*1]",
            "tdpbf16ps tmm2, tmm4, tmm7",
            "tdpbf16ps tmm3, tmm5, tmm7",
            "add {a}, 2048",
            "add {b}, {bstep}",
            "add {c}, {cstep}",
            "dec {n}",
            "jnz 2b",
            a = inout(reg) a => _,
            b = inout(reg) b.0 => _,
            c = inout(reg) c.0 => _,
            n = inout(reg) depth => _,
            bstep = in(reg) b.1,
            cstep = in(reg) c.1,
            brow = in(reg) b.1 / 16,
            crow = in(reg) c.1 / 16,
            row = in(reg) 64usize,
            options(nostack, readonly)
        );
    }
}

const _: () = assert!(TILE == 1024);
