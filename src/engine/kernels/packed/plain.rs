//! Single numbers out of tiles: the plain version of every unpacking, and rows of the embedding.

use super::{Kind, Packed, SUPER, TILE_COLUMNS, TILE_ROWS, bf16_at, f16_at};

impl Packed {
    /// One row, as f32.
    ///
    /// # Panics
    /// When there is no such row, or `out` is shorter than a row.
    pub fn row(&self, row: usize, out: &mut [f32]) {
        assert!(row < self.rows);
        for (column, out) in out[..self.columns].iter_mut().enumerate() {
            *out = self.number(row, column);
        }
    }

    /// One number, as f32.
    fn number(&self, row: usize, column: usize) -> f32 {
        let (kind, tile_column) = (self.kind, column / TILE_COLUMNS);
        let at = self.tile_at(row, tile_column);
        let tile = &self.tiles.bytes()[at..at + kind.tile_bytes()];
        let (scales, numbers) = tile.split_at(kind.scale_bytes());
        let row_in_tile = row % TILE_ROWS;
        let above = |which: usize| {
            let at = self.super_at(row, tile_column) + (which * TILE_ROWS + row_in_tile) * 2;
            f16_at(self.supers.bytes(), at)
        };
        let column = column % TILE_COLUMNS;
        let q = || f32::from(integer(kind, numbers, row_in_tile, column));
        let byte = |row: usize| f32::from(numbers[column / 4 * 64 + row * 4 + column % 4]) - 128.0;
        match kind {
            Kind::Four | Kind::Five => {
                let min = f16_at(scales, (TILE_ROWS + row_in_tile) * 2);
                q().mul_add(f16_at(scales, row_in_tile * 2), -min)
            }
            Kind::FourK | Kind::FiveK => {
                let scale = above(0) * f32::from(scales[row_in_tile]);
                let min = above(1) * f32::from(scales[TILE_ROWS + row_in_tile]);
                q().mul_add(scale, -min)
            }
            Kind::SixK => {
                let half = column / 16;
                let scale = scales[half * TILE_ROWS + row_in_tile] as i8;
                above(0) * f32::from(scale) * byte(row_in_tile)
            }
            Kind::Eight => f16_at(scales, row_in_tile * 2) * byte(row_in_tile),
            Kind::Bf16 => bf16_at(numbers, pair_place(row_in_tile, column) * 2),
        }
    }
}

/// The stored integer of 4 or 5 bits.
fn integer(kind: Kind, numbers: &[u8], row: usize, column: usize) -> u8 {
    let (four, at) = (column / 4, row * 4 + column % 4);
    let low = numbers[four % 4 * 64 + at] >> (four / 4 * 4) & 15;
    let high = if kind.is_five() {
        numbers[256 + at] >> four & 1
    } else {
        0
    };
    low | high << 4
}

/// The place of a number within a tile of bfloat16.
pub(super) const fn pair_place(row: usize, column: usize) -> usize {
    (column / 2 * TILE_ROWS + row) * 2 + column % 2
}

const _: () = assert!(SUPER * TILE_COLUMNS == 256);
