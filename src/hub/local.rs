//! A model whose files are all on this machine: what the engine loads from.
//!
//! A folder as `git clone` makes it, one snapshot of the Hub's cache, and a single file are all read here by
//! the same rules. Nothing is downloaded, and no tensor is read: only names, and the first bytes of each
//! weight file, so that a mistake is told before a minute of loading.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::card::{Card, Format};
use super::error::HubError;
use super::select::{self, Wanted};

/// The files beside the weights that the engine and the tasks read.
pub const COMPANIONS: [&str; 5] = [
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "chat_template.jinja",
];

/// The further files of a translation model.
pub const TRANSLATION_COMPANIONS: [&str; 4] = ["source.spm", "target.spm", "vocab.json", "target_vocab.json"];

/// What a translation model reads and writes with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TranslationFiles {
    /// `source.spm`: cuts source text.
    pub source: PathBuf,
    /// `target.spm`: puts target text together.
    pub target: PathBuf,
    /// `vocab.json`: numbers pieces.
    pub vocabulary: PathBuf,
    /// `target_vocab.json`, where the target has numbers of its own.
    pub target_vocabulary: Option<PathBuf>,
}

/// A model whose files are all on this machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LocalModel {
    /// The card's name, or the repository or path as it was given.
    pub name: String,
    /// The repository that the weights are from, or their path.
    pub source: String,
    /// The commit of that repository; for local files `local-` and a hash of sizes and samples.
    pub revision: String,
    /// What is known of it, where it has a card.
    #[serde(skip)]
    pub card: Option<&'static Card>,
    /// How the weights are stored.
    pub format: Format,
    /// `Q4_K_M`, …, as the file's name tells; `None` for safetensors and for names that do not tell.
    pub quantization: Option<String>,
    /// The weights: one GGUF file, or all shards of safetensors in the order of their names.
    pub weights: Vec<PathBuf>,
    /// `config.json`; a GGUF file states its own.
    pub config: Option<PathBuf>,
    /// `tokenizer.json`, of the model's own repository also where the weights are someone's GGUF.
    pub tokenizer: Option<PathBuf>,
    /// `tokenizer_config.json`: special tokens, and in older repositories the chat template.
    pub tokenizer_config: Option<PathBuf>,
    /// `chat_template.jinja`.
    pub chat_template: Option<PathBuf>,
    /// `generation_config.json`.
    pub generation_config: Option<PathBuf>,
    /// The further files of a translation model, where all of them are there.
    pub translation: Option<TranslationFiles>,
    /// The repository and commit that the tokenizer is from, where that is not `source`.
    pub tokenizer_source: Option<(String, String)>,
    /// Why this model, where `auto` chose it.
    pub reason: Option<String>,
}

impl LocalModel {
    /// Bytes of the weights together.
    pub fn weight_bytes(&self) -> u64 {
        self.weights
            .iter()
            .filter_map(|p| fs::metadata(p).ok())
            .map(|m| m.len())
            .sum()
    }

