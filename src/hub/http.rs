//! Requests to the Hub: who gets the token, which redirects are followed, and what a refusal means.
//!
//! One [`Client`] is made for a resolution; making it fails when the network is switched off, so that no
//! code path can reach a socket offline.

use std::io::Read;
use std::time::Duration;

use serde::Deserialize;
use ureq::http::{HeaderMap, Response, StatusCode, Uri};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use super::cache::is_commit;
use super::error::HubError;
use super::info::RepoInfo;
use super::options::HubOptions;
use super::progress::{Event, Progress};

const MAX_REDIRECTS: usize = 10;
/// Longest error page that is read for its message.
const MAX_ERROR_BODY: u64 = 64 << 10;
/// Longest description of a repository that is read.
const MAX_INFO: u64 = 32 << 20;

/// What a request is about: needed to tell which of several meanings a 404 has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub repo: &'a str,
    pub revision: &'a str,
    /// A file of the repository, or the repository itself.
    pub file: Option<&'a str>,
}

/// What a HEAD request tells of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileMeta {
    /// The blob's name in the cache; of large files the SHA-256 of the content.
    pub tag: String,
    pub size: u64,
}

/// An answer and the host that gave it.
pub(super) struct Answer {
    pub response: Response<Body>,
    pub host: String,
    /// Whether it is the Hub itself, not a server that it redirected to.
    pub from_hub: bool,
}

/// Sends requests; follows redirects itself, so that the token goes to the Hub's host only.
#[derive(Debug)]
pub(super) struct Client<'a> {
    agent: Agent,
    options: &'a HubOptions,
}

impl<'a> Client<'a> {
    /// # Errors
    /// When the network is switched off, the endpoint is not an address, or the file of certificates is
    /// unusable.
    pub fn new(options: &'a HubOptions, name: &str) -> Result<Client<'a>, HubError> {
        if options.offline {
            return Err(HubError::Offline {
                name: name.to_owned(),
                reason: None,
            });
        }
        if !matches!(authority(&options.endpoint), Some((scheme, _)) if scheme == "https" || scheme == "http")
        {
            return Err(HubError::BadEndpoint {
                endpoint: options.endpoint.clone(),
            });
        }
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("depeche/", env!("CARGO_PKG_VERSION")))
            // The bytes must be those whose hash is announced.
            .accept_encoding("identity")
            .timeout_resolve(Some(options.connect_timeout))
            .timeout_connect(Some(options.connect_timeout))
            .timeout_recv_response(Some(options.read_timeout))
            .timeout_per_read(Some(options.read_timeout));
        if !options.proxy_from_env {
            config = config.proxy(None);
        }
        if let Some(path) = &options.ca_file {
            let pem = std::fs::read(path).map_err(HubError::io("read", path))?;
            let certificates: Vec<Certificate<'static>> = parse_pem(&pem)
                .filter_map(|item| match item {
                    Ok(PemItem::Certificate(certificate)) => Some(certificate),
                    _ => None,
                })
                .collect();
            if certificates.is_empty() {
                return Err(HubError::BadCaFile { path: path.clone() });
            }
            config = config.tls_config(
                TlsConfig::builder()
                    .root_certs(RootCerts::from(certificates))
                    .build(),
            );
        }
        Ok(Client {
            agent: config.build().into(),
            options,
        })
    }

    /// Asks the Hub for its front page, and takes any answer that is not a failure of the server.
    pub fn ping(&self) -> Result<(), HubError> {
        let answer = self.send("HEAD", &self.options.endpoint, None, |_| true)?;
        let status = answer.response.status().as_u16();
        if status < 500 {
            return Ok(());
        }
        Err(HubError::Server {
            host: answer.host,
            status,
            message: None,
        })
    }

    /// Asks what a repository holds at a revision.
    pub fn info(&self, repo: &str, revision: &str, progress: &dyn Progress) -> Result<RepoInfo, HubError> {
        let at = hf_hub::Repo::with_revision(repo.to_owned(), hf_hub::RepoType::Model, escape(revision));
        let url = format!("{}/api/{}", self.options.endpoint, at.api_url());
        let subject = Subject {
            repo,
            revision,
            file: None,
        };
        self.retrying(repo, progress, || {
            let mut answer = self.send("GET", &url, None, |_| false)?;
            if answer.response.status() != StatusCode::OK {
                return Err(self.refusal(answer, subject));
            }
            let read = answer
                .response
                .body_mut()
                .with_config()
                .limit(MAX_INFO)
                .read_to_vec();
            let body = read.map_err(|e| self.failure(e, &answer.host))?;
            let bad = |problem| HubError::BadResponse {
                host: answer.host.clone(),
                problem,
            };
            let info: RepoInfo = serde_json::from_slice(&body)
                .map_err(|e| bad(format!("the description of `{repo}` cannot be read: {e}")))?;
            if !is_commit(&info.base.sha) {
                return Err(bad(format!(
                    "\"{}\" is not a commit",
                    info.base.sha.escape_debug()
                )));
            }
            Ok(info)
        })
    }

