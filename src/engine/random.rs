//! Models with random weights, of every supported architecture, in the formats that real ones come
//! in: for tests, benchmarks and trying the program out without a download.
//!
//! A weight is a function of the seed, the tensor's name and its place ([`weights`]), so that a
//! test in another language makes the same model from a few lines (tests/parity/reference.py), and
//! a GGUF file holds the quantized form of the same numbers as the safetensors files.

mod gguf;
mod marian;
mod pieces;
mod shapes;
mod tokenizer;
pub mod weights;

pub use gguf::Quantization;
pub use marian::{MarianShape, RandomMarian};
pub use shapes::{Family, Size};

use super::config::{DecoderConfig, hf};
use super::error::EngineError;
use super::weights::{Part, Place};
use half::{bf16, f16};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Numbers that are made, converted and written at a time.
const BLOCK: usize = 1 << 22;

/// A model that is its settings and a seed.
#[derive(Debug, Clone)]
pub struct RandomModel {
    /// As `config.json` states them.
    pub settings: Value,
    /// As the decoder reads them.
    pub config: DecoderConfig,
    /// Which weights.
    pub seed: u64,
}

/// Types of safetensors files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FloatType {
    /// 32-bit floats.
    F32,
    /// bfloat16.
    Bf16,
    /// IEEE half.
    F16,
}

impl FloatType {
    fn name(self) -> &'static str {
        match self {
            FloatType::F32 => "F32",
            FloatType::Bf16 => "BF16",
            FloatType::F16 => "F16",
        }
    }

    fn size(self) -> usize {
        if self == FloatType::F32 { 4 } else { 2 }
    }

    fn append(self, numbers: &[f32], bytes: &mut Vec<u8>) {
        match self {
            FloatType::F32 => numbers.iter().for_each(|x| bytes.extend(x.to_le_bytes())),
            FloatType::Bf16 => {
                numbers
                    .iter()
                    .for_each(|x| bytes.extend(bf16::from_f32(*x).to_le_bytes()));
            }
            FloatType::F16 => {
                numbers
                    .iter()
                    .for_each(|x| bytes.extend(f16::from_f32(*x).to_le_bytes()));
            }
        }
    }
}

/// One tensor of a model.
#[derive(Debug, Clone)]
struct Entry {
    place: Place,
    kind: &'static str,
    /// `[rows, columns]` or `[length]`.
    shape: Vec<usize>,
}

impl RandomModel {
    /// A model of `family` and `size`.
    pub fn new(family: Family, size: Size, seed: u64) -> Self {
        Self::from_settings(shapes::settings(family, size), seed)
            .expect("OK because every family and size is loaded by a test")
    }

    /// A model with the settings of a `config.json`.
    ///
    /// # Errors
    /// When they describe no supported decoder.
    pub fn from_settings(settings: Value, seed: u64) -> Result<Self, EngineError> {
        Ok(Self {
            config: hf::from_json(&settings)?,
            settings,
            seed,
        })
    }

