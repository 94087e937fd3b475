//! `pytorch_model.bin`: what `torch.save` writes, in its two forms.
//!
//! Since PyTorch 1.6 the file is a zip archive of stored entries: `data.pkl` lists the tensors, and
//! `data/KEY` holds the numbers of each storage. Before, the file was five pickles after each other
//! (a magic number, a version, the machine, the list, the storages' keys) and then the storages, each
//! after its length. Many translation models are of that time.
//!
//! Source: `torch/serialization.py`, `_legacy_save` and `_save`. Nothing in the file is executed
//! ([`super::pickle`]), and no size is believed before it was compared with the file.

use super::pickle::{Id, Pickle, Value};
use super::{Extent, Matrix};
use crate::engine::error::EngineError;
use crate::engine::read_at::read_at;
use candle_core::quantized::GgmlDType;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Types that can be computed with.
const READABLE: &str = "FloatStorage, HalfStorage, BFloat16Storage";

/// The number that begins a file of the older form, as its first pickle.
const LEGACY: &[u8] = b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.";

/// An opened file: the list is read, the numbers are still on the disk.
#[derive(Debug)]
pub struct PytorchWeights {
    path: PathBuf,
    file: File,
    length: u64,
    tensors: HashMap<String, Tensor>,
    /// Where the numbers of a storage begin.
    storages: HashMap<String, u64>,
}

#[derive(Debug, Clone)]
struct Tensor {
    storage: String,
    kind: String,
    /// Numbers of the storage before the first.
    offset: u64,
    shape: Vec<usize>,
    strides: Vec<u64>,
}

impl Tensor {
    fn is_contiguous(&self) -> bool {
        let mut expected = 1u64;
        self.shape.iter().zip(&self.strides).rev().all(|(size, stride)| {
            let fits = *size == 1 || *stride == expected;
            expected = expected.saturating_mul(*size as u64);
            fits
        })
    }
}

