#![allow(unsafe_code)]
//! Causal attention of packed queries over paged keys and values, with an online softmax.
//!
//! Keys of half a page lie transposed, `[kv_head][dimension][16 keys]`, so that one register holds 16
//! keys and a score needs no sum across lanes; values lie `[kv_head][16 keys][dimension]`. A query
//! goes through its keys in blocks of [`BLOCK`] at fixed positions of the sequence, so that the
//! result does not depend on how the sequence was cut into chunks. Query heads that share a key
//! head, and neighbouring tokens of a chunk, go through the pages together.

use super::simd::{BASELINE_FMA, LANES, Lanes, exp, fma, max, sum};
use super::{Isa, isa, parallel};

/// Tokens of one page.
pub const PAGE: usize = 2 * HALF;

/// Tokens that one register holds: a page is stored as two halves.
const HALF: usize = 16;

/// Keys between two rescalings of the softmax; a whole number of half pages.
const BLOCK: usize = 4 * HALF;

/// Query rows (tokens times heads of a group) that go through the pages together.
const ROWS: usize = 32;

/// Keys and values of one layer, by halves of pages.
#[derive(Debug)]
pub struct LayerPages {
    keys: Vec<f32>,
    values: Vec<f32>,
    kv_heads: usize,
    head_dim: usize,
    /// `head_dim` rounded up to whole registers.
    padded: usize,
}

/// A run of consecutive tokens of one sequence.
#[derive(Debug, Clone, Copy)]
pub struct Span<'a> {
    /// Its first row in the packed tensors.
    pub row: usize,
    /// How many tokens.
    pub tokens: usize,
    /// Position of the first in its sequence.
    pub start: usize,
    /// Pages of the sequence, from its beginning.
    pub pages: &'a [u32],
}

impl Span<'_> {
    /// The half page that holds the tokens from `index * HALF` on.
    fn half(&self, index: usize) -> usize {
        self.pages[index / 2] as usize * 2 + index % 2
    }
}

impl LayerPages {
    /// Room for `pages` pages; the system hands the memory out when it is first written.
    pub fn new(pages: usize, kv_heads: usize, head_dim: usize) -> Self {
        let padded = head_dim.next_multiple_of(LANES);
        Self {
            keys: vec![0.0; pages * kv_heads * head_dim * PAGE],
            values: vec![0.0; pages * kv_heads * padded * PAGE],
            kv_heads,
            head_dim,
            padded,
        }
    }

    /// Bytes of one page in one layer.
    pub fn page_bytes(kv_heads: usize, head_dim: usize) -> usize {
        kv_heads * PAGE * (head_dim + head_dim.next_multiple_of(LANES)) * size_of::<f32>()
    }

    /// Writes keys and values (`[rows, kv_heads * head_dim]`, rotated) of the spans' tokens.
    pub fn append(&mut self, keys: &[f32], values: &[f32], spans: &[Span]) {
        let (heads, dim, padded) = (self.kv_heads, self.head_dim, self.padded);
        for span in spans {
            for token in 0..span.tokens {
                let position = span.start + token;
                let (page, slot) = (span.half(position / HALF), position % HALF);
                let from = (span.row + token) * heads * dim;
                for head in 0..heads {
                    let from = from + head * dim;
                    let block = (page * heads + head) * dim * HALF;
                    let target = &mut self.keys[block..block + dim * HALF];
                    for (d, key) in keys[from..from + dim].iter().enumerate() {
                        target[d * HALF + slot] = *key;
                    }
                    let target = ((page * heads + head) * HALF + slot) * padded;
                    self.values[target..target + dim].copy_from_slice(&values[from..from + dim]);
                }
            }
        }
    }

    /// Copies the keys and values of one page to another.
    pub fn copy_page(&mut self, from: u32, to: u32) {
        let keys = self.kv_heads * self.head_dim * PAGE;
        let values = self.kv_heads * self.padded * PAGE;
        let (from, to) = (from as usize, to as usize);
        self.keys.copy_within(from * keys..(from + 1) * keys, to * keys);
        self.values
            .copy_within(from * values..(from + 1) * values, to * values);
    }

