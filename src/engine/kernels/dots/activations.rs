#![allow(unsafe_code)]
//! Activations of 8 bits, in the order in which products read them.

use super::super::packed::TILE_COLUMNS;
use super::super::pool::Pool;
use super::super::product::{Input, Part};
#[cfg(target_arch = "x86_64")]
use super::Path;
use super::{path, product_on};
use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};

/// Tokens of a block.
pub(super) const TOKENS: usize = 8;

/// 32 columns of eight tokens.
#[derive(Debug, Clone)]
#[repr(C, align(32))]
pub(super) struct Block {
    /// Four columns after four columns, of each token its four numbers.
    pub(super) numbers: [[[i8; 4]; TOKENS]; 8],
    /// What a number stands for.
    pub(super) scales: [f32; TOKENS],
    /// The sum of the columns, in floats.
    pub(super) totals: [f32; TOKENS],
    /// The sums of the first and the last 16 columns and of all, times -128: what 128 added to the weights
    /// adds to a product.
    pub(super) starts: [[i32; TOKENS]; 3],
}

const ZERO: Block = Block {
    numbers: [[[0; 4]; TOKENS]; 8],
    scales: [0.0; TOKENS],
    totals: [0.0; TOKENS],
    starts: [[0; TOKENS]; 3],
};

/// Activations of some tokens: by eight tokens the blocks along the columns, the last ones filled with zeros.
#[derive(Debug, Default)]
pub struct Activations {
    blocks: Vec<Block>,
    tokens: usize,
    columns: usize,
    /// Rows that are still to be rounded, `[tokens, columns]`.
    rows: Vec<f32>,
}

/// Where rows lie that are to be rounded.
enum Rows<'a, 'b> {
    There(&'a [f32]),
    InRoom(&'b [f32]),
}

thread_local! {
    static ROOM: RefCell<Vec<f32>> = RefCell::default();
}

impl Activations {
    fn resize(&mut self, tokens: usize, columns: usize) {
        let blocks = tokens.div_ceil(TOKENS) * columns.div_ceil(TILE_COLUMNS);
        if self.blocks.len() < blocks {
            self.blocks.resize(blocks, ZERO);
        }
        (self.tokens, self.columns) = (tokens, columns);
    }

    /// Blocks along the columns.
    pub(super) fn column_tiles(&self) -> usize {
        self.columns.div_ceil(TILE_COLUMNS)
    }

    /// Tokens in the eight of number `block`.
    pub(super) fn width(&self, block: usize) -> usize {
        self.tokens.saturating_sub(block * TOKENS).min(TOKENS)
    }

    /// The blocks along the columns of eight tokens.
    pub(super) fn block(&self, block: usize) -> &[Block] {
        let tiles = self.column_tiles();
        &self.blocks[block * tiles..(block + 1) * tiles]
    }

    /// Rounds all tokens, in parallel by eight. `rows(first, count, room)` finds their numbers, row after row of whole
    /// tiles: elsewhere, or written to the room.
    fn each_block<'a>(
        &mut self,
        tokens: usize,
        columns: usize,
        rows: impl for<'b> Fn(usize, usize, &'b mut [f32]) -> Rows<'a, 'b> + Sync,
    ) {
        self.resize(tokens, columns);
        let tiles = self.column_tiles().max(1);
        let used = tokens.div_ceil(TOKENS) * tiles;
        let parts: Vec<_> = self.blocks[..used].chunks_mut(tiles).map(Mutex::new).collect();
        Pool::global().run(parts.len(), |part| {
            let mut blocks = parts[part].lock().unwrap_or_else(PoisonError::into_inner);
            let width = (tokens - part * TOKENS).min(TOKENS);
            if width < TOKENS {
                blocks.fill(ZERO);
            }
            ROOM.with_borrow_mut(|room| {
                let row = tiles * TILE_COLUMNS;
                room.resize(row * TOKENS, 0.0);
                let rows = match rows(part * TOKENS, width, room) {
                    Rows::There(rows) => rows,
                    Rows::InRoom(rows) => rows,
                };
                round_rows(rows, row, width, &mut blocks);
            });
        });
    }

