//! What was measured: as a table for people, as JSON for programs.

use super::limits::Limits;
use super::test::{ANSWER, Test};
use crate::engine::LocalBackend;
use crate::engine::config::DecoderConfig;
use crate::engine::kernels;
use crate::engine::weights::Part;
use crate::hub::{LocalModel, human_bytes};
use serde::Serialize;
use std::fmt::Write as _;

/// Everything that was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Where.
    pub environment: Environment,
    /// On what.
    pub model: ModelFacts,
    /// What came out.
    pub results: Vec<Result>,
    /// What the machine could do at best.
    pub limits: Option<Limits>,
    /// Most bytes resident at once, the model's tests included, the limits' not.
    pub peak_memory: Option<u64>,
    /// The same before the model was loaded.
    pub memory_before_load: Option<u64>,
    /// The user stopped the measurement.
    pub interrupted: bool,
}

/// Where it was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Environment {
    /// Version of depeche.
    pub version: &'static str,
    /// System and architecture.
    pub system: String,
    /// As the system names it.
    pub cpu: Option<String>,
    /// Cores that this process may use.
    pub cores: usize,
    /// Threads that it uses.
    pub threads: usize,
    /// Instructions of depeche's kernels.
    pub instructions: String,
    /// Whether the program was compiled with optimizations: without, its speed means nothing.
    pub optimized: bool,
}

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub struct ModelFacts {
    /// As it was named.
    pub name: String,
    /// `qwen3`, …
    pub architecture: String,
    /// `Q4_K_M`, …
    pub quantization: String,
    /// Parameters.
    pub parameters: usize,
    /// Bytes of its files.
    pub bytes: u64,
    /// `cpu` or `cuda:0`.
    pub device: String,
    /// Seconds until it could be used.
    pub load_seconds: f64,
    #[serde(skip)]
    costs: Costs,
}

/// What a token costs.
#[derive(Debug, Clone, Copy, Default)]
struct Costs {
    /// Operations of all layers' products, for one token.
    layers: f64,
    /// Operations of the output product, for one token.
    head: f64,
    /// Operations of attention, for one token and one token that it sees.
    attention: f64,
    /// Bytes of weights that one step reads.
    bytes: f64,
}

/// One row.
#[derive(Debug, Clone, Serialize)]
pub struct Result {
    /// The test.
    pub test: Test,
    /// Tokens per second of each repetition; empty for the job.
    pub runs: Vec<f64>,
    /// Median of them; for the job, all tokens that were computed.
    pub tokens_per_second: f64,
    /// The slowest.
    pub min: f64,
    /// The fastest.
    pub max: f64,
    /// Multiplications and additions per second that the median stands for.
    pub operations_per_second: Option<f64>,
    /// Bytes of weights read per second that the median stands for; decoding only.
    pub bytes_per_second: Option<f64>,
    /// The job's own figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<JobFigures>,
}

/// What a job came to.
#[derive(Debug, Clone, Serialize)]
pub struct JobFigures {
    /// Articles.
    pub articles: usize,
    /// Questions asked about them.
    pub questions: usize,
    /// Wall time.
    pub seconds: f64,
    /// Articles a minute, for all tasks.
    pub articles_per_minute: f64,
    /// Most tokens of each answer.
    pub answer: usize,
    /// Whether answers were held to their grammars.
    pub grammar: bool,
    /// Tokens of prompts that were computed.
    pub prompt_tokens_computed: u64,
    /// Tokens of prompts that a shared beginning saved.
    pub prompt_tokens_shared: u64,
    /// Tokens of answers.
    pub tokens_generated: u64,
    /// Those of them that the grammar alone decided.
    pub tokens_forced: u64,
    /// False when it was stopped.
    pub complete: bool,
}

impl Environment {
    /// This process on this machine.
    pub(super) fn here() -> Self {
        let cpu = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix("model name"))?;
            Some(line.trim_start_matches([' ', '\t', ':']).to_owned())
        });
        Self {
            version: env!("CARGO_PKG_VERSION"),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            cpu,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            threads: kernels::pool::Pool::global().threads(),
            instructions: match kernels::has_tiles() {
                true => "amx".to_owned(),
                false => format!("{:?}", kernels::isa()).to_lowercase(),
            },
            optimized: !cfg!(debug_assertions),
        }
    }
}

