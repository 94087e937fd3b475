//! What is known of an article without a model.

use super::{Observer, PipelineError, Plan, Settings};
use crate::backend::Stats;
use crate::record::{Article, Entity, Figure, Summary};
use crate::store::{RunId, Store, StoreError};
use crate::task::{Length, extractive};
use crate::{entities, figures};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Articles worked on at once.
const BATCH: usize = 64;

/// What is known of an article without a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// Every figure.
    pub figures: Vec<Figure>,
    /// Entities by rule.
    pub entities: Vec<Entity>,
    /// Sentences of the article that carry it.
    pub summary: Summary,
}

impl Ledger {
    /// Lists what an article holds.
    pub fn of(article: &Article, length: Length) -> Ledger {
        let figures = figures::scan_article(article);
        let entities = entities::find(article);
        let summary = extractive::summarize(article, &figures, &entities, length);
        Ledger {
            figures,
            entities,
            summary,
        }
    }

    /// The same content may lie under another identifier: rows must name the article that they stand in.
    pub(super) fn rename(&mut self, id: &str) {
        for figure in &mut self.figures {
            id.clone_into(&mut figure.article_id);
        }
        for mention in self.entities.iter_mut().flat_map(|entity| &mut entity.mentions) {
            id.clone_into(&mut mention.article_id);
        }
        id.clone_into(&mut self.summary.article_id);
    }
}

/// Makes the ledger of every article of the run that has none yet. Says whether it came to the end.
pub(super) fn ledger(
    plan: &Plan,
    settings: &Settings,
    store: &Store,
    run: RunId,
    observer: &dyn Observer,
) -> Result<bool, PipelineError> {
    store.enter_stage(run, "figures", false)?;
    let mut missing = Vec::new();
    let mut seen = HashSet::new();
    let entries = store.article_entries(run)?;
    let total = entries.len() as u64;
    for entry in entries {
        let wanted = settings.force || !store.has(&plan.ledger_key(&entry.hash))?;
        if wanted && seen.insert(entry.hash) {
            missing.push(entry.path);
        }
    }
    observer.stage("figures", total);
    let mut done = total - missing.len() as u64;
    for paths in missing.chunks(BATCH) {
        if observer.stop() {
            return Ok(false);
        }
        let articles = paths
            .iter()
            .map(|path| store.article(run, path))
            .collect::<Result<Vec<_>, _>>()?;
        flush(plan, settings, store, run, &articles)?;
        done += paths.len() as u64;
        observer.progress("figures", done, total, &Stats::default());
    }
    observer.progress("figures", total, total, &Stats::default());
    Ok(true)
}

fn flush(
    plan: &Plan,
    settings: &Settings,
    store: &Store,
    run: RunId,
    batch: &[Article],
) -> Result<(), PipelineError> {
    let ledgers: Vec<Ledger> = batch
        .par_iter()
        .map(|article| Ledger::of(article, settings.length))
        .collect();
    store.transaction::<_, StoreError>(|| {
        for (article, ledger) in batch.iter().zip(&ledgers) {
            store.put(run, &plan.ledger_key(&article.hash), ledger)?;
        }
        Ok(())
    })?;
    Ok(())
}
