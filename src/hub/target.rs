//! A model of the Hub made precise: which repository, which of its files, whose tokenizer; and whether the
//! cache has all of it.

use super::cache::CachedRepo;
use super::card::{Card, Format, Variant, card_of_repo};
use super::error::HubError;
use super::hash::Expected;
use super::local::{LocalModel, load_folder};
use super::lock::{Lock, LockedRepo};
use super::options::HubOptions;
use super::progress::{Event, Progress};
use super::select::Wanted;

const DEFAULT_REVISION: &str = "main";

/// Which files make the model.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// As it was asked for.
    pub name: String,
    pub card: Option<&'static Card>,
    /// Why this model, where `auto` chose it.
    pub reason: Option<String>,
    /// The repository with the weights.
    pub repo: String,
    pub requested: String,
    pub wanted: Wanted,
    /// The repository with the tokenizer, where it is known to be another.
    pub companion: Option<String>,
}

impl Target {
    pub fn of_card(card: &'static Card, variant: &'static Variant) -> Target {
        let repo = card.repo_of(variant).to_owned();
        let revision = card.revision.clone().filter(|_| repo == card.repo);
        Target {
            name: format!("{}:{}", card.name, variant.name),
            card: Some(card),
            reason: None,
            requested: revision.unwrap_or_else(|| DEFAULT_REVISION.to_owned()),
            wanted: match (variant.format, &variant.pattern) {
                (Format::Gguf, Some(pattern)) => Wanted::File(pattern.clone()),
                (Format::Pytorch, _) => Wanted::Pytorch,
                _ => Wanted::Safetensors,
            },
            companion: (variant.format == Format::Gguf && repo != card.repo).then(|| card.repo.clone()),
            repo,
        }
    }

    pub fn of_repo(repo: &str, revision: Option<&str>, file: Option<&str>) -> Target {
        let card = card_of_repo(repo);
        Target {
            name: match file {
                Some(file) => format!("{repo}:{file}"),
                None => repo.to_owned(),
            },
            card,
            reason: None,
            repo: repo.to_owned(),
            requested: revision.unwrap_or(DEFAULT_REVISION).to_owned(),
            wanted: file.map_or(Wanted::Usual, |f| Wanted::File(f.to_owned())),
            companion: card.map(|c| c.repo.clone()).filter(|r| r != repo),
        }
    }

    /// The revision at which the tokenizer's repository is taken.
    pub fn companion_revision(&self) -> &str {
        self.card
            .and_then(|c| c.revision.as_deref())
            .unwrap_or(DEFAULT_REVISION)
    }
}

/// Why the cache does not do.
#[derive(Debug)]
pub(super) enum Lacking {
    /// Nothing of it is there, or not all: a sentence without a period.
    Files(Option<String>),
    /// What is there cannot be used.
    Broken(HubError),
}

