//! From the blocks of GGUF files to tiles.
//!
//! Block layouts: `block_q4_0` … `block_q6_K` in ggml/src/ggml-common.h, dequantization in
//! ggml/src/ggml-quants.c.

use super::{Kind, SUPER, TILE_COLUMNS, TILE_ROWS};
use half::bf16;

/// A type of blocks that can be repacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Blocks {
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q4K,
    Q5K,
    Q6K,
    Bf16,
}

impl Blocks {
    /// Numbers of a block.
    pub const fn numbers(self) -> usize {
        match self {
            Blocks::Q4K | Blocks::Q5K | Blocks::Q6K => 256,
            Blocks::Bf16 => 1,
            _ => 32,
        }
    }

    /// Bytes of a block.
    pub const fn bytes(self) -> usize {
        match self {
            Blocks::Q4_0 => 18,
            Blocks::Q4_1 => 20,
            Blocks::Q5_0 => 22,
            Blocks::Q5_1 => 24,
            Blocks::Q8_0 => 34,
            Blocks::Q4K => 144,
            Blocks::Q5K => 176,
            Blocks::Q6K => 210,
            Blocks::Bf16 => 2,
        }
    }

    /// The kind of tile that it becomes.
    pub const fn kind(self) -> Kind {
        match self {
            Blocks::Q4_0 | Blocks::Q4_1 => Kind::Four,
            Blocks::Q5_0 | Blocks::Q5_1 => Kind::Five,
            Blocks::Q8_0 => Kind::Eight,
            Blocks::Q4K => Kind::FourK,
            Blocks::Q5K => Kind::FiveK,
            Blocks::Q6K => Kind::SixK,
            Blocks::Bf16 => Kind::Bf16,
        }
    }
}

/// Numbers and scales of 16 rows, some tiles wide.
struct Unpacked {
    /// Stored integers, by row; signed ones as bytes of two's complement.
    q: [[u8; 256]; TILE_ROWS],
    /// By tile: the bytes that stand before its numbers.
    scales: [[u8; 64]; SUPER],
    supers: [u8; 64],
}

/// Packs one half of a band: 16 rows of blocks, some of which may be missing.
pub(super) fn pack_rows(
    blocks: Blocks,
    lines: &[Option<&[u8]>; TILE_ROWS],
    half: usize,
    tiles: &mut [u8],
    supers: &mut [u8],
) {
    let kind = blocks.kind();
    let tile_bytes = kind.tile_bytes();
    if blocks == Blocks::Bf16 {
        for (row, line) in lines.iter().enumerate() {
            for (column, number) in line.unwrap_or_default().chunks_exact(2).enumerate() {
                let at = (column / TILE_COLUMNS * 2 + half) * tile_bytes;
                let at = at + super::pair_place(row, column % TILE_COLUMNS) * 2;
                tiles[at..at + 2].copy_from_slice(number);
            }
        }
        return;
    }
    let wide = blocks.numbers() / TILE_COLUMNS;
    let length = lines.iter().flatten().map(|line| line.len()).max().unwrap_or(0);
    let mut unpacked = Unpacked {
        q: [[0; 256]; TILE_ROWS],
        scales: [[0; 64]; SUPER],
        supers: [0; 64],
    };
    for index in 0..length / blocks.bytes() {
        for (row, line) in lines.iter().enumerate() {
            if let Some(line) = line {
                unpacked.block(blocks, row, &line[index * blocks.bytes()..][..blocks.bytes()]);
            }
        }
        for tile in 0..wide {
            let at = ((index * wide + tile) * 2 + half) * tile_bytes;
            let (scales, numbers) = tiles[at..at + tile_bytes].split_at_mut(kind.scale_bytes());
            scales.copy_from_slice(&unpacked.scales[tile][..kind.scale_bytes()]);
            unpacked.numbers(kind, tile * TILE_COLUMNS, numbers);
        }
        if kind.is_super() {
            let at = (index * 2 + half) * 4 * TILE_ROWS;
            supers[at..at + 64].copy_from_slice(&unpacked.supers);
        }
    }
}

impl Unpacked {
    /// Writes the numbers of one tile, whose first column is `from`.
    fn numbers(&self, kind: Kind, from: usize, out: &mut [u8]) {
        for (row, numbers) in self.q.iter().enumerate() {
            // Four columns in a word.
            let (fours, _) = numbers[from..from + TILE_COLUMNS].as_chunks::<4>();
            let four = |index: usize| u32::from_le_bytes(fours[index]);
            let mut put = |index: usize, word: u32| {
                let at = index * 64 + row * 4;
                out[at..at + 4].copy_from_slice(&word.to_le_bytes());
            };
            if kind.is_signed() {
                (0..8).for_each(|index| put(index, four(index) ^ 0x8080_8080));
                continue;
            }
            let low = |index: usize| four(index) & 0x0f0f_0f0f;
            (0..4).for_each(|index| put(index, low(index) | low(index + 4) << 4));
            if kind.is_five() {
                let bits = (0..8).map(|index| (four(index) >> 4 & 0x0101_0101) << index);
                put(4, bits.sum());
            }
        }
    }

