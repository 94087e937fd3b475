#![allow(unsafe_code)]
//! Causal attention over paged keys and values on the tile unit, with an online softmax.
//!
//! Everything stands transposed: scores are `keys * queries^T`, sums `values^T * weights^T`. A lane is then
//! one query (a token and one of the query heads that share a key head), maxima and sums go along registers
//! instead of across them, and weights come out in the order in which the next product wants them.
//!
//! A query goes through its keys in blocks of [`BLOCK`] at fixed positions of the sequence, and the sums of its
//! weights are added in an order that depends on the keys alone: its numbers do not depend on how the sequence
//! was cut into chunks. Keys, values, queries and weights are bfloat16, scores and sums f32.

mod frame;
mod pages;
mod queries;
mod scores;
mod softmax;

use super::super::attention::{PAGE, Pages, Sight, Span, Work, check, works};
use super::super::packed::TILE_COLUMNS;
use super::super::pool::Pool;
use super::tiles::{self, Config};
use super::vector::{mask, transpose};
use super::{SCRATCH, TILE};
use frame::{Before, Column, Frame, Room};
pub use pages::TilePages;
use queries::pack_block;
use scores::Scores;
use softmax::{Keys, Softmax};
use std::arch::x86_64::*;

/// Keys between two rescalings of the softmax.
const BLOCK: usize = 4 * PAGE;
/// Queries of one tile.
const LANES: usize = 16;
/// Most queries of a unit of work: two tiles.
const QUERIES: usize = 2 * LANES;
/// Pairs of registers whose weights are computed while one product of the next scores is done: two of its steps each.
const PARTS: usize = tiles::STEPS / 2;

impl Pages for TilePages {
    fn append(&mut self, keys: &[f32], values: &[f32], spans: &[Span]) {
        self.file(keys, values, spans);
    }

    fn attend(&self, queries: &[f32], sight: Sight, spans: &[Span], out: &mut [f32]) {
        let Sight { heads, scale, window } = sight;
        let group = heads / self.kv_heads.max(1);
        assert!(Self::can_group(group) && queries.len() == out.len());
        let rows = queries.len() / (heads * self.head_dim).max(1);
        check(spans, rows, self.pages());
        let works = works(spans, QUERIES / group, BLOCK);
        let target = out.as_mut_ptr() as usize;
        // Head after head: one head's keys and values stay in the second cache.
        Pool::global().run(works.len() * self.kv_heads, |unit| {
            let head = Head {
                layer: self,
                queries: queries.as_ptr(),
                out: target as *mut f32,
                heads,
                kv_head: unit / works.len(),
                scale: scale * std::f32::consts::LOG2_E,
                window: window.unwrap_or(usize::MAX),
            };
            SCRATCH.with_borrow_mut(|scratch| {
                // SAFETY: rows and pages were checked, and units write disjoint parts of the output.
                unsafe { head.work(&works[unit % works.len()], spans, scratch) }
            });
        });
    }
}

/// One key head of a layer, and the query heads that share it.
struct Head<'a> {
    layer: &'a TilePages,
    queries: *const f32,
    out: *mut f32,
    /// Query heads in a row.
    heads: usize,
    kv_head: usize,
    scale: f32,
    window: usize,
}

