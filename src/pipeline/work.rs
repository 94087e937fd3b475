//! The model's tasks that are not finished yet.

use super::ledger::Ledger;
use super::{
    Load, Observer, PipelineError, Plan, PlannedTask, Recall, Remembering, Report, Settings, TaskDone,
    TaskName,
};
use crate::backend::Usage;
use crate::record::{Article, Entity, Figure, Lang, Severity};
use crate::store::{Account, Key, RunId, State, Store, StoreError};
use crate::task::{self, Job, Outcome, Translating};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
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
    let stage = if share == Share::Translating {
        "translation"
    } else {
        "model"
    };
    store.enter_stage(run, stage, true)?;
    let pending = pending(work, report)?;
    let total = pending.len() as u64;
    let mut left = Left::of(work.plan, &pending);
    observer.stage(stage, total);
    observer.load(&left.load());
    let failed = RefCell::new(None);
    let jobs = Jobs {
        pending: pending.iter(),
        work: *work,
        current: None,
        failed: &failed,
    };
    let mut done = 0;
    task::drive_counting(
        jobs,
        backend,
        |index, outcome, usage| {
            let Pending { path, task, key } = &pending[index];
            let account = account(&outcome, usage);
            match store.put_task(run, key, &outcome, &account) {
                Ok(()) => {
                    done += 1;
                    let article_done = left.take(path);
                    observer.task_done(&TaskDone {
                        task: &left.labels[*task],
                        path,
                        failed: account.failed,
                        problems: &outcome.problems,
                        usage,
                        article_done,
                    });
                }
                Err(error) => *failed.borrow_mut() = Some(error),
            }
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

fn account(outcome: &Outcome, usage: Usage) -> Account {
    let count = |severity| {
        let of = outcome
            .problems
            .iter()
            .filter(|problem| problem.severity == severity);
        of.count() as u64
    };
    Account {
        failed: outcome.result.is_none(),
        errors: count(Severity::Error),
        flags: count(Severity::Flag),
        usage,
    }
}

/// What is left to do, by task and by article.
struct Left {
    labels: Vec<String>,
    tasks: Vec<u64>,
    articles: HashMap<String, usize>,
}

impl Left {
    fn of(plan: &Plan, pending: &[Pending]) -> Left {
        let mut left = Left {
            labels: plan.tasks.iter().map(|planned| planned.name.label()).collect(),
            tasks: vec![0; plan.tasks.len()],
            articles: HashMap::new(),
        };
        for Pending { path, task, .. } in pending {
            left.tasks[*task] += 1;
            *left.articles.entry(path.clone()).or_default() += 1;
        }
        left
    }

    fn load(&self) -> Load {
        let tasks = self.labels.iter().cloned().zip(self.tasks.iter().copied());
        Load {
            articles: self.articles.len() as u64,
            tasks: tasks.filter(|(_, count)| *count > 0).collect(),
        }
    }

    /// Takes one task off the article; says whether it was its last.
    fn take(&mut self, path: &str) -> bool {
        self.articles.get_mut(path).is_some_and(|left| {
            *left = left.saturating_sub(1);
            *left == 0
        })
    }
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
    for entry in store.article_entries(run)? {
        for (task, planned) in plan.tasks.iter().enumerate() {
            let key = planned.key(&entry.hash);
            if !share.has(planned.name) || !is_due(planned, entry.lang) || !taken.insert(key.clone()) {
                continue;
            }
            let state = store.state(&key)?;
            if is_wanted(settings, state) {
                pending.push(Pending {
                    path: entry.path.clone(),
                    task,
                    key,
                });
            } else if state == State::Done {
                report.tasks_reused += 1;
            }
        }
    }
    Ok(pending)
}

/// Whether a run does a task that stands so. What failed would fail again: it is tried again only when asked, and
/// then alone.
pub(super) fn is_wanted(settings: &Settings, state: State) -> bool {
    settings.force
        || match state {
            State::Missing => !settings.retry_failed,
            State::Failed => settings.retry_failed,
            State::Done => false,
        }
}

/// An article that is already in the language of the translation needs none.
pub(super) fn is_due(planned: &PlannedTask, lang: Lang) -> bool {
    planned.name.not_due_in() != Some(lang)
}

/// Makes jobs as the model has room for them. Tasks on one article follow each other, so that the
/// article is read once and its prefill is shared.
struct Jobs<'a> {
    pending: std::slice::Iter<'a, Pending>,
    work: Work<'a>,
    current: Option<Loaded>,
    failed: &'a RefCell<Option<StoreError>>,
}

/// The article under work, and what is known of it without a model.
#[derive(Clone)]
pub(super) struct Loaded {
    path: String,
    article: Arc<Article>,
    figures: Arc<Vec<Figure>>,
    entities: Arc<Vec<Entity>>,
}

impl Loaded {
    /// The article with what its ledger lists.
    pub(super) fn new(article: Article, ledger: Ledger) -> Loaded {
        Loaded {
            path: article.path.clone(),
            article: Arc::new(article),
            figures: Arc::new(ledger.figures),
            entities: Arc::new(ledger.entities),
        }
    }
}

impl Iterator for Jobs<'_> {
    type Item = Box<dyn Job>;

    fn next(&mut self) -> Option<Box<dyn Job>> {
        let next = self.pending.next()?;
        let loaded = match self.load(&next.path) {
            Ok(loaded) => loaded,
            Err(error) => {
                *self.failed.borrow_mut() = Some(error);
                return None;
            }
        };
        Some(job(
            self.work.plan.tasks[next.task].name,
            self.work.settings,
            loaded,
        ))
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
        let loaded = Loaded::new(article, ledger);
        self.current = Some(loaded.clone());
        Ok(loaded)
    }
}

/// The task on the article, as a conversation to be had.
pub(super) fn job(name: TaskName, settings: &Settings, loaded: Loaded) -> Box<dyn Job> {
    let Settings { length, sampling, .. } = *settings;
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
                .with_glossary(settings.glossary.clone()),
        ),
        TaskName::Extraction => task::extract(article, figures, sampling),
    }
}