    /// All files of the model.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let companions = [
            &self.config,
            &self.generation_config,
            &self.tokenizer,
            &self.tokenizer_config,
            &self.chat_template,
        ];
        let translation = self.translation.iter().flat_map(|files| {
            [&files.source, &files.target, &files.vocabulary]
                .into_iter()
                .chain(&files.target_vocabulary)
        });
        let companions = companions.into_iter().flatten();
        self.weights.iter().chain(companions).chain(translation)
    }

    /// The chat template as the model ships it: `chat_template.jinja`, else the one in
    /// `tokenizer_config.json` (of several the one that is called `default`). `None` where there is none; a
    /// GGUF file may still carry one of its own.
    ///
    /// # Errors
    /// When one of the two files cannot be read.
    pub fn chat_template_text(&self) -> Result<Option<String>, HubError> {
        if let Some(path) = &self.chat_template {
            return fs::read_to_string(path)
                .map(Some)
                .map_err(HubError::io("read", path));
        }
        let Some(path) = &self.tokenizer_config else {
            return Ok(None);
        };
        let text = fs::read_to_string(path).map_err(HubError::io("read", path))?;
        let Ok(config) = serde_json::from_str::<TokenizerConfig>(&text) else {
            tracing::warn!(
                "{} cannot be read as JSON: no chat template is taken from it",
                path.display()
            );
            return Ok(None);
        };
        Ok(config.chat_template.and_then(|t| match t {
            ChatTemplates::One(text) => Some(text),
            ChatTemplates::Named(all) => all.into_iter().find(|t| t.name == "default").map(|t| t.template),
        }))
    }

    /// Takes the companions that are missing from another folder.
    pub(super) fn add_companions_of(&mut self, folder: &Path) {
        let [config, generation, tokenizer, tokenizer_config, template] = companions_in(folder);
        self.config = self.config.take().or(config);
        self.generation_config = self.generation_config.take().or(generation);
        self.tokenizer = self.tokenizer.take().or(tokenizer);
        self.tokenizer_config = self.tokenizer_config.take().or(tokenizer_config);
        self.chat_template = self.chat_template.take().or(template);
        self.translation = self.translation.take().or_else(|| translation_in(folder));
    }
}

#[derive(Deserialize)]
struct TokenizerConfig {
    chat_template: Option<ChatTemplates>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ChatTemplates {
    One(String),
    Named(Vec<NamedTemplate>),
}

#[derive(Deserialize)]
struct NamedTemplate {
    name: String,
    template: String,
}

/// Reads a folder, or a single weight file with the companions beside it.
///
/// # Errors
/// When there is nothing there, no weights or several, a shard is missing, or a weight file is not what its
/// name says.
pub fn load_path(path: &Path) -> Result<LocalModel, HubError> {
    let metadata = fs::metadata(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => HubError::PathNotFound {
            path: path.to_owned(),
        },
        _ => HubError::Io {
            action: "read",
            path: path.to_owned(),
            source,
        },
    })?;
    let name = path.display().to_string();
    let mut model = if metadata.is_dir() {
        load_folder(path, &Wanted::Any, &name)?
    } else {
        let file = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let folder = match path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        load_folder(folder, &Wanted::File(file), &name)?
    };
    model.revision = fingerprint(&model.weights)?;
    Ok(model)
}

/// Reads a folder in which the files of one revision lie; `revision` and `source` are the caller's to set.
pub(super) fn load_folder(folder: &Path, wanted: &Wanted, name: &str) -> Result<LocalModel, HubError> {
    let files = relative_files(folder)?;
    let chosen = select::weights(&files, wanted, name)?;
    let mut weights: Vec<PathBuf> = match &chosen.index {
        None => chosen.files.iter().map(|f| folder.join(f)).collect(),
        Some(index) => {
            let text =
                fs::read_to_string(folder.join(index)).map_err(HubError::io("read", folder.join(index)))?;
            let shards = select::shards(&text).map_err(|source| HubError::BrokenIndex {
                path: folder.join(index),
                source,
            })?;
            if let Some(missing) = shards.iter().find(|s| !files.contains(s)) {
                return Err(HubError::MissingShard {
                    place: name.to_owned(),
                    file: missing.clone(),
                });
            }
            shards.iter().map(|s| folder.join(s)).collect()
        }
    };
    weights.sort();
    for file in &weights {
        check_magic(file, chosen.format)?;
    }
    // Companions lie beside the weights, which a GGUF repository may keep in a subfolder.
    let mut model = LocalModel {
        name: name.to_owned(),
        source: name.to_owned(),
        revision: String::new(),
        card: None,
        format: chosen.format,
        quantization: chosen.quantization(),
        weights,
        config: None,
        tokenizer: None,
        tokenizer_config: None,
        chat_template: None,
        generation_config: None,
        translation: None,
        tokenizer_source: None,
        reason: None,
    };
    if let Some(beside) = model.weights[0].parent().map(Path::to_owned) {
        model.add_companions_of(&beside);
    }
    model.add_companions_of(folder);
    Ok(model)
}

