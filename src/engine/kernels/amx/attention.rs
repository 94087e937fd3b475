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

use super::super::attention::{PAGE, Span};
use super::tiles::{self, Config};
use super::vector::{exp2, iota, mask, pair, rounded, transpose};
use super::{Lines, Pool, SCRATCH, TILE, pack_block};
use std::arch::x86_64::*;

/// Keys between two rescalings of the softmax.
const BLOCK: usize = 2 * PAGE;
/// Queries of one tile.
const LANES: usize = 16;
/// Most queries of a unit of work: two tiles.
const QUERIES: usize = 2 * LANES;

/// Keys and values of one layer, in tiles.
///
/// By page and key head: keys as `[32 dimensions][2][16 keys][16 pairs of dimensions]`, values as
/// `[16 dimensions][16 dimensions][16 pairs of keys]`; pairs are `(i, 16 + i)`, as in weights.
#[derive(Debug)]
pub struct TilePages {
    keys: Lines,
    values: Lines,
    kv_heads: usize,
    head_dim: usize,
    /// `head_dim` rounded up to whole tiles.
    padded: usize,
}

impl TilePages {
    /// Whether so many query heads can share a key head.
    pub fn can_group(group: usize) -> bool {
        (1..=QUERIES).contains(&group)
    }

    /// Room for `pages` pages; the system hands the memory out when it is first written.
    pub fn new(pages: usize, kv_heads: usize, head_dim: usize) -> Self {
        let bytes = pages * Self::page_bytes(kv_heads, head_dim) / 2;
        Self {
            keys: Lines::zeroed(bytes),
            values: Lines::zeroed(bytes),
            kv_heads,
            head_dim,
            padded: head_dim.next_multiple_of(PAGE),
        }
    }

    /// Bytes of one page in one layer.
    pub fn page_bytes(kv_heads: usize, head_dim: usize) -> usize {
        2 * kv_heads * PAGE * head_dim.next_multiple_of(PAGE) * 2
    }

    /// Bytes of the keys (or values) of one page and key head.
    fn head_bytes(&self) -> usize {
        PAGE * self.padded * 2
    }

    fn pages(&self) -> usize {
        self.keys.bytes().len() / (self.kv_heads * self.head_bytes()).max(1)
    }

    fn check(&self, spans: &[Span], rows: usize) {
        for span in spans {
            assert!(span.start + span.tokens <= span.pages.len() * PAGE);
            assert!(span.row + span.tokens <= rows);
            assert!(span.pages.iter().all(|page| (*page as usize) < self.pages()));
        }
    }

    /// Copies the keys and values of one page to another.
    pub fn copy_page(&mut self, from: u32, to: u32) {
        let size = self.kv_heads * self.head_bytes();
        let (from, to) = (from as usize * size, to as usize * size);
        self.keys.bytes_mut().copy_within(from..from + size, to);
        self.values.bytes_mut().copy_within(from..from + size, to);
    }

    /// Writes keys and values (`[rows, kv_heads * head_dim]`, rotated) of the spans' tokens.
    ///
    /// # Panics
    /// When a span's pages do not hold it, or there are fewer rows than it says.
    pub fn append(&mut self, keys: &[f32], values: &[f32], spans: &[Span]) {
        let width = self.kv_heads * self.head_dim;
        self.check(spans, keys.len().min(values.len()) / width.max(1));
        let (to_keys, to_values) = (
            self.keys.bytes_mut().as_mut_ptr() as usize,
            self.values.bytes_mut().as_mut_ptr() as usize,
        );
        let layer = &*self;
        Pool::global().run(spans.len() * self.kv_heads, |unit| {
            let (span, head) = (&spans[unit / layer.kv_heads], unit % layer.kv_heads);
            let mut token = 0;
            while token < span.tokens {
                let position = span.start + token;
                let run = (PAGE - position % PAGE).min(span.tokens - token);
                let page = span.pages[position / PAGE] as usize;
                let at = (page * layer.kv_heads + head) * layer.head_bytes();
                let from = (span.row + token) * width + head * layer.head_dim;
                // SAFETY: pages and rows were checked; no two chunks write the same page, and each head is
                // this unit's own.
                unsafe {
                    let keys = keys.as_ptr().add(from);
                    let values = values.as_ptr().add(from);
                    let slots = (position % PAGE, run);
                    append_keys((to_keys + at) as *mut u8, keys, width, slots, layer.head_dim);
                    append_values((to_values + at) as *mut u8, values, width, slots, layer);
                }
                token += run;
            }
        });
    }

