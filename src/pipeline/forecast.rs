//! What a run would do, without doing it: nothing is written, no model is asked.

use super::work::{self, Loaded, is_due, is_wanted};
use super::{Ledger, Observer, PipelineError, Plan, PlannedTask, Settings, TaskName, unreadable};
use crate::backend::{Backend, Stats};
use crate::ingest;
use crate::record::Article;
use crate::store::{Key, State, Store};
use crate::task::Step;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What a run would do.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Forecast {
    /// Articles that it would read.
    pub articles: usize,
    /// Inputs that cannot be read.
    pub unreadable: usize,
    /// Articles whose figures and entities it would list.
    pub ledgers: usize,
    /// Tasks that are finished and would be left as they are.
    pub reused: usize,
    /// Tasks that failed before and would be left as they are.
    pub failed: usize,
    /// Articles with something to do for the model.
    pub work: Vec<ArticleForecast>,
}

/// What the model would do on one article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArticleForecast {
    /// The article.
    pub path: String,
    /// Its tasks.
    pub tasks: Vec<TaskForecast>,
}

/// One task of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskForecast {
    /// Its name (`summary.fr`).
    pub task: String,
    /// Why it would be done.
    pub why: Why,
    /// Requests that it would begin with.
    pub requests: u64,
    /// Tokens of their prompts. What a request shares with another one is computed once.
    pub prompt_tokens: u64,
}

/// Why a task would be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The article was never seen.
    New,
    /// The article is another one than at the last run.
    Changed,
    /// Another model, prompt or setting made the result that is there.
    Settings,
    /// The article is known, the task was never finished.
    Unfinished,
    /// It failed, and `--retry-failed` was given.
    Failed,
    /// It is finished, and `--force` was given.
    Forced,
}

impl Why {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::New => "new article",
            Why::Changed => "changed article",
            Why::Settings => "other model or settings",
            Why::Unfinished => "not finished",
            Why::Failed => "failed before",
            Why::Forced => "--force",
        }
    }
}

/// Says what a run with these settings would do. `store` is what is there of earlier runs; `counters` count tokens
/// as the models that the plan was made for do.
///
/// # Errors
/// When the store cannot be read.
pub fn forecast(
    settings: &Settings,
    plan: &Plan,
    store: Option<&Store>,
    counters: Counters<'_>,
    observer: &dyn Observer,
) -> Result<Forecast, PipelineError> {
    let mut forecast = Forecast::default();
    let mut seen: HashMap<String, ()> = HashMap::new();
    let mut taken = HashSet::new();
    observer.stage("reading", 0);
    for item in ingest::articles(&settings.inputs, &settings.ingest) {
        if observer.stop() {
            break;
        }
        let article = match item {
            Ok(article) => article,
            Err(error) if error.is_stop() => break,
            Err(error) => {
                forecast.unreadable += 1;
                observer.problem(&unreadable(&error));
                continue;
            }
        };
        // a run keeps the first article of a name
        if seen.insert(article.id.clone(), ()).is_some() {
            continue;
        }
        forecast.articles += 1;
        let of_store = Known {
            settings,
            plan,
            store,
        };
        of_store.article(article, counters, &mut taken, &mut forecast)?;
        observer.progress("reading", forecast.articles as u64, 0, &Stats::default());
    }
    Ok(forecast)
}

/// Who counts the tokens of a task: the models of the run, as in [`Models`](super::Models).
#[derive(Clone, Copy, Default)]
pub struct Counters<'a> {
    /// Stands for the model that writes.
    pub writer: Option<&'a dyn Backend>,
    /// Stands for the model that translates, where that is another one.
    pub translator: Option<&'a dyn Backend>,
}

impl<'a> Counters<'a> {
    fn of(self, name: TaskName) -> Option<&'a dyn Backend> {
        match name {
            TaskName::Translation(_) => self.translator.or(self.writer),
            TaskName::Summary(_) | TaskName::Extraction => self.writer,
        }
    }
}

struct Known<'a> {
    settings: &'a Settings,
    plan: &'a Plan,
    store: Option<&'a Store>,
}

impl Known<'_> {
    fn article(
        &self,
        article: Article,
        counters: Counters<'_>,
        taken: &mut HashSet<Key>,
        forecast: &mut Forecast,
    ) -> Result<(), PipelineError> {
        let ledger_key = self.plan.ledger_key(&article.hash);
        if taken.insert(ledger_key.clone())
            && (self.settings.force || self.state(&ledger_key)? == State::Missing)
        {
            forecast.ledgers += 1;
        }
        let mut due = Vec::new();
        for planned in self
            .plan
            .tasks
            .iter()
            .filter(|planned| is_due(planned, article.lang))
        {
            let key = planned.key(&article.hash);
            if !taken.insert(key.clone()) {
                continue;
            }
            let state = self.state(&key)?;
            if is_wanted(self.settings, state) {
                due.push((planned, self.why(&article, &key, state)?));
            } else if state == State::Done {
                forecast.reused += 1;
            } else if state == State::Failed {
                forecast.failed += 1;
            }
        }
        if due.is_empty() {
            return Ok(());
        }
        let path = article.path.clone();
        let ledger = Ledger::of(&article, self.settings.length);
        let loaded = Loaded::new(article, ledger);
        let tasks = due
            .into_iter()
            .map(|(planned, why)| {
                let job = work::job(planned.name, self.settings, loaded.clone());
                task(planned, why, job, counters.of(planned.name))
            })
            .collect();
        forecast.work.push(ArticleForecast { path, tasks });
        Ok(())
    }

    fn state(&self, key: &Key) -> Result<State, PipelineError> {
        match self.store {
            Some(store) => Ok(store.state(key)?),
            None => Ok(State::Missing),
        }
    }

    fn why(&self, article: &Article, key: &Key, state: State) -> Result<Why, PipelineError> {
        let Some(store) = self.store else {
            return Ok(Why::New);
        };
        Ok(match state {
            State::Done => Why::Forced,
            State::Failed if self.settings.retry_failed => Why::Failed,
            State::Failed => Why::Forced,
            State::Missing if store.has_other(key)? => Why::Settings,
            State::Missing => match store.hash_at(&article.path)? {
                None => Why::New,
                Some(hash) if hash == article.hash => Why::Unfinished,
                Some(_) => Why::Changed,
            },
        })
    }
}

/// What a task would begin with. What follows depends on the answers.
fn task(
    planned: &PlannedTask,
    why: Why,
    mut job: Box<dyn crate::task::Job>,
    counter: Option<&dyn Backend>,
) -> TaskForecast {
    let requests = match counter.map(|counter| job.next(Vec::new(), counter)) {
        Some(Step::Ask(requests)) => requests,
        // refused or done without the model
        Some(Step::Done(_)) | None => Vec::new(),
    };
    let tokens = |request: &crate::backend::Request| {
        let count = counter.map(|counter| counter.count_tokens(&request.messages));
        count.and_then(Result::ok).unwrap_or(0) as u64
    };
    TaskForecast {
        task: planned.name.label(),
        why,
        requests: requests.len() as u64,
        prompt_tokens: requests.iter().map(tokens).sum(),
    }
}
