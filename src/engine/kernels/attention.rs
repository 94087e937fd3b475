//! Causal attention of packed queries over paged keys and values, with an online softmax.
//!
//! Keys of half a page lie transposed, `[kv_head][dimension][16 keys]`, so that one register holds 16
//! keys and a score needs no sum across lanes; values lie `[kv_head][16 keys][dimension]`. A query
//! goes through its keys in blocks of [`BLOCK`] at fixed positions of the sequence, so that the
//! result does not depend on how the sequence was cut into chunks. Query heads that share a key
//! head, and neighbouring tokens of a chunk, go through the pages together.

mod unit;

use super::parallel;
use super::simd::LANES;
use unit::{Unit, run};

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

/// What the queries of a layer see.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    /// Query heads in a row.
    pub heads: usize,
    /// Factor on scores.
    pub scale: f32,
    /// Most keys that a query sees, itself included.
    pub window: Option<usize>,
}

/// Keys and values of one layer.
pub trait Pages {
    /// Writes keys and values (`[rows, kv_heads * head_dim]`, rotated) of the spans' tokens.
    ///
    /// # Panics
    /// When a span's pages do not hold it, or there are fewer rows than it says.
    fn append(&mut self, keys: &[f32], values: &[f32], spans: &[Span]);

    /// Attention of `queries` (`[rows, heads * head_dim]`, rotated) over the spans' own pages, which already
    /// hold the spans' tokens, into `out` of the same shape.
    ///
    /// # Panics
    /// When sizes do not fit together.
    fn attend(&self, queries: &[f32], sight: Sight, spans: &[Span], out: &mut [f32]);
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

    /// Copies the keys and values of one page to another.
    pub fn copy_page(&mut self, from: u32, to: u32) {
        let keys = self.kv_heads * self.head_dim * PAGE;
        let values = self.kv_heads * self.padded * PAGE;
        let (from, to) = (from as usize, to as usize);
        self.keys.copy_within(from * keys..(from + 1) * keys, to * keys);
        self.values
            .copy_within(from * values..(from + 1) * values, to * values);
    }
}

impl Pages for LayerPages {
    fn append(&mut self, keys: &[f32], values: &[f32], spans: &[Span]) {
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

    fn attend(&self, queries: &[f32], sight: Sight, spans: &[Span], out: &mut [f32]) {
        assert_eq!(queries.len(), out.len());
        let Sight { heads, scale, window } = sight;
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

#[cfg(test)]
mod tests;
