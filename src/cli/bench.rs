//! `depeche bench`: how fast a model works on this machine, and how fast it could.

use super::args::{DeviceArg, GlobalArgs, HubArgs};
use super::download::{self, Download};
use super::failure::Failure;
use super::ui::Ui;
use super::{Exit, interrupt, stdout};
use crate::bench::job::{self, JobOptions};
use crate::bench::synthetic::{QUANTIZATIONS, SHAPES, Synthetic};
use crate::bench::test::Test;
use crate::bench::{self, Observer};
use crate::engine::device::Preference;
use crate::engine::random::{Quantization, Size};
use crate::engine::{EngineOptions, LocalBackend};
use crate::hub::{self, LocalModel, ModelSpec, Resolution};
use anyhow::Context as _;
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Options of `depeche bench`.
#[derive(Debug, Args, Clone)]
pub struct BenchArgs {
    /// Measure this model: a name of `depeche models list`, `org/repo[@revision][:file]`, or a local
    /// file or folder [default: one with random weights, see --shape]
    #[arg(long, short, value_name = "MODEL", conflicts_with_all = ["shape", "quant"])]
    pub model: Option<String>,
    /// Shape of a model with random weights, made for the measurement: speed does not depend on weights
    #[arg(long, value_name = "SHAPE", default_value = "qwen3-0.6b", value_parser = PossibleValuesParser::new(SHAPES))]
    pub shape: String,
    /// How its weights are stored
    #[arg(long, value_name = "TYPE", default_value = "q4_k_m", value_parser = PossibleValuesParser::new(QUANTIZATIONS))]
    pub quant: String,
    /// Folder for that model while it is measured [default: the system's temporary folder]
    #[arg(long, value_name = "FOLDER")]
    pub temporary: Option<PathBuf>,
    /// What is measured, in this order: prefill-TOKENS, decode-SEQUENCES, decode-SEQUENCES@DEPTH, job
    #[arg(
        long,
        value_name = "TESTS",
        value_delimiter = ',',
        default_value = "prefill-512,prefill-2048,decode-1,decode-8,decode-32"
    )]
    pub tests: Vec<Test>,
    /// Repetitions of each test, of which the median counts (the job is done once)
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub runs: u16,
    /// Articles of the job
    #[arg(long, value_name = "PATH", default_value = "examples/articles")]
    pub articles: Vec<String>,
    /// Most tokens of each of the job's answers (a random model never ends by itself)
    #[arg(long, value_name = "TOKENS", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub answer: u32,
    /// In the job, no grammar: every answer has exactly --answer tokens
    #[arg(long)]
    pub no_grammar: bool,
    /// In the job, most tokens that are guessed ahead for one answer; 0 guesses none [default: as in a run]
    #[arg(long, value_name = "TOKENS")]
    pub draft: Option<usize>,
    /// Do not measure what memory and cores could do at best
    #[arg(long)]
    pub no_limits: bool,
    /// Do not run the model once before the tests: what the first token costs
    #[arg(long)]
    pub no_warm_up: bool,
    /// Where the model runs
    #[arg(long, value_name = "DEVICE", value_enum, default_value_t = DeviceArg::Auto, env = "DEPECHE_DEVICE", hide_env = true)]
    pub device: DeviceArg,
    /// Write the questions of the job in tokens to this file (JSONL) instead of measuring
    #[arg(long, value_name = "FILE")]
    pub dump_questions: Option<PathBuf>,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

/// Measures.
///
/// # Errors
/// When the model cannot be had or run, or there are no articles for the job.
pub fn bench(args: &BenchArgs, global: &GlobalArgs, ui: &Ui) -> anyhow::Result<Exit> {
    interrupt::listen();
    let options = options(args);
    // lives as long as its files are needed
    let synthetic;
    let model = match &args.model {
        Some(name) => named(name, global, ui)?,
        None => {
            synthetic = make(args, ui)?;
            hub::load_path(&synthetic.path)?
        }
    };
    if let Some(path) = &args.dump_questions {
        dump(path, &model, &options)?;
        return Ok(Exit::Done);
    }
    let report = bench::run(&model, &options, &Watch { ui });
    ui.end();
    let report = report?;
    stdout::print(&if args.json {
        report.to_json()
    } else {
        report.to_table()
    })?;
    Ok(if report.interrupted {
        Exit::Partial
    } else {
        Exit::Done
    })
}

fn options(args: &BenchArgs) -> bench::Options {
    bench::Options {
        tests: args.tests.clone(),
        runs: usize::from(args.runs),
        warm_up: !args.no_warm_up,
        limits: !args.no_limits,
        job: JobOptions {
            inputs: args.articles.clone(),
            answer: args.answer as usize,
            grammar: !args.no_grammar,
        },
        engine: EngineOptions {
            device: match args.device {
                DeviceArg::Auto => Preference::Auto,
                DeviceArg::Cpu => Preference::Cpu,
                DeviceArg::Cuda => Preference::Cuda(0),
            },
            scheduler: super::model::scheduler_of(args.draft),
            ..EngineOptions::default()
        },
    }
}

fn named(name: &str, global: &GlobalArgs, ui: &Ui) -> anyhow::Result<LocalModel> {
    let spec: ModelSpec = name.parse()?;
    let options = download::options(global, &HubArgs::default(), false)?;
    let resolution = hub::resolve(&spec, &options, &Download::new(ui));
    ui.end();
    match resolution? {
        Resolution::Model(model) => Ok(*model),
        Resolution::NoModel(why) => Err(Failure::new(
            format!("expected a model to measure, but found none: {why}"),
            "name one, or leave `--model` out: a random one of true shape is made then",
        )
        .into()),
    }
}

fn make(args: &BenchArgs, ui: &Ui) -> anyhow::Result<Synthetic> {
    // both names come from lists that a test holds against these functions
    let unknown = |name: &str| Failure::new(format!("unknown: {name}"), "see `depeche bench --help`");
    let size = Size::from_name(&args.shape).ok_or_else(|| unknown(&args.shape))?;
    let kind = Quantization::from_name(&args.quant).ok_or_else(|| unknown(&args.quant))?;
    ui.note(&format!("making a random model: {} {}", args.shape, args.quant));
    let parent = args.temporary.clone().unwrap_or_else(std::env::temp_dir);
    let name = format!("{}-{}", args.shape, args.quant);
    Ok(Synthetic::make(size, kind, &name, &parent)?)
}

fn dump(path: &Path, model: &LocalModel, options: &bench::Options) -> anyhow::Result<()> {
    let backend = LocalBackend::load(model, &options.engine)?;
    let questions = job::questions(&options.job, &backend)?;
    let mut text = Vec::new();
    for question in job::in_tokens(&questions, &options.job, &backend)? {
        serde_json::to_writer(&mut text, &question)?;
        text.write_all(b"\n")?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

struct Watch<'a> {
    ui: &'a Ui,
}

impl Observer for Watch<'_> {
    fn note(&self, what: &str) {
        self.ui.note(what);
    }

    fn stop(&self) -> bool {
        interrupt::asked()
    }
}