impl PytorchWeights {
    /// Whether a file that begins with these bytes may be one.
    pub fn is_magic(head: &[u8]) -> bool {
        head.starts_with(b"PK\x03\x04") || head.starts_with(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9")
    }

    /// Opens a file and reads its list of tensors.
    ///
    /// # Errors
    /// When it cannot be read or is neither form.
    pub fn open(path: &Path) -> Result<Self, EngineError> {
        let io = |source| EngineError::Io {
            path: path.to_owned(),
            source,
        };
        let mut file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let mut head = [0u8; 4];
        if length >= 4 {
            file.read_exact(&mut head).map_err(io)?;
        }
        let mut opened = Self {
            path: path.to_owned(),
            file,
            length,
            tensors: HashMap::new(),
            storages: HashMap::new(),
        };
        let read = match &head == b"PK\x03\x04" {
            true => opened.read_archive(),
            false => opened.read_legacy(),
        };
        read.map_err(|reason| opened.malformed(reason))?;
        Ok(opened)
    }

    /// Whether a tensor of that name is there.
    pub fn contains(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// Reads a tensor of that shape, row after row, in the type of the file.
    ///
    /// # Errors
    /// When it is missing, truncated, of another shape or of a type that cannot be computed with.
    pub fn tensor(&self, name: &str, shape: &[usize]) -> Result<Matrix, EngineError> {
        self.extent(name, shape)?.floats(shape.iter().product())
    }

    /// Where the floats of a tensor of that shape lie, row after row. Reads nothing.
    ///
    /// # Errors
    /// As [`PytorchWeights::tensor`], but for a file that cannot be read.
    pub fn extent(&self, name: &str, shape: &[usize]) -> Result<Extent<'_>, EngineError> {
        let Some(tensor) = self.tensors.get(name) else {
            return Err(EngineError::MissingTensor {
                name: name.to_owned(),
            });
        };
        if tensor.shape != shape {
            return Err(EngineError::TensorShape {
                name: name.to_owned(),
                expected: shape.to_vec(),
                found: tensor.shape.clone(),
            });
        }
        if !tensor.is_contiguous() {
            return Err(EngineError::UnsupportedFeature {
                what: "memory layout of a tensor",
                found: format!("{name:?} with strides {:?}", tensor.strides),
            });
        }
        let (size, dtype) = match tensor.kind.as_str() {
            "FloatStorage" => (4, GgmlDType::F32),
            "HalfStorage" => (2, GgmlDType::F16),
            "BFloat16Storage" => (2, GgmlDType::BF16),
            other => {
                return Err(EngineError::TensorType {
                    name: name.to_owned(),
                    expected: READABLE,
                    found: other.to_owned(),
                });
            }
        };
        let Some(start) = self.storages.get(&tensor.storage) else {
            return Err(self.malformed(format!("the numbers of tensor {name:?} are not there")));
        };
        let bytes = shape.iter().product::<usize>() as u64 * size;
        let start = start.saturating_add(tensor.offset.saturating_mul(size));
        let end = start.saturating_add(bytes);
        if end > self.length {
            return Err(EngineError::Truncated {
                path: self.path.clone(),
                name: name.to_owned(),
                expected: end,
                found: self.length,
            });
        }
        Ok(Extent {
            dtype,
            file: &self.file,
            path: &self.path,
            start,
        })
    }

    fn malformed(&self, reason: String) -> EngineError {
        EngineError::Malformed {
            path: self.path.clone(),
            format: "PyTorch",
            reason,
        }
    }

    fn read_legacy(&mut self) -> Result<(), String> {
        self.file.rewind().map_err(|e| e.to_string())?;
        let mut reader = BufReader::new(&self.file);
        let mut head = vec![0; LEGACY.len() + 2];
        let known = reader.read_exact(&mut head).is_ok() && head.get(2..) == Some(LEGACY);
        if !known {
            return Err("it begins neither like a zip archive nor with PyTorch's magic number".to_owned());
        }
        let version = Pickle::read(&mut reader)?;
        if version.number(version.root) != Some(1001) {
            return Err("expected protocol version 1001".to_owned());
        }
        Pickle::read(&mut reader)?;
        let list = Pickle::read(&mut reader)?;
        let keys = Pickle::read(&mut reader)?;
        let (tensors, kinds) = list_tensors(&list)?;
        let Value::List(keys_in_order) = keys.value(keys.root) else {
            return Err("expected a list of storages".to_owned());
        };
        let mut at = reader.stream_position().map_err(|e| e.to_string())?;
        let mut storages = HashMap::new();
        for key in keys_in_order {
            let key = keys.text(*key).ok_or("a storage's key is no text")?;
            let mut count = [0; 8];
            reader
                .seek(SeekFrom::Start(at))
                .and_then(|_| reader.read_exact(&mut count))
                .map_err(|_| "the file ends before its storages do")?;
            let size = kinds.get(key).map_or(4, |kind| storage_width(kind));
            storages.insert(key.to_owned(), at + 8);
            let bytes = u64::from_le_bytes(count).checked_mul(size);
            at = bytes
                .and_then(|bytes| bytes.checked_add(at + 8))
                .filter(|next| *next <= self.length)
                .ok_or("the file ends before its storages do")?;
        }
        drop(reader);
        (self.tensors, self.storages) = (tensors, storages);
        Ok(())
    }

    fn read_archive(&mut self) -> Result<(), String> {
        let entries = self.directory()?;
        let (list, start) = entries
            .iter()
            .find(|(name, _)| name.ends_with("/data.pkl") || *name == "data.pkl")
            .ok_or("the archive has no data.pkl")?;
        let folder = list.trim_end_matches("data.pkl").to_owned();
        let start = self.entry(start)?;
        self.file
            .seek(SeekFrom::Start(start))
            .map_err(|e| e.to_string())?;
        let list = Pickle::read(&mut BufReader::new(&self.file))?;
        let (tensors, kinds) = list_tensors(&list)?;
        if let Some(entry) = entries.get(&format!("{folder}byteorder")) {
            let start = self.entry(entry)?;
            let mut order = [0; 6];
            read_at(&self.file, start, &mut order).map_err(|e| e.to_string())?;
            if &order != b"little" {
                return Err("its numbers are not little-endian".to_owned());
            }
        }
        for key in kinds.keys() {
            if let Some(entry) = entries.get(&format!("{folder}data/{key}")) {
                let start = self.entry(entry)?;
                self.storages.insert(key.clone(), start);
            }
        }
        self.tensors = tensors;
        Ok(())
    }

    /// The archive's entries by name, with the place of their local headers.
    fn directory(&mut self) -> Result<HashMap<String, u64>, String> {
        /// A comment of the greatest length, and the record before it.
        const TAIL: u64 = 65_535 + 22;
        let tail_start = self.length.saturating_sub(TAIL);
        let tail = self.at(tail_start, (self.length - tail_start) as usize)?;
        let end = tail
            .windows(4)
            .rposition(|bytes| bytes == b"PK\x05\x06")
            .filter(|at| at + 22 <= tail.len())
            .ok_or("the archive's directory is missing: the file is cut")?;
        let (mut size, mut start) = (
            u64::from(u32_at(&tail, end + 12)),
            u64::from(u32_at(&tail, end + 16)),
        );
        // Zip64 puts a record before, and a pointer to it right before.
        if let Some(locator) = end
            .checked_sub(20)
            .filter(|at| tail[*at..].starts_with(b"PK\x06\x07"))
        {
            let record = self.at(u64_at(&tail, locator + 8), 56)?;
            if !record.starts_with(b"PK\x06\x06") {
                return Err("the archive's zip64 record is broken".to_owned());
            }
            (size, start) = (u64_at(&record, 40), u64_at(&record, 48));
        }
        if size > 64 << 20 {
            return Err(format!("its directory of {size} bytes is too long"));
        }
        let directory = self.at(start, size as usize)?;
        let mut entries = HashMap::new();
        let mut rest = directory.as_slice();
        while rest.len() >= 46 && rest.starts_with(b"PK\x01\x02") {
            let method = u16_at(rest, 10);
            let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(rest, at)));
            let whole = rest
                .get(46..46 + name + extra)
                .ok_or("the archive's directory is broken")?;
            let (name_bytes, extras) = whole.split_at(name);
            let mut header = u64::from(u32_at(rest, 42));
            let wide = [20, 24].map(|at| u32_at(rest, at) == u32::MAX);
            if header == u64::from(u32::MAX) {
                let before = wide.iter().filter(|wide| **wide).count() * 8;
                header = zip64_extra(extras)
                    .and_then(|extra| extra.get(before..before + 8))
                    .map(|bytes| u64_at(bytes, 0))
                    .ok_or("the archive's zip64 entry is broken")?;
            }
            if method != 0 {
                return Err("its entries are compressed".to_owned());
            }
            entries.insert(String::from_utf8_lossy(name_bytes).into_owned(), header);
            rest = rest.get(46 + name + extra + comment..).unwrap_or_default();
        }
        Ok(entries)
    }

    /// Where the content begins whose local header is there.
    fn entry(&mut self, header: &u64) -> Result<u64, String> {
        let bytes = self.at(*header, 30)?;
        if !bytes.starts_with(b"PK\x03\x04") {
            return Err("an entry of the archive is not where its directory says".to_owned());
        }
        let [name, extra] = [26, 28].map(|at| u64::from(u16_at(&bytes, at)));
        Ok(header + 30 + name + extra)
    }

    fn at(&mut self, start: u64, length: usize) -> Result<Vec<u8>, String> {
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| end > self.length) {
            return Err("the archive refers beyond its end: the file is cut".to_owned());
        }
        let mut bytes = vec![0; length];
        let read = self.file.seek(SeekFrom::Start(start));
        read.and_then(|_| self.file.read_exact(&mut bytes))
            .map_err(|error| error.to_string())?;
        Ok(bytes)
    }
}

