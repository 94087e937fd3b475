//! Measures the translation engine on token ids, for benches/marian_vs_ctranslate2.py.
//!
//! ```text
//! measure_marian make FOLDER SHAPE        a random model that never ends by itself
//! measure_marian run FOLDER PRECISION     questions on stdin, one JSON object a line
//! ```
//!
//! A question is `{"sources": [[ids], ...], "batch": n, "beams": n, "length": n}`; the answer says
//! seconds, the best output of each source and the process's peak memory in bytes.

use anyhow::{Context, bail};
use depeche::engine::marian::config::EarlyStopping;
use depeche::engine::marian::{
    CpuNetwork, MarianFiles, Precision, SearchOptions, Translator, TranslatorOptions,
};
use depeche::engine::random::{FloatType, MarianShape, RandomMarian};
use serde::Deserialize;
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

#[derive(Deserialize)]
struct Question {
    sources: Vec<Vec<u32>>,
    batch: usize,
    beams: usize,
    length: usize,
}

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let args: Vec<&str> = args.iter().skip(1).map(String::as_str).collect();
    match args.as_slice() {
        ["make", folder, shape] => make(Path::new(folder), shape),
        ["run", folder, precision] => run(Path::new(folder), precision),
        _ => bail!("expected `make FOLDER SHAPE` or `run FOLDER float|int8`"),
    }
}

fn make(folder: &Path, shape: &str) -> anyhow::Result<()> {
    let shape = MarianShape::from_name(shape).context("unknown shape")?;
    let mut settings = RandomMarian::new(shape, 1).settings;
    settings["forced_eos_token_id"] = serde_json::Value::Null;
    let model = RandomMarian::from_settings(settings, 1)?.with_end_bias(-1e4);
    model.write(folder, FloatType::F32)?;
    // Nothing may force an end.
    std::fs::remove_file(folder.join("generation_config.json"))?;
    Ok(())
}

fn run(folder: &Path, precision: &str) -> anyhow::Result<()> {
    let precision = match precision {
        "float" => Precision::Float,
        "int8" => Precision::Int8,
        other => bail!("expected float or int8, but got {other}"),
    };
    let files = MarianFiles::find(folder)?;
    let mut translator = Translator::new(CpuNetwork::open(&files, precision)?, TranslatorOptions::default());
    for line in std::io::stdin().lines() {
        let question: Question = serde_json::from_str(&line?)?;
        let options = SearchOptions {
            beams: question.beams,
            length_penalty: 1.0,
            early_stopping: EarlyStopping::No,
            max_length: question.length + 1,
        };
        translator.limit_sentences(question.batch);
        let start = Instant::now();
        for source in question.sources {
            translator.submit(source, options)?;
        }
        let mut outputs = Vec::new();
        while translator.outstanding() > 0 {
            let done = translator.step()?;
            outputs.extend(
                done.into_iter()
                    .map(|mut done| (done.id, done.hypotheses.remove(0).tokens)),
            );
        }
        let seconds = start.elapsed().as_secs_f64();
        outputs.sort_by_key(|(id, _)| *id);
        let outputs: Vec<_> = outputs.into_iter().map(|(_, tokens)| tokens).collect();
        let answer = json!({ "seconds": seconds, "outputs": outputs, "peak": peak_memory() });
        writeln!(std::io::stdout(), "{answer}")?;
    }
    Ok(())
}

fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
