//! Measures a model on this machine, and the machine itself, so that the two can be compared.
//!
//! - [`mod@test`]: what is measured, by name: `prefill-512`, `decode-8@1024`, `job`.
//! - [`synthetic`]: models of true shapes with random weights; speed does not depend on the weights.
//! - [`speed`]: prefill and decoding, in tokens.
//! - [`job`]: all tasks on a folder of articles, as `depeche run` asks them.
//! - [`limits`] and [`peak`]: what memory and cores can do at best.
//! - [`report`]: numbers, shares of the limits, table and JSON.
//!
//! docs/bench.md says what each number means.

pub mod job;
pub mod limits;
mod memory;
pub mod peak;
pub mod report;
pub mod speed;
pub mod synthetic;
pub mod test;

use crate::engine::kv::PAGE;
use crate::engine::{EngineError, EngineOptions, LocalBackend, SchedulerOptions};
use crate::hub::LocalModel;
use job::JobOptions;
use report::{Environment, ModelFacts, Report, Result as TestResult};
use std::time::Instant;
use test::Test;

/// What is measured, and how often.
#[derive(Debug, Clone)]
pub struct Options {
    /// In this order.
    pub tests: Vec<Test>,
    /// Repetitions of each; the median counts.
    pub runs: usize,
    /// Run the model once before the tests.
    pub warm_up: bool,
    /// Measure the machine's limits too.
    pub limits: bool,
    /// How the job is done.
    pub job: JobOptions,
    /// How the model is put to work; the room for keys and values is made to fit the tests.
    pub engine: EngineOptions,
}

/// Why a measurement ended without a report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchError {
    /// The model could not be loaded or run.
    #[error("the model cannot be measured")]
    Engine(#[from] EngineError),
    /// The model refused a request of the job.
    #[error("the job cannot be done")]
    Backend(#[from] crate::backend::BackendError),
    /// No article to work on.
    #[error("expected articles in {inputs}, but found none that can be read")]
    NoArticles {
        /// What was named.
        inputs: String,
    },
    /// A file or folder of the measurement itself.
    #[error("cannot write {}", path.display())]
    Io {
        /// Which.
        path: std::path::PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// Watches a measurement.
pub trait Observer {
    /// What is being done now.
    fn note(&self, _what: &str) {}
    /// Whether to stop before the next repetition; what is measured until then is reported.
    fn stop(&self) -> bool {
        false
    }
}

/// Loads the model and measures it.
///
/// # Errors
/// When the model cannot be loaded or run, or the job has no articles.
pub fn run(model: &LocalModel, options: &Options, observer: &dyn Observer) -> Result<Report, BenchError> {
    let at_rest = memory::peak();
    let start = Instant::now();
    let mut backend = LocalBackend::load(model, &engine_options(model, options)?)?;
    let load_seconds = start.elapsed().as_secs_f64();
    let facts = ModelFacts::of(&backend, model, load_seconds);
    observer.note(&format!(
        "{} {} loaded in {load_seconds:.2} s",
        facts.architecture, facts.quantization
    ));
    let mut results = Vec::new();
    if options.warm_up && options.tests.iter().any(|test| *test != Test::Job) {
        // the first step of a process touches memory and starts threads
        speed::warm_up(backend.scheduler_mut())?;
    }
    for test in &options.tests {
        if observer.stop() {
            break;
        }
        match test {
            Test::Job => results.push(job::measure(&mut backend, &options.job, observer)?),
            test => results.extend(measure(&mut backend, *test, &facts, options.runs, observer)?),
        }
    }
    // before the limits, whose buffers are large
    let peak_memory = memory::peak();
    drop(backend);
    let limits = (options.limits && !observer.stop()).then(|| {
        observer.note("measuring memory and cores");
        limits::measure(rayon::current_num_threads())
    });
    Ok(Report::new(
        Environment::here(),
        facts,
        results,
        limits,
        peak_memory,
        at_rest,
        observer.stop(),
    ))
}

fn measure(
    backend: &mut LocalBackend,
    test: Test,
    facts: &ModelFacts,
    runs: usize,
    observer: &dyn Observer,
) -> Result<Option<TestResult>, BenchError> {
    let mut rates = Vec::new();
    for run in 0..runs {
        if observer.stop() {
            break;
        }
        observer.note(&format!("{test}: {} of {runs}", run + 1));
        rates.push(speed::rate(backend.scheduler_mut(), test, run)?);
    }
    Ok((!rates.is_empty()).then(|| TestResult::of_rates(test, rates, facts)))
}

/// Prefixes are shared and tokens guessed ahead only in the job: the other tests must compute every token.
fn engine_options(model: &LocalModel, options: &Options) -> Result<EngineOptions, BenchError> {
    let config = LocalBackend::config(model)?;
    let mut engine = options.engine.clone();
    let job = options.tests.contains(&Test::Job);
    let tokens = options.tests.iter().map(Test::tokens).max().unwrap_or(0);
    let sequences = options.tests.iter().map(Test::sequences).max().unwrap_or(1);
    // keys and values of f32 at most; one page more for the warming up
    let bytes = (tokens + PAGE).next_multiple_of(PAGE)
        * 2
        * config.layers
        * config.kv_heads
        * config.head_dim
        * size_of::<f32>();
    engine.scheduler = SchedulerOptions {
        prefix_cache: job,
        max_sequences: engine.scheduler.max_sequences.max(sequences),
        kv_bytes: if job {
            engine.scheduler.kv_bytes
        } else {
            Some(bytes)
        },
        draft_tokens: if job { engine.scheduler.draft_tokens } else { 0 },
        ..engine.scheduler
    };
    Ok(engine)
}