    /// Attention of `queries` (`[rows, heads * head_dim]`, rotated) over the spans' own pages, which already
    /// hold the spans' tokens, into `out` of the same shape. A query sees at most `window` keys, itself
    /// included.
    ///
    /// # Panics
    /// When sizes do not fit together.
    pub fn attend(
        &self,
        queries: &[f32],
        heads: usize,
        scale: f32,
        window: Option<usize>,
        spans: &[Span],
        out: &mut [f32],
    ) {
        let group = heads / self.kv_heads.max(1);
        assert!(Self::can_group(group) && queries.len() == out.len());
        self.check(spans, queries.len() / (heads * self.head_dim).max(1));
        let works = works(spans, QUERIES / group);
        let target = out.as_mut_ptr() as usize;
        Pool::global().run(works.len() * self.kv_heads, |unit| {
            let unit = (&works[unit / self.kv_heads], unit % self.kv_heads);
            let head = Head {
                layer: self,
                queries: queries.as_ptr(),
                out: target as *mut f32,
                heads,
                kv_head: unit.1,
                scale: scale * std::f32::consts::LOG2_E,
                window: window.unwrap_or(usize::MAX),
            };
            SCRATCH.with_borrow_mut(|scratch| {
                // SAFETY: rows and pages were checked, and units write disjoint parts of the output.
                unsafe { head.work(unit.0, spans, scratch) }
            });
        });
    }
}

/// # Safety
/// `to` is a page's part for a head, `from` rows of `dim` numbers `width` apart, and AVX-512 is there.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn append_keys(to: *mut u8, from: *const f32, width: usize, (slot, run): (usize, usize), dim: usize) {
    for token in 0..run {
        let slot = slot + token;
        for d in (0..dim).step_by(PAGE) {
            // SAFETY: masked lanes beyond the head are not read; the slot lies within the page.
            unsafe {
                let from = from.add(token * width + d);
                let low = _mm512_maskz_loadu_ps(mask(dim - d), from);
                let high = _mm512_maskz_loadu_ps(mask((dim - d).saturating_sub(16)), from.wrapping_add(16));
                let to = to.add(d / PAGE * 2 * TILE + slot / 16 * TILE + slot % 16 * 64);
                _mm512_storeu_si512(to.cast(), pair(low, high));
            }
        }
    }
}

/// # Safety
/// As [`append_keys`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn append_values(
    to: *mut u8,
    from: *const f32,
    width: usize,
    (slot, run): (usize, usize),
    layer: &TilePages,
) {
    // SAFETY: the caller's contract.
    unsafe {
        if slot == 0 {
            // What another sequence left behind the last key must be a number, since 0 times it is added.
            to.write_bytes(0, layer.head_bytes());
        }
        if slot == 0 && run == PAGE {
            for d in (0..layer.head_dim).step_by(16) {
                let lanes = mask(layer.head_dim - d);
                let half = |first: usize| {
                    let mut rows = [_mm512_setzero_ps(); 16];
                    for (token, row) in rows.iter_mut().enumerate() {
                        *row = _mm512_maskz_loadu_ps(lanes, from.add((first + token) * width + d));
                    }
                    transpose(rows)
                };
                let (low, high) = (half(0), half(16));
                for i in 0..16 {
                    _mm512_storeu_si512(to.add((d + i) * 64).cast(), pair(low[i], high[i]));
                }
            }
            return;
        }
        for token in 0..run {
            let slot = slot + token;
            let place = if slot < 16 { 2 * slot } else { 2 * (slot - 16) + 1 };
            for d in 0..layer.head_dim {
                let bits = (*from.add(token * width + d)).to_bits().wrapping_add(0x8000);
                to.add(d * 64 + place * 2)
                    .cast::<u16>()
                    .write((bits >> 16) as u16);
            }
        }
    }
}

/// What goes through its keys together, for each key head.
#[derive(Debug, PartialEq, Eq)]
enum Work {
    /// Some tokens of one span.
    Tokens {
        span: usize,
        first: usize,
        tokens: usize,
    },
    /// Single tokens of several spans whose first `shared` tokens are the same pages: they go through
    /// these together, then each through the rest of its own.
    Shared { spans: Vec<usize>, shared: usize },
}

