//! A first walk over a GGUF header that keeps nothing of it: finds what would make candle's parser
//! divide by zero or build values without bound, before it is called, and what it has no word for.

use std::io::{Read, Seek};

/// Deepest array in an array; the format allows any, models use one.
const DEEPEST: usize = 4;

/// Longest name of a tensor that is read to say it; llama.cpp allows 63 bytes.
const LONGEST_NAME: u64 = 256;

/// Why a header is not handed on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// What is wrong with the file, in words.
    Broken(String),
    /// The file is well, but this tensor's numbers are of a type that cannot be computed with.
    Type {
        /// The tensor.
        name: String,
        /// The type.
        found: String,
    },
}

impl From<String> for Fault {
    fn from(reason: String) -> Fault {
        Fault::Broken(reason)
    }
}

/// Checks magic, version, counts, the value of `general.alignment`, and the types of the tensors.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn check_header<R: Read + Seek>(reader: &mut R, length: u64) -> Result<(), Fault> {
    let mut walk = Walk {
        reader,
        length,
        at: 0,
    };
    let magic = walk.bytes::<4>()?;
    if &magic != b"GGUF" {
        return Err(Fault::Broken(format!(
            "expected it to begin with GGUF, but found {:?}",
            String::from_utf8_lossy(&magic)
        )));
    }
    let version = u32::from_le_bytes(walk.bytes()?);
    if version != 2 && version != 3 {
        return Err(Fault::Broken(format!(
            "expected version 2 or 3, but found {version}"
        )));
    }
    let tensors = walk.u64()?;
    let entries = walk.u64()?;
    // An entry takes at least 13 bytes, a tensor's description at least 24.
    let least = entries
        .saturating_mul(13)
        .saturating_add(tensors.saturating_mul(24));
    if least > length {
        return Err(Fault::Broken(format!(
            "{entries} settings and {tensors} tensors do not fit into {length} bytes"
        )));
    }
    walk.settings(entries)?;
    walk.tensors(tensors)
}

struct Walk<'a, R> {
    reader: &'a mut R,
    length: u64,
    at: u64,
}

impl<R: Read + Seek> Walk<'_, R> {
    fn settings(&mut self, count: u64) -> Result<(), String> {
        for _ in 0..count {
            let key = self.u64()?;
            let alignment = key == 17 && &self.bytes::<17>()? == b"general.alignment";
            if key != 17 {
                self.skip(key)?;
            }
            let kind = self.u32()?;
            if alignment {
                let value = match kind {
                    4 | 5 => self.u32()?,
                    other => return Err(format!("expected an alignment of type 4, but found {other}")),
                };
                if !value.is_power_of_two() || value > 1 << 20 {
                    return Err(format!(
                        "expected an alignment that is a power of two, but found {value}"
                    ));
                }
                continue;
            }
            self.value(kind, 0)?;
        }
        Ok(())
    }

    /// Descriptions of tensors: name, dimensions, type, offset.
    fn tensors(&mut self, count: u64) -> Result<(), Fault> {
        for _ in 0..count {
            let length = self.u64()?;
            let name = if length <= LONGEST_NAME {
                let mut name = vec![0; length as usize];
                self.fill(&mut name)?;
                String::from_utf8_lossy(&name).into_owned()
            } else {
                self.skip(length)?;
                format!("of {length} bytes")
            };
            let dimensions = self.u32()?;
            self.skip(u64::from(dimensions).saturating_mul(8))?;
            let kind = self.u32()?;
            if !matches!(kind, 0..=3 | 6..=15 | 30) {
                let Some(found) = foreign_type(kind) else {
                    return Err(Fault::Broken(format!(
                        "expected a known type of tensor {name:?}, but found {kind}"
                    )));
                };
                let found = found.to_owned();
                return Err(Fault::Type { name, found });
            }
            self.skip(8)?;
        }
        Ok(())
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), String> {
        let short = |_| format!("the header ends after {} bytes", self.length);
        self.reader.read_exact(bytes).map_err(short)?;
        self.at += bytes.len() as u64;
        Ok(())
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

/// The name of a type that candle does not know: `ggml_type` in
/// <https://github.com/ggml-org/ggml/blob/master/include/ggml.h>.
fn foreign_type(kind: u32) -> Option<&'static str> {
    Some(match kind {
        16 => "IQ2_XXS",
        17 => "IQ2_XS",
        18 => "IQ3_XXS",
        19 => "IQ1_S",
        20 => "IQ4_NL",
        21 => "IQ3_S",
        22 => "IQ2_S",
        23 => "IQ4_XS",
        24 => "I8",
        25 => "I16",
        26 => "I32",
        27 => "I64",
        28 => "F64",
        29 => "IQ1_M",
        34 => "TQ1_0",
        35 => "TQ2_0",
        39 => "MXFP4",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// A header of one tensor, of this name and type.
    fn header(name: &str, kind: u32) -> Vec<u8> {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(3_u32.to_le_bytes());
        bytes.extend(1_u64.to_le_bytes()); // tensors
        bytes.extend(0_u64.to_le_bytes()); // settings
        bytes.extend((name.len() as u64).to_le_bytes());
        bytes.extend(name.as_bytes());
        bytes.extend(2_u32.to_le_bytes());
        bytes.extend([256_u64, 256].iter().flat_map(|side| side.to_le_bytes()));
        bytes.extend(kind.to_le_bytes());
        bytes.extend(0_u64.to_le_bytes()); // offset
        bytes
    }

    fn check(bytes: &[u8]) -> Result<(), Fault> {
        check_header(&mut Cursor::new(bytes), bytes.len() as u64)
    }

    #[test]
    fn a_type_that_cannot_be_computed_with_is_no_damage() {
        let name = "blk.0.attn_q.weight";
        for (kind, found) in [(20, "IQ4_NL"), (23, "IQ4_XS"), (39, "MXFP4")] {
            let (name, found) = (name.to_owned(), found.to_owned());
            assert_eq!(check(&header(&name, kind)), Err(Fault::Type { name, found }));
        }
        assert!(matches!(check(&header(name, 99)), Err(Fault::Broken(_))));
        for kind in [0, 1, 2, 3, 6, 7, 8, 10, 12, 14, 30] {
            assert_eq!(check(&header(name, kind)), Ok(()));
        }
    }

    #[test]
    fn a_description_that_is_cut_is_damage() {
        let whole = header("output.weight", 8);
        for length in 24..whole.len() {
            assert!(
                matches!(check(&whole[..length]), Err(Fault::Broken(_))),
                "{length}"
            );
        }
        let long = header(&"x".repeat(300), 23);
        assert!(matches!(check(&long), Err(Fault::Type { name, .. }) if name == "of 300 bytes"));
    }
}