fn companions_in(folder: &Path) -> [Option<PathBuf>; 5] {
    COMPANIONS.map(|name| Some(folder.join(name)).filter(|p| p.is_file()))
}

fn translation_in(folder: &Path) -> Option<TranslationFiles> {
    let [source, target, vocabulary, target_vocabulary] =
        TRANSLATION_COMPANIONS.map(|name| Some(folder.join(name)).filter(|p| p.is_file()));
    Some(TranslationFiles {
        source: source?,
        target: target?,
        vocabulary: vocabulary?,
        target_vocabulary,
    })
}

/// Names of the files in a folder and its subfolders, two levels deep, with `/` between, sorted. Hidden
/// folders (`.git`, `.cache`) are passed over; a link whose file is gone does not count.
pub(super) fn relative_files(folder: &Path) -> Result<Vec<String>, HubError> {
    fn visit(folder: &Path, prefix: &str, depth: usize, out: &mut Vec<String>) -> Result<(), HubError> {
        for entry in fs::read_dir(folder).map_err(HubError::io("read", folder))? {
            let entry = entry.map_err(HubError::io("read", folder))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if path.is_file() {
                out.push(format!("{prefix}{name}"));
            } else if depth > 0 && path.is_dir() && !name.starts_with('.') {
                visit(&path, &format!("{prefix}{name}/"), depth - 1, out)?;
            }
        }
        Ok(())
    }
    let mut out = Vec::new();
    visit(folder, "", 2, &mut out)?;
    out.sort();
    Ok(out)
}

/// Checks the first bytes of a weight file.
fn check_magic(path: &Path, format: Format) -> Result<(), HubError> {
    let mut file = fs::File::open(path).map_err(HubError::io("read", path))?;
    let mut head = Vec::new();
    file.by_ref()
        .take(32)
        .read_to_end(&mut head)
        .map_err(HubError::io("read", path))?;
    if head.starts_with(b"version https://git-lfs") {
        return Err(HubError::LfsPointer {
            path: path.to_owned(),
        });
    }
    let wrong = |expected| {
        let found = match head.as_slice() {
            [] => "an empty file".to_owned(),
            bytes => format!(
                "a file that begins with \"{}\"",
                bytes[..bytes.len().min(8)].escape_ascii()
            ),
        };
        HubError::NotAModelFile {
            path: path.to_owned(),
            expected,
            found,
        }
    };
    match format {
        Format::Gguf if head.starts_with(b"GGUF") => Ok(()),
        Format::Gguf => Err(wrong("GGUF")),
        // Eight bytes with the length of the header, then the header, which is a JSON object.
        Format::Safetensors if head.len() > 8 && head[8] == b'{' => Ok(()),
        Format::Safetensors => Err(wrong("safetensors")),
        // A zip archive, or before PyTorch 1.6 a pickle.
        Format::Pytorch if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\x80\x02") => Ok(()),
        Format::Pytorch => Err(wrong("PyTorch")),
    }
}

