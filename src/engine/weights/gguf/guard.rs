//! A first walk over a GGUF header that allocates nothing: finds what would make candle's parser
//! divide by zero or build values without bound, before it is called.

use std::io::{Read, Seek};

/// Deepest array in an array; the format allows any, models use one.
const DEEPEST: usize = 4;

/// Checks magic, version, counts, and the value of `general.alignment`.
///
/// # Errors
/// What is wrong, in words.
pub(super) fn check_header<R: Read + Seek>(reader: &mut R, length: u64) -> Result<(), String> {
    let mut walk = Walk {
        reader,
        length,
        at: 0,
    };
    let magic = walk.bytes::<4>()?;
    if &magic != b"GGUF" {
        return Err(format!(
            "expected it to begin with GGUF, but found {:?}",
            String::from_utf8_lossy(&magic)
        ));
    }
    let version = u32::from_le_bytes(walk.bytes()?);
    if version != 2 && version != 3 {
        return Err(format!("expected version 2 or 3, but found {version}"));
    }
    let tensors = walk.u64()?;
    let entries = walk.u64()?;
    // An entry takes at least 13 bytes, a tensor's description at least 24.
    let least = entries
        .saturating_mul(13)
        .saturating_add(tensors.saturating_mul(24));
    if least > length {
        return Err(format!(
            "{entries} settings and {tensors} tensors do not fit into {length} bytes"
        ));
    }
    for _ in 0..entries {
        let key = walk.u64()?;
        let alignment = key == 17 && &walk.bytes::<17>()? == b"general.alignment";
        if key != 17 {
            walk.skip(key)?;
        }
        let kind = walk.u32()?;
        if alignment {
            let value = match kind {
                4 | 5 => walk.u32()?,
                other => return Err(format!("expected an alignment of type 4, but found {other}")),
            };
            if !value.is_power_of_two() || value > 1 << 20 {
                return Err(format!(
                    "expected an alignment that is a power of two, but found {value}"
                ));
            }
            continue;
        }
        walk.value(kind, 0)?;
    }
    Ok(())
}

struct Walk<'a, R> {
    reader: &'a mut R,
    length: u64,
    at: u64,
}

impl<R: Read + Seek> Walk<'_, R> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut bytes = [0; N];
        let short = |_| format!("the header ends after {} bytes", self.length);
        self.reader.read_exact(&mut bytes).map_err(short)?;
        self.at += N as u64;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32, String> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    fn u64(&mut self) -> Result<u64, String> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    fn skip(&mut self, count: u64) -> Result<(), String> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.length);
        let Some(end) = end else {
            return Err(format!(
                "expected {count} bytes at {}, but the file has {}",
                self.at, self.length
            ));
        };
        // Relative, so that a buffered reader keeps its buffer.
        let step = i64::try_from(count).map_err(|_| "absurd length".to_owned())?;
        self.reader
            .seek_relative(step)
            .map_err(|error| error.to_string())?;
        self.at = end;
        Ok(())
    }

    fn value(&mut self, kind: u32, depth: usize) -> Result<(), String> {
        if let Some(size) = fixed_size(kind) {
            return self.skip(size);
        }
        match kind {
            8 => {
                let count = self.u64()?;
                self.skip(count)
            }
            9 if depth < DEEPEST => {
                let (kind, count) = (self.u32()?, self.u64()?);
                if let Some(size) = fixed_size(kind) {
                    return self.skip(count.saturating_mul(size));
                }
                if count.saturating_mul(8) > self.length {
                    return Err(format!("an array of {count} does not fit into the file"));
                }
                for _ in 0..count {
                    self.value(kind, depth + 1)?;
                }
                Ok(())
            }
            9 => Err(format!("arrays are nested deeper than {DEEPEST}")),
            other => Err(format!("expected a value of type 0 to 12, but found {other}")),
        }
    }
}

fn fixed_size(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}
