//! Articles × tasks → results: the one place where the stages meet.
//!
//! A run goes through four stages, each of which leaves its work in the [`Store`] before the next one
//! begins, so that it can be killed at any moment and goes on from there:
//!
//! 1. `read`: every input becomes an article of the run, or a problem.
//! 2. `ledger`: figures, entities and the extractive summary of every article, without a model.
//! 3. `work`: the model's tasks that are not finished yet, batched over articles and tasks.
//! 4. [`write()`]: the tables and documents, from the store alone; `depeche report` is this stage.

mod assemble;
mod forecast;
mod ledger;
mod memory;
mod observe;
mod plan;
mod read;
mod status;
#[cfg(test)]
mod tests;
mod work;

pub use assemble::with_extraction;
pub use forecast::{ArticleForecast, Counters, Forecast, TaskForecast, Why, forecast};
pub use ledger::Ledger;
pub use memory::{Kept, Recall, Remembering, Shelf};
pub use observe::{Load, Observer, TaskDone, Unobserved};
pub use plan::{Plan, PlannedTask, TaskName};
pub use read::unreadable;
pub use status::{Speed, Standing, Status, TaskStatus, status};

use crate::backend::{Backend, BackendError, Sampling, Stats};
use crate::glossary::Glossary;
use crate::output::OutputError;
use crate::output::csv::Dialect;
use crate::output::folder::{self, FolderWriter};
use crate::record::{Checks, Lang, Problem, Severity};
use crate::store::{RunId, Store, StoreError};
use crate::task::Length;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;
use work::Share;

/// What a run does.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Files, folders, globs, `-`.
    pub inputs: Vec<String>,
    /// How they are read.
    pub ingest: crate::ingest::Options,
    /// Languages of the summaries.
    pub summary_langs: Vec<Lang>,
    /// Language of the translation; none when it is not wanted.
    pub translate_to: Option<Lang>,
    /// Terms that the translation has to use.
    pub glossary: Option<Arc<Glossary>>,
    /// Whether the model extracts entities and labels figures.
    pub extract: bool,
    /// Length of the summaries.
    pub length: Length,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Do finished work again.
    pub force: bool,
    /// Try again what failed, and do nothing else.
    pub retry_failed: bool,
    /// How CSV is spelled.
    pub dialect: Dialect,
}

/// The models of a run: none, one for everything, or one that writes and one that translates.
#[derive(Default)]
pub struct Models<'a> {
    /// Writes summaries and labels figures; translates too where there is no translator. A translation model here
    /// does nothing but translate.
    pub writer: Option<&'a mut dyn Backend>,
    /// Translates.
    pub translator: Option<&'a mut dyn Backend>,
}

impl<'a> Models<'a> {
    /// One model for everything.
    pub fn one(backend: &'a mut dyn Backend) -> Models<'a> {
        Models {
            writer: Some(backend),
            translator: None,
        }
    }
}

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// Articles read.
    pub articles: usize,
    /// Inputs that could not be read.
    pub unreadable: usize,
    /// Figures in the ledger.
    pub figures: usize,
    /// Entities, consolidated over the folder.
    pub entities: usize,
    /// Summaries written, all languages together.
    pub summaries: usize,
    /// Translations written.
    pub translations: usize,
    /// Model tasks done by this run.
    pub tasks_done: usize,
    /// Model tasks found finished.
    pub tasks_reused: usize,
    /// Rows of `problems.csv` that say that something is missing.
    pub errors: usize,
    /// Rows of `problems.csv` that say that something must be looked at.
    pub flags: usize,
    /// The user stopped the run; what is finished is kept.
    pub interrupted: bool,
    /// The tables and documents are those of this run: false when it was stopped before it had read and listed
    /// everything, and the ones of the run before it stay.
    #[serde(default)]
    pub written: bool,
    /// Articles of earlier runs that are no longer among the inputs.
    #[serde(default)]
    pub removed: usize,
    /// What was checked in the translations, and what came of it.
    #[serde(default)]
    pub checks: Checks,
    /// Sentences that were translated, and those that were known.
    #[serde(default)]
    pub sentences: Recall,
}

