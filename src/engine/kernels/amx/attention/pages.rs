#![allow(unsafe_code)]
//! Keys and values in tiles.

use super::super::super::packed::Lines;
use super::super::super::pool::Pool;
use super::super::TILE;
use super::super::vector::{mask, pair, transpose};
use super::{PAGE, QUERIES, Span, check};
use std::arch::x86_64::*;

/// Keys and values of one layer, in tiles.
///
/// By page and key head: keys as `[32 dimensions][2][16 keys][16 pairs of dimensions]`, values as
/// `[16 dimensions][16 dimensions][16 pairs of keys]`; pairs are `(i, 16 + i)`, as in queries and weights of attention.
#[derive(Debug)]
pub struct TilePages {
    keys: Lines,
    values: Lines,
    pub(super) kv_heads: usize,
    pub(super) head_dim: usize,
    /// `head_dim` rounded up to whole tiles.
    pub(super) padded: usize,
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

    /// The keys of one page for one key head.
    pub(super) fn keys_of(&self, page: u32, kv_head: usize) -> *const u8 {
        self.keys.bytes()[self.at(page, kv_head)..].as_ptr()
    }

    /// The values of one page for one key head.
    pub(super) fn values_of(&self, page: u32, kv_head: usize) -> *const u8 {
        self.values.bytes()[self.at(page, kv_head)..].as_ptr()
    }

    fn at(&self, page: u32, kv_head: usize) -> usize {
        (page as usize * self.kv_heads + kv_head) * self.head_bytes()
    }

    pub(super) fn pages(&self) -> usize {
        self.keys.bytes().len() / (self.kv_heads * self.head_bytes()).max(1)
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
    pub(super) fn file(&mut self, keys: &[f32], values: &[f32], spans: &[Span]) {
        let width = self.kv_heads * self.head_dim;
        check(spans, keys.len().min(values.len()) / width.max(1), self.pages());
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
                let at = layer.at(span.pages[position / PAGE], head);
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

const _: () = assert!(PAGE == 2 * 16, "a page is two tiles of keys");
