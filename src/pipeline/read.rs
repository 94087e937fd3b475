//! Every input becomes an article of the run, or a problem.

use super::{Observer, PipelineError, Report, Settings};
use crate::backend::Stats;
use crate::ingest::{self, ItemError};
use crate::record::{Article, Problem, Severity};
use crate::store::{RunId, Store, StoreError};

/// Articles between two words on how far it is.
const BATCH: usize = 64;

/// Why nothing was kept of a reading.
enum Broken {
    Stopped,
    Store(StoreError),
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Broken {
        Broken::Store(error)
    }
}

/// Reads every input into the store, all of them or none: a run that was killed or stopped while it read leaves the
/// articles of the run before it. Says whether it came to the end.
pub(super) fn read(
    settings: &Settings,
    store: &Store,
    run: RunId,
    observer: &dyn Observer,
    report: &mut Report,
) -> Result<bool, PipelineError> {
    store.enter_stage(run, "reading", false)?;
    observer.stage("reading", 0);
    let mut failed = Vec::new();
    let read = store.transaction::<_, Broken>(|| {
        for (position, item) in ingest::articles(&settings.inputs, &settings.ingest).enumerate() {
            if observer.stop() {
                return Err(Broken::Stopped);
            }
            let problem = match item {
                Ok(article) => keep(store, run, position, &article)?,
                Err(error) if error.is_stop() => return Err(Broken::Stopped),
                Err(error) => {
                    let problem = unreadable(&error);
                    failed.push(error.path);
                    Some(problem)
                }
            };
            if let Some(problem) = problem {
                observer.problem(&problem);
                store.add_problem(run, &problem)?;
            }
            if (position + 1) % BATCH == 0 {
                observer.progress("reading", position as u64 + 1, 0, &Stats::default());
            }
        }
        store.mark_removed(run, &failed)?;
        store.complete_reading(run)?;
        Ok(())
    });
    report.unreadable = failed.len();
    match read {
        Ok(()) => {
            let articles = store.article_count(run)? as u64;
            observer.progress("reading", articles, articles, &Stats::default());
            Ok(true)
        }
        Err(Broken::Stopped) => Ok(false),
        Err(Broken::Store(error)) => Err(error.into()),
    }
}

/// Keeps the article, unless the run has one of the same name: rows of two articles could not be told
/// apart.
fn keep(
    store: &Store,
    run: RunId,
    position: usize,
    article: &Article,
) -> Result<Option<Problem>, StoreError> {
    let Some((path, hash)) = store.seen_id(run, &article.id)? else {
        store.see_article(run, position, article)?;
        return Ok(empty(article));
    };
    if path == article.path {
        return Ok(None);
    }
    let same = hash == article.hash;
    Ok(Some(Problem {
        article_id: Some(article.id.clone()),
        path: article.path.clone(),
        stage: "ingest".to_owned(),
        severity: if same { Severity::Note } else { Severity::Error },
        message: if same {
            format!("the same article as `{path}`: done once")
        } else {
            format!(
                "expected an id of its own, but `{}` is also the id of `{path}`",
                article.id
            )
        },
        hint: (!same).then(|| "give every line of the JSONL its own `id`".to_owned()),
    }))
}

/// A line of JSONL may hold no text; its rows are missing from every table, which is said.
fn empty(article: &Article) -> Option<Problem> {
    article.text.trim().is_empty().then(|| Problem {
        article_id: Some(article.id.clone()),
        path: article.path.clone(),
        stage: "ingest".to_owned(),
        severity: Severity::Note,
        message: "the article has no text: there is nothing to summarize, to translate or to list".to_owned(),
        hint: Some("look at the field `text` of its line".to_owned()),
    })
}

/// An input that cannot be read, as a row of the problems.
pub fn unreadable(error: &ItemError) -> Problem {
    let mut message = error.source.to_string();
    let mut cause = std::error::Error::source(&error.source);
    while let Some(error) = cause {
        message.push_str(": ");
        message.push_str(&error.to_string());
        cause = error.source();
    }
    Problem {
        article_id: None,
        path: error.path.clone(),
        stage: "ingest".to_owned(),
        severity: Severity::Error,
        message,
        hint: error.hint(),
    }
}
