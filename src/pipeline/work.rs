//! The model's tasks that are not finished yet.

use super::ledger::Ledger;
use super::{Observer, PipelineError, Plan, PlannedTask, Report, Settings, TaskName};
use crate::backend::Backend;
use crate::record::{Article, Figure};
use crate::store::{Key, RunId, Store, StoreError};
use crate::task::{self, Job, Outcome};
use std::cell::RefCell;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// One task on one article that is not finished yet. The article itself stays in the store until its
/// turn comes.
struct Pending {
    path: String,
    task: usize,
    key: Key,
}

/// Does every planned task of every article of the run that has no result yet.
pub(super) fn work(
    plan: &Plan,
    settings: &Settings,
    store: &Store,
    run: RunId,
    backend: &mut dyn Backend,
    observer: &dyn Observer,
    report: &mut Report,
) -> Result<(), PipelineError> {
    let pending = pending(plan, settings, store, run, report)?;
    let total = pending.len() as u64;
    observer.stage("model", total);
    let keys: Vec<Key> = pending.iter().map(|p| p.key.clone()).collect();
    let failed = RefCell::new(None);
    let jobs = Jobs {
        pending: pending.into(),
        plan,
        settings,
        store,
        run,
        current: None,
        failed: &failed,
    };
    let mut done = 0;
    task::drive(
        jobs,
        backend,
        |index, outcome| match store.put(run, &keys[index], &outcome) {
            Ok(()) => done += 1,
            Err(error) => *failed.borrow_mut() = Some(error),
        },
        |stats, finished| {
            observer.progress("model", finished as u64, total, stats);
            !observer.stop() && failed.borrow().is_none()
        },
    )
    .map_err(PipelineError::Backend)?;
    if let Some(error) = failed.take() {
        return Err(error.into());
    }
    report.tasks_done += done;
    report.interrupted |= observer.stop();
    Ok(())
}

fn pending(
    plan: &Plan,
    settings: &Settings,
    store: &Store,
    run: RunId,
    report: &mut Report,
) -> Result<Vec<Pending>, PipelineError> {
    let mut pending = Vec::new();
    // articles of the same content share their results
    let mut taken = HashSet::new();
    store.for_each_article::<PipelineError>(run, |article| {
        for (task, planned) in plan.tasks.iter().enumerate() {
            let key = planned.key(&article.hash);
            if !is_due(planned, &article) || !taken.insert(key.clone()) {
                continue;
            }
            if !settings.force && store.get::<Outcome>(&key)?.is_some_and(|o| o.result.is_some()) {
                report.tasks_reused += 1;
                continue;
            }
            pending.push(Pending {
                path: article.path.clone(),
                task,
                key,
            });
        }
        Ok(())
    })?;
    Ok(pending)
}

/// An article that is already in the language of the translation needs none.
pub(super) fn is_due(planned: &PlannedTask, article: &Article) -> bool {
    match planned.name {
        TaskName::Translation(lang) => article.lang != lang,
        TaskName::Summary(_) | TaskName::Extraction => true,
    }
}

/// Makes jobs as the model has room for them. Tasks on one article follow each other, so that the
/// article is read once and its prefill is shared.
struct Jobs<'a> {
    pending: VecDeque<Pending>,
    plan: &'a Plan,
    settings: &'a Settings,
    store: &'a Store,
    run: RunId,
    current: Option<(String, Arc<Article>, Arc<Vec<Figure>>)>,
    failed: &'a RefCell<Option<StoreError>>,
}

impl Iterator for Jobs<'_> {
    type Item = Box<dyn Job>;

    fn next(&mut self) -> Option<Box<dyn Job>> {
        let next = self.pending.pop_front()?;
        let (article, figures) = match self.load(&next.path) {
            Ok(loaded) => loaded,
            Err(error) => {
                *self.failed.borrow_mut() = Some(error);
                return None;
            }
        };
        Some(self.job(self.plan.tasks[next.task].name, article, figures))
    }
}

impl Jobs<'_> {
    fn load(&mut self, path: &str) -> Result<(Arc<Article>, Arc<Vec<Figure>>), StoreError> {
        if let Some((loaded, article, figures)) = &self.current
            && loaded == path
        {
            return Ok((article.clone(), figures.clone()));
        }
        let article = self.store.article(self.run, path)?;
        let ledger = match self.store.get::<Ledger>(&self.plan.ledger_key(&article.hash))? {
            Some(ledger) => ledger,
            None => Ledger::of(&article, self.settings.length),
        };
        let (article, figures) = (Arc::new(article), Arc::new(ledger.figures));
        self.current = Some((path.to_owned(), article.clone(), figures.clone()));
        Ok((article, figures))
    }

    fn job(&self, name: TaskName, article: Arc<Article>, figures: Arc<Vec<Figure>>) -> Box<dyn Job> {
        let Settings { length, sampling, .. } = *self.settings;
        match name {
            TaskName::Summary(lang) => task::summarize(article, figures, lang, length, sampling),
            TaskName::Translation(lang) => task::translate(article, figures, lang, sampling),
            TaskName::Extraction => task::extract(article, figures, sampling),
        }
    }
}
