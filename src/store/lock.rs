//! One run at a time writes into an output folder.

use super::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::path::Path;

/// The right to run into a folder, until dropped. The system takes it back when the process dies, however it
/// dies; the file itself stays, for a file that is removed could be locked by two.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
}

impl RunLock {
    /// The file name inside an output folder; it holds the number of the process that last had the lock.
    pub const FILE_NAME: &'static str = ".depeche.lock";

    /// Takes the lock of `out`, making the folder when it is not there.
    ///
    /// # Errors
    /// When another run has it ([`StoreError::Busy`]), or the file cannot be made or locked.
    pub fn take(out: &Path) -> Result<RunLock, StoreError> {
        std::fs::create_dir_all(out).map_err(|source| StoreError::Folder {
            path: out.to_path_buf(),
            source,
        })?;
        let path = out.join(RunLock::FILE_NAME);
        lock(&path).map_err(|error| match error {
            TryLockError::WouldBlock => StoreError::Busy {
                path: out.to_path_buf(),
                process: holder(&path),
            },
            TryLockError::Error(source) => StoreError::Lock { path, source },
        })
    }
}

fn lock(path: &Path) -> Result<RunLock, TryLockError> {
    let open = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path);
    let mut file = open.map_err(TryLockError::Error)?;
    file.try_lock()?;
    let named = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}", std::process::id()));
    named.map_err(TryLockError::Error)?;
    Ok(RunLock { _file: file })
}

/// Who has the lock, for the message alone: not known where a locked file cannot be read.
fn holder(path: &Path) -> String {
    std::fs::read_to_string(path)
        .ok()
        .and_then(|text| text.trim().parse::<u32>().ok())
        .map_or_else(String::new, |id| format!(" (process {id})"))
}
