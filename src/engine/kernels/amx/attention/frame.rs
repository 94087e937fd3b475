#![allow(unsafe_code)]
//! Queries on their way through the keys, and the room that they take.

use super::softmax::Softmax;
use super::{BLOCK, LANES, PAGE};

/// One query: a token and one of its heads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// Where it begins in queries and output.
    pub(super) at: usize,
    /// Position of its token.
    pub(super) position: usize,
}

/// Queries on their way through the keys, up to two tiles of `L`: what the online softmax carries, and
/// the room for one block.
pub(super) struct Frame<'a, const L: usize> {
    pub(super) columns: &'a [Column],
    pub(super) states: [Softmax; 2],
    /// For each tile one after the other: queries, weights of a block, scores of a block, twice, and sums.
    pub(super) queries: *mut u8,
    pub(super) weights: *mut u8,
    pub(super) scores: *mut u8,
    pub(super) sums: *mut u8,
    pub(super) room: Room,
}

/// What queries went through together with those of other spans.
pub(super) struct Before<'a> {
    pub(super) together: &'a Frame<'a, LANES>,
    /// The first one's lane there.
    pub(super) from: usize,
    /// How many keys.
    pub(super) shared: usize,
}

/// Bytes of the parts of a frame, for one tile.
#[derive(Clone, Copy)]
pub(super) struct Room {
    pub(super) queries: usize,
    pub(super) weights: usize,
    pub(super) scores: usize,
    pub(super) sums: usize,
}

impl Room {
    pub(super) fn new(lanes: usize, padded: usize) -> Self {
        Self {
            queries: padded / PAGE * lanes * 64,
            weights: BLOCK / PAGE * lanes * 64,
            scores: BLOCK * lanes * 4,
            sums: padded * lanes * 4,
        }
    }

    pub(super) fn all(self) -> usize {
        2 * (self.queries + self.weights + 2 * self.scores + self.sums)
    }
}

impl<const L: usize> Frame<'_, L> {
    /// Nothing seen yet.
    ///
    /// # Safety
    /// The frame's room is there.
    pub(super) unsafe fn begin(&mut self) {
        // SAFETY: the caller's contract.
        unsafe { self.sums.write_bytes(0, 2 * self.room.sums) };
    }

    /// Goes on where the lanes from `from` on of another frame are.
    ///
    /// # Safety
    /// The room of both frames is there, and `other` has as many lanes from `from` on as this one has columns.
    pub(super) unsafe fn take_over(&mut self, other: &Frame<LANES>, from: usize, padded: usize) {
        for column in 0..self.columns.len() {
            let (tile, lane) = ((from + column) / LANES, (from + column) % LANES);
            let (to_tile, to_lane) = (column / L, column % L);
            let (state, before) = (&mut self.states[to_tile], &other.states[tile]);
            // Unused lanes repeat the last column's state: they must stay numbers.
            for lane_of_mine in (to_lane..LANES).step_by(L.min(LANES)) {
                state.most[lane_of_mine] = before.most[lane];
                state.total[lane_of_mine] = before.total[lane];
            }
            // SAFETY: the caller's contract.
            unsafe {
                let sums = self.sums.add(to_tile * self.room.sums).cast::<f32>();
                let theirs = other.sums.add(tile * other.room.sums).cast::<f32>();
                for d in 0..padded {
                    *sums.add(d * L + to_lane) = *theirs.add(d * LANES + lane);
                }
            }
        }
    }
}
