//! Writes GGUF files tensor by tensor; candle's writer wants all of them in memory.
//!
//! Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>, version 3.

use super::{BLOCK, Entry, RandomModel, io, tokenizer};
use crate::engine::config::{DecoderConfig, RopeScaling, gguf::interleaved};
use crate::engine::error::EngineError;
use crate::engine::weights::{Part, Place};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Bytes that every tensor begins at a multiple of.
const ALIGNMENT: usize = 32;

/// Types of a GGUF file's matrices; vectors are f32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantization {
    /// All matrices of one type.
    Uniform(GgmlDType),
    /// llama.cpp's mixture: Q4_K, but Q6_K for the embedding and half of values and downs.
    Q4KM,
}

impl Quantization {
    /// `f32`, `f16`, `bf16`, `q8_0`, `q4_0`, `q4_k`, `q5_k`, `q6_k`, `q4_k_m`, ….
    pub fn from_name(name: &str) -> Option<Self> {
        let kind = match name {
            "f32" => GgmlDType::F32,
            "f16" => GgmlDType::F16,
            "bf16" => GgmlDType::BF16,
            "q4_0" => GgmlDType::Q4_0,
            "q4_1" => GgmlDType::Q4_1,
            "q5_0" => GgmlDType::Q5_0,
            "q5_1" => GgmlDType::Q5_1,
            "q8_0" => GgmlDType::Q8_0,
            "q2_k" => GgmlDType::Q2K,
            "q3_k" => GgmlDType::Q3K,
            "q4_k" => GgmlDType::Q4K,
            "q5_k" => GgmlDType::Q5K,
            "q6_k" => GgmlDType::Q6K,
            "q4_k_m" => return Some(Self::Q4KM),
            _ => return None,
        };
        Some(Self::Uniform(kind))
    }

    fn of(self, entry: &Entry, layers: usize) -> GgmlDType {
        if entry.shape.len() == 1 {
            return GgmlDType::F32;
        }
        match (self, entry.place) {
            (Self::Uniform(kind), _) => kind,
            (Self::Q4KM, Place::Embedding | Place::Head) => GgmlDType::Q6K,
            // `use_more_bits` in llama.cpp's src/llama-quant.cpp.
            (Self::Q4KM, Place::Layer(i, Part::Value | Part::Down))
                if i < layers / 8
                    || i >= 7 * layers / 8
                    || (i - layers / 8).is_multiple_of(3) && i >= layers / 8 + 2 =>
            {
                GgmlDType::Q6K
            }
            (Self::Q4KM, _) => GgmlDType::Q4K,
        }
    }

    /// `LlamaFileType` in gguf-py/gguf/constants.py, where there is one.
    fn file_type(self) -> Option<u32> {
        Some(match self {
            Self::Q4KM => 15,
            Self::Uniform(GgmlDType::F32) => 0,
            Self::Uniform(GgmlDType::F16) => 1,
            Self::Uniform(GgmlDType::Q4_0) => 2,
            Self::Uniform(GgmlDType::Q8_0) => 7,
            Self::Uniform(GgmlDType::Q4K) => 14,
            Self::Uniform(GgmlDType::Q6K) => 18,
            Self::Uniform(GgmlDType::BF16) => 32,
            Self::Uniform(_) => return None,
        })
    }
}

pub(super) fn write(model: &RandomModel, path: &Path, kind: Quantization) -> Result<(), EngineError> {
    let architecture = match model.config.architecture.as_str() {
        "mistral" if model.config.windows.iter().any(Option::is_some) => {
            return Err(EngineError::UnsupportedFeature {
                what: "sliding window in GGUF",
                found: "mistral".to_owned(),
            });
        }
        "mistral" => "llama",
        "ministral3" => "mistral3",
        other => other,
    };
    let mut header = Header::default();
    settings(&mut header, architecture, &model.config, kind);
    tokens(&mut header, model.config.vocab_size);
    let divisors = match model.config.rope.scaling {
        RopeScaling::Llama3 { .. } => Some(divisors(&model.config)),
        _ => None,
    };
    let entries = model.entries();
    let layers = model.config.layers;
    let mut offset = 0;
    if let Some(divisors) = &divisors {
        header.tensor(
            "rope_freqs.weight",
            &[divisors.len()],
            GgmlDType::F32,
            &mut offset,
        );
    }
    for entry in &entries {
        let dtype = kind.of(entry, layers);
        let columns = entry.shape.last().copied().unwrap_or(0);
        if !columns.is_multiple_of(dtype.block_size()) {
            return Err(EngineError::UnsupportedFeature {
                what: "row length for this quantization",
                found: format!("{columns} for {dtype:?}"),
            });
        }
        header.tensor(
            &entry.place.gguf_name(entry.kind),
            &entry.shape,
            dtype,
            &mut offset,
        );
    }
    let mut file = BufWriter::new(File::create(path).map_err(io(path))?);
    file.write_all(&header.finish()).map_err(io(path))?;
    if let Some(divisors) = divisors {
        let bytes: Vec<u8> = divisors.iter().flat_map(|x| x.to_le_bytes()).collect();
        file.write_all(&padded(bytes)).map_err(io(path))?;
    }
    for entry in &entries {
        let heads = match entry.place {
            Place::Layer(_, Part::Query) if interleaved(architecture) => model.config.heads,
            Place::Layer(_, Part::Key) if interleaved(architecture) => model.config.kv_heads,
            _ => 0,
        };
        tensor(model, entry, kind.of(entry, layers), heads, |bytes| {
            file.write_all(bytes).map_err(io(path))
        })?;
    }
    file.flush().map_err(io(path))
}

