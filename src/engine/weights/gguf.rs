//! A GGUF file: the header is read first, each tensor when it is asked for.
//!
//! Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>. candle parses the header;
//! what it does not guard against is checked here, before and after.

use super::{Extent, Matrix, Part, Place};
use crate::engine::config::{DecoderConfig, gguf};
use crate::engine::error::EngineError;
use crate::engine::read_at::read_at;
use candle_core::Device;
use candle_core::quantized::gguf_file::{Content, TensorInfo, Value};
use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use half::{bf16, f16};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

mod guard;
mod placed;

use guard::Fault;
use placed::Placed;

/// Types that can be computed with.
const READABLE: &str = "F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K to Q6_K";

/// An opened GGUF file.
#[derive(Debug)]
pub struct GgufWeights {
    path: PathBuf,
    file: File,
    length: u64,
    content: Content,
}

impl GgufWeights {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// When it cannot be read, is broken, or holds an architecture that is unknown.
    pub fn open(path: &Path) -> Result<(Self, DecoderConfig), EngineError> {
        let io = |source| EngineError::Io {
            path: path.to_owned(),
            source,
        };
        let malformed = |reason: String| EngineError::Malformed {
            path: path.to_owned(),
            format: "GGUF",
            reason,
        };
        let file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let mut reader = Placed::new(file);
        guard::check_header(&mut reader, length).map_err(|fault| match fault {
            Fault::Broken(reason) => malformed(reason),
            Fault::Type { name, found } => EngineError::TensorType {
                name,
                expected: READABLE,
                found,
            },
        })?;
        reader.seek(SeekFrom::Start(0)).map_err(io)?;
        let content = Content::read(&mut reader).map_err(|error| malformed(error.to_string()))?;
        if let Some(Value::U16(parts @ 2..)) = content.metadata.get("split.count") {
            return Err(EngineError::UnsupportedFeature {
                what: "split into several GGUF files",
                found: format!("{parts} files: join them with llama-gguf-split --merge"),
            });
        }
        let weights = Self {
            path: path.to_owned(),
            file: reader.into_inner(),
            length,
            content,
        };
        let divisors = match weights.content.tensor_infos.get("rope_freqs.weight") {
            Some(info) => {
                let length = info.shape.dims().iter().copied().fold(1, usize::saturating_mul);
                Some(weights.floats("rope_freqs.weight", &[length])?)
            }
            None => None,
        };
        let config = gguf::from_content(&weights.content, divisors)?;
        Ok((weights, config))
    }

    /// The header: metadata (the tokenizer's among them) and the list of tensors.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// See [`super::Weights::matrix`].
    pub fn matrix(
        &self,
        place: Place,
        config: &DecoderConfig,
        (rows, columns): (usize, usize),
    ) -> Result<Matrix, EngineError> {
        let name = place.gguf_name("weight");
        let (dtype, mut bytes) = self.read(&name, &[rows, columns])?;
        if let Some(heads) = interleaved_heads(place, config) {
            bytes = halves(&bytes, rows, heads);
        }
        Ok(match dtype {
            GgmlDType::F32 => Matrix::F32(numbers(&bytes, f32::from_le_bytes)),
            GgmlDType::F16 => Matrix::F16(numbers(&bytes, f16::from_le_bytes)),
            GgmlDType::BF16 => Matrix::Bf16(numbers(&bytes, bf16::from_le_bytes)),
            _ => {
                let storage = quantized_storage(&bytes, dtype)?;
                Matrix::Quantized(Box::new(QTensor::new(storage, (rows, columns))?))
            }
        })
    }