impl Head<'_> {
    /// # Safety
    /// AMX is there, the work's rows and pages exist, and no other thread writes its part of the output.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn work(&self, work: &Work, spans: &[Span], scratch: &mut super::Scratch) {
        // SAFETY: the caller's contract.
        unsafe {
            match work {
                Work::Tokens { span, first, tokens } => {
                    let span = &spans[*span];
                    let columns = self.columns(span, *first, *tokens);
                    let at = scratch.sums.room(self.room::<LANES>().all());
                    self.alone(&columns, span, None, &mut scratch.rows, at);
                }
                Work::Shared {
                    spans: members,
                    shared,
                } => {
                    let members = members.iter().map(|index| &spans[*index]);
                    let members: Vec<(&Span, Vec<Column>)> = members
                        .map(|span| (span, self.columns(span, 0, span.tokens)))
                        .collect();
                    self.shared(&members, *shared, scratch);
                }
            }
        }
    }

    fn group(&self) -> usize {
        self.heads / self.layer.kv_heads
    }

    /// The queries of some tokens of a span, token by token.
    fn columns(&self, span: &Span, first: usize, tokens: usize) -> Vec<Column> {
        let (group, dim) = (self.group(), self.layer.head_dim);
        (0..tokens * group)
            .map(|column| {
                let token = first + column / group;
                let head = self.kv_head * group + column % group;
                Column {
                    at: ((span.row + token) * self.heads + head) * dim,
                    position: span.start + token,
                }
            })
            .collect()
    }

    /// Brings the queries of some tokens of a span through their keys: all of them, or those behind what they went through
    /// together with others.
    ///
    /// # Safety
    /// As [`Head::work`]; `at` has room for a frame of [`LANES`].
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn alone(
        &self,
        columns: &[Column],
        span: &Span,
        before: Option<Before>,
        rows: &mut Vec<f32>,
        at: *mut u8,
    ) {
        // SAFETY: the caller's contract.
        unsafe {
            match columns.len() {
                1..=2 => self.lanes::<2>(columns, span, before, rows, at),
                3..=4 => self.lanes::<4>(columns, span, before, rows, at),
                5..=8 => self.lanes::<8>(columns, span, before, rows, at),
                _ => self.lanes::<16>(columns, span, before, rows, at),
            }
        }
    }

    /// # Safety
    /// As [`Head::alone`].
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn lanes<const L: usize>(
        &self,
        columns: &[Column],
        span: &Span,
        before: Option<Before>,
        rows: &mut Vec<f32>,
        at: *mut u8,
    ) {
        let (first, last) = (columns[0].position, columns[columns.len() - 1].position);
        let shared = before.as_ref().map_or(0, |before| before.shared);
        // SAFETY: the caller's contract.
        unsafe {
            let mut frame = self.frame::<L>(columns, rows, at);
            match before {
                Some(before) => frame.take_over(before.together, before.from, self.layer.padded),
                None => frame.begin(),
            }
            self.blocks(&mut frame, span.pages, self.farthest(first).max(shared), last + 1);
            self.finish(&frame);
        }
    }

    /// # Safety
    /// As [`Head::work`].
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn shared(&self, members: &[(&Span, Vec<Column>)], shared: usize, scratch: &mut super::Scratch) {
        let room = self.room::<LANES>().all();
        let at = scratch.sums.room(2 * room);
        let all: Vec<Column> = members.iter().flat_map(|(_, columns)| columns).copied().collect();
        // Blocks that no member sees any more cost time and change nothing.
        let start = members.iter().map(|(span, _)| self.farthest(span.start)).min();
        // SAFETY: the caller's contract, and the room was made.
        unsafe {
            let mut together = self.frame::<LANES>(&all, &mut scratch.rows, at);
            together.begin();
            let start = start.unwrap_or(0).min(shared);
            self.blocks(&mut together, members[0].0.pages, start, shared);
            let mut from = 0;
            for (span, columns) in members {
                let before = Before {
                    together: &together,
                    from,
                    shared,
                };
                self.alone(columns, span, Some(before), &mut scratch.rows, at.add(room));
                from += columns.len();
            }
        }
    }

    fn room<const L: usize>(&self) -> Room {
        Room::new(L, self.layer.padded)
    }

    /// The first position of the first block that a token at `position` sees.
    fn farthest(&self, position: usize) -> usize {
        (position + 1).saturating_sub(self.window) / BLOCK * BLOCK
    }

    /// # Safety
    /// `at` has room for a frame; the columns' queries exist.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn frame<'b, const L: usize>(
        &self,
        columns: &'b [Column],
        rows: &mut Vec<f32>,
        at: *mut u8,
    ) -> Frame<'b, L> {
        let (dim, padded) = (self.layer.head_dim, self.layer.padded);
        let room = self.room::<L>();
        let weights = at.wrapping_add(2 * room.queries);
        let scores = weights.wrapping_add(2 * room.weights);
        let sums = scores.wrapping_add(4 * room.scores);
        for (tile, columns) in columns.chunks(L).enumerate() {
            rows.resize(rows.len().max(L * padded), 0.0);
            let (used, unused) = rows[..L * padded].split_at_mut(columns.len() * padded);
            unused.fill(0.0);
            for (column, row) in columns.iter().zip(used.chunks_mut(padded)) {
                // SAFETY: the caller's contract.
                let from = unsafe { std::slice::from_raw_parts(self.queries.add(column.at), dim) };
                let (numbers, padding) = row.split_at_mut(dim);
                for (to, from) in numbers.iter_mut().zip(from) {
                    *to = from * self.scale;
                }
                padding.fill(0.0);
            }
            // SAFETY: as above.
            unsafe { pack_block(rows, L, padded / PAGE, at.add(tile * room.queries)) };
        }
        let states = std::array::from_fn(|tile| Softmax::new::<L>(columns, tile));
        Frame {
            columns,
            states,
            queries: at,
            weights,
            scores,
            sums,
            room,
        }
    }

    /// Brings the frame's queries through the keys of positions `start` (a block's first) to `end`. Scores of the next
    /// block are computed while those of one become weights: the tile unit does the one, the others the other.
    ///
    /// # Safety
    /// As [`Head::work`]; the pages hold these positions.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn blocks<const L: usize>(&self, frame: &mut Frame<L>, pages: &[u32], start: usize, end: usize) {
        let both = frame.columns.len() > L;
        let query_tiles = 1 + usize::from(both);
        // None after the last block.
        let of_block = |block: usize| {
            let after = end.min(block + BLOCK).div_ceil(PAGE);
            &pages[(block / PAGE).min(after)..after]
        };
        // SAFETY: the caller's contract; all pointers have the room that was asked for.
        unsafe {
            Config::of_columns(L, if both { L } else { 0 }).load();
            let mut scores = Scores::new(self, frame, of_block(start), 0);
            scores.rest();
            for (turn, block) in (start..end).step_by(BLOCK).enumerate() {
                let pages = of_block(block);
                let ready = scores.out;
                scores = Scores::new(self, frame, of_block(block + BLOCK), (turn + 1) % 2);
                let groups = Softmax::groups::<L>(pages.len());
                scores.spread(groups * query_tiles);
                let keys = Keys {
                    first: block,
                    pages: pages.len(),
                    window: self.window,
                };
                for tile in 0..query_tiles {
                    let ready = ready.add(tile * frame.room.scores).cast();
                    let weights = frame.weights.add(tile * frame.room.weights);
                    let sums = frame.sums.add(tile * frame.room.sums).cast();
                    let state = &mut frame.states[tile];
                    state.step::<L>(keys, ready, weights, (sums, self.layer.padded), |group, step| {
                        if L == LANES {
                            scores.part(tile * groups + group, step);
                        }
                    });
                }
                scores.rest();
                self.add_values(frame, pages, both);
            }
            tiles::release();
        }
    }

    /// Adds a block's values times their weights to the sums.
    ///
    /// # Safety
    /// As [`Self::blocks`].
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    unsafe fn add_values<const L: usize>(&self, frame: &Frame<L>, pages: &[u32], both: bool) {
        let room = frame.room;
        for pair in 0..self.layer.padded / PAGE {
            // SAFETY: the caller's contract.
            unsafe {
                let sums = frame.sums.add(pair * PAGE * L * 4);
                let second = sums.wrapping_add(room.sums);
                tiles::load_rows::<L>(sums, second, both);
                for (index, page) in pages.iter().enumerate() {
                    let values = self.layer.values_of(*page, self.kv_head).add(pair * 2 * TILE);
                    let weights = frame.weights.add(index * L * 64).cast_const();
                    let second = both.then(|| weights.add(room.weights));
                    tiles::rows_by_columns(values, weights, second, 4 * L);
                }
                tiles::store_rows::<L>(sums, second, both);
            }
        }
    }

    /// Divides the sums by the weights and writes them to their rows.
    ///
    /// # Safety
    /// As [`Head::work`].
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn finish<const L: usize>(&self, frame: &Frame<L>) {
        let dim = self.layer.head_dim;
        for (tile, columns) in frame.columns.chunks(L).enumerate() {
            let scales = frame.states[tile].total.map(|total| 1.0 / total);
            // SAFETY: the caller's contract; masked lanes are not written.
            unsafe {
                let sums = frame.sums.add(tile * frame.room.sums).cast::<f32>();
                if L < LANES {
                    for (lane, column) in columns.iter().enumerate() {
                        for d in 0..dim {
                            *self.out.add(column.at + d) = *sums.add(d * L + lane) * scales[lane];
                        }
                    }
                    continue;
                }
                let scales = _mm512_loadu_ps(scales.as_ptr());
                for d in (0..dim).step_by(16) {
                    let mut rows = [_mm512_setzero_ps(); 16];
                    for (i, row) in rows.iter_mut().enumerate() {
                        *row = _mm512_mul_ps(_mm512_loadu_ps(sums.add((d + i) * LANES)), scales);
                    }
                    for (row, column) in transpose(rows).into_iter().zip(columns) {
                        _mm512_mask_storeu_ps(self.out.add(column.at + d), mask(dim - d), row);
                    }
                }
            }
        }
    }
}
