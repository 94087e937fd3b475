//! What is known of one article, put together from the store.

use super::work::is_due;
use super::{Ledger, PipelineError, Plan, PlannedTask};
use crate::entities;
use crate::output::folder::ArticleResults;
use crate::record::{Article, Entity, Figure, Method, Problem, Severity};
use crate::store::{ArticleEntry, RunId, State, Store, StoreError};
use crate::task::{Extraction, FigureLabel, Outcome, TaskResult};

/// Puts together what the store knows of an article. What is missing there is missing here: the
/// problems say why.
pub(super) fn assemble(
    plan: &Plan,
    store: &Store,
    article: Article,
) -> Result<ArticleResults, PipelineError> {
    let mut results = ArticleResults {
        article,
        figures: Vec::new(),
        entities: Vec::new(),
        summaries: Vec::new(),
        translations: Vec::new(),
    };
    let (hash, id) = (results.article.hash.clone(), results.article.id.clone());
    let mut ledger = match store.get::<Ledger>(&plan.ledger_key(&hash))? {
        Some(ledger) => ledger,
        // the run was killed before it came to this article
        None => Ledger::of(&results.article, plan.length()),
    };
    ledger.rename(&id);
    results.figures = ledger.figures;
    results.entities = ledger.entities;
    for planned in &plan.tasks {
        let outcome: Option<Outcome> = store.get(&planned.key(&hash))?;
        match outcome.and_then(|outcome| outcome.result) {
            Some(TaskResult::Summary(mut summary)) => {
                summary.article_id.clone_from(&id);
                results.summaries.push(summary);
            }
            Some(TaskResult::Translation(mut translation)) => {
                translation.article_id.clone_from(&id);
                results.translations.push(translation);
            }
            Some(TaskResult::Extraction(mut extraction)) => {
                for mention in extraction
                    .entities
                    .iter_mut()
                    .flat_map(|entity| &mut entity.mentions)
                {
                    mention.article_id.clone_from(&id);
                }
                merge(&mut results.entities, &mut results.figures, extraction);
            }
            None => {}
        }
    }
    // the article's own sentences stand in where the model wrote no summary in its language
    let own = ledger.summary.lang;
    if !results.summaries.iter().any(|summary| summary.lang == own) {
        debug_assert_eq!(ledger.summary.method, Method::Extractive);
        results.summaries.insert(0, ledger.summary);
    }
    Ok(results)
}

/// The ledger with what the model extracted, as rows: entities of both merged, figures labelled.
pub fn with_extraction(ledger: Ledger, results: Vec<TaskResult>) -> (Vec<Entity>, Vec<Figure>) {
    let Ledger {
        mut entities,
        mut figures,
        summary: _,
    } = ledger;
    for result in results {
        if let TaskResult::Extraction(extraction) = result {
            merge(&mut entities, &mut figures, extraction);
        }
    }
    (entities, figures)
}

fn merge(entities: &mut Vec<Entity>, figures: &mut [Figure], extraction: Extraction) {
    *entities = entities::consolidate([entities.as_slice(), &extraction.entities]);
    label(figures, extraction.labels);
}

fn label(figures: &mut [Figure], labels: Vec<FigureLabel>) {
    for label in labels {
        let Some(figure) = figures.get_mut(label.n).filter(|figure| figure.n == label.n) else {
            continue;
        };
        figure.measure = label.measure.map(|quote| quote.text);
        figure.subject = label.subject.map(|quote| quote.text);
        figure.speaker = label.speaker.map(|quote| quote.text);
    }
}

/// Everything that there is to say of a run: what its inputs were, which articles are no longer among them, and what
/// came of every task, in the order of the articles; also of tasks that an earlier run finished, since their results
/// are in this run's tables.
pub(super) fn problems(plan: &Plan, store: &Store, run: RunId) -> Result<Vec<Problem>, StoreError> {
    let mut problems = store.problems(run)?;
    problems.extend(store.removed(run)?.into_iter().map(removed));
    for entry in store.article_entries(run)? {
        for planned in plan.tasks.iter().filter(|planned| is_due(planned, entry.lang)) {
            let Some((state, of_task)) = store.problems_of(&planned.key(&entry.hash))? else {
                problems.push(not_done(planned, &entry));
                continue;
            };
            problems.extend(of_task.into_iter().map(|mut problem| {
                problem.article_id = Some(entry.id.clone());
                problem.path.clone_from(&entry.path);
                if state == State::Failed && problem.severity == Severity::Error {
                    let again = "`--retry-failed` tries it again";
                    problem.hint = Some(match problem.hint {
                        Some(hint) => format!("{hint}; {again}"),
                        None => again.to_owned(),
                    });
                }
                problem
            }));
        }
    }
    Ok(problems)
}

fn removed(entry: ArticleEntry) -> Problem {
    Problem {
        article_id: Some(entry.id),
        path: entry.path,
        stage: "ingest".to_owned(),
        severity: Severity::Note,
        message: "no longer among the inputs: kept in the store, left out of the tables".to_owned(),
        hint: None,
    }
}

fn not_done(planned: &PlannedTask, entry: &ArticleEntry) -> Problem {
    Problem {
        article_id: Some(entry.id.clone()),
        path: entry.path.clone(),
        stage: planned.name.stage().to_owned(),
        severity: Severity::Error,
        message: format!("{} is not done yet", planned.name.label()),
        hint: Some("the same command goes on from there".to_owned()),
    }
}