impl Report {
    /// Whether everything was done and nothing must be looked at.
    pub fn is_clean(&self) -> bool {
        self.errors == 0 && self.flags == 0 && !self.interrupted
    }

    fn count(&mut self, problem: &Problem) {
        match problem.severity {
            Severity::Error => self.errors += 1,
            Severity::Flag => self.flags += 1,
            Severity::Note => {}
        }
    }
}

/// Why a run could not go on at all. A single article never is the reason.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The outputs cannot be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The store is there, but no run into it has read its inputs.
    #[error("expected a run that has read its inputs, but the store holds none")]
    NoRun,
    /// The model failed for good.
    #[error("the model stopped working; what is finished is kept")]
    Backend(#[source] BackendError),
}

/// Does the whole job: reads, lists, works, writes. `out` is the folder of `store`.
///
/// # Errors
/// When the store, the outputs or the device fail; what was finished until then is kept.
pub fn run(
    settings: &Settings,
    out: &Path,
    store: &Store,
    models: Models<'_>,
    observer: &dyn Observer,
) -> Result<Report, PipelineError> {
    let clock = std::time::Instant::now();
    let Models {
        mut writer,
        mut translator,
    } = models;
    let plan = Plan::new(settings, writer.as_deref(), translator.as_deref());
    let header = RunHeader::new(settings, &plan, writer.as_deref(), translator.as_deref());
    let run = store.start_run(&header)?;
    let mut report = Report::default();
    let prepared = read::read(settings, store, run, observer, &mut report)?
        && ledger::ledger(&plan, settings, store, run, observer)?;
    report.interrupted = !prepared;
    let two = translator.is_some();
    for (backend, share) in [
        (&mut writer, if two { Share::Writing } else { Share::All }),
        (&mut translator, Share::Translating),
    ] {
        let Some(backend) = backend else { continue };
        if report.interrupted {
            continue;
        }
        let again = settings.force;
        let mut remembering = Remembering::new(&mut **backend, Shelf::Store(store, run), again);
        let work = work::Work {
            plan: &plan,
            settings,
            store,
            run,
            share,
        };
        work::work(&work, &mut remembering, observer, &mut report)?;
    }
    if prepared {
        store.enter_stage(run, "writing", false)?;
        write(store, run, out, settings.dialect, &header, observer, &mut report)?;
    }
    let footer = RunFooter {
        header,
        stats: writer.map(|backend| backend.stats()).unwrap_or_default(),
        translation_stats: translator.map(|backend| backend.stats()),
        seconds: clock.elapsed().as_secs_f64(),
        report,
    };
    if report.written {
        folder::write_run_json(out, &footer)?;
    }
    store.finish_run(run, &footer)?;
    Ok(report)
}

/// Writes the tables and documents of a run from its store, and counts what they hold.
///
/// # Errors
/// When the store cannot be read or a file cannot be written; the old files then stay.
pub fn write(
    store: &Store,
    run: RunId,
    out: &Path,
    dialect: Dialect,
    header: &RunHeader,
    observer: &dyn Observer,
    report: &mut Report,
) -> Result<(), PipelineError> {
    let plan = &header.plan;
    report.articles = store.article_count(run)?;
    let total = report.articles as u64;
    observer.stage("writing", total);
    let mut written = 0;
    let mut writer = FolderWriter::new(out, dialect)?;
    let mut entities = Vec::new();
    store.for_each_article::<PipelineError>(run, |article| {
        let results = assemble::assemble(plan, store, article)?;
        report.figures += results.figures.len();
        report.summaries += results.summaries.len();
        report.translations += results.translations.len();
        for translation in &results.translations {
            report.checks += translation.checks;
        }
        writer.article(&results)?;
        entities.push(results.entities);
        written += 1;
        observer.progress("writing", written, total, &Stats::default());
        Ok(())
    })?;
    // what needs all articles, the workbook most of all: a while in a large run
    observer.stage("finishing", 0);
    let entities = crate::entities::consolidate(entities.iter().map(Vec::as_slice));
    let problems = assemble::problems(plan, store, run)?;
    report.removed = store.removed(run)?.len();
    report.entities = entities.len();
    for problem in &problems {
        report.count(problem);
    }
    for note in writer.finish(&entities, &problems, &header.rows())? {
        observer.problem(&note);
        report.count(&note);
    }
    report.written = true;
    Ok(())
}

