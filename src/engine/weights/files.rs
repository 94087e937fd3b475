//! Which files make up a model on this machine.

use crate::engine::error::EngineError;
use crate::hub::{Format, LocalModel};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Reads a model's settings.
///
/// # Errors
/// When the file cannot be read or is no JSON.
pub(in crate::engine) fn read_json(path: &Path) -> Result<Value, EngineError> {
    let bytes = std::fs::read(path).map_err(|source| EngineError::Io {
        path: path.to_owned(),
        source,
    })?;
    serde_json::from_slice(&bytes).map_err(|error| EngineError::Malformed {
        path: path.to_owned(),
        format: "JSON",
        reason: error.to_string(),
    })
}

/// The files that hold a model's settings and tensors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelFiles {
    /// One GGUF file with everything.
    Gguf(PathBuf),
    /// `config.json` and one or more safetensors files.
    Safetensors {
        /// The settings.
        config: PathBuf,
        /// The tensors, in any number of files.
        shards: Vec<PathBuf>,
    },
}

impl ModelFiles {
    /// Finds a model at `path`: a `.gguf` file, or a folder that holds `config.json` and
    /// `*.safetensors`, or else one `.gguf` file (the first by name).
    ///
    /// # Errors
    /// [`EngineError::NoModel`] when there is none, [`EngineError::Io`] when the folder cannot be
    /// read.
    pub fn find(path: &Path) -> Result<Self, EngineError> {
        let io = |source| EngineError::Io {
            path: path.to_owned(),
            source,
        };
        let kind = std::fs::metadata(path).map_err(io)?;
        if kind.is_file() {
            return match has_extension(path, "gguf") {
                true => Ok(Self::Gguf(path.to_owned())),
                false => Err(EngineError::NoModel {
                    path: path.to_owned(),
                    expected: "a .gguf file",
                }),
            };
        }
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path).map_err(io)? {
            names.push(entry.map_err(io)?.path());
        }
        names.sort();
        let of = |extension: &'static str| -> Vec<PathBuf> {
            let matching = names.iter().filter(|name| has_extension(name, extension));
            matching.cloned().collect()
        };
        let (shards, config) = (of("safetensors"), path.join("config.json"));
        if !shards.is_empty() && config.is_file() {
            return Ok(Self::Safetensors { config, shards });
        }
        match of("gguf").into_iter().next() {
            Some(file) => Ok(Self::Gguf(file)),
            None => Err(EngineError::NoModel {
                path: path.to_owned(),
                expected: "config.json with .safetensors files, or a .gguf file",
            }),
        }
    }

    /// The files of a model that the hub found or fetched.
    ///
    /// # Errors
    /// [`EngineError::NoModel`] when it names no weights, or safetensors without settings.
    pub fn of(model: &LocalModel) -> Result<Self, EngineError> {
        let missing = |expected| EngineError::NoModel {
            path: PathBuf::from(&model.source),
            expected,
        };
        match model.format {
            Format::Gguf => match model.weights.first() {
                Some(path) => Ok(Self::Gguf(path.clone())),
                None => Err(missing("a .gguf file")),
            },
            Format::Safetensors => match (&model.config, model.weights.is_empty()) {
                (Some(config), false) => Ok(Self::Safetensors {
                    config: config.clone(),
                    shards: model.weights.clone(),
                }),
                _ => Err(missing("config.json with .safetensors files")),
            },
            Format::Pytorch => Err(missing("a .gguf file, or config.json with .safetensors files")),
        }
    }

    /// The files' size together, in bytes; what cannot be read counts as nothing.
    pub fn bytes(&self) -> u64 {
        let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |m| m.len());
        match self {
            Self::Gguf(path) => size(path),
            Self::Safetensors { shards, .. } => shards.iter().map(size).sum(),
        }
    }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension()
        .is_some_and(|found| found.eq_ignore_ascii_case(extension))
}
