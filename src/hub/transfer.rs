//! Brings one file into the cache: resumes, checks, and puts it in place in one step.
//!
//! The bytes go to `blobs/<etag>.part` under a lock that other processes heed. The hash is computed as they
//! arrive. Only what has the announced size and hash is renamed to `blobs/<etag>`; so whatever is there under
//! that name is whole, however this process ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::http::{HeaderMap, StatusCode};

use super::cache::{CachedRepo, free_space};
use super::error::HubError;
use super::hash::{Expected, Hasher};
use super::http::{Answer, Client, FileMeta, Subject};
use super::options::HubOptions;
use super::progress::{Event, Progress};

const BUFFER: usize = 256 << 10;
const LOCK_POLL: Duration = Duration::from_millis(200);

/// Makes sure that the blob of a file is in the cache.
///
/// # Errors
/// When it cannot be had; what has arrived is kept for the next attempt unless its hash is wrong.
pub(super) fn fetch_blob(
    client: &Client<'_>,
    options: &HubOptions,
    cached: &CachedRepo,
    subject: Subject<'_>,
    meta: &FileMeta,
    progress: &dyn Progress,
) -> Result<(), HubError> {
    let blob = cached.blob(&meta.tag);
    if has_size(&blob, meta.size) {
        return Ok(());
    }
    let folder = blob.parent().unwrap_or(cached.folder());
    fs::create_dir_all(folder).map_err(HubError::io("create", folder))?;
    let file = subject.file.unwrap_or_default();
    let _lock = lock(&cached.lock(&meta.tag), file, progress)?;
    // Another process may have finished it while this one waited.
    if has_size(&blob, meta.size) {
        return Ok(());
    }
    let part = Part::open(cached.part(&meta.tag), file, meta, progress)?;
    Transfer {
        client,
        options,
        subject,
        meta,
        file,
        progress,
        part,
        folder,
    }
    .run(&blob)?;
    progress.event(Event::Done {
        file,
        size: meta.size,
    });
    Ok(())
}

fn has_size(path: &Path, size: u64) -> bool {
    fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() == size)
}

/// Waits for the lock of a blob; it is released when the file is dropped or the process ends, however.
fn lock(path: &Path, file: &str, progress: &dyn Progress) -> Result<Option<File>, HubError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(HubError::io("create", folder))?;
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(HubError::io("create", path))?;
    let mut told = false;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => {
                if !told {
                    progress.event(Event::Waiting { file, lock: path });
                    told = true;
                }
                std::thread::sleep(LOCK_POLL);
            }
            Err(TryLockError::Error(e)) => {
                // Some network file systems have no locks. The rename at the end is still atomic.
                tracing::warn!("no lock on {}: {e}", path.display());
                return Ok(None);
            }
        }
    }
}

/// An unfinished blob and the hash of what is there.
struct Part {
    path: PathBuf,
    file: File,
    length: u64,
    hasher: Hasher,
    expected: Expected,
    size: u64,
    /// Whether bytes of an earlier run are in it: if the hash is wrong they are the first suspect.
    resumed: bool,
}

impl Part {
    fn open(path: PathBuf, name: &str, meta: &FileMeta, progress: &dyn Progress) -> Result<Part, HubError> {
        let open = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path);
        let file = open.map_err(HubError::io("create", &path))?;
        let expected = Expected::of_tag(&meta.tag);
        let mut part = Part {
            hasher: expected.hasher(meta.size),
            length: 0,
            size: meta.size,
            resumed: false,
            expected,
            path,
            file,
        };
        let length = part
            .file
            .metadata()
            .map_err(HubError::io("read", &part.path))?
            .len();
        if length > meta.size {
            part.restart()?;
        } else if length > 0 {
            progress.event(Event::Verify {
                file: name,
                size: length,
            });
            part.length = part.hasher.update_file(&part.path, |_| ())?;
            part.resumed = true;
            let end = part.file.seek(SeekFrom::Start(part.length));
            end.map_err(HubError::io("read", &part.path))?;
        }
        Ok(part)
    }

    /// Throws away what is there.
    fn restart(&mut self) -> Result<(), HubError> {
        let emptied = self
            .file
            .set_len(0)
            .and_then(|()| self.file.seek(SeekFrom::Start(0)));
        emptied.map_err(HubError::io("write", &self.path))?;
        self.length = 0;
        self.resumed = false;
        self.hasher = self.expected.hasher(self.size);
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.length == self.size
    }
}

