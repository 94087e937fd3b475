#![allow(unsafe_code)]
//! One unit of attention at work: some queries on their way through their keys.

use super::super::{Isa, isa};
#[cfg(target_arch = "x86_64")]
use super::expanded;
use super::softmax::State;
use super::tile::{gather, score};
#[cfg(target_arch = "x86_64")]
use super::word::{AVX2, BF16};
use super::word::{FUSED, PLAIN, shared_width};
use super::{BLOCK, HALF, LayerPages, Span, Word, Work};
use crate::engine::kernels::simd::BASELINE_FMA;
use std::sync::OnceLock;

/// The instructions that attention is computed with. All but `Plain(false)` give the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// AVX-512 with products of bfloat16.
    Bf16,
    /// AVX-512.
    Avx512,
    /// AVX2.
    Avx2,
    /// No more than the compiler's baseline; `true` fuses multiplication and addition.
    Plain(bool),
}

/// Finds the best path of this CPU once, or the lesser one that `DEPECHE_ISA` asks for.
pub(super) fn path() -> Path {
    static PATH: OnceLock<Path> = OnceLock::new();
    *PATH.get_or_init(|| match isa() {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 if is_x86_feature_detected!("avx512bf16") => Path::Bf16,
        Isa::Avx512 => Path::Avx512,
        Isa::Avx2 => Path::Avx2,
        Isa::Baseline => Path::Plain(BASELINE_FMA),
    })
}

impl Path {
    /// Query rows (tokens times heads of a group) that go through the pages together.
    pub(super) fn rows(self) -> usize {
        match self {
            // What is expanded serves all of them.
            Self::Avx2 => 96,
            _ => 32,
        }
    }

    /// Those that this CPU has, beside the plain ones.
    #[cfg(test)]
    pub(super) fn here() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        let there = |path: &Path| match path {
            Path::Bf16 => isa() == Isa::Avx512 && is_x86_feature_detected!("avx512bf16"),
            Path::Avx512 => isa() == Isa::Avx512,
            Path::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            Path::Plain(_) => false,
        };
        #[cfg(not(target_arch = "x86_64"))]
        let there = |_: &Path| false;
        [Path::Bf16, Path::Avx512, Path::Avx2]
            .into_iter()
            .filter(there)
            .collect()
    }
}

/// One key head of a layer, and the query heads that share it.
pub(super) struct Head<'a, W> {
    pub(super) layer: &'a LayerPages<W>,
    pub(super) queries: *const f32,
    pub(super) out: *mut f32,
    /// Query heads in a row.
    pub(super) heads: usize,
    pub(super) kv_head: usize,
    pub(super) scale: f32,
    pub(super) window: usize,
}

/// One query: a token and one of its heads.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// Where it begins in queries and output.
    at: usize,
    /// Position of its token.
    position: usize,
}

