//! The lock file: revisions and hashes as the Hub reported them at the first download.
//!
//! A download adds what is not recorded yet; a later download of the same repository takes the recorded
//! revision; `models pull` takes the newest and records it anew; `--locked` refuses whatever is not recorded
//! and reads every file to compare its hash. The file is TOML, one block a repository, sorted, and can be kept
//! beside a project (`--lock-file`) to have the same models on every machine.

use std::fs::{self, OpenOptions};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::HubError;

const HEADER: &str =
    "# Revisions and hashes that the hub reported. `depeche --locked` accepts nothing else.\n";

/// All that is recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Version of this layout: 1.
    pub version: u32,
    /// One for each repository and requested revision.
    #[serde(default, rename = "model")]
    pub models: Vec<LockedRepo>,
}

/// One repository at one revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedRepo {
    /// `organisation/name`.
    pub repo: String,
    /// Branch, tag or commit that was asked for.
    pub requested: String,
    /// The commit that it stood at.
    pub revision: String,
    /// The repository that the tokenizer is from, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokenizer_repo: Option<String>,
    /// The files that were downloaded.
    #[serde(rename = "file")]
    pub files: Vec<LockedFile>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedFile {
    /// Name in the repository.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The Hub's entity tag: SHA-256 (64 digits) of large files, git's SHA-1 (40 digits) of small ones.
    pub hash: String,
}

impl LockedRepo {
    /// The file of that name.
    pub fn file(&self, name: &str) -> Option<&LockedFile> {
        self.files.iter().find(|f| f.name == name)
    }
}

impl Lock {
    /// Reads the file; one that is not there is empty.
    ///
    /// # Errors
    /// When it cannot be read or is not a lock file.
    pub fn read(path: &Path) -> Result<Lock, HubError> {
        match fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text).map_err(|e| HubError::BrokenLockFile {
                path: path.to_owned(),
                source: Box::new(e),
            }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Lock {
                version: 1,
                models: Vec::new(),
            }),
            Err(e) => Err(HubError::io("read", path)(e)),
        }
    }

    /// What is recorded of a repository as it was asked for; asking for the recorded commit counts too.
    pub fn entry(&self, repo: &str, requested: &str) -> Option<&LockedRepo> {
        let of_repo = || self.models.iter().filter(|m| m.repo == repo);
        of_repo()
            .find(|m| m.requested == requested)
            .or_else(|| of_repo().find(|m| m.revision == requested))
    }

    /// Adds a repository to the file, under a lock and in one step. What is recorded of the same revision is
    /// completed; of another revision it is kept unless `replace`.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub(super) fn record(path: &Path, entry: LockedRepo, replace: bool) -> Result<(), HubError> {
        let folder = path
            .parent()
            .filter(|p| *p != Path::new(""))
            .unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(HubError::io("create", folder))?;
        let guard = path.with_extension("lock.guard");
        let held = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&guard);
        let held = held.map_err(HubError::io("create", &guard))?;
        // Without locks on this file system the rename below still keeps the file whole.
        let _ = held.lock();
        let mut lock = Lock::read(path)?;
        if !lock.add(entry, replace) {
            return Ok(());
        }
        let text =
            toml::to_string(&lock).unwrap_or_else(|e| unreachable!("OK because every field is plain: {e}"));
        let aside = path.with_extension("lock.new");
        fs::write(&aside, format!("{HEADER}{text}")).map_err(HubError::io("write", &aside))?;
        fs::rename(&aside, path).map_err(HubError::io("write", path))
    }

    /// Whether anything changed.
    fn add(&mut self, entry: LockedRepo, replace: bool) -> bool {
        let before = self.models.clone();
        let same = |m: &&mut LockedRepo| m.repo == entry.repo && m.requested == entry.requested;
        match self.models.iter_mut().find(same) {
            None => self.models.push(entry),
            Some(old) if old.revision == entry.revision => {
                old.files.retain(|f| entry.file(&f.name).is_none());
                old.files.extend(entry.files);
                old.files.sort_by(|a, b| a.name.cmp(&b.name));
                old.tokenizer_repo = entry.tokenizer_repo.or(old.tokenizer_repo.take());
            }
            Some(old) if replace => *old = entry,
            Some(_) => {}
        }
        self.models
            .sort_by(|a, b| (&a.repo, &a.requested).cmp(&(&b.repo, &b.requested)));
        before != self.models
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(revision: &str, file: &str) -> LockedRepo {
        LockedRepo {
            repo: "org/name".into(),
            requested: "main".into(),
            revision: revision.into(),
            tokenizer_repo: None,
            files: vec![LockedFile {
                name: file.into(),
                size: 3,
                hash: "abc".into(),
            }],
        }
    }

    #[test]
    fn the_first_record_stands_until_it_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sub").join("depeche.lock");
        Lock::record(&path, entry("r1", "b"), false).unwrap();
        Lock::record(&path, entry("r1", "a"), false).unwrap();
        Lock::record(&path, entry("r2", "c"), false).unwrap();
        let lock = Lock::read(&path).unwrap();
        assert_eq!(
            lock.entry("org/name", "main").map(|e| e.revision.as_str()),
            Some("r1")
        );
        assert_eq!(lock.entry("org/name", "r1"), lock.entry("org/name", "main"));
        assert_eq!(lock.entry("org/name", "v2"), None);
        insta::assert_snapshot!(fs::read_to_string(&path).unwrap(), @r#"
        # Revisions and hashes that the hub reported. `depeche --locked` accepts nothing else.
        version = 1

        [[model]]
        repo = "org/name"
        requested = "main"
        revision = "r1"

        [[model.file]]
        name = "a"
        size = 3
        hash = "abc"

        [[model.file]]
        name = "b"
        size = 3
        hash = "abc"
        "#);
        Lock::record(&path, entry("r2", "c"), true).unwrap();
        let lock = Lock::read(&path).unwrap();
        assert_eq!(lock.entry("org/name", "main"), Some(&entry("r2", "c")));
    }

    #[test]
    fn a_broken_file_is_an_error_with_a_way_on() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("depeche.lock");
        fs::write(&path, "version = \"x\"").unwrap();
        let e = Lock::read(&path).unwrap_err();
        assert!(e.to_string().starts_with("the lock file `"), "{e}");
        assert!(e.hint().is_some());
    }
}
