//! A server that speaks the Hub's protocol, and misbehaves on demand.
//!
//! Two listeners: the Hub itself, and the other host ("CDN") to which it redirects for large files. Every
//! request is logged; every connection serves one request.

#![allow(dead_code)] // two test programs use different parts of it

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Commit of every repository until a test moves it.
pub const COMMIT: &str = "1111111111111111111111111111111111111111";
/// Files of at least this size are "large": kept by their SHA-256 and served by the CDN.
pub const LARGE: usize = 10_000;

/// What a server does instead of its duty.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Sends that many bytes of the content, then closes the connection.
    CutAfter(usize),
    /// Sends that many bytes, then nothing for so long.
    StallAfter(usize, Duration),
    /// Sends the content in pieces of that many bytes with a wait after each.
    Trickle(usize, Duration),
    /// Flips one bit of the content.
    WrongByte,
    /// Answers 200 with the whole content whatever range is asked for.
    IgnoreRange,
    /// Sends the range from another start than was asked for.
    WrongRange,
    /// Sends more bytes than were announced.
    TooLong,
    /// Answers with this status, these header lines and this body.
    Status(u16, &'static str, &'static str),
    /// Closes the connection without a word.
    HangUp,
}

/// One request as it came in.
#[derive(Debug, Clone)]
pub struct Logged {
    pub server: &'static str,
    pub method: String,
    pub path: String,
    pub range: Option<String>,
    pub token: Option<String>,
}

#[derive(Clone)]
struct Repo {
    commit: String,
    files: BTreeMap<String, Vec<u8>>,
    extra_json: String,
}

struct Planned {
    server: &'static str,
    path: String,
    fault: Fault,
    times: usize,
}

struct State {
    hub: SocketAddr,
    cdn: SocketAddr,
    repos: Mutex<BTreeMap<String, Repo>>,
    renamed: Mutex<BTreeMap<String, String>>,
    faults: Mutex<Vec<Planned>>,
    log: Mutex<Vec<Logged>>,
    connections: AtomicUsize,
}

/// The two servers; they end with the test's process.
pub struct FakeHub(Arc<State>);

