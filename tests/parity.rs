//! The engine against the reference implementations: logits of small random models, computed by
//! Python `transformers` and by llama.cpp (tests/parity/reference.py made the numbers).
#![allow(clippy::unwrap_used)]

use depeche::backend::Sampling;
use depeche::engine::decoder::Chunk;
use depeche::engine::kv::PAGE;
use depeche::engine::random::{Family, FloatType, Quantization, RandomModel, Size};
use depeche::engine::{Decoder, LoadOptions, ModelFiles, Scheduler, SchedulerOptions, TokenRequest};
use serde_json::Value;
use std::path::{Path, PathBuf};

struct Reference {
    about: Value,
    tokens: Vec<u32>,
    positions: Vec<usize>,
    greedy: Vec<u32>,
    logits: Vec<f32>,
}

impl Reference {
    fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity");
        let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        let about: Value = serde_json::from_str(&text).unwrap();
        let numbers = |field: &str| -> Vec<u64> {
            let list = about[field].as_array().unwrap();
            list.iter().map(|x| x.as_u64().unwrap()).collect()
        };
        let small = |field: &str| numbers(field).into_iter().map(|x| x as u32).collect();
        let bytes = std::fs::read(folder.join(format!("{name}.logits"))).unwrap();
        let logits = bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b));
        Self {
            tokens: small("tokens"),
            positions: numbers("positions").into_iter().map(|x| x as usize).collect(),
            greedy: small("greedy"),
            logits: logits.collect(),
            about,
        }
    }

    /// Largest absolute difference of any logit, and root mean square difference relative to the
    /// reference's root mean square.
    fn differences(&self, decoder: &Decoder) -> (f32, f32) {
        let found = self.rows(decoder).concat();
        let (mut most, mut squares, mut all) = (0.0f32, 0.0f64, 0.0f64);
        assert_eq!(found.len(), self.logits.len());
        for (found, expected) in found.iter().zip(&self.logits) {
            let difference = (found - expected).abs();
            most = most.max(difference);
            squares += f64::from(difference).powi(2);
            all += f64::from(*expected).powi(2);
        }
        (most, (squares / all).sqrt() as f32)
    }

    /// Share of the reference's five best tokens that are among ours, over all positions.
    fn top_five(&self, decoder: &Decoder) -> f32 {
        let best = |row: &[f32]| {
            let mut tokens: Vec<usize> = (0..row.len()).collect();
            tokens.sort_by(|a, b| row[*b].total_cmp(&row[*a]));
            tokens[..5].to_vec()
        };
        let rows = self.rows(decoder);
        let width = rows[0].len();
        let mut shared = 0;
        for (ours, theirs) in rows.iter().zip(self.logits.chunks(width)) {
            let (ours, theirs) = (best(ours), best(theirs));
            shared += theirs.iter().filter(|token| ours.contains(token)).count();
        }
        shared as f32 / (5 * rows.len()) as f32
    }

    /// Our logits at the reference's positions.
    fn rows(&self, decoder: &Decoder) -> Vec<Vec<f32>> {
        let pages: Vec<u32> = (0..self.tokens.len().div_ceil(PAGE) as u32).collect();
        let mut store = decoder.kv_store(pages.len()).unwrap();
        let chunk = Chunk {
            tokens: &self.tokens,
            start: 0,
            pages: &pages,
            logits_from: 0,
        };
        let rows = decoder
            .forward(&[chunk], &mut store)
            .unwrap()
            .to_vec2::<f32>()
            .unwrap();
        self.positions
            .iter()
            .map(|position| rows[*position].clone())
            .collect()
    }

    fn greedy(&self, decoder: Decoder) -> Vec<u32> {
        let options = SchedulerOptions {
            kv_bytes: Some(64 << 20),
            ..SchedulerOptions::default()
        };
        let mut scheduler = Scheduler::new(decoder, options).unwrap();
        let request = TokenRequest {
            tokens: self.tokens.clone(),
            max_tokens: self.greedy.len(),
            sampling: Sampling::GREEDY,
            stop_tokens: Vec::new(),
            constraint: None,
        };
        scheduler.submit(request).unwrap();
        loop {
            if let Some((_, output)) = scheduler.step().unwrap().pop() {
                return output.tokens;
            }
        }
    }
}

