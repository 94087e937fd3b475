//! The model's tasks that are not finished yet.

use super::ledger::Ledger;
use super::{Observer, PipelineError, Plan, PlannedTask, Recall, Remembering, Report, Settings, TaskName};
use crate::record::{Article, Entity, Figure};
use crate::store::{Key, RunId, Store, StoreError};
use crate::task::{self, Job, Outcome, Translating};
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

/// Which of the planned tasks a model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// All of them.
    All,
    /// All but translations.
    Writing,
    /// Translations.
    Translating,
}

impl Share {
    fn has(self, name: TaskName) -> bool {
        let translates = matches!(name, TaskName::Translation(_));
        match self {
            Share::All => true,
            Share::Writing => !translates,
            Share::Translating => translates,
        }
    }
}

/// What is to be done, and on what.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    pub plan: &'a Plan,
    pub settings: &'a Settings,
    pub store: &'a Store,
    pub run: RunId,
    pub share: Share,
}

/// Does every planned task of the share, on every article of the run that has no result yet.
pub(super) fn work(
    work: &Work<'_>,
    backend: &mut Remembering<'_>,
    observer: &dyn Observer,
    report: &mut Report,
) -> Result<(), PipelineError> {
    let Work {
        store, run, share, ..
    } = *work;
    let pending = pending(work, report)?;
    let total = pending.len() as u64;
    let stage = if share == Share::Translating {
        "translation"
    } else {
        "model"
    };
    observer.stage(stage, total);
    let keys: Vec<Key> = pending.iter().map(|p| p.key.clone()).collect();
    let failed = RefCell::new(None);
    let jobs = Jobs {
        pending: pending.into(),
        work: *work,
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
            observer.progress(stage, finished as u64, total, stats);
            !observer.stop() && failed.borrow().is_none()
        },
    )
    .map_err(PipelineError::Backend)?;
    let lost = backend.take_failure();
    if let Some(error) = failed.take().or(lost) {
        return Err(error.into());
    }
    let Recall {
        translated,
        remembered,
    } = backend.recall();
    report.sentences.translated += translated;
    report.sentences.remembered += remembered;
    report.tasks_done += done;
    report.interrupted |= observer.stop();
    Ok(())
}

fn pending(work: &Work<'_>, report: &mut Report) -> Result<Vec<Pending>, PipelineError> {
    let Work {
        plan,
        settings,
        store,
        run,
        share,
    } = *work;
    let mut pending = Vec::new();
    // articles of the same content share their results
    let mut taken = HashSet::new();
    store.for_each_article::<PipelineError>(run, |article| {
        for (task, planned) in plan.tasks.iter().enumerate() {
            let key = planned.key(&article.hash);
            if !share.has(planned.name) || !is_due(planned, &article) || !taken.insert(key.clone()) {
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
    work: Work<'a>,
    current: Option<Loaded>,
    failed: &'a RefCell<Option<StoreError>>,
}

/// The article under work, and what is known of it without a model.
#[derive(Clone)]
struct Loaded {
    path: String,
    article: Arc<Article>,
    figures: Arc<Vec<Figure>>,
    entities: Arc<Vec<Entity>>,
}

impl Iterator for Jobs<'_> {
    type Item = Box<dyn Job>;

    fn next(&mut self) -> Option<Box<dyn Job>> {
        let next = self.pending.pop_front()?;
        let loaded = match self.load(&next.path) {
            Ok(loaded) => loaded,
            Err(error) => {
                *self.failed.borrow_mut() = Some(error);
                return None;
            }
        };
        Some(self.job(self.work.plan.tasks[next.task].name, loaded))
    }
}

impl Jobs<'_> {
    fn load(&mut self, path: &str) -> Result<Loaded, StoreError> {
        if let Some(loaded) = &self.current
            && loaded.path == path
        {
            return Ok(loaded.clone());
        }
        let Work {
            plan,
            settings,
            store,
            run,
            ..
        } = self.work;
        let article = store.article(run, path)?;
        let ledger = match store.get::<Ledger>(&plan.ledger_key(&article.hash))? {
            Some(ledger) => ledger,
            None => Ledger::of(&article, settings.length),
        };
        let loaded = Loaded {
            path: path.to_owned(),
            article: Arc::new(article),
            figures: Arc::new(ledger.figures),
            entities: Arc::new(ledger.entities),
        };
        self.current = Some(loaded.clone());
        Ok(loaded)
    }

    fn job(&self, name: TaskName, loaded: Loaded) -> Box<dyn Job> {
        let Settings { length, sampling, .. } = *self.work.settings;
        let Loaded {
            path: _,
            article,
            figures,
            entities,
        } = loaded;
        match name {
            TaskName::Summary(lang) => task::summarize(article, figures, lang, length, sampling),
            TaskName::Translation(lang) => task::translate(
                Translating::new(article, figures, lang, sampling)
                    .with_entities(entities)
                    .with_glossary(self.work.settings.glossary.clone()),
            ),
            TaskName::Extraction => task::extract(article, figures, sampling),
        }
    }
}
