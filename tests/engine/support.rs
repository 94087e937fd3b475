//! Small models in temporary folders, and shorthands to run them.

use depeche::backend::Sampling;
use depeche::engine::decoder::Chunk;
use depeche::engine::kv::PAGE;
use depeche::engine::random::{Family, FloatType, Quantization, RandomModel, Size};
use depeche::engine::{
    Decoder, LoadOptions, ModelFiles, Scheduler, SchedulerOptions, TokenOutput, TokenRequest,
};
use tempfile::TempDir;

/// Weights of a test model.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Float(FloatType),
    Gguf(&'static str),
}

pub const F32: Kind = Kind::Float(FloatType::F32);
pub const BF16: Kind = Kind::Float(FloatType::Bf16);
pub const F16: Kind = Kind::Float(FloatType::F16);

/// A model's files in a folder of their own.
pub fn files(family: Family, size: Size, kind: Kind) -> (TempDir, ModelFiles) {
    let folder = tempfile::tempdir().unwrap();
    let model = RandomModel::new(family, size, 1);
    match kind {
        Kind::Float(kind) => model.write_safetensors(folder.path(), kind).unwrap(),
        Kind::Gguf(name) => {
            let kind = Quantization::from_name(name).unwrap();
            model.write_gguf(&folder.path().join("model.gguf"), kind).unwrap();
        }
    }
    let files = ModelFiles::find(folder.path()).unwrap();
    (folder, files)
}

pub fn load_with(family: Family, size: Size, kind: Kind, generic: bool) -> Decoder {
    let (_folder, files) = files(family, size, kind);
    let options = LoadOptions {
        generic,
        ..LoadOptions::default()
    };
    Decoder::load(&files, &candle_core::Device::Cpu, &options).unwrap()
}

pub fn load(family: Family, size: Size, kind: Kind) -> Decoder {
    load_with(family, size, kind, false)
}

pub fn scheduler(decoder: Decoder, options: SchedulerOptions) -> Scheduler {
    let options = SchedulerOptions {
        kv_bytes: options.kv_bytes.or(Some(64 << 20)),
        ..options
    };
    Scheduler::new(decoder, options).unwrap()
}

/// Tokens that look like a text's: many different ones, some again and again.
pub fn prompt(length: usize, seed: u64, vocabulary: usize) -> Vec<u32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (3 + (state >> 33) % (vocabulary as u64 - 3)) as u32
        })
        .collect()
}

pub fn request(tokens: Vec<u32>, max_tokens: usize) -> TokenRequest {
    TokenRequest {
        tokens,
        max_tokens,
        sampling: Sampling::GREEDY,
        stop_tokens: Vec::new(),
        constraint: None,
    }
}

/// Runs all requests together; answers in the order of the requests.
pub fn run(scheduler: &mut Scheduler, requests: Vec<TokenRequest>) -> Vec<TokenOutput> {
    let ids: Vec<_> = requests
        .into_iter()
        .map(|r| scheduler.submit(r).unwrap())
        .collect();
    let mut outputs = Vec::new();
    while scheduler.outstanding() > 0 {
        outputs.extend(scheduler.step().unwrap());
    }
    let of = |id| outputs.iter().find(|(found, _)| *found == id).unwrap().1.clone();
    ids.into_iter().map(of).collect()
}

/// Logits of all tokens, computed in chunks of the given lengths (cycled).
pub fn logits(decoder: &Decoder, tokens: &[u32], lengths: &[usize]) -> Vec<Vec<f32>> {
    let pages: Vec<u32> = (0..tokens.len().div_ceil(PAGE) as u32).rev().collect();
    let mut store = decoder.kv_store(pages.len()).unwrap();
    let (mut start, mut out) = (0, Vec::new());
    for length in lengths.iter().cycle() {
        let end = tokens.len().min(start + length);
        if start == end {
            return out;
        }
        let chunk = Chunk {
            tokens: &tokens[start..end],
            start,
            pages: &pages,
            logits_from: 0,
        };
        let logits = decoder.forward(&[chunk], &mut store).unwrap();
        out.extend(logits.to_vec2::<f32>().unwrap());
        start = end;
    }
    unreachable!("the lengths are cycled")
}
