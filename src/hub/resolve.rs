//! From what a user asks for to files on this machine: the cache first, then the Hub.

use std::fmt;
use std::path::Path;

use super::auto::{Choice, choose};
use super::cache::CachedRepo;
use super::card::{Card, cards};
use super::error::HubError;
use super::http::{Client, FileMeta, Subject};
use super::local::{LocalModel, load_path};
use super::lock::{Lock, LockedFile, LockedRepo};
use super::options::HubOptions;
use super::plan::{self, Plan, PlannedRepo, human_bytes};
use super::progress::{Event, Progress};
use super::spec::ModelSpec;
use super::target::{Lacking, Target, from_cache};
use super::transfer::fetch_blob;

/// What a resolution comes to.
#[derive(Debug)]
pub enum Resolution {
    /// A model whose files are all on this machine.
    Model(Box<LocalModel>),
    /// Go on without one.
    NoModel(NoModel),
}

/// Why there is no model, and the work that needs none is done.
#[derive(Debug)]
pub enum NoModel {
    /// `none` was asked for.
    Requested,
    /// `auto` was asked for, and no known model fits into that many bytes.
    NothingFits(u64),
    /// `auto` was asked for, nothing that fits is cached, and the Hub could not be reached.
    Unavailable(HubError),
}

impl fmt::Display for NoModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoModel::Requested => f.write_str("no model was asked for"),
            NoModel::NothingFits(memory) => {
                write!(
                    f,
                    "no known model fits into {} of free memory",
                    human_bytes(*memory)
                )
            }
            NoModel::Unavailable(HubError::Offline { .. }) => {
                f.write_str("no model is cached, and the network is switched off")
            }
            NoModel::Unavailable(cause) => {
                write!(f, "no model is cached, and none can be downloaded: {cause}")
            }
        }
    }
}

/// Finds a model: on this machine if all of it is here, else at the Hub, with the announcement
/// ([`Event::Announce`]) before the first byte of weights.
///
/// What the cache holds is used without asking the Hub whether there is something newer; [`pull`] asks.
///
/// # Errors
/// When a model that was named cannot be had. For `auto` a Hub that cannot be reached is
/// [`NoModel::Unavailable`], not an error.
pub fn resolve(
    spec: &ModelSpec,
    options: &HubOptions,
    progress: &dyn Progress,
) -> Result<Resolution, HubError> {
    let lock = Lock::read(&options.lock_file)?;
    let resolver = Resolver {
        options,
        lock: &lock,
        progress,
    };
    let model = match spec {
        ModelSpec::None => return Ok(Resolution::NoModel(NoModel::Requested)),
        ModelSpec::Auto => return resolver.auto(),
        ModelSpec::Path(path) => load_local(path)?,
        ModelSpec::Card { .. } | ModelSpec::Repo { .. } => resolver.named(&targets(spec))?,
    };
    Ok(Resolution::Model(Box::new(model)))
}

/// Asks the Hub what a model consists of and what of it is missing; downloads nothing. `None` for a local
/// path and for `none`.
///
/// # Errors
/// When the Hub cannot be asked or does not have it.
pub fn plan_of(
    spec: &ModelSpec,
    options: &HubOptions,
    progress: &dyn Progress,
) -> Result<Option<Plan>, HubError> {
    let lock = Lock::read(&options.lock_file)?;
    let resolver = Resolver {
        options,
        lock: &lock,
        progress,
    };
    resolver
        .target(spec)?
        .map(|target| resolver.plan(&target, false))
        .transpose()
}

/// Downloads a model, or what is missing of it, at the newest revision and records it in the lock file.
/// `None` for a local path and for `none`; with `--locked` the recorded revision is taken.
///
/// # Errors
/// When it cannot be had.
pub fn pull(
    spec: &ModelSpec,
    options: &HubOptions,
    progress: &dyn Progress,
) -> Result<Option<LocalModel>, HubError> {
    let lock = Lock::read(&options.lock_file)?;
    let resolver = Resolver {
        options,
        lock: &lock,
        progress,
    };
    let refresh = !options.locked;
    let Some(target) = resolver.target(spec)? else {
        return Ok(None);
    };
    let plan = resolver.plan(&target, refresh)?;
    resolver.fetch(&plan, &target, refresh).map(Some)
}

/// The forms in which a named model may be cached, the preferred one first.
pub(super) fn targets(spec: &ModelSpec) -> Vec<Target> {
    match spec {
        ModelSpec::Card {
            card,
            variant: Some(variant),
        } => vec![Target::of_card(card, variant)],
        ModelSpec::Card { card, variant: None } => {
            card.files.iter().map(|v| Target::of_card(card, v)).collect()
        }
        ModelSpec::Repo { repo, revision, file } => {
            vec![Target::of_repo(repo, revision.as_deref(), file.as_deref())]
        }
        ModelSpec::None | ModelSpec::Auto | ModelSpec::Path(_) => Vec::new(),
    }
}

/// Reads a local model and gives it the card that its name tells, if one does: the template arguments
/// hold for a copy too.
fn load_local(path: &Path) -> Result<LocalModel, HubError> {
    let mut model = load_path(path)?;
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    model.card = card_of_name(&name);
    Ok(model)
}

