#![allow(unsafe_code)]
//! Causal attention of packed queries over paged keys and values, with an online softmax.
//!
//! Keys of half a page lie transposed, `[kv_head][dimension][16 keys]`, so that one register holds 16
//! keys and a score needs no sum across lanes; values lie `[kv_head][16 keys][dimension]`. Where they are bfloat16, a
//! [`Pair`] holds two dimensions of a key, or two keys of a value. A query goes through its keys in blocks of [`BLOCK`]
//! at fixed positions of the sequence, so that the result does not depend on how the sequence was cut into chunks. Query
//! heads that share a key head, neighbouring tokens of a chunk, and single tokens of sequences that share their first
//! pages go through the pages together.

#[cfg(target_arch = "x86_64")]
mod expanded;
mod pages;
mod softmax;
mod tile;
mod unit;
mod word;
mod works;

use super::pool::Pool;
use super::simd::LANES;
pub use pages::LayerPages;
use unit::{Head, Path, path};
pub use word::{Pair, Word};
pub(super) use works::{Work, works};

/// Tokens of one page.
pub const PAGE: usize = 2 * HALF;

/// Tokens that one register holds: a page is stored as two halves.
const HALF: usize = LANES;

/// Keys between two rescalings of the softmax.
const BLOCK: usize = 2 * PAGE;

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

/// Checks spans against the rows and pages that there are.
///
/// # Panics
/// When a span's pages do not hold it or do not exist, or there are fewer rows than it says.
pub(super) fn check(spans: &[Span], rows: usize, pages: usize) {
    for span in spans {
        assert!(span.start + span.tokens <= span.pages.len() * PAGE);
        assert!(span.row + span.tokens <= rows);
        assert!(span.pages.iter().all(|page| (*page as usize) < pages));
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

impl<W: Word> Pages for LayerPages<W> {
    fn append(&mut self, keys: &[f32], values: &[f32], spans: &[Span]) {
        self.file(keys, values, spans);
    }

    fn attend(&self, queries: &[f32], sight: Sight, spans: &[Span], out: &mut [f32]) {
        self.attend_on(path(), queries, sight, spans, out);
    }
}

impl<W: Word> LayerPages<W> {
    fn attend_on(&self, path: Path, queries: &[f32], sight: Sight, spans: &[Span], out: &mut [f32]) {
        assert_eq!(queries.len(), out.len());
        let rows = queries.len() / (sight.heads * self.head_dim).max(1);
        check(spans, rows, self.pages());
        let group = (sight.heads / self.kv_heads.max(1)).max(1);
        let works = works(spans, (path.rows() / group).max(1), BLOCK);
        let target = out.as_mut_ptr() as usize;
        // Head after head: one head's keys and values stay in the second cache.
        Pool::global().run(works.len() * self.kv_heads, |unit| {
            let head = Head {
                layer: self,
                queries: queries.as_ptr(),
                out: target as *mut f32,
                heads: sight.heads,
                kv_head: unit / works.len(),
                scale: sight.scale,
                window: sight.window.unwrap_or(usize::MAX),
            };
            // SAFETY: rows and pages were checked, units write disjoint parts of the output, and this CPU has the path.
            unsafe { head.work(path, &works[unit % works.len()], spans) };
        });
    }
}

#[cfg(test)]
mod tests;