impl ModelFacts {
    pub(super) fn of(backend: &LocalBackend, model: &LocalModel, load_seconds: f64) -> Self {
        use crate::backend::Backend as _;
        let (info, config) = (backend.info(), backend.scheduler().decoder().config());
        let bytes = model.weight_bytes();
        Self {
            name: model.name.clone(),
            architecture: info.architecture.clone(),
            quantization: info.quantization.clone(),
            parameters: config.parameters(),
            bytes,
            device: info.device.clone(),
            load_seconds,
            costs: Costs::of(config, bytes),
        }
    }
}

impl Costs {
    fn of(config: &DecoderConfig, file: u64) -> Self {
        let products = Part::ALL.iter().filter_map(|part| part.shape(config));
        let layer: usize = products.map(|(rows, columns)| 2 * rows * columns).sum();
        let embedding = config.vocab_size * config.hidden_size;
        // an embedding of its own is looked up, not read
        let unread = if config.tied_embeddings { 0 } else { embedding };
        let share = 1.0 - unread as f64 / config.parameters() as f64;
        Self {
            layers: (config.layers * layer) as f64,
            head: 2.0 * embedding as f64,
            attention: (4 * config.layers * config.heads * config.head_dim) as f64,
            bytes: file as f64 * share,
        }
    }

    /// Operations that one token of the test costs on average.
    fn operations(&self, test: Test) -> Option<f64> {
        match test {
            Test::Prefill(tokens) => {
                let seen = (tokens as f64 + 1.0) / 2.0;
                Some(self.layers + self.head / tokens as f64 + self.attention * seen)
            }
            Test::Decode { depth, .. } => {
                let seen = depth as f64 + ANSWER as f64 / 2.0;
                Some(self.layers + self.head + self.attention * seen)
            }
            Test::Job => None,
        }
    }
}

impl Result {
    pub(super) fn of_rates(test: Test, runs: Vec<f64>, facts: &ModelFacts) -> Self {
        let mut sorted = runs.clone();
        sorted.sort_by(f64::total_cmp);
        let median = median(&sorted);
        let steps = match test {
            Test::Decode { sequences, .. } => Some(median / sequences as f64),
            _ => None,
        };
        Self {
            test,
            tokens_per_second: median,
            min: sorted.first().copied().unwrap_or(0.0),
            max: sorted.last().copied().unwrap_or(0.0),
            operations_per_second: facts.costs.operations(test).map(|each| each * median),
            bytes_per_second: steps.map(|steps| steps * facts.costs.bytes),
            runs,
            job: None,
        }
    }

    pub(super) fn of_job(job: JobFigures) -> Self {
        let rate = (job.prompt_tokens_computed + job.tokens_generated) as f64 / job.seconds;
        Self {
            test: Test::Job,
            runs: Vec::new(),
            tokens_per_second: rate,
            min: rate,
            max: rate,
            operations_per_second: None,
            bytes_per_second: None,
            job: Some(job),
        }
    }
}

/// Of sorted numbers.
fn median(sorted: &[f64]) -> f64 {
    match sorted.len() {
        0 => 0.0,
        count if count % 2 == 1 => sorted[count / 2],
        count => (sorted[count / 2 - 1] + sorted[count / 2]) / 2.0,
    }
}

impl Report {
    pub(super) fn new(
        environment: Environment,
        model: ModelFacts,
        results: Vec<Result>,
        limits: Option<Limits>,
        peak_memory: Option<u64>,
        memory_before_load: Option<u64>,
        interrupted: bool,
    ) -> Self {
        Self {
            environment,
            model,
            results,
            limits,
            peak_memory,
            memory_before_load,
            interrupted,
        }
    }

