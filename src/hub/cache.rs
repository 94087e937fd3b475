//! The cache on disk, in the Python client's layout, so that both use each other's downloads.
//!
//! ```text
//! hub/
//!   .locks/models--org--name/<etag>.lock        one process at a time downloads a blob
//!   models--org--name/
//!     blobs/<etag>                              the content, named by its hash
//!     blobs/<etag>.part                         an unfinished download
//!     refs/main                                 the commit that a branch or tag stood at
//!     snapshots/<commit>/model.safetensors  ->  ../../blobs/<etag>
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use hf_hub::{Cache, CacheRepo, Repo, RepoType};

use super::error::HubError;
use super::spec::is_safe_relative;

/// One repository in the cache.
#[derive(Debug)]
pub(super) struct CachedRepo {
    root: PathBuf,
    folder: PathBuf,
    repo: Repo,
    inner: CacheRepo,
}

impl CachedRepo {
    /// The place of a repository at a branch, tag or commit; nothing is created.
    pub fn new(cache: &Path, repo: &str, revision: &str) -> CachedRepo {
        let repo = Repo::with_revision(repo.to_owned(), RepoType::Model, revision.to_owned());
        CachedRepo {
            root: cache.to_owned(),
            folder: cache.join(repo.folder_name()),
            inner: Cache::new(cache.to_owned()).repo(repo.clone()),
            repo,
        }
    }

    /// `models--org--name`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn blob(&self, tag: &str) -> PathBuf {
        self.inner.blob_path(tag)
    }

    pub fn part(&self, tag: &str) -> PathBuf {
        self.inner.blob_path(&format!("{tag}.part"))
    }

    pub fn lock(&self, tag: &str) -> PathBuf {
        self.root
            .join(".locks")
            .join(self.repo.folder_name())
            .join(format!("{tag}.lock"))
    }

    pub fn snapshot(&self, commit: &str) -> PathBuf {
        self.inner.pointer_path(commit)
    }

    /// The commit that the revision stands for, as far as the cache knows, if its snapshot is there. The
    /// Python client writes no `refs/<commit>`, so that a commit is looked up among the snapshots.
    pub fn commit(&self) -> Option<String> {
        let revision = self.repo.revision();
        if !is_safe_relative(revision) {
            return None;
        }
        if is_commit(revision) && self.snapshot(revision).is_dir() {
            return Some(revision.to_owned());
        }
        let commit = fs::read_to_string(self.folder.join("refs").join(revision)).ok()?;
        let commit = commit.trim();
        (is_commit(commit) && self.snapshot(commit).is_dir()).then(|| commit.to_owned())
    }

    /// Records what the revision stands for.
    pub fn write_ref(&self, commit: &str) -> Result<(), HubError> {
        if self.repo.revision() == commit {
            return Ok(());
        }
        self.inner.create_ref(commit).map_err(HubError::io(
            "write",
            self.folder.join("refs").join(self.repo.revision()),
        ))
    }

    /// Makes `file` of a snapshot point to a blob; copies it where links are not possible.
    pub fn link(&self, commit: &str, file: &str, tag: &str) -> Result<PathBuf, HubError> {
        let pointer = self.snapshot(commit).join(file);
        let blob = self.blob(tag);
        let folder = pointer.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(HubError::io("create", folder))?;
        if pointer.exists() && same_file(&pointer, &blob) {
            return Ok(pointer);
        }
        // A dangling link, or one to an older blob of the same name. Another process may be doing the same:
        // the new link is made aside and renamed over it.
        let aside = folder.join(format!(".{}.{}.link", tag, std::process::id()));
        let _ = fs::remove_file(&aside);
        // snapshots/<commit>/a/b -> ../../../blobs/<tag>
        let up = "../".repeat(file.matches('/').count() + 2);
        if symlink(Path::new(&format!("{up}blobs/{tag}")), &aside).is_err() {
            fs::copy(&blob, &aside).map_err(HubError::io("write", &aside))?;
        }
        fs::rename(&aside, &pointer).map_err(HubError::io("write", &pointer))?;
        Ok(pointer)
    }
}

/// Whether a text is a full commit hash.
pub(super) fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The entity tag of a file of a snapshot: the name of the blob that it links to.
pub(super) fn tag_of(pointer: &Path) -> Option<String> {
    let target = fs::read_link(pointer).ok()?;
    Some(target.file_name()?.to_string_lossy().into_owned())
}

/// The repositories of the cache, as `org/name`, sorted.
pub(super) fn repos(cache: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(cache) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|e| e.path().is_dir())
        .filter_map(|e| {
            e.file_name()
                .to_str()?
                .strip_prefix("models--")
                .map(|n| n.replacen("--", "/", 1))
        })
        .collect();
    names.sort();
    names
}

/// Bytes that are free for this user where `path` is or would be; `None` where the system does not tell.
pub(super) fn free_space(path: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let there = path.ancestors().find(|p| p.exists())?;
        let stat = rustix::fs::statvfs(there).ok()?;
        stat.f_bavail.checked_mul(stat.f_frsize)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

fn same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) if a == b => true,
        // A copy, where links are not possible.
        (Ok(a), Ok(b)) => {
            !a.is_symlink()
                && matches!((fs::metadata(a), fs::metadata(b)), (Ok(a), Ok(b)) if a.len() == b.len())
        }
        _ => false,
    }
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn symlink(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_file(target, link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_found_through_refs_and_among_snapshots() {
        let dir = tempfile::tempdir().unwrap();
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let at = |revision: &str| CachedRepo::new(dir.path(), "org/name", revision);
        assert_eq!(at("main").commit(), None);
        fs::create_dir_all(at("main").snapshot(commit)).unwrap();
        assert_eq!(at("main").commit(), None, "no ref yet");
        assert_eq!(
            at(commit).commit().as_deref(),
            Some(commit),
            "the Python client writes no ref for a commit"
        );
        at("main").write_ref(commit).unwrap();
        at("refs/pr/1").write_ref(commit).unwrap();
        assert_eq!(at("main").commit().as_deref(), Some(commit));
        assert_eq!(
            fs::read_to_string(dir.path().join("models--org--name/refs/main")).unwrap(),
            commit
        );
        assert_eq!(at("refs/pr/1").commit().as_deref(), Some(commit));
        assert_eq!(at("../../etc").commit(), None);
        assert_eq!(repos(dir.path()), ["org/name"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_relative_and_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let repo = CachedRepo::new(dir.path(), "org/name", "main");
        fs::create_dir_all(repo.blob("t1").parent().unwrap()).unwrap();
        fs::write(repo.blob("t1"), "one").unwrap();
        fs::write(repo.blob("t2"), "two!").unwrap();
        let pointer = repo.link("c", "a/b.json", "t1").unwrap();
        assert_eq!(fs::read_link(&pointer).unwrap(), Path::new("../../../blobs/t1"));
        assert_eq!(fs::read_to_string(&pointer).unwrap(), "one");
        assert_eq!(tag_of(&pointer).as_deref(), Some("t1"));
        repo.link("c", "a/b.json", "t2").unwrap();
        assert_eq!(fs::read_to_string(&pointer).unwrap(), "two!");
        assert_eq!(
            fs::read_dir(pointer.parent().unwrap()).unwrap().count(),
            1,
            "nothing is left aside"
        );
    }
}
