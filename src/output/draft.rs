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

fn temporary_name(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}
