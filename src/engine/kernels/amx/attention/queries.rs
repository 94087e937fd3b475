#![allow(unsafe_code)]
//! Queries in the order in which the tile unit takes them for the second factor of a product.

use super::super::vector::{self, Sixteen, transpose};
use super::{LANES, TILE_COLUMNS};
use std::arch::x86_64::*;

/// Rounds `width` rows to bfloat16: by 32 columns one tile, 16 pairs of columns `(i, 16 + i)` by rows.
///
/// # Safety
/// The CPU has AVX-512; `out` has room for the block's tiles.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub(super) unsafe fn pack_block(rows: &[f32], width: usize, tiles: usize, out: *mut u8) {
    let padded = tiles * TILE_COLUMNS;
    debug_assert!(rows.len() >= width * padded);
    // SAFETY: rows are `padded` long; the block's tiles by contract.
    unsafe {
        let pairs = |token: usize, tile: usize| {
            let from = rows.as_ptr().add(token * padded + tile * TILE_COLUMNS);
            vector::pair(_mm512_loadu_ps(from), _mm512_loadu_ps(from.add(16)))
        };
        for tile in 0..tiles {
            let out = out.add(tile * width * 64);
            match width {
                LANES => {
                    let mut all: Sixteen = [_mm512_setzero_ps(); 16];
                    for (token, row) in all.iter_mut().enumerate() {
                        *row = _mm512_castsi512_ps(pairs(token, tile));
                    }
                    for (i, row) in transpose(all).into_iter().enumerate() {
                        _mm512_storeu_ps(out.add(i * 64).cast(), row);
                    }
                }
                _ => {
                    let step = _mm512_set1_epi32(width as i32);
                    let places = _mm512_mullo_epi32(vector::iota(), step);
                    for token in 0..width {
                        _mm512_i32scatter_epi32::<4>(out.add(token * 4).cast(), places, pairs(token, tile));
                    }
                }
            }
        }
    }
}