type Listed = (HashMap<String, Tensor>, HashMap<String, String>);

/// The tensors of a state dictionary, and the types of their storages by key.
fn list_tensors(pickle: &Pickle) -> Result<Listed, String> {
    let Value::Dict(pairs) = pickle.value(pickle.root) else {
        return Err("expected a dictionary of tensors".to_owned());
    };
    let (mut tensors, mut kinds) = (HashMap::new(), HashMap::new());
    for (name, value) in pairs {
        let Some(name) = pickle.text(*name) else { continue };
        let Some(tensor) = tensor_of(pickle, *value) else {
            continue;
        };
        kinds.insert(tensor.storage.clone(), tensor.kind.clone());
        tensors.insert(name.to_owned(), tensor);
    }
    match tensors.is_empty() {
        true => Err("it lists no tensor".to_owned()),
        false => Ok((tensors, kinds)),
    }
}

/// `_rebuild_tensor_v2((storage, type, key, device, count), offset, shape, strides, …)`, also within
/// a parameter.
fn tensor_of(pickle: &Pickle, id: Id) -> Option<Tensor> {
    let mut id = id;
    // A parameter wraps a tensor; nothing wraps a parameter.
    for _ in 0..2 {
        let Value::Call(callable, arguments) = *pickle.value(id) else {
            return None;
        };
        let arguments = pickle.tuple(arguments)?;
        match pickle.value(callable) {
            Value::Global(name) if name == "torch._utils _rebuild_parameter" => id = *arguments.first()?,
            Value::Global(name) if name == "torch._utils _rebuild_tensor_v2" => {
                let [storage, offset, shape, strides, ..] = *arguments else {
                    return None;
                };
                let Value::Persistent(storage) = *pickle.value(storage) else {
                    return None;
                };
                let [_, kind, key, ..] = *pickle.tuple(storage)? else {
                    return None;
                };
                let Value::Global(kind) = pickle.value(kind) else {
                    return None;
                };
                let shape: Option<Vec<usize>> = pickle
                    .numbers(shape)?
                    .into_iter()
                    .map(|size| usize::try_from(size).ok())
                    .collect();
                let (shape, strides) = (shape?, pickle.numbers(strides)?);
                return (shape.len() == strides.len()).then_some(Tensor {
                    storage: pickle.text(key)?.to_owned(),
                    kind: kind.strip_prefix("torch ").unwrap_or(kind).to_owned(),
                    offset: pickle.number(offset)?,
                    shape,
                    strides,
                });
            }
            _ => return None,
        }
    }
    None
}

