//! Which files of a folder or repository make the model: works on names alone, so that the same rules hold
//! for a folder on this machine and for a repository that has not been downloaded yet.

use std::collections::BTreeSet;

use globset::GlobBuilder;
use serde::Deserialize;

use super::card::Format;
use super::error::HubError;
use super::spec::is_safe_relative;

const INDEX: &str = "model.safetensors.index.json";
const SINGLE: &str = "model.safetensors";
const PYTORCH: &str = "pytorch_model.bin";
/// What only translation models have.
const TRANSLATION: &str = "source.spm";

/// Quantizations in the order in which they are taken when nothing else is said.
const PREFERRED: [&str; 8] = [
    "Q4_K_M", "Q4_K_S", "Q5_K_M", "Q5_K_S", "Q4_0", "Q6_K", "Q8_0", "F16",
];

/// Which of the weights in a folder or repository are meant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    /// The only ones: an error if there are several.
    Any,
    /// The best guess where there are several: safetensors, else the usual quantization.
    Usual,
    /// Safetensors.
    Safetensors,
    /// Safetensors, else PyTorch's own form.
    Pytorch,
    /// A file name, a glob or a quantization.
    File(String),
}

/// The weights that were chosen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chosen {
    pub format: Format,
    /// The files, unless an index lists them.
    pub files: Vec<String>,
    /// The index that lists them.
    pub index: Option<String>,
}

impl Chosen {
    fn files(format: Format, file: &str) -> Chosen {
        Chosen {
            format,
            files: vec![file.to_owned()],
            index: None,
        }
    }

    /// `Q4_K_M` in `Qwen3-0.6B-Q4_K_M.gguf`.
    pub fn quantization(&self) -> Option<String> {
        let stem = self.files.first()?.strip_suffix(".gguf")?;
        let last = stem.rsplit(['-', '.', '/']).next()?;
        let known = last.starts_with(['Q', 'q', 'I', 'i', 'F', 'f', 'B', 'b'])
            && last.contains(|c: char| c.is_ascii_digit());
        known.then(|| last.to_uppercase())
    }
}

/// Chooses among the names of a folder's or repository's files; `place` is for the messages.
pub(super) fn weights(files: &[String], wanted: &Wanted, place: &str) -> Result<Chosen, HubError> {
    let is = |name: &str| files.iter().any(|f| f == name);
    let safetensors = || {
        if is(INDEX) {
            Some(Chosen {
                format: Format::Safetensors,
                files: Vec::new(),
                index: Some(INDEX.to_owned()),
            })
        } else if is(SINGLE) {
            Some(Chosen::files(Format::Safetensors, SINGLE))
        } else {
            None
        }
    };
    let pytorch = || is(PYTORCH).then(|| Chosen::files(Format::Pytorch, PYTORCH));
    let nothing = || HubError::NoWeights {
        place: place.to_owned(),
        found: notable(files),
    };
    match wanted {
        Wanted::Safetensors => safetensors().ok_or_else(nothing),
        Wanted::Pytorch => safetensors().or_else(pytorch).ok_or_else(nothing),
        Wanted::File(pattern) => named(files, pattern, place),
        Wanted::Any | Wanted::Usual => {
            if let Some(chosen) = safetensors() {
                return Ok(chosen);
            }
            // Language models come in other forms too; many translation models do not.
            if is(TRANSLATION)
                && let Some(chosen) = pytorch()
            {
                return Ok(chosen);
            }
            let candidates = weight_files(files);
            match candidates.as_slice() {
                [] => Err(nothing()),
                [only] => one(only),
                several if *wanted == Wanted::Usual => usual(several, place),
                several => {
                    if let Some(part) = several.iter().find(|f| is_split(f)) {
                        return Err(HubError::SplitGguf {
                            file: (*part).to_owned(),
                        });
                    }
                    Err(ambiguous(several, place))
                }
            }
        }
    }
}

/// The shards that an index names, each once, in order.
pub(super) fn shards(index: &str) -> Result<Vec<String>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Index {
        weight_map: std::collections::BTreeMap<String, String>,
    }
    let index: Index = serde_json::from_str(index)?;
    let shards: BTreeSet<String> = index.weight_map.into_values().collect();
    if let Some(bad) = shards
        .iter()
        .find(|s| !is_safe_relative(s) || !s.ends_with(".safetensors"))
    {
        return Err(serde::de::Error::custom(format!(
            "{bad:?} is not the name of a shard"
        )));
    }
    if shards.is_empty() {
        return Err(serde::de::Error::custom("it names no shard"));
    }
    Ok(shards.into_iter().collect())
}

