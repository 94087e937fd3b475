//! A buffered reader that knows its place. candle asks for it before every string of a header, of which a vocabulary has
//! some hundred thousand, and [`BufReader`] asks the system each time.

use std::fs::File;
use std::io::{BufReader, Read, Result, Seek, SeekFrom};

pub(super) struct Placed {
    inner: BufReader<File>,
    at: u64,
}

impl Placed {
    /// A file that stands at its beginning.
    pub(super) fn new(file: File) -> Self {
        Self {
            inner: BufReader::with_capacity(1 << 16, file),
            at: 0,
        }
    }

    pub(super) fn into_inner(self) -> File {
        self.inner.into_inner()
    }
}

impl Read for Placed {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        let count = self.inner.read(out)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Placed {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.at = self.inner.seek(to)?;
        Ok(self.at)
    }

    fn stream_position(&mut self) -> Result<u64> {
        Ok(self.at)
    }

    fn seek_relative(&mut self, by: i64) -> Result<()> {
        self.inner.seek_relative(by)?;
        self.at = self.at.wrapping_add_signed(by);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn the_place_is_the_system_s_own() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&(0..200_000u32).map(|i| i as u8).collect::<Vec<_>>())
            .unwrap();
        file.rewind().unwrap();
        let mut reader = Placed::new(file);
        let check = |reader: &mut Placed, expected: u64| {
            assert_eq!(reader.stream_position().unwrap(), expected);
            assert_eq!(reader.inner.stream_position().unwrap(), expected);
        };
        reader.read_exact(&mut [0; 1000]).unwrap();
        check(&mut reader, 1000);
        reader.seek_relative(70_000).unwrap();
        check(&mut reader, 71_000);
        reader.seek_relative(-500).unwrap();
        check(&mut reader, 70_500);
        reader.seek(SeekFrom::End(-10)).unwrap();
        check(&mut reader, 199_990);
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, (199_990..200_000u32).map(|i| i as u8).collect::<Vec<_>>());
        check(&mut reader, 200_000);
    }
}