/// Cuts the spans into units of up to `step` tokens, those with most keys first.
fn works(spans: &[Span], step: usize) -> Vec<Work> {
    let (singles, runs): (Vec<usize>, Vec<usize>) =
        (0..spans.len()).partition(|index| spans[*index].tokens == 1);
    let mut works = shared(spans, singles, step);
    for span in runs {
        let all = spans[span].tokens;
        works.extend((0..all).step_by(step).map(|first| {
            let tokens = step.min(all - first);
            Work::Tokens { span, first, tokens }
        }));
    }
    works.sort_by_key(|work| {
        std::cmp::Reverse(match work {
            Work::Tokens { span, first, tokens } => spans[*span].start + first + tokens,
            Work::Shared {
                spans: members,
                shared,
            } => {
                let own = members.iter().map(|index| spans[*index].start + 1 - shared);
                shared + own.sum::<usize>()
            }
        })
    });
    works
}

/// Groups single tokens by the beginning that their sequences share: answers about one article read its
/// keys and values once for all of them.
fn shared(spans: &[Span], mut singles: Vec<usize>, step: usize) -> Vec<Work> {
    // Whole blocks before the token itself.
    let blocks = |span: &Span| span.start / BLOCK;
    let common = |a: &Span, b: &Span| {
        let same = a.pages.iter().zip(b.pages).take_while(|(a, b)| a == b).count();
        (same * PAGE / BLOCK).min(blocks(a)).min(blocks(b))
    };
    singles.sort_by(|a, b| spans[*a].pages.cmp(spans[*b].pages).then(a.cmp(b)));
    let mut groups: Vec<(Vec<usize>, usize)> = Vec::new();
    for index in singles {
        if let Some((members, shared)) = groups.last_mut() {
            let with = common(&spans[members[0]], &spans[index]);
            // A member that shares little would cost the others what they share among themselves.
            if members.len() < step && with > 0 && with * 4 >= 3 * blocks(&spans[index]).min(*shared) {
                *shared = with.min(*shared);
                members.push(index);
                continue;
            }
        }
        groups.push((vec![index], blocks(&spans[index])));
    }
    let work = |(members, shared): (Vec<usize>, usize)| match members[..] {
        [span] => Work::Tokens {
            span,
            first: 0,
            tokens: 1,
        },
        _ => Work::Shared {
            spans: members,
            shared: shared * BLOCK,
        },
    };
    groups.into_iter().map(work).collect()
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

/// One query: a token and one of its heads.
#[derive(Debug, Clone, Copy)]
struct Column {
    /// Where it begins in queries and output.
    at: usize,
    /// Position of its token.
    position: usize,
}

/// Queries on their way through the keys, up to two tiles of `L`: what the online softmax carries, and
/// the room for one block.
struct Frame<'a, const L: usize> {
    columns: &'a [Column],
    states: [Softmax; 2],
    /// For each tile one after the other: queries, weights of a block, scores of a block, sums.
    queries: *mut u8,
    weights: *mut u8,
    scores: *mut u8,
    sums: *mut u8,
    room: Room,
}

/// Bytes of the parts of a frame, for one tile.
#[derive(Clone, Copy)]
struct Room {
    queries: usize,
    weights: usize,
    scores: usize,
    sums: usize,
}

impl Room {
    fn new(lanes: usize, padded: usize) -> Self {
        Self {
            queries: padded / PAGE * lanes * 64,
            weights: BLOCK / PAGE * lanes * 64,
            scores: BLOCK * lanes * 4,
            sums: padded * lanes * 4,
        }
    }

    fn all(self) -> usize {
        2 * (self.queries + self.weights + self.scores + self.sums)
    }
}

