//! The lines of an input, one at a time and none of them larger than is allowed.

use std::io::{self, BufRead, BufReader, Read};

use super::IngestError;

/// Bytes that are read at once.
const BUFFER: usize = 1 << 20;

/// Reads lines.
pub(crate) struct LineReader {
    input: BufReader<Box<dyn Read + Send>>,
    /// The number of the line read last, from 1.
    pub number: usize,
    /// Where the next line begins.
    pub offset: usize,
}

impl LineReader {
    pub fn new(input: Box<dyn Read + Send>) -> LineReader {
        LineReader {
            input: BufReader::with_capacity(BUFFER, input),
            number: 0,
            offset: 0,
        }
    }

    /// Whether more has come already than was asked for.
    pub fn has_more_at_hand(&self) -> bool {
        !self.input.buffer().is_empty()
    }

    /// The next line without its end; a line beyond the limit is passed over, not kept.
    pub fn next(&mut self, limit: u64) -> Result<Option<Vec<u8>>, IngestError> {
        let mut line = Vec::new();
        self.number += 1;
        // One byte more for the line's end.
        let read = self
            .input
            .by_ref()
            .take(limit.saturating_add(1))
            .read_until(b'\n', &mut line)
            .map_err(IngestError::of_reading)?;
        self.offset += read;
        if read == 0 {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if line.len() as u64 > limit {
            let skipped = self.skip_line().map_err(IngestError::of_reading)?;
            self.offset += skipped;
            return Err(IngestError::TooLarge {
                bytes: (read + skipped) as u64,
                limit,
            });
        }
        Ok(Some(line))
    }

    /// Passes over the rest of a line and counts its bytes.
    fn skip_line(&mut self) -> io::Result<usize> {
        let mut skipped = 0;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(skipped);
            }
            let end = buffer.iter().position(|&byte| byte == b'\n');
            let length = end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(length);
            skipped += length;
            if end.is_some() {
                return Ok(skipped);
            }
        }
    }
}
