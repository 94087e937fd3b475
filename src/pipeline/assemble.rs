//! What is known of one article, put together from the store.

use super::work::is_due;
use super::{Ledger, Observer, PipelineError, Plan};
use crate::entities;
use crate::output::folder::ArticleResults;
use crate::record::{Article, Entity, Figure, Method, Problem, Severity};
use crate::store::{RunId, Store};
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
    let Some(mut ledger) = store.get::<Ledger>(&plan.ledger_key(&hash))? else {
        return Ok(results);
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

/// Keeps the problems of every task of the run, in the order of the articles; also those of tasks that
/// an earlier run finished, since their results are in this run's tables.
pub(super) fn keep_problems(
    plan: &Plan,
    store: &Store,
    run: RunId,
    observer: &dyn Observer,
) -> Result<(), PipelineError> {
    let mut problems = Vec::new();
    store.for_each_article::<PipelineError>(run, |article| {
        for planned in plan.tasks.iter().filter(|planned| is_due(planned, &article)) {
            match store.get::<Outcome>(&planned.key(&article.hash))? {
                Some(outcome) => problems.extend(outcome.problems.into_iter().map(|mut problem| {
                    problem.article_id = Some(article.id.clone());
                    problem.path.clone_from(&article.path);
                    problem
                })),
                None => problems.push(Problem {
                    article_id: Some(article.id.clone()),
                    path: article.path.clone(),
                    stage: planned.name.stage().to_owned(),
                    severity: Severity::Error,
                    message: format!("{} was not done: the run was stopped", planned.name.label()),
                    hint: Some("the same command goes on from there".to_owned()),
                }),
            }
        }
        Ok(())
    })?;
    for problem in &problems {
        observer.problem(problem);
        store.add_problem(run, problem)?;
    }
    Ok(())
}
