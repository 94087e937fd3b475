//! What `depeche models list|show|verify|rm` work with: the models that are known and those that are cached.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::cache::{self, CachedRepo, tag_of};
use super::card::{Card, Format, ModelRole, card_of_repo, cards};
use super::error::HubError;
use super::hash::Expected;
use super::http::Client;
use super::local::relative_files;
use super::lock::Lock;
use super::options::HubOptions;
use super::progress::{Event, Progress};
use super::resolve::targets;
use super::spec::ModelSpec;
use super::target::{Target, from_cache};

/// Asks whether the Hub answers, and how long that takes.
///
/// # Errors
/// When it cannot be reached or fails, or the network is switched off.
pub fn ping(options: &HubOptions) -> Result<Duration, HubError> {
    if options.offline {
        return Err(HubError::NetworkOff);
    }
    let client = Client::new(options, &options.endpoint)?;
    let begin = Instant::now();
    client.ping()?;
    Ok(begin.elapsed())
}

/// One row of `models list`: a variant of a card, or a cached repository without a card.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedModel {
    /// What `--model` takes.
    pub name: String,
    /// The repository with the weights.
    pub repo: String,
    /// How they are stored; unknown for a repository without a card.
    pub format: Option<Format>,
    /// Parameters.
    pub parameters: Option<u64>,
    /// Bytes in the cache, else an estimate.
    pub bytes: Option<u64>,
    /// Whether all that is needed is cached.
    pub cached: bool,
    /// The commit that is cached.
    pub revision: Option<String>,
    /// The licence that the card states.
    pub licence: Option<String>,
    /// Whether access must be granted first, where that is known.
    pub gated: Option<bool>,
    /// What it is good enough for.
    pub roles: Vec<ModelRole>,
}

/// Lists every variant of every card, then cached repositories that look like models and have no card.
///
/// # Errors
/// When the lock file cannot be read.
pub fn list(options: &HubOptions) -> Result<Vec<ListedModel>, HubError> {
    // What counts is whether it is there: a network or a lock would not change the answer.
    let options = &HubOptions {
        offline: true,
        locked: false,
        ..options.clone()
    };
    let lock = Lock::read(&options.lock_file)?;
    let mut rows = Vec::new();
    for card in cards() {
        for variant in &card.files {
            let target = Target::of_card(card, variant);
            let model = from_cache(options, &target, &lock, &()).ok();
            rows.push(ListedModel {
                name: target.name,
                repo: target.repo,
                format: Some(variant.format),
                parameters: Some(card.parameters),
                bytes: model
                    .as_ref()
                    .map(|m| m.weight_bytes())
                    .or_else(|| card.approx_bytes(variant)),
                cached: model.is_some(),
                revision: model.map(|m| m.revision),
                licence: Some(card.licence.clone()),
                gated: card.gated,
                roles: card.roles.clone(),
            });
        }
    }
    for repo in cache::repos(&options.cache)
        .into_iter()
        .filter(|r| card_of_repo(r).is_none())
    {
        let target = Target::of_repo(&repo, None, None);
        let Ok(model) = from_cache(options, &target, &lock, &()) else {
            continue;
        };
        rows.push(ListedModel {
            name: repo.clone(),
            repo,
            format: Some(model.format),
            parameters: None,
            bytes: Some(model.weight_bytes()),
            cached: true,
            revision: Some(model.revision),
            licence: None,
            gated: None,
            roles: Vec::new(),
        });
    }
    Ok(rows)
}

/// What `models show` tells.
#[derive(Debug, Clone, Serialize)]
pub struct Details {
    /// The card, where there is one.
    pub card: Option<&'static Card>,
    /// The repositories that the model comes from, as far as they are cached.
    pub repos: Vec<CachedFiles>,
}

/// The files of one repository in the cache.
#[derive(Debug, Clone, Serialize)]
pub struct CachedFiles {
    /// `organisation/name`.
    pub repo: String,
    /// The commit.
    pub revision: String,
    /// The snapshot's folder.
    pub folder: PathBuf,
    /// The files.
    pub files: Vec<CachedFile>,
}

