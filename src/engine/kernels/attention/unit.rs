#![allow(unsafe_code)]
//! One unit of attention at work: scores, softmax and sums of some queries.

use super::super::simd::{BASELINE_FMA, LANES, Lanes, exp, fma, max, sum};
use super::super::{Isa, isa};
use super::{BLOCK, HALF, LayerPages};

/// Some tokens of a span, for one key head and the query heads that share it.
pub(super) struct Unit<'a> {
    pub(super) layer: &'a LayerPages,
    pub(super) queries: *const f32,
    pub(super) out: *mut f32,
    pub(super) width: usize,
    pub(super) group: usize,
    pub(super) kv_head: usize,
    pub(super) row: usize,
    pub(super) start: usize,
    pub(super) tokens: usize,
    /// Half pages of the sequence, from its beginning.
    pub(super) halves: &'a [usize],
    pub(super) scale: f32,
    pub(super) window: usize,
}

pub(super) fn run(unit: &Unit) {
    match isa() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `isa` found the features; `attend` checked rows and pages, and units write
        // disjoint parts of the output.
        Isa::Avx512 => unsafe { avx512(unit) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Isa::Avx2 => unsafe { avx2(unit) },
        // SAFETY: as above.
        _ => unsafe { attend_unit::<4, 2, BASELINE_FMA>(unit) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
unsafe fn avx512(unit: &Unit) {
    // SAFETY: the caller's contract, passed on.
    unsafe { attend_unit::<8, 2, true>(unit) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2(unit: &Unit) {
    // SAFETY: the caller's contract, passed on.
    unsafe { attend_unit::<4, 1, true>(unit) }
}

/// # Safety
/// The unit's rows lie within queries and output, its pages within the layer, and no other thread
/// writes its part of the output.
#[inline(always)]
unsafe fn attend_unit<const R: usize, const D: usize, const FMA: bool>(unit: &Unit) {
    let (dim, padded) = (unit.layer.head_dim, unit.layer.padded);
    let rows = unit.tokens * unit.group;
    let mut queries = vec![0.0f32; rows * dim];
    for row in 0..rows {
        // SAFETY: by contract the row lies within the queries.
        let from = unsafe { std::slice::from_raw_parts(unit.queries.add(unit.offset(row)), dim) };
        for (to, from) in queries[row * dim..].iter_mut().zip(from) {
            *to = from * unit.scale;
        }
    }
    let mut state = State {
        scores: vec![0.0; rows * BLOCK],
        sums: vec![0.0; rows * padded],
        most: vec![f32::NEG_INFINITY; rows],
        total: vec![0.0; rows],
    };
    let end = unit.start + unit.tokens;
    let first = (unit.start + 1).saturating_sub(unit.window) / BLOCK * BLOCK;
    for block in (first..end).step_by(BLOCK) {
        let keys = BLOCK.min(end - block);
        let pages = &unit.halves[block / HALF..(block + keys).div_ceil(HALF)];
        // SAFETY: by contract the pages lie within the layer.
        unsafe { score::<R, FMA>(unit, &queries, pages, &mut state.scores) };
        for row in 0..rows {
            let position = unit.start + row / unit.group;
            let see = (position + 1).saturating_sub(unit.window)..position + 1;
            softmax_step::<FMA>(&mut state, row, padded, block, see);
        }
        // SAFETY: as above.
        unsafe { gather::<R, D, FMA>(unit, pages, keys, &mut state) };
    }
    for row in 0..rows {
        let scale = 1.0 / state.total[row];
        // SAFETY: by contract the row lies within the output and is this unit's own.
        let out = unsafe { std::slice::from_raw_parts_mut(unit.out.add(unit.offset(row)), dim) };
        for (out, sum) in out.iter_mut().zip(&state.sums[row * padded..]) {
            *out = sum * scale;
        }
    }
}

impl Unit<'_> {
    /// Where the head of a row begins in queries and output.
    fn offset(&self, row: usize) -> usize {
        let (token, head) = (row / self.group, self.kv_head * self.group + row % self.group);
        (self.row + token) * self.width + head * self.layer.head_dim
    }

    fn keys(&self, half: usize) -> *const f32 {
        let size = self.layer.head_dim * HALF;
        let block = half * self.layer.kv_heads + self.kv_head;
        self.layer.keys[block * size..(block + 1) * size].as_ptr()
    }

    fn values(&self, half: usize) -> *const f32 {
        let size = self.layer.padded * HALF;
        let block = half * self.layer.kv_heads + self.kv_head;
        self.layer.values[block * size..(block + 1) * size].as_ptr()
    }
}

/// What the online softmax carries from block to block, by row.
struct State {
    /// Scores, then weights, of the current block.
    scores: Vec<f32>,
    /// Weighted values so far.
    sums: Vec<f32>,
    /// Largest score so far.
    most: Vec<f32>,
    /// Sum of weights so far.
    total: Vec<f32>,
}

/// Turns the scores of one row into weights, those outside of `see` into 0.
#[inline(always)]
fn softmax_step<const FMA: bool>(
    state: &mut State,
    row: usize,
    padded: usize,
    block: usize,
    see: std::ops::Range<usize>,
) {
    let scores = &mut state.scores[row * BLOCK..(row + 1) * BLOCK];
    if see.start >= block + BLOCK || see.end <= block {
        scores.fill(0.0);
        return;
    }
    if see.start > block || see.end < block + BLOCK {
        for (key, score) in scores.iter_mut().enumerate() {
            if !see.contains(&(block + key)) {
                *score = f32::NEG_INFINITY;
            }
        }
    }
    let (chunks, _) = scores.as_chunks_mut::<LANES>();
    let mut most: Lanes = [state.most[row]; LANES];
    for chunk in chunks.iter() {
        for lane in 0..LANES {
            most[lane] = if chunk[lane] > most[lane] {
                chunk[lane]
            } else {
                most[lane]
            };
        }
    }
    let most = max(&most);
    let mut total: Lanes = [0.0; LANES];
    for chunk in chunks {
        for score in chunk.iter_mut() {
            *score -= most;
        }
        exp::<FMA>(chunk);
        for lane in 0..LANES {
            total[lane] += chunk[lane];
        }
    }
    let mut shrink: Lanes = [state.most[row] - most; LANES];
    exp::<FMA>(&mut shrink);
    let shrink = shrink[0];
    state.total[row] = fma::<FMA>(state.total[row], shrink, sum(&total));
    state.most[row] = most;
    if shrink != 1.0 {
        for sum in &mut state.sums[row * padded..(row + 1) * padded] {
            *sum *= shrink;
        }
    }
}

/// Scores of all rows against a block's pages.
///
/// # Safety
/// Pages lie within the layer.
#[inline(always)]
unsafe fn score<const R: usize, const FMA: bool>(
    unit: &Unit,
    queries: &[f32],
    pages: &[usize],
    scores: &mut [f32],
) {
    let dim = unit.layer.head_dim;
    let rows = queries.len() / dim;
    let mut row = 0;
    while row < rows {
        let left = rows - row;
        let query = queries[row * dim..].as_ptr();
        let out = scores[row * BLOCK..].as_mut_ptr();
        let mut page = 0;
        while page < pages.len() {
            let key = |i: usize| unit.keys(pages[page + i]);
            let four = pages.len() - page >= 4;
            let out = out.wrapping_add(page * HALF);
            // SAFETY: `R` (or 2, or 1) rows are left, and the pages by contract lie in the layer.
            page += unsafe {
                if left >= R {
                    score_tile::<R, 1, FMA>(query, dim, [key(0)], out);
                    1
                } else if left >= 2 && four {
                    score_tile::<2, 4, FMA>(query, dim, [key(0), key(1), key(2), key(3)], out);
                    4
                } else if left >= 2 {
                    score_tile::<2, 1, FMA>(query, dim, [key(0)], out);
                    1
                } else if four {
                    score_tile::<1, 4, FMA>(query, dim, [key(0), key(1), key(2), key(3)], out);
                    4
                } else {
                    score_tile::<1, 1, FMA>(query, dim, [key(0)], out);
                    1
                }
            };
        }
        row += if left >= R { R } else { left.min(2) };
    }
}

/// # Safety
/// `N` rows of `dim` at `query`, `P` pages of `dim * HALF`, and `N` rows of [`BLOCK`] at `out`.
#[inline(always)]
unsafe fn score_tile<const N: usize, const P: usize, const FMA: bool>(
    query: *const f32,
    dim: usize,
    keys: [*const f32; P],
    out: *mut f32,
) {
    let mut sums = [[[0.0f32; LANES]; P]; N];
    // SAFETY: the caller's contract.
    unsafe {
        for d in 0..dim {
            for p in 0..P {
                let key = keys[p].add(d * HALF).cast::<Lanes>().read_unaligned();
                for n in 0..N {
                    let query = *query.add(n * dim + d);
                    for lane in 0..LANES {
                        sums[n][p][lane] = fma::<FMA>(query, key[lane], sums[n][p][lane]);
                    }
                }
            }
        }
        for n in 0..N {
            for p in 0..P {
                let out = out.add(n * BLOCK + p * HALF).cast::<Lanes>();
                out.write_unaligned(sums[n][p]);
            }
        }
    }
}

/// Adds the block's values, weighted, to every row.
///
/// # Safety
/// Pages lie within the layer.
#[inline(always)]
unsafe fn gather<const R: usize, const D: usize, const FMA: bool>(
    unit: &Unit,
    pages: &[usize],
    keys: usize,
    state: &mut State,
) {
    let padded = unit.layer.padded;
    let rows = state.sums.len() / padded;
    let mut values = [std::ptr::null(); BLOCK / HALF];
    for (value, page) in values.iter_mut().zip(pages) {
        *value = unit.values(*page);
    }
    let mut row = 0;
    while row < rows {
        let left = rows - row;
        let weights = state.scores[row * BLOCK..].as_ptr();
        let mut at = 0;
        while at < padded {
            let wide = padded - at >= D * LANES;
            let sums = state.sums[row * padded + at..].as_mut_ptr();
            let tile = Tile {
                weights,
                values,
                keys,
                at,
                padded,
                sums,
            };
            // SAFETY: rows and registers are left as matched, pages by contract.
            unsafe {
                match (left >= R, left >= 2, wide) {
                    (true, _, true) => gather_tile::<R, D, FMA>(&tile),
                    (true, _, false) => gather_tile::<R, 1, FMA>(&tile),
                    (_, true, true) => gather_tile::<2, D, FMA>(&tile),
                    (_, true, false) => gather_tile::<2, 1, FMA>(&tile),
                    (_, _, true) => gather_tile::<1, D, FMA>(&tile),
                    (_, _, false) => gather_tile::<1, 1, FMA>(&tile),
                }
            }
            at += if wide { D * LANES } else { LANES };
        }
        row += if left >= R { R } else { left.min(2) };
    }
}

struct Tile {
    weights: *const f32,
    values: [*const f32; BLOCK / HALF],
    keys: usize,
    at: usize,
    padded: usize,
    sums: *mut f32,
}

/// # Safety
/// `N` rows of weights and sums, `W` registers from `at`, pages for `keys` keys.
#[inline(always)]
unsafe fn gather_tile<const N: usize, const W: usize, const FMA: bool>(tile: &Tile) {
    let mut sums = [[[0.0f32; LANES]; W]; N];
    // SAFETY: the caller's contract.
    unsafe {
        for n in 0..N {
            for w in 0..W {
                let from = tile.sums.add(n * tile.padded + w * LANES);
                sums[n][w] = from.cast::<Lanes>().read_unaligned();
            }
        }
        for key in 0..tile.keys {
            let value = tile.values[key / HALF].add(key % HALF * tile.padded + tile.at);
            for w in 0..W {
                let value = value.add(w * LANES).cast::<Lanes>().read_unaligned();
                for n in 0..N {
                    let weight = *tile.weights.add(n * BLOCK + key);
                    for lane in 0..LANES {
                        sums[n][w][lane] = fma::<FMA>(weight, value[lane], sums[n][w][lane]);
                    }
                }
            }
        }
        for n in 0..N {
            for w in 0..W {
                let to = tile.sums.add(n * tile.padded + w * LANES);
                to.cast::<Lanes>().write_unaligned(sums[n][w]);
            }
        }
    }
}