/// How one request for content ended without being an error of its own.
enum Step {
    /// The content came to its end.
    Ended,
    /// What is in the part cannot be continued, or the host cannot do it: it was thrown away.
    Restarted(String),
}

struct Transfer<'a> {
    client: &'a Client<'a>,
    options: &'a HubOptions,
    subject: Subject<'a>,
    meta: &'a FileMeta,
    file: &'a str,
    progress: &'a dyn Progress,
    part: Part,
    folder: &'a Path,
}

impl Transfer<'_> {
    fn run(mut self, blob: &Path) -> Result<(), HubError> {
        loop {
            self.check_space()?;
            self.progress.event(Event::Start {
                file: self.file,
                size: self.meta.size,
                resumed: self.part.length,
            });
            self.fill()?;
            let hasher = std::mem::replace(&mut self.part.hasher, Hasher::None);
            match self.part.expected.check(hasher) {
                Ok(()) => break,
                // The bytes of an earlier run were bad (a crash may leave such): once more, from the start.
                Err(_) if self.part.resumed => self.part.restart()?,
                Err((expected, found)) => {
                    let _ = fs::remove_file(&self.part.path);
                    let (file, algorithm) = (self.file.to_owned(), self.part.expected.algorithm());
                    return Err(HubError::Checksum {
                        file,
                        algorithm,
                        expected,
                        found,
                    });
                }
            }
        }
        self.part
            .file
            .sync_all()
            .map_err(HubError::io("write", &self.part.path))?;
        fs::rename(&self.part.path, blob).map_err(HubError::io("write", blob))
    }

    /// Asks again and again until all bytes are there.
    fn fill(&mut self) -> Result<(), HubError> {
        let mut failures = 0;
        while !self.part.is_complete() {
            let before = self.part.length;
            let error = match self.step() {
                Ok(Step::Restarted(host)) => {
                    self.progress.event(Event::Position {
                        file: self.file,
                        bytes: 0,
                    });
                    // Without a limit, a server that answers nonsense would be asked for ever.
                    failures += 1;
                    if failures > self.options.retries {
                        let problem =
                            format!("it does not send the bytes of {} that were asked for", self.file);
                        return Err(HubError::BadResponse { host, problem });
                    }
                    continue;
                }
                Ok(Step::Ended) if self.part.is_complete() => return Ok(()),
                Ok(Step::Ended) => self.cut(),
                Err(error) => error,
            };
            if self.part.length > before {
                failures = 0;
            }
            failures += 1;
            let wait = self
                .client
                .wait_after(&error, failures)
                .filter(|_| error.is_unreachable());
            let Some(wait) = wait else {
                return Err(error);
            };
            self.progress.event(Event::Retry {
                file: self.file,
                attempt: failures,
                wait,
                cause: &error,
            });
            std::thread::sleep(wait);
        }
        Ok(())
    }

    /// One request for what is missing.
    fn step(&mut self) -> Result<Step, HubError> {
        let answer = self.client.get(self.subject, self.part.length)?;
        match answer.response.status() {
            StatusCode::PARTIAL_CONTENT => {
                let range = content_range(answer.response.headers());
                if range.is_none_or(|r| {
                    r.start != self.part.length || r.total.is_some_and(|t| t != self.meta.size)
                }) {
                    self.part.restart()?;
                    return Ok(Step::Restarted(answer.host));
                }
                self.receive(answer)
            }
            StatusCode::OK => {
                // The server does not know ranges: its answer begins at the first byte.
                if self.part.length > 0 {
                    self.part.restart()?;
                    self.progress.event(Event::Position {
                        file: self.file,
                        bytes: 0,
                    });
                }
                self.receive(answer)
            }
            StatusCode::RANGE_NOT_SATISFIABLE => {
                self.part.restart()?;
                Ok(Step::Restarted(answer.host))
            }
            // A signed address that has run out: the Hub gives a new one.
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED if !answer.from_hub => {
                let status = answer.response.status().as_u16();
                Err(HubError::UnexpectedStatus {
                    host: answer.host,
                    status,
                    message: None,
                })
            }
            _ => Err(self.client.refusal(answer, self.subject)),
        }
    }

    /// Appends an answer's content.
    fn receive(&mut self, answer: Answer) -> Result<Step, HubError> {
        let host = answer.host;
        let mut body = answer
            .response
            .into_body()
            .into_with_config()
            .limit(u64::MAX)
            .reader();
        let mut buffer = vec![0; BUFFER];
        loop {
            if self.progress.cancelled() {
                let (received, size) = (self.part.length, self.meta.size);
                let file = self.file.to_owned();
                return Err(HubError::Cancelled { file, received, size });
            }
            let n = match body.read(&mut buffer) {
                Ok(0) => return Ok(Step::Ended),
                Ok(n) => n,
                Err(e) => return Err(self.interrupted(e, &host)),
            };
            let found = self.part.length + n as u64;
            if found > self.meta.size {
                let _ = fs::remove_file(&self.part.path);
                return Err(HubError::Size {
                    file: self.file.to_owned(),
                    expected: self.meta.size,
                    found,
                });
            }
            self.part.append(&buffer[..n]).map_err(|e| self.write_error(e))?;
            self.progress.event(Event::Position {
                file: self.file,
                bytes: self.part.length,
            });
        }
    }

    /// What a failed read means.
    fn interrupted(&self, error: std::io::Error, host: &str) -> HubError {
        if error.kind() == ErrorKind::UnexpectedEof || error.kind() == ErrorKind::ConnectionReset {
            return self.cut();
        }
        match self.client.failure(ureq::Error::from(error), host) {
            HubError::Timeout { seconds, .. } => HubError::Stalled {
                file: self.file.to_owned(),
                seconds,
                received: self.part.length,
                size: self.meta.size,
            },
            other => other,
        }
    }

    fn cut(&self) -> HubError {
        HubError::Cut {
            file: self.file.to_owned(),
            received: self.part.length,
            size: self.meta.size,
        }
    }

    fn check_space(&self) -> Result<(), HubError> {
        let needed = self.meta.size - self.part.length;
        let free = free_space(self.folder);
        if free.is_some_and(|f| f < needed) {
            return Err(self.disk_full(free));
        }
        Ok(())
    }

    fn write_error(&self, error: std::io::Error) -> HubError {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                self.disk_full(free_space(self.folder))
            }
            _ => HubError::Io {
                action: "write",
                path: self.part.path.clone(),
                source: error,
            },
        }
    }

    fn disk_full(&self, free: Option<u64>) -> HubError {
        HubError::DiskFull {
            file: self.file.to_owned(),
            folder: self.folder.to_owned(),
            needed: self.meta.size - self.part.length,
            // What is free now says nothing if the system refused although there is room (a quota).
            free: free.filter(|f| *f < self.meta.size - self.part.length),
        }
    }
}

/// `bytes 100-199/1000`
#[derive(Debug, PartialEq, Eq)]
struct ContentRange {
    start: u64,
    total: Option<u64>,
}

fn content_range(headers: &HeaderMap) -> Option<ContentRange> {
    let value = headers.get("content-range")?.to_str().ok()?;
    let (range, total) = value.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    let total = match total {
        "*" => None,
        number => Some(number.parse().ok()?),
    };
    Some(ContentRange {
        start: start.trim().parse().ok()?,
        total,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges_are_read() {
        let range = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("content-range", value.parse().unwrap());
            content_range(&headers)
        };
        assert_eq!(
            range("bytes 5-9/10"),
            Some(ContentRange {
                start: 5,
                total: Some(10)
            })
        );
        assert_eq!(
            range("bytes 5-9/*"),
            Some(ContentRange {
                start: 5,
                total: None
            })
        );
        assert_eq!(range("bytes */10"), None);
        assert_eq!(range("pages 1-2/3"), None);
    }
}
