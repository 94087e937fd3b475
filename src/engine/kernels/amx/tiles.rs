#![allow(unsafe_code)]
//! The tile instructions.
//!
//! Registers: 0 and 1 are sums of a band's halves with a first block of columns or tokens, 2 and 3 with a second;
//! 4 and 5 hold the band's tiles, 6 and 7 the blocks'.

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
    /// For products of rows with columns of `first` and `second` numbers (1 to 16; 0 where there is no second: a tile
    /// without shape cannot even be set to zero, so it gets the first one's).
    pub(super) fn of_columns(first: usize, second: usize) -> Self {
        Self::new([first, if second == 0 { first } else { second }].map(|count| (4 * count, 16)))
    }

    /// For products of `first` and `second` tokens with rows of weights, likewise.
    pub(super) fn of_tokens(first: usize, second: usize) -> Self {
        Self::new([first, if second == 0 { first } else { second }].map(|count| (64, count)))
    }

    /// Bytes of a row, and rows, of both blocks' tiles.
    fn new([first, second]: [(usize, usize); 2]) -> Self {
        let mut config = Self {
            palette: 1,
            start: 0,
            reserved: [0; 14],
            row_bytes: [0; 16],
            rows: [0; 16],
        };
        let full = (64, 16);
        let shapes = [first, first, second, second, full, full, first, second];
        for (tile, (bytes, rows)) in shapes.into_iter().enumerate() {
            config.row_bytes[tile] = bytes as u16;
            config.rows[tile] = rows as u8;
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

/// Defines the product of a band's two tiles with the tiles of one block or of two: which factor is the first.
macro_rules! product {
    ($(#[$about:meta])* $whole:ident, $step:ident; $four_six:literal $five_six:literal $four_seven:literal $five_seven:literal) => {
        $(#[$about])*
        ///
        /// # Safety
        /// As for its steps.
        #[inline(always)]
        pub(super) unsafe fn $whole(band: *const u8, x: *const u8, y: Option<*const u8>, row: usize) {
            for step in 0..STEPS {
                // SAFETY: the caller's contract.
                unsafe {
                    $step(step, band, x, y, row);
                    space();
                }
            }
        }

        $(#[$about])*
        ///
        /// One instruction, of [`STEPS`]: between them stand those that prepare the next product. Where they
        /// stand together, those that follow fill the processor's window before the last of them is done, and nothing
        /// overlaps; and they wait longer for another thread of the core that has tile instructions too.
        ///
        /// # Safety
        /// A configuration for it is loaded; `band` holds two tiles, `x` and `y` one, their rows `row` bytes apart; from the
        /// first step to the last nothing else uses tile registers.
        #[inline(always)]
        pub(super) unsafe fn $step(step: usize, band: *const u8, x: *const u8, y: Option<*const u8>, row: usize) {
            // SAFETY: the caller's contract.
            unsafe {
                match (step, y) {
                    (0, _) => asm!(
                        "tileloadd tmm4, [{band} + {row}*1]",
                        band = in(reg) band, row = in(reg) 64usize, options(nostack, readonly)
                    ),
                    (1, _) => asm!(
                        "tileloadd tmm6, [{x} + {row}*1]",
                        x = in(reg) x, row = in(reg) row, options(nostack, readonly)
                    ),
                    (2, _) => asm!(concat!("tdpbf16ps tmm0, ", $four_six), options(nostack, readonly)),
                    (3, _) => asm!(
                        "tileloadd tmm5, [{band} + {row}*1 + 1024]",
                        band = in(reg) band, row = in(reg) 64usize, options(nostack, readonly)
                    ),
                    (4, _) => asm!(concat!("tdpbf16ps tmm1, ", $five_six), options(nostack, readonly)),
                    (5, Some(y)) => asm!(
                        "tileloadd tmm7, [{y} + {row}*1]",
                        y = in(reg) y, row = in(reg) row, options(nostack, readonly)
                    ),
                    (6, Some(_)) => asm!(concat!("tdpbf16ps tmm2, ", $four_seven), options(nostack, readonly)),
                    (7, Some(_)) => asm!(concat!("tdpbf16ps tmm3, ", $five_seven), options(nostack, readonly)),
                    _ => {}
                }
            }
        }
    };
}

/// Instructions of a product of two tiles with two.
pub(super) const STEPS: usize = 8;

/// Keeps tile instructions apart. Where another thread of the core has some too, four products with their loads take 124 ns
/// one after the other and 82 with eight instructions between any two, 25 in both cases where it has none.
#[inline(always)]
pub(super) fn space() {
    // SAFETY: nothing is done.
    unsafe {
        asm!(
            ".rept 8",
            "nop",
            ".endr",
            options(nomem, nostack, preserves_flags)
        )
    }
}

product!(
    /// Adds the product of a band's rows with the columns of a block.
    rows_by_columns, rows_by_columns_step; "tmm4, tmm6" "tmm5, tmm6" "tmm4, tmm7" "tmm5, tmm7"
);

product!(
    /// Adds the product of the tokens of a block with a band's rows.
    tokens_by_rows, tokens_by_rows_step; "tmm6, tmm4" "tmm6, tmm5" "tmm7, tmm4" "tmm7, tmm5"
);

const _: () = assert!(TILE == 1024);
