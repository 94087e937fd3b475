//! What is known of an article without a model.

use super::{Observer, PipelineError, Plan, Settings};
use crate::backend::Stats;
use crate::record::{Article, Entity, Figure, Summary};
use crate::store::{RunId, Store, StoreError};
use crate::task::{Length, extractive};
use crate::{entities, figures};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

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

/// Makes the ledger of every article of the run that has none yet.
pub(super) fn ledger(
    plan: &Plan,
    settings: &Settings,
    store: &Store,
    run: RunId,
    observer: &dyn Observer,
) -> Result<(), PipelineError> {
    let total = store.article_count(run)? as u64;
    observer.stage("figures", total);
    let mut done = 0;
    let mut batch = Vec::with_capacity(BATCH);
    store.for_each_article::<PipelineError>(run, |article| {
        if settings.force || !store.has(&plan.ledger_key(&article.hash))? {
            batch.push(article);
        } else {
            done += 1;
        }
        if batch.len() == BATCH {
            done += batch.len() as u64;
            flush(plan, settings, store, run, &mut batch)?;
            observer.progress("figures", done, total, &Stats::default());
        }
        Ok(())
    })?;
    flush(plan, settings, store, run, &mut batch)?;
    observer.progress("figures", total, total, &Stats::default());
    Ok(())
}

fn flush(
    plan: &Plan,
    settings: &Settings,
    store: &Store,
    run: RunId,
    batch: &mut Vec<Article>,
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
    batch.clear();
    Ok(())
}
