//! One run at a time writes into an output folder.

use super::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::path::Path;
use std::time::Duration;

/// The right to run into a folder, until dropped. The system takes it back when the process dies, however it
/// dies; the file itself stays, for a file that is removed could be locked by two.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
}

/// Who works in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The process; none where a locked file cannot be read.
    pub process: Option<u32>,
}

/// How often a lock is tried that somebody holds, and how long apart: whoever only [looks](RunLock::holder) has it for
/// an instant, and must not turn a run away.
const TRIES: u32 = 10;
const BETWEEN: Duration = Duration::from_millis(20);

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
        let mut tried = lock(&path);
        for _ in 1..TRIES {
            if !matches!(tried, Err(TryLockError::WouldBlock)) {
                break;
            }
            std::thread::sleep(BETWEEN);
            tried = lock(&path);
        }
        tried.map_err(|error| match error {
            TryLockError::WouldBlock => StoreError::Busy {
                path: out.to_path_buf(),
                process: named(&path).map_or_else(String::new, |id| format!(" (process {id})")),
            },
            TryLockError::Error(source) => StoreError::Lock { path, source },
        })
    }

    /// Who works in `out`, if anybody does. The file alone says nothing: a run that was killed leaves it.
    pub fn holder(out: &Path) -> Option<Holder> {
        let path = out.join(RunLock::FILE_NAME);
        let file = File::open(&path).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(Holder {
                process: named(&path),
            }),
            _ => None,
        }
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

/// The process that the file names: not known where a locked file cannot be read.
fn named(path: &Path) -> Option<u32> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}
