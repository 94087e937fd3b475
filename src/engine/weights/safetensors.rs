//! Safetensors files, one or many: the header is read first, each tensor when it is asked for.
//!
//! Format: <https://huggingface.co/docs/safetensors>. Files are read, not mapped: a file that
//! shrinks while it is mapped would kill the process.

use super::files::read_json;
use super::{Extent, Matrix, Place};
use crate::engine::config::{DecoderConfig, hf};
use crate::engine::error::EngineError;
use candle_core::quantized::GgmlDType;
use serde_json::Value;
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Longest header that is read: the limit of the safetensors crate.
const LONGEST_HEADER: u64 = 100_000_000;

/// Types that can be computed with.
const READABLE: &str = "F32, F16, BF16";

/// Reads `config.json`.
///
/// # Errors
/// When it cannot be read, is no JSON, or describes no decoder that is known.
pub fn read_config(path: &Path) -> Result<DecoderConfig, EngineError> {
    let json: Value = read_json(path)?;
    let mut config = hf::from_json(&json)?;
    // The tokens that end a chat turn are often stated only in generation_config.json.
    let generation = path.with_file_name("generation_config.json");
    if let Ok(json) = read_json(&generation) {
        for id in hf::eos(json.get("eos_token_id")) {
            if !config.eos_tokens.contains(&id) {
                config.eos_tokens.push(id);
            }
        }
    }
    Ok(config)
}

/// Opened safetensors files.
#[derive(Debug)]
pub struct SafetensorsWeights {
    files: Vec<(PathBuf, File)>,
    tensors: HashMap<String, Info>,
    /// What stands before `model.` in the names of a wrapped text model.
    prefix: &'static str,
}

#[derive(Debug, Clone)]
struct Info {
    file: usize,
    dtype: Dtype,
    shape: Vec<usize>,
    start: u64,
    bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Dtype {
    F32,
    F16,
    Bf16,
    Other(String),
}

impl Dtype {
    fn size(&self) -> u64 {
        match self {
            Dtype::F32 => 4,
            _ => 2,
        }
    }

    fn readable(&self) -> Option<GgmlDType> {
        match self {
            Dtype::F32 => Some(GgmlDType::F32),
            Dtype::F16 => Some(GgmlDType::F16),
            Dtype::Bf16 => Some(GgmlDType::BF16),
            Dtype::Other(_) => None,
        }
    }

    fn name(&self) -> &str {
        match self {
            Dtype::F32 => "f32",
            Dtype::F16 => "f16",
            Dtype::Bf16 => "bf16",
            Dtype::Other(other) => other,
        }
    }
}

impl SafetensorsWeights {
    /// Opens the files and reads their headers.
    ///
    /// # Errors
    /// When one cannot be read or its header is broken.
    pub fn open(paths: &[PathBuf]) -> Result<Self, EngineError> {
        let mut opened = Self {
            files: Vec::new(),
            tensors: HashMap::new(),
            prefix: "",
        };
        for path in paths {
            opened.add(path)?;
        }
        let norm = Place::FinalNorm.hf_name("weight");
        // Mistral3ForConditionalGeneration, in the order in which its checkpoints changed.
        for prefix in ["", "language_model.", "model.language_model."] {
            if opened.tensors.contains_key(&prefixed(prefix, &norm)) {
                opened.prefix = prefix;
                break;
            }
        }
        Ok(opened)
    }

    fn add(&mut self, path: &Path) -> Result<(), EngineError> {
        let io = |source| EngineError::Io {
            path: path.to_owned(),
            source,
        };
        let malformed = |reason: String| EngineError::Malformed {
            path: path.to_owned(),
            format: "safetensors",
            reason,
        };
        let mut file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let mut prefix = [0u8; 8];
        if length < 8 {
            return Err(malformed(format!(
                "expected at least 8 bytes, but found {length}"
            )));
        }
        file.read_exact(&mut prefix).map_err(io)?;
        let header_length = u64::from_le_bytes(prefix);
        if header_length > LONGEST_HEADER || header_length > length - 8 {
            return Err(malformed(format!(
                "expected a header within {} bytes, but found one of {header_length}",
                length - 8
            )));
        }
        let mut header = vec![0u8; header_length as usize];
        file.read_exact(&mut header).map_err(io)?;
        let header: HashMap<String, Value> =
            serde_json::from_slice(&header).map_err(|error| malformed(error.to_string()))?;
        let index = self.files.len();
        for (name, entry) in header {
            if name == "__metadata__" {
                continue;
            }
            let (dtype, shape, start, end) = parse_entry(&entry)
                .ok_or_else(|| malformed(format!("the entry of tensor {name:?} is broken")))?;
            let info = Info {
                file: index,
                dtype,
                shape,
                start: start.saturating_add(8 + header_length),
                bytes: end - start,
            };
            self.tensors.insert(name, info);
        }
        self.files.push((path.to_owned(), file));
        Ok(())
    }

