//! Reads from a place in a file, which several threads may do at once.

use std::fs::File;
use std::io;

/// Fills `out` with what lies in the file from byte `at` on.
///
/// # Errors
/// When that cannot be read, or the file ends before.
#[cfg(unix)]
pub(super) fn read_at(file: &File, at: u64, out: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, out, at)
}

/// Fills `out` with what lies in the file from byte `at` on.
///
/// # Errors
/// When that cannot be read, or the file ends before.
#[cfg(windows)]
pub(super) fn read_at(file: &File, mut at: u64, mut out: &mut [u8]) -> io::Result<()> {
    while !out.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, out, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => (at, out) = (at + count as u64, &mut out[count..]),
        }
    }
    Ok(())
}