    /// Attention of `queries` (`[rows, heads * head_dim]`, rotated) over the spans' own pages, which
    /// already hold the spans' tokens. A query sees at most `window` keys, itself included.
    /// Returns `[rows, heads * head_dim]`.
    pub fn attend(
        &self,
        queries: &[f32],
        heads: usize,
        scale: f32,
        window: Option<usize>,
        spans: &[Span],
    ) -> Vec<f32> {
        let mut out = vec![0.0; queries.len()];
        self.attend_into(queries, heads, scale, window, spans, &mut out);
        out
    }

    /// The same, written to `out`.
    pub fn attend_into(
        &self,
        queries: &[f32],
        heads: usize,
        scale: f32,
        window: Option<usize>,
        spans: &[Span],
        out: &mut [f32],
    ) {
        assert_eq!(queries.len(), out.len());
        let group = heads / self.kv_heads.max(1);
        let step = (ROWS / group.max(1)).max(1);
        let mut units = Vec::new();
        let mut halves = Vec::new();
        for (index, span) in spans.iter().enumerate() {
            let last = span.start + span.tokens;
            assert!(last <= span.pages.len() * PAGE);
            assert!((span.row + span.tokens) * heads * self.head_dim <= queries.len());
            let most = self.keys.len() / (self.kv_heads * self.head_dim * PAGE).max(1);
            assert!(span.pages.iter().all(|page| (*page as usize) < most));
            halves.push(
                (0..last.div_ceil(HALF))
                    .map(|index| span.half(index))
                    .collect::<Vec<_>>(),
            );
            for first in (0..span.tokens).step_by(step) {
                for kv_head in 0..self.kv_heads {
                    units.push((index, first, step.min(span.tokens - first), kv_head));
                }
            }
        }
        let target = out.as_mut_ptr() as usize;
        parallel(units.len(), |range| {
            for (index, first, tokens, kv_head) in &units[range] {
                let span = &spans[*index];
                let unit = Unit {
                    layer: self,
                    queries: queries.as_ptr(),
                    out: target as *mut f32,
                    width: heads * self.head_dim,
                    group,
                    kv_head: *kv_head,
                    row: span.row + first,
                    start: span.start + first,
                    tokens: *tokens,
                    halves: &halves[*index],
                    scale,
                    window: window.unwrap_or(usize::MAX),
                };
                run(&unit);
            }
        });
    }
}

/// Some tokens of a span, for one key head and the query heads that share it.
struct Unit<'a> {
    layer: &'a LayerPages,
    queries: *const f32,
    out: *mut f32,
    width: usize,
    group: usize,
    kv_head: usize,
    row: usize,
    start: usize,
    tokens: usize,
    /// Half pages of the sequence, from its beginning.
    halves: &'a [usize],
    scale: f32,
    window: usize,
}