/// Rebuilds the tables and documents from the store: those of the last run that has read all of its inputs, whether
/// it came to its end or not.
///
/// # Errors
/// As [`write()`], and when the store holds no run.
pub fn rebuild(
    store: &Store,
    out: &Path,
    dialect: Option<Dialect>,
    observer: &dyn Observer,
) -> Result<Report, PipelineError> {
    let row = store.last_complete_run()?.ok_or(PipelineError::NoRun)?;
    let header: RunHeader = serde_json::from_value(row.json).map_err(StoreError::Json)?;
    let mut report = Report::default();
    write(
        store,
        row.id,
        out,
        dialect.unwrap_or(header.csv_dialect),
        &header,
        observer,
        &mut report,
    )?;
    Ok(report)
}

/// What `run.json` says before the work.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunHeader {
    /// Version of depeche.
    pub depeche: String,
    /// What the model is; none for `--model none`.
    pub model: Option<crate::backend::ModelInfo>,
    /// The model that translates, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation_model: Option<crate::backend::ModelInfo>,
    /// Digest of the glossary, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub glossary: Option<String>,
    /// Hashes of the prompts, by task.
    pub prompts: std::collections::BTreeMap<String, String>,
    /// The inputs, as they were named.
    pub inputs: Vec<String>,
    /// Length of the summaries.
    pub length: Length,
    /// How tokens were chosen.
    pub sampling: Sampling,
    /// How CSV was spelled.
    pub csv_dialect: Dialect,
    /// What was to be done, and under which keys it is filed.
    pub plan: Plan,
}

impl RunHeader {
    fn new(
        settings: &Settings,
        plan: &Plan,
        writer: Option<&dyn Backend>,
        translator: Option<&dyn Backend>,
    ) -> RunHeader {
        RunHeader {
            depeche: env!("CARGO_PKG_VERSION").to_owned(),
            model: writer.map(|backend| backend.info().clone()),
            translation_model: translator.map(|backend| backend.info().clone()),
            glossary: settings
                .glossary
                .as_ref()
                .map(|glossary| glossary.hash().to_owned()),
            prompts: plan.prompt_hashes(),
            inputs: settings.inputs.clone(),
            length: settings.length,
            sampling: settings.sampling,
            csv_dialect: settings.dialect,
            plan: plan.clone(),
        }
    }

    /// What the workbook says of the run.
    fn rows(&self) -> Vec<(String, String)> {
        let mut rows = vec![("depeche".to_owned(), self.depeche.clone())];
        let mut push = |name: &str, value: String| rows.push((name.to_owned(), value));
        match &self.model {
            Some(model) => {
                push("model", model.source.clone());
                push("revision", model.revision.clone());
                push("quantization", model.quantization.clone());
                push("device", model.device.clone());
                if let Some(search) = model.search {
                    push("search", search.to_string());
                }
                if let Some(target) = &model.target {
                    push("target language", target.clone());
                }
            }
            None => push("model", "none".to_owned()),
        }
        if let Some(model) = &self.translation_model {
            push("translation model", model.source.clone());
            push("translation revision", model.revision.clone());
            push("translation quantization", model.quantization.clone());
            if let Some(search) = model.search {
                push("translation search", search.to_string());
            }
            if let Some(target) = &model.target {
                push("translation target language", target.clone());
            }
        }
        if let Some(glossary) = &self.glossary {
            push("glossary", glossary.clone());
        }
        push("inputs", self.inputs.join(" "));
        push("summary length", self.length.as_str().to_owned());
        push("temperature", self.sampling.temperature.to_string());
        for (task, hash) in &self.prompts {
            push(&format!("prompt {task}"), hash.clone());
        }
        rows
    }
}

/// What `run.json` says after it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunFooter {
    /// What it said before.
    #[serde(flatten)]
    pub header: RunHeader,
    /// What the model did.
    pub stats: Stats,
    /// What the model that translates did, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation_stats: Option<Stats>,
    /// Wall time, from the first file to the first output.
    pub seconds: f64,
    /// What the run came to.
    pub report: Report,
}
