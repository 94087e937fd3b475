//! Random matrices for the tests of products.

use super::{Arena, BAND, Blocks, Data, Packed, Source, TILE_ROWS};
use crate::engine::kernels::noise;

/// All types of blocks.
pub(in super::super) const ALL: [Blocks; 9] = [
    Blocks::Q4_0,
    Blocks::Q4_1,
    Blocks::Q5_0,
    Blocks::Q5_1,
    Blocks::Q8_0,
    Blocks::Q4K,
    Blocks::Q5K,
    Blocks::Q6K,
    Blocks::Bf16,
];

/// Blocks of random bits with scales of a sensible size.
pub(in super::super) fn random_blocks(blocks: Blocks, rows: usize, columns: usize) -> Vec<u8> {
    let count = rows * columns / blocks.numbers();
    let bits = noise(count * blocks.bytes(), 7);
    let mut data: Vec<u8> = bits.iter().map(|x| (x.to_bits() >> 9) as u8).collect();
    let half = |x: f32| half::f16::from_f32(x).to_le_bytes();
    for (index, block) in data.chunks_mut(blocks.bytes()).enumerate() {
        let size = 0.01 + 0.001 * (index % 7) as f32;
        match blocks {
            Blocks::Q4_1 | Blocks::Q5_1 => {
                block[..2].copy_from_slice(&half(size));
                block[2..4].copy_from_slice(&half(-8.0 * size));
            }
            Blocks::Q4_0 | Blocks::Q5_0 | Blocks::Q8_0 => block[..2].copy_from_slice(&half(size)),
            Blocks::Q4K | Blocks::Q5K => {
                block[..2].copy_from_slice(&half(size / 30.0));
                block[2..4].copy_from_slice(&half(size / 4.0));
            }
            Blocks::Q6K => block[208..].copy_from_slice(&half(size / 60.0)),
            Blocks::Bf16 => {
                let number = half::bf16::from_f32(f32::from(block[0]) / 128.0 - 1.0);
                block.copy_from_slice(&number.to_le_bytes());
            }
        }
    }
    data
}

/// A matrix of random blocks.
pub(in super::super) fn packed(blocks: Blocks, rows: usize, columns: usize) -> Packed {
    packed_from(blocks, &random_blocks(blocks, rows, columns), columns)
}

/// A matrix of these blocks.
pub(in super::super) fn packed_from(blocks: Blocks, data: &[u8], columns: usize) -> Packed {
    let rows = data.len() / blocks.bytes() * blocks.numbers() / columns;
    let source = Source {
        blocks,
        data: Data::Memory(data),
        columns,
    };
    Packed::pack(&source, rows, &Arena::default(), Some).unwrap()
}

/// Its numbers, row after row.
pub(in super::super) fn plain(weights: &Packed) -> Vec<f32> {
    let columns = weights.columns();
    let mut numbers = vec![0.0; weights.rows() * columns];
    for (row, out) in numbers.chunks_mut(columns).enumerate() {
        weights.row(row, out);
    }
    numbers
}

/// Root of the mean square difference from the product in f64, relative to the product's.
pub(in super::super) fn distance(x: &[f32], weights: &[f32], columns: usize, found: &[f32]) -> f64 {
    let (mut error, mut all) = (0.0, 0.0);
    let pairs = x
        .chunks(columns)
        .flat_map(|x| weights.chunks(columns).map(move |w| (x, w)));
    for ((x, w), found) in pairs.zip(found) {
        let exact: f64 = x.iter().zip(w).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum();
        error += (exact - f64::from(*found)).powi(2);
        all += exact * exact;
    }
    (error / all).sqrt()
}

/// A gate and another matrix, by sixteen rows in turn; then each alone.
pub(in super::super) fn gate_and_up(inner: usize, columns: usize) -> [Packed; 3] {
    let gate = random_blocks(Blocks::Q4K, inner, columns);
    let up = noise(inner * columns / 256 * 144, 9);
    let mut up: Vec<u8> = up.iter().map(|x| (x.to_bits() >> 9) as u8).collect();
    for (block, like) in up.chunks_mut(144).zip(gate.chunks(144)) {
        block[..4].copy_from_slice(&like[..4]);
    }
    let source = |data| Source {
        blocks: Blocks::Q4K,
        data: Data::Memory(data),
        columns,
    };
    let rows = 2 * inner.next_multiple_of(BAND);
    let both = Packed::pack_all(&[&source(&gate), &source(&up)], rows, &Arena::default(), |row| {
        let (band, within) = (row / BAND, row % BAND);
        let inner_row = band * TILE_ROWS + within % TILE_ROWS;
        (inner_row < inner).then_some((within / TILE_ROWS, inner_row))
    });
    let both = both.unwrap();
    let alone = |data| packed_from(Blocks::Q4K, data, columns);
    [both, alone(&gate), alone(&up)]
}