/// Names local weights by their content without reading gigabytes: sizes, and the whole file up to 4 MiB or
/// else 64 pieces of 16 KiB spread over it, first and last included. Two models of the same shape differ in
/// every tensor, so samples tell them apart; a change of single bytes in between is not noticed.
fn fingerprint(weights: &[PathBuf]) -> Result<String, HubError> {
    const WHOLE: u64 = 4 << 20;
    const PIECE: u64 = 16 << 10;
    const PIECES: u64 = 64;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = Vec::new();
    for path in weights {
        let mut file = fs::File::open(path).map_err(HubError::io("read", path))?;
        let size = file.metadata().map_err(HubError::io("read", path))?.len();
        hasher.update(&size.to_le_bytes());
        let (pieces, length) = if size <= WHOLE { (1, size) } else { (PIECES, PIECE) };
        for i in 0..pieces {
            let at = if pieces == 1 {
                0
            } else {
                (size - length) / (pieces - 1) * i
            };
            let at = if i + 1 == pieces { size - length } else { at };
            buffer.clear();
            file.seek(SeekFrom::Start(at))
                .and_then(|_| file.by_ref().take(length).read_to_end(&mut buffer))
                .map_err(HubError::io("read", path))?;
            hasher.update(&buffer);
        }
    }
    Ok(format!("local-{}", &hasher.finalize().to_hex()[..16]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest file that begins like safetensors.
    const SAFETENSORS: &[u8] = b"\x02\0\0\0\0\0\0\0{}";

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        folder
    }

    fn explain(result: Result<LocalModel, HubError>, folder: &Path) -> String {
        let e = result.unwrap_err();
        let text = format!("{e} | {}", e.hint().unwrap_or_default());
        text.replace(folder.to_str().unwrap(), "DIR")
    }

    #[test]
    fn a_folder_of_safetensors_is_read_with_all_companions() {
        let dir = folder(&[
            ("model.safetensors", SAFETENSORS),
            ("config.json", b"{}"),
            ("tokenizer.json", b"{}"),
            ("tokenizer_config.json", br#"{"chat_template": "in config"}"#),
            ("chat_template.jinja", b"in file"),
            ("generation_config.json", b"{}"),
            ("onnx/model.onnx", b"x"),
        ]);
        let model = load_path(dir.path()).unwrap();
        assert_eq!(model.format, Format::Safetensors);
        assert_eq!(model.weights, [dir.path().join("model.safetensors")]);
        assert_eq!(model.config, Some(dir.path().join("config.json")));
        assert_eq!(model.tokenizer, Some(dir.path().join("tokenizer.json")));
        assert_eq!(
            model.generation_config,
            Some(dir.path().join("generation_config.json"))
        );
        assert_eq!(model.chat_template_text().unwrap().as_deref(), Some("in file"));
        assert_eq!(model.revision.len(), "local-".len() + 16);
        assert_eq!(model.weight_bytes(), SAFETENSORS.len() as u64);
    }

    #[test]
    fn shards_come_from_the_index_in_order() {
        let index = br#"{"weight_map": {"b": "model-00002-of-00002.safetensors", "a": "model-00001-of-00002.safetensors"}}"#;
        let dir = folder(&[
            ("model.safetensors.index.json", index),
            ("model-00001-of-00002.safetensors", SAFETENSORS),
            ("model-00002-of-00002.safetensors", SAFETENSORS),
        ]);
        let names: Vec<_> = load_path(dir.path()).unwrap().weights;
        let expected = [1, 2].map(|i| dir.path().join(format!("model-0000{i}-of-00002.safetensors")));
        assert_eq!(names, expected);

        fs::remove_file(&expected[1]).unwrap();
        insta::assert_snapshot!(explain(load_path(dir.path()), dir.path()), @"`DIR` is incomplete: its index names model-00002-of-00002.safetensors, but the file is not there | download or copy the missing file");
        fs::write(dir.path().join("model.safetensors.index.json"), "[1, 2]").unwrap();
        insta::assert_snapshot!(explain(load_path(dir.path()), dir.path()), @"`DIR/model.safetensors.index.json` is not an index of safetensors files | download or copy the file again");
    }

    #[test]
    fn an_index_cannot_name_files_outside_of_the_folder() {
        let index = br#"{"weight_map": {"a": "../../etc/passwd"}}"#;
        let dir = folder(&[("model.safetensors.index.json", index)]);
        insta::assert_snapshot!(explain(load_path(dir.path()), dir.path()), @"`DIR/model.safetensors.index.json` is not an index of safetensors files | download or copy the file again");
    }

    #[test]
    fn a_single_gguf_file_takes_the_companions_beside_it() {
        let dir = folder(&[
            ("Tiny-Q4_K_M.gguf", b"GGUF\x03\0\0\0"),
            ("Tiny-Q8_0.gguf", b"GGUF\x03\0\0\0"),
            ("tokenizer.json", b"{}"),
            ("tokenizer_config.json", br#"{"chat_template": [{"name": "tool", "template": "t"}, {"name": "default", "template": "d"}]}"#),
        ]);
        let model = load_path(&dir.path().join("Tiny-Q4_K_M.gguf")).unwrap();
        assert_eq!(
            (model.format, model.quantization.as_deref()),
            (Format::Gguf, Some("Q4_K_M"))
        );
        assert_eq!(model.tokenizer, Some(dir.path().join("tokenizer.json")));
        assert_eq!(model.chat_template_text().unwrap().as_deref(), Some("d"));
        insta::assert_snapshot!(explain(load_path(dir.path()), dir.path()), @"`DIR` holds 2 models: Tiny-Q4_K_M.gguf, Tiny-Q8_0.gguf | name the file itself, or for a repository `organisation/name:file`");
    }

    #[test]
    fn what_cannot_be_loaded_is_explained() {
        let dir = folder(&[
            ("torch/pytorch_model.bin", b"x"),
            ("empty/README.md", b"x"),
            (
                "lfs/model.safetensors",
                b"version https://git-lfs.github.com/spec/v1\noid sha256:0",
            ),
            ("html/model.gguf", b"<!DOCTYPE html>"),
            ("zero/model.safetensors", b""),
            ("split/big-00001-of-00003.gguf", b"GGUF"),
        ]);
        let of = |name: &str| explain(load_path(&dir.path().join(name)), dir.path());
        insta::assert_snapshot!(of("torch"), @"expected a .gguf or .safetensors model in `DIR/torch`, but found pytorch_model.bin | PyTorch, ONNX and MLX files cannot be loaded: take a repository with safetensors or GGUF files");
        insta::assert_snapshot!(of("empty"), @"expected a .gguf or .safetensors model in `DIR/empty`, but found README.md | PyTorch, ONNX and MLX files cannot be loaded: take a repository with safetensors or GGUF files");
        insta::assert_snapshot!(of("lfs"), @"`DIR/lfs/model.safetensors` is a Git LFS pointer, not the model itself | run `git lfs pull` in the folder, or `depeche models pull`");
        insta::assert_snapshot!(of("html"), @r#"expected a GGUF file at `DIR/html/model.gguf`, but found a file that begins with "<!DOCTYP" | download or copy the file again"#);
        insta::assert_snapshot!(of("zero"), @"expected a safetensors file at `DIR/zero/model.safetensors`, but found an empty file | download or copy the file again");
        insta::assert_snapshot!(of("split"), @"`big-00001-of-00003.gguf` is one part of a GGUF model that is split over several files, which is not supported | join the parts with `llama-gguf-split --merge`, or take a smaller quantization");
        insta::assert_snapshot!(of("nothing"), @"there is no file or folder `DIR/nothing` | a repository of the hub is written `organisation/name`");
        insta::assert_snapshot!(of("empty/README.md"), @"expected a .gguf or .safetensors model in `DIR/empty/README.md`, but found README.md | PyTorch, ONNX and MLX files cannot be loaded: take a repository with safetensors or GGUF files");
    }

    #[test]
    fn a_fingerprint_follows_the_content() {
        let mut big = vec![7u8; 6 << 20];
        let dir = folder(&[("a.gguf", &big), ("b.gguf", &big)]);
        let of = |name: &str| fingerprint(&[dir.path().join(name)]).unwrap();
        assert_eq!(of("a.gguf"), of("b.gguf"));
        *big.last_mut().unwrap() = 8;
        fs::write(dir.path().join("b.gguf"), &big).unwrap();
        assert_ne!(of("a.gguf"), of("b.gguf"));
    }
}