/// Quantizes a tensor block by block of whole rows.
fn tensor(
    model: &RandomModel,
    entry: &Entry,
    dtype: GgmlDType,
    heads: usize,
    mut out: impl FnMut(&[u8]) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let columns = match entry.shape.as_slice() {
        [_, columns] => *columns,
        _ => 1,
    };
    let rows = entry.shape[0];
    let step = if heads > 0 {
        rows
    } else {
        (BLOCK / columns).clamp(1, rows)
    };
    let mut total = 0;
    for first in (0..rows).step_by(step) {
        let count = step.min(rows - first);
        let mut numbers = model.numbers(entry, first * columns, count * columns);
        if heads > 0 {
            numbers = pairs(&numbers, rows, heads);
        }
        let length = numbers.len();
        let row = if columns == 1 { length } else { columns };
        let numbers = Tensor::from_vec(numbers, (length / row, row), &Device::Cpu)?;
        let quantized = QTensor::quantize(&numbers, dtype)?;
        let bytes = quantized.data()?;
        total += bytes.len();
        out(&bytes)?;
    }
    out(&vec![0; total.next_multiple_of(ALIGNMENT) - total])
}

/// The order of rows in which llama.cpp rotates neighbours: `LlamaModel.permute` in
/// convert_hf_to_gguf.py.
fn pairs<T: Copy>(items: &[T], rows: usize, heads: usize) -> Vec<T> {
    let (row, head) = (items.len() / rows, rows / heads);
    let mut out = Vec::with_capacity(items.len());
    for target in 0..rows {
        let (first, within) = (target / head * head, target % head);
        let source = first + within % 2 * (head / 2) + within / 2;
        out.extend_from_slice(&items[source * row..(source + 1) * row]);
    }
    out
}

fn settings(header: &mut Header, name: &str, config: &DecoderConfig, kind: Quantization) {
    header.text("general.architecture", name);
    header.text("general.name", &format!("random {name}"));
    if let Some(kind) = kind.file_type() {
        header.u32("general.file_type", kind);
    }
    for (key, value) in [
        ("block_count", config.layers),
        ("context_length", config.context_length),
        ("embedding_length", config.hidden_size),
        ("feed_forward_length", config.intermediate_size),
        ("attention.head_count", config.heads),
        ("attention.head_count_kv", config.kv_heads),
        ("attention.key_length", config.head_dim),
        ("attention.value_length", config.head_dim),
        ("rope.dimension_count", config.rope.dim),
        ("vocab_size", config.vocab_size),
    ] {
        header.u32(&format!("{name}.{key}"), value as u32);
    }
    let mut number = |key: &str, value: f64| header.f32(&format!("{name}.{key}"), value as f32);
    number("attention.layer_norm_rms_epsilon", f64::from(config.rms_norm_eps));
    number("rope.freq_base", config.rope.theta);
    if name == "granite" {
        number("embedding_scale", f64::from(config.embedding_scale));
        number("residual_scale", f64::from(config.residual_scale));
        number("attention.scale", f64::from(config.attention_scale));
        number("logit_scale", 1.0 / f64::from(config.logit_scale));
    }
    if let Some(scale) = config.query_scale {
        number("attention.temperature_scale", f64::from(scale.beta));
    }
    if let RopeScaling::Yarn {
        factor,
        original,
        beta_fast,
        beta_slow,
        attention_factor,
        ..
    } = config.rope.scaling
    {
        number("rope.scaling.factor", factor);
        number("rope.scaling.yarn_beta_fast", beta_fast);
        number("rope.scaling.yarn_beta_slow", beta_slow);
        if attention_factor == 1.0 {
            number("rope.scaling.yarn_log_multiplier", 1.0);
        }
        header.text(&format!("{name}.rope.scaling.type"), "yarn");
        let key = format!("{name}.rope.scaling.original_context_length");
        header.u32(&key, original as u32);
    }
}

