//! A file under a temporary name until it is whole, so that a reader never meets half a file.

use super::OutputError;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file that is being written. Dropped before [`Draft::finish`], it leaves nothing behind, and what
/// stood under its name before stays.
pub(super) struct Draft {
    path: PathBuf,
    temporary: PathBuf,
    file: Option<BufWriter<File>>,
}

impl Draft {
    /// Starts the file that will stand at `path`.
    pub(super) fn new(path: PathBuf) -> Result<Draft, OutputError> {
        let temporary = temporary_name(&path);
        let file = File::create(&temporary).map_err(|source| OutputError::Write {
            path: temporary.clone(),
            source,
        })?;
        Ok(Draft {
            path,
            temporary,
            file: Some(BufWriter::new(file)),
        })
    }

    /// Writes through `write`; an error names the file.
    pub(super) fn with(
        &mut self,
        write: impl FnOnce(&mut Draft) -> io::Result<()>,
    ) -> Result<(), OutputError> {
        write(self).map_err(|source| self.failed(source))
    }

    /// What an error of this file is called.
    pub(super) fn failed(&self, source: io::Error) -> OutputError {
        OutputError::Write {
            path: self.path.clone(),
            source,
        }
    }

    /// Puts the file in its place.
    pub(super) fn finish(mut self) -> Result<(), OutputError> {
        let Some(file) = self.file.take() else {
            return Ok(());
        };
        let committed = file
            .into_inner()
            .map_err(|error| error.into_error())
            .and_then(|file| {
                file.sync_all()?;
                std::fs::rename(&self.temporary, &self.path)
            });
        committed.map_err(|source| {
            // of no use to anyone; the error says what happened
            let _ = std::fs::remove_file(&self.temporary);
            self.failed(source)
        })
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(io::Error::other("the file is finished")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // the draft was given up: whoever gave it up reports why
            let _ = std::fs::remove_file(&self.temporary);
        }
    }
}

/// Removes drafts that killed processes left in a folder: for whoever has the folder for himself.
pub(super) fn remove_stale(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if is_draft(&entry.file_name().to_string_lossy()) {
            // a draft that cannot be removed only takes room: not worth failing a run
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// As [`temporary_name`] makes them: `.figures.csv.4242.tmp`.
fn is_draft(name: &str) -> bool {
    let process = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(".tmp"))
        .and_then(|name| name.rsplit_once('.'));
    process.is_some_and(|(file, id)| {
        !file.is_empty() && !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Makes the renames in a folder last through a power cut, where the system has a way.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

pub(super) fn temporary_name(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_drafts_of_killed_processes_are_swept() {
        let dir = tempfile::tempdir().unwrap();
        let names = [
            ".figures.csv.4242.tmp",
            ".x.tmp",
            "figures.csv.4242.tmp",
            ".a.b.tmp",
            "notes.txt",
        ];
        for name in names {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        remove_stale(dir.path());
        let mut left: Vec<_> = std::fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, [".a.b.tmp", ".x.tmp", "figures.csv.4242.tmp", "notes.txt"]);
    }
}
