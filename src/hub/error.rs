//! Everything that can go wrong between a model's name and its files, and what to do about it.
//!
//! The message says what happened, the source why, and [`HubError::hint`] what the user can do.

use std::path::PathBuf;
use std::time::Duration;

use super::plan::human_bytes;

/// Why a model could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HubError {
    /// No card has that name, and it is neither a repository nor a path.
    #[error("no model is called `{name}`")]
    UnknownModel {
        /// As given.
        name: String,
        /// Cards with a name like it, the nearest first.
        similar: Vec<String>,
    },
    /// The text after `--model` cannot be read.
    #[error("`{spec}` does not name a model: {problem}")]
    InvalidSpec {
        /// As given.
        spec: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The card exists, but not in that variant.
    #[error("`{card}` has no variant `{variant}`")]
    UnknownVariant {
        /// The card's name.
        card: String,
        /// As given.
        variant: String,
        /// The variants that it has.
        known: Vec<String>,
    },
    /// A local path does not exist.
    #[error("there is no file or folder `{}`", path.display())]
    PathNotFound {
        /// As given.
        path: PathBuf,
    },
    /// A folder or repository holds no weights that can be used.
    #[error(
        "expected a .gguf or .safetensors model in `{place}`, but found {}",
        listed(found)
    )]
    NoWeights {
        /// Folder or repository.
        place: String,
        /// Other weight files or the first files that are there.
        found: Vec<String>,
    },
    /// Several weight files could be meant.
    #[error("`{place}` holds {} models: {}", candidates.len(), candidates.join(", "))]
    AmbiguousWeights {
        /// Folder or repository.
        place: String,
        /// The files.
        candidates: Vec<String>,
    },
    /// The index of a sharded model names a file that is not there.
    #[error("`{place}` is incomplete: its index names {file}, but the file is not there")]
    MissingShard {
        /// Folder or repository.
        place: String,
        /// The missing file.
        file: String,
    },
    /// `model.safetensors.index.json` is not what it should be.
    #[error("`{}` is not an index of safetensors files", path.display())]
    BrokenIndex {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        #[source]
        source: serde_json::Error,
    },
    /// A GGUF model in several files.
    #[error("`{file}` is one part of a GGUF model that is split over several files, which is not supported")]
    SplitGguf {
        /// The part.
        file: String,
    },
    /// A Git LFS pointer stands where the weights should be.
    #[error("`{}` is a Git LFS pointer, not the model itself", path.display())]
    LfsPointer {
        /// The file.
        path: PathBuf,
    },
    /// The file does not begin as its name promises.
    #[error("expected a {expected} file at `{}`, but found {found}", path.display())]
    NotAModelFile {
        /// The file.
        path: PathBuf,
        /// `GGUF` or `safetensors`.
        expected: &'static str,
        /// How it begins.
        found: String,
    },
    /// The network is switched off, and the cache does not hold the model.
    #[error(
        "`{name}` is not in the cache{}, and the network is switched off",
        because(reason)
    )]
    Offline {
        /// The model, as it was asked for.
        name: String,
        /// Why what is cached does not do, if something is.
        reason: Option<String>,
    },
    /// The network is switched off.
    #[error("the network is switched off")]
    NetworkOff,
    /// `HF_ENDPOINT` is not an address.
    #[error("`{endpoint}` is not the address of a hub")]
    BadEndpoint {
        /// As given.
        endpoint: String,
    },
    /// 401: the Hub wants a token, or does not accept this one.
    #[error("the hub refuses `{repo}` (401{})", said(message))]
    Unauthorized {
        /// The repository.
        repo: String,
        /// Whether a token was sent.
        with_token: bool,
        /// What the Hub said.
        message: Option<String>,
    },
    /// The owner of the repository grants access one by one.
    #[error("access to `{repo}` is restricted by its owner{}", said_plain(message))]
    Gated {
        /// The repository.
        repo: String,
        /// The page on which access is asked for.
        page: String,
        /// Whether a token was sent.
        with_token: bool,
        /// What the Hub said.
        message: Option<String>,
    },
    /// 403, and not because the repository is gated.
    #[error("the hub forbids access to `{repo}` (403{})", said(message))]
    Forbidden {
        /// The repository.
        repo: String,
        /// What the Hub said.
        message: Option<String>,
    },
    /// 404: no such repository, or one that this token cannot see.
    #[error("the hub has no repository `{repo}` that is visible {}", if *with_token { "with this token" } else { "without a token" })]
    RepoNotFound {
        /// The repository.
        repo: String,
        /// Whether a token was sent.
        with_token: bool,
    },
    /// 404: no such branch, tag or commit.
    #[error("`{repo}` has no revision `{revision}`")]
    RevisionNotFound {
        /// The repository.
        repo: String,
        /// Branch, tag or commit.
        revision: String,
    },
    /// 404: no such file.
    #[error("`{repo}` has no file `{file}` at revision {revision}")]
    FileNotFound {
        /// The repository.
        repo: String,
        /// Branch, tag or commit.
        revision: String,
        /// The file.
        file: String,
    },
    /// No file of the repository matches what was asked for.
    #[error("no weight file of `{repo}` matches `{pattern}`")]
    NoMatchingFile {
        /// The repository.
        repo: String,
        /// File name, glob or quantization.
        pattern: String,
        /// The weight files that it has.
        available: Vec<String>,
    },
    /// 429 after all retries, or with a wait too long to sit out.
    #[error("the hub answers too many requests (429){}", after(retry_after))]
    RateLimited {
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// 5xx after all retries.
    #[error("the hub at {host} fails with status {status}{}", said_plain(message))]
    Server {
        /// Who answered.
        host: String,
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: Option<String>,
    },
    /// A status that has no place in the protocol.
    #[error("{host} answers with unexpected status {status}{}", said_plain(message))]
    UnexpectedStatus {
        /// Who answered.
        host: String,
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: Option<String>,
    },
    /// The answer is not what the Hub's protocol asks for.
    #[error("{host} does not answer as a hub: {problem}")]
    BadResponse {
        /// Who answered.
        host: String,
        /// What is wrong or missing.
        problem: String,
    },
    /// The host's name has no address.
    #[error("the name {host} cannot be resolved")]
    Dns {
        /// The host.
        host: String,
    },
    /// Nobody listens there, or no route leads there.
    #[error("no connection to {host}")]
    Connect {
        /// The host.
        host: String,
        /// What the system said.
        #[source]
        source: Box<ureq::Error>,
    },
    /// The TLS handshake failed.
    #[error("no secure connection to {host}")]
    Tls {
        /// The host.
        host: String,
        /// What the TLS library said.
        #[source]
        source: Box<ureq::Error>,
    },
    /// Connecting, or the first byte of the answer, took too long.
    #[error("{host} did not answer within {} s", seconds.as_secs_f32())]
    Timeout {
        /// The host.
        host: String,
        /// The limit.
        seconds: Duration,
    },
    /// A download stood still, again and again.
    #[error("the download of {file} stood still for {} s at {} of {}", seconds.as_secs_f32(), human_bytes(*received), human_bytes(*size))]
    Stalled {
        /// The file.
        file: String,
        /// The limit.
        seconds: Duration,
        /// Bytes that are there.
        received: u64,
        /// Bytes that there should be.
        size: u64,
    },
    /// The connection ended too early, again and again.
    #[error("the download of {file} was cut at {} of {}", human_bytes(*received), human_bytes(*size))]
    Cut {
        /// The file.
        file: String,
        /// Bytes that are there.
        received: u64,
        /// Bytes that there should be.
        size: u64,
    },
    /// Any other failure of the connection.
    #[error("the connection to {host} failed")]
    Network {
        /// The host.
        host: String,
        /// What the client said.
        #[source]
        source: Box<ureq::Error>,
    },
    /// [`Progress::cancelled`](super::Progress::cancelled) said so.
    #[error("the download of {file} was stopped at {} of {}", human_bytes(*received), human_bytes(*size))]
    Cancelled {
        /// The file.
        file: String,
        /// Bytes that are there.
        received: u64,
        /// Bytes that there should be.
        size: u64,
    },
    /// The disk is full, or would be.
    #[error("no space left for {file} in `{}`{}", folder.display(), space(needed, free))]
    DiskFull {
        /// What was to be written.
        file: String,
        /// Where.
        folder: PathBuf,
        /// Bytes still to be written.
        needed: u64,
        /// Bytes that are free, where the system tells.
        free: Option<u64>,
    },
    /// The bytes are not those that the Hub announced.
    #[error("expected {algorithm} {expected} for {file}, but found {found}")]
    Checksum {
        /// The file.
        file: String,
        /// `sha256` or `git sha1`.
        algorithm: &'static str,
        /// What the Hub announced.
        expected: String,
        /// What arrived.
        found: String,
    },
    /// The file has another size than the Hub announced.
    #[error("expected {expected} bytes for {file}, but found {found}")]
    Size {
        /// The file.
        file: String,
        /// What the Hub announced.
        expected: u64,
        /// What arrived.
        found: u64,
    },
    /// `--locked`, and the lock file does not know the model.
    #[error("`{repo}` at `{requested}` is not in the lock file `{}`", lock.display())]
    NotLocked {
        /// The repository.
        repo: String,
        /// The revision asked for.
        requested: String,
        /// The lock file.
        lock: PathBuf,
    },
    /// `--locked`, and a file is not the one that was recorded.
    #[error(
        "{file} of `{repo}` is not the file that the lock file records: expected {expected}, but found {found}"
    )]
    LockMismatch {
        /// The repository.
        repo: String,
        /// The file.
        file: String,
        /// What was recorded.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The lock file cannot be read.
    #[error("the lock file `{}` cannot be read", path.display())]
    BrokenLockFile {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The file of `--ca-file` or `SSL_CERT_FILE` holds no certificate.
    #[error("`{}` holds no PEM certificate", path.display())]
    BadCaFile {
        /// The file.
        path: PathBuf,
    },
    /// No folder for the cache: neither set nor a home to put it in.
    #[error("there is no place for models: neither HF_HOME nor HF_HUB_CACHE nor HOME is set")]
    NoCacheFolder,
    /// A file or folder cannot be read or written.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// `read`, `write`, `create`, …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl HubError {
    /// What the user can do about it, as one or two sentences; `None` where the message says it all.
    pub fn hint(&self) -> Option<String> {
        use HubError::*;
        Some(match self {
            UnknownModel { similar, .. } if similar.is_empty() => {
                "`depeche models list` shows the names; a repository of the hub is written `organisation/name`, a local \
                 path `./name`"
                    .to_owned()
            }
            UnknownModel { similar, .. } => {
                format!("did you mean {}? `depeche models list` shows all", quoted(similar))
            }
            InvalidSpec { .. } => {
                "a model is named by its card, by `organisation/name[@revision][:file]`, by a local path, or by `auto` or \
                 `none`"
                    .to_owned()
            }
            UnknownVariant { known, .. } => format!("it has {}", quoted(known)),
            PathNotFound { .. } => "a repository of the hub is written `organisation/name`".to_owned(),
            NoWeights { .. } => {
                "PyTorch, ONNX and MLX files cannot be loaded: take a repository with safetensors or GGUF files".to_owned()
            }
            AmbiguousWeights { .. } => "name the file itself, or for a repository `organisation/name:file`".to_owned(),
            MissingShard { .. } => "download or copy the missing file".to_owned(),
            BrokenIndex { .. } | NotAModelFile { .. } => "download or copy the file again".to_owned(),
            SplitGguf { .. } => "join the parts with `llama-gguf-split --merge`, or take a smaller quantization".to_owned(),
            LfsPointer { .. } => "run `git lfs pull` in the folder, or `depeche models pull`".to_owned(),
            Offline { name, .. } => format!(
                "run without `--offline` and HF_HUB_OFFLINE, or run `depeche models pull {name}` on a machine with a \
                 network and copy its cache here, or name a local folder or file"
            ),
            NetworkOff => "run without `--offline` and HF_HUB_OFFLINE".to_owned(),
            BadEndpoint { .. } => "HF_ENDPOINT must begin with https:// or http://".to_owned(),
            Unauthorized { with_token: true, .. } => {
                "the token in HF_TOKEN or in the token file is not valid: make a new one at \
                 https://huggingface.co/settings/tokens"
                    .to_owned()
            }
            Unauthorized { with_token: false, .. } => {
                "check the repository's name; if it is private or gated, set HF_TOKEN to a token from \
                 https://huggingface.co/settings/tokens"
                    .to_owned()
            }
            Gated { page, with_token: false, .. } => format!(
                "accept the licence at {page}, then set HF_TOKEN to a token from https://huggingface.co/settings/tokens"
            ),
            Gated { page, with_token: true, .. } => format!(
                "accept the licence at {page} with the account that the token belongs to; a fine-grained token also needs \
                 the permission to read gated repositories"
            ),
            Forbidden { .. } => "the account of the token has no access to this repository".to_owned(),
            RepoNotFound { with_token, .. } => {
                let token = if *with_token { "" } else { "; for a private repository set HF_TOKEN" };
                format!("check the name on https://huggingface.co/models{token}")
            }
            RevisionNotFound { .. } => "leave `@revision` out for the default branch".to_owned(),
            FileNotFound { repo, .. } => format!("`depeche models show {repo}` lists the files"),
            NoMatchingFile { available, .. } if available.is_empty() => "the repository has no weight files".to_owned(),
            NoMatchingFile { available, .. } => format!("it has {}", available.join(", ")),
            RateLimited { retry_after } => {
                let wait = retry_after.map_or("later".to_owned(), |d| format!("in {} s", d.as_secs()));
                format!("try again {wait}; requests with a token (HF_TOKEN) have a higher limit")
            }
            Server { .. } => "try again later; what has been downloaded is kept".to_owned(),
            UnexpectedStatus { .. } | BadResponse { .. } => {
                "check HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY)".to_owned()
            }
            Dns { .. } | Connect { .. } | Timeout { .. } | Network { .. } => {
                "check the network, HF_ENDPOINT and the proxy settings (HTTPS_PROXY, NO_PROXY); `--offline` uses only what \
                 is cached"
                    .to_owned()
            }
            Tls { .. } => {
                "if a proxy of your company opens TLS connections, give its certificates with `--ca-file` or SSL_CERT_FILE"
                    .to_owned()
            }
            Stalled { .. } | Cut { .. } | Cancelled { .. } => "run the command again: it goes on where it stopped".to_owned(),
            DiskFull { .. } => {
                "free some space (`depeche models rm`), or put the cache on another disk with HF_HUB_CACHE; what has been \
                 downloaded is kept"
                    .to_owned()
            }
            Checksum { .. } | Size { .. } => {
                "the file was thrown away: run the command again; if it fails again, a proxy or mirror changes the files"
                    .to_owned()
            }
            NotLocked { repo, .. } => format!("record it with `depeche models pull {repo}`, or run without `--locked`"),
            LockMismatch { .. } => {
                "`depeche models pull` fetches the model again and records it; without `--locked` it is used as it is"
                    .to_owned()
            }
            BrokenLockFile { .. } => "repair the file, or delete it to record the models anew".to_owned(),
            BadCaFile { .. } => "the file must hold certificates as `-----BEGIN CERTIFICATE-----` blocks".to_owned(),
            NoCacheFolder => "set HF_HOME".to_owned(),
            Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
                "check the permissions, or put the cache elsewhere with HF_HUB_CACHE".to_owned()
            }
            Io { .. } => return None,
        })
    }

    /// Whether the Hub could not be reached or did not work: trying later, or another network, may help,
    /// and a caller that can do without a model may go on.
    pub fn is_unreachable(&self) -> bool {
        use HubError::*;
        matches!(
            self,
            Offline { .. }
                | RateLimited { .. }
                | Server { .. }
                | UnexpectedStatus { .. }
                | BadResponse { .. }
                | NetworkOff
                | Dns { .. }
                | Connect { .. }
                | Tls { .. }
                | Timeout { .. }
                | Stalled { .. }
                | Cut { .. }
                | Network { .. }
        )
    }

    pub(super) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> HubError {
        let path = path.into();
        move |source| HubError::Io { action, path, source }
    }
}

fn listed(found: &[String]) -> String {
    if found.is_empty() {
        "no file".to_owned()
    } else {
        found.join(", ")
    }
}

fn because(reason: &Option<String>) -> String {
    reason.as_ref().map(|r| format!(" ({r})")).unwrap_or_default()
}

fn quoted(names: &[String]) -> String {
    names
        .iter()
        .map(|n| format!("`{n}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn said(message: &Option<String>) -> String {
    message.as_ref().map(|m| format!(", \"{m}\"")).unwrap_or_default()
}

fn said_plain(message: &Option<String>) -> String {
    message.as_ref().map(|m| format!(": \"{m}\"")).unwrap_or_default()
}

fn after(wait: &Option<Duration>) -> String {
    wait.map(|d| format!(" and asks to wait {} s", d.as_secs()))
        .unwrap_or_default()
}

fn space(needed: &u64, free: &Option<u64>) -> String {
    let free = free
        .map(|f| format!(", but {} are free", human_bytes(f)))
        .unwrap_or_default();
    format!(": {} are needed{free}", human_bytes(*needed))
}