impl FakeHub {
    pub fn start() -> FakeHub {
        let bind = || TcpListener::bind("127.0.0.1:0").unwrap();
        let (hub, cdn) = (bind(), bind());
        let state = Arc::new(State {
            hub: hub.local_addr().unwrap(),
            cdn: cdn.local_addr().unwrap(),
            repos: Mutex::default(),
            renamed: Mutex::default(),
            faults: Mutex::default(),
            log: Mutex::default(),
            connections: AtomicUsize::new(0),
        });
        for (listener, server) in [(hub, "hub"), (cdn, "cdn")] {
            let state = Arc::clone(&state);
            std::thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    let state = Arc::clone(&state);
                    state.connections.fetch_add(1, Ordering::SeqCst);
                    // A client that hangs up is no reason to fail: it is what some tests do.
                    std::thread::spawn(move || state.serve(&stream, server));
                }
            });
        }
        FakeHub(state)
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.0.hub)
    }

    /// Replaces the two addresses, which differ from run to run.
    pub fn tidy(&self, text: &str) -> String {
        text.replace(&self.0.hub.to_string(), "HUB")
            .replace(&self.0.cdn.to_string(), "CDN")
    }

    pub fn add(&self, repo: &str, files: &[(&str, &[u8])]) {
        self.add_with(repo, files, r#""cardData": {"license": "apache-2.0"}"#);
    }

    /// Adds a repository whose description holds more fields.
    pub fn add_with(&self, repo: &str, files: &[(&str, &[u8])], extra_json: &str) {
        let files = files
            .iter()
            .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()))
            .collect();
        let repo_state = Repo {
            commit: COMMIT.to_owned(),
            files,
            extra_json: extra_json.to_owned(),
        };
        self.0.repos.lock().unwrap().insert(repo.to_owned(), repo_state);
    }

    /// Moves the repository's branch to another commit with one file changed.
    pub fn commit(&self, repo: &str, commit: &str, file: &str, bytes: &[u8]) {
        let mut repos = self.0.repos.lock().unwrap();
        let repo = repos.get_mut(repo).unwrap();
        repo.commit = commit.to_owned();
        repo.files.insert(file.to_owned(), bytes.to_vec());
    }

    /// Redirects every path of a repository to that of another, as after a renaming.
    pub fn rename(&self, old: &str, new: &str) {
        self.0
            .renamed
            .lock()
            .unwrap()
            .insert(old.to_owned(), new.to_owned());
    }

    /// Lets the next `times` requests whose path contains `path` go wrong.
    pub fn fault(&self, server: &'static str, path: &str, fault: Fault, times: usize) {
        let planned = Planned {
            server,
            path: path.to_owned(),
            fault,
            times,
        };
        self.0.faults.lock().unwrap().push(planned);
    }

    pub fn forget_faults(&self) {
        self.0.faults.lock().unwrap().clear();
    }

    pub fn connections(&self) -> usize {
        self.0.connections.load(Ordering::SeqCst)
    }

    pub fn log(&self) -> Vec<Logged> {
        self.0.log.lock().unwrap().clone()
    }

    pub fn clear_log(&self) {
        self.0.log.lock().unwrap().clear();
    }

    /// The ranges of the requests for content that the CDN got; `-` where none was asked for.
    pub fn cdn_ranges(&self) -> Vec<String> {
        let log = self.log();
        let of_cdn = log.iter().filter(|l| l.server == "cdn" && l.method == "GET");
        of_cdn
            .map(|l| l.range.clone().unwrap_or_else(|| "-".to_owned()))
            .collect()
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub fn git_sha1(bytes: &[u8]) -> String {
    let mut sha1 = Sha1::new();
    sha1.update(format!("blob {}\0", bytes.len()));
    sha1.update(bytes);
    hex(&sha1.finalize())
}

/// The entity tag that the Hub has for a content.
pub fn tag(bytes: &[u8]) -> String {
    if bytes.len() >= LARGE {
        sha256(bytes)
    } else {
        git_sha1(bytes)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

struct Request {
    method: String,
    path: String,
    range: Option<String>,
}

impl State {
    fn serve(&self, stream: &TcpStream, server: &'static str) -> Option<()> {
        let request = self.read(stream, server)?;
        let fault = self.take_fault(server, &request.path);
        if let Some(Fault::HangUp) = fault {
            return stream.shutdown(Shutdown::Both).ok();
        }
        if let Some(Fault::Status(status, headers, body)) = fault {
            let body = if request.method == "HEAD" { "" } else { body };
            return respond(stream, status, headers, body.as_bytes());
        }
        if server == "cdn" {
            let hash = request.path.trim_start_matches('/').split('?').next()?.to_owned();
            let repos = self.repos.lock().unwrap().clone();
            let content = repos
                .values()
                .flat_map(|r| r.files.values())
                .find(|c| sha256(c) == hash)?
                .clone();
            return send_content(stream, &request, "", &content, fault.as_ref());
        }
        let renamed = self.renamed.lock().unwrap().clone();
        if let Some((old, new)) = renamed
            .iter()
            .find(|(old, _)| request.path.contains(&format!("/{old}/")))
        {
            let location = format!("Location: {}\r\n", request.path.replace(old, new));
            return respond(stream, 307, &location, b"");
        }
        let Some((name, repo, rest)) = self.route(&request.path) else {
            return respond(
                stream,
                404,
                "X-Error-Code: RepoNotFound\r\n",
                b"{\"error\":\"Repository not found\"}",
            );
        };
        match rest {
            Route::Info(revision) if repo.knows(&revision) => {
                let files: Vec<String> = repo
                    .files
                    .keys()
                    .map(|f| format!("{{\"rfilename\":{f:?}}}"))
                    .collect();
                let comma = if repo.extra_json.is_empty() { "" } else { "," };
                let json = format!(
                    "{{\"id\":\"{name}\",\"sha\":\"{}\",\"siblings\":[{}]{comma}{}}}",
                    repo.commit,
                    files.join(","),
                    repo.extra_json
                );
                respond(stream, 200, "Content-Type: application/json\r\n", json.as_bytes())
            }
            Route::File(revision, file) if repo.knows(&revision) => match repo.files.get(&file) {
                None => respond(stream, 404, "X-Error-Code: EntryNotFound\r\n", b"Entry not found"),
                Some(content) => self.send_file(stream, &request, &repo, content, fault.as_ref()),
            },
            _ => respond(
                stream,
                404,
                "X-Error-Code: RevisionNotFound\r\n",
                b"{\"error\":\"Invalid rev id\"}",
            ),
        }
    }

    fn read(&self, stream: &TcpStream, server: &'static str) -> Option<Request> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut parts = line.split_whitespace();
        let (method, path) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.insert(name.to_lowercase(), value.to_owned());
        }
        let range = headers.get("range").cloned();
        let token = headers.get("authorization").cloned();
        let logged = Logged {
            server,
            method: method.clone(),
            path: path.clone(),
            range: range.clone(),
            token,
        };
        self.log.lock().unwrap().push(logged);
        Some(Request { method, path, range })
    }

    fn take_fault(&self, server: &str, path: &str) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap();
        let planned = faults
            .iter_mut()
            .find(|f| f.server == server && f.times > 0 && path.contains(&f.path))?;
        planned.times -= 1;
        Some(planned.fault.clone())
    }

    fn route(&self, path: &str) -> Option<(String, Repo, Route)> {
        let path = path.trim_start_matches('/').replace("%2F", "/");
        let repos = self.repos.lock().unwrap();
        for (name, repo) in repos.iter() {
            if let Some(revision) = path.strip_prefix(&format!("api/models/{name}/revision/")) {
                return Some((name.clone(), repo.clone(), Route::Info(revision.to_owned())));
            }
            if let Some(rest) = path.strip_prefix(&format!("{name}/resolve/")) {
                let (revision, file) = rest.split_once('/')?;
                return Some((
                    name.clone(),
                    repo.clone(),
                    Route::File(revision.to_owned(), file.to_owned()),
                ));
            }
        }
        None
    }

    fn send_file(
        &self,
        stream: &TcpStream,
        request: &Request,
        repo: &Repo,
        content: &[u8],
        fault: Option<&Fault>,
    ) -> Option<()> {
        let commit = format!("X-Repo-Commit: {}\r\n", repo.commit);
        if content.len() >= LARGE {
            let hash = sha256(content);
            let headers = format!(
                "{commit}X-Linked-Size: {}\r\nX-Linked-ETag: \"{hash}\"\r\nETag: \"of-the-redirect\"\r\n\
                 Location: http://{}/{hash}?signature=x\r\n",
                content.len(),
                self.cdn
            );
            return respond(stream, 302, &headers, b"");
        }
        let headers = format!("{commit}ETag: \"{}\"\r\n", git_sha1(content));
        send_content(stream, request, &headers, content, fault)
    }
}

enum Route {
    Info(String),
    File(String, String),
}

impl Repo {
    fn knows(&self, revision: &str) -> bool {
        // A commit that was once current stays reachable, as on the real Hub.
        revision == "main" || revision == "refs/pr/1" || revision.len() == 40
    }
}

fn respond(mut stream: &TcpStream, status: u16, headers: &str, body: &[u8]) -> Option<()> {
    let head = format!(
        "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    finish(stream)
}

fn send_content(
    mut stream: &TcpStream,
    request: &Request,
    headers: &str,
    content: &[u8],
    fault: Option<&Fault>,
) -> Option<()> {
    let asked = request
        .range
        .as_ref()
        .and_then(|r| r.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    let start = match (asked, fault) {
        (_, Some(Fault::IgnoreRange)) | (None, _) => None,
        (Some(start), _) => Some(start),
    };
    if start.is_some_and(|s| s >= content.len()) {
        return respond(
            stream,
            416,
            &format!("Content-Range: bytes */{}\r\n", content.len()),
            b"",
        );
    }
    let mut body = content[start.unwrap_or(0)..].to_vec();
    if let (Some(Fault::WrongByte), Some(byte)) = (fault, body.first_mut()) {
        *byte ^= 1;
    }
    if let Some(Fault::TooLong) = fault {
        body.extend_from_slice(b"more");
    }
    let (status, range) = match start {
        None => (200, String::new()),
        Some(start) => {
            let shown = if matches!(fault, Some(Fault::WrongRange)) {
                start + 1
            } else {
                start
            };
            (
                206,
                format!(
                    "Content-Range: bytes {shown}-{}/{}\r\n",
                    content.len() - 1,
                    content.len()
                ),
            )
        }
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\n{headers}{range}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    if request.method == "HEAD" {
        return finish(stream);
    }
    match fault {
        Some(Fault::CutAfter(n)) => {
            stream.write_all(&body[..(*n).min(body.len())]).ok()?;
        }
        Some(Fault::StallAfter(n, wait)) => {
            stream.write_all(&body[..(*n).min(body.len())]).ok()?;
            std::thread::sleep(*wait);
        }
        Some(Fault::Trickle(n, wait)) => {
            for piece in body.chunks(*n) {
                stream.write_all(piece).ok()?;
                std::thread::sleep(*wait);
            }
        }
        _ => stream.write_all(&body).ok()?,
    }
    finish(stream)
}

/// Closes the sending side and waits for the client to close, so that no reset overtakes the last bytes.
fn finish(mut stream: &TcpStream) -> Option<()> {
    stream.shutdown(Shutdown::Write).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
    let mut rest = [0; 256];
    while stream.read(&mut rest).ok()? > 0 {}
    Some(())
}