fn named(files: &[String], pattern: &str, place: &str) -> Result<Chosen, HubError> {
    if files.iter().any(|f| f == pattern) {
        if pattern == INDEX {
            return weights(files, &Wanted::Safetensors, place);
        }
        let is_pytorch = pattern == PYTORCH || pattern.ends_with(&format!("/{PYTORCH}"));
        if !is_weight_file(pattern) && !is_pytorch {
            return Err(HubError::NoWeights {
                place: place.to_owned(),
                found: vec![pattern.to_owned()],
            });
        }
        return one(pattern);
    }
    let candidates = weight_files(files);
    let found = matching(&candidates, pattern);
    match found.as_slice() {
        [] => Err(HubError::NoMatchingFile {
            repo: place.to_owned(),
            pattern: pattern.to_owned(),
            available: candidates.iter().map(|f| (*f).to_owned()).collect(),
        }),
        [only] => one(only),
        several => match several.iter().find(|f| is_split(f)) {
            Some(part) => Err(HubError::SplitGguf {
                file: (*part).to_owned(),
            }),
            None => Err(ambiguous(several, place)),
        },
    }
}

/// Files that a glob or the name of a quantization matches, in any case.
fn matching<'a>(candidates: &[&'a str], pattern: &str) -> Vec<&'a str> {
    let glob = GlobBuilder::new(pattern)
        .case_insensitive(true)
        .literal_separator(false)
        .build();
    let matcher = glob.map(|g| g.compile_matcher()).ok();
    let suffix = format!("{}.gguf", pattern.to_lowercase());
    let is_quantization = |file: &str| {
        let file = file.to_lowercase();
        file.strip_suffix(&suffix)
            .is_some_and(|rest| rest.ends_with(['-', '.', '_', '/']))
    };
    candidates
        .iter()
        .copied()
        .filter(|f| matcher.as_ref().is_some_and(|m| m.is_match(f)) || is_quantization(f))
        .collect()
}

fn usual(candidates: &[&str], place: &str) -> Result<Chosen, HubError> {
    let whole: Vec<&str> = candidates.iter().copied().filter(|f| !is_split(f)).collect();
    for quantization in PREFERRED {
        if let [only] = matching(&whole, quantization).as_slice() {
            return one(only);
        }
    }
    Err(ambiguous(candidates, place))
}

fn one(file: &str) -> Result<Chosen, HubError> {
    if is_split(file) && file.ends_with(".gguf") {
        return Err(HubError::SplitGguf {
            file: file.to_owned(),
        });
    }
    let format = if file.ends_with(".gguf") {
        Format::Gguf
    } else if file.ends_with(".bin") {
        Format::Pytorch
    } else {
        Format::Safetensors
    };
    Ok(Chosen::files(format, file))
}

fn ambiguous(files: &[&str], place: &str) -> HubError {
    let candidates = files.iter().map(|f| (*f).to_owned()).collect();
    HubError::AmbiguousWeights {
        place: place.to_owned(),
        candidates,
    }
}

fn is_weight_file(file: &str) -> bool {
    file.ends_with(".gguf") || file.ends_with(".safetensors")
}

/// Weight files that can be a language model: no vision projectors, adapters or shards without index.
fn weight_files(files: &[String]) -> Vec<&str> {
    files
        .iter()
        .map(String::as_str)
        .filter(|f| is_weight_file(f))
        .filter(|f| {
            let name = f.rsplit('/').next().unwrap_or(f).to_lowercase();
            let safetensors = name.ends_with(".safetensors");
            !(name.contains("mmproj")
                || name.contains("imatrix")
                || name.starts_with("adapter_")
                || name.starts_with("consolidated")
                || (safetensors && (f.contains('/') || is_split(&name))))
        })
        .collect()
}

/// Whether a file at the top of a repository is a shard that `model.safetensors.index.json` names.
pub(super) fn is_shard(file: &str) -> bool {
    file.starts_with("model-") && file.ends_with(".safetensors") && is_split_of(file, true)
}

/// Whether a name ends in `-00001-of-00003` before its extension.
fn is_split(file: &str) -> bool {
    is_split_of(file, false)
}

fn is_split_of(file: &str, one_counts: bool) -> bool {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let Some((rest, total)) = stem.rsplit_once("-of-") else {
        return false;
    };
    let digits = |s: &str| s.len() == 5 && s.bytes().all(|b| b.is_ascii_digit());
    digits(total)
        && rest.rsplit_once('-').is_some_and(|(_, part)| digits(part))
        && (one_counts || total != "00001")
}