fn tokens(header: &mut Header, vocabulary: usize) {
    let (mut tokens, merges) = tokenizer::for_gguf(vocabulary);
    tokens.truncate(vocabulary);
    // `TokenType` in gguf-py: 3 is a control token, 1 an ordinary one.
    let special = |token: &String| tokenizer::SPECIAL.contains(&token.as_str());
    let types: Vec<u32> = tokens
        .iter()
        .map(|token| if special(token) { 3 } else { 1 })
        .collect();
    header.text("tokenizer.ggml.model", "gpt2");
    header.text("tokenizer.ggml.pre", "gpt-2");
    header.texts("tokenizer.ggml.tokens", &tokens);
    header.i32s("tokenizer.ggml.token_type", &types);
    header.texts("tokenizer.ggml.merges", &merges);
    header.u32("tokenizer.ggml.bos_token_id", tokenizer::END_OF_TEXT);
    header.u32("tokenizer.ggml.eos_token_id", tokenizer::END_OF_TURN);
    header.u32("tokenizer.ggml.padding_token_id", tokenizer::END_OF_TEXT);
    header.flag("tokenizer.ggml.add_bos_token", false);
    header.text("tokenizer.chat_template", tokenizer::CHAT_TEMPLATE);
}

/// What Llama 3's scaling divides each frequency by: `generate_extra_tensors` of `LlamaModel` in
/// convert_hf_to_gguf.py.
fn divisors(config: &DecoderConfig) -> Vec<f32> {
    let mut plain = config.rope.clone();
    plain.scaling = RopeScaling::None;
    let scaled = config.rope.inverse_frequencies();
    plain
        .inverse_frequencies()
        .iter()
        .zip(scaled)
        .map(|(plain, scaled)| plain / scaled)
        .collect()
}

#[derive(Default)]
struct Header {
    settings: Vec<u8>,
    setting_count: u64,
    tensors: Vec<u8>,
    tensor_count: u64,
}

impl Header {
    fn key(&mut self, key: &str, kind: u32) {
        self.setting_count += 1;
        string(&mut self.settings, key);
        self.settings.extend(kind.to_le_bytes());
    }

    fn u32(&mut self, key: &str, value: u32) {
        self.key(key, 4);
        self.settings.extend(value.to_le_bytes());
    }

    fn f32(&mut self, key: &str, value: f32) {
        self.key(key, 6);
        self.settings.extend(value.to_le_bytes());
    }

    fn flag(&mut self, key: &str, value: bool) {
        self.key(key, 7);
        self.settings.push(u8::from(value));
    }

    fn text(&mut self, key: &str, value: &str) {
        self.key(key, 8);
        string(&mut self.settings, value);
    }

    fn texts(&mut self, key: &str, values: &[String]) {
        self.array(key, 8, values.len());
        values.iter().for_each(|value| string(&mut self.settings, value));
    }

    fn i32s(&mut self, key: &str, values: &[u32]) {
        self.array(key, 5, values.len());
        values
            .iter()
            .for_each(|value| self.settings.extend(value.to_le_bytes()));
    }

    fn array(&mut self, key: &str, kind: u32, length: usize) {
        self.key(key, 9);
        self.settings.extend(kind.to_le_bytes());
        self.settings.extend((length as u64).to_le_bytes());
    }

    fn tensor(&mut self, name: &str, shape: &[usize], dtype: GgmlDType, offset: &mut usize) {
        self.tensor_count += 1;
        string(&mut self.tensors, name);
        self.tensors.extend((shape.len() as u32).to_le_bytes());
        for size in shape.iter().rev() {
            self.tensors.extend((*size as u64).to_le_bytes());
        }
        self.tensors.extend(code(dtype).to_le_bytes());
        self.tensors.extend((*offset as u64).to_le_bytes());
        let blocks = shape.iter().product::<usize>() / dtype.block_size();
        *offset += (blocks * dtype.type_size()).next_multiple_of(ALIGNMENT);
    }

    fn finish(self) -> Vec<u8> {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(3u32.to_le_bytes());
        bytes.extend(self.tensor_count.to_le_bytes());
        bytes.extend(self.setting_count.to_le_bytes());
        bytes.extend(self.settings);
        bytes.extend(self.tensors);
        padded(bytes)
    }
}

fn string(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}

fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
    bytes
}

/// `ggml_type` in ggml/include/ggml.h.
fn code(dtype: GgmlDType) -> u32 {
    match dtype {
        GgmlDType::F32 => 0,
        GgmlDType::F16 => 1,
        GgmlDType::Q4_0 => 2,
        GgmlDType::Q4_1 => 3,
        GgmlDType::Q5_0 => 6,
        GgmlDType::Q5_1 => 7,
        GgmlDType::Q8_0 => 8,
        GgmlDType::Q8_1 => 9,
        GgmlDType::Q2K => 10,
        GgmlDType::Q3K => 11,
        GgmlDType::Q4K => 12,
        GgmlDType::Q5K => 13,
        GgmlDType::Q6K => 14,
        GgmlDType::Q8K => 15,
        GgmlDType::BF16 => 30,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_stand_as_llama_cpp_wants_them() {
        let rows: Vec<usize> = (0..8).collect();
        assert_eq!(pairs(&rows, 8, 2), [0, 2, 1, 3, 4, 6, 5, 7]);
    }
}
