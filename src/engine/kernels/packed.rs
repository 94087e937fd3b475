//! Weight matrices, repacked once for products with any number of rows.
//!
//! A matrix is cut into tiles of [`TILE_ROWS`] rows by [`TILE_COLUMNS`] columns, each with its scales beside
//! its numbers, in the order in which a product reads them: for each band of [`BAND`] rows all tiles along
//! the columns, two tiles (16 rows each) after each other. The quantization stays what it was in the file:
//! the numbers are moved, not rounded again.
//!
//! Inside of a tile numbers stand four columns after four columns, of each row its four numbers in a word:
//! unsigned ones as they are, signed ones plus 128. A register then holds four columns of sixteen rows, so that
//! no sum crosses lanes. Of 4 and 5 bits the first 16 columns are the low halves of the bytes, the others the
//! high ones; and the fifth bit of the `j`-th four columns is bit `j` of the bytes behind them. bfloat16 stands
//! two columns after two columns, as the tile unit wants it.

#[cfg(target_arch = "x86_64")]
pub(super) mod avx512;
mod band;
mod blocks;
mod lines;
mod plain;
#[cfg(test)]
pub(super) mod samples;
mod source;

pub(super) use band::Band;
pub use blocks::{Blocks, to_bf16};
use half::{bf16, f16};
pub use lines::Arena;
pub(super) use lines::Lines;
use plain::pair_place;
pub use source::{Data, Source};

/// Rows of a tile.
pub const TILE_ROWS: usize = 16;
/// Columns of a tile.
pub const TILE_COLUMNS: usize = 32;
/// Rows of a band: two tiles.
pub const BAND: usize = 2 * TILE_ROWS;
/// Tiles that share a super-block's scales.
pub(super) const SUPER: usize = 8;

/// How the numbers of a tile are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 4 bits, `scale * q - min`, both an f16 (`Q4_0`, `Q4_1`).
    Four,
    /// 5 bits, likewise (`Q5_0`, `Q5_1`).
    Five,
    /// 4 bits, scale and min of 6 bits under a super-block's f16 (`Q4_K`).
    FourK,
    /// 5 bits, likewise (`Q5_K`).
    FiveK,
    /// `scale * q` by 16 columns, scale of 8 bits under a super-block's f16 (`Q6_K`). Its 6 bits are kept in
    /// bytes: putting them together again costs more time than reading a quarter more memory.
    SixK,
    /// 8 bits, `scale * q`, an f16 (`Q8_0`).
    Eight,
    /// bfloat16.
    Bf16,
}

impl Kind {
    /// Bytes of one tile.
    pub const fn tile_bytes(self) -> usize {
        self.scale_bytes() + self.number_bytes()
    }

    /// Bytes of a tile's scales, which stand before its numbers.
    pub(super) const fn scale_bytes(self) -> usize {
        match self {
            Kind::Four | Kind::Five => 4 * TILE_ROWS,
            Kind::FourK | Kind::FiveK | Kind::SixK | Kind::Eight => 2 * TILE_ROWS,
            Kind::Bf16 => 0,
        }
    }

    const fn number_bytes(self) -> usize {
        const NUMBERS: usize = TILE_ROWS * TILE_COLUMNS;
        match self {
            Kind::Four | Kind::FourK => NUMBERS / 2,
            Kind::Five | Kind::FiveK => NUMBERS / 2 + NUMBERS / 8,
            Kind::SixK | Kind::Eight => NUMBERS,
            Kind::Bf16 => 2 * NUMBERS,
        }
    }

    /// Whether scales stand under those of super-blocks.
    const fn is_super(self) -> bool {
        matches!(self, Kind::FourK | Kind::FiveK | Kind::SixK)
    }

    /// Whether numbers are kept with 128 added.
    pub(super) const fn is_signed(self) -> bool {
        matches!(self, Kind::SixK | Kind::Eight)
    }

    /// Whether there is a fifth bit.
    pub(super) const fn is_five(self) -> bool {
        matches!(self, Kind::Five | Kind::FiveK)
    }
}

const KINDS: [Kind; 7] = [
    Kind::Four,
    Kind::Five,
    Kind::FourK,
    Kind::FiveK,
    Kind::SixK,
    Kind::Eight,
    Kind::Bf16,
];

/// The kind that a constant of `by_kind` stands for.
pub(super) const fn kind<const KIND: u8>() -> Kind {
    let kind = KINDS[KIND as usize];
    assert!(kind as u8 == KIND);
    kind
}

/// A repacked matrix.
#[derive(Debug)]
pub struct Packed {
    pub(super) kind: Kind,
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Tiles, by band, column tile and half of the band.
    pub(super) tiles: Lines,
    /// For kinds under super-blocks: by band, super-block and half of the band 16 scales and 16 mins in f16.
    pub(super) supers: Lines,
}

impl Packed {
    /// Rows: outputs of the product.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns: inputs of the product.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How the numbers are stored.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.tiles.bytes().len() + self.supers.bytes().len()
    }

    /// Bands, the last one filled with zeros.
    pub(super) fn bands(&self) -> usize {
        self.rows.div_ceil(BAND)
    }

    /// Tiles along the columns.
    pub(super) fn column_tiles(&self) -> usize {
        self.columns.div_ceil(TILE_COLUMNS)
    }

    /// Where the tile of `row` and column tile `column` begins.
    pub(super) fn tile_at(&self, row: usize, column: usize) -> usize {
        let (band, half) = (row / BAND, row % BAND / TILE_ROWS);
        ((band * self.column_tiles() + column) * 2 + half) * self.kind.tile_bytes()
    }

    /// Where the super-block's scales of the same tile begin.
    pub(super) fn super_at(&self, row: usize, column: usize) -> usize {
        let (band, half) = (row / BAND, row % BAND / TILE_ROWS);
        let supers = self.column_tiles().div_ceil(SUPER);
        ((band * supers + column / SUPER) * 2 + half) * 4 * TILE_ROWS
    }

    fn zeroed(kind: Kind, rows: usize, columns: usize, arena: &Arena) -> Self {
        let mut packed = Self {
            kind,
            rows,
            columns,
            tiles: Lines::default(),
            supers: Lines::default(),
        };
        let tiles = packed.bands() * 2 * packed.column_tiles();
        // Unpacking may read a whole register beyond the last scale.
        packed.tiles = arena.zeroed(tiles * kind.tile_bytes() + 64);
        if kind.is_super() {
            let supers = packed.bands() * 2 * packed.column_tiles().div_ceil(SUPER);
            packed.supers = arena.zeroed(supers * 4 * TILE_ROWS);
        }
        packed
    }
}

fn f16_at(bytes: &[u8], at: usize) -> f32 {
    f16::from_le_bytes([bytes[at], bytes[at + 1]]).to_f32()
}

fn bf16_at(bytes: &[u8], at: usize) -> f32 {
    bf16::from_le_bytes([bytes[at], bytes[at + 1]]).to_f32()
}
