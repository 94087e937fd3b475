//! What a model consists of and what of it would be downloaded: known, and shown, before the first byte.

use std::fmt;

use serde::Serialize;

use super::cache::{CachedRepo, tag_of};
use super::card::{Card, Format, card_of_repo};
use super::error::HubError;
use super::http::{Client, Subject};
use super::info::RepoInfo;
use super::local::{COMPANIONS, TRANSLATION_COMPANIONS};
use super::lock::{Lock, LockedRepo};
use super::options::HubOptions;
use super::progress::Progress;
use super::select;
use super::spec::is_repo_name;
use super::target::Target;

/// What will be downloaded, and under which licence.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// The model, as it was asked for.
    pub name: String,
    /// What is known of it, where it has a card.
    #[serde(skip)]
    pub card: Option<&'static Card>,
    /// Why this model, where `auto` chose it.
    pub reason: Option<String>,
    /// The repositories: the one with the weights first, then the one with the tokenizer if that is another.
    pub repos: Vec<PlannedRepo>,
}

/// The part of a plan that comes from one repository.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedRepo {
    /// `organisation/name`.
    pub repo: String,
    /// Branch, tag or commit that was asked for.
    pub requested: String,
    /// The commit that it stands at.
    pub revision: String,
    /// The licence that the repository states.
    pub licence: Option<String>,
    /// The repository that the tokenizer is from, where that is another one.
    pub tokenizer_repo: Option<String>,
    /// The files, small ones first.
    pub files: Vec<PlannedFile>,
}

/// One file of a plan.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedFile {
    /// Name in the repository.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The Hub's entity tag, which is its hash.
    pub hash: String,
    /// Bytes of it that are there already: all, or what an interrupted download left.
    pub present: u64,
}

impl Plan {
    /// Bytes of all files.
    pub fn total_bytes(&self) -> u64 {
        self.files().map(|f| f.size).sum()
    }

    /// Bytes that the cache does not have yet.
    pub fn missing_bytes(&self) -> u64 {
        self.files().map(|f| f.size - f.present).sum()
    }

    /// The licence: the card's, else the one that the repository states.
    pub fn licence(&self) -> Option<&str> {
        let stated = self.repos.iter().find_map(|r| r.licence.as_deref());
        self.card.map(|c| c.licence.as_str()).or(stated)
    }

    fn files(&self) -> impl Iterator<Item = &PlannedFile> {
        self.repos.iter().flat_map(|r| &r.files)
    }
}

/// The announcement, a few lines: model, repository and revision, licence and terms, size.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = self.card.map_or(self.name.as_str(), |c| c.title.as_str());
        writeln!(f, "model      {title}")?;
        if let Some(reason) = &self.reason {
            writeln!(f, "chosen     {reason}")?;
        }
        for (i, repo) in self.repos.iter().enumerate() {
            let label = if i == 0 { "weights" } else { "tokenizer" };
            let short = repo.revision.get(..12).unwrap_or(&repo.revision);
            writeln!(
                f,
                "{label:<10} {}, revision {} ({short})",
                repo.repo, repo.requested
            )?;
        }
        writeln!(
            f,
            "licence    {}",
            self.licence().unwrap_or("not stated by the repository")
        )?;
        for term in self.card.iter().flat_map(|c| &c.terms) {
            writeln!(f, "           {term}")?;
        }
        let missing = self.files().filter(|f| f.present < f.size).count();
        let files = if missing == 1 { "file" } else { "files" };
        write!(
            f,
            "download   {} in {missing} {files}",
            human_bytes(self.missing_bytes())
        )?;
        let present = self.total_bytes() - self.missing_bytes();
        if present > 0 {
            write!(f, " ({} are cached)", human_bytes(present))?;
        }
        Ok(())
    }
}

/// Asks the Hub what a model consists of.
pub(super) fn plan(
    client: &Client<'_>,
    options: &HubOptions,
    target: &Target,
    lock: &Lock,
    refresh: bool,
    progress: &dyn Progress,
) -> Result<Plan, HubError> {
    let planner = Planner {
        client,
        options,
        lock,
        refresh,
        progress,
    };
    let (at, info) = planner.describe(&target.repo, &target.requested)?;
    let files = info.files();
    let chosen = select::weights(&files, &target.wanted, &target.repo)?;
    let mut names = beside(&files, chosen.files.first());
    let has_tokenizer = names.iter().any(|n| n.ends_with("tokenizer.json"));
    match &chosen.index {
        Some(index) => {
            names.push(index.clone());
            names.extend(files.iter().filter(|f| select::is_shard(f)).cloned());
        }
        None => names.extend(chosen.files.iter().cloned()),
    }
    let mut weights = planner.repo(at, &info, &names)?;
    let mut repos = Vec::new();
    if chosen.format == Format::Gguf && !has_tokenizer {
        let known = target
            .companion
            .clone()
            .or_else(|| card_of_repo(&target.repo).map(|c| c.repo.clone()));
        let base = info.base_model().filter(|b| is_repo_name(b)).map(str::to_owned);
        match known.or(base).filter(|r| *r != target.repo) {
            Some(repo) => {
                let requested = target.companion_revision();
                let (at, info) = planner.describe(&repo, requested)?;
                let names = beside(&info.files(), None);
                repos.push(planner.repo(at, &info, &names)?);
                weights.tokenizer_repo = Some(repo);
            }
            None => tracing::warn!(
                "{} has no tokenizer.json and names no base model that has one",
                target.repo
            ),
        }
    }
    repos.insert(0, weights);
    Ok(Plan {
        name: target.name.clone(),
        card: target.card,
        reason: target.reason.clone(),
        repos,
    })
}

