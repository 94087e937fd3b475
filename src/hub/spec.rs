//! What stands after `--model`: a card, a repository, a local path, `auto` or `none`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::card::{Card, Variant, card, similar_names};
use super::error::HubError;

/// The model that a user asks for.
///
/// A name without a slash is a card (`qwen3-0.6b`, `qwen3-0.6b:q8_0`) unless it ends like a weight file. A
/// name with one slash is a repository of the Hub unless a file or folder of that name is there. Everything
/// else, and whatever begins with `.`, `/` or `~`, is a local path.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelSpec {
    /// Do all that needs no weights.
    None,
    /// The best model that this machine has or can hold.
    Auto,
    /// A model that is known by its card.
    Card {
        /// The card.
        card: &'static Card,
        /// The variant asked for; without it the cached one, else the card's first.
        variant: Option<&'static Variant>,
    },
    /// A repository of the Hub.
    Repo {
        /// `organisation/name`.
        repo: String,
        /// Branch, tag or commit; `main` without it.
        revision: Option<String>,
        /// File name, glob, or quantization (`Q4_K_M`).
        file: Option<String>,
    },
    /// A folder, or a `.gguf` or `.safetensors` file, of this machine.
    Path(PathBuf),
}

impl FromStr for ModelSpec {
    type Err = HubError;

    fn from_str(text: &str) -> Result<Self, HubError> {
        let text = text.trim();
        let invalid = |problem| HubError::InvalidSpec {
            spec: text.to_owned(),
            problem,
        };
        if text.is_empty() {
            return Err(invalid("it is empty"));
        }
        if text.eq_ignore_ascii_case("none") {
            return Ok(ModelSpec::None);
        }
        if text.eq_ignore_ascii_case("auto") {
            return Ok(ModelSpec::Auto);
        }
        if let Some(path) = as_path(text) {
            return Ok(ModelSpec::Path(path));
        }
        let (place, file) = match text.split_once(':') {
            Some((_, "")) => return Err(invalid("nothing follows the colon")),
            Some((place, file)) => (place, Some(file)),
            None => (text, None),
        };
        if !place.contains('/') {
            return parse_card(text, place, file);
        }
        let (repo, revision) = match place.split_once('@') {
            Some((_, "")) => return Err(invalid("nothing follows the @")),
            Some((repo, revision)) => (repo, Some(revision)),
            None => (place, None),
        };
        if !is_repo_name(repo) {
            return Err(invalid("a repository is written `organisation/name`"));
        }
        if revision.is_some_and(|r| !is_safe_relative(r)) || file.is_some_and(|f| !is_safe_relative(f)) {
            return Err(invalid("a revision or file is a relative name without `..`"));
        }
        Ok(ModelSpec::Repo {
            repo: repo.to_owned(),
            revision: revision.map(str::to_owned),
            file: file.map(str::to_owned),
        })
    }
}

fn parse_card(text: &str, name: &str, variant: Option<&str>) -> Result<ModelSpec, HubError> {
    let Some(card) = card(name) else {
        return Err(HubError::UnknownModel {
            name: text.to_owned(),
            similar: similar_names(name),
        });
    };
    let variant = match variant {
        None => None,
        Some(wanted) => Some(card.variant(wanted).ok_or_else(|| HubError::UnknownVariant {
            card: card.name.clone(),
            variant: wanted.to_owned(),
            known: card.files.iter().map(|f| f.name.clone()).collect(),
        })?),
    };
    Ok(ModelSpec::Card { card, variant })
}

/// The path that `text` stands for, if it looks like one or is there.
fn as_path(text: &str) -> Option<PathBuf> {
    let first = text.split(['/', '\\']).next().unwrap_or_default();
    let drive =
        first.len() == 2 && first.ends_with(':') && first.starts_with(|c: char| c.is_ascii_alphabetic());
    if matches!(first, "" | "." | ".." | "~") || drive || text.contains('\\') {
        return Some(expand_home(text));
    }
    let path = Path::new(text);
    let slashes = text.matches('/').count();
    let weight_file = !text.contains(':') && (text.ends_with(".gguf") || text.ends_with(".safetensors"));
    let there = slashes > 0 && path.exists();
    let deep = slashes > 1 && !text.contains([':', '@']);
    (weight_file || there || deep).then(|| path.to_owned())
}

fn expand_home(text: &str) -> PathBuf {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(text),
    }
}