/// One file in the cache.
#[derive(Debug, Clone, Serialize)]
pub struct CachedFile {
    /// Name in the repository.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The Hub's entity tag, where the cache tells it.
    pub hash: Option<String>,
    /// Whether the lock file records the same file at the same revision.
    pub recorded: bool,
}

/// Tells what is known and cached of a model; nothing is asked of the Hub.
///
/// # Errors
/// When the cache or the lock file cannot be read.
pub fn show(spec: &ModelSpec, options: &HubOptions) -> Result<Details, HubError> {
    let lock = Lock::read(&options.lock_file)?;
    let targets = targets(spec);
    let card = targets.first().and_then(|t| t.card);
    let mut repos = Vec::new();
    for (repo, requested) in repos_of(&targets) {
        repos.extend(cached_files(options, &lock, &repo, &requested)?);
    }
    Ok(Details { card, repos })
}

/// The state of one file after verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum FileState {
    /// Its hash is the one that the Hub announced.
    Ok {
        /// `sha256` or `git sha1`.
        algorithm: String,
    },
    /// It is not what was downloaded.
    Damaged {
        /// What the Hub announced.
        expected: String,
        /// What is there.
        found: String,
    },
    /// Nothing is known to compare it with.
    Unknown,
}

/// One verified file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// `organisation/name`.
    pub repo: String,
    /// Name in the repository.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The file.
    pub path: PathBuf,
    /// What was found.
    #[serde(flatten)]
    pub state: FileState,
}

/// Reads every cached file of a model, or of all cached repositories, and compares its hash.
///
/// # Errors
/// When a file cannot be read; a damaged one is not an error but a [`FileState`].
pub fn verify(
    spec: Option<&ModelSpec>,
    options: &HubOptions,
    progress: &dyn Progress,
) -> Result<Vec<Verified>, HubError> {
    let lock = Lock::read(&options.lock_file)?;
    let repos = match spec {
        Some(spec) => repos_of(&targets(spec)),
        None => cache::repos(&options.cache)
            .into_iter()
            .map(|r| (r, "main".to_owned()))
            .collect(),
    };
    let mut verified = Vec::new();
    for (repo, requested) in repos {
        let entry = lock.entry(&repo, &requested);
        for cached in cached_files(options, &lock, &repo, &requested)?.iter() {
            for file in &cached.files {
                let recorded = entry
                    .filter(|e| e.revision == cached.revision)
                    .and_then(|e| e.file(&file.name));
                let hash = recorded.map(|f| f.hash.clone()).or_else(|| file.hash.clone());
                progress.event(Event::Verify {
                    file: &file.name,
                    size: file.size,
                });
                let state = check(
                    &cached.folder.join(&file.name),
                    file.size,
                    hash.as_deref(),
                    |bytes| {
                        progress.event(Event::Position {
                            file: &file.name,
                            bytes,
                        });
                    },
                )?;
                verified.push(Verified {
                    repo: repo.clone(),
                    name: file.name.clone(),
                    size: file.size,
                    path: cached.folder.join(&file.name),
                    state,
                });
            }
        }
    }
    Ok(verified)
}

impl Verified {
    /// Deletes the file and its blob, so that the next `models pull` fetches it again.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub fn discard(&self) -> Result<(), HubError> {
        if let Ok(blob) = self.path.canonicalize() {
            fs::remove_file(&blob).map_err(HubError::io("delete", blob))?;
        }
        match fs::remove_file(&self.path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(HubError::io("delete", &self.path)(e)),
            _ => Ok(()),
        }
    }
}

