//! The table of a normalizer: which characters become which.
//!
//! A blob: the length of a trie, the trie as darts-clone's double array (units of 32 bits), and the
//! replacements, each ended by a zero byte. Source: `src/normalizer.cc`, `DecodePrecompiledCharsMap`;
//! darts-clone's `darts.h`, `DoubleArrayUnit`.

/// A table that maps prefixes of text to replacements.
#[derive(Debug, Default)]
pub(super) struct CharsMap {
    units: Vec<u32>,
    replacements: Vec<u8>,
}

impl CharsMap {
    /// An empty blob maps nothing.
    pub(super) fn new(blob: &[u8]) -> Result<Self, String> {
        if blob.is_empty() {
            return Ok(Self::default());
        }
        let broken = || "the table of its normalizer is broken".to_owned();
        let (length, rest) = blob.split_first_chunk::<4>().ok_or_else(broken)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (trie, replacements) = rest.split_at_checked(length).ok_or_else(broken)?;
        let (units, odd) = trie.as_chunks::<4>();
        if units.is_empty() || !odd.is_empty() {
            return Err(broken());
        }
        Ok(Self {
            units: units.iter().map(|unit| u32::from_le_bytes(*unit)).collect(),
            replacements: replacements.to_vec(),
        })
    }

    /// The replacement of the longest prefix that has one, and the prefix's length in bytes. Broken
    /// entries count as none.
    pub(super) fn longest(&self, text: &[u8]) -> Option<(&str, usize)> {
        let mut node = offset(*self.units.first()?);
        let mut found = None;
        for (index, byte) in text.iter().enumerate() {
            node ^= usize::from(*byte);
            let Some(unit) = self.units.get(node).copied() else {
                break;
            };
            if unit & 0x8000_00ff != u32::from(*byte) {
                break;
            }
            node ^= offset(unit);
            let has_leaf = unit >> 8 & 1 == 1;
            if has_leaf && let Some(leaf) = self.units.get(node) {
                found = Some(((leaf & 0x7fff_ffff) as usize, index + 1));
            }
        }
        let (start, length) = found?;
        let replacement = self.replacements.get(start..)?;
        let end = replacement.iter().position(|byte| *byte == 0)?;
        Some((std::str::from_utf8(&replacement[..end]).ok()?, length))
    }
}

fn offset(unit: u32) -> usize {
    ((unit >> 10) << ((unit & 1 << 9) >> 6)) as usize
}