    /// Asks for a file's size and tag.
    pub fn head(&self, subject: Subject<'_>, progress: &dyn Progress) -> Result<FileMeta, HubError> {
        let file = subject.file.unwrap_or_default();
        let url = self.file_url(subject.repo, subject.revision, file);
        self.retrying(file, progress, || {
            // The Hub states tag and size itself and redirects to a server that may know another tag.
            let known = |headers: &HeaderMap| header(headers, "x-linked-etag").is_some();
            let answer = self.send("HEAD", &url, None, known)?;
            let status = answer.response.status();
            if !(status.is_success() || status.is_redirection()) {
                return Err(self.refusal(answer, subject));
            }
            let headers = answer.response.headers();
            let bad = |problem: String| HubError::BadResponse {
                host: answer.host.clone(),
                problem,
            };
            let tag = header(headers, "x-linked-etag").or_else(|| header(headers, "etag"));
            let tag = tag.ok_or_else(|| bad(format!("no ETag for {file}")))?;
            let tag = tag.trim_start_matches("W/").trim_matches('"').to_owned();
            // It becomes the name of a file.
            let harmless = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            if tag.is_empty() || tag.len() > 200 || tag.starts_with('.') || !tag.chars().all(harmless) {
                return Err(bad(format!("\"{}\" is not an ETag", tag.escape_debug())));
            }
            let size = header(headers, "x-linked-size").or_else(|| header(headers, "content-length"));
            let size = size
                .and_then(|s| s.parse().ok())
                .ok_or_else(|| bad(format!("no size for {file}")))?;
            let commit = header(headers, "x-repo-commit");
            if let Some(other) = commit.filter(|c| is_commit(subject.revision) && *c != subject.revision) {
                return Err(bad(format!("{file} is of commit {}", other.escape_debug())));
            }
            Ok(FileMeta { tag, size })
        })
    }

    /// Asks for the content of a file, from byte `from` on.
    pub fn get(&self, subject: Subject<'_>, from: u64) -> Result<Answer, HubError> {
        let url = self.file_url(subject.repo, subject.revision, subject.file.unwrap_or_default());
        let range = (from > 0).then(|| format!("bytes={from}-"));
        self.send("GET", &url, range.as_deref(), |_| false)
    }

    fn file_url(&self, repo: &str, revision: &str, file: &str) -> String {
        format!(
            "{}/{repo}/resolve/{}/{}",
            self.options.endpoint,
            escape(revision).replace('/', "%2F"),
            escape(file)
        )
    }

    /// Sends a request and follows redirects; one to another host is not followed if `enough` says that its
    /// headers tell all.
    fn send(
        &self,
        method: &str,
        url: &str,
        range: Option<&str>,
        enough: impl Fn(&HeaderMap) -> bool,
    ) -> Result<Answer, HubError> {
        let home = authority(url);
        let mut url = url.to_owned();
        for _ in 0..=MAX_REDIRECTS {
            let here = authority(&url);
            let host = here.clone().map_or_else(|| url.clone(), |(_, host)| host);
            let mut request = match method {
                "HEAD" => self.agent.head(&url),
                _ => self.agent.get(&url),
            };
            let from_hub = here == home;
            if let Some(token) = self.options.token.as_ref().filter(|_| from_hub) {
                request = request.header("authorization", format!("Bearer {}", token.reveal()));
            }
            if let Some(range) = range {
                request = request.header("range", range);
            }
            tracing::debug!("{method} {url} {}", range.unwrap_or_default());
            let response = request.call().map_err(|e| self.failure(e, &host))?;
            let status = response.status();
            let target = header(response.headers(), "location").filter(|_| status.is_redirection());
            let Some(target) = target else {
                return Ok(Answer {
                    response,
                    host,
                    from_hub,
                });
            };
            let target = join(&url, target).ok_or_else(|| HubError::BadResponse {
                host: host.clone(),
                problem: "it redirects to nowhere".into(),
            })?;
            if authority(&target) != here && enough(response.headers()) {
                return Ok(Answer {
                    response,
                    host,
                    from_hub,
                });
            }
            url = target;
        }
        let host = authority(&url).map_or(url, |(_, host)| host);
        Err(HubError::BadResponse {
            host,
            problem: format!("more than {MAX_REDIRECTS} redirects"),
        })
    }