fn run(unit: &Unit) {
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

#[cfg(test)]
mod tests {
    use super::super::noise;
    use super::*;

    struct Case {
        heads: usize,
        kv_heads: usize,
        dim: usize,
        tokens: usize,
        window: Option<usize>,
    }

    impl Case {
        fn tensors(&self) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
            (
                noise(self.tokens * self.heads * self.dim, 1),
                noise(self.tokens * self.kv_heads * self.dim, 2),
                noise(self.tokens * self.kv_heads * self.dim, 3),
            )
        }

        /// The textbook form in f64.
        fn plain(&self, (q, k, v): &(Vec<f32>, Vec<f32>, Vec<f32>), scale: f32) -> Vec<f64> {
            let (dim, group) = (self.dim, self.heads / self.kv_heads);
            let mut out = vec![0.0; q.len()];
            for t in 0..self.tokens {
                for h in 0..self.heads {
                    let q = &q[(t * self.heads + h) * dim..][..dim];
                    let first = (t + 1).saturating_sub(self.window.unwrap_or(usize::MAX));
                    let at = |s: usize| (s * self.kv_heads + h / group) * dim;
                    let scores: Vec<f64> = (first..=t)
                        .map(|s| {
                            let k = &k[at(s)..][..dim];
                            let dot: f64 = q
                                .iter()
                                .zip(k)
                                .map(|(a, b)| f64::from(a * scale) * f64::from(*b))
                                .sum();
                            dot
                        })
                        .collect();
                    let most = scores.iter().copied().fold(f64::MIN, f64::max);
                    let total: f64 = scores.iter().map(|s| (s - most).exp()).sum();
                    for (i, s) in scores.iter().enumerate() {
                        for d in 0..dim {
                            out[(t * self.heads + h) * dim + d] +=
                                (s - most).exp() / total * f64::from(v[at(first + i) + d]);
                        }
                    }
                }
            }
            out
        }
    }

    const CASES: [Case; 4] = [
        Case {
            heads: 4,
            kv_heads: 2,
            dim: 8,
            tokens: 75,
            window: None,
        },
        Case {
            heads: 6,
            kv_heads: 1,
            dim: 48,
            tokens: 130,
            window: Some(20),
        },
        Case {
            heads: 3,
            kv_heads: 3,
            dim: 128,
            tokens: 40,
            window: Some(1),
        },
        Case {
            heads: 40,
            kv_heads: 1,
            dim: 32,
            tokens: 66,
            window: Some(65),
        },
    ];

    #[test]
    fn attention_equals_the_textbook_form() {
        for case in CASES {
            let tensors = case.tensors();
            let pages: Vec<u32> = (0..10).rev().collect();
            let mut layer = LayerPages::new(10, case.kv_heads, case.dim);
            let span = Span {
                row: 0,
                tokens: case.tokens,
                start: 0,
                pages: &pages,
            };
            layer.append(&tensors.1, &tensors.2, &[span]);
            let out = layer.attend(&tensors.0, case.heads, 0.7, case.window, &[span]);
            for (ours, exact) in out.iter().zip(case.plain(&tensors, 0.7)) {
                assert!((f64::from(*ours) - exact).abs() < 1e-5, "{ours} {exact}");
            }
        }
    }

    #[test]
    fn chunks_and_neighbours_do_not_change_a_bit() {
        for case in CASES {
            let (q, k, v) = case.tensors();
            let pages: Vec<u32> = (0..10).collect();
            let mut layer = LayerPages::new(10, case.kv_heads, case.dim);
            let whole = Span {
                row: 0,
                tokens: case.tokens,
                start: 0,
                pages: &pages,
            };
            layer.append(&k, &v, &[whole]);
            let expected = layer.attend(&q, case.heads, 0.7, case.window, &[whole]);
            // Pages that hold NaN beyond the sequence must not be felt.
            let mut layer = LayerPages::new(10, case.kv_heads, case.dim);
            layer.keys.fill(f32::NAN);
            layer.values.fill(f32::NAN);
            let (width, kv_width) = (case.heads * case.dim, case.kv_heads * case.dim);
            let mut found = Vec::new();
            let mut start = 0;
            for tokens in [1, 15, 2, 33, 7].into_iter().cycle() {
                let tokens = usize::min(tokens, case.tokens - start);
                if tokens == 0 {
                    break;
                }
                let span = Span {
                    row: 0,
                    tokens,
                    start,
                    pages: &pages,
                };
                let rows = start..start + tokens;
                let kv = rows.start * kv_width..rows.end * kv_width;
                layer.append(&k[kv.clone()], &v[kv], &[span]);
                let q = &q[rows.start * width..rows.end * width];
                found.extend(layer.attend(q, case.heads, 0.7, case.window, &[span]));
                start += tokens;
            }
            assert_eq!(found, expected);
        }
    }
}