fn load(path: PathBuf, exact: bool) -> Decoder {
    let files = ModelFiles::find(&path).unwrap();
    let options = LoadOptions {
        exact,
        ..LoadOptions::default()
    };
    Decoder::load(&files, &candle_core::Device::Cpu, &options).unwrap()
}

fn safetensors(reference: &Reference, exact: bool) -> Decoder {
    let folder = tempfile::tempdir().unwrap();
    let settings = reference.about["settings"].clone();
    let seed = reference.about["seed"].as_u64().unwrap();
    let model = RandomModel::from_settings(settings, seed).unwrap();
    let kind = match reference.about["weights"].as_str() {
        Some("bf16") => FloatType::Bf16,
        _ => FloatType::F32,
    };
    model.write_safetensors(folder.path(), kind).unwrap();
    load(folder.path().to_owned(), exact)
}

fn gguf(family: Family, size: Size, quantization: &str, exact: bool) -> Decoder {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    let kind = Quantization::from_name(quantization).unwrap();
    RandomModel::new(family, size, 1).write_gguf(&path, kind).unwrap();
    load(path, exact)
}

/// The logits' root mean square is about 1 (0.12 for granite).
#[test]
fn logits_and_greedy_answers_equal_those_of_transformers() {
    for name in [
        "llama",
        "llama-bf16",
        "mistral",
        "ministral3",
        "qwen2",
        "qwen3",
        "qwen3-bf16",
        "smollm3",
        "granite",
    ] {
        let reference = Reference::read(name);
        let (most, relative) = reference.differences(&safetensors(&reference, true));
        println!("{name}: max {most:.1e}, relative rms {relative:.1e}");
        assert!(most < 5e-5, "{name}: {most}");
        assert_eq!(
            reference.greedy(safetensors(&reference, true)),
            reference.greedy,
            "{name}"
        );
    }
}

/// The same GGUF file in llama.cpp: its order of rows, its names, its scalings. All in f32.
#[test]
fn logits_and_greedy_answers_of_float_files_equal_those_of_llama_cpp() {
    for family in [
        Family::Llama,
        Family::Ministral3,
        Family::Qwen2,
        Family::Qwen3,
        Family::SmolLm3,
        Family::Granite,
    ] {
        let reference = Reference::read(&format!("llama.cpp-{}-f32", family.name()));
        let (most, relative) = reference.differences(&gguf(family, Size::TINY, "f32", true));
        println!("{family:?}: max {most:.1e}, relative rms {relative:.1e}");
        assert!(most < 1e-4, "{family:?}: {most}");
        let found = reference.greedy(gguf(family, Size::TINY, "f32", true));
        assert_eq!(found, reference.greedy, "{family:?}");
    }
}

/// Both round activations to 8 bits before a quantized product, but not in the same blocks, and a
/// random model amplifies that: the distance is that of one rounding, not of an error.
#[test]
fn logits_of_quantized_files_are_as_near_to_llama_cpp_as_rounding_allows() {
    for (name, tolerance) in [("q8_0", 0.05), ("q4_k", 0.04), ("q4_k_m", 0.04)] {
        let reference = Reference::read(&format!("llama.cpp-qwen3-{name}"));
        for exact in [true, false] {
            let decoder = gguf(Family::Qwen3, Size::SMALL, name, exact);
            let (most, relative) = reference.differences(&decoder);
            println!("{name}, exact {exact}: max {most:.1e}, relative rms {relative:.1e}");
            assert!(relative < tolerance, "{name}: {relative}");
        }
    }
}

/// With weights of bfloat16 and a CPU with tiles, activations, keys and values are rounded to bfloat16
/// too; without tiles this is the exact path once more.
#[test]
fn logits_on_tiles_point_where_those_of_transformers_point() {
    for name in ["llama-bf16", "qwen3-bf16"] {
        let reference = Reference::read(name);
        let decoder = safetensors(&reference, false);
        let (most, relative) = reference.differences(&decoder);
        let agreement = reference.top_five(&decoder);
        println!("{name}: max {most:.1e}, relative rms {relative:.1e}, {agreement:.3} of the five best");
        assert!(relative < 0.02, "{name}: {relative}");
        assert!(agreement > 0.9, "{name}: {agreement}");
    }
}
