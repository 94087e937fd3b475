//! Where the Hub and the cache are, and how patient to be: read once from the environment, then passed on.
//!
//! The variables are those of the Python client, with its names and its precedence.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::HubError;

const DEFAULT_ENDPOINT: &str = "https://huggingface.co";

/// A secret that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Wraps a token; `None` if nothing but white space is there.
    pub fn new(text: &str) -> Option<Token> {
        let text = text.trim();
        (!text.is_empty()).then(|| Token(text.to_owned()))
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

/// How to reach the Hub, where to keep models, and what is allowed.
#[derive(Debug, Clone)]
pub struct HubOptions {
    /// Address of the Hub, without a slash at its end. `HF_ENDPOINT`, else `https://huggingface.co`.
    pub endpoint: String,
    /// The cache, in the Python client's layout. `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, else `hub` in
    /// `HF_HOME`, else `~/.cache/huggingface/hub`.
    pub cache: PathBuf,
    /// `HF_TOKEN`, else the token file (`HF_TOKEN_PATH`, else `token` in `HF_HOME`); none of them if
    /// `HF_HUB_DISABLE_IMPLICIT_TOKEN` is set. Sent to the endpoint's host only.
    pub token: Option<Token>,
    /// Never touch the network. `HF_HUB_OFFLINE`, or `--offline`.
    pub offline: bool,
    /// Refuse whatever the lock file does not record.
    pub locked: bool,
    /// The lock file; `depeche.lock` in `HF_HOME` if nothing else is said. Not in the cache itself, where the
    /// Python client warns of what it does not know.
    pub lock_file: PathBuf,
    /// Certificates to trust in place of the built-in ones. `SSL_CERT_FILE`, or `--ca-file`.
    pub ca_file: Option<PathBuf>,
    /// Whether HTTPS_PROXY, ALL_PROXY and NO_PROXY are heeded.
    pub proxy_from_env: bool,
    /// Bytes that weights and their working memory may take, where the caller knows the device; else the
    /// free memory of the machine. `auto` goes by it.
    pub memory: Option<u64>,
    /// Whether the device is a GPU: `auto` downloads larger models for it.
    pub accelerated: bool,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for the next bytes of an answer or a download.
    pub read_timeout: Duration,
    /// Failures in a row, without a single new byte, after which a download gives up.
    pub retries: u32,
    /// Wait after the first failure; it doubles with each, up to [`HubOptions::max_backoff`].
    pub backoff: Duration,
    /// Longest wait between two attempts; a `Retry-After` beyond four times this gives up at once.
    pub max_backoff: Duration,
}

impl HubOptions {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// When there is no place for the cache.
    pub fn from_env() -> Result<HubOptions, HubError> {
        HubOptions::from_vars(|name| std::env::var(name).ok())
    }

    /// Reads the variables that `get` knows; empty ones count as not set.
    ///
    /// # Errors
    /// When there is no place for the cache.
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<HubOptions, HubError> {
        let var = |name: &str| get(name).filter(|v| !v.trim().is_empty());
        let user = var("HOME").or_else(|| var("USERPROFILE"));
        let home = var("HF_HOME").map(|p| expand(&p, user.as_deref())).or_else(|| {
            let cache = var("XDG_CACHE_HOME").map(|p| expand(&p, user.as_deref()));
            cache
                .or_else(|| Some(Path::new(user.as_ref()?).join(".cache")))
                .map(|c| c.join("huggingface"))
        });
        let cache = var("HF_HUB_CACHE")
            .or_else(|| var("HUGGINGFACE_HUB_CACHE"))
            .map(|p| expand(&p, user.as_deref()))
            .or_else(|| home.as_ref().map(|h| h.join("hub")))
            .ok_or(HubError::NoCacheFolder)?;
        let beside = home.clone().or_else(|| cache.parent().map(Path::to_owned));
        let lock_file = beside.unwrap_or_else(|| cache.clone()).join("depeche.lock");
        let token_path = var("HF_TOKEN_PATH").map(|p| expand(&p, user.as_deref()));
        let token_path = token_path.or_else(|| home.as_ref().map(|h| h.join("token")));
        let token = if is_true(var("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
            None
        } else {
            let file = || std::fs::read_to_string(token_path?).ok();
            var("HF_TOKEN")
                .or_else(|| var("HUGGING_FACE_HUB_TOKEN"))
                .or_else(file)
                .and_then(|t| Token::new(&t))
        };
        let endpoint = var("HF_ENDPOINT").unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
        Ok(HubOptions {
            endpoint: endpoint.trim().trim_end_matches('/').to_owned(),
            cache,
            token,
            offline: is_true(var("HF_HUB_OFFLINE")) || is_true(var("TRANSFORMERS_OFFLINE")),
            locked: false,
            lock_file,
            ca_file: var("SSL_CERT_FILE").map(PathBuf::from),
            proxy_from_env: true,
            memory: None,
            accelerated: false,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            retries: 5,
            backoff: Duration::from_secs(1),
            max_backoff: Duration::from_secs(30),
        })
    }
}

/// The values that the Python client takes for true.
fn is_true(value: Option<String>) -> bool {
    value.is_some_and(|v| matches!(v.trim().to_uppercase().as_str(), "1" | "ON" | "YES" | "TRUE"))
}

fn expand(path: &str, home: Option<&str>) -> PathBuf {
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Path::new(home).join(rest),
        _ => PathBuf::from(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(vars: &[(&str, &str)]) -> Result<HubOptions, HubError> {
        HubOptions::from_vars(|name| {
            vars.iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn the_cache_is_where_the_python_client_has_it() {
        let cache = |vars: &[(&str, &str)]| options(vars).unwrap().cache.display().to_string();
        let home = ("HOME", "/home/a");
        assert_eq!(cache(&[home]), "/home/a/.cache/huggingface/hub");
        assert_eq!(cache(&[home, ("XDG_CACHE_HOME", "/x")]), "/x/huggingface/hub");
        assert_eq!(
            cache(&[home, ("XDG_CACHE_HOME", "/x"), ("HF_HOME", "~/hf")]),
            "/home/a/hf/hub"
        );
        assert_eq!(
            cache(&[("HF_HOME", "/h"), ("HUGGINGFACE_HUB_CACHE", "/old")]),
            "/old"
        );
        assert_eq!(
            cache(&[("HF_HUB_CACHE", "/new"), ("HUGGINGFACE_HUB_CACHE", "/old")]),
            "/new"
        );
        assert_eq!(cache(&[home, ("HF_HOME", "")]), "/home/a/.cache/huggingface/hub");
        let none = options(&[]).unwrap_err();
        assert_eq!(
            none.to_string(),
            "there is no place for models: neither HF_HOME nor HF_HUB_CACHE nor HOME is set"
        );
    }

    #[test]
    fn the_token_comes_from_the_variable_or_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().to_str().unwrap();
        std::fs::write(dir.path().join("token"), " hf_file\n").unwrap();
        let other = dir.path().join("other");
        std::fs::write(&other, "hf_other").unwrap();
        let token = |vars: &[(&str, &str)]| {
            let mut all = vec![("HF_HOME", home)];
            all.extend_from_slice(vars);
            options(&all).unwrap().token.map(|t| t.reveal().to_owned())
        };
        assert_eq!(token(&[]).as_deref(), Some("hf_file"));
        assert_eq!(
            token(&[("HF_TOKEN_PATH", other.to_str().unwrap())]).as_deref(),
            Some("hf_other")
        );
        assert_eq!(token(&[("HF_TOKEN", "hf_env")]).as_deref(), Some("hf_env"));
        assert_eq!(
            token(&[("HF_TOKEN", "hf_env"), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")]),
            None
        );
        let printed = format!("{:?}", options(&[("HF_HOME", home)]).unwrap());
        assert!(!printed.contains("hf_file"), "{printed}");
    }

    #[test]
    fn switches_are_read_as_the_python_client_reads_them() {
        let offline = |v: &str| options(&[("HOME", "/h"), ("HF_HUB_OFFLINE", v)]).unwrap().offline;
        assert!(offline("1") && offline("true") && offline("YES") && offline("on"));
        assert!(!offline("0") && !offline("false") && !offline(""));
        let endpoint = |v: &str| options(&[("HOME", "/h"), ("HF_ENDPOINT", v)]).unwrap().endpoint;
        assert_eq!(endpoint("https://mirror.example/"), "https://mirror.example");
        assert_eq!(endpoint(""), "https://huggingface.co");
    }
}
