//! The files beside a page that is too large for one: blocks of articles and of figures, each a script that hands its
//! data over.
//!
//! A page that was opened from a disk may not read other files, but it may run them as scripts. Their names hold the
//! hash of what is in them: a page never meets the files of another run, the old ones stay until the new page stands,
//! and the same results make the same names.

use crate::output::OutputError;
use crate::output::draft::{self, Draft};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// The files of one page; given up before [`Files::finish`], those that were not there before are removed.
pub(super) struct Files {
    folder: PathBuf,
    names: HashSet<String>,
    added: Vec<PathBuf>,
}

impl Files {
    pub(super) fn new(folder: PathBuf) -> Files {
        Files {
            folder,
            names: HashSet::new(),
            added: Vec::new(),
        }
    }

    /// Writes `data`, JSON that is safe in a script, as block `number` of its `kind`; returns the file's name.
    pub(super) fn write(&mut self, kind: &str, number: usize, data: &str) -> Result<String, OutputError> {
        fs::create_dir_all(&self.folder).map_err(|source| self.failed(source))?;
        let key = format!("{kind}-{number}");
        let hash = Sha256::digest(data);
        let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let name = format!("{kind}-{number:04}-{hash}.js");
        let path = self.folder.join(&name);
        if !path.exists() {
            self.added.push(path.clone());
        }
        let mut draft = Draft::new(path)?;
        draft.with(|file| writeln!(file, "depeche(\"{key}\", {data});"))?;
        draft.finish()?;
        self.names.insert(name.clone());
        Ok(name)
    }

    /// Makes the files last, before the page that names them is put in its place.
    pub(super) fn sync(&self) -> Result<(), OutputError> {
        if self.names.is_empty() {
            return Ok(());
        }
        draft::sync_folder(&self.folder).map_err(|source| self.failed(source))
    }

    /// The page stands: what an earlier one left goes.
    pub(super) fn finish(mut self) {
        self.added.clear();
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_ours(&name) && !self.names.contains(&name) {
                // a file that cannot be removed only takes room: not worth failing a run
                let _ = fs::remove_file(entry.path());
            }
        }
        self.remove_empty_folder();
    }

    fn remove_empty_folder(&self) {
        if self.names.is_empty() {
            // it fails where someone keeps other files in there, and is then left to them
            let _ = fs::remove_dir(&self.folder);
        }
    }

    fn failed(&self, source: std::io::Error) -> OutputError {
        OutputError::Write {
            path: self.folder.clone(),
            source,
        }
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        if self.added.is_empty() {
            return;
        }
        for path in self.added.drain(..) {
            // the page was given up: whoever gave it up reports why
            let _ = fs::remove_file(path);
        }
        self.names.clear();
        self.remove_empty_folder();
    }
}

/// As [`Files::write`] names them: `figures-0007-0123456789abcdef.js`.
fn is_ours(name: &str) -> bool {
    let mut parts = name.strip_suffix(".js").unwrap_or_default().split('-');
    let (kind, number, hash) = (parts.next(), parts.next(), parts.next());
    matches!(kind, Some("articles" | "figures"))
        && number.is_some_and(|n| n.len() >= 4 && n.bytes().all(|b| b.is_ascii_digit()))
        && hash.is_some_and(|h| h.len() == 16 && h.bytes().all(|b| b.is_ascii_hexdigit()))
        && parts.next().is_none()
}