    /// The whole report as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// For people.
    pub fn to_table(&self) -> String {
        let mut text = String::new();
        let Environment {
            version,
            cpu,
            cores,
            threads,
            instructions,
            optimized,
            ..
        } = &self.environment;
        let model = &self.model;
        let _ = writeln!(
            text,
            "depeche {version} on {}, {cores} cores, {threads} threads, {instructions}",
            cpu.as_deref().unwrap_or("an unnamed processor"),
        );
        if !optimized {
            text.push_str("compiled without optimizations: these speeds mean nothing\n");
        }
        let _ = writeln!(
            text,
            "{} {} on {}: {:.2} billion parameters, {}, loaded in {:.2} s\n",
            model.architecture,
            model.quantization,
            model.device,
            model.parameters as f64 / 1e9,
            human_bytes(model.bytes),
            model.load_seconds,
        );
        let rows: Vec<&Result> = self.results.iter().filter(|row| row.job.is_none()).collect();
        if !rows.is_empty() {
            text.push_str("test            tokens/s       min       max  Gop/s  of best   GB/s  of read\n");
            for row in rows {
                self.row(row, &mut text);
            }
        }
        for job in self.results.iter().filter_map(|row| row.job.as_ref()) {
            job_lines(job, &mut text);
        }
        if let Some(peak) = self.peak_memory {
            let _ = writeln!(text, "\npeak memory {}", human_bytes(peak));
        }
        if let Some(limits) = &self.limits {
            limit_lines(limits, &mut text);
        }
        text
    }

    fn row(&self, row: &Result, text: &mut String) {
        let limits = self.limits.as_ref();
        let share = |rate: Option<f64>, limit: Option<f64>| match (rate, limit) {
            (Some(rate), Some(limit)) if limit > 0.0 => format!("{:.1} %", rate / limit * 100.0),
            _ => "-".to_owned(),
        };
        let giga = |rate: Option<f64>, digits| {
            rate.map_or("-".to_owned(), |rate| format!("{:.*}", digits, rate / 1e9))
        };
        let _ = writeln!(
            text,
            "{:<14} {:>9.1} {:>9.1} {:>9.1} {:>6} {:>8} {:>6} {:>8}",
            row.test.to_string(),
            row.tokens_per_second,
            row.min,
            row.max,
            giga(row.operations_per_second, 0),
            share(row.operations_per_second, limits.map(Limits::best_product)),
            giga(row.bytes_per_second, 1),
            share(row.bytes_per_second, limits.map(|limits| limits.read)),
        );
    }
}

fn job_lines(job: &JobFigures, text: &mut String) {
    let JobFigures {
        articles,
        questions,
        seconds,
        articles_per_minute,
        answer,
        grammar,
        prompt_tokens_computed,
        prompt_tokens_shared,
        tokens_generated,
        tokens_forced,
        complete,
    } = job;
    let _ = writeln!(
        text,
        "\njob: {articles_per_minute:.2} articles/min: {questions} questions on {articles} articles in {seconds:.1} s{}",
        if *complete { "" } else { " (stopped)" },
    );
    let _ = writeln!(
        text,
        "  prompt tokens computed {prompt_tokens_computed}, shared {prompt_tokens_shared}; answered {tokens_generated}, \
         of them by the grammar alone {tokens_forced} ({} {answer} an answer, grammar {})",
        if *grammar { "at most" } else { "exactly" },
        if *grammar { "on" } else { "off" },
    );
}

fn limit_lines(limits: &Limits, text: &mut String) {
    let _ = writeln!(
        text,
        "this machine at best, {} threads: memory read {:.1} GB/s; products out of registers:",
        limits.threads,
        limits.read / 1e9
    );
    for product in &limits.products {
        let _ = writeln!(text, "  {:<20} {:>7.0} Gop/s", product.kind, product.rate / 1e9);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::{Family, RandomModel, Size};

    #[test]
    fn a_token_of_the_1_7b_model_costs_what_its_shape_says() {
        let config = RandomModel::new(Family::Qwen3, Size::QWEN3_1_7B, 1).config;
        let costs = Costs::of(&config, 1_000);
        // 28 layers of 50.3 million weights, two operations each
        assert_eq!(costs.layers, 2.0 * 28.0 * 50_331_648.0);
        assert_eq!(costs.head, 2.0 * 151_936.0 * 2048.0);
        assert_eq!(costs.bytes, 1_000.0);
        assert_eq!(costs.attention, 28.0 * 4.0 * 2048.0);
        let long = costs.operations(Test::Prefill(2048)).unwrap();
        assert!(long > costs.operations(Test::Prefill(512)).unwrap() - costs.head / 512.0);
    }

    #[test]
    fn the_median_of_an_even_count_lies_between() {
        assert_eq!(median(&[1.0, 2.0, 4.0, 9.0]), 3.0);
        assert_eq!(median(&[1.0, 2.0, 9.0]), 2.0);
        assert_eq!(median(&[]), 0.0);
    }
}