fn check(path: &Path, size: u64, hash: Option<&str>, seen: impl FnMut(u64)) -> Result<FileState, HubError> {
    let expected = hash.map_or(Expected::Unknown, Expected::of_tag);
    if expected == Expected::Unknown {
        return Ok(FileState::Unknown);
    }
    let mut hasher = expected.hasher(size);
    hasher.update_file(path, seen)?;
    Ok(match expected.check(hasher) {
        Ok(()) => FileState::Ok {
            algorithm: expected.algorithm().to_owned(),
        },
        Err((expected, found)) => FileState::Damaged { expected, found },
    })
}

/// What `models rm` would delete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removal {
    /// Folders of the cache with the bytes that they take.
    pub folders: Vec<(PathBuf, u64)>,
}

impl Removal {
    /// Bytes of all folders.
    pub fn bytes(&self) -> u64 {
        self.folders.iter().map(|(_, bytes)| bytes).sum()
    }

    /// Deletes the folders, all revisions in them, and what unfinished downloads left.
    ///
    /// # Errors
    /// When one cannot be deleted; those before it are gone.
    pub fn execute(&self) -> Result<(), HubError> {
        for (folder, _) in &self.folders {
            fs::remove_dir_all(folder).map_err(HubError::io("delete", folder))?;
        }
        Ok(())
    }
}

/// Finds what `models rm` would delete: the cached repositories of a model, whole. Of a card without a
/// variant that is every variant's; the card's own repository, which holds the tokenizer of all of them, only
/// then. The lock file keeps its record.
pub fn removal(spec: &ModelSpec, options: &HubOptions) -> Removal {
    let with_tokenizer = !matches!(spec, ModelSpec::Card { variant: Some(_), .. });
    let mut folders: Vec<(PathBuf, u64)> = Vec::new();
    for target in targets(spec) {
        let companion = target
            .companion
            .filter(|_| with_tokenizer && matches!(spec, ModelSpec::Card { .. }));
        for repo in std::iter::once(target.repo).chain(companion) {
            let folder = CachedRepo::new(&options.cache, &repo, "main").folder().to_owned();
            if folder.is_dir() && folders.iter().all(|(f, _)| *f != folder) {
                let bytes = disk_usage(&folder);
                folders.push((folder, bytes));
            }
        }
    }
    Removal { folders }
}

/// Bytes of the files below a folder; links count nothing.
fn disk_usage(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    let sizes = entries.flatten().map(|entry| match entry.file_type() {
        Ok(t) if t.is_dir() => disk_usage(&entry.path()),
        Ok(t) if t.is_file() => entry.metadata().map_or(0, |m| m.len()),
        _ => 0,
    });
    sizes.sum()
}

/// The repositories of the targets with the revision asked for, each once.
fn repos_of(targets: &[Target]) -> Vec<(String, String)> {
    let mut repos: Vec<(String, String)> = Vec::new();
    for target in targets {
        let companion = target
            .companion
            .clone()
            .map(|c| (c, target.companion_revision().to_owned()));
        for pair in std::iter::once((target.repo.clone(), target.requested.clone())).chain(companion) {
            if !repos.contains(&pair) {
                repos.push(pair);
            }
        }
    }
    repos
}

fn cached_files(
    options: &HubOptions,
    lock: &Lock,
    repo: &str,
    requested: &str,
) -> Result<Option<CachedFiles>, HubError> {
    let cached = CachedRepo::new(&options.cache, repo, requested);
    let Some(revision) = cached.commit() else {
        return Ok(None);
    };
    let folder = cached.snapshot(&revision);
    let entry = lock.entry(repo, requested).filter(|e| e.revision == revision);
    let mut files = Vec::new();
    for name in relative_files(&folder)? {
        let path = folder.join(&name);
        let size = fs::metadata(&path).map_err(HubError::io("read", &path))?.len();
        let hash = tag_of(&path);
        let recorded = entry
            .and_then(|e| e.file(&name))
            .is_some_and(|f| f.size == size && hash.as_ref().is_none_or(|h| *h == f.hash));
        files.push(CachedFile {
            name,
            size,
            hash,
            recorded,
        });
    }
    Ok(Some(CachedFiles {
        repo: repo.to_owned(),
        revision,
        folder,
        files,
    }))
}