/// What to tell of a place without usable weights: its other weight files, else its first files.
fn notable(files: &[String]) -> Vec<String> {
    let foreign = [
        ".bin",
        ".pt",
        ".pth",
        ".onnx",
        ".npz",
        ".h5",
        ".msgpack",
        ".ckpt",
        ".safetensors",
        ".gguf",
    ];
    let weights: Vec<String> = files
        .iter()
        .filter(|f| foreign.iter().any(|e| f.ends_with(e)))
        .cloned()
        .collect();
    let mut shown = if weights.is_empty() {
        files.to_vec()
    } else {
        weights
    };
    let more = shown.len().saturating_sub(5);
    shown.truncate(5);
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(files: &[&str], wanted: Wanted) -> String {
        let files: Vec<String> = files.iter().map(|f| (*f).to_owned()).collect();
        match weights(&files, &wanted, "org/repo") {
            Ok(Chosen {
                index: Some(index), ..
            }) => format!("index {index}"),
            Ok(chosen) => format!("{} {}", chosen.format.as_str(), chosen.files.join(" ")),
            Err(e) => e.to_string(),
        }
    }

    #[test]
    fn the_usual_choice_of_a_repository() {
        let q = [
            "m-Q2_K.gguf",
            "m-Q4_K_M.gguf",
            "m-UD-Q4_K_XL.gguf",
            "m-Q8_0.gguf",
            "mmproj-F16.gguf",
        ];
        assert_eq!(choose(&q, Wanted::Usual), "gguf m-Q4_K_M.gguf");
        assert_eq!(
            choose(&["m-Q8_0.gguf", "README.md"], Wanted::Usual),
            "gguf m-Q8_0.gguf"
        );
        assert_eq!(
            choose(&["model.safetensors", "m-Q8_0.gguf"], Wanted::Usual),
            "safetensors model.safetensors"
        );
        let sharded = [
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            INDEX,
        ];
        assert_eq!(choose(&sharded, Wanted::Usual), format!("index {INDEX}"));
        assert_eq!(
            choose(&["x/a.gguf", "x/b.gguf"], Wanted::Usual),
            "`org/repo` holds 2 models: x/a.gguf, x/b.gguf"
        );
        let split = [
            "m-Q4_K_M-00001-of-00002.gguf",
            "m-Q4_K_M-00002-of-00002.gguf",
            "m-Q2_K.gguf",
        ];
        assert_eq!(
            choose(&split, Wanted::Usual).split(':').next(),
            Some("`org/repo` holds 3 models")
        );
    }

    #[test]
    fn a_translation_model_may_come_in_the_form_of_pytorch() {
        let old = ["pytorch_model.bin", "source.spm", "target.spm", "tf_model.h5"];
        assert_eq!(choose(&old, Wanted::Usual), "pytorch pytorch_model.bin");
        assert_eq!(choose(&old, Wanted::Pytorch), "pytorch pytorch_model.bin");
        assert_eq!(
            choose(&old, Wanted::File(PYTORCH.into())),
            "pytorch pytorch_model.bin"
        );
        let both = ["pytorch_model.bin", "model.safetensors", "source.spm"];
        assert_eq!(choose(&both, Wanted::Pytorch), "safetensors model.safetensors");
        assert_eq!(choose(&both, Wanted::Any), "safetensors model.safetensors");
        let language_model = ["pytorch_model.bin", "tokenizer.json"];
        assert!(!choose(&language_model, Wanted::Usual).starts_with("pytorch"));
    }

    #[test]
    fn a_file_is_named_by_path_glob_or_quantization() {
        let q = [
            "a/m-Q4_K_M.gguf",
            "m-UD-Q4_K_XL.gguf",
            "m.Q8_0.gguf",
            "m-IQ4_XS.gguf",
        ];
        for name in ["a/m-Q4_K_M.gguf", "q4_k_m", "*Q4_K_M.gguf"] {
            assert_eq!(
                choose(&q, Wanted::File(name.into())),
                "gguf a/m-Q4_K_M.gguf",
                "{name}"
            );
        }
        assert_eq!(choose(&q, Wanted::File("Q8_0".into())), "gguf m.Q8_0.gguf");
        assert_eq!(
            choose(&q, Wanted::File("Q4_0".into())),
            "no weight file of `org/repo` matches `Q4_0`"
        );
        assert_eq!(
            choose(&q, Wanted::File("*.gguf".into())).split(':').next(),
            Some("`org/repo` holds 4 models")
        );
        // A glob that is not one matches nothing, and nothing panics.
        assert_eq!(
            choose(&q, Wanted::File("[".into())),
            "no weight file of `org/repo` matches `[`"
        );
    }

    #[test]
    fn quantizations_are_read_from_names() {
        for (file, expected) in [
            ("Qwen3-0.6B-Q8_0.gguf", Some("Q8_0")),
            ("sub/EuroLLM-1.7B-Instruct.q4_k_m.gguf", Some("Q4_K_M")),
            ("model-bf16.gguf", Some("BF16")),
            ("model.gguf", None),
            ("model.safetensors", None),
        ] {
            let chosen = Chosen::files(Format::Gguf, file);
            assert_eq!(chosen.quantization().as_deref(), expected, "{file}");
        }
    }
}