    /// Writes a folder as the Hub has them: `config.json`, `model.safetensors`, and the tokenizer's
    /// files.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_safetensors(&self, folder: &Path, kind: FloatType) -> Result<(), EngineError> {
        std::fs::create_dir_all(folder).map_err(io(folder))?;
        self.write_side_files(folder)?;
        let path = folder.join("model.safetensors");
        self.write_tensors(&path, kind).map_err(io(&path))
    }

    fn write_tensors(&self, path: &Path, kind: FloatType) -> std::io::Result<()> {
        let entries = self.entries().into_iter();
        let tensors: Vec<Tensor> = entries
            .map(|entry| (entry.place.hf_name(entry.kind), entry.shape))
            .collect();
        write_safetensors_file(path, kind, &tensors, |(name, shape), first, count| {
            weights::numbers(self.seed, name, shape, first, count)
        })
    }

    /// Writes a GGUF file with the tokenizer in its metadata.
    ///
    /// # Errors
    /// When the file cannot be written, the architecture has no form in GGUF, or its rows are no
    /// whole number of the quantization's blocks.
    pub fn write_gguf(&self, path: &Path, kind: Quantization) -> Result<(), EngineError> {
        gguf::write(self, path, kind)
    }

    /// Writes what lies beside the weights: settings, tokenizer and chat template.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_side_files(&self, folder: &Path) -> Result<(), EngineError> {
        std::fs::create_dir_all(folder).map_err(io(folder))?;
        let tokenizer = tokenizer::tokenizer(self.config.vocab_size);
        for (name, json) in [
            ("config.json", &self.settings),
            ("tokenizer.json", &tokenizer),
            ("tokenizer_config.json", &tokenizer::settings()),
        ] {
            let path = folder.join(name);
            std::fs::write(&path, format!("{json:#}\n")).map_err(io(&path))?;
        }
        Ok(())
    }

    /// All tensors, in the order in which they are written.
    fn entries(&self) -> Vec<Entry> {
        let config = &self.config;
        let (vocabulary, hidden) = (config.vocab_size, config.hidden_size);
        let entry = |place, kind, shape: &[usize]| Entry {
            place,
            kind,
            shape: shape.to_vec(),
        };
        let mut entries = vec![entry(Place::Embedding, "weight", &[vocabulary, hidden])];
        for layer in 0..config.layers {
            for part in Part::ALL {
                let place = Place::Layer(layer, part);
                let norm = matches!(part, Part::QueryNorm | Part::KeyNorm);
                match part.shape(config) {
                    Some((rows, columns)) => {
                        entries.push(entry(place, "weight", &[rows, columns]));
                        let bias = match part {
                            Part::Query | Part::Key | Part::Value => config.qkv_bias,
                            Part::Output => config.output_bias,
                            _ => config.mlp_bias,
                        };
                        if bias {
                            entries.push(entry(place, "bias", &[rows]));
                        }
                    }
                    None if norm && !config.qk_norm => {}
                    None if norm => entries.push(entry(place, "weight", &[config.head_dim])),
                    None => entries.push(entry(place, "weight", &[hidden])),
                }
            }
        }
        entries.push(entry(Place::FinalNorm, "weight", &[hidden]));
        if !config.tied_embeddings {
            entries.push(entry(Place::Head, "weight", &[vocabulary, hidden]));
        }
        entries
    }

    fn numbers(&self, entry: &Entry, first: usize, count: usize) -> Vec<f32> {
        let name = entry.place.hf_name(entry.kind);
        weights::numbers(self.seed, &name, &entry.shape, first, count)
    }
}

/// Name and shape.
type Tensor = (String, Vec<usize>);

/// Writes one safetensors file; `numbers` gives so many elements of a tensor from one on.
fn write_safetensors_file(
    path: &Path,
    kind: FloatType,
    tensors: &[Tensor],
    numbers: impl Fn(&Tensor, usize, usize) -> Vec<f32>,
) -> std::io::Result<()> {
    let mut header = serde_json::Map::new();
    let mut offset = 0;
    for (name, shape) in tensors {
        let end = offset + shape.iter().product::<usize>() * kind.size();
        let about = json!({
            "dtype": kind.name(), "shape": shape, "data_offsets": [offset, end],
        });
        header.insert(name.clone(), about);
        offset = end;
    }
    let mut header = Value::Object(header).to_string();
    header.push_str(&" ".repeat(header.len().next_multiple_of(8) - header.len()));
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    for tensor in tensors {
        let count = tensor.1.iter().product();
        for first in (0..count).step_by(BLOCK) {
            let numbers = numbers(tensor, first, BLOCK.min(count - first));
            let mut bytes = Vec::with_capacity(numbers.len() * kind.size());
            kind.append(&numbers, &mut bytes);
            file.write_all(&bytes)?;
        }
    }
    file.flush()
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> EngineError {
    let path: PathBuf = path.to_owned();
    move |source| EngineError::Io { path, source }
}