impl<W: Word> Head<'_, W> {
    /// Does one unit of work.
    ///
    /// # Safety
    /// As [`Head::go`], and the CPU has the path's features.
    pub(super) unsafe fn work(&self, path: Path, work: &Work, spans: &[Span]) {
        // SAFETY: the caller's contract, passed on.
        unsafe {
            match path {
                #[cfg(target_arch = "x86_64")]
                Path::Bf16 => self.bf16(work, spans),
                #[cfg(target_arch = "x86_64")]
                Path::Avx512 => self.avx512(work, spans),
                #[cfg(target_arch = "x86_64")]
                Path::Avx2 => self.avx2(work, spans),
                Path::Plain(true) => self.go::<4, 2, 2, FUSED>(work, spans),
                _ => self.go::<4, 2, 2, PLAIN>(work, spans),
            }
        }
    }

    /// # Safety
    /// As [`Head::go`], and the CPU has these features.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma")]
    unsafe fn bf16(&self, work: &Work, spans: &[Span]) {
        // SAFETY: the caller's contract, passed on.
        unsafe { self.go::<8, 2, 4, BF16>(work, spans) }
    }

    /// # Safety
    /// As [`Head::go`], and the CPU has these features.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
    unsafe fn avx512(&self, work: &Work, spans: &[Span]) {
        // SAFETY: the caller's contract, passed on.
        unsafe { self.go::<8, 2, 4, FUSED>(work, spans) }
    }

    /// # Safety
    /// As [`Head::go`], and the CPU has these features.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn avx2(&self, work: &Work, spans: &[Span]) {
        // SAFETY: the caller's contract, passed on.
        unsafe { self.go::<4, 1, 2, AVX2>(work, spans) }
    }

    /// `R` rows by `D` registers at a time, or one or two rows, whose sums are few, by `WIDE`.
    ///
    /// # Safety
    /// Rows lie within queries and output, pages within the layer, and no other thread writes these rows.
    #[inline(always)]
    unsafe fn go<const R: usize, const D: usize, const WIDE: usize, const MODE: u8>(
        &self,
        work: &Work,
        spans: &[Span],
    ) {
        let farthest = |start: usize| (start + 1).saturating_sub(self.window) / BLOCK * BLOCK;
        // SAFETY: the caller's contract, passed on.
        unsafe {
            match work {
                Work::Tokens { span, first, tokens } => {
                    let span = &spans[*span];
                    let rows = self.rows(span, *first, *tokens);
                    let mut frame = self.frame::<MODE>(&rows);
                    let start = farthest(span.start + first);
                    let range = start..span.start + first + tokens;
                    self.blocks::<R, D, WIDE, MODE>(&mut frame, 0, rows.len(), span.pages, range);
                    self.finish(&frame);
                }
                Work::Shared {
                    spans: members,
                    shared,
                } => {
                    let spans: Vec<&Span> = members.iter().map(|index| &spans[*index]).collect();
                    let own = |span: &&Span| self.rows(span, 0, span.tokens);
                    let rows: Vec<Row> = spans.iter().flat_map(own).collect();
                    let mut frame = self.frame::<MODE>(&rows);
                    // Blocks that no member sees any more cost time and change nothing.
                    let start = spans.iter().map(|span| farthest(span.start)).min().unwrap_or(0);
                    let range = start.min(*shared)..*shared;
                    self.blocks::<R, D, WIDE, MODE>(&mut frame, 0, rows.len(), spans[0].pages, range);
                    let mut first = 0;
                    for span in spans {
                        let count = span.tokens * self.group();
                        let range = farthest(span.start).max(*shared)..span.start + span.tokens;
                        self.blocks::<R, D, WIDE, MODE>(&mut frame, first, count, span.pages, range);
                        first += count;
                    }
                    self.finish(&frame);
                }
            }
        }
    }

    /// What a query takes in a frame.
    fn shared_words<const MODE: u8>(&self) -> usize {
        self.layer.dim_words() * shared_width::<W, MODE>()
    }

    fn group(&self) -> usize {
        self.heads / self.layer.kv_heads
    }

    /// The queries of some tokens of a span, token by token.
    fn rows(&self, span: &Span, first: usize, tokens: usize) -> Vec<Row> {
        let (group, dim) = (self.group(), self.layer.head_dim);
        let row = |row: usize| {
            let (token, head) = (first + row / group, self.kv_head * group + row % group);
            Row {
                at: ((span.row + token) * self.heads + head) * dim,
                position: span.start + token,
            }
        };
        (0..tokens * group).map(row).collect()
    }

    /// # Safety
    /// The rows lie within the queries, and the CPU has what `MODE` names.
    #[inline(always)]
    unsafe fn frame<'b, const MODE: u8>(&self, rows: &'b [Row]) -> Frame<'b> {
        let dim = self.layer.head_dim;
        let mut queries = Vec::with_capacity(rows.len() * self.shared_words::<MODE>());
        let mut scaled = vec![0.0; dim];
        for row in rows {
            // SAFETY: the caller's contract.
            let query = unsafe { std::slice::from_raw_parts(self.queries.add(row.at), dim) };
            for (to, from) in scaled.iter_mut().zip(query) {
                *to = from * self.scale;
            }
            // SAFETY: the caller's contract.
            unsafe { W::extend::<MODE>(&scaled, &mut queries) };
        }
        Frame {
            rows,
            queries,
            state: State::new(rows.len(), self.layer.padded),
            #[cfg(target_arch = "x86_64")]
            floats: expanded::Floats::default(),
        }
    }

    /// Brings `count` of the frame's rows, from `first` on, through the keys at the positions of `range`, which begins
    /// with a block.
    ///
    /// # Safety
    /// As [`Head::go`]; the pages hold these positions.
    #[inline(always)]
    unsafe fn blocks<const R: usize, const D: usize, const WIDE: usize, const MODE: u8>(
        &self,
        frame: &mut Frame,
        first: usize,
        count: usize,
        pages: &[u32],
        range: std::ops::Range<usize>,
    ) {
        let (words, stride) = (self.layer.dim_words(), self.shared_words::<MODE>());
        let queries = &frame.queries[first * stride..(first + count) * stride];
        #[cfg(target_arch = "x86_64")]
        let many = MODE == AVX2 && W::NUMBERS > 1 && count >= expanded::MANY;
        #[cfg(not(target_arch = "x86_64"))]
        let many = false;
        for block in range.clone().step_by(BLOCK) {
            let keys = BLOCK.min(range.end - block);
            let halves = keys.div_ceil(HALF);
            let mut key_halves = [std::ptr::null(); BLOCK / HALF];
            let mut value_halves = [std::ptr::null(); BLOCK / HALF];
            // Behind the last block there is nothing to ask for but what is near.
            let mut next_halves = [std::ptr::null(); BLOCK / HALF];
            for index in 0..halves {
                let half = LayerPages::<W>::half(pages, block / HALF + index);
                key_halves[index] = self.keys(half);
                value_halves[index] = self.values(half);
                next_halves[index] = match block + BLOCK + index * HALF < range.end {
                    true => self.keys(LayerPages::<W>::half(pages, (block + BLOCK) / HALF + index)),
                    false => key_halves[index],
                };
            }
            // SAFETY: the caller's contract.
            unsafe {
                let scores = frame.state.scores(first);
                let (keys_there, values_there) = (&key_halves[..halves], &value_halves[..halves]);
                #[cfg(target_arch = "x86_64")]
                if many {
                    expanded::score(
                        queries,
                        words,
                        keys_there,
                        values_there,
                        scores,
                        &mut frame.floats,
                    );
                }
                if !many {
                    score::<W, R, D, WIDE, MODE>(queries, words, keys_there, values_there, scores);
                }
                for row in first..first + count {
                    let position = frame.rows[row].position;
                    let see = (position + 1).saturating_sub(self.window)..position + 1;
                    frame.state.step::<W, MODE>(row, block, see);
                }
                let (weights, sums) = frame.state.parts::<W, MODE>(first, count);
                let (next, padded) = (&next_halves[..halves], self.layer.padded);
                #[cfg(target_arch = "x86_64")]
                if many {
                    expanded::gather(weights, values_there, next, keys, sums, padded, &mut frame.floats);
                }
                if !many {
                    gather::<W, R, D, WIDE, MODE>(weights, values_there, next, keys, sums, padded);
                }
            }
        }
    }

    fn keys(&self, half: usize) -> *const W {
        let size = self.layer.half_words()[0];
        let block = half * self.layer.kv_heads + self.kv_head;
        self.layer.keys[block * size..(block + 1) * size].as_ptr()
    }

    fn values(&self, half: usize) -> *const W {
        let size = self.layer.half_words()[1];
        let block = half * self.layer.kv_heads + self.kv_head;
        self.layer.values[block * size..(block + 1) * size].as_ptr()
    }

    /// Divides the sums by the weights and writes them to their rows.
    ///
    /// # Safety
    /// As [`Head::go`].
    #[inline(always)]
    unsafe fn finish(&self, frame: &Frame) {
        for (index, row) in frame.rows.iter().enumerate() {
            // SAFETY: the caller's contract.
            let out = unsafe { std::slice::from_raw_parts_mut(self.out.add(row.at), self.layer.head_dim) };
            frame.state.finish(index, out);
        }
    }
}

/// Queries on their way through the keys.
struct Frame<'a> {
    rows: &'a [Row],
    /// Scaled, by rows, as all lanes share them.
    queries: Vec<u32>,
    state: State,
    #[cfg(target_arch = "x86_64")]
    floats: expanded::Floats,
}