    /// Runs a short request again where that can help.
    fn retrying<T>(
        &self,
        what: &str,
        progress: &dyn Progress,
        mut request: impl FnMut() -> Result<T, HubError>,
    ) -> Result<T, HubError> {
        let mut attempt = 0;
        loop {
            let error = match request() {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            attempt += 1;
            let again = match error {
                HubError::Server { .. } | HubError::RateLimited { .. } => true,
                HubError::Timeout { .. } | HubError::Network { .. } => attempt == 1,
                // Whoever has no network should hear it at once.
                _ => false,
            };
            match self.wait_after(&error, attempt).filter(|_| again) {
                Some(wait) => {
                    progress.event(Event::Retry {
                        file: what,
                        attempt,
                        wait,
                        cause: &error,
                    });
                    std::thread::sleep(wait);
                }
                None => return Err(error),
            }
        }
    }

    /// How long to wait after the `attempt`th failure in a row; `None` to give up.
    pub fn wait_after(&self, error: &HubError, attempt: u32) -> Option<Duration> {
        if attempt > self.options.retries {
            return None;
        }
        let doubled = self.options.backoff.saturating_mul(1 << (attempt - 1).min(16));
        let backoff = doubled.min(self.options.max_backoff);
        match error {
            HubError::RateLimited {
                retry_after: Some(asked),
            } if *asked > self.options.max_backoff * 4 => None,
            HubError::RateLimited {
                retry_after: Some(asked),
            } => Some((*asked).max(backoff)),
            _ => Some(backoff),
        }
    }

    /// What a refused request means.
    pub fn refusal(&self, answer: Answer, subject: Subject<'_>) -> HubError {
        let Answer {
            mut response, host, ..
        } = answer;
        let status = response.status().as_u16();
        let headers = response.headers();
        let code = header(headers, "x-error-code").unwrap_or_default().to_owned();
        let retry_after = retry_after(headers);
        let message = header(headers, "x-error-message").map(str::to_owned);
        let message = message.or_else(|| {
            let mut body = Vec::new();
            let _ = response
                .body_mut()
                .as_reader()
                .take(MAX_ERROR_BODY)
                .read_to_end(&mut body);
            said(&body)
        });
        let message = message.map(|m| tidy(&m)).filter(|m| !m.is_empty());
        let repo = subject.repo.to_owned();
        let with_token = self.options.token.is_some();
        let gated = || HubError::Gated {
            page: format!("{}/{repo}", self.options.endpoint),
            repo: repo.clone(),
            with_token,
            message: message.clone(),
        };
        match (status, code.as_str()) {
            (401 | 403, "GatedRepo") => gated(),
            (401 | 404, "RepoNotFound") => HubError::RepoNotFound { repo, with_token },
            (404, "RevisionNotFound") => HubError::RevisionNotFound {
                repo,
                revision: subject.revision.to_owned(),
            },
            (401, _) => HubError::Unauthorized {
                repo,
                with_token,
                message,
            },
            (403, _)
                if message
                    .as_ref()
                    .is_some_and(|m| m.contains("gated") || m.contains("is restricted")) =>
            {
                gated()
            }
            (403, _) => HubError::Forbidden { repo, message },
            (404 | 410, _) => match subject.file {
                None => HubError::RepoNotFound { repo, with_token },
                Some(file) => {
                    let (file, revision) = (file.to_owned(), subject.revision.to_owned());
                    HubError::FileNotFound { repo, revision, file }
                }
            },
            (429, _) => HubError::RateLimited { retry_after },
            (500.., _) => HubError::Server {
                host,
                status,
                message,
            },
            _ => HubError::UnexpectedStatus {
                host,
                status,
                message,
            },
        }
    }

    /// What a failed connection means.
    pub fn failure(&self, error: ureq::Error, host: &str) -> HubError {
        use std::io::ErrorKind;
        let host = host.to_owned();
        match error {
            ureq::Error::HostNotFound => HubError::Dns { host },
            ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => HubError::Timeout {
                host,
                seconds: self.options.connect_timeout,
            },
            ureq::Error::Timeout(_) => HubError::Timeout {
                host,
                seconds: self.options.read_timeout,
            },
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => HubError::Tls {
                host,
                source: Box::new(error),
            },
            // rustls reports a certificate that it does not trust while reading or writing.
            ureq::Error::Io(ref io)
                if io
                    .get_ref()
                    .is_some_and(|e| e.to_string().contains("certificate")) =>
            {
                HubError::Tls {
                    host,
                    source: Box::new(error),
                }
            }
            ureq::Error::Io(ref io) => match io.kind() {
                ErrorKind::ConnectionRefused
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::AddrNotAvailable
                | ErrorKind::NetworkDown => HubError::Connect {
                    host,
                    source: Box::new(error),
                },
                // The resolver of the system says so in words only.
                _ if io.to_string().contains("lookup address") => HubError::Dns { host },
                _ => HubError::Network {
                    host,
                    source: Box::new(error),
                },
            },
            ureq::Error::ConnectionFailed
            | ureq::Error::ConnectProxyFailed(_)
            | ureq::Error::InvalidProxyUrl => HubError::Connect {
                host,
                source: Box::new(error),
            },
            ureq::Error::Http(_) | ureq::Error::BadUri(_) | ureq::Error::Protocol(_) => {
                HubError::BadResponse {
                    host,
                    problem: error.to_string(),
                }
            }
            other => HubError::Network {
                host,
                source: Box::new(other),
            },
        }
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// Scheme and host with port: the token goes to requests whose pair is the endpoint's.
fn authority(url: &str) -> Option<(String, String)> {
    let uri: Uri = url.parse().ok()?;
    Some((uri.scheme_str()?.to_owned(), uri.authority()?.to_string()))
}

/// The address that a `Location` stands for.
fn join(base: &str, location: &str) -> Option<String> {
    if location.starts_with("http://") || location.starts_with("https://") {
        return Some(location.to_owned());
    }
    let (scheme, host) = authority(base)?;
    if let Some(rest) = location.strip_prefix("//") {
        return Some(format!("{scheme}://{rest}"));
    }
    location
        .starts_with('/')
        .then(|| format!("{scheme}://{host}{location}"))
}

/// Percent-encodes what may not stand in a path; slashes stay.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// How long a 429 asks to wait: `Retry-After` as seconds or as a date, or `t=` of `RateLimit`.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    if let Some(value) = header(headers, "retry-after") {
        if let Ok(seconds) = value.trim().parse() {
            return Some(Duration::from_secs(seconds));
        }
        if let Ok(date) = jiff::fmt::rfc2822::parse(value.trim()) {
            let seconds = date.timestamp().as_second() - jiff::Timestamp::now().as_second();
            return Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)));
        }
    }
    let limit = header(headers, "ratelimit")?;
    let seconds = limit.split(';').find_map(|part| part.trim().strip_prefix("t="))?;
    seconds.parse().ok().map(Duration::from_secs)
}

