//! Where the blocks of a matrix come from, and their way into tiles: by sixteen rows, in parallel.
//!
//! A file's blocks are read piece by piece by the threads that repack them. Whole matrices would be written to memory
//! and read again once more each, which takes longer than the repacking.

use super::blocks::pack_rows;
use super::{Arena, BAND, Blocks, Packed, SUPER, TILE_ROWS};
use crate::engine::kernels::Failure;
use crate::engine::kernels::pool::Pool;
use crate::engine::read_at::read_at;
use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::sync::{Mutex, PoisonError};

/// Rows of blocks, in the order in which the product's outputs stand.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The type of the blocks.
    pub blocks: Blocks,
    /// All rows.
    pub data: Data<'a>,
    /// Numbers of a row: a whole number of blocks.
    pub columns: usize,
}

/// Where blocks lie.
#[derive(Debug, Clone, Copy)]
pub enum Data<'a> {
    /// In memory.
    Memory(&'a [u8]),
    /// In a file, from an offset on.
    File(&'a File, u64),
}

thread_local! {
    static PIECE: RefCell<Vec<u8>> = RefCell::default();
}

impl Source<'_> {
    fn row_bytes(&self) -> usize {
        self.columns / self.blocks.numbers() * self.blocks.bytes()
    }

    /// Brings rows `from` and the following to `out`.
    fn read(&self, from: usize, out: &mut [u8]) -> io::Result<()> {
        let start = from * self.row_bytes();
        match self.data {
            Data::Memory(bytes) => out.copy_from_slice(&bytes[start..start + out.len()]),
            Data::File(file, at) => read_at(file, at + start as u64, out)?,
        }
        Ok(())
    }
}

impl Packed {
    /// Repacks `rows` rows, to where `arena` has room; `source` says which row of `matrix` row `r` is, or none for a
    /// row of zeros.
    ///
    /// # Errors
    /// When a file cannot be read.
    ///
    /// # Panics
    /// When `source` names a row that `matrix` has not.
    pub fn pack(
        matrix: &Source,
        rows: usize,
        arena: &Arena,
        source: impl Fn(usize) -> Option<usize> + Sync,
    ) -> io::Result<Self> {
        Self::pack_all(&[matrix], rows, arena, |row| source(row).map(|row| (0, row)))
    }

    /// Repacks rows of several matrices of one type and one number of columns into one; `source` says
    /// which matrix and which row of it.
    ///
    /// # Errors
    /// When a file cannot be read.
    ///
    /// # Panics
    /// When `source` names what is not there, or the matrices differ.
    pub fn pack_all(
        matrices: &[&Source],
        rows: usize,
        arena: &Arena,
        source: impl Fn(usize) -> Option<(usize, usize)> + Sync,
    ) -> io::Result<Self> {
        let (blocks, columns) = (matrices[0].blocks, matrices[0].columns);
        assert!(
            matrices
                .iter()
                .all(|m| m.blocks == blocks && m.columns == columns)
        );
        let kind = blocks.kind();
        let mut packed = Self::zeroed(kind, rows, columns, arena);
        let band_tiles = packed.column_tiles() * 2 * kind.tile_bytes();
        let band_supers = packed.column_tiles().div_ceil(SUPER) * 2 * 4 * TILE_ROWS;
        let mut tiles: Vec<&mut [u8]> = packed.tiles.bytes_mut().chunks_mut(band_tiles.max(1)).collect();
        tiles.truncate(rows.div_ceil(BAND));
        let mut supers: Vec<&mut [u8]> = match kind.is_super() {
            true => packed.supers.bytes_mut().chunks_mut(band_supers).collect(),
            false => Vec::new(),
        };
        supers.resize_with(tiles.len(), Default::default);
        let bands: Vec<Mutex<(&mut [u8], &mut [u8])>> =
            tiles.into_iter().zip(supers).map(Mutex::new).collect();
        let failure = Failure::none();
        Pool::global().run(bands.len(), |band| {
            let mut guard = bands[band].lock().unwrap_or_else(PoisonError::into_inner);
            let (tiles, supers) = &mut *guard;
            for half in 0..BAND / TILE_ROWS {
                let first = band * BAND + half * TILE_ROWS;
                let mut wanted = [None; TILE_ROWS];
                for (row, wanted) in wanted.iter_mut().enumerate().take(rows.saturating_sub(first)) {
                    *wanted = source(first + row);
                }
                let packed = with_lines(matrices, &wanted, |lines| {
                    pack_rows(blocks, lines, half, tiles, supers);
                });
                if let Err(error) = packed {
                    failure.keep(error);
                }
            }
        });
        drop(bands);
        failure.or(packed)
    }
}

/// Calls `work` with the wanted rows of the matrices, all of one length.
fn with_lines(
    matrices: &[&Source],
    wanted: &[Option<(usize, usize)>; TILE_ROWS],
    work: impl FnOnce(&[Option<&[u8]>; TILE_ROWS]),
) -> io::Result<()> {
    let length = matrices[0].row_bytes();
    PIECE.with_borrow_mut(|piece| {
        piece.resize(TILE_ROWS * length, 0);
        let mut row = 0;
        while row < TILE_ROWS {
            // Rows that follow each other are read at once.
            let follows = |row: usize, behind: usize| {
                let (matrix, from) = wanted[row]?;
                (*wanted.get(row + behind)? == Some((matrix, from + behind))).then_some(())
            };
            let count = (0..).take_while(|behind| follows(row, *behind).is_some()).count();
            if let Some((matrix, from)) = wanted[row] {
                matrices[matrix].read(from, &mut piece[row * length..(row + count) * length])?;
            }
            row += count.max(1);
        }
        let mut lines = [None; TILE_ROWS];
        for (row, line) in lines.iter_mut().enumerate() {
            *line = wanted[row].map(|_| &piece[row * length..(row + 1) * length]);
        }
        work(&lines);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::super::samples::{ALL, random_blocks};
    use super::*;
    use std::io::Write as _;

    #[test]
    fn blocks_of_a_file_become_the_same_tiles_as_blocks_in_memory() {
        let (rows, columns) = (77, 512);
        for blocks in ALL {
            let data = random_blocks(blocks, rows, columns);
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&[7; 13]).unwrap();
            file.write_all(&data).unwrap();
            let source = |data| Source {
                blocks,
                data,
                columns,
            };
            // Rows in order, and every other one with a gap in between.
            for order in [Some as fn(usize) -> Option<usize>, |row| {
                (row % 3 > 0).then_some(row / 2)
            }] {
                let pack = |data| Packed::pack(&source(data), rows, &Arena::default(), order).unwrap();
                let (file, memory) = (pack(Data::File(&file, 13)), pack(Data::Memory(&data)));
                assert!(file.tiles.bytes() == memory.tiles.bytes(), "{blocks:?}");
                assert!(file.supers.bytes() == memory.supers.bytes(), "{blocks:?}");
            }
        }
    }

    #[test]
    fn a_file_that_became_shorter_is_an_error() {
        let data = random_blocks(Blocks::Q8_0, 64, 64);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&data[1..]).unwrap();
        let source = Source {
            blocks: Blocks::Q8_0,
            data: Data::File(&file, 0),
            columns: 64,
        };
        let error = Packed::pack(&source, 64, &Arena::default(), Some).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