/// Bytes of one number of a storage.
fn storage_width(kind: &str) -> u64 {
    match kind {
        "DoubleStorage" | "LongStorage" => 8,
        "HalfStorage" | "BFloat16Storage" | "ShortStorage" => 2,
        "ByteStorage" | "CharStorage" | "BoolStorage" => 1,
        _ => 4,
    }
}

fn zip64_extra(mut extras: &[u8]) -> Option<&[u8]> {
    while extras.len() >= 4 {
        let (kind, size) = (u16_at(extras, 0), usize::from(u16_at(extras, 2)));
        let body = extras.get(4..4 + size)?;
        if kind == 1 {
            return Some(body);
        }
        extras = &extras[4 + size..];
    }
    None
}

/// OK to index: every caller has checked the length.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::weights::numbers;
    use half::{bf16, f16};

    fn file(name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity");
        folder.join(format!("marian-{name}.bin"))
    }

    /// Files that PyTorch wrote, in both forms (tests/parity/marian_reference.py).
    #[test]
    fn both_forms_are_read() {
        for form in ["zip", "legacy"] {
            let weights = PytorchWeights::open(&file(form)).unwrap();
            let whole = |name: &str, shape: &[usize]| numbers(1, name, shape, 0, shape.iter().product());
            for (name, same, shape) in [
                ("model.shared.weight", "model.shared.weight", &[12, 8][..]),
                (
                    "model.encoder.embed_tokens.weight",
                    "model.shared.weight",
                    &[12, 8],
                ),
                ("final_logits_bias", "final_logits_bias", &[1, 12]),
                ("parameter", "parameter", &[5]),
            ] {
                let Matrix::F32(found) = weights.tensor(name, shape).unwrap() else {
                    panic!("{form} {name}")
                };
                assert_eq!(found, whole(same, shape), "{form} {name}");
            }
            let Matrix::F32(view) = weights.tensor("second", &[2, 8]).unwrap() else {
                panic!("{form}")
            };
            assert_eq!(view, whole("stacked", &[6, 8])[16..32]);
            let Matrix::F16(half) = weights.tensor("half", &[3, 8]).unwrap() else {
                panic!("{form}")
            };
            let exact = whole("half", &[3, 8]).into_iter().map(f16::from_f32);
            assert_eq!(half, exact.collect::<Vec<_>>());
            let Matrix::Bf16(brain) = weights.tensor("brain", &[3, 8]).unwrap() else {
                panic!("{form}")
            };
            let exact = whole("brain", &[3, 8]).into_iter().map(bf16::from_f32);
            assert_eq!(brain, exact.collect::<Vec<_>>());
            let explain = |weights: &PytorchWeights, name: &str, shape: &[usize]| {
                weights.tensor(name, shape).unwrap_err().to_string()
            };
            assert!(explain(&weights, "whole", &[3]).contains("LongStorage"));
            assert!(explain(&weights, "half", &[4, 8]).contains("shape"));
            assert!(explain(&weights, "turned", &[8, 6]).contains("strides"));
            assert!(explain(&weights, "nothing", &[8, 6]).contains("nothing"));
        }
    }

    #[test]
    fn no_broken_file_panics() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pytorch_model.bin");
        for form in ["zip", "legacy"] {
            let whole = std::fs::read(file(form)).unwrap();
            let mut tried = 0;
            // Cut anywhere, then with single bytes changed.
            let cut = (0..whole.len()).step_by(7).map(|end| whole[..end].to_vec());
            let changed = (0..whole.len()).step_by(3).map(|at| {
                let mut bytes = whole.clone();
                bytes[at] ^= 0xff;
                bytes
            });
            for bytes in cut.chain(changed) {
                std::fs::write(&path, bytes).unwrap();
                if let Ok(weights) = PytorchWeights::open(&path) {
                    let names: Vec<String> = weights.tensors.keys().cloned().collect();
                    for name in names {
                        let _ = weights.tensor(&name, &[12, 8]);
                    }
                }
                tried += 1;
            }
            assert!(tried > 500, "{tried}");
        }
    }
}