    /// Room for rows that [`Activations::round`] will round.
    pub(super) fn rows(&mut self, tokens: usize, columns: usize) -> &mut [f32] {
        self.resize(tokens, columns);
        self.rows.resize(tokens * columns, 0.0);
        &mut self.rows
    }

    /// Rounds the rows.
    pub(super) fn round(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        self.copy(self.tokens, self.columns, &rows);
        self.rows = rows;
    }
}

impl Input for Activations {
    fn tokens(&self) -> usize {
        self.tokens
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn fill(&mut self, tokens: usize, columns: usize, fill: impl Fn(usize, &mut [f32]) + Sync) {
        let padded = columns.next_multiple_of(TILE_COLUMNS).max(1);
        self.each_block(tokens, columns, |first, count, room| {
            for (token, row) in room.chunks_mut(padded).enumerate().take(count) {
                fill(first + token, &mut row[..columns]);
                row[columns..].fill(0.0);
            }
            Rows::InRoom(room)
        });
    }

    fn copy(&mut self, tokens: usize, columns: usize, rows: &[f32]) {
        if columns.is_multiple_of(TILE_COLUMNS) {
            self.each_block(tokens, columns, |first, count, _| {
                Rows::There(&rows[first * columns..(first + count) * columns])
            });
        } else {
            let row_of = |token: usize| &rows[token * columns..(token + 1) * columns];
            self.fill(tokens, columns, |token, row| row.copy_from_slice(row_of(token)));
        }
    }

    fn product(&self, parts: Vec<Part<Self>>) {
        product_on(path(), self, parts);
    }
}

/// Rounds `width` rows of `columns` numbers, whole tiles.
fn round_rows(rows: &[f32], columns: usize, width: usize, out: &mut [Block]) {
    #[cfg(target_arch = "x86_64")]
    if width == TOKENS && path() == Path::Avx512 {
        // SAFETY: the path's features were found.
        unsafe { super::avx512::round_eight(rows, columns, out) };
        return;
    }
    for (token, row) in rows.chunks(columns.max(1)).enumerate().take(width) {
        round_row(row, token, out);
    }
}

/// 1.5 * 2^23: adding it rounds to a whole number, to the even one of two, which then sits in the low bits.
pub(super) const ROUND: f32 = 12_582_912.0;

by_isa!(round_row = round_row_body(row: &[f32], token: usize, out: &mut [Block]));

#[inline(always)]
fn round_row_body<const FMA: bool>(row: &[f32], token: usize, out: &mut [Block]) {
    let (columns, _) = row.as_chunks::<TILE_COLUMNS>();
    for (x, out) in columns.iter().zip(out) {
        // Integers, whose order is that of the floats without a sign: the compiler may take their maximum in
        // any order.
        let most = x.iter().fold(0, |most, x| most.max(x.to_bits() & 0x7fff_ffff));
        let most = f32::from_bits(most);
        let scale = most / 127.0;
        let inverse = if most > 0.0 { 127.0 / most } else { 0.0 };
        let mut numbers = [0i8; TILE_COLUMNS];
        for (number, x) in numbers.iter_mut().zip(x) {
            *number = (x * inverse + ROUND).to_bits() as i8;
        }
        let (mut first, mut last) = (0i32, 0i32);
        for i in 0..TILE_COLUMNS / 2 {
            first += i32::from(numbers[i]);
            last += i32::from(numbers[i + TILE_COLUMNS / 2]);
        }
        let (fours, _) = numbers.as_chunks::<4>();
        for (out, four) in out.numbers.iter_mut().zip(fours) {
            out[token] = *four;
        }
        out.scales[token] = scale;
        out.totals[token] = scale * (first + last) as f32;
        for (start, sum) in out.starts.iter_mut().zip([first, last, first + last]) {
            start[token] = -128 * sum;
        }
    }
}
