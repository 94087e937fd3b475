//! All tasks on a folder of articles, asked as `depeche run` asks them.
//!
//! The first question of every task is asked: repeats after a failed check depend on what the model
//! answered, and a random model fails all of them.

use super::report::{JobFigures, Result as TestResult};
use super::{BenchError, Observer};
use crate::backend::{Backend, Request, Sampling};
use crate::engine::{LocalBackend, TokenRequest};
use crate::ingest;
use crate::pipeline::Ledger;
use crate::record::{Article, Lang};
use crate::task::{self, Job, Length, Step, Translating};
use serde::Serialize;
use std::sync::Arc;
use std::time::Instant;

/// Requests that are outstanding at once, as in a run.
const IN_FLIGHT: usize = 96;

/// How the job is done.
#[derive(Debug, Clone)]
pub struct JobOptions {
    /// Files and folders.
    pub inputs: Vec<String>,
    /// Most tokens of each answer.
    pub answer: usize,
    /// Hold the answers to their grammars. Without, every answer has exactly `answer` tokens: what
    /// another program can be asked to do as well.
    pub grammar: bool,
}

/// One question of a task.
#[derive(Debug, Clone)]
pub struct Question {
    /// Name of the article.
    pub article: String,
    /// `summary.fr`, …
    pub task: String,
    /// What is asked.
    pub request: Request,
}

/// A question in tokens, for another program.
#[derive(Debug, Serialize)]
pub struct TokenQuestion<'a> {
    /// Name of the article.
    pub article: &'a str,
    /// `summary.fr`, …
    pub task: &'a str,
    /// The prompt.
    pub tokens: Vec<u32>,
    /// Tokens to generate.
    pub answer: usize,
}

/// What every task asks first about every article: summaries in French and English, translation,
/// extraction.
///
/// # Errors
/// When there is no article.
pub fn questions(options: &JobOptions, backend: &LocalBackend) -> Result<Vec<Question>, BenchError> {
    let mut questions = Vec::new();
    for article in ingest::articles(&options.inputs, &ingest::Options::default()).flatten() {
        let article = Arc::new(article);
        for (task, mut job) in jobs(&article) {
            let Step::Ask(requests) = job.next(Vec::new(), backend) else {
                continue;
            };
            questions.extend(requests.into_iter().map(|request| Question {
                article: article.path.clone(),
                task: task.to_owned(),
                request,
            }));
        }
    }
    if questions.is_empty() {
        return Err(BenchError::NoArticles {
            inputs: options.inputs.join(", "),
        });
    }
    Ok(questions)
}

fn jobs(article: &Arc<Article>) -> Vec<(&'static str, Box<dyn Job>)> {
    let Ledger {
        figures, entities, ..
    } = Ledger::of(article, Length::Medium);
    let (figures, sampling) = (Arc::new(figures), Sampling::GREEDY);
    let summary = |lang| task::summarize(article.clone(), figures.clone(), lang, Length::Medium, sampling);
    let mut jobs = vec![
        ("summary.fr", summary(Lang::Fr)),
        ("summary.en", summary(Lang::En)),
    ];
    if article.lang != Lang::En {
        let order = Translating::new(article.clone(), figures.clone(), Lang::En, sampling)
            .with_entities(Arc::new(entities));
        jobs.push(("translation.en", task::translate(order)));
    }
    jobs.push(("extraction", task::extract(article.clone(), figures, sampling)));
    jobs
}

/// Questions in tokens.
///
/// # Errors
/// When the chat template or the tokenizer fails.
pub fn in_tokens<'a>(
    questions: &'a [Question],
    options: &JobOptions,
    backend: &LocalBackend,
) -> Result<Vec<TokenQuestion<'a>>, BenchError> {
    let one = |question: &'a Question| -> Result<_, BenchError> {
        Ok(TokenQuestion {
            article: &question.article,
            task: &question.task,
            tokens: backend.prompt(&question.request.messages)?,
            answer: options.answer,
        })
    };
    questions.iter().map(one).collect()
}

/// Does the job once.
///
/// # Errors
/// When there is no article, or the model fails.
pub(super) fn measure(
    backend: &mut LocalBackend,
    options: &JobOptions,
    observer: &dyn Observer,
) -> Result<TestResult, BenchError> {
    let questions = questions(options, backend)?;
    let mut articles: Vec<&str> = questions
        .iter()
        .map(|question| question.article.as_str())
        .collect();
    articles.dedup();
    let (articles, total) = (articles.len(), questions.len());
    observer.note(&format!("job: {total} questions on {articles} articles"));
    let before = backend.stats();
    let start = Instant::now();
    let mut waiting = questions.into_iter();
    let mut told = 0;
    let mut done = 0;
    loop {
        while backend.outstanding() < IN_FLIGHT
            && let Some(question) = waiting.next()
        {
            submit(backend, question.request, options)?;
        }
        if backend.outstanding() == 0 || observer.stop() {
            break;
        }
        done += backend.poll()?.len();
        if done >= told + 10 {
            told = done;
            observer.note(&format!("job: {done} of {total} questions answered"));
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let after = backend.stats();
    Ok(TestResult::of_job(JobFigures {
        articles,
        questions: total,
        seconds,
        articles_per_minute: articles as f64 / seconds * 60.0,
        answer: options.answer,
        grammar: options.grammar,
        prompt_tokens_computed: after.prefill_tokens - before.prefill_tokens,
        prompt_tokens_shared: after.cached_tokens - before.cached_tokens,
        tokens_generated: after.decode_tokens - before.decode_tokens,
        tokens_forced: after.forced_tokens - before.forced_tokens,
        complete: done == total,
    }))
}

fn submit(backend: &mut LocalBackend, mut request: Request, options: &JobOptions) -> Result<(), BenchError> {
    request.max_tokens = request.max_tokens.min(options.answer);
    request.sampling = Sampling::GREEDY;
    if options.grammar {
        backend.submit(request)?;
        return Ok(());
    }
    let tokens = backend.prompt(&request.messages)?;
    backend.scheduler_mut().submit(TokenRequest {
        tokens,
        max_tokens: options.answer,
        sampling: Sampling::GREEDY,
        stop_tokens: Vec::new(),
        constraint: None,
    })?;
    Ok(())
}