    fn block(&mut self, blocks: Blocks, row: usize, block: &[u8]) {
        match blocks {
            Blocks::Q4_0 | Blocks::Q4_1 | Blocks::Q5_0 | Blocks::Q5_1 => self.block_of_32(blocks, row, block),
            Blocks::Q8_0 => {
                self.scales[0][row * 2..row * 2 + 2].copy_from_slice(&block[..2]);
                self.q[row][..32].copy_from_slice(&block[2..34]);
            }
            Blocks::Q4K | Blocks::Q5K => self.block_of_mins(blocks, row, block),
            Blocks::Q6K => self.block_of_six(row, block),
            Blocks::Bf16 => {}
        }
    }

    fn block_of_32(&mut self, blocks: Blocks, row: usize, block: &[u8]) {
        let scale = super::f16_at(block, 0);
        // mins are stored with the sign with which they are subtracted
        let (min, high, low) = match blocks {
            Blocks::Q4_0 => (8.0 * scale, 0, &block[2..]),
            Blocks::Q4_1 => (-super::f16_at(block, 2), 0, &block[4..]),
            Blocks::Q5_0 => {
                let high = u32::from_le_bytes([block[2], block[3], block[4], block[5]]);
                (16.0 * scale, high, &block[6..])
            }
            _ => {
                let high = u32::from_le_bytes([block[4], block[5], block[6], block[7]]);
                (-super::f16_at(block, 2), high, &block[8..])
            }
        };
        self.scales[0][row * 2..row * 2 + 2].copy_from_slice(&block[..2]);
        let at = (TILE_ROWS + row) * 2;
        self.scales[0][at..at + 2].copy_from_slice(&half::f16::from_f32(min).to_le_bytes());
        for i in 0..16 {
            self.q[row][i] = (low[i] & 15) | ((high >> i & 1) as u8 * 16);
            self.q[row][16 + i] = (low[i] >> 4) | ((high >> (16 + i) & 1) as u8 * 16);
        }
    }

    fn block_of_mins(&mut self, blocks: Blocks, row: usize, block: &[u8]) {
        self.set_supers(row, [&block[0..2], &block[2..4]]);
        let scales = &block[4..16];
        for sub in 0..SUPER {
            // `get_scale_min_k4`
            let (scale, min) = match sub {
                0..4 => (scales[sub] & 63, scales[sub + 4] & 63),
                _ => (
                    scales[sub + 4] & 15 | scales[sub - 4] >> 6 << 4,
                    scales[sub + 4] >> 4 | scales[sub] >> 6 << 4,
                ),
            };
            (self.scales[sub][row], self.scales[sub][TILE_ROWS + row]) = (scale, min);
        }
        let (high, low) = match blocks {
            Blocks::Q5K => (&block[16..48], &block[48..]),
            _ => (&[0; 32][..], &block[16..]),
        };
        let (q, _) = self.q[row].as_chunks_mut::<64>();
        for (pair, q) in q.iter_mut().enumerate() {
            let low = &low[pair * 32..pair * 32 + 32];
            for i in 0..32 {
                let bits = high[i] >> (2 * pair);
                q[i] = low[i] & 15 | (bits & 1) << 4;
                q[32 + i] = low[i] >> 4 | (bits >> 1 & 1) << 4;
            }
        }
    }

    fn block_of_six(&mut self, row: usize, block: &[u8]) {
        let (low, high, scales) = (&block[..128], &block[128..192], &block[192..208]);
        self.set_supers(row, [&block[208..210], &[0; 2]]);
        for sub in 0..SUPER {
            self.scales[sub][row] = scales[sub * 2];
            self.scales[sub][TILE_ROWS + row] = scales[sub * 2 + 1];
        }
        let (q, _) = self.q[row].as_chunks_mut::<128>();
        for (part, q) in q.iter_mut().enumerate() {
            let (low, high) = (&low[part * 64..][..64], &high[part * 32..][..32]);
            for i in 0..32 {
                let numbers = [
                    (low[i] & 15) | ((high[i] & 3) << 4),
                    (low[32 + i] & 15) | ((high[i] >> 2 & 3) << 4),
                    (low[i] >> 4) | ((high[i] >> 4 & 3) << 4),
                    (low[32 + i] >> 4) | ((high[i] >> 6) << 4),
                ];
                for (quarter, number) in numbers.into_iter().enumerate() {
                    q[quarter * 32 + i] = number.wrapping_sub(32);
                }
            }
        }
    }

    fn set_supers(&mut self, row: usize, values: [&[u8]; 2]) {
        for (which, value) in values.into_iter().enumerate() {
            let at = (which * TILE_ROWS + row) * 2;
            self.supers[at..at + 2].copy_from_slice(value);
        }
    }
}

/// The numbers as bfloat16 blocks, for what has no kind of its own.
pub fn to_bf16(numbers: impl Iterator<Item = f32>) -> Vec<u8> {
    numbers.flat_map(|x| bf16::from_f32(x).to_le_bytes()).collect()
}
