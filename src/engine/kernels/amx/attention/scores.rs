#![allow(unsafe_code)]
//! Scores of a block of keys, in small parts.

use super::super::TILE;
use super::super::tiles;
use super::{Frame, Head, LANES, PAGE};
use std::arch::x86_64::*;

/// The products of a block's keys with the queries of a frame, one after the other: page by page the 32 dimensions after
/// each other.
pub(super) struct Scores<'a, const L: usize> {
    head: &'a Head<'a>,
    pages: &'a [u32],
    queries: *const u8,
    /// Bytes from the first tile's queries to the second's, where there are two; and of scores.
    second: Option<usize>,
    apart: usize,
    /// Where scores go: by page `[32 keys][L]`.
    pub(super) out: *mut u8,
    /// Products of a page.
    tiles: usize,
    /// Which page and product of it is next, and the page's keys.
    page: usize,
    tile: usize,
    keys: *const u8,
    /// Its values.
    values: *const u8,
    /// With every so many calls for parts there is a product.
    every: usize,
}

impl<'a, const L: usize> Scores<'a, L> {
    /// Of a block's pages, into one or the other room of the frame.
    pub(super) fn new(head: &'a Head<'a>, frame: &Frame<L>, pages: &'a [u32], room: usize) -> Self {
        let mut scores = Self {
            head,
            pages,
            queries: frame.queries,
            second: (frame.columns.len() > L).then_some(frame.room.queries),
            apart: frame.room.scores,
            out: frame.scores.wrapping_add(room * 2 * frame.room.scores),
            tiles: head.layer.padded / PAGE,
            page: 0,
            tile: 0,
            keys: std::ptr::null(),
            values: std::ptr::null(),
            every: 1,
        };
        scores.find_page();
        scores
    }

    /// Looks up where the page is, if there is another one.
    fn find_page(&mut self) {
        if let Some(page) = self.pages.get(self.page) {
            self.keys = self.head.layer.keys_of(*page, self.head.kv_head);
            self.values = self.head.layer.values_of(*page, self.head.kv_head);
        }
    }

    /// Distributes the products over so many calls for parts.
    pub(super) fn spread(&mut self, groups: usize) {
        let every = (groups / (self.pages.len() * self.tiles).max(1)).max(1);
        // a power of 2
        self.every = 1 << every.ilog2();
    }

    /// One step of a product, which the others must follow up to the last.
    ///
    /// # Safety
    /// As [`Head::blocks`].
    #[inline(always)]
    pub(super) unsafe fn part(&mut self, group: usize, step: usize) {
        if group & (self.every - 1) != 0 || self.page == self.pages.len() {
            return;
        }
        // SAFETY: the caller's contract.
        unsafe {
            self.step(step);
            if step + 1 == tiles::STEPS {
                self.next();
            }
        }
    }

    /// All products that are left.
    ///
    /// # Safety
    /// As [`Head::blocks`].
    #[inline(always)]
    pub(super) unsafe fn rest(&mut self) {
        while self.page < self.pages.len() {
            // SAFETY: the caller's contract.
            unsafe {
                for step in 0..tiles::STEPS {
                    self.part(0, step);
                    tiles::space();
                }
            }
        }
    }

    /// One step of the next product.
    ///
    /// # Safety
    /// As [`Head::blocks`].
    #[inline(always)]
    unsafe fn step(&self, step: usize) {
        // SAFETY: the caller's contract: the page is there, and queries have room for their tiles.
        unsafe {
            let keys = self.keys.add(self.tile * 2 * TILE);
            let queries = self.queries.add(self.tile * L * 64);
            if step == 0 && self.tile == 0 {
                tiles::zero();
            }
            if L < LANES && step < 2 {
                self.ask_for_values(step);
            }
            let second = self.second.map(|second| queries.add(second));
            tiles::rows_by_columns_step(step, keys, queries, second, 4 * L);
        }
    }

    /// Goes to the next product; a page's last one leaves its scores behind.
    ///
    /// # Safety
    /// As [`Head::blocks`].
    #[inline(always)]
    unsafe fn next(&mut self) {
        self.tile += 1;
        if self.tile < self.tiles {
            return;
        }
        // SAFETY: the caller's contract: there is room for the scores of all pages.
        unsafe {
            let out = self.out.add(self.page * PAGE * L * 4);
            tiles::store_rows::<L>(out, out.wrapping_add(self.apart), self.second.is_some());
        }
        (self.tile, self.page) = (0, self.page + 1);
        self.find_page();
    }

    /// Has as many of the page's values brought near as one of the two tiles of the next product has keys. A few queries are
    /// done before their keys and values have come from memory.
    #[inline(always)]
    fn ask_for_values(&self, tile: usize) {
        let values = self.values.wrapping_add((self.tile * 2 + tile) * TILE);
        for line in 0..TILE / 64 {
            // SAFETY: a hint, which reads nothing.
            unsafe { _mm_prefetch::<_MM_HINT_T1>(values.wrapping_add(line * 64).cast()) };
        }
    }
}
