//! Makes a model with random weights in a true or a tiny shape: for tests, benchmarks, and trying
//! the program out without a download.
//!
//! ```text
//! cargo run --release --example make_random_model -- OUT --family qwen3 --shape qwen3-0.6b --quant q8_0
//! ```
//!
//! `--quant f32|bf16|f16` writes a folder with safetensors files, every other type a GGUF file in
//! the folder; tokenizer and settings lie beside both.

use clap::Parser;
use depeche::engine::random::{
    Family, FloatType, MarianShape, Quantization, RandomMarian, RandomModel, Size,
};
use std::path::PathBuf;

/// Make a model with random weights.
#[derive(Parser)]
struct Args {
    /// Folder to write into
    out: PathBuf,
    /// llama, mistral, ministral3, qwen2, qwen3, smollm3, granite, or marian for translation models
    #[arg(long, default_value = "qwen3")]
    family: String,
    /// tiny, small, qwen3-0.6b or qwen3-1.7b; of marian tiny, opus-mt-fr-en or opus-mt-tc-big-fr-en
    #[arg(long, default_value = "tiny")]
    shape: String,
    /// f32, bf16, f16 (safetensors), q8_0, q4_k, q4_k_m, … (GGUF)
    #[arg(long, default_value = "bf16")]
    quant: String,
    /// Write a GGUF file for f32, bf16 and f16 too
    #[arg(long)]
    gguf: bool,
    /// Of marian: added to the logit of the end token, so that outputs end
    #[arg(long, default_value_t = 4.0)]
    end_bias: f32,
    /// Of marian: languages that it writes, each with a mark in the vocabulary (`fra,spa`)
    #[arg(long, value_delimiter = ',')]
    targets: Vec<String>,
    /// Which random weights
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let unknown = |what: &str, name: &str| anyhow::anyhow!("unknown {what} {name:?}");
    let float = match args.quant.as_str() {
        "f32" => Some(FloatType::F32),
        "bf16" => Some(FloatType::Bf16),
        "f16" => Some(FloatType::F16),
        _ => None,
    };
    if args.family == "marian" {
        let shape = MarianShape::from_name(&args.shape).ok_or_else(|| unknown("shape", &args.shape))?;
        let kind = float.ok_or_else(|| unknown("type of a marian model", &args.quant))?;
        let targets: Vec<&str> = args.targets.iter().map(String::as_str).collect();
        let model = RandomMarian::new(shape, args.seed)
            .with_end_bias(args.end_bias)
            .with_targets(&targets);
        model.write(&args.out, kind)?;
        eprintln!(
            "{} million random parameters in {}",
            model.parameters() / 1_000_000,
            args.out.display()
        );
        return Ok(());
    }
    let family = Family::from_name(&args.family).ok_or_else(|| unknown("family", &args.family))?;
    let size = Size::from_name(&args.shape).ok_or_else(|| unknown("shape", &args.shape))?;
    let model = RandomModel::new(family, size, args.seed);
    match float.filter(|_| !args.gguf) {
        Some(kind) => model.write_safetensors(&args.out, kind)?,
        None => {
            let kind =
                Quantization::from_name(&args.quant).ok_or_else(|| unknown("quantization", &args.quant))?;
            model.write_side_files(&args.out)?;
            let file = format!("{}-{}-{}.gguf", args.family, args.shape, args.quant);
            model.write_gguf(&args.out.join(file), kind)?;
        }
    }
    eprintln!(
        "{} million random parameters in {}",
        model.config.parameters() / 1_000_000,
        args.out.display()
    );
    Ok(())
}
