//! The Hub's description of a repository, as far as it matters here.

use serde::Deserialize;

use super::spec::is_safe_relative;

/// What the Hub tells of a repository at one revision.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct RepoInfo {
    /// Commit and file names, as hf-hub knows them.
    #[serde(flatten)]
    pub base: hf_hub::api::RepoInfo,
    #[serde(rename = "cardData", default)]
    card_data: Option<CardData>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct CardData {
    #[serde(default)]
    license: Option<OneOrMany>,
    #[serde(default)]
    license_name: Option<String>,
    #[serde(default)]
    base_model: Option<OneOrMany>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn first(&self) -> Option<&str> {
        match self {
            OneOrMany::One(one) => Some(one),
            OneOrMany::Many(many) => many.first().map(String::as_str),
        }
    }
}

impl RepoInfo {
    /// Names of the files; those that would leave the cache's folder are not files that can be had.
    pub fn files(&self) -> Vec<String> {
        let names = self.base.siblings.iter().map(|s| s.rfilename.clone());
        names.filter(|n| is_safe_relative(n)).collect()
    }

    /// The licence that the repository states.
    pub fn licence(&self) -> Option<String> {
        let data = self.card_data.as_ref();
        let stated = data.and_then(|d| d.license.as_ref()?.first()).map(str::to_owned);
        let named = data.and_then(|d| d.license_name.clone());
        match stated {
            Some(l) if l == "other" => named.or(Some(l)),
            Some(l) => Some(l),
            None => self
                .tags
                .iter()
                .find_map(|t| t.strip_prefix("license:").map(str::to_owned)),
        }
    }

    /// The model that this one was quantized from.
    pub fn base_model(&self) -> Option<&str> {
        self.card_data.as_ref()?.base_model.as_ref()?.first()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_read_with_whatever_it_states() {
        let sha = "0123456789abcdef0123456789abcdef01234567";
        let info = |rest: &str| -> RepoInfo {
            serde_json::from_str(&format!(
                r#"{{"sha": "{sha}", "siblings": [{{"rfilename": "../x"}}, {{"rfilename": "a/b"}}]{rest}}}"#
            ))
            .unwrap()
        };
        let bare = info("");
        assert_eq!(
            (bare.files(), bare.licence(), bare.base_model()),
            (vec!["a/b".to_owned()], None, None)
        );
        let full =
            info(r#", "cardData": {"license": ["mit"], "base_model": ["Qwen/Qwen3-0.6B"]}, "tags": []"#);
        assert_eq!(
            (full.licence().as_deref(), full.base_model()),
            (Some("mit"), Some("Qwen/Qwen3-0.6B"))
        );
        let other = info(r#", "cardData": {"license": "other", "license_name": "x-license"}"#);
        assert_eq!(other.licence().as_deref(), Some("x-license"));
        let tagged = info(r#", "tags": ["gguf", "license:apache-2.0"]"#);
        assert_eq!(tagged.licence().as_deref(), Some("apache-2.0"));
    }
}