/// Puts a model together from the cache alone.
///
/// With `--locked`, the recorded revision is taken and every file is compared with its recorded hash.
pub(super) fn from_cache(
    options: &HubOptions,
    target: &Target,
    lock: &Lock,
    progress: &dyn Progress,
) -> Result<LocalModel, Lacking> {
    let cache = Cache {
        options,
        lock,
        progress,
    };
    let weights = cache.find(&target.repo, &target.requested)?;
    let folder = weights.repo.snapshot(&weights.commit);
    let mut model = match load_folder(&folder, &target.wanted, &target.repo) {
        Ok(model) => model,
        Err(
            e @ (HubError::NoWeights { .. }
            | HubError::NoMatchingFile { .. }
            | HubError::AmbiguousWeights { .. }
            | HubError::MissingShard { .. }),
        ) => {
            return Err(Lacking::Files(Some(format!(
                "the cache holds another part of it: {e}"
            ))));
        }
        Err(e) => return Err(Lacking::Broken(e)),
    };
    model.name = target.name.clone();
    model.source = target.repo.clone();
    model.revision = weights.commit.clone();
    model.card = target.card;
    model.reason = target.reason.clone();
    cache.check(&weights, &model)?;
    let translates = is_translation_model(&model);
    if translates && (model.config.is_none() || model.translation.is_none()) {
        return Err(Lacking::Files(Some(format!(
            "config.json, source.spm, target.spm or vocab.json of {} is missing",
            target.repo
        ))));
    }
    if model.translation.is_some() {
        return Ok(model);
    }
    if model.format == Format::Safetensors {
        for (file, there) in [
            ("config.json", model.config.is_some()),
            ("tokenizer.json", model.tokenizer.is_some()),
        ] {
            if !there {
                return Err(Lacking::Files(Some(format!(
                    "{file} of {} is missing",
                    target.repo
                ))));
            }
        }
    }
    if model.tokenizer.is_some() {
        return Ok(model);
    }
    let recorded = lock.entry(&target.repo, &target.requested);
    let companion = target
        .companion
        .clone()
        .or_else(|| recorded.and_then(|e| e.tokenizer_repo.clone()));
    match companion {
        Some(repo) => {
            let other = cache.find(&repo, target.companion_revision())?;
            model.add_companions_of(&other.repo.snapshot(&other.commit));
            if model.tokenizer.is_none() {
                return Err(Lacking::Files(Some(format!(
                    "tokenizer.json of {repo} is missing"
                ))));
            }
            cache.check(&other, &model)?;
            model.tokenizer_source = Some((repo, other.commit));
        }
        // Not downloaded by this program: the Hub may know where its tokenizer is.
        None if recorded.is_none() && !options.offline => {
            return Err(Lacking::Files(Some(format!(
                "it is not known where the tokenizer of {} is",
                target.repo
            ))));
        }
        None => tracing::warn!("no tokenizer.json is known for {}", target.repo),
    }
    Ok(model)
}

fn is_translation_model(model: &LocalModel) -> bool {
    model.format == Format::Pytorch || model.card.is_some_and(Card::translates_sentences)
}

struct Cache<'a> {
    options: &'a HubOptions,
    lock: &'a Lock,
    progress: &'a dyn Progress,
}

/// A repository of the cache at the commit that is used.
struct Found<'a> {
    repo: CachedRepo,
    commit: String,
    locked: Option<&'a LockedRepo>,
}

impl<'a> Cache<'a> {
    fn find(&self, name: &str, requested: &str) -> Result<Found<'a>, Lacking> {
        let locked = if self.options.locked {
            let entry = self.lock.entry(name, requested).ok_or_else(|| {
                Lacking::Broken(HubError::NotLocked {
                    repo: name.to_owned(),
                    requested: requested.to_owned(),
                    lock: self.options.lock_file.clone(),
                })
            })?;
            Some(entry)
        } else {
            None
        };
        let revision = locked.map_or(requested, |l| l.revision.as_str());
        let repo = CachedRepo::new(&self.options.cache, name, revision);
        let missing = || {
            Lacking::Files(
                repo.folder()
                    .is_dir()
                    .then(|| format!("revision {revision} of {name} is missing")),
            )
        };
        let commit = repo.commit().ok_or_else(missing)?;
        Ok(Found { repo, commit, locked })
    }

    /// With `--locked`, reads the files that the model takes from a repository and compares their hashes.
    fn check(&self, found: &Found<'_>, model: &LocalModel) -> Result<(), Lacking> {
        let Some(locked) = found.locked else {
            return Ok(());
        };
        let folder = found.repo.snapshot(&found.commit);
        for path in model.files() {
            let Ok(name) = path.strip_prefix(&folder) else {
                continue;
            };
            let name = name.to_string_lossy().replace('\\', "/");
            let mismatch = |expected: &str, found: String| {
                Lacking::Broken(HubError::LockMismatch {
                    repo: locked.repo.clone(),
                    file: name.clone(),
                    expected: expected.to_owned(),
                    found,
                })
            };
            let Some(recorded) = locked.file(&name) else {
                return Err(mismatch("no such file", "a file of that name".to_owned()));
            };
            self.progress.event(Event::Verify {
                file: &name,
                size: recorded.size,
            });
            let expected = Expected::of_tag(&recorded.hash);
            let mut hasher = expected.hasher(recorded.size);
            let size = hasher.update_file(path, |_| ()).map_err(Lacking::Broken)?;
            if size != recorded.size {
                return Err(mismatch(
                    &format!("{} bytes", recorded.size),
                    format!("{size} bytes"),
                ));
            }
            expected
                .check(hasher)
                .map_err(|(expected, found)| mismatch(&expected, found))?;
        }
        Ok(())
    }
}