    /// See [`super::Weights::extent`].
    pub fn extent(
        &self,
        place: Place,
        config: &DecoderConfig,
        (rows, columns): (usize, usize),
    ) -> Result<Option<Extent<'_>>, EngineError> {
        let (dtype, start, _) = self.locate(&place.gguf_name("weight"), &[rows, columns])?;
        let plain = matches!(dtype, GgmlDType::F32 | GgmlDType::F16 | GgmlDType::BF16);
        if plain || interleaved_heads(place, config).is_some() {
            return Ok(None);
        }
        Ok(Some(Extent {
            dtype,
            file: &self.file,
            path: &self.path,
            start,
        }))
    }

    /// See [`super::Weights::dtype`].
    pub fn dtype(&self, place: Place) -> Option<GgmlDType> {
        let info = self.content.tensor_infos.get(&place.gguf_name("weight"))?;
        Some(info.ggml_dtype)
    }

    /// See [`super::Weights::vector`].
    pub fn vector(
        &self,
        place: Place,
        kind: &str,
        config: &DecoderConfig,
        length: usize,
    ) -> Result<Vec<f32>, EngineError> {
        let vector = self.floats(&place.gguf_name(kind), &[length])?;
        Ok(match interleaved_heads(place, config) {
            Some(heads) => halves(&vector, length, heads),
            None => vector,
        })
    }

    fn floats(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EngineError> {
        let (dtype, bytes) = self.read(name, shape)?;
        Ok(match dtype {
            GgmlDType::F32 => numbers(&bytes, f32::from_le_bytes),
            GgmlDType::F16 => numbers(&bytes, |b| f16::from_le_bytes(b).to_f32()),
            GgmlDType::BF16 => numbers(&bytes, |b| bf16::from_le_bytes(b).to_f32()),
            other => {
                return Err(EngineError::TensorType {
                    name: name.to_owned(),
                    expected: "F32, F16, BF16",
                    found: format!("{other:?}"),
                });
            }
        })
    }

    /// The type of a tensor, and its first byte and number of bytes in the file.
    fn locate(&self, name: &str, shape: &[usize]) -> Result<(GgmlDType, u64, u64), EngineError> {
        let Some(info) = self.content.tensor_infos.get(name) else {
            return Err(EngineError::MissingTensor {
                name: name.to_owned(),
            });
        };
        if info.shape.dims() != shape {
            return Err(EngineError::TensorShape {
                name: name.to_owned(),
                expected: shape.to_vec(),
                found: info.shape.dims().to_vec(),
            });
        }
        let dtype = info.ggml_dtype;
        let bytes = match byte_size(info) {
            Some(bytes) => bytes,
            None => {
                return Err(EngineError::TensorType {
                    name: name.to_owned(),
                    expected: READABLE,
                    found: format!("{dtype:?} of rows that are no whole number of blocks"),
                });
            }
        };
        let start = self.content.tensor_data_offset.saturating_add(info.offset);
        let end = start.saturating_add(bytes);
        if end > self.length {
            return Err(EngineError::Truncated {
                path: self.path.clone(),
                name: name.to_owned(),
                expected: end,
                found: self.length,
            });
        }
        Ok((dtype, start, bytes))
    }

    fn read(&self, name: &str, shape: &[usize]) -> Result<(GgmlDType, Vec<u8>), EngineError> {
        let (dtype, start, bytes) = self.locate(name, shape)?;
        let io = |source| EngineError::Io {
            path: self.path.clone(),
            source,
        };
        let mut data = vec![0u8; bytes as usize];
        read_at(&self.file, start, &mut data).map_err(io)?;
        Ok((dtype, data))
    }

    /// The type that most numbers are of; `Q4_K_M`-like when the file says so.
    pub fn quantization(&self) -> String {
        // `LlamaFileType` in gguf-py/gguf/constants.py.
        if let Some(Value::U32(kind)) = self.content.metadata.get("general.file_type") {
            let name = match kind {
                0 => "F32",
                1 => "F16",
                2 => "Q4_0",
                3 => "Q4_1",
                7 => "Q8_0",
                8 => "Q5_0",
                9 => "Q5_1",
                10 => "Q2_K",
                11 => "Q3_K_S",
                12 => "Q3_K_M",
                13 => "Q3_K_L",
                14 => "Q4_K_S",
                15 => "Q4_K_M",
                16 => "Q5_K_S",
                17 => "Q5_K_M",
                18 => "Q6_K",
                32 => "BF16",
                _ => "",
            };
            if !name.is_empty() {
                return name.to_owned();
            }
        }
        let mut sizes = BTreeMap::<String, u64>::new();
        for info in self.content.tensor_infos.values() {
            let size = byte_size(info).unwrap_or(0);
            *sizes.entry(format!("{:?}", info.ggml_dtype)).or_default() += size;
        }
        let most = sizes.into_iter().max_by_key(|(_, size)| *size);
        most.map_or_else(|| "unknown".to_owned(), |(name, _)| name)
    }
}