    /// See [`super::Weights::matrix`].
    pub fn matrix(&self, place: Place, (rows, columns): (usize, usize)) -> Result<Matrix, EngineError> {
        let name = prefixed(self.prefix, &place.hf_name("weight"));
        self.tensor(&name, &[rows, columns])
    }

    /// See [`super::Weights::dtype`].
    pub fn dtype(&self, place: Place) -> Option<GgmlDType> {
        let name = prefixed(self.prefix, &place.hf_name("weight"));
        self.tensors.get(&name)?.dtype.readable()
    }

    /// See [`super::Weights::vector`].
    pub fn vector(&self, place: Place, kind: &str, length: usize) -> Result<Vec<f32>, EngineError> {
        let name = prefixed(self.prefix, &place.hf_name(kind));
        self.extent(&name, &[length])?.wide_floats(length)
    }

    /// Whether a tensor of that full name is there.
    pub fn contains(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// Reads the tensor of that full name and shape, row after row.
    ///
    /// # Errors
    /// As [`super::Weights::matrix`].
    pub fn tensor(&self, name: &str, shape: &[usize]) -> Result<Matrix, EngineError> {
        self.extent(name, shape)?.floats(shape.iter().product())
    }

    /// Where the floats of the tensor of that full name and shape lie, row after row. Reads nothing.
    ///
    /// # Errors
    /// As [`super::Weights::matrix`].
    pub fn extent(&self, name: &str, shape: &[usize]) -> Result<Extent<'_>, EngineError> {
        let Some(info) = self.tensors.get(name) else {
            return Err(EngineError::MissingTensor {
                name: name.to_owned(),
            });
        };
        if info.shape != shape {
            return Err(EngineError::TensorShape {
                name: name.to_owned(),
                expected: shape.to_vec(),
                found: info.shape.clone(),
            });
        }
        let dtype = info.dtype.readable().ok_or_else(|| EngineError::TensorType {
            name: name.to_owned(),
            expected: READABLE,
            found: info.dtype.name().to_owned(),
        })?;
        let (path, file) = &self.files[info.file];
        let elements: usize = shape.iter().product();
        if info.bytes != elements as u64 * info.dtype.size() {
            return Err(EngineError::Malformed {
                path: path.clone(),
                format: "safetensors",
                reason: format!("the size of tensor {name:?} does not fit its shape"),
            });
        }
        let io = |source| EngineError::Io {
            path: path.clone(),
            source,
        };
        let length = file.metadata().map_err(io)?.len();
        let expected = info.start.saturating_add(info.bytes);
        if expected > length {
            return Err(EngineError::Truncated {
                path: path.clone(),
                name: name.to_owned(),
                expected,
                found: length,
            });
        }
        Ok(Extent {
            dtype,
            file,
            path,
            start: info.start,
        })
    }

    /// The type of the embedding.
    pub fn quantization(&self) -> String {
        let name = prefixed(self.prefix, &Place::Embedding.hf_name("weight"));
        let info = self.tensors.get(&name);
        info.map_or("unknown", |info| info.dtype.name()).to_owned()
    }
}

/// `model.language_model.` replaces `model.`, the other prefixes stand before it.
fn prefixed(prefix: &str, name: &str) -> String {
    match (prefix, name.strip_prefix("model.")) {
        ("model.language_model.", Some(rest)) => format!("{prefix}{rest}"),
        ("model.language_model.", None) => name.to_owned(),
        _ => format!("{prefix}{name}"),
    }
}

fn parse_entry(entry: &Value) -> Option<(Dtype, Vec<usize>, u64, u64)> {
    let dtype = match entry.get("dtype")?.as_str()? {
        "F32" => Dtype::F32,
        "F16" => Dtype::F16,
        "BF16" => Dtype::Bf16,
        other => Dtype::Other(other.to_owned()),
    };
    let shape = entry.get("shape")?.as_array()?;
    let shape = shape.iter().map(|d| d.as_u64().map(|d| d as usize));
    let offsets = entry.get("data_offsets")?.as_array()?;
    let [start, end] = offsets.as_slice() else {
        return None;
    };
    let (start, end) = (start.as_u64()?, end.as_u64()?);
    (start <= end).then_some((dtype, shape.collect::<Option<_>>()?, start, end))
}
