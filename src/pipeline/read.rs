//! Every input becomes an article of the run, or a problem.

use super::{Observer, PipelineError, Report, Settings};
use crate::backend::Stats;
use crate::ingest;
use crate::record::{Article, Problem, Severity};
use crate::store::{RunId, Store, StoreError};

/// Articles committed at once: few enough that little is read again after a kill.
const BATCH: usize = 64;

/// Reads every input into the store.
pub(super) fn read(
    settings: &Settings,
    store: &Store,
    run: RunId,
    observer: &dyn Observer,
    report: &mut Report,
) -> Result<(), PipelineError> {
    observer.stage("reading", 0);
    let mut items = ingest::articles(&settings.inputs, &settings.ingest);
    let mut position = 0;
    let mut exhausted = false;
    while !exhausted && !observer.stop() {
        let batch: Vec<_> = items.by_ref().take(BATCH).collect();
        exhausted = batch.is_empty();
        store.transaction::<_, StoreError>(|| {
            for item in batch {
                let problem = match item {
                    Ok(article) => keep(store, run, position, &article)?,
                    Err(error) => {
                        report.unreadable += 1;
                        Some(unreadable(&error))
                    }
                };
                position += 1;
                if let Some(problem) = problem {
                    observer.problem(&problem);
                    store.add_problem(run, &problem)?;
                }
            }
            Ok(())
        })?;
        observer.progress("reading", position as u64, 0, &Stats::default());
    }
    report.interrupted |= observer.stop();
    Ok(())
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
        return Ok(None);
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

/// An input that cannot be read, as a row of the problems.
pub fn unreadable(error: &ingest::ItemError) -> Problem {
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