/// Bytes of a tensor, or `None` when its rows are no whole number of blocks, the type cannot be
/// computed with, or the size overflows.
fn byte_size(info: &TensorInfo) -> Option<u64> {
    if matches!(info.ggml_dtype, GgmlDType::Q8_1 | GgmlDType::Q8K) {
        return None;
    }
    let block = info.ggml_dtype.block_size();
    let row = info.shape.dims().last().copied()?;
    if !row.is_multiple_of(block) {
        return None;
    }
    let elements = info
        .shape
        .dims()
        .iter()
        .try_fold(1usize, |all, d| all.checked_mul(*d))?;
    let bytes = (elements / block).checked_mul(info.ggml_dtype.type_size())?;
    u64::try_from(bytes).ok()
}

/// Quantized blocks in memory that is aligned for them.
fn quantized_storage(bytes: &[u8], dtype: GgmlDType) -> Result<QStorage, EngineError> {
    // candle asserts an alignment that a byte vector need not have; in practice the allocator's 16
    // bytes suffice, but a panic is no way to find out.
    if (bytes.as_ptr() as usize).is_multiple_of(4) {
        return Ok(QStorage::from_data(Cow::Borrowed(bytes), &Device::Cpu, dtype)?);
    }
    let mut shifted = vec![0u8; bytes.len() + 4];
    let pad = shifted.as_ptr().align_offset(4) % 4;
    shifted[pad..pad + bytes.len()].copy_from_slice(bytes);
    let aligned = Cow::Borrowed(&shifted[pad..pad + bytes.len()]);
    Ok(QStorage::from_data(aligned, &Device::Cpu, dtype)?)
}

/// The heads of a tensor whose rows are interleaved pairs in this file.
fn interleaved_heads(place: Place, config: &DecoderConfig) -> Option<usize> {
    if !gguf::interleaved(&config.architecture) {
        return None;
    }
    match place {
        Place::Layer(_, Part::Query) => Some(config.heads),
        Place::Layer(_, Part::Key) => Some(config.kv_heads),
        _ => None,
    }
}

/// Brings the rows of each head from pairs (0, h, 1, h+1, …) back to halves (0, 1, …, h, h+1, …):
/// the inverse of `LlamaModel.permute` in convert_hf_to_gguf.py. A row is a whole number of items.
fn halves<T: Copy>(items: &[T], rows: usize, heads: usize) -> Vec<T> {
    let row = items.len() / rows.max(1);
    let head = rows / heads.max(1);
    let mut out = Vec::with_capacity(items.len());
    for target in 0..rows {
        let (first, within) = (target / head * head, target % head);
        let (half, index) = (within / (head / 2), within % (head / 2));
        let source = first + 2 * index + half;
        out.extend_from_slice(&items[source * row..(source + 1) * row]);
    }
    out
}

fn numbers<const N: usize, T>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    let whole = bytes.as_chunks::<N>().0;
    whole.iter().map(|b| number(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::halves;

    #[test]
    fn pairs_become_halves_head_by_head() {
        // Two heads of four rows of two items; `permute` wrote rows 0 2 1 3 of each.
        let pairs = [0, 0, 2, 2, 1, 1, 3, 3, 4, 4, 6, 6, 5, 5, 7, 7];
        let expected = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7];
        assert_eq!(halves(&pairs, 8, 2), expected);
    }
}