/// The card whose name a file or folder name begins with, up to a mark.
fn card_of_name(name: &str) -> Option<&'static Card> {
    let follows = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric());
    let matching = cards()
        .iter()
        .filter(|c| name.strip_prefix(c.name.as_str()).is_some_and(follows));
    matching.max_by_key(|c| c.name.len())
}

struct Resolver<'a> {
    options: &'a HubOptions,
    lock: &'a Lock,
    progress: &'a dyn Progress,
}

impl Resolver<'_> {
    fn auto(&self) -> Result<Resolution, HubError> {
        let target = match choose(self.options, self.lock, self.progress)? {
            Choice::Cached(model) => return Ok(Resolution::Model(model)),
            Choice::NothingFits(memory) => return Ok(Resolution::NoModel(NoModel::NothingFits(memory))),
            Choice::Download(target) => target,
        };
        match self.download(&target) {
            Ok(model) => Ok(Resolution::Model(Box::new(model))),
            Err(e) if e.is_unreachable() => Ok(Resolution::NoModel(NoModel::Unavailable(e))),
            Err(e) => Err(e),
        }
    }

    fn named(&self, targets: &[Target]) -> Result<LocalModel, HubError> {
        let mut reason = None;
        for target in targets {
            match from_cache(self.options, target, self.lock, self.progress) {
                Ok(model) => return Ok(model),
                Err(Lacking::Files(why)) => reason = reason.or(why),
                // Another variant may be recorded.
                Err(Lacking::Broken(HubError::NotLocked { .. })) if targets.len() > 1 => {}
                Err(Lacking::Broken(e)) => return Err(e),
            }
        }
        let Some(first) = targets.first() else {
            unreachable!("OK because only cards and repositories come here, and each card has a variant")
        };
        if self.options.offline {
            return Err(HubError::Offline {
                name: first.name.clone(),
                reason,
            });
        }
        self.download(first)
    }

    fn download(&self, target: &Target) -> Result<LocalModel, HubError> {
        self.fetch(&self.plan(target, false)?, target, false)
    }

    /// The one target that a plan or pull is about.
    fn target(&self, spec: &ModelSpec) -> Result<Option<Target>, HubError> {
        if *spec == ModelSpec::Auto {
            return Ok(match choose(self.options, self.lock, self.progress)? {
                Choice::Download(target) => Some(*target),
                Choice::Cached(model) => {
                    let name = model.name.parse::<ModelSpec>()?;
                    targets(&name).into_iter().next()
                }
                Choice::NothingFits(_) => None,
            });
        }
        Ok(targets(spec).into_iter().next())
    }

    fn plan(&self, target: &Target, refresh: bool) -> Result<Plan, HubError> {
        let client = Client::new(self.options, &target.name)?;
        plan::plan(&client, self.options, target, self.lock, refresh, self.progress)
    }

    /// Downloads what is missing, puts it in place and records it.
    fn fetch(&self, plan: &Plan, target: &Target, refresh: bool) -> Result<LocalModel, HubError> {
        if plan.missing_bytes() > 0 {
            self.progress.event(Event::Announce(plan));
        }
        let client = Client::new(self.options, &target.name)?;
        // The tokenizer first: if its repository is closed to the user, that shows before gigabytes arrive.
        for repo in plan.repos.iter().rev() {
            self.fetch_repo(&client, repo)?;
        }
        for repo in &plan.repos {
            CachedRepo::new(&self.options.cache, &repo.repo, &repo.requested).write_ref(&repo.revision)?;
            if !self.options.locked {
                Lock::record(&self.options.lock_file, recorded(repo), refresh)?;
            }
        }
        let lock = Lock::read(&self.options.lock_file)?;
        from_cache(self.options, target, &lock, self.progress).map_err(|lacking| match lacking {
            Lacking::Broken(e) => e,
            Lacking::Files(reason) => HubError::NoWeights {
                place: target.repo.clone(),
                found: reason.into_iter().collect(),
            },
        })
    }

    fn fetch_repo(&self, client: &Client<'_>, repo: &PlannedRepo) -> Result<(), HubError> {
        let cached = CachedRepo::new(&self.options.cache, &repo.repo, &repo.requested);
        for file in &repo.files {
            let subject = Subject {
                repo: &repo.repo,
                revision: &repo.revision,
                file: Some(&file.name),
            };
            let meta = FileMeta {
                tag: file.hash.clone(),
                size: file.size,
            };
            fetch_blob(client, self.options, &cached, subject, &meta, self.progress)?;
            cached.link(&repo.revision, &file.name, &file.hash)?;
        }
        Ok(())
    }
}

fn recorded(repo: &PlannedRepo) -> LockedRepo {
    let files = repo.files.iter().map(|f| LockedFile {
        name: f.name.clone(),
        size: f.size,
        hash: f.hash.clone(),
    });
    let mut files: Vec<LockedFile> = files.collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    LockedRepo {
        repo: repo.repo.clone(),
        requested: repo.requested.clone(),
        revision: repo.revision.clone(),
        tokenizer_repo: repo.tokenizer_repo.clone(),
        files,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_known_by_its_name() {
        let name = |n: &str| card_of_name(n).map(|c| c.name.as_str());
        assert_eq!(name("qwen3-0.6b-q8_0.gguf"), Some("qwen3-0.6b"));
        assert_eq!(name("qwen3-0.6b"), Some("qwen3-0.6b"));
        assert_eq!(name("qwen3-0.6bis"), None);
        assert_eq!(name("model.gguf"), None);
    }
}
