//! The two hashes by which the Hub names content: SHA-256 for large files, git's blob SHA-1 for small ones.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::error::HubError;

/// What a file's content must hash to; the Hub's entity tag tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    /// SHA-256, 64 hexadecimal digits.
    Sha256(String),
    /// SHA-1 of `blob <size>\0` and the content, 40 hexadecimal digits.
    GitSha1(String),
    /// The tag is neither: only the size can be checked.
    Unknown,
}

impl Expected {
    /// Reads an entity tag, which is also the name of the blob in the cache.
    pub fn of_tag(tag: &str) -> Expected {
        let hex = tag.bytes().all(|b| b.is_ascii_hexdigit());
        match tag.len() {
            64 if hex => Expected::Sha256(tag.to_ascii_lowercase()),
            40 if hex => Expected::GitSha1(tag.to_ascii_lowercase()),
            _ => Expected::Unknown,
        }
    }

    /// `sha256` or `git sha1`.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Expected::Sha256(_) => "sha256",
            Expected::GitSha1(_) => "git sha1",
            Expected::Unknown => "size",
        }
    }

    /// Begins a hash over a file of that many bytes.
    pub fn hasher(&self, size: u64) -> Hasher {
        match self {
            Expected::Sha256(_) => Hasher::Sha256(Sha256::new()),
            Expected::GitSha1(_) => {
                let mut sha1 = Sha1::new();
                sha1.update(format!("blob {size}\0"));
                Hasher::Sha1(sha1)
            }
            Expected::Unknown => Hasher::None,
        }
    }

    /// Compares with a finished hash: `Err` holds what was expected and what was found.
    pub fn check(&self, hasher: Hasher) -> Result<(), (String, String)> {
        let found = match hasher {
            Hasher::Sha256(h) => hex(&h.finalize()),
            Hasher::Sha1(h) => hex(&h.finalize()),
            Hasher::None => return Ok(()),
        };
        match self {
            Expected::Sha256(expected) | Expected::GitSha1(expected) if *expected != found => {
                Err((expected.clone(), found))
            }
            _ => Ok(()),
        }
    }
}

/// A hash in the making.
pub(super) enum Hasher {
    Sha256(Sha256),
    Sha1(Sha1),
    None,
}

impl Hasher {
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Sha256(h) => h.update(bytes),
            Hasher::Sha1(h) => h.update(bytes),
            Hasher::None => {}
        }
    }

    /// Feeds a whole file, telling `seen` how many bytes were read so far.
    pub fn update_file(&mut self, path: &Path, mut seen: impl FnMut(u64)) -> Result<u64, HubError> {
        let mut file = File::open(path).map_err(HubError::io("read", path))?;
        let mut buffer = vec![0; 1 << 20];
        let mut total = 0;
        loop {
            let n = file.read(&mut buffer).map_err(HubError::io("read", path))?;
            if n == 0 {
                return Ok(total);
            }
            self.update(&buffer[..n]);
            total += n as u64;
            seen(total);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut out, b| {
            // OK because writing to a String never fails.
            let _ = write!(out, "{b:02x}");
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_apart_and_checked() {
        // `printf 'hello\n' | sha256sum` and `printf 'hello\n' | git hash-object --stdin`.
        let sha256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
        let sha1 = "ce013625030ba8dba906f756967f9e9ca394464a";
        for (tag, algorithm) in [(sha256, "sha256"), (sha1, "git sha1"), ("abc-def", "size")] {
            let expected = Expected::of_tag(tag);
            assert_eq!(expected.algorithm(), algorithm);
            let mut hasher = expected.hasher(6);
            hasher.update(b"hello\n");
            assert_eq!(expected.check(hasher), Ok(()));
        }
        let expected = Expected::of_tag(sha1);
        let mut hasher = expected.hasher(6);
        hasher.update(b"hullo\n");
        assert_eq!(expected.check(hasher).unwrap_err().0, sha1);
    }
}
