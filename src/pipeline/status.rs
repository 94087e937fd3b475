//! Where a run stands, from its store alone: also while it works.

use super::{PipelineError, Plan, RunHeader};
use crate::backend::{ModelInfo, Usage};
use crate::record::Severity;
use crate::store::{Holder, Labour, RunRow, Store, StoreError};
use jiff::Timestamp;
use serde::Serialize;

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It works.
    Running,
    /// It came to its end.
    Finished,
    /// It was killed, or failed; the same command goes on from there.
    CutOff,
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// Working or not.
    pub standing: Standing,
    /// The process that works; none when nobody does, or it cannot be told.
    pub process: Option<u32>,
    /// What it is doing, or was when it was cut off: `reading`, `figures`, `model`, `translation`, `writing`.
    pub stage: Option<String>,
    /// When it started (RFC 3339).
    pub started: String,
    /// When it ended.
    pub finished: Option<String>,
    /// When it last began a stage or ended a task.
    pub last_activity: String,
    /// The inputs, as they were named.
    pub inputs: Vec<String>,
    /// The model; none for `--model none`.
    pub model: Option<ModelInfo>,
    /// Articles; while the inputs are being read, those of the run before.
    pub articles: usize,
    /// Paths of articles that are no longer among the inputs.
    pub removed: Vec<String>,
    /// Inputs that could not be read.
    pub unreadable: usize,
    /// How far each task of the model is.
    pub tasks: Vec<TaskStatus>,
    /// Problems that say that something is missing, besides what is left to do.
    pub errors: u64,
    /// Problems that say that something must be looked at.
    pub flags: u64,
    /// How fast the model works; none before it has ended a task in this run.
    pub speed: Option<Speed>,
    /// Seconds that what is left takes at this speed; none when it is not running.
    pub seconds_left: Option<u64>,
}

/// How far one task of the model is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskStatus {
    /// Its name (`summary.fr`).
    pub task: String,
    /// Texts with a result; articles of the same content are one text.
    pub done: u64,
    /// Texts on which it failed.
    pub failed: u64,
    /// Texts on which it is still to be done.
    pub left: u64,
}

/// How fast the model works.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Speed {
    /// Tasks ended a minute.
    pub tasks_per_minute: f64,
    /// Articles a minute, at the tasks that an article has on average.
    pub articles_per_minute: f64,
    /// Tokens computed a second: prompts without what was shared, and answers.
    pub tokens_per_second: f64,
}

/// Where the last run of a store stands; none when there was none. `holder` is who works in the folder now.
///
/// # Errors
/// When the store cannot be read.
pub fn status(
    store: &Store,
    holder: Option<Holder>,
    now: Timestamp,
) -> Result<Option<Status>, PipelineError> {
    let Some(last) = store.last_run()? else {
        return Ok(None);
    };
    // while the last one still reads, the articles are those of the run before it
    let read = store.last_complete_run()?;
    let articles_of = read.as_ref().unwrap_or(&last).id;
    let header: RunHeader = serde_json::from_value(last.json.clone()).map_err(StoreError::Json)?;
    let inputs = store.problems(last.id)?;
    let errors = inputs.iter().filter(|p| p.severity == Severity::Error).count() as u64;
    let flags = inputs.iter().filter(|p| p.severity == Severity::Flag).count() as u64;
    let unreadable = inputs.iter().filter(|p| p.article_id.is_none()).count();
    let mut status = Status {
        standing: match (holder, &last.finished) {
            (_, Some(_)) => Standing::Finished,
            (Some(_), None) => Standing::Running,
            (None, None) => Standing::CutOff,
        },
        process: holder.and_then(|holder| holder.process),
        stage: last.stage.as_ref().map(|(stage, _)| stage.clone()),
        started: last.started.clone(),
        finished: last.finished.clone(),
        last_activity: last.started.clone(),
        inputs: header.inputs.clone(),
        model: header.model.clone(),
        articles: store.article_count(articles_of)?,
        removed: store
            .removed(articles_of)?
            .into_iter()
            .map(|entry| entry.path)
            .collect(),
        unreadable,
        tasks: Vec::new(),
        errors,
        flags,
        speed: None,
        seconds_left: None,
    };
    count_tasks(&mut status, &header.plan, store, articles_of)?;
    measure(&mut status, &last, &store.labour(last.id)?, now);
    Ok(Some(status))
}

fn count_tasks(
    status: &mut Status,
    plan: &Plan,
    store: &Store,
    run: crate::store::RunId,
) -> Result<(), StoreError> {
    for planned in &plan.tasks {
        let tally = store.tally(run, &planned.key(""), planned.name.not_due_in())?;
        status.errors += tally.errors;
        status.flags += tally.flags;
        status.tasks.push(TaskStatus {
            task: planned.name.label(),
            done: tally.done,
            failed: tally.failed,
            left: tally.due.saturating_sub(tally.done + tally.failed),
        });
    }
    Ok(())
}

/// Speed and time left, by what the model has done in this run since it began to work.
fn measure(status: &mut Status, run: &RunRow, labour: &[(String, Labour)], now: Timestamp) {
    let last = labour.iter().filter_map(|(_, labour)| labour.span.as_ref());
    let last = last.map(|(_, last)| last.clone()).max();
    let since = run.stage.as_ref().map(|(_, since)| since.clone());
    let activity = [
        Some(run.started.clone()),
        since,
        run.finished.clone(),
        last.clone(),
    ];
    if let Some(latest) = activity.into_iter().flatten().max() {
        status.last_activity = latest;
    }
    let running = status.standing == Standing::Running;
    let Some(began) = run.work_since.as_deref().and_then(instant) else {
        return;
    };
    let Some(ended) = (if running {
        Some(now)
    } else {
        last.as_deref().and_then(instant)
    }) else {
        return;
    };
    let seconds = ended.duration_since(began).as_secs_f64();
    let done: u64 = labour.iter().map(|(_, labour)| labour.tasks).sum();
    if done == 0 || seconds <= 0.0 {
        return;
    }
    let mut usage = Usage::default();
    labour.iter().for_each(|(_, labour)| usage += labour.usage);
    let (mut due, mut left) = (0, 0);
    for task in &status.tasks {
        due += task.done + task.failed + task.left;
        left += task.left;
    }
    let per_article = due as f64 / (status.articles.max(1)) as f64;
    let tasks_per_minute = done as f64 * 60.0 / seconds;
    status.speed = Some(Speed {
        tasks_per_minute,
        articles_per_minute: if per_article > 0.0 {
            tasks_per_minute / per_article
        } else {
            0.0
        },
        tokens_per_second: usage.computed() as f64 / seconds,
    });
    if running {
        status.seconds_left = Some((left as f64 * 60.0 / tasks_per_minute).round() as u64);
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}