struct Planner<'a> {
    client: &'a Client<'a>,
    options: &'a HubOptions,
    lock: &'a Lock,
    refresh: bool,
    progress: &'a dyn Progress,
}

/// A repository as it was asked for, and what is recorded of it.
struct At<'a> {
    repo: String,
    requested: String,
    locked: Option<&'a LockedRepo>,
}

impl<'a> Planner<'a> {
    fn describe(&self, repo: &str, requested: &str) -> Result<(At<'a>, RepoInfo), HubError> {
        let locked = self.lock.entry(repo, requested).filter(|_| !self.refresh);
        if self.options.locked && locked.is_none() {
            return Err(HubError::NotLocked {
                repo: repo.to_owned(),
                requested: requested.to_owned(),
                lock: self.options.lock_file.clone(),
            });
        }
        let revision = locked.map_or(requested, |l| l.revision.as_str());
        let info = self.client.info(repo, revision, self.progress)?;
        Ok((
            At {
                repo: repo.to_owned(),
                requested: requested.to_owned(),
                locked,
            },
            info,
        ))
    }

    fn repo(&self, at: At<'_>, info: &RepoInfo, names: &[String]) -> Result<PlannedRepo, HubError> {
        let commit = &info.base.sha;
        let cached = CachedRepo::new(&self.options.cache, &at.repo, &at.requested);
        let mut files = Vec::new();
        for name in names {
            files.push(self.file(&at, commit, &cached, name)?);
        }
        files.sort_by_key(|f| f.size);
        Ok(PlannedRepo {
            repo: at.repo,
            requested: at.requested,
            revision: commit.clone(),
            licence: info.licence(),
            tokenizer_repo: None,
            files,
        })
    }

    fn file(
        &self,
        at: &At<'_>,
        commit: &str,
        cached: &CachedRepo,
        name: &str,
    ) -> Result<PlannedFile, HubError> {
        let pointer = cached.snapshot(commit).join(name);
        let there = std::fs::metadata(&pointer).ok().zip(tag_of(&pointer));
        let file = match there {
            Some((metadata, hash)) => PlannedFile {
                name: name.to_owned(),
                size: metadata.len(),
                hash,
                present: metadata.len(),
            },
            None => {
                let subject = Subject {
                    repo: &at.repo,
                    revision: commit,
                    file: Some(name),
                };
                let meta = self.client.head(subject, self.progress)?;
                let length = |path| std::fs::metadata(path).map_or(0, |m| m.len());
                let whole = length(cached.blob(&meta.tag)) == meta.size;
                let part = length(cached.part(&meta.tag)).min(meta.size);
                PlannedFile {
                    name: name.to_owned(),
                    size: meta.size,
                    hash: meta.tag,
                    present: if whole { meta.size } else { part },
                }
            }
        };
        let recorded = at.locked.map(|l| l.file(name));
        match recorded {
            Some(Some(recorded)) if recorded.hash != file.hash => Err(HubError::LockMismatch {
                repo: at.repo.clone(),
                file: file.name,
                expected: recorded.hash.clone(),
                found: file.hash,
            }),
            Some(None) if self.options.locked => Err(HubError::LockMismatch {
                repo: at.repo.clone(),
                file: file.name,
                expected: "no such file".to_owned(),
                found: file.hash,
            }),
            _ => Ok(file),
        }
    }
}

/// The companions that a repository has, beside the weights or at its top.
fn beside(files: &[String], weights: Option<&String>) -> Vec<String> {
    let folder = weights.and_then(|w| w.rsplit_once('/')).map(|(folder, _)| folder);
    let find = |name: &str| {
        let inner = folder
            .map(|f| format!("{f}/{name}"))
            .filter(|n| files.contains(n));
        inner.or_else(|| files.iter().find(|f| *f == name).cloned())
    };
    let mut names: Vec<String> = COMPANIONS.iter().filter_map(|name| find(name)).collect();
    // `vocab.json` alone lies beside many tokenizers that do without it.
    if find(TRANSLATION_COMPANIONS[0]).is_some() {
        names.extend(TRANSLATION_COMPANIONS.iter().filter_map(|name| find(name)));
    }
    names
}

/// `1.8 GB`, `420 MB`, `12 kB`, `7 bytes`: decimal units, as disks and the Hub count.
pub fn human_bytes(bytes: u64) -> String {
    let units = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    for (unit, size) in units {
        let n = bytes as f64 / size;
        // 999.95 kB would be printed as 1000.0 kB.
        if n >= 0.9995 {
            return if n < 99.95 {
                format!("{n:.1} {unit}")
            } else {
                format!("{n:.0} {unit}")
            };
        }
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let sizes = [7, 1000, 12_345, 999_960, 420_400_000, 1_834_426_016].map(human_bytes);
        assert_eq!(
            sizes,
            ["7 bytes", "1.0 kB", "12.3 kB", "1.0 MB", "420 MB", "1.8 GB"]
        );
    }

    #[test]
    fn companions_lie_beside_the_weights_or_at_the_top() {
        let files = ["config.json", "q4/tokenizer.json", "tokenizer.json", "q4/m.gguf"].map(str::to_owned);
        assert_eq!(
            beside(&files, Some(&files[3])),
            ["config.json", "q4/tokenizer.json"]
        );
        assert_eq!(beside(&files, None), ["config.json", "tokenizer.json"]);
        let qwen = ["config.json", "vocab.json"].map(str::to_owned);
        assert_eq!(beside(&qwen, None), ["config.json"]);
        let marian = ["vocab.json", "source.spm", "target.spm", "config.json"].map(str::to_owned);
        assert_eq!(
            beside(&marian, None),
            ["config.json", "source.spm", "target.spm", "vocab.json"]
        );
    }
}