/// What an error page says: the `error` of a JSON object, else its text if it is short and not HTML.
fn said(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Page {
        error: String,
    }
    if let Ok(page) = serde_json::from_slice::<Page>(body) {
        return Some(page.error);
    }
    let text = std::str::from_utf8(body).ok()?.trim();
    (!text.is_empty() && text.len() <= 200 && !text.starts_with(['<', '{'])).then(|| text.to_owned())
}

/// One line, without what could disturb a terminal, of at most 300 characters.
fn tidy(message: &str) -> String {
    let words: Vec<&str> = message
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    words.join(" ").trim_end_matches('.').chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_are_joined_to_their_base() {
        let base = "http://hub:8080/a/b?c";
        let joined = |to| join(base, to);
        assert_eq!(joined("/x?y").as_deref(), Some("http://hub:8080/x?y"));
        assert_eq!(joined("//cdn/x").as_deref(), Some("http://cdn/x"));
        assert_eq!(joined("https://cdn/x").as_deref(), Some("https://cdn/x"));
        assert_eq!(joined("ftp:x"), None);
        assert_ne!(authority("http://hub/x"), authority("http://hub:81/x"));
        assert_ne!(authority("http://hub/x"), authority("https://hub/x"));
    }

    #[test]
    fn names_are_escaped_and_messages_tidied() {
        assert_eq!(escape("sub dir/é#1.gguf"), "sub%20dir/%C3%A9%231.gguf");
        assert_eq!(
            tidy("Access\n to \u{1b}[31mx is  restricted."),
            "Access to [31mx is restricted"
        );
        assert_eq!(said(br#"{"error": "no"}"#).as_deref(), Some("no"));
        assert_eq!(said(b"<html>"), None);
    }

    #[test]
    fn unknown_names_and_untrusted_certificates_are_told_as_such() {
        let options =
            HubOptions::from_vars(|name| (name == "HF_HOME").then(|| "/nowhere".to_owned())).unwrap();
        let client = Client::new(&options, "model").unwrap();
        let unknown = client.failure(ureq::Error::HostNotFound, "hub");
        assert_eq!(unknown.to_string(), "the name hub cannot be resolved");
        let untrusted = std::io::Error::other("invalid peer certificate: UnknownIssuer");
        let error = client.failure(ureq::Error::Io(untrusted), "hub");
        assert_eq!(error.to_string(), "no secure connection to hub");
        assert!(error.hint().is_some_and(|h| h.contains("SSL_CERT_FILE")));
    }

    #[test]
    fn waits_are_read_in_three_forms() {
        let wait = |name: &'static str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            retry_after(&headers).map(|d| d.as_secs())
        };
        assert_eq!(wait("retry-after", "7"), Some(7));
        assert_eq!(wait("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"), Some(0));
        assert_eq!(wait("ratelimit", r#""resolvers";r=0;t=42"#), Some(42));
        assert_eq!(wait("retry-after", "soon"), None);
    }
}
