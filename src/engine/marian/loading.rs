//! A Marian model's tensors on the disk, by their names.

use super::config::MarianConfig;
use super::stored::Stored;
use crate::engine::error::EngineError;
use crate::engine::weights::Extent;
use crate::engine::weights::pytorch::PytorchWeights;
use crate::engine::weights::safetensors::SafetensorsWeights;
use std::path::{Path, PathBuf};

/// The files of a model that its network is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarianFiles {
    /// `config.json`.
    pub config: PathBuf,
    /// `generation_config.json`, where there is one.
    pub generation: Option<PathBuf>,
    /// `model.safetensors`, or `pytorch_model.bin`.
    pub weights: Vec<PathBuf>,
}

impl MarianFiles {
    /// Finds them in a folder: safetensors before PyTorch's own form.
    ///
    /// # Errors
    /// [`EngineError::NoModel`] when settings or weights are not there.
    pub fn find(folder: &Path) -> Result<Self, EngineError> {
        let there = |name: &str| Some(folder.join(name)).filter(|path| path.is_file());
        let missing = |expected| EngineError::NoModel {
            path: folder.to_owned(),
            expected,
        };
        let weights = there("model.safetensors").or_else(|| there("pytorch_model.bin"));
        Ok(Self {
            config: there("config.json").ok_or_else(|| missing("config.json"))?,
            generation: there("generation_config.json"),
            weights: vec![weights.ok_or_else(|| missing("model.safetensors or pytorch_model.bin"))?],
        })
    }
}

/// In which numbers a network computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// 8-bit products where the CPU is good at them, else the float type of the file.
    #[default]
    Auto,
    /// The float type of the file.
    Float,
    /// 8-bit products.
    Int8,
}

/// Opened weights.
#[derive(Debug)]
pub(super) enum Tensors {
    Safetensors(SafetensorsWeights),
    Pytorch(PytorchWeights),
}

impl Tensors {
    /// # Errors
    /// When a file cannot be read or is not what it should be.
    pub(super) fn open(files: &MarianFiles) -> Result<Self, EngineError> {
        match files.weights.as_slice() {
            [file] if file.extension().is_some_and(|extension| extension == "bin") => {
                Ok(Self::Pytorch(PytorchWeights::open(file)?))
            }
            shards => Ok(Self::Safetensors(SafetensorsWeights::open(shards)?)),
        }
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        match self {
            Self::Safetensors(weights) => weights.contains(name),
            Self::Pytorch(weights) => weights.contains(name),
        }
    }

    /// A matrix that is still on the disk.
    pub(super) fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Stored<'_>, EngineError> {
        Ok(Stored::new(self.extent(name, &[rows, columns])?, rows, columns))
    }

    /// A vector as f32.
    pub(super) fn vector(&self, name: &str, length: usize) -> Result<Vec<f32>, EngineError> {
        self.numbers(name, &[length])
    }

    fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EngineError> {
        self.extent(name, shape)?.wide_floats(shape.iter().product())
    }

    fn extent(&self, name: &str, shape: &[usize]) -> Result<Extent<'_>, EngineError> {
        match self {
            Self::Safetensors(weights) => weights.extent(name, shape),
            Self::Pytorch(weights) => weights.extent(name, shape),
        }
    }

    /// The table of one half: files leave out what is the same as another.
    pub(super) fn embedding(&self, half: &str, config: &MarianConfig) -> Result<Stored<'_>, EngineError> {
        let rows = match half {
            "encoder" => config.source_vocabulary,
            _ => config.target_vocabulary,
        };
        let own = format!("model.{half}.embed_tokens.weight");
        let mut names = vec![own.as_str()];
        if config.shared_embeddings {
            names.insert(0, "model.shared.weight");
            names.extend([
                "model.encoder.embed_tokens.weight",
                "model.decoder.embed_tokens.weight",
            ]);
        }
        if config.tied_output && (half == "decoder" || config.shared_embeddings) {
            names.push("lm_head.weight");
        }
        let name = names.iter().find(|name| self.contains(name)).unwrap_or(&names[0]);
        self.matrix(name, rows, config.width)
    }

    /// Added to the logits; none is nothing added.
    pub(super) fn logits_bias(&self, config: &MarianConfig) -> Result<Vec<f32>, EngineError> {
        let count = config.target_vocabulary;
        match self.contains("final_logits_bias") {
            true => self.numbers("final_logits_bias", &[1, count]),
            false => Ok(vec![0.0; count]),
        }
    }
}

/// Sines and cosines of the positions, `[positions, width]`: sines in the first half of a row.
///
/// In f64 until the end, as transformers' `MarianSinusoidalPositionalEmbedding` has it.
pub(super) fn sinusoids(positions: usize, width: usize) -> Vec<f32> {
    let half = width.div_ceil(2);
    let mut table = vec![0.0; positions * width];
    for (position, row) in table.chunks_mut(width).enumerate() {
        for j in 0..width {
            let angle = position as f64 / 10000f64.powf(2.0 * (j / 2) as f64 / width as f64);
            match j % 2 {
                0 => row[j / 2] = angle.sin() as f32,
                _ => row[half + j / 2] = angle.cos() as f32,
            }
        }
    }
    table
}
