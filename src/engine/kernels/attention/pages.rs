#![allow(unsafe_code)]
//! Keys and values of one layer, by halves of pages, in the order in which attention reads them.

use super::{HALF, LANES, Span, Word, check};
use crate::engine::kernels::pool::Pool;

/// Keys and values of one layer.
#[derive(Debug)]
pub struct LayerPages<W> {
    pub(super) keys: Vec<W>,
    pub(super) values: Vec<W>,
    pub(super) kv_heads: usize,
    pub(super) head_dim: usize,
    /// `head_dim` rounded up to whole registers.
    pub(super) padded: usize,
}

impl<W: Word> LayerPages<W> {
    /// Words of a value's keys in half a page.
    const KEY_WORDS: usize = HALF / W::NUMBERS;

    /// Room for `pages` pages; the system hands the memory out when it is first written.
    pub fn new(pages: usize, kv_heads: usize, head_dim: usize) -> Self {
        let mut layer = Self {
            keys: Vec::new(),
            values: Vec::new(),
            kv_heads,
            head_dim,
            padded: head_dim.next_multiple_of(LANES),
        };
        let [keys, values] = layer.half_words().map(|half| 2 * half * kv_heads * pages);
        layer.keys = vec![W::default(); keys];
        layer.values = vec![W::default(); values];
        layer
    }

    /// Bytes of one page in one layer.
    pub fn page_bytes(kv_heads: usize, head_dim: usize) -> usize {
        let [keys, values] = Self::new(0, kv_heads, head_dim).half_words();
        kv_heads * 2 * (keys + values) * size_of::<W>()
    }

    /// Words of a head's keys, and of its values, in half a page.
    pub(super) fn half_words(&self) -> [usize; 2] {
        [self.dim_words() * HALF, Self::KEY_WORDS * self.padded]
    }

    /// Words of a key or a query.
    pub(super) fn dim_words(&self) -> usize {
        self.head_dim.div_ceil(W::NUMBERS)
    }

    /// Pages in all.
    pub(super) fn pages(&self) -> usize {
        self.keys.len() / (2 * self.half_words()[0] * self.kv_heads).max(1)
    }

    /// The number of a half page of a sequence, among all of them.
    pub(super) fn half(pages: &[u32], index: usize) -> usize {
        pages[index / 2] as usize * 2 + index % 2
    }

    /// Copies the keys and values of one page to another.
    pub fn copy_page(&mut self, from: u32, to: u32) {
        let [keys, values] = self.half_words().map(|half| 2 * half * self.kv_heads);
        let (from, to) = (from as usize, to as usize);
        self.keys.copy_within(from * keys..(from + 1) * keys, to * keys);
        self.values
            .copy_within(from * values..(from + 1) * values, to * values);
    }

    /// Writes keys and values of the spans' tokens, half page by half page, in parallel.
    ///
    /// # Panics
    /// When a span's pages do not hold it, pages do not exist or belong to two spans, or rows are missing.
    pub(super) fn file(&mut self, keys: &[f32], values: &[f32], spans: &[Span]) {
        let width = self.kv_heads * self.head_dim;
        check(spans, keys.len().min(values.len()) / width.max(1), self.pages());
        let mut runs = Vec::new();
        for span in spans {
            let mut token = 0;
            while token < span.tokens {
                let position = span.start + token;
                let count = (HALF - position % HALF).min(span.tokens - token);
                runs.push(Run {
                    half: Self::half(span.pages, position / HALF),
                    slot: position % HALF,
                    row: span.row + token,
                    count,
                });
                token += count;
            }
        }
        let mut halves: Vec<usize> = runs.iter().map(|run| run.half).collect();
        halves.sort_unstable();
        assert!(halves.is_sorted_by(|a, b| a < b), "two spans in one page");
        let [key_words, value_words] = self.half_words().map(|words| words * self.kv_heads);
        let (to_keys, to_values) = (self.keys.as_mut_ptr() as usize, self.values.as_mut_ptr() as usize);
        Pool::global().run(runs.len(), |index| {
            let run = &runs[index];
            let rows = run.row * width..(run.row + run.count) * width;
            // SAFETY: the half page lies within the layer, and no other run has it.
            let (to_keys, to_values) = unsafe {
                let to_keys = (to_keys as *mut W).add(run.half * key_words);
                let to_values = (to_values as *mut W).add(run.half * value_words);
                (
                    std::slice::from_raw_parts_mut(to_keys, key_words),
                    std::slice::from_raw_parts_mut(to_values, value_words),
                )
            };
            for (token, row) in rows.step_by(width.max(1)).enumerate() {
                self.file_key(run.slot + token, &keys[row..row + width], to_keys);
                self.file_value(run.slot + token, &values[row..row + width], to_values);
            }
        });
    }

    /// Writes one token's keys to its half page.
    fn file_key(&self, slot: usize, keys: &[f32], half: &mut [W]) {
        let size = self.half_words()[0];
        for (key, half) in keys.chunks(self.head_dim).zip(half.chunks_mut(size)) {
            let words = half.iter_mut().skip(slot).step_by(HALF);
            for (target, numbers) in words.zip(key.chunks(W::NUMBERS)) {
                *target = W::of(numbers);
            }
        }
    }

    /// Writes one token's values to its half page.
    fn file_value(&self, slot: usize, values: &[f32], half: &mut [W]) {
        let size = self.half_words()[1];
        let (word, place) = (slot % Self::KEY_WORDS, slot / Self::KEY_WORDS);
        for (value, half) in values.chunks(self.head_dim).zip(half.chunks_mut(size)) {
            for (target, number) in half[word * self.padded..].iter_mut().zip(value) {
                target.set(place, *number);
            }
        }
    }
}

/// Tokens that follow each other in half a page.
struct Run {
    half: usize,
    /// The first one's place.
    slot: usize,
    /// Its row.
    row: usize,
    count: usize,
}
