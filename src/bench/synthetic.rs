//! Models of true shapes with random weights, made for one measurement.

use super::BenchError;
use crate::engine::random::{Family, Quantization, RandomModel, Size};
use std::path::{Path, PathBuf};

/// A model in a temporary folder, which goes with it.
#[derive(Debug)]
pub struct Synthetic {
    folder: PathBuf,
    /// The GGUF file.
    pub path: PathBuf,
}

/// Shapes that have a name.
pub const SHAPES: [&str; 4] = ["qwen3-0.6b", "qwen3-1.7b", "small", "tiny"];

/// Quantizations that have a name here.
pub const QUANTIZATIONS: [&str; 9] = [
    "q4_k_m", "q8_0", "q4_0", "q4_k", "q5_k", "q6_k", "bf16", "f16", "f32",
];

impl Synthetic {
    /// Writes a model of the named shape and quantization below `parent`, tensor by tensor.
    ///
    /// # Errors
    /// When it cannot be written, or the shape has no form in the quantization.
    pub fn make(size: Size, kind: Quantization, name: &str, parent: &Path) -> Result<Self, BenchError> {
        let folder = parent.join(format!("depeche-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|source| BenchError::Io {
            path: folder.clone(),
            source,
        })?;
        let path = folder.join(format!("{name}.gguf"));
        // from here on the folder goes, whatever happens
        let made = Self { folder, path };
        let model = RandomModel::new(Family::Qwen3, size, 1);
        model.write_side_files(&made.folder)?;
        model.write_gguf(&made.path, kind)?;
        Ok(made)
    }
}

impl Drop for Synthetic {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!("{} cannot be removed: {error}", self.folder.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known_and_the_folder_goes() {
        assert!(SHAPES.iter().all(|name| Size::from_name(name).is_some()));
        assert!(
            QUANTIZATIONS
                .iter()
                .all(|name| Quantization::from_name(name).is_some())
        );
        let parent = tempfile::tempdir().unwrap();
        let kind = Quantization::from_name("q8_0").unwrap();
        let made = Synthetic::make(Size::TINY, kind, "tiny", parent.path()).unwrap();
        assert!(made.path.is_file());
        drop(made);
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
    }
}