/// Whether `repo` is `organisation/name` in the characters that the Hub admits.
pub(super) fn is_repo_name(repo: &str) -> bool {
    let part = |p: &str| {
        !p.is_empty()
            && p.len() <= 96
            && p.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
            && !p.contains("..")
            && !p.contains("--")
            && !p.starts_with(['.', '-'])
            && !p.ends_with(['.', '-'])
    };
    repo.split_once('/')
        .is_some_and(|(organisation, name)| part(organisation) && part(name))
}

/// Whether a name that comes from outside stays inside the folder that it is joined to.
pub(super) fn is_safe_relative(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(['\\', '\0', ':'])
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

impl fmt::Display for ModelSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModelSpec::None => f.write_str("none"),
            ModelSpec::Auto => f.write_str("auto"),
            ModelSpec::Card { card, variant: None } => f.write_str(&card.name),
            ModelSpec::Card {
                card,
                variant: Some(variant),
            } => write!(f, "{}:{}", card.name, variant.name),
            ModelSpec::Repo { repo, revision, file } => {
                f.write_str(repo)?;
                if let Some(revision) = revision {
                    write!(f, "@{revision}")?;
                }
                if let Some(file) = file {
                    write!(f, ":{file}")?;
                }
                Ok(())
            }
            ModelSpec::Path(path) => write!(f, "{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> String {
        match text.parse::<ModelSpec>() {
            Ok(spec) => {
                let kind = match &spec {
                    ModelSpec::None | ModelSpec::Auto => "word",
                    ModelSpec::Card { .. } => "card",
                    ModelSpec::Repo { .. } => "repo",
                    ModelSpec::Path(_) => "path",
                };
                format!("{kind} {spec}")
            }
            Err(e) => format!("{e} | {}", e.hint().unwrap_or_default()),
        }
    }

    #[test]
    fn names_are_told_apart() {
        assert_eq!(parse("None"), "word none");
        assert_eq!(parse(" auto "), "word auto");
        assert_eq!(parse("Qwen3-0.6B"), "card qwen3-0.6b");
        assert_eq!(parse("qwen3-0.6b:Q8_0"), "card qwen3-0.6b:q8_0");
        assert_eq!(parse("Qwen/Qwen3-0.6B"), "repo Qwen/Qwen3-0.6B");
        assert_eq!(
            parse("Qwen/Qwen3-0.6B@main:a/b.gguf"),
            "repo Qwen/Qwen3-0.6B@main:a/b.gguf"
        );
        assert_eq!(parse("org/name@refs/pr/3"), "repo org/name@refs/pr/3");
        assert_eq!(parse("org/name:Q4_K_M"), "repo org/name:Q4_K_M");
        assert_eq!(parse("./qwen3-0.6b"), "path ./qwen3-0.6b");
        assert_eq!(parse("/models/x"), "path /models/x");
        assert_eq!(parse("models/sub/x"), "path models/sub/x");
        assert_eq!(parse("x.gguf"), "path x.gguf");
        assert_eq!(parse("folder/x.safetensors"), "path folder/x.safetensors");
        assert_eq!(parse(r"C:\models\x.gguf"), r"path C:\models\x.gguf");
    }

    #[test]
    fn a_folder_that_is_there_is_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("org").join("name");
        std::fs::create_dir_all(&inside).unwrap();
        let text = inside.to_str().unwrap();
        assert_eq!(
            text.parse::<ModelSpec>().unwrap(),
            ModelSpec::Path(inside.clone())
        );
    }

    #[test]
    fn bad_names_are_explained() {
        insta::assert_snapshot!(parse("qwen3-06b"), @"no model is called `qwen3-06b` | did you mean `qwen3-0.6b`? `depeche models list` shows all");
        insta::assert_snapshot!(parse("gpt-5"), @"no model is called `gpt-5` | `depeche models list` shows the names; a repository of the hub is written `organisation/name`, a local path `./name`");
        insta::assert_snapshot!(parse("qwen3-0.6b:q3"), @"`qwen3-0.6b` has no variant `q3` | it has `q8_0`, `q4_k_m`, `bf16`");
        for bad in [
            "",
            "org/",
            "org/name@",
            "org/name:",
            "org/name:../x",
            "org/na me",
            "a/b@../../x",
        ] {
            assert!(
                parse(bad).contains("does not name a model"),
                "{bad}: {}",
                parse(bad)
            );
        }
    }
}