/// What the online softmax carries from block to block, for the lanes of one tile.
struct Softmax {
    /// Position of each lane's token.
    positions: [i32; LANES],
    most: [f32; LANES],
    total: [f32; LANES],
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
                    match columns.len() {
                        1..=2 => self.tokens::<2>(&columns, span, scratch),
                        3..=4 => self.tokens::<4>(&columns, span, scratch),
                        5..=8 => self.tokens::<8>(&columns, span, scratch),
                        _ => self.tokens::<16>(&columns, span, scratch),
                    }
                }
                Work::Shared {
                    spans: members,
                    shared,
                } => {
                    let members: Vec<(&Span, Vec<Column>)> = members
                        .iter()
                        .map(|index| (&spans[*index], self.columns(&spans[*index], 0, 1)))
                        .collect();
                    match self.group() {
                        1..=2 => self.shared::<2>(&members, *shared, scratch),
                        3..=4 => self.shared::<4>(&members, *shared, scratch),
                        5..=8 => self.shared::<8>(&members, *shared, scratch),
                        _ => self.shared::<16>(&members, *shared, scratch),
                    }
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

    /// # Safety
    /// As [`Head::work`].
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn tokens<const L: usize>(&self, columns: &[Column], span: &Span, scratch: &mut super::Scratch) {
        let room = Room::new(L, self.layer.padded);
        let at = scratch.sums.room(room.all());
        let (first, last) = (columns[0].position, columns[columns.len() - 1].position);
        // SAFETY: the caller's contract, and the room was made.
        unsafe {
            let mut frame = self.frame::<L>(columns, &mut scratch.rows, at);
            frame.begin();
            let start = (first + 1).saturating_sub(self.window) / BLOCK * BLOCK;
            self.blocks(&mut frame, span.pages, start, last + 1);
            self.finish(&frame);
        }
    }

    /// # Safety
    /// As [`Head::work`].
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn shared<const L: usize>(
        &self,
        members: &[(&Span, Vec<Column>)],
        shared: usize,
        scratch: &mut super::Scratch,
    ) {
        let (wide, own) = (
            Room::new(LANES, self.layer.padded),
            Room::new(L, self.layer.padded),
        );
        let at = scratch.sums.room(wide.all() + own.all());
        let all: Vec<Column> = members.iter().flat_map(|(_, columns)| columns).copied().collect();
        let farthest = |start: usize| (start + 1).saturating_sub(self.window) / BLOCK * BLOCK;
        // Blocks that no member sees any more cost time and change nothing.
        let start = members.iter().map(|(span, _)| farthest(span.start)).min();
        // SAFETY: the caller's contract, and the room was made.
        unsafe {
            let mut together = self.frame::<LANES>(&all, &mut scratch.rows, at);
            together.begin();
            let start = start.unwrap_or(0).min(shared);
            self.blocks(&mut together, members[0].0.pages, start, shared);
            let mut from = 0;
            for (span, columns) in members {
                let mut frame = self.frame::<L>(columns, &mut scratch.rows, at.add(wide.all()));
                frame.take_over(&together, from, self.layer.padded);
                let start = farthest(span.start).max(shared);
                self.blocks(&mut frame, span.pages, start, span.start + 1);
                self.finish(&frame);
                from += columns.len();
            }
        }
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
        let room = Room::new(L, padded);
        let weights = at.wrapping_add(2 * room.queries);
        let scores = weights.wrapping_add(2 * room.weights);
        let sums = scores.wrapping_add(2 * room.scores);
        for (tile, columns) in columns.chunks(L).enumerate() {
            rows.clear();
            rows.resize(L * padded, 0.0);
            for (column, row) in columns.iter().zip(rows.chunks_mut(padded)) {
                // SAFETY: the caller's contract.
                let from = unsafe { std::slice::from_raw_parts(self.queries.add(column.at), dim) };
                for (to, from) in row.iter_mut().zip(from) {
                    *to = from * self.scale;
                }
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

    /// Brings the frame's queries through the keys of positions `start` (a block's first) to `end`.
    ///
    /// # Safety
    /// As [`Head::work`]; the pages hold these positions.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn blocks<const L: usize>(&self, frame: &mut Frame<L>, pages: &[u32], start: usize, end: usize) {
        let both = frame.columns.len() > L;
        let (padded, room) = (self.layer.padded, frame.room);
        let tiles = padded / PAGE;
        // SAFETY: the caller's contract; all pointers have the room that was asked for.
        unsafe {
            Config::new(L, if both { L } else { 0 }).load();
            for block in (start..end).step_by(BLOCK) {
                let pages = &pages[block / PAGE..end.min(block + BLOCK).div_ceil(PAGE)];
                for (index, page) in pages.iter().enumerate() {
                    tiles::zero();
                    let queries = |tile: usize| (frame.queries.add(tile * room.queries).cast_const(), L * 64);
                    match both {
                        false => tiles::multiply_one(self.keys(*page), queries(0), tiles),
                        true => tiles::multiply_two(self.keys(*page), queries(0), queries(1), tiles),
                    }
                    let scores = frame.scores.add(index * PAGE * L * 4);
                    tiles::store_rows::<L>(scores, scores.wrapping_add(room.scores), both);
                }
                for (tile, state) in frame.states.iter_mut().enumerate().take(1 + usize::from(both)) {
                    let scores = frame.scores.add(tile * room.scores).cast();
                    let weights = frame.weights.add(tile * room.weights);
                    let sums = frame.sums.add(tile * room.sums).cast();
                    state.step::<L>(block, pages.len(), self.window, scores, weights, (sums, padded));
                }
                for pair in 0..tiles {
                    let sums = frame.sums.add(pair * PAGE * L * 4);
                    let second = sums.wrapping_add(room.sums);
                    tiles::load_rows::<L>(sums, second, both);
                    for (index, page) in pages.iter().enumerate() {
                        let values = self.values(*page).add(pair * 2 * TILE);
                        let weights = |tile: usize| {
                            let at = tile * room.weights + index * L * 64;
                            (frame.weights.add(at).cast_const(), L * 64)
                        };
                        match both {
                            false => tiles::multiply_one(values, weights(0), 1),
                            true => tiles::multiply_two(values, weights(0), weights(1), 1),
                        }
                    }
                    tiles::store_rows::<L>(sums, second, both);
                }
            }
            tiles::release();
        }
    }

    fn keys(&self, page: u32) -> *const u8 {
        self.layer.keys.bytes()[self.at(page)..].as_ptr()
    }

    fn values(&self, page: u32) -> *const u8 {
        self.layer.values.bytes()[self.at(page)..].as_ptr()
    }

    fn at(&self, page: u32) -> usize {
        (page as usize * self.layer.kv_heads + self.kv_head) * self.layer.head_bytes()
    }

    /// Divides the sums by the weights and writes them to their rows.
    ///
    /// # Safety
    /// As [`Head::work`].
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    unsafe fn finish<const L: usize>(&self, frame: &Frame<L>) {
        let dim = self.layer.head_dim;
        for (tile, columns) in frame.columns.chunks(L).enumerate() {
            let total = &frame.states[tile].total;
            // SAFETY: the caller's contract; masked lanes are not written.
            unsafe {
                let sums = frame.sums.add(tile * frame.room.sums).cast::<f32>();
                if L < LANES {
                    for (lane, column) in columns.iter().enumerate() {
                        let scale = 1.0 / total[lane];
                        for d in 0..dim {
                            *self.out.add(column.at + d) = *sums.add(d * L + lane) * scale;
                        }
                    }
                    continue;
                }
                for d in (0..dim).step_by(16) {
                    let mut rows = [_mm512_setzero_ps(); 16];
                    for (i, row) in rows.iter_mut().enumerate() {
                        *row = _mm512_loadu_ps(sums.add((d + i) * LANES));
                    }
                    for ((lane, row), column) in transpose(rows).into_iter().enumerate().zip(columns) {
                        let scaled = _mm512_mul_ps(row, _mm512_set1_ps(1.0 / total[lane]));
                        _mm512_mask_storeu_ps(self.out.add(column.at + d), mask(dim - d), scaled);
                    }
                }
            }
        }
    }
}

impl<const L: usize> Frame<'_, L> {
    /// Nothing seen yet.
    ///
    /// # Safety
    /// The frame's room is there.
    unsafe fn begin(&mut self) {
        // SAFETY: the caller's contract.
        unsafe { self.sums.write_bytes(0, 2 * self.room.sums) };
    }

    /// Goes on where the lanes from `from` on of another frame are.
    ///
    /// # Safety
    /// The room of both frames is there, and `other` has as many lanes from `from` on as this one has columns.
    unsafe fn take_over(&mut self, other: &Frame<LANES>, from: usize, padded: usize) {
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

impl Softmax {
    fn new<const L: usize>(columns: &[Column], tile: usize) -> Self {
        let last = columns.len() - 1;
        Self {
            positions: std::array::from_fn(|lane| columns[(tile * L + lane % L).min(last)].position as i32),
            most: [f32::NEG_INFINITY; LANES],
            total: [0.0; LANES],
        }
    }

    /// Turns the scores of a block's pages (`[keys][L]`) into weights, and brings the sums so far to the same
    /// maximum.
    ///
    /// # Safety
    /// AVX-512 is there; the pointers have room for a block of `L` lanes, and for the sums.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    unsafe fn step<const L: usize>(
        &mut self,
        block: usize,
        pages: usize,
        window: usize,
        scores: *mut f32,
        weights: *mut u8,
        (sums, padded): (*mut f32, usize),
    ) {
        // One register holds `16 / L` keys.
        let registers = pages * PAGE * L / LANES;
        let within = _mm512_srl_epi32(iota(), _mm_cvtsi32_si128(L.trailing_zeros() as i32));
        let window = i32::try_from(window).unwrap_or(i32::MAX);
        // SAFETY: sixteen numbers of our own.
        let positions = unsafe { _mm512_loadu_si512(self.positions.as_ptr().cast()) };
        let seen = |register: usize| {
            let first = (block + register * LANES / L) as i32;
            let keys = _mm512_add_epi32(within, _mm512_set1_epi32(first));
            let old = _mm512_sub_epi32(positions, keys);
            // 0 <= position - key < window
            _mm512_cmpge_epi32_mask(old, _mm512_setzero_si512())
                & _mm512_cmplt_epi32_mask(old, _mm512_set1_epi32(window))
        };
        let low = _mm512_set1_ps(f32::NEG_INFINITY);
        // SAFETY: the caller's contract.
        unsafe {
            let mut most = _mm512_loadu_ps(self.most.as_ptr());
            let before = most;
            for register in 0..registers {
                let at = scores.add(register * LANES);
                let score = _mm512_mask_blend_ps(seen(register), low, _mm512_loadu_ps(at));
                _mm512_storeu_ps(at, score);
                most = _mm512_max_ps(most, score);
            }
            if L < LANES {
                most = across::<L>(most);
            }
            let shrink = exp2(_mm512_sub_ps(before, most));
            let same = _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(before, most);
            let shrink = _mm512_mask_blend_ps(same, shrink, _mm512_set1_ps(1.0));
            let shrink = _mm512_maskz_mov_ps(same | _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(before, low), shrink);
            _mm512_storeu_ps(self.most.as_mut_ptr(), most);

            // Sums of weights by key modulo 16, as `[16][L]`.
            let mut parts = [_mm512_setzero_ps(); L];
            for page in 0..pages {
                let scores = scores.add(page * PAGE * L);
                let weights = weights.add(page * L * 64);
                for register in 0..L {
                    let weight = |at: usize| {
                        let score = _mm512_loadu_ps(scores.add(at * LANES));
                        let hidden = _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(score, low);
                        _mm512_maskz_mov_ps(!hidden, exp2(_mm512_sub_ps(score, most)))
                    };
                    let (first, second) = (weight(register), weight(register + L));
                    _mm512_storeu_si512(weights.add(register * 64).cast(), pair(first, second));
                    // What is added is what the product will see.
                    let cut = |x| {
                        let high = _mm512_set1_epi32(0xffff_0000_u32 as i32);
                        _mm512_castsi512_ps(_mm512_and_si512(rounded(x), high))
                    };
                    parts[register] = _mm512_add_ps(_mm512_add_ps(parts[register], cut(first)), cut(second));
                }
            }
            let mut flat = [0.0f32; 16 * LANES];
            for (register, part) in parts.iter().enumerate() {
                _mm512_storeu_ps(flat.as_mut_ptr().add(register * LANES), *part);
            }
            let mut factors = [0.0f32; LANES];
            _mm512_storeu_ps(factors.as_mut_ptr(), shrink);
            for lane in 0..L {
                let mut sum = 0.0;
                for key in 0..16 {
                    sum += flat[key * L + lane];
                }
                self.total[lane] = self.total[lane].mul_add(factors[lane], sum);
            }
            if _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(shrink, _mm512_set1_ps(1.0)) != 0 {
                for at in (0..padded * L).step_by(LANES) {
                    let scaled = _mm512_mul_ps(_mm512_loadu_ps(sums.add(at)), shrink);
                    _mm512_storeu_ps(sums.add(at), scaled);
                }
            }
        }
    }
}

/// The maximum of the lanes of one query, in all of them.
#[target_feature(enable = "avx512f")]
#[inline]
fn across<const L: usize>(x: __m512) -> __m512 {
    let mut x = x;
    let mut step = LANES / 2;
    while step >= L {
        let places = _mm512_and_si512(
            _mm512_add_epi32(iota(), _mm512_set1_epi32(step as i32)),
            _mm512_set1_epi32(15),
        );
        x = _mm512_max_ps(x, _mm512_permutexvar_ps(places, x));
        step /= 2;
    }
    x
}

const _: () = assert!(PAGE == 2 * 16, "a page is two tiles of keys");
