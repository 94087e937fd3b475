#![allow(unsafe_code)]
//! One band of a matrix, as products read it.

use super::{BAND, Packed, SUPER, TILE_ROWS, kind};

/// One band of weights.
#[derive(Clone, Copy)]
pub(in super::super) struct Band {
    /// Its tiles: by column tile two, sixteen rows each.
    tiles: *const u8,
    /// The scales of its super-blocks, likewise.
    supers: *const u8,
    /// Column tiles.
    pub(in super::super) depth: usize,
    /// Which part of how many the next band is asked for in; of one, this band itself.
    #[cfg(target_arch = "x86_64")]
    part: (usize, usize),
}

impl Band {
    pub(in super::super) fn new(weights: &Packed, band: usize) -> Self {
        let tile = weights.tile_at(band * BAND, 0);
        let above = weights.super_at(band * BAND, 0);
        Self {
            tiles: weights.tiles.bytes()[tile..].as_ptr(),
            supers: weights.supers.bytes().as_ptr().wrapping_add(above),
            depth: weights.column_tiles(),
            #[cfg(target_arch = "x86_64")]
            part: (0, 1),
        }
    }

    /// The same for the `part`-th of so many blocks of tokens that are multiplied with it. The first one waits for memory,
    /// which would then be idle for the others: so each asks for its part of the next band.
    #[cfg(target_arch = "x86_64")]
    pub(in super::super) fn shared(self, part: usize, of: usize) -> Self {
        Self {
            part: (part, of),
            ..self
        }
    }

    /// Scales and numbers of half `half` of column tile `column`.
    #[inline(always)]
    pub(in super::super) fn tile<const KIND: u8>(self, column: usize, half: usize) -> (*const u8, *const u8) {
        let kind = kind::<KIND>();
        let scales = self.tiles.wrapping_add((column * 2 + half) * kind.tile_bytes());
        (scales, scales.wrapping_add(kind.scale_bytes()))
    }

    /// Has what stands so many bytes behind a column tile brought near, or a part of the next band.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub(in super::super) fn ask_for<const KIND: u8>(self, column: usize, ahead: usize) {
        if self.part.1 > 1 {
            let ahead = self.depth * 2 * kind::<KIND>().tile_bytes();
            self.ask_in_parts::<KIND, { std::arch::x86_64::_MM_HINT_T1 }>(column, ahead, self.part);
            return;
        }
        self.ask_in_parts::<KIND, { std::arch::x86_64::_MM_HINT_T0 }>(column, ahead, (0, 1));
    }

    /// The same in parts, of so many the one of that number, and into the cache of a hint: what is asked for all at
    /// once keeps the processor from its work until the first of it is there.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub(in super::super) fn ask_in_parts<const KIND: u8, const HINT: i32>(
        self,
        column: usize,
        ahead: usize,
        (part, of): (usize, usize),
    ) {
        let (tile, _) = self.tile::<KIND>(column, 0);
        let lines = (2 * kind::<KIND>().tile_bytes()).div_ceil(64);
        for line in part * lines / of..(part + 1) * lines / of {
            // SAFETY: a hint, which reads nothing.
            unsafe { std::arch::x86_64::_mm_prefetch::<HINT>(tile.wrapping_add(ahead + line * 64).cast()) };
        }
    }

    /// Scales above those.
    #[inline(always)]
    pub(in super::super) fn above(self, column: usize, half: usize) -> *const u8 {
        self.supers
            .wrapping_add((column / SUPER * 2 + half) * 4 * TILE_ROWS)
    }
}
